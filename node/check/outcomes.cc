#include "node/check/outcomes.h"

#include <algorithm>
#include <functional>

#include "node/check/outcome_rows.h"
#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::check {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;
using decision::Effect;
using storage::Column;

constexpr uint8_t kVersion = 1;
constexpr std::string_view kOverrideKind = "override";
constexpr std::string_view kResetKind = "partner.reset-weight";

Bytes FollowedKey(const ReceiptId& id) { return Writer().U8('o').Raw(id.view()).Take(); }
Bytes ResetKey(std::string_view origin) { return Writer().U8('w').Raw(origin).Take(); }

uint32_t BadPpm(Outcome outcome, const decision::Policy& policy) {
  return outcome == Outcome::kLate     ? policy.late_paid_ppm
         : outcome == Outcome::kUnpaid ? policy.unpaid_ppm
                                       : 0;
}

// A check that was made when it was known already how the order had ended foretold nothing.
bool IsHindsight(const OrderOutcome& became, evidence::UnixMillis checked_at) {
  return became.outcome != Outcome::kUnknown &&
         became.known < evidence::Date::Of(checked_at).PlusDays(-evidence::kTimeZoneDays);
}

std::vector<HeldRecord> HeldIn(const decision::Weighed& weighed, const decision::Policy& policy) {
  std::vector<HeldRecord> held;
  for (const decision::ExpectedGain& gain : decision::ExpectedGains(weighed, policy)) {
    held.push_back({weighed.partners[gain.partner].origin, gain.without_ppm, gain.gain_ppm});
  }
  return held;
}

}  // namespace

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kUnknown:
      return "";
    case Outcome::kPaid:
      return "paid";
    case Outcome::kLate:
      return "late";
    case Outcome::kUnpaid:
      return "unpaid";
  }
  return "";
}

void OutcomeCounts::Add(Outcome outcome) {
  paid += outcome == Outcome::kPaid ? 1 : 0;
  late += outcome == Outcome::kLate ? 1 : 0;
  unpaid += outcome == Outcome::kUnpaid ? 1 : 0;
}

bool WasAtRisk(const OrderOutcome& became, Effect answered) {
  if (became.terms.has_value()) return *became.terms != decision::Terms::kPrepaid;
  return answered < Effect::kPrepay;
}

Outcome OutcomeOf(const decision::RemarkedOrder& order, evidence::Date today,
                  uint32_t late_after_days) {
  using decision::OrderOutcome;
  if (decision::IsSpoilt(order)) return Outcome::kUnpaid;
  switch (decision::StandingOf(order, today, late_after_days).outcome) {
    case OrderOutcome::kPaidOnTime:
      return Outcome::kPaid;
    case OrderOutcome::kPaidLate:
    case OrderOutcome::kBroken:
      return Outcome::kLate;
    case OrderOutcome::kUnpaid:
      return Outcome::kUnpaid;
    case OrderOutcome::kOpen:
    case OrderOutcome::kOverdue:
    case OrderOutcome::kInQuestion:
      return Outcome::kUnknown;
  }
  return Outcome::kUnknown;
}

absl::StatusOr<std::unique_ptr<Outcomes>> Outcomes::Open(storage::Store& store,
                                                         const storage::Vault& vault,
                                                         const evidence::Clock& clock,
                                                         crypto::Entropy& entropy,
                                                         const ReceiptLog& receipts) {
  std::unique_ptr<Outcomes> outcomes(new Outcomes(store, vault, clock, entropy, receipts));
  if (absl::Status learnt = outcomes->Relearn(); !learnt.ok()) return learnt;
  return outcomes;
}

// Since when each partner is learnt about, where that was reset.
absl::StatusOr<Outcomes::LearntByOrigin> Outcomes::Resets() const {
  LearntByOrigin learnt;
  absl::Status failed;
  const Bytes prefix{'w'};
  absl::Status scanned =
      store_.Scan(Column::kOutcomes, prefix, prefix, [&](ByteView key, ByteView value) {
        auto plain = vault_.Open(Column::kOutcomes, key, value);
        failed = plain.status();
        if (!plain.ok()) return false;
        Reader reader(plain->Expose());
        if (reader.U8() != kVersion) reader.Fail();
        learnt[std::string(crypto::AsText(key.subspan(1)))].since.value =
            static_cast<int64_t>(reader.U64());
        if (!reader.Finish("reset").ok()) failed = MalformedOutcome();
        return failed.ok();
      });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  return learnt;
}

