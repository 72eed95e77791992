#include "node/ledger/found_incident.h"

#include "node/ledger/ledger.h"

namespace daftar::ledger {
namespace {

using evidence::EntryKind;

constexpr std::string_view kNote =
    "Found again in a partner's copy of this node's log. The database in which it was filed is "
    "lost: who the customer is, the note and the proof are not known any more.";

template <class Kind>
const Kind* Of(const std::optional<evidence::Facts>& facts) {
  return facts.has_value() ? std::get_if<Kind>(&*facts) : nullptr;
}

}  // namespace

std::string RecoveredHandle(uint64_t report) {
  return std::string(identity::kLostCustomerPrefix) + std::to_string(report);
}

evidence::UnixMillis TimeOf(const evidence::Header& header) {
  return evidence::UnixMillis::OfSeconds(static_cast<int64_t>(header.issued_at));
}

Incident LostIncident(const IncidentId& id, uint64_t index, const evidence::Header& header,
                      const evidence::ReportFacts& facts) {
  Incident incident;
  incident.id = id;
  incident.account.reason = facts.reason;
  incident.account.amount = facts.amount;
  incident.account.occurred = facts.occurred;
  incident.account.due = facts.due;
  incident.account.reminders = facts.reminders;
  incident.account.note = std::string(kNote);
  auto handle = identity::Identifier::FromNormalised(identity::IdentifierType::kHandle,
                                                     RecoveredHandle(index));
  if (handle.ok()) incident.account.identifiers.push_back(*std::move(handle));
  incident.added_at = TimeOf(header);
  incident.added_by = std::string(kNodeActor);
  incident.events.push_back({incident.added_at, incident.added_by, IncidentAction::kAdded,
                             std::string(kFoundAgain), std::nullopt});
  return incident;
}

std::optional<IncidentAction> ApplyEntry(Incident& incident, const evidence::Header& header,
                                         const std::optional<evidence::Facts>& facts) {
  const evidence::Date day = evidence::Date::Of(TimeOf(header));
  switch (header.kind) {
    case EntryKind::kSettlement: {
      const auto* settled = Of<evidence::SettlementFacts>(facts);
      incident.state = IncidentState::kSettled;
      incident.settled_on = settled != nullptr ? settled->settled_on : day;
      incident.dispute.reset();
      return IncidentAction::kSettled;
    }
    case EntryKind::kDispute: {
      const auto* disputed = Of<evidence::DisputeFacts>(facts);
      incident.state = IncidentState::kDisputed;
      incident.dispute =
          OpenDispute{disputed != nullptr ? disputed->by : evidence::DisputedBy::kShop,
                      disputed != nullptr ? disputed->on : day, TimeOf(header)};
      return IncidentAction::kDisputed;
    }
    case EntryKind::kResolution: {
      const auto* resolved = Of<evidence::ResolutionFacts>(facts);
      incident.EndDispute();
      return resolved != nullptr && resolved->upheld ? IncidentAction::kUpheld
                                                     : IncidentAction::kRefuted;
    }
    case EntryKind::kCorrection: {
      if (const auto* now = Of<evidence::CorrectionFacts>(facts); now != nullptr) {
        incident.corrected.amount = now->corrected.amount;
        incident.corrected.occurred = now->corrected.occurred;
        incident.corrected.due = now->corrected.due;
        incident.corrected.reminders = now->corrected.reminders;
      }
      if (incident.state == IncidentState::kApproved) incident.state = IncidentState::kCorrected;
      return IncidentAction::kCorrected;
    }
    case EntryKind::kWithdrawal: {
      const auto* withdrawn = Of<evidence::WithdrawalFacts>(facts);
      incident.state = IncidentState::kWithdrawn;
      incident.withdrawn_for =
          withdrawn != nullptr ? withdrawn->ground : evidence::WithdrawalGround::kOther;
      incident.dispute.reset();
      return IncidentAction::kWithdrawn;
    }
    case EntryKind::kErasure: {
      const bool expired = header.ground == evidence::ErasureGround::kExpired;
      incident.state = expired ? IncidentState::kExpired : IncidentState::kErased;
      incident.erased_for = header.ground;
      incident.dispute.reset();
      return expired ? IncidentAction::kExpired : IncidentAction::kErased;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace daftar::ledger
