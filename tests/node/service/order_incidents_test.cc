// Incidents that are made from orders, as a client of the local API sees them.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

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
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kPhone[] = "0812-3456-7890";

class OrderIncidentsTest : public ::testing::Test {
 protected:
  explicit OrderIncidentsTest(const std::string& charter = {}) : circle_(1'793'491'200, charter) {
    circle_.PairAll();
  }
  std::string DaysAgo(int days) {
    return evidence::Date::Of(circle_.clock().Now()).PlusDays(-days).ToString();
  }
  std::string RequestId() { return "request-" + std::to_string(++requests_); }
  void Settle(const std::string& incident) {
    v1::SettleIncidentRequest request;
    request.set_request_id(RequestId());
    request.set_id(incident);
    request.set_because("paid");
    DAFTAR_EXPECT_OK(shop_.SettleIncident(manager_, request));
  }
  void Withdraw(const std::string& incident, const std::string& ground) {
    v1::WithdrawIncidentRequest request;
    request.set_request_id(RequestId());
    request.set_id(incident);
    request.set_ground(ground);
    request.set_because("no report any more");
    DAFTAR_EXPECT_OK(shop_.WithdrawIncident(manager_, request));
  }
  // An order that was due forty days ago; `paid`: the day, or empty.
  v1::Order Order(const std::string& paid) {
    v1::AddOrderRequest request;
    request.set_request_id(RequestId());
    request.add_identifiers()->set_phone(kPhone);
    request.mutable_amount()->set_minor(450'000'000);
    request.mutable_amount()->set_currency("IDR");
    request.set_invoiced(DaysAgo(60));
    request.set_due(DaysAgo(40));
    auto added = book_.AddOrder(manager_, request);
    EXPECT_TRUE(added.ok()) << added.status();
    if (paid.empty()) return added->order();
    v1::SetOrderOutcomeRequest outcome;
    outcome.set_request_id(RequestId());
    outcome.set_order(added->order().id());
    outcome.set_outcome("paid");
    outcome.set_on(paid);
    outcome.set_because("by transfer");
    DAFTAR_EXPECT_OK(book_.SetOrderOutcome(manager_, outcome));
    return added->order();
  }
  void Pay(const v1::Order& order, const std::string& on) {
    v1::SetOrderOutcomeRequest outcome;
    outcome.set_request_id(RequestId());
    outcome.set_order(order.id());
    outcome.set_outcome("paid");
    outcome.set_on(on);
    DAFTAR_EXPECT_OK(book_.SetOrderOutcome(manager_, outcome));
  }
  absl::StatusOr<v1::PublishIncidentResponse> Publish(const std::string& incident) {
    v1::PublishIncidentRequest request;
    request.set_request_id(RequestId());
    request.set_id(incident);
    return shop_.PublishIncident(manager_, request);
  }
  v1::EraseCustomerRequest Erasing(const v1::Order& order) {
    v1::EraseCustomerRequest request;
    request.set_request_id(RequestId());
    request.set_id(order.customer());
    request.set_because("asked for it");
    return request;
  }
  // Of an order that was due forty days ago and is not paid.
  std::string Filed(const v1::Order& order, const std::string& reason = "") {
    auto filed = shop_.AddIncident(manager_, About(order.id(), reason));
    EXPECT_TRUE(filed.ok()) << filed.status();
    return filed.ok() ? filed->incident().id() : "";
  }
  absl::StatusOr<ledger::IncidentView> View(const std::string& incident) {
    return node_->ledger().Get(*ledger::IncidentId::FromHexText(incident));
  }
  v1::AddIncidentRequest About(const std::string& order, const std::string& reason) {
    v1::AddIncidentRequest request;
    request.set_request_id(RequestId());
    request.set_order(order);
    request.set_reason(reason);
    return request;
  }
  v1::CheckResponse Ask() {
    v1::CheckRequest request;
    request.set_request_id(RequestId());
    request.add_identifiers()->set_phone(kPhone);
    auto answer = shop_.Check(manager_, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return *answer;
  }
  v1::OrderSummary Orders() {
    v1::GetCustomerRequest request;
    request.mutable_identifier()->set_phone(kPhone);
    auto customer = shop_.GetCustomer(manager_, request);
    EXPECT_TRUE(customer.ok()) << customer.status();
    return customer->customer().orders();
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  SimNode& partner_ = circle_.Add("toko-b.test");
  ShopHandlers shop_{*node_};
  BookHandlers book_{*node_};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  int requests_ = 0;
};

TEST_F(OrderIncidentsTest, AnIncidentOfABadOrderCountsWithIt) {
  const v1::Order order = Order("");
  auto filed = shop_.AddIncident(manager_, About(order.id(), ""));
  DAFTAR_ASSERT_OK(filed);
  EXPECT_EQ(filed->incident().reason(), "invoice-overdue");
  v1::GetOrderRequest of_order;
  of_order.set_order(order.id());
  auto shown = book_.GetOrder(manager_, of_order);
  DAFTAR_ASSERT_OK(shown);
  EXPECT_EQ(shown->order().incident(), filed->incident().id());
  EXPECT_EQ(shown->order().incident_state(), "ready");
  EXPECT_EQ(order.incident(), "");
  const v1::CheckResponse answer = Ask();
  ASSERT_EQ(answer.inputs_size(), 2);
  EXPECT_EQ(answer.inputs(0).type(), "own_orders");
  EXPECT_FALSE(answer.inputs(0).with_order());
  EXPECT_EQ(answer.inputs(1).type(), "own_incident");
  EXPECT_TRUE(answer.inputs(1).with_order());
  EXPECT_FALSE(answer.inputs(1).counted());
  v1::GetReceiptRequest request;
  request.set_receipt(answer.receipt());
  auto receipt = shop_.GetReceipt(manager_, request);
  DAFTAR_ASSERT_OK(receipt);
  EXPECT_TRUE(receipt->inputs(1).with_order());
}

TEST_F(OrderIncidentsTest, AnIncidentTellsThatItsOrderWasPaid) {
  const v1::Order order = Order("");
  auto filed = shop_.AddIncident(manager_, About(order.id(), ""));
  DAFTAR_ASSERT_OK(filed);
  const auto shown = [&] {
    v1::GetIncidentRequest request;
    request.set_id(filed->incident().id());
    auto incident = shop_.GetIncident(manager_, request);
    EXPECT_TRUE(incident.ok()) << incident.status();
    return incident->incident();
  };
  EXPECT_EQ(shown().order_paid(), "");
  v1::SetOrderOutcomeRequest outcome;
  outcome.set_request_id(RequestId());
  outcome.set_order(order.id());
  outcome.set_outcome("paid");
  outcome.set_on(DaysAgo(1));
  outcome.set_because("by transfer");
  DAFTAR_ASSERT_OK(book_.SetOrderOutcome(manager_, outcome));
  EXPECT_EQ(shown().state(), "ready");
  EXPECT_EQ(shown().order_paid(), DaysAgo(1));
  EXPECT_EQ(Ask().inputs(1).status(), "settled");
}

TEST_F(OrderIncidentsTest, AnIncidentNamesItsCustomerToWhoeverMayReadCustomers) {
  constexpr char kOther[] = "0813-2465-7980";
  v1::AddIncidentRequest request = About("", "no-show");
  request.add_identifiers()->set_phone(kPhone);
  request.add_identifiers()->set_phone(kOther);
  request.set_occurred(DaysAgo(3));
  auto filed = shop_.AddIncident(manager_, request);
  DAFTAR_ASSERT_OK(filed);
  const auto customer = [&](Role role) {
    v1::GetIncidentRequest get;
    get.set_id(filed->incident().id());
    auto shown = shop_.GetIncident(Actor{"user:x", Roles{role}}, get);
    EXPECT_TRUE(shown.ok()) << shown.status();
    return shown.ok() ? shown->incident().customer() : "error";
  };
  EXPECT_EQ(customer(Role::kManager), "");  // the book has nobody
  const std::string known = Order("").customer();
  EXPECT_EQ(customer(Role::kManager), known);
  EXPECT_EQ(customer(Role::kStaff), known);
  EXPECT_EQ(customer(Role::kAuditor), "");
  v1::ListIncidentsRequest list;
  EXPECT_EQ(shop_.ListIncidents(manager_, list)->incidents(0).customer(), "");
  // Of two customers it is nobody's, until they are one.
  v1::AddCustomerRequest add;
  add.set_request_id(RequestId());
  add.set_name("Sari");
  add.add_identifiers()->set_phone(kOther);
  auto second = shop_.AddCustomer(manager_, add);
  DAFTAR_ASSERT_OK(second);
  EXPECT_EQ(customer(Role::kManager), "");
  v1::MergeCustomersRequest merge;
  merge.set_request_id(RequestId());
  merge.set_into(known);
  merge.set_from(second->customer().id());
  merge.set_because("the same person");
  DAFTAR_ASSERT_OK(book_.MergeCustomers(manager_, merge));
  EXPECT_EQ(customer(Role::kManager), known);
}

TEST_F(OrderIncidentsTest, NothingIsMissingForAReasonThatIsNeverShared) {
  v1::AddIncidentRequest request = About("", "staff-abuse");
  request.add_identifiers()->set_phone(kPhone);
  request.set_occurred(DaysAgo(3));
  auto filed = shop_.AddIncident(manager_, request);
  DAFTAR_ASSERT_OK(filed);
  EXPECT_EQ(filed->incident().missing_size(), 0);
  v1::PublishIncidentRequest publish;
  publish.set_request_id(RequestId());
  publish.set_id(filed->incident().id());
  EXPECT_THAT(shop_.PublishIncident(manager_, publish),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("never shared")));
}

TEST_F(OrderIncidentsTest, OrdersWithoutAnOutcomeAreToldAndARepeatedCheckMakesNoneUp) {
  Order("");
  v1::CheckRequest request;
  request.set_request_id(RequestId());
  request.add_identifiers()->set_phone(kPhone);
  auto first = shop_.Check(manager_, request);
  DAFTAR_ASSERT_OK(first);
  ASSERT_EQ(first->inputs(0).type(), "own_orders");
  EXPECT_EQ(first->inputs(0).orders().unpaid(), 1u);
  auto again = shop_.Check(manager_, request);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->receipt(), first->receipt());
  ASSERT_EQ(again->inputs(0).type(), "own_orders");
  EXPECT_FALSE(again->inputs(0).has_orders());
  // One that is not due yet is no input of the decision.
  v1::AddOrderRequest order;
  order.set_request_id(RequestId());
  order.add_identifiers()->set_phone("0812-9999-7001");
  order.mutable_amount()->set_minor(100);
  order.mutable_amount()->set_currency("IDR");
  order.set_due(DaysAgo(-9));
  DAFTAR_ASSERT_OK(book_.AddOrder(manager_, order));
  request.set_request_id(RequestId());
  request.mutable_identifiers(0)->set_phone("0812-9999-7001");
  auto open = shop_.Check(manager_, request);
  DAFTAR_ASSERT_OK(open);
  ASSERT_EQ(open->inputs_size(), 1);
  EXPECT_EQ(open->inputs(0).orders().open(), 1u);
  EXPECT_FALSE(open->inputs(0).counted());
}

