#include "node/book/request_content.h"

#include <algorithm>
#include <utility>

namespace daftar::book {

RequestContent ContentOf(const storage::Vault& vault, std::string_view kind,
                         const crypto::Writer& arguments) {
  return vault.Tag("book/request", kind, crypto::AsText(arguments.bytes()));
}

void WriteContent(crypto::Writer& writer, std::span<const identity::Identifier> identifiers) {
  writer.U32(static_cast<uint32_t>(identifiers.size()));
  for (const identity::Identifier& identifier : identifiers) {
    writer.U8(static_cast<uint8_t>(identifier.type()));
    writer.Prefixed16(crypto::AsBytes(identifier.value()));
  }
}

absl::StatusOr<std::optional<crypto::Bytes>> FindEarlier(const storage::StoreReader& store,
                                                         crypto::ByteView request,
                                                         std::string_view kind, size_t bytes,
                                                         const RequestContent& content) {
  auto found = storage::RequestLog::Find(store, request, kind);
  if (!found.ok()) return found.status();
  if (!found->has_value() || (*found)->size() != bytes + RequestContent::kSize) return found;
  crypto::Bytes& row = **found;
  if (!std::equal(content.data(), content.data() + RequestContent::kSize, row.data() + bytes)) {
    return absl::FailedPreconditionError(
        "this request_id was used for another request; use a new one for each request");
  }
  row.resize(bytes);
  return found;
}

void RecordRequest(storage::Batch& batch, crypto::ByteView request, std::string_view kind,
                   crypto::ByteView result, const RequestContent& content) {
  const crypto::Bytes row = crypto::Writer().Raw(result).Raw(content.view()).Take();
  storage::RequestLog::Record(batch, crypto::ToBytes(request), kind, row);
}

}  // namespace daftar::book
