// The e-mail rule of docs/normalisation.md.
#ifndef DAFTAR_NODE_IDENTITY_EMAIL_H_
#define DAFTAR_NODE_IDENTITY_EMAIL_H_

#include <string_view>

#include "node/identity/refusal.h"

namespace daftar::identity {

// Bytes (RFC 5321 section 4.5.3.1, RFC 1035 section 2.3.4).
inline constexpr size_t kMaxLocalPart = 64;
inline constexpr size_t kMaxDomain = 253;
inline constexpr size_t kMaxLabel = 63;

// REQUIRES: `text` is trimmed and ASCII.
Outcome NormaliseEmail(std::string_view text);

}  // namespace daftar::identity

#endif  // DAFTAR_NODE_IDENTITY_EMAIL_H_
