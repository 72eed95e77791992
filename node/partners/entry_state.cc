#include "node/partners/entry_state.h"

namespace daftar::partners {
namespace {

constexpr uint8_t kVersion = 1;

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

crypto::Bytes EntryState::Key(storage::LogNumber log, uint64_t report) {
  return storage::LogIndexKey(static_cast<uint32_t>(log), report);
}

crypto::Bytes EntryState::Encode() const {
  crypto::Writer writer;
  writer.U8(kVersion).U8(static_cast<uint8_t>(updates.size()));
  for (const Update& update : updates) {
    writer.U8(static_cast<uint8_t>(update.kind)).U64(update.index);
  }
  return writer.Take();
}

absl::StatusOr<EntryState> EntryState::Decode(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  EntryState state;
  if (reader.U8() != kVersion) reader.Fail();
  const uint8_t count = reader.U8();
  for (int i = 0; i < count && reader.ok(); ++i) {
    const auto kind = static_cast<evidence::EntryKind>(reader.U8());
    state.updates.push_back({kind, reader.U64()});
  }
  if (!reader.Finish("entry state row").ok()) {
    return absl::DataLossError("an entry's state row is malformed");
  }
  return state;
}

}  // namespace daftar::partners
