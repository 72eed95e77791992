#include "node/ledger/remarks.h"

#include "node/decision/decide.h"

namespace daftar::ledger {
namespace {

using decision::OrderRemark;
using decision::Trouble;
using evidence::WithdrawalGround;

bool IsInQuestion(const IncidentView& view) {
  if (view.state == IncidentState::kDisputed) return true;
  if (view.state != IncidentState::kWithdrawn) return false;
  const auto& ground = view.incident.withdrawn_for;
  return ground == WithdrawalGround::kDisputeUpheld ||
         ground == WithdrawalGround::kDisputeUnanswered;
}

bool HasWeight(IncidentState state) {
  return state != IncidentState::kDisputed && state != IncidentState::kWithdrawn &&
         state != IncidentState::kExpired && state != IncidentState::kErased;
}

// The day on which what was owed was paid, or made good, as the incident has it; none: it does not
// say so.
evidence::Date SettledOn(const IncidentView& view) {
  const Incident& incident = view.incident;
  // Paid is paid, even if the report is taken back afterwards. But what was filed by mistake was
  // settled by mistake.
  if (view.state == IncidentState::kWithdrawn &&
      incident.withdrawn_for == WithdrawalGround::kMistake) {
    return {};
  }
  if (incident.settled_on.has_value() || view.state != IncidentState::kSettled) {
    return incident.settled_on;
  }
  // A row that does not have the day.
  evidence::Date day;
  for (const IncidentEvent& event : incident.events) {
    if (event.action == IncidentAction::kSettled) day = evidence::Date::Of(event.at);
  }
  return day;
}

}  // namespace

void RemarkedOrders::Add(const IncidentView& incident) {
  const NewIncident& account = incident.incident.account;
  const Trouble trouble = decision::TroubleOf(account.reason);
  if (account.order.empty() || decision::IsLocal(trouble)) return;
  Remark remark;
  if (IsInQuestion(incident)) {
    remark.remark = OrderRemark::kInQuestion;
  } else if (trouble != Trouble::kPayment && HasWeight(incident.state)) {
    remark.remark = OrderRemark::kBroken;
    remark.broken_on = evidence::Date::Of(incident.incident.added_at);
    remark.made_good = SettledOn(incident);
    remark.taken_back = trouble == Trouble::kReversal;
  }
  if (decision::IsOfMoney(trouble)) remark.settled = SettledOn(incident);
  if (remark.remark == OrderRemark::kNone && !remark.settled.has_value()) return;
  // What an earlier one has settled or put in question stays so, whatever is filed after it.
  Remark& known = remarks_[account.order];
  evidence::Date settled = known.settled;
  if (!settled.has_value() || (remark.settled.has_value() && remark.settled < settled)) {
    settled = remark.settled;
  }
  const bool stands = incident.state != IncidentState::kWithdrawn;
  if (remark.remark != OrderRemark::kNone && (stands || known.remark == OrderRemark::kNone)) {
    known = remark;
  }
  known.settled = settled;
}

decision::RemarkedOrder RemarkedOrders::Of(const std::string& name,
                                           const decision::OrderFacts& order) const {
  decision::RemarkedOrder remarked{order};
  const auto found = remarks_.find(name);
  if (found == remarks_.end()) return remarked;
  const Remark& remark = found->second;
  remarked.remark = remark.remark;
  remarked.broken_on = remark.broken_on;
  remarked.made_good = remark.made_good;
  remarked.taken_back = remark.taken_back;
  if (!order.paid.has_value()) remarked.facts.paid = remark.settled;
  return remarked;
}

absl::StatusOr<RemarkedOrders> RemarksOnAllOrders(const Ledger& ledger,
                                                  const std::function<bool()>& stopped) {
  RemarkedOrders remarked;
  bool is_stopped = false;
  const absl::Status scanned = ledger.ScanOfOrders([&](const IncidentView& incident) {
    remarked.Add(incident);
    return !(is_stopped = stopped && stopped());
  });
  if (!scanned.ok()) return scanned;
  if (is_stopped) return absl::CancelledError("reading the incidents was stopped");
  return remarked;
}

absl::StatusOr<RemarkedOrders> RemarksAbout(const Ledger& ledger,
                                            std::span<const identity::Identifier> identifiers) {
  auto about = ledger.About(identifiers);
  if (!about.ok()) return about.status();
  RemarkedOrders remarked;
  for (const IncidentView& incident : *about) remarked.Add(incident);
  return remarked;
}

absl::StatusOr<decision::RemarkedOrder> RemarkedOrderOf(const Ledger& ledger,
                                                        const std::string& name,
                                                        const book::Order& order) {
  // Its newest incident names it, and earlier ones name the same buyer.
  auto about = RemarksAbout(ledger, order.identifiers);
  if (!about.ok()) return about.status();
  RemarkedOrders& remarked = *about;
  const auto id = ledger.ForOrder(name);
  if (!id.ok()) return id.status();
  if (id->has_value()) {
    const auto incident = ledger.Get(**id);
    if (incident.ok()) {
      remarked.Add(*incident);
    } else if (!absl::IsNotFound(incident.status())) {  // else erased a moment ago
      return incident.status();
    }
  }
  return remarked.Of(name, order);
}

}  // namespace daftar::ledger
