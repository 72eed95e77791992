#include "cli/faults.h"

#include <utility>

#include "cli/json.h"
#include "cli/text.h"

namespace daftar::cli {

std::string FaultLine(const std::string& file, const evidence::TomlFault& fault) {
  std::string place = file == "-" ? "standard input" : file;
  if (fault.line > 0) {
    place += ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column);
  }
  return place + ": " + fault.message;
}

void ReportFaults(Console& console, std::string_view what, const std::string& file,
                  const std::vector<evidence::TomlFault>& faults) {
  const bool all = faults.size() < evidence::kMaxTomlFaults;
  const std::string summary =
      "the " + std::string(what) + " cannot be used: " + (all ? "" : "the first ") +
      Count(faults.size(), "fault") + (all ? "" : " are told, mend these first");
  if (console.json) {
    Json list = Json::array();
    for (const evidence::TomlFault& fault : faults) {
      list.push_back({{"file", file},
                      {"line", fault.line == 0 ? Json(nullptr) : Json(fault.line)},
                      {"column", fault.line == 0 ? Json(nullptr) : Json(fault.column)},
                      {"message", fault.message}});
    }
    PrintJson(console.err, Json{{"error",
                                 {{"code", ErrorName(absl::StatusCode::kDataLoss)},
                                  {"message", summary},
                                  {"faults", std::move(list)}}}});
    return;
  }
  console.err << "daftar: " << summary << "\n";
  for (const evidence::TomlFault& fault : faults) {
    console.err << Printable(FaultLine(file, fault)) << "\n";
  }
}

}  // namespace daftar::cli
