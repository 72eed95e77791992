#include "storage/high_water.h"

#include <fstream>

#include "storage/files.h"
#include "tests/storage/fail_at.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/status_matchers.h"

namespace daftar::storage {
namespace {

using ::daftar::testing::FailAt;
using ::daftar::testing::IsOk;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::daftar::testing::TempDir;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;
using Code = absl::StatusCode;

const char kNote[] = "toko-a.test\n5\nAAAA\n\n\xe2\x80\x94 toko-a.test c2ln\n";

std::string Content(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}
void SetContent(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

TEST(HighWaterFileTest, NewNodeHasNone) {
  const TempDir dir;
  EXPECT_THAT(HighWaterFile(dir / kHighWaterFileName).Read(), IsOkAndHolds(Eq(std::nullopt)));
}

TEST(HighWaterFileTest, WrittenNoteReadsBackAndIsReplaced) {
  const TempDir dir;
  HighWaterFile file(dir / kHighWaterFileName);
  DAFTAR_ASSERT_OK(file.Write(kNote));
  EXPECT_THAT(file.Read(), IsOkAndHolds(Optional(std::string(kNote))));
  DAFTAR_ASSERT_OK(file.Write("another\n"));
  EXPECT_THAT(HighWaterFile(dir / kHighWaterFileName).Read(),
              IsOkAndHolds(Optional(std::string("another\n"))));
  EXPECT_EQ(std::filesystem::status(file.path()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(HighWaterFileTest, ImpossibleNotesAreRefused) {
  const TempDir dir;
  HighWaterFile file(dir / kHighWaterFileName);
  EXPECT_THAT(file.Write(""), StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(file.Write(std::string((1 << 20) + 1, 'x')), StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(file.Read(), IsOkAndHolds(Eq(std::nullopt)));
}

TEST(HighWaterFileTest, EveryFlippedBitIsDamage) {
  const TempDir dir;
  HighWaterFile file(dir / kHighWaterFileName);
  DAFTAR_ASSERT_OK(file.Write(kNote));
  const std::string good = Content(file.path());
  for (size_t byte = 0; byte < good.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[byte] = static_cast<char>(bad[byte] ^ (1 << bit));
      SetContent(file.path(), bad);
      EXPECT_THAT(file.Read(), StatusIs(Code::kDataLoss, HasSubstr("nothing is signed")))
          << "byte " << byte << " bit " << bit;
    }
  }
}

TEST(HighWaterFileTest, EveryOtherLengthIsDamage) {
  const TempDir dir;
  HighWaterFile file(dir / kHighWaterFileName);
  DAFTAR_ASSERT_OK(file.Write(kNote));
  const std::string good = Content(file.path());
  for (size_t length = 0; length < good.size(); ++length) {
    SetContent(file.path(), good.substr(0, length));
    EXPECT_THAT(file.Read(), StatusIs(Code::kDataLoss)) << length;
  }
  SetContent(file.path(), good + "\n");
  EXPECT_THAT(file.Read(), StatusIs(Code::kDataLoss));
  SetContent(file.path(), std::string(3 << 20, 'x'));
  EXPECT_THAT(file.Read(), StatusIs(Code::kDataLoss, HasSubstr("bytes")));
}

TEST(HighWaterFileTest, DirectoryInItsPlaceIsDamage) {
  const TempDir dir;
  std::filesystem::create_directory(dir / kHighWaterFileName);
  EXPECT_THAT(HighWaterFile(dir / kHighWaterFileName).Read(), StatusIs(Code::kDataLoss));
}

// Whatever fails, the file afterwards holds one of the two notes whole, and the next write works.
TEST(HighWaterFileTest, FailedStepsLeaveOneOfTheTwoNotes) {
  for (const FileStep step : {FileStep::kCreate, FileStep::kWrite, FileStep::kSyncFile,
                              FileStep::kRename, FileStep::kSyncDirectory}) {
    for (const bool persisted : {false, true}) {
      SCOPED_TRACE(std::to_string(static_cast<int>(step)) + (persisted ? " persisted" : " lost"));
      const TempDir dir;
      DAFTAR_ASSERT_OK(HighWaterFile(dir / kHighWaterFileName).Write("old\n"));
      FailAt hook(step, persisted);
      EXPECT_THAT(HighWaterFile(dir / kHighWaterFileName, &hook).Write("new\n"), Not(IsOk()));
      const bool renamed =
          step == FileStep::kSyncDirectory || (step == FileStep::kRename && persisted);
      HighWaterFile file(dir / kHighWaterFileName);
      EXPECT_THAT(file.Read(), IsOkAndHolds(Optional(std::string(renamed ? "new\n" : "old\n"))));
      DAFTAR_ASSERT_OK(file.Write("newest\n"));
      EXPECT_THAT(file.Read(), IsOkAndHolds(Optional(std::string("newest\n"))));
    }
  }
}

// A crash at any point of writing leaves at most a torn file beside, which is ignored.
TEST(HighWaterFileTest, TornFileBesideIsIgnored) {
  const TempDir dir;
  HighWaterFile file(dir / kHighWaterFileName);
  DAFTAR_ASSERT_OK(file.Write(kNote));
  SetContent(dir / (std::string(kHighWaterFileName) + ".new"), "daftar high-w");
  EXPECT_THAT(file.Read(), IsOkAndHolds(Optional(std::string(kNote))));
  DAFTAR_ASSERT_OK(file.Write("next\n"));
  EXPECT_THAT(file.Read(), IsOkAndHolds(Optional(std::string("next\n"))));
}

}  // namespace
}  // namespace daftar::storage
