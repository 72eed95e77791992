// What readers of ledgers and of histories share: pieces of a mapping, and of a row. For the
// sources of this folder.
#ifndef DAFTAR_NODE_DECISION_LEDGER_ROWS_H_
#define DAFTAR_NODE_DECISION_LEDGER_ROWS_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/decision/ledger_file.h"
#include "node/evidence/toml_reader.h"

namespace daftar::decision {

// Version, separator and region; faults are kept in the document.
void ReadMappingRoot(const evidence::TomlSection& root, LedgerMapping& mapping);
void ReadMappingIdentifiers(const evidence::TomlSection& root, LedgerMapping& mapping);
// Absent when the key is, or is no template (a fault of the document then); `column`: it must name
// a column.
std::optional<Template> ReadMappingTemplate(const evidence::TomlSection& section,
                                            std::string_view key, bool column);
// Required: the texts of `key` as date formats.
void ReadMappingDates(const evidence::TomlSection& section, std::string_view key,
                      std::vector<DateFormat>& out);

// The first line of a file. InvalidArgument when there is none, or it is no text.
absl::StatusOr<std::vector<std::string>> ReadCsvHeader(CsvReader& reader);
// At least one, sorted, no repeats; InvalidArgument otherwise or when one cannot be normalised.
absl::Status TakeRowIdentifiers(const LedgerMapping& mapping, std::span<const std::string> fields,
                                std::vector<identity::Identifier>& out);
// REQUIRES `amount` and `currency` in the mapping. InvalidArgument saying what is wrong.
absl::Status TakeRowAmount(const LedgerMapping& mapping, std::span<const std::string> fields,
                           evidence::Money& out);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_LEDGER_ROWS_H_