TEST_F(OrderIncidentsTest, WhatAnOrderBringsIsNotSaidOnceMore) {
  const v1::Order order = Order("");
  v1::AddIncidentRequest identified = About(order.id(), "");
  identified.add_identifiers()->set_phone("0812-9999-7001");
  v1::AddIncidentRequest priced = About(order.id(), "");
  priced.mutable_amount()->set_minor(1);
  priced.mutable_amount()->set_currency("IDR");
  v1::AddIncidentRequest due = About(order.id(), "");
  due.set_due(DaysAgo(1));
  for (const v1::AddIncidentRequest& request : {identified, priced, due}) {
    EXPECT_THAT(shop_.AddIncident(manager_, request),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("leave them out")));
  }
}

TEST_F(OrderIncidentsTest, WhatElseWentWrongMayHaveADayOfItsOwn) {
  const v1::Order order = Order(DaysAgo(50));
  EXPECT_EQ(Orders().paid_on_time(), 1u);
  v1::AddIncidentRequest request = About(order.id(), "");
  request.set_occurred(DaysAgo(3));
  EXPECT_THAT(shop_.AddIncident(manager_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("leave them out")));
  request.set_reason("payment-reversed");
  request.set_occurred("soon");
  EXPECT_THAT(shop_.AddIncident(manager_, request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_occurred(DaysAgo(3));
  auto filed = shop_.AddIncident(manager_, request);
  DAFTAR_ASSERT_OK(filed);
  EXPECT_EQ(filed->incident().occurred(), DaysAgo(3));
  EXPECT_EQ(Orders().paid_on_time(), 0u);
  EXPECT_EQ(Orders().broken(), 1u);
  EXPECT_EQ(Ask().effect(), v1::EFFECT_PREPAY);
}

TEST_F(OrderIncidentsTest, ADisputeLostPutsTheOrderInQuestionWhereverItIsShown) {
  const v1::Order order = Order("");
  auto filed = shop_.AddIncident(manager_, About(order.id(), ""));
  DAFTAR_ASSERT_OK(filed);
  EXPECT_EQ(Orders().overdue(), 1u);
  EXPECT_EQ(Ask().effect(), v1::EFFECT_PREPAY);
  Withdraw(filed->incident().id(), "dispute-upheld");
  EXPECT_EQ(Orders().overdue(), 0u);
  EXPECT_EQ(Orders().disputed(), 1u);
  EXPECT_EQ(Ask().effect(), v1::EFFECT_ACCEPT);
}

TEST_F(OrderIncidentsTest, OnlyWhatWasFiledByMistakeWasSettledByMistake) {
  for (const char* ground : {"", "request", "paid", "mistake"}) {
    const v1::Order order = Order("");
    auto filed = shop_.AddIncident(manager_, About(order.id(), ""));
    DAFTAR_ASSERT_OK(filed);
    Settle(filed->incident().id());
    EXPECT_EQ(Orders().overdue(), 0u);
    Withdraw(filed->incident().id(), ground);
    EXPECT_EQ(Orders().overdue(), std::string(ground) == "mistake" ? 1u : 0u) << ground;
  }
}

TEST_F(OrderIncidentsTest, AnOrderThatItsIncidentPaidIsNotGivenUpInPassing) {
  const v1::Order order = Order("");
  const auto give_up = [&] {
    v1::SetOrderOutcomeRequest request;
    request.set_request_id(RequestId());
    request.set_order(order.id());
    request.set_outcome("unpaid");
    return book_.SetOrderOutcome(manager_, request).status();
  };
  auto filed = shop_.AddIncident(manager_, About(order.id(), ""));
  DAFTAR_ASSERT_OK(filed);
  Settle(filed->incident().id());
  v1::SetOrderOutcomeRequest reopen;
  reopen.set_request_id(RequestId());
  reopen.set_order(order.id());
  reopen.set_outcome("open");
  EXPECT_THAT(book_.SetOrderOutcome(manager_, reopen),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(give_up(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                  HasSubstr("says that it was paid on " + DaysAgo(0))));
  Withdraw(filed->incident().id(), "mistake");
  DAFTAR_EXPECT_OK(give_up());
}

TEST_F(OrderIncidentsTest, WhatAnEarlierIncidentSettledStaysPaid) {
  const v1::Order order = Order("");
  auto first = shop_.AddIncident(manager_, About(order.id(), ""));
  DAFTAR_ASSERT_OK(first);
  Settle(first->incident().id());
  Withdraw(first->incident().id(), "request");
  const auto shown = [&] {
    v1::GetOrderRequest request;
    request.set_order(order.id());
    auto response = book_.GetOrder(manager_, request);
    return response.ok() ? response->order() : v1::Order();
  };
  EXPECT_EQ(shown().paid(), DaysAgo(0));
  auto second = shop_.AddIncident(manager_, About(order.id(), "no-show"));
  DAFTAR_ASSERT_OK(second);
  EXPECT_EQ(shown().paid(), DaysAgo(0));
  EXPECT_EQ(Orders().overdue(), 0u);
  Withdraw(second->incident().id(), "mistake");
  EXPECT_EQ(shown().paid(), DaysAgo(0));
  EXPECT_EQ(shown().state(), "late");
}

TEST_F(OrderIncidentsTest, ADraftIsNotPublishedWhenItsOrderWasPaidInTime) {
  const v1::Order order = Order("");
  auto filed = shop_.AddIncident(manager_, About(order.id(), ""));
  DAFTAR_ASSERT_OK(filed);
  v1::SetOrderOutcomeRequest paid;
  paid.set_request_id(RequestId());
  paid.set_order(order.id());
  paid.set_outcome("paid");
  paid.set_on(DaysAgo(45));
  DAFTAR_ASSERT_OK(book_.SetOrderOutcome(manager_, paid));
  v1::PublishIncidentRequest publish;
  publish.set_request_id(RequestId());
  publish.set_id(filed->incident().id());
  EXPECT_THAT(shop_.PublishIncident(manager_, publish),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("paid by the day it was due"),
                             HasSubstr("daftar incident withdraw " + filed->incident().id()))));
}

TEST_F(OrderIncidentsTest, ADebtThatWasPaidSinceIsNotPublished) {
  for (const char* reason : {"invoice-overdue", "deposit-unsettled", "invoice-unpaid-reminded"}) {
    const v1::Order order = Order("");
    const std::string incident = Filed(order, reason);
    Pay(order, DaysAgo(0));
    EXPECT_THAT(Publish(incident),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr("was paid on " + DaysAgo(0)), HasSubstr("incident settle"),
                               HasSubstr("incident withdraw " + incident))))
        << reason;
    v1::SetOrderOutcomeRequest reopen;
    reopen.set_request_id(RequestId());
    reopen.set_order(order.id());
    reopen.set_outcome("open");
    reopen.set_because("the transfer was returned");
    DAFTAR_ASSERT_OK(book_.SetOrderOutcome(manager_, reopen));
    DAFTAR_EXPECT_OK(Publish(incident));
  }
}

