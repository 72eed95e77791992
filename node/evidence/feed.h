// A piece of a log as one node hands it to another: entries, and the proof that they begin the tree
// of a signed head.
#ifndef DAFTAR_NODE_EVIDENCE_FEED_H_
#define DAFTAR_NODE_EVIDENCE_FEED_H_

#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace daftar::evidence {

inline constexpr size_t kMaxFeedHeadBytes = 32 << 10;  // bytes of a batch's signed head
inline constexpr size_t kMaxFeedEntries = 10'000;      // entries a batch
inline constexpr size_t kMaxFeedBytes = 3 << 20;       // leaves and bodies of a batch
inline constexpr size_t kMaxEntryBodyBytes = 4 << 10;  // the largest body kind has 616 bytes

struct FeedEntry {
  crypto::Bytes leaf;                 // header || signature
  std::optional<crypto::Bytes> body;  // absent when erased
};

// Entries [from, from + entries.size()) and the newest head. Without entries it carries only a
// newer head or timestamp.
struct FeedBatch {
  uint64_t from = 0;
  std::vector<FeedEntry> entries;
  std::string head;  // a signed note with the head's line and the `<origin>/self` timestamp
  std::vector<crypto::Digest> consistency;  // from size `from + entries.size()` to the head's
};

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_FEED_H_
