#include "cli/decision_leaves.h"

#include <algorithm>
#include <charconv>

namespace daftar::cli {
namespace {

constexpr uint64_t kMaxSizeOrTime = (uint64_t{1} << 63) - 1;

std::string At(uint64_t index) { return "receipt " + std::to_string(index); }

}  // namespace

std::string DecisionHead::ToString() const { return std::to_string(size) + ":" + root.hex(); }

absl::StatusOr<DecisionHead> DecisionHead::FromString(std::string_view text) {
  DecisionHead head;
  const size_t colon = text.find(':');
  const std::string_view digits = text.substr(0, colon);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), head.size);
  const auto root = colon == std::string_view::npos
                        ? absl::InvalidArgumentError("")
                        : crypto::Digest::FromHexText(text.substr(colon + 1));
  if (error == std::errc() && end == digits.data() + digits.size() && root.ok()) {
    head.root = *root;
    if (head.size <= kMaxSizeOrTime && head.ToString() == text) return head;
  }
  return absl::InvalidArgumentError(
      "a head is SIZE:ROOT, as `daftar status` has them: the number of decisions, a colon, and the "
      "root in 64 hexadecimal digits");
}

std::string_view OutcomeName(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::kHolds:
      return "holds";
    case CheckOutcome::kFails:
      return "fails";
    case CheckOutcome::kNotChecked:
      return "not_checked";
  }
  return "unknown";
}

absl::StatusOr<DecisionLeaf> DecisionLeaves::Next() {
  const uint64_t index = next();
  const auto bytes = file_.Take(kDecisionLeafBytes);
  if (!bytes) return file_.status();
  crypto::Reader reader(*bytes);
  const bool magic = crypto::AsText(reader.Raw(4)) == "DFR1";
  DecisionLeaf leaf;
  leaf.time = reader.U64();
  leaf.commitment = reader.Take<crypto::Digest>();
  if (!magic || leaf.time > kMaxSizeOrTime) {
    Wrong("the leaf of " + At(index) + " is not in its format");
  } else if (newest_ > leaf.time && newest_ - leaf.time > kDecisionClockSeconds * 1000) {
    if (set_back_++ == 0) {
      first_set_back_ =
          At(index) + " is " + std::to_string((newest_ - leaf.time) / 1000) + " s older";
    }
    newest_ = leaf.time;
  } else {
    newest_ = std::max(newest_, leaf.time);
  }
  tree_.Append(crypto::MerkleLeafHash(*bytes));
  CompareHeads();
  return leaf;
}

DecisionCheck DecisionLeaves::FormatCheck() const {
  if (wrong_ == 0) {
    return {"leaves", CheckOutcome::kHolds, "all " + std::to_string(to_) + " are in their format"};
  }
  std::string said = first_wrong_;
  if (wrong_ > 1) said += ", and " + std::to_string(wrong_ - 1) + " more are wrong";
  return {"leaves", CheckOutcome::kFails, said};
}

DecisionCheck DecisionLeaves::TimesCheck() const {
  if (wrong_ > 0) {
    return {"times", CheckOutcome::kNotChecked, "the leaves are not in their format"};
  }
  if (set_back_ == 0) {
    return {"times", CheckOutcome::kHolds,
            "none is more than " + std::to_string(kDecisionClockSeconds) +
                " s older than one before it"};
  }
  return {"times", CheckOutcome::kNotChecked,
          first_set_back_ + " than one before it" +
              (set_back_ > 1 ? ", and " + std::to_string(set_back_ - 1) + " more later" : "") +
              ": a clock that had run ahead was set right, or they were dated back; ask the shop "
              "which it was"};
}

DecisionCheck DecisionLeaves::HeadsCheck() const {
  if (heads_.empty()) {
    return {"heads", CheckOutcome::kNotChecked,
            "no --head was given: nothing shows that the node has had this log before today"};
  }
  std::string said;
  for (const DecisionHead& head : heads_) {
    if (head.size <= tree_.size()) continue;
    said += (said.empty() ? "" : "; ") + std::string("the log in the bundle ends at ") +
            std::to_string(tree_.size()) + ", the head noted has " + std::to_string(head.size) +
            ": export up to there, and if the node has no more, receipts are missing";
  }
  for (const DecisionHead& head : wrong_heads_) {
    said += (said.empty() ? "" : "; ") + std::string("the first ") + std::to_string(head.size) +
            " receipts are not those that the head noted was made of";
  }
  if (!said.empty()) return {"heads", CheckOutcome::kFails, said};
  if (heads_.size() == 1) {
    return {"heads", CheckOutcome::kHolds,
            "the log goes on from the one that was noted: up to there nothing was added, dropped "
            "or altered"};
  }
  return {"heads", CheckOutcome::kHolds,
          "the log has each of the " + std::to_string(heads_.size()) +
              " that were noted: up to the last of them nothing was added, dropped or altered"};
}

void DecisionLeaves::Wrong(std::string sentence) {
  if (wrong_++ == 0) first_wrong_ = std::move(sentence);
}

void DecisionLeaves::CompareHeads() {
  for (const DecisionHead& head : heads_) {
    if (head.size == tree_.size() && head.root != tree_.Root()) wrong_heads_.push_back(head);
  }
}

}  // namespace daftar::cli
