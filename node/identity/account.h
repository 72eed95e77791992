// The rules of docs/normalisation.md for accounts: with a bank, and with a marketplace.
#ifndef DAFTAR_NODE_IDENTITY_ACCOUNT_H_
#define DAFTAR_NODE_IDENTITY_ACCOUNT_H_

#include <string_view>

#include "node/identity/refusal.h"

namespace daftar::identity {

inline constexpr size_t kMinAccountDigits = 4;
inline constexpr size_t kMaxAccountDigits = 34;
inline constexpr size_t kMaxPlatform = 32;    // bytes
inline constexpr size_t kMaxHandleName = 64;  // bytes

// Both REQUIRE that `text` is trimmed and ASCII.
Outcome NormaliseBankAccount(std::string_view text);
Outcome NormaliseHandle(std::string_view text);

}  // namespace daftar::identity

#endif  // DAFTAR_NODE_IDENTITY_ACCOUNT_H_
