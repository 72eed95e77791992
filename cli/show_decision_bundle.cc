// What came of replaying an exported decision log, as text and as JSON.
#include "cli/decision_bundle.h"
#include "cli/replay.h"
#include "cli/text.h"
#include "node/decision/decide.h"

namespace daftar::cli {
namespace {

constexpr size_t kShownHashDigits = 12;

// `made-at` is whatever the manifest says.
std::string ExportedAt(const audit::Manifest& manifest) {
  constexpr int64_t kYear9999 = 253'402'300'799;  // its end
  if (manifest.made_at > kYear9999) return std::to_string(manifest.made_at) + " s";
  return TimeText({manifest.made_at * 1000});
}

Json ChecksJson(const DecisionReplay& result) {
  Json checks = Json::array();
  for (const DecisionCheck& check : result.checks) {
    checks.push_back(Json{
        {"check", check.name}, {"result", OutcomeName(check.outcome)}, {"detail", check.said}});
  }
  return checks;
}

Json PoliciesJson(const DecisionReplay& result) {
  Json policies = Json::array();
  for (const PolicyUse& use : result.policies) {
    policies.push_back(Json{{"policy", use.policy.hex()},
                            {"given", use.given},
                            {"receipts", use.receipts},
                            {"differ", use.differ}});
  }
  return policies;
}

Json AboutSubjectJson(const DecisionReplay& result) {
  Json decisions = Json::array();
  for (const ListedDecision& decision : result.about_subject) {
    decisions.push_back(Json{{"receipt", decision.receipt},
                             {"log_index", decision.index},
                             {"checked_at", TimeText(decision.time)},
                             {"effect", decision::EffectName(decision.verdict.effect)},
                             {"decided_by", decision::RuleId(decision.verdict.rule)},
                             {"risk_ppm", decision.verdict.r_ppm},
                             {"policy", decision.policy.hex()}});
  }
  return decisions;
}

struct LeftOut {
  const char* name;   // in JSON
  uint64_t receipts;  // how many
  const char* why;    // after "1 receipt" or "2 receipts"
};

// What nothing was found out about, also where every check holds.
std::vector<LeftOut> LeftOutOf(const DecisionReplay& result) {
  return {{"before_from", result.manifest.from,
           "from before this export: no more than their leaves is here"},
          {"without_body", result.receipts - result.bodies, "without a body that could be read"},
          {"not_fitting", result.not_fitting, "not fitting their leaves: nothing in them was read"},
          {"policy_not_given", result.not_replayed, "made under policies that were not given"},
          {"subject_not_opened", result.not_opened,
           "about buyers that nobody opened: they stand there as keyed hashes"}};
}

Json LeftOutJson(const DecisionReplay& result) {
  Json counts = Json::object();
  for (const LeftOut& left : LeftOutOf(result)) counts[left.name] = left.receipts;
  return counts;
}

void PrintLeftOut(std::ostream& out, const DecisionReplay& result) {
  bool any = false;
  for (const LeftOut& left : LeftOutOf(result)) {
    if (left.receipts == 0) continue;
    if (!any) out << "\nLeft out\n";
    any = true;
    out << "  - " << Count(left.receipts, "receipt") << " " << left.why << "\n";
  }
}

std::string_view OutcomeWords(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::kHolds:
      return "holds";
    case CheckOutcome::kFails:
      return "FAILS";
    case CheckOutcome::kNotChecked:
      return "not checked";
  }
  return "unknown";
}

void PrintPolicies(std::ostream& out, const DecisionReplay& result) {
  if (result.policies.empty()) return;
  Table table({"policy", "given", "receipts", "differ"});
  for (const PolicyUse& use : result.policies) {
    table.Row({use.policy.hex(), use.given ? "yes" : "no", std::to_string(use.receipts),
               use.given ? std::to_string(use.differ) : ""});
  }
  out << "\n";
  table.Print(out);
  if (result.other_policies > 0) {
    out << Count(result.other_policies, "receipt") << " more under other policies\n";
  }
}

void PrintAboutSubject(std::ostream& out, const DecisionReplay& result) {
  if (!result.subject.has_value()) return;
  out << "\nAbout the subject " << result.subject->hex() << ": "
      << Count(result.about_subject_count, "decision") << "\n";
  if (result.about_subject.empty()) return;
  Table table({"at", "index", "receipt", "effect", "decided by", "policy"});
  for (const ListedDecision& decision : result.about_subject) {
    table.Row({TimeText(decision.time), std::to_string(decision.index), decision.receipt,
               std::string(decision::EffectName(decision.verdict.effect)),
               std::string(decision::RuleId(decision.verdict.rule)),
               decision.policy.hex().substr(0, kShownHashDigits)});
  }
  table.Print(out, 2);
  if (result.about_subject_count > result.about_subject.size()) {
    out << "  and " << result.about_subject_count - result.about_subject.size() << " more\n";
  }
}

}  // namespace

