// The log store over rows that a damaged or hostile database could hold: it must answer every
// question with a result or a status, and a tree that loads must be the one its size row names.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>

#include "storage/log_store.h"

namespace daftar::storage {
namespace {

// The input: up to 64 rows, each column u8, key u8-prefixed, value u16-prefixed.
class FuzzedRows final : public StoreReader {
 public:
  explicit FuzzedRows(ByteView input) {
    crypto::Reader reader(input);
    for (int row = 0; row < 64 && reader.remaining() > 0; ++row) {
      const Column column = reader.U8() % 2 == 0 ? Column::kLogTiles : Column::kLogEntries;
      Bytes key = crypto::ToBytes(reader.Prefixed8());
      Bytes value = crypto::ToBytes(reader.Prefixed16());
      if (!reader.ok()) break;
      rows_[{column, std::move(key)}] = std::move(value);
    }
  }
  absl::StatusOr<std::optional<Bytes>> Get(Column column, ByteView key) const override {
    const auto found = rows_.find({column, crypto::ToBytes(key)});
    return found == rows_.end() ? std::nullopt : std::optional<Bytes>(found->second);
  }
  absl::StatusOr<std::vector<std::optional<Bytes>>> MultiGet(
      Column column, const std::vector<Bytes>& keys) const override {
    std::vector<std::optional<Bytes>> values;
    for (const Bytes& key : keys) values.push_back(*Get(column, key));
    return values;
  }
  absl::Status Scan(Column column, ByteView prefix, ByteView start,
                    const std::function<bool(ByteView key, ByteView value)>& visit) const override {
    for (const auto& row : rows_) {
      const Bytes& key = row.first.key;
      if (row.first.column != column || key < crypto::ToBytes(start)) continue;
      if (key.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), key.begin())) {
        continue;
      }
      if (!visit(key, row.second)) break;
    }
    return absl::OkStatus();
  }

 private:
  std::map<Address, Bytes> rows_;
};

void Check(bool holds) {
  if (!holds) std::abort();
}

void Ask(ByteView input) {
  const FuzzedRows rows(input);
  const LogStore log(rows);
  auto tree = log.Load(kOwnLog);
  if (!tree.ok()) return;
  const uint64_t size = tree->size();
  const auto root = log.RootAt(kOwnLog, size);
  Check(root.ok() && *root == tree->Root());
  Check(!log.RootAt(kOwnLog, size + 1).ok());
  if (size > 0) {
    const auto proof = log.InclusionProof(kOwnLog, size / 2, size);
    Check(!proof.ok() || proof->size() <= crypto::kMaxProofHashes);
    (void)log.ConsistencyProof(kOwnLog, size / 2, size);
  }
  if (size <= 64) (void)log.Verify(kOwnLog, size, nullptr);
  Batch batch;
  const std::vector<Bytes> leaves(3, crypto::ToBytes("leaf"));
  const absl::Status appended = log.Append(kOwnLog, leaves, *tree, batch);
  Check(appended.ok() == (tree->size() == size + 3));
  Check(appended.ok() != batch.empty());
}

}  // namespace
}  // namespace daftar::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  daftar::storage::Ask({data, size});
  return 0;
}
