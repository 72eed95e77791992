// What a person's dispute at this shop becomes: the report is opened, and a statement made of it.
#include <algorithm>
#include <limits>
#include <map>

#include "crypto/merkle.h"
#include "node/partners/expiry.h"
#include "node/partners/relayer.h"
#include "storage/audit.h"
#include "storage/log_store.h"
#include "storage/requests.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using decision::EntryStatus;
using decision::PartnerRecord;
using storage::Batch;
using storage::Column;
using storage::LogNumber;

constexpr std::string_view kRequestKind = "dispute.relay";
constexpr int64_t kSecondsPerDay = 86'400;
// Ends the result of a request that came up against a bound: it is not all that was asked for.
constexpr uint64_t kMoreToDo = std::numeric_limits<uint64_t>::max();

bool HasEnded(EntryStatus status) {
  return status == EntryStatus::kWithdrawn || status == EntryStatus::kErased ||
         status == EntryStatus::kExpired;
}

// Whether a partner that was asked in vain may take the same statement later: when the clocks fit,
// or the copy of a log has grown.
bool MayPass(RelayRefusal refusal) {
  return refusal == RelayRefusal::kNone || refusal == RelayRefusal::kFromTheFuture ||
         refusal == RelayRefusal::kUnknownLog || refusal == RelayRefusal::kUnknownReport ||
         refusal == RelayRefusal::kEnded;
}

// "11 h", "35 min": rounded up, so that what was told to wait need not wait again.
std::string WaitText(int64_t seconds) {
  constexpr int64_t kMinute = 60;
  constexpr int64_t kHour = 3600;
  const bool hours = seconds >= 2 * kHour;
  const int64_t unit = hours ? kHour : kMinute;
  return std::to_string((seconds + unit - 1) / unit) + (hours ? " h" : " min");
}

// Counts one more, of a day, of the `open` ones and of those `kept`, if partners take it and there
// is room; else says why not. `again`: about a report that has a row; `replaces`: the open one
// there.
absl::Status TakeRoom(RelayDay& day, size_t& open, size_t& kept, bool again, bool replaces,
                      int64_t now) {
  if (!again && kept >= kMaxRelaysKept) {
    return absl::ResourceExhaustedError(
        "this node keeps " + std::to_string(kMaxRelaysKept) +
        " relayed disputes, the most it does; each goes when its report is erased or expires");
  }
  if (!replaces && open >= kMaxOpenRelays) {
    return absl::ResourceExhaustedError(
        "this node has " + std::to_string(kMaxOpenRelays) +
        " relayed disputes open, the most that partners take; `daftar partner disputes` lists "
        "them. Talk to the partners that do not answer");
  }
  if (!day.Take(now)) {
    return absl::ResourceExhaustedError(
        "this node has relayed " + std::to_string(kMaxRelaysADay) +
        " disputes today (UTC), the most that partners take; try again in " +
        WaitText(kSecondsPerDay - now % kSecondsPerDay));
  }
  if (!replaces) ++open;
  if (!again) ++kept;
  return absl::OkStatus();
}

// `bound` with what came of the reports before it and after it.
absl::Status WithRest(const absl::Status& bound, size_t relayed, size_t left) {
  return absl::ResourceExhaustedError(
      std::string(bound.message()) + ". Of this partner's reports about the buyer " +
      std::to_string(left) +
      " still count here; relayed just now, and not counted any more: " + std::to_string(relayed));
}

}  // namespace

absl::StatusOr<std::vector<PartnerRecord>> Relayer::Opened(const NewRelay& dispute,
                                                           std::chrono::milliseconds deadline) {
  auto asked = lookup_.Ask(dispute.identifiers, deadline);
  if (!asked.ok()) return asked.status();
  std::vector<PartnerRecord> opened;
  for (PartnerRecord& record : asked->records) {
    if (record.origin != dispute.issuer) continue;
    if (dispute.index.has_value() && record.index != *dispute.index) continue;
    opened.push_back(std::move(record));
  }
  if (!opened.empty()) return opened;
  for (const decision::PartnerAnswer& answer : asked->answers) {
    if (answer.origin != dispute.issuer || answer.state != decision::PartnerState::kNotChecked) {
      continue;
    }
    return absl::UnavailableError("the partner could not be asked about the buyer (" +
                                  answer.error + "); try again when it is there");
  }
  return absl::NotFoundError(
      dispute.index.has_value()
          ? "that entry of the partner is no report about this buyer that opens here; leave out "
            "the entry for all that do"
          : "no report of this partner about this buyer opens here");
}

