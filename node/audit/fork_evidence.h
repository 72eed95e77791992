// Proof that a log showed two histories: two heads under one key that cannot both be true
// (docs/bundle.md, "Fork evidence"). Pure; any thread.
#ifndef DAFTAR_NODE_AUDIT_FORK_EVIDENCE_H_
#define DAFTAR_NODE_AUDIT_FORK_EVIDENCE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "node/audit/heads.h"
#include "node/audit/policy.h"

namespace daftar::audit {

inline constexpr std::string_view kForkFirstLine = "daftar-fork/v1";
// Two notes, 63 hashes and a few lines.
inline constexpr size_t kMaxForkBytes = 2 * kMaxHeadNoteBytes + (16 << 10);

struct ForkHeads {
  VerifiedHead first;
  VerifiedHead second;
};

// A value.
struct ForkEvidence {
  std::string origin;
  std::string first;  // a note's bytes
  std::string second;
  // What the second tree has at the first note's size, where the sizes differ.
  std::optional<crypto::Digest> root;
  std::vector<crypto::Digest> proof;  // from there to the second note, RFC 6962 section 2.1.2

  std::string ToText() const;
  // Strict: what ToText writes. InvalidArgument.
  static absl::StatusOr<ForkEvidence> Parse(std::string_view text);
  // Both heads under the policy's `log` keys of the origin. FailedPrecondition with a sentence when
  // one of them does not verify.
  absl::StatusOr<ForkHeads> Heads(const TlogPolicy& policy) const;
  // Ok when they cannot both be true. FailedPrecondition with a sentence otherwise. REQUIRES: they
  // are what Heads gave.
  absl::Status Prove(const ForkHeads& heads) const;
  // Ok when it proves a fork under the policy's `log` keys of the origin. FailedPrecondition with a
  // sentence otherwise.
  absl::Status Prove(const TlogPolicy& policy) const;
  friend bool operator==(const ForkEvidence&, const ForkEvidence&) = default;
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_FORK_EVIDENCE_H_
