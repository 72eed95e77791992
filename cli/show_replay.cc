// What came of a replay, as text and as JSON.
#include "cli/replay.h"
#include "cli/text.h"
#include "node/decision/decide.h"

namespace daftar::cli {
namespace {

void PrintNotChecked(std::ostream& out, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  out << "Beside the receipt the file also says " << list
      << ".\nThese are the node's word: no computation can give them again.\n";
}

}  // namespace

Json ToJson(const ReplayResult& result) {
  Json wrong = Json::array();
  for (const std::string& sentence : result.wrong) wrong.push_back(sentence);
  const decision::Verdict& verdict = result.body.verdict;
  Json subjects = Json::array();
  for (const decision::Subject& subject : result.body.subjects) subjects.push_back(subject.hex());
  Json not_checked = Json::array();
  for (const std::string& name : result.not_checked) not_checked.push_back(name);
  return Json{{"agrees", result.agrees()},
              {"receipt", TextOrNull(result.receipt)},
              {"effect", decision::EffectName(verdict.effect)},
              {"decided_by", decision::RuleId(verdict.rule)},
              {"risk_ppm", verdict.r_ppm},
              {"subjects", std::move(subjects)},
              {"receipt_policy", result.body.policy.hex()},
              {"policy", result.policy},
              {"differences_count", result.wrong_count},
              {"differences", std::move(wrong)},
              {"not_checked", std::move(not_checked)}};
}

void Print(std::ostream& out, const ReplayResult& result) {
  const decision::Verdict& verdict = result.body.verdict;
  Fields fields;
  fields.Add("Receipt", result.receipt);
  fields.Add("Effect", decision::EffectName(verdict.effect));
  fields.Add("Expected bad rate",
             ShowPercent(verdict.r_ppm) + " (" + std::to_string(verdict.r_ppm) + " ppm)");
  fields.Add("Decided by", decision::RuleId(verdict.rule));
  fields.Add("Policy", result.body.policy.hex());
  for (const decision::Subject& subject : result.body.subjects) {
    fields.Add("Subject", subject.hex());
  }
  fields.Print(out);
  if (result.agrees()) {
    out << "\nComputed again from the receipt and the policy: agrees to the last digit.\n";
    PrintNotChecked(out, result.not_checked);
    return;
  }
  out << "\nDOES NOT AGREE\n";
  for (const std::string& sentence : result.wrong) out << "  - " << Printable(sentence) << "\n";
  if (result.wrong_count > result.wrong.size()) {
    out << "  and " << result.wrong_count - result.wrong.size() << " more\n";
  }
}

}  // namespace daftar::cli
