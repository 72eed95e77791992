// The pairing code: all that one operator reads to another, in one line.
#ifndef DAFTAR_NODE_PARTNERS_INVITE_H_
#define DAFTAR_NODE_PARTNERS_INVITE_H_

#include <string>
#include <string_view>

#include "crypto/certificate.h"
#include "node/evidence/entry.h"

namespace daftar::partners {

using InviteSecret = crypto::FixedBytes<struct InviteSecretTag, 16>;

inline constexpr size_t kMaxInviteCode = 1200;  // characters
inline constexpr int64_t kDefaultInviteSeconds = 24 * 3600;
inline constexpr int64_t kMaxInviteSeconds = 7 * 24 * 3600;

struct Invite {
  std::string endpoint;
  crypto::SpkiPin pin;
  InviteSecret secret;
  int64_t expires_at = 0;  // Unix seconds
  evidence::CircleId circle;
  evidence::CharterHash charter;
  std::string origin;
  crypto::Digest first_leaf;  // leaf hash of the inviter's entry 0

  // "daftar1-" and base64url with a checksum, so that a code cut short when it was copied is told
  // from a wrong one.
  std::string ToCode() const;
  // Spaces and line breaks inside are dropped (mail programs wrap). InvalidArgument otherwise.
  static absl::StatusOr<Invite> FromCode(std::string_view code);
  friend bool operator==(const Invite&, const Invite&) = default;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_INVITE_H_
