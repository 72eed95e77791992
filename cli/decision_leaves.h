// The leaves of an exported decision log, read in order: their format, their times, and the heads
// that an auditor has noted down (docs/bundle.md, "Decisions").
#ifndef DAFTAR_CLI_DECISION_LEAVES_H_
#define DAFTAR_CLI_DECISION_LEAVES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "node/audit/bundle.h"

namespace daftar::cli {

inline constexpr size_t kDecisionLeafBytes = 44;
// Allowed between two clocks, and between the beginnings of checks that end at once.
inline constexpr int64_t kDecisionClockSeconds = 300;

// A head of the decision log, as `daftar status` shows it and an auditor notes it down.
struct DecisionHead {
  uint64_t size = 0;
  crypto::Digest root;
  std::string ToString() const;  // "SIZE:ROOT", decimal and hex
  // InvalidArgument for anything that ToString does not write.
  static absl::StatusOr<DecisionHead> FromString(std::string_view text);
  friend bool operator==(const DecisionHead&, const DecisionHead&) = default;
};

enum class CheckOutcome { kHolds, kFails, kNotChecked };
std::string_view OutcomeName(CheckOutcome outcome);  // "holds", "fails", "not_checked"

struct DecisionCheck {
  std::string name;
  CheckOutcome outcome = CheckOutcome::kNotChecked;
  std::string said;  // what holds, what is wrong, or why it was not checked
};

struct DecisionLeaf {
  uint64_t time = 0;  // Unix milliseconds
  crypto::Digest commitment;
};

// One reading; one thread.
class DecisionLeaves {
 public:
  // `file` outlives it, and has the leaves of a log of `to` receipts from its beginning on.
  DecisionLeaves(audit::BundleFileReader& file, std::vector<DecisionHead> heads, uint64_t to)
      : file_(file), heads_(std::move(heads)), to_(to) {
    CompareHeads();
  }
  uint64_t next() const { return tree_.size(); }
  const crypto::CompactTree& tree() const { return tree_; }

  // The next leaf, whatever is wrong with it. Errors of the file only. REQUIRES next() < `to`.
  absl::StatusOr<DecisionLeaf> Next();
  // What the leaves read so far show. REQUIRES: all were.
  DecisionCheck FormatCheck() const;
  DecisionCheck TimesCheck() const;
  DecisionCheck HeadsCheck() const;

 private:
  void Wrong(std::string sentence);
  void CompareHeads();

  audit::BundleFileReader& file_;
  const std::vector<DecisionHead> heads_;
  const uint64_t to_;
  crypto::CompactTree tree_;
  uint64_t newest_ = 0;  // time of the newest leaf since the clock was last set back
  uint64_t set_back_ = 0;
  std::string first_set_back_;
  uint64_t wrong_ = 0;
  std::string first_wrong_;
  std::vector<DecisionHead> wrong_heads_;
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_DECISION_LEAVES_H_
