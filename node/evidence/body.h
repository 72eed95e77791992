// The bodies of log entries: what an ERASURE deletes (docs/protocol.md, "Bodies"). Encoding cannot
// fail on the fixed-size ones; decoding refuses everything that is not exactly what encoding
// writes.
#ifndef DAFTAR_NODE_EVIDENCE_BODY_H_
#define DAFTAR_NODE_EVIDENCE_BODY_H_

#include <array>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/seal.h"
#include "crypto/signing.h"
#include "node/evidence/facts.h"
#include "node/evidence/header.h"

namespace daftar::evidence {

using Salt = crypto::FixedBytes<struct SaltTag, 32>;
using Token = crypto::FixedBytes<struct TokenTag, 32>;
using KeyCommitment = crypto::FixedBytes<struct KeyCommitmentTag, 32>;
using CircleId = crypto::FixedBytes<struct CircleIdTag, 16>;
using CharterHash = crypto::FixedBytes<struct CharterHashTag, 32>;

// One of up to four labels of a REPORT or RELABEL; unused ones are random.
struct Slot {
  Token token;
  crypto::Digest wrapped_key;  // K xor wrap
  friend bool operator==(const Slot&, const Slot&) = default;
};
inline constexpr size_t kSlots = 4;

inline constexpr size_t kSealedFactsBytes = kFactsBytes + crypto::kSealOverhead;

struct ReportBody {
  static constexpr size_t kSize = 616;
  Salt salt;
  KeyCommitment key_commitment;
  std::array<Slot, kSlots> slots;
  crypto::SealNonce nonce;
  std::array<uint8_t, kSealedFactsBytes> sealed_facts{};
  Bytes Encode() const;
  // InvalidArgument for a wrong length.
  static absl::StatusOr<ReportBody> Decode(ByteView bytes);
  friend bool operator==(const ReportBody&, const ReportBody&) = default;
};

// SETTLEMENT, DISPUTE, RESOLUTION, CORRECTION, WITHDRAWAL.
struct UpdateBody {
  static constexpr size_t kSize = 360;
  Salt salt;
  KeyCommitment key_commitment;
  crypto::SealNonce nonce;
  std::array<uint8_t, kSealedFactsBytes> sealed_facts{};
  Bytes Encode() const;
  // InvalidArgument for a wrong length.
  static absl::StatusOr<UpdateBody> Decode(ByteView bytes);
  friend bool operator==(const UpdateBody&, const UpdateBody&) = default;
};

struct RelabelBody {
  static constexpr size_t kSize = 320;
  Salt salt;
  KeyCommitment key_commitment;
  std::array<Slot, kSlots> slots;
  Bytes Encode() const;
  // InvalidArgument for a wrong length.
  static absl::StatusOr<RelabelBody> Decode(ByteView bytes);
  friend bool operator==(const RelabelBody&, const RelabelBody&) = default;
};

struct KeysBody {
  static constexpr size_t kSize = 242;
  Salt salt;
  crypto::PublicKey entry;
  crypto::PublicKey head;
  crypto::PublicKey mirror;
  crypto::PublicKey self;
  crypto::Digest tls_spki;
  uint32_t epoch = 0;
  crypto::FixedBytes<struct VoprfPublicTag, 32> voprf;  // a canonical element, checked by Decode
  Bytes Encode() const;
  // InvalidArgument for a wrong length or prefix, a VOPRF key that is no canonical element or the
  // identity, or a signing key that stands in two roles (each key has one use: a cosignature does
  // not commit to its role).
  static absl::StatusOr<KeysBody> Decode(ByteView bytes);
  friend bool operator==(const KeysBody&, const KeysBody&) = default;
};

struct CharterBody {
  static constexpr size_t kSize = 66;
  Salt salt;
  CharterHash charter;
  Bytes Encode() const;
  // InvalidArgument for a wrong length or prefix.
  static absl::StatusOr<CharterBody> Decode(ByteView bytes);
  friend bool operator==(const CharterBody&, const CharterBody&) = default;
};

struct AdoptionBody {
  static constexpr size_t kMaxSize = 144 + kMaxOriginBytes;
  Salt salt;
  std::string old_origin;
  uint64_t size = 0;  // of the old log, below 2^63
  crypto::Digest root;
  crypto::Signature old_entry_signature;  // over AdoptionStatement
  Bytes Encode() const;
  // InvalidArgument for a wrong length or prefix, a malformed origin, or a size of 2^63 or more.
  static absl::StatusOr<AdoptionBody> Decode(ByteView bytes);
  friend bool operator==(const AdoptionBody&, const AdoptionBody&) = default;
};

// What the old entry key signs in an ADOPTION: the DSSE encoding that binds the end of the old log
// to the new log's origin and entry key, so that nobody else can adopt the old log.
Bytes AdoptionStatement(std::string_view new_origin, const crypto::PublicKey& new_entry_key,
                        std::string_view old_origin, uint64_t size, const crypto::Digest& root);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_BODY_H_
