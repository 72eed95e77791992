// What a watch remembers of one log between rounds and runs: the heads it saw, who showed which,
// how far it has read, and what is still owed. One small text file each (docs/auditing.md).
#ifndef DAFTAR_NODE_AUDIT_WATCH_RECORD_H_
#define DAFTAR_NODE_AUDIT_WATCH_RECORD_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "node/audit/watch_deadlines.h"

namespace daftar::audit {

inline constexpr size_t kMaxRecordBytes = 128 << 20;
inline constexpr size_t kKeptHeads = 16;      // notes of one log, the newest among them
inline constexpr size_t kKeptPending = 256;   // of one log
inline constexpr size_t kMaxNodesOfLog = 64;  // URLs that showed it
inline constexpr size_t kMaxUrlBytes = 1024;
inline constexpr std::string_view kRecordSuffix = ".watch";
inline constexpr std::string_view kNoteSuffix = ".note";

// What one URL showed last. A node that has not yet come to the head that it was found behind of is
// as old as that, however busily it goes on.
struct WatchedNode {
  uint64_t size = 0;
  crypto::Digest note;         // SHA-256 of the note
  int64_t changed_at = 0;      // Unix seconds by the watcher's clock: when that note first came
  uint32_t failed_rounds = 0;  // in a row, until now
  int64_t behind_since = 0;    // when the head of `behind_of` first came; 0: it is not behind
  uint64_t behind_of = 0;      // a size that others showed and this URL has not come to
  friend bool operator==(const WatchedNode&, const WatchedNode&) = default;
};

struct WatchedHead {
  std::string note;
  crypto::Checkpoint checkpoint;
  friend bool operator==(const WatchedHead&, const WatchedHead&) = default;
};

struct WatchedLog {
  std::string origin;
  int64_t seen_at = 0;                       // when the newest head first came
  int64_t quorum_at = 0;                     // when a quorum was last seen; it begins with the log
  uint64_t quorum_size = 0;                  // the largest head that had one
  std::vector<WatchedHead> heads;            // ascending by size, at least one; all fit each other
  std::vector<WatchedHead> pending;          // so too, but no tiles have shown yet that they fit
  std::map<std::string, WatchedNode> nodes;  // by URL
  crypto::CompactTree read;                  // the entries that were read, under the newest head
  uint64_t last_issued_at = 0;               // of the last of them
  OpenReports open;                          // what their headers leave to be done
  uint64_t unfollowed = 0;                   // REPORTs that were too many to be in `open`
  std::string fork;                          // the file with the evidence; empty: none known
  bool fork_is_kept = true;                  // false: that file could not be written

  const WatchedHead& newest() const { return heads.back(); }
  // Takes a head in that fits, the newest or an older one; it is no longer pending. Lets go of the
  // smallest where there are too many.
  void Keep(WatchedHead head);
  // Takes a head in that is signed, and of a size that none here has. As Keep.
  void Await(WatchedHead head);

  // The file's bytes, which end in a SHA-256 of themselves.
  std::string Encode() const;
  // InvalidArgument for everything that Encode would not have written, now or in an older version:
  // the first knew neither quorum nor pending heads, the second not since when a node is behind.
  // Verifies no signature.
  static absl::StatusOr<WatchedLog> Decode(std::string_view bytes);
  friend bool operator==(const WatchedLog&, const WatchedLog&) = default;
};

// Beginning of the names of files about `origin`: 16 hexadecimal digits.
std::string FileStem(std::string_view origin);
// Whether `name` can be that of an evidence file: letters, digits, '-', '.', not at its beginning.
bool IsPlainFileName(std::string_view name);

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_WATCH_RECORD_H_