absl::StatusOr<std::vector<RelayView>> Relayer::Relay(const storage::Caller& caller,
                                                      const NewRelay& dispute,
                                                      std::chrono::milliseconds deadline) {
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto issuer = registry_.Find(dispute.issuer);
  if (!issuer.ok()) return issuer.status();
  const evidence::Date today = evidence::Date::Of(clock_.Now());
  if (dispute.on.has_value() && evidence::IsStillToCome(dispute.on, today)) {
    return absl::InvalidArgumentError("it cannot have been disputed in the future (" +
                                      dispute.on.ToString() + ")");
  }
  auto earlier = storage::RequestLog::Find(store_, *request, kRequestKind);
  if (!earlier.ok()) return earlier.status();
  auto progress = ProgressOf(*issuer, *std::move(earlier));
  if (!progress.ok()) return progress.status();
  if (progress->whole) return ViewsOf(*issuer, progress->indexes);
  if (issuer->status != PartnerStatus::kActive) {
    return absl::FailedPreconditionError(
        "the partner is not active, so nothing of it counts here; `daftar partner resume` first");
  }
  auto opened = Opened(dispute, deadline);
  if (!opened.ok()) return opened.status();
  storage::MutexLock writing(writing_);
  size_t made = 0;
  auto relayed = Write(caller, *std::move(request), *progress, *issuer, dispute, *opened, made);
  if (made > 0) return relayed;
  // Whoever asked learns all the same that the partner has a record of the buyer.
  Batch batch;
  storage::RecordAudit(batch, vault_, entropy_,
                       {clock_.Now().value, caller.actor, "dispute.try", issuer->origin, {}});
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  return relayed;
}

absl::StatusOr<Relayer::Progress> Relayer::ProgressOf(const Partner& issuer,
                                                      std::optional<Bytes> result) {
  Progress progress;
  progress.result = std::move(result);
  if (!progress.result.has_value()) return progress;
  crypto::Reader reader(*progress.result);
  const auto log = storage::LogNumber{reader.U32()};
  while (reader.ok() && reader.remaining() > 0) progress.indexes.push_back(reader.U64());
  if (!reader.Finish("request row").ok()) {
    return absl::DataLossError("a request's row is malformed");
  }
  if (log != issuer.log) {
    return absl::FailedPreconditionError(
        "this request_id was used for another partner; use a new one for each request");
  }
  progress.whole = progress.indexes.empty() || progress.indexes.back() != kMoreToDo;
  if (!progress.whole) progress.indexes.pop_back();
  return progress;
}

absl::StatusOr<std::vector<RelayView>> Relayer::ViewsOf(const Partner& issuer,
                                                        std::span<const uint64_t> indexes) const {
  std::vector<RelayView> views;
  for (const uint64_t index : indexes) {
    auto row = Find(relay_rows::OwnKey(issuer.log, index));
    if (!row.ok()) return row.status();
    if (!row->has_value()) continue;
    auto view = View(std::move((*row)->relay), issuer.log);
    if (!view.ok()) return view.status();
    views.push_back(*std::move(view));
  }
  return views;
}

