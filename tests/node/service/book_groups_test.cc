// Customers put together and into groups, and the report on groups, as clients see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/service/book_handlers.h"
#include "node/service/shop_handlers.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kBudi[] = "0812-3456-7890";
const auto kWrong = StatusIs(absl::StatusCode::kInvalidArgument);
const auto kReused = StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("request_id"));

class BookGroupsTest : public ::testing::Test {
 protected:
  std::string DaysAgo(int days) {
    return evidence::Date::Of(circle_.clock().Now()).PlusDays(-days).ToString();
  }
  std::string RequestId() { return "request-" + std::to_string(++requests_); }
  std::string AddCustomer(const std::string& phone) {
    v1::AddCustomerRequest request;
    request.set_request_id(RequestId());
    request.add_identifiers()->set_phone(phone);
    auto added = shop_.AddCustomer(manager_, request);
    EXPECT_TRUE(added.ok()) << added.status();
    return added->customer().id();
  }
  // Due ten days after; `outcome` may be empty, `settled`: days ago.
  void AddOrder(const std::string& invoice, const std::string& currency, uint64_t minor, int age,
                const std::string& outcome, int settled = 0) {
    v1::AddOrderRequest request;
    request.set_request_id(RequestId());
    request.add_identifiers()->set_phone(kBudi);
    request.set_invoice(invoice);
    request.mutable_amount()->set_minor(minor);
    request.mutable_amount()->set_currency(currency);
    request.set_invoiced(DaysAgo(age));
    request.set_due(DaysAgo(age - 10));
    DAFTAR_ASSERT_OK(book_.AddOrder(manager_, request));
    if (outcome.empty()) return;
    v1::SetOrderOutcomeRequest became;
    became.set_request_id(RequestId());
    became.set_invoice(invoice);
    became.set_outcome(outcome);
    became.set_on(DaysAgo(settled));
    DAFTAR_ASSERT_OK(book_.SetOrderOutcome(manager_, became));
  }
  absl::StatusOr<v1::Customer> SetGroups(const v1::SetCustomerGroupsRequest& request) {
    auto set = book_.SetCustomerGroups(manager_, request);
    if (!set.ok()) return set.status();
    return set->customer();
  }
  std::vector<std::string> Report(int from, int to) {
    v1::ReportGroupsRequest request;
    request.set_from(DaysAgo(from));
    request.set_to(DaysAgo(to));
    auto report = book_.ReportGroups(manager_, request);
    EXPECT_TRUE(report.ok()) << report.status();
    std::vector<std::string> rows;
    for (const v1::GroupReportRow& row : report->rows()) {
      if (row.members() == 0) continue;
      std::string line = row.group() + ":" + row.currency();
      for (uint64_t number :
           {row.members(), row.customers(), row.orders(), row.turnover_minor(), row.paid_on_time(),
            row.late(), row.unpaid(), row.days_late_tenths(), row.loss_minor(), row.incidents()}) {
        line += " " + std::to_string(number);
      }
      rows.push_back(line);
    }
    return rows;
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  BookHandlers book_{*node_};
  ShopHandlers shop_{*node_};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  int requests_ = 0;
};

TEST_F(BookGroupsTest, CustomersAreMergedAndPartedByTheirIds) {
  const std::string into = AddCustomer(kBudi);
  const std::string from = AddCustomer("0812-9999-7001");
  v1::MergeCustomersRequest merge;
  merge.set_request_id(RequestId());
  merge.set_into(into);
  merge.set_from(from);
  EXPECT_THAT(book_.MergeCustomers(manager_, merge), kWrong);  // why?
  merge.set_because("one person");
  merge.set_from("him");
  EXPECT_THAT(book_.MergeCustomers(manager_, merge), kWrong);
  merge.set_from(from);
  merge.set_into("him");
  EXPECT_THAT(book_.MergeCustomers(manager_, merge), kWrong);
  merge.set_into(into);
  auto merged = book_.MergeCustomers(manager_, merge);
  DAFTAR_ASSERT_OK(merged);
  EXPECT_EQ(merged->customer().id(), into);
  EXPECT_THAT(merged->customer().merged(), ElementsAre(from));
  EXPECT_EQ(merged->customer().identifiers_size(), 2);
  EXPECT_EQ(merged->customer().ShortDebugString().find("3456"), std::string::npos);
  DAFTAR_EXPECT_OK(book_.MergeCustomers(manager_, merge));
  merge.set_from(into);
  merge.set_into(from);
  EXPECT_THAT(book_.MergeCustomers(manager_, merge), kReused);

  v1::UnmergeCustomerRequest part;
  part.set_request_id(RequestId());
  part.set_because("two after all");
  part.set_id("him");
  EXPECT_THAT(book_.UnmergeCustomer(manager_, part), kWrong);
  part.set_id(from);
  auto parted = book_.UnmergeCustomer(manager_, part);
  DAFTAR_ASSERT_OK(parted);
  EXPECT_EQ(parted->customer().id(), from);
  EXPECT_THAT(parted->customer().merged(), IsEmpty());
  v1::EraseCustomerRequest erase;
  erase.set_request_id(RequestId());
  erase.set_because("asked");
  erase.set_id("him");
  EXPECT_THAT(book_.EraseCustomer(manager_, erase), kWrong);
}

TEST_F(BookGroupsTest, GroupsAreAddedAndTakenAwayAsAsked) {
  v1::SetCustomerGroupsRequest request;
  request.set_request_id(RequestId());
  request.set_id(AddCustomer(kBudi));
  request.add_add("vip");
  request.add_add("staff");
  request.set_because("works here");
  auto put = SetGroups(request);
  DAFTAR_ASSERT_OK(put);
  EXPECT_THAT(put->groups(), ElementsAre("staff", "vip"));
  EXPECT_EQ(put->group(), "staff");  // the smallest precedence
  DAFTAR_EXPECT_OK(SetGroups(request));
  request.clear_add();
  request.add_remove("staff");
  EXPECT_THAT(SetGroups(request), kReused);
  request.set_request_id(RequestId());
  auto taken = SetGroups(request);
  DAFTAR_ASSERT_OK(taken);
  EXPECT_THAT(taken->groups(), ElementsAre("vip"));
  request.set_id("him");
  EXPECT_THAT(SetGroups(request), kWrong);
}

TEST_F(BookGroupsTest, AGroupComesBackAsItWasPut) {
  v1::PutGroupRequest put;
  put.set_request_id(RequestId());
  put.set_because("agreed");
  v1::Group& group = *put.mutable_group();
  group.set_name("credit");
  group.set_precedence(250);
  group.set_at_least(v1::EFFECT_DEPOSIT);
  group.set_at_most(v1::EFFECT_PREPAY);
  group.set_deposit_ppm(300'000);
  for (const char* currency : {"USD", "IDR"}) {  // in whatever order
    v1::Money& limit = *group.add_credit_limits();
    limit.set_minor(5'000);
    limit.set_currency(currency);
  }
  group.set_credit_days(14);
  group.set_price_list("wholesale");
  group.set_bonus_card(true);
  v1::GroupRule& rule = *group.mutable_rule();
  rule.set_least_settled(10);
  rule.set_least_on_time_ppm(900'000);
  rule.set_most_days_late(7);
  rule.set_least_bad(1);
  rule.set_least_overdue_days(3);
  rule.set_least_days_known(90);
  rule.mutable_least_turnover()->set_minor(1'000'000);
  rule.mutable_least_turnover()->set_currency("IDR");
  DAFTAR_ASSERT_OK(book_.PutGroup(manager_, put));
  v1::Group expected = group;
  expected.mutable_credit_limits()->SwapElements(0, 1);
  const auto listed = [&]() -> std::vector<v1::Group> {
    std::vector<v1::Group> found;
    const auto groups = book_.ListGroups(manager_, {});
    for (const v1::Group& one : groups->groups()) {
      if (one.name() == "credit") found.push_back(one);
    }
    return found;
  };
  ASSERT_EQ(listed().size(), 1u);
  EXPECT_EQ(listed().front().DebugString(), expected.DebugString());
  DAFTAR_EXPECT_OK(book_.PutGroup(manager_, put));
  group.set_precedence(251);
  EXPECT_THAT(book_.PutGroup(manager_, put), kReused);

  const std::vector<std::function<void(v1::Group&)>> faults = {
      [](auto& wrong) { wrong.set_name("Credit!"); },
      [](auto& wrong) { wrong.set_precedence(1'001); },
      [](auto& wrong) { wrong.set_at_least(static_cast<v1::Effect>(77)); },
      [](auto& wrong) { wrong.set_at_most(static_cast<v1::Effect>(-1)); },
      [](auto& wrong) { wrong.set_at_most(v1::EFFECT_ACCEPT); },
      [](auto& wrong) { wrong.set_deposit_ppm(1'000'001); },
      [](auto& wrong) { wrong.mutable_credit_limits(0)->set_currency("rupiah"); },
      [](auto& wrong) { wrong.mutable_credit_limits(0)->set_currency("IDR"); },
      [](auto& wrong) { wrong.mutable_rule()->mutable_least_turnover()->set_currency(""); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    v1::PutGroupRequest wrong = put;
    wrong.set_request_id(RequestId());
    faults[i](*wrong.mutable_group());
    EXPECT_THAT(book_.PutGroup(manager_, wrong), kWrong) << "fault " << i;
  }
  v1::RemoveGroupRequest remove;
  remove.set_request_id(RequestId());
  remove.set_name("credit");
  EXPECT_THAT(book_.RemoveGroup(manager_, remove), kWrong);  // why?
  remove.set_because("nobody is in it");
  v1::SetCustomerGroupsRequest in_it;
  in_it.set_request_id(RequestId());
  in_it.set_id(AddCustomer(kBudi));
  in_it.add_add("credit");
  in_it.set_because("x");
  DAFTAR_ASSERT_OK(book_.SetCustomerGroups(manager_, in_it));
  auto removed = book_.RemoveGroup(manager_, remove);
  DAFTAR_ASSERT_OK(removed);
  EXPECT_EQ(removed->customers(), 1u);
  EXPECT_THAT(listed(), IsEmpty());
  remove.set_request_id(RequestId());
  EXPECT_THAT(book_.RemoveGroup(manager_, remove), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(BookGroupsTest, GroupsOfEqualPrecedenceAreTold) {
  const auto put = [this](const std::string& name, uint32_t precedence) {
    v1::PutGroupRequest request;
    request.set_request_id(RequestId());
    request.mutable_group()->set_name(name);
    request.mutable_group()->set_precedence(precedence);
    request.set_because("x");
    auto response = book_.PutGroup(manager_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return std::vector<std::string>(response->same_precedence().begin(),
                                    response->same_precedence().end());
  };
  EXPECT_TRUE(put("loyal", 0).empty());  // the default is no shipped group's
  EXPECT_EQ(put("guild", 0), std::vector<std::string>{"loyal"});
  EXPECT_EQ(put("friends", 400), std::vector<std::string>{"vip"});
  v1::SetCustomerGroupsRequest both;
  both.set_request_id(RequestId());
  both.set_id(AddCustomer(kBudi));
  both.add_add("loyal");
  both.add_add("guild");
  both.set_because("x");
  auto customer = book_.SetCustomerGroups(manager_, both);
  DAFTAR_ASSERT_OK(customer);
  EXPECT_EQ(customer->customer().group(), "guild");
  ASSERT_EQ(customer->customer().tied_groups_size(), 1);
  EXPECT_EQ(customer->customer().tied_groups(0), "loyal");
}

TEST_F(BookGroupsTest, AReportCountsTheOrdersAndIncidentsOfItsPeriod) {
  v1::SetCustomerGroupsRequest vip;
  vip.set_request_id(RequestId());
  vip.set_id(AddCustomer(kBudi));
  vip.add_add("vip");
  vip.set_because("buys a lot");
  DAFTAR_ASSERT_OK(SetGroups(vip));
  vip.set_request_id(RequestId());
  vip.set_id(AddCustomer("0812-9999-7001"));  // who buys nothing
  DAFTAR_ASSERT_OK(SetGroups(vip));
  AddOrder("A", "IDR", 1'000, 100, "paid", 95);
  AddOrder("B", "IDR", 20'000, 80, "late", 65);  // five days
  AddOrder("C", "IDR", 300'000, 60, "unpaid", 30);
  AddOrder("D", "IDR", 4'000'000, 59, "unpaid", 30);
  AddOrder("E", "USD", 500, 50, "");
  const auto incident = [&](int days_ago) {
    ledger::NewIncident account = testing::DepositUnsettled(kBudi);
    account.occurred = *evidence::Date::Parse(DaysAgo(days_ago));
    DAFTAR_ASSERT_OK(node_->ledger().Add(node_.Caller(), account));
  };
  incident(100);
  incident(80);
  incident(50);

  // Members, customers, orders, turnover, on time, late, unpaid, days late, loss, incidents.
  EXPECT_THAT(Report(100, 50), ElementsAre("vip:IDR 2 1 4 4321000 1 1 2 25 4300000 3",
                                           HasSubstr("vip:USD 2 1 1 500")));
  EXPECT_THAT(Report(100, 60), ElementsAre("vip:IDR 2 1 3 321000 1 1 1 25 300000 2"));
  EXPECT_THAT(Report(99, 51), ElementsAre("vip:IDR 2 1 3 4320000 0 1 2 50 4300000 1"));
  EXPECT_THAT(Report(10, 0), ElementsAre("vip: 2 0 0 0 0 0 0 0 0 0"));
  v1::ReportGroupsRequest request;
  request.set_from(DaysAgo(10));
  request.set_to(DaysAgo(-100));  // no further than today
  auto report = book_.ReportGroups(manager_, request);
  DAFTAR_ASSERT_OK(report);
  EXPECT_EQ(report->from(), DaysAgo(10));
  EXPECT_EQ(report->to(), DaysAgo(0));
  request.set_from(DaysAgo(-1));
  EXPECT_THAT(book_.ReportGroups(manager_, request), kWrong);
  request.set_from("long ago");
  EXPECT_THAT(book_.ReportGroups(manager_, request), kWrong);
  request.set_from(DaysAgo(10));
  request.set_to("now");
  EXPECT_THAT(book_.ReportGroups(manager_, request), kWrong);
}

TEST_F(BookGroupsTest, ErasingSaysHowManyOrdersWentAndStayed) {
  const std::string id = AddCustomer(kBudi);
  AddOrder("A", "IDR", 1'000, 100, "paid", 95);
  AddOrder("B", "IDR", 1'000, 100, "paid", 95);
  AddOrder("C", "IDR", 1'000, 100, "");
  v1::EraseCustomerRequest request;
  request.set_request_id(RequestId());
  request.set_id(id);
  request.set_because("asked");
  auto erased = book_.EraseCustomer(manager_, request);
  DAFTAR_ASSERT_OK(erased);
  EXPECT_EQ(erased->orders_erased(), 2u);
  EXPECT_EQ(erased->orders_kept(), 1u);
  EXPECT_EQ(erased->customers_erased(), 0u);
  auto again = book_.EraseCustomer(manager_, request);  // tells the same
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->DebugString(), erased->DebugString());
}

}  // namespace
}  // namespace daftar::service
