#include "node/partners/expiry.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "node/partners/standing.h"
#include "storage/log_store.h"
#include "storage/purge.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using evidence::EntryKind;
using storage::Batch;
using storage::Column;

constexpr int64_t kSecondsPerHour = 3600;
// The longest periods that a charter may have (docs/charter.md).
constexpr int64_t kLongestSettledHours = 48;
constexpr int64_t kLongestEraseHours = 720;

struct Periods {
  int64_t answer = AnswerPeriod(nullptr);
  int64_t settled = kLongestSettledHours * kSecondsPerHour;
  int64_t erase = kLongestEraseHours * kSecondsPerHour;
};

Periods PeriodsOf(const evidence::Charter* charter) {
  Periods periods;
  if (charter == nullptr) return periods;
  periods.answer = AnswerPeriod(charter);
  periods.settled = int64_t{charter->withdraw_after_settlement_hours} * kSecondsPerHour;
  periods.erase = int64_t{charter->erase_after_withdrawal_hours} * kSecondsPerHour;
  return periods;
}

// Times of entries may be anything; what is later than this is never due.
constexpr int64_t kLatest = int64_t{1} << 40;

// Where a sweep goes on.
struct Cursor {
  uint64_t over = 0;     // below it all reports are over by their age
  uint64_t next = 0;     // by age, at or above `over`
  uint64_t updated = 0;  // of those about which there is news

  Bytes Encode() const { return crypto::Writer().U64(over).U64(next).U64(updated).Take(); }
  // Earlier versions had the first alone.
  static absl::StatusOr<Cursor> Decode(ByteView row) {
    crypto::Reader reader(row);
    Cursor cursor;
    cursor.over = cursor.next = reader.U64();
    if (row.size() > 8) {
      cursor.next = reader.U64();
      cursor.updated = reader.U64();
    }
    if (!reader.Finish("cursor").ok()) {
      return absl::DataLossError("the row of a sweep of a partner's log is malformed");
    }
    return cursor;
  }
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

Bytes CursorKey(storage::LogNumber log) {
  return crypto::Writer().U32(static_cast<uint32_t>(log)).U8('x').Take();
}

class Sweep {
 public:
  Sweep(storage::Store& store, const Partner& partner, const MirrorView& view,
        const evidence::Charters& charters, const std::map<uint64_t, int64_t>& relayed, int64_t now)
      : store_(store),
        log_(store),
        partner_(partner),
        view_(view),
        charters_(charters),
        relayed_(relayed),
        now_(now) {}

  absl::StatusOr<size_t> Run() {
    auto row = store_.Get(Column::kLogHeads, CursorKey(partner_.log));
    if (!row.ok()) return row.status();
    if (row->has_value()) {
      auto decoded = Cursor::Decode(**row);
      if (!decoded.ok()) return decoded.status();
      cursor_ = *decoded;
    }
    const Cursor before = cursor_;
    if (absl::Status status = Updated(); !status.ok()) return status;
    if (absl::Status status = Aged(); !status.ok()) return status;
    if (cursor_ != before) {
      Batch batch;
      batch.Put(Column::kLogHeads, CursorKey(partner_.log), cursor_.Encode());
      if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
    }
    for (const auto& [report, since] : relayed_) {
      auto state = StateOf(report);
      if (!state.ok()) return state.status();
      if (absl::Status status = Look(report, *state); !status.ok()) return status;
    }
    return swept_;
  }

