// Proof on its way from the shop that has it to a partner that asked, as both sides see it
// (docs/protocol.md, "Asking for proof").
#ifndef DAFTAR_NODE_EVIDENCE_HANDOVER_H_
#define DAFTAR_NODE_EVIDENCE_HANDOVER_H_

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "node/evidence/media_type.h"
#include "node/evidence/proofs.h"

namespace daftar::evidence {

using ProofNonce = crypto::FixedBytes<struct ProofNonceTag, 32>;
using ProofMac = crypto::FixedBytes<struct ProofMacTag, 32>;
using ProofRequestId = crypto::FixedBytes<struct ProofRequestIdTag, 16>;

inline constexpr size_t kMaxProofWhyBytes = 200;             // why a partner asks: one line
inline constexpr size_t kMaxHandoverChunkBytes = 256 << 10;  // of a file, in one piece

// BLAKE2b-256(key = record key of the report, "daftar/proofreq/v1" || asker's origin || nonce):
// only who could open the report can make it. Compare with crypto::ConstantTimeEquals.
ProofMac ProofRequestMac(const crypto::Secret32& record_key, std::string_view asker,
                         const ProofNonce& nonce);

// What became of a request, as its issuer answers a fetch. Numbers are on the wire: never renumber.
enum class HandoverState : uint8_t {
  kPending = 1,    // nobody has decided
  kRefused = 2,    // somebody decided that nothing is handed out
  kOver = 3,       // it lapsed, the time to fetch is over, or the report was withdrawn or erased
  kDisclosed = 4,  // the files follow
};

// The first piece, and the only one unless kDisclosed.
struct HandoverStart {
  HandoverState state = HandoverState::kPending;
  uint32_t files = 0;  // that follow: 1 to the number of leaves
  // The digests of all of the report's files, ascending: they give its proofs root, also when only
  // some of the files are handed out. At most kMaxProofFiles.
  std::vector<crypto::Digest> leaves;
};

// What follows it is one file's content, `bytes` of it, in pieces of 1 to kMaxHandoverChunkBytes.
struct HandedFile {
  ProofKind kind = ProofKind::kOrder;
  MediaType media = MediaType::kPdf;
  uint64_t bytes = 0;
  ProofSalt salt;
  crypto::Digest digest;
};

using HandoverPiece = std::variant<HandoverStart, HandedFile, crypto::Bytes>;

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_HANDOVER_H_
