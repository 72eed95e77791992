// Fakes for clock and entropy: the only two besides network and disk faults that tests may fake.
#ifndef DAFTAR_TESTS_SUPPORT_FAKES_H_
#define DAFTAR_TESTS_SUPPORT_FAKES_H_

#include <mutex>

#include "crypto/entropy.h"
#include "crypto/hash.h"

namespace daftar::testing {

// A repeatable stream: SHA-256(seed || counter) blocks. Threads may share one.
class FakeEntropy final : public crypto::Entropy {
 public:
  explicit FakeEntropy(uint64_t seed = 1) : seed_(seed) {}
  void Fill(std::span<uint8_t> out) override {
    std::lock_guard lock(mutex_);
    size_t done = 0;
    while (done < out.size()) {
      crypto::Writer writer;
      writer.U64(seed_).U64(counter_++);
      const crypto::Digest block = crypto::Sha256(writer.bytes());
      const size_t take = std::min(out.size() - done, crypto::Digest::kSize);
      std::copy_n(block.data(), take, out.data() + done);
      done += take;
    }
  }

 private:
  std::mutex mutex_;
  uint64_t seed_;
  uint64_t counter_ = 0;
};

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_SUPPORT_FAKES_H_
