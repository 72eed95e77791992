#include "storage/requests.h"

#include <cassert>
#include <string>
#include <utility>

#include "crypto/hash.h"

namespace daftar::storage {
namespace {

constexpr uint8_t kRowVersion = 1;

absl::Status CheckLength(std::string_view what, std::string_view text, size_t max_bytes) {
  if (!text.empty() && text.size() <= max_bytes) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string(what) + " must have 1 to " +
                                    std::to_string(max_bytes) + " bytes");
}

Bytes EncodeRow(std::string_view kind, ByteView result) {
  assert(result.size() <= kMaxRequestResultBytes);
  crypto::Writer writer;
  writer.U8(kRowVersion).Prefixed16(crypto::AsBytes(kind)).Prefixed16(result);
  return writer.Take();
}

}  // namespace

absl::StatusOr<Bytes> RequestLog::Key(std::string_view actor, std::string_view request_id) {
  if (auto status = CheckLength("the actor", actor, kMaxActorBytes); !status.ok()) return status;
  if (auto status = CheckLength("request_id", request_id, kMaxRequestIdBytes); !status.ok()) {
    return status;
  }
  crypto::Writer writer;
  writer.Raw("daftar/request/v1").Prefixed16(crypto::AsBytes(actor));
  writer.Prefixed16(crypto::AsBytes(request_id));
  return crypto::ToBytes(crypto::Sha256(writer.bytes()).view());
}

absl::StatusOr<std::optional<Bytes>> RequestLog::Find(const StoreReader& store, ByteView key,
                                                      std::string_view kind) {
  const auto row = store.Get(Column::kRequests, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<Bytes>();
  crypto::Reader reader(**row);
  if (reader.U8() != kRowVersion) reader.Fail();
  const ByteView stored_kind = reader.Prefixed16();
  Bytes result = crypto::ToBytes(reader.Prefixed16());
  if (!reader.Finish("request row").ok()) {
    return absl::DataLossError(
        "a row of the request log is malformed; run `daftar doctor` and restore a backup");
  }
  if (crypto::AsText(stored_kind) != kind) {
    return absl::FailedPreconditionError(
        "this request_id was used for a request of another kind; use a new one for each request");
  }
  return std::optional<Bytes>(std::move(result));
}

void RequestLog::Record(Batch& batch, Bytes key, std::string_view kind, ByteView result) {
  batch.ExpectAbsent(Column::kRequests, key);
  batch.Put(Column::kRequests, std::move(key), EncodeRow(kind, result));
}

void RequestLog::Replace(Batch& batch, Bytes key, std::string_view kind, ByteView before,
                         ByteView result) {
  batch.ExpectValue(Column::kRequests, key, EncodeRow(kind, before));
  batch.Put(Column::kRequests, std::move(key), EncodeRow(kind, result));
}

}  // namespace daftar::storage
