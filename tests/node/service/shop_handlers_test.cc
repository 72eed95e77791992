// What each role gets to see and may do with the book, and what is refused before anything is made.
#include "node/service/shop_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/book/group_report.h"
#include "node/service/book_handlers.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPhone[] = "0812-3456-7890";

class ShopHandlersTest : public ::testing::Test {
 protected:
  ShopHandlersTest() {
    circle_.PairAll();
    auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled(kPhone));
    EXPECT_TRUE(view.ok());
    EXPECT_TRUE(a_->ledger().Publish(a_.Caller(), view->incident.id).ok());
    circle_.Settle();
  }
  v1::CheckRequest Question() {
    v1::CheckRequest request;
    request.add_identifiers()->set_phone(kPhone);
    request.mutable_amount()->set_minor(450'000'000);
    request.mutable_amount()->set_currency("IDR");
    request.set_request_id("check-" + std::to_string(++requests_));
    return request;
  }
  v1::AddCustomerRequest Customer(const std::string& group) {
    v1::AddCustomerRequest request;
    request.set_request_id(std::string(100, 'x'));  // as long as one may be
    request.add_identifiers()->set_phone("0812-9999-7001");
    request.add_groups(group);
    return request;
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  ShopHandlers shop_{*b_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  int requests_ = 0;
};

TEST_F(ShopHandlersTest, ACheckOfWhatBelongsToNobodySaysSo) {
  v1::CheckRequest request = Question();
  auto somebody = shop_.Check(staff_, request);
  DAFTAR_ASSERT_OK(somebody);
  EXPECT_EQ(somebody->notes_size(), 0);
  request = Question();
  request.add_identifiers()->set_email("joko@example.com");
  request.set_language("id");
  auto noted = shop_.Check(staff_, request);
  DAFTAR_ASSERT_OK(noted);
  ASSERT_EQ(noted->notes_size(), 1);
  EXPECT_THAT(noted->notes(0), HasSubstr("bukan milik orang tertentu"));
  EXPECT_THAT(noted->notes(0), Not(HasSubstr("joko@")));
}

TEST_F(ShopHandlersTest, StaffSeeHowManyPartnersSayWhatAndManagersWhich) {
  for (const Actor* actor : {&staff_, &manager_}) {
    const bool which = actor == &manager_;
    auto answer = shop_.Check(*actor, Question());
    DAFTAR_ASSERT_OK(answer);
    EXPECT_EQ(answer->effect(), v1::EFFECT_PREPAY);
    ASSERT_EQ(answer->partners_size(), 1);
    EXPECT_EQ(answer->partners(0).origin(), which ? "toko-a.test" : "");
    EXPECT_EQ(answer->partners(0).records(), 1u);
    ASSERT_EQ(answer->inputs_size(), 1);
    EXPECT_EQ(answer->inputs(0).origin(), which ? "toko-a.test" : "");
    v1::GetReceiptRequest request;
    request.set_receipt(answer->receipt());
    auto receipt = shop_.GetReceipt(*actor, request);
    DAFTAR_ASSERT_OK(receipt);
    EXPECT_EQ(receipt->partners(0).origin(), which ? "toko-a.test" : "");
    EXPECT_EQ(receipt->inputs(0).origin(), which ? "toko-a.test" : "");
    EXPECT_EQ(receipt->body().empty(), !which);
    EXPECT_EQ(answer->inputs(0).weight_ppm() == 0, !which);
    EXPECT_EQ(receipt->inputs(0).commitment().empty(), !which);
    EXPECT_EQ(receipt->partners(0).head_root().empty(), !which);
    EXPECT_EQ(receipt->SerializeAsString().find("toko-a.test") != std::string::npos, which);
  }
}

TEST_F(ShopHandlersTest, TheLanguageIsTheOneAskedFor) {
  v1::CheckRequest request = Question();
  request.set_language("id");
  auto answer = shop_.Check(manager_, request);
  DAFTAR_ASSERT_OK(answer);
  EXPECT_THAT(answer->because(), HasSubstr("mitra"));
  request = Question();
  request.set_language("fr");
  EXPECT_THAT(shop_.Check(manager_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("en")));
}

TEST_F(ShopHandlersTest, OnlyAManagerChoosesTermsAtRegistration) {
  EXPECT_THAT(shop_.AddCustomer(staff_, Customer("vip")),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(shop_.AddCustomer(manager_, Customer("nobody")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("group")));
  // Neither has made anybody.
  v1::GetCustomerRequest find;
  find.mutable_identifier()->set_phone("0812-9999-7001");
  EXPECT_THAT(shop_.GetCustomer(manager_, find), StatusIs(absl::StatusCode::kNotFound));
  auto made = shop_.AddCustomer(manager_, Customer("vip"));
  DAFTAR_ASSERT_OK(made);
  EXPECT_EQ(made->customer().group(), "vip");
  auto again = shop_.AddCustomer(manager_, Customer("vip"));
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->customer().id(), made->customer().id());
}

TEST_F(ShopHandlersTest, AnOrderIsNamedByItsReceiptWhereOneOrderAloneHasIt) {
  BookHandlers book(*b_);
  auto answer = shop_.Check(staff_, Question());
  DAFTAR_ASSERT_OK(answer);
  const auto outcome = [&](const std::string& word) {
    v1::SetOrderOutcomeRequest request;
    request.set_request_id("outcome-" + std::to_string(++requests_));
    request.set_receipt(answer->receipt());
    request.set_outcome(word);
    return book.SetOrderOutcome(staff_, request);
  };
  EXPECT_THAT(outcome("paid"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("link")));
  v1::AddOrderRequest order;
  order.set_request_id("order-1");
  order.add_identifiers()->set_phone(kPhone);
  order.mutable_amount()->set_minor(450'000'000);
  order.mutable_amount()->set_currency("IDR");
  order.set_receipt(answer->receipt());
  DAFTAR_ASSERT_OK(book.AddOrder(staff_, order));
  EXPECT_THAT(outcome("maybe"), StatusIs(absl::StatusCode::kInvalidArgument));
  auto paid = outcome("paid");
  DAFTAR_ASSERT_OK(paid);
  EXPECT_EQ(paid->order().state(), "paid");
  order.set_request_id("order-2");
  DAFTAR_ASSERT_OK(book.AddOrder(staff_, order));
  EXPECT_THAT(outcome("paid"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("several")));
}

TEST_F(ShopHandlersTest, AnOrderOfThisMorningIsPaidThoughInUtcItIsStillYesterday) {
  BookHandlers book(*b_);
  v1::AddOrderRequest order;
  order.set_request_id("order-1");
  order.add_identifiers()->set_phone(kPhone);
  order.mutable_amount()->set_minor(450'000'000);
  order.mutable_amount()->set_currency("IDR");
  order.set_invoice("J-1");
  order.set_invoiced(evidence::Date::Of(b_->clock().Now()).PlusDays(1).ToString());
  auto added = book.AddOrder(staff_, order);
  DAFTAR_ASSERT_OK(added);
  EXPECT_EQ(added->order().state(), "open");
  v1::SetOrderOutcomeRequest paid;
  paid.set_request_id("paid-1");
  paid.set_invoice("J-1");
  paid.set_outcome("paid");
  auto settled = book.SetOrderOutcome(staff_, paid);
  DAFTAR_ASSERT_OK(settled);
  EXPECT_EQ(settled->order().paid(), order.invoiced());
  EXPECT_EQ(settled->order().state(), "paid");
}

TEST_F(ShopHandlersTest, OrdersAreFoundByWhatTheyAre) {
  BookHandlers book(*b_);
  const evidence::Date today = evidence::Date::Of(b_->clock().Now());
  const auto add = [&](const std::string& invoice, int64_t days_old, int64_t days_to_pay) {
    v1::AddOrderRequest order;
    order.set_request_id("order-" + invoice);
    order.add_identifiers()->set_phone(kPhone);
    order.mutable_amount()->set_minor(100);
    order.mutable_amount()->set_currency("IDR");
    order.set_invoice(invoice);
    order.set_invoiced(today.PlusDays(-days_old).ToString());
    order.set_due(today.PlusDays(days_to_pay - days_old).ToString());
    auto added = book.AddOrder(staff_, order);
    EXPECT_TRUE(added.ok()) << added.status();
    return added->order().customer();
  };
  const auto set = [&](const std::string& invoice, const std::string& outcome, int64_t days_ago) {
    v1::SetOrderOutcomeRequest request;
    request.set_request_id("outcome-" + std::to_string(++requests_));
    request.set_invoice(invoice);
    request.set_outcome(outcome);
    request.set_on(today.PlusDays(-days_ago).ToString());
    return book.SetOrderOutcome(staff_, request).status();
  };
  const auto listed = [&](const std::string& state, uint32_t page = 0) {
    v1::ListOrdersRequest request;
    request.set_state(state);
    request.set_page_size(page);
    std::string invoices;
    do {
      auto response = book.ListOrders(staff_, request);
      EXPECT_TRUE(response.ok()) << response.status();
      for (const auto& order : response->orders()) invoices += order.invoice();
      request.set_page_token(response->next_page_token());
    } while (!request.page_token().empty());
    return invoices;
  };
  const std::string customer = add("A", 0, 0);
  add("B", 20, 15);
  add("C", 100, 15);
  add("D", 101, 15);
  add("E", 102, 15);
  add("F", 103, 15);
  DAFTAR_ASSERT_OK(set("D", "unpaid", 1));
  DAFTAR_ASSERT_OK(set("E", "paid", 90));
  DAFTAR_ASSERT_OK(set("F", "late", 2));
  EXPECT_EQ(listed("open"), "A");
  EXPECT_EQ(listed("overdue"), "B");
  EXPECT_EQ(listed("unpaid"), "C");
  EXPECT_EQ(listed("given-up"), "D");
  EXPECT_EQ(listed("paid"), "E");
  EXPECT_EQ(listed("late"), "F");
  EXPECT_EQ(listed("owed", 1), "ABCD");
  EXPECT_EQ(listed("", 2), "ABCDEF");

  // What was said is not said otherwise in passing.
  EXPECT_THAT(set("F", "paid", 2),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("reopen")));
  EXPECT_THAT(set("E", "paid", 89), StatusIs(absl::StatusCode::kFailedPrecondition));
  DAFTAR_ASSERT_OK(set("E", "paid", 90));

  v1::GetOrderRequest get;
  get.set_invoice("D");
  auto one = book.GetOrder(staff_, get);
  DAFTAR_ASSERT_OK(one);
  EXPECT_EQ(one->order().state(), "given-up");
  EXPECT_EQ(one->order().customer(), customer);
  get.set_invoice("Z");
  EXPECT_THAT(book.GetOrder(staff_, get), StatusIs(absl::StatusCode::kNotFound));

  v1::ListOrdersRequest wrong;
  wrong.set_state("lost");
  EXPECT_THAT(book.ListOrders(staff_, wrong), StatusIs(absl::StatusCode::kInvalidArgument));
  wrong = {};
  wrong.set_page_token("yesterday");
  EXPECT_THAT(book.ListOrders(staff_, wrong), StatusIs(absl::StatusCode::kInvalidArgument));
  wrong = {};
  wrong.set_page_size(1001);
  EXPECT_THAT(book.ListOrders(staff_, wrong), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ShopHandlersTest, CustomersAreListedByTheGroupThatApplies) {
  BookHandlers book(*b_);
  DAFTAR_ASSERT_OK(shop_.AddCustomer(manager_, Customer("vip")));
  v1::AddCustomerRequest other;
  other.set_request_id("other");
  other.add_identifiers()->set_phone("0812-9999-7002");
  DAFTAR_ASSERT_OK(shop_.AddCustomer(staff_, other));
  const auto count = [&](const std::string& group) {
    v1::ListCustomersRequest request;
    request.set_group(group);
    request.set_page_size(1);
    int customers = 0;
    do {
      auto response = book.ListCustomers(manager_, request);
      EXPECT_TRUE(response.ok()) << response.status();
      customers += response->customers_size();
      request.set_page_token(response->next_page_token());
    } while (!request.page_token().empty());
    return customers;
  };
  EXPECT_EQ(count(""), 2);
  EXPECT_EQ(count("vip"), 1);
  EXPECT_EQ(count("none"), 1);
  EXPECT_EQ(count("problem"), 0);
  v1::ListCustomersRequest request;
  request.set_group("nobody");
  EXPECT_THAT(book.ListCustomers(manager_, request), StatusIs(absl::StatusCode::kNotFound));
  // A list of everybody is not for the counter.
  EXPECT_THAT(book.ListCustomers(staff_, {}), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(ShopHandlersTest, AnOrderNamesAReceiptOfItsOwnBuyerAndAmountOnly) {
  BookHandlers book(*b_);
  auto answer = shop_.Check(staff_, Question());
  DAFTAR_ASSERT_OK(answer);
  const auto add = [&](const std::string& phone, uint64_t minor, const std::string& currency,
                       bool with_receipt) {
    v1::AddOrderRequest order;
    order.set_request_id("order-" + std::to_string(++requests_));
    order.add_identifiers()->set_phone(phone);
    order.mutable_amount()->set_minor(minor);
    order.mutable_amount()->set_currency(currency);
    if (with_receipt) order.set_receipt(answer->receipt());
    return book.AddOrder(staff_, order);
  };
  const auto link = [&](const std::string& order) {
    v1::SetOrderOutcomeRequest request;
    request.set_request_id("outcome-" + std::to_string(++requests_));
    request.set_order(order);
    request.set_outcome("paid");
    request.set_link_receipt(answer->receipt());
    return book.SetOrderOutcome(staff_, request);
  };
  const char* const other = "0812-9999-7001";
  const auto of_another =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another buyer"));
  const auto over_another = StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("over IDR 4,500,000, the order over IDR 0.01"));
  EXPECT_THAT(add(other, 450'000'000, "IDR", true), of_another);
  EXPECT_THAT(add(kPhone, 1, "IDR", true), over_another);
  auto others = add(other, 450'000'000, "IDR", false);
  DAFTAR_ASSERT_OK(others);
  EXPECT_THAT(link(others->order().id()), of_another);
  auto small = add(kPhone, 1, "IDR", false);
  DAFTAR_ASSERT_OK(small);
  EXPECT_THAT(link(small->order().id()), over_another);
  EXPECT_TRUE(b_->book().FindOrder(small->order().id())->order.paid == evidence::Date());
  DAFTAR_EXPECT_OK(add(kPhone, 450'000'000, "IDR", true));
  EXPECT_THAT(add(kPhone, 30'000, "USD", true),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("the order over USD 300")));
  // The customer is known by what was checked, though the order is not.
  const auto profile = b_->book().FindProfiles(std::vector{daftar::testing::Phone(other)});
  DAFTAR_ASSERT_OK(profile);
  const auto buyer = book::CustomerId::FromHexText(small->order().customer());
  DAFTAR_ASSERT_OK(b_->book().Merge(b_.Caller(), *buyer, profile->front().id, "one person"));
  DAFTAR_EXPECT_OK(link(others->order().id()));
}

TEST_F(ShopHandlersTest, AnOrderIsFoundByItsReceiptWithoutReadingAllOrders) {
  BookHandlers book(*b_);
  auto answer = shop_.Check(staff_, Question());
  DAFTAR_ASSERT_OK(answer);
  v1::AddOrderRequest order;
  order.set_request_id("order-1");
  order.add_identifiers()->set_phone(kPhone);
  order.mutable_amount()->set_minor(450'000'000);
  order.mutable_amount()->set_currency("IDR");
  order.set_receipt(answer->receipt());
  DAFTAR_ASSERT_OK(book.AddOrder(staff_, order));
  // Whoever reads all orders stumbles over this one.
  storage::Batch batch;
  batch.Put(storage::Column::kOrders, crypto::Bytes(48, 0), crypto::Bytes(100, 0));
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  v1::SetOrderOutcomeRequest request;
  request.set_request_id("outcome-1");
  request.set_receipt(answer->receipt());
  request.set_outcome("paid");
  auto paid = book.SetOrderOutcome(staff_, request);
  DAFTAR_ASSERT_OK(paid);
  EXPECT_EQ(paid->order().state(), "paid");
}

TEST_F(ShopHandlersTest, ErasingACustomerTakesAlongWhatChecksAndDraftsKeep) {
  BookHandlers book(*b_);
  const auto rows = [&](storage::Column column, const std::string& prefix) {
    size_t count = 0;
    const crypto::Bytes from = crypto::ToBytes(prefix);
    EXPECT_TRUE(b_->store().Scan(column, from, from, [&](auto, auto) { return ++count > 0; }).ok());
    return count;
  };
  const auto draft = [&](std::vector<identity::Identifier> identifiers) {
    ledger::NewIncident account = DepositUnsettled(kPhone);
    account.identifiers = std::move(identifiers);
    auto view = b_->ledger().Add(b_.Caller(), account);
    EXPECT_TRUE(view.ok());
    return view->incident.id;
  };
  const auto normal = [](identity::IdentifierType type, const char* text) {
    return *identity::Normalise(type, text, identity::Region::kIndonesia);
  };
  const auto phone = normal(identity::IdentifierType::kPhone, kPhone);
  const auto email = normal(identity::IdentifierType::kEmail, "budi@mail.id");
  v1::AddCustomerRequest person;
  person.set_request_id("person");
  person.add_identifiers()->set_phone(kPhone);
  person.add_identifiers()->set_email("budi@mail.id");
  auto made = shop_.AddCustomer(manager_, person);
  DAFTAR_ASSERT_OK(made);
  auto receipt = shop_.Check(manager_, Question());
  DAFTAR_ASSERT_OK(receipt);
  EXPECT_EQ(rows(storage::Column::kLookups, ""), 1u);
  EXPECT_EQ(rows(storage::Column::kReceipts, "s"), 1u);
  draft({phone});
  const ledger::IncidentId both = draft({phone, email});
  const ledger::IncidentId shared = draft({email});
  DAFTAR_ASSERT_OK(b_->ledger().Publish(b_.Caller(), shared));

  v1::EraseCustomerRequest request;
  request.set_request_id("erase-1");
  request.set_id(made->customer().id());
  request.set_because("asked");
  auto erased = book.EraseCustomer(manager_, request);
  DAFTAR_ASSERT_OK(erased);
  EXPECT_EQ(rows(storage::Column::kLookups, ""), 0u);
  EXPECT_EQ(rows(storage::Column::kReceipts, "s"), 0u);
  EXPECT_EQ(erased->identifiers_kept(), 1u);
  EXPECT_THAT(erased->kept_because(),
              ::testing::ElementsAre(HasSubstr("is named in incidents"),
                                     HasSubstr("one incident that was never shared"),
                                     HasSubstr("the receipt of one check stays")));
  auto about = b_->ledger().About({&phone, 1});
  DAFTAR_ASSERT_OK(about);
  ASSERT_EQ(about->size(), 1u);  // the draft about the phone alone went
  EXPECT_EQ(about->front().incident.id, both);
  // The receipt is there for whoever has its id.
  v1::GetReceiptRequest why;
  why.set_receipt(receipt->receipt());
  DAFTAR_ASSERT_OK(shop_.GetReceipt(manager_, why));
}

TEST_F(ShopHandlersTest, AnothersDraftLosesTheNumberOfWhoIsErasedAndStays) {
  BookHandlers book(*b_);
  const auto person = [&](const std::string& phone) {
    v1::AddCustomerRequest request;
    request.set_request_id("person-" + std::to_string(++requests_));
    request.add_identifiers()->set_phone(phone);
    auto made = shop_.AddCustomer(manager_, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made->customer().id();
  };
  const std::string budi = person("0812-9999-7001");
  person("0812-9999-7002");
  const auto phone = ::daftar::testing::Phone("0812-9999-7001");
  const auto of_sari = ::daftar::testing::Phone("0812-9999-7002");
  ledger::NewIncident account = DepositUnsettled("0812-9999-7001");
  const auto about_budi = b_->ledger().Add(b_.Caller(), account);
  DAFTAR_ASSERT_OK(about_budi);
  account.identifiers = {phone, of_sari};
  const auto about_sari = b_->ledger().Add(b_.Caller(), account);
  DAFTAR_ASSERT_OK(about_sari);
  v1::EraseCustomerRequest request;
  request.set_request_id("erase");
  request.set_id(budi);
  request.set_because("asked");
  auto erased = book.EraseCustomer(manager_, request);
  DAFTAR_ASSERT_OK(erased);
  EXPECT_EQ(erased->incidents_erased(), 1u);
  EXPECT_THAT(erased->kept_because(), ::testing::ElementsAre(HasSubstr("about somebody else")));
  EXPECT_THAT(b_->ledger().Get(about_budi->incident.id), StatusIs(absl::StatusCode::kNotFound));
  const auto left = b_->ledger().Get(about_sari->incident.id);
  DAFTAR_ASSERT_OK(left);
  EXPECT_THAT(left->incident.account.identifiers, ::testing::ElementsAre(of_sari));
  EXPECT_EQ(b_->ledger().About({&phone, 1})->size(), 0u);
  EXPECT_EQ(b_->ledger().About({&of_sari, 1})->size(), 1u);
}

TEST_F(ShopHandlersTest, DraftsAndWhatWasWithdrawnUnsharedHoldNobodyBack) {
  BookHandlers book(*b_);
  for (const bool withdrawn : {false, true}) {
    auto view = b_->ledger().Add(b_.Caller(), DepositUnsettled("0812-9999-7002"));
    DAFTAR_ASSERT_OK(view);
    const ledger::IncidentId id = view->incident.id;
    if (withdrawn) {
      DAFTAR_ASSERT_OK(b_->ledger().Publish(b_.Caller(), id));
      DAFTAR_ASSERT_OK(
          b_->ledger().Withdraw(b_.Caller(), id, evidence::WithdrawalGround::kMistake, "not him"));
    }
    v1::AddCustomerRequest person;
    person.set_request_id("person-" + std::to_string(++requests_));
    person.add_identifiers()->set_phone("0812-9999-7002");
    auto made = shop_.AddCustomer(manager_, person);
    DAFTAR_ASSERT_OK(made);
    v1::EraseCustomerRequest request;
    request.set_request_id("erase-" + std::to_string(++requests_));
    request.set_id(made->customer().id());
    request.set_because("asked");
    auto erased = book.EraseCustomer(manager_, request);
    DAFTAR_ASSERT_OK(erased);
    EXPECT_EQ(erased->identifiers_kept(), 0u);
    EXPECT_EQ(erased->kept_because_size(), 0);
    EXPECT_THAT(b_->ledger().Get(id), StatusIs(absl::StatusCode::kNotFound));
    auto listed = b_->ledger().List({}, 100, {});
    DAFTAR_ASSERT_OK(listed);
    EXPECT_TRUE(listed->incidents.empty());
  }
}

TEST_F(ShopHandlersTest, ErasingHalfOfAMergeTellsOfBothAndOfTheirAllowlistEntry) {
  BookHandlers book(*b_);
  std::vector<std::string> ids;
  for (const char* phone : {"0812-9999-7003", "0812-9999-7004"}) {
    v1::AddCustomerRequest person;
    person.set_request_id(phone);
    person.add_identifiers()->set_phone(phone);
    auto made = shop_.AddCustomer(manager_, person);
    DAFTAR_ASSERT_OK(made);
    ids.push_back(made->customer().id());
  }
  v1::MergeCustomersRequest merge;
  merge.set_request_id("merge");
  merge.set_into(ids[0]);
  merge.set_from(ids[1]);
  merge.set_because("one person");
  DAFTAR_ASSERT_OK(book.MergeCustomers(manager_, merge));
  v1::AddAllowedRequest allow;
  allow.set_request_id("allow");
  allow.add_identifiers()->set_phone("0812-9999-7003");
  allow.set_because("known");
  DAFTAR_ASSERT_OK(book.AddAllowed(manager_, allow));
  v1::EraseCustomerRequest request;
  request.set_request_id("erase");
  request.set_id(ids[1]);
  request.set_because("asked");
  auto erased = book.EraseCustomer(manager_, request);
  DAFTAR_ASSERT_OK(erased);
  EXPECT_EQ(erased->customers_erased(), 2u);
  EXPECT_EQ(erased->identifiers_erased(), 2u);
  EXPECT_EQ(erased->allowed_erased(), 1u);
}

TEST_F(ShopHandlersTest, TheAllowlistComesInPagesThatMissNothing) {
  BookHandlers book(*b_);
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    v1::AddAllowedRequest allow;
    allow.set_request_id("allow-" + std::to_string(i));
    allow.add_identifiers()->set_phone("0812-9999-700" + std::to_string(i));
    allow.set_because("known");
    auto added = book.AddAllowed(manager_, allow);
    DAFTAR_ASSERT_OK(added);
    ids.push_back(added->allowed().id());
  }
  std::vector<std::string> seen;
  v1::ListAllowedRequest request;
  request.set_page_size(2);
  do {
    auto page = book.ListAllowed(manager_, request);
    DAFTAR_ASSERT_OK(page);
    ASSERT_LE(page->allowed_size(), 2);
    for (const v1::Allowed& entry : page->allowed()) seen.push_back(entry.id());
    request.set_page_token(page->next_page_token());
    if (seen.size() == 2) {  // the last of the page is removed meanwhile
      v1::RemoveAllowedRequest remove;
      remove.set_request_id("remove");
      remove.set_id(seen.back());
      remove.set_because("gone");
      DAFTAR_ASSERT_OK(book.RemoveAllowed(manager_, remove));
    }
  } while (!request.page_token().empty());
  EXPECT_THAT(seen, ::testing::UnorderedElementsAreArray(ids));
  request.set_page_size(1001);
  EXPECT_THAT(book.ListAllowed(manager_, request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_page_size(0);
  request.set_page_token("nonsense");
  EXPECT_THAT(book.ListAllowed(manager_, request), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ShopHandlersTest, ANewGroupDoesNotOutrankThoseThatProtect) {
  BookHandlers book(*b_);
  v1::PutGroupRequest put;
  put.set_request_id("put");
  put.mutable_group()->set_name("bazaar");
  put.set_because("met there");
  auto made = book.PutGroup(manager_, put);
  DAFTAR_ASSERT_OK(made);
  auto groups = book.ListGroups(manager_, {});
  DAFTAR_ASSERT_OK(groups);
  for (const v1::Group& group : groups->groups()) {
    if (group.name() != "problem" && group.name() != "watch-closely") continue;
    EXPECT_LT(group.precedence(), made->group().precedence()) << group.name();
  }
}

TEST_F(ShopHandlersTest, AReportCoversTheWholeBookWithoutDays) {
  BookHandlers book(*b_);
  auto report = book.ReportGroups(manager_, {});
  DAFTAR_ASSERT_OK(report);
  EXPECT_EQ(report->rows_size(), 6);  // five shipped groups, and nobody's
  EXPECT_THAT(book.ReportGroups(staff_, {}), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(ShopHandlersTest, AReportTellsHowFarItIsAndStopsWhenTold) {
  std::vector<decision::CustomerRow> people;
  for (uint64_t i = 0; i < book::kReportProgressStep; ++i) {
    decision::CustomerRow& row = people.emplace_back();
    row.identifiers = {testing::Phone("0813-1000-" + std::to_string(1000 + i))};
  }
  DAFTAR_ASSERT_OK(b_->book().ImportCustomers(people));
  BookHandlers book(*b_);
  std::vector<v1::ReportGroupsResponse> told;
  DAFTAR_ASSERT_OK(
      book.ReportGroups(manager_, {}, [&told](const v1::ReportGroupsResponse& message) {
        told.push_back(message);
        return true;
      }));
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].rows_size(), 0);
  EXPECT_EQ(told[0].progress().customers_done(), book::kReportProgressStep);
  EXPECT_EQ(told[0].progress().customers(), book::kReportProgressStep);
  EXPECT_THAT(book.ReportGroups(manager_, {}, [](const auto&) { return false; }),
              StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace daftar::service
