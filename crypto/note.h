// C2SP signed notes (signed-note v1.0.0): a text with signature lines. Parsing is strict; a line of
// a known key that fails rejects the whole note, unknown lines are kept and ignored.
//
// All functions are pure and may be called from any thread. Errors name the fault and the line,
// never the content.
#ifndef DAFTAR_CRYPTO_NOTE_H_
#define DAFTAR_CRYPTO_NOTE_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/signing.h"

namespace daftar::crypto {

inline constexpr size_t kMaxNoteBytes = 1 << 20;
inline constexpr size_t kMaxNoteSignatures = 100;
inline constexpr size_t kMaxKeyNameBytes = 255;

// Ok when `name` can be a key's name: 1 to kMaxKeyNameBytes bytes of UTF-8 without control bytes,
// Unicode spaces and '+'. InvalidArgument otherwise.
absl::Status CheckKeyName(std::string_view name);

// Ok when `text` can be a note's text: valid UTF-8 without control bytes but LF, ending in LF, at
// most kMaxNoteBytes. InvalidArgument otherwise.
absl::Status CheckNoteText(std::string_view text);

// A verifier key: who may sign, with which key, in which form. The text form is
// `name+hhhhhhhh+base64(type || public key)`.
struct NoteKey {
  std::string name;
  KeyType type = KeyType::kEd25519;
  PublicKey key;
  KeyId id() const { return NoteKeyId(name, type, key); }
  std::string ToVkey() const;
  // InvalidArgument for a malformed text, an unknown type, or an ID that does not fit the key.
  static absl::StatusOr<NoteKey> FromVkey(std::string_view vkey);
  friend bool operator==(const NoteKey&, const NoteKey&) = default;
};

struct NoteSignature {
  std::string name;
  KeyId id;
  Bytes blob;  // what follows the key ID in the base64: signature, or timestamp || signature
  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

// A parsed note; nothing in it is verified yet.
struct Note {
  std::string text;  // ends in LF; this is what signatures cover
  std::vector<NoteSignature> signatures;
  // The exact bytes that ParseNote read.
  std::string ToString() const;
};

// Strict: valid UTF-8, no control bytes but LF, last empty line separates, at least one and at most
// kMaxNoteSignatures signature lines, canonical base64. InvalidArgument naming the fault.
absl::StatusOr<Note> ParseNote(std::string_view note);

// A type-0x01 signature over `text`, as a line of the note.
// REQUIRES CheckNoteText(text) and CheckKeyName(key_name) to be Ok; aborts otherwise, because a
// signature over a text that no reader accepts must never be made.
NoteSignature SignNote(std::string_view text, const std::string& key_name, const SigningKey& key);

// Verifies every line whose (name, key ID) belongs to one of `known` (type 0x01 or 0x04). Returns
// the keys that signed, each once, in the order of their first lines, with the timestamp of a
// cosignature (0 otherwise; the newest where one key has several lines, all of which must verify).
// PermissionDenied when no known key signed; InvalidArgument when a known key's line fails, or when
// two different known keys share the name and ID of a line.
struct VerifiedSigner {
  NoteKey key;
  uint64_t timestamp = 0;  // Unix seconds, cosignatures only
};
absl::StatusOr<std::vector<VerifiedSigner>> VerifyNote(const Note& note,
                                                       std::span<const NoteKey> known);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_NOTE_H_
