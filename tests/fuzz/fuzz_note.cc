// Signed notes and verifier keys: what parses is written back to the byte, and verifying with keys
// that the note names never crashes nor accepts a signature that nobody made.
#include <cstdlib>

#include "crypto/note.h"

using daftar::crypto::AsText;
using daftar::crypto::KeyType;
using daftar::crypto::NoteKey;
using daftar::crypto::ParseNote;

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = AsText({data, size});
  if (auto key = NoteKey::FromVkey(text); key.ok()) Require(key->ToVkey() == text);

  auto note = ParseNote(text);
  if (!note.ok()) return 0;
  Require(note->ToString() == text);
  Require(!note->signatures.empty());
  Require(note->signatures.size() <= daftar::crypto::kMaxNoteSignatures);

  // A key of small order, which lax verifiers accept for anything, under the first line's name.
  daftar::crypto::PublicKey small_order;
  small_order.data()[0] = 1;
  for (const KeyType type : {KeyType::kEd25519, KeyType::kCosignature}) {
    const NoteKey key{note->signatures[0].name, type, small_order};
    auto named = *note;
    named.signatures[0].id = key.id();
    Require(!VerifyNote(named, std::span(&key, 1)).ok());
  }
  return 0;
}
