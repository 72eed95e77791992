#include "node/decision/decision.h"

#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;
using ::testing::HasSubstr;

TEST(DecisionNamesTest, RoundTripAndNumbersStay) {
  const std::vector<std::pair<std::string_view, int>> effects = {
      {"accept", 1}, {"deposit", 2}, {"prepay", 3}, {"review", 4}, {"decline", 5}};
  for (const auto& [name, number] : effects) {
    EXPECT_EQ(EffectName(static_cast<Effect>(number)), name);
    EXPECT_THAT(EffectFromName(name), IsOkAndHolds(static_cast<Effect>(number)));
  }
  const std::vector<std::pair<std::string_view, int>> terms = {
      {"credit", 1}, {"cod", 2}, {"deposit", 3}, {"prepaid", 4}};
  for (const auto& [name, number] : terms) {
    EXPECT_EQ(TermsName(static_cast<Terms>(number)), name);
    EXPECT_THAT(TermsFromName(name), IsOkAndHolds(static_cast<Terms>(number)));
  }
  const std::vector<std::pair<std::string_view, int>> states = {
      {"answered", 1}, {"cached", 2}, {"stale", 3}, {"not_checked", 4}};
  for (const auto& [name, number] : states) {
    EXPECT_EQ(PartnerStateName(static_cast<PartnerState>(number)), name);
    EXPECT_THAT(PartnerStateFromName(name), IsOkAndHolds(static_cast<PartnerState>(number)));
  }
  EXPECT_EQ(EntryStatusName(EntryStatus::kPending), "pending");
}

TEST(DecisionNamesTest, UnknownNameIsRefusedWithTheChoices) {
  EXPECT_THAT(EffectFromName("Accept"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("accept, deposit, prepay")));
  EXPECT_THAT(TermsFromName(""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("credit, cod")));
}

}  // namespace
}  // namespace daftar::decision
