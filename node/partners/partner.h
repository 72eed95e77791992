// A node that this one has accepted, and how nodes introduce themselves.
#ifndef DAFTAR_NODE_PARTNERS_PARTNER_H_
#define DAFTAR_NODE_PARTNERS_PARTNER_H_

#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/certificate.h"
#include "node/evidence/clock.h"
#include "node/evidence/entry.h"
#include "storage/log_store.h"

namespace daftar::partners {

inline constexpr size_t kMaxPartners = 256;
inline constexpr size_t kMaxNodeNameBytes = 100;
inline constexpr size_t kMaxEndpointBytes = 256;
inline constexpr size_t kMaxCertificateBytes = 8 << 10;

// Numbers are on disk: never renumber.
enum class PartnerStatus : uint8_t {
  kActive = 1,
  kSuspended = 2,  // paired, but neither asked nor answered nor counted
  kRemoved = 3,    // only its copied log remains
};
std::string_view StatusName(PartnerStatus status);

struct Partner {
  std::string origin;
  std::string name;
  std::string endpoint;  // host:port
  PartnerStatus status = PartnerStatus::kActive;
  crypto::SpkiPin pin;
  std::string certificate_pem;
  crypto::Digest first_leaf;  // leaf hash of entry 0
  evidence::CharterHash charter;
  storage::LogNumber log{0};
  evidence::UnixMillis paired_at;

  crypto::Bytes Encode() const;
  static absl::StatusOr<Partner> Decode(crypto::ByteView bytes);  // DataLoss when malformed
  friend bool operator==(const Partner&, const Partner&) = default;
};

// What a node says of itself when pairing.
struct NodeCard {
  std::string origin;
  std::string name;
  std::string endpoint;
  evidence::CircleId circle;
  evidence::CharterHash charter;
  crypto::Bytes first_leaf;  // entry 0: header || signature
  crypto::Bytes first_body;
  std::string certificate_pem;
};

// host:port with a port of 1 to 65535, brackets around IPv6. InvalidArgument with an example.
absl::Status CheckEndpoint(std::string_view endpoint);
// Whether partners can be told this address: not the unspecified one (0.0.0.0, ::).
bool IsOffered(std::string_view endpoint);

// Ok when the card is whole: origin, name, endpoint and certificate within bounds, entry 0 a KEYS
// entry of that origin, signed by its own entry key, and its TLS key the certificate's.
// InvalidArgument saying what is wrong.
absl::Status CheckCard(const NodeCard& card);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_PARTNER_H_
