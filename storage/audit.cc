#include "storage/audit.h"

namespace daftar::storage {
namespace {

using crypto::Reader;
using crypto::Writer;

constexpr uint8_t kVersion = 1;
using RowSuffix = crypto::FixedBytes<struct AuditSuffixTag, 8>;

std::string_view Bounded(std::string_view text) { return text.substr(0, kMaxAuditText); }

}  // namespace

void RecordAudit(Batch& batch, const Vault& vault, crypto::Entropy& entropy, const AuditRow& row) {
  // Counted down, so that a scan begins with the newest.
  Bytes key = Writer()
                  .U64(~static_cast<uint64_t>(row.at_ms))
                  .Raw(entropy.Public<RowSuffix>().view())
                  .Take();
  Writer value;
  value.U8(kVersion).U64(static_cast<uint64_t>(row.at_ms));
  for (const std::string* text : {&row.actor, &row.action, &row.object, &row.because}) {
    value.Prefixed16(crypto::AsBytes(Bounded(*text)));
  }
  Bytes sealed = vault.Seal(Column::kAudit, key, value.bytes());
  batch.Put(Column::kAudit, std::move(key), std::move(sealed));
}

absl::StatusOr<std::vector<AuditRow>> ReadAudit(const StoreReader& store, const Vault& vault,
                                                size_t limit) {
  std::vector<AuditRow> rows;
  absl::Status failed;
  absl::Status scanned = store.Scan(Column::kAudit, {}, {}, [&](ByteView key, ByteView value) {
    auto plain = vault.Open(Column::kAudit, key, value);
    if (!plain.ok()) {
      failed = plain.status();
      return false;
    }
    Reader reader(plain->Expose());
    AuditRow row;
    if (reader.U8() != kVersion) reader.Fail();
    row.at_ms = static_cast<int64_t>(reader.U64());
    row.actor = reader.Text16();
    row.action = reader.Text16();
    row.object = reader.Text16();
    row.because = reader.Text16();
    if (!reader.Finish("audit row").ok()) {
      failed = absl::DataLossError("a row of the record of changes is malformed");
      return false;
    }
    rows.push_back(std::move(row));
    return rows.size() < limit;
  });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  return rows;
}

}  // namespace daftar::storage
