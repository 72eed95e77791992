// What closes and opens again after a full disk: in which order, by whom, and that nothing is lost.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <random>
#include <thread>

#include "storage/rocks_store.h"
#include "storage/rocks_testing.h"
#include "tests/storage/rocks_fault_fixture.h"

namespace daftar::storage {
namespace {

using ::daftar::testing::B;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Optional;
using Code = absl::StatusCode;

class RocksReopenTest : public ::daftar::testing::RocksFaultFixture {
 protected:
  // Meets a full disk and then lets the opening fail: the space is taken again between the test for
  // room and the opening, `torn` bytes into it. False when those bytes were enough to open.
  bool CloseByAFullDisk(uint64_t torn = 0) {
    disk_.FailAppends(DiskFault::kNoSpace, 10);
    EXPECT_THAT(Put("refused", "1"), StatusIs(Code::kResourceExhausted));
    disk_.FillAfterDeleting("room.probe", torn);
    const absl::Status status = Put("refused", "1");
    EXPECT_TRUE(status.ok() || absl::IsResourceExhausted(status)) << status;
    return absl::IsUnavailable(store_->Get(Column::kUsers, B("a")).status());
  }
};

TEST_F(RocksReopenTest, SnapshotEndsWhenTheDatabaseIsOpenedAgain) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  const auto snapshot = store_->Snapshot();
  disk_.FailAppends(DiskFault::kNoSpace, 10);
  EXPECT_THAT(Put("b", "2"), StatusIs(Code::kResourceExhausted));
  disk_.Heal();
  DAFTAR_ASSERT_OK(Put("b", "2"));
  EXPECT_THAT(snapshot->Get(Column::kUsers, B("a")), StatusIs(Code::kUnavailable));
  EXPECT_THAT(snapshot->MultiGet(Column::kUsers, {B("a")}), StatusIs(Code::kUnavailable));
  EXPECT_THAT(snapshot->Scan(Column::kUsers, {}, {}, [](ByteView, ByteView) { return true; }),
              StatusIs(Code::kUnavailable));
  EXPECT_THAT(store_->Snapshot()->Get(Column::kUsers, B("a")), IsOkAndHolds(Optional(B("1"))));
}

TEST_F(RocksReopenTest, WriteFromWithinAScanAfterAFullDiskIsPutOffNotDeadlocked) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  disk_.FailAppends(DiskFault::kNoSpace, 10);
  EXPECT_THAT(Put("b", "2"), StatusIs(Code::kResourceExhausted));
  disk_.Heal();
  DAFTAR_EXPECT_OK(store_->Scan(Column::kUsers, {}, {}, [&](ByteView, ByteView) {
    EXPECT_THAT(Put("b", "2"), StatusIs(Code::kResourceExhausted, HasSubstr("try again")));
    EXPECT_THAT(PutIfAbsent("b", "2"), StatusIs(Code::kResourceExhausted, HasSubstr("try again")));
    EXPECT_THAT(store_->Get(Column::kUsers, B("a")), StatusIs(Code::kUnavailable));
    return true;
  }));
  DAFTAR_EXPECT_OK(PutIfAbsent("b", "2"));
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(Get("b"), "2");
}

TEST_F(RocksReopenTest, ReadAfterAScanThatOutlastedTheClosingOpensTheDatabase) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  disk_.FailAppends(DiskFault::kNoSpace, 10);
  EXPECT_THAT(Put("b", "2"), StatusIs(Code::kResourceExhausted));
  disk_.Heal();
  DAFTAR_EXPECT_OK(store_->Scan(Column::kUsers, {}, {}, [&](ByteView, ByteView) {
    EXPECT_THAT(Put("b", "2"), StatusIs(Code::kResourceExhausted));
    return true;
  }));
  EXPECT_EQ(Get("a"), "1");
}

TEST_F(RocksReopenTest, AnyReadOpensWhatDidNotOpenOnAFullDisk) {
  reopen_interval_ = std::chrono::milliseconds(0);
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  const std::vector<std::function<absl::Status()>> reads = {
      [&] { return store_->Get(Column::kUsers, B("a")).status(); },
      [&] { return store_->MultiGet(Column::kUsers, {B("a")}).status(); },
      [&] { return store_->Scan(Column::kUsers, {}, {}, [](ByteView, ByteView) { return true; }); },
      [&] { return store_->Snapshot()->Get(Column::kUsers, B("a")).status(); },
  };
  for (size_t i = 0; i < reads.size(); ++i) {
    SCOPED_TRACE(i);
    ASSERT_TRUE(CloseByAFullDisk());
    for (const auto& read : reads) {
      EXPECT_THAT(read(), StatusIs(Code::kUnavailable, HasSubstr("try again")));
    }
    disk_.Heal();
    DAFTAR_EXPECT_OK(reads[i]());
    EXPECT_EQ(Get("a"), "1");
    EXPECT_EQ(Get("refused"), "absent");
    DAFTAR_EXPECT_OK(PutIfAbsent("after" + std::to_string(i), "2"));
  }
}

