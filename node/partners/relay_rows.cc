#include "node/partners/relay_rows.h"

#include <algorithm>

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::Reader;
using crypto::Writer;

constexpr uint8_t kVersion = 1;
constexpr uint8_t kOwnVersion = 2;
constexpr uint8_t kOwnVersionWithoutSince = 1;
constexpr int64_t kSecondsPerDay = 86'400;
// Enough to reach back kRelayGraceSeconds, with one before.
constexpr size_t kMaxHeardTimes = kRelayGraceSeconds / kHeardEverySeconds + 2;

absl::Status Malformed() { return absl::DataLossError("a relayed dispute's row is malformed"); }

evidence::RelayStatement ReadStatement(Reader& reader) {
  auto statement = evidence::RelayStatement::Decode(reader.Prefixed16());
  if (statement.ok()) return *std::move(statement);
  reader.Fail();
  return {};
}

uint32_t Number(storage::LogNumber log) { return static_cast<uint32_t>(log); }

}  // namespace

Bytes OwnRelay::Encode() const {
  Writer writer;
  writer.U8(kOwnVersion).Prefixed16(statement.Encode()).Prefixed16(crypto::AsBytes(by));
  writer.U64(static_cast<uint64_t>(since))
      .U8(static_cast<uint8_t>(refusal))
      .U8(issuer_told ? 1 : 0);
  writer.U16(static_cast<uint16_t>(told.size()));
  for (const std::string& origin : told) writer.Prefixed8(crypto::AsBytes(origin));
  return writer.Take();
}

absl::StatusOr<OwnRelay> OwnRelay::Decode(crypto::ByteView bytes) {
  Reader reader(bytes);
  OwnRelay relay;
  const uint8_t version = reader.U8();
  if (version != kOwnVersion && version != kOwnVersionWithoutSince) reader.Fail();
  relay.statement = ReadStatement(reader);
  relay.by = reader.Text16();
  relay.since = version == kOwnVersion ? static_cast<int64_t>(reader.U64())
                                       : static_cast<int64_t>(relay.statement.at);
  relay.refusal = static_cast<RelayRefusal>(reader.U8());
  if (relay.refusal > RelayRefusal::kOther) reader.Fail();
  relay.issuer_told = reader.U8() != 0;
  const uint16_t told = reader.U16();
  for (int i = 0; i < told && reader.ok(); ++i) {
    relay.told.emplace(crypto::AsText(reader.Prefixed8()));
  }
  if (!reader.Finish("relay row").ok()) return Malformed();
  return relay;
}

Bytes KeptRelay::Encode() const {
  return Writer()
      .U8(kVersion)
      .Prefixed16(statement.Encode())
      .U64(static_cast<uint64_t>(taken_at))
      .U64(static_cast<uint64_t>(since))
      .Prefixed8(incident)
      .Take();
}

absl::StatusOr<KeptRelay> KeptRelay::Decode(crypto::ByteView bytes) {
  Reader reader(bytes);
  KeptRelay relay;
  if (reader.U8() != kVersion) reader.Fail();
  relay.statement = ReadStatement(reader);
  relay.taken_at = static_cast<int64_t>(reader.U64());
  relay.since = static_cast<int64_t>(reader.U64());
  relay.incident = crypto::ToBytes(reader.Prefixed8());
  if (!reader.Finish("relay row").ok()) return Malformed();
  return relay;
}

bool RelayDay::Take(int64_t now, uint32_t bound) {
  const int64_t today = now / kSecondsPerDay;
  if (day != today) *this = {today, 0};
  if (count >= bound) return false;
  ++count;
  return true;
}

Bytes RelayDay::Encode() const {
  return Writer().U8(kVersion).U64(static_cast<uint64_t>(day)).U32(count).Take();
}

absl::StatusOr<RelayDay> RelayDay::Decode(crypto::ByteView bytes) {
  Reader reader(bytes);
  if (reader.U8() != kVersion) reader.Fail();
  RelayDay day;
  day.day = static_cast<int64_t>(reader.U64());
  day.count = reader.U32();
  if (!reader.Finish("relay row").ok()) return Malformed();
  return day;
}

