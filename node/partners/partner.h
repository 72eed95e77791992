// A node that this one has accepted, and how nodes introduce themselves.
#ifndef DAFTAR_NODE_PARTNERS_PARTNER_H_
#define DAFTAR_NODE_PARTNERS_PARTNER_H_

#include <optional>
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

// Numbers are on disk: never renumber.
enum class SuccessionStage : uint8_t {
  kWaits = 1,     // until an operator accepts it: nothing of the new log counts or is copied
  kAccepted = 2,  // what is kept of the old log is being deleted
  kCleared = 3,   // and is gone, but for its entries without their bodies
  // As kWaits, and the partner has shown yet another log in the place of its own since.
  kContested = 4,
};

// The log that a partner began in the place of this one, with an ADOPTION that its old entry key
// has signed.
struct Succession {
  std::string origin;         // of the new log
  crypto::Digest first_leaf;  // leaf hash of the ADOPTION
  // The newest head of the old log that the partner knew.
  uint64_t size = 0;
  crypto::Digest root;
  SuccessionStage stage = SuccessionStage::kWaits;
  friend bool operator==(const Succession&, const Succession&) = default;
};

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
  std::optional<Succession> succession;  // accepted: then the partner is kRemoved

  // Whether another log has taken the place of this one here.
  bool replaced() const {
    return succession.has_value() && (succession->stage == SuccessionStage::kAccepted ||
                                      succession->stage == SuccessionStage::kCleared);
  }
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
  // Entry 1, when entry 0 is an ADOPTION; empty otherwise.
  crypto::Bytes second_leaf;
  crypto::Bytes second_body;
  std::string certificate_pem;
};

// host:port with a port of 1 to 65535, brackets around IPv6. InvalidArgument with an example.
absl::Status CheckEndpoint(std::string_view endpoint);
// Whether partners can be told this address: not the unspecified one (0.0.0.0, ::).
bool IsOffered(std::string_view endpoint);

// Ok when the card is whole: origin, name, endpoint and certificate within bounds, the beginning of
// the log as ReadBeginning wants it, and the TLS key of its KEYS the certificate's.
// InvalidArgument saying what is wrong.
absl::Status CheckCard(const NodeCard& card);

// The command with which an operator accepts the new log of `partner`. REQUIRES that one waits.
std::string AcceptCommand(const Partner& partner);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_PARTNER_H_
