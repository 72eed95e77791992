// RocksStore on a disk that fails.

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

class RocksFaultTest : public ::daftar::testing::RocksFaultFixture {};

TEST_F(RocksFaultTest, FullDiskRefusesAndHealsWithoutLoss) {
  for (const bool with_memory : {false, true}) {
    for (const uint64_t torn : {0, 1, 20, 60, 130}) {
      SCOPED_TRACE(torn);
      Close();
      std::filesystem::remove_all(path());
      Open();
      if (with_memory) {
        DAFTAR_ASSERT_OK(Put("before", std::string(100, 'b')));
      }
      disk_.FailAppends(DiskFault::kNoSpace, torn);
      EXPECT_THAT(Put("refused", std::string(300, 'r')),
                  StatusIs(Code::kResourceExhausted, HasSubstr("full")));
      EXPECT_THAT(Put("refused", "again"), StatusIs(Code::kResourceExhausted));
      EXPECT_EQ(Get("refused"), "absent");
      DAFTAR_EXPECT_OK(store_->Health());
      disk_.Heal();
      DAFTAR_ASSERT_OK(Put("after", "1"));
      DAFTAR_ASSERT_OK(Put("after2", "2"));
      Open();
      EXPECT_EQ(Get("refused"), "absent");
      EXPECT_EQ(Get("after"), "1");
      EXPECT_EQ(Get("after2"), "2");
      if (with_memory) {
        EXPECT_EQ(Get("before"), std::string(100, 'b'));
      }
    }
  }
}

TEST_F(RocksFaultTest, PowerFailureAfterAFullDiskLosesNothingAcknowledged) {
  for (const bool with_memory : {false, true}) {
    for (const uint64_t torn : {0, 60}) {
      Close();
      std::filesystem::remove_all(path());
      Open();
      if (with_memory) {
        DAFTAR_ASSERT_OK(Put("before", "b"));
      }
      disk_.FailAppends(DiskFault::kNoSpace, torn);
      EXPECT_THAT(Put("refused", std::string(300, 'r')), StatusIs(Code::kResourceExhausted));
      disk_.Heal();
      DAFTAR_ASSERT_OK(Put("after", "1"));
      Close();
      disk_.LoseUnsynced();
      Open();
      EXPECT_EQ(Get("refused"), "absent");
      EXPECT_EQ(Get("after"), "1");
      if (with_memory) {
        EXPECT_EQ(Get("before"), "b");
      }
    }
  }
}

TEST_F(RocksFaultTest, RestartWhileTheDiskIsFullKeepsWhatWasAcknowledged) {
  Open();
  DAFTAR_ASSERT_OK(Put("before", "1"));
  disk_.FailAppends(DiskFault::kNoSpace, 40);
  EXPECT_THAT(Put("refused", std::string(300, 'r')), StatusIs(Code::kResourceExhausted));
  Close();
  disk_.Heal();
  Open();
  EXPECT_EQ(Get("before"), "1");
  EXPECT_EQ(Get("refused"), "absent");
}

TEST_F(RocksFaultTest, FullDiskAtTheSyncIsNotCalledUnwritten) {
  Open();
  disk_.FailSyncs(DiskFault::kNoSpace);
  EXPECT_THAT(Put("maybe", "1"), StatusIs(Code::kUnavailable, HasSubstr("not known")));
  disk_.Heal();
  EXPECT_THAT(Put("later", "1"), StatusIs(Code::kUnavailable));
}

TEST_F(RocksFaultTest, ReserveIsKeptFree) {
  RocksOptions options;
  options.path = path();
  options.create_if_missing = true;
  options.env_for_tests = env_;
  options.min_free_bytes = 1000;
  disk_.SetFreeBytes(1000);
  auto store = RocksStore::Open(options);
  DAFTAR_ASSERT_OK(store);
  store_ = *std::move(store);
  DAFTAR_EXPECT_OK(Put("a", "1"));
  disk_.SetFreeBytes(999);
  EXPECT_THAT(Put("b", "2"), StatusIs(Code::kResourceExhausted, HasSubstr("full")));
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(Get("b"), "absent");
  disk_.SetFreeBytes(1000);
  DAFTAR_EXPECT_OK(Put("b", "2"));
}

