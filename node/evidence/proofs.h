// The one value by which an entry commits to the proof files that stay with the shop
// (docs/protocol.md, "Proofs root").
#ifndef DAFTAR_NODE_EVIDENCE_PROOFS_H_
#define DAFTAR_NODE_EVIDENCE_PROOFS_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/hash.h"

namespace daftar::evidence {

using ProofSalt = crypto::FixedBytes<struct ProofSaltTag, 32>;

// An incident has at most this many proof files, each of at most this many bytes.
inline constexpr size_t kMaxProofFiles = 64;
inline constexpr size_t kMaxProofFileBytes = 16 << 20;

// What a proof file shows; a charter names the kinds that a reason needs. Numbers are on disk:
// never renumber.
enum class ProofKind : uint8_t {
  kOrder = 1,           // "order": what was ordered, at what price
  kAgreement = 2,       // "agreement": a contract or terms that the customer accepted
  kDeliveryNote = 3,    // "delivery-note": that it was handed over, or work was done
  kInvoice = 4,         // "invoice"
  kReminder = 5,        // "reminder": one that was sent
  kPaymentRecord = 6,   // "payment-record": what came in, was returned or taken back
  kCorrespondence = 7,  // "correspondence": letters, e-mails, an exported chat
};
std::string_view ProofKindName(ProofKind kind);
std::span<const ProofKind> AllProofKinds();
// InvalidArgument listing the names that there are.
absl::StatusOr<ProofKind> ProofKindFromName(std::string_view name);

// SHA-256("daftar/proof/v1" || salt || file). The salt, random for each file, keeps whoever sees
// the root and guesses the file from confirming the guess.
crypto::Digest ProofDigest(const ProofSalt& salt, crypto::ByteView file);
// The same in pieces, for a file that is not in memory at once.
class ProofHasher {
 public:
  explicit ProofHasher(const ProofSalt& salt);
  void Update(crypto::ByteView piece) { hash_.Update(piece); }
  // May be called once.
  crypto::Digest Finish() { return hash_.Finish(); }

 private:
  crypto::Sha256Stream hash_;
};

// The RFC 6962 root over the digests in ascending order; all zero when there is none.
crypto::Digest ProofsRoot(std::vector<crypto::Digest> digests);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_PROOFS_H_
