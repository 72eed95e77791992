// Writes that may be repeated safely: what a request made is stored in the same batch as its
// effect, under the actor and the request's ID, so that a repetition finds the first result.
#ifndef DAFTAR_STORAGE_REQUESTS_H_
#define DAFTAR_STORAGE_REQUESTS_H_

#include <optional>
#include <string_view>

#include "storage/store.h"

namespace daftar::storage {

inline constexpr size_t kMaxActorBytes = 100;      // bytes
inline constexpr size_t kMaxRequestIdBytes = 100;  // bytes
inline constexpr size_t kMaxRequestResultBytes = 4096;

// Row: kRequests, SHA-256("daftar/request/v1" || u16 actor || u16 request ID) -> version (1), what
// kind of request it was (u16-prefixed), result (u16-prefixed). Stateless; any thread.
class RequestLog {
 public:
  // InvalidArgument for an empty or overlong actor or request ID. Actors and IDs are hashed, so
  // that the column has no text of theirs.
  static absl::StatusOr<Bytes> Key(std::string_view actor, std::string_view request_id);

  // What the request with `key` made, nullopt when it is new. `kind` ("customer-add") guards
  // against one ID used for two purposes: FailedPrecondition. DataLoss for a malformed row.
  static absl::StatusOr<std::optional<Bytes>> Find(const StoreReader& store, ByteView key,
                                                   std::string_view kind);

  // Adds the row and the precondition that it is absent. The batch then is Aborted when the same
  // request ran at the same time: Find again.
  static void Record(Batch& batch, Bytes key, std::string_view kind, ByteView result);

  // Puts `result` in the place of `before`, which Find has answered: for a request that is done in
  // parts. The batch is Aborted when another has replaced it since.
  static void Replace(Batch& batch, Bytes key, std::string_view kind, ByteView before,
                      ByteView result);
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_REQUESTS_H_
