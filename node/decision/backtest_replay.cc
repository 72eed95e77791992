#include "node/decision/backtest_replay.h"

#include <algorithm>
#include <limits>

namespace daftar::decision {
namespace {

uint32_t DayOf(int64_t seconds) {
  return evidence::Date::Of(evidence::UnixMillis::OfSeconds(seconds)).days();
}

// The day an order is due; of one without, the end of time.
uint32_t DueDay(const PastOrder& order) {
  return order.due_at == kNever ? std::numeric_limits<uint32_t>::max() : DayOf(order.due_at);
}

// The day before an order that went bad is past due: when it was due, or at once.
uint32_t OwedSince(const PastOrder& order) {
  return std::min(DueDay(order), DayOf(order.known_at) - 1);
}

uint32_t Age(uint32_t today, uint32_t day) { return day == 0 || day >= today ? 0 : today - day; }

void Insert(std::vector<uint32_t>& days, uint32_t day) {
  days.insert(std::upper_bound(days.begin(), days.end(), day), day);
}

void Remove(std::vector<uint32_t>& days, uint32_t day) {
  const auto found = std::lower_bound(days.begin(), days.end(), day);
  if (found != days.end() && *found == day) days.erase(found);
}

template <class DayCounts>
auto At(DayCounts& counts, uint32_t day) {
  return std::lower_bound(counts.begin(), counts.end(), day,
                          [](const auto& row, uint32_t value) { return row.day < value; });
}

template <class DayCounts>
void Count(DayCounts& counts, uint32_t day) {
  auto place = At(counts, day);
  if (place == counts.end() || place->day != day) place = counts.insert(place, {day, 0});
  ++place->count;
}

template <class DayCounts>
void Uncount(DayCounts& counts, uint32_t day) {
  const auto place = At(counts, day);
  if (--place->count == 0) counts.erase(place);
}

// As a track record's rows are weighed: of more than kMaxDatedCounts days the older ones count on
// the oldest that is kept.
template <class DayCounts>
uint64_t AddRows(const DayCounts& counts, uint32_t severity_ppm, uint32_t today,
                 const Policy& policy, WeighedOwn& own) {
  const size_t first = counts.size() > kMaxDatedCounts ? counts.size() - kMaxDatedCounts : 0;
  uint64_t carried = 0;
  uint64_t all = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    all += counts[i].count;
    carried += counts[i].count;
    if (i < first) continue;
    const uint32_t age = Age(today, counts[i].day);
    own.bad_ppm += std::min(carried, kMaxCountedOrders) *
                   Decayed(severity_ppm, age, policy.own_half_life_days);
    own.newest_bad_age_days = std::min(own.newest_bad_age_days, age);
    carried = 0;
  }
  return all;
}

}  // namespace

std::vector<HistoryEvent> Timeline(const History& history) {
  std::vector<HistoryEvent> events;
  for (uint32_t i = 0; i < history.orders.size(); ++i) {
    const PastOrder& order = history.orders[i];
    events.push_back({order.at, i, EventKind::kDecision});
    if (order.known_at != kNever) events.push_back({order.known_at, i, EventKind::kOutcome});
    if (order.settled_at != kNever) events.push_back({order.settled_at, i, EventKind::kSettled});
  }
  std::sort(events.begin(), events.end(), [](const HistoryEvent& a, const HistoryEvent& b) {
    if (a.time != b.time) return a.time < b.time;
    return a.order != b.order ? a.order < b.order : a.kind < b.kind;
  });
  return events;
}

Replay::Replay(const History& history, const std::vector<uint32_t>& shop_of, const Policy& policy,
               const ReplayOptions& options)
    : history_(history),
      shop_of_(shop_of),
      policy_(policy),
      options_(options),
      accounts_(history.customers),
      bucket_of_(history.orders.size(), evidence::SettledBucket::kNone),
      known_(options.shops),
      known_bad_(options.shops),
      learnt_(options.shops, std::vector<PartnerOutcomes>(options.shops)) {
  if (!options_.use_partners) return;
  weighed_.partners.resize(options_.shops - 1);
  for (WeighedPartner& partner : weighed_.partners) {
    partner.state = PartnerState::kAnswered;
    partner.entries.resize(1);
  }
}

