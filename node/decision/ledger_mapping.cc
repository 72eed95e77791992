#include <algorithm>
#include <memory>

#include "node/decision/ledger_file.h"
#include "node/decision/ledger_rows.h"
#include "node/decision/text.h"
#include "node/evidence/toml_reader.h"

namespace daftar::decision {
namespace {

using evidence::TomlSection;

constexpr uint64_t kMappingVersion = 1;
constexpr size_t kMaxYesBytes = 64;
constexpr size_t kMaxWordBytes = 16;

std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

enum class Needs { kAnything, kColumn };

std::optional<Template> ReadTemplate(const TomlSection& section, std::string_view key,
                                     Needs needs) {
  return ReadMappingTemplate(section, key, needs == Needs::kColumn);
}

}  // namespace

std::optional<Template> ReadMappingTemplate(const TomlSection& section, std::string_view key,
                                            bool column) {
  const auto text = section.Text(key, kMaxTemplateBytes);
  if (!text.has_value()) return std::nullopt;
  auto made = Template::Create(*text);
  if (!made.ok()) {
    section.Fail(key, Message(made.status()));
    return std::nullopt;
  }
  if (column && !made->has_column()) {
    section.Fail(key, "must name a column in braces, like \"{Invoice}\"");
    return std::nullopt;
  }
  return *std::move(made);
}

void ReadMappingRoot(const TomlSection& root, LedgerMapping& mapping) {
  root.Require("version");
  root.Integer("version", kMappingVersion, kMappingVersion);
  if (const auto text = root.Text("separator", kMaxWordBytes); text.has_value()) {
    if (*text == "tab") {
      mapping.separator = '\t';
    } else if (*text == "," || *text == ";" || *text == "|") {
      mapping.separator = text->front();
    } else {
      root.Fail("separator", "must be \",\", \";\", \"|\" or \"tab\"");
    }
  }
  if (const auto code = root.Text("region", kMaxWordBytes); code.has_value()) {
    const auto region = identity::RegionFromCode(*code);
    if (region.ok()) {
      mapping.region = *region;
    } else {
      root.Fail("region", "is unknown: " + Message(region.status()));
    }
  }
}

void ReadMappingIdentifiers(const TomlSection& root, LedgerMapping& mapping) {
  root.Require("identifiers");
  const auto section = root.Section("identifiers");
  if (!section.has_value()) return;
  for (const std::string& key : section->Keys()) {
    const auto type = identity::TypeFromName(key);
    if (!type.ok()) {
      section->Fail(key, "is no identifier: " + Message(type.status()));
      continue;
    }
    auto made = ReadTemplate(*section, key, Needs::kColumn);
    if (made.has_value()) mapping.identifiers.emplace_back(*type, *std::move(made));
  }
  if (mapping.identifiers.empty() || mapping.identifiers.size() > kMaxRowIdentifiers) {
    root.Fail("identifiers",
              "must have 1 to " + std::to_string(kMaxRowIdentifiers) + " identifiers");
  }
}

void ReadMappingDates(const TomlSection& section, std::string_view key,
                      std::vector<DateFormat>& out) {
  section.Require(key);
  const auto patterns = section.Texts(key, kMaxDateFormats, kMaxDateFormatBytes);
  if (!patterns.has_value()) return;
  for (const std::string& pattern : *patterns) {
    auto format = DateFormat::Create(pattern);
    if (format.ok()) {
      out.push_back(*std::move(format));
    } else {
      section.Fail(key, "is wrong: " + Message(format.status()));
    }
  }
  if (patterns->empty()) section.Fail(key, "must have at least one format");
}

namespace {

void ReadOrder(const TomlSection& root, LedgerMapping& mapping) {
  const auto order = root.Section("order");
  if (!order.has_value()) {
    if (root.Has("outcome")) {
      root.Fail("outcome",
                "is for `daftar policy backtest` alone; this file needs [order], which says the "
                "columns of an invoice (docs/ledger-import.md)");
    }
    root.Require("order");
    return;
  }
  for (const std::string_view key :
       {"invoice", "invoice_date", "paid_date", "amount", "currency"}) {
    order->Require(key);
  }
  mapping.invoice = ReadTemplate(*order, "invoice", Needs::kColumn);
  mapping.invoice_date = ReadTemplate(*order, "invoice_date", Needs::kColumn);
  mapping.due_date = ReadTemplate(*order, "due_date", Needs::kColumn);
  mapping.paid_date = ReadTemplate(*order, "paid_date", Needs::kColumn);
  mapping.amount = ReadTemplate(*order, "amount", Needs::kColumn);
  mapping.currency = ReadTemplate(*order, "currency", Needs::kAnything);
  if (const auto days = order->Integer("due_days", 0, kMaxDueDays); days.has_value()) {
    mapping.due_days = static_cast<uint32_t>(*days);
  } else if (!order->Has("due_date")) {
    order->Require("due_date");
  }
  if (const auto text = order->Text("decimal", kMaxWordBytes); text.has_value()) {
    mapping.decimal_comma = *text == "comma";
    if (*text != "comma" && *text != "point")
      order->Fail("decimal", "must be \"point\" or \"comma\"");
  }
  mapping.disputed = ReadTemplate(*order, "disputed", Needs::kColumn);
  if (order->Has("disputed") != order->Has("disputed_yes")) {
    order->Require("disputed");
    order->Require("disputed_yes");
  }
  if (auto texts = order->Texts("disputed_yes", kMaxYesTexts, kMaxYesBytes); texts.has_value()) {
    for (const std::string& text : *texts) mapping.disputed_yes.push_back(LowerAscii(text));
  }
  ReadMappingDates(*order, "date_formats", mapping.dates);
}

}  // namespace

absl::StatusOr<LedgerMapping> LedgerMapping::Parse(std::string_view toml, MappingKind kind,
                                                   identity::Region home) {
  auto document = evidence::TomlDocument::Parse(toml, "mapping", kMaxMappingBytes);
  if (!document.ok()) return document.status();
  const TomlSection root = (*document)->Root();
  LedgerMapping mapping;
  mapping.region = home;
  ReadMappingRoot(root, mapping);
  ReadMappingIdentifiers(root, mapping);
  if (const auto customer = root.Section("customer"); customer.has_value()) {
    mapping.name = ReadTemplate(*customer, "name", Needs::kColumn);
  }
  if (kind == MappingKind::kOrders) {
    ReadOrder(root, mapping);
  } else if (root.Has("order")) {
    root.Fail("order", "is for a ledger (daftar ledger import); a list of customers has no orders");
  }
  if (auto status = (*document)->Finish(); !status.ok()) return status;
  return mapping;
}

absl::StatusOr<LedgerMapping> LedgerMapping::ForCustomerHeader(std::span<const std::string> header,
                                                               identity::Region home) {
  LedgerMapping mapping;
  mapping.region = home;
  for (const std::string& field : header) {
    const std::string name(Trimmed(field));
    if (name == "name") {
      mapping.name = Template::Column(name);
      continue;
    }
    const auto type = identity::TypeFromName(name);
    if (type.ok()) mapping.identifiers.emplace_back(*type, Template::Column(name));
  }
  if (mapping.identifiers.empty() || mapping.identifiers.size() > kMaxRowIdentifiers) {
    std::string names;
    for (const identity::IdentifierType type : identity::AllIdentifierTypes()) {
      names += (names.empty() ? "" : ", ") + std::string(identity::TypeName(type));
    }
    if (header.size() == 1 && header[0].find(';') != std::string::npos) {
      return absl::InvalidArgumentError(
          "the columns are separated by semicolons; give a mapping that says separator = \";\" and "
          "names them (docs/ledger-import.md), or separate them by commas");
    }
    return absl::InvalidArgumentError(
        "the first line must name 1 to " + std::to_string(kMaxRowIdentifiers) +
        " columns with identifiers (" + names +
        ") and may have a column 'name'; for other column names give a mapping");
  }
  return mapping;
}

}  // namespace daftar::decision