TEST_F(RocksFaultTest, IoErrorStopsAllLaterWrites) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  disk_.FailAppends(DiskFault::kIoError);
  EXPECT_THAT(Put("b", "1"), StatusIs(Code::kUnavailable));
  disk_.Heal();
  EXPECT_THAT(Put("c", "1"), StatusIs(Code::kUnavailable, HasSubstr("restart")));
  EXPECT_THAT(store_->Health(), StatusIs(Code::kUnavailable));
  EXPECT_EQ(Get("a"), "1");
  Open();
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(Get("c"), "absent");
  DAFTAR_EXPECT_OK(Put("c", "1"));
}

TEST_F(RocksFaultTest, FailedSyncStopsAllLaterWrites) {
  Open();
  disk_.FailSyncs(DiskFault::kIoError);
  EXPECT_THAT(Put("b", "1"), StatusIs(Code::kUnavailable));
  disk_.Heal();
  EXPECT_THAT(Put("c", "1"), StatusIs(Code::kUnavailable));
}

TEST_F(RocksFaultTest, PowerFailureLosesNothingAcknowledged) {
  for (int round = 0; round < 3; ++round) {
    Open();
    for (int i = 0; i < 10; ++i) {
      DAFTAR_ASSERT_OK(Put(std::to_string(round) + "/" + std::to_string(i), "v"));
    }
    Close();
    disk_.LoseUnsynced();
  }
  Open();
  EXPECT_EQ(Keys({}, {}).size(), 30U);
}

TEST_F(RocksFaultTest, EveryAcknowledgedWriteIsSynced) {
  Open();
  const uint64_t before = disk_.wal_syncs();
  for (int i = 0; i < 5; ++i) DAFTAR_ASSERT_OK(Put("a", std::to_string(i)));
  EXPECT_GE(disk_.wal_syncs(), before + 5);
}

TEST_F(RocksFaultTest, FailedReadIsUnavailable) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  Open();
  disk_.FailReads();
  EXPECT_THAT(store_->Get(Column::kUsers, B("a")), StatusIs(Code::kUnavailable));
  EXPECT_THAT(store_->MultiGet(Column::kUsers, {B("a")}), StatusIs(Code::kUnavailable));
  EXPECT_THAT(store_->Scan(Column::kUsers, {}, {}, [](ByteView, ByteView) { return true; }),
              StatusIs(Code::kUnavailable));
  disk_.Heal();
  EXPECT_EQ(Get("a"), "1");
}

TEST_F(RocksFaultTest, FullDiskWhileOpeningIsSaidSo) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  Close();
  disk_.FailAppends(DiskFault::kNoSpace);
  EXPECT_THAT(TryOpen(), StatusIs(Code::kResourceExhausted, HasSubstr("full")));
  disk_.Heal();
  Open();
  EXPECT_EQ(Get("a"), "1");
}

TEST_F(RocksFaultTest, DiskThatIsFullWhenANewLogIsBegunHeals) {
  Open();
  // More than a memtable: the write after it begins a new write-ahead log, which has no room.
  const std::string large(9 << 20, 'l');
  DAFTAR_ASSERT_OK(Put("large", large));
  disk_.FailAppends(DiskFault::kNoSpace);
  absl::Status status;
  for (int i = 0; i < 3 && status.ok(); ++i) status = Put("large" + std::to_string(i), large);
  EXPECT_THAT(status, StatusIs(Code::kResourceExhausted));
  EXPECT_EQ(Get("large"), large);
  disk_.Heal();
  DAFTAR_ASSERT_OK(Put("after", "1"));
  Open();
  EXPECT_EQ(Get("large"), large);
  EXPECT_EQ(Get("after"), "1");
}

TEST_F(RocksFaultTest, FullDiskLeavesReadsAlone) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  const auto snapshot = store_->Snapshot();
  disk_.FailAppends(DiskFault::kNoSpace, 10);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Put("b", "2"), StatusIs(Code::kResourceExhausted));
    EXPECT_EQ(Get("a"), "1");
    EXPECT_THAT(snapshot->Get(Column::kUsers, B("a")), IsOkAndHolds(Optional(B("1"))));
  }
}

}  // namespace
}  // namespace daftar::storage
