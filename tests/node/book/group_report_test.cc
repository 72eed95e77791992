#include "node/book/group_report.h"

#include <gmock/gmock.h>

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Pair;

class GroupReportTest : public BookTest {
 protected:
  GroupReportTest() : groups_(*Groups::Open(*store_, vault_, entropy_, clock_)) {
    listed_ = groups_->List();
    options_.groups = listed_;
    options_.from = Day("2024-01-01");
    options_.to = Day("2024-03-31");
    options_.today = Day("2024-10-04");
    options_.late_after_days = 10;
  }
  void Put(const CustomerId& id, const std::string& group) {
    ASSERT_THAT(book_->SetGroups(By(), id, {{group}, {}}, *groups_, "x"), IsOk());
  }
  void Order(const std::string& who, const std::string& invoice, std::string_view invoiced,
             std::string_view due, std::string_view paid, uint64_t minor,
             std::string_view currency = "USD") {
    decision::OrderRow row = Row({Handle("shop/" + who)}, invoice, invoiced, due, paid);
    row.amount = {minor, *evidence::Currency::FromCode(currency)};
    ASSERT_THAT(book_->ImportOrders({&row, 1}), IsOk());
  }
  GroupLine LineOf(const std::string& group) {
    const auto lines = ReportGroups(*book_, options_);
    EXPECT_THAT(lines, IsOk());
    for (const GroupLine& line : *lines) {
      if (line.group == group) return line;
    }
    ADD_FAILURE() << "no line " << group;
    return {};
  }
  std::unique_ptr<Groups> groups_;
  std::vector<decision::Group> listed_;
  GroupReportOptions options_;
};

TEST_F(GroupReportTest, EachGroupSaysWhatItEarnsAndCosts) {
  Order("a", "1", "2024-01-01", "2024-01-15", "2024-01-20", 100);   // 5 days, on time
  Order("a", "2", "2024-03-31", "2024-04-14", "2024-04-30", 200);   // 16 days: late
  Order("a", "3", "2024-02-01", "2024-02-15", "", 400);             // lost
  Order("a", "4", "2024-02-01", "2024-09-30", "", 800);             // open, 4 days past due
  Order("a", "5", "2023-12-31", "2024-01-15", "2024-01-15", 9999);  // before the period
  Order("a", "6", "2024-04-01", "2024-04-15", "2024-04-15", 9999);  // after it
  Order("b", "1", "2024-02-01", "2024-02-15", "2024-02-15", 1600);
  Order("b", "2", "2024-02-01", "2024-02-15", "2024-02-15", 50, "IDR");
  Order("c", "1", "2023-01-01", "2023-01-15", "2023-01-15", 7);
  for (const std::string who : {"a", "b", "c"}) Put(IdOf(Handle("shop/" + who)), "vip");
  const GroupLine vip = LineOf("vip");
  EXPECT_EQ(vip.members, 3u);
  EXPECT_EQ(vip.customers, 2u);
  ASSERT_EQ(vip.money.size(), 2u);
  GroupMoney usd;
  usd.currency = *evidence::Currency::FromCode("USD");
  usd.customers = 2;
  usd.orders = 5;
  usd.turnover_minor = 100 + 200 + 400 + 800 + 1600;
  usd.paid_on_time = 2;
  usd.late = 1;
  usd.unpaid = 1;
  usd.open = 1;
  usd.days_late = 21;
  usd.loss_minor = 400;
  EXPECT_EQ(vip.money[1], usd);
  EXPECT_EQ(vip.money[1].AverageDaysLateTenths(), 70u);
  EXPECT_EQ(vip.money[0].currency.code(), "IDR");
  EXPECT_EQ(vip.money[0].customers, 1u);
  EXPECT_EQ(vip.money[0].turnover_minor, 50u);
  EXPECT_EQ(LineOf("regular").members, 0u);
}

TEST_F(GroupReportTest, WhatWasGivenUpIsALossBeforeItIsLongOverdue) {
  Order("a", "1", "2024-03-01", "2024-09-30", "", 400);
  EXPECT_EQ(LineOf("(none)").money.at(0).loss_minor, 0u);
  ASSERT_THAT(
      book_->SetOutcome(By(), "1", {OutcomeKind::kUnpaid, Day("2024-10-01")}, std::nullopt, "x"),
      IsOk());
  EXPECT_EQ(LineOf("(none)").money.at(0).loss_minor, 400u);
  EXPECT_EQ(LineOf("(none)").money.at(0).unpaid, 1u);
}

