#include "cli/show_policy.h"

#include <map>
#include <utility>

#include "cli/show_check.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

// The values of a policy file that ToToml wrote, by section and key, in the order of the file.
std::vector<std::pair<std::string, std::string>> ValuesOf(const decision::Policy& policy) {
  std::vector<std::pair<std::string, std::string>> values;
  std::string section;
  const std::string toml = policy.ToToml();
  for (size_t at = 0; at < toml.size();) {
    const size_t end = std::min(toml.find('\n', at), toml.size());
    const std::string line = toml.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("[")) {
      section = line.substr(1, line.find(']') - 1) + ".";
    } else if (const size_t equals = line.find(" = ");
               equals != std::string::npos && !line.starts_with("#")) {
      const size_t value = equals + 3;
      values.emplace_back(section + line.substr(0, equals),
                          line.substr(value, line.find("  #") - value));
    }
  }
  return values;
}

// "12 %" of the outcomes that are known; "" when none is.
std::string BadShare(const v1::OutcomeRow& row) {
  constexpr uint64_t kWhole = 1'000'000;  // ppm
  const uint64_t known = row.paid() + row.late() + row.unpaid();
  return known == 0 ? "" : ShowPercent((row.late() + row.unpaid()) * kWhole / known);
}

}  // namespace

Json ToJson(const v1::GetPolicyResponse& policy) {
  Json versions = Json::array();
  for (const auto& version : policy.versions()) {
    versions.push_back({{"hash", version.hash()}, {"since", TextOrNull(version.since())}});
  }
  return Json{{"hash", policy.hash()},
              {"in_force", policy.in_force()},
              {"problem", TextOrNull(policy.problem())},
              {"prior_ppm", policy.prior_ppm()},
              {"versions", std::move(versions)},
              {"toml", policy.toml()}};
}

Json VersionsJson(const v1::GetPolicyResponse& in_force) {
  return Json{{"in_force", in_force.hash()}, {"versions", ToJson(in_force)["versions"]}};
}

void PrintVersions(std::ostream& out, const v1::GetPolicyResponse& in_force) {
  Table table({"HASH", "IN FORCE SINCE", ""});
  // What is in force came into force last.
  bool newest = true;
  for (const auto& version : in_force.versions()) {
    table.Row({version.hash(), version.since(), newest ? "now" : ""});
    newest = false;
  }
  table.Print(out);
  out << "\nOne of them as a file: daftar policy show HASH\n";
}

Json ToJson(const v1::OverrideDecisionResponse& made) {
  const v1::DecisionOverride& override = made.override();
  return Json{{"receipt", made.receipt()},
              {"decided", EffectWord(made.decided())},
              {"effect", EffectWord(override.effect())},
              {"because", TextOrNull(override.because())},
              {"by", TextOrNull(override.by())},
              {"at", TextOrNull(override.at())}};
}

void Print(std::ostream& out, const v1::OverrideDecisionResponse& made) {
  const v1::DecisionOverride& override = made.override();
  Fields fields;
  fields.Add("Receipt", made.receipt());
  fields.Add("Decided", EffectWord(made.decided()));
  fields.Add("Overridden to", EffectWord(override.effect()));
  fields.Add("Because", override.because());
  fields.Add("By", override.by() + (override.at().empty() ? "" : ", " + override.at()));
  fields.Print(out);
}

Json ToJson(const v1::ReportOutcomesResponse& report) {
  Json rows = Json::array();
  for (const auto& row : report.rows()) {
    rows.push_back({{"decided", EffectWord(row.decided())},
                    {"overridden_to", row.overridden_to() == v1::EFFECT_UNSPECIFIED
                                          ? Json(nullptr)
                                          : Json(EffectWord(row.overridden_to()))},
                    {"decisions", row.decisions()},
                    {"paid", row.paid()},
                    {"late", row.late()},
                    {"unpaid", row.unpaid()}});
  }
  return Json{{"rows", std::move(rows)}};
}

void Print(std::ostream& out, const v1::ReportOutcomesResponse& report) {
  if (report.rows().empty()) {
    out << "No outcomes in this period. Tell the node with: daftar order paid --receipt RECEIPT\n";
    return;
  }
  Table table({"DECIDED", "OVERRIDDEN TO", "DECISIONS", "PAID", "LATE", "UNPAID", "BAD"});
  for (const auto& row : report.rows()) {
    table.Row({std::string(EffectWord(row.decided())),
               row.overridden_to() == v1::EFFECT_UNSPECIFIED
                   ? ""
                   : std::string(EffectWord(row.overridden_to())),
               std::to_string(row.decisions()), std::to_string(row.paid()),
               std::to_string(row.late()), std::to_string(row.unpaid()), BadShare(row)});
  }
  table.Print(out);
}

std::vector<PolicyDifference> DifferencesFromDefault(const decision::Policy& policy) {
  std::vector<PolicyDifference> differences;
  std::map<std::string, std::string> defaults;
  for (auto& [key, value] : ValuesOf(decision::DefaultPolicy())) defaults[key] = value;
  for (auto& [key, value] : ValuesOf(policy)) {
    if (defaults[key] != value) differences.push_back({key, value, defaults[key]});
  }
  return differences;
}

Json ToJson(const CheckedPolicy& checked) {
  Json differences = Json::array();
  for (const PolicyDifference& difference : checked.differences) {
    differences.push_back(
        {{"key", difference.key}, {"value", difference.value}, {"default", difference.otherwise}});
  }
  return Json{{"file", checked.file},
              {"hash", checked.hash},
              {"default_hash", decision::DefaultPolicy().Hash().hex()},
              {"differences", std::move(differences)}};
}

void Print(std::ostream& out, const CheckedPolicy& checked) {
  out << "The policy is in order.\n";
  Fields fields;
  fields.Add("File", checked.file);
  fields.Add("Hash", checked.hash);
  fields.Print(out);
  if (checked.differences.empty()) {
    out << "\nIt is the default policy.\n";
    return;
  }
  out << "\nNot as in the default policy\n";
  Table table({"", "", ""});
  for (const PolicyDifference& difference : checked.differences) {
    table.Row({difference.key, difference.value, "(default " + difference.otherwise + ")"});
  }
  table.Print(out, 2, false);
}

}  // namespace daftar::cli
