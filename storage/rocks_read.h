// Internal to storage/: the reads of the Store port over an open RocksDB. Include only from
// storage/*.cc.
#ifndef DAFTAR_STORAGE_ROCKS_READ_H_
#define DAFTAR_STORAGE_ROCKS_READ_H_

#include "storage/rocks_open.h"

namespace rocksdb {
class Snapshot;
class Slice;
}  // namespace rocksdb

namespace daftar::storage {

// Points into `bytes`.
rocksdb::Slice AsSlice(ByteView bytes);

// As StoreReader says; `snapshot` null reads the newest state. Any thread.
absl::StatusOr<std::optional<Bytes>> RocksGet(const RocksHandles& handles,
                                              const rocksdb::Snapshot* snapshot, Column column,
                                              ByteView key);
absl::StatusOr<std::vector<std::optional<Bytes>>> RocksMultiGet(const RocksHandles& handles,
                                                                const rocksdb::Snapshot* snapshot,
                                                                Column column,
                                                                const std::vector<Bytes>& keys);
absl::Status RocksScan(const RocksHandles& handles, const rocksdb::Snapshot* snapshot,
                       Column column, ByteView prefix, ByteView start,
                       const std::function<bool(ByteView key, ByteView value)>& visit);

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_ROCKS_READ_H_