TEST_F(OrderIncidentsTest, ThatMoneyCameLateOrWasTakenBackIsPublishedOfAPaidOrder) {
  for (const char* reason : {"invoice-overdue", "payment-reversed", "no-show"}) {
    DAFTAR_EXPECT_OK(Publish(Filed(Order(DaysAgo(20)), reason))) << reason;
  }
}

TEST_F(OrderIncidentsTest, AnIncidentNamesItsOrderByInvoiceToo) {
  const v1::Order order = Order("");
  auto filed = shop_.AddIncident(manager_, About(order.invoice(), ""));
  DAFTAR_ASSERT_OK(filed);
  EXPECT_EQ(filed->incident().order(), order.id());
  EXPECT_THAT(shop_.AddIncident(manager_, About("no-such", "")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("order list")));
}

TEST_F(OrderIncidentsTest, AnOrderOnCreditIsDueAfterTheDaysThatTheGroupGives) {
  v1::AddCustomerRequest customer;
  customer.set_request_id(RequestId());
  customer.add_identifiers()->set_phone(kPhone);
  customer.add_groups("vip");
  DAFTAR_ASSERT_OK(shop_.AddCustomer(manager_, customer));
  const auto due = [&](v1::Terms terms) {
    v1::AddOrderRequest request;
    request.set_request_id(RequestId());
    request.add_identifiers()->set_phone(kPhone);
    request.mutable_amount()->set_minor(100);
    request.mutable_amount()->set_currency("IDR");
    request.set_terms(terms);
    auto added = book_.AddOrder(manager_, request);
    EXPECT_TRUE(added.ok()) << added.status();
    return added->order().due();
  };
  EXPECT_EQ(due(v1::TERMS_CREDIT), DaysAgo(-30));
  EXPECT_EQ(due(v1::TERMS_UNSPECIFIED), DaysAgo(-30));
  EXPECT_EQ(due(v1::TERMS_COD), DaysAgo(0));
}

