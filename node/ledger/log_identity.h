// What a log is known by: its origin, circle, and the keys it signs with.
#ifndef DAFTAR_NODE_LEDGER_LOG_IDENTITY_H_
#define DAFTAR_NODE_LEDGER_LOG_IDENTITY_H_

#include <string>

#include "crypto/note.h"
#include "crypto/signing.h"
#include "node/evidence/entry.h"

namespace daftar::ledger {

// Refers to keys that the keystore owns and that outlive every user of this struct.
struct LogIdentity {
  std::string origin;
  evidence::CircleId circle;
  const crypto::SigningKey& entry_key;
  const crypto::SigningKey& head_key;
  const crypto::SigningKey& self_key;

  crypto::NoteKey HeadNoteKey() const {
    return {origin, crypto::KeyType::kEd25519, head_key.public_key()};
  }
  crypto::NoteKey SelfNoteKey() const {
    return {evidence::SelfKeyName(origin), crypto::KeyType::kCosignature, self_key.public_key()};
  }
};

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_LOG_IDENTITY_H_