Weighed* Replay::Take(const HistoryEvent& event) {
  switch (event.kind) {
    case EventKind::kDecision:
      return Decide(event.order);
    case EventKind::kOutcome:
      Outcome(event.order);
      return nullptr;
    case EventKind::kSettled:
      Settled(event.order);
      return nullptr;
  }
  return nullptr;
}

Replay::Account* Replay::Find(uint32_t customer, uint32_t shop) {
  for (Account& account : accounts_[customer]) {
    if (account.shop == shop) return &account;
  }
  return nullptr;
}

Replay::Account& Replay::Get(uint32_t customer, uint32_t shop) {
  if (Account* found = Find(customer, shop); found != nullptr) return *found;
  Account& made = accounts_[customer].emplace_back();
  made.shop = shop;
  return made;
}

uint32_t Replay::Prior(uint32_t shop) const {
  if (options_.fixed_prior_ppm.has_value()) return *options_.fixed_prior_ppm;
  return PriorFrom(known_bad_[shop], known_[shop], policy_);
}

void Replay::WeighOwn(const Account* account, uint32_t today) {
  WeighedOwn& own = weighed_.own;
  own = WeighedOwn();
  if (account == nullptr) return;
  own.newest_bad_age_days = std::numeric_limits<uint32_t>::max();
  const uint64_t late = AddRows(account->late_paid, policy_.late_paid_ppm, today, policy_, own);
  const uint64_t unpaid = AddRows(account->unpaid, policy_.unpaid_ppm, today, policy_, own);
  own.orders = std::min(account->good + late + unpaid, kMaxCountedOrders);
  own.good = std::min<uint64_t>(account->good, own.orders);
  own.bad = std::min(late + unpaid, own.orders);
  own.bad_ppm = std::min(own.bad_ppm, own.orders * kPpm);
  if (own.bad_ppm == 0) own.newest_bad_age_days = 0;
  const auto& due = account->open_due;
  own.overdue = std::lower_bound(due.begin(), due.end(), today) - due.begin();
  if (own.overdue > 0) own.overdue_days = today - due.front();
  // Of an order known to be bad no more is expected, as of one given up.
  own.given_up = std::min(unpaid, own.overdue);
  WeighAmounts(*account);
}

void Replay::WeighAmounts(const Account& account) {
  if (!weighed_.order.amount.has_value()) return;
  WeighedOwn& own = weighed_.own;
  for (const Amounts& amounts : account.amounts) {
    if (amounts.currency != weighed_.order.amount->currency) continue;
    own.open_minor = amounts.open_minor;
    own.usual_orders = amounts.settled_orders;
    own.usual_minor =
        amounts.settled_orders == 0 ? 0 : amounts.settled_minor / amounts.settled_orders;
  }
}

// Null when the order has no amount.
Replay::Amounts* Replay::AmountsOf(Account& account, const PastOrder& order) {
  if (!order.amount.has_value()) return nullptr;
  for (Amounts& amounts : account.amounts) {
    if (amounts.currency == order.amount->currency) return &amounts;
  }
  account.amounts.push_back({order.amount->currency, 0, 0, 0});
  return &account.amounts.back();
}

// An order without a due date is not owed before it goes bad.
void Replay::Open(Account& account, const PastOrder& order) {
  if (order.due_at == kNever) return;
  Insert(account.open_due, DueDay(order));
  if (Amounts* amounts = AmountsOf(account, order)) amounts->open_minor += order.amount->minor;
}

void Replay::Close(Account& account, const PastOrder& order) {
  Amounts* amounts = AmountsOf(account, order);
  if (amounts != nullptr) {
    constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
    amounts->settled_minor += std::min(order.amount->minor, kMost - amounts->settled_minor);
    ++amounts->settled_orders;
  }
  if (order.due_at == kNever) {
    if (order.bad) Remove(account.open_due, OwedSince(order));
    return;
  }
  Remove(account.open_due, order.bad ? OwedSince(order) : DueDay(order));
  if (amounts != nullptr) amounts->open_minor -= order.amount->minor;
}

uint32_t Replay::Strongest(const Account& account, uint32_t today) const {
  uint32_t strongest = 0;
  for (const Reports& reports : account.reports) {
    const auto weigh = [&](const std::vector<uint32_t>& days, EntryStatus status) {
      if (days.empty()) return;
      strongest = std::max(strongest, WeighReport(reports.reason, status, Age(today, days.back()),
                                                  reports.bucket, policy_));
    };
    weigh(reports.live, EntryStatus::kLive);
    weigh(reports.settled, EntryStatus::kSettled);
  }
  return strongest;
}