TEST_F(RocksReopenTest, WriteWithAPreconditionOpensWhatDidNotOpenOnAFullDisk) {
  reopen_interval_ = std::chrono::milliseconds(0);
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  ASSERT_TRUE(CloseByAFullDisk());
  EXPECT_THAT(PutIfAbsent("b", "2"), StatusIs(Code::kResourceExhausted, HasSubstr("full")));
  DAFTAR_EXPECT_OK(store_->Health());
  disk_.Heal();
  EXPECT_THAT(PutIfAbsent("a", "2"), StatusIs(Code::kAborted));
  DAFTAR_EXPECT_OK(PutIfAbsent("b", "2"));
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(Get("b"), "2");
}

TEST_F(RocksReopenTest, FullDiskAtAnyStepOfOpeningAgainLosesNothing) {
  reopen_interval_ = std::chrono::milliseconds(0);
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  int rounds = 0;
  for (uint64_t torn = 0; CloseByAFullDisk(torn); torn = 2 * torn + 1) {
    SCOPED_TRACE(torn);
    disk_.Heal();
    DAFTAR_ASSERT_OK(PutIfAbsent("round" + std::to_string(rounds), "1"));
    EXPECT_EQ(Get("a"), "1");
    EXPECT_EQ(Get("refused"), "absent");
    ++rounds;
  }
  EXPECT_GT(rounds, 5);
  disk_.Heal();
  Open();
  EXPECT_EQ(Keys(B("round"), B("round")).size(), static_cast<size_t>(rounds));
}

TEST_F(RocksReopenTest, AttemptsToOpenDoNotUseUpWhatIsBeingFreed) {
  reopen_interval_ = std::chrono::milliseconds(0);
  Open();
  // One table that fits what is free below, and one that does not.
  DAFTAR_ASSERT_OK(Put("a", "1", Column::kLogHeads));
  std::string large(2 << 20, '\0');
  std::generate(large.begin(), large.end(), [next = std::minstd_rand()]() mutable {
    return static_cast<char>(next() >> 8);  // does not compress
  });
  DAFTAR_ASSERT_OK(Put("large", large, Column::kUsers));
  ASSERT_TRUE(CloseByAFullDisk());
  const size_t tables = FilesEndingWith(".sst").size();
  for (int i = 0; i < 3; ++i) {
    disk_.FailAppends(DiskFault::kNoSpace, 1 << 20);
    EXPECT_THAT(store_->Get(Column::kUsers, B("large")), StatusIs(Code::kUnavailable));
  }
  EXPECT_EQ(FilesEndingWith(".sst").size(), tables);
  disk_.Heal();
  EXPECT_EQ(Get("large"), large);
}

TEST_F(RocksReopenTest, ClosedDatabaseIsNotTriedAgainBeforeItsTime) {
  reopen_interval_ = std::chrono::hours(24);
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  ASSERT_TRUE(CloseByAFullDisk());
  disk_.Heal();  // it would open
  EXPECT_THAT(store_->Get(Column::kUsers, B("a")),
              StatusIs(Code::kUnavailable, HasSubstr("try again")));
  EXPECT_THAT(Put("b", "2"), StatusIs(Code::kResourceExhausted, HasSubstr("try again")));
  EXPECT_THAT(PutIfAbsent("b", "2"), StatusIs(Code::kResourceExhausted));
  DAFTAR_EXPECT_OK(store_->Health());
}

TEST_F(RocksReopenTest, DamageFoundWhenOpeningAgainStopsTheStore) {
  Open();
  for (int i = 0; i < 100; ++i) {
    DAFTAR_ASSERT_OK(Put("key" + std::to_string(i), std::string(100, 'v')));
  }
  const std::filesystem::path wal = File(".log");
  disk_.FailAppends(DiskFault::kNoSpace, 10);
  EXPECT_THAT(Put("b", std::string(300, 'r')), StatusIs(Code::kResourceExhausted));
  FlipBit(wal, std::filesystem::file_size(wal) / 2);
  disk_.Heal();
  EXPECT_THAT(Put("b", "2"), StatusIs(Code::kDataLoss, HasSubstr("write-ahead log")));
  EXPECT_THAT(store_->Health(), StatusIs(Code::kDataLoss));
  EXPECT_THAT(Put("c", "2"), StatusIs(Code::kDataLoss));
  EXPECT_THAT(store_->Get(Column::kUsers, B("key1")), StatusIs(Code::kDataLoss));
}

