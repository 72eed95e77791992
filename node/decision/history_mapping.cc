#include <algorithm>
#include <array>

#include "node/decision/history_file.h"
#include "node/decision/ledger_rows.h"
#include "node/decision/text.h"

namespace daftar::decision {
namespace {

using evidence::TomlSection;

constexpr size_t kMaxWordBytes = 64;
constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kMaxUnixSeconds = 253'402'300'799;  // the end of the year 9999

std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

// "08:22:56.000000Z" as seconds of the day; nullopt for anything else.
std::optional<int64_t> SecondsOfDay(std::string_view text) {
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  if (const size_t point = text.find('.'); point != std::string_view::npos) {
    const std::string_view fraction = text.substr(point + 1);
    if (fraction.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    text = text.substr(0, point);
  }
  if (text.size() != 5 && text.size() != 8) return std::nullopt;
  std::array<int64_t, 3> parts{};
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i % 3 == 2 ? c != ':' : (c < '0' || c > '9')) return std::nullopt;
    if (i % 3 != 2) parts[i / 3] = parts[i / 3] * 10 + (c - '0');
  }
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 60) return std::nullopt;
  return parts[0] * 3600 + parts[1] * 60 + parts[2];
}

std::optional<int64_t> UnixSeconds(std::string_view text) {
  if (text.empty() || text.size() > 12) return std::nullopt;
  int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value <= kMaxUnixSeconds ? std::optional<int64_t>(value) : std::nullopt;
}

void ReadMoments(const TomlSection& section, MomentFormats& moments) {
  constexpr std::string_view kKey = "time_formats";
  const auto texts = section.Texts(kKey, kMaxDateFormats, kMaxDateFormatBytes);
  if (texts.has_value() && texts->size() == 1 && texts->front() == "unix") {
    moments.unix_seconds = true;
    return;
  }
  ReadMappingDates(section, kKey, moments.dates);
}

void ReadBad(const TomlSection& section, OutcomeMapping& outcome) {
  outcome.bad = ReadMappingTemplate(section, "bad", true);
  if (auto texts = section.Texts("bad_yes", kMaxYesTexts, kMaxWordBytes); texts.has_value()) {
    for (const std::string& text : *texts) outcome.bad_yes.push_back(LowerAscii(text));
  }
  if (const auto below = section.Integer("bad_below", 0, kMaxRating); below.has_value()) {
    outcome.bad_below = static_cast<int64_t>(*below);
  }
  outcome.due = ReadMappingTemplate(section, "due", true);
  outcome.paid = ReadMappingTemplate(section, "paid", true);
  if (const auto days = section.Integer("bad_after_days", 0, kMaxOutcomeDays); days.has_value()) {
    outcome.bad_after_days = static_cast<uint32_t>(*days);
  }
  const bool dates = outcome.due.has_value() && outcome.paid.has_value();
  const bool texts =
      outcome.bad.has_value() && outcome.bad_yes.empty() == outcome.bad_below.has_value();
  if (dates == texts || section.Has("bad") == (section.Has("due") || section.Has("paid"))) {
    section.Fail("bad",
                 "must be told by \"bad\" with either \"bad_yes\" or \"bad_below\", or by \"due\" "
                 "and \"paid\"");
  }
}

void ReadKnown(const TomlSection& section, OutcomeMapping& outcome) {
  outcome.known = ReadMappingTemplate(section, "known", true);
  outcome.known_after_days = outcome.bad_after_days;
  if (outcome.known.has_value()) outcome.known_after_days = 0;
  const auto days = section.Integer("known_after_days", 0, kMaxOutcomeDays);
  if (days.has_value()) outcome.known_after_days = static_cast<uint32_t>(*days);
  if (outcome.known.has_value() && outcome.paid.has_value()) {
    section.Fail("known", "follows from \"due\" and \"paid\" where these stand");
  }
}

void ReadScope(const TomlSection& section, OutcomeMapping& outcome) {
  outcome.party = ReadMappingTemplate(section, "shop", true);
  if (const auto name = section.Text("reason", kMaxWordBytes); name.has_value()) {
    const auto reason = evidence::ReasonFromName(*name);
    if (!reason.ok()) {
      section.Fail("reason", "is unknown: " + Message(reason.status()));
    } else if (!evidence::IsShareable(*reason)) {
      section.Fail("reason", "must be one that is shared with partners");
    } else {
      outcome.reason = *reason;
    }
  }
  if (const auto day = section.Text("judge_from", kMaxWordBytes); day.has_value()) {
    const auto date = evidence::Date::Parse(*day);
    if (date.ok()) {
      outcome.judge_from = int64_t{date->days()} * kDaySeconds;
    } else {
      section.Fail("judge_from", "is no date: " + Message(date.status()));
    }
  }
}

OutcomeMapping ReadOutcome(const TomlSection& section, LedgerMapping& ledger) {
  OutcomeMapping outcome;
  section.Require("at");
  section.Require("reason");
  outcome.at = ReadMappingTemplate(section, "at", true);
  ReadMoments(section, outcome.moments);
  ReadBad(section, outcome);
  ReadKnown(section, outcome);
  ReadScope(section, outcome);
  ledger.amount = ReadMappingTemplate(section, "amount", true);
  ledger.currency = ReadMappingTemplate(section, "currency", false);
  if (section.Has("amount") != section.Has("currency")) {
    section.Require("amount");
    section.Require("currency");
  }
  return outcome;
}

}  // namespace

absl::StatusOr<int64_t> MomentFormats::Parse(std::string_view text) const {
  text = Trimmed(text);
  if (unix_seconds) {
    if (const auto seconds = UnixSeconds(text); seconds.has_value()) return *seconds;
    return absl::InvalidArgumentError("is not a time in Unix seconds");
  }
  absl::Status problem = absl::InvalidArgumentError("has no format");
  for (const DateFormat& format : dates) {
    const auto date = format.Parse(text);
    if (!date.ok()) {
      problem = date.status();
      continue;
    }
    const int64_t midnight = int64_t{date->days()} * kDaySeconds;
    const size_t cut = text.find_last_of(" T");
    const std::string_view time = cut == std::string_view::npos ? "" : text.substr(cut + 1);
    if (time.find(':') == std::string_view::npos) return midnight;
    const auto seconds = SecondsOfDay(time);
    if (seconds.has_value()) return midnight + *seconds;
    return absl::InvalidArgumentError(
        "has a time of day that is not of the form 08:22, 08:22:56 or 08:22:56.000Z");
  }
  return problem;
}

absl::StatusOr<HistoryMapping> HistoryMapping::Parse(std::string_view toml, identity::Region home) {
  auto document = evidence::TomlDocument::Parse(toml, "mapping", kMaxMappingBytes);
  if (!document.ok()) return document.status();
  const TomlSection root = (*document)->Root();
  HistoryMapping mapping;
  const auto section = root.Section("outcome");
  if (!section.has_value()) {
    auto ledger = LedgerMapping::Parse(toml, MappingKind::kOrders, home);
    if (!ledger.ok()) return ledger.status();
    mapping.ledger = *std::move(ledger);
    return mapping;
  }
  mapping.ledger.region = home;
  ReadMappingRoot(root, mapping.ledger);
  ReadMappingIdentifiers(root, mapping.ledger);
  mapping.outcome = ReadOutcome(*section, mapping.ledger);
  if (auto status = (*document)->Finish(); !status.ok()) return status;
  return mapping;
}

}  // namespace daftar::decision
