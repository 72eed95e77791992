#include "node/evidence/charter.h"

#include <algorithm>
#include <utility>

#include "crypto/hash.h"
#include "node/evidence/facts.h"
#include "node/evidence/money.h"
#include "node/evidence/toml_reader.h"

namespace daftar::evidence {
namespace {

constexpr uint64_t kFormatVersion = 1;
constexpr size_t kMaxNameBytes = 100;
constexpr size_t kMaxPurposeBytes = 4000;
constexpr size_t kMaxFieldNameBytes = 32;
constexpr uint64_t kLeastTickMs = 100;
constexpr uint64_t kMaxTickMs = 600'000;
constexpr uint64_t kLeastStaleSeconds = 10;
constexpr uint64_t kMaxStaleSeconds = 7 * 86'400;
constexpr uint64_t kMaxAgeDays = 3650;
constexpr uint64_t kMaxReminderSpacingDays = 365;
constexpr uint64_t kMaxNoticeDays = 365;  // since the first reminder, and since being told
constexpr uint64_t kMaxHoldHours = 90 * 24;
constexpr uint64_t kMaxDisputeFlagDays = 90;
constexpr uint64_t kMaxDisputeWithdrawDays = 180;
constexpr uint64_t kMaxWithdrawAfterSettlementHours = 48;
constexpr uint64_t kMaxEraseAfterWithdrawalHours = 720;
constexpr uint64_t kMaxEvaluationsPerPartner = 1'000'000;
constexpr uint64_t kMaxEvaluationsPerNode = 10'000'000;
constexpr uint64_t kMaxFloodLeastReports = 100'000;
constexpr uint64_t kMaxFloodTimesUsual = 1000;
constexpr uint64_t kMaxWithdrawnLeast = 1000;
constexpr uint64_t kMaxPercent = 100;
constexpr uint64_t kMaxSharedLiveReports = 1000;
constexpr uint64_t kLeastSharedNames = 2;
constexpr uint64_t kMaxSharedNames = 15;

constexpr std::string_view kFieldNames[] = {"identifier", "amount", "occurred", "due"};

std::string Message(const absl::Status& status) { return std::string(status.message()); }

template <class T>
void Assign(std::optional<T> value, T* out) {
  if (value) *out = *std::move(value);
}

void AssignInteger(std::optional<uint64_t> value, uint32_t* out) {
  if (value) *out = static_cast<uint32_t>(*value);
}

// A table of currency codes, each with an amount in major units as text.
std::map<std::string, uint64_t> ReadAmounts(const TomlSection& section) {
  std::map<std::string, uint64_t> amounts;
  for (const std::string& code : section.Keys()) {
    const std::optional<std::string> text = section.Text(code, kMaxAmountText);
    if (!text) continue;
    const auto currency = Currency::FromCode(code);
    if (!currency.ok()) {
      section.Fail(code, "is no currency: " + Message(currency.status()));
      continue;
    }
    const auto money = ParseMoney(*text, *currency);
    if (!money.ok()) {
      section.Fail(code, "is no amount: " + Message(money.status()));
      continue;
    }
    amounts[code] = money->minor;
  }
  return amounts;
}

void ReadCircle(const TomlSection& root, Charter* charter) {
  root.Require("circle");
  const auto text = root.Text("circle", 2 * CircleId::kSize);
  if (!text) return;
  if (*text == kCirclePlaceholder) {
    root.Fail("circle",
              "is still the template's: put an id of the circle's own there, the 32 digits that "
              "openssl rand -hex 16 prints");
    return;
  }
  const auto circle = CircleId::FromHexText(*text);
  // One spelling only, so that two charters can be compared by eye.
  if (!circle.ok() || circle->IsZero() || circle->hex() != *text) {
    root.Fail("circle",
              "must be 16 random bytes as 32 small hexadecimal digits (openssl rand -hex 16)");
    return;
  }
  charter->circle = *circle;
}

void ReadRoot(const TomlSection& root, Charter* charter) {
  root.Require("version");
  root.Integer("version", kFormatVersion, kFormatVersion);
  ReadCircle(root, charter);
  for (const char* key : {"name", "purpose", "region", "reasons"}) root.Require(key);
  Assign(root.Text("name", kMaxNameBytes), &charter->name);
  Assign(root.Text("purpose", kMaxPurposeBytes, /*lines=*/true), &charter->purpose);
  if (const auto code = root.Text("region", kMaxFieldNameBytes)) {
    const auto region = identity::RegionFromCode(*code);
    if (region.ok()) {
      charter->region = *region;
    } else {
      root.Fail("region", "is not known: " + Message(region.status()));
    }
  }
  AssignInteger(root.Integer("tick_ms", kLeastTickMs, kMaxTickMs), &charter->tick_ms);
  AssignInteger(root.Integer("stale_after_s", kLeastStaleSeconds, kMaxStaleSeconds),
                &charter->stale_after_s);
}

void ReadDeadlines(const TomlSection& root, Charter* charter) {
  if (const auto dispute = root.Section("dispute")) {
    AssignInteger(dispute->Integer("flag_days", 1, kMaxDisputeFlagDays),
                  &charter->dispute_flag_days);
    AssignInteger(dispute->Integer("withdraw_days", 1, kMaxDisputeWithdrawDays),
                  &charter->dispute_withdraw_days);
    if (charter->dispute_withdraw_days < charter->dispute_flag_days) {
      dispute->Fail("withdraw_days", "must not be less than flag_days (" +
                                         std::to_string(charter->dispute_flag_days) + ")");
    }
  }
  if (const auto withdrawal = root.Section("withdrawal")) {
    AssignInteger(
        withdrawal->Integer("after_settlement_hours", 0, kMaxWithdrawAfterSettlementHours),
        &charter->withdraw_after_settlement_hours);
    AssignInteger(withdrawal->Integer("erase_after_hours", 0, kMaxEraseAfterWithdrawalHours),
                  &charter->erase_after_withdrawal_hours);
  }
}

void ReadQuota(const TomlSection& root, Charter* charter) {
  const auto quota = root.Section("quota");
  if (!quota) return;
  Assign(quota->Integer("evaluations_per_partner_per_day", 1, kMaxEvaluationsPerPartner),
         &charter->evaluations_per_partner_per_day);
  Assign(quota->Integer("evaluations_per_node_per_day", 1, kMaxEvaluationsPerNode),
         &charter->evaluations_per_node_per_day);
  if (charter->evaluations_per_node_per_day < charter->evaluations_per_partner_per_day) {
    quota->Fail("evaluations_per_node_per_day",
                "must not be less than evaluations_per_partner_per_day (" +
                    std::to_string(charter->evaluations_per_partner_per_day) + ")");
  }
}

// When a partner, and when an identifier, no longer counts by itself.
void ReadBounds(const TomlSection& root, Charter* charter) {
  if (const auto quarantine = root.Section("quarantine")) {
    AssignInteger(quarantine->Integer("flood_least_reports", 1, kMaxFloodLeastReports),
                  &charter->flood_least_reports);
    AssignInteger(quarantine->Integer("flood_times_usual", 2, kMaxFloodTimesUsual),
                  &charter->flood_times_usual);
    AssignInteger(quarantine->Integer("withdrawn_least", 1, kMaxWithdrawnLeast),
                  &charter->withdrawn_least);
    AssignInteger(quarantine->Integer("withdrawn_percent", 1, kMaxPercent),
                  &charter->withdrawn_percent);
  }
  if (const auto shared = root.Section("shared_identifier")) {
    AssignInteger(shared->Integer("live_reports", 1, kMaxSharedLiveReports),
                  &charter->shared_live_reports);
    AssignInteger(shared->Integer("names", kLeastSharedNames, kMaxSharedNames),
                  &charter->shared_names);
  }
}

void ReadRequired(const TomlSection& section, ReasonProfile* profile) {
  const auto names = section.Texts("required", std::size(kFieldNames), kMaxFieldNameBytes);
  if (!names) return;
  for (const std::string& name : *names) {
    if (std::ranges::find(kFieldNames, name) == std::end(kFieldNames)) {
      section.Fail("required", "holds an unknown field; use identifier, amount, occurred, due");
      return;
    }
    if (std::ranges::find(profile->required, name) != profile->required.end()) {
      section.Fail("required", "names '" + name + "' twice");
      return;
    }
    profile->required.push_back(name);
  }
}

void ReadProof(const TomlSection& section, ReasonProfile* profile) {
  const auto names = section.Texts(
      "proof", AllProofKinds().size(), kMaxFieldNameBytes,
      "the kinds of file of which one must be attached, as in [\"invoice\", \"delivery-note\"]");
  if (!names) return;
  if (names->empty()) {
    section.Fail("proof", "must name a kind; leave it out where no proof is needed");
  }
  for (const std::string& name : *names) {
    const auto kind = ProofKindFromName(name);
    if (!kind.ok()) {
      section.Fail("proof", "names no kind of proof: " + Message(kind.status()));
      return;
    }
    if (std::ranges::find(profile->proof, *kind) != profile->proof.end()) {
      section.Fail("proof", "names '" + name + "' twice");
      return;
    }
    profile->proof.push_back(*kind);
  }
}

void ReadNotice(const TomlSection& section, ReasonProfile* profile) {
  AssignInteger(section.Integer("reminders", 0, kMaxReminders), &profile->reminders);
  AssignInteger(section.Integer("reminder_spacing_days", 0, kMaxReminderSpacingDays),
                &profile->reminder_spacing_days);
  if (profile->reminder_spacing_days > 0 && profile->reminders < 2) {
    section.Fail("reminder_spacing_days", "needs 'reminders' of at least 2");
  }
  AssignInteger(section.Integer("first_reminder_least_days", 0, kMaxNoticeDays),
                &profile->first_reminder_least_days);
  if (profile->first_reminder_least_days > 0 && profile->reminders < 1) {
    section.Fail("first_reminder_least_days", "needs 'reminders' of at least 1");
  }
  Assign(section.Flag("told_beforehand"), &profile->told_beforehand);
  AssignInteger(section.Integer("told_least_days", 0, kMaxNoticeDays), &profile->told_least_days);
  if (profile->told_least_days > 0 && !profile->told_beforehand) {
    section.Fail("told_least_days", "needs 'told_beforehand' of true");
  }
}

ReasonProfile ReadProfile(const TomlSection& section) {
  ReasonProfile profile;
  section.Require("legal_basis");
  Assign(section.Text("legal_basis", kMaxLegalBasisBytes), &profile.legal_basis);
  ReadRequired(section, &profile);
  if (const auto least = section.Section("least_amount")) profile.least_minor = ReadAmounts(*least);
  AssignInteger(section.Integer("least_age_days", 0, kMaxAgeDays), &profile.least_age_days);
  ReadNotice(section, &profile);
  ReadProof(section, &profile);
  Assign(section.Flag("second_person"), &profile.second_person);
  AssignInteger(section.Integer("hold_hours", 0, kMaxHoldHours), &profile.hold_hours);
  AssignInteger(section.Integer("retention_months", 1, kMaxRetentionMonths),
                &profile.retention_months);
  return profile;
}

void ReadReasons(const TomlSection& root, Charter* charter) {
  const auto reasons = root.Section("reasons");
  if (!reasons) return;
  for (const std::string& name : reasons->Keys()) {
    const auto section = reasons->Section(name);
    const auto reason = ReasonFromName(name);
    if (!reason.ok()) {
      reasons->Fail(name, "is not known: " + Message(reason.status()));
    } else if (!IsShareable(*reason)) {
      reasons->Fail(name, "may never be shared: it steers one shop only");
    } else if (section) {
      charter->reasons[*reason] = ReadProfile(*section);
    }
  }
  if (reasons->Keys().empty()) root.Fail("reasons", "must have at least one reason");
}

// As far as it can be read; the document keeps the faults.
Charter ReadAll(TomlDocument& document, std::string source) {
  const TomlSection root = document.Root();
  Charter charter;
  ReadRoot(root, &charter);
  ReadDeadlines(root, &charter);
  ReadQuota(root, &charter);
  ReadBounds(root, &charter);
  ReadReasons(root, &charter);
  if (const auto small = root.Section("small_amount")) {
    charter.small_amount_minor = ReadAmounts(*small);
  }
  charter.hash = CharterHash(crypto::Sha256(crypto::AsBytes(source)).array());
  charter.source = std::move(source);
  return charter;
}

constexpr char kWhat[] = "charter";

}  // namespace

absl::StatusOr<Charter> Charter::Parse(std::string source) {
  auto document = TomlDocument::Parse(source, kWhat, kMaxCharterBytes);
  if (!document.ok()) return document.status();
  Charter charter = ReadAll(**document, std::move(source));
  if (auto status = (*document)->Finish(); !status.ok()) return status;
  return charter;
}

std::optional<Charter> Charter::Parse(std::string source, std::vector<TomlFault>& faults) {
  TomlFault fault;
  auto document = TomlDocument::Parse(source, kWhat, kMaxCharterBytes, &fault);
  if (!document.ok()) {
    faults.push_back(std::move(fault));
    return std::nullopt;
  }
  Charter charter = ReadAll(**document, std::move(source));
  faults = (*document)->Faults();
  if (!faults.empty()) return std::nullopt;
  return charter;
}

}  // namespace daftar::evidence
