// What an auditor is told: each check of docs/bundle.md, whether it holds, and in sentences what is
// wrong and what was not looked at. Values; pure.
#ifndef DAFTAR_NODE_AUDIT_VERDICT_H_
#define DAFTAR_NODE_AUDIT_VERDICT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/audit/manifest.h"

namespace daftar::audit {

// In the order of docs/bundle.md, "What is checked"; the last is that of a file of fork evidence.
enum class Check : uint8_t {
  kManifest,
  kFiles,
  kHead,
  kQuorum,
  kTree,
  kConsistency,
  kEntries,
  kKeys,
  kSignatures,
  kBodies,
  kErasures,
  kOrder,
  kDeadlines,
  kCharters,
  kOpenings,
  kFacts,
  kCase,
  kProofs,
  kCosigners,
  kInclusion,
  kFork,
};
inline constexpr size_t kChecks = 21;
std::string_view CheckName(Check check);   // "manifest", as docs/bundle.md has it
std::string_view CheckTitle(Check check);  // what it is about, in a few plain words

enum class CheckState : uint8_t { kHolds, kFails, kNotChecked };
std::string_view CheckStateName(CheckState state);  // "holds", "fails", "not_checked"

// Sentences that one check keeps; what comes after is counted.
inline constexpr size_t kMaxCheckSentences = 20;

struct Sentences {
  std::vector<std::string> kept;
  uint64_t more = 0;
  void Add(std::string sentence);
  bool empty() const { return kept.empty(); }
};

struct CheckResult {
  Check check = Check::kManifest;
  CheckState state = CheckState::kNotChecked;
  std::string found;   // when it holds: what was looked at
  Sentences faults;    // when it fails
  Sentences left_out;  // what was not checked, also of one that holds
};

struct SeenWitness {
  std::string name;  // in the policy
  uint64_t at = 0;   // Unix seconds, of the cosignature
};

// A head that verified under the policy.
struct SeenHead {
  uint64_t size = 0;
  crypto::Digest root;
  std::vector<std::string> signers;    // the policy's log keys that signed it, as vkeys
  std::optional<uint64_t> dated_at;    // Unix seconds, by the node's own line; none: not known
  std::vector<SeenWitness> witnesses;  // of the policy, whose cosignature verified
  // With no dated_at: it is known that there is no such line. Else nothing shows whose it is.
  bool undated = false;
};

// The log that this one took the place of, as its ADOPTION has it.
struct AdoptedLog {
  std::string origin;
  uint64_t size = 0;
  crypto::Digest root;
};

// What a file of fork evidence shows.
struct ForkFound {
  std::string origin;
  crypto::Digest sha256;               // of the file
  std::vector<SeenHead> heads;         // both, or none when one does not verify
  std::optional<crypto::Digest> root;  // what the larger tree is shown to have at the first's size
};

struct Verdict {
  // Exit code of docs/bundle.md: 0 no check fails, 1 one fails, 2 unreadable.
  int code = 0;
  std::string unreadable;        // of code 2: why, in a sentence
  crypto::Digest policy_sha256;  // of the policy's text as it was given
  std::string quorum_rule;       // of the policy, in words; empty when it cannot be read
  std::optional<Manifest> manifest;
  std::optional<crypto::Digest> manifest_sha256;
  std::optional<SeenHead> head;  // of size `to`
  std::optional<ForkFound> fork;
  // What entries say, only when they are shown to be those of the head:
  std::optional<AdoptedLog> adopted;
  uint64_t opened = 0;                    // reports
  std::vector<std::string> opened_facts;  // of at most kMaxCheckSentences of them, a line each
  std::vector<CheckResult> checks;        // those that belong to what was read, in their order

  const CheckResult* Find(Check check) const;
};

// Gathers what the checks find.
class Findings {
 public:
  void Fail(Check check, std::string sentence) { At(check).faults.Add(std::move(sentence)); }
  // A part of the check, or all of it, was not looked at.
  void LeaveOut(Check check, std::string sentence) { At(check).left_out.Add(std::move(sentence)); }
  // Something was looked at: without it a check that nothing failed counts as not checked.
  void Found(Check check, std::string what) { At(check).found = std::move(what); }
  bool Failed(Check check) const { return !At(check).faults.empty(); }
  bool Holds(Check check) const { return !Failed(check) && !At(check).found.empty(); }
  // What was found rests on something that is not shown: `check` holds no more, and `why` is told
  // first. What it fails for, it fails for still.
  void Unfounded(Check check, std::string why);
  // The results of `asked`, in order.
  std::vector<CheckResult> Take(const std::vector<Check>& asked);

 private:
  CheckResult& At(Check check) { return results_[static_cast<size_t>(check)]; }
  const CheckResult& At(Check check) const { return results_[static_cast<size_t>(check)]; }
  std::array<CheckResult, kChecks> results_;
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_VERDICT_H_
