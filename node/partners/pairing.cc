#include "node/partners/pairing.h"

#include <algorithm>

#include "crypto/merkle.h"

namespace daftar::partners {

namespace {

// The other side dials this address.
absl::Status CheckOffered(const std::string& endpoint) {
  if (IsOffered(endpoint)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "this node listens on every address (" + endpoint +
      ") and does not know which one partners reach it at; set peer.advertise = \"HOST:PORT\" in "
      "config.toml (or --peer-advertise at `daftar init`) and start it again");
}

}  // namespace

absl::StatusOr<Pairing::MadeInvite> Pairing::Invite(const storage::Caller& caller,
                                                    int64_t valid_for_seconds) {
  if (valid_for_seconds == 0) valid_for_seconds = kDefaultInviteSeconds;
  if (valid_for_seconds < 60 || valid_for_seconds > kMaxInviteSeconds) {
    return absl::InvalidArgumentError("an invite is valid for 1 minute to 7 days");
  }
  auto earlier = registry_.FindInvite(caller);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    auto made = partners::Invite::FromCode(**earlier);
    if (!made.ok()) return absl::DataLossError("the code that this request made is malformed");
    return MadeInvite{**earlier, made->expires_at, made->endpoint};
  }
  auto card = card_();
  if (!card.ok()) return card.status();
  if (absl::Status status = CheckOffered(card->endpoint); !status.ok()) return status;
  partners::Invite invite;
  invite.endpoint = card->endpoint;
  invite.pin = own_pin_;
  invite.secret = entropy_.Public<InviteSecret>();
  invite.expires_at = clock_.Now().seconds() + valid_for_seconds;
  invite.circle = card->circle;
  invite.charter = card->charter;
  invite.origin = card->origin;
  invite.first_leaf = crypto::MerkleLeafHash(card->first_leaf);
  const std::string code = invite.ToCode();
  absl::Status added = registry_.AddInvite(caller, invite.secret, invite.expires_at, code);
  if (!added.ok()) return added;
  return MadeInvite{code, invite.expires_at, invite.endpoint};
}

absl::Status Pairing::CheckCircle(const NodeCard& own, const evidence::CircleId& circle,
                                  const evidence::CharterHash& charter,
                                  std::string_view other) const {
  if (circle != own.circle) {
    return absl::InvalidArgumentError(std::string(other) + " belongs to the circle " +
                                      circle.hex() + ", this node to " + own.circle.hex() +
                                      "; partners need charters of one circle");
  }
  if (charter != own.charter) {
    return absl::InvalidArgumentError(
        std::string(other) + " has the charter " + charter.hex() + ", this node " +
        own.charter.hex() +
        "; adopt the same charter on both first (daftar charter adopt FILE --because TEXT)");
  }
  return absl::OkStatus();
}

absl::StatusOr<Partner> Pairing::Join(const storage::Caller& caller, std::string_view code) {
  auto invite = partners::Invite::FromCode(code);
  if (!invite.ok()) return invite.status();
  auto own = card_();
  if (!own.ok()) return own.status();
  if (invite->origin == own->origin) {
    return absl::InvalidArgumentError(
        "the code is this node's own, or the partner has the same origin (" + own->origin +
        "); give it to the partner, or give one of the two nodes another origin");
  }
  if (invite->expires_at <= clock_.Now().seconds()) {
    return absl::InvalidArgumentError("the code has expired; ask " + invite->origin +
                                      " for a new one");
  }
  if (absl::Status status = CheckOffered(own->endpoint); !status.ok()) return status;
  absl::Status same = CheckCircle(*own, invite->circle, invite->charter, invite->origin);
  if (!same.ok()) return same;
  auto card = network_.Pair(invite->endpoint, invite->pin, invite->secret, *own, kPairDeadline);
  if (!card.ok()) return card.status();
  if (card->origin != invite->origin ||
      crypto::MerkleLeafHash(card->first_leaf) != invite->first_leaf) {
    return absl::InvalidArgumentError("the node at " + invite->endpoint +
                                      " introduced itself otherwise than its code says; nothing "
                                      "was paired");
  }
  same = CheckCircle(*own, card->circle, card->charter, card->origin);
  if (!same.ok()) return same;
  auto certificate = crypto::InspectCertificate(card->certificate_pem);
  if (!certificate.ok() || certificate->pin != invite->pin) {
    return absl::InvalidArgumentError("the certificate of " + card->origin +
                                      " is not the one its code names; nothing was paired");
  }
  return registry_.Add(caller, *card);
}

absl::StatusOr<NodeCard> Pairing::Accept(const InviteSecret& secret, const NodeCard& card,
                                         const crypto::SpkiPin& pin,
                                         const std::string& certificate_pem) {
  // First of all: whoever has no secret learns nothing from the refusals below.
  if (absl::Status allowed = registry_.CheckInvite(secret, pin); !allowed.ok()) return allowed;
  auto own = card_();
  if (!own.ok()) return own.status();
  if (absl::Status status = CheckCard(card); !status.ok()) return status;
  if (card.origin == own->origin) {
    return absl::InvalidArgumentError("the joining node has this node's own origin, " +
                                      own->origin + "; give it another");
  }
  absl::Status same = CheckCircle(*own, card.circle, card.charter, card.origin);
  if (!same.ok()) return same;
  auto certificate = crypto::InspectCertificate(card.certificate_pem);
  if (!certificate.ok() || certificate->pin != pin) {
    return absl::InvalidArgumentError(
        "the certificate in the introduction is not the one of the connection");
  }
  NodeCard pinned = card;
  pinned.certificate_pem = certificate_pem;
  auto partner = registry_.AcceptInvite(secret, pinned);
  if (!partner.ok()) return partner.status();
  return own;
}

}  // namespace daftar::partners
