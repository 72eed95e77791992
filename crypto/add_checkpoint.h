// The body of C2SP tlog-witness's add-checkpoint: a head of a log, and the proof that it continues
// the one of `old_size`.
#ifndef DAFTAR_CRYPTO_ADD_CHECKPOINT_H_
#define DAFTAR_CRYPTO_ADD_CHECKPOINT_H_

#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/checkpoint.h"
#include "crypto/note.h"

namespace daftar::crypto {

// kMaxProofHashes lines of a proof and a note with kMaxNoteSignatures lines are shorter.
inline constexpr size_t kMaxAddCheckpointBytes = 64 << 10;

// Nothing in it is verified yet.
struct AddCheckpoint {
  uint64_t old_size = 0;
  std::vector<Digest> proof;  // at most kMaxProofHashes
  Note note;
  Checkpoint checkpoint;  // what the note's text says
  std::string ToString() const;
};

// Strict: `old <size>` without leading zeros and below 2^63, proof lines in canonical base64, an
// empty line, then a note whose text is a checkpoint. That `old_size` is at most the checkpoint's
// is the caller's to check. InvalidArgument naming the fault. Pure.
absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(std::string_view body);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_ADD_CHECKPOINT_H_
