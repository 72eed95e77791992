#include "storage/rocks_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "storage/rocks_testing.h"
#include "tests/storage/rocks_fixture.h"

namespace daftar::storage {
namespace {

using ::daftar::testing::B;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::RocksFixture;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;
using Code = absl::StatusCode;

class RocksStoreTest : public RocksFixture {};

TEST_F(RocksStoreTest, WhatWasWrittenIsThereAfterARestart) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  DAFTAR_ASSERT_OK(Put("a", "2", Column::kMeta));
  Open();
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(Get("a", Column::kMeta), "2");
  EXPECT_EQ(Get("b"), "absent");
}

TEST_F(RocksStoreTest, DeletedKeyIsAbsent) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  Batch batch;
  batch.Delete(Column::kUsers, B("a"));
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  EXPECT_EQ(Get("a"), "absent");
}

TEST_F(RocksStoreTest, EmptyValueIsPresent) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", ""));
  EXPECT_THAT(store_->Get(Column::kUsers, B("a")), IsOkAndHolds(Optional(Bytes())));
}

TEST_F(RocksStoreTest, LaterOperationOfABatchWins) {
  Open();
  Batch batch;
  batch.Put(Column::kUsers, B("a"), B("1"));
  batch.Delete(Column::kUsers, B("a"));
  batch.Put(Column::kUsers, B("b"), B("1"));
  batch.Put(Column::kUsers, B("b"), B("2"));
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  EXPECT_EQ(Get("a"), "absent");
  EXPECT_EQ(Get("b"), "2");
}

TEST_F(RocksStoreTest, EveryColumnIsItsOwn) {
  Open();
  Batch batch;
  for (size_t i = 0; i < kColumnCount; ++i) {
    batch.Put(static_cast<Column>(i), B("key"), B(ColumnName(static_cast<Column>(i))));
  }
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  Open();
  for (size_t i = 0; i < kColumnCount; ++i) {
    EXPECT_EQ(Get("key", static_cast<Column>(i)), ColumnName(static_cast<Column>(i)));
  }
}

TEST_F(RocksStoreTest, MultiGetAnswersInOrderWithGaps) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  DAFTAR_ASSERT_OK(Put("c", "3"));
  EXPECT_THAT(store_->MultiGet(Column::kUsers, {B("c"), B("b"), B("a"), B("c")}),
              IsOkAndHolds(ElementsAre(Optional(B("3")), Eq(std::nullopt), Optional(B("1")),
                                       Optional(B("3")))));
  EXPECT_THAT(store_->MultiGet(Column::kUsers, {}), IsOkAndHolds(ElementsAre()));
}

TEST_F(RocksStoreTest, SnapshotDoesNotSeeLaterWrites) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  const auto snapshot = store_->Snapshot();
  DAFTAR_ASSERT_OK(Put("a", "2"));
  DAFTAR_ASSERT_OK(Put("b", "2"));
  EXPECT_THAT(snapshot->Get(Column::kUsers, B("a")), IsOkAndHolds(Optional(B("1"))));
  EXPECT_THAT(snapshot->MultiGet(Column::kUsers, {B("a"), B("b")}),
              IsOkAndHolds(ElementsAre(Optional(B("1")), Eq(std::nullopt))));
  size_t keys = 0;
  DAFTAR_EXPECT_OK(snapshot->Scan(Column::kUsers, {}, {}, [&](ByteView, ByteView value) {
    EXPECT_EQ(crypto::AsText(value), "1");
    ++keys;
    return true;
  }));
  EXPECT_EQ(keys, 1U);
  EXPECT_EQ(Get("a"), "2");
}

// How many files of the database hold these bytes as they are.
size_t FilesWith(const std::filesystem::path& folder, const std::string& bytes) {
  size_t count = 0;
  std::error_code gone_meanwhile;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file(gone_meanwhile)) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.find(bytes) != std::string::npos) ++count;
  }
  return count;
}

