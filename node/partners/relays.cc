#include "node/partners/relays.h"

#include <algorithm>

#include "crypto/merkle.h"
#include "node/partners/expiry.h"
#include "storage/log_store.h"
#include "storage/purge.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using storage::Batch;
using storage::Column;
using storage::LogNumber;

constexpr int64_t kSecondsPerDay = 86'400;

RelayAnswer Refused(RelayRefusal refusal) { return {RelayOutcome::kRefused, refusal}; }
RelayAnswer Already() { return {RelayOutcome::kAlready, RelayRefusal::kNone}; }

Bytes BodyKey(LogNumber log, uint64_t index) {
  return storage::LogIndexKey(static_cast<uint32_t>(log), index);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Relays>> Relays::Open(storage::Store& store,
                                                     const storage::Vault& vault,
                                                     const evidence::Clock& clock,
                                                     const evidence::Charters& charters,
                                                     const Registry& registry,
                                                     const Followers& followers, OwnReports own) {
  std::unique_ptr<Relays> relays(
      new Relays(store, vault, clock, charters, registry, followers, std::move(own)));
  if (absl::Status status = relays->Load(); !status.ok()) return status;
  return relays;
}

absl::Status Relays::Load() {
  for (const Partner& partner : registry_.All()) {
    auto row = store_.Get(Column::kRelays, relay_rows::HeardKey(partner.log));
    if (!row.ok()) return row.status();
    if (!row->has_value()) continue;
    auto heard = HeardTimes::Decode(**row);
    if (!heard.ok()) return heard.status();
    storage::MutexLock lock(mutex_);
    heard_[partner.log] = *std::move(heard);
  }
  return absl::OkStatus();
}

absl::StatusOr<KeptRelay> Relays::Open(ByteView key, ByteView row) const {
  auto plain = vault_.Open(Column::kRelays, key, row);
  if (!plain.ok()) return plain.status();
  return KeptRelay::Decode(plain->Expose());
}

absl::StatusOr<Relays::Numbers> Relays::NumbersOf(const Partner& partner) const {
  Numbers numbers;
  std::vector<std::pair<Bytes, Bytes>> rows;
  const Bytes prefix = relay_rows::KeptPrefix();
  absl::Status scanned =
      store_.Scan(Column::kRelays, prefix, prefix, [&](ByteView key, ByteView row) {
        const relay_rows::Place place = relay_rows::PlaceOf(key);
        const bool proven = place.issuer == storage::kOwnLog;
        if (!proven) ++numbers.kept;
        if (place.relayer == partner.log) {
          if (!proven) ++numbers.of_partner;
          rows.emplace_back(crypto::ToBytes(key), crypto::ToBytes(row));
        }
        return true;
      });
  if (!scanned.ok()) return scanned;
  const int64_t now = clock_.Now().seconds();
  const bool in_doubt = followers_.ClockInDoubt();
  std::map<std::string, MirrorView> views;  // by issuer
  for (const auto& [key, row] : rows) {
    auto kept = Open(key, row);
    if (!kept.ok()) return kept.status();
    const std::string& issuer = kept->statement.issuer;
    if (views.count(issuer) == 0) {
      const auto mirror = followers_.MirrorOf(issuer);
      views[issuer] = mirror == nullptr ? MirrorView() : mirror->View();
    }
    // Of an own report it is the ledger that ends it.
    const bool ends = issuer != own_.origin && kept->since != 0 && !in_doubt;
    const auto charter = CharterBefore(views[issuer], kept->statement.index, charters_);
    if (!ends || now - kept->since < AnswerPeriod(charter.get())) ++numbers.open;
  }
  return numbers;
}

absl::StatusOr<std::map<uint64_t, int64_t>> Relays::OwnOf(LogNumber issuer) const {
  std::map<uint64_t, int64_t> since;
  std::vector<std::pair<Bytes, Bytes>> rows;
  const Bytes prefix = relay_rows::OwnPrefix(issuer);
  absl::Status scanned =
      store_.Scan(Column::kRelays, prefix, prefix, [&](ByteView key, ByteView row) {
        rows.emplace_back(crypto::ToBytes(key), crypto::ToBytes(row));
        return true;
      });
  if (!scanned.ok()) return scanned;
  for (const auto& [key, row] : rows) {
    auto plain = vault_.Open(Column::kRelays, key, row);
    if (!plain.ok()) return plain.status();
    auto own = OwnRelay::Decode(plain->Expose());
    if (!own.ok()) return own.status();
    if (own->since != 0) since[relay_rows::PlaceOf(key).index] = own->since;
  }
  return since;
}

absl::Status Relays::Heard(const Partner& partner) {
  Bytes row;
  {
    storage::MutexLock lock(mutex_);
    HeardTimes& heard = heard_[partner.log];
    if (!heard.Add(clock_.Now().seconds())) return absl::OkStatus();
    row = heard.Encode();
  }
  Batch batch;
  batch.Put(Column::kRelays, relay_rows::HeardKey(partner.log), std::move(row));
  return store_.Write(std::move(batch));
}

absl::StatusOr<RelayAnswer> Relays::Take(const Partner& from, ByteView bytes) {
  auto statement = evidence::RelayStatement::Decode(bytes);
  if (!statement.ok()) return Refused(RelayRefusal::kMalformed);
  if (statement->relayer != from.origin) return Refused(RelayRefusal::kNotTheCaller);
  const auto mirror = followers_.MirrorOf(from.origin);
  if (mirror == nullptr || mirror->View().keys.empty()) {
    return absl::UnavailableError("the relayer's log is not copied here yet; try again");
  }
  if (!statement->VerifiedBy(mirror->View().keys.back().keys.entry)) {
    return Refused(RelayRefusal::kWrongSignature);
  }
  const int64_t now = clock_.Now().seconds();
  if (static_cast<int64_t>(statement->at) > now + kMaxRelayAheadSeconds) {
    return Refused(RelayRefusal::kFromTheFuture);
  }
  LogNumber issuer = storage::kOwnLog;
  if (statement->issuer != own_.origin) {
    auto partner = registry_.Find(statement->issuer);
    if (!partner.ok() || partner->status != PartnerStatus::kActive) {
      return Refused(RelayRefusal::kUnknownLog);
    }
    const auto copy = followers_.MirrorOf(partner->origin);
    if (copy == nullptr || statement->index >= copy->View().size) {
      return absl::UnavailableError("the copy of the issuer's log is not so far yet; try again");
    }
    issuer = partner->log;
  }
  storage::MutexLock taking(taking_);
  auto refusal = CheckReport(*statement, issuer);
  if (!refusal.ok()) return refusal.status();
  if (*refusal != RelayRefusal::kNone) return Refused(*refusal);
  return TakeChecked(from, *statement, issuer, now);
}

absl::StatusOr<RelayRefusal> Relays::CheckReport(const evidence::RelayStatement& statement,
                                                 LogNumber issuer) const {
  auto leaf = storage::LogStore(store_).ReadLeaf(issuer, statement.index);
  if (absl::IsNotFound(leaf.status())) return RelayRefusal::kUnknownReport;
  if (!leaf.ok()) return leaf.status();
  if (crypto::MerkleLeafHash(*leaf) != statement.leaf) return RelayRefusal::kUnknownReport;
  auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
  if (!entry.ok() || entry->header.kind != evidence::EntryKind::kReport) {
    return RelayRefusal::kNotAReport;
  }
  auto state = store_.Get(Column::kEntryStates, EntryState::Key(issuer, statement.index));
  if (!state.ok()) return state.status();
  if (state->has_value()) {
    auto decoded = EntryState::Decode(**state);
    if (!decoded.ok()) return decoded.status();
    // Nobody ever opens it, so nobody would find a wrong mac.
    if (decoded->is_void) return RelayRefusal::kNotAReport;
  }
  if (statement.at < entry->header.issued_at) return RelayRefusal::kBeforeTheReport;
  return RelayRefusal::kNone;
}

absl::StatusOr<FateView> Relays::FateOfCopy(LogNumber issuer, uint64_t index, int64_t at) const {
  auto row = store_.Get(Column::kEntryStates, EntryState::Key(issuer, index));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return FateView();
  auto state = EntryState::Decode(**row);
  if (!state.ok()) return state.status();
  return FateOf(*state, at);
}

absl::Status Relays::TakeRoom(const Partner& from, int64_t heard, int64_t now, bool proven,
                              Batch& batch) const {
  const Bytes key = relay_rows::DayKey(from.log);
  auto row = store_.Get(Column::kRelays, key);
  if (!row.ok()) return row.status();
  RelayDay day;
  if (row->has_value()) {
    auto decoded = RelayDay::Decode(**row);
    if (!decoded.ok()) return decoded.status();
    day = *decoded;
    batch.ExpectValue(Column::kRelays, key, **row);
  } else {
    batch.ExpectAbsent(Column::kRelays, key);
  }
  if (!day.Take(now, NewRelaysBound(heard, now))) {
    return absl::ResourceExhaustedError(
        "a partner may relay " + std::to_string(kMaxRelaysADay) + " disputes a day; try again in " +
        std::to_string(kSecondsPerDay - now % kSecondsPerDay) + " s");
  }
  auto numbers = NumbersOf(from);
  if (!numbers.ok()) return numbers.status();
  if (numbers->open >= kMaxOpenRelays) {
    return absl::ResourceExhaustedError(
        "a partner may have " + std::to_string(kMaxOpenRelays) +
        " relayed disputes open; wait until some are resolved, or ended by the charter's period");
  }
  if (!proven && (numbers->kept >= kMaxRelaysKept || numbers->of_partner >= kMaxRelaysKeptOfOne)) {
    return absl::ResourceExhaustedError(
        "a node keeps " + std::to_string(kMaxRelaysKeptOfOne) +
        " relayed disputes of a partner about others' reports, and of all together " +
        std::to_string(kMaxRelaysKept) +
        "; wait until some are resolved, or their reports withdrawn or erased");
  }
  batch.Put(Column::kRelays, key, day.Encode());
  return absl::OkStatus();
}

absl::StatusOr<RelayAnswer> Relays::TakeChecked(const Partner& from,
                                                const evidence::RelayStatement& statement,
                                                LogNumber issuer, int64_t now) {
  const bool own = issuer == storage::kOwnLog;
  if (own) {
    auto key = own_.record_key(statement.index);
    if (absl::IsNotFound(key.status())) return Refused(RelayRefusal::kNotOpened);
    if (!key.ok()) return key.status();
    if (!statement.Proves(*key)) return Refused(RelayRefusal::kNotOpened);
  } else {
    auto fate = FateOfCopy(issuer, statement.index, static_cast<int64_t>(statement.at));
    if (!fate.ok()) return fate.status();
    if (fate->fate == RelayFate::kEnded) return Refused(RelayRefusal::kEnded);
    if (fate->fate == RelayFate::kResolved) return Already();
  }
  const Bytes key = relay_rows::KeptKey(issuer, statement.index, from.log);
  auto row = store_.Get(Column::kRelays, key);
  if (!row.ok()) return row.status();
  if (row->has_value()) {
    auto earlier = Open(key, **row);
    if (!earlier.ok()) return earlier.status();
    auto over = IsOver({issuer, statement.index, from.log}, *earlier);
    if (!over.ok()) return over.status();
    // The earlier time serves as long as that dispute is open.
    if (!*over) return Already();
  }
  int64_t heard = 0;
  {
    storage::MutexLock lock(mutex_);
    heard = std::max(heard_[from.log].Before(now), from.paired_at.seconds());
  }
  Batch batch;
  if (absl::Status room = TakeRoom(from, heard, now, own, batch); !room.ok()) return room;
  KeptRelay kept{
      statement, now, std::min(now, std::max(static_cast<int64_t>(statement.at), heard)), {}};
  RelayAnswer answer{RelayOutcome::kKept, RelayRefusal::kNone};
  if (own) {
    // Before the row: a crash between them leaves a dispute that a repetition finds.
    auto disputed = own_.dispute(statement, kept.since);
    if (!disputed.ok()) return disputed.status();
    if (disputed->answer.outcome != RelayOutcome::kDisputed) return disputed->answer;
    answer = disputed->answer;
    kept.incident = std::move(disputed->incident);
  } else if (followers_.ClockInDoubt()) {
    kept.since = 0;  // Sweep sets it, later than it was rather than sooner
  }
  if (row->has_value()) {
    batch.ExpectValue(Column::kRelays, key, **row);
  } else {
    batch.ExpectAbsent(Column::kRelays, key);
  }
  batch.Put(Column::kRelays, key, vault_.Seal(Column::kRelays, key, kept.Encode()));
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  return answer;
}

absl::StatusOr<bool> Relays::IsOver(const relay_rows::Place& place, const KeptRelay& kept) const {
  if (place.issuer == storage::kOwnLog) {
    auto disputed = own_.is_disputed(kept.incident);
    if (!disputed.ok()) return disputed.status();
    return !*disputed;
  }
  auto fate = FateOfCopy(place.issuer, place.index, static_cast<int64_t>(kept.statement.at));
  if (!fate.ok()) return fate.status();
  if (fate->fate == RelayFate::kEnded) return true;
  if (fate->fate != RelayFate::kResolved) return false;
  // A RESOLUTION that too few have cosigned yet leaves the issuer's own DISPUTE open. One that came
  // too late answers nothing, whatever its date: then it is this row that says since when.
  const auto mirror = followers_.MirrorOf(kept.statement.issuer);
  const auto charter =
      CharterBefore(mirror == nullptr ? MirrorView() : mirror->View(), place.index, charters_);
  return !CameLate(*fate->answer, kept.since == 0 ? kept.taken_at : kept.since, kept.taken_at,
                   AnswerPeriod(charter.get()));
}

absl::StatusOr<std::vector<RelayedDispute>> Relays::Standing(LogNumber issuer, uint64_t index,
                                                             const crypto::Secret32& report_key) {
  std::vector<RelayedDispute> standing;
  const int64_t now = clock_.Now().seconds();
  const Bytes own_key = relay_rows::OwnKey(issuer, index);
  auto own_row = store_.Get(Column::kRelays, own_key);
  if (!own_row.ok()) return own_row.status();
  if (own_row->has_value()) {
    auto plain = vault_.Open(Column::kRelays, own_key, **own_row);
    if (!plain.ok()) return plain.status();
    auto own = OwnRelay::Decode(plain->Expose());
    if (!own.ok()) return own.status();
    const auto at = static_cast<int64_t>(own->statement.at);
    // The person said so; no answer of the issuer makes that undone.
    const int64_t since = own->since == 0 ? now : own->since;
    standing.push_back({at, since, since});
  }
  std::vector<std::pair<Bytes, Bytes>> rows;
  const Bytes prefix = relay_rows::KeptPrefix(issuer, index);
  absl::Status scanned =
      store_.Scan(Column::kRelays, prefix, prefix, [&](ByteView key, ByteView row) {
        rows.emplace_back(crypto::ToBytes(key), crypto::ToBytes(row));
        return rows.size() < kMaxPartners;
      });
  if (!scanned.ok()) return scanned;
  for (const auto& [key, row] : rows) {
    auto kept = Open(key, row);
    if (!kept.ok()) return kept.status();
    auto relayer = registry_.Find(kept->statement.relayer);
    if (!relayer.ok() || relayer->status != PartnerStatus::kActive) continue;
    if (kept->statement.Proves(report_key)) {
      standing.push_back({static_cast<int64_t>(kept->statement.at),
                          kept->since == 0 ? now : kept->since, kept->taken_at});
      continue;
    }
    Batch batch;
    batch.ExpectValue(Column::kRelays, key, row);
    batch.Delete(Column::kRelays, key);
    const absl::Status written = store_.Write(std::move(batch));
    if (absl::IsAborted(written)) continue;  // another lookup has met it as well
    if (!written.ok()) return written;
    if (const auto mirror = followers_.MirrorOf(relayer->origin); mirror != nullptr) {
      mirror->Note(Fault::kWrongRelay);
    }
  }
  return standing;
}

absl::StatusOr<std::optional<Bytes>> Relays::Swept(const relay_rows::Place& place, ByteView key,
                                                   ByteView row, bool clock_in_doubt) const {
  const Bytes as_it_is = crypto::ToBytes(row);
  const int64_t now = clock_.Now().seconds();
  if (place.relayer != storage::kOwnLog) {
    auto kept = Open(key, row);
    if (!kept.ok()) return kept.status();
    auto over = IsOver(place, *kept);
    if (!over.ok()) return over.status();
    if (*over) return std::nullopt;
    if (kept->since != 0 || clock_in_doubt) return as_it_is;
    kept->since = now;
    return vault_.Seal(Column::kRelays, key, kept->Encode());
  }
  auto plain = vault_.Open(Column::kRelays, key, row);
  if (!plain.ok()) return plain.status();
  auto own = OwnRelay::Decode(plain->Expose());
  if (!own.ok()) return own.status();
  // One's own stays to be listed for as long as there is anything to say of the report.
  auto body = store_.Get(Column::kLogBodies, BodyKey(place.issuer, place.index));
  if (!body.ok()) return body.status();
  if (!body->has_value()) {
    auto fate = FateOfCopy(place.issuer, place.index, static_cast<int64_t>(own->statement.at));
    if (!fate.ok()) return fate.status();
    if (fate->fate == RelayFate::kEnded) return std::nullopt;
  }
  if (own->since != 0 || clock_in_doubt) return as_it_is;
  own->since = now;
  return vault_.Seal(Column::kRelays, key, own->Encode());
}

absl::StatusOr<size_t> Relays::Sweep() {
  storage::MutexLock taking(taking_);
  std::vector<std::pair<Bytes, Bytes>> rows;
  for (const Bytes& prefix : {relay_rows::OwnPrefix(), relay_rows::KeptPrefix()}) {
    absl::Status scanned =
        store_.Scan(Column::kRelays, prefix, prefix, [&](ByteView key, ByteView row) {
          rows.emplace_back(crypto::ToBytes(key), crypto::ToBytes(row));
          return true;
        });
    if (!scanned.ok()) return scanned;
  }
  const bool in_doubt = followers_.ClockInDoubt();
  size_t dropped = 0;
  for (const auto& [key, row] : rows) {
    auto swept = Swept(relay_rows::PlaceOf(key), key, row, in_doubt);
    if (!swept.ok()) return swept.status();
    if (*swept == row) continue;
    const bool drop = !swept->has_value();
    Batch batch;
    batch.ExpectValue(Column::kRelays, key, row);
    if (drop) {
      batch.Delete(Column::kRelays, key);
      storage::AskForPurge(batch, key);
    } else {
      batch.Put(Column::kRelays, key, **std::move(swept));
    }
    const absl::Status written = store_.Write(std::move(batch));
    if (absl::IsAborted(written)) continue;
    if (!written.ok()) return written;
    if (drop) ++dropped;
  }
  return dropped;
}

}  // namespace daftar::partners