absl::StatusOr<Outcomes::LearntByOrigin> Outcomes::LearnAll(
    evidence::Date& newest, const std::function<bool()>& stopped) const {
  auto learnt = Resets();
  if (!learnt.ok()) return learnt.status();
  // In the order in which the outcomes came, since older ones fade.
  std::vector<Followed> all;
  absl::Status scanned = Scan(stopped, [&all](const Followed& followed) {
    if (followed.outcome != Outcome::kUnknown && !followed.held.empty()) all.push_back(followed);
  });
  if (!scanned.ok()) return scanned;
  std::stable_sort(all.begin(), all.end(), [](const Followed& a, const Followed& b) {
    return std::pair(a.outcome_on, a.checked_at) < std::pair(b.outcome_on, b.checked_at);
  });
  for (const Followed& followed : all) Learn(followed, *learnt);
  if (!all.empty()) newest = all.back().outcome_on;
  return learnt;
}

absl::Status Outcomes::Relearn(const std::function<bool()>& stopped) {
  storage::MutexLock lock(writing_);
  {
    storage::MutexLock reading(mutex_);
    if (!changed_) return absl::OkStatus();
  }
  if (!pace_.Take(clock_.Now())) return relearnt_;
  evidence::Date newest;
  auto learnt = LearnAll(newest, stopped);
  if (absl::IsCancelled(learnt.status())) return relearnt_;
  relearnt_ = learnt.status();
  if (!learnt.ok()) return relearnt_;
  storage::MutexLock reading(mutex_);
  learnt_ = *std::move(learnt);
  newest_ = newest;
  changed_ = false;
  return absl::OkStatus();
}

absl::Status Outcomes::Scan(const std::function<bool()>& stopped,
                            const std::function<void(const Followed&)>& visit) const {
  absl::Status failed;
  uint64_t read = 0;
  const Bytes prefix{'o'};
  absl::Status scanned =
      store_.Scan(Column::kOutcomes, prefix, prefix, [&](ByteView key, ByteView value) {
        if (stopped && read++ % kAskEveryRows == 0 && stopped()) {
          failed = absl::CancelledError("reading what became of decisions was stopped");
          return false;
        }
        auto plain = vault_.Open(Column::kOutcomes, key, value);
        failed = plain.status();
        if (!plain.ok()) return false;
        auto followed = DecodeFollowed(plain->Expose());
        failed = followed.status();
        if (followed.ok()) visit(*followed);
        return followed.ok();
      });
  return scanned.ok() ? failed : scanned;
}

// Only outcomes by which the shop could have lost say anything about a report.
void Outcomes::Learn(const Followed& followed, LearntByOrigin& learnt) {
  if (followed.outcome == Outcome::kUnknown || !followed.at_risk) return;
  for (const HeldRecord& held : followed.held) {
    Learnt& about = learnt[held.origin];
    if (followed.checked_at <= about.since) continue;
    about.outcomes.Add({0, held.without_ppm, held.gain_ppm}, followed.bad_ppm);
  }
}