absl::StatusOr<evidence::RelayStatement> Relayer::Make(const Partner& issuer, uint64_t index,
                                                       evidence::Date on,
                                                       const crypto::Secret32& report_key) const {
  auto leaf = storage::LogStore(store_).ReadLeaf(issuer.log, index);
  if (!leaf.ok()) return leaf.status();
  auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
  if (!entry.ok()) return entry.status();
  evidence::RelayStatement statement;
  statement.relayer = own_origin_;
  statement.issuer = issuer.origin;
  statement.index = index;
  statement.leaf = crypto::MerkleLeafHash(*leaf);
  statement.on = on;
  // By the issuer's clock it may have been reported, or the last dispute of it resolved, a moment
  // from now; this one is about the report, and not the one that was resolved.
  statement.at = std::max(static_cast<uint64_t>(clock_.Now().seconds()), entry->header.issued_at);
  auto row = store_.Get(Column::kEntryStates, EntryState::Key(issuer.log, index));
  if (!row.ok()) return row.status();
  if (row->has_value()) {
    auto state = EntryState::Decode(**row);
    if (!state.ok()) return state.status();
    for (const EntryState::Update& update : state->updates) {
      if (update.kind != evidence::EntryKind::kResolution) continue;
      // One from further ahead does not count yet; nor would a statement that is dated after it.
      if (update.issued_at >= clock_.Now().seconds() + kMaxRelayAheadSeconds) continue;
      statement.at = std::max(statement.at, static_cast<uint64_t>(update.issued_at) + 1);
    }
  }
  return evidence::SignRelay(statement, report_key, entry_key_);
}

absl::StatusOr<size_t> Relayer::CountOpen() {
  auto outstanding = Outstanding();
  if (!outstanding.ok()) return outstanding.status();
  const int64_t now = clock_.Now().seconds();
  const bool in_doubt = followers_.ClockInDoubt();
  std::map<std::string, MirrorView> views;  // by issuer
  size_t open = 0;
  for (const RelayView& view : *outstanding) {
    const evidence::RelayStatement& statement = view.relay.statement;
    if (views.count(statement.issuer) == 0) {
      const auto mirror = followers_.MirrorOf(statement.issuer);
      views[statement.issuer] = mirror == nullptr ? MirrorView() : mirror->View();
    }
    const auto charter = CharterBefore(views[statement.issuer], statement.index, charters_);
    const bool ends = view.relay.since != 0 && !in_doubt;
    if (!ends || now - view.relay.since < AnswerPeriod(charter.get())) ++open;
  }
  return open;
}

absl::StatusOr<size_t> Relayer::CountKept() const {
  size_t kept = 0;
  const Bytes prefix = relay_rows::OwnPrefix();
  absl::Status scanned =
      store_.Scan(Column::kRelays, prefix, prefix, [&](ByteView, ByteView) { return ++kept > 0; });
  if (!scanned.ok()) return scanned;
  return kept;
}