TEST_F(GroupReportTest, WhatAnIncidentPutsInQuestionOrBreaksIsNotOpen) {
  Order("a", "1", "2024-03-01", "2024-03-15", "2024-03-15", 1);
  Order("a", "2", "2024-03-01", "2024-03-15", "", 2);
  Order("a", "3", "2024-03-01", "2024-09-30", "", 4);
  bool taken_back = false;
  options_.remarked = [&taken_back](const NamedOrder& named) {
    const decision::OrderRemark remark = named.order.invoice == "1" ? decision::OrderRemark::kBroken
                                         : named.order.invoice == "2"
                                             ? decision::OrderRemark::kInQuestion
                                             : decision::OrderRemark::kNone;
    decision::RemarkedOrder order{named.order, remark};
    order.taken_back = taken_back;
    return order;
  };
  const GroupMoney money = LineOf("(none)").money.at(0);
  EXPECT_EQ(money.orders, 3u);
  EXPECT_EQ(money.broken, 1u);
  EXPECT_EQ(money.disputed, 1u);
  EXPECT_EQ(money.open, 1u);
  EXPECT_EQ(money.paid_on_time + money.late + money.unpaid + money.loss_minor, 0u);
  taken_back = true;
  EXPECT_EQ(LineOf("(none)").money.at(0).loss_minor, 1u);
}

TEST_F(GroupReportTest, TheGroupIsThatOfTheRecordAtTheEndOfThePeriod) {
  for (int i = 0; i < 5; ++i) {
    Order("a", std::to_string(i), "2024-01-01", "2024-01-15", "2024-01-15", 1);
  }
  EXPECT_EQ(LineOf("regular").members, 1u);  // known for 90 days on 2024-03-31
  options_.to = Day("2024-03-30");
  EXPECT_EQ(LineOf("regular").members, 0u);
  EXPECT_EQ(LineOf("(none)").members, 1u);
}

TEST_F(GroupReportTest, WhatHappenedAfterThePeriodChoosesNoGroup) {
  for (int i = 0; i < 4; ++i) {
    Order("a", std::to_string(i), "2024-01-01", "2024-01-15", "2024-01-15", 1);
  }
  Order("a", "fifth", "2024-02-01", "2024-04-15", "2024-04-01", 1);  // paid a day after
  EXPECT_EQ(LineOf("regular").members, 0u);
  options_.to = Day("2024-04-01");
  EXPECT_EQ(LineOf("regular").members, 1u);
}

TEST_F(GroupReportTest, MergedCustomersAreOneInTheGroupOfAny) {
  Order("a", "1", "2024-02-01", "2024-02-15", "2024-02-15", 1);
  Order("b", "1", "2024-02-01", "2024-02-15", "2024-02-15", 2);
  const CustomerId b = IdOf(Handle("shop/b"));
  Put(b, "problem");
  ASSERT_THAT(book_->Merge(By(), IdOf(Handle("shop/a")), b, "x"), IsOk());
  const GroupLine line = LineOf("problem");
  EXPECT_EQ(line.members, 1u);
  EXPECT_EQ(line.money.at(0).customers, 1u);
  EXPECT_EQ(line.money.at(0).turnover_minor, 3u);
  EXPECT_EQ(LineOf("(none)").members, 0u);
}

TEST_F(GroupReportTest, IncidentsAreCountedByWhole) {
  Order("a", "1", "2024-02-01", "2024-02-15", "2024-02-15", 1);
  Order("b", "1", "2024-02-01", "2024-02-15", "2024-02-15", 2);
  Put(IdOf(Handle("shop/a")), "vip");
  options_.incidents = [](const Profile& customer) {
    return absl::StatusOr<uint64_t>(customer.groups.empty() ? 2 : 5);
  };
  EXPECT_EQ(LineOf("vip").incidents, 5u);
  EXPECT_EQ(LineOf("(none)").incidents, 2u);
  options_.incidents = [](const Profile&) {
    return absl::StatusOr<uint64_t>(absl::UnavailableError("no"));
  };
  EXPECT_THAT(ReportGroups(*book_, options_).status(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(GroupReportTest, ItCanBeStoppedAndRefusesPeriodsThatAreNone) {
  std::vector<decision::CustomerRow> people;
  for (uint64_t i = 0; i < 2 * kReportProgressStep; ++i) {
    people.push_back({2, {Handle("shop/buyer-" + std::to_string(i) + "-x")}, ""});
  }
  ASSERT_THAT(book_->ImportCustomers(people), IsOk());
  std::vector<std::pair<uint64_t, uint64_t>> seen;
  options_.progress = [&seen](uint64_t done, uint64_t all) {
    seen.emplace_back(done, all);
    return true;
  };
  EXPECT_EQ(LineOf("(none)").members, 2 * kReportProgressStep);
  constexpr uint64_t kAll = 2 * kReportProgressStep;
  EXPECT_THAT(seen, ElementsAre(Pair(kReportProgressStep, kAll), Pair(kAll, kAll)));
  options_.progress = [](uint64_t, uint64_t) { return false; };
  EXPECT_THAT(ReportGroups(*book_, options_).status(), StatusIs(absl::StatusCode::kCancelled));
  options_.from = Day("2024-04-01");
  EXPECT_THAT(ReportGroups(*book_, options_).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  options_.from = {};
  EXPECT_THAT(ReportGroups(*book_, options_).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::book