Json ToJson(const DecisionReplay& result) {
  Json differences = Json::array();
  for (const std::string& sentence : result.differences) differences.push_back(sentence);
  const audit::Manifest& manifest = result.manifest;
  return Json{{"agrees", result.Holds()},
              {"kind", audit::BundleKindName(manifest.kind)},
              {"origin", manifest.origin},
              {"circle", manifest.circle.hex()},
              {"made_at", ExportedAt(manifest)},
              {"signer", manifest.signer.hex()},
              {"from", manifest.from},
              {"to", manifest.to},
              {"head", result.head.has_value() ? Json(result.head->ToString()) : Json(nullptr)},
              {"checks", ChecksJson(result)},
              {"receipts", result.receipts},
              {"bodies", result.bodies},
              {"agree", result.agree},
              {"not_replayed", result.not_replayed},
              {"left_out", LeftOutJson(result)},
              {"policies", PoliciesJson(result)},
              {"other_policies_receipts", result.other_policies},
              {"differences_count", result.differ},
              {"differences", std::move(differences)},
              {"subject", result.subject.has_value() ? Json(result.subject->hex()) : Json(nullptr)},
              {"about_subject_count", result.about_subject_count},
              {"about_subject", AboutSubjectJson(result)}};
}

void Print(std::ostream& out, const DecisionReplay& result) {
  const audit::Manifest& manifest = result.manifest;
  Fields fields;
  fields.Add("Decisions of", Printable(manifest.origin));
  fields.Add("Exported", ExportedAt(manifest));
  fields.Add("Receipts", std::to_string(manifest.from) + " to " + std::to_string(manifest.to - 1) +
                             ", " + std::to_string(result.bodies) + " of " +
                             std::to_string(result.receipts) + " with their bodies");
  if (result.head.has_value()) fields.Add("Head", result.head->ToString());
  fields.Print(out);
  out << "\n";
  Table table({"", "", ""});
  for (const DecisionCheck& check : result.checks) {
    table.Row({check.name, std::string(OutcomeWords(check.outcome)), check.said});
  }
  table.Print(out, 0, false);
  PrintLeftOut(out, result);
  PrintPolicies(out, result);
  PrintAboutSubject(out, result);
  if (!result.differences.empty()) {
    out << "\nDOES NOT AGREE\n";
    for (const std::string& sentence : result.differences) {
      out << "  - " << Printable(sentence) << "\n";
    }
    if (result.differ > result.differences.size()) {
      out << "  and " << result.differ - result.differences.size() << " more\n";
    }
  }
  if (result.head.has_value() && result.Holds()) {
    out << "\nNothing failed. Note the head down: the next audit begins there.\n";
  } else if (!result.Holds() && result.differences.empty()) {
    out << "\nDOES NOT AGREE\n";
  }
}

}  // namespace daftar::cli