absl::StatusOr<std::optional<Followed>> Outcomes::Of(const ReceiptId& receipt) const {
  const Bytes key = FollowedKey(receipt);
  const auto row = store_.Get(Column::kOutcomes, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<Followed>();
  auto plain = vault_.Open(Column::kOutcomes, key, **row);
  if (!plain.ok()) return plain.status();
  auto followed = DecodeFollowed(plain->Expose());
  if (!followed.ok()) return followed.status();
  return std::optional<Followed>(*std::move(followed));
}

absl::StatusOr<Followed> Outcomes::FollowedOrNew(const ReceiptId& receipt) const {
  auto followed = Of(receipt);
  if (!followed.ok()) return followed.status();
  if (followed->has_value()) return **std::move(followed);
  auto stored = receipts_.Get(receipt);
  if (!stored.ok()) return stored.status();
  Followed made;
  made.decided = stored->record.body.verdict.effect;
  made.checked_at = stored->record.body.time;
  return made;
}

void Outcomes::Put(const ReceiptId& receipt, const Followed& followed,
                   storage::Batch& batch) const {
  const Bytes key = FollowedKey(receipt);
  batch.Put(Column::kOutcomes, key, vault_.Seal(Column::kOutcomes, key, EncodeFollowed(followed)));
}

absl::StatusOr<Override> Outcomes::OverrideDecision(const storage::Caller& caller,
                                                    const ReceiptId& receipt, Effect effect,
                                                    const std::string& because) {
  if (absl::Status status = storage::CheckBecause(because); !status.ok()) return status;
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  storage::MutexLock lock(writing_);
  auto followed = FollowedOrNew(receipt);
  if (!followed.ok()) return followed.status();
  auto earlier = storage::RequestLog::Find(store_, *request, kOverrideKind);
  if (!earlier.ok()) return earlier.status();
  const Bytes made = Writer().Raw(receipt.view()).U8(static_cast<uint8_t>(effect)).Take();
  if (earlier->has_value()) {
    if (**earlier != made || !followed->override.has_value()) {
      return absl::FailedPreconditionError(
          "this request_id was used for another override; use a new one for each request");
    }
    return *followed->override;
  }
  const Effect now =
      followed->override.has_value() ? followed->override->effect : followed->decided;
  if (now == effect) {
    return absl::FailedPreconditionError("the answer is " + std::string(EffectName(effect)) +
                                         " already; there is nothing to override");
  }
  followed->override = Override{effect, because, caller.actor, clock_.Now()};
  storage::Batch batch;
  Put(receipt, *followed, batch);
  storage::RequestLog::Record(batch, *request, kOverrideKind, made);
  storage::RecordAudit(batch, vault_, entropy_,
                       {clock_.Now().value, caller.actor, "decision.override",
                        receipt.hex() + " to " + std::string(EffectName(effect)), because});
  if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  return *followed->override;
}

crypto::Bytes Outcomes::OrderKey(const std::string& order) const {
  return Writer().U8('n').Raw(vault_.Tag("check/order", "name", order).view()).Take();
}

absl::StatusOr<std::optional<ReceiptId>> Outcomes::ReceiptOf(const std::string& order) const {
  const Bytes key = OrderKey(order);
  const auto row = store_.Get(Column::kOutcomes, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<ReceiptId>();
  auto plain = vault_.Open(Column::kOutcomes, key, **row);
  if (!plain.ok()) return plain.status();
  Reader reader(plain->Expose());
  if (reader.U8() != kVersion) reader.Fail();
  const auto receipt = reader.Take<ReceiptId>();
  if (!reader.Finish("order's receipt").ok()) return MalformedOutcome();
  return std::optional<ReceiptId>(receipt);
}

absl::StatusOr<bool> Outcomes::Take(const OrderOutcome& became, const decision::Policy& policy,
                                    Change& change) const {
  auto before = FollowedOrNew(*became.receipt);
  if (absl::IsNotFound(before.status())) return false;
  if (!before.ok()) return before.status();
  Followed after = *before;
  if (!before->order.empty() && before->order != became.order) {
    after.shared = before->shared || (before->named && became.named);
    if (!became.named || (before->named && became.outcome <= before->outcome)) {
      if (after.shared != before->shared) Put(*became.receipt, after, change.batch);
      return false;
    }
    change.batch.Delete(Column::kOutcomes, OrderKey(before->order));
  }
  after.order = became.order;
  after.named = became.named;
  after.outcome = became.outcome;
  after.outcome_on = became.outcome == Outcome::kUnknown ? evidence::Date() : became.on;
  after.at_risk =
      !IsHindsight(became, after.checked_at) &&
      WasAtRisk(became, after.override.has_value() ? after.override->effect : after.decided);
  if (after.outcome != before->outcome) after.bad_ppm = BadPpm(after.outcome, policy);
  if (after == *before) return true;
  if (after.held.empty()) {
    auto stored = receipts_.Get(*became.receipt);
    if (absl::IsNotFound(stored.status())) return false;
    if (!stored.ok()) return stored.status();
    after.held = HeldIn(stored->record.body.weighed, policy);
  }
  Put(*became.receipt, after, change.batch);
  if (before->outcome == Outcome::kUnknown) {
    if (after.outcome != Outcome::kUnknown) change.first = std::move(after);
  } else if (after.outcome != before->outcome || after.outcome_on != before->outcome_on ||
             after.at_risk != before->at_risk) {
    change.again = true;
  }
  return true;
}

absl::Status Outcomes::LetGo(const ReceiptId& receipt, const std::string& order,
                             Change& change) const {
  auto followed = Of(receipt);
  if (!followed.ok()) return followed.status();
  if (!followed->has_value() || (*followed)->order != order) return absl::OkStatus();
  change.again = change.again || (*followed)->outcome != Outcome::kUnknown;
  if (!(*followed)->override.has_value()) {
    change.batch.Delete(Column::kOutcomes, FollowedKey(receipt));
    return absl::OkStatus();
  }
  Followed left;
  left.decided = (*followed)->decided;
  left.checked_at = (*followed)->checked_at;
  left.override = std::move((*followed)->override);
  Put(receipt, left, change.batch);
  return absl::OkStatus();
}

absl::StatusOr<Outcomes::Change> Outcomes::Plan(const OrderOutcome& became,
                                                const decision::Policy& policy) const {
  auto had = ReceiptOf(became.order);
  if (!had.ok()) return had.status();
  Change change;
  std::optional<ReceiptId> has;
  if (became.receipt.has_value()) {
    auto takes = Take(became, policy, change);
    if (!takes.ok()) return takes.status();
    if (*takes) has = became.receipt;
  }
  if (*had != has) {
    if (had->has_value()) {
      if (absl::Status status = LetGo(**had, became.order, change); !status.ok()) return status;
    }
    const Bytes key = OrderKey(became.order);
    if (has.has_value()) {
      const Bytes row = Writer().U8(kVersion).Raw(has->view()).Take();
      change.batch.Put(Column::kOutcomes, key, vault_.Seal(Column::kOutcomes, key, row));
    } else {
      change.batch.Delete(Column::kOutcomes, key);
    }
  }
  return change;
}

absl::StatusOr<bool> Outcomes::IsRecorded(const OrderOutcome& became,
                                          const decision::Policy& policy) const {
  auto change = Plan(became, policy);
  if (!change.ok()) return change.status();
  return change->batch.empty();
}

absl::Status Outcomes::Record(const OrderOutcome& became, const decision::Policy& policy) {
  storage::MutexLock lock(writing_);
  auto planned = Plan(became, policy);
  if (!planned.ok()) return planned.status();
  Change& change = *planned;
  if (change.batch.empty()) return absl::OkStatus();
  if (absl::Status written = store_.Write(std::move(change.batch)); !written.ok()) return written;
  storage::MutexLock learning(mutex_);
  changed_ = changed_ || change.again;
  if (change.first.has_value()) {
    Learn(*change.first, learnt_);
    changed_ = changed_ || change.first->outcome_on < newest_;
    newest_ = std::max(newest_, change.first->outcome_on);
  }
  return absl::OkStatus();
}

Outcomes::Learnt Outcomes::LearntAbout(const std::string& origin) const {
  storage::MutexLock lock(mutex_);
  const auto found = learnt_.find(origin);
  return found == learnt_.end() ? Learnt() : found->second;
}

absl::Status Outcomes::Reset(const storage::Caller& caller, const std::string& origin,
                             const std::string& because) {
  if (absl::Status status = storage::CheckBecause(because); !status.ok()) return status;
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  storage::MutexLock lock(writing_);
  auto earlier = storage::RequestLog::Find(store_, *request, kResetKind);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    if (crypto::AsText(**earlier) == origin) return absl::OkStatus();
    return absl::FailedPreconditionError(
        "this request_id was used for another partner; use a new one for each request");
  }
  const evidence::UnixMillis now = clock_.Now();
  const Bytes key = ResetKey(origin);
  const Bytes row = Writer().U8(kVersion).U64(static_cast<uint64_t>(now.value)).Take();
  storage::Batch batch;
  batch.Put(Column::kOutcomes, key, vault_.Seal(Column::kOutcomes, key, row));
  storage::RequestLog::Record(batch, *request, kResetKind, crypto::AsBytes(origin));
  storage::RecordAudit(batch, vault_, entropy_,
                       {now.value, caller.actor, std::string(kResetKind), origin, because});
  if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  storage::MutexLock learning(mutex_);
  learnt_[origin] = Learnt{{}, now};
  return absl::OkStatus();
}

absl::StatusOr<std::vector<OutcomeRow>> Outcomes::Report(
    evidence::Date from, evidence::Date to, const std::function<bool()>& stopped) const {
  std::map<std::pair<Effect, std::optional<Effect>>, OutcomeRow> rows;
  absl::Status scanned = Scan(stopped, [&](const Followed& followed) {
    const evidence::Date day = evidence::Date::Of(followed.checked_at);
    if ((from.has_value() && day < from) || (to.has_value() && day > to)) return;
    if (!followed.override.has_value() && followed.outcome == Outcome::kUnknown) return;
    std::optional<Effect> overridden;
    if (followed.override.has_value()) overridden = followed.override->effect;
    OutcomeRow& row = rows[{followed.decided, overridden}];
    row.decided = followed.decided;
    row.overridden_to = overridden;
    ++row.decisions;
    row.Add(followed.outcome);
  });
  if (!scanned.ok()) return scanned;
  std::vector<OutcomeRow> all;
  all.reserve(rows.size());
  for (auto& [key, row] : rows) all.push_back(row);
  return all;
}

}  // namespace daftar::check