TEST_F(RocksStoreTest, WhatWasDeletedOrReplacedIsInNoFileAfterAPurge) {
  Open();
  const std::string deleted = "\x91g0ne-f0r-g00d\xe4\x07\xb2";
  const std::string replaced = "\x1fs0mething-else\xc3\x88";
  const std::string kept = "\x55st1ll-here\x99\xf1\x02";
  DAFTAR_ASSERT_OK(Put("deleted", deleted));
  DAFTAR_ASSERT_OK(Put("replaced", replaced));
  DAFTAR_ASSERT_OK(Put("kept", kept));
  Open();  // what the first log held is in a table now
  Batch batch;
  batch.Delete(Column::kUsers, B("deleted"));
  batch.Put(Column::kUsers, B("replaced"), B("x"));
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  EXPECT_GT(FilesWith(path(), deleted), 0u);
  EXPECT_GT(FilesWith(path(), replaced), 0u);
  const Column columns[] = {Column::kUsers};
  DAFTAR_ASSERT_OK(store_->Purge(columns));
  // The engine unlinks what it has rewritten in a thread of its own.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (FilesWith(path(), deleted) + FilesWith(path(), replaced) > 0 &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  EXPECT_EQ(FilesWith(path(), deleted), 0u);
  EXPECT_EQ(FilesWith(path(), replaced), 0u);
  EXPECT_GT(FilesWith(path(), kept), 0u);
  EXPECT_EQ(Get("kept"), kept);
  EXPECT_EQ(Get("deleted"), "absent");
  Open();
  EXPECT_EQ(Get("kept"), kept);
}

TEST_F(RocksStoreTest, ScanKeepsToPrefixAndStart) {
  Open();
  for (const char* key : {"a", "ab", "abc", "ac", "b"}) DAFTAR_ASSERT_OK(Put(key, "x"));
  EXPECT_THAT(Keys(B("a"), B("a")), ElementsAre("61", "6162", "616263", "6163"));
  EXPECT_THAT(Keys(B("ab"), B("ab")), ElementsAre("6162", "616263"));
  EXPECT_THAT(Keys(B("a"), B("abc")), ElementsAre("616263", "6163"));
  EXPECT_THAT(Keys(B("a"), B("abcd")), ElementsAre("6163"));
  EXPECT_THAT(Keys({}, {}), ElementsAre("61", "6162", "616263", "6163", "62"));
  EXPECT_THAT(Keys({}, B("b")), ElementsAre("62"));
}

TEST_F(RocksStoreTest, ScanWithStartBeforeThePrefixBeginsAtThePrefix) {
  Open();
  for (const char* key : {"a", "b", "c"}) DAFTAR_ASSERT_OK(Put(key, "x"));
  EXPECT_THAT(Keys(B("b"), B("a")), ElementsAre("62"));
  EXPECT_THAT(Keys(B("b"), {}), ElementsAre("62"));
}

TEST_F(RocksStoreTest, ScanWithStartBehindThePrefixFindsNothing) {
  Open();
  for (const char* key : {"a", "b", "c"}) DAFTAR_ASSERT_OK(Put(key, "x"));
  EXPECT_THAT(Keys(B("b"), B("c")), ElementsAre());
  EXPECT_THAT(Keys(B("a"), B("b")), ElementsAre());
}

TEST_F(RocksStoreTest, ScanOfAPrefixOfAllOnesReachesTheEnd) {
  Open();
  const Bytes ff{0xff};
  const Bytes ffff{0xff, 0xff};
  for (const Bytes& key :
       {Bytes{0xfe, 0xff}, ff, Bytes{0xff, 0x00}, ffff, Bytes{0xff, 0xff, 0xff, 0x01}}) {
    Batch batch;
    batch.Put(Column::kUsers, key, B("x"));
    DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  }
  EXPECT_THAT(Keys(ff, ff), ElementsAre("ff", "ff00", "ffff", "ffffff01"));
  EXPECT_THAT(Keys(ffff, ffff), ElementsAre("ffff", "ffffff01"));
  EXPECT_THAT(Keys(Bytes{0xfe, 0xff}, {}), ElementsAre("feff"));
  EXPECT_THAT(Keys(Bytes{0xff, 0xff, 0xff}, ffff), ElementsAre("ffffff01"));
}

