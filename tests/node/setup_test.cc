#include "node/setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "node/ledger/charters.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/status_matchers.h"

namespace daftar {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

class SetupTest : public ::testing::Test {
 protected:
  SetupTest() {
    NewNode plan;
    plan.dir = dir_;
    plan.config.name = "Toko A";
    plan.config.origin = "toko-a.test";
    plan.config.peer_listen = "127.0.0.1:18471";
    plan.config.http_listen = "127.0.0.1:18481";
    plan.charter = DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml";
    EXPECT_THAT(MakeNode(plan, evidence::SystemClock(), crypto::SystemEntropy()), IsOk());
  }
  absl::StatusOr<OpenedNode> Open() {
    return OpenNode(dir_, {}, evidence::SystemClock(), crypto::SystemEntropy(), {});
  }
  absl::StatusOr<NewLogDone> Begin(const NewLogProgress& progress, bool database_lost = false) {
    return BeginNewLogIn(dir_, {}, {"toko-a2.test", "two histories", "uid:0", true, database_lost},
                         evidence::SystemClock(), crypto::SystemEntropy(), progress);
  }

  daftar::testing::TempDir temp_;
  const std::filesystem::path dir_ = temp_ / "A";
};

TEST_F(SetupTest, ANodeDoesNotStartBeforeItsNewLogIsFinished) {
  std::string broken_at;
  EXPECT_THAT(Begin([&](std::string_view doing) {
                broken_at = doing;
                return doing != "taking the old mark away";
              }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(broken_at, "taking the old mark away");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("daftar log recover --new-log toko-a2.test")));
  EXPECT_THAT(Begin([](std::string_view) { return true; }), IsOk());
  {
    auto opened = Open();
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(opened->node->config().origin, "toko-a2.test");
    EXPECT_EQ(opened->node->publisher().trouble(), "");
    EXPECT_EQ(opened->node->publisher().tree_size(), 3u);
    EXPECT_EQ(opened->node->epoch(), 2u);
    // Not while a daemon runs.
    EXPECT_THAT(Begin([](std::string_view) { return true; }),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("in use")));
  }
  std::ifstream config(dir_ / "config.toml");
  const std::string text{std::istreambuf_iterator<char>(config), {}};
  EXPECT_THAT(text, HasSubstr("origin = \"toko-a2.test\""));
  EXPECT_THAT(text, HasSubstr("name = \"Toko A\""));
  EXPECT_THAT(BeginNewLogIn(temp_ / "none", {}, {}, evidence::SystemClock(),
                            crypto::SystemEntropy(), [](std::string_view) { return true; }),
              StatusIs(absl::StatusCode::kNotFound));
}

// A disk that is not mounted looks the same.
TEST_F(SetupTest, WithoutADatabaseANewLogIsBegunOnlyWhenTheOperatorSaysThatItIsLost) {
  const auto go_on = [](std::string_view) { return true; };
  std::filesystem::rename(dir_ / "db", temp_ / "db");
  for (const bool mount_point : {false, true}) {
    if (mount_point) std::filesystem::create_directory(dir_ / "db");
    EXPECT_THAT(Begin(go_on), StatusIs(absl::StatusCode::kNotFound,
                                       AllOf(HasSubstr("mounted"), HasSubstr("--database-lost"))));
    EXPECT_EQ(std::filesystem::exists(dir_ / "db"), mount_point);
  }
  // Nothing was changed.
  std::filesystem::remove_all(dir_ / "db");
  std::filesystem::rename(temp_ / "db", dir_ / "db");
  {
    auto opened = Open();
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(opened->node->config().origin, "toko-a.test");
    EXPECT_EQ(opened->node->publisher().trouble(), "");
  }
  std::filesystem::remove_all(dir_ / "db");
  auto done = Begin(go_on, true);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->partners, 0u);
  auto opened = Open();
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->node->config().origin, "toko-a2.test");
}

}  // namespace
}  // namespace daftar
