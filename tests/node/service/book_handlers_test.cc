// Orders one by one, groups and the allowlist, as a client of the local API sees them.
#include "node/service/book_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "node/service/shop_handlers.h"
#include "storage/audit.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const auto kWrong = StatusIs(absl::StatusCode::kInvalidArgument);
const auto kReused = StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("request_id"));

class BookHandlersTest : public ::testing::Test {
 protected:
  std::string DaysAgo(int days) {
    return evidence::Date::Of(circle_.clock().Now()).PlusDays(-days).ToString();
  }
  // Each in a moment of its own: of one moment, the record of changes has no order.
  std::string RequestId() {
    circle_.clock().Advance(1);
    return "request-" + std::to_string(++requests_);
  }
  // Invoiced twenty days ago, due ten days ago.
  v1::AddOrderRequest NewOrder(const std::string& invoice) {
    v1::AddOrderRequest request;
    request.set_request_id(RequestId());
    request.add_identifiers()->set_phone("0812-3456-7890");
    request.set_name("Budi");
    request.set_invoice(invoice);
    request.mutable_amount()->set_minor(1'500'000);
    request.mutable_amount()->set_currency("IDR");
    request.set_invoiced(DaysAgo(20));
    request.set_due(DaysAgo(10));
    request.set_terms(v1::TERMS_DEPOSIT);
    return request;
  }
  v1::SetOrderOutcomeRequest NewOutcome(const std::string& invoice, const std::string& outcome) {
    v1::SetOrderOutcomeRequest request;
    request.set_request_id(RequestId());
    request.set_invoice(invoice);
    request.set_outcome(outcome);
    return request;
  }
  // The newest row on the record.
  storage::AuditRow LastChange() {
    storage::AuditQuery query;
    query.limit = 1;
    auto page = storage::ReadAudit(node_->store(), node_->vault(), query);
    EXPECT_TRUE(page.ok() && page->rows.size() == 1);
    return page.ok() && !page->rows.empty() ? page->rows.front() : storage::AuditRow();
  }
  size_t CountOrders() { return static_cast<size_t>(book_.ListOrders(staff_, {})->orders_size()); }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  BookHandlers book_{*node_};
  ShopHandlers shop_{*node_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  int requests_ = 0;
};

// How many files of the folder hold these bytes as they are.
size_t FilesWith(const std::filesystem::path& folder, const std::string& bytes) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.find(bytes) != std::string::npos) ++count;
  }
  return count;
}

// The sealed entry of the allowlist, and the row by which the identifier finds its checks.
TEST_F(BookHandlersTest, WhatAnErasureDeletesLeavesTheFiles) {
  v1::AddCustomerRequest customer;
  customer.set_request_id(RequestId());
  customer.set_name("Budi");
  customer.add_identifiers()->set_phone("0812-3456-7890");
  const auto added = shop_.AddCustomer(staff_, customer);
  DAFTAR_ASSERT_OK(added);
  const identity::Identifier phone = *identity::Normalise(
      identity::IdentifierType::kPhone, "0812-3456-7890", identity::Region::kIndonesia);
  DAFTAR_ASSERT_OK(node_->allowlist().Add(node_.Caller(), {&phone, 1}, "known for years"));
  DAFTAR_ASSERT_OK(node_->checker().Check(node_.Caller(), {{phone}, {}}));
  std::string allowed;
  DAFTAR_ASSERT_OK(node_->store().Scan(storage::Column::kAllowed, {}, {},
                                       [&allowed](crypto::ByteView, crypto::ByteView sealed) {
                                         allowed = crypto::AsText(sealed);
                                         return true;
                                       }));
  const decision::Subject subject = decision::SubjectOf(node_->keys().receipt, phone);
  const std::string checks = "s" + std::string(crypto::AsText(subject.view()));
  ASSERT_FALSE(allowed.empty());
  node_.Stop();
  EXPECT_GT(FilesWith(node_.dir(), allowed), 0u);
  EXPECT_GT(FilesWith(node_.dir(), checks), 0u);
  node_.Start();
  // As the engine does in time: rows in files that a later deletion leaves as they are, as long as
  // no file is deletions for the most part.
  constexpr storage::Column kLooked[] = {storage::Column::kAllowed, storage::Column::kReceipts};
  DAFTAR_ASSERT_OK(node_->store().Purge(kLooked));
  EXPECT_GT(FilesWith(node_.dir(), checks), 0u);
  BookHandlers book(*node_);
  v1::EraseCustomerRequest erase;
  erase.set_request_id(RequestId());
  erase.set_id(added->customer().id());
  erase.set_because("asked for it");
  DAFTAR_ASSERT_OK(book.EraseCustomer(manager_, erase));
  for (int i = 0; i < 8; ++i) {
    const identity::Identifier other =
        *identity::Normalise(identity::IdentifierType::kPhone, "0812-9999-700" + std::to_string(i),
                             identity::Region::kIndonesia);
    DAFTAR_ASSERT_OK(node_->allowlist().Add(node_.Caller(), {&other, 1}, "known for years"));
    DAFTAR_ASSERT_OK(node_->checker().Check(node_.Caller(), {{other}, {}}));
  }
  node_->Upkeep();
  node_.Stop();
  node_.Start();  // which removes the files that the purge has replaced
  EXPECT_EQ(FilesWith(node_.dir(), allowed), 0u);
  EXPECT_EQ(FilesWith(node_.dir(), checks), 0u);
}

