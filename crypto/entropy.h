// Where randomness comes from. The port lets a simulation repeat a run; production has one source.
#ifndef DAFTAR_CRYPTO_ENTROPY_H_
#define DAFTAR_CRYPTO_ENTROPY_H_

#include <span>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace daftar::crypto {

// Implementations are safe to call from any thread.
class Entropy {
 public:
  virtual ~Entropy() = default;
  // Fills `out` with unpredictable bytes; cannot fail (the system source aborts if it would).
  virtual void Fill(std::span<uint8_t> out) = 0;

  template <class Fixed>
  Fixed Public() {
    Fixed value;
    Fill({value.data(), Fixed::kSize});
    return value;
  }
  Secret32 Secret() {
    Secret32 secret;
    Fill({secret.ExposeMutable(), Secret32::kSize});
    return secret;
  }
};

// The kernel's generator through libsodium. One object for the process.
Entropy& SystemEntropy();

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_ENTROPY_H_
