#include "crypto/stream_seal.h"

#include <sodium.h>

#include <algorithm>
#include <cassert>

namespace daftar::crypto {
namespace {

using State = crypto_secretstream_xchacha20poly1305_state;

static_assert(sizeof(State) <= 64);
static_assert(StreamHeader::kSize == crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(Secret32::kSize == crypto_secretstream_xchacha20poly1305_KEYBYTES);
static_assert(kStreamChunkOverhead == crypto_secretstream_xchacha20poly1305_ABYTES);

template <size_t N>
State* In(std::array<uint8_t, N>& bytes) {
  return reinterpret_cast<State*>(bytes.data());
}

}  // namespace

uint64_t SealedStreamBytes(uint64_t plaintext_bytes) {
  const uint64_t chunks =
      plaintext_bytes == 0 ? 1 : (plaintext_bytes + kStreamChunkBytes - 1) / kStreamChunkBytes;
  return plaintext_bytes + chunks * kStreamChunkOverhead;
}

// Both directions begin with the same state. libsodium's init_push would draw the header itself,
// past the Entropy port; the tests read these streams with libsodium's own functions and back.
StreamState::StreamState(const Secret32& key, const StreamHeader& header) : state_{} {
  (void)crypto_secretstream_xchacha20poly1305_init_pull(In(state_), header.data(),
                                                        key.Expose().data());
}

StreamState::~StreamState() { Wipe(state_.data(), state_.size()); }

Bytes StreamSealer::Seal(ByteView chunk, bool last) {
  assert(!ended_ && chunk.size() <= kStreamChunkBytes);
  assert(last || chunk.size() == kStreamChunkBytes);
  ended_ = last;
  Bytes sealed(chunk.size() + kStreamChunkOverhead);
  (void)crypto_secretstream_xchacha20poly1305_push(
      In(state_), sealed.data(), nullptr, chunk.data(), chunk.size(), nullptr, 0,
      last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
           : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  return sealed;
}

absl::StatusOr<SecretBytes> StreamOpener::Open(ByteView sealed, bool last) {
  const absl::Status wrong = absl::InvalidArgumentError(
      "a sealed stream does not open: it is damaged, cut, in another order, or sealed with another "
      "key");
  const size_t bytes = sealed.size() - std::min(sealed.size(), kStreamChunkOverhead);
  const bool fits = sealed.size() >= kStreamChunkOverhead && bytes <= kStreamChunkBytes &&
                    (last || bytes == kStreamChunkBytes);
  if (ended_ || !fits) {
    ended_ = true;
    return wrong;
  }
  Bytes plain(bytes);
  uint8_t tag = 0;
  const int opened = crypto_secretstream_xchacha20poly1305_pull(
      In(state_), plain.data(), nullptr, &tag, sealed.data(), sealed.size(), nullptr, 0);
  SecretBytes chunk(std::move(plain));
  const bool final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  ended_ = opened != 0 || last || final;
  if (opened != 0 || final != last) return wrong;
  return chunk;
}

}  // namespace daftar::crypto
