#include "node/evidence/facts.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace daftar::evidence {
namespace {

using crypto::Reader;
using crypto::Writer;

absl::Status Invalid(const char* what) {
  return absl::InvalidArgumentError(std::string("facts: ") + what);
}

absl::Status RequireDate(Date date, const char* what) {
  return date.has_value() ? absl::OkStatus() : Invalid(what);
}

absl::Status Check(const ReportFacts& facts) {
  if (!ReasonFromNumber(static_cast<uint16_t>(facts.reason)).ok()) return Invalid("unknown reason");
  if (!facts.amount.currency.has_value() && facts.amount.minor != 0) {
    return Invalid("an amount needs a currency");
  }
  if (facts.amount.minor > kMaxMinorUnits) return Invalid("the amount is too large");
  if (auto status = RequireDate(facts.occurred, "the date on which it occurred is missing");
      !status.ok()) {
    return status;
  }
  if (facts.reminders.size() > kMaxReminders) {
    return Invalid("at most 8 reminders can be recorded");
  }
  Date last;
  for (const Date reminder : facts.reminders) {
    if (!reminder.has_value()) return Invalid("a reminder has no date");
    if (reminder <= last) return Invalid("reminders must be in order, one a day at most");
    last = reminder;
  }
  if (facts.settled_before > SettledBucket::kTenOrMore) {
    return Invalid("unknown number of orders settled before");
  }
  return absl::OkStatus();
}

absl::Status Check(const SettlementFacts& facts) {
  return RequireDate(facts.settled_on, "the date of the settlement is missing");
}

absl::Status Check(const DisputeFacts& facts) {
  if (facts.by < DisputedBy::kShop || facts.by > DisputedBy::kPersonThroughPartner) {
    return Invalid("unknown disputant");
  }
  return RequireDate(facts.on, "the date of the dispute is missing");
}

absl::Status Check(const ResolutionFacts& facts) {
  return RequireDate(facts.on, "the date of the resolution is missing");
}

absl::Status Check(const CorrectionFacts& facts) {
  if (auto status = Check(facts.corrected); !status.ok()) return status;
  return RequireDate(facts.on, "the date of the correction is missing");
}

absl::Status Check(const WithdrawalFacts& facts) {
  if (facts.ground < WithdrawalGround::kPaid || facts.ground > WithdrawalGround::kOther) {
    return Invalid("unknown ground of withdrawal");
  }
  return RequireDate(facts.on, "the date of the withdrawal is missing");
}

void Write(Writer& writer, const ReportFacts& facts) {
  writer.U16(static_cast<uint16_t>(facts.reason)).U64(facts.amount.minor);
  for (const char letter : facts.amount.currency.array()) writer.U8(static_cast<uint8_t>(letter));
  writer.U32(facts.occurred.days()).U32(facts.due.days());
  writer.U8(static_cast<uint8_t>(facts.reminders.size()));
  for (size_t i = 0; i < kMaxReminders; ++i) {
    writer.U32(i < facts.reminders.size() ? facts.reminders[i].days() : 0);
  }
  writer.U8(static_cast<uint8_t>(facts.settled_before)).Raw(facts.proofs_root.view());
}

void Write(Writer& writer, const SettlementFacts& facts) { writer.U32(facts.settled_on.days()); }

void Write(Writer& writer, const DisputeFacts& facts) {
  writer.U8(static_cast<uint8_t>(facts.by)).U32(facts.on.days());
}

void Write(Writer& writer, const ResolutionFacts& facts) {
  writer.U8(facts.upheld ? 1 : 0).U32(facts.on.days());
}

void Write(Writer& writer, const CorrectionFacts& facts) {
  Write(writer, facts.corrected);
  writer.U32(facts.on.days());
}

void Write(Writer& writer, const WithdrawalFacts& facts) {
  writer.U8(static_cast<uint8_t>(facts.ground)).U32(facts.on.days());
}

// A date beyond the calendar fails the reader; 0 is "no date", which Check judges.
Date ReadDate(Reader& reader) {
  auto date = Date::FromDays(reader.U32());
  if (!date.ok()) {
    reader.Fail();
    return Date();
  }
  return *date;
}

Currency ReadCurrency(Reader& reader) {
  const crypto::ByteView code = reader.Raw(3);
  if (!reader.ok() || std::ranges::all_of(code, [](uint8_t byte) { return byte == 0; })) {
    return Currency();
  }
  auto currency = Currency::FromCode(crypto::AsText(code));
  if (!currency.ok()) {
    reader.Fail();
    return Currency();
  }
  return *currency;
}

ReportFacts ReadReport(Reader& reader) {
  ReportFacts facts;
  facts.reason = static_cast<Reason>(reader.U16());
  facts.amount.minor = reader.U64();
  facts.amount.currency = ReadCurrency(reader);
  facts.occurred = ReadDate(reader);
  facts.due = ReadDate(reader);
  const uint8_t reminders = reader.U8();
  if (reminders > kMaxReminders) reader.Fail();
  for (size_t i = 0; i < kMaxReminders; ++i) {
    const Date date = ReadDate(reader);
    if (i < reminders) {
      facts.reminders.push_back(date);
    } else if (date.has_value()) {
      reader.Fail();
    }
  }
  facts.settled_before = static_cast<SettledBucket>(reader.U8());
  facts.proofs_root = reader.Take<crypto::Digest>();
  return facts;
}

// Runs `read` over the fields between the version and the padding, then every rule.
template <class T, class Read>
absl::StatusOr<T> Decode(const FactsBlock& block, Read read) {
  Reader reader(block);
  const uint8_t version = reader.U8();
  if (version != kFactsVersion) {
    return absl::InvalidArgumentError("facts: version " + std::to_string(version) +
                                      " is not known; this program reads version 1");
  }
  T facts = read(reader);
  const crypto::ByteView padding = reader.Raw(reader.remaining());
  if (!reader.ok()) return Invalid("a date, currency, flag or reminder count has no meaning");
  if (!std::ranges::all_of(padding, [](uint8_t byte) { return byte == 0; })) {
    return Invalid("the padding is not zero");
  }
  if (auto status = Check(facts); !status.ok()) return status;
  return facts;
}

}  // namespace

