#include "storage/commit_queue.h"

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "tests/support/status_matchers.h"

namespace daftar::storage {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

Bytes B(std::string_view text) { return crypto::ToBytes(text); }

// An engine in memory whose writes can be held up and made to fail.
class FakeEngine final : public StoreReader {
 public:
  absl::StatusOr<std::optional<Bytes>> Get(Column column, ByteView key) const override {
    MutexLock lock(mutex_);
    if (closed_) return absl::UnavailableError("closed");
    const auto found = rows_.find({column, crypto::ToBytes(key)});
    return found == rows_.end() ? std::nullopt : std::optional<Bytes>(found->second);
  }
  absl::StatusOr<std::vector<std::optional<Bytes>>> MultiGet(
      Column, const std::vector<Bytes>&) const override {
    return absl::UnimplementedError("not asked");
  }
  absl::Status Scan(Column, ByteView, ByteView,
                    const std::function<bool(ByteView, ByteView)>&) const override {
    return absl::UnimplementedError("not asked");
  }

  absl::Status Prepare() {
    MutexLock lock(mutex_);
    if (cannot_open_.ok()) closed_ = false;
    return cannot_open_;
  }
  absl::Status Apply(std::span<const Batch* const> batches) {
    MutexLock lock(mutex_);
    ++started_;
    changed_.NotifyAll();
    while (held_) changed_.Wait(mutex_);
    groups_.push_back(batches.size());
    if (!failure_.ok()) return failure_;
    for (const Batch* batch : batches) {
      for (const Batch::Operation& operation : batch->operations()) {
        if (operation.value.has_value()) {
          rows_[operation.address] = *operation.value;
        } else {
          rows_.erase(operation.address);
        }
      }
    }
    return absl::OkStatus();
  }

  // Reads fail until Prepare is called, and Prepare returns `cannot_open`.
  void Close(absl::Status cannot_open = absl::OkStatus()) {
    MutexLock lock(mutex_);
    closed_ = true;
    cannot_open_ = std::move(cannot_open);
  }
  void Hold() {
    MutexLock lock(mutex_);
    held_ = true;
  }
  void Release(absl::Status failure = absl::OkStatus()) {
    MutexLock lock(mutex_);
    held_ = false;
    failure_ = std::move(failure);
    changed_.NotifyAll();
  }
  void WaitUntilStarted(size_t count) {
    MutexLock lock(mutex_);
    while (started_ < count) changed_.Wait(mutex_);
  }
  std::vector<size_t> groups() const {
    MutexLock lock(mutex_);
    return groups_;
  }
  std::string Value(std::string_view key) const {
    const auto value = Get(Column::kUsers, crypto::AsBytes(key));
    if (!value.ok()) return value.status().ToString();
    return value->has_value() ? std::string(crypto::AsText(**value)) : "absent";
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  std::map<Address, Bytes> rows_ DAFTAR_GUARDED_BY(mutex_);
  std::vector<size_t> groups_ DAFTAR_GUARDED_BY(mutex_);
  size_t started_ DAFTAR_GUARDED_BY(mutex_) = 0;
  bool held_ DAFTAR_GUARDED_BY(mutex_) = false;
  absl::Status failure_ DAFTAR_GUARDED_BY(mutex_);
  bool closed_ DAFTAR_GUARDED_BY(mutex_) = false;
  absl::Status cannot_open_ DAFTAR_GUARDED_BY(mutex_);
};

class CommitQueueTest : public ::testing::Test {
 protected:
  void Start(const CommitLimits& limits = {}) {
    queue_ = std::make_unique<CommitQueue>(
        limits, engine_, [this] { return engine_.Prepare(); },
        [this](std::span<const Batch* const> batches) { return engine_.Apply(batches); });
  }
  // Queues `batch` on a thread of its own, behind everything queued so far.
  void Queue(Batch batch) {
    const size_t before = queue_->queued();
    results_.emplace_back();
    absl::Status* result = &results_.back();
    threads_.emplace_back([this, result, moved = std::move(batch)]() mutable {
      *result = queue_->Commit(std::move(moved));
    });
    while (queue_->queued() == before) std::this_thread::yield();
  }
  // The first batch occupies the engine, so that those queued next form one group.
  void OccupyEngine() {
    engine_.Hold();
    Queue(Put("first", "1"));
    engine_.WaitUntilStarted(1);
  }
  std::vector<Code> Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    std::vector<Code> codes;
    for (const absl::Status& status : results_) codes.push_back(status.code());
    return codes;
  }
  static Batch Put(std::string_view key, std::string_view value) {
    Batch batch;
    batch.Put(Column::kUsers, B(key), B(value));
    return batch;
  }
  static Batch PutIfAbsent(std::string_view key, std::string_view value) {
    Batch batch = Put(key, value);
    batch.ExpectAbsent(Column::kUsers, B(key));
    return batch;
  }

