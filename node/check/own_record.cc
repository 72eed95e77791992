#include "node/check/own_record.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "node/decision/decide.h"
#include "node/decision/track_record.h"
#include "node/ledger/remarks.h"

namespace daftar::check {
namespace {

decision::EntryStatus StatusOf(ledger::IncidentState state) {
  using decision::EntryStatus;
  switch (state) {
    case ledger::IncidentState::kSettled:
      return EntryStatus::kSettled;
    case ledger::IncidentState::kDisputed:
      return EntryStatus::kDisputed;
    case ledger::IncidentState::kWithdrawn:
      return EntryStatus::kWithdrawn;
    case ledger::IncidentState::kExpired:
      return EntryStatus::kExpired;
    case ledger::IncidentState::kErased:
      return EntryStatus::kErased;
    default:
      return EntryStatus::kLive;
  }
}

decision::OwnIncident OwnIncidentOf(const ledger::IncidentView& view) {
  decision::OwnIncident own;
  own.id = view.incident.id.hex();
  own.reason = view.incident.account.reason;
  const ledger::NewIncident standing = view.incident.Standing();
  own.occurred = standing.occurred;
  own.amount = standing.amount;
  own.status = StatusOf(view.state);
  own.mitigations = view.incident.mitigations;
  return own;
}

// What the record counts the order as; none: as nothing.
std::optional<decision::IncidentOrder> OrderOf(const decision::RemarkedOrder& order,
                                               evidence::Date today, uint32_t late_after_days) {
  using decision::OrderOutcome;
  if (order.facts.invoiced > today) return std::nullopt;
  const decision::OrderStanding standing = decision::StandingOf(order, today, late_after_days);
  if (standing.outcome == OrderOutcome::kInQuestion || standing.outcome == OrderOutcome::kBroken) {
    return std::nullopt;
  }
  return decision::IncidentOrder{standing.outcome, standing.bad_since};
}

}  // namespace

absl::StatusOr<OwnRecord> ReadOwnRecord(const book::Book& book,
                                        std::span<const book::Profile> customers,
                                        std::span<const ledger::IncidentView> incidents,
                                        evidence::Date today, uint32_t late_after_days) {
  OwnRecord record;
  ledger::RemarkedOrders remarked;
  std::map<std::string, decision::OwnIncident*, std::less<>> by_order;
  record.incidents.reserve(incidents.size());
  for (const ledger::IncidentView& view : incidents) {
    record.incidents.push_back(OwnIncidentOf(view));
    remarked.Add(view);
    const std::string& order = view.incident.account.order;
    if (order.empty()) continue;
    if (view.state == ledger::IncidentState::kWithdrawn) {
      by_order.emplace(order, &record.incidents.back());
    } else {
      by_order.insert_or_assign(order, &record.incidents.back());
    }
  }
  decision::TrackRecordBuilder builder(today, late_after_days);
  const auto add = [&](const book::CustomerId& row, const book::Order& order) {
    const std::string name = by_order.empty() ? "" : book::OrderName(row, order);
    const decision::RemarkedOrder one = remarked.Of(name, order);
    builder.Add(one);
    const auto made = by_order.find(name);
    if (made == by_order.end()) return;
    decision::OwnIncident& incident = *made->second;
    incident.order = OrderOf(one, today, late_after_days);
    // What the book has in dispute is not owed for the incident either.
    const bool in_dispute = one.facts.disputed && !one.facts.paid.has_value();
    if (in_dispute && decision::TroubleOf(incident.reason) == decision::Trouble::kPayment &&
        incident.status == decision::EntryStatus::kLive) {
      incident.status = decision::EntryStatus::kDisputed;
    }
  };
  if (auto scanned = book.ScanOrdersOf(customers, add); !scanned.ok()) return scanned;
  record.orders = std::move(builder).Finish();
  return record;
}

}  // namespace daftar::check
