// Checking an exported decision log, a bundle of kind `decisions` (docs/bundle.md), without any
// node: that it is what it says, that no receipt is missing between the heads an auditor has noted
// down, and that each receipt follows from its inputs and policy. The bundle may come from anybody.
#ifndef DAFTAR_CLI_DECISION_BUNDLE_H_
#define DAFTAR_CLI_DECISION_BUNDLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/decision_leaves.h"
#include "cli/json.h"
#include "crypto/note.h"
#include "node/audit/bundle.h"
#include "node/decision/policy.h"
#include "node/decision/receipt.h"

namespace daftar::cli {

inline constexpr size_t kMaxToldDifferences = 20;  // told one by one; the rest is counted
inline constexpr size_t kMaxToldRanges = 20;       // of receipts without a body
inline constexpr size_t kMaxToldPolicies = 100;    // told by hash; receipts of others are counted
inline constexpr size_t kMaxToldAboutSubject = 1000;
inline constexpr size_t kMaxReplayPolicies = 100;  // given to one replay
inline constexpr size_t kMaxNotedHeads = 100;      // given to one replay

struct DecisionChecks {
  std::vector<decision::Policy> policies;
  std::vector<DecisionHead> heads;
  std::optional<crypto::NoteKey> entry_key;  // of `<origin>/entry`; none: not checked
  std::optional<decision::Subject> subject;  // whose decisions are listed
  int64_t now = 0;                           // Unix seconds
};

struct PolicyUse {
  crypto::Digest policy;
  bool given = false;
  uint64_t receipts = 0;
  uint64_t differ = 0;
};

struct ListedDecision {
  uint64_t index = 0;
  std::string receipt;  // its id, hex
  evidence::UnixMillis time;
  decision::Verdict verdict;
  crypto::Digest policy;
};

struct DecisionReplay {
  audit::Manifest manifest;
  std::optional<DecisionHead> head;  // of all leaves, when they are in their format
  std::vector<DecisionCheck> checks;
  uint64_t receipts = 0;      // in [from, to)
  uint64_t bodies = 0;        // of these
  uint64_t agree = 0;         // computed again
  uint64_t differ = 0;        // do not follow, or do not fit their leaf
  uint64_t not_replayed = 0;  // under a policy that was not given
  uint64_t not_fitting = 0;   // do not fit their leaf, so that nothing in them was looked at
  uint64_t not_opened = 0;    // receipts that fit, about buyers that stand there as keyed hashes
  std::vector<std::pair<uint64_t, uint64_t>> without_body;  // ranges [first, last], the first ones
  std::vector<std::string> differences;                     // sentences, the first ones
  std::vector<PolicyUse> policies;                          // by hash
  uint64_t other_policies = 0;  // receipts under policies beyond kMaxToldPolicies
  std::optional<decision::Subject> subject;
  std::vector<ListedDecision> about_subject;  // the first ones
  uint64_t about_subject_count = 0;
  bool Holds() const;  // no check fails
};

// Told what was read so far, of how many bytes, and how many receipts that were; false: stop.
using ReplayProgress = std::function<bool(uint64_t done, uint64_t total, uint64_t receipts)>;

// Reads both files once, from the beginning to the end, with little memory at a time.
// REQUIRES: a bundle of kind decisions.
//   DataLoss   a file cannot be read to the end that the manifest says
//   Cancelled  `progress` answered false
absl::StatusOr<DecisionReplay> ReplayDecisions(const audit::Bundle& bundle,
                                               const DecisionChecks& checks,
                                               const ReplayProgress& progress);

Json ToJson(const DecisionReplay& result);
void Print(std::ostream& out, const DecisionReplay& result);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_DECISION_BUNDLE_H_
