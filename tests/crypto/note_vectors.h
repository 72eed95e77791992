// The keys and notes of tests/vectors/notes.json.
#ifndef DAFTAR_TESTS_CRYPTO_NOTE_VECTORS_H_
#define DAFTAR_TESTS_CRYPTO_NOTE_VECTORS_H_

#include <string>

#include "crypto/note.h"
#include "tests/crypto/json_vectors.h"

namespace daftar::testing {

inline const nlohmann::json& NoteVectors() {
  static const nlohmann::json vectors = LoadVectors("notes.json");
  return vectors;
}

// `role` is head, self or mirror.
inline crypto::SigningKey KeyOf(const std::string& role) {
  return crypto::SigningKey::FromSeed(
      SecretFromHex(NoteVectors()["keys"][role]["seed"].get<std::string>()));
}
inline crypto::NoteKey NoteKeyOf(const std::string& role) {
  const nlohmann::json& key = NoteVectors()["keys"][role];
  return {key["name"], key["type"].get<crypto::KeyType>(), KeyOf(role).public_key()};
}

class NoteFixture : public ::testing::Test {
 protected:
  const std::string text_ = NoteVectors()["checkpoint"]["text"];
  const std::string head_note_ = NoteVectors()["head_note"];
  const std::string cosigned_note_ = NoteVectors()["cosigned_note"];
  const crypto::NoteKey head_ = NoteKeyOf("head");
  const crypto::NoteKey self_ = NoteKeyOf("self");
  const crypto::NoteKey mirror_ = NoteKeyOf("mirror");
};

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_CRYPTO_NOTE_VECTORS_H_