absl::StatusOr<std::vector<RelayView>> Relayer::Write(
    const storage::Caller& caller, Bytes request, const Progress& earlier, const Partner& issuer,
    const NewRelay& dispute, std::span<const PartnerRecord> opened, size_t& made) {
  const int64_t now = clock_.Now().seconds();
  const Bytes day_key = relay_rows::DayKey(storage::kOwnLog);
  auto day_row = store_.Get(Column::kRelays, day_key);
  if (!day_row.ok()) return day_row.status();
  RelayDay day;
  if (day_row->has_value()) {
    auto decoded = RelayDay::Decode(**day_row);
    if (!decoded.ok()) return decoded.status();
    day = *decoded;
  }
  auto open = CountOpen();
  if (!open.ok()) return open.status();
  auto kept = CountKept();
  if (!kept.ok()) return kept.status();
  const bool in_doubt = followers_.ClockInDoubt();
  auto views = ViewsOf(issuer, earlier.indexes);
  if (!views.ok()) return views.status();
  Batch batch;
  std::vector<uint64_t> seen_to = earlier.indexes;
  std::vector<relay_rows::Place> added;
  absl::Status bound;  // that some came up against, of which so many are left
  size_t left = 0;
  for (const PartnerRecord& record : opened) {
    const auto& before = earlier.indexes;
    if (std::find(before.begin(), before.end(), record.index) != before.end()) continue;
    const Bytes key = relay_rows::OwnKey(issuer.log, record.index);
    auto row = Find(key);
    if (!row.ok()) return row.status();
    bool in_vain = false;  // refused: it is disputed here, by the statement that is to be replaced
    int64_t since = 0;     // of that one
    if (row->has_value()) {
      auto view = View((*row)->relay, issuer.log);
      if (!view.ok()) return view.status();
      // One that was dated by a clock that was ahead is taken by nobody for as long.
      const bool ahead =
          view->fate.fate != RelayFate::kResolved &&
          static_cast<int64_t>(view->relay.statement.at) > now + kMaxRelayAheadSeconds;
      in_vain = !MayPass(view->relay.refusal) || ahead;
      // A time that is still to come would put the end of the period off.
      since = std::min(view->relay.since, now);
      if (!in_vain && view->fate.fate != RelayFate::kResolved) {
        seen_to.push_back(record.index);
        views->push_back(*std::move(view));
        continue;
      }
    }
    if (HasEnded(record.status)) continue;
    if (record.status == EntryStatus::kDisputed && !in_vain) continue;
    const evidence::Date on =
        dispute.on.has_value() ? dispute.on : evidence::Date::Of(clock_.Now());
    if (on < record.occurred) {
      return absl::InvalidArgumentError("it cannot have been disputed (" + on.ToString() +
                                        ") before what is reported occurred");
    }
    if (bound.ok()) bound = TakeRoom(day, *open, *kept, row->has_value(), in_vain, now);
    if (!bound.ok()) {
      ++left;
      continue;
    }
    auto report_key = lookup_.RecordKey(issuer.origin, record.index, dispute.identifiers);
    if (!report_key.ok()) return report_key.status();
    auto statement = Make(issuer, record.index, on, *report_key);
    if (!statement.ok()) return statement.status();
    OwnRelay relay;
    relay.statement = *std::move(statement);
    relay.by = caller.actor;
    // The period runs from the first that the person said, unless that was resolved.
    relay.since = in_vain ? since : in_doubt ? 0 : static_cast<int64_t>(relay.statement.at);
    if (row->has_value()) {
      batch.ExpectValue(Column::kRelays, key, (*row)->bytes);
    } else {
      batch.ExpectAbsent(Column::kRelays, key);
    }
    batch.Put(Column::kRelays, key, vault_.Seal(Column::kRelays, key, relay.Encode()));
    storage::RecordAudit(batch, vault_, entropy_,
                         {clock_.Now().value,
                          caller.actor,
                          "dispute.relay",
                          issuer.origin + " entry " + std::to_string(record.index),
                          {}});
    seen_to.push_back(record.index);
    added.push_back({issuer.log, record.index, storage::kOwnLog});
    views->push_back({std::move(relay), {}});
  }
  if (bound.ok() && seen_to.empty()) {
    return absl::FailedPreconditionError(
        std::all_of(opened.begin(), opened.end(),
                    [](const PartnerRecord& record) { return HasEnded(record.status); })
            ? "what this partner reports about the buyer is withdrawn, erased or expired; nothing "
              "counts"
            : "what this partner reports about the buyer is disputed already, and does not count");
  }
  if (!added.empty()) batch.Put(Column::kRelays, day_key, day.Encode());
  // Of one that is not whole the same request does the rest, later.
  crypto::Writer result;
  result.U32(static_cast<uint32_t>(issuer.log));
  for (const uint64_t index : seen_to) result.U64(index);
  if (!bound.ok()) result.U64(kMoreToDo);
  if (earlier.result.has_value()) {
    storage::RequestLog::Replace(batch, std::move(request), kRequestKind, *earlier.result,
                                 result.bytes());
  } else {
    storage::RequestLog::Record(batch, std::move(request), kRequestKind, result.bytes());
  }
  const absl::Status written = store_.Write(std::move(batch));
  if (absl::IsAborted(written)) {
    return absl::AbortedError("the same dispute was being relayed at the same time; try again");
  }
  if (!written.ok()) return written;
  made = added.size();
  storage::MutexLock lock(mutex_);
  open_.insert(added.begin(), added.end());
  if (!bound.ok()) return WithRest(bound, made, left);
  return views;
}

}  // namespace daftar::partners
