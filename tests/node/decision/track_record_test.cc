#include "node/decision/track_record.h"

#include <gtest/gtest.h>

namespace daftar::decision {
namespace {

evidence::Date Day(std::string_view text) { return *evidence::Date::Parse(text); }

OrderFacts Made(std::string_view invoiced, std::string_view due, std::string_view paid = "",
                uint64_t minor = 100, std::string_view currency = "USD") {
  OrderFacts order;
  order.invoiced = Day(invoiced);
  order.due = Day(due);
  if (!paid.empty()) order.paid = Day(paid);
  order.amount = {minor, *evidence::Currency::FromCode(currency)};
  return order;
}

TrackRecord Over(const std::vector<OrderFacts>& orders, std::string_view today = "2024-06-01") {
  TrackRecordBuilder builder(Day(today), 10);
  for (const OrderFacts& order : orders) builder.Add(order);
  return std::move(builder).Finish();
}

TEST(TrackRecordTest, TenDaysLateIsOnTimeAndElevenIsLate) {
  const TrackRecord record = Over({Made("2024-01-01", "2024-02-01", "2024-01-31"),
                                   Made("2024-01-02", "2024-02-01", "2024-02-11"),
                                   Made("2024-01-03", "2024-02-01", "2024-02-12"),
                                   Made("2024-01-04", "2024-02-01", "2024-03-02")});
  EXPECT_EQ(record.orders, 4u);
  EXPECT_EQ(record.orders_settled, 4u);
  EXPECT_EQ(record.paid_on_time, 2u);
  EXPECT_EQ(record.late, 2u);
  EXPECT_EQ(record.worst_days_late, 30u);
  EXPECT_EQ(record.total_days_late, 10u + 11u + 30u);
  EXPECT_EQ(record.first_order, Day("2024-01-01"));
  EXPECT_EQ(record.last_order, Day("2024-01-04"));
  // A bad outcome is known on the eleventh day after the due date.
  EXPECT_EQ(record.late_paid, (std::vector<DatedCount>{{Day("2024-02-12"), 2}}));
  EXPECT_TRUE(record.unpaid.empty());
}

TEST(TrackRecordTest, OrderInQuestionIsNotBadNorOwedAndAGoodOneStaysGood) {
  EXPECT_EQ(Over({}).orders, 0u);
  TrackRecordBuilder good(Day("2024-06-01"), 10);
  good.Add(Made("2024-01-01", "2024-02-01", "2024-01-31"), OrderRemark::kInQuestion);
  EXPECT_EQ(std::move(good).Finish().paid_on_time, 1u);
  for (const std::string_view paid : {"", "2024-03-01"}) {
    TrackRecordBuilder builder(Day("2024-06-01"), 10);
    builder.Add(Made("2024-01-01", "2024-02-01", paid), OrderRemark::kInQuestion);
    const TrackRecord record = std::move(builder).Finish();
    EXPECT_EQ(record.orders, 1u);
    EXPECT_EQ(record.disputed, 1u);
    EXPECT_EQ(record.orders_settled + record.open + record.late + record.paid_on_time, 0u);
    EXPECT_TRUE(record.unpaid.empty() && record.late_paid.empty());
    // What was paid says what an order usually comes to.
    EXPECT_EQ(record.amounts.size(), paid.empty() ? 0u : 1u);
  }
}

TEST(TrackRecordTest, BrokenOrderIsNoGoodOneAndABadOneStaysBad) {
  TrackRecordBuilder builder(Day("2024-06-01"), 10);
  builder.Add(Made("2024-01-01", "2024-02-01", "2024-01-31"), OrderRemark::kBroken);
  builder.Add(Made("2024-01-01", "2024-02-01", "2024-03-01"), OrderRemark::kBroken);
  builder.Add(Made("2024-01-01", "2024-02-01"), OrderRemark::kBroken);
  const TrackRecord record = std::move(builder).Finish();
  EXPECT_EQ(record.orders, 3u);
  EXPECT_EQ(record.broken, 1u);
  EXPECT_EQ(record.amounts[0].settled_orders, 2u);
  EXPECT_EQ(record.paid_on_time, 0u);
  EXPECT_EQ(record.late, 1u);
  EXPECT_EQ(record.overdue, 1u);
}

TEST(TrackRecordTest, OrdersPaidInAdvanceAreCountedApart) {
  OrderFacts prepaid = Made("2024-01-01", "2024-01-01", "2024-01-01");
  prepaid.terms = Terms::kPrepaid;
  OrderFacts late = Made("2024-01-01", "2024-02-01", "2024-03-01");
  late.terms = Terms::kPrepaid;
  const TrackRecord record = Over({prepaid, late, Made("2024-01-01", "2024-02-01", "2024-01-31")});
  EXPECT_EQ(record.paid_on_time, 2u);
  EXPECT_EQ(record.prepaid_on_time, 1u);
  EXPECT_EQ(record.late, 1u);
}

TEST(TrackRecordTest, OrderGivenUpIsPastDueFromThatDayOn) {
  OrderFacts given_up = Made("2024-05-01", "2024-07-01");
  given_up.written_off = Day("2024-05-12");
  EXPECT_EQ(Over({given_up}, "2024-05-11").overdue, 0u);
  EXPECT_EQ(Over({given_up}, "2024-05-11").given_up, 0u);
  for (const char* day : {"2024-05-12", "2024-06-01", "2024-07-01", "2024-07-02"}) {
    EXPECT_EQ(Over({given_up}, day).overdue, 1u) << day;
    EXPECT_EQ(Over({given_up}, day).given_up, 1u) << day;
    EXPECT_EQ(Over({given_up}, day).longest_overdue_days, 1u) << day;
  }
  EXPECT_EQ(Over({given_up}, "2024-07-03").longest_overdue_days, 2u);
  given_up.written_off = given_up.due;
  EXPECT_EQ(Over({given_up}, "2024-07-03").longest_overdue_days, 2u);
  given_up.written_off = Day("2024-07-20");
  EXPECT_EQ(Over({given_up}, "2024-07-21").longest_overdue_days, 20u);
  given_up.paid = Day("2024-07-21");
  EXPECT_EQ(Over({given_up}, "2024-07-21").given_up, 0u);
}

TEST(TrackRecordTest, AnOrderHasComeToWhatARecordOfItSays) {
  RemarkedOrder order{Made("2024-01-01", "2024-02-01")};
  const auto on = [&order](const char* day) { return StandingOf(order, Day(day), 10); };
  EXPECT_EQ(on("2023-12-31").outcome, OrderOutcome::kOpen);
  EXPECT_EQ(on("2024-02-01").outcome, OrderOutcome::kOpen);
  EXPECT_EQ(on("2024-02-02").outcome, OrderOutcome::kOverdue);
  EXPECT_EQ(on("2024-03-01").outcome, OrderOutcome::kUnpaid);
  EXPECT_EQ(on("2024-03-01").bad_since, Day("2024-02-12"));
  order.facts.paid = Day("2024-03-01");
  EXPECT_EQ(on("2024-03-01").outcome, OrderOutcome::kPaidLate);
  EXPECT_EQ(on("2024-03-01").bad_since, Day("2024-02-12"));
  order.remark = OrderRemark::kInQuestion;
  EXPECT_EQ(on("2024-03-01").outcome, OrderOutcome::kInQuestion);
  order.facts.paid = Day("2024-02-11");
  EXPECT_EQ(on("2024-03-01").outcome, OrderOutcome::kPaidOnTime);
  EXPECT_FALSE(IsSpoilt(order));
  order.remark = OrderRemark::kBroken;
  EXPECT_EQ(on("2024-03-01").outcome, OrderOutcome::kBroken);
  EXPECT_TRUE(IsSpoilt(order));
  order.made_good = Day("2024-02-20");
  EXPECT_EQ(on("2024-03-01").outcome, OrderOutcome::kBroken);
  EXPECT_FALSE(IsSpoilt(order));
}

TEST(TrackRecordTest, ABrokenOrderIsNotSettledBeforeAndOnePaidInTimeIsWhateverIsDisputed) {
  RemarkedOrder order{Made("2024-01-01", "2024-02-01", "2024-01-15")};
  order.remark = OrderRemark::kInQuestion;
  EXPECT_TRUE(SettledBefore(order, Day("2024-03-01"), 10));
  order.facts.paid = Day("2024-02-20");
  EXPECT_FALSE(SettledBefore(order, Day("2024-03-01"), 10));
  order.facts.paid = Day("2024-01-15");
  order.remark = OrderRemark::kBroken;
  EXPECT_FALSE(SettledBefore(order, Day("2024-03-01"), 10));
}

TEST(TrackRecordTest, SettledBeforeADayIsInvoicedAndPaidBeforeItAndAtMostTenDaysLate) {
  const auto counts = [](const OrderFacts& order) {
    return SettledBefore({order}, Day("2024-03-01"), 10);
  };
  EXPECT_TRUE(counts(Made("2024-01-01", "2024-02-01", "2024-01-15")));
  EXPECT_TRUE(counts(Made("2024-01-01", "2024-02-01", "2024-02-11")));
  EXPECT_FALSE(counts(Made("2024-01-01", "2024-02-01", "2024-02-12")));  // eleven days late
  EXPECT_TRUE(counts(Made("2024-02-29", "2024-02-29", "2024-02-29")));
  EXPECT_FALSE(counts(Made("2024-02-01", "2024-03-01", "2024-03-01")));  // paid that day
  EXPECT_FALSE(counts(Made("2024-03-01", "2024-03-01", "2024-02-29")));  // invoiced that day
  EXPECT_FALSE(counts(Made("2024-01-01", "2024-02-01")));                // open
}

TEST(TrackRecordTest, WhatTheShopCalledLateOrHadGivenUpIsNotSettledBefore) {
  OrderFacts order = Made("2024-01-01", "2024-02-01", "2024-02-05");
  EXPECT_TRUE(SettledBefore({order}, Day("2024-03-01"), 10));
  order.said_late = true;
  EXPECT_FALSE(SettledBefore({order}, Day("2024-03-01"), 10));
  order.said_late = false;
  order.written_off = Day("2024-02-05");
  EXPECT_FALSE(SettledBefore({order}, Day("2024-03-01"), 10));
  order.written_off = Day("2024-02-06");  // an import said later that it was paid before
  EXPECT_TRUE(SettledBefore({order}, Day("2024-03-01"), 10));
}

TEST(TrackRecordTest, OpenOrdersAreOwedOverdueAndBadByAge) {
  const TrackRecord record =
      Over({Made("2024-05-01", "2024-06-01"), Made("2024-05-01", "2024-05-31"),
            Made("2024-04-01", "2024-05-01")});
  EXPECT_EQ(record.open, 3u);
  EXPECT_EQ(record.overdue, 2u);
  EXPECT_EQ(record.longest_overdue_days, 31u);
  EXPECT_EQ(record.unpaid, (std::vector<DatedCount>{{Day("2024-05-12"), 1}}));
  ASSERT_EQ(record.amounts.size(), 1u);
  EXPECT_EQ(record.amounts[0].open_minor, 300u);
  EXPECT_EQ(record.amounts[0].overdue_minor, 200u);
}

TEST(TrackRecordTest, NothingIsAddedAcrossCurrencies) {
  const TrackRecord record = Over({Made("2024-05-01", "2024-05-02", "", 7, "USD"),
                                   Made("2024-05-01", "2024-05-02", "", 5, "IDR")});
  ASSERT_EQ(record.amounts.size(), 2u);
  EXPECT_EQ(record.amounts[0].currency.code(), "IDR");
  EXPECT_EQ(record.amounts[0].open_minor, 5u);
  EXPECT_EQ(record.amounts[1].open_minor, 7u);
}

TEST(TrackRecordTest, DisputedOrdersCountNeitherWayUntilPaid) {
  OrderFacts disputed = Made("2024-01-01", "2024-02-01");
  disputed.disputed = true;
  const TrackRecord open = Over({disputed});
  EXPECT_EQ(open.disputed, 1u);
  EXPECT_EQ(open.overdue, 0u);
  EXPECT_TRUE(open.amounts.empty());
  disputed.paid = Day("2024-03-01");
  const TrackRecord paid = Over({disputed});
  EXPECT_EQ(paid.disputed, 0u);
  EXPECT_EQ(paid.late, 1u);
}

TEST(TrackRecordTest, TheShopsWordCountsWhereTheDatesAreSilent) {
  OrderFacts late = Made("2024-01-01", "2024-02-01", "2024-02-03");
  late.said_late = true;
  const TrackRecord paid = Over({late});
  EXPECT_EQ(paid.late, 1u);
  EXPECT_EQ(paid.paid_on_time, 0u);
  EXPECT_EQ(paid.late_paid, (std::vector<DatedCount>{{Day("2024-02-03"), 1}}));

  OrderFacts given_up = Made("2024-05-01", "2024-06-15");
  given_up.written_off = Day("2024-06-01");
  EXPECT_TRUE(Over({given_up}, "2024-05-31").unpaid.empty());
  const TrackRecord open = Over({given_up});
  EXPECT_EQ(open.unpaid, (std::vector<DatedCount>{{Day("2024-06-01"), 1}}));
  EXPECT_EQ(open.overdue, 1u);
  EXPECT_EQ(open.amounts[0].overdue_minor, 100u);
  given_up.paid = Day("2024-06-10");
  const TrackRecord after = Over({given_up}, "2024-06-10");
  EXPECT_EQ(after.late_paid, (std::vector<DatedCount>{{Day("2024-06-01"), 1}}));
  EXPECT_TRUE(after.unpaid.empty());
}

TEST(TrackRecordTest, WhatWasPaidIsAddedUpByCurrency) {
  const TrackRecord record = Over({Made("2024-01-01", "2024-02-01", "2024-01-31", 100),
                                   Made("2024-01-02", "2024-02-01", "2024-03-31", 300),
                                   Made("2024-01-02", "2024-02-01", "2024-03-31", 5, "IDR"),
                                   Made("2024-05-02", "2024-07-01", "", 900)});
  ASSERT_EQ(record.amounts.size(), 2u);
  EXPECT_EQ(record.amounts[0].settled_minor, 5u);
  EXPECT_EQ(record.amounts[1].settled_minor, 400u);
  EXPECT_EQ(record.amounts[1].settled_orders, 2u);
  EXPECT_EQ(record.amounts[1].open_minor, 900u);
}

TEST(TrackRecordTest, OnlyWhatWasKnownTodayCounts) {
  const std::vector<OrderFacts> orders = {Made("2024-01-01", "2024-02-01", "2024-03-01"),
                                          Made("2024-07-01", "2024-08-01")};
  const TrackRecord before = Over(orders, "2024-02-05");
  EXPECT_EQ(before.orders, 1u);
  EXPECT_EQ(before.orders_settled, 0u);
  EXPECT_EQ(before.overdue, 1u);
  EXPECT_TRUE(before.unpaid.empty());
  EXPECT_EQ(Over(orders, "2024-02-20").unpaid.size(), 1u);
  EXPECT_EQ(Over(orders, "2024-03-01").late, 1u);
}

TEST(TrackRecordTest, OlderBadDaysAreKeptTogetherPastTheBound) {
  std::vector<OrderFacts> orders;
  const evidence::Date first = Day("2010-01-01");
  const size_t days = kMaxDatedCounts + 50;
  for (size_t i = 0; i < days; ++i) {
    OrderFacts order = Made("2010-01-01", "2010-01-01");
    order.due = first.PlusDays(static_cast<int64_t>(i));
    order.paid = order.due.PlusDays(20);
    orders.push_back(order);
  }
  const TrackRecord record = Over(orders);
  ASSERT_EQ(record.late_paid.size(), kMaxDatedCounts);
  EXPECT_EQ(record.late_paid[0].count, 51u);
  uint64_t sum = 0;
  for (const DatedCount& row : record.late_paid) sum += row.count;
  EXPECT_EQ(sum, days);
}

TEST(TrackRecordTest, AmountsStopAtTheLargestNumber) {
  TrackRecordBuilder builder(Day("2024-06-01"), 10);
  const OrderFacts order = Made("2024-01-01", "2024-02-01", "", evidence::kMaxMinorUnits);
  for (int i = 0; i < 20'000; ++i) builder.Add(order);
  EXPECT_EQ(std::move(builder).Finish().amounts[0].open_minor, ~uint64_t{0});
}

TEST(SupportsIncidentTest, LateOrdersDoUnlessInOpenDispute) {
  const evidence::Date today = Day("2024-06-01");
  EXPECT_FALSE(SupportsIncident(Made("2024-01-01", "2024-02-01", "2024-02-11"), today, 10));
  EXPECT_TRUE(SupportsIncident(Made("2024-01-01", "2024-02-01", "2024-02-12"), today, 10));
  EXPECT_TRUE(SupportsIncident(Made("2024-05-01", "2024-05-21"), today, 10));
  EXPECT_FALSE(SupportsIncident(Made("2024-05-01", "2024-05-22"), today, 10));
  OrderFacts disputed = Made("2024-01-01", "2024-02-01");
  disputed.disputed = true;
  EXPECT_FALSE(SupportsIncident(disputed, today, 10));
  disputed.paid = Day("2024-04-01");
  EXPECT_TRUE(SupportsIncident(disputed, today, 10));
}

}  // namespace
}  // namespace daftar::decision
