#include "cli/show_book.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cli/show_check.h"
#include "cli/show_shop.h"
#include "cli/text.h"
#include "node/decision/group.h"

namespace daftar::cli {
namespace {

constexpr uint64_t kWhole = 1'000'000;  // ppm

template <class Repeated>
Json ListOf(const Repeated& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push_back(text);
  return out;
}

std::string Joined(const std::vector<std::string>& texts, const char* between = ", ") {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : between) + text;
  return out;
}

template <class Repeated>
std::vector<std::string> Texts(const Repeated& texts) {
  return {texts.begin(), texts.end()};
}

v1::Money MoneyOf(uint64_t minor, const std::string& currency) {
  v1::Money money;
  money.set_minor(minor);
  money.set_currency(currency);
  return money;
}

// A group that says nothing lets everything through: accept at least, decline at most.
v1::Effect LeastOf(const v1::Group& group) {
  return group.at_least() == v1::EFFECT_UNSPECIFIED ? v1::EFFECT_ACCEPT : group.at_least();
}
v1::Effect MostOf(const v1::Group& group) {
  return group.at_most() == v1::EFFECT_UNSPECIFIED ? v1::EFFECT_DECLINE : group.at_most();
}
uint32_t PrecedenceOf(const v1::Group& group) {
  return group.precedence() == 0 ? decision::kDefaultPrecedence : group.precedence();
}

// Of a field that may be absent.
#define DAFTAR_OR_NULL(message, field) \
  ((message).has_##field() ? Json((message).field()) : Json(nullptr))

Json RuleJson(const v1::GroupRule& rule) {
  return Json{
      {"settled", DAFTAR_OR_NULL(rule, least_settled)},
      {"on_time_ppm", DAFTAR_OR_NULL(rule, least_on_time_ppm)},
      {"most_days_late", DAFTAR_OR_NULL(rule, most_days_late)},
      {"bad", DAFTAR_OR_NULL(rule, least_bad)},
      {"overdue_days", DAFTAR_OR_NULL(rule, least_overdue_days)},
      {"days_known", DAFTAR_OR_NULL(rule, least_days_known)},
      {"turnover", rule.has_least_turnover() ? ToJson(rule.least_turnover()) : Json(nullptr)}};
}

std::string AnswerText(const v1::Group& group) {
  const std::string least(EffectWord(LeastOf(group)));
  const std::string most(EffectWord(MostOf(group)));
  if (least == most) return least;
  std::vector<std::string> parts;
  if (LeastOf(group) != v1::EFFECT_ACCEPT) parts.push_back("at least " + least);
  if (MostOf(group) != v1::EFFECT_DECLINE) parts.push_back("at most " + most);
  return parts.empty() ? "any" : Joined(parts);
}

std::string LimitsText(const v1::Group& group) {
  std::vector<std::string> limits;
  for (const auto& money : group.credit_limits()) limits.push_back(ShowMoney(money));
  return Joined(limits);
}

std::string CreditText(const v1::Group& group) {
  std::vector<std::string> parts;
  if (!group.credit_limits().empty()) parts.push_back("up to " + LimitsText(group));
  if (group.has_credit_days()) parts.push_back(Count(group.credit_days(), "day"));
  return Joined(parts);
}

// "orders paid at least 10, on time at least 90 %"; everything must hold.
std::string RuleText(const v1::GroupRule& rule) {
  std::vector<std::string> parts;
  const auto least = [](uint64_t n, const char* what, const char* plural) {
    return "at least " + Count(n, what, plural);
  };
  if (rule.has_least_settled()) {
    parts.push_back(least(rule.least_settled(), "order paid", "orders paid"));
  }
  if (rule.has_least_on_time_ppm()) {
    parts.push_back("at least " + ShowPercent(rule.least_on_time_ppm()) + " on time");
  }
  if (rule.has_most_days_late()) {
    parts.push_back("at most " + Count(rule.most_days_late(), "day") + " late");
  }
  if (rule.has_least_bad()) {
    parts.push_back(least(rule.least_bad(), "order late or unpaid", "orders late or unpaid"));
  }
  if (rule.has_least_overdue_days()) {
    parts.push_back(least(rule.least_overdue_days(), "day overdue", "days overdue"));
  }
  if (rule.has_least_days_known()) {
    parts.push_back("known for " + least(rule.least_days_known(), "day", "days"));
  }
  if (rule.has_least_turnover()) {
    parts.push_back("at least " + ShowMoney(rule.least_turnover()) + " paid");
  }
  return Joined(parts);
}

// "2.5" of tenths.
std::string Tenths(uint64_t tenths) {
  const std::string whole = std::to_string(tenths / 10);
  return tenths % 10 == 0 ? whole : whole + "." + std::to_string(tenths % 10);
}

// Of the orders of which it is known; null when none is.
Json OnTimePpm(const v1::GroupReportRow& row) {
  const uint64_t known = row.paid_on_time() + row.late() + row.unpaid() + row.broken();
  if (known == 0) return nullptr;
  // Whole orders: a count is far below what would overflow here.
  return row.paid_on_time() * kWhole / known;
}

}  // namespace

Json ToJson(const v1::Group& group) {
  Json limits = Json::array();
  for (const auto& money : group.credit_limits()) limits.push_back(ToJson(money));
  return Json{{"name", group.name()},
              {"precedence", PrecedenceOf(group)},
              {"at_least", EffectWord(LeastOf(group))},
              {"at_most", EffectWord(MostOf(group))},
              {"deposit_ppm", DAFTAR_OR_NULL(group, deposit_ppm)},
              {"credit_limits", std::move(limits)},
              {"credit_days", DAFTAR_OR_NULL(group, credit_days)},
              {"price_list", TextOrNull(group.price_list())},
              {"bonus_card", group.bonus_card()},
              {"rule", group.has_rule() ? RuleJson(group.rule()) : Json(nullptr)}};
}

void Print(std::ostream& out, const v1::Group& group) {
  Fields fields;
  fields.Add("Group", group.name());
  fields.Add("Precedence", std::to_string(PrecedenceOf(group)));
  fields.Add("Answer", AnswerText(group));
  if (group.has_deposit_ppm()) fields.Add("Deposit", ShowPercent(group.deposit_ppm()));
  fields.Add("Credit", CreditText(group));
  fields.Add("Price list", group.price_list());
  fields.Add("Bonus card", group.bonus_card() ? "on" : "off");
  fields.Add("By rule", group.has_rule() ? RuleText(group.rule()) : "nobody, by hand only");
  fields.Print(out);
}

Json ToJson(const v1::PutGroupResponse& put) {
  Json out = ToJson(put.group());
  out["same_precedence"] = ListOf(put.same_precedence());
  return out;
}

void Print(std::ostream& out, const v1::PutGroupResponse& put) {
  Print(out, put.group());
  if (put.same_precedence().empty()) return;
  out << "\nOf the same precedence: " << Printable(Joined(Texts(put.same_precedence())))
      << ". To a customer in several of them the first by name\napplies; --precedence N ranks "
         "them.\n";
}

Json ToJson(const v1::ListGroupsResponse& groups) {
  Json list = Json::array();
  for (const auto& group : groups.groups()) list.push_back(ToJson(group));
  return Json{{"groups", std::move(list)}};
}

void Print(std::ostream& out, const v1::ListGroupsResponse& groups) {
  if (groups.groups().empty()) {
    out << "No groups. Add one with: daftar group add NAME --because TEXT\n";
    return;
  }
  Table table(
      {"NAME", "PRECEDENCE", "ANSWER", "DEPOSIT", "CREDIT", "PRICE LIST", "BONUS CARD", "BY RULE"});
  for (const auto& group : groups.groups()) {
    table.Row({group.name(), std::to_string(PrecedenceOf(group)), AnswerText(group),
               group.has_deposit_ppm() ? ShowPercent(group.deposit_ppm()) : "", CreditText(group),
               group.price_list(), group.bonus_card() ? "on" : "",
               group.has_rule() ? RuleText(group.rule()) : ""});
  }
  table.Print(out);
}

Json ToJson(const v1::ReportGroupsResponse& report) {
  Json rows = Json::array();
  for (const auto& row : report.rows()) {
    rows.push_back({{"group", TextOrNull(row.group())},
                    {"currency", TextOrNull(row.currency())},
                    {"members", row.members()},
                    {"customers", row.customers()},
                    {"orders", row.orders()},
                    {"turnover", ToJson(MoneyOf(row.turnover_minor(), row.currency()))},
                    {"paid_on_time", row.paid_on_time()},
                    {"on_time_ppm", OnTimePpm(row)},
                    {"late", row.late()},
                    {"unpaid", row.unpaid()},
                    {"open", row.open()},
                    {"disputed", row.disputed()},
                    {"broken", row.broken()},
                    {"days_late_tenths", row.days_late_tenths()},
                    {"loss", ToJson(MoneyOf(row.loss_minor(), row.currency()))},
                    {"incidents", row.incidents()}});
  }
  return Json{{"from", TextOrNull(report.from())},
              {"to", TextOrNull(report.to())},
              {"late_after_days", report.late_after_days()},
              {"rows", std::move(rows)}};
}

void Print(std::ostream& out, const v1::ReportGroupsResponse& report) {
  out << "Orders invoiced" << (report.from().empty() ? "" : " from " + Printable(report.from()))
      << (report.to().empty() ? "" : " to " + Printable(report.to())) << "\n\n";
  if (report.rows().empty()) {
    out << "None.\n";
    return;
  }
  Table table({"GROUP", "MEMBERS", "INCIDENTS", "CUSTOMERS", "ORDERS", "TURNOVER", "ON TIME",
               "DAYS LATE", "LATE", "UNPAID", "OPEN", "DISPUTED", "BROKEN", "LOSS"});
  const std::string* group_before = nullptr;
  for (const auto& row : report.rows()) {
    const Json on_time = OnTimePpm(row);
    // A group's further rows are of other currencies; what is of all of them is told once.
    const bool further = group_before != nullptr && *group_before == row.group();
    group_before = &row.group();
    table.Row(
        {further               ? ""
         : row.group().empty() ? "(no group)"
                               : row.group(),
         further ? "" : std::to_string(row.members()),
         further ? "" : std::to_string(row.incidents()), std::to_string(row.customers()),
         std::to_string(row.orders()), ShowMoney(MoneyOf(row.turnover_minor(), row.currency())),
         on_time.is_null() ? "-" : ShowPercent(on_time.get<uint64_t>()),
         Tenths(row.days_late_tenths()), std::to_string(row.late()), std::to_string(row.unpaid()),
         std::to_string(row.open()), row.disputed() > 0 ? std::to_string(row.disputed()) : "",
         row.broken() > 0 ? std::to_string(row.broken()) : "",
         ShowMoney(MoneyOf(row.loss_minor(), row.currency()))});
  }
  table.Print(out);
  out << "\nOn time is paid at most " << Count(report.late_after_days(), "day")
      << " after the due day, of the orders whose outcome is known; days late are an average over "
         "paid orders.\nMembers and incidents are the group's, in all currencies.\n";
}

Json ToJson(const v1::Allowed& allowed) {
  return Json{{"id", allowed.id()},
              {"identifiers", ListOf(allowed.identifiers())},
              {"because", TextOrNull(allowed.because())},
              {"added_by", TextOrNull(allowed.added_by())},
              {"added_at", TextOrNull(allowed.added_at())}};
}

void Print(std::ostream& out, const v1::Allowed& allowed) {
  Fields fields;
  fields.Add("Entry", allowed.id());
  fields.Add("Customer", Joined(Texts(allowed.identifiers())));
  fields.Add("Because", allowed.because());
  fields.Add("Added",
             allowed.added_at() + (allowed.added_by().empty() ? "" : " by " + allowed.added_by()));
  fields.Print(out);
  out << "\nThe customer is accepted from the next check on, whatever the records say.\n";
}

Json ToJson(const v1::ListAllowedResponse& list) {
  Json entries = Json::array();
  for (const auto& allowed : list.allowed()) entries.push_back(ToJson(allowed));
  return Json{{"allowed", std::move(entries)}};
}

void Print(std::ostream& out, const v1::ListAllowedResponse& list) {
  if (list.allowed().empty()) {
    out << "The allowlist is empty.\n";
    return;
  }
  Table table({"ID", "CUSTOMER", "ADDED", "BY", "BECAUSE"});
  for (const auto& allowed : list.allowed()) {
    table.Row({allowed.id(), Joined(Texts(allowed.identifiers())), allowed.added_at(),
               allowed.added_by(), allowed.because()});
  }
  table.Print(out);
}

Json ToJson(const v1::Order& order) {
  return Json{{"id", order.id()},
              {"customer", TextOrNull(order.customer())},
              {"customer_name", TextOrNull(order.customer_name())},
              {"identifiers", ListOf(order.identifiers())},
              {"invoice", TextOrNull(order.invoice())},
              {"amount", ToJson(order.amount())},
              {"terms", TermsWord(order.terms())},
              {"invoiced", TextOrNull(order.invoiced())},
              {"due", TextOrNull(order.due())},
              {"state", TextOrNull(order.state())},
              {"paid", TextOrNull(order.paid())},
              {"days_late", order.days_late()},
              {"given_up", TextOrNull(order.given_up())},
              {"disputed", order.disputed()},
              {"receipt", TextOrNull(order.receipt())},
              {"incident", TextOrNull(order.incident())},
              {"incident_state", TextOrNull(order.incident_state())},
              {"incident_reason", TextOrNull(order.incident_reason())}};
}

namespace {

bool StandsOpen(const std::string& incident_state) {
  constexpr const char* kOpen[] = {"draft", "ready", "approved", "held", "published", "corrected"};
  return std::find(std::begin(kOpen), std::end(kOpen), incident_state) != std::end(kOpen);
}

// Of those that stand open.
bool PartnersHaveIt(const std::string& incident_state) {
  return incident_state == "published" || incident_state == "corrected";
}

// With what the book says besides: a dispute about an order that was paid is over.
std::string StateText(const v1::Order& order) {
  return order.state() + (order.disputed() && order.state() != "disputed" ? ", disputed" : "");
}

}  // namespace

void Print(std::ostream& out, const v1::Order& order) {
  Fields fields;
  fields.Add("Order", order.id());
  fields.Add("State", StateText(order));
  fields.Add("Invoice", order.invoice());
  fields.Add("Customer", WhoOf(order.customer_name(), order.identifiers()));
  fields.Add("Customer id", order.customer());
  const std::string amount = ShowMoney(order.amount());
  fields.Add("Amount",
             amount + (amount.empty() ? "" : ", ") + std::string(TermsWord(order.terms())));
  fields.Add("Invoiced", order.invoiced());
  fields.Add("Due", order.due());
  fields.Add("Paid", order.paid());
  fields.Add("Given up", order.given_up());
  if (order.days_late() > 0) fields.Add("Late by", Count(order.days_late(), "day"));
  fields.Add("Receipt", order.receipt());
  const std::string& incident = order.incident();
  fields.Add("Incident", incident.empty() ? "" : incident + ", " + order.incident_state());
  fields.Print(out);
  const bool paid = order.state() == "paid" || order.state() == "late" || order.state() == "broken";
  if (!paid || !StandsOpen(order.incident_state())) return;
  if (order.incident_reason() == "payment-reversed") {
    out << "\nThe payment was taken back, and counts as owed until the incident is settled:\n  "
           "daftar incident settle "
        << incident << " --because \"paid\"\n";
    return;
  }
  if (order.state() == "paid" && order.days_late() == 0 &&
      order.incident_reason() == "invoice-overdue") {
    out << "\nThe incident about it (" << order.incident_reason() << ") stands as "
        << order.incident_state() << ", though the order was paid by its due day. Withdraw it:\n"
        << "  daftar incident withdraw " << incident
        << " --ground mistake --because \"paid in time\"\n";
    return;
  }
  // Partners hear of a payment by the incident's settlement, which nobody gives unasked.
  out << "\nThe incident about it (" << order.incident_reason() << ") stands as "
      << order.incident_state() << ". When nothing is owed for it any more, settle it"
      << (PartnersHaveIt(order.incident_state()) ? ", for partners too" : "")
      << ":\n  daftar incident settle " << incident << " --because \"paid\"\n";
}

Json ListJson(const std::vector<v1::Order>& orders, bool more) {
  Json list = Json::array();
  for (const auto& order : orders) list.push_back(ToJson(order));
  return Json{{"orders", std::move(list)}, {"more", more}};
}

void PrintList(std::ostream& out, const std::vector<v1::Order>& orders, bool more) {
  if (orders.empty()) {
    out << "No orders. Note one with: daftar order add\n";
    return;
  }
  Table table({"CUSTOMER", "INVOICE", "INVOICED", "DUE", "STATE", "AMOUNT", "ORDER"});
  for (const auto& order : orders) {
    table.Row({WhoOf(order.customer_name(), order.identifiers()), order.invoice(), order.invoiced(),
               order.due(),
               StateText(order) +
                   (order.days_late() > 0 ? " (" + Count(order.days_late(), "day") + " late)" : ""),
               ShowMoney(order.amount()), order.id()});
  }
  table.Print(out);
  if (more) out << "\nThere are more; --limit N shows them.\n";
}

Json ListJson(const std::vector<v1::Customer>& customers, bool more) {
  Json list = Json::array();
  for (const auto& customer : customers) list.push_back(ToJson(customer));
  return Json{{"customers", std::move(list)}, {"more", more}};
}

void PrintList(std::ostream& out, const std::vector<v1::Customer>& customers, bool more) {
  if (customers.empty()) {
    out << "No customers. Add one with: daftar customer add\n";
    return;
  }
  Table table({"CUSTOMER", "NAME", "IDENTIFIERS", "GROUP", "PAID", "OPEN", "OVERDUE"});
  for (const auto& customer : customers) {
    const auto& orders = customer.orders();
    table.Row({customer.id(), customer.name(), Joined(Texts(customer.identifiers())),
               customer.group(), std::to_string(orders.settled()), std::to_string(orders.open()),
               std::to_string(orders.overdue())});
  }
  table.Print(out);
  if (more) out << "\nThere are more; --limit N shows them.\n";
}

Json ToJson(const v1::EraseCustomerResponse& erased) {
  return Json{{"customers_erased", erased.customers_erased()},
              {"identifiers_erased", erased.identifiers_erased()},
              {"allowed_erased", erased.allowed_erased()},
              {"incidents_erased", erased.incidents_erased()},
              {"orders_erased", erased.orders_erased()},
              {"orders_kept", erased.orders_kept()},
              {"identifiers_kept", erased.identifiers_kept()},
              {"kept_because", ListOf(erased.kept_because())}};
}

void Print(std::ostream& out, const v1::EraseCustomerResponse& erased) {
  const bool whole = erased.orders_kept() == 0 && erased.identifiers_kept() == 0;
  std::vector<std::string> parts = {Count(erased.orders_erased(), "order"),
                                    Count(erased.identifiers_erased(), "identifier")};
  if (erased.allowed_erased() > 0) {
    parts.push_back(Count(erased.allowed_erased(), "allowlist entry", "allowlist entries"));
  }
  if (erased.incidents_erased() > 0) {
    parts.push_back(Count(erased.incidents_erased(), "incident that was never shared",
                          "incidents that were never shared"));
  }
  const std::string last = std::move(parts.back());
  parts.pop_back();
  out << (whole ? "Erased the customer with " : "Erased what may go: ") << Joined(parts) << " and "
      << last << ".\n";
  if (erased.customers_erased() > 1) {
    out << "Customers had been merged: the " << erased.customers_erased()
        << " ids under which this one was kept are gone.\n";
  }
  constexpr std::string_view kAdvice =
      "A file that still names the person brings it back when it is imported: leave its lines "
      "out.\n";
  if (whole && erased.kept_because().empty()) {
    out << "Nothing stays.\n" << kAdvice;
    return;
  }
  out << "\nWhat stays:";
  if (!whole) {
    out << " " << Count(erased.orders_kept(), "order") << ", "
        << Count(erased.identifiers_kept(), "identifier");
  }
  out << "\n";
  for (const auto& sentence : erased.kept_because()) out << "  - " << Printable(sentence) << "\n";
  out << kAdvice;
}

#undef DAFTAR_OR_NULL

}  // namespace daftar::cli