TEST_F(OrderIncidentsTest, AnOrderTakesTheTermsThatWereChecked) {
  v1::CheckRequest question;
  question.set_request_id(RequestId());
  question.add_identifiers()->set_phone(kPhone);
  question.set_terms(v1::TERMS_PREPAID);
  question.mutable_amount()->set_minor(100);
  question.mutable_amount()->set_currency("IDR");
  auto answer = shop_.Check(manager_, question);
  DAFTAR_ASSERT_OK(answer);
  v1::AddOrderRequest request;
  request.add_identifiers()->set_phone(kPhone);
  *request.mutable_amount() = question.amount();
  request.set_receipt(answer->receipt());
  request.set_terms(v1::TERMS_CREDIT);
  request.set_request_id(RequestId());
  EXPECT_THAT(book_.AddOrder(manager_, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("prepaid")));
  request.clear_terms();
  request.mutable_amount()->set_currency("USD");
  request.set_request_id(RequestId());
  EXPECT_THAT(book_.AddOrder(manager_, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("USD")));
  *request.mutable_amount() = question.amount();
  request.set_request_id(RequestId());
  auto added = book_.AddOrder(manager_, request);
  DAFTAR_ASSERT_OK(added);
  EXPECT_EQ(added->order().terms(), v1::TERMS_PREPAID);
}

