// Customers and orders that a shop imports, and what an incident keeps of its account.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/book/listing.h"
#include "node/service/book_handlers.h"
#include "node/service/shop_handlers.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const auto kWrong = StatusIs(absl::StatusCode::kInvalidArgument);

class ShopCustomersTest : public ::testing::Test {
 protected:
  static v1::OrderRow Row(const std::string& invoice) {
    v1::OrderRow row;
    row.set_line(7);
    row.add_identifiers()->set_phone("0812-3456-7890");
    row.set_name("Budi");
    row.set_invoice(invoice);
    row.set_invoiced("2026-10-01");
    row.set_due("2026-10-11");
    row.set_paid("2026-10-13");
    row.mutable_amount()->set_minor(1'500'000);
    row.mutable_amount()->set_currency("IDR");
    row.set_disputed(true);
    return row;
  }
  v1::ImportOrdersResponse Import(const v1::OrderRow& row) {
    v1::ImportOrdersRequest request;
    *request.add_rows() = row;
    auto imported = shop_.ImportOrders(manager_, request);
    EXPECT_TRUE(imported.ok()) << imported.status();
    return *imported;
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  BookHandlers book_{*node_};
  ShopHandlers shop_{*node_};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
};

TEST_F(ShopCustomersTest, AnImportedOrderIsTheOneOfItsLine) {
  EXPECT_EQ(Import(Row("J-1")).added(), 1u);
  EXPECT_EQ(Import(Row("J-1")).unchanged(), 1u);
  v1::OrderRow later = Row("J-1");
  later.set_paid("2026-10-14");
  EXPECT_EQ(Import(later).updated(), 1u);
  v1::GetOrderRequest get;
  get.set_invoice("J-1");
  auto got = book_.GetOrder(manager_, get);
  DAFTAR_ASSERT_OK(got);
  EXPECT_EQ(got->order().invoiced(), "2026-10-01");
  EXPECT_EQ(got->order().due(), "2026-10-11");
  EXPECT_EQ(got->order().paid(), "2026-10-14");
  EXPECT_EQ(got->order().amount().minor(), 1'500'000u);
  EXPECT_TRUE(got->order().disputed());
  v1::GetCustomerRequest find;
  find.set_id(got->order().customer());
  auto customer = shop_.GetCustomer(manager_, find);
  DAFTAR_ASSERT_OK(customer);
  EXPECT_EQ(customer->customer().name(), "Budi");
  EXPECT_EQ(customer->customer().added_at(), "2026-11-01T00:00:00.000Z");
  EXPECT_EQ(customer->customer().orders().settled(), 1u);
}

TEST_F(ShopCustomersTest, AMalformedLineIsRefusedByItsNumberAndTheOthersAreTaken) {
  const std::vector<std::function<void(v1::OrderRow&)>> faults = {
      [](auto& row) { row.clear_identifiers(); },
      [](auto& row) {
        for (size_t i = 0; i < decision::kMaxRowIdentifiers; ++i) {
          row.add_identifiers()->set_phone("0812-3456-7890");
        }
      },
      [](auto& row) { row.clear_invoiced(); },
      [](auto& row) { row.clear_due(); },
      [](auto& row) { row.set_paid("soon"); },
      [](auto& row) { row.clear_invoice(); },
      [](auto& row) { row.set_invoice(std::string(decision::kMaxInvoiceBytes + 1, '1')); },
      [](auto& row) { row.set_name(std::string(decision::kMaxNameBytes + 1, 'B')); },
      [](auto& row) { row.clear_amount(); },
      [](auto& row) { row.set_name(" "); },
      [](auto& row) { row.set_name("Bu\u202Edi"); },
      [](auto& row) { row.set_invoice("  "); },
      [](auto& row) { row.set_invoice("J\n1"); },
      // The book's own refusals.
      [](auto& row) { row.set_due("2026-09-30"); },
      [](auto& row) { row.mutable_amount()->set_minor(0); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    v1::ImportOrdersRequest request;
    faults[i](*request.add_rows() = Row("J-bad"));
    *request.add_rows() = Row("J-" + std::to_string(i));
    auto imported = shop_.ImportOrders(manager_, request);
    DAFTAR_ASSERT_OK(imported);
    EXPECT_EQ(imported->added(), 1u) << "fault " << i;
    ASSERT_EQ(imported->refused_size(), 1) << "fault " << i;
    EXPECT_EQ(imported->refused(0).line(), 7u) << "fault " << i;
    EXPECT_NE(imported->refused(0).why(), "") << "fault " << i;
  }
}

TEST_F(ShopCustomersTest, AnImportedInvoiceNumberHasNoSpacesAroundIt) {
  EXPECT_EQ(Import(Row(" J-1 ")).added(), 1u);
  EXPECT_EQ(Import(Row("J-1")).unchanged(), 1u);
  v1::GetOrderRequest get;
  get.set_invoice(" J-1");
  auto got = book_.GetOrder(manager_, get);
  DAFTAR_ASSERT_OK(got);
  EXPECT_EQ(got->order().invoice(), "J-1");
}

TEST_F(ShopCustomersTest, ANameThatDiffersStaysAndIsCounted) {
  EXPECT_EQ(Import(Row("J-1")).names_kept(), 0u);
  v1::OrderRow other = Row("J-2");
  other.set_name("Budi Santoso");
  EXPECT_EQ(Import(other).names_kept(), 1u);
  v1::GetCustomerRequest find;
  find.mutable_identifier()->set_phone("0812-3456-7890");
  EXPECT_EQ(shop_.GetCustomer(manager_, find)->customer().name(), "Budi");
}

TEST_F(ShopCustomersTest, AKnownCustomerIsGivenAnIdentifierByItsId) {
  v1::AddCustomerRequest request;
  request.set_request_id("add-1");
  request.set_name("Budi");
  request.add_identifiers()->set_phone("0812-3456-7890");
  auto made = shop_.AddCustomer(manager_, request);
  DAFTAR_ASSERT_OK(made);
  v1::AddCustomerRequest more;
  more.set_request_id("add-2");
  more.set_to(made->customer().id());
  more.add_identifiers()->set_email("budi@mail.id");
  auto known = shop_.AddCustomer(manager_, more);
  DAFTAR_ASSERT_OK(known);
  EXPECT_EQ(known->customer().id(), made->customer().id());
  EXPECT_EQ(known->customer().name(), "Budi");
  EXPECT_EQ(known->customer().identifiers_size(), 2);
  more.set_request_id("add-3");
  more.set_name("Siti");
  EXPECT_THAT(shop_.AddCustomer(manager_, more), kWrong);
  more.clear_name();
  more.add_groups("vip");
  EXPECT_THAT(shop_.AddCustomer(manager_, more), kWrong);
  more.clear_groups();
  more.set_to("him");
  EXPECT_THAT(shop_.AddCustomer(manager_, more), kWrong);
}

TEST_F(ShopCustomersTest, AReminderIsNotedAfterwards) {
  v1::AddIncidentRequest filed;
  filed.set_request_id("incident-1");
  filed.set_reason("no-show");
  filed.add_identifiers()->set_phone("0812-3456-7890");
  filed.set_occurred("2026-10-01");
  auto incident = shop_.AddIncident(manager_, filed);
  DAFTAR_ASSERT_OK(incident);
  v1::RemindIncidentRequest request;
  request.set_request_id("remind-1");
  request.set_id(incident->incident().id());
  request.set_on("2026-10-09");
  request.set_because("by WhatsApp");
  auto reminded = shop_.RemindIncident(manager_, request);
  DAFTAR_ASSERT_OK(reminded);
  EXPECT_THAT(reminded->incident().reminders(), ElementsAre("2026-10-09"));
  EXPECT_EQ(reminded->incident().history(1).what(), "reminded");
  EXPECT_EQ(reminded->incident().history(1).because(), "2026-10-09: by WhatsApp");
  request.set_request_id("remind-2");
  request.set_on("soon");
  EXPECT_THAT(shop_.RemindIncident(manager_, request), kWrong);
  request.clear_on();
  request.set_id("it");
  EXPECT_THAT(shop_.RemindIncident(manager_, request), kWrong);
}

TEST_F(ShopCustomersTest, CustomersAreImportedByTheLine) {
  v1::ImportCustomersRequest request;
  v1::CustomerRow& good = *request.add_rows();
  good.set_line(1);
  good.set_name("Budi");
  good.add_identifiers()->set_phone("0812-3456-7890");
  v1::CustomerRow& nobody = *request.add_rows();
  nobody.set_line(2);
  v1::CustomerRow& long_name = *request.add_rows();
  long_name.set_line(3);
  long_name.set_name(std::string(decision::kMaxNameBytes + 1, 'B'));
  long_name.add_identifiers()->set_phone("0812-9999-7001");
  v1::CustomerRow& many = *request.add_rows();
  many.set_line(4);
  for (size_t i = 0; i <= decision::kMaxRowIdentifiers; ++i) {
    many.add_identifiers()->set_phone("0812-9999-7002");
  }
  auto imported = shop_.ImportCustomers(manager_, request);
  DAFTAR_ASSERT_OK(imported);
  EXPECT_EQ(imported->added(), 1u);
  ASSERT_EQ(imported->refused_size(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(imported->refused(i).line(), static_cast<uint64_t>(i + 2));
    EXPECT_NE(imported->refused(i).why(), "");
  }
  v1::GetCustomerRequest find;
  find.mutable_identifier()->set_phone("0812-3456-7890");
  EXPECT_EQ(shop_.GetCustomer(manager_, find)->customer().name(), "Budi");
}

TEST_F(ShopCustomersTest, AnImportIsBoundedByTheCall) {
  v1::ImportOrdersRequest orders;
  v1::ImportCustomersRequest customers;
  for (int i = 0; i < kMaxImportRows; ++i) {
    orders.add_rows();
    customers.add_rows();
  }
  DAFTAR_EXPECT_OK(shop_.ImportOrders(manager_, orders));
  DAFTAR_EXPECT_OK(shop_.ImportCustomers(manager_, customers));
  orders.add_rows();
  customers.add_rows();
  EXPECT_THAT(shop_.ImportOrders(manager_, orders), kWrong);
  EXPECT_THAT(shop_.ImportCustomers(manager_, customers), kWrong);
}

TEST_F(ShopCustomersTest, AnIncidentKeepsItsWholeAccount) {
  v1::AddIncidentRequest request;
  request.set_request_id("incident-1");
  request.set_reason("invoice-unpaid-reminded");
  request.add_identifiers()->set_phone("0812-3456-7890");
  request.mutable_amount()->set_minor(450'000'000);
  request.mutable_amount()->set_currency("IDR");
  request.set_occurred("2026-08-01");
  request.set_due("2026-08-15");
  request.add_reminders("2026-08-20");  // after the due day
  request.add_reminders("2026-09-01");
  request.set_note("moved away");
  request.add_mitigations("told-in-time");
  const std::vector<std::function<void(v1::AddIncidentRequest&)>> faults = {
      [](auto& wrong) { wrong.clear_request_id(); },
      [](auto& wrong) { wrong.set_reason("bored"); },
      [](auto& wrong) { wrong.clear_reason(); },
      [](auto& wrong) { wrong.clear_identifiers(); },
      [](auto& wrong) { wrong.mutable_amount()->set_currency("rupiah"); },
      [](auto& wrong) { wrong.mutable_amount()->set_minor(0); },
      [](auto& wrong) { wrong.set_occurred("then"); },
      [](auto& wrong) { wrong.set_due("then"); },
      [](auto& wrong) { wrong.set_reminders(0, "then"); },
      [](auto& wrong) { wrong.set_mitigations(0, "nice"); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    v1::AddIncidentRequest wrong = request;
    faults[i](wrong);
    EXPECT_THAT(shop_.AddIncident(manager_, wrong), kWrong) << "fault " << i;
  }
  EXPECT_EQ(shop_.ListIncidents(manager_, {})->incidents_size(), 0);
  auto filed = shop_.AddIncident(manager_, request);
  DAFTAR_ASSERT_OK(filed);
  v1::GetIncidentRequest get;
  get.set_id(filed->incident().id());
  auto got = shop_.GetIncident(manager_, get);
  DAFTAR_ASSERT_OK(got);
  const v1::Incident& incident = got->incident();
  EXPECT_EQ(incident.reason(), "invoice-unpaid-reminded");
  ASSERT_EQ(incident.identifiers_size(), 1);
  EXPECT_EQ(incident.identifiers(0).find("3456"), std::string::npos);
  EXPECT_EQ(incident.amount().minor(), 450'000'000u);
  EXPECT_EQ(incident.occurred(), "2026-08-01");
  EXPECT_EQ(incident.due(), "2026-08-15");
  EXPECT_THAT(incident.reminders(), ElementsAre("2026-08-20", "2026-09-01"));
  EXPECT_EQ(incident.added_at(), "2026-11-01T00:00:00.000Z");
  EXPECT_EQ(incident.added_by(), "user:budi");
  EXPECT_EQ(incident.note(), "moved away");
  EXPECT_THAT(incident.mitigations(), ElementsAre("told-in-time"));
  auto again = shop_.AddIncident(manager_, request);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->incident().id(), incident.id());
}

TEST_F(ShopCustomersTest, IncidentsComeInPagesAndByState) {
  const auto file = [this](int number) {
    v1::AddIncidentRequest request;
    request.set_request_id("incident-" + std::to_string(number));
    request.set_reason("no-show");
    request.add_identifiers()->set_phone("0812-9999-700" + std::to_string(number));
    request.set_occurred("2026-10-0" + std::to_string(number));
    auto filed = shop_.AddIncident(manager_, request);
    EXPECT_TRUE(filed.ok()) << filed.status();
    return filed->incident().id();
  };
  std::vector<std::string> drafts = {file(1), file(2), file(3)};
  v1::WithdrawIncidentRequest withdraw;
  withdraw.set_request_id("withdraw");
  withdraw.set_id(file(4));
  withdraw.set_because("another buyer");
  withdraw.set_ground("mistake");
  DAFTAR_ASSERT_OK(shop_.WithdrawIncident(manager_, withdraw));
  const auto listed = [this](const std::string& state) {
    v1::ListIncidentsRequest request;
    request.set_state(state);
    request.set_page_size(1);
    std::vector<std::string> ids;
    do {
      auto page = shop_.ListIncidents(manager_, request);
      EXPECT_TRUE(page.ok()) << page.status();
      EXPECT_LE(page->incidents_size(), 1);
      for (const v1::Incident& one : page->incidents()) ids.push_back(one.id());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  };
  EXPECT_THAT(listed("draft"), ::testing::UnorderedElementsAreArray(drafts));
  EXPECT_THAT(listed("withdrawn"), ElementsAre(withdraw.id()));
  EXPECT_EQ(listed("").size(), 4u);
  const std::vector<std::function<void(v1::ListIncidentsRequest&)>> faults = {
      [](auto& wrong) { wrong.set_state("lost"); },
      [](auto& wrong) { wrong.set_page_token("next"); },
      [](auto& wrong) { wrong.set_page_size(1001); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    v1::ListIncidentsRequest wrong;
    faults[i](wrong);
    EXPECT_THAT(shop_.ListIncidents(manager_, wrong), kWrong) << "fault " << i;
  }
}

TEST_F(ShopCustomersTest, LateOrdersAreSuggestedWithWhatIsKnownOfThem) {
  v1::OrderRow late = Row("J-1");
  late.set_paid("2026-10-30");  // 19 days late
  Import(late);
  late.set_invoice("J-2");
  late.clear_paid();
  late.set_disputed(false);
  Import(late);  // 21 days by now
  v1::SuggestIncidentsRequest request;
  request.set_page_size(1);
  std::vector<std::string> seen;
  do {
    auto page = shop_.SuggestIncidents(manager_, request);
    DAFTAR_ASSERT_OK(page);
    for (const v1::Suggestion& one : page->suggestions()) {
      EXPECT_NE(one.customer(), "");
      EXPECT_THAT(one.order(), HasSubstr(one.customer()));
      EXPECT_EQ(one.invoiced(), "2026-10-01");
      EXPECT_EQ(one.due(), "2026-10-11");
      EXPECT_EQ(one.amount().minor(), 1'500'000u);
      EXPECT_EQ(one.reason(), "invoice-overdue");
      EXPECT_EQ(one.customer_name(), "Budi");
      EXPECT_THAT(one.identifiers(), ::testing::ElementsAre(HasSubstr("***")));
      seen.push_back(one.invoice() + " " + one.paid() + " " + std::to_string(one.days_late()) +
                     (one.disputed() ? " disputed" : ""));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(seen, ::testing::UnorderedElementsAre("J-1 2026-10-30 19 disputed", "J-2  21"));
  request.set_more_than_days_late(20);
  request.set_page_size(100);
  auto later = shop_.SuggestIncidents(manager_, request);
  DAFTAR_ASSERT_OK(later);
  EXPECT_EQ(later->suggestions_size(), 1);
  request.set_page_size(1001);
  EXPECT_THAT(shop_.SuggestIncidents(manager_, request), kWrong);
}

TEST_F(ShopCustomersTest, CustomersAreListedByWhatTheirNamesHaveInThem) {
  const auto add = [&](const std::string& name, const std::string& phone,
                       const std::string& group = {}) {
    v1::AddCustomerRequest request;
    request.set_request_id(phone);
    request.set_name(name);
    request.add_identifiers()->set_phone(phone);
    if (!group.empty()) request.add_groups(group);
    auto added = shop_.AddCustomer(manager_, request);
    EXPECT_TRUE(added.ok()) << added.status();
    return added.ok() ? added->customer().id() : std::string();
  };
  const auto named = [&](const std::string& name, const std::string& group = {}) {
    v1::ListCustomersRequest request;
    request.set_name(name);
    request.set_group(group);
    request.set_page_size(1);
    std::vector<std::string> ids;
    do {
      auto page = book_.ListCustomers(manager_, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return ids;
      for (const v1::Customer& customer : page->customers()) ids.push_back(customer.id());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  };
  const std::string ibu = add("Ibu Sari", "0812-3456-7890");
  const std::string shop = add("Toko SARI Jaya", "0813-2467-9051", "vip");
  const std::string budi = add("Budi", "0815-7902-4683");
  const std::string unnamed = add("", "0817-4286-0395");
  EXPECT_THAT(named("sari"), UnorderedElementsAre(ibu, shop));
  EXPECT_THAT(named("RI J"), ElementsAre(shop));
  EXPECT_THAT(named("sari", "vip"), ElementsAre(shop));
  EXPECT_THAT(named("sari", "none"), ElementsAre(ibu));
  EXPECT_THAT(named("tuti"), ElementsAre());
  EXPECT_THAT(named(""), UnorderedElementsAre(ibu, shop, budi, unnamed));
  // Somebody without a name goes by that of whoever became part of them.
  v1::MergeCustomersRequest merge;
  merge.set_request_id("merge");
  merge.set_into(unnamed);
  merge.set_from(budi);
  merge.set_because("one person");
  DAFTAR_ASSERT_OK(book_.MergeCustomers(manager_, merge));
  EXPECT_THAT(named("bud"), ElementsAre(unnamed));
  EXPECT_THAT(named("bud", "none"), ElementsAre(unnamed));
  v1::ListCustomersRequest request;
  request.set_name(std::string(book::kMaxNameFilterBytes, 'b'));
  DAFTAR_EXPECT_OK(book_.ListCustomers(manager_, request));
  request.set_name(std::string(book::kMaxNameFilterBytes + 1, 'b'));
  EXPECT_THAT(book_.ListCustomers(manager_, request), kWrong);
}

}  // namespace
}  // namespace daftar::service
