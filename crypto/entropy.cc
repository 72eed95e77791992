#include "crypto/entropy.h"

#include <sodium.h>

#include <cstdlib>

namespace daftar::crypto {
namespace {

class SodiumEntropy final : public Entropy {
 public:
  SodiumEntropy() {
    if (sodium_init() < 0) std::abort();
  }
  void Fill(std::span<uint8_t> out) override { randombytes_buf(out.data(), out.size()); }
};

}  // namespace

Entropy& SystemEntropy() {
  static SodiumEntropy entropy;
  return entropy;
}

}  // namespace daftar::crypto
