// C2SP tlog-proof@v1 without its `extra` line: an entry's place in a log, with the head. Pure.
#ifndef DAFTAR_NODE_AUDIT_TLOG_PROOF_H_
#define DAFTAR_NODE_AUDIT_TLOG_PROOF_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace daftar::audit {

inline constexpr size_t kMaxTlogProofBytes = (1 << 20) + (8 << 10);  // of a note, and 63 hashes

// A value.
struct TlogProof {
  uint64_t index = 0;
  std::vector<crypto::Digest> hashes;  // RFC 6962 section 2.1.1
  std::string checkpoint;              // the signed note's bytes; nothing in it was looked at

  std::string ToText() const;
  // Strict: what ToText writes, with at most crypto::kMaxProofHashes hashes. InvalidArgument.
  static absl::StatusOr<TlogProof> Parse(std::string_view text);
  friend bool operator==(const TlogProof&, const TlogProof&) = default;
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_TLOG_PROOF_H_
