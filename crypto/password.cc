#include "crypto/password.h"

#include <sodium.h>

#include <array>
#include <atomic>
#include <cstdlib>

#include "absl/status/status.h"

namespace daftar::crypto {
namespace {

std::atomic<int> under_way{0};

// One of the places for passwords under way, while it lives.
class Place {
 public:
  Place() : taken_(under_way.fetch_add(1) < kMaxPasswordsAtOnce) {
    if (!taken_) under_way.fetch_sub(1);
  }
  ~Place() {
    if (taken_) under_way.fetch_sub(1);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool taken() const { return taken_; }

 private:
  const bool taken_;
};

absl::Status Busy() {
  return absl::ResourceExhaustedError(
      "other passwords are being looked at right now; try again in a second");
}

absl::StatusOr<std::string> Hash(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), kPasswordPasses,
                            kPasswordMemory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return absl::ResourceExhaustedError("not enough memory to hash a password; try again");
  }
  return std::string(out.data());
}

// The same parameters as Hash gives; the salt and the hash are all zero bits.
constexpr char kNobodys[] =
    "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
static_assert(kPasswordMemory == size_t{65536} * 1024 && kPasswordPasses == 2);

void Begin() {
  if (sodium_init() < 0) std::abort();
}

}  // namespace

absl::StatusOr<std::string> HashPassword(std::string_view password) {
  Begin();
  const Place place;
  if (!place.taken()) return Busy();
  return Hash(password);
}

absl::StatusOr<bool> PasswordFits(std::string_view hash, std::string_view password) {
  Begin();
  const Place place;
  if (!place.taken()) return Busy();
  const std::string text(hash.empty() ? std::string_view(kNobodys) : hash);
  const bool fits = crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
  return fits && !hash.empty();
}

}  // namespace daftar::crypto
