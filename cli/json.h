// JSON as the command line prints it (docs/cli.md): snake_case, fields in a fixed order, and null
// for what is not known.
#ifndef DAFTAR_CLI_JSON_H_
#define DAFTAR_CLI_JSON_H_

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "daftar/v1/types.pb.h"

namespace daftar::cli {

using Json = nlohmann::ordered_json;

// One document and a line break. Bytes that are not UTF-8 become U+FFFD.
void PrintJson(std::ostream& out, const Json& document);

// null for an empty text.
Json TextOrNull(const std::string& text);

// {"minor", "currency", "major"}; null without a currency.
Json ToJson(const v1::Money& money);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_JSON_H_