TEST_F(OrderIncidentsTest, AnOrderIsListedAndShownAsItsIncidentLeavesIt) {
  const std::vector<v1::Order> orders = {Order(""), Order(""), Order(DaysAgo(50)),
                                         Order(DaysAgo(50)), Order("")};
  std::vector<std::string> incidents;
  const char* kReasons[] = {"", "", "payment-reversed", "agreement-broken"};
  for (size_t i = 0; i < std::size(kReasons); ++i) {
    auto filed = shop_.AddIncident(manager_, About(orders[i].id(), kReasons[i]));
    DAFTAR_ASSERT_OK(filed);
    incidents.push_back(filed->incident().id());
  }
  const auto settle = [&](const std::string& id, const std::string& on) {
    v1::SettleIncidentRequest request;
    request.set_request_id(RequestId());
    request.set_id(id);
    request.set_settled_on(on);
    request.set_because("paid");
    DAFTAR_ASSERT_OK(shop_.SettleIncident(manager_, request));
  };
  settle(incidents[0], DaysAgo(38));
  v1::WithdrawIncidentRequest upheld;
  upheld.set_request_id(RequestId());
  upheld.set_id(incidents[1]);
  upheld.set_ground("dispute-upheld");
  upheld.set_because("delivered to a neighbour");
  DAFTAR_ASSERT_OK(shop_.WithdrawIncident(manager_, upheld));
  const auto show = [&](size_t i) {
    v1::GetOrderRequest request;
    request.set_order(orders[i].id());
    auto shown = book_.GetOrder(manager_, request);
    EXPECT_TRUE(shown.ok()) << shown.status();
    return shown->order();
  };
  EXPECT_EQ(show(0).state(), "paid");
  EXPECT_EQ(show(0).paid(), DaysAgo(38));
  EXPECT_EQ(show(0).days_late(), 2u);
  EXPECT_EQ(show(1).state(), "disputed");
  EXPECT_EQ(show(2).state(), "broken");
  EXPECT_EQ(show(3).state(), "broken");
  EXPECT_EQ(show(4).state(), "unpaid");
  // By one customer's incidents, and by those of the whole book.
  for (const std::string& customer : {orders[0].customer(), std::string()}) {
    const auto listed = [&](const std::string& state) {
      v1::ListOrdersRequest request;
      request.set_state(state);
      request.set_customer(customer);
      request.set_page_size(1);
      std::set<std::string> ids;
      do {
        auto page = book_.ListOrders(manager_, request);
        EXPECT_TRUE(page.ok()) << page.status();
        for (const auto& order : page->orders()) ids.insert(order.id());
        request.set_page_token(page->next_page_token());
      } while (!request.page_token().empty());
      return ids;
    };
    const auto of = [&](std::initializer_list<size_t> which) {
      std::set<std::string> ids;
      for (const size_t i : which) ids.insert(orders[i].id());
      return ids;
    };
    EXPECT_EQ(listed("paid"), of({0}));
    EXPECT_EQ(listed("disputed"), of({1}));
    EXPECT_EQ(listed("broken"), of({2, 3}));
    EXPECT_EQ(listed("unpaid"), of({4}));
    EXPECT_EQ(listed("owed"), of({2, 4}));  // what was taken back is owed
    EXPECT_EQ(listed("").size(), orders.size());
  }
  settle(incidents[2], DaysAgo(0));
  v1::ListOrdersRequest owed;
  owed.set_state("owed");
  EXPECT_EQ(book_.ListOrders(manager_, owed)->orders_size(), 1);
  EXPECT_EQ(show(2).state(), "broken");
  // Paid late, then taken back.
  const v1::Order late = Order(DaysAgo(20));
  v1::GetOrderRequest of_late;
  of_late.set_order(late.id());
  EXPECT_EQ(book_.GetOrder(manager_, of_late)->order().state(), "late");
  DAFTAR_ASSERT_OK(shop_.AddIncident(manager_, About(late.id(), "payment-reversed")));
  EXPECT_EQ(book_.GetOrder(manager_, of_late)->order().state(), "broken");
  EXPECT_EQ(book_.ListOrders(manager_, owed)->orders_size(), 2);
  owed.set_state("gone");
  EXPECT_THAT(book_.ListOrders(manager_, owed),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("disputed, broken")));
}

