// The statement by which a node passes a person's dispute on to the issuer of a report and to its
// own partners (docs/protocol.md, "Relayed disputes"). It names an entry, never a person.
#ifndef DAFTAR_NODE_EVIDENCE_RELAY_H_
#define DAFTAR_NODE_EVIDENCE_RELAY_H_

#include <string>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "crypto/signing.h"
#include "node/evidence/clock.h"
#include "node/evidence/header.h"

namespace daftar::evidence {

// The DSSE type under which statements are signed.
inline constexpr std::string_view kRelaySignatureType = "application/vnd.daftar.relay.v1+bin";

using RelayMac = crypto::FixedBytes<struct RelayMacTag, 32>;

// A value. Encode aborts on what Decode would refuse (a programmer's error).
struct RelayStatement {
  // What precedes and follows the two origins' bytes, their lengths included.
  static constexpr size_t kFixedBytes = 158;
  static constexpr size_t kMaxSize = kFixedBytes + 2 * kMaxOriginBytes;

  std::string relayer;  // origin of the node that passes it on
  std::string issuer;   // origin of the log with the report
  uint64_t index = 0;   // of the REPORT
  crypto::Digest leaf;  // its leaf hash (RFC 6962)
  Date on;              // the day on which the person said so
  uint64_t at = 0;      // Unix seconds: when the relayer took it down
  RelayMac mac;         // under the report's record key K
  crypto::KeyId signer;
  crypto::Signature signature;

  Bytes Encode() const;
  // InvalidArgument for a wrong length or start, a malformed origin, one node in both roles, an
  // index or time of 2^63 or more, or no day. Verifies nothing.
  static absl::StatusOr<RelayStatement> Decode(ByteView bytes);
  // Whether the relayer's entry key `key` made the signature and has the signer ID.
  bool VerifiedBy(const crypto::PublicKey& key) const;
  // Whether its maker had the report's record key; in constant time.
  bool Proves(const crypto::Secret32& report_key) const;
  friend bool operator==(const RelayStatement&, const RelayStatement&) = default;
};

// With mac, signer and signature, whatever `statement` holds there.
RelayStatement SignRelay(const RelayStatement& statement, const crypto::Secret32& report_key,
                         const crypto::SigningKey& entry_key);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_RELAY_H_
