// What may be filed, and the reminders noted afterwards.
#include <algorithm>

#include "node/ledger/ledger.h"

namespace daftar::ledger {
namespace {

constexpr size_t kMaxOrderNameBytes = 200;

absl::Status CheckReminder(evidence::Date reminder, evidence::Date occurred, evidence::Date today) {
  if (evidence::IsStillToCome(reminder, today)) {
    return absl::InvalidArgumentError("the reminder of " + reminder.ToString() +
                                      " is still to come; in UTC today is " + today.ToString());
  }
  if (reminder < occurred) {
    return absl::InvalidArgumentError("the reminder of " + reminder.ToString() +
                                      " is before the day it occurred, " + occurred.ToString() +
                                      "; leave it out or correct the day");
  }
  return absl::OkStatus();
}

absl::Status CheckReminders(const NewIncident& account, evidence::Date today) {
  const std::vector<evidence::Date>& reminders = account.reminders;
  // Each later than the one before.
  const bool ordered = std::adjacent_find(reminders.begin(), reminders.end(),
                                          std::greater_equal<>()) == reminders.end();
  if (reminders.size() > evidence::kMaxReminders || !ordered) {
    return absl::InvalidArgumentError("reminders are at most " +
                                      std::to_string(evidence::kMaxReminders) +
                                      " dates, oldest first, one a day");
  }
  for (const evidence::Date reminder : reminders) {
    absl::Status status = CheckReminder(reminder, account.occurred, today);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckAmount(const evidence::Money& amount) {
  if (amount.minor > 0 && !amount.currency.has_value()) {
    return absl::InvalidArgumentError("the amount's currency is missing, like IDR");
  }
  if (amount.minor == 0 && amount.currency.has_value()) {
    return absl::InvalidArgumentError(
        "the amount is 0: write what was to be paid, or leave the amount out where it is not about "
        "money");
  }
  if (amount.minor > evidence::kMaxMinorUnits) {
    return absl::InvalidArgumentError("the amount is larger than any order can be");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Ledger::CheckAccount(const NewIncident& account) const {
  if (account.identifiers.empty() ||
      account.identifiers.size() > evidence::kMaxIdentifiersPerEntry) {
    return absl::InvalidArgumentError("an incident names 1 to " +
                                      std::to_string(evidence::kMaxIdentifiersPerEntry) +
                                      " identifiers of the buyer, like a phone number");
  }
  for (size_t i = 0; i < account.identifiers.size(); ++i) {
    const identity::Identifier& identifier = account.identifiers[i];
    if (auto why = options_.warnings.WhyRefused(identifier); why.has_value()) {
      return absl::InvalidArgumentError(std::string(identity::TypeName(identifier.type())) + ": " +
                                        *why);
    }
    for (size_t j = 0; j < i; ++j) {
      if (account.identifiers[j] == identifier) {
        return absl::InvalidArgumentError("the same identifier is given twice");
      }
    }
  }
  if (!account.occurred.has_value()) {
    return absl::InvalidArgumentError("the day on which it occurred is missing, like 2026-10-01");
  }
  const evidence::Date today = evidence::Date::Of(clock_.Now());
  if (evidence::IsStillToCome(account.occurred, today)) {
    return absl::InvalidArgumentError("it cannot have occurred in the future (" +
                                      account.occurred.ToString() + ")");
  }
  if (account.told_on.has_value() && evidence::IsStillToCome(account.told_on, today)) {
    return absl::InvalidArgumentError("the customer cannot have been told in the future (" +
                                      account.told_on.ToString() + ")");
  }
  absl::Status status = CheckReminders(account, today);
  if (status.ok()) status = CheckAmount(account.amount);
  if (!status.ok()) return status;
  if (account.note.size() > kMaxNoteBytes || account.order.size() > kMaxOrderNameBytes) {
    return absl::InvalidArgumentError("the note has more than " + std::to_string(kMaxNoteBytes) +
                                      " bytes");
  }
  return absl::OkStatus();
}

absl::StatusOr<IncidentView> Ledger::Remind(const storage::Caller& caller, const IncidentId& id,
                                            evidence::Date day, const std::string& because) {
  if (because.size() > kMaxNoteBytes) {
    return absl::InvalidArgumentError("`because` has more than " + std::to_string(kMaxNoteBytes) +
                                      " bytes; say it shorter");
  }
  return Apply(caller, "incident.remind", id, [&](Stored& stored, storage::Batch&) -> absl::Status {
    Incident& incident = stored.incident;
    if (incident.state != IncidentState::kDraft && incident.state != IncidentState::kReady) {
      return absl::FailedPreconditionError(
          "only a draft takes further reminders; what was published, settled or "
          "withdrawn stays as it is");
    }
    const evidence::UnixMillis now = clock_.Now();
    const evidence::Date today = evidence::Date::Of(now);
    const evidence::Date reminder = day.has_value() ? day : today;
    const std::vector<evidence::Date> noted = incident.Standing().reminders;
    if (std::find(noted.begin(), noted.end(), reminder) != noted.end()) {
      return absl::AlreadyExistsError("a reminder of " + reminder.ToString() +
                                      " is noted already; one a day counts");
    }
    if (noted.size() >= evidence::kMaxReminders) {
      return absl::FailedPreconditionError("the incident has " +
                                           std::to_string(evidence::kMaxReminders) +
                                           " reminders, the most it can have");
    }
    absl::Status status = CheckReminder(reminder, incident.Standing().occurred, today);
    if (!status.ok()) return status;
    if (incident.corrected.reminders) {
      incident.corrected.reminders = noted;
      incident.corrected.reminders->push_back(reminder);
      std::sort(incident.corrected.reminders->begin(), incident.corrected.reminders->end());
    } else {
      incident.later_reminders.push_back(reminder);
    }
    incident.events.push_back({now, caller.actor, IncidentAction::kReminded,
                               reminder.ToString() + (because.empty() ? "" : ": " + because),
                               std::nullopt});
    return absl::OkStatus();
  });
}

}  // namespace daftar::ledger
