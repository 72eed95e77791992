#include "node/audit/verdict.h"

#include <algorithm>
#include <utility>

namespace daftar::audit {
namespace {

struct Words {
  std::string_view name;
  std::string_view title;
};

constexpr std::array<Words, kChecks> kWords = {{
    {"manifest", "The node signed this bundle"},
    {"files", "No file was changed after that"},
    {"head", "The log's head is signed by the key that you trust"},
    {"quorum", "Enough of your witnesses have seen this head"},
    {"tree", "The entries are exactly those that the head stands for"},
    {"consistency", "The earlier head is the beginning of this one"},
    {"entries", "Every entry is in its format, place and order of time"},
    {"keys", "The log's keys follow from one another"},
    {"signatures", "Every entry is signed by the node"},
    {"bodies", "What is said in entries fits what was signed, and what was erased is gone"},
    {"erasures", "What is missing was erased, and the log says so"},
    {"order", "Entries about a report follow the rules of order"},
    {"deadlines", "Deadlines of the charter were kept"},
    {"charters", "The charters are those that the log states"},
    {"openings", "The opened reports open"},
    {"facts", "The opened reports fit the charter"},
    {"case", "The case fits its report and the charter"},
    {"proofs", "The proof files are those of the case"},
    {"cosigners", "The partners' own heads are signed by them"},
    {"inclusion", "The entries shown are in the log"},
    {"fork", "The two heads prove that the log has two histories"},
}};

}  // namespace

std::string_view CheckName(Check check) { return kWords[static_cast<size_t>(check)].name; }
std::string_view CheckTitle(Check check) { return kWords[static_cast<size_t>(check)].title; }

std::string_view CheckStateName(CheckState state) {
  switch (state) {
    case CheckState::kHolds:
      return "holds";
    case CheckState::kFails:
      return "fails";
    case CheckState::kNotChecked:
      return "not_checked";
  }
  return "unknown";
}

void Sentences::Add(std::string sentence) {
  if (kept.size() < kMaxCheckSentences) {
    kept.push_back(std::move(sentence));
  } else {
    ++more;
  }
}

const CheckResult* Verdict::Find(Check check) const {
  const auto found = std::ranges::find(checks, check, &CheckResult::check);
  return found == checks.end() ? nullptr : &*found;
}

void Findings::Unfounded(Check check, std::string why) {
  if (!Holds(check)) return;
  CheckResult& result = At(check);
  result.found.clear();
  std::vector<std::string>& kept = result.left_out.kept;
  kept.insert(kept.begin(), std::move(why));
  if (kept.size() > kMaxCheckSentences) {
    kept.pop_back();
    ++result.left_out.more;
  }
}

std::vector<CheckResult> Findings::Take(const std::vector<Check>& asked) {
  std::vector<CheckResult> results;
  for (const Check check : asked) {
    CheckResult result = std::move(At(check));
    result.check = check;
    result.state = !result.faults.empty() ? CheckState::kFails
                   : result.found.empty() ? CheckState::kNotChecked
                                          : CheckState::kHolds;
    if (result.state == CheckState::kNotChecked && result.left_out.empty()) {
      result.left_out.Add("There was nothing to check.");
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace daftar::audit
