// Policies that were put in force or tried, and what deciding was worth, as text and as JSON.
#include "cli/show_check.h"
#include "cli/show_policy.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

Json ToJson(const v1::WorthRow& row) {
  Json money = Json::array();
  for (const auto& one : row.money()) {
    money.push_back({{"currency", one.currency()},
                     {"hindered_minor", one.hindered_minor()},
                     {"avoided_minor", one.avoided_minor()},
                     {"avoided_least_minor", one.avoided_least_minor()},
                     {"avoided_most_minor", one.avoided_most_minor()}});
  }
  return Json{{"month", TextOrNull(row.month())},
              {"group", TextOrNull(row.group())},
              {"checks", row.checks()},
              {"hindered", row.hindered()},
              {"accepted_paid", row.accepted_paid()},
              {"accepted_unpaid", row.accepted_unpaid()},
              {"hindered_paid", row.hindered_paid()},
              {"hindered_unpaid", row.hindered_unpaid()},
              {"money", std::move(money)}};
}

std::string MoneyOf(const std::string& currency, uint64_t minor) {
  v1::Money money;
  money.set_currency(currency);
  money.set_minor(minor);
  return ShowMoney(money);
}

// "IDR 2,000,000 (between IDR 0 and IDR 5,000,000)", of each currency.
std::string AvoidedOf(const v1::WorthRow& row) {
  std::string text;
  for (const auto& money : row.money()) {
    if (!text.empty()) text += "; ";
    text += MoneyOf(money.currency(), money.avoided_minor()) + " (between " +
            MoneyOf(money.currency(), money.avoided_least_minor()) + " and " +
            MoneyOf(money.currency(), money.avoided_most_minor()) + ")";
  }
  return text;
}

void AddRow(Table& table, const std::string& name, const v1::WorthRow& row) {
  table.Row({name, std::to_string(row.checks()), std::to_string(row.hindered()),
             std::to_string(row.accepted_paid()), std::to_string(row.accepted_unpaid()),
             std::to_string(row.hindered_paid()), std::to_string(row.hindered_unpaid()),
             AvoidedOf(row)});
}

// Whether the policy on trial could decide.
bool OnTrial(const v1::TrialRow& row) { return row.trial() != v1::EFFECT_UNSPECIFIED; }

std::vector<std::string> WorthHeader(const std::string& name) {
  return {name,     "CHECKS",        "HINDERED", "ACCEPTED PAID",
          "UNPAID", "HINDERED PAID", "UNPAID",   "LOSS AVOIDED (ESTIMATE)"};
}

}  // namespace

Json ToJson(const v1::PutPolicyResponse& put) {
  return Json{{"hash", put.hash()}, {"since", TextOrNull(put.since())}};
}

void Print(std::ostream& out, const v1::PutPolicyResponse& put) {
  out << "Policy " << Printable(put.hash()) << " is in force since " << Printable(put.since())
      << ".\n";
}

Json ToJson(const v1::SetTrialPolicyResponse& set) {
  return Json{{"hash", TextOrNull(set.hash())}, {"since", TextOrNull(set.since())}};
}

void Print(std::ostream& out, const v1::SetTrialPolicyResponse& set) {
  if (set.hash().empty()) {
    out << "No policy is on trial. What was recorded stays.\n";
    return;
  }
  out << "Policy " << Printable(set.hash()) << " is on trial since " << Printable(set.since())
      << "; it acts on nothing. What both answered: daftar policy trial\n";
}

Json ToJson(const v1::ReportTrialResponse& report) {
  Json rows = Json::array();
  for (const auto& row : report.rows()) {
    rows.push_back({{"answered", EffectWord(row.answered())},
                    {"trial", OnTrial(row) ? Json(EffectWord(row.trial())) : Json(nullptr)},
                    {"checks", row.checks()},
                    {"paid", row.paid()},
                    {"late", row.late()},
                    {"unpaid", row.unpaid()}});
  }
  return Json{{"hash", TextOrNull(report.hash())},
              {"since", TextOrNull(report.since())},
              {"toml", TextOrNull(report.toml())},
              {"rows", std::move(rows)}};
}

void Print(std::ostream& out, const v1::ReportTrialResponse& report) {
  if (report.hash().empty()) {
    out << "No policy is on trial. Try one with: daftar policy trial FILE --because TEXT\n";
    return;
  }
  Fields fields;
  fields.Add("On trial", report.hash());
  fields.Add("Since", report.since());
  fields.Print(out);
  if (report.rows().empty()) {
    out << "\nNo check was made since.\n";
    return;
  }
  out << "\n";
  Table table({"ANSWERED", "ON TRIAL", "CHECKS", "PAID", "LATE", "UNPAID"});
  for (const auto& row : report.rows()) {
    table.Row({std::string(EffectWord(row.answered())),
               OnTrial(row) ? std::string(EffectWord(row.trial())) : "no answer",
               std::to_string(row.checks()), std::to_string(row.paid()), std::to_string(row.late()),
               std::to_string(row.unpaid())});
  }
  table.Print(out);
}

Json ToJson(const v1::ReportWorthResponse& report) {
  Json months = Json::array();
  for (const auto& row : report.months()) months.push_back(ToJson(row));
  Json groups = Json::array();
  for (const auto& row : report.groups()) groups.push_back(ToJson(row));
  Json effects = Json::array();
  for (const auto& count : report.effects()) {
    effects.push_back({{"effect", EffectWord(count.effect())}, {"checks", count.checks()}});
  }
  return Json{{"from", report.from()},       {"to", report.to()},
              {"all", ToJson(report.all())}, {"months", std::move(months)},
              {"groups", std::move(groups)}, {"effects", std::move(effects)}};
}

void Print(std::ostream& out, const v1::ReportWorthResponse& report) {
  out << "Checks from " << Printable(report.from()) << " to " << Printable(report.to()) << "\n\n";
  if (report.all().checks() == 0) {
    out << "No check was made in this period.\n";
    return;
  }
  Table months(WorthHeader("MONTH"));
  for (const auto& row : report.months()) AddRow(months, row.month(), row);
  AddRow(months, "all", report.all());
  months.Print(out);
  out << "\n";
  Table groups(WorthHeader("GROUP"));
  for (const auto& row : report.groups()) {
    AddRow(groups, row.group().empty() ? "(none)" : row.group(), row);
  }
  groups.Print(out);
  out << "\nWhat was not lost nobody saw: the estimate is what such orders are expected to lose, "
         "and "
         "nine times in ten it lies between the two bounds.\n";
}

}  // namespace daftar::cli
