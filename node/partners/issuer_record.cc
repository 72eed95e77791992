#include "node/partners/issuer_record.h"

#include <optional>

#include "node/partners/standing.h"

namespace daftar::partners {
namespace {

using evidence::EntryKind;

constexpr int64_t kSecondsPerDay = 86'400;

}  // namespace

void Count(const EntryState& state, int64_t answer_period, int64_t now, IssuerRecord& record) {
  bool settled = false;
  bool corrected = false;
  bool withdrawn = false;
  bool erased = false;
  bool resolved = false;
  std::optional<EntryState::Update> dispute;  // the last
  std::optional<EntryState::Update> answer;   // to it
  for (const EntryState::Update& update : state.updates) {
    const bool answers = update.kind == EntryKind::kResolution ||
                         update.kind == EntryKind::kWithdrawal ||
                         update.kind == EntryKind::kErasure;
    if (answers && dispute.has_value() && !answer.has_value()) answer = update;
    settled = settled || update.kind == EntryKind::kSettlement;
    corrected = corrected || update.kind == EntryKind::kCorrection;
    withdrawn = withdrawn || update.kind == EntryKind::kWithdrawal;
    erased = erased || update.kind == EntryKind::kErasure;
    resolved =
        update.kind == EntryKind::kResolution || (resolved && update.kind != EntryKind::kDispute);
    if (update.kind == EntryKind::kDispute) {
      dispute = update;
      answer.reset();
    }
  }
  record.settled += settled ? 1 : 0;
  record.corrected += corrected ? 1 : 0;
  record.withdrawn += withdrawn ? 1 : 0;
  record.erased += erased ? 1 : 0;
  if (!dispute.has_value()) return;
  ++record.disputed;
  if (withdrawn || erased) {
    ++record.given_up;
  } else if (resolved) {
    ++record.upheld;
  }
  if (answer.has_value()) {
    // On its last second it is in time still.
    ++(CameLate(*answer, dispute->issued_at, dispute->seen_at, answer_period + 1)
           ? record.answered_late
           : record.answered_in_time);
  } else {
    ++(now - dispute->issued_at <= answer_period ? record.waiting : record.waiting_too_long);
  }
}

absl::StatusOr<IssuerRecord> RecordOf(const storage::StoreReader& store, storage::LogNumber log,
                                      const MirrorView& view, const evidence::Charters& charters,
                                      int64_t now) {
  IssuerRecord record;
  record.reports = view.reports;
  const int64_t period = int64_t{charters.InForce()->dispute_withdraw_days} * kSecondsPerDay;
  absl::Status failed;
  const crypto::Bytes prefix = storage::LogKey(static_cast<uint32_t>(log));
  const absl::Status scanned = store.Scan(storage::Column::kEntryStates, prefix, prefix,
                                          [&](crypto::ByteView, crypto::ByteView value) {
                                            const auto state = EntryState::Decode(value);
                                            if (!state.ok()) {
                                              failed = state.status();
                                              return false;
                                            }
                                            Count(*state, period, now, record);
                                            return true;
                                          });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  return record;
}

}  // namespace daftar::partners
