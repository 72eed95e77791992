// The Connect protocol (https://connectrpc.com/docs/protocol, version 1) as far as bytes and words
// go: codes and statuses, error bodies, envelopes, time limits.
#ifndef DAFTAR_NODE_SERVICE_CONNECT_PROTOCOL_H_
#define DAFTAR_NODE_SERVICE_CONNECT_PROTOCOL_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::service {

inline constexpr char kConnectVersion[] = "1";
inline constexpr size_t kMaxTimeoutDigits = 10;       // of Connect-Timeout-Ms
inline constexpr size_t kMaxStreamedMessages = 1024;  // of one request

// How messages are written, and whether each stands in an envelope.
struct ConnectForm {
  bool json = true;
  bool streamed = false;
};
// From Content-Type; nothing when it is none of the protocol's. A charset other than UTF-8 is none.
std::optional<ConnectForm> ConnectFormOf(std::string_view content_type);
std::string ConnectContentType(ConnectForm form);

// "invalid_argument", and the HTTP status that goes with it.
std::string_view ConnectCode(absl::StatusCode code);
int ConnectHttpStatus(absl::StatusCode code);

// {"code":"...","message":"..."}
std::string ConnectError(const absl::Status& status);

// Connect-Timeout-Ms; nothing when the header is empty. InvalidArgument for what is no number of 1
// to kMaxTimeoutDigits digits.
absl::StatusOr<std::optional<std::chrono::milliseconds>> ConnectTimeout(std::string_view header);

// One message in its envelope: flags (u8), length (u32, big-endian), bytes.
std::string ConnectEnvelope(std::string_view message);
// The last one of a stream, which says how it ended.
std::string ConnectEndOfStream(const absl::Status& status);

// The messages of a request's body. InvalidArgument for an envelope that is cut off; Unimplemented
// for a compressed one; ResourceExhausted for a message of more than `most_bytes` or more than
// kMaxStreamedMessages of them. The views are into `body`.
absl::StatusOr<std::vector<std::string_view>> ConnectMessages(std::string_view body,
                                                              size_t most_bytes);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_CONNECT_PROTOCOL_H_