  FakeEngine engine_;
  std::unique_ptr<CommitQueue> queue_;
  std::deque<absl::Status> results_;  // addresses stay
  std::vector<std::thread> threads_;
};

TEST_F(CommitQueueTest, BatchesThatWaitShareOneWrite) {
  Start();
  OccupyEngine();
  for (int i = 0; i < 5; ++i) Queue(Put("k" + std::to_string(i), "v"));
  engine_.Release();
  EXPECT_THAT(Join(), ::testing::Each(Code::kOk));
  EXPECT_THAT(engine_.groups(), ElementsAre(1, 5));
  EXPECT_EQ(engine_.Value("k4"), "v");
  EXPECT_EQ(queue_->queued(), 0U);
}

TEST_F(CommitQueueTest, SecondOfTwoConflictingBatchesInOneGroupIsAborted) {
  Start();
  OccupyEngine();
  Queue(PutIfAbsent("a", "one"));
  Queue(PutIfAbsent("a", "two"));
  Queue(PutIfAbsent("b", "three"));
  engine_.Release();
  EXPECT_THAT(Join(), ElementsAre(Code::kOk, Code::kOk, Code::kAborted, Code::kOk));
  EXPECT_THAT(engine_.groups(), ElementsAre(1, 2));
  EXPECT_EQ(engine_.Value("a"), "one");
  EXPECT_EQ(engine_.Value("b"), "three");
}

TEST_F(CommitQueueTest, BatchMayBuildOnAnEarlierOneOfItsGroup) {
  Start();
  OccupyEngine();
  Queue(PutIfAbsent("a", "1"));
  Batch next = Put("a", "2");
  next.ExpectValue(Column::kUsers, B("a"), B("1"));
  Queue(std::move(next));
  Batch remove;
  remove.ExpectValue(Column::kUsers, B("a"), B("2"));
  remove.Delete(Column::kUsers, B("a"));
  Queue(std::move(remove));
  Queue(PutIfAbsent("a", "4"));
  engine_.Release();
  EXPECT_THAT(Join(), ::testing::Each(Code::kOk));
  EXPECT_THAT(engine_.groups(), ElementsAre(1, 4));
  EXPECT_EQ(engine_.Value("a"), "4");
}

TEST_F(CommitQueueTest, AbortedBatchLeavesNothingForLaterOnesOfItsGroup) {
  Start();
  OccupyEngine();
  Batch refused = Put("a", "1");
  refused.ExpectValue(Column::kUsers, B("x"), B("never"));
  Queue(std::move(refused));
  Queue(PutIfAbsent("a", "2"));
  engine_.Release();
  EXPECT_THAT(Join(), ElementsAre(Code::kOk, Code::kAborted, Code::kOk));
  EXPECT_EQ(engine_.Value("a"), "2");
}

TEST_F(CommitQueueTest, BatchWithoutOperationsOnlyChecks) {
  Start();
  Batch holds;
  holds.ExpectAbsent(Column::kUsers, B("a"));
  DAFTAR_EXPECT_OK(queue_->Commit(std::move(holds)));
  Batch fails;
  fails.ExpectValue(Column::kUsers, B("a"), B("1"));
  EXPECT_THAT(queue_->Commit(std::move(fails)), StatusIs(Code::kAborted));
  DAFTAR_EXPECT_OK(queue_->Commit(Batch()));
  EXPECT_THAT(engine_.groups(), ElementsAre());
}

TEST_F(CommitQueueTest, FailedWriteIsEverybodysWhoDependsOnIt) {
  Start();
  OccupyEngine();
  Queue(PutIfAbsent("a", "1"));
  Queue(PutIfAbsent("a", "2"));  // refused only because of the one before it
  Batch check;
  check.ExpectValue(Column::kUsers, B("a"), B("1"));
  Queue(std::move(check));  // holds only because of it
  Batch unrelated = Put("b", "3");
  unrelated.ExpectValue(Column::kUsers, B("missing"), B("x"));
  Queue(std::move(unrelated));  // is refused whatever happens
  engine_.Release(absl::ResourceExhaustedError("the disk is full"));
  EXPECT_THAT(Join(),
              ElementsAre(Code::kResourceExhausted, Code::kResourceExhausted,
                          Code::kResourceExhausted, Code::kResourceExhausted, Code::kAborted));
  engine_.Release();
  DAFTAR_EXPECT_OK(queue_->Commit(PutIfAbsent("a", "5")));
  EXPECT_EQ(engine_.Value("a"), "5");
}

TEST_F(CommitQueueTest, UnknownOutcomeStopsTheQueue) {
  Start();
  OccupyEngine();
  Queue(Put("waiting", "1"));
  engine_.Release(absl::UnavailableError("input/output error"));
  EXPECT_THAT(Join(), ElementsAre(Code::kUnavailable, Code::kUnavailable));
  EXPECT_THAT(engine_.groups(), ElementsAre(1));  // the waiting one was not tried
  engine_.Release();
  EXPECT_THAT(queue_->Commit(Put("later", "1")), StatusIs(Code::kUnavailable));
  EXPECT_THAT(queue_->Failure(), StatusIs(Code::kUnavailable, HasSubstr("input/output")));
  EXPECT_EQ(engine_.Value("later"), "absent");
}

TEST_F(CommitQueueTest, ClosedEngineIsOpenedBeforePreconditionsAreRead) {
  Start();
  engine_.Close();
  DAFTAR_EXPECT_OK(queue_->Commit(PutIfAbsent("a", "1")));
  engine_.Close();
  EXPECT_THAT(queue_->Commit(PutIfAbsent("a", "2")), StatusIs(Code::kAborted));
  EXPECT_EQ(engine_.Value("a"), "1");
}

TEST_F(CommitQueueTest, EngineThatCannotBeOpenedYetPutsOffTheWholeGroup) {
  Start();
  OccupyEngine();
  Queue(PutIfAbsent("a", "1"));
  Queue(Put("b", "1"));
  engine_.Close(absl::ResourceExhaustedError("the disk is full"));
  engine_.Release();
  EXPECT_THAT(Join(), ElementsAre(Code::kOk, Code::kResourceExhausted, Code::kResourceExhausted));
  EXPECT_THAT(engine_.groups(), ElementsAre(1));
  DAFTAR_EXPECT_OK(queue_->Failure());
  engine_.Close();
  DAFTAR_EXPECT_OK(queue_->Commit(PutIfAbsent("a", "2")));
  EXPECT_EQ(engine_.Value("a"), "2");
  EXPECT_EQ(engine_.Value("b"), "absent");
}

TEST_F(CommitQueueTest, EngineThatNeverOpensAgainStopsTheQueue) {
  Start();
  engine_.Close(absl::DataLossError("damaged"));
  EXPECT_THAT(queue_->Commit(PutIfAbsent("a", "1")), StatusIs(Code::kDataLoss));
  EXPECT_THAT(queue_->Failure(), StatusIs(Code::kDataLoss, HasSubstr("damaged")));
  engine_.Close();
  EXPECT_THAT(queue_->Commit(Put("b", "1")), StatusIs(Code::kDataLoss));
}

TEST_F(CommitQueueTest, FullQueueRefusesAtOnceAndServesThoseInIt) {
  Start({.max_queued_batches = 3});
  OccupyEngine();
  Queue(Put("a", "1"));
  Queue(Put("b", "1"));
  EXPECT_THAT(queue_->Commit(Put("c", "1")), StatusIs(Code::kResourceExhausted, HasSubstr("full")));
  engine_.Release();
  EXPECT_THAT(Join(), ::testing::Each(Code::kOk));
  EXPECT_EQ(engine_.Value("c"), "absent");
  DAFTAR_EXPECT_OK(queue_->Commit(Put("c", "1")));
}

TEST_F(CommitQueueTest, QueueIsBoundedInBytes) {
  const size_t one = BatchBytes(Put("first", "1"));
  Start({.max_queued_bytes = 3 * one});
  OccupyEngine();
  Queue(Put("12345", "1"));
  EXPECT_THAT(queue_->Commit(Put("12345", std::string(one, 'x'))),
              StatusIs(Code::kResourceExhausted));
  Queue(Put("12345", "2"));
  EXPECT_THAT(queue_->Commit(Put("12345", "3")), StatusIs(Code::kResourceExhausted));
  engine_.Release();
  EXPECT_THAT(Join(), ::testing::Each(Code::kOk));
  DAFTAR_EXPECT_OK(queue_->Commit(Put("12345", std::string(one, 'x'))));
}

TEST_F(CommitQueueTest, BatchThatNeverFitsIsInvalid) {
  Start({.max_queued_bytes = 1000});
  EXPECT_THAT(queue_->Commit(Put("a", std::string(1000, 'x'))),
              StatusIs(Code::kInvalidArgument, HasSubstr("in parts")));
}

TEST_F(CommitQueueTest, GroupsAreBounded) {
  Start({.max_group_batches = 2});
  OccupyEngine();
  for (int i = 0; i < 5; ++i) Queue(Put("k" + std::to_string(i), "v"));
  engine_.Release();
  EXPECT_THAT(Join(), ::testing::Each(Code::kOk));
  EXPECT_THAT(engine_.groups(), ElementsAre(1, 2, 2, 1));
}

TEST_F(CommitQueueTest, LargeBatchGoesAlone) {
  Start({.max_group_bytes = 200});
  OccupyEngine();
  Queue(Put("a", "1"));
  Queue(Put("b", std::string(500, 'x')));
  Queue(Put("c", "1"));
  engine_.Release();
  EXPECT_THAT(Join(), ::testing::Each(Code::kOk));
  EXPECT_THAT(engine_.groups(), ElementsAre(1, 1, 1, 1));
}

TEST_F(CommitQueueTest, ManyWritersClaimEachKeyExactlyOnce) {
  Start({.max_group_batches = 8});
  constexpr int kThreads = 8;
  constexpr int kKeys = 200;
  std::atomic<int> claimed{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kKeys; ++i) {
        const absl::Status status =
            queue_->Commit(PutIfAbsent("k" + std::to_string(i), std::to_string(t)));
        if (status.ok()) ++claimed;
        ASSERT_TRUE(status.ok() || absl::IsAborted(status)) << status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(claimed, kKeys);
}

}  // namespace
}  // namespace daftar::storage
