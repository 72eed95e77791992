#include "storage/rocks_store.h"

#include <rocksdb/db.h>

#include <utility>

#include "storage/rocks_engine.h"
#include "storage/rocks_read.h"

namespace daftar::storage {
namespace {

// Ends when the database is opened again after a full disk; the handles' own destruction then
// releases the snapshot.
class SnapshotReader final : public StoreReader {
 public:
  explicit SnapshotReader(absl::StatusOr<std::shared_ptr<RocksHandles>> handles) {
    if (!handles.ok()) {
      status_ = handles.status();
      return;
    }
    handles_ = *handles;
    snapshot_ = (*handles)->TakeSnapshot();
  }
  ~SnapshotReader() override {
    const auto handles = handles_.lock();
    if (handles != nullptr) handles->ReleaseSnapshot(snapshot_);
  }
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;

  absl::StatusOr<std::optional<Bytes>> Get(Column column, ByteView key) const override {
    const auto handles = Lock();
    if (!handles.ok()) return handles.status();
    return RocksGet(**handles, snapshot_, column, key);
  }
  absl::StatusOr<std::vector<std::optional<Bytes>>> MultiGet(
      Column column, const std::vector<Bytes>& keys) const override {
    const auto handles = Lock();
    if (!handles.ok()) return handles.status();
    return RocksMultiGet(**handles, snapshot_, column, keys);
  }
  absl::Status Scan(Column column, ByteView prefix, ByteView start,
                    const std::function<bool(ByteView key, ByteView value)>& visit) const override {
    const auto handles = Lock();
    if (!handles.ok()) return handles.status();
    return RocksScan(**handles, snapshot_, column, prefix, start, visit);
  }

 private:
  absl::StatusOr<std::shared_ptr<RocksHandles>> Lock() const {
    if (!status_.ok()) return status_;
    auto handles = handles_.lock();
    if (handles != nullptr) return handles;
    return absl::UnavailableError(
        "the snapshot ended when the database was opened again after the disk was full; try again");
  }

  absl::Status status_;
  std::weak_ptr<RocksHandles> handles_;
  const rocksdb::Snapshot* snapshot_ = nullptr;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RocksStore>> RocksStore::Open(const RocksOptions& options) {
  auto engine = std::make_unique<RocksEngine>(options);
  absl::Status opened = engine->Open();
  if (!opened.ok()) return opened;
  return std::unique_ptr<RocksStore>(new RocksStore(options, std::move(engine)));
}

RocksStore::RocksStore(const RocksOptions& options, std::unique_ptr<RocksEngine> engine)
    : engine_(std::move(engine)),
      queue_(
          {.max_queued_batches = options.max_queued_batches,
           .max_queued_bytes = options.max_queued_bytes},
          *this, [this] { return engine_->Prepare(); },
          [this](std::span<const Batch* const> batches) { return engine_->Apply(batches); }) {}

RocksStore::~RocksStore() = default;

absl::StatusOr<std::optional<Bytes>> RocksStore::Get(Column column, ByteView key) const {
  const auto handles = engine_->Lend();
  if (!handles.ok()) return handles.status();
  return RocksGet(**handles, nullptr, column, key);
}

absl::StatusOr<std::vector<std::optional<Bytes>>> RocksStore::MultiGet(
    Column column, const std::vector<Bytes>& keys) const {
  const auto handles = engine_->Lend();
  if (!handles.ok()) return handles.status();
  return RocksMultiGet(**handles, nullptr, column, keys);
}

absl::Status RocksStore::Scan(
    Column column, ByteView prefix, ByteView start,
    const std::function<bool(ByteView key, ByteView value)>& visit) const {
  const auto handles = engine_->Lend();
  if (!handles.ok()) return handles.status();
  return RocksScan(**handles, nullptr, column, prefix, start, visit);
}

std::unique_ptr<StoreReader> RocksStore::Snapshot() const {
  return std::make_unique<SnapshotReader>(engine_->Lend());
}

absl::Status RocksStore::Write(Batch batch) { return queue_.Commit(std::move(batch)); }

absl::Status RocksStore::Purge(std::span<const Column> columns) { return engine_->Purge(columns); }

absl::Status RocksStore::Health() const { return queue_.Failure(); }

}  // namespace daftar::storage
