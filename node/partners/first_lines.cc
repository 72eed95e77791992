#include "node/partners/first_lines.h"

#include <algorithm>

namespace daftar::partners {
namespace {

bool IsOf(const crypto::NoteSignature& line, std::span<const crypto::NoteKey> known) {
  return std::any_of(known.begin(), known.end(), [&line](const crypto::NoteKey& key) {
    return key.name == line.name && key.id() == line.id;
  });
}

bool HasLineOf(const crypto::Note& note, const crypto::NoteSignature& line) {
  return std::any_of(note.signatures.begin(), note.signatures.end(), [&line](const auto& other) {
    return other.name == line.name && other.id == line.id;
  });
}

}  // namespace

crypto::Note FirstLinesOf(const crypto::Note& note, std::span<const crypto::NoteKey> known) {
  crypto::Note first;
  first.text = note.text;
  for (const crypto::NoteSignature& line : note.signatures) {
    if (!HasLineOf(first, line) && IsOf(line, known)) first.signatures.push_back(line);
  }
  return first;
}

bool HasTwoLinesOfOne(const crypto::Note& note, std::span<const crypto::NoteKey> known) {
  const auto lines = std::count_if(note.signatures.begin(), note.signatures.end(),
                                   [known](const auto& line) { return IsOf(line, known); });
  return static_cast<size_t>(lines) > FirstLinesOf(note, known).signatures.size();
}

}  // namespace daftar::partners
