#include "node/evidence/admissibility.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "node/evidence/labels.h"

namespace daftar::evidence {
namespace {

using Sentences = std::vector<std::string>;

// What helps against something that is missing.
enum class Mend {
  kTime,           // nothing but waiting
  kAnotherReason,  // the reason is none that the charter shares
  kFileAnew,       // identifiers are chosen as it is filed
  kRemind,
  kTold,
  kProof,
  kResolve,
  kApprove,
  kCorrect,
};

constexpr std::string_view kWait = "Wait until ";
constexpr std::string_view kAnotherReason = "Choose another reason: ";
constexpr std::string_view kAddIdentifier = "Add an identifier ";
constexpr std::string_view kFewerIdentifiers = "Choose at most ";
constexpr std::string_view kNobodys = "its ";
constexpr std::string_view kReminder = "A ";
constexpr std::string_view kEighthReminder = "An ";
constexpr std::string_view kTell = "Tell the customer ";
constexpr std::string_view kToldOn = "Correct the day on which the customer was told: ";
constexpr std::string_view kProof = "Attach a proof ";
constexpr std::string_view kResolve = "Resolve ";
constexpr std::string_view kApprove = "Have a person ";

// The sentences travel without what mends them, so a rule says that by how its sentence opens. One
// that opens in none of these ways is about a fact that can be corrected.
Mend MendOf(std::string_view sentence) {
  constexpr std::pair<std::string_view, Mend> kOpenings[] = {
      {kWait, Mend::kTime},
      {kAnotherReason, Mend::kAnotherReason},
      {kAddIdentifier, Mend::kFileAnew},
      {kFewerIdentifiers, Mend::kFileAnew},
      {kNobodys, Mend::kFileAnew},
      {kReminder, Mend::kRemind},
      {kEighthReminder, Mend::kRemind},
      {kTell, Mend::kTold},
      {kToldOn, Mend::kTold},
      {kProof, Mend::kProof},
      {kResolve, Mend::kResolve},
      {kApprove, Mend::kApprove},
  };
  for (const auto& [opening, mend] : kOpenings) {
    if (sentence.starts_with(opening)) return mend;
  }
  return Mend::kCorrect;
}

std::string Open(std::string_view opening, const std::string& rest) {
  return std::string(opening) + rest;
}

bool Requires(const ReasonProfile& profile, std::string_view field) {
  return std::ranges::find(profile.required, field) != profile.required.end();
}

std::string Number(size_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

void CheckIdentifiers(const IncidentCase& incident, Sentences& missing) {
  if (incident.identifiers == 0) {
    missing.push_back(Open(kAddIdentifier, "of the customer, like a phone number."));
  } else if (incident.identifiers > kMaxIdentifiersPerEntry) {
    missing.push_back(Open(kFewerIdentifiers, std::to_string(kMaxIdentifiersPerEntry) +
                                                  " identifiers; the incident has " +
                                                  std::to_string(incident.identifiers) + "."));
  }
}

// "IDR", "IDR or USD", "IDR, MYR or USD".
std::string AnyOf(const std::map<std::string, uint64_t>& by_currency) {
  std::string codes;
  size_t left = by_currency.size();
  for (const auto& [code, minor] : by_currency) {
    codes += (codes.empty() ? "" : left == 1 ? " or " : ", ") + code;
    --left;
  }
  return codes;
}

void CheckAmount(const Money& amount, const ReasonProfile& profile, Sentences& missing) {
  const bool given = amount.currency.has_value() && amount.minor > 0;
  if (!given) {
    // A least amount cannot be judged without an amount.
    if (Requires(profile, "amount") || !profile.least_minor.empty()) {
      missing.push_back("State the amount and its currency.");
    }
    return;
  }
  if (amount.minor > kMaxMinorUnits) {
    missing.push_back("Correct the amount: it is larger than can be recorded.");
    return;
  }
  if (profile.least_minor.empty()) return;
  const auto least = profile.least_minor.find(amount.currency.code());
  if (least == profile.least_minor.end()) {
    // Else the bound would be got round by naming another currency.
    missing.push_back("Give the amount in " + AnyOf(profile.least_minor) +
                      ": the charter has no least amount in " + amount.currency.code() + ".");
  } else if (amount.minor < least->second) {
    missing.push_back("The amount is too small to be shared: the charter asks for at least " +
                      FormatMoney({.minor = least->second, .currency = amount.currency}) + " " +
                      amount.currency.code() + ".");
  }
}

void CheckOccurred(const IncidentCase& incident, const ReasonProfile& profile, Sentences& missing) {
  const Date occurred = incident.facts.occurred;
  if (!occurred.has_value()) {
    missing.push_back("State the date on which it occurred.");
  } else if (IsStillToCome(occurred, incident.today)) {
    missing.push_back("Correct the date on which it occurred: " + occurred.ToString() +
                      " lies in the future.");
  } else if (incident.today >= RetentionEnd(occurred, profile.retention_months)) {
    missing.push_back("It is too old to be shared: the charter keeps this reason for " +
                      Number(profile.retention_months, "month", "months") + " after it occurred.");
  }
}

void CheckDue(const IncidentCase& incident, const ReasonProfile& profile, Sentences& missing) {
  const ReportFacts& facts = incident.facts;
  if (!facts.due.has_value()) {
    if (Requires(profile, "due")) missing.push_back("State the date on which payment was due.");
    return;
  }
  const bool about_an_invoice =
      facts.reason == Reason::kInvoiceOverdue || facts.reason == Reason::kInvoiceUnpaidReminded;
  if (about_an_invoice && facts.due >= incident.today) {
    missing.push_back(
        Open(kWait, "payment is overdue: it is due on " + facts.due.ToString() + "."));
  }
}

void CheckAge(const IncidentCase& incident, const ReasonProfile& profile, Sentences& missing) {
  const ReportFacts& facts = incident.facts;
  const Date since = facts.due.has_value() ? facts.due : facts.occurred;
  if (profile.least_age_days == 0 || !since.has_value()) return;
  const Date from = since.PlusDays(profile.least_age_days);
  if (incident.today >= from) return;
  missing.push_back(Open(kWait, from.ToString() + ": the charter asks for " +
                                    Number(profile.least_age_days, "day", "days") + " since " +
                                    (facts.due.has_value() ? "payment was due." : "it occurred.")));
}

// What is wrong with the dates as such; "" when nothing is.
std::string FaultOfReminders(const std::vector<Date>& given, Date today) {
  if (given.size() > kMaxReminders) {
    return "Record at most " + std::to_string(kMaxReminders) + " reminders; there are " +
           std::to_string(given.size()) + ".";
  }
  Date last;
  for (const Date reminder : given) {
    if (!reminder.has_value() || reminder <= last) {
      return "Correct the dates of the reminders: one a day, in order.";
    }
    if (IsStillToCome(reminder, today)) {
      return "Correct the dates of the reminders: " + reminder.ToString() + " lies in the future.";
    }
    last = reminder;
  }
  return "";
}

constexpr const char* kOrdinals[kMaxReminders] = {"first", "second", "third",   "fourth",
                                                  "fifth", "sixth",  "seventh", "eighth"};

// "A second reminder, sent 7 days or more after the first (2026-09-07), is missing; ..."
std::string NextReminder(const ReportFacts& facts, const ReasonProfile& profile,
                         const std::vector<Date>& counted, Date today) {
  const size_t done = counted.size();
  const char* ordinal = kOrdinals[std::min(done, kMaxReminders - 1)];
  std::string sentence = Open(*ordinal == 'e' ? kEighthReminder : kReminder, ordinal);
  sentence += " reminder, sent ";
  Date from;
  if (done > 0) {
    from = counted.back().PlusDays(std::max(profile.reminder_spacing_days, 1U));
    sentence += Number(std::max(profile.reminder_spacing_days, 1U), "day", "days") +
                " or more after the " + kOrdinals[done - 1] + " (" + counted.back().ToString() +
                "), is missing";
  } else if (facts.due.has_value()) {
    from = facts.due.PlusDays(1);
    sentence += "after the day payment was due (" + facts.due.ToString() + "), is missing";
  } else {
    sentence += "to the customer, is missing";
  }
  const bool counts_today = !from.has_value() || from <= today;
  sentence +=
      counts_today ? "; one sent today counts" : "; it counts from " + from.ToString() + " on";
  if (profile.reminders > done + 1) {
    sentence += ", and " + std::to_string(profile.reminders) + " are needed in all";
  }
  return sentence + ".";
}

void CheckReminders(const IncidentCase& incident, const ReasonProfile& profile,
                    Sentences& missing) {
  if (std::string fault = FaultOfReminders(incident.facts.reminders, incident.today);
      !fault.empty()) {
    missing.push_back(std::move(fault));
    return;
  }
  const std::vector<Date> counted = CountedReminders(incident.facts, profile);
  if (counted.size() < profile.reminders) {
    missing.push_back(NextReminder(incident.facts, profile, counted, incident.today));
  }
  if (profile.first_reminder_least_days == 0 || counted.empty()) return;
  const Date from = counted.front().PlusDays(profile.first_reminder_least_days);
  if (incident.today >= from) return;
  missing.push_back(Open(kWait, from.ToString() + ": the charter asks for " +
                                    Number(profile.first_reminder_least_days, "day", "days") +
                                    " since the first reminder, which was sent on " +
                                    counted.front().ToString() + "."));
}

// Where there must be reminders, telling counts from the first one on: before it nobody can be told
// of this default, only of defaults in general. Dates that are wrong say nothing.
bool IsToldTooEarly(const IncidentCase& incident, const ReasonProfile& profile) {
  if (profile.reminders == 0) return false;
  if (!FaultOfReminders(incident.facts.reminders, incident.today).empty()) return false;
  const std::vector<Date> counted = CountedReminders(incident.facts, profile);
  return counted.empty() || incident.told_on < counted.front();
}

void CheckTold(const IncidentCase& incident, const ReasonProfile& profile, Sentences& missing) {
  if (!profile.told_beforehand) return;
  const Date told = incident.told_on;
  const Date if_today = incident.today.PlusDays(profile.told_least_days);
  std::string tell = "that this may be reported to the circle";
  if (profile.reminders > 0) tell += ", with the first reminder that counts or after it";
  tell += ", and record the day";
  if (profile.told_least_days > 0) {
    tell += "; told today, it can be shared from " + if_today.ToString() + " on";
  }
  if (!told.has_value()) {
    missing.push_back(Open(kTell, tell + "."));
  } else if (IsStillToCome(told, incident.today)) {
    missing.push_back(Open(kToldOn, told.ToString() + " lies in the future."));
  } else if (IsToldTooEarly(incident, profile)) {
    missing.push_back(
        Open(kTell, "again " + tell + ": " + told.ToString() + " was before that reminder."));
  } else if (const Date from = told.PlusDays(profile.told_least_days); incident.today < from) {
    missing.push_back(Open(kWait, from.ToString() + ": the charter asks for " +
                                      Number(profile.told_least_days, "day", "days") +
                                      " since the customer was told, which was on " +
                                      told.ToString() + "."));
  }
}

void CheckProof(const IncidentCase& incident, const ReasonProfile& profile, Sentences& missing) {
  if (profile.proof.empty()) return;
  const auto asked = [&profile](ProofKind kind) {
    return std::ranges::find(profile.proof, kind) != profile.proof.end();
  };
  if (std::ranges::any_of(incident.proofs, asked)) return;
  std::string kinds;
  for (const ProofKind kind : profile.proof) {
    kinds += (kinds.empty() ? "" : ", ") + std::string(ProofKindName(kind));
  }
  missing.push_back(Open(
      kProof, (profile.proof.size() == 1 ? "of this kind: " : "of one of these kinds: ") + kinds +
                  (incident.proofs.empty() ? "." : "; none of the attached files is.")));
}

// The end of a sentence about a reason that is not one of them.
std::string OnesShared(const Charter& charter) {
  std::string names;
  for (const auto& [reason, profile] : charter.reasons) {
    names += (names.empty() ? ". The circle's charter lets these be shared: " : ", ") +
             std::string(Info(reason).name);
  }
  return names + ".";
}

}  // namespace

Sentences MissingForSharing(const IncidentCase& incident, const Charter& charter) {
  if (!IsShareable(incident.facts.reason)) {
    return {Open(kAnotherReason,
                 "this one steers your own shop and is never shared" + OnesShared(charter))};
  }
  const auto found = charter.reasons.find(incident.facts.reason);
  if (found == charter.reasons.end()) {
    return {Open(kAnotherReason, "the charter of the circle does not let this one be shared" +
                                     OnesShared(charter))};
  }
  const ReasonProfile& profile = found->second;
  Sentences missing;
  CheckIdentifiers(incident, missing);
  CheckAmount(incident.facts.amount, profile, missing);
  CheckOccurred(incident, profile, missing);
  CheckDue(incident, profile, missing);
  CheckAge(incident, profile, missing);
  CheckReminders(incident, profile, missing);
  CheckTold(incident, profile, missing);
  CheckProof(incident, profile, missing);
  if (incident.disputed) {
    missing.push_back(Open(kResolve, "the open dispute first."));
  }
  if (profile.second_person && !incident.second_person_approved) {
    missing.push_back(Open(kApprove, "who neither filed nor changed it approve it."));
  }
  return missing;
}

std::string NobodysIdentifier(std::string_view type, std::string_view why) {
  return Open(kNobodys, std::string(type) + " belongs to no one buyer: " + std::string(why) +
                            "; withdraw the incident and file it again without that");
}

bool WantsAnotherReason(std::span<const std::string> missing) {
  return std::ranges::any_of(missing, [](const std::string& sentence) {
    return MendOf(sentence) == Mend::kAnotherReason;
  });
}

Sentences HowToMend(const Sentences& missing, std::string_view incident) {
  const auto any = [&missing](Mend mend) {
    return std::ranges::any_of(
        missing, [mend](const std::string& sentence) { return MendOf(sentence) == mend; });
  };
  const std::string id(incident);
  const std::string withdraw =
      "daftar incident withdraw " + id + " --ground mistake --because TEXT";
  if (WantsAnotherReason(missing)) {
    return {
        "`daftar charter show` lists the reasons that can be shared. To file it under one of "
        "them, withdraw this one first: " +
        withdraw};
  }
  Sentences ways;
  if (any(Mend::kFileAnew)) {
    ways.push_back("To file it with other identifiers, withdraw this one first: " + withdraw);
  }
  if (any(Mend::kRemind)) {
    ways.push_back("A reminder is added with: daftar incident remind " + id + " --on DATE");
  }
  if (any(Mend::kTold)) {
    ways.push_back(
        "The day on which the customer was told is recorded with: daftar incident correct " + id +
        " --told DATE --because TEXT");
  }
  if (any(Mend::kProof)) {
    ways.push_back("Proof is added with: daftar incident proof add " + id + " FILE --kind KIND");
  }
  if (any(Mend::kResolve)) {
    ways.push_back("It is resolved with: daftar incident resolve " + id +
                   " --outcome upheld|withdrawn --because TEXT");
  }
  if (any(Mend::kApprove)) {
    ways.push_back("That person, a manager, says: daftar incident approve " + id);
  }
  if (any(Mend::kCorrect)) {
    ways.push_back("Other facts are corrected with: daftar incident correct " + id);
  }
  return ways;
}

std::vector<Date> CountedReminders(const ReportFacts& facts, const ReasonProfile& profile) {
  std::vector<Date> counted;
  for (const Date reminder : facts.reminders) {
    if (facts.due.has_value() && reminder <= facts.due) continue;
    if (!counted.empty() && reminder.DaysSince(counted.back()) < profile.reminder_spacing_days) {
      continue;
    }
    counted.push_back(reminder);
  }
  return counted;
}

Date RetentionEnd(Date occurred, uint32_t months) {
  if (!occurred.has_value()) return Date();
  using std::chrono::last;
  const std::chrono::year_month_day start{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(occurred.days())))};
  std::chrono::year_month_day end = start + std::chrono::months(static_cast<int>(months));
  if (!end.ok()) end = std::chrono::year_month_day(end.year() / end.month() / last);
  const auto shift = std::chrono::sys_days(end) - std::chrono::sys_days(start);
  return occurred.PlusDays(shift.count());
}

Date LastDayKept(Date occurred, uint32_t months) {
  const Date end = RetentionEnd(occurred, months);
  return end.has_value() ? end.PlusDays(-1) : end;
}

}  // namespace daftar::evidence
