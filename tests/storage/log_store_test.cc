#include "storage/log_store.h"

#include <functional>

#include "storage/head_check.h"
#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/status_matchers.h"

namespace daftar::storage {
namespace {

using crypto::CompactTree;
using crypto::Digest;
using ::daftar::testing::IsOk;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::daftar::testing::TempDir;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

constexpr LogNumber kLog = kOwnLog;

Bytes Leaf(uint64_t index) { return crypto::Writer().U64(index * 0x9e3779b97f4a7c15).Take(); }

std::vector<Bytes> Leaves(uint64_t from, uint64_t to) {
  std::vector<Bytes> leaves;
  for (uint64_t i = from; i < to; ++i) leaves.push_back(Leaf(i));
  return leaves;
}

// RFC 6962 section 2.1 word for word, over the hashes of leaves [from, to).
Digest NaiveRoot(uint64_t from, uint64_t to) {
  if (from == to) return crypto::EmptyMerkleRoot();
  if (to - from == 1) return crypto::MerkleLeafHash(Leaf(from));
  uint64_t split = 1;
  while (split * 2 < to - from) split *= 2;
  return crypto::MerkleNodeHash(NaiveRoot(from, from + split), NaiveRoot(from + split, to));
}

class LogStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    store_.reset();
    RocksOptions options;
    options.path = dir_ / "db";
    options.create_if_missing = true;
    options.min_free_bytes = 0;
    auto store = RocksStore::Open(options);
    DAFTAR_ASSERT_OK(store);
    store_ = *std::move(store);
    log_ = std::make_unique<LogStore>(*store_);
  }
  // Appends up to `size` leaves in all, in one batch.
  void GrowTo(uint64_t size, LogNumber log = kLog) {
    auto tree = log_->Load(log);
    DAFTAR_ASSERT_OK(tree);
    Batch batch;
    DAFTAR_ASSERT_OK(log_->Append(log, Leaves(tree->size(), size), *tree, batch));
    DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
    EXPECT_EQ(tree->size(), size);
  }
  void Edit(Column column, Bytes key, const std::function<void(Bytes&)>& edit) {
    auto value = store_->Get(column, key);
    DAFTAR_ASSERT_OK(value);
    ASSERT_TRUE(value->has_value());
    edit(**value);
    Batch batch;
    batch.Put(column, std::move(key), **value);
    DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  }
  void Remove(Column column, Bytes key) {
    Batch batch;
    batch.Delete(column, std::move(key));
    DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  }
  static Bytes EntryKey(uint64_t index) { return LogIndexKey(1, index); }
  static Bytes TileKey(uint8_t level, uint64_t tile) { return LogTileKey(1, level, tile); }
  static Bytes SizeKey() { return LogTileKey(1, 0xff, 0); }
  absl::Status Verify(uint64_t size) { return log_->Verify(kLog, size, nullptr); }

  TempDir dir_;
  std::unique_ptr<RocksStore> store_;
  std::unique_ptr<LogStore> log_;
};

TEST_F(LogStoreTest, NewLogIsEmpty) {
  EXPECT_THAT(log_->Load(kLog), IsOkAndHolds(CompactTree()));
  EXPECT_THAT(log_->RootAt(kLog, 0), IsOkAndHolds(crypto::EmptyMerkleRoot()));
  EXPECT_THAT(log_->ReadLeaf(kLog, 0), StatusIs(Code::kNotFound));
  DAFTAR_EXPECT_OK(Verify(0));
}

TEST_F(LogStoreTest, AppendingNothingChangesNothing) {
  CompactTree tree;
  Batch batch;
  DAFTAR_EXPECT_OK(log_->Append(kLog, {}, tree, batch));
  EXPECT_TRUE(batch.empty());
}

TEST_F(LogStoreTest, TreeIsTheOneOfTheRfcAfterEveryAppend) {
  CompactTree expected;
  for (const uint64_t size : {1, 2, 3, 4, 7, 8, 100, 255, 256, 257, 300, 511, 512, 513, 1025}) {
    GrowTo(size);
    while (expected.size() < size) expected.Append(crypto::MerkleLeafHash(Leaf(expected.size())));
    EXPECT_THAT(log_->Load(kLog), IsOkAndHolds(expected)) << size;
    EXPECT_THAT(log_->RootAt(kLog, size), IsOkAndHolds(NaiveRoot(0, size))) << size;
  }
  DAFTAR_EXPECT_OK(Verify(1025));
  for (uint64_t size = 0; size <= 1025; size += 41) {
    EXPECT_THAT(log_->RootAt(kLog, size), IsOkAndHolds(NaiveRoot(0, size))) << size;
    DAFTAR_EXPECT_OK(Verify(size));
  }
}