TEST_F(BookHandlersTest, AnOrderIsToldWholeAsItWasTaken) {
  auto added = book_.AddOrder(staff_, NewOrder("J-1"));
  DAFTAR_ASSERT_OK(added);
  const v1::Order& order = added->order();
  EXPECT_EQ(order.invoice(), "J-1");
  EXPECT_EQ(order.invoiced(), DaysAgo(20));
  EXPECT_EQ(order.due(), DaysAgo(10));
  EXPECT_EQ(order.paid(), "");
  EXPECT_EQ(order.amount().minor(), 1'500'000u);
  EXPECT_EQ(order.amount().currency(), "IDR");
  EXPECT_EQ(order.terms(), v1::TERMS_DEPOSIT);
  EXPECT_EQ(order.state(), "overdue");
  EXPECT_EQ(order.days_late(), 10u);
  EXPECT_EQ(order.given_up(), "");
  EXPECT_EQ(order.receipt(), "");
  v1::GetOrderRequest get;
  get.set_order(order.id());
  auto shown = book_.GetOrder(staff_, get);
  DAFTAR_ASSERT_OK(shown);
  EXPECT_EQ(shown->order().SerializeAsString(), order.SerializeAsString());
  v1::GetCustomerRequest find;
  find.set_id(order.customer());
  EXPECT_EQ(shop_.GetCustomer(staff_, find)->customer().name(), "Budi");
}

TEST_F(BookHandlersTest, WhatBelongsToNobodyIsLeftOutOfAnOrderAndTold) {
  v1::AddOrderRequest request = NewOrder("J-1");
  request.add_identifiers()->set_email("noreply@mail.id");
  auto added = book_.AddOrder(staff_, request);
  DAFTAR_ASSERT_OK(added);
  ASSERT_EQ(added->left_out_size(), 1);
  EXPECT_THAT(added->left_out(0), HasSubstr("email: it is"));
  EXPECT_THAT(added->left_out(0), Not(HasSubstr("noreply")));
  EXPECT_EQ(book_.AddOrder(staff_, NewOrder("J-2"))->left_out_size(), 0);
}

TEST_F(BookHandlersTest, AnOrderWithoutDaysIsOfTodayAndDueAtOnce) {
  v1::AddOrderRequest request = NewOrder("");
  request.clear_invoiced();
  request.clear_due();
  request.clear_terms();
  auto added = book_.AddOrder(staff_, request);
  DAFTAR_ASSERT_OK(added);
  EXPECT_EQ(added->order().invoiced(), DaysAgo(0));
  EXPECT_EQ(added->order().due(), DaysAgo(0));
  EXPECT_EQ(added->order().terms(), v1::TERMS_CREDIT);
  EXPECT_EQ(added->order().state(), "open");  // until its day is over
}

