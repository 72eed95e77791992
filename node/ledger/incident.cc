#include "node/ledger/incident.h"

#include <algorithm>
#include <array>

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;

constexpr uint8_t kVersion = 5;
constexpr uint8_t kVersionWithReminders = 4;
constexpr uint8_t kVersionWithEnd = 3;
constexpr uint8_t kVersionWithMitigations = 2;
constexpr uint8_t kFirstVersion = 1;

struct StateText {
  IncidentState state;
  std::string_view name;
};
constexpr std::array kStates = {
    StateText{IncidentState::kDraft, "draft"},
    StateText{IncidentState::kReady, "ready"},
    StateText{IncidentState::kApproved, "approved"},
    StateText{IncidentState::kHeld, "held"},
    StateText{IncidentState::kPublished, "published"},
    StateText{IncidentState::kSettled, "settled"},
    StateText{IncidentState::kDisputed, "disputed"},
    StateText{IncidentState::kWithdrawn, "withdrawn"},
    StateText{IncidentState::kCorrected, "corrected"},
    StateText{IncidentState::kExpired, "expired"},
    StateText{IncidentState::kErased, "erased"},
};

void WriteDate(Writer& writer, evidence::Date date) { writer.U32(date.days()); }

evidence::Date ReadDate(Reader& reader) {
  auto date = evidence::Date::FromDays(reader.U32());
  if (!date.ok()) {
    reader.Fail();
    return {};
  }
  return *date;
}

void WriteDates(Writer& writer, const std::vector<evidence::Date>& dates) {
  writer.U8(static_cast<uint8_t>(dates.size()));
  for (const evidence::Date date : dates) WriteDate(writer, date);
}

std::vector<evidence::Date> ReadDates(Reader& reader) {
  std::vector<evidence::Date> dates;
  const uint8_t count = reader.U8();
  for (int i = 0; i < count && reader.ok(); ++i) dates.push_back(ReadDate(reader));
  return dates;
}

void WriteAccount(Writer& writer, const NewIncident& account) {
  writer.U16(static_cast<uint16_t>(account.reason));
  writer.U8(static_cast<uint8_t>(account.identifiers.size()));
  for (const auto& identifier : account.identifiers) {
    writer.U8(static_cast<uint8_t>(identifier.type()))
        .Prefixed16(crypto::AsBytes(identifier.value()));
  }
  writer.U64(account.amount.minor).Prefixed8(crypto::AsBytes(account.amount.currency.code()));
  WriteDate(writer, account.occurred);
  WriteDate(writer, account.due);
  WriteDates(writer, account.reminders);
  writer.Prefixed16(crypto::AsBytes(account.order)).Prefixed16(crypto::AsBytes(account.note));
}

NewIncident ReadAccount(Reader& reader) {
  NewIncident account;
  auto reason = evidence::ReasonFromNumber(reader.U16());
  if (reason.ok()) {
    account.reason = *reason;
  } else {
    reader.Fail();
  }
  const uint8_t identifiers = reader.U8();
  for (int i = 0; i < identifiers && reader.ok(); ++i) {
    const auto type = static_cast<identity::IdentifierType>(reader.U8());
    auto identifier = identity::Identifier::FromNormalised(type, reader.Text16());
    if (identifier.ok()) {
      account.identifiers.push_back(*std::move(identifier));
    } else {
      reader.Fail();
    }
  }
  account.amount.minor = reader.U64();
  const std::string_view currency = crypto::AsText(reader.Prefixed8());
  if (!currency.empty()) {
    auto known = evidence::Currency::FromCode(currency);
    if (known.ok()) {
      account.amount.currency = *known;
    } else {
      reader.Fail();
    }
  }
  account.occurred = ReadDate(reader);
  account.due = ReadDate(reader);
  account.reminders = ReadDates(reader);
  account.order = reader.Text16();
  account.note = reader.Text16();
  return account;
}

void WriteSubmission(Writer& writer, const std::optional<SubmissionId>& id) {
  writer.U8(id.has_value() ? 1 : 0);
  if (id.has_value()) writer.Raw(id->view());
}

std::optional<SubmissionId> ReadSubmission(Reader& reader) {
  if (reader.U8() == 0) return std::nullopt;
  return reader.Take<SubmissionId>();
}

decision::Mitigations ReadMitigations(Reader& reader) {
  const auto mitigations = decision::Mitigations::FromBits(reader.U8());
  if (!mitigations.ok()) reader.Fail();
  return mitigations.ok() ? *mitigations : decision::Mitigations();
}

std::optional<evidence::WithdrawalGround> ReadGround(Reader& reader) {
  const auto ground = static_cast<evidence::WithdrawalGround>(reader.U8());
  if (ground == evidence::WithdrawalGround{}) return std::nullopt;
  if (ground > evidence::WithdrawalGround::kOther) reader.Fail();
  return ground;
}

// A part that may be absent: a flag, then the part.
template <class T, class WriteOne>
void WriteIf(Writer& writer, const std::optional<T>& part, const WriteOne& write) {
  writer.U8(part.has_value() ? 1 : 0);
  if (part.has_value()) write(*part);
}

