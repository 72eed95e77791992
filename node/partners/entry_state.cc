#include "node/partners/entry_state.h"

#include "node/evidence/report_order.h"

namespace daftar::partners {
namespace {

constexpr uint8_t kVersion = 3;
constexpr uint8_t kVersionWithoutVoid = 2;
constexpr uint8_t kVersionWithoutTimes = 1;
constexpr uint8_t kSwept = 1;
constexpr uint8_t kVoid = 2;

}  // namespace

decision::EntryStatus EntryState::Status() const {
  using decision::EntryStatus;
  EntryStatus status = EntryStatus::kLive;
  for (const Update& update : updates) {
    switch (update.kind) {
      case evidence::EntryKind::kErasure:
        return EntryStatus::kErased;
      case evidence::EntryKind::kWithdrawal:
        status = EntryStatus::kWithdrawn;
        break;
      case evidence::EntryKind::kDispute:
        if (status != EntryStatus::kWithdrawn) status = EntryStatus::kDisputed;
        break;
      case evidence::EntryKind::kSettlement:
        if (status == EntryStatus::kLive) status = EntryStatus::kSettled;
        break;
      default:
        break;
    }
  }
  return status;
}

bool EntryState::Accepts(evidence::EntryKind kind) const {
  evidence::ReportOrder order;
  for (const Update& update : updates) order.Add(update.kind);
  return order.Accepts(kind);
}

crypto::Bytes EntryState::Key(storage::LogNumber log, uint64_t report) {
  return storage::LogIndexKey(static_cast<uint32_t>(log), report);
}

crypto::Bytes EntryState::Encode() const {
  crypto::Writer writer;
  writer.U8(kVersion).U8(static_cast<uint8_t>(updates.size()));
  for (const Update& update : updates) {
    writer.U8(static_cast<uint8_t>(update.kind)).U64(update.index);
    writer.U64(static_cast<uint64_t>(update.issued_at)).U64(static_cast<uint64_t>(update.seen_at));
  }
  writer.U8((swept ? kSwept : 0) | (is_void ? kVoid : 0)).U8(missing.value_or(0));
  return writer.Take();
}

absl::StatusOr<EntryState> EntryState::Decode(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  EntryState state;
  const uint8_t version = reader.U8();
  if (version < kVersionWithoutTimes || version > kVersion) reader.Fail();
  const uint8_t count = reader.U8();
  for (int i = 0; i < count && reader.ok(); ++i) {
    Update update;
    update.kind = static_cast<evidence::EntryKind>(reader.U8());
    update.index = reader.U64();
    if (version > kVersionWithoutTimes) {
      update.issued_at = static_cast<int64_t>(reader.U64());
      update.seen_at = static_cast<int64_t>(reader.U64());
    }
    state.updates.push_back(update);
  }
  if (version > kVersionWithoutTimes) {
    const uint8_t flags = reader.U8();
    if (flags > (version == kVersionWithoutVoid ? kSwept : kSwept | kVoid)) reader.Fail();
    state.swept = (flags & kSwept) != 0;
    state.is_void = (flags & kVoid) != 0;
    if (version > kVersionWithoutVoid) state.missing = reader.U8();
  }
  if (!reader.Finish("entry state row").ok()) {
    return absl::DataLossError("an entry's state row is malformed");
  }
  return state;
}

}  // namespace daftar::partners
