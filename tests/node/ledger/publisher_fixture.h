// A node's own log in a database on a disk that can fail.
#ifndef DAFTAR_TESTS_NODE_LEDGER_PUBLISHER_FIXTURE_H_
#define DAFTAR_TESTS_NODE_LEDGER_PUBLISHER_FIXTURE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/note.h"
#include "node/ledger/publisher.h"
#include "storage/rocks_store.h"
#include "storage/rocks_testing.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {

inline constexpr int64_t kStart = 1'793'491'200;

class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() {
    Open();
    DAFTAR_EXPECT_OK(publisher_->Bootstrap(
        {{evidence::EntryKind::kKeys, {1}}, {evidence::EntryKind::kCharter, {2}}}, Now()));
  }

  evidence::UnixMillis Now() const { return {now_ * 1000}; }
  LogIdentity Identity() const {
    return {"toko-a.test", evidence::CircleId(), entry_, head_, self_};
  }
  void Open() {
    auto store = storage::RocksStore::Open({.path = dir_ / "db",
                                            .create_if_missing = true,
                                            .min_free_bytes = 0,
                                            .env_for_tests = disk_.env()});
    ASSERT_THAT(store, testing::IsOk());
    store_ = *std::move(store);
    auto publisher =
        Publisher::Open(*store_, Identity(), storage::HighWaterFile(HighWater(), &file_hook_));
    ASSERT_THAT(publisher, testing::IsOk());
    publisher_ = *std::move(publisher);
  }
  void Close() {
    publisher_.reset();
    store_.reset();
  }
  void Reopen() {
    Close();
    Open();
  }
  std::filesystem::path HighWater() const { return dir_ / "high-water"; }

  // Queues a report with a body of its own.
  Submission Queue(uint8_t marker, int64_t not_before = 0) {
    Submission submission;
    submission.id = entropy_.Public<SubmissionId>();
    submission.not_before = not_before;
    submission.body = crypto::Bytes(64, marker);
    submission.commitment = evidence::CommitTo(submission.body);
    storage::Batch batch;
    batch.Put(storage::Column::kSubmissions, submission.Key(), submission.Encode());
    EXPECT_THAT(store_->Write(std::move(batch)), testing::IsOk());
    return submission;
  }
  std::optional<Publication> PublicationOf(const Submission& submission) {
    return *FindPublication(*store_, submission.id);
  }
  std::vector<evidence::Header> Headers() {
    std::vector<evidence::Header> headers;
    EXPECT_THAT(storage::LogStore(*store_).ReadLeaves(
                    storage::kOwnLog, 0, publisher_->tree_size(),
                    [&](uint64_t, crypto::ByteView leaf) {
                      auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
                      EXPECT_TRUE(entry.ok() && entry->VerifiedBy(entry_.public_key()));
                      headers.push_back(entry->header);
                      return true;
                    }),
                testing::IsOk());
    return headers;
  }

  // A head that the own key has signed and this log does not have.
  std::string SignedElsewhere(uint64_t size) {
    crypto::Note note;
    note.text = crypto::Checkpoint{Identity().origin, size, crypto::Digest()}.ToText();
    note.signatures = {crypto::SignNote(note.text, Identity().origin, head_)};
    return note.ToString();
  }

  // Fails one step of writing the high-water file, before it happened or after.
  class FailingStep final : public storage::FileHook {
   public:
    absl::Status Before(storage::FileStep step) override { return Meet(step, before); }
    absl::Status After(storage::FileStep step) override {
      if (step == storage::FileStep::kSyncDirectory && when_written) when_written();
      return Meet(step, !before);
    }
    std::optional<storage::FileStep> fails;
    bool before = true;
    std::function<void()> when_written;

   private:
    absl::Status Meet(storage::FileStep step, bool here) const {
      return here && fails == step ? absl::UnavailableError("the disk failed") : absl::OkStatus();
    }
  };

  testing::TempDir dir_;
  storage::FaultyDisk disk_;
  FailingStep file_hook_;
  testing::FakeEntropy entropy_;
  crypto::SigningKey entry_ = crypto::SigningKey::Generate(entropy_);
  crypto::SigningKey head_ = crypto::SigningKey::Generate(entropy_);
  crypto::SigningKey self_ = crypto::SigningKey::Generate(entropy_);
  int64_t now_ = kStart;
  std::unique_ptr<storage::RocksStore> store_;
  std::unique_ptr<Publisher> publisher_;
};

// The store, with something that happens once a batch is written.
class ThenStore final : public storage::Store {
 public:
  explicit ThenStore(storage::Store& store) : store_(store) {}
  absl::StatusOr<std::optional<crypto::Bytes>> Get(storage::Column column,
                                                   crypto::ByteView key) const override {
    return store_.Get(column, key);
  }
  absl::StatusOr<std::vector<std::optional<crypto::Bytes>>> MultiGet(
      storage::Column column, const std::vector<crypto::Bytes>& keys) const override {
    return store_.MultiGet(column, keys);
  }
  absl::Status Scan(
      storage::Column column, crypto::ByteView prefix, crypto::ByteView start,
      const std::function<bool(crypto::ByteView, crypto::ByteView)>& visit) const override {
    return store_.Scan(column, prefix, start, visit);
  }
  std::unique_ptr<storage::StoreReader> Snapshot() const override { return store_.Snapshot(); }
  absl::Status Write(storage::Batch batch) override {
    absl::Status written = store_.Write(std::move(batch));
    if (const auto once = std::exchange(then, {})) once();
    return written;
  }
  absl::Status Purge(std::span<const storage::Column> columns) override {
    return store_.Purge(columns);
  }
  std::function<void()> then;

 private:
  storage::Store& store_;
};

}  // namespace daftar::ledger

#endif  // DAFTAR_TESTS_NODE_LEDGER_PUBLISHER_FIXTURE_H_
