#include "node/evidence/reasons.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Written out once more on purpose: numbers and names are in entries, charters and scripts.
TEST(ReasonsTest, NumbersAndNamesAreTheFrozenOnes) {
  const std::vector<std::pair<uint16_t, std::string>> expected = {{1, "deposit-unsettled"},
                                                                  {2, "invoice-overdue"},
                                                                  {3, "invoice-unpaid-reminded"},
                                                                  {4, "cancelled-after-work"},
                                                                  {5, "no-show"},
                                                                  {6, "payment-reversed"},
                                                                  {7, "agreement-broken"},
                                                                  {1001, "staff-abuse"},
                                                                  {1002, "complaint-harassment"},
                                                                  {1003, "dishonest-claims"},
                                                                  {1004, "public-smearing"},
                                                                  {1005, "shifting-demands"},
                                                                  {1006, "undue-discount"},
                                                                  {1007, "kickback"},
                                                                  {1008, "competitor-secrets"},
                                                                  {1009, "unethical-conduct"},
                                                                  {1010, "unreachable"},
                                                                  {1011, "takes-all-attention"},
                                                                  {1012, "ignores-advice"},
                                                                  {1013, "unprofitable"},
                                                                  {1014, "no-longer-fits"}};
  std::vector<std::pair<uint16_t, std::string>> actual;
  for (const ReasonInfo& info : AllReasons()) {
    actual.emplace_back(static_cast<uint16_t>(info.reason), info.name);
  }
  EXPECT_EQ(actual, expected);
}

TEST(ReasonsTest, EveryReasonIsFoundByNameAndNumber) {
  for (const ReasonInfo& info : AllReasons()) {
    EXPECT_THAT(ReasonFromName(info.name), IsOkAndHolds(info.reason));
    EXPECT_THAT(ReasonFromNumber(static_cast<uint16_t>(info.reason)), IsOkAndHolds(info.reason));
    EXPECT_EQ(Info(info.reason).name, info.name);
    EXPECT_FALSE(info.sentence.empty());
  }
}

TEST(ReasonsTest, OnlyTheFirstSevenMayBeShared) {
  std::set<std::string_view> shareable;
  for (const ReasonInfo& info : AllReasons()) {
    if (IsShareable(info.reason)) shareable.insert(info.name);
  }
  EXPECT_EQ(shareable.size(), 7u);
  EXPECT_TRUE(IsShareable(Reason::kAgreementBroken));
  EXPECT_FALSE(IsShareable(Reason::kStaffAbuse));
}

TEST(ReasonsTest, UnknownNameIsRefusedWithTheNames) {
  for (const std::string_view name :
       {"", "Deposit-Unsettled", "deposit_unsettled", "1", "no-show "}) {
    EXPECT_THAT(ReasonFromName(name),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("deposit-unsettled, "), HasSubstr("no-longer-fits"))))
        << name;
  }
}

TEST(ReasonsTest, NumberThatNoReasonHasIsRefused) {
  for (const uint16_t number : std::initializer_list<uint16_t>{0, 8, 999, 1000, 1015, 65535}) {
    EXPECT_THAT(ReasonFromNumber(number), StatusIs(absl::StatusCode::kInvalidArgument)) << number;
  }
}

TEST(ReasonsDeathTest, InfoOfANumberThatNoReasonHasAborts) {
  EXPECT_DEATH(Info(static_cast<Reason>(8)), "no reason has the number 8");
}

}  // namespace
}  // namespace daftar::evidence
