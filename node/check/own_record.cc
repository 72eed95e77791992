#include "node/check/own_record.h"

#include <optional>
#include <utility>

#include "node/decision/decide.h"

namespace daftar::check {
namespace {

using decision::OrderRemark;
using decision::Trouble;
using evidence::WithdrawalGround;

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

bool IsInQuestion(const ledger::IncidentView& view) {
  if (view.state == ledger::IncidentState::kDisputed) return true;
  if (view.state != ledger::IncidentState::kWithdrawn) return false;
  const auto& ground = view.incident.withdrawn_for;
  return ground == WithdrawalGround::kDisputeUpheld ||
         ground == WithdrawalGround::kDisputeUnanswered;
}

bool HasWeight(ledger::IncidentState state) {
  const decision::EntryStatus status = StatusOf(state);
  return status == decision::EntryStatus::kLive || status == decision::EntryStatus::kSettled;
}

// The day on which what was owed was paid, as the incident has it; none: it does not say so.
evidence::Date SettledOn(const ledger::IncidentView& view) {
  const ledger::Incident& incident = view.incident;
  // Paid is paid, even if the report is withdrawn afterwards.
  if (incident.settled_on.has_value() || view.state != ledger::IncidentState::kSettled) {
    return incident.settled_on;
  }
  // A row that does not have the day.
  evidence::Date day;
  for (const ledger::IncidentEvent& event : incident.events) {
    if (event.action == ledger::IncidentAction::kSettled) day = evidence::Date::Of(event.at);
  }
  return day;
}

decision::OwnIncident OwnIncidentOf(const ledger::IncidentView& view) {
  decision::OwnIncident own;
  own.id = view.incident.id.hex();
  own.reason = view.incident.account.reason;
  own.occurred = view.incident.account.occurred;
  own.amount = view.incident.account.amount;
  own.status = StatusOf(view.state);
  own.mitigations = view.incident.mitigations;
  return own;
}

// What the record counts the order as; none: as nothing.
std::optional<decision::IncidentOrder> StandingOf(const decision::RemarkedOrder& order,
                                                  evidence::Date today, uint32_t late_after_days) {
  decision::TrackRecordBuilder builder(today, late_after_days);
  builder.Add(order);
  const decision::TrackRecord record = std::move(builder).Finish();
  using decision::OrderOutcome;
  if (record.paid_on_time > 0) return decision::IncidentOrder{OrderOutcome::kPaidOnTime, {}};
  if (record.late > 0) {
    return decision::IncidentOrder{OrderOutcome::kPaidLate, record.late_paid.front().date};
  }
  if (!record.unpaid.empty()) {
    return decision::IncidentOrder{OrderOutcome::kUnpaid, record.unpaid.front().date};
  }
  if (record.open > 0) {
    const bool overdue = record.overdue > 0;
    return decision::IncidentOrder{overdue ? OrderOutcome::kOverdue : OrderOutcome::kOpen, {}};
  }
  return std::nullopt;
}

}  // namespace

void RemarkedOrders::Add(const ledger::IncidentView& incident) {
  const ledger::NewIncident& account = incident.incident.account;
  const Trouble trouble = decision::TroubleOf(account.reason);
  if (account.order.empty() || decision::IsLocal(trouble)) return;
  Remark remark;
  if (IsInQuestion(incident)) {
    remark.remark = OrderRemark::kInQuestion;
  } else if (trouble != Trouble::kPayment && HasWeight(incident.state)) {
    remark.remark = OrderRemark::kBroken;
  }
  if (decision::IsOfMoney(trouble)) remark.settled = SettledOn(incident);
  if (incident.state == ledger::IncidentState::kWithdrawn) {
    remarks_.emplace(account.order, remark);
  } else {
    remarks_.insert_or_assign(account.order, remark);
  }
}

decision::RemarkedOrder RemarkedOrders::Of(const std::string& name,
                                           const decision::OrderFacts& order) const {
  decision::RemarkedOrder remarked{order, OrderRemark::kNone};
  const auto found = remarks_.find(name);
  if (found == remarks_.end()) return remarked;
  remarked.remark = found->second.remark;
  if (!order.paid.has_value()) remarked.facts.paid = found->second.settled;
  return remarked;
}

absl::StatusOr<RemarkedOrders> RemarksOnAllOrders(const ledger::Ledger& ledger,
                                                  const std::function<bool()>& stopped) {
  RemarkedOrders remarked;
  bool is_stopped = false;
  const absl::Status scanned = ledger.ScanOfOrders([&](const ledger::IncidentView& incident) {
    remarked.Add(incident);
    return !(is_stopped = stopped && stopped());
  });
  if (!scanned.ok()) return scanned;
  if (is_stopped) return absl::CancelledError("reading the incidents was stopped");
  return remarked;
}

absl::StatusOr<OwnRecord> ReadOwnRecord(const book::Book& book,
                                        std::span<const book::Profile> customers,
                                        std::span<const ledger::IncidentView> incidents,
                                        evidence::Date today, uint32_t late_after_days) {
  OwnRecord record;
  RemarkedOrders remarked;
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
    incident.order = StandingOf(one, today, late_after_days);
    // What the book has in dispute is not owed for the incident either.
    const bool in_dispute = one.facts.disputed && !one.facts.paid.has_value();
    if (in_dispute && decision::TroubleOf(incident.reason) == Trouble::kPayment &&
        incident.status == decision::EntryStatus::kLive) {
      incident.status = decision::EntryStatus::kDisputed;
    }
  };
  if (auto scanned = book.ScanOrdersOf(customers, add); !scanned.ok()) return scanned;
  record.orders = std::move(builder).Finish();
  return record;
}

}  // namespace daftar::check
