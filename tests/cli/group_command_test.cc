// The commands that bring a shipped group back make it as it was.
#include "cli/group_command.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "node/service/convert.h"
#include "tests/cli/cli_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> WordsOf(const std::string& command) {
  std::istringstream in(command);
  return {std::istream_iterator<std::string>(in), {}};
}

TEST(GroupCommandTest, EachShippedGroupIsMadeAgainAsItWas) {
  FakeNode node;
  v1::PutGroupRequest asked;
  node.put_group = [&](const v1::PutGroupRequest& request, v1::PutGroupResponse&) {
    asked = request;
    return grpc::Status::OK;
  };
  for (const decision::Group& shipped : decision::ShippedGroups()) {
    std::vector<std::string> words = WordsOf(RestoreCommand(shipped.terms.name));
    ASSERT_EQ(words.front(), "daftar");
    words.erase(words.begin());
    const Ran ran = node.Run(words);
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    const auto made = service::FromProto(asked.group());
    DAFTAR_ASSERT_OK(made);
    EXPECT_EQ(*made, shipped) << shipped.terms.name;
  }
}

TEST(GroupCommandTest, EveryPartOfAGroupIsInItsCommand) {
  FakeNode node;
  v1::PutGroupRequest asked;
  node.put_group = [&](const v1::PutGroupRequest& request, v1::PutGroupResponse&) {
    asked = request;
    return grpc::Status::OK;
  };
  decision::Group group;
  group.terms.name = "all";
  group.terms.precedence = 7;
  group.terms.least = decision::Effect::kDeposit;
  group.terms.most = decision::Effect::kReview;
  group.terms.deposit_ppm = 70'100;
  group.terms.credit_limits = {{10'050, *evidence::Currency::FromCode("EUR")},
                               {2'000'000'000, *evidence::Currency::FromCode("IDR")}};
  group.terms.credit_days = 30;
  group.terms.bonus_card = true;
  group.rule = {.least_settled = 10,
                .least_on_time_ppm = 900'000,
                .most_days_late = 0,
                .least_bad = 1,
                .least_overdue_days = 2,
                .least_days_known = 365,
                .least_turnover = evidence::Money{5'000, *evidence::Currency::FromCode("IDR")}};
  std::vector<std::string> words = WordsOf(GroupAddCommand(group));
  words.erase(words.begin());
  const Ran ran = node.Run(words);
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  const auto made = service::FromProto(asked.group());
  DAFTAR_ASSERT_OK(made);
  EXPECT_EQ(*made, group);
}

TEST(GroupCommandTest, TheManualHasTheCommands) {
  std::ifstream file(DAFTAR_SOURCE_DIR "/docs/decisions.md");
  const std::string manual{std::istreambuf_iterator<char>(file), {}};
  for (const decision::Group& shipped : decision::ShippedGroups()) {
    EXPECT_THAT(manual, HasSubstr(RestoreCommand(shipped.terms.name) + "\n"));
  }
}

TEST(GroupCommandTest, AGroupOfTheShopsOwnHasNone) {
  EXPECT_EQ(RestoreCommand("wholesale"), "");
  EXPECT_EQ(RestoreAdvice("wholesale"), "");
}

}  // namespace
}  // namespace daftar::cli
