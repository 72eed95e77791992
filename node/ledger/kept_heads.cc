#include "node/ledger/kept_heads.h"

#include "crypto/checkpoint.h"
#include "storage/log_store.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;
using storage::Column;
using storage::kOwnLog;

constexpr uint8_t kVersion = 1;
constexpr uint8_t kMark = 'n';

Bytes Prefix() { return Writer().U32(static_cast<uint32_t>(kOwnLog)).U8(kMark).Take(); }
Bytes Key(uint64_t size) { return Writer().Raw(Prefix()).U64(size).Take(); }

struct Nearest {
  std::optional<uint64_t> below;
  std::optional<uint64_t> above;
};

absl::StatusOr<Nearest> FindNearest(const storage::StoreReader& store, uint64_t size) {
  Nearest nearest;
  const Bytes prefix = Prefix();
  absl::Status scanned = store.Scan(Column::kLogHeads, prefix, prefix, [&](ByteView key, ByteView) {
    const uint64_t at = Reader(key.subspan(prefix.size())).U64();
    (at < size ? nearest.below : nearest.above) = at;
    return at < size;
  });
  if (!scanned.ok()) return scanned;
  return nearest;
}

absl::Status NotKept(const storage::StoreReader& store, uint64_t size) {
  auto nearest = FindNearest(store, size);
  if (!nearest.ok()) return nearest.status();
  std::string message = "this node keeps no signed head of " + std::to_string(size) + " entries";
  if (nearest->below.has_value()) {
    message += "; the nearest below has " + std::to_string(*nearest->below);
  }
  if (nearest->above.has_value()) {
    message += "; the nearest above has " + std::to_string(*nearest->above);
  }
  return absl::NotFoundError(message +
                             ". Use the size of a head that you have seen (Head in the report of "
                             "an earlier audit, the last line of its export, or daftar log head), "
                             "or leave it out");
}

}  // namespace

void KeepHead(uint64_t size, const crypto::NoteSignature& head_line, storage::Batch& batch) {
  batch.Put(Column::kLogHeads, Key(size),
            Writer().U8(kVersion).Raw(head_line.id.view()).Raw(head_line.blob).Take());
}

absl::StatusOr<std::string> ReadKeptHead(const storage::StoreReader& store,
                                         const LogIdentity& identity, uint64_t size) {
  auto row = store.Get(Column::kLogHeads, Key(size));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return NotKept(store, size);
  Reader reader(**row);
  crypto::NoteSignature line;
  if (reader.U8() != kVersion) reader.Fail();
  line.name = identity.origin;
  line.id = reader.Take<crypto::KeyId>();
  line.blob = crypto::ToBytes(reader.Raw(crypto::Signature::kSize));
  if (!reader.Finish("kept head").ok()) {
    return absl::DataLossError("the kept head of " + std::to_string(size) +
                               " entries is malformed");
  }
  auto root = storage::LogStore(store).RootAt(kOwnLog, size);
  if (!root.ok()) return root.status();
  crypto::Note note;
  note.text = crypto::Checkpoint{identity.origin, size, *root}.ToText();
  note.signatures = {line};
  // Of a head key that is no longer this node's, an auditor has to tell.
  const crypto::NoteKey key = identity.HeadNoteKey();
  if (line.id == key.id() && !crypto::VerifyNote(note, std::span(&key, 1)).ok()) {
    return absl::DataLossError("the kept head of " + std::to_string(size) +
                               " entries does not fit the log");
  }
  return note.ToString();
}

}  // namespace daftar::ledger
