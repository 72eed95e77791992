#include "storage/sealed_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "tests/storage/fail_at.h"
#include "tests/storage/rocks_fixture.h"
#include "tests/support/fakes.h"

namespace daftar::storage {
namespace {

namespace fs = std::filesystem;
using ::daftar::testing::FailAt;
using ::daftar::testing::FakeEntropy;
using ::daftar::testing::IsOk;
using ::daftar::testing::RocksFixture;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

constexpr size_t kChunk = crypto::kStreamChunkBytes;

// A disk step that fails until it is healed.
class Fault final : public FileHook {
 public:
  void Set(FileStep step, bool after) { fault_.emplace(step, after); }
  void Heal() { fault_.reset(); }
  absl::Status Before(FileStep step) override {
    return fault_.has_value() ? fault_->Before(step) : absl::OkStatus();
  }
  absl::Status After(FileStep step) override {
    return fault_.has_value() ? fault_->After(step) : absl::OkStatus();
  }

 private:
  std::optional<FailAt> fault_;
};

// The store, with something that happens while it is scanned: before the first key is visited.
class Meanwhile final : public Store {
 public:
  explicit Meanwhile(Store& store) : store_(store) {}
  absl::StatusOr<std::optional<Bytes>> Get(Column column, ByteView key) const override {
    return store_.Get(column, key);
  }
  absl::StatusOr<std::vector<std::optional<Bytes>>> MultiGet(
      Column column, const std::vector<Bytes>& keys) const override {
    return store_.MultiGet(column, keys);
  }
  absl::Status Scan(Column column, ByteView prefix, ByteView start,
                    const std::function<bool(ByteView, ByteView)>& visit) const override {
    return store_.Scan(column, prefix, start, [&](ByteView key, ByteView value) {
      if (const auto once = std::exchange(then, {})) once();
      return visit(key, value);
    });
  }
  std::unique_ptr<StoreReader> Snapshot() const override { return store_.Snapshot(); }
  absl::Status Purge(std::span<const Column> columns) override { return store_.Purge(columns); }
  absl::Status Write(Batch batch) override { return store_.Write(std::move(batch)); }

  mutable std::function<void()> then;

