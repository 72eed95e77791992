// What of a note is worth a signature check: a note may have kMaxNoteSignatures lines, and whoever
// wrote it chose them.
#ifndef DAFTAR_NODE_PARTNERS_FIRST_LINES_H_
#define DAFTAR_NODE_PARTNERS_FIRST_LINES_H_

#include <span>

#include "crypto/note.h"

namespace daftar::partners {

// The note with the first line of each of `known`, by name and key ID, and no other: so checking it
// costs no more checks than there are keys. Nothing is verified. Any thread.
crypto::Note FirstLinesOf(const crypto::Note& note, std::span<const crypto::NoteKey> known);

// Whether one of `known` has more than one line. Any thread.
bool HasTwoLinesOfOne(const crypto::Note& note, std::span<const crypto::NoteKey> known);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_FIRST_LINES_H_