TEST_F(OrderIncidentsTest, ErasingAPersonGoesByTheSettlementThatErasesWithIt) {
  const v1::Order order = Order("");
  auto filed = shop_.AddIncident(manager_, About(order.id(), ""));
  DAFTAR_ASSERT_OK(filed);
  Settle(filed->incident().id());
  v1::EraseCustomerRequest erase;
  erase.set_request_id(RequestId());
  erase.set_id(order.customer());
  erase.set_because("asked for it");
  auto erased = book_.EraseCustomer(manager_, erase);
  DAFTAR_ASSERT_OK(erased);
  EXPECT_EQ(erased->orders_erased(), 1u);
  EXPECT_EQ(erased->orders_kept(), 0u);
  EXPECT_EQ(erased->incidents_erased(), 1u);
}

TEST_F(OrderIncidentsTest, WhoeverHasPaidAndIsErasedOwesNothingAnywhere) {
  const v1::Order order = Order("");
  const std::string incident = Filed(order);
  DAFTAR_ASSERT_OK(Publish(incident));
  circle_.Settle();
  Pay(order, DaysAgo(1));
  const v1::EraseCustomerRequest erasing = Erasing(order);
  auto erased = book_.EraseCustomer(manager_, erasing);
  DAFTAR_ASSERT_OK(erased);
  EXPECT_EQ(erased->orders_erased(), 1u);
  auto view = View(incident);
  DAFTAR_ASSERT_OK(view);
  EXPECT_EQ(view->state, ledger::IncidentState::kSettled);
  EXPECT_EQ(view->incident.settled_on.ToString(), DaysAgo(1));
  EXPECT_EQ(view->incident.events.back().by, "user:budi");
  EXPECT_THAT(view->incident.events.back().because, HasSubstr("was paid on " + DaysAgo(1)));
  DAFTAR_ASSERT_OK(book_.EraseCustomer(manager_, erasing));
  EXPECT_EQ(View(incident)->incident.events.size(), view->incident.events.size());
  circle_.Settle();
  ShopHandlers partners(*partner_);
  v1::CheckRequest question;
  question.set_request_id(RequestId());
  question.add_identifiers()->set_phone(kPhone);
  auto answer = partners.Check(manager_, question);
  DAFTAR_ASSERT_OK(answer);
  size_t records = 0;
  for (const auto& input : answer->inputs()) {
    if (input.type() != "partner_record") continue;
    ++records;
    EXPECT_EQ(input.status(), "settled");
  }
  EXPECT_EQ(records, 1u);
}