TEST_F(RocksStoreTest, ScanStopsWhenTheVisitorSaysSo) {
  Open();
  for (const char* key : {"a", "b", "c"}) DAFTAR_ASSERT_OK(Put(key, "x"));
  size_t visits = 0;
  DAFTAR_EXPECT_OK(
      store_->Scan(Column::kUsers, {}, {}, [&](ByteView, ByteView) { return ++visits < 2; }));
  EXPECT_EQ(visits, 2U);
}

TEST_F(RocksStoreTest, PreconditionThatHoldsLetsTheBatchThrough) {
  Open();
  Batch first;
  first.ExpectAbsent(Column::kUsers, B("a"));
  first.Put(Column::kUsers, B("a"), B("1"));
  DAFTAR_EXPECT_OK(store_->Write(std::move(first)));
  Batch second;
  second.ExpectValue(Column::kUsers, B("a"), B("1"));
  second.Put(Column::kUsers, B("a"), B("2"));
  DAFTAR_EXPECT_OK(store_->Write(std::move(second)));
  EXPECT_EQ(Get("a"), "2");
}

TEST_F(RocksStoreTest, PreconditionThatFailsWritesNothing) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  Batch absent;
  absent.ExpectAbsent(Column::kUsers, B("a"));
  absent.Put(Column::kUsers, B("b"), B("2"));
  EXPECT_THAT(store_->Write(std::move(absent)), StatusIs(Code::kAborted));
  Batch value;
  value.ExpectValue(Column::kUsers, B("a"), B("0"));
  value.Put(Column::kUsers, B("b"), B("2"));
  EXPECT_THAT(store_->Write(std::move(value)), StatusIs(Code::kAborted));
  Batch missing;
  missing.ExpectValue(Column::kUsers, B("none"), B(""));
  missing.Put(Column::kUsers, B("b"), B("2"));
  EXPECT_THAT(store_->Write(std::move(missing)), StatusIs(Code::kAborted));
  EXPECT_EQ(Get("b"), "absent");
  EXPECT_EQ(Get("a"), "1");
}

TEST_F(RocksStoreTest, PreconditionsSeeTheStateBeforeTheirOwnBatch) {
  Open();
  Batch batch;
  batch.Put(Column::kUsers, B("a"), B("1"));
  batch.ExpectAbsent(Column::kUsers, B("a"));
  DAFTAR_EXPECT_OK(store_->Write(std::move(batch)));
}

TEST_F(RocksStoreTest, AbortedMessageHasNoKey) {
  Open();
  DAFTAR_ASSERT_OK(Put("+6281234567890", "1"));
  Batch batch;
  batch.ExpectAbsent(Column::kUsers, B("+6281234567890"));
  const absl::Status status = store_->Write(std::move(batch));
  EXPECT_THAT(status, StatusIs(Code::kAborted, HasSubstr("users")));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("812345")));
}

