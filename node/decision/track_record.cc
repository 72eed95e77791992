#include "node/decision/track_record.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace daftar::decision {
namespace {

constexpr uint64_t kMaxOrderDays = std::numeric_limits<uint32_t>::max();

// The newest kMaxDatedCounts days, older ones added to the oldest of them.
std::vector<DatedCount> Rows(const std::map<evidence::Date, uint32_t>& counts) {
  std::vector<DatedCount> rows;
  size_t older = counts.size() > kMaxDatedCounts ? counts.size() - kMaxDatedCounts : 0;
  uint32_t carried = 0;
  for (const auto& [date, count] : counts) {
    if (older > 0) {
      carried += count;
      --older;
      continue;
    }
    rows.push_back({date, count + std::exchange(carried, 0)});
  }
  return rows;
}

// Amounts come from files; a sum that would run over stays at the largest number.
void AddTo(uint64_t& sum, uint64_t amount) {
  sum = sum > std::numeric_limits<uint64_t>::max() - amount ? std::numeric_limits<uint64_t>::max()
                                                            : sum + amount;
}

uint32_t DaysPast(evidence::Date day, evidence::Date due) {
  return day > due ? static_cast<uint32_t>(std::min<uint64_t>(day.DaysSince(due), kMaxOrderDays))
                   : 0;
}

bool WrittenOffBeforePaid(const OrderFacts& order) {
  return order.written_off.has_value() && order.written_off <= order.paid;
}

// Of a paid order.
bool IsPaidOnTime(const OrderFacts& order, uint32_t late_after_days) {
  return DaysPast(order.paid, order.due) <= late_after_days && !order.said_late &&
         !WrittenOffBeforePaid(order);
}

}  // namespace

uint32_t DaysLate(const OrderFacts& order, evidence::Date today) {
  return DaysPast(order.paid.has_value() ? order.paid : today, order.due);
}

bool SupportsIncident(const OrderFacts& order, evidence::Date today, uint32_t late_after_days) {
  if (order.disputed && !order.paid.has_value()) return false;
  return DaysLate(order, today) > late_after_days;
}

bool SettledBefore(const RemarkedOrder& order, evidence::Date day, uint32_t late_after_days) {
  const OrderFacts& facts = order.facts;
  return facts.invoiced < day && facts.paid.has_value() && facts.paid < day &&
         IsPaidOnTime(facts, late_after_days) && order.remark != OrderRemark::kBroken;
}

void TrackRecordBuilder::Add(const OrderFacts& order, OrderRemark remark) {
  if (order.invoiced > today_) return;
  ++record_.orders;
  if (!record_.first_order.has_value() || order.invoiced < record_.first_order) {
    record_.first_order = order.invoiced;
  }
  record_.last_order = std::max(record_.last_order, order.invoiced);
  const bool paid = order.paid.has_value() && order.paid <= today_;
  const bool on_time = paid && IsPaidOnTime(order, late_after_days_);
  if ((remark == OrderRemark::kInQuestion && !on_time) || (order.disputed && !paid)) {
    ++record_.disputed;
    if (paid) AddSettled(order.amount);
  } else if (on_time && remark == OrderRemark::kBroken) {
    ++record_.broken;
    AddSettled(order.amount);
  } else if (paid) {
    AddPaid(order);
  } else {
    AddOpen(order);
  }
}

void TrackRecordBuilder::AddPaid(const OrderFacts& order) {
  const uint32_t days_late = DaysPast(order.paid, order.due);
  AddSettled(order.amount);
  ++record_.orders_settled;
  record_.worst_days_late = std::max(record_.worst_days_late, days_late);
  record_.total_days_late += days_late;
  if (IsPaidOnTime(order, late_after_days_)) {
    ++record_.paid_on_time;
    record_.prepaid_on_time += order.terms == Terms::kPrepaid ? 1 : 0;
    return;
  }
  ++record_.late;
  const bool by_days = days_late > late_after_days_;
  evidence::Date known = by_days ? order.due.PlusDays(int64_t{late_after_days_} + 1) : order.paid;
  if (WrittenOffBeforePaid(order)) known = std::min(known, order.written_off);
  ++late_paid_[known];
}

void TrackRecordBuilder::AddOpen(const OrderFacts& order) {
  const bool written_off = order.written_off.has_value() && order.written_off <= today_;
  // Who gives an order up before it is due knows already that it will not be paid.
  const uint32_t days_late = std::max(DaysPast(today_, order.due), written_off ? 1U : 0U);
  ++record_.open;
  OpenAmount& amount = AmountsIn(order.amount.currency);
  AddTo(amount.open_minor, order.amount.minor);
  if (days_late == 0) return;
  AddTo(amount.overdue_minor, order.amount.minor);
  ++record_.overdue;
  record_.given_up += written_off ? 1 : 0;
  record_.longest_overdue_days = std::max(record_.longest_overdue_days, days_late);
  const bool by_days = DaysPast(today_, order.due) > late_after_days_;
  if (!by_days && !written_off) return;
  evidence::Date known =
      by_days ? order.due.PlusDays(int64_t{late_after_days_} + 1) : order.written_off;
  if (written_off) known = std::min(known, order.written_off);
  ++unpaid_[known];
}

// What an order usually comes to is known whatever else became of it.
void TrackRecordBuilder::AddSettled(const evidence::Money& paid) {
  OpenAmount& amount = AmountsIn(paid.currency);
  AddTo(amount.settled_minor, paid.minor);
  ++amount.settled_orders;
}

OpenAmount& TrackRecordBuilder::AmountsIn(evidence::Currency currency) {
  auto& amounts = record_.amounts;
  const auto found = std::find_if(amounts.begin(), amounts.end(), [currency](const auto& amount) {
    return amount.currency == currency;
  });
  if (found != amounts.end()) return *found;
  amounts.push_back({.currency = currency});
  return amounts.back();
}

TrackRecord TrackRecordBuilder::Finish() && {
  std::sort(record_.amounts.begin(), record_.amounts.end(),
            [](const auto& a, const auto& b) { return a.currency < b.currency; });
  record_.late_paid = Rows(late_paid_);
  record_.unpaid = Rows(unpaid_);
  return std::move(record_);
}

OrderStanding StandingOf(const RemarkedOrder& order, evidence::Date today,
                         uint32_t late_after_days) {
  TrackRecordBuilder builder(today, late_after_days);
  builder.Add(order);
  const TrackRecord record = std::move(builder).Finish();
  if (record.paid_on_time > 0) return {OrderOutcome::kPaidOnTime, {}};
  if (record.broken > 0) return {OrderOutcome::kBroken, {}};
  if (record.disputed > 0) return {OrderOutcome::kInQuestion, {}};
  if (record.late > 0) return {OrderOutcome::kPaidLate, record.late_paid.front().date};
  if (!record.unpaid.empty()) return {OrderOutcome::kUnpaid, record.unpaid.front().date};
  return {record.overdue > 0 ? OrderOutcome::kOverdue : OrderOutcome::kOpen, {}};
}

}  // namespace daftar::decision