TEST_F(OrderIncidentsTest, WhatWaitsForItsTickIsNotPublishedOfWhoHasPaidAndIsErased) {
  const v1::Order order = Order("");
  const std::string incident = Filed(order);
  DAFTAR_ASSERT_OK(Publish(incident));
  Pay(order, DaysAgo(0));
  const uint64_t size = node_->publisher().tree_size();
  auto erased = book_.EraseCustomer(manager_, Erasing(order));
  DAFTAR_ASSERT_OK(erased);
  EXPECT_EQ(erased->incidents_erased(), 1u);
  EXPECT_EQ(erased->identifiers_kept(), 0u);
  EXPECT_THAT(View(incident), StatusIs(absl::StatusCode::kNotFound));
  circle_.Settle();
  EXPECT_EQ(node_->publisher().tree_size(), size);
}

TEST_F(OrderIncidentsTest, ErasingSettlesNothingThatIsOwedOrWasNoDebt) {
  const v1::Order owed = Order("");
  const v1::Order reversed = Order(DaysAgo(50));
  const v1::Order no_show = Order(DaysAgo(50));
  const std::string incidents[] = {Filed(owed), Filed(reversed, "payment-reversed"),
                                   Filed(no_show, "no-show")};
  for (const std::string& incident : incidents) DAFTAR_ASSERT_OK(Publish(incident));
  circle_.Settle();
  v1::EraseCustomerRequest wrong = Erasing(owed);
  wrong.clear_because();
  EXPECT_THAT(book_.EraseCustomer(manager_, wrong), StatusIs(absl::StatusCode::kInvalidArgument));
  auto erased = book_.EraseCustomer(manager_, Erasing(owed));
  DAFTAR_ASSERT_OK(erased);
  EXPECT_EQ(erased->orders_kept(), 2u);
  for (const std::string& incident : incidents) {
    EXPECT_EQ(View(incident)->state, ledger::IncidentState::kPublished);
  }
}

class HeldOrderIncidentsTest : public OrderIncidentsTest {
 protected:
  HeldOrderIncidentsTest() : OrderIncidentsTest(CharterWithHold()) {}
  static std::string CharterWithHold() {
    std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::string section = "[reasons.invoice-overdue]\n";
    return text.insert(text.find(section) + section.size(), "hold_hours = 24\n");
  }
};

