// The heads that this node has signed, each by the size of its tree: where an audit has ended, the
// next one begins.
//
// Rows in Column::kLogHeads: log u32 || 'n' || size u64 -> version (1), key ID (4), signature (64).
// Of a note all else stands in the log.
#ifndef DAFTAR_NODE_LEDGER_KEPT_HEADS_H_
#define DAFTAR_NODE_LEDGER_KEPT_HEADS_H_

#include <optional>
#include <string>

#include "crypto/note.h"
#include "node/ledger/log_identity.h"
#include "storage/store.h"

namespace daftar::ledger {

// Adds to `batch` that a head of this size bears this line of the head key.
void KeepHead(uint64_t size, const crypto::NoteSignature& head_line, storage::Batch& batch);

// The signed note of the kept head of this size, with the head key's line alone.
//   NotFound  no head of this size was signed, or none is kept; names the nearest that are
//   DataLoss  the signature does not fit the log as it is
absl::StatusOr<std::string> ReadKeptHead(const storage::StoreReader& store,
                                         const LogIdentity& identity, uint64_t size);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_KEPT_HEADS_H_
