#include "node/evidence/admissibility.h"

#include <algorithm>
#include <chrono>

#include "node/evidence/labels.h"

namespace daftar::evidence {
namespace {

using Sentences = std::vector<std::string>;

bool Requires(const ReasonProfile& profile, std::string_view field) {
  return std::ranges::find(profile.required, field) != profile.required.end();
}

std::string Number(size_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

void CheckIdentifiers(const IncidentCase& incident, Sentences& missing) {
  if (incident.identifiers == 0) {
    missing.push_back("Add an identifier of the customer, like a phone number.");
  } else if (incident.identifiers > kMaxIdentifiersPerEntry) {
    missing.push_back("Choose at most " + std::to_string(kMaxIdentifiersPerEntry) +
                      " identifiers; the incident has " + std::to_string(incident.identifiers) +
                      ".");
  }
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
  const auto least = profile.least_minor.find(amount.currency.code());
  if (least != profile.least_minor.end() && amount.minor < least->second) {
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
    missing.push_back("Wait until payment is overdue: it is due on " + facts.due.ToString() + ".");
  }
}

void CheckAge(const IncidentCase& incident, const ReasonProfile& profile, Sentences& missing) {
  const ReportFacts& facts = incident.facts;
  const Date since = facts.due.has_value() ? facts.due : facts.occurred;
  if (profile.least_age_days == 0 || !since.has_value()) return;
  const Date from = since.PlusDays(profile.least_age_days);
  if (incident.today >= from) return;
  missing.push_back("Wait until " + from.ToString() + ": the charter asks for " +
                    Number(profile.least_age_days, "day", "days") + " since " +
                    (facts.due.has_value() ? "payment was due." : "it occurred."));
}

void CheckReminders(const IncidentCase& incident, const ReasonProfile& profile,
                    Sentences& missing) {
  const std::vector<Date>& given = incident.facts.reminders;
  if (given.size() > kMaxReminders) {
    missing.push_back("Record at most " + std::to_string(kMaxReminders) + " reminders; there are " +
                      std::to_string(given.size()) + ".");
    return;
  }
  Date last;
  for (const Date reminder : given) {
    if (!reminder.has_value() || reminder <= last) {
      missing.push_back("Correct the dates of the reminders: one a day, in order.");
      return;
    }
    if (IsStillToCome(reminder, incident.today)) {
      missing.push_back("Correct the dates of the reminders: " + reminder.ToString() +
                        " lies in the future.");
      return;
    }
    last = reminder;
  }
  // Nobody is reminded of what is not overdue; of reminders in quick succession only the first
  // counts.
  const Date due = incident.facts.due;
  size_t counted = 0;
  Date last_counted;
  for (const Date reminder : given) {
    if (due.has_value() && reminder <= due) continue;
    if (counted > 0 && reminder.DaysSince(last_counted) < profile.reminder_spacing_days) continue;
    last_counted = reminder;
    ++counted;
  }
  if (counted >= profile.reminders) return;
  std::string sentence = "Record " + Number(profile.reminders, "reminder", "reminders");
  if (due.has_value()) sentence += " after the day payment was due, " + due.ToString() + ",";
  if (profile.reminder_spacing_days > 0) {
    sentence += " at least " + Number(profile.reminder_spacing_days, "day", "days") + " apart";
  }
  missing.push_back(sentence + "; " + std::to_string(counted) + " so far.");
}

}  // namespace

Sentences MissingForSharing(const IncidentCase& incident, const Charter& charter) {
  if (!IsShareable(incident.facts.reason)) {
    return {"Choose another reason: this one steers your own shop and is never shared."};
  }
  const auto found = charter.reasons.find(incident.facts.reason);
  if (found == charter.reasons.end()) {
    return {"Choose another reason: the charter of the circle does not let this one be shared."};
  }
  const ReasonProfile& profile = found->second;
  Sentences missing;
  CheckIdentifiers(incident, missing);
  CheckAmount(incident.facts.amount, profile, missing);
  CheckOccurred(incident, profile, missing);
  CheckDue(incident, profile, missing);
  CheckAge(incident, profile, missing);
  CheckReminders(incident, profile, missing);
  if (profile.proof && incident.proofs == 0) {
    missing.push_back("Attach the proof, like the order, the delivery note or the invoice.");
  }
  if (incident.disputed) {
    missing.push_back("Resolve the open dispute first.");
  }
  if (profile.second_person && !incident.second_person_approved) {
    missing.push_back(
        "Have a person other than the one who filed it approve it (this version cannot: a charter "
        "whose "
        "reasons need a second person has to wait for the next).");
  }
  return missing;
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

}  // namespace daftar::evidence