template <class ReadOne>
auto ReadIf(Reader& reader, const ReadOne& read) -> std::optional<decltype(read())> {
  const uint8_t flag = reader.U8();
  if (flag > 1) reader.Fail();
  if (flag != 1 || !reader.ok()) return std::nullopt;
  return read();
}

void WriteMoney(Writer& writer, const evidence::Money& money) {
  writer.U64(money.minor).Prefixed8(crypto::AsBytes(money.currency.code()));
}

evidence::Money ReadMoney(Reader& reader) {
  evidence::Money money;
  money.minor = reader.U64();
  const std::string_view code = crypto::AsText(reader.Prefixed8());
  if (code.empty()) return money;
  const auto currency = evidence::Currency::FromCode(code);
  if (!currency.ok()) {
    reader.Fail();
    return money;
  }
  money.currency = *currency;
  return money;
}

void WriteCorrection(Writer& writer, const Correction& correction) {
  const auto date = [&](evidence::Date day) { WriteDate(writer, day); };
  WriteIf(writer, correction.amount, [&](const auto& money) { WriteMoney(writer, money); });
  WriteIf(writer, correction.occurred, date);
  WriteIf(writer, correction.due, date);
  WriteIf(writer, correction.reminders, [&](const auto& days) { WriteDates(writer, days); });
  WriteIf(writer, correction.told_on, date);
}

Correction ReadCorrection(Reader& reader) {
  const auto date = [&] { return ReadDate(reader); };
  Correction correction;
  correction.amount = ReadIf(reader, [&] { return ReadMoney(reader); });
  correction.occurred = ReadIf(reader, date);
  correction.due = ReadIf(reader, date);
  correction.reminders = ReadIf(reader, [&] { return ReadDates(reader); });
  correction.told_on = ReadIf(reader, date);
  return correction;
}

void WriteDispute(Writer& writer, const OpenDispute& dispute) {
  writer.U8(static_cast<uint8_t>(dispute.by));
  WriteDate(writer, dispute.on);
  writer.U64(static_cast<uint64_t>(dispute.noted_at.value));
}

OpenDispute ReadDispute(Reader& reader) {
  OpenDispute dispute;
  dispute.by = static_cast<evidence::DisputedBy>(reader.U8());
  if (dispute.by < evidence::DisputedBy::kShop ||
      dispute.by > evidence::DisputedBy::kPersonThroughPartner) {
    reader.Fail();
  }
  dispute.on = ReadDate(reader);
  dispute.noted_at.value = static_cast<int64_t>(reader.U64());
  return dispute;
}

evidence::ErasureGround ReadErasureGround(Reader& reader) {
  const auto ground = static_cast<evidence::ErasureGround>(reader.U8());
  if (ground == evidence::ErasureGround::kNone || ground > evidence::ErasureGround::kMistake) {
    reader.Fail();
  }
  return ground;
}

}  // namespace

std::string_view StateName(IncidentState state) {
  for (const StateText& known : kStates) {
    if (known.state == state) return known.name;
  }
  return "unknown";
}

absl::StatusOr<IncidentState> StateFromName(std::string_view name) {
  std::string names;
  for (const StateText& known : kStates) {
    if (known.name == name) return known.state;
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  return absl::InvalidArgumentError("no incident state has that name; there are: " + names);
}

std::string_view ActionName(IncidentAction action) {
  switch (action) {
    case IncidentAction::kAdded:
      return "added";
    case IncidentAction::kPublishAsked:
      return "publish asked";
    case IncidentAction::kSettled:
      return "settled";
    case IncidentAction::kWithdrawn:
      return "withdrawn";
    case IncidentAction::kMitigated:
      return "noted for the customer";
    case IncidentAction::kReminded:
      return "reminded";
    case IncidentAction::kApproved:
      return "approved";
    case IncidentAction::kNoticed:
      return "notice made";
    case IncidentAction::kDisputed:
      return "disputed";
    case IncidentAction::kUpheld:
      return "upheld";
    case IncidentAction::kRefuted:
      return "found wrong";
    case IncidentAction::kCorrected:
      return "corrected";
    case IncidentAction::kErased:
      return "erased";
    case IncidentAction::kExpired:
      return "expired";
    case IncidentAction::kStopped:
      return "not published";
    case IncidentAction::kLogLost:
      return "log lost";
  }
  return "unknown";
}

NewIncident Incident::Standing() const {
  NewIncident standing = account;
  if (corrected.amount) standing.amount = *corrected.amount;
  if (corrected.occurred) standing.occurred = *corrected.occurred;
  if (corrected.due) standing.due = *corrected.due;
  if (corrected.told_on) standing.told_on = *corrected.told_on;
  if (corrected.reminders) {
    standing.reminders = *corrected.reminders;
    return standing;
  }
  standing.reminders.insert(standing.reminders.end(), later_reminders.begin(),
                            later_reminders.end());
  if (!later_reminders.empty()) {
    std::sort(standing.reminders.begin(), standing.reminders.end());
  }
  return standing;
}

bool Incident::HasOpenDisputeEntry() const {
  bool open = false;
  for (const IncidentEvent& event : events) {
    if (!event.submission.has_value()) continue;
    if (event.action == IncidentAction::kDisputed) open = true;
    if (event.action == IncidentAction::kUpheld || event.action == IncidentAction::kRefuted) {
      open = false;
    }
  }
  return open;
}

void Incident::EndDispute() {
  dispute.reset();
  if (settled_on.has_value()) {
    state = IncidentState::kSettled;
  } else if (!report.has_value()) {
    MakeDraft();
  } else {
    state = corrected.empty() ? IncidentState::kApproved : IncidentState::kCorrected;
  }
}

void Incident::MakeDraft() {
  state = IncidentState::kDraft;
  approved_by.clear();
  held_until = 0;
  noticed_at = 0;
  charter = {};
}

int64_t Incident::LastTime(IncidentAction action) const {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (event->action == action) return event->at.seconds();
  }
  return 0;
}

