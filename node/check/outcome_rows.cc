#include "node/check/outcome_rows.h"

namespace daftar::check {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;
using decision::Effect;

constexpr uint8_t kOldest = 1;  // did not say whose outcome it is
constexpr uint8_t kVersion = 2;
constexpr uint8_t kNamed = 1;
constexpr uint8_t kShared = 2;

Effect TakeEffect(Reader& reader) {
  const uint8_t value = reader.U8();
  if (value < 1 || value > static_cast<uint8_t>(Effect::kDecline)) reader.Fail();
  return static_cast<Effect>(value);
}

bool TakeFlag(Reader& reader) {
  const uint8_t flag = reader.U8();
  if (flag > 1) reader.Fail();
  return flag == 1;
}

}  // namespace

absl::Status MalformedOutcome() {
  return absl::DataLossError(
      "a row about what became of decisions is malformed; run `daftar doctor` and restore a "
      "backup");
}

Bytes EncodeFollowed(const Followed& followed) {
  Writer writer;
  writer.U8(kVersion).U8(static_cast<uint8_t>(followed.decided));
  writer.U64(static_cast<uint64_t>(followed.checked_at.value));
  writer.U8(followed.override.has_value() ? 1 : 0);
  if (followed.override.has_value()) {
    writer.U8(static_cast<uint8_t>(followed.override->effect));
    writer.Prefixed16(crypto::AsBytes(followed.override->because));
    writer.Prefixed16(crypto::AsBytes(followed.override->by));
    writer.U64(static_cast<uint64_t>(followed.override->at.value));
  }
  writer.U8(static_cast<uint8_t>(followed.outcome)).U32(followed.outcome_on.days());
  writer.U32(followed.bad_ppm).U8(followed.at_risk ? 1 : 0);
  writer.U16(static_cast<uint16_t>(followed.held.size()));
  for (const HeldRecord& held : followed.held) {
    writer.Prefixed8(crypto::AsBytes(held.origin)).U32(held.without_ppm).U32(held.gain_ppm);
  }
  writer.Prefixed8(crypto::AsBytes(followed.order));
  writer.U8((followed.named ? kNamed : 0) | (followed.shared ? kShared : 0));
  return writer.Take();
}

absl::StatusOr<Followed> DecodeFollowed(ByteView bytes) {
  Reader reader(bytes);
  const uint8_t version = reader.U8();
  if (version < kOldest || version > kVersion) reader.Fail();
  Followed followed;
  followed.decided = TakeEffect(reader);
  followed.checked_at.value = static_cast<int64_t>(reader.U64());
  if (TakeFlag(reader)) {
    Override override;
    override.effect = TakeEffect(reader);
    override.because = reader.Text16();
    override.by = reader.Text16();
    override.at.value = static_cast<int64_t>(reader.U64());
    followed.override = std::move(override);
  }
  const uint8_t outcome = reader.U8();
  if (outcome > static_cast<uint8_t>(Outcome::kUnpaid)) reader.Fail();
  followed.outcome = static_cast<Outcome>(outcome);
  const auto on = evidence::Date::FromDays(reader.U32());
  if (!on.ok()) reader.Fail();
  if (on.ok()) followed.outcome_on = *on;
  followed.bad_ppm = reader.U32();
  if (followed.bad_ppm > decision::kPpm) reader.Fail();
  followed.at_risk = TakeFlag(reader);
  const uint16_t held = reader.U16();
  for (uint16_t i = 0; i < held && reader.ok(); ++i) {
    HeldRecord record;
    record.origin = std::string(crypto::AsText(reader.Prefixed8()));
    record.without_ppm = reader.U32();
    record.gain_ppm = reader.U32();
    if (record.gain_ppm > decision::kPpm || record.without_ppm > decision::kPpm) {
      if (version > kOldest) reader.Fail();
      continue;  // the first version could write such
    }
    followed.held.push_back(std::move(record));
  }
  if (version > kOldest) {
    followed.order = std::string(crypto::AsText(reader.Prefixed8()));
    const uint8_t flags = reader.U8();
    if (flags > (kNamed | kShared)) reader.Fail();
    followed.named = (flags & kNamed) != 0;
    followed.shared = (flags & kShared) != 0;
  }
  if (!reader.Finish("outcome").ok()) return MalformedOutcome();
  return followed;
}

}  // namespace daftar::check
