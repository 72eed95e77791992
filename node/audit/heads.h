// The checks of a bundle about signed heads: `head`, `quorum`, `consistency`, `cosigners`
// (docs/bundle.md, "What is checked").
#ifndef DAFTAR_NODE_AUDIT_HEADS_H_
#define DAFTAR_NODE_AUDIT_HEADS_H_

#include <optional>
#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "node/audit/context.h"

namespace daftar::audit {

// A note of a bundle, or of fork evidence.
inline constexpr size_t kMaxHeadNoteBytes = 32 << 10;

// A head that the auditor's policy vouches for.
struct VerifiedHead {
  crypto::Checkpoint checkpoint;
  crypto::Note note;
  std::string bytes;                              // the file
  std::vector<crypto::NoteKey> signers;           // of the log, in the policy; at least one
  std::vector<crypto::VerifiedSigner> witnesses;  // of the policy, each once
};

// Judges the note in `head.bytes` as one of the log's, and fills in the rest. What is wrong with
// it, in half a sentence; "" when nothing is.
std::string FaultOfHead(const TlogPolicy& policy, const std::string& origin, VerifiedHead& head);

// What a verdict tells of it. When the node dated it is left open.
SeenHead Seen(const TlogPolicy& policy, const VerifiedHead& head);

// Reads and judges `name`, which is to have `size`. None when the check fails.
std::optional<VerifiedHead> CheckHead(Context& context, std::string_view name, uint64_t size);

void CheckQuorum(Context& context, const std::optional<VerifiedHead>& head);

// Reads `consistency`. Without either head it is not checked.
void CheckConsistency(Context& context, const std::optional<VerifiedHead>& from,
                      const std::optional<VerifiedHead>& head);

// Reads `frontier`: the tree that the entries go on from. None when it does not give the root of
// `from`, which `tree` fails for, or cannot be judged without it.
std::optional<crypto::CompactTree> ReadFrontier(Context& context,
                                                const std::optional<VerifiedHead>& from);

// Reads `cosigners`, note by note.
void CheckCosigners(Context& context);

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_HEADS_H_
