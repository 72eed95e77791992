// The circle's charter: one TOML file, known by the SHA-256 of its bytes (docs/charter.md has every
// key with its bounds and default).
#ifndef DAFTAR_NODE_EVIDENCE_CHARTER_H_
#define DAFTAR_NODE_EVIDENCE_CHARTER_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/evidence/entry.h"
#include "node/evidence/proofs.h"
#include "node/evidence/reasons.h"
#include "node/evidence/toml_reader.h"
#include "node/identity/identifier.h"

namespace daftar::evidence {

inline constexpr size_t kMaxCharterBytes = 256 << 10;
inline constexpr uint32_t kMaxRetentionMonths = 60;
inline constexpr size_t kMaxLegalBasisBytes = 300;

// What a template has in place of a circle's id. Never read as one: a circle that ran a template
// as it is would share its id, and so its labels, with every other that did.
inline constexpr std::string_view kCirclePlaceholder = "REPLACE: openssl rand -hex 16";

// What a report for one reason needs. Zero, false and empty: not required.
struct ReasonProfile {
  std::string legal_basis;  // the law or contract that allows it; one line, never empty once parsed
  // Field names: "identifier", "amount", "occurred", "due". "identifier" and "occurred" are needed
  // whether they stand here or not.
  std::vector<std::string> required;
  std::map<std::string, uint64_t> least_minor;  // currency code -> least amount, minor units
  uint32_t least_age_days = 0;                  // since due (or occurred)
  uint32_t reminders = 0;
  uint32_t reminder_spacing_days = 0;
  uint32_t first_reminder_least_days = 0;  // between the first that counts and publication
  bool told_beforehand = false;  // the customer was told that it may be reported to the circle
  uint32_t told_least_days = 0;  // between that and publication
  std::vector<ProofKind> proof;  // at least one file of any of these kinds
  bool second_person = false;
  uint32_t hold_hours = 0;
  uint32_t retention_months = 24;
  friend bool operator==(const ReasonProfile&, const ReasonProfile&) = default;
};

struct Charter {
  CharterHash hash;    // SHA-256 of the file
  std::string source;  // the file's bytes
  CircleId circle;
  std::string name;
  std::string purpose;
  identity::Region region = identity::Region::kIndonesia;
  uint32_t tick_ms = 30'000;
  uint32_t stale_after_s = 3600;            // partners' heads older than this are stale
  std::map<Reason, ReasonProfile> reasons;  // a reason that is absent cannot be shared
  uint32_t dispute_flag_days = 14;
  uint32_t dispute_withdraw_days = 30;
  uint32_t withdraw_after_settlement_hours = 48;
  uint32_t erase_after_withdrawal_hours = 48;
  uint64_t evaluations_per_partner_per_day = 10'000;
  uint64_t evaluations_per_node_per_day = 50'000;
  // A partner that publishes more reports in a day than the first, and more than so many times as
  // many as usual, is quarantined; so is one of whose recent reports at least so many, and more
  // than so many in a hundred, were withdrawn after a dispute.
  uint32_t flood_least_reports = 200;
  uint32_t flood_times_usual = 10;
  uint32_t withdrawn_least = 5;
  uint32_t withdrawn_percent = 20;
  // An identifier with more live reports, or under more names in the shop's own book, does not
  // count by itself. Of two years' real invoices at three shops (docs/charter.md) the worst of a
  // hundred payers would have 22 live reports, and is one buyer.
  uint32_t shared_live_reports = 24;
  uint32_t shared_names = 5;
  std::map<std::string, uint64_t> small_amount_minor;  // accept unasked up to this, per currency

  // Strict: more than kMaxCharterBytes, unknown keys, wrong types, values out of bounds, reasons
  // that may not be shared and kCirclePlaceholder are InvalidArgument, with line and column.
  static absl::StatusOr<Charter> Parse(std::string source);
  // The same with every fault, at most kMaxTomlFaults, in place of the first. REQUIRES: `faults`
  // is empty; it stays so exactly when there is a charter.
  static std::optional<Charter> Parse(std::string source, std::vector<TomlFault>& faults);
};

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_CHARTER_H_