uint32_t Replay::WeightOf(uint32_t shop, uint32_t partner) const {
  return options_.learnt_weights
             ? LearntWeight(learnt_[shop][partner], policy_)
             : std::min(policy_.partner_weight_ppm, policy_.max_partner_weight_ppm);
}

// Partner i of a shop is the i-th after it.
void Replay::WeighPartners(uint32_t shop, uint32_t customer, uint32_t today) {
  for (WeighedPartner& partner : weighed_.partners) partner.entries.front().bad_ppm = 0;
  if (weighed_.partners.empty()) return;
  for (const Account& account : accounts_[customer]) {
    if (account.shop == shop) continue;
    WeighedPartner& partner =
        weighed_.partners[(account.shop + options_.shops - shop - 1) % options_.shops];
    partner.entries.front().bad_ppm = Strongest(account, today);
    if (partner.entries.front().bad_ppm == 0) continue;
    partner.weight_ppm = WeightOf(shop, account.shop);
  }
}

void Replay::Learn(uint32_t index, uint32_t shop) {
  const auto expected = expected_.find(index);
  if (expected == expected_.end()) return;
  for (const ExpectedGain& gain : expected->second) {
    learnt_[shop][gain.partner].Add(gain, history_.orders[index].bad ? kPpm : 0);
  }
  expected_.erase(expected);
}

Weighed* Replay::Decide(uint32_t index) {
  const PastOrder& order = history_.orders[index];
  const uint32_t shop = shop_of_[index];
  const uint32_t today = DayOf(order.at);
  weighed_.order.amount = order.amount;
  weighed_.prior_ppm = Prior(shop);
  WeighOwn(Find(order.customer, shop), today);
  WeighPartners(shop, order.customer, today);
  if (options_.learnt_weights && order.known_at != kNever) {
    auto gains = ExpectedGains(weighed_, policy_);
    for (ExpectedGain& gain : gains) gain.partner = (shop + 1 + gain.partner) % options_.shops;
    if (!gains.empty()) expected_[index] = std::move(gains);
  }
  Account& account = Get(order.customer, shop);
  const uint32_t before = account.good - (account.today == today ? account.good_today : 0);
  bucket_of_[index] = evidence::BucketOf(before);
  Open(account, order);
  return &weighed_;
}

void Replay::AddReport(Account& account, const PastOrder& order, evidence::SettledBucket bucket) {
  const auto same = [&](const Reports& reports) {
    return reports.reason == order.reason && reports.bucket == bucket;
  };
  auto found = std::find_if(account.reports.begin(), account.reports.end(), same);
  if (found == account.reports.end()) {
    found = account.reports.insert(found, {order.reason, bucket, {}, {}});
  }
  Insert(found->live, DayOf(order.at));
}

void Replay::Outcome(uint32_t index) {
  const PastOrder& order = history_.orders[index];
  const uint32_t shop = shop_of_[index];
  const uint32_t day = DayOf(order.known_at);
  Account& account = Get(order.customer, shop);
  ++known_[shop];
  if (order.bad) ++known_bad_[shop];
  Learn(index, shop);
  const bool lies = options_.liar == shop;
  if (lies || !options_.use_buckets) bucket_of_[index] = evidence::SettledBucket::kNone;
  if (order.bad) {
    Count(account.unpaid, day);
    if (order.due_at != kNever) Remove(account.open_due, DueDay(order));
    Insert(account.open_due, OwedSince(order));
    AddReport(account, order, bucket_of_[index]);
    return;
  }
  ++account.good;
  if (account.today != day) account.good_today = 0;
  account.today = day;
  ++account.good_today;
  Close(account, order);
  if (lies) AddReport(account, order, bucket_of_[index]);
}

void Replay::Settled(uint32_t index) {
  const PastOrder& order = history_.orders[index];
  Account& account = Get(order.customer, shop_of_[index]);
  const uint32_t day = DayOf(order.known_at);
  Uncount(account.unpaid, day);
  Count(account.late_paid, day);
  Close(account, order);
  if (!options_.settle || options_.liar == shop_of_[index]) return;
  for (Reports& reports : account.reports) {
    if (reports.reason != order.reason || reports.bucket != bucket_of_[index]) continue;
    Remove(reports.live, DayOf(order.at));
    Insert(reports.settled, DayOf(order.at));
  }
}

}  // namespace daftar::decision
