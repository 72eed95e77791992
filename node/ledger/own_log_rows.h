// The rows of Column::kLogHeads that belong to the own log.
#ifndef DAFTAR_NODE_LEDGER_OWN_LOG_ROWS_H_
#define DAFTAR_NODE_LEDGER_OWN_LOG_ROWS_H_

#include "crypto/bytes.h"
#include "storage/log_store.h"

namespace daftar::ledger::rows {

inline crypto::Bytes OwnLogKey(char row) {
  return crypto::Writer()
      .U32(static_cast<uint32_t>(storage::kOwnLog))
      .U8(static_cast<uint8_t>(row))
      .Take();
}

inline crypto::Bytes HeadKey() { return OwnLogKey('h'); }      // the newest signed head
inline crypto::Bytes IssuedAtKey() { return OwnLogKey('t'); }  // of the newest entry
// The first entry that was taken back from partners and is not yet looked after: nothing is signed.
inline crypto::Bytes TakenBackKey() { return OwnLogKey('b'); }

// A head of this log that a partner has shown and the database does not have, longer or with other
// entries: a note.
inline crypto::Bytes ShownHeadKey() { return OwnLogKey('k'); }
// There while the log was fetched back on one partner's word alone.
inline crypto::Bytes OneSourceKey() { return OwnLogKey('o'); }

}  // namespace daftar::ledger::rows

#endif  // DAFTAR_NODE_LEDGER_OWN_LOG_ROWS_H_
