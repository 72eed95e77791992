// C2SP tlog-checkpoint: what a log head says, as a note's text.
#ifndef DAFTAR_CRYPTO_CHECKPOINT_H_
#define DAFTAR_CRYPTO_CHECKPOINT_H_

#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace daftar::crypto {

struct Checkpoint {
  std::string origin;
  uint64_t size = 0;
  Digest root;
  // The note text: origin, size, base64 root, each with LF. This project writes no extension lines.
  std::string ToText() const;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// Strict: non-empty origin, decimal size without leading zeros and below 2^63, 32-byte root in
// canonical base64, extension lines non-empty (read and ignored). InvalidArgument naming the line.
absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_CHECKPOINT_H_
