// The port behind which durable state lives. RocksDB implements it here; it asks for nothing that
// PostgreSQL could not give as well.
#ifndef DAFTAR_STORAGE_STORE_H_
#define DAFTAR_STORAGE_STORE_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "storage/keys.h"

namespace daftar::storage {

using crypto::Bytes;
using crypto::ByteView;

struct Address {
  Column column;
  Bytes key;
  friend auto operator<=>(const Address&, const Address&) = default;
};

// What is written together: all of it or nothing. Preconditions are checked in the same atomic
// step. A value; built by one thread.
class Batch {
 public:
  struct Operation {
    Address address;
    std::optional<Bytes> value;  // nullopt deletes
  };
  struct Precondition {
    Address address;
    std::optional<Bytes> expected;  // nullopt: the key must be absent
  };
  void Put(Column column, Bytes key, Bytes value) {
    operations_.push_back({{column, std::move(key)}, std::move(value)});
  }
  void Delete(Column column, Bytes key) {
    operations_.push_back({{column, std::move(key)}, std::nullopt});
  }
  void ExpectAbsent(Column column, Bytes key) {
    preconditions_.push_back({{column, std::move(key)}, std::nullopt});
  }
  void ExpectValue(Column column, Bytes key, Bytes value) {
    preconditions_.push_back({{column, std::move(key)}, std::move(value)});
  }
  // Adds all of `other` after what is here.
  void Append(Batch other);
  const std::vector<Operation>& operations() const { return operations_; }
  const std::vector<Precondition>& preconditions() const { return preconditions_; }
  bool empty() const { return operations_.empty() && preconditions_.empty(); }

 private:
  std::vector<Operation> operations_;
  std::vector<Precondition> preconditions_;
};

// Reading, from the newest state or from a snapshot. Any thread may call.
// Every method: DataLoss when the storage engine reports corruption, Unavailable on I/O failure.
class StoreReader {
 public:
  virtual ~StoreReader() = default;
  // nullopt when the key is absent.
  virtual absl::StatusOr<std::optional<Bytes>> Get(Column column, ByteView key) const = 0;
  // One result for each key, in order.
  virtual absl::StatusOr<std::vector<std::optional<Bytes>>> MultiGet(
      Column column, const std::vector<Bytes>& keys) const = 0;
  // Visits keys that begin with `prefix` and are >= `start` (pass the prefix itself for all), in
  // bytewise order, until `visit` returns false. Views are valid during the call of `visit` only.
  virtual absl::Status Scan(
      Column column, ByteView prefix, ByteView start,
      const std::function<bool(ByteView key, ByteView value)>& visit) const = 0;
};

class Store : public StoreReader {
 public:
  // A fixed view of the state at this moment; must not outlive the store.
  virtual std::unique_ptr<StoreReader> Snapshot() const = 0;

  // Applies the batch. On OK it is durable (synced) and visible. Any number of threads may call;
  // concurrent calls share syncs through one bounded queue.
  //   Aborted            a precondition did not hold; nothing was written
  //   ResourceExhausted  the queue is full or the disk is; nothing was written, trying again later
  //                      makes sense
  //   InvalidArgument    the batch is larger than the queue; nothing was written
  //   Unavailable        an I/O error; whether it was written is unknown until reopened, and
  //                      every later Write fails the same way
  //   DataLoss           the storage engine reports corruption; as Unavailable
  virtual absl::Status Write(Batch batch) = 0;

  // Rewrites what holds these columns, so that on OK nothing that was deleted or replaced before
  // the call is left in the store's files, but for what a snapshot taken before still shows.
  // Readers and writers go on meanwhile. Takes as long as rewriting all their rows.
  //   Unavailable, DataLoss, ResourceExhausted  as the disk says; trying again later makes sense
  virtual absl::Status Purge(std::span<const Column> columns) = 0;
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_STORE_H_