TEST_F(LogStoreTest, TreesAroundTheThirdTileLevelAreRight) {
  GrowTo(10000);
  for (const uint64_t size : {65279, 65280, 65281, 65535, 65536, 65537, 65792, 65793, 66000}) {
    GrowTo(size);
    const Digest root = NaiveRoot(0, size);
    EXPECT_THAT(log_->RootAt(kLog, size), IsOkAndHolds(root)) << size;
    const auto tree = log_->Load(kLog);
    DAFTAR_ASSERT_OK(tree);
    EXPECT_EQ(tree->Root(), root) << size;
  }
  DAFTAR_EXPECT_OK(Verify(66000));
  DAFTAR_EXPECT_OK(Verify(65537));
  for (const uint64_t index : {0, 255, 256, 257, 32767, 65279, 65535, 65536, 65999}) {
    const auto proof = log_->InclusionProof(kLog, index, 66000);
    DAFTAR_ASSERT_OK(proof);
    DAFTAR_EXPECT_OK(crypto::VerifyMerkleInclusion(crypto::MerkleLeafHash(Leaf(index)), index,
                                                   66000, NaiveRoot(0, 66000), *proof));
  }
  for (const uint64_t old_size : {1, 255, 256, 65535, 65536, 65537}) {
    const auto proof = log_->ConsistencyProof(kLog, old_size, 66000);
    DAFTAR_ASSERT_OK(proof);
    DAFTAR_EXPECT_OK(crypto::VerifyMerkleConsistency(old_size, NaiveRoot(0, old_size), 66000,
                                                     NaiveRoot(0, 66000), *proof));
  }
}

TEST_F(LogStoreTest, EveryProofInATreeOfThreeHundredVerifies) {
  GrowTo(300);
  for (const uint64_t size : {1, 2, 255, 256, 257, 300}) {
    const Digest root = NaiveRoot(0, size);
    for (uint64_t index = 0; index < size; ++index) {
      const auto proof = log_->InclusionProof(kLog, index, size);
      DAFTAR_ASSERT_OK(proof);
      DAFTAR_ASSERT_OK(crypto::VerifyMerkleInclusion(crypto::MerkleLeafHash(Leaf(index)), index,
                                                     size, root, *proof));
    }
  }
  for (uint64_t old_size = 0; old_size <= 300; ++old_size) {
    const auto proof = log_->ConsistencyProof(kLog, old_size, 300);
    DAFTAR_ASSERT_OK(proof);
    DAFTAR_ASSERT_OK(crypto::VerifyMerkleConsistency(old_size, NaiveRoot(0, old_size), 300,
                                                     NaiveRoot(0, 300), *proof));
  }
}

TEST_F(LogStoreTest, SubtreeReaderGivesExactlyTheCompleteSubtrees) {
  GrowTo(600);
  const crypto::SubtreeReader read = log_->Reader(kLog, 600);
  for (uint32_t level = 0; level < 10; ++level) {
    for (uint64_t index = 0; index < (600U >> level); ++index) {
      EXPECT_THAT(read(level, index),
                  IsOkAndHolds(NaiveRoot(index << level, (index + 1) << level)));
    }
    EXPECT_THAT(read(level, 600U >> level), StatusIs(Code::kInvalidArgument));
  }
  for (const uint32_t level : {10, 63, 64, 65, 255}) {
    EXPECT_THAT(read(level, 0), StatusIs(Code::kInvalidArgument));
  }
}

