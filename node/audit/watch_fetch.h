// What one round of a watch fetches, and for how long it waits: the heads of all nodes at once,
// then the tiles that lead them back, at once too, so that a slow node holds up nobody but itself;
// then one node after the other, each within its own time and the round's.
#ifndef DAFTAR_NODE_AUDIT_WATCH_FETCH_H_
#define DAFTAR_NODE_AUDIT_WATCH_FETCH_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/audit/heads.h"
#include "node/audit/tiles.h"
#include "node/evidence/clock.h"

namespace daftar::audit {

inline constexpr int64_t kHeadsMs = 8'000;     // for all heads of a round
inline constexpr int64_t kAheadMs = 6'000;     // for all tiles at once, and for those instead
inline constexpr int64_t kNodeMs = 10'000;     // that one node may take of a round by itself
inline constexpr int64_t kCompareMs = 22'000;  // then no more heads are compared
inline constexpr int64_t kRoundMs = 30'000;    // then nobody is asked any more
// Of the only round: of a turn for one node, so that each of 64 has one before the end.
inline constexpr int64_t kOnceNodeMs = 25'000;
inline constexpr int64_t kOnceMs = 30 * 60'000;
inline constexpr size_t kMaxTilesAhead = 64;  // of a node; no more are begun beyond
inline constexpr size_t kMaxCheckpointBytes = kMaxHeadNoteBytes;

// One thread.
class RoundFetch {
 public:
  // The round begins now; `once`: it is the only one, and its reading may last longer. `clock`
  // outlives it.
  RoundFetch(Fetch fetch, const evidence::Clock& clock, bool once);

  // Each node's checkpoint, in their order. Errors as Fetch has them.
  std::vector<absl::StatusOr<std::string>> Heads(const std::vector<std::string>& nodes);

  // Gets tiles that will be asked for, by node; the full one where a partial one is gone. What came
  // of each is what At answers with. Cancelled when the watch is to stop.
  absl::Status Ahead(const std::map<std::string, std::set<TileName>>& wanted);

  // Asks one node. A node that was once Unavailable is so for the rest of the round. Good while
  // this lives and is not moved.
  Fetch At(const std::string& node);

  // Heads have been compared: what is left of the round is for entries, however long that took.
  void BeginReading();
  // Each node has its whole time again.
  void BeginTurn() { took_.clear(); }

  // Whether there is time enough to begin with something, in the round; with one node more.
  bool HasTime() const;
  bool HasTimeFor(const std::string& node) const;
  // ms that At has waited for it in this turn; none when it was not asked by itself.
  std::optional<int64_t> Took(const std::string& node) const;

 private:
  using Answers = std::vector<absl::StatusOr<std::string>>;
  Answers Ask(const std::string& node, std::vector<FetchRequest> requests);
  int64_t LeftOfRound() const;
  int64_t LeftFor(const std::string& node) const;

  Fetch fetch_;
  const evidence::Clock* clock_;
  int64_t node_ms_;
  int64_t read_end_;                                         // ms
  int64_t end_;                                              // ms, of what is being done
  std::map<std::string, absl::StatusOr<std::string>> came_;  // by URL
  std::map<std::string, absl::Status> silent_;               // by node: why
  std::map<std::string, int64_t> took_;                      // by node
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_WATCH_FETCH_H_
