// Following logs over time, as somebody who has no account anywhere and trusts nobody: remembers
// heads, compares what several servers show, reads every entry's header, and raises an alarm when
// something is wrong (docs/auditing.md). The network, the files and the clock are ports.
#ifndef DAFTAR_NODE_AUDIT_WATCH_H_
#define DAFTAR_NODE_AUDIT_WATCH_H_

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "node/audit/policy.h"
#include "node/audit/watch_fetch.h"
#include "node/audit/watch_record.h"
#include "node/evidence/charter.h"
#include "node/evidence/clock.h"

namespace daftar::audit {

inline constexpr int64_t kWatchClockSlack = 300;   // seconds that two clocks may differ
inline constexpr int64_t kAlarmAgainAfter = 3600;  // seconds
inline constexpr uint32_t kFailedRoundsToTell = 2;
// Of a log in a round: bad entries, what was done too late, what is overdue.
inline constexpr size_t kMaxToldOfOneKind = 20;
inline constexpr uint64_t kBundlesAtOnce = 8;    // fetched, then bound to the head
inline constexpr uint64_t kBundlesInRound = 64;  // 16,384 entries of a log
inline constexpr size_t kMaxNotesOfLog = 64;     // files with the notes of rollbacks

enum class AlarmKind {
  kFork,            // two heads that cannot both be true: for good
  kRollback,        // a node shows a smaller head than it did
  kStale,           // a head that has not been confirmed for long
  kDeadline,        // something the charter sets a time for was not done, or too late
  kBadCheckpoint,   // what is shown is no head that a key of the policy has signed
  kBadTiles,        // the tiles do not give the signed root
  kBadEntry,        // an entry that no node would write
  kOtherLog,        // a node shows another log than it did
  kUnreachable,     // no answer, twice in a row
  kTooManyReports,  // more that are not erased than are followed
};
std::string_view AlarmName(AlarmKind kind);  // "fork", "bad_checkpoint", ...

struct Alarm {
  AlarmKind kind = AlarmKind::kFork;
  evidence::UnixMillis at;
  std::string node;                // URL; empty: the log as such
  std::string origin;              // empty: not known
  std::string text;                // a sentence
  std::optional<uint64_t> size;    // of the head in question
  std::optional<uint64_t> entry;   // index
  std::string deadline;            // which, with kDeadline
  std::string evidence;            // file with the proof of a fork; empty: it could not be written
  std::vector<std::string> notes;  // files with the notes in question
  bool over = false;               // it is well again
};

struct WatchOptions {
  std::vector<std::string> nodes;  // base URLs without a slash at the end, each once
  TlogPolicy policy;
  std::optional<evidence::Charter> charter;
  int64_t stale_after = 300;                    // seconds
  uint64_t bundles_in_round = kBundlesInRound;  // of one log; with `once` of a turn
  // The only round: logs are read in turns, each saved, until all is read or its time is over.
  bool once = false;
  size_t open_reports = kMaxOpenReports;  // of one log, at most that
};

struct WatchPorts {
  Fetch fetch;
  // Makes the file in the state directory hold these bytes, durably.
  std::function<absl::Status(const std::string& name, std::string_view bytes)> write;
  // Told once, and again when it changes or after kAlarmAgainAfter.
  std::function<void(const Alarm&)> tell;
  // How many files with names that begin with `stem` hold notes (Alarm::notes). Empty: none.
  std::function<size_t(const std::string& stem)> count_notes = {};
  // How far a long log has been read. May be empty.
  std::function<void(uint64_t read, uint64_t size)> progress = {};
};

struct EntriesRead {
  crypto::CompactTree tree;           // of what was read before and these
  std::vector<crypto::Bytes> leaves;  // these
};
// The entries after `read`, of at most kBundlesAtOnce bundles, bound to the head. Errors of the
// fetch; DataLoss when what comes does not give the head's root. REQUIRES that `read` is the
// beginning of the head's tree, and smaller.
absl::StatusOr<EntriesRead> ReadOn(const crypto::CompactTree& read, const crypto::Checkpoint& head,
                                   TileReader& tiles);

// One thread.
class Watch {
 public:
  // `records` are those of the state directory; `clock` outlives the watch. InvalidArgument, which
  // names the log, for a record whose heads the policy's keys have not signed, or that doubles.
  static absl::StatusOr<Watch> Create(WatchOptions options, std::vector<WatchedLog> records,
                                      WatchPorts ports, const evidence::Clock& clock);

