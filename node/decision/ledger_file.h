// Reading the invoices (or customers) a shop already has, whatever program wrote them: a CSV file
// and a small TOML mapping that says which columns mean what. docs/ledger-import.md is the manual.
#ifndef DAFTAR_NODE_DECISION_LEDGER_FILE_H_
#define DAFTAR_NODE_DECISION_LEDGER_FILE_H_

#include <functional>
#include <istream>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "node/decision/csv.h"
#include "node/decision/date_format.h"
#include "node/decision/template.h"
#include "node/evidence/clock.h"
#include "node/evidence/money.h"
#include "node/identity/identifier.h"

namespace daftar::decision {

inline constexpr size_t kMaxMappingBytes = 64 << 10;  // bytes of a mapping file
inline constexpr size_t kMaxRowIdentifiers = 8;       // identifiers a row
inline constexpr size_t kMaxInvoiceBytes = 128;       // bytes of an invoice number
inline constexpr size_t kMaxNameBytes = 200;          // bytes of a customer's name
inline constexpr uint32_t kMaxDueDays = 3650;         // days from an invoice to its due day
inline constexpr size_t kMaxDateFormats = 8;
inline constexpr size_t kMaxYesTexts = 16;

enum class MappingKind { kOrders, kCustomers };

struct LedgerMapping {
  char separator = ',';
  identity::Region region = identity::Region::kIndonesia;
  std::vector<std::pair<identity::IdentifierType, Template>> identifiers;
  std::optional<Template> name;
  // Orders only.
  std::optional<Template> invoice;
  std::optional<Template> invoice_date;
  std::optional<Template> due_date;  // absent: `due_days` after the invoice date
  uint32_t due_days = 0;
  std::optional<Template> paid_date;  // empty in a record: not paid
  std::optional<Template> amount;
  std::optional<Template> currency;
  bool decimal_comma = false;  // "1.234,56"; otherwise "1,234.56"; grouping is dropped
  std::optional<Template> disputed;
  std::vector<std::string> disputed_yes;  // texts that mean yes, in any case
  std::vector<DateFormat> dates;          // tried in order

  // Strict: unknown keys, wrong types and missing fields are InvalidArgument with line and column.
  // `home` is the region of phone numbers unless the mapping says another.
  static absl::StatusOr<LedgerMapping> Parse(std::string_view toml, MappingKind kind,
                                             identity::Region home);
  // For a customer file without a mapping: columns bear the names of identifier types, and `name`.
  // InvalidArgument when the header has none of them.
  static absl::StatusOr<LedgerMapping> ForCustomerHeader(std::span<const std::string> header,
                                                         identity::Region home);
};

struct CustomerRow {
  uint64_t line = 0;
  std::vector<identity::Identifier> identifiers;  // at least one, sorted, no repeats
  std::string name;                               // may be empty
};

struct OrderRow {
  uint64_t line = 0;
  std::vector<identity::Identifier> identifiers;  // at least one, sorted, no repeats
  std::string name;                               // may be empty
  std::string invoice;
  evidence::Date invoiced;
  evidence::Date due;
  evidence::Date paid;  // none: not paid
  evidence::Money amount;
  bool disputed = false;
};

// A line that was not taken, and why; never with anything out of it.
struct LedgerRefusal {
  uint64_t line = 0;
  std::string reason;
};

// Each callback returns false to stop (the read then is Cancelled).
struct OrderSink {
  std::function<bool(OrderRow row)> row;
  std::function<bool(LedgerRefusal refusal)> refused;
};
struct CustomerSink {
  std::function<bool(CustomerRow row)> row;
  std::function<bool(LedgerRefusal refusal)> refused;
};

// Read the header, then every record. InvalidArgument when there is no header or it lacks a column
// that the mapping names; a record that cannot be used goes to `refused` and the rest goes on.
absl::Status ReadOrders(std::istream& csv, LedgerMapping mapping, const OrderSink& sink);
// Without `mapping` the header decides (ForCustomerHeader).
absl::Status ReadCustomers(std::istream& csv, std::optional<LedgerMapping> mapping,
                           identity::Region home, const CustomerSink& sink);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_LEDGER_FILE_H_
