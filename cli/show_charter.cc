#include "cli/show_charter.h"

#include <functional>
#include <map>
#include <utility>

#include "cli/text.h"
#include "node/evidence/reasons.h"

namespace daftar::cli {
namespace {

using evidence::Charter;
using evidence::ReasonProfile;

constexpr uint32_t kHoursPerDay = 24;
constexpr uint32_t kMillisPerSecond = 1000;
// Ticks so short tell the hour of each filing, and are for trying things out.
constexpr uint32_t kShortTickMs = 10'000;
// Stands in the names of this project's templates for the circle's own.
constexpr std::string_view kNamePlaceholder = "...";
// What this project's templates keep a report for, at most.
constexpr uint32_t kUsualRetentionMonths = 24;

std::string NameOf(evidence::Reason reason) { return std::string(evidence::Info(reason).name); }

v1::Money MoneyOf(const std::string& currency, uint64_t minor) {
  v1::Money money;
  money.set_currency(currency);
  money.set_minor(minor);
  return money;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

std::string Amounts(const std::map<std::string, uint64_t>& minor) {
  std::vector<std::string> amounts;
  for (const auto& [currency, amount] : minor) {
    amounts.push_back(ShowMoney(MoneyOf(currency, amount)));
  }
  return Joined(amounts);
}

Json AmountsJson(const std::map<std::string, uint64_t>& minor) {
  Json amounts = Json::array();
  for (const auto& [currency, amount] : minor) amounts.push_back(ToJson(MoneyOf(currency, amount)));
  return amounts;
}

std::vector<std::string> KindsOf(const ReasonProfile& profile) {
  std::vector<std::string> kinds;
  for (const evidence::ProofKind kind : profile.proof) {
    kinds.emplace_back(evidence::ProofKindName(kind));
  }
  return kinds;
}

std::string Hours(uint32_t hours) {
  return hours > 0 && hours % kHoursPerDay == 0 ? Count(hours / kHoursPerDay, "day")
                                                : Count(hours, "hour");
}

std::string RemindersText(const ReasonProfile& profile) {
  if (profile.reminders == 0) return "none needed";
  std::string text = std::to_string(profile.reminders);
  if (profile.reminder_spacing_days > 0) {
    text += ", " + Count(profile.reminder_spacing_days, "day") + " or more apart";
  }
  if (profile.first_reminder_least_days > 0) {
    text += ", the first " + Count(profile.first_reminder_least_days, "day") + " ago or longer";
  }
  return text;
}

std::string ToldText(const ReasonProfile& profile) {
  if (!profile.told_beforehand) return "not needed";
  return profile.told_least_days == 0 ? "yes"
                                      : Count(profile.told_least_days, "day") + " before or longer";
}

void PrintProfile(std::ostream& out, evidence::Reason reason, const ReasonProfile& profile) {
  out << NameOf(reason) << "\n";
  Fields fields;
  fields.Add("Legal basis", profile.legal_basis);
  fields.Add("Fields needed",
             profile.required.empty() ? "identifier, occurred" : Joined(profile.required));
  fields.Add("Least amount", profile.least_minor.empty() ? "none" : Amounts(profile.least_minor));
  fields.Add("Least age",
             profile.least_age_days == 0 ? "none" : Count(profile.least_age_days, "day"));
  fields.Add("Reminders", RemindersText(profile));
  fields.Add("Told beforehand", ToldText(profile));
  const std::string kinds = Joined(KindsOf(profile));
  fields.Add("Proof", profile.proof.empty()       ? "none needed"
                      : profile.proof.size() == 1 ? kinds
                                                  : "one of " + kinds);
  fields.Add("Second person", profile.second_person ? "must approve" : "not needed");
  fields.Add("Hold", profile.hold_hours == 0 ? "none" : Hours(profile.hold_hours));
  fields.Add("Kept", Count(profile.retention_months, "month"));
  fields.Print(out, 2);
}

Json ProfileJson(evidence::Reason reason, const ReasonProfile& profile) {
  return Json{{"reason", NameOf(reason)},
              {"legal_basis", profile.legal_basis},
              {"required", profile.required},
              {"least_amounts", AmountsJson(profile.least_minor)},
              {"least_age_days", profile.least_age_days},
              {"reminders", profile.reminders},
              {"reminder_spacing_days", profile.reminder_spacing_days},
              {"first_reminder_least_days", profile.first_reminder_least_days},
              {"told_beforehand", profile.told_beforehand},
              {"told_least_days", profile.told_least_days},
              {"proof", KindsOf(profile)},
              {"second_person", profile.second_person},
              {"hold_hours", profile.hold_hours},
              {"retention_months", profile.retention_months}};
}

bool IsAboutMoneyOwed(evidence::Reason reason) {
  return reason == evidence::Reason::kDepositUnsettled ||
         reason == evidence::Reason::kInvoiceOverdue ||
         reason == evidence::Reason::kInvoiceUnpaidReminded;
}

std::string Stand(const v1::PartnerCharter& partner) {
  if (partner.charter().empty()) return "not known yet";
  if (partner.same()) return "the same";
  return partner.adopted() ? "an earlier or later one; its reports count here"
                           : "another one; its reports do not count here";
}

}  // namespace

std::vector<std::string> CharterWarnings(const Charter& charter) {
  std::vector<std::string> warnings;
  using Test = std::function<bool(evidence::Reason, const ReasonProfile&)>;
  const auto warn = [&](const Test& test, const char* sentence) {
    std::vector<std::string> reasons;
    for (const auto& [reason, profile] : charter.reasons) {
      if (test(reason, profile)) reasons.push_back(NameOf(reason));
    }
    if (!reasons.empty()) warnings.push_back(sentence + (" (" + Joined(reasons) + ")"));
  };
  warn([](auto, const auto& profile) { return profile.hold_hours == 0; },
       "Without a hold a report goes out before the customer can answer");
  warn([](auto, const auto& profile) { return !profile.told_beforehand; },
       "The customer need not be told beforehand that it may be reported");
  warn([](auto, const auto& profile) { return profile.proof.empty(); },
       "No proof is needed: what nothing shows cannot be defended");
  warn([](auto, const auto& profile) { return !profile.second_person; },
       "One person alone can share a report");
  warn([](auto reason,
          const auto& profile) { return IsAboutMoneyOwed(reason) && profile.reminders == 0; },
       "Money that is owed is shared without a reminder");
  warn([](auto, const auto& profile) { return profile.least_minor.empty(); },
       "The smallest amount can be shared: there is no least amount");
  warn([](auto, const auto& profile) { return profile.retention_months > kUsualRetentionMonths; },
       "It is kept for longer than 24 months");
  if (charter.name.find(kNamePlaceholder) != std::string::npos) {
    warnings.push_back("The name still has the template's \"...\": put the circle's own there");
  }
  if (charter.tick_ms < kShortTickMs) {
    warnings.push_back("Ticks of less than 10 seconds tell when each report was filed");
  }
  return warnings;
}

Json ToJson(const Charter& charter) {
  Json reasons = Json::array();
  for (const auto& [reason, profile] : charter.reasons) {
    reasons.push_back(ProfileJson(reason, profile));
  }
  return Json{{"hash", charter.hash.hex()},
              {"circle", charter.circle.hex()},
              {"name", charter.name},
              {"purpose", charter.purpose},
              {"region", std::string(identity::RegionCode(charter.region))},
              {"tick_ms", charter.tick_ms},
              {"stale_after_s", charter.stale_after_s},
              {"dispute",
               {{"flag_days", charter.dispute_flag_days},
                {"withdraw_days", charter.dispute_withdraw_days}}},
              {"withdrawal",
               {{"after_settlement_hours", charter.withdraw_after_settlement_hours},
                {"erase_after_hours", charter.erase_after_withdrawal_hours}}},
              {"quota",
               {{"evaluations_per_partner_per_day", charter.evaluations_per_partner_per_day},
                {"evaluations_per_node_per_day", charter.evaluations_per_node_per_day}}},
              {"quarantine",
               {{"flood_least_reports", charter.flood_least_reports},
                {"flood_times_usual", charter.flood_times_usual},
                {"withdrawn_least", charter.withdrawn_least},
                {"withdrawn_percent", charter.withdrawn_percent}}},
              {"shared_identifier",
               {{"live_reports", charter.shared_live_reports}, {"names", charter.shared_names}}},
              {"small_amounts", AmountsJson(charter.small_amount_minor)},
              {"reasons", std::move(reasons)},
              {"warnings", CharterWarnings(charter)}};
}

Json ToJson(const v1::AdoptedCharter& adopted) {
  return Json{{"hash", adopted.hash()},
              {"name", adopted.name()},
              {"adopted_at", TextOrNull(adopted.adopted_at())},
              {"stated_at", TextOrNull(adopted.stated_at())},
              {"entry", adopted.has_entry() ? Json(adopted.entry()) : Json(nullptr)},
              {"in_force", adopted.in_force()}};
}

Json ToJson(const v1::GetCharterResponse& shown, const Charter& charter) {
  Json adopted = Json::array();
  for (const auto& version : shown.adopted()) adopted.push_back(ToJson(version));
  Json partners = Json::array();
  for (const auto& partner : shown.partners()) {
    partners.push_back({{"origin", partner.origin()},
                        {"name", partner.name()},
                        {"charter", TextOrNull(partner.charter())},
                        {"same", partner.same()},
                        {"adopted", partner.adopted()}});
  }
  Json document = ToJson(charter);
  document["in_force"] = shown.in_force();
  document["toml"] = shown.toml();
  document["adopted"] = std::move(adopted);
  document["partners"] = std::move(partners);
  return document;
}

void Print(std::ostream& out, const Charter& charter) {
  Fields fields;
  fields.Add("Name", charter.name);
  fields.Add("Circle", charter.circle.hex());
  fields.Add("SHA-256", charter.hash.hex());
  fields.Add("Region", identity::RegionCode(charter.region));
  fields.Add("Published", charter.tick_ms % kMillisPerSecond == 0
                              ? "every " + Count(charter.tick_ms / kMillisPerSecond, "second")
                              : "every " + std::to_string(charter.tick_ms) + " ms");
  fields.Add("Partner stale", "when its data are older than " + ShowAge(charter.stale_after_s));
  fields.Add("Dispute", "stops counting at once; unanswered, flagged after " +
                            Count(charter.dispute_flag_days, "day") + " and withdrawn after " +
                            Count(charter.dispute_withdraw_days, "day"));
  fields.Add("Paid", "withdrawn within " + Hours(charter.withdraw_after_settlement_hours) +
                         ", erased within " + Hours(charter.erase_after_withdrawal_hours) +
                         " after that");
  fields.Add("Questions a day",
             std::to_string(charter.evaluations_per_partner_per_day) + " by one partner, " +
                 std::to_string(charter.evaluations_per_node_per_day) + " by all");
  fields.Add("Quarantine",
             "of a partner with more than " + Count(charter.flood_least_reports, "report") +
                 " a day and " + std::to_string(charter.flood_times_usual) +
                 " times its usual number, or when " + std::to_string(charter.withdrawn_least) +
                 " reports and more than " + std::to_string(charter.withdrawn_percent) +
                 " % were withdrawn after disputes");
  fields.Add("Shared by many", "an identifier with more than " +
                                   Count(charter.shared_live_reports, "live report") + ", or " +
                                   Count(charter.shared_names, "name") + " in the own book");
  fields.Add("Small amounts",
             charter.small_amount_minor.empty() ? "none" : Amounts(charter.small_amount_minor));
  fields.Print(out);
  out << "\nPurpose\n  " << Printable(charter.purpose) << "\n\nWhat may be shared\n\n";
  for (const auto& [reason, profile] : charter.reasons) {
    PrintProfile(out, reason, profile);
    out << "\n";
  }
  std::vector<std::string> others;
  for (const evidence::ReasonInfo& info : evidence::AllReasons()) {
    if (evidence::IsShareable(info.reason) && !charter.reasons.contains(info.reason)) {
      others.emplace_back(info.name);
    }
  }
  if (!others.empty()) out << "Never shared in this circle: " << Joined(others) << "\n";
  const std::vector<std::string> warnings = CharterWarnings(charter);
  if (warnings.empty()) return;
  out << (others.empty() ? "" : "\n") << "Think twice about\n";
  for (const std::string& warning : warnings) out << "  - " << warning << "\n";
}

void Print(std::ostream& out, const v1::GetCharterResponse& shown, const Charter& charter) {
  out << (shown.in_force() ? "In force here.\n\n" : "Not in force here.\n\n");
  Print(out, charter);
  out << "\nAdopted by this node\n";
  Table adopted({"SHA-256", "NAME", "ADOPTED", "ENTRY", ""});
  for (const auto& version : shown.adopted()) {
    adopted.Row({version.hash(), version.name(), version.adopted_at(),
                 version.has_entry() ? "#" + std::to_string(version.entry()) : "",
                 version.in_force()    ? "in force"
                 : version.has_entry() ? ""
                                       : "waits for the next tick"});
  }
  adopted.Print(out, 2);
  if (shown.partners().empty()) return;
  out << "\nPartners\n";
  Table partners({"ORIGIN", "NAME", "CHARTER", "SHA-256"});
  for (const auto& partner : shown.partners()) {
    partners.Row({partner.origin(), partner.name(), Stand(partner), partner.charter()});
  }
  partners.Print(out, 2);
}

}  // namespace daftar::cli