  // Looks at each node once. An error is that of writing a record, or Cancelled when the watch is
  // to stop; what was found before has been told, and written as far as that goes. Evidence that
  // cannot be written is no error: the alarm is told all the same, says so, and each round tries
  // again.
  absl::Status Round();

  const std::map<std::string, WatchedLog>& logs() const { return logs_; }
  uint64_t alarms() const { return alarms_; }         // raised, without repetitions
  size_t reached() const { return reached_.size(); }  // nodes, in the last round
  bool Reached(const std::string& node) const { return reached_.contains(node); }
  // Whether a node showed a head of this log in the last round.
  bool IsShown(const std::string& origin) const;
  // The nodes that could not be asked for all that was wanted in the last round, and why.
  const std::map<std::string, absl::Status>& failures() const { return failures_; }

 private:
  struct Shown {  // what a node shows in this round
    WatchedHead head;
    uint64_t newest_cosignature = 0;  // verified, Unix seconds; 0: none
    bool self_known = false;          // the policy names the log's self key
    bool has_quorum = true;           // of the policy's witnesses, where it asks for one
  };
  struct Counted {  // in this round, of one log
    size_t bad_entries = 0;
    size_t late = 0;
  };
  struct AskedFor {                           // of the tiles of one node
    uint64_t old_size = 0;                    // the size that they were to be led back to
    std::optional<crypto::CompactTree> read;  // or what was read before the entries asked for
  };
  struct TilesTrouble {  // what they came to, until the same has come as it should
    std::string origin;
    AskedFor asked;
    bool is_new = false;  // in this round
  };
  struct NotKept {  // evidence that could not be written yet
    std::string text;
    absl::Status why;
  };
  struct Active {
    std::string mark;
    int64_t told_at = 0;
    Alarm alarm;
  };

  Watch(WatchOptions options, WatchPorts ports, const evidence::Clock& clock)
      : options_(std::move(options)), ports_(std::move(ports)), clock_(clock) {}