Bytes Incident::Encode() const {
  Writer writer;
  writer.U8(kVersion).Raw(id.view()).U8(static_cast<uint8_t>(state));
  WriteAccount(writer, account);
  writer.U64(static_cast<uint64_t>(added_at.value)).Prefixed16(crypto::AsBytes(added_by));
  writer.U64(static_cast<uint64_t>(held_until)).U64(static_cast<uint64_t>(report_not_before));
  WriteSubmission(writer, report);
  writer.U16(static_cast<uint16_t>(events.size()));
  for (const IncidentEvent& event : events) {
    writer.U64(static_cast<uint64_t>(event.at.value)).Prefixed16(crypto::AsBytes(event.by));
    writer.U8(static_cast<uint8_t>(event.action)).Prefixed16(crypto::AsBytes(event.because));
    WriteSubmission(writer, event.submission);
  }
  writer.U8(account.mitigations.bits()).U8(mitigations.bits());
  WriteDate(writer, settled_on);
  writer.U8(withdrawn_for.has_value() ? static_cast<uint8_t>(*withdrawn_for) : 0);
  WriteDates(writer, later_reminders);
  WriteDate(writer, account.told_on);
  WriteCorrection(writer, corrected);
  writer.Prefixed16(crypto::AsBytes(approved_by)).U64(static_cast<uint64_t>(noticed_at));
  WriteIf(writer, dispute, [&](const OpenDispute& open) { WriteDispute(writer, open); });
  WriteIf(writer, erased_for, [&](auto ground) { writer.U8(static_cast<uint8_t>(ground)); });
  writer.Raw(charter.view());
  writer.U64(static_cast<uint64_t>(last_queued)).U64(static_cast<uint64_t>(deadline));
  return writer.Take();
}

absl::StatusOr<Incident> Incident::Decode(ByteView bytes) {
  Reader reader(bytes);
  Incident incident;
  const uint8_t version = reader.U8();
  if (version < kFirstVersion || version > kVersion) {
    return absl::DataLossError("an incident row has a version that this program does not know");
  }
  incident.id = reader.Take<IncidentId>();
  incident.state = static_cast<IncidentState>(reader.U8());
  incident.account = ReadAccount(reader);
  incident.added_at.value = static_cast<int64_t>(reader.U64());
  incident.added_by = reader.Text16();
  incident.held_until = static_cast<int64_t>(reader.U64());
  incident.report_not_before = static_cast<int64_t>(reader.U64());
  incident.report = ReadSubmission(reader);
  const uint16_t events = reader.U16();
  for (int i = 0; i < events && reader.ok(); ++i) {
    IncidentEvent event;
    event.at.value = static_cast<int64_t>(reader.U64());
    event.by = reader.Text16();
    event.action = static_cast<IncidentAction>(reader.U8());
    event.because = reader.Text16();
    event.submission = ReadSubmission(reader);
    incident.events.push_back(std::move(event));
  }
  if (version >= kVersionWithMitigations) {
    incident.account.mitigations = ReadMitigations(reader);
    incident.mitigations = ReadMitigations(reader);
  }
  if (version >= kVersionWithEnd) {
    incident.settled_on = ReadDate(reader);
    incident.withdrawn_for = ReadGround(reader);
  }
  if (version >= kVersionWithReminders) incident.later_reminders = ReadDates(reader);
  if (version >= kVersion) {
    incident.account.told_on = ReadDate(reader);
    incident.corrected = ReadCorrection(reader);
    incident.approved_by = reader.Text16();
    incident.noticed_at = static_cast<int64_t>(reader.U64());
    incident.dispute = ReadIf(reader, [&] { return ReadDispute(reader); });
    incident.erased_for = ReadIf(reader, [&] { return ReadErasureGround(reader); });
    incident.charter = reader.Take<evidence::CharterHash>();
    incident.last_queued = static_cast<int64_t>(reader.U64());
    incident.deadline = static_cast<int64_t>(reader.U64());
  }
  if (absl::Status status = reader.Finish("incident row"); !status.ok()) {
    return absl::DataLossError(std::string(status.message()));
  }
  return incident;
}

}  // namespace daftar::ledger
