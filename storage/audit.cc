#include "storage/audit.h"

namespace daftar::storage {
namespace {

using crypto::Reader;
using crypto::Writer;

constexpr uint8_t kVersion = 1;
using RowSuffix = crypto::FixedBytes<struct AuditSuffixTag, 8>;

// At most so many bytes, and no part of a character: clients take whole UTF-8 alone.
std::string_view Bounded(std::string_view text) {
  if (text.size() <= kMaxAuditText) return text;
  size_t end = kMaxAuditText;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

absl::StatusOr<AuditRow> Malformed() {
  return absl::DataLossError(
      "a row of the record of changes is malformed; stop the node and restore a backup");
}

absl::StatusOr<AuditRow> Open(const Vault& vault, ByteView key, ByteView value) {
  auto plain = vault.Open(Column::kAudit, key, value);
  if (!plain.ok()) return plain.status();
  Reader reader(plain->Expose());
  AuditRow row;
  if (reader.U8() != kVersion) reader.Fail();
  row.at_ms = static_cast<int64_t>(reader.U64());
  row.actor = reader.Text16();
  row.action = reader.Text16();
  row.object = reader.Text16();
  row.because = reader.Text16();
  if (!reader.Finish("audit row").ok()) return Malformed();
  return row;
}

}  // namespace

absl::Status CheckBecause(const std::string& because) {
  if (!because.empty() && because.size() <= kMaxAuditText) return absl::OkStatus();
  return absl::InvalidArgumentError("say why in 1 to " + std::to_string(kMaxAuditText) +
                                    " bytes, for the record (--because TEXT)");
}

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

absl::StatusOr<AuditPage> ReadAudit(const StoreReader& store, const Vault& vault,
                                    const AuditQuery& query) {
  AuditPage page;
  absl::Status failed;
  std::optional<AuditCursor> last;  // read, wanted or not
  size_t read = 0;
  Bytes start;
  if (query.after.has_value()) start = Writer().Raw(query.after->view()).U8(0).Take();
  absl::Status scanned = store.Scan(Column::kAudit, {}, start, [&](ByteView key, ByteView value) {
    auto cursor = AuditCursor::Create(key);
    auto row = cursor.ok() ? Open(vault, key, value) : Malformed();
    if (!row.ok()) {
      failed = row.status();
      return false;
    }
    if (row->at_ms < query.since_ms) return false;
    const bool wanted = !query.wanted || query.wanted(*row);
    // Not before there is one row more than fits: else the last page would promise another.
    if (read == kMaxAuditScan || (wanted && page.rows.size() == query.limit)) {
      page.next = last;
      return false;
    }
    last = *cursor;
    ++read;
    if (wanted) page.rows.push_back(*std::move(row));
    return true;
  });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  return page;
}

}  // namespace daftar::storage
