// Authenticated encryption of what is larger than memory should hold: libsodium's secretstream
// (XChaCha20-Poly1305) over chunks of one size, of which only the last may be shorter. Chunks that
// are changed, missing, repeated, in another order or of another stream do not open, nor does a
// stream that was cut or has something behind its end.
#ifndef DAFTAR_CRYPTO_STREAM_SEAL_H_
#define DAFTAR_CRYPTO_STREAM_SEAL_H_

#include <array>

#include "crypto/bytes.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"

namespace daftar::crypto {

inline constexpr size_t kStreamChunkBytes = 64 << 10;  // of plaintext
inline constexpr size_t kStreamChunkOverhead = 17;     // tag byte and Poly1305
using StreamHeader = FixedBytes<struct StreamHeaderTag, 24>;

// How many bytes the chunks of `plaintext_bytes` have when sealed, without the header. An empty
// stream has one empty chunk.
uint64_t SealedStreamBytes(uint64_t plaintext_bytes);

// The state of one stream, wiped when it goes. One thread.
class StreamState {
 protected:
  StreamState(const Secret32& key, const StreamHeader& header);
  ~StreamState();

 public:
  StreamState(const StreamState&) = delete;
  StreamState& operator=(const StreamState&) = delete;

 protected:
  // crypto_secretstream_xchacha20poly1305_state, checked in the .cc
  alignas(8) std::array<uint8_t, 64> state_;
};

class StreamSealer : public StreamState {
 public:
  // A key may serve several streams: the header, which goes in front of the chunks, is random.
  StreamSealer(const Secret32& key, Entropy& entropy)
      : StreamSealer(key, entropy.Public<StreamHeader>()) {}
  const StreamHeader& header() const { return header_; }
  // The next chunk, sealed. REQUIRES kStreamChunkBytes, or at most that for the last; nothing is
  // sealed after the last.
  Bytes Seal(ByteView chunk, bool last);

 private:
  StreamSealer(const Secret32& key, const StreamHeader& header)
      : StreamState(key, header), header_(header) {}
  const StreamHeader header_;
  bool ended_ = false;
};

class StreamOpener : public StreamState {
 public:
  StreamOpener(const Secret32& key, const StreamHeader& header) : StreamState(key, header) {}
  // The next chunk, opened; `last`: nothing follows it. InvalidArgument, and nothing more opens,
  // when it is not the chunk that was sealed at this place under this key and header, or the stream
  // did not end, or ended before, here. What came before is good, but is all of the stream only
  // once the last chunk has opened.
  absl::StatusOr<SecretBytes> Open(ByteView sealed, bool last);

 private:
  bool ended_ = false;
};

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_STREAM_SEAL_H_