TEST_F(BookHandlersTest, AnOrderWithABadFieldIsRefusedAndNothingIsMade) {
  const std::vector<std::function<void(v1::AddOrderRequest&)>> faults = {
      [](auto& request) { request.clear_request_id(); },
      [](auto& request) { request.set_request_id(std::string(101, 'x')); },
      [](auto& request) { request.clear_identifiers(); },
      [](auto& request) {
        for (size_t i = 0; i < book::kMaxIdentifiersPerOrder; ++i) {
          request.add_identifiers()->set_phone("0812-3456-7890");
        }
      },
      [](auto& request) { request.mutable_identifiers(0)->set_phone("none"); },
      [](auto& request) { request.clear_amount(); },
      [](auto& request) { request.mutable_amount()->set_minor(0); },
      [](auto& request) { request.mutable_amount()->set_minor(evidence::kMaxMinorUnits + 1); },
      [](auto& request) { request.set_invoiced("yesterday"); },
      [](auto& request) { request.set_due("tomorrow"); },
      [](auto& request) { request.set_due("2020-01-01"); },
      [](auto& request) { request.set_terms(static_cast<v1::Terms>(77)); },
      [](auto& request) { request.set_receipt("R-1"); },
      [](auto& request) { request.set_invoice(std::string(decision::kMaxInvoiceBytes + 1, '1')); },
      [](auto& request) { request.set_name(std::string(decision::kMaxNameBytes + 1, 'B')); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    v1::AddOrderRequest request = NewOrder("J-1");
    faults[i](request);
    EXPECT_THAT(book_.AddOrder(staff_, request), kWrong) << "fault " << i;
  }
  v1::AddOrderRequest unknown = NewOrder("J-1");
  unknown.set_receipt(std::string(32, '0'));
  EXPECT_THAT(book_.AddOrder(staff_, unknown), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(CountOrders(), 0u);
}

TEST_F(BookHandlersTest, RepeatedOrdersAndOutcomesAreTakenOnce) {
  const v1::AddOrderRequest request = NewOrder("J-1");
  auto added = book_.AddOrder(staff_, request);
  DAFTAR_ASSERT_OK(added);
  auto again = book_.AddOrder(staff_, request);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->order().id(), added->order().id());
  EXPECT_EQ(CountOrders(), 1u);
  v1::AddOrderRequest other = request;
  other.set_invoice("J-2");
  EXPECT_THAT(book_.AddOrder(staff_, other), kReused);
  // Somebody else's request ids are theirs.
  DAFTAR_EXPECT_OK(book_.AddOrder(manager_, other));

  v1::SetOrderOutcomeRequest outcome = NewOutcome("J-1", "paid");
  outcome.set_on(DaysAgo(5));
  DAFTAR_ASSERT_OK(book_.SetOrderOutcome(staff_, outcome));
  DAFTAR_ASSERT_OK(book_.SetOrderOutcome(manager_, NewOutcome("J-1", "open")));
  DAFTAR_ASSERT_OK(book_.SetOrderOutcome(staff_, outcome));  // was done: not done once more
  v1::GetOrderRequest get;
  get.set_invoice("J-1");
  EXPECT_EQ(book_.GetOrder(staff_, get)->order().paid(), "");
  outcome.set_invoice("J-2");
  EXPECT_THAT(book_.SetOrderOutcome(staff_, outcome), kReused);
}

TEST_F(BookHandlersTest, WhatBecameOfAnOrderStandsAsSaidAndOnTheRecord) {
  DAFTAR_ASSERT_OK(book_.AddOrder(staff_, NewOrder("J-1")));
  const auto says = [&](v1::SetOrderOutcomeRequest request, const std::string& on) {
    circle_.clock().Advance(1);  // the record's rows stand by their time
    request.set_on(on);
    auto set = book_.SetOrderOutcome(staff_, request);
    EXPECT_TRUE(set.ok()) << set.status();
    return set.ok() ? set->order() : v1::Order();
  };
  v1::Order order = says(NewOutcome("J-1", "unpaid"), DaysAgo(4));
  EXPECT_EQ(order.state(), "given-up");
  EXPECT_EQ(order.given_up(), DaysAgo(4));
  EXPECT_EQ(LastChange().action, "order.unpaid");
  EXPECT_EQ(LastChange().because, "");  // nobody said why
  EXPECT_EQ(LastChange().actor, "user:siti");
  order = says(NewOutcome("J-1", "late"), DaysAgo(3));
  EXPECT_EQ(order.state(), "late");
  EXPECT_EQ(order.paid(), DaysAgo(3));
  EXPECT_EQ(order.days_late(), 7u);
  EXPECT_EQ(LastChange().action, "order.late");
  v1::SetOrderOutcomeRequest reopened = NewOutcome("J-1", "open");
  reopened.set_because("the transfer was returned");
  order = says(reopened, "");
  EXPECT_EQ(order.state(), "overdue");
  EXPECT_EQ(order.paid(), "");
  EXPECT_EQ(LastChange().action, "order.reopened");
  EXPECT_EQ(LastChange().because, "the transfer was returned");
  order = says(NewOutcome("J-1", "paid"), DaysAgo(2));
  EXPECT_EQ(order.paid(), DaysAgo(2));
  EXPECT_EQ(LastChange().action, "order.paid");
}

TEST_F(BookHandlersTest, AnOutcomeWithABadFieldIsRefusedAndNothingIsChanged) {
  auto added = book_.AddOrder(staff_, NewOrder("J-1"));
  DAFTAR_ASSERT_OK(added);
  const std::vector<std::function<void(v1::SetOrderOutcomeRequest&)>> faults = {
      [](auto& request) { request.clear_request_id(); },
      [](auto& request) { request.clear_by(); },
      [](auto& request) { request.set_order(""); },
      [](auto& request) { request.set_receipt("R-1"); },
      [](auto& request) { request.set_link_receipt("R-1"); },
      [](auto& request) { request.set_outcome("lost"); },
      [](auto& request) { request.set_outcome(""); },
      [](auto& request) { request.set_on("today"); },
      [](auto& request) { request.set_on("2020-01-01"); },
      [](auto& request) { request.set_because(std::string(storage::kMaxAuditText + 1, 'x')); },
      [this](auto& request) {
        request.set_outcome("open");
        request.set_on(DaysAgo(1));
      },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    v1::SetOrderOutcomeRequest request = NewOutcome("J-1", "paid");
    faults[i](request);
    EXPECT_THAT(book_.SetOrderOutcome(staff_, request), kWrong) << "fault " << i;
  }
  EXPECT_THAT(book_.SetOrderOutcome(staff_, NewOutcome("J-9", "paid")),
              StatusIs(absl::StatusCode::kNotFound));
  v1::GetOrderRequest get;
  get.set_invoice("J-1");
  EXPECT_EQ(book_.GetOrder(staff_, get)->order().SerializeAsString(),
            added->order().SerializeAsString());
}

TEST_F(BookHandlersTest, AReceiptNamedLaterIsTheOrdersFromThenOn) {
  v1::CheckRequest question;
  question.set_request_id(RequestId());
  question.add_identifiers()->set_phone("0812-3456-7890");
  auto answer = shop_.Check(staff_, question);
  DAFTAR_ASSERT_OK(answer);
  v1::AddOrderRequest order = NewOrder("J-1");
  order.set_invoiced(DaysAgo(14));
  DAFTAR_ASSERT_OK(book_.AddOrder(staff_, order));
  DAFTAR_ASSERT_OK(book_.AddOrder(staff_, NewOrder("J-2")));
  v1::SetOrderOutcomeRequest late = NewOutcome("J-2", "paid");
  late.set_link_receipt(answer->receipt());
  EXPECT_THAT(book_.SetOrderOutcome(staff_, late),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("leave the receipt out")));
  v1::SetOrderOutcomeRequest request = NewOutcome("J-1", "paid");
  request.set_link_receipt(answer->receipt());
  auto linked = book_.SetOrderOutcome(staff_, request);
  DAFTAR_ASSERT_OK(linked);
  EXPECT_EQ(linked->order().receipt(), answer->receipt());
  v1::GetOrderRequest get;
  get.set_receipt(answer->receipt());
  EXPECT_EQ(book_.GetOrder(staff_, get)->order().invoice(), "J-1");
}

