// A new log in the place of one that its node can neither go on with nor fetch back: under another
// origin and other keys, beginning with an ADOPTION that each partner's operator confirms
// (docs/protocol.md, "ADOPTION"). The daemon must be down.
#ifndef DAFTAR_NODE_NEW_LOG_H_
#define DAFTAR_NODE_NEW_LOG_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "node/new_log_intent.h"
#include "node/node.h"

namespace daftar {

struct NewLogPlan {
  std::string origin;   // of the new log
  std::string because;  // for the record; 1 to storage::kMaxAuditText bytes
  std::string actor;    // "uid:1000"
  // Nothing seems wrong here: what is, only partners know (two histories of the log).
  bool even_if_whole = false;
  // There is no database any more: begin without one (BeginNewLogIn).
  bool database_lost = false;
};

// The node's files; see node/setup.h for those of a directory. Nobody else has them open.
struct NewLogFiles {
  // The node as its files are now, neither started nor refusing an unfinished new log.
  std::function<absl::StatusOr<std::unique_ptr<Node>>()> open;
  // Durable on OK, as the next.
  std::function<absl::Status(const storage::NodeKeys& keys)> write_keys;
  std::function<absl::Status(const std::string& origin)> write_origin;
  storage::HighWaterFile high_water;
  evidence::Clock& clock;
  crypto::Entropy& entropy;
};

// What is being done, in words, between two durable writes. False stops: Cancelled; the same call
// goes on from there.
using NewLogProgress = std::function<bool(std::string_view doing)>;

struct NewLogDone {
  crypto::Checkpoint old;   // the newest head of the old log that was known
  std::string origin;       // of the new one
  std::string first_entry;  // leaf hash of its ADOPTION, hex: what partners compare by phone
  // Of this call; what an earlier one did that was stopped is not counted again.
  ledger::Ledger::LeftLog left;
  ledger::Ledger::PublishedAnew anew;
  // Partners that this node knows, whose operators can accept the new log. All others have to
  // remove the old one and pair anew.
  size_t partners = 0;
};

// Begins the new log, or goes on with one that was begun under the same origin. Every step is
// durable before the next, and what was begun is carried out under the keys of the first call.
//   InvalidArgument     the origin, or `because`
//   FailedPrecondition  the log is whole and not `even_if_whole`; the origin is a partner's or was
//                       this node's; or another new log was begun and is not finished
//   Cancelled           `progress` said so
absl::StatusOr<NewLogDone> BeginNewLog(const NewLogPlan& plan, NewLogFiles files,
                                       const NewLogProgress& progress);

// FailedPrecondition, with the command that finishes it, while a new log was begun and is not
// finished: then the node must not start.
absl::Status CheckNoUnfinishedNewLog(const storage::StoreReader& store,
                                     const storage::Vault& vault);

}  // namespace daftar

#endif  // DAFTAR_NODE_NEW_LOG_H_
