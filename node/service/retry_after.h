// How long whoever was refused has to wait, on its way from a room through gRPC to a header of
// HTTP.
#ifndef DAFTAR_NODE_SERVICE_RETRY_AFTER_H_
#define DAFTAR_NODE_SERVICE_RETRY_AFTER_H_

#include <chrono>
#include <optional>

#include "absl/status/status.h"

namespace daftar::service {

// Trailing metadata of a call that was refused: whole seconds, in decimal.
inline constexpr char kRetryAfterMetadata[] = "retry-after";

// `status` with the time to wait, rounded up to whole seconds. REQUIRES an error.
absl::Status WithRetryAfter(absl::Status status, std::chrono::milliseconds wait);
// What WithRetryAfter put there; nullopt without it.
std::optional<std::chrono::seconds> RetryAfter(const absl::Status& status);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_RETRY_AFTER_H_
