// Every file in stories/ is a test of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/scenarios/story.h"

namespace daftar::testing {
namespace {

std::vector<std::string> AllStories() {
  std::vector<std::string> names;
  for (const auto& file :
       std::filesystem::directory_iterator(DAFTAR_SOURCE_DIR "/tests/scenarios/stories")) {
    if (file.path().extension() == ".story") names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class StoriesTest : public ::testing::TestWithParam<std::string> {};

TEST_P(StoriesTest, GoesAsTold) {
  std::ifstream file(DAFTAR_SOURCE_DIR "/tests/scenarios/stories/" + GetParam() + ".story");
  Story story({std::istreambuf_iterator<char>(file), {}});
  const absl::Status played = story.Play();
  EXPECT_TRUE(played.ok()) << played.message();
}

INSTANTIATE_TEST_SUITE_P(All, StoriesTest, ::testing::ValuesIn(AllStories()),
                         [](const auto& name) { return name.param; });

TEST(StoryTest, AStoryThatGoesOtherwiseIsTold) {
  const std::string begin = "nodes 2\nfile x at A about 1\npublish x\ntick\n";
  EXPECT_TRUE(Story(begin + "sees B x live\n").Play().ok());
  EXPECT_FALSE(Story(begin + "sees B x settled\n").Play().ok());
  EXPECT_FALSE(Story(begin + "counts B 1 0\n").Play().ok());
  EXPECT_FALSE(Story(begin + "state x held\n").Play().ok());
  EXPECT_FALSE(Story(begin + "refused settle x\n").Play().ok());
  EXPECT_FALSE(Story(begin + "behind x at B\n").Play().ok());
  EXPECT_FALSE(Story(begin + "dance\n").Play().ok());
}

}  // namespace
}  // namespace daftar::testing
