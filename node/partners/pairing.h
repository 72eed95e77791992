// Two operators make two nodes partners with one code (DESIGN section 6): making it is one side's
// consent, using it the other's, and nothing flows before both.
#ifndef DAFTAR_NODE_PARTNERS_PAIRING_H_
#define DAFTAR_NODE_PARTNERS_PAIRING_H_

#include <chrono>
#include <functional>
#include <string>

#include "crypto/entropy.h"
#include "node/evidence/clock.h"
#include "node/partners/network.h"
#include "node/partners/registry.h"
#include "storage/caller.h"

namespace daftar::partners {

inline constexpr std::chrono::milliseconds kPairDeadline{10'000};

// Any thread may call. `card` gives this node's introduction (its endpoint may be configured late);
// references outlive the object.
class Pairing {
 public:
  Pairing(Registry& registry, Network& network, const evidence::Clock& clock,
          crypto::Entropy& entropy, crypto::SpkiPin own_pin,
          std::function<absl::StatusOr<NodeCard>()> card)
      : registry_(registry),
        network_(network),
        clock_(clock),
        entropy_(entropy),
        own_pin_(own_pin),
        card_(std::move(card)) {}

  struct MadeInvite {
    std::string code;
    int64_t expires_at = 0;
    std::string endpoint;
  };
  // FailedPrecondition when the address that partners would be offered is not known: a node that
  // listens on every address has to be told (a loopback address is offered only when it was
  // configured, word for word).
  absl::StatusOr<MadeInvite> Invite(const storage::Caller& caller, int64_t valid_for_seconds);

  // The joiner's side. InvalidArgument for a damaged code, another circle or charter (both hashes
  // are named), this node's own code, or an answer that does not fit the code; PermissionDenied
  // when the other side refused; Unavailable or DeadlineExceeded when it was not reached.
  absl::StatusOr<Partner> Join(const storage::Caller& caller, std::string_view code);

  // The inviter's side, called for a node whose certificate nobody has pinned yet: checks secret
  // and card, adds the partner, gives this node's own card back. `pin` and `certificate_pem` are
  // those of the connection.
  absl::StatusOr<NodeCard> Accept(const InviteSecret& secret, const NodeCard& card,
                                  const crypto::SpkiPin& pin, const std::string& certificate_pem);

 private:
  absl::Status CheckCircle(const NodeCard& own, const evidence::CircleId& circle,
                           const evidence::CharterHash& charter, std::string_view other) const;

  Registry& registry_;
  Network& network_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  const crypto::SpkiPin own_pin_;
  const std::function<absl::StatusOr<NodeCard>()> card_;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_PAIRING_H_
