#include "storage/rocks_read.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <string>
#include <utility>

namespace daftar::storage {
namespace {

ByteView AsView(const rocksdb::Slice& slice) {
  return {reinterpret_cast<const uint8_t*>(slice.data()), slice.size()};
}
Bytes AsOwned(const rocksdb::Slice& slice) { return crypto::ToBytes(AsView(slice)); }

std::string Reading(Column column) { return "reading " + std::string(ColumnName(column)); }

rocksdb::ReadOptions Options(const rocksdb::Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  return options;
}

// The least key greater than every key with this prefix; nullopt when there is none (all 0xff).
std::optional<Bytes> AfterPrefix(ByteView prefix) {
  Bytes end = crypto::ToBytes(prefix);
  while (!end.empty() && end.back() == 0xff) end.pop_back();
  if (end.empty()) return std::nullopt;
  ++end.back();
  return end;
}

}  // namespace

rocksdb::Slice AsSlice(ByteView bytes) {
  if (bytes.empty()) return {};  // an empty view may have no address, which RocksDB asserts on
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

absl::StatusOr<std::optional<Bytes>> RocksGet(const RocksHandles& handles,
                                              const rocksdb::Snapshot* snapshot, Column column,
                                              ByteView key) {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      handles.db->Get(Options(snapshot), handles.column(column), AsSlice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return FromRocks(status, Reading(column));
  return AsOwned(value);
}

absl::StatusOr<std::vector<std::optional<Bytes>>> RocksMultiGet(const RocksHandles& handles,
                                                                const rocksdb::Snapshot* snapshot,
                                                                Column column,
                                                                const std::vector<Bytes>& keys) {
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (const Bytes& key : keys) slices.push_back(AsSlice(key));
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  handles.db->MultiGet(Options(snapshot), handles.column(column), keys.size(), slices.data(),
                       values.data(), statuses.data(), /*sorted_input=*/false);
  std::vector<std::optional<Bytes>> found(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok()) {
      found[i] = AsOwned(values[i]);
    } else if (!statuses[i].IsNotFound()) {
      return FromRocks(statuses[i], Reading(column));
    }
  }
  return found;
}

absl::Status RocksScan(const RocksHandles& handles, const rocksdb::Snapshot* snapshot,
                       Column column, ByteView prefix, ByteView start,
                       const std::function<bool(ByteView key, ByteView value)>& visit) {
  // Between the two, every key has the prefix.
  const std::optional<Bytes> end = AfterPrefix(prefix);
  const rocksdb::Slice upper_bound = end.has_value() ? AsSlice(*end) : rocksdb::Slice();
  rocksdb::ReadOptions options = Options(snapshot);
  options.total_order_seek = true;
  if (end.has_value()) options.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> iterator(
      handles.db->NewIterator(options, handles.column(column)));
  const bool start_is_later =
      std::lexicographical_compare(prefix.begin(), prefix.end(), start.begin(), start.end());
  for (iterator->Seek(AsSlice(start_is_later ? start : prefix)); iterator->Valid();
       iterator->Next()) {
    if (!visit(AsView(iterator->key()), AsView(iterator->value()))) break;
  }
  return FromRocks(iterator->status(), Reading(column));
}

}  // namespace daftar::storage
