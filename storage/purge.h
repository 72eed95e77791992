// Erasures ask that what they deleted also leaves the store's files; the node's upkeep does it for
// many at once, since it rewrites whole columns.
#ifndef DAFTAR_STORAGE_PURGE_H_
#define DAFTAR_STORAGE_PURGE_H_

#include <span>

#include "storage/store.h"

namespace daftar::storage {

// Row: kMeta, "purge" -> who asked last. `asker` tells one asking from another, so that what is
// asked while a purge runs is not forgotten.
void AskForPurge(Batch& batch, ByteView asker);

// Purges the columns if that was asked for; whether it was. Durable on OK. Errors as Store::Purge;
// then it is still asked for.
absl::StatusOr<bool> PurgeIfAsked(Store& store, std::span<const Column> columns);

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_PURGE_H_