SettledBucket BucketOf(uint64_t settled_orders) {
  if (settled_orders == 0) return SettledBucket::kNone;
  if (settled_orders <= 2) return SettledBucket::kOneOrTwo;
  if (settled_orders <= 9) return SettledBucket::kThreeToNine;
  return SettledBucket::kTenOrMore;
}

absl::Status CheckFacts(const Facts& facts) {
  return std::visit([](const auto& alternative) { return Check(alternative); }, facts);
}

FactsBlock EncodeFacts(const Facts& facts) {
  if (const absl::Status status = CheckFacts(facts); !status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    std::abort();
  }
  Writer writer;
  writer.U8(kFactsVersion);
  std::visit([&writer](const auto& alternative) { Write(writer, alternative); }, facts);
  FactsBlock block{};
  std::ranges::copy(writer.bytes(), block.begin());
  return block;
}

absl::StatusOr<ReportFacts> DecodeReportFacts(const FactsBlock& block) {
  return Decode<ReportFacts>(block, ReadReport);
}

absl::StatusOr<SettlementFacts> DecodeSettlementFacts(const FactsBlock& block) {
  return Decode<SettlementFacts>(
      block, [](Reader& reader) { return SettlementFacts{.settled_on = ReadDate(reader)}; });
}

absl::StatusOr<DisputeFacts> DecodeDisputeFacts(const FactsBlock& block) {
  return Decode<DisputeFacts>(block, [](Reader& reader) {
    DisputeFacts facts;
    facts.by = static_cast<DisputedBy>(reader.U8());
    facts.on = ReadDate(reader);
    return facts;
  });
}

absl::StatusOr<ResolutionFacts> DecodeResolutionFacts(const FactsBlock& block) {
  return Decode<ResolutionFacts>(block, [](Reader& reader) {
    ResolutionFacts facts;
    const uint8_t upheld = reader.U8();
    if (upheld > 1) reader.Fail();
    facts.upheld = upheld == 1;
    facts.on = ReadDate(reader);
    return facts;
  });
}

absl::StatusOr<CorrectionFacts> DecodeCorrectionFacts(const FactsBlock& block) {
  return Decode<CorrectionFacts>(block, [](Reader& reader) {
    CorrectionFacts facts;
    facts.corrected = ReadReport(reader);
    facts.on = ReadDate(reader);
    return facts;
  });
}

absl::StatusOr<WithdrawalFacts> DecodeWithdrawalFacts(const FactsBlock& block) {
  return Decode<WithdrawalFacts>(block, [](Reader& reader) {
    WithdrawalFacts facts;
    facts.ground = static_cast<WithdrawalGround>(reader.U8());
    facts.on = ReadDate(reader);
    return facts;
  });
}

}  // namespace daftar::evidence
