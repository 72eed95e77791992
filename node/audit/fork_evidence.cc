#include "node/audit/fork_evidence.h"

#include <algorithm>
#include <utility>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "node/audit/heads.h"
#include "node/audit/text.h"
#include "node/evidence/header.h"

namespace daftar::audit {
namespace {

absl::Status Malformed(const char* what) {
  return absl::InvalidArgumentError(std::string("fork evidence: ") + what);
}

absl::Status NotProven(const std::string& what) { return absl::FailedPreconditionError(what); }

// The value of the line "NAME VALUE"; none when it is another.
std::optional<std::string_view> TakeValue(std::string_view& text, std::string_view name) {
  const auto line = TakeTextLine(text);
  if (!line || !line->starts_with(name) || line->size() <= name.size() ||
      (*line)[name.size()] != ' ') {
    return std::nullopt;
  }
  return line->substr(name.size() + 1);
}

absl::StatusOr<VerifiedHead> HeadOf(const std::string& bytes, const std::string& origin,
                                    const TlogPolicy& policy, const char* which) {
  VerifiedHead head;
  head.bytes = bytes;
  const std::string fault = FaultOfHead(policy, origin, head);
  if (!fault.empty()) return NotProven("the " + std::string(which) + " head: " + fault);
  return head;
}

}  // namespace

std::string ForkEvidence::ToText() const {
  std::string text = std::string(kForkFirstLine) + "\norigin " + origin + "\nfirst " +
                     std::to_string(first.size()) + "\nsecond " + std::to_string(second.size()) +
                     "\n";
  if (root) text += "root " + crypto::ToBase64(root->view()) + "\n";
  for (const crypto::Digest& hash : proof) text += crypto::ToBase64(hash.view()) + "\n";
  return text + "\n" + first + second;
}

absl::StatusOr<ForkEvidence> ForkEvidence::Parse(std::string_view text) {
  constexpr std::string_view kRoot = "root ";
  if (text.size() > kMaxForkBytes) return Malformed("too many bytes");
  if (TakeTextLine(text) != kForkFirstLine) return Malformed("the first line is another");
  ForkEvidence evidence;
  const auto origin = TakeValue(text, "origin");
  if (!origin || !evidence::CheckOrigin(*origin).ok()) return Malformed("line 2 has no origin");
  evidence.origin = std::string(*origin);
  const auto first = TakeValue(text, "first");
  const auto second = TakeValue(text, "second");
  const auto first_bytes = first ? ParseDecimal(*first) : std::nullopt;
  const auto second_bytes = second ? ParseDecimal(*second) : std::nullopt;
  if (!first_bytes || !second_bytes) return Malformed("lines 3 and 4 do not have the notes' sizes");
  if (text.starts_with(kRoot)) {
    const auto line = TakeTextLine(text);
    evidence.root = line ? ParseBase64Digest(line->substr(kRoot.size())) : std::nullopt;
    if (!evidence.root) return Malformed("the root is none");
  }
  auto proof = TakeProofLines(text);
  if (!proof) return Malformed("the proof has a line that is no hash, or more than 63");
  evidence.proof = *std::move(proof);
  if (!evidence.root && !evidence.proof.empty()) return Malformed("there is a proof and no root");
  if (std::max(*first_bytes, *second_bytes) > kMaxHeadNoteBytes) {
    return Malformed("a note has too many bytes");
  }
  if (*first_bytes > text.size() || *second_bytes != text.size() - *first_bytes) {
    return Malformed("the notes are not as long as it says");
  }
  evidence.first = std::string(text.substr(0, static_cast<size_t>(*first_bytes)));
  evidence.second = std::string(text.substr(static_cast<size_t>(*first_bytes)));
  return evidence;
}

absl::StatusOr<ForkHeads> ForkEvidence::Heads(const TlogPolicy& policy) const {
  auto a = HeadOf(first, origin, policy, "first");
  if (!a.ok()) return a.status();
  auto b = HeadOf(second, origin, policy, "second");
  if (!b.ok()) return b.status();
  return ForkHeads{*std::move(a), *std::move(b)};
}

absl::Status ForkEvidence::Prove(const TlogPolicy& policy) const {
  const auto heads = Heads(policy);
  return heads.ok() ? Prove(*heads) : heads.status();
}

absl::Status ForkEvidence::Prove(const ForkHeads& heads) const {
  const crypto::Checkpoint& before = heads.first.checkpoint;
  const crypto::Checkpoint& after = heads.second.checkpoint;
  if (before.size == after.size) {
    if (root) return NotProven("two heads of one size need no proof");
    if (before.root == after.root) return NotProven("the two heads are the same");
    return absl::OkStatus();
  }
  if (before.size == 0 || before.size > after.size) {
    return NotProven("the first head is not the smaller one, or is of an empty log");
  }
  if (!root) return NotProven("the root of the second tree at the first head's size is missing");
  if (*root == before.root) return NotProven("both trees have one root at the first head's size");
  const absl::Status status =
      crypto::VerifyMerkleConsistency(before.size, *root, after.size, after.root, proof);
  return status.ok() ? status : NotProven(std::string(status.message()));
}

}  // namespace daftar::audit