TEST_F(LogStoreTest, ReaderOfASmallerTreeDoesNotSeeBeyondIt) {
  GrowTo(600);
  const crypto::SubtreeReader read = log_->Reader(kLog, 257);
  EXPECT_THAT(read(0, 256), IsOk());
  EXPECT_THAT(read(0, 257), StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(read(8, 0), IsOk());
  EXPECT_THAT(read(8, 1), StatusIs(Code::kInvalidArgument));
}

TEST_F(LogStoreTest, TilesAreThoseOfTlogTiles) {
  // FORMATS: size 70,000 has 273 full and one of 112, one full and one of 17, and one of 1.
  GrowTo(70000);
  const auto hashes = [&](uint8_t level, uint64_t tile) -> size_t {
    const auto row = store_->Get(Column::kLogTiles, TileKey(level, tile));
    return row.ok() && row->has_value() ? (*row)->size() / 32 : 0;
  };
  EXPECT_EQ(hashes(0, 0), 256U);
  EXPECT_EQ(hashes(0, 272), 256U);
  EXPECT_EQ(hashes(0, 273), 112U);
  EXPECT_EQ(hashes(0, 274), 0U);
  EXPECT_EQ(hashes(1, 0), 256U);
  EXPECT_EQ(hashes(1, 1), 17U);
  EXPECT_EQ(hashes(2, 0), 1U);
  EXPECT_EQ(hashes(3, 0), 0U);
}

TEST_F(LogStoreTest, LeavesReadBackInOrder) {
  GrowTo(300);
  uint64_t next = 10;
  DAFTAR_EXPECT_OK(log_->ReadLeaves(kLog, 10, 290, [&](uint64_t index, ByteView leaf) {
    EXPECT_EQ(index, next);
    EXPECT_EQ(crypto::ToBytes(leaf), Leaf(index));
    ++next;
    return true;
  }));
  EXPECT_EQ(next, 290U);
  EXPECT_THAT(log_->ReadLeaf(kLog, 299), IsOkAndHolds(Leaf(299)));
  EXPECT_THAT(log_->ReadLeaf(kLog, 300), StatusIs(Code::kNotFound));
}

TEST_F(LogStoreTest, ReadingStopsWhenTheVisitorSaysSo) {
  GrowTo(10);
  int visits = 0;
  DAFTAR_EXPECT_OK(log_->ReadLeaves(kLog, 0, 10, [&](uint64_t, ByteView) { return ++visits < 3; }));
  EXPECT_EQ(visits, 3);
  DAFTAR_EXPECT_OK(log_->ReadLeaves(kLog, 5, 5, [&](uint64_t, ByteView) { return true; }));
  DAFTAR_EXPECT_OK(log_->ReadLeaves(kLog, 7, 5, [&](uint64_t, ByteView) { return true; }));
}

TEST_F(LogStoreTest, MissingLeafIsDataLoss) {
  GrowTo(10);
  const auto ignore = [](uint64_t, ByteView) { return true; };
  EXPECT_THAT(log_->ReadLeaves(kLog, 0, 11, ignore),
              StatusIs(Code::kDataLoss, HasSubstr("entry 10")));
  Remove(Column::kLogEntries, EntryKey(4));
  EXPECT_THAT(log_->ReadLeaves(kLog, 0, 10, ignore),
              StatusIs(Code::kDataLoss, HasSubstr("entry 4")));
  EXPECT_THAT(log_->ReadLeaves(kLog, 4, 10, ignore), StatusIs(Code::kDataLoss));
  DAFTAR_EXPECT_OK(log_->ReadLeaves(kLog, 5, 10, ignore));
  EXPECT_THAT(Verify(10), StatusIs(Code::kDataLoss, HasSubstr("entry 4")));
}

TEST_F(LogStoreTest, LogsDoNotMix) {
  GrowTo(300, kOwnLog);
  GrowTo(5, kDecisionLog);
  GrowTo(257, kFirstPartnerLog);
  Open();
  EXPECT_EQ(log_->Load(kOwnLog)->size(), 300U);
  EXPECT_EQ(log_->Load(kDecisionLog)->size(), 5U);
  EXPECT_EQ(log_->Load(kFirstPartnerLog)->size(), 257U);
  EXPECT_EQ(log_->Load(kDecisionLog)->Root(), NaiveRoot(0, 5));
  DAFTAR_EXPECT_OK(log_->Verify(kDecisionLog, 5, nullptr));
  EXPECT_THAT(log_->ReadLeaves(kDecisionLog, 0, 6, [](uint64_t, ByteView) { return true; }),
              StatusIs(Code::kDataLoss));
}

TEST_F(LogStoreTest, TwoLogsMayGrowInOneBatch) {
  CompactTree own;
  CompactTree decisions;
  Batch batch;
  DAFTAR_ASSERT_OK(log_->Append(kOwnLog, Leaves(0, 3), own, batch));
  DAFTAR_ASSERT_OK(log_->Append(kDecisionLog, Leaves(0, 5), decisions, batch));
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  EXPECT_THAT(log_->Load(kOwnLog), IsOkAndHolds(own));
  EXPECT_THAT(log_->Load(kDecisionLog), IsOkAndHolds(decisions));
}

TEST_F(LogStoreTest, NothingIsDurableBeforeTheBatchIsWritten) {
  CompactTree tree;
  Batch batch;
  DAFTAR_ASSERT_OK(log_->Append(kLog, Leaves(0, 3), tree, batch));
  EXPECT_EQ(tree.size(), 3U);
  EXPECT_EQ(log_->Load(kLog)->size(), 0U);
}

TEST_F(LogStoreTest, TreeThatIsNotTheStoredOneIsRefused) {
  GrowTo(3);
  CompactTree stale;
  Batch batch;
  EXPECT_THAT(log_->Append(kLog, Leaves(0, 1), stale, batch), StatusIs(Code::kFailedPrecondition));
  CompactTree other;
  for (uint64_t i = 0; i < 3; ++i) other.Append(crypto::MerkleLeafHash(Leaf(i + 7)));
  EXPECT_THAT(log_->Append(kLog, Leaves(3, 4), other, batch), StatusIs(Code::kFailedPrecondition));
  EXPECT_EQ(other.size(), 3U);
  EXPECT_TRUE(batch.empty());
}

TEST_F(LogStoreTest, NoIndexIsUsedTwice) {
  GrowTo(3);
  CompactTree first = *log_->Load(kLog);
  CompactTree second = first;
  Batch one;
  Batch two;
  DAFTAR_ASSERT_OK(log_->Append(kLog, Leaves(3, 5), first, one));
  DAFTAR_ASSERT_OK(log_->Append(kLog, Leaves(100, 101), second, two));
  DAFTAR_EXPECT_OK(store_->Write(std::move(one)));
  EXPECT_THAT(store_->Write(std::move(two)), StatusIs(Code::kAborted));
  EXPECT_THAT(log_->Load(kLog), IsOkAndHolds(first));
  DAFTAR_EXPECT_OK(Verify(5));
}

TEST_F(LogStoreTest, FirstAppendHappensOnce) {
  CompactTree first;
  CompactTree second;
  Batch one;
  Batch two;
  DAFTAR_ASSERT_OK(log_->Append(kLog, Leaves(0, 2), first, one));
  DAFTAR_ASSERT_OK(log_->Append(kLog, Leaves(5, 6), second, two));
  DAFTAR_EXPECT_OK(store_->Write(std::move(one)));
  EXPECT_THAT(store_->Write(std::move(two)), StatusIs(Code::kAborted));
}

TEST_F(LogStoreTest, LeafSizesAreBounded) {
  CompactTree tree;
  Batch batch;
  const std::vector<Bytes> largest = {Bytes(kMaxLeafBytes, 'x'), Bytes()};
  DAFTAR_EXPECT_OK(log_->Append(kLog, largest, tree, batch));
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  EXPECT_THAT(log_->ReadLeaf(kLog, 0), IsOkAndHolds(largest[0]));
  EXPECT_THAT(log_->ReadLeaf(kLog, 1), IsOkAndHolds(Bytes()));
  Batch refused;
  const std::vector<Bytes> too_large = {Bytes(), Bytes(kMaxLeafBytes + 1, 'x')};
  EXPECT_THAT(log_->Append(kLog, too_large, tree, refused),
              StatusIs(Code::kInvalidArgument, HasSubstr("65536")));
  EXPECT_TRUE(refused.empty());
  EXPECT_EQ(tree.size(), 2U);
}

TEST_F(LogStoreTest, AskingBeyondTheEndIsInvalid) {
  GrowTo(5);
  EXPECT_THAT(log_->RootAt(kLog, 6), StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(log_->InclusionProof(kLog, 0, 6), StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(log_->InclusionProof(kLog, 5, 5), StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(log_->ConsistencyProof(kLog, 1, 6), StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(log_->ConsistencyProof(kLog, 5, 4), StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(log_->RootAt(kLog, ~uint64_t{0}), StatusIs(Code::kInvalidArgument));
}

TEST_F(LogStoreTest, AlteredEntryIsFoundAndNamed) {
  GrowTo(700);
  for (const uint64_t index : {0, 255, 256, 511, 699}) {
    Edit(Column::kLogEntries, EntryKey(index), [](Bytes& leaf) { leaf[3] ^= 1; });
    EXPECT_THAT(Verify(700),
                StatusIs(Code::kDataLoss, HasSubstr("entry " + std::to_string(index) + " ")));
    Edit(Column::kLogEntries, EntryKey(index), [](Bytes& leaf) { leaf[3] ^= 1; });
  }
  DAFTAR_EXPECT_OK(Verify(700));
}

TEST_F(LogStoreTest, AlteredTileIsFoundAndNamed) {
  GrowTo(700);
  Edit(Column::kLogTiles, TileKey(0, 1), [](Bytes& tile) { tile[32 * 10] ^= 1; });
  EXPECT_THAT(Verify(700), StatusIs(Code::kDataLoss, HasSubstr("entry 266 ")));
  Edit(Column::kLogTiles, TileKey(0, 1), [](Bytes& tile) { tile[32 * 10] ^= 1; });
  Edit(Column::kLogTiles, TileKey(1, 0), [](Bytes& tile) { tile[32] ^= 1; });
  EXPECT_THAT(Verify(700), StatusIs(Code::kDataLoss, HasSubstr("above entry 256 ")));
}

TEST_F(LogStoreTest, AlteredRootIsFound) {
  GrowTo(700);
  Edit(Column::kLogTiles, SizeKey(), [](Bytes& state) { state.back() ^= 1; });
  EXPECT_THAT(Verify(700), StatusIs(Code::kDataLoss, HasSubstr("root")));
  EXPECT_THAT(log_->Load(kLog), StatusIs(Code::kDataLoss, HasSubstr("root")));
}

TEST_F(LogStoreTest, VerifyOfMoreThanThereIsNamesTheFirstMissing) {
  GrowTo(5);
  EXPECT_THAT(Verify(6), StatusIs(Code::kDataLoss, HasSubstr("entry 5 is missing")));
}

TEST_F(LogStoreTest, VerifyTellsProgressAndStopsWhenAsked) {
  GrowTo(10000);
  std::vector<uint64_t> calls;
  EXPECT_THAT(log_->Verify(kLog, 10000,
                           [&](uint64_t done) {
                             calls.push_back(done);
                             return calls.size() < 2;
                           }),
              StatusIs(Code::kCancelled));
  EXPECT_EQ(calls.size(), 2U);
  EXPECT_LT(calls[0], calls[1]);
}

TEST_F(LogStoreTest, TreeThatDoesNotFitItsEntriesDoesNotLoad) {
  GrowTo(300);
  Remove(Column::kLogEntries, EntryKey(299));
  EXPECT_THAT(log_->Load(kLog), StatusIs(Code::kDataLoss, HasSubstr("300")));
}

TEST_F(LogStoreTest, EntriesBeyondTheTreeDoNotLoad) {
  GrowTo(300);
  Batch batch;
  batch.Put(Column::kLogEntries, EntryKey(300), Leaf(300));
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  EXPECT_THAT(log_->Load(kLog), StatusIs(Code::kDataLoss));
}

TEST_F(LogStoreTest, RowsWithoutASizeDoNotLoad) {
  GrowTo(3);
  Remove(Column::kLogTiles, SizeKey());
  EXPECT_THAT(log_->Load(kLog), StatusIs(Code::kDataLoss, HasSubstr("no size")));
  for (uint64_t i = 0; i < 3; ++i) Remove(Column::kLogEntries, EntryKey(i));
  EXPECT_THAT(log_->Load(kLog), StatusIs(Code::kDataLoss, HasSubstr("log_tiles")));
}

TEST_F(LogStoreTest, MalformedRowsAreDataLoss) {
  struct Row {
    Bytes key;
    std::function<void(Bytes&)> edit;
  };
  const std::vector<Row> rows = {
      {SizeKey(), [](Bytes& row) { row[0] = 2; }},
      {SizeKey(), [](Bytes& row) { row.pop_back(); }},
      {SizeKey(), [](Bytes& row) { row.push_back(0); }},
      {SizeKey(), [](Bytes& row) { std::fill(row.begin() + 1, row.begin() + 9, uint8_t{0}); }},
      {SizeKey(), [](Bytes& row) { row[1] = 0x80; }},
      {SizeKey(), [](Bytes& row) { row[7] = 0x02; }},
      {TileKey(0, 1), [](Bytes& row) { row.pop_back(); }},
      {TileKey(0, 1), [](Bytes& row) { row.resize(row.size() - 32); }},
      {TileKey(0, 1), [](Bytes& row) { row.clear(); }},
      {TileKey(0, 1), [](Bytes& row) { row.resize(257 * 32); }},
      {TileKey(0, 1), [](Bytes& row) { row[40] ^= 1; }},
      {TileKey(1, 0), [](Bytes& row) { row[0] ^= 1; }},
  };
  GrowTo(300);
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto good = store_->Get(Column::kLogTiles, rows[i].key);
    DAFTAR_ASSERT_OK(good);
    Edit(Column::kLogTiles, rows[i].key, rows[i].edit);
    EXPECT_THAT(log_->Load(kLog), StatusIs(Code::kDataLoss)) << i;
    Edit(Column::kLogTiles, rows[i].key, [&](Bytes& row) { row = **good; });
  }
  DAFTAR_EXPECT_OK(log_->Load(kLog));
}

TEST_F(LogStoreTest, TileLongerThanTheTreeIsNotContinued) {
  GrowTo(10);
  CompactTree tree = *log_->Load(kLog);
  Edit(Column::kLogTiles, TileKey(0, 0), [](Bytes& row) { row.resize(row.size() + 32); });
  Batch batch;
  EXPECT_THAT(log_->Append(kLog, Leaves(10, 11), tree, batch), StatusIs(Code::kDataLoss));
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(tree.size(), 10U);
}

TEST_F(LogStoreTest, HighWaterMarkWithinTheTreeFits) {
  GrowTo(300);
  const CompactTree tree = *log_->Load(kLog);
  for (const uint64_t size : {0, 1, 256, 299, 300}) {
    DAFTAR_EXPECT_OK(CompareWithHighWater(*log_, kLog, tree, size, NaiveRoot(0, size)));
  }
}

TEST_F(LogStoreTest, ShorterDatabaseThanTheHighWaterMarkIsReported) {
  GrowTo(3);
  EXPECT_THAT(
      CompareWithHighWater(*log_, kLog, *log_->Load(kLog), 5, NaiveRoot(0, 5)),
      StatusIs(Code::kDataLoss, AllOf(HasSubstr("holds 3 entries"), HasSubstr("5 have been signed"),
                                      HasSubstr("older copy"))));
}

TEST_F(LogStoreTest, AnotherHistoryThanTheHighWaterMarkIsReported) {
  GrowTo(300);
  const CompactTree tree = *log_->Load(kLog);
  for (const uint64_t size : {1, 299, 300}) {
    EXPECT_THAT(
        CompareWithHighWater(*log_, kLog, tree, size, NaiveRoot(1, size + 1)),
        StatusIs(Code::kDataLoss, AllOf(HasSubstr("first " + std::to_string(size) + " entries"),
                                        HasSubstr("holds 300"), HasSubstr("another history"))));
  }
}

TEST_F(LogStoreTest, DamagedTilesBelowTheHighWaterMarkAreReported) {
  GrowTo(300);
  const CompactTree tree = *log_->Load(kLog);
  Remove(Column::kLogTiles, TileKey(0, 0));
  EXPECT_THAT(CompareWithHighWater(*log_, kLog, tree, 100, NaiveRoot(0, 100)),
              StatusIs(Code::kDataLoss));
}

TEST_F(LogStoreTest, DeletedWriteAheadLogIsCaughtByTheHighWaterMark) {
  GrowTo(300);
  const Digest signed_root = log_->Load(kLog)->Root();
  store_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(dir_ / "db")) {
    if (entry.path().extension() == ".log") std::filesystem::remove(entry.path());
  }
  Open();
  const auto tree = log_->Load(kLog);
  DAFTAR_ASSERT_OK(tree);
  EXPECT_THAT(
      CompareWithHighWater(*log_, kLog, *tree, 300, signed_root),
      StatusIs(Code::kDataLoss, AllOf(HasSubstr("holds 0 entries"), HasSubstr("300 have"))));
}

TEST_F(LogStoreTest, OlderCopyOfTheDatabaseIsCaughtByTheHighWaterMark) {
  GrowTo(100);
  store_.reset();
  std::filesystem::copy(dir_ / "db", dir_ / "backup", std::filesystem::copy_options::recursive);
  Open();
  GrowTo(120);
  const Digest signed_root = log_->Load(kLog)->Root();
  store_.reset();
  std::filesystem::remove_all(dir_ / "db");
  std::filesystem::rename(dir_ / "backup", dir_ / "db");
  Open();
  EXPECT_THAT(CompareWithHighWater(*log_, kLog, *log_->Load(kLog), 120, signed_root),
              StatusIs(Code::kDataLoss, HasSubstr("holds 100 entries")));
}

}  // namespace
}  // namespace daftar::storage
