#include "node/ledger/lost_labels.h"

#include <algorithm>

#include "node/ledger/incident_rows.h"

namespace daftar::ledger {
namespace {

using storage::Column;

// Far above what anybody can pass over.
constexpr uint64_t kMostCounted = 1'000'000;

struct Lost {
  uint64_t from = 0;    // where the newest part begins
  uint32_t before = 0;  // of the parts before it
  uint32_t all = 0;
};

absl::StatusOr<Lost> Read(const storage::StoreReader& store, uint32_t epoch) {
  auto row = store.Get(Column::kCounters, rows::LostLabelsKey(epoch));
  if (!row.ok()) return row.status();
  Lost lost;
  if (!row->has_value()) return lost;
  crypto::Reader reader(**row);
  lost.from = reader.U64();
  lost.before = reader.U32();
  lost.all = reader.U32();
  if (!reader.Finish("lost labels row").ok()) {
    return absl::DataLossError("the row of the labels that were lost is malformed");
  }
  return lost;
}

}  // namespace

crypto::Bytes LabelCounter::Encode() const {
  crypto::Writer writer;
  writer.U8(next);
  if (passed_over > 0) writer.U32(passed_over);
  return writer.Take();
}

absl::StatusOr<LabelCounter> LabelCounter::Decode(crypto::ByteView row) {
  crypto::Reader reader(row);
  LabelCounter counter;
  counter.next = reader.U8();
  if (reader.remaining() > 0) counter.passed_over = reader.U32();
  if (!reader.Finish("label counter row").ok()) {
    return absl::DataLossError("a label counter row is malformed");
  }
  return counter;
}

absl::StatusOr<uint32_t> LostLabels(const storage::StoreReader& store, uint32_t epoch) {
  auto lost = Read(store, epoch);
  if (!lost.ok()) return lost.status();
  return lost->all;
}

absl::Status NoteLostLabels(const storage::StoreReader& store, uint32_t epoch, uint64_t from,
                            uint64_t reports, storage::Batch& batch) {
  if (reports == 0) return absl::OkStatus();
  auto lost = Read(store, epoch);
  if (!lost.ok()) return lost.status();
  if (lost->from != from) lost->before = lost->all;
  const uint64_t all = std::min(lost->before + reports + kLabelsInBetween, kMostCounted);
  lost->all = std::max(lost->all, static_cast<uint32_t>(all));
  batch.Put(Column::kCounters, rows::LostLabelsKey(epoch),
            crypto::Writer().U64(from).U32(lost->before).U32(lost->all).Take());
  return absl::OkStatus();
}

}  // namespace daftar::ledger