TEST_F(RocksReopenTest, DamageFoundByAReadThatOpensStopsTheStoreForGood) {
  reopen_interval_ = std::chrono::milliseconds(0);
  Open();
  for (int i = 0; i < 100; ++i) {
    DAFTAR_ASSERT_OK(Put("key" + std::to_string(i), std::string(100, 'v')));
  }
  const std::filesystem::path wal = File(".log");
  ASSERT_TRUE(CloseByAFullDisk());
  const uint64_t middle = std::filesystem::file_size(wal) / 2;
  FlipBit(wal, middle);
  disk_.Heal();
  EXPECT_THAT(store_->Get(Column::kUsers, B("key1")),
              StatusIs(Code::kDataLoss, HasSubstr("write-ahead log")));
  FlipBit(wal, middle);  // it would open, but is not tried
  EXPECT_THAT(store_->Get(Column::kUsers, B("key1")), StatusIs(Code::kDataLoss));
  EXPECT_THAT(PutIfAbsent("b", "2"), StatusIs(Code::kDataLoss));
  EXPECT_THAT(store_->Health(), StatusIs(Code::kDataLoss));
  Open();
  EXPECT_EQ(Get("key99"), std::string(100, 'v'));
}

TEST_F(RocksReopenTest, ReadersAndWritersGoOnThroughAFullDisk) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  std::atomic<bool> stop{false};
  std::atomic<int> acknowledged{0};
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        const auto value = store_->Get(Column::kUsers, B("a"));
        EXPECT_TRUE(value.ok() || absl::IsUnavailable(value.status())) << value.status();
        if (value.ok()) {
          EXPECT_TRUE(value->has_value());
        }
        const auto snapshot = store_->Snapshot();
        const auto again = snapshot->Get(Column::kUsers, B("a"));
        EXPECT_TRUE(again.ok() || absl::IsUnavailable(again.status())) << again.status();
        const absl::Status status = Put("t" + std::to_string(t) + "/" + std::to_string(i), "v");
        EXPECT_TRUE(status.ok() || absl::IsResourceExhausted(status)) << status;
        if (status.ok()) ++acknowledged;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    for (const int before = acknowledged; acknowledged < before + 10;) std::this_thread::yield();
    disk_.FailAppends(DiskFault::kNoSpace, 25);
    while (!absl::IsResourceExhausted(Put("probe", "x"))) std::this_thread::yield();
    disk_.Heal();
  }
  for (const int before = acknowledged; acknowledged < before + 10;) std::this_thread::yield();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  DAFTAR_EXPECT_OK(store_->Health());
  Open();
  EXPECT_EQ(Keys(B("t"), B("t")).size(), static_cast<size_t>(acknowledged));
}

TEST_F(RocksReopenTest, ManyThreadsOpenADatabaseThatAFullDiskClosedOneAtATime) {
  reopen_interval_ = std::chrono::milliseconds(0);
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  std::atomic<bool> stop{false};
  std::atomic<int> acknowledged{0};
  std::atomic<int> read{0};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      while (!stop) {
        const auto value = store_->Get(Column::kUsers, B("a"));
        EXPECT_TRUE(value.ok() || absl::IsUnavailable(value.status())) << value.status();
        if (value.ok()) ++read;
      }
    });
    threads.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        const absl::Status status =
            PutIfAbsent("t" + std::to_string(t) + "/" + std::to_string(i), "v");
        EXPECT_TRUE(status.ok() || absl::IsResourceExhausted(status)) << status;
        if (status.ok()) ++acknowledged;
      }
    });
  }
  const auto wait_for_progress = [&] {
    const int written_before = acknowledged;
    const int read_before = read;
    while ((acknowledged < written_before + 10 || read < read_before + 10) && !HasFailure()) {
      std::this_thread::yield();
    }
  };
  for (int round = 0; round < 3; ++round) {
    wait_for_progress();
    // Once more where a writer's test for room, which had failed before, set the fault off.
    do {
      disk_.FailAppends(DiskFault::kNoSpace, 25);
      while (Put("refused", "x").ok()) std::this_thread::yield();
      disk_.FillAfterDeleting("room.probe");
      EXPECT_THAT(Put("refused", "x"), StatusIs(Code::kResourceExhausted));
    } while (store_->Get(Column::kUsers, B("a")).ok() && !HasFailure());
    disk_.Heal();
  }
  wait_for_progress();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  DAFTAR_EXPECT_OK(store_->Health());
  Open();
  EXPECT_EQ(Keys(B("t"), B("t")).size(), static_cast<size_t>(acknowledged));
}

}  // namespace
}  // namespace daftar::storage
