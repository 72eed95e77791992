// The node's own log as partners read it.
#ifndef DAFTAR_NODE_LEDGER_FEED_H_
#define DAFTAR_NODE_LEDGER_FEED_H_

#include "node/evidence/feed.h"
#include "node/ledger/publisher.h"
#include "storage/store.h"

namespace daftar::ledger {

// Entries from `from` on, up to the bounds of evidence/feed.h and never past the newest signed
// head, with the consistency proof. Empty of entries when the caller has them all. A caller that
// asks beyond the log gets the head alone, which tells it that the log became shorter. Any thread.
//   Unavailable      there is no signed head to serve (new node, or a log in trouble)
absl::StatusOr<evidence::FeedBatch> ReadFeed(const storage::Store& store,
                                             const Publisher& publisher, uint64_t from,
                                             size_t max_entries = evidence::kMaxFeedEntries);

// The same of any log in the store, up to the head `note` of `size`, all of whose entries it holds.
absl::StatusOr<evidence::FeedBatch> ReadLog(const storage::Store& store, storage::LogNumber log,
                                            std::string note, uint64_t size, uint64_t from,
                                            size_t max_entries = evidence::kMaxFeedEntries);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_FEED_H_