TEST_F(BookHandlersTest, OrdersOfOneCustomerAreListedAlone) {
  auto mine = book_.AddOrder(staff_, NewOrder("J-1"));
  DAFTAR_ASSERT_OK(mine);
  v1::AddOrderRequest other = NewOrder("J-2");
  other.mutable_identifiers(0)->set_phone("0812-9999-7001");
  DAFTAR_ASSERT_OK(book_.AddOrder(staff_, other));
  v1::ListOrdersRequest request;
  request.set_customer(mine->order().customer());
  auto listed = book_.ListOrders(staff_, request);
  DAFTAR_ASSERT_OK(listed);
  ASSERT_EQ(listed->orders_size(), 1);
  EXPECT_EQ(listed->orders(0).invoice(), "J-1");
  EXPECT_EQ(listed->orders(0).customer_name(), "Budi");
  ASSERT_EQ(listed->orders(0).identifiers_size(), 1);
  EXPECT_THAT(listed->orders(0).identifiers(0), HasSubstr("***"));
  EXPECT_THAT(listed->orders(0).identifiers(0), Not(HasSubstr("3456")));
  request.set_customer("nobody");
  EXPECT_THAT(book_.ListOrders(staff_, request), kWrong);
}

TEST_F(BookHandlersTest, PagesAreBoundedAndTokensAreThoseOfEarlierPages) {
  const std::string id(32, '0');
  for (const std::string& token :
       std::vector<std::string>{id, "2026-10-01", "/" + id, "x/" + id, "1x/" + id, "1/0"}) {
    v1::ListCustomersRequest customers;
    customers.set_page_token(token);
    EXPECT_THAT(book_.ListCustomers(manager_, customers), kWrong) << token;
  }
  for (const char* token : {"2026-10-01", "/name", "2026-10/name"}) {
    v1::ListOrdersRequest orders;
    orders.set_page_token(token);
    EXPECT_THAT(book_.ListOrders(staff_, orders), kWrong) << token;
  }
  v1::ListCustomersRequest most;
  most.set_page_size(1000);
  DAFTAR_EXPECT_OK(book_.ListCustomers(manager_, most));
  most.set_page_size(1001);
  EXPECT_THAT(book_.ListCustomers(manager_, most), kWrong);
}

