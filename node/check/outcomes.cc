#include "node/check/outcomes.h"

#include <algorithm>
#include <functional>

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

absl::Status Malformed() {
  return absl::DataLossError(
      "a row about what became of decisions is malformed; run `daftar doctor` and restore a "
      "backup");
}

absl::Status CheckBecause(const std::string& because) {
  if (!because.empty() && because.size() <= storage::kMaxAuditText) return absl::OkStatus();
  return absl::InvalidArgumentError("say why in 1 to " + std::to_string(storage::kMaxAuditText) +
                                    " bytes, for the record (--because TEXT)");
}

Effect TakeEffect(Reader& reader) {
  const uint8_t value = reader.U8();
  if (value < 1 || value > static_cast<uint8_t>(Effect::kDecline)) reader.Fail();
  return static_cast<Effect>(value);
}

Bytes Encode(const Followed& followed) {
  Writer writer;
  writer.U8(kVersion).U8(static_cast<uint8_t>(followed.decided));
  writer.U64(static_cast<uint64_t>(followed.checked_at.value));
  writer.U8(followed.override.has_value() ? 1 : 0);
  if (followed.override.has_value()) {
    writer.U8(static_cast<uint8_t>(followed.override->effect));
    writer.Prefixed16(crypto::AsBytes(followed.override->because));
    writer.Prefixed16(crypto::AsBytes(followed.override->by));
    writer.U64(static_cast<uint64_t>(followed.override->at.value));
  }
  writer.U8(static_cast<uint8_t>(followed.outcome)).U32(followed.outcome_on.days());
  writer.U32(followed.bad_ppm).U8(followed.at_risk ? 1 : 0);
  writer.U16(static_cast<uint16_t>(followed.held.size()));
  for (const HeldRecord& held : followed.held) {
    writer.Prefixed8(crypto::AsBytes(held.origin)).U32(held.without_ppm).U32(held.gain_ppm);
  }
  return writer.Take();
}

absl::StatusOr<Followed> Decode(ByteView bytes) {
  Reader reader(bytes);
  if (reader.U8() != kVersion) reader.Fail();
  Followed followed;
  followed.decided = TakeEffect(reader);
  followed.checked_at.value = static_cast<int64_t>(reader.U64());
  if (reader.U8() != 0) {
    Override override;
    override.effect = TakeEffect(reader);
    override.because = reader.Text16();
    override.by = reader.Text16();
    override.at.value = static_cast<int64_t>(reader.U64());
    followed.override = std::move(override);
  }
  const uint8_t outcome = reader.U8();
  if (outcome > static_cast<uint8_t>(Outcome::kUnpaid)) reader.Fail();
  followed.outcome = static_cast<Outcome>(outcome);
  const auto on = evidence::Date::FromDays(reader.U32());
  if (!on.ok()) reader.Fail();
  if (on.ok()) followed.outcome_on = *on;
  followed.bad_ppm = reader.U32();
  followed.at_risk = reader.U8() != 0;
  const uint16_t held = reader.U16();
  for (uint16_t i = 0; i < held && reader.ok(); ++i) {
    HeldRecord record;
    record.origin = std::string(crypto::AsText(reader.Prefixed8()));
    record.without_ppm = reader.U32();
    record.gain_ppm = reader.U32();
    if (record.gain_ppm > decision::kPpm) continue;  // earlier versions could write such
    followed.held.push_back(std::move(record));
  }
  if (!reader.Finish("outcome").ok()) return Malformed();
  return followed;
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

Outcome OutcomeOf(const decision::OrderFacts& order, evidence::Date today,
                  uint32_t late_after_days) {
  decision::TrackRecordBuilder builder(today, late_after_days);
  builder.Add(order);
  const decision::TrackRecord record = std::move(builder).Finish();
  if (record.paid_on_time > 0) return Outcome::kPaid;
  if (record.late > 0) return Outcome::kLate;
  return record.unpaid.empty() ? Outcome::kUnknown : Outcome::kUnpaid;
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
        if (!reader.Finish("reset").ok()) failed = Malformed();
        return failed.ok();
      });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  return learnt;
}

