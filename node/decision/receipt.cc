#include "node/decision/receipt.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "crypto/hash.h"

namespace daftar::decision {
namespace {

using crypto::Reader;
using crypto::Writer;

void Flag(Writer& writer, bool value) { writer.U8(value ? 1 : 0); }

// Booleans and enumerations have one spelling each, so that a body has one encoding.
bool TakeFlag(Reader& reader) {
  const uint8_t value = reader.U8();
  if (value > 1) reader.Fail();
  return value == 1;
}

template <class Enum>
Enum TakeEnum(Reader& reader, Enum last) {
  const uint8_t value = reader.U8();
  if (value < 1 || value > static_cast<uint8_t>(last)) reader.Fail();
  return static_cast<Enum>(value);
}

uint64_t TakeAtMost(Reader& reader, uint64_t value, uint64_t bound) {
  if (value > bound) reader.Fail();
  return value;
}

void EncodeMoney(Writer& writer, const std::optional<evidence::Money>& money) {
  Flag(writer, money.has_value());
  if (!money.has_value()) return;
  const std::string code = money->currency.code();
  assert(code.size() == 3 && money->minor <= evidence::kMaxMinorUnits);
  writer.U64(money->minor).Raw(code);
}

std::optional<evidence::Money> TakeMoney(Reader& reader) {
  if (!TakeFlag(reader)) return std::nullopt;
  const uint64_t minor = TakeAtMost(reader, reader.U64(), evidence::kMaxMinorUnits);
  const auto currency = evidence::Currency::FromCode(crypto::AsText(reader.Raw(3)));
  if (!currency.ok()) {
    reader.Fail();
    return std::nullopt;
  }
  return evidence::Money{minor, *currency};
}

// Text of ours or of partners' origins: printable ASCII, short.
std::string TakeText(Reader& reader, size_t max_bytes) {
  const std::string_view text = crypto::AsText(reader.Prefixed8());
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
  if (!plain || text.size() > max_bytes) reader.Fail();
  return std::string(text);
}

void EncodeOwn(Writer& writer, const WeighedOwn& own, uint8_t version) {
  assert(own.orders <= kMaxCountedOrders && own.bad_ppm <= own.orders * kPpm);
  assert(own.given_up <= own.overdue && (version > kOldestReceiptVersion || own.given_up == 0));
  writer.U32(static_cast<uint32_t>(own.orders)).U32(static_cast<uint32_t>(own.good));
  writer.U32(static_cast<uint32_t>(own.bad))
      .U64(own.bad_ppm)
      .U32(static_cast<uint32_t>(own.overdue));
  if (version > kOldestReceiptVersion) writer.U32(static_cast<uint32_t>(own.given_up));
  writer.U32(own.overdue_days).U32(own.newest_bad_age_days);
  writer.U64(own.open_minor).U64(own.usual_minor).U64(own.usual_orders);
}

WeighedOwn TakeOwn(Reader& reader, uint8_t version) {
  WeighedOwn own;
  own.orders = TakeAtMost(reader, reader.U32(), kMaxCountedOrders);
  own.good = TakeAtMost(reader, reader.U32(), own.orders);
  own.bad = TakeAtMost(reader, reader.U32(), own.orders);
  own.bad_ppm = TakeAtMost(reader, reader.U64(), own.orders * kPpm);
  own.overdue = TakeAtMost(reader, reader.U32(), kMaxCountedOrders);
  if (version > kOldestReceiptVersion) {
    own.given_up = TakeAtMost(reader, reader.U32(), own.overdue);
  }
  own.overdue_days = reader.U32();
  own.newest_bad_age_days = reader.U32();
  own.open_minor = reader.U64();
  own.usual_minor = reader.U64();
  own.usual_orders = reader.U64();
  return own;
}

void EncodeIncident(Writer& writer, const WeighedIncident& incident) {
  writer.Prefixed8(crypto::AsBytes(incident.id));
  writer.U8(static_cast<uint8_t>(incident.trouble)).U8(static_cast<uint8_t>(incident.status));
  Flag(writer, incident.in_track_record);
  writer.U8(incident.mitigations.bits());
  writer.U32(incident.age_days).U32(incident.bad_ppm);
}

WeighedIncident TakeIncident(Reader& reader) {
  WeighedIncident incident;
  incident.id = TakeText(reader, kMaxIncidentIdBytes);
  incident.trouble = TakeEnum(reader, kLastTrouble);
  incident.status = TakeEnum(reader, EntryStatus::kSetAside);
  incident.in_track_record = TakeFlag(reader);
  const auto mitigations = Mitigations::FromBits(reader.U8());
  if (!mitigations.ok()) reader.Fail();
  if (mitigations.ok()) incident.mitigations = *mitigations;
  incident.age_days = reader.U32();
  incident.bad_ppm = static_cast<uint32_t>(TakeAtMost(reader, reader.U32(), kPpm));
  return incident;
}

void EncodeGroup(Writer& writer, const std::optional<GroupTerms>& group) {
  Flag(writer, group.has_value());
  if (!group.has_value()) return;
  assert(group->credit_limits.size() <= 1);
  writer.Prefixed8(crypto::AsBytes(group->name)).U32(group->precedence);
  writer.U8(static_cast<uint8_t>(group->least)).U8(static_cast<uint8_t>(group->most));
  for (const std::optional<uint32_t>& number : {group->deposit_ppm, group->credit_days}) {
    Flag(writer, number.has_value());
    if (number.has_value()) writer.U32(*number);
  }
  EncodeMoney(writer, group->credit_limits.empty()
                          ? std::nullopt
                          : std::optional<evidence::Money>(group->credit_limits.front()));
  writer.Prefixed8(crypto::AsBytes(group->price_list));
  Flag(writer, group->bonus_card);
}

std::optional<GroupTerms> TakeGroup(Reader& reader) {
  if (!TakeFlag(reader)) return std::nullopt;
  Group group;
  GroupTerms& terms = group.terms;
  terms.name = std::string(crypto::AsText(reader.Prefixed8()));
  terms.precedence = reader.U32();
  terms.least = TakeEnum(reader, Effect::kDecline);
  terms.most = TakeEnum(reader, Effect::kDecline);
  for (std::optional<uint32_t>* number : {&terms.deposit_ppm, &terms.credit_days}) {
    if (TakeFlag(reader)) *number = reader.U32();
  }
  if (const auto limit = TakeMoney(reader); limit.has_value()) terms.credit_limits = {*limit};
  terms.price_list = std::string(crypto::AsText(reader.Prefixed8()));
  terms.bonus_card = TakeFlag(reader);
  if (reader.ok() && !group.Check().ok()) reader.Fail();
  return terms;
}

void EncodePartner(Writer& writer, const WeighedPartner& partner) {
  assert(partner.witnesses.size() <= kMaxWitnesses);
  assert(partner.entries.size() <= kMaxRecordsPerPartner);
  writer.Prefixed8(crypto::AsBytes(partner.origin)).U8(static_cast<uint8_t>(partner.state));
  Flag(writer, partner.head_age_s.has_value());
  if (partner.head_age_s.has_value()) writer.U64(*partner.head_age_s);
  Flag(writer, partner.witnessed);
  Flag(writer, partner.head.has_value());
  if (partner.head.has_value()) writer.U64(partner.head->size).Raw(partner.head->root.view());
  writer.U16(static_cast<uint16_t>(partner.witnesses.size()));
  for (const std::string& witness : partner.witnesses) writer.Prefixed8(crypto::AsBytes(witness));
  writer.U32(partner.weight_ppm).Prefixed8(crypto::AsBytes(partner.error));
  writer.U16(static_cast<uint16_t>(partner.entries.size()));
  for (const WeighedEntry& entry : partner.entries) {
    writer.U64(entry.index).Raw(entry.commitment.view()).U8(static_cast<uint8_t>(entry.status));
    writer.U32(entry.age_days).U32(entry.bad_ppm);
  }
}

std::string TakeOrigin(Reader& reader) {
  std::string origin = TakeText(reader, evidence::kMaxOriginBytes);
  if (!evidence::CheckOrigin(origin).ok()) reader.Fail();
  return origin;
}

WeighedEntry TakeEntry(Reader& reader) {
  WeighedEntry entry;
  entry.index = reader.U64();
  entry.commitment = reader.Take<evidence::Commitment>();
  entry.status = TakeEnum(reader, EntryStatus::kSetAside);
  entry.age_days = reader.U32();
  entry.bad_ppm = static_cast<uint32_t>(TakeAtMost(reader, reader.U32(), kPpm));
  return entry;
}

WeighedPartner TakePartner(Reader& reader) {
  WeighedPartner partner;
  partner.origin = TakeOrigin(reader);
  partner.state = TakeEnum(reader, PartnerState::kNotChecked);
  if (TakeFlag(reader)) partner.head_age_s = reader.U64();
  partner.witnessed = TakeFlag(reader);
  if (TakeFlag(reader)) {
    const uint64_t size = reader.U64();
    partner.head = HeadRef{size, reader.Take<crypto::Digest>()};
  }
  const uint64_t witnesses = TakeAtMost(reader, reader.U16(), kMaxWitnesses);
  for (uint64_t i = 0; i < witnesses && reader.ok(); ++i) {
    partner.witnesses.push_back(TakeOrigin(reader));
    if (i > 0 && partner.witnesses[i - 1] >= partner.witnesses[i]) reader.Fail();
  }
  partner.weight_ppm = static_cast<uint32_t>(TakeAtMost(reader, reader.U32(), kMaxWeightPpm));
  partner.error = TakeText(reader, kMaxErrorBytes);
  const uint64_t entries = TakeAtMost(reader, reader.U16(), kMaxRecordsPerPartner);
  for (uint64_t i = 0; i < entries && reader.ok(); ++i) {
    partner.entries.push_back(TakeEntry(reader));
    if (i == 0) continue;
    const WeighedEntry& before = partner.entries[i - 1];
    const WeighedEntry& entry = partner.entries[i];
    const bool ordered = before.bad_ppm != entry.bad_ppm ? before.bad_ppm > entry.bad_ppm
                                                         : before.index < entry.index;
    if (!ordered) reader.Fail();
  }
  return partner;
}

void EncodeWeighed(Writer& writer, const Weighed& weighed, uint8_t version) {
  assert(weighed.incidents.size() <= kMaxIncidents && weighed.partners.size() <= kMaxPartners);
  EncodeMoney(writer, weighed.order.amount);
  writer.U8(static_cast<uint8_t>(weighed.order.terms));
  EncodeMoney(writer, weighed.small_amount);
  writer.U32(weighed.prior_ppm).Prefixed8(crypto::AsBytes(weighed.allowed_by));
  EncodeGroup(writer, weighed.group);
  EncodeOwn(writer, weighed.own, version);
  writer.U16(static_cast<uint16_t>(weighed.incidents.size()));
  for (const WeighedIncident& incident : weighed.incidents) EncodeIncident(writer, incident);
  writer.U16(static_cast<uint16_t>(weighed.partners.size()));
  for (const WeighedPartner& partner : weighed.partners) EncodePartner(writer, partner);
}

Weighed TakeWeighed(Reader& reader, uint8_t version) {
  Weighed weighed;
  weighed.order.amount = TakeMoney(reader);
  weighed.order.terms = TakeEnum(reader, Terms::kPrepaid);
  weighed.small_amount = TakeMoney(reader);
  weighed.prior_ppm = static_cast<uint32_t>(TakeAtMost(reader, reader.U32(), kPpm));
  weighed.allowed_by = TakeText(reader, kMaxAllowIdBytes);
  weighed.group = TakeGroup(reader);
  weighed.own = TakeOwn(reader, version);
  const uint64_t incidents = TakeAtMost(reader, reader.U16(), kMaxIncidents);
  for (uint64_t i = 0; i < incidents && reader.ok(); ++i) {
    weighed.incidents.push_back(TakeIncident(reader));
  }
  const uint64_t partners = TakeAtMost(reader, reader.U16(), kMaxPartners);
  for (uint64_t i = 0; i < partners && reader.ok(); ++i) {
    weighed.partners.push_back(TakePartner(reader));
    if (i > 0 && weighed.partners[i - 1].origin >= weighed.partners[i].origin) reader.Fail();
  }
  return weighed;
}

void EncodeVerdict(Writer& writer, const Verdict& verdict) {
  writer.U8(static_cast<uint8_t>(verdict.effect)).U8(static_cast<uint8_t>(verdict.rule));
  writer.U32(verdict.r_ppm).U8(static_cast<uint8_t>(verdict.rules.size()));
  for (const RuleOutcome& outcome : verdict.rules) {
    writer.U8(static_cast<uint8_t>(outcome.rule));
    Flag(writer, outcome.fired);
    writer.U8(static_cast<uint8_t>(outcome.effect));
  }
  writer.U8(static_cast<uint8_t>(verdict.caps.size()));
  for (const Cap cap : verdict.caps) writer.U8(static_cast<uint8_t>(cap));
}

Verdict TakeVerdict(Reader& reader) {
  Verdict verdict;
  verdict.effect = TakeEnum(reader, Effect::kDecline);
  verdict.rule = TakeEnum(reader, kLastRule);
  verdict.r_ppm = static_cast<uint32_t>(TakeAtMost(reader, reader.U32(), kPpm));
  const uint8_t rules = reader.U8();
  for (uint8_t i = 0; i < rules && reader.ok(); ++i) {
    RuleOutcome outcome;
    outcome.rule = TakeEnum(reader, kLastRule);
    outcome.fired = TakeFlag(reader);
    outcome.effect = TakeEnum(reader, Effect::kDecline);
    if (i > 0 && verdict.rules.back().rule >= outcome.rule) reader.Fail();
    verdict.rules.push_back(outcome);
  }
  const uint8_t caps = reader.U8();
  for (uint8_t i = 0; i < caps && reader.ok(); ++i) {
    const Cap cap = TakeEnum(reader, kLastCap);
    if (i > 0 && verdict.caps.back() >= cap) reader.Fail();
    verdict.caps.push_back(cap);
  }
  return verdict;
}

}  // namespace

Subject SubjectOf(const crypto::Secret32& receipt_key, const identity::Identifier& identifier) {
  const std::string_view type = identity::TypeName(identifier.type());
  return Subject(crypto::Blake2b256(receipt_key.Expose(),
                                    {crypto::AsBytes(type), crypto::AsBytes(identifier.value())})
                     .array());
}

crypto::Bytes ReceiptBody::Encode() const {
  assert(time.value >= 0 && subjects.size() <= kMaxSubjects);
  Writer writer;
  writer.Raw("DFTR").U8(version).U64(static_cast<uint64_t>(time.value));
  writer.Raw(policy.view()).U8(static_cast<uint8_t>(subjects.size()));
  for (const Subject& subject : subjects) writer.Raw(subject.view());
  EncodeWeighed(writer, weighed, version);
  EncodeVerdict(writer, verdict);
  assert(writer.size() <= kMaxReceiptBytes);
  return writer.Take();
}

absl::StatusOr<ReceiptBody> ReceiptBody::Decode(crypto::ByteView bytes) {
  if (bytes.size() > kMaxReceiptBytes) {
    return absl::InvalidArgumentError("receipt: larger than " + std::to_string(kMaxReceiptBytes) +
                                      " bytes");
  }
  Reader reader(bytes);
  ReceiptBody body;
  if (crypto::AsText(reader.Raw(4)) != "DFTR") reader.Fail();
  body.version = reader.U8();
  if (body.version < kOldestReceiptVersion || body.version > kReceiptVersion) reader.Fail();
  const uint64_t time = reader.U64();
  body.time.value = static_cast<int64_t>(TakeAtMost(reader, time, uint64_t{1} << 62));
  body.policy = reader.Take<crypto::Digest>();
  const uint64_t subjects = TakeAtMost(reader, reader.U8(), kMaxSubjects);
  for (uint64_t i = 0; i < subjects && reader.ok(); ++i) {
    body.subjects.push_back(reader.Take<Subject>());
    if (i > 0 && body.subjects[i - 1] >= body.subjects[i]) reader.Fail();
  }
  body.weighed = TakeWeighed(reader, body.version);
  body.verdict = TakeVerdict(reader);
  if (auto status = reader.Finish("receipt"); !status.ok()) return status;
  return body;
}

ReceiptBody MakeReceipt(const Decision& decision, const Policy& policy,
                        std::vector<Subject> subjects, evidence::UnixMillis time) {
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  return ReceiptBody{
      time,           policy.Hash(), std::move(subjects), decision.weighed, decision.verdict,
      kReceiptVersion};
}

Decision Replay(const ReceiptBody& receipt, const Policy& policy) {
  return Assemble(receipt.weighed, Judge(receipt.weighed, policy));
}

absl::Status CheckReplay(const ReceiptBody& receipt, const Policy& policy) {
  if (receipt.policy != policy.Hash()) {
    return absl::FailedPreconditionError(
        "the receipt was made under policy " + receipt.policy.hex() + ", this one is " +
        policy.Hash().hex() + "; replay it with the policy of that time");
  }
  for (const WeighedPartner& partner : receipt.weighed.partners) {
    if (partner.weight_ppm > policy.max_partner_weight_ppm) {
      return absl::FailedPreconditionError(
          "the receipt weighs a partner " + std::to_string(partner.weight_ppm) +
          " ppm, its policy allows at most " + std::to_string(policy.max_partner_weight_ppm));
    }
  }
  const Verdict again = Judge(receipt.weighed, policy);
  const Verdict& then = receipt.verdict;
  const auto differs = [](std::string_view what, std::string_view was, std::string_view is) {
    return absl::FailedPreconditionError("the receipt says " + std::string(what) + " " +
                                         std::string(was) + ", the replay gives " +
                                         std::string(is));
  };
  if (again.effect != then.effect) {
    return differs("effect", EffectName(then.effect), EffectName(again.effect));
  }
  if (again.r_ppm != then.r_ppm) {
    return differs("r (ppm)", std::to_string(then.r_ppm), std::to_string(again.r_ppm));
  }
  if (again.rule != then.rule) return differs("rule", RuleId(then.rule), RuleId(again.rule));
  if (again != then) {
    return absl::FailedPreconditionError("the receipt's list of rules or caps is not the replay's");
  }
  return absl::OkStatus();
}

}  // namespace daftar::decision
