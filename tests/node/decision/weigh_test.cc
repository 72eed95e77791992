#include <gtest/gtest.h>

#include "tests/node/decision/inputs.h"

namespace daftar::decision {
namespace {

using evidence::Reason;
using evidence::SettledBucket;
using Case = InputsBuilder;

WeighedEntry Only(const Case& made) {
  const Weighed weighed = Weigh(made.Build(), DefaultPolicy());
  EXPECT_EQ(weighed.partners.size(), 1u);
  EXPECT_EQ(weighed.partners[0].entries.size(), 1u);
  return weighed.partners[0].entries[0];
}

TEST(WeighTest, FreshReportWeighsItsReasonAndHalvesWithItsHalfLife) {
  const auto bad = [](Reason reason, int64_t days) {
    return Only(Case().Partners(1).Report(Case::Origin(0), EntryStatus::kLive, days, reason))
        .bad_ppm;
  };
  EXPECT_EQ(bad(Reason::kDepositUnsettled, 0), 1'000'000u);
  EXPECT_EQ(bad(Reason::kDepositUnsettled, 365), 500'000u);
  EXPECT_EQ(bad(Reason::kDepositUnsettled, 730), 250'000u);
  EXPECT_EQ(bad(Reason::kInvoiceOverdue, 0), 500'000u);
  EXPECT_EQ(bad(Reason::kInvoiceOverdue, 180), 250'000u);
}

TEST(WeighTest, SettledCountsAQuarterAndEverythingElseNothing) {
  const auto bad = [](EntryStatus status) {
    return Only(Case().Partners(1).Report(Case::Origin(0), status)).bad_ppm;
  };
  EXPECT_EQ(bad(EntryStatus::kSettled), 250'000u);
  EXPECT_EQ(bad(EntryStatus::kDisputed), 0u);
  EXPECT_EQ(bad(EntryStatus::kWithdrawn), 0u);
  EXPECT_EQ(bad(EntryStatus::kErased), 0u);
  EXPECT_EQ(bad(EntryStatus::kExpired), 0u);
  EXPECT_EQ(bad(EntryStatus::kPending), 0u);
}

TEST(WeighTest, GoodOrdersAtThePartnerLowerItsReport) {
  const auto bad = [](SettledBucket bucket) {
    Case made = Case().Partners(1).Report(Case::Origin(0));
    made.inputs().records[0].settled_before = bucket;
    return Only(made).bad_ppm;
  };
  EXPECT_EQ(bad(SettledBucket::kNone), 1'000'000u);
  EXPECT_EQ(bad(SettledBucket::kOneOrTwo), 833'333u);     // 4 / 5
  EXPECT_EQ(bad(SettledBucket::kThreeToNine), 625'000u);  // 4 / 7
  EXPECT_EQ(bad(SettledBucket::kTenOrMore), 333'333u);    // 4 / 14
}

TEST(WeighTest, DateToComeIsNotFresherThanToday) {
  const WeighedEntry entry =
      Only(Case().Partners(1).Report(Case::Origin(0), EntryStatus::kLive, -500));
  EXPECT_EQ(entry.age_days, 0u);
  EXPECT_EQ(entry.bad_ppm, 1'000'000u);
}

TEST(WeighTest, ReportWithoutADateAgesFromItsPublication) {
  Case made = Case().Partners(1).Report(Case::Origin(0));
  made.inputs().records[0].occurred = evidence::Date();
  made.inputs().records[0].published_at.value -= int64_t{365} * 86'400'000;
  EXPECT_EQ(Only(made).age_days, 365u);
  EXPECT_EQ(Only(made).bad_ppm, 500'000u);
}

TEST(WeighTest, PartnersWeightIsBounded) {
  Case made = Case().Partners(1);
  made.inputs().partners[0].weight_ppm = 9'000'000;
  EXPECT_EQ(Weigh(made.Build(), DefaultPolicy()).partners[0].weight_ppm, 2'000'000u);
}

TEST(WeighTest, RepeatedPartnersAndEntriesCountOnce) {
  Case made = Case().Partner("b.test").Partner("a.test").Partner("b.test");
  made.Report("b.test");
  made.inputs().records.push_back(made.inputs().records[0]);
  made.inputs().records.back().status = EntryStatus::kSettled;
  const Weighed weighed = Weigh(made.Build(), DefaultPolicy());
  ASSERT_EQ(weighed.partners.size(), 2u);
  EXPECT_EQ(weighed.partners[0].origin, "a.test");
  ASSERT_EQ(weighed.partners[1].entries.size(), 1u);
  EXPECT_EQ(weighed.partners[1].entries[0].bad_ppm, 1'000'000u);
}

TEST(WeighTest, ErrorsBecomeShortCodes) {
  Case made = Case().Partners(1);
  made.inputs().partners[0].error = "Bad thing\n" + std::string(100, 'x');
  const std::string code = Weigh(made.Build(), DefaultPolicy()).partners[0].error;
  EXPECT_EQ(code.size(), kMaxErrorBytes);
  EXPECT_EQ(code.substr(0, 12), "-ad-thing-xx");
}

TEST(WeighTest, OwnOrdersCountWhenTheirOutcomeIsKnown) {
  Case made = Case().Orders(7, 2, 365).Overdue(1, 5).Overdue(3, 40);
  made.inputs().own.open += 2;  // not yet due
  const WeighedOwn own = Weigh(made.Build(), DefaultPolicy()).own;
  EXPECT_EQ(own.orders, 12u);  // 9 paid, 3 long overdue
  EXPECT_EQ(own.good, 7u);
  EXPECT_EQ(own.overdue, 4u);
  EXPECT_EQ(own.overdue_days, 40u);
  EXPECT_EQ(own.newest_bad_age_days, 29u);
  const uint64_t unpaid = Decayed(1'000'000, 29, 365);
  EXPECT_EQ(own.bad_ppm, 2 * 250'000 + 3 * unpaid);
}

}  // namespace
}  // namespace daftar::decision