TEST_F(RocksStoreTest, ManyThreadsIncrementOneCounterWithoutLosingAny) {
  Open();
  constexpr int kThreads = 8;
  constexpr int kIncrements = 25;
  DAFTAR_ASSERT_OK(Put("counter", "0"));
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kIncrements; ++i) {
        for (;;) {
          const std::string old = Get("counter");
          Batch batch;
          batch.ExpectValue(Column::kUsers, B("counter"), B(old));
          batch.Put(Column::kUsers, B("counter"), B(std::to_string(std::stoi(old) + 1)));
          batch.Put(Column::kUsers, B("by" + std::to_string(t) + "/" + std::to_string(i)), B(old));
          const absl::Status status = store_->Write(std::move(batch));
          if (status.ok()) break;
          ASSERT_THAT(status, StatusIs(Code::kAborted));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Open();
  EXPECT_EQ(Get("counter"), std::to_string(kThreads * kIncrements));
  EXPECT_EQ(Keys(B("by"), B("by")).size(), size_t{kThreads} * kIncrements);
}

TEST_F(RocksStoreTest, MissingDatabaseIsReportedAndNotCreated) {
  EXPECT_THAT(TryOpen(/*create=*/false),
              StatusIs(Code::kNotFound, HasSubstr("there is no database in " + path().string())));
  EXPECT_FALSE(std::filesystem::exists(path()));
  std::filesystem::create_directory(path());
  EXPECT_THAT(TryOpen(/*create=*/false), StatusIs(Code::kNotFound));
  EXPECT_TRUE(std::filesystem::is_empty(path()));
}

TEST_F(RocksStoreTest, DatabaseDirectoryIsForItsOwnerOnly) {
  Open();
  EXPECT_EQ(std::filesystem::status(path()).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(RocksStoreTest, FileInPlaceOfTheDatabaseIsRefused) {
  std::ofstream(path()) << "not a database";
  EXPECT_THAT(TryOpen(), StatusIs(Code::kInvalidArgument, HasSubstr("not a directory")));
}

TEST_F(RocksStoreTest, SecondOpenIsRefused) {
  Open();
  EXPECT_THAT(TryOpen(), StatusIs(Code::kFailedPrecondition, HasSubstr("another process")));
}

TEST_F(RocksStoreTest, NewerFormatIsRefused) {
  Open();
  Batch batch;
  batch.Put(Column::kMeta, B(kFormatKey), crypto::Writer().U32(kDatabaseFormat + 1).Take());
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  Close();
  EXPECT_THAT(TryOpen(), StatusIs(Code::kFailedPrecondition, HasSubstr("newer version")));
}

TEST_F(RocksStoreTest, ColumnOfANewerVersionIsRefused) {
  Open();
  Close();
  ASSERT_TRUE(AddForeignColumn(path(), "galaxies"));
  EXPECT_THAT(TryOpen(), StatusIs(Code::kFailedPrecondition,
                                  AllOf(HasSubstr("newer version"), HasSubstr("galaxies"))));
}

// Another user than root, to whom modes do not apply.
class AsOrdinaryUser {
 public:
  AsOrdinaryUser() : was_root_(::geteuid() == 0) {
    if (was_root_) {
      EXPECT_EQ(::seteuid(kNobody), 0);
    }
  }
  ~AsOrdinaryUser() {
    if (was_root_) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }
  AsOrdinaryUser(const AsOrdinaryUser&) = delete;
  AsOrdinaryUser& operator=(const AsOrdinaryUser&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  const bool was_root_;
};

TEST_F(RocksStoreTest, DatabaseOfAnotherUserIsRefusedAsSuch) {
  Open();
  Close();
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0755), 0);
  for (const mode_t mode : {0000, 0555}) {
    ASSERT_EQ(::chmod(path().c_str(), mode), 0);
    const AsOrdinaryUser user;
    for (const bool create : {false, true}) {
      EXPECT_THAT(TryOpen(create), StatusIs(Code::kPermissionDenied, HasSubstr("by this user")));
    }
  }
  ASSERT_EQ(::chmod(path().c_str(), 0700), 0);
  Open();
}

TEST_F(RocksStoreTest, DirectoryThatMayNotBeMadeIsRefusedAsSuch) {
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0555), 0);
  {
    const AsOrdinaryUser user;
    EXPECT_THAT(TryOpen(), StatusIs(Code::kPermissionDenied, HasSubstr("cannot create")));
  }
  ASSERT_EQ(::chmod(dir_.path().c_str(), 0700), 0);
}

TEST_F(RocksStoreTest, MalformedFormatIsDamage) {
  Open();
  DAFTAR_ASSERT_OK(Put(kFormatKey, "x", Column::kMeta));
  Close();
  EXPECT_THAT(TryOpen(), StatusIs(Code::kDataLoss, HasSubstr("format version")));
}

TEST_F(RocksStoreTest, MissingFormatInANonEmptyDatabaseIsDamage) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  Batch batch;
  batch.Delete(Column::kMeta, B(kFormatKey));
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  Close();
  EXPECT_THAT(TryOpen(), StatusIs(Code::kDataLoss, HasSubstr("format version")));
}

