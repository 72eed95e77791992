// A RocksStore in a directory of its own.
#ifndef DAFTAR_TESTS_STORAGE_ROCKS_FIXTURE_H_
#define DAFTAR_TESTS_STORAGE_ROCKS_FIXTURE_H_

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/status_matchers.h"

namespace daftar::testing {

using storage::Batch;
using storage::Bytes;
using storage::ByteView;
using storage::Column;
using storage::RocksOptions;
using storage::RocksStore;

inline Bytes B(std::string_view text) { return crypto::ToBytes(text); }

class RocksFixture : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<RocksStore>> TryOpen(bool create = true) {
    RocksOptions options;
    options.path = path();
    options.create_if_missing = create;
    options.min_free_bytes = 0;
    options.env_for_tests = env_;
    options.reopen_interval = reopen_interval_;
    return RocksStore::Open(options);
  }
  void Open() {
    store_.reset();
    auto store = TryOpen();
    DAFTAR_ASSERT_OK(store);
    store_ = *std::move(store);
  }
  void Close() { store_.reset(); }
  std::filesystem::path path() const { return dir_ / "db"; }

  absl::Status Put(std::string_view key, std::string_view value, Column column = Column::kUsers) {
    Batch batch;
    batch.Put(column, B(key), B(value));
    return store_->Write(std::move(batch));
  }
  absl::Status PutIfAbsent(std::string_view key, std::string_view value) {
    Batch batch;
    batch.ExpectAbsent(Column::kUsers, B(key));
    batch.Put(Column::kUsers, B(key), B(value));
    return store_->Write(std::move(batch));
  }
  std::string Get(std::string_view key, Column column = Column::kUsers) {
    const auto value = store_->Get(column, B(key));
    if (!value.ok()) return "error: " + value.status().ToString();
    return value->has_value() ? std::string(crypto::AsText(**value)) : "absent";
  }
  std::vector<std::string> Keys(ByteView prefix, ByteView start) {
    std::vector<std::string> keys;
    DAFTAR_EXPECT_OK(store_->Scan(Column::kUsers, prefix, start, [&](ByteView key, ByteView) {
      keys.push_back(crypto::ToHex(key));
      return true;
    }));
    return keys;
  }
  std::vector<std::filesystem::path> FilesEndingWith(const std::string& ending) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path())) {
      if (entry.path().filename().string().ends_with(ending)) files.push_back(entry.path());
    }
    return files;
  }
  // The newest file with this ending.
  std::filesystem::path File(const std::string& ending) {
    const auto files = FilesEndingWith(ending);
    const auto newest = std::max_element(files.begin(), files.end());
    return newest == files.end() ? std::filesystem::path() : *newest;
  }
  static void FlipBit(const std::filesystem::path& file, uint64_t offset) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(offset));
    stream.put(static_cast<char>(byte ^ 0x10));
    ASSERT_TRUE(stream.good());
  }

  TempDir dir_;
  rocksdb::Env* env_ = nullptr;
  std::chrono::milliseconds reopen_interval_ = RocksOptions().reopen_interval;
  std::unique_ptr<RocksStore> store_;
};

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_STORAGE_ROCKS_FIXTURE_H_