uint32_t NewRelaysBound(int64_t heard, int64_t now) {
  constexpr int64_t kMostDays = kMaxOpenRelays / kMaxRelaysADay;
  const int64_t days = 1 + (now - heard) / kSecondsPerDay;
  return kMaxRelaysADay * static_cast<uint32_t>(std::clamp<int64_t>(days, 1, kMostDays));
}

bool HeardTimes::Add(int64_t now) {
  // A clock that was put back leaves nothing behind that lies ahead of it.
  std::erase_if(times_, [now](int64_t time) { return time > now; });
  if (!times_.empty() && now - times_.back() < kHeardEverySeconds) return false;
  times_.push_back(now);
  if (times_.size() > kMaxHeardTimes) times_.erase(times_.begin());
  return true;
}

int64_t HeardTimes::Before(int64_t now) const {
  int64_t newest = 0;
  for (const int64_t time : times_) {
    if (time <= now - kRelayGraceSeconds) newest = time;
  }
  return newest;
}

Bytes HeardTimes::Encode() const {
  Writer writer;
  writer.U8(kVersion).U8(static_cast<uint8_t>(times_.size()));
  for (const int64_t time : times_) writer.U64(static_cast<uint64_t>(time));
  return writer.Take();
}

absl::StatusOr<HeardTimes> HeardTimes::Decode(crypto::ByteView bytes) {
  Reader reader(bytes);
  if (reader.U8() != kVersion) reader.Fail();
  HeardTimes heard;
  const uint8_t count = reader.U8();
  for (int i = 0; i < count && reader.ok(); ++i) {
    heard.times_.push_back(static_cast<int64_t>(reader.U64()));
  }
  if (!reader.Finish("relay row").ok() || count > kMaxHeardTimes) return Malformed();
  return heard;
}

namespace relay_rows {

Bytes OwnPrefix() { return Writer().U8('o').Take(); }

Bytes OwnPrefix(storage::LogNumber issuer) { return Writer().U8('o').U32(Number(issuer)).Take(); }

Bytes OwnKey(storage::LogNumber issuer, uint64_t index) {
  return Writer().U8('o').U32(Number(issuer)).U64(index).Take();
}

Bytes KeptPrefix() { return Writer().U8('k').Take(); }

Bytes KeptPrefix(storage::LogNumber issuer) { return Writer().U8('k').U32(Number(issuer)).Take(); }

Bytes KeptPrefix(storage::LogNumber issuer, uint64_t index) {
  return Writer().U8('k').U32(Number(issuer)).U64(index).Take();
}

Bytes KeptKey(storage::LogNumber issuer, uint64_t index, storage::LogNumber relayer) {
  return Writer().Raw(KeptPrefix(issuer, index)).U32(Number(relayer)).Take();
}

Bytes DayKey(storage::LogNumber relayer) { return Writer().U8('d').U32(Number(relayer)).Take(); }

Bytes HeardKey(storage::LogNumber relayer) { return Writer().U8('h').U32(Number(relayer)).Take(); }

Place PlaceOf(crypto::ByteView key) {
  Reader reader(key);
  const bool kept = reader.U8() == 'k';
  Place place;
  place.issuer = storage::LogNumber{reader.U32()};
  place.index = reader.U64();
  if (kept) place.relayer = storage::LogNumber{reader.U32()};
  return place;
}

}  // namespace relay_rows

FateView FateOf(const EntryState& state, int64_t at) {
  FateView view;
  bool open = false;
  bool ended = state.swept || state.is_void;
  for (const EntryState::Update& update : state.updates) {
    switch (update.kind) {
      case evidence::EntryKind::kDispute:
        open = true;
        view.disputed_at = update.issued_at;
        break;
      case evidence::EntryKind::kResolution:
        open = false;
        // One that was over before it was stated says nothing of it.
        if (update.issued_at < at) view.disputed_at = 0;
        if (update.issued_at >= at && !view.answer.has_value()) view.answer = update;
        break;
      case evidence::EntryKind::kWithdrawal:
      case evidence::EntryKind::kErasure:
        ended = true;
        break;
      default:
        break;
    }
  }
  if (ended) {
    view.fate = RelayFate::kEnded;
  } else if (view.answer.has_value()) {
    view.fate = RelayFate::kResolved;
  } else if (open) {
    view.fate = RelayFate::kDisputed;
  }
  return view;
}

}  // namespace daftar::partners