TEST_F(RocksStoreTest, FlippedBitInTheMiddleOfTheLogIsRefusedInWords) {
  Open();
  for (int i = 0; i < 100; ++i) {
    DAFTAR_ASSERT_OK(Put("key" + std::to_string(i), std::string(100, 'v')));
  }
  Close();
  const std::filesystem::path wal = File(".log");
  FlipBit(wal, std::filesystem::file_size(wal) / 2);
  EXPECT_THAT(TryOpen(),
              StatusIs(Code::kDataLoss,
                       AllOf(HasSubstr("write-ahead log"), HasSubstr("nothing will be signed"),
                             HasSubstr("only db/"), HasSubstr("backup"))));
  // Nothing was changed: the same answer again.
  EXPECT_THAT(TryOpen(), StatusIs(Code::kDataLoss));
}

TEST_F(RocksStoreTest, TornTailOfTheLogIsTolerated) {
  Open();
  for (int i = 0; i < 10; ++i) {
    DAFTAR_ASSERT_OK(Put("key" + std::to_string(i), std::string(100, 'v')));
  }
  Close();
  const std::filesystem::path wal = File(".log");
  std::filesystem::resize_file(wal, std::filesystem::file_size(wal) - 30);
  Open();
  EXPECT_EQ(Get("key8"), std::string(100, 'v'));
  EXPECT_EQ(Get("key9"), "absent");
}

TEST_F(RocksStoreTest, DamagedTableFileIsReportedAsSuch) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  Open();  // recovery moves the log into a table
  Close();
  const std::filesystem::path table = File(".sst");
  ASSERT_FALSE(table.empty());
  std::filesystem::resize_file(table, std::filesystem::file_size(table) / 2);
  EXPECT_THAT(TryOpen(), StatusIs(Code::kDataLoss, HasSubstr("table file")));
}

TEST_F(RocksStoreTest, FlippedBitInATableIsDataLossWhenRead) {
  Open();
  for (int i = 0; i < 200; ++i) {
    DAFTAR_ASSERT_OK(Put("key" + std::to_string(i), "value " + std::to_string(i * 7919)));
  }
  Open();
  Close();
  for (const auto& entry : std::filesystem::directory_iterator(path())) {
    if (entry.path().extension() == ".sst") FlipBit(entry.path(), 50);
  }
  const auto store = TryOpen();
  absl::Status status = store.status();
  if (store.ok()) {
    status = (*store)->Scan(Column::kUsers, {}, {}, [](ByteView, ByteView) { return true; });
  }
  EXPECT_THAT(status, StatusIs(Code::kDataLoss));
}

TEST_F(RocksStoreTest, MissingTableFileIsDamage) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  Open();
  Close();
  std::filesystem::remove(File(".sst"));
  EXPECT_THAT(TryOpen(), StatusIs(Code::kDataLoss));
}

TEST_F(RocksStoreTest, MissingManifestIsDamage) {
  Open();
  Close();
  for (const auto& entry : std::filesystem::directory_iterator(path())) {
    if (entry.path().filename().string().rfind("MANIFEST", 0) == 0) {
      std::filesystem::remove(entry.path());
    }
  }
  EXPECT_THAT(TryOpen(), StatusIs(Code::kDataLoss));
}

TEST_F(RocksStoreTest, DamagedManifestIsDamage) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  Open();
  Close();
  for (const auto& entry : std::filesystem::directory_iterator(path())) {
    if (entry.path().filename().string().rfind("MANIFEST", 0) == 0) FlipBit(entry.path(), 40);
  }
  EXPECT_THAT(TryOpen(), StatusIs(Code::kDataLoss));
}

TEST_F(RocksStoreTest, RemainsWithoutCurrentAreDamageAndNotBegunAnew) {
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  Close();
  std::filesystem::remove(path() / "CURRENT");
  EXPECT_THAT(TryOpen(), StatusIs(Code::kDataLoss, HasSubstr("CURRENT")));
}

TEST_F(RocksStoreTest, DeletedLogOpensEmpty) {
  // What the comparison with the high-water file is for.
  Open();
  DAFTAR_ASSERT_OK(Put("a", "1"));
  Close();
  std::filesystem::remove(File(".log"));
  Open();
  EXPECT_EQ(Get("a"), "absent");
}

}  // namespace
}  // namespace daftar::storage
