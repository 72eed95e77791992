// The header of a log entry: the canonical bytes that are signed and hashed into the tree for ever
// (docs/protocol.md, "Header"). It holds nothing about a person.
#ifndef DAFTAR_NODE_EVIDENCE_HEADER_H_
#define DAFTAR_NODE_EVIDENCE_HEADER_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signing.h"

namespace daftar::evidence {

using crypto::Bytes;
using crypto::ByteView;

// Numbers are in entries: never renumber.
enum class EntryKind : uint8_t {
  kReport = 1,
  kSettlement = 2,
  kDispute = 3,
  kResolution = 4,
  kCorrection = 5,
  kWithdrawal = 6,
  kErasure = 7,
  kRelabel = 8,
  kKeys = 9,
  kCharter = 10,
  kAdoption = 11,
};
std::string_view KindName(EntryKind kind);  // "REPORT"; "UNKNOWN" for a number that no kind has
// SETTLEMENT, DISPUTE, RESOLUTION, CORRECTION, WITHDRAWAL: the kinds with an UpdateBody.
bool IsUpdate(EntryKind kind);
// Kinds 2 to 8: the header's `about` is the index of a REPORT.
bool IsAboutReport(EntryKind kind);

// The header's `ground`: why an ERASURE was made; 0 for every other kind. Numbers are in entries.
enum class ErasureGround : uint8_t {
  kNone = 0,
  kPaid = 1,
  kUpheld = 2,
  kExpired = 3,
  kRequest = 4,
  kMistake = 5,
};

using Commitment = crypto::FixedBytes<struct CommitmentTag, 32>;

inline constexpr uint64_t kAboutNothing = ~uint64_t{0};
// Indexes and times stay below 2^63, as C2SP asks of sizes and timestamps.
inline constexpr uint64_t kMaxIndexOrTime = (uint64_t{1} << 63) - 1;
inline constexpr size_t kMaxOriginBytes = 200;
// What precedes the origin's bytes.
inline constexpr size_t kHeaderFixedBytes = 67;
inline constexpr size_t kMaxHeaderBytes = kHeaderFixedBytes + kMaxOriginBytes;
inline constexpr size_t kMaxLeafBytes = kMaxHeaderBytes + crypto::Signature::kSize;

// The DSSE type under which headers are signed.
inline constexpr std::string_view kEntrySignatureType = "application/vnd.daftar.entry.v1+bin";

// 1 to 200 bytes of [a-z0-9./-]. InvalidArgument with the rule and an example.
absl::Status CheckOrigin(std::string_view origin);

// Key names of a log's keys: the origin itself for heads.
inline std::string MirrorKeyName(std::string_view origin) {
  return std::string(origin) + "/mirror";
}
inline std::string SelfKeyName(std::string_view origin) { return std::string(origin) + "/self"; }
// Start of SHA-256(origin || "/entry" || 0x0A || 0x01 || public key).
crypto::KeyId EntryKeyId(std::string_view origin, const crypto::PublicKey& key);

// A value. Encode aborts on what Decode would refuse (a programmer's error).
struct Header {
  EntryKind kind = EntryKind::kReport;
  ErasureGround ground = ErasureGround::kNone;
  uint64_t index = 0;
  uint64_t issued_at = 0;  // Unix seconds
  uint64_t about = kAboutNothing;
  crypto::KeyId signer;
  Commitment commitment;
  std::string origin;

  Bytes Encode() const;
  // InvalidArgument, naming the rule, unless: the kind is known, `ground` has one of its values
  // with ERASURE and is 0 otherwise, `about` is below `index` for kinds 2 to 8 and kAboutNothing
  // for 1 and 9 to 11, the commitment is zero exactly with ERASURE, the origin keeps its rule, and
  // index and issued_at are below 2^63.
  static absl::StatusOr<Header> Decode(ByteView bytes);
  friend bool operator==(const Header&, const Header&) = default;
};

// header || signature: a leaf of the log.
struct SignedHeader {
  Header header;
  Bytes header_bytes;  // exactly the bytes that were signed
  crypto::Signature signature;

  Bytes Leaf() const;
  // InvalidArgument for a wrong length or a header that does not decode. Verifies no signature.
  static absl::StatusOr<SignedHeader> DecodeLeaf(ByteView leaf);
  // Whether `key` made the signature and has the header's signer ID.
  bool VerifiedBy(const crypto::PublicKey& key) const;
};

// Signs under DSSE; the result's signer ID is that of `entry_key`, whatever `header` holds there.
SignedHeader SignHeader(const Header& header, const crypto::SigningKey& entry_key);

// SHA-256("daftar/body/v1" || body).
Commitment CommitTo(ByteView body);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_HEADER_H_
