// Passwords of people: Argon2id (RFC 9106) through libsodium, in its own text form.
#ifndef DAFTAR_CRYPTO_PASSWORD_H_
#define DAFTAR_CRYPTO_PASSWORD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace daftar::crypto {

inline constexpr uint64_t kPasswordPasses = 2;               // over the memory; about 100 ms
inline constexpr size_t kPasswordMemory = size_t{64} << 20;  // bytes
// Hashed or compared at once in this process: bounds the memory that strangers can make it take.
inline constexpr int kMaxPasswordsAtOnce = 2;
inline constexpr size_t kMinPasswordBytes = 10;
inline constexpr size_t kMaxPasswordBytes = 200;

// "$argon2id$...", with a salt of its own and what it took. Any thread; takes about 100 ms and
// 64 MiB.
//   ResourceExhausted  kMaxPasswordsAtOnce are under way, or there is no memory: try again
absl::StatusOr<std::string> HashPassword(std::string_view password);

// Whether `password` is the one that `hash` was made of. An empty hash stands for a user that there
// is none of, or who has no password: it takes as long as any other and fits nothing. Errors and
// costs as HashPassword.
absl::StatusOr<bool> PasswordFits(std::string_view hash, std::string_view password);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_PASSWORD_H_