TEST_F(BookHandlersTest, AllowingABuyerTellsWhoAndWhyWithoutTheNumber) {
  v1::AddAllowedRequest allow;
  allow.set_request_id(RequestId());
  allow.add_identifiers()->set_phone("0812-3456-7890");
  allow.set_because("family");
  auto added = book_.AddAllowed(manager_, allow);
  DAFTAR_ASSERT_OK(added);
  const v1::Allowed& entry = added->allowed();
  EXPECT_EQ(entry.because(), "family");
  EXPECT_EQ(entry.added_by(), "user:budi");
  EXPECT_EQ(entry.added_at(), "2026-11-01T00:00:01.000Z");
  EXPECT_EQ(entry.ShortDebugString().find("3456"), std::string::npos);
  EXPECT_EQ(book_.AddAllowed(manager_, allow)->allowed().id(), entry.id());
  allow.set_because("friend");
  allow.mutable_identifiers(0)->set_phone("0812-9999-7001");
  EXPECT_THAT(book_.AddAllowed(manager_, allow), kReused);
  for (size_t i = 0; i < book::kMaxIdentifiersPerAllowed; ++i) {
    allow.add_identifiers()->set_phone("0812-9999-7001");
  }
  EXPECT_THAT(book_.AddAllowed(manager_, allow), kWrong);

  v1::RemoveAllowedRequest remove;
  remove.set_request_id(RequestId());
  remove.set_because("moved away");
  EXPECT_THAT(book_.RemoveAllowed(manager_, remove), kWrong);
  remove.mutable_identifier()->set_phone("0812-9999-7001");
  EXPECT_THAT(book_.RemoveAllowed(manager_, remove), StatusIs(absl::StatusCode::kNotFound));
  remove.mutable_identifier()->set_phone("0812-3456-7890");
  DAFTAR_ASSERT_OK(book_.RemoveAllowed(manager_, remove));
  EXPECT_EQ(LastChange().action, "allow.remove");
  EXPECT_EQ(LastChange().because, "moved away");
  EXPECT_THAT(book_.ListAllowed(manager_, {})->allowed(), IsEmpty());
  remove.set_id(std::string(32, '0'));
  remove.set_request_id(RequestId());
  EXPECT_THAT(book_.RemoveAllowed(manager_, remove), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace daftar::service