TEST_F(HeldOrderIncidentsTest, WhatIsHeldEndsWithTheErasureOfWhoHasPaid) {
  const v1::Order order = Order("");
  // An identifier that stays for what partners have keeps the incident, which then says why it is
  // not published.
  ledger::NewIncident published = ::daftar::testing::DepositUnsettled(kPhone);
  auto other = node_->ledger().Add(node_.Caller(), published);
  DAFTAR_ASSERT_OK(other);
  DAFTAR_ASSERT_OK(Publish(other->incident.id.hex()));
  circle_.Settle();
  const std::string incident = Filed(order);
  DAFTAR_ASSERT_OK(Publish(incident));
  DAFTAR_ASSERT_OK(
      node_->ledger().Notice(node_.Caller(), *ledger::IncidentId::FromHexText(incident)));
  ASSERT_EQ(View(incident)->state, ledger::IncidentState::kHeld);
  Pay(order, DaysAgo(0));
  const uint64_t size = node_->publisher().tree_size();
  DAFTAR_ASSERT_OK(book_.EraseCustomer(manager_, Erasing(order)));
  auto view = View(incident);
  DAFTAR_ASSERT_OK(view);
  EXPECT_EQ(view->state, ledger::IncidentState::kWithdrawn);
  EXPECT_EQ(view->incident.withdrawn_for, evidence::WithdrawalGround::kPaid);
  EXPECT_FALSE(view->deadline.has_value());
  circle_.clock().Advance(48 * 3600);
  circle_.Settle();
  EXPECT_EQ(node_->publisher().tree_size(), size);
}

TEST_F(OrderIncidentsTest, TermsCountAsToldWhenSomebodySaidThem) {
  const auto told = [&](v1::Terms asked, v1::Terms said) {
    v1::CheckRequest question;
    question.set_request_id(RequestId());
    question.add_identifiers()->set_phone(kPhone);
    question.set_terms(asked);
    auto answer = shop_.Check(manager_, question);
    EXPECT_TRUE(answer.ok()) << answer.status();
    v1::AddOrderRequest request;
    request.set_request_id(RequestId());
    request.add_identifiers()->set_phone(kPhone);
    request.mutable_amount()->set_minor(100);
    request.mutable_amount()->set_currency("IDR");
    request.set_receipt(answer->receipt());
    request.set_terms(said);
    auto added = book_.AddOrder(manager_, request);
    EXPECT_TRUE(added.ok()) << added.status();
    return node_->book().FindOrder(added->order().id())->order.terms_told;
  };
  EXPECT_FALSE(told(v1::TERMS_CREDIT, v1::TERMS_UNSPECIFIED));
  EXPECT_FALSE(told(v1::TERMS_UNSPECIFIED, v1::TERMS_UNSPECIFIED));
  EXPECT_TRUE(told(v1::TERMS_UNSPECIFIED, v1::TERMS_CREDIT));
  EXPECT_TRUE(told(v1::TERMS_COD, v1::TERMS_UNSPECIFIED));
}

TEST_F(OrderIncidentsTest, ListsAndReportsAgreeWithDecisions) {
  v1::Order last;
  for (int i = 0; i < 6; ++i) last = Order(DaysAgo(50));
  v1::PutGroupRequest group;
  group.set_request_id(RequestId());
  group.set_because("who pays");
  group.mutable_group()->set_name("payers");
  group.mutable_group()->mutable_rule()->set_least_on_time_ppm(900'000);
  DAFTAR_ASSERT_OK(book_.PutGroup(manager_, group));
  const auto members = [&] {
    v1::ListCustomersRequest request;
    request.set_group("payers");
    auto listed = book_.ListCustomers(manager_, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed->customers_size();
  };
  const auto on_time = [&](const std::string& name) {
    auto report = book_.ReportGroups(manager_, {});
    EXPECT_TRUE(report.ok()) << report.status();
    for (const auto& row : report->rows()) {
      if (row.group() == name && row.orders() > 0) return row.paid_on_time();
    }
    return uint64_t{0};
  };
  EXPECT_EQ(members(), 1);
  EXPECT_EQ(on_time("payers"), 6u);
  EXPECT_EQ(Ask().group(), "payers");
  DAFTAR_ASSERT_OK(shop_.AddIncident(manager_, About(last.id(), "payment-reversed")));
  EXPECT_EQ(members(), 0);
  EXPECT_EQ(on_time("payers"), 0u);
  EXPECT_EQ(on_time(""), 5u);
  EXPECT_EQ(Ask().group(), "");
}

}  // namespace
}  // namespace daftar::service
