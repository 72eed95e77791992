#include "cli/workspace.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "cli/demo_charter.h"
#include "node/evidence/charter.h"
#include "tests/cli/cli_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;

TEST(TemporaryFolderTest, IsPrivateAndRemovedWithAllThatIsInIt) {
  const TestFolder parent;
  std::string path;
  {
    auto folder = TemporaryFolder::Create(parent.path());
    ASSERT_THAT(folder, IsOk());
    path = folder->path();
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0700u);
    std::filesystem::create_directory(path + "/sub");
    ASSERT_THAT(WriteFile(path + "/sub/file", "x"), IsOk());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryFolderTest, KeptWhenAsked) {
  const TestFolder parent;
  std::string path;
  {
    auto folder = TemporaryFolder::Create(parent.path());
    ASSERT_THAT(folder, IsOk());
    folder->Keep();
    path = folder->path();
  }
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(TemporaryFolderTest, ParentThatIsNotThereIsNotFound) {
  EXPECT_THAT(TemporaryFolder::Create("/nonexistent"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(FreePortsTest, AllDiffer) {
  const auto ports = FreePorts(16);
  ASSERT_THAT(ports, IsOk());
  const std::set<uint16_t> different(ports->begin(), ports->end());
  EXPECT_EQ(different.size(), 16u);
  EXPECT_EQ(different.count(0), 0u);
}

TEST(FilesHoldingTest, FindsBytesAnywhereInTheTree) {
  const TestFolder folder;
  std::filesystem::create_directories(folder.path() + "/a/b");
  folder.File("a/b/one", std::string(100'000, 'x') + "81234567890" + std::string(1, '\0'));
  folder.File("two", "8123456789");
  EXPECT_EQ(FilesHolding(folder.path(), "81234567890"), 1u);
  EXPECT_EQ(FilesHolding(folder.path(), "8123456789"), 2u);
  EXPECT_EQ(FilesHolding(folder.path(), "nothing"), 0u);
}

TEST(TailOfTest, TakesTheEnd) {
  const TestFolder folder;
  EXPECT_EQ(TailOf(folder.File("log", "abcdef"), 3), "def");
  EXPECT_EQ(TailOf(folder.File("short", "ab"), 3), "ab");
  EXPECT_EQ(TailOf(folder.path() + "/none", 3), "");
}

TEST(DemoCharterTest, IsTheFileAndAGoodCharter) {
  EXPECT_EQ(std::string(DemoCharter()),
            TailOf(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml", 1 << 20));
  EXPECT_THAT(evidence::Charter::Parse(std::string(DemoCharter())), IsOk());
}

}  // namespace
}  // namespace daftar::cli
