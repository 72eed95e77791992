// A request id that comes again must come with the same request: what was asked is kept, as a tag,
// beside what the request made.
#ifndef DAFTAR_NODE_BOOK_REQUEST_CONTENT_H_
#define DAFTAR_NODE_BOOK_REQUEST_CONTENT_H_

#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "node/identity/identifier.h"
#include "storage/requests.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::book {

// Of the request's arguments, without its reasons and without days that mean today when they are
// left out. Keyed: they may hold identifiers, which outlive no erasure.
using RequestContent = storage::BlindTag;
RequestContent ContentOf(const storage::Vault& vault, std::string_view kind,
                         const crypto::Writer& arguments);

// As Vault tags have them; sort first where the order says nothing.
void WriteContent(crypto::Writer& writer, std::span<const identity::Identifier> identifiers);

// What the request made, `bytes` long; nullopt when it is new. FailedPrecondition when it was
// another. A row of before contents were kept passes for the same.
absl::StatusOr<std::optional<crypto::Bytes>> FindEarlier(const storage::StoreReader& store,
                                                         crypto::ByteView request,
                                                         std::string_view kind, size_t bytes,
                                                         const RequestContent& content);

void RecordRequest(storage::Batch& batch, crypto::ByteView request, std::string_view kind,
                   crypto::ByteView result, const RequestContent& content);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_REQUEST_CONTENT_H_
