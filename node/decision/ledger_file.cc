#include "node/decision/ledger_file.h"

#include <algorithm>
#include <array>

#include "node/decision/ledger_rows.h"
#include "node/decision/text.h"

namespace daftar::decision {
namespace {

using Fields = std::span<const std::string>;

std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

// Every template of the mapping, so that binding misses none.
absl::Status BindAll(LedgerMapping& mapping, Fields header) {
  std::vector<Template*> all;
  for (auto& [type, made] : mapping.identifiers) all.push_back(&made);
  for (std::optional<Template>* made :
       {&mapping.name, &mapping.invoice, &mapping.invoice_date, &mapping.due_date,
        &mapping.paid_date, &mapping.amount, &mapping.currency, &mapping.disputed}) {
    if (made->has_value()) all.push_back(&**made);
  }
  for (Template* made : all) {
    if (auto status = made->Bind(header); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TakeRowIdentifiers(const LedgerMapping& mapping, Fields fields,
                                std::vector<identity::Identifier>& out) {
  for (const auto& [type, made] : mapping.identifiers) {
    if (made.IsBlank(fields)) continue;
    auto identifier = identity::Normalise(type, made.Fill(fields), mapping.region);
    if (!identifier.ok()) {
      return absl::InvalidArgumentError(std::string(identity::TypeName(type)) + ": " +
                                        Message(identifier.status()));
    }
    out.push_back(*std::move(identifier));
  }
  if (out.empty()) return absl::InvalidArgumentError("no identifier of the customer");
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return absl::OkStatus();
}

namespace {

absl::Status TakeText(const std::optional<Template>& made, Fields fields, std::string_view what,
                      size_t max_bytes, std::string& out) {
  if (!made.has_value()) return absl::OkStatus();
  out = made->Fill(fields);
  if (out.size() > max_bytes || !IsOneLine(out)) {
    return absl::InvalidArgumentError(std::string(what) + " must be UTF-8 of at most " +
                                      std::to_string(max_bytes) +
                                      " bytes without control characters or direction marks");
  }
  return absl::OkStatus();
}

// No date when the template is absent or blank.
absl::Status TakeDate(const LedgerMapping& mapping, const std::optional<Template>& made,
                      Fields fields, std::string_view what, evidence::Date& out) {
  if (!made.has_value() || made->IsBlank(fields)) return absl::OkStatus();
  const std::string text = made->Fill(fields);
  absl::Status problem;
  for (const DateFormat& format : mapping.dates) {
    const auto date = format.Parse(text);
    if (date.ok()) {
      out = *date;
      return absl::OkStatus();
    }
    problem = date.status();
  }
  return absl::InvalidArgumentError(std::string(what) + " " + Message(problem));
}

absl::Status BadGrouping() {
  return absl::InvalidArgumentError(
      "amount: thousands must be grouped by three, and the mapping's decimal sign be the right "
      "one");
}

// "1,234.50" (or "1.234,50") to "1234.5": what a person means, without guessing. A wrong decimal
// sign would make an amount a hundred times too large, so groups must be whole.
absl::StatusOr<std::string> PlainAmount(std::string_view text, bool decimal_comma) {
  const char decimal = decimal_comma ? ',' : '.';
  const char group = decimal_comma ? '.' : ',';
  if (!text.empty() && (text.front() == '-' || text.front() == '(')) {
    return absl::InvalidArgumentError("amount: negative; credit notes are not orders");
  }
  std::string out;
  size_t in_group = 0;
  bool grouped = false;
  bool fraction = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      out += c;
      ++in_group;
    } else if (c == group && !fraction) {
      if (in_group == 0 || in_group > 3 || (grouped && in_group != 3)) return BadGrouping();
      grouped = true;
      in_group = 0;
    } else if (c == decimal && !fraction) {
      if (grouped && in_group != 3) return BadGrouping();
      fraction = true;
      out += '.';
    } else {
      return absl::InvalidArgumentError("amount: must be digits, without a currency sign");
    }
  }
  if (grouped && !fraction && in_group != 3) return BadGrouping();
  if (fraction) {
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
  }
  return out;
}

}  // namespace

absl::Status TakeRowAmount(const LedgerMapping& mapping, Fields fields, evidence::Money& out) {
  const auto currency = evidence::Currency::FromCode(mapping.currency->Fill(fields));
  if (!currency.ok()) return currency.status();
  const auto plain = PlainAmount(mapping.amount->Fill(fields), mapping.decimal_comma);
  if (!plain.ok()) return plain.status();
  const auto money = evidence::ParseMoney(*plain, *currency);
  if (!money.ok()) return absl::InvalidArgumentError("amount: " + Message(money.status()));
  out = *money;
  return absl::OkStatus();
}

namespace {

bool IsDisputed(const LedgerMapping& mapping, Fields fields) {
  if (!mapping.disputed.has_value()) return false;
  const std::string text = LowerAscii(mapping.disputed->Fill(fields));
  return std::find(mapping.disputed_yes.begin(), mapping.disputed_yes.end(), text) !=
         mapping.disputed_yes.end();
}

absl::Status FillRow(const LedgerMapping& mapping, Fields fields, CustomerRow& row) {
  if (auto status = TakeRowIdentifiers(mapping, fields, row.identifiers); !status.ok())
    return status;
  return TakeText(mapping.name, fields, "the name", kMaxNameBytes, row.name);
}

absl::Status FillDates(const LedgerMapping& mapping, Fields fields, OrderRow& row) {
  auto status = TakeDate(mapping, mapping.invoice_date, fields, "invoice date", row.invoiced);
  if (status.ok()) status = TakeDate(mapping, mapping.due_date, fields, "due date", row.due);
  if (status.ok()) status = TakeDate(mapping, mapping.paid_date, fields, "paid date", row.paid);
  if (!status.ok()) return status;
  if (!row.invoiced.has_value()) return absl::InvalidArgumentError("no invoice date");
  if (!row.due.has_value()) row.due = row.invoiced.PlusDays(mapping.due_days);
  return absl::OkStatus();
}

absl::Status FillRow(const LedgerMapping& mapping, Fields fields, OrderRow& row) {
  if (auto status = TakeRowIdentifiers(mapping, fields, row.identifiers); !status.ok())
    return status;
  auto status = TakeText(mapping.name, fields, "the name", kMaxNameBytes, row.name);
  if (status.ok()) {
    status = TakeText(mapping.invoice, fields, "the invoice number", kMaxInvoiceBytes, row.invoice);
  }
  if (!status.ok()) return status;
  if (row.invoice.empty()) return absl::InvalidArgumentError("no invoice number");
  if (status = FillDates(mapping, fields, row); !status.ok()) return status;
  if (status = TakeRowAmount(mapping, fields, row.amount); !status.ok()) return status;
  row.disputed = IsDisputed(mapping, fields);
  return absl::OkStatus();
}

absl::Status Stopped() { return absl::CancelledError("reading the file was stopped"); }

// Everything after the header.
template <class Row, class Sink>
absl::Status ReadRows(CsvReader& reader, const LedgerMapping& mapping, size_t columns,
                      const Sink& sink) {
  while (true) {
    const CsvReader::Result result = reader.Next();
    if (result == CsvReader::Result::kEnd) return absl::OkStatus();
    std::string problem;
    Row row;
    row.line = reader.line();
    if (result == CsvReader::Result::kBad) {
      problem = reader.problem();
    } else if (reader.fields().size() != columns) {
      problem = "has " + std::to_string(reader.fields().size()) +
                " fields where the first line has " + std::to_string(columns);
    } else if (auto status = FillRow(mapping, reader.fields(), row); !status.ok()) {
      problem = Message(status);
    }
    const bool go_on = problem.empty() ? sink.row(std::move(row))
                                       : sink.refused({reader.line(), std::move(problem)});
    if (!go_on) return Stopped();
  }
}

constexpr std::string_view kNoText =
    "; a compressed file must be unpacked first (gunzip FILE), and a spreadsheet be saved as CSV "
    "in UTF-8";

// What no column's name has, and every compressed file: control characters but those of a text.
bool HasBinary(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n';
  });
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadCsvHeader(CsvReader& reader) {
  const CsvReader::Result result = reader.Next();
  if (result == CsvReader::Result::kEnd) {
    return absl::InvalidArgumentError("the file is empty; its first line must name the columns");
  }
  if (result == CsvReader::Result::kBad) {
    return absl::InvalidArgumentError("the first line cannot be read: " + reader.problem() +
                                      std::string(kNoText));
  }
  const auto& header = reader.fields();
  if (std::any_of(header.begin(), header.end(), HasBinary)) {
    return absl::InvalidArgumentError("the first line is no text" + std::string(kNoText));
  }
  return header;
}

namespace {

absl::Status CheckStream(const std::istream& csv) {
  if (csv.bad()) return absl::UnavailableError("the file could not be read to its end");
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadOrders(std::istream& csv, LedgerMapping mapping, const OrderSink& sink) {
  CsvReader reader(csv, mapping.separator);
  const auto header = ReadCsvHeader(reader);
  if (!header.ok()) return header.status();
  if (auto status = BindAll(mapping, *header); !status.ok()) return status;
  auto status = ReadRows<OrderRow>(reader, mapping, header->size(), sink);
  return status.ok() ? CheckStream(csv) : status;
}

absl::Status ReadCustomers(std::istream& csv, std::optional<LedgerMapping> mapping,
                           identity::Region home, const CustomerSink& sink) {
  CsvReader reader(csv, mapping.has_value() ? mapping->separator : ',');
  const auto header = ReadCsvHeader(reader);
  if (!header.ok()) return header.status();
  if (!mapping.has_value()) {
    auto made = LedgerMapping::ForCustomerHeader(*header, home);
    if (!made.ok()) return made.status();
    mapping = *std::move(made);
  }
  if (auto status = BindAll(*mapping, *header); !status.ok()) return status;
  auto status = ReadRows<CustomerRow>(reader, *mapping, header->size(), sink);
  return status.ok() ? CheckStream(csv) : status;
}

}  // namespace daftar::decision
