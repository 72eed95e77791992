#include "storage/purge.h"

namespace daftar::storage {
namespace {

Bytes Key() { return crypto::ToBytes("purge"); }

}  // namespace

void AskForPurge(Batch& batch, ByteView asker) {
  batch.Put(Column::kMeta, Key(), crypto::ToBytes(asker));
}

absl::StatusOr<bool> PurgeIfAsked(Store& store, std::span<const Column> columns) {
  auto asked = store.Get(Column::kMeta, Key());
  if (!asked.ok()) return asked.status();
  if (!asked->has_value()) return false;
  if (absl::Status purged = store.Purge(columns); !purged.ok()) return purged;
  Batch batch;
  batch.ExpectValue(Column::kMeta, Key(), **asked);
  batch.Delete(Column::kMeta, Key());
  const absl::Status written = store.Write(std::move(batch));
  // Asked for again meanwhile: the next purge is for that.
  if (!written.ok() && !absl::IsAborted(written)) return written;
  // That write, in a file of its own, ends the manifest in which the keys of the old files stand.
  if (absl::Status ended = store.Purge({}); !ended.ok()) return ended;
  return true;
}

}  // namespace daftar::storage
