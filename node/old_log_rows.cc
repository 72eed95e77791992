#include "node/old_log_rows.h"

#include <vector>

#include "node/ledger/incident_rows.h"
#include "node/ledger/submission.h"
#include "node/partners/relay_rows.h"
#include "storage/log_store.h"

namespace daftar {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using storage::Column;

constexpr uint32_t kLog = static_cast<uint32_t>(storage::kOwnLog);

using Goes = std::function<bool(ByteView key, ByteView value)>;

bool All(ByteView, ByteView) { return true; }

absl::Status Remove(storage::Store& store, Column column, const Bytes& prefix, const Goes& goes,
                    const std::function<bool()>& go_on) {
  Bytes start = prefix;
  size_t seen = 0;
  do {
    if (!go_on()) {
      return absl::CancelledError("stopped; the same command goes on from there");
    }
    seen = 0;
    storage::Batch batch;
    absl::Status scanned = store.Scan(column, prefix, start, [&](ByteView key, ByteView value) {
      if (goes(key, value)) batch.Delete(column, crypto::ToBytes(key));
      start = crypto::ToBytes(key);
      return ++seen < kMaxRowsPerRemoval;
    });
    if (!scanned.ok()) return scanned;
    start.push_back(0);  // just past the last one
    if (batch.empty()) continue;
    if (absl::Status written = store.Write(std::move(batch)); !written.ok()) return written;
  } while (seen == kMaxRowsPerRemoval);
  return absl::OkStatus();
}

// A row that cannot be read is of the old log too.
bool IsNoCharter(ByteView key, ByteView value) {
  const auto queued = ledger::Submission::Decode(key, value);
  return !queued.ok() || queued->kind != evidence::EntryKind::kCharter;
}

}  // namespace

absl::Status RemoveEntries(storage::Store& store, const std::function<bool()>& go_on) {
  for (const Column column :
       {Column::kLogHeads, Column::kLogTiles, Column::kLogEntries, Column::kLogBodies}) {
    absl::Status removed = Remove(store, column, storage::LogKey(kLog), All, go_on);
    if (!removed.ok()) return removed;
  }
  return absl::OkStatus();
}

absl::Status RemoveOldLog(storage::Store& store, const std::string& origin, uint32_t epoch,
                          const std::function<bool()>& go_on) {
  const auto cosigned_by_this = [&](ByteView key, ByteView) {
    return key.size() > sizeof(kLog) && crypto::AsText(key.subspan(sizeof(kLog))) == origin;
  };
  const auto of_other_epoch = [&](ByteView key, ByteView) {
    return crypto::Reader(key).U32() != epoch;
  };
  struct Part {
    Column column;
    Bytes prefix;
    Goes goes;
  };
  const Bytes own_log = storage::LogKey(kLog);
  const Part parts[] = {
      {Column::kSubmissions, ledger::Submission::QueuePrefix(), IsNoCharter},
      {Column::kSubmissions, ledger::Publication::Prefix(), All},
      {Column::kIncidents, ledger::rows::ReportPrefix(), All},
      {Column::kCounters, {}, of_other_epoch},
      {Column::kTokens, own_log, All},
      {Column::kEntryStates, own_log, All},
      {Column::kRelays, partners::relay_rows::KeptPrefix(storage::kOwnLog), All},
      {Column::kArrivals, {}, All},
      {Column::kCosignatures, own_log, All},
      {Column::kCosignatures, {}, cosigned_by_this},
  };
  for (const Part& part : parts) {
    absl::Status removed = Remove(store, part.column, part.prefix, part.goes, go_on);
    if (!removed.ok()) return removed;
  }
  return RemoveEntries(store, go_on);
}

}  // namespace daftar