 private:
  // Reports about which there is news.
  absl::Status Updated() {
    std::vector<std::pair<uint64_t, EntryState>> found;
    absl::Status failed;
    const Bytes prefix = storage::LogKey(static_cast<uint32_t>(partner_.log));
    const Bytes start = EntryState::Key(partner_.log, cursor_.updated);
    absl::Status scanned =
        store_.Scan(Column::kEntryStates, prefix, start, [&](ByteView key, ByteView value) {
          auto state = EntryState::Decode(value);
          if (!state.ok()) {
            failed = state.status();
            return false;
          }
          const bool gone =
              state->swept || state->is_void || state->Status() == decision::EntryStatus::kErased;
          if (gone) return true;
          crypto::Reader reader(key);
          reader.U32();
          found.emplace_back(reader.U64(), *std::move(state));
          return found.size() < kMaxSweptReports;
        });
    if (!scanned.ok()) return scanned;
    if (!failed.ok()) return failed;
    cursor_.updated = found.size() < kMaxSweptReports ? 0 : found.back().first + 1;
    for (const auto& [report, state] : found) {
      if (absl::Status status = Look(report, state); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Entries in order of their age, from where the last sweep ended, up to the first that is younger
  // than what any of the log's charters lets go.
  absl::Status Aged() {
    int64_t shortest = LongestRetention(nullptr);
    for (const CharterEntry& stated : view_.charters) {
      shortest = std::min(shortest, LongestRetention(charters_.Find(stated.charter).get()));
    }
    const uint64_t first = cursor_.next;
    bool ended = true;
    for (; cursor_.next < view_.size; ++cursor_.next) {
      if (cursor_.next - first >= kMaxSweptReports) {
        ended = false;
        break;
      }
      const uint64_t index = cursor_.next;
      auto state = StateOf(index);
      if (!state.ok()) return state.status();
      auto issued_at = IssuedAt(index);
      if (!issued_at.ok()) return issued_at.status();
      const bool is_report = issued_at->has_value() && !state->is_void;
      // One that is still to come has no place in the order of age, and one that nobody signed may
      // have any date.
      if (is_report && **issued_at <= now_ && now_ < **issued_at + shortest) break;
      const auto charter = CharterBefore(view_, index, charters_);
      const bool over = !is_report || now_ >= **issued_at + LongestRetention(charter.get());
      if (over && cursor_.over == index) cursor_.over = index + 1;
      if (!over) continue;
      absl::Status status = is_report ? Look(index, *state) : DeleteVoidBody(index);
      if (!status.ok()) return status;
    }
    if (ended) cursor_.next = cursor_.over;
    return absl::OkStatus();
  }

  // What an entry said about a report that is over is gone, unless the entry was void: earlier
  // versions kept the bodies of such, which no erasure finds.
  absl::Status DeleteVoidBody(uint64_t index) {
    auto leaf = log_.ReadLeaf(partner_.log, index);
    if (!leaf.ok()) return leaf.status();
    const auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
    // It may be about a later report that is not over; then it is void, as one about none.
    if (!entry.ok() || !evidence::IsAboutReport(entry->header.kind)) return absl::OkStatus();
    const Bytes key = storage::LogIndexKey(static_cast<uint32_t>(partner_.log), index);
    auto body = store_.Get(Column::kLogBodies, key);
    if (!body.ok() || !body->has_value()) return body.status();
    Batch batch;
    batch.Delete(Column::kLogBodies, key);
    storage::AskForPurge(batch, key);
    return store_.Write(std::move(batch));
  }

  absl::StatusOr<std::optional<int64_t>> IssuedAt(uint64_t index) const {
    auto leaf = log_.ReadLeaf(partner_.log, index);
    if (!leaf.ok()) return leaf.status();
    const auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
    if (!entry.ok() || entry->header.kind != EntryKind::kReport || entry->header.index != index ||
        entry->header.origin != partner_.origin) {
      return std::nullopt;
    }
    return std::min(static_cast<int64_t>(entry->header.issued_at), kLatest);
  }

  absl::StatusOr<EntryState> StateOf(uint64_t report) const {
    auto row = store_.Get(Column::kEntryStates, EntryState::Key(partner_.log, report));
    if (!row.ok()) return row.status();
    if (!row->has_value()) return EntryState();
    return EntryState::Decode(**row);
  }

  absl::Status Look(uint64_t report, const EntryState& state) {
    if (state.swept || state.Status() == decision::EntryStatus::kErased) return absl::OkStatus();
    auto issued_at = IssuedAt(report);
    if (!issued_at.ok()) return issued_at.status();
    if (!issued_at->has_value()) return absl::OkStatus();
    const auto charter = CharterBefore(view_, report, charters_);
    const auto relayed = relayed_.find(report);
    const int64_t by =
        EraseBy(**issued_at, state, charter.get(),
                relayed == relayed_.end() ? std::nullopt : std::optional(relayed->second));
    if (now_ < by) return absl::OkStatus();
    return Delete(report);
  }

  // A write that loses a race against the follower's is left to the next sweep.
  absl::Status Delete(uint64_t report) {
    Batch batch;
    const Bytes state_key = EntryState::Key(partner_.log, report);
    auto row = store_.Get(Column::kEntryStates, state_key);
    if (!row.ok()) return row.status();
    EntryState state;
    if (row->has_value()) {
      auto decoded = EntryState::Decode(**row);
      if (!decoded.ok()) return decoded.status();
      state = *std::move(decoded);
      batch.ExpectValue(Column::kEntryStates, state_key, **row);
    } else {
      batch.ExpectAbsent(Column::kEntryStates, state_key);
    }
    std::vector<uint64_t> indexes{report};
    for (const EntryState::Update& update : state.updates) indexes.push_back(update.index);
    bool found = false;
    for (const uint64_t index : indexes) {
      const Bytes key = storage::LogIndexKey(static_cast<uint32_t>(partner_.log), index);
      auto body = store_.Get(Column::kLogBodies, key);
      if (!body.ok()) return body.status();
      if (!body->has_value()) continue;
      found = true;
      batch.Delete(Column::kLogBodies, key);
      if (absl::Status status = ForgetTokens(report, **body, batch); !status.ok()) return status;
    }
    // Of one that came without its bodies it is the ERASURE, still to come, that says they may be
    // missing.
    if (!found) return absl::OkStatus();
    state.swept = true;
    batch.Put(Column::kEntryStates, state_key, state.Encode());
    storage::AskForPurge(batch, state_key);
    const absl::Status written = store_.Write(std::move(batch));
    if (absl::IsAborted(written)) return absl::OkStatus();
    if (written.ok()) ++swept_;
    return written;
  }

  absl::Status ForgetTokens(uint64_t report, ByteView body, Batch& batch) const {
    std::vector<evidence::Slot> slots;
    if (const auto decoded = evidence::ReportBody::Decode(body); decoded.ok()) {
      slots.assign(decoded->slots.begin(), decoded->slots.end());
    } else if (const auto relabel = evidence::RelabelBody::Decode(body); relabel.ok()) {
      slots.assign(relabel->slots.begin(), relabel->slots.end());
    }
    for (const KeysEntry& keys : view_.keys) {
      for (const evidence::Slot& slot : slots) {
        const Bytes key = Mirror::TokenKey(partner_.log, keys.keys.epoch, slot.token);
        auto row = store_.Get(Column::kTokens, key);
        if (!row.ok()) return row.status();
        if (!row->has_value()) continue;
        auto reports = Mirror::DecodeTokenRow(**row);
        if (!reports.ok()) return reports.status();
        if (std::erase(*reports, report) == 0) continue;
        batch.ExpectValue(Column::kTokens, key, **row);
        if (reports->empty()) {
          batch.Delete(Column::kTokens, key);
          continue;
        }
        crypto::Writer left;
        for (const uint64_t other : *reports) left.U64(other);
        batch.Put(Column::kTokens, key, left.Take());
      }
    }
    return absl::OkStatus();
  }

  storage::Store& store_;
  const storage::LogStore log_;
  const Partner& partner_;
  const MirrorView& view_;
  const evidence::Charters& charters_;
  const std::map<uint64_t, int64_t>& relayed_;
  const int64_t now_;
  Cursor cursor_;
  size_t swept_ = 0;
};

}  // namespace

std::shared_ptr<const evidence::Charter> CharterBefore(const MirrorView& view, uint64_t report,
                                                       const evidence::Charters& charters) {
  const CharterEntry* stated = nullptr;
  for (const CharterEntry& charter : view.charters) {
    if (charter.index < report) stated = &charter;
  }
  return stated == nullptr ? nullptr : charters.Find(stated->charter);
}

int64_t EraseBy(int64_t issued_at, const EntryState& state, const evidence::Charter* charter,
                std::optional<int64_t> relayed) {
  const Periods periods = PeriodsOf(charter);
  int64_t by = issued_at + LongestRetention(charter);
  std::optional<int64_t> disputed;
  int64_t disputed_seen = 0;
  for (const EntryState::Update& update : state.updates) {
    const int64_t since = std::min(update.issued_at, update.seen_at);
    switch (update.kind) {
      case EntryKind::kWithdrawal:
        by = std::min(by, since + periods.erase);
        break;
      case EntryKind::kSettlement:
        by = std::min(by, since + periods.settled + periods.erase);
        break;
      case EntryKind::kDispute:
        if (!disputed.has_value()) {
          disputed = since;
          disputed_seen = update.seen_at;
        }
        break;
      case EntryKind::kResolution:
        if (disputed.has_value() && !CameLate(update, *disputed, disputed_seen, periods.answer)) {
          disputed.reset();
        }
        if (relayed.has_value() && update.issued_at >= *relayed &&
            !CameLate(update, *relayed, *relayed, periods.answer)) {
          relayed.reset();
        }
        break;
      default:
        break;
    }
  }
  for (const std::optional<int64_t>& since : {disputed, relayed}) {
    if (since.has_value()) by = std::min(by, *since + periods.answer + periods.erase);
  }
  return by;
}

absl::StatusOr<size_t> SweepExpired(storage::Store& store, const Partner& partner,
                                    const MirrorView& view, const evidence::Charters& charters,
                                    const std::map<uint64_t, int64_t>& relayed, int64_t now) {
  return Sweep(store, partner, view, charters, relayed, now).Run();
}

}  // namespace daftar::partners