  // The note that a node gave, if it is a head that can be trusted to be the log's.
  std::optional<Shown> LookAt(const std::string& node, const absl::StatusOr<std::string>& answer);
  // Holds a head against those of the same size, which needs no tiles, and remembers it.
  void Remember(const std::string& node, const Shown& shown);
  // Asks for the tiles that the heads will be compared with, of all nodes at once. Cancelled.
  absl::Status AskAhead(const std::vector<std::pair<std::string, Shown>>& shown);
  void NoteQuorum(WatchedLog& log, const Shown& shown);
  absl::Status LookAtHead(const std::string& node, const Shown& shown);
  absl::StatusOr<Shown> Verify(std::string_view note) const;
  absl::Status Compare(const std::string& node, WatchedLog& log, const Shown& shown);
  absl::Status Grown(const std::string& node, WatchedLog& log, const Shown& shown);
  absl::Status Smaller(const std::string& node, WatchedLog& log, const Shown& shown);
  // Smaller heads that came without their tiles, under those of the newest head.
  absl::Status LookAtPending(WatchedLog& log);
  void Forked(const std::string& node, WatchedLog& log, const WatchedHead& first,
              const WatchedHead& second, const std::optional<crypto::Digest>& root,
              const std::vector<crypto::Digest>& proof);
  // Whether it is forked and nothing is to be found out any more: the evidence is there.
  bool IsSettled(const WatchedLog& log) const {
    return !log.fork.empty() && (log.fork_is_kept || not_kept_.contains(log.origin));
  }
  // Tells of a rollback, and keeps the two notes.
  void RolledBack(const std::string& node, const WatchedLog& log, const Shown& shown, bool fits);
  // Writes the evidence of a fork, where that could not be done yet.
  void KeepEvidence(WatchedLog& log);
  void LookAtAge(const std::string& node, const WatchedLog& log, const Shown& shown);
  void NoteNode(const std::string& node, WatchedLog& log, const Shown& shown);
  // What a node's tiles came to: an alarm, a failure, or Cancelled, which is handed on. It stands
  // until what was asked for has come from that node as it should.
  absl::Status TilesFailed(const std::string& node, const WatchedLog& log, uint64_t size,
                           const AskedFor& asked, const absl::Status& why);
  // Asks nodes again for tiles that failed in an earlier round.
  absl::Status AskTroubledAgain();
  absl::Status AskAgain(const std::string& node, const WatchedLog& log, const AskedFor& asked);
  // Reads the new entries of all logs, those first that were quick or had to wait.
  absl::Status ReadLogs();
  // The nodes that show its newest head, the quick ones first.
  std::vector<std::string> NodesToRead(const std::string& origin) const;
  int64_t PaceOf(const std::string& node) const;
  absl::Status ReadEntries(WatchedLog& log);
  absl::Status ReadEntriesAt(const std::string& node, WatchedLog& log);
  // What is to be told of a log once no more of it is read in this round.
  void EndReading(const WatchedLog& log);
  void TakeInEntries(WatchedLog& log, const std::vector<crypto::Bytes>& leaves, uint64_t first);
  // How many were not told one by one.
  void TellOfTheRest(const WatchedLog& log);
  void LookAtUnfollowed(const WatchedLog& log);
  void LookAtDeadlines(const WatchedLog& log);

  int64_t Now() const { return clock_.Now().seconds(); }
  Alarm Make(AlarmKind kind, const std::string& node, const std::string& origin,
             std::string text) const;
  static std::string KeyOf(const Alarm& alarm);
  // Something that is so now. `mark` is what makes it another alarm than that of the last round.
  void Raise(Alarm alarm, std::string mark);
  // Something that happened, told once.
  void Happened(Alarm alarm);
  void RaiseFork(const WatchedLog& log, const std::string& how);
  // Whether this round would have raised it if it were still so.
  bool IsLookedAt(const Alarm& alarm) const;
  absl::Status Look();
  void EndRound();
  absl::Status Save();

  WatchOptions options_;
  WatchPorts ports_;
  const evidence::Clock& clock_;
  std::map<std::string, WatchedLog> logs_;        // by origin
  std::map<std::string, std::string> origin_of_;  // by URL
  std::map<std::string, uint32_t> failed_;        // rounds in a row, of URLs of no known log
  std::map<std::string, Active> active_;          // by kind, node, origin, entry
  std::map<std::string, absl::Status> failures_;  // by URL, in this round
  std::map<std::string, std::string> written_;    // by origin: the record as it is on the disk
  std::map<std::string, NotKept> not_kept_;       // by origin
  std::map<std::pair<std::string, AlarmKind>, TilesTrouble> troubles_;  // by URL
  std::set<std::string> raised_;                                        // keys, in this round
  std::set<std::string> reached_;                                       // URLs, in this round
  std::map<std::string, std::string> shown_;  // URL -> origin of its head, in this round
  std::map<std::string, std::set<std::string>> at_newest_;  // origin -> URLs that show it now
  std::map<std::string, Counted> counted_;                  // by origin
  std::set<std::string> whole_;          // origins read to the newest head, in this round
  std::optional<RoundFetch> round_;      // of this round
  std::map<std::string, int64_t> pace_;  // by URL: ms that reading took there last
  uint64_t alarms_ = 0;
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_WATCH_H_