 private:
  Store& store_;
};

class SealedFilesTest : public RocksFixture {
 protected:
  void SetUp() override {
    Open();
    files_ = Made();
  }
  void TearDown() override { files_.reset(); }
  std::unique_ptr<SealedFiles> Made() {
    auto files = SealedFiles::Open(*store_, vault_, entropy_, options_);
    EXPECT_THAT(files, IsOk());
    return files.ok() ? *std::move(files) : nullptr;
  }
  static Bytes Pattern(size_t size, uint8_t seed = 0) {
    Bytes bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 7 + i / 256 + seed);
    return bytes;
  }
  // In pieces that fit no chunk.
  static absl::Status Fill(SealedUpload& upload, ByteView content) {
    while (!content.empty()) {
      const size_t take = std::min<size_t>(content.size(), 10'007);
      if (auto status = upload.Append(content.first(take)); !status.ok()) return status;
      content = content.subspan(take);
    }
    return upload.Finish();
  }
  std::unique_ptr<SealedUpload> Uploaded(ByteView content) {
    auto upload = files_->Begin();
    EXPECT_THAT(upload, IsOk());
    EXPECT_THAT(Fill(**upload, content), IsOk());
    return *std::move(upload);
  }
  absl::StatusOr<SealedFileId> Refer(SealedUpload& upload) {
    Batch batch;
    auto id = upload.Refer(batch);
    if (!id.ok()) return id.status();
    const absl::Status written = store_->Write(std::move(batch));
    upload.Written(written);
    if (!written.ok()) return written;
    return *id;
  }
  SealedFileId Kept(ByteView content) {
    auto id = Refer(*Uploaded(content));
    EXPECT_THAT(id, IsOk());
    return id.ok() ? *id : SealedFileId();
  }
  absl::Status Release(const std::vector<SealedFileId>& ids) {
    Batch batch;
    if (auto status = files_->Release(ids, batch); !status.ok()) return status;
    return store_->Write(std::move(batch));
  }
  absl::StatusOr<Bytes> ReadBack(const SealedFileId& id) {
    Bytes content;
    absl::Status read = files_->Read(id, [&](ByteView chunk) {
      content.insert(content.end(), chunk.begin(), chunk.end());
      return true;
    });
    if (!read.ok()) return read;
    return content;
  }
  fs::path folder() const { return dir_ / "proofs"; }
  fs::path PathOf(const SealedFileId& id) const { return folder() / id.hex(); }
  size_t FilesThere() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folder()), fs::directory_iterator()));
  }
  size_t Rows() {
    size_t rows = 0;
    DAFTAR_EXPECT_OK(
        store_->Scan(Column::kSealedFiles, {}, {}, [&](ByteView, ByteView) { return ++rows > 0; }));
    return rows;
  }
  static std::string Raw(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // Whether any file of the node has it.
  bool OnDisk(const std::string& needle) const {
    for (const auto& entry : fs::recursive_directory_iterator(dir_.path())) {
      if (entry.is_regular_file() && Raw(entry.path()).find(needle) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  FakeEntropy entropy_;
  const crypto::Secret32 data_key_ = entropy_.Secret();
  const Vault vault_{data_key_, entropy_};
  Fault fault_;
  SealedFileOptions options_{.directory = dir_ / "proofs",
                             .max_file_bytes = 4 * kChunk,
                             .min_free_bytes = 0,
                             .hook = &fault_};
  std::unique_ptr<SealedFiles> files_;
};

TEST_F(SealedFilesTest, ContentOfEveryLengthComesBack) {
  for (const size_t size : {size_t{0}, size_t{1}, kChunk - 1, kChunk, kChunk + 1, 4 * kChunk}) {
    const SealedFileId id = Kept(Pattern(size));
    auto content = ReadBack(id);
    ASSERT_THAT(content, IsOk()) << size;
    EXPECT_EQ(*content, Pattern(size)) << size;
  }
  files_ = Made();
  EXPECT_EQ(FilesThere(), 6u);
}

TEST_F(SealedFilesTest, FolderAndFilesAreForTheirOwner) {
  const SealedFileId id = Kept(Pattern(3));
  struct stat info = {};
  ASSERT_EQ(::stat(folder().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  ASSERT_EQ(::stat(PathOf(id).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(SealedFilesTest, SameContentIsKeptOnceAndGoesWithItsLastReference) {
  const SealedFileId id = Kept(Pattern(100));
  EXPECT_EQ(Kept(Pattern(100)), id);
  EXPECT_EQ(Kept(Pattern(100)), id);
  const SealedFileId other = Kept(Pattern(100, 1));
  EXPECT_NE(other, id);
  EXPECT_EQ(FilesThere(), 2u);
  DAFTAR_ASSERT_OK(Release({id, id}));
  EXPECT_THAT(files_->Sweep(), ::daftar::testing::IsOkAndHolds(size_t{0}));
  EXPECT_THAT(ReadBack(id), IsOk());
  DAFTAR_ASSERT_OK(Release({id}));
  EXPECT_THAT(ReadBack(id), StatusIs(Code::kNotFound));
  EXPECT_THAT(files_->Sweep(), ::daftar::testing::IsOkAndHolds(size_t{1}));
  EXPECT_EQ(FilesThere(), 1u);
  EXPECT_THAT(ReadBack(other), IsOk());
  DAFTAR_ASSERT_OK(Release({other, id}));
  DAFTAR_ASSERT_OK(files_->Sweep());
  EXPECT_EQ(Rows(), 0u);
}

TEST_F(SealedFilesTest, TheDiskHoldsNothingToReadBeforeAndZerosAfter) {
  const std::string secret = "0812-3456-7890 owes 4,500,000";
  Bytes content = Pattern(kChunk);
  content.insert(content.end(), secret.begin(), secret.end());
  std::ofstream(dir_ / "control", std::ios::binary) << secret;
  EXPECT_TRUE(OnDisk(secret));  // it would be found
  fs::remove(dir_ / "control");
  const SealedFileId id = Kept(content);
  EXPECT_FALSE(OnDisk(secret));
  // A second name keeps what the file becomes.
  fs::create_hard_link(PathOf(id), dir_ / "kept");
  const std::string sealed = Raw(dir_ / "kept");
  EXPECT_TRUE(OnDisk(sealed.substr(200, 64)));
  DAFTAR_ASSERT_OK(Release({id}));
  DAFTAR_ASSERT_OK(files_->Sweep());
  EXPECT_FALSE(fs::exists(PathOf(id)));
  EXPECT_EQ(Raw(dir_ / "kept"), std::string(sealed.size(), '\0'));
  EXPECT_FALSE(OnDisk(sealed.substr(200, 64)));
}

TEST_F(SealedFilesTest, DamageIsNoticedWhereverItIs) {
  const SealedFileId id = Kept(Pattern(2 * kChunk + 9));
  const std::string good = Raw(PathOf(id));
  const auto with = [&](const std::string& bytes) {
    std::ofstream(PathOf(id), std::ios::binary) << bytes;
    return ReadBack(id).status();
  };
  for (const size_t at : {size_t{0}, size_t{7}, size_t{8}, size_t{31}, size_t{32}, size_t{33},
                          kChunk, kChunk + 60, good.size() - 20, good.size() - 1}) {
    std::string damaged = good;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    EXPECT_THAT(with(damaged), StatusIs(Code::kDataLoss)) << at;
  }
  EXPECT_THAT(with(good.substr(0, good.size() - 1)), StatusIs(Code::kDataLoss));
  EXPECT_THAT(with(good.substr(0, 32 + kChunk + 17)), StatusIs(Code::kDataLoss));
  EXPECT_THAT(with(good + "x"), StatusIs(Code::kDataLoss));
  EXPECT_THAT(with(""), StatusIs(Code::kDataLoss));
  EXPECT_THAT(with(good), IsOk());
  fs::remove(PathOf(id));
  EXPECT_THAT(ReadBack(id), StatusIs(Code::kDataLoss, HasSubstr("is missing")));
}

TEST_F(SealedFilesTest, FilesThatWereSwappedAreNoticed) {
  const SealedFileId a = Kept(Pattern(500));
  const SealedFileId b = Kept(Pattern(500, 1));
  fs::rename(PathOf(a), dir_ / "aside");
  fs::rename(PathOf(b), PathOf(a));
  fs::rename(dir_ / "aside", PathOf(b));
  EXPECT_THAT(ReadBack(a), StatusIs(Code::kDataLoss));
  EXPECT_THAT(ReadBack(b), StatusIs(Code::kDataLoss));
}

TEST_F(SealedFilesTest, ADamagedFileIsNotTakenForANewOneOfTheSameContent) {
  const SealedFileId damaged = Kept(Pattern(500));
  FlipBit(PathOf(damaged), 100);
  const SealedFileId whole = Kept(Pattern(500));
  EXPECT_NE(whole, damaged);
  EXPECT_THAT(ReadBack(whole), ::daftar::testing::IsOkAndHolds(Pattern(500)));
  EXPECT_THAT(ReadBack(damaged), StatusIs(Code::kDataLoss));
  DAFTAR_ASSERT_OK(Release({damaged}));
  EXPECT_EQ(Kept(Pattern(500)), whole);  // it is still found
  DAFTAR_ASSERT_OK(Release({whole, whole}));
  DAFTAR_ASSERT_OK(files_->Sweep());
  EXPECT_EQ(FilesThere(), 0u);
  EXPECT_EQ(Rows(), 0u);
}

TEST_F(SealedFilesTest, TheLastChunkIsGivenOnlyWhenAllIsGood) {
  const SealedFileId id = Kept(Pattern(2 * kChunk));
  FlipBit(PathOf(id), fs::file_size(PathOf(id)) - 1);
  size_t given = 0;
  EXPECT_THAT(files_->Read(id, [&](ByteView chunk) { return (given += chunk.size()) > 0; }),
              StatusIs(Code::kDataLoss));
  EXPECT_EQ(given, kChunk);
}

TEST_F(SealedFilesTest, AReaderMayStop) {
  const SealedFileId id = Kept(Pattern(3 * kChunk));
  EXPECT_THAT(files_->Read(id, [](ByteView) { return false; }), StatusIs(Code::kCancelled));
}

TEST_F(SealedFilesTest, AReaderIsToldThatTheFileGoesAndNotThatItIsDamaged) {
  const SealedFileId id = Kept(Pattern(3 * kChunk));
  EXPECT_THAT(files_->Read(id,
                           [&](ByteView) {
                             // Without its name: the reader's own descriptor still reads zeros.
                             DAFTAR_EXPECT_OK(Release({id}));
                             DAFTAR_EXPECT_OK(files_->Sweep());
                             return true;
                           }),
              StatusIs(Code::kNotFound));
}

TEST_F(SealedFilesTest, AFailureAtAnyStepOfTakingLeavesNothing) {
  for (const FileStep step :
       {FileStep::kCreate, FileStep::kWrite, FileStep::kSyncFile, FileStep::kSyncDirectory}) {
    for (const bool after : {false, true}) {
      fault_.Set(step, after);
      {
        auto upload = files_->Begin();
        absl::Status status = upload.status();
        if (upload.ok()) status = Fill(**upload, Pattern(kChunk + 1));
        EXPECT_THAT(status, StatusIs(Code::kUnavailable)) << static_cast<int>(step) << after;
      }
      fault_.Heal();
      DAFTAR_EXPECT_OK(files_->Sweep());
      EXPECT_EQ(FilesThere(), 0u) << static_cast<int>(step) << after;
      EXPECT_EQ(Rows(), 0u) << static_cast<int>(step) << after;
    }
  }
}

TEST_F(SealedFilesTest, AFailureAtAnyStepOfScrubbingIsMadeUpForLater) {
  for (const FileStep step : {FileStep::kOverwrite, FileStep::kRemove, FileStep::kSyncDirectory}) {
    for (const bool after : {false, true}) {
      const SealedFileId id = Kept(Pattern(kChunk + 1));
      DAFTAR_ASSERT_OK(Release({id}));
      fault_.Set(step, after);
      EXPECT_THAT(files_->Sweep(), StatusIs(Code::kUnavailable));
      EXPECT_EQ(Rows(), 1u);
      EXPECT_THAT(ReadBack(id), StatusIs(Code::kNotFound));
      fault_.Heal();
      EXPECT_THAT(files_->Sweep(), ::daftar::testing::IsOkAndHolds(size_t{1}));
      EXPECT_EQ(FilesThere(), 0u);
      EXPECT_EQ(Rows(), 0u);
    }
  }
}

TEST_F(SealedFilesTest, WhatACrashLeftIsScrubbedAtTheNextStart) {
  const SealedFileId kept = Kept(Pattern(5));
  const auto upload = Uploaded(Pattern(kChunk));
  auto begun = files_->Begin();
  DAFTAR_ASSERT_OK(begun);
  EXPECT_EQ(FilesThere(), 3u);
  const auto next = Made();  // knows nothing of the two
  EXPECT_EQ(FilesThere(), 1u);
  EXPECT_THAT(ReadBack(kept), IsOk());
}

TEST_F(SealedFilesTest, AFileThatThisDatabaseDoesNotKnowIsLeftAlone) {
  std::ofstream(folder() / std::string(32, 'a')) << "of a newer database";
  const auto next = Made();
  EXPECT_EQ(FilesThere(), 1u);
}

TEST_F(SealedFilesTest, SweepLeavesUploadsAlone) {
  const auto upload = Uploaded(Pattern(10));
  EXPECT_THAT(files_->Sweep(), ::daftar::testing::IsOkAndHolds(size_t{0}));
  auto id = Refer(*upload);
  DAFTAR_ASSERT_OK(id);
  EXPECT_THAT(ReadBack(*id), IsOk());
}

TEST_F(SealedFilesTest, SweepLeavesAnUploadAloneThatEndsMeanwhile) {
  Meanwhile store(*store_);
  auto files = SealedFiles::Open(store, vault_, entropy_, options_);
  DAFTAR_ASSERT_OK(files);
  auto begun = (*files)->Begin();
  DAFTAR_ASSERT_OK(begun);
  DAFTAR_ASSERT_OK(Fill(**begun, Pattern(10)));
  absl::StatusOr<SealedFileId> id;
  store.then = [&] {
    id = Refer(**begun);
    begun->reset();
  };
  EXPECT_THAT((*files)->Sweep(), ::daftar::testing::IsOkAndHolds(size_t{0}));
  DAFTAR_ASSERT_OK(id);
  EXPECT_THAT(ReadBack(*id), ::daftar::testing::IsOkAndHolds(Pattern(10)));
}

TEST_F(SealedFilesTest, AnUploadThatIsNotReferredToGoes) {
  { const auto upload = Uploaded(Pattern(10)); }
  EXPECT_EQ(FilesThere(), 0u);
  EXPECT_EQ(Rows(), 0u);
}

TEST_F(SealedFilesTest, AWriteThatMayHaveTakenPlaceKeepsTheFileUntilTheNextStart) {
  {
    const auto upload = Uploaded(Pattern(10));
    Batch batch;
    DAFTAR_ASSERT_OK(upload->Refer(batch));
    upload->Written(absl::UnavailableError("not known"));
  }
  DAFTAR_ASSERT_OK(files_->Sweep());
  EXPECT_EQ(FilesThere(), 1u);
  files_ = Made();  // it did not take place
  EXPECT_EQ(FilesThere(), 0u);
}

TEST_F(SealedFilesTest, OfTwoWithTheSameContentAtOnceOneIsKept) {
  const auto first = Uploaded(Pattern(10));
  auto second = Uploaded(Pattern(10));
  Batch batch;
  DAFTAR_ASSERT_OK(second->Refer(batch));
  auto id = Refer(*first);
  DAFTAR_ASSERT_OK(id);
  const absl::Status written = store_->Write(std::move(batch));
  EXPECT_THAT(written, StatusIs(Code::kAborted));
  second->Written(written);
  EXPECT_THAT(Refer(*second), ::daftar::testing::IsOkAndHolds(*id));
  second.reset();
  EXPECT_EQ(FilesThere(), 1u);
  DAFTAR_ASSERT_OK(Release({*id}));
  EXPECT_THAT(ReadBack(*id), IsOk());
}

TEST_F(SealedFilesTest, AReferenceToAFileThatGoesMeanwhileIsRefused) {
  const SealedFileId id = Kept(Pattern(10));
  const auto upload = Uploaded(Pattern(10));
  Batch batch;
  DAFTAR_ASSERT_OK(upload->Refer(batch));
  DAFTAR_ASSERT_OK(Release({id}));
  EXPECT_THAT(store_->Write(std::move(batch)), StatusIs(Code::kAborted));
  auto own = Refer(*upload);
  DAFTAR_ASSERT_OK(own);
  EXPECT_NE(*own, id);
  EXPECT_THAT(ReadBack(*own), IsOk());
}

TEST_F(SealedFilesTest, BoundsAreKept) {
  {
    auto upload = files_->Begin();
    DAFTAR_ASSERT_OK(upload);
    DAFTAR_EXPECT_OK((*upload)->Append(Pattern(4 * kChunk)));
    EXPECT_THAT((*upload)->Append(Pattern(1)), StatusIs(Code::kInvalidArgument));
    EXPECT_THAT((*upload)->Finish(), StatusIs(Code::kInvalidArgument));
  }
  std::vector<std::unique_ptr<SealedUpload>> uploads;
  for (size_t i = 0; i < kMaxSealedUploads; ++i) {
    auto upload = files_->Begin();
    DAFTAR_ASSERT_OK(upload);
    uploads.push_back(*std::move(upload));
  }
  EXPECT_THAT(files_->Begin(), StatusIs(Code::kResourceExhausted));
  uploads.clear();
  EXPECT_THAT(files_->Begin(), IsOk());
  EXPECT_EQ(FilesThere(), 0u);
}

TEST_F(SealedFilesTest, AFullDiskIsMetBeforeTheDatabaseMeetsIt) {
  options_.min_free_bytes = uint64_t{1} << 60;
  files_ = Made();
  EXPECT_THAT(files_->Begin(), StatusIs(Code::kResourceExhausted, HasSubstr("free some space")));
  EXPECT_EQ(FilesThere(), 0u);
}

TEST_F(SealedFilesTest, AFileInPlaceOfTheFolderIsRefused) {
  options_.directory = dir_ / "plain";
  std::ofstream(options_.directory) << "x";
  EXPECT_THAT(SealedFiles::Open(*store_, vault_, entropy_, options_),
              StatusIs(Code::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::storage
