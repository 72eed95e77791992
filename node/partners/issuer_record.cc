#include "node/partners/issuer_record.h"

#include <optional>

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
  std::optional<int64_t> disputed_at;
  std::optional<int64_t> answered_at;  // of the last dispute
  for (const EntryState::Update& update : state.updates) {
    const bool answers = update.kind == EntryKind::kResolution ||
                         update.kind == EntryKind::kWithdrawal ||
                         update.kind == EntryKind::kErasure;
    if (answers && disputed_at.has_value() && !answered_at.has_value()) {
      answered_at = update.issued_at;
    }
    settled = settled || update.kind == EntryKind::kSettlement;
    corrected = corrected || update.kind == EntryKind::kCorrection;
    withdrawn = withdrawn || update.kind == EntryKind::kWithdrawal;
    erased = erased || update.kind == EntryKind::kErasure;
    resolved =
        update.kind == EntryKind::kResolution || (resolved && update.kind != EntryKind::kDispute);
    if (update.kind == EntryKind::kDispute) {
      disputed_at = update.issued_at;
      answered_at.reset();
    }
  }
  record.settled += settled ? 1 : 0;
  record.corrected += corrected ? 1 : 0;
  record.withdrawn += withdrawn ? 1 : 0;
  record.erased += erased ? 1 : 0;
  if (!disputed_at.has_value()) return;
  ++record.disputed;
  if (withdrawn || erased) {
    ++record.given_up;
  } else if (resolved) {
    ++record.upheld;
  }
  const int64_t by = *disputed_at + answer_period;
  if (answered_at.has_value()) {
    ++(*answered_at <= by ? record.answered_in_time : record.answered_late);
  } else {
    ++(now <= by ? record.waiting : record.waiting_too_long);
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
