// Incidents, customers, suggestions and imports, as text and as JSON.
#ifndef DAFTAR_CLI_SHOW_SHOP_H_
#define DAFTAR_CLI_SHOW_SHOP_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "cli/json.h"
#include "daftar/v1/shop.pb.h"

namespace daftar::cli {

Json ToJson(const v1::Incident& incident);
Json ToJson(const v1::Proof& proof);
Json ToJson(const v1::Customer& customer);
Json ToJson(const v1::Suggestion& suggestion);

// A customer for a person to recognise: the name and one identifier, or all identifiers of one
// without a name.
std::string WhoOf(const std::string& name,
                  const google::protobuf::RepeatedPtrField<std::string>& identifiers);

void Print(std::ostream& out, const v1::Incident& incident);
// A table, indented by `indent`.
void PrintProofs(std::ostream& out, const v1::Incident& incident, size_t indent);
void Print(std::ostream& out, const v1::Customer& customer);

// `more`: the node has others.
Json ListJson(const std::vector<v1::Incident>& incidents, bool more);
Json ListJson(const std::vector<v1::Suggestion>& suggestions, bool more);
void PrintList(std::ostream& out, const std::vector<v1::Incident>& incidents, bool more);
void PrintList(std::ostream& out, const std::vector<v1::Suggestion>& suggestions, bool more);

struct RefusedLine {
  uint64_t line = 0;
  std::string why;
};

inline constexpr size_t kMaxRefusedKept = 1000;  // lines told one by one; the rest is counted

struct ImportResult {
  std::string file;
  uint64_t read = 0;  // data lines, refused ones included
  uint64_t added = 0;
  uint64_t updated = 0;
  uint64_t unchanged = 0;
  uint64_t names_kept = 0;  // lines whose name is another than the customer's, which stayed
  uint64_t refused = 0;
  std::vector<RefusedLine> refusals;  // at most kMaxRefusedKept
  uint64_t last_line = 0;             // up to here everything is in
  bool complete = false;              // the whole file was read and sent
};
Json ToJson(const ImportResult& result);
void Print(std::ostream& out, const ImportResult& result);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_SHOP_H_
