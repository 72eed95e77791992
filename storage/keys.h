// The layout of the database: one column family per concern. docs/storage.md describes each row.
// Names and numbers are on disk: never rename, never renumber, never reuse.
#ifndef DAFTAR_STORAGE_KEYS_H_
#define DAFTAR_STORAGE_KEYS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "crypto/bytes.h"

namespace daftar::storage {

enum class Column : uint8_t {
  kMeta = 0,          // format version, adopted charters, small singletons
  kLogEntries = 1,    // (log, index) -> leaf data
  kLogTiles = 2,      // (log, level, tile) -> hashes
  kLogHeads = 3,      // (log) -> newest signed note and what belongs to it
  kLogBodies = 4,     // (log, index) -> entry body; deletable
  kTokens = 5,        // (log, epoch, token, index) -> slot
  kEntryStates = 6,   // (log, report index) -> what became of it
  kIncidents = 7,     // incident id -> sealed incident; also its indexes
  kSubmissions = 8,   // queue of entries that wait for a tick
  kCounters = 9,      // (epoch, identifier tag) -> next label counter
  kCustomers = 10,    // customer id -> sealed customer
  kIdentifiers = 11,  // identifier tag -> owners in the own book
  kOrders = 12,       // (customer, order tag) -> sealed order
  kPartners = 13,     // partner origin -> pairing state, pins; invites
  kQuotas = 14,       // (partner or node, day) -> units reserved
  kLookups = 15,      // (origin, epoch, identifier tag) -> sealed F
  kReceipts = 16,     // receipt id -> sealed body; index of the decision log
  kUsers = 17,        // users and token hashes
  kRequests = 18,     // (actor, request id) -> what the request made
  kAudit = 19,        // who changed what, when, why: sealed
  kGroups = 20,    // group name -> sealed group of the shop's own, or that a shipped one is hidden
  kAllowed = 21,   // identifier tag -> sealed allowlist entry
  kPolicies = 22,  // policy hash -> its encoding; which one is in force
  kOutcomes = 23,  // receipt id -> what became of the decision, sealed; weights reset
  kSealedFiles = 24,    // file id -> its sealed key; content tag -> file id; files to be scrubbed
  kCosignatures = 25,   // (log, witness origin) -> its newest cosignature of the log
  kArrivals = 26,       // (partner's log, size) -> when it had applied so much of the own log
  kWarnings = 27,       // identifier tag -> sealed entry of the warning list; tags of its names
  kSubjectCodes = 28,   // identifier tag -> sealed: the code by which its owner gets a report
  kRelays = 29,         // disputes passed on by this node and to it: sealed; what bounds them
  kProofRequests = 30,  // partners' requests for proof, and what was handed out: sealed
  kAskedProof = 31,     // what this node asked partners for, and which files came: sealed
};
inline constexpr size_t kColumnCount = 32;

// The column family's name in the database.
std::string_view ColumnName(Column column);

// Keys: fixed-width big-endian parts, so that bytewise order is numeric order.
crypto::Bytes LogIndexKey(uint32_t log, uint64_t index);
crypto::Bytes LogTileKey(uint32_t log, uint8_t level, uint64_t tile);
crypto::Bytes LogKey(uint32_t log);

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_KEYS_H_