absl::Status Outcomes::Relearn() {
  storage::MutexLock lock(writing_);
  {
    storage::MutexLock reading(mutex_);
    if (!changed_) return absl::OkStatus();
  }
  auto learnt = Resets();
  if (!learnt.ok()) return learnt.status();
  // In the order in which the outcomes came, since older ones fade.
  std::vector<Followed> all;
  absl::Status scanned = Scan([&all](const Followed& followed) {
    if (followed.outcome != Outcome::kUnknown && !followed.held.empty()) all.push_back(followed);
  });
  if (!scanned.ok()) return scanned;
  std::stable_sort(all.begin(), all.end(), [](const Followed& a, const Followed& b) {
    return std::pair(a.outcome_on, a.checked_at) < std::pair(b.outcome_on, b.checked_at);
  });
  for (const Followed& followed : all) Learn(followed, *learnt);
  storage::MutexLock reading(mutex_);
  learnt_ = *std::move(learnt);
  changed_ = false;
  return absl::OkStatus();
}

absl::Status Outcomes::Scan(const std::function<void(const Followed&)>& visit) const {
  absl::Status failed;
  const Bytes prefix{'o'};
  absl::Status scanned =
      store_.Scan(Column::kOutcomes, prefix, prefix, [&](ByteView key, ByteView value) {
        auto plain = vault_.Open(Column::kOutcomes, key, value);
        failed = plain.status();
        if (!plain.ok()) return false;
        auto followed = Decode(plain->Expose());
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
  auto followed = Decode(plain->Expose());
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
  batch.Put(Column::kOutcomes, key, vault_.Seal(Column::kOutcomes, key, Encode(followed)));
}

absl::StatusOr<Override> Outcomes::OverrideDecision(const storage::Caller& caller,
                                                    const ReceiptId& receipt, Effect effect,
                                                    const std::string& because) {
  if (absl::Status status = CheckBecause(because); !status.ok()) return status;
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

absl::Status Outcomes::Record(const ReceiptId& receipt, Outcome outcome, evidence::Date on,
                              decision::Terms terms, const decision::Policy& policy) {
  storage::MutexLock lock(writing_);
  auto before = FollowedOrNew(receipt);
  if (!before.ok()) return before.status();
  Followed after = *before;
  after.outcome = outcome;
  after.outcome_on = outcome == Outcome::kUnknown ? evidence::Date() : on;
  after.bad_ppm = outcome == Outcome::kLate     ? policy.late_paid_ppm
                  : outcome == Outcome::kUnpaid ? policy.unpaid_ppm
                                                : 0;
  after.at_risk = terms != decision::Terms::kPrepaid;
  if (after.outcome == before->outcome && after.outcome_on == before->outcome_on &&
      after.at_risk == before->at_risk) {
    return absl::OkStatus();
  }
  if (after.held.empty()) {
    auto stored = receipts_.Get(receipt);
    if (!stored.ok()) return stored.status();
    after.held = HeldIn(stored->record.body.weighed, policy);
  }
  storage::Batch batch;
  Put(receipt, after, batch);
  if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  storage::MutexLock learning(mutex_);
  if (before->outcome == Outcome::kUnknown) {
    Learn(after, learnt_);
  } else {
    changed_ = true;
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
  if (absl::Status status = CheckBecause(because); !status.ok()) return status;
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

absl::StatusOr<std::vector<OutcomeRow>> Outcomes::Report(evidence::Date from,
                                                         evidence::Date to) const {
  std::map<std::pair<Effect, std::optional<Effect>>, OutcomeRow> rows;
  absl::Status scanned = Scan([&](const Followed& followed) {
    const evidence::Date day = evidence::Date::Of(followed.checked_at);
    if ((from.has_value() && day < from) || (to.has_value() && day > to)) return;
    std::optional<Effect> overridden;
    if (followed.override.has_value()) overridden = followed.override->effect;
    OutcomeRow& row = rows[{followed.decided, overridden}];
    row.decided = followed.decided;
    row.overridden_to = overridden;
    ++row.decisions;
    row.paid += followed.outcome == Outcome::kPaid ? 1 : 0;
    row.late += followed.outcome == Outcome::kLate ? 1 : 0;
    row.unpaid += followed.outcome == Outcome::kUnpaid ? 1 : 0;
  });
  if (!scanned.ok()) return scanned;
  std::vector<OutcomeRow> all;
  for (auto& [key, row] : rows) all.push_back(row);
  return all;
}

}  // namespace daftar::check
