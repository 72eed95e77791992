// The part of a watch that holds heads against each other, and keeps what proves a fork.
#include <algorithm>

#include "crypto/hash.h"
#include "crypto/note.h"
#include "node/audit/fork_evidence.h"
#include "node/audit/text.h"
#include "node/audit/watch.h"

namespace daftar::audit {
namespace {

// The note with one line of the log's, and one of each witness of the policy, that verify. Other
// lines are whatever the node wrote: one under the key of somebody else's witness that fails, or
// the log's twice, and nobody accepts the note as evidence.
std::string WithVerifiedLines(const std::string& bytes, const std::string& origin,
                              const TlogPolicy& policy) {
  const auto note = crypto::ParseNote(bytes);
  if (!note.ok()) return bytes;
  crypto::Note kept{note->text, {}};
  // Whether a line of the key was found.
  const auto keep = [&](const crypto::NoteKey& key) {
    for (const crypto::NoteSignature& line : note->signatures) {
      if (line.name != key.name || line.id != key.id()) continue;
      if (!crypto::VerifyNote({note->text, {line}}, {&key, 1}).ok()) continue;
      kept.signatures.push_back(line);
      return true;
    }
    return false;
  };
  const std::vector<crypto::NoteKey> keys = policy.LogKeys(origin);
  if (std::ranges::find_if(keys, keep) == keys.end()) return bytes;
  for (const crypto::NoteKey& key : policy.known()) {
    if (key.type == crypto::KeyType::kCosignature) keep(key);
  }
  return kept.ToString();
}

auto FindSize(const std::vector<WatchedHead>& heads, uint64_t size) {
  return std::ranges::find(heads, size, [](const WatchedHead& one) { return one.checkpoint.size; });
}

struct Led {
  crypto::Digest root;  // of the larger tree at the smaller size
  std::vector<crypto::Digest> proof;
};

// What the tiles say of the smaller size. DataLoss when they do not give the larger tree's root:
// what is answered is bound to that root.
absl::StatusOr<Led> LeadBack(uint64_t old_size, const crypto::Checkpoint& larger,
                             TileReader& tiles) {
  Led led;
  auto root = crypto::MerkleRootAt(old_size, tiles.AsSubtrees());
  if (!root.ok()) return root.status();
  auto proof = crypto::MerkleConsistencyProof(old_size, larger.size, tiles.AsSubtrees());
  if (!proof.ok()) return proof.status();
  if (!crypto::VerifyMerkleConsistency(old_size, *root, larger.size, larger.root, *proof).ok()) {
    return absl::DataLossError("they do not give the root that was signed");
  }
  return Led{*root, *std::move(proof)};
}

}  // namespace

void Watch::Remember(const std::string& node, const Shown& shown) {
  const crypto::Checkpoint& head = shown.head.checkpoint;
  shown_[node] = head.origin;
  const auto [place, is_new] = logs_.try_emplace(head.origin);
  WatchedLog& log = place->second;
  if (is_new) {
    log.origin = head.origin;
    log.seen_at = Now();
    log.heads.push_back(shown.head);
  }
  if (IsSettled(log)) return;
  NoteQuorum(log, shown);
  for (const auto* const heads : {&log.heads, &log.pending}) {
    const auto same = FindSize(*heads, head.size);
    if (same == heads->end()) continue;
    if (same->checkpoint.root == head.root) return;
    const WatchedHead first = *same;
    Forked(node, log, first, shown.head, std::nullopt, {});
    return;
  }
  if (head.size == 0) return;  // every log begins so
  log.Await({WithVerifiedLines(shown.head.note, head.origin, options_.policy), head});
}

absl::Status Watch::AskAhead(const std::vector<std::pair<std::string, Shown>>& shown) {
  std::map<std::string, uint64_t> largest;  // shown in this round, by origin
  for (const auto& [node, one] : shown) {
    uint64_t& size = largest[one.head.checkpoint.origin];
    size = std::max(size, one.head.checkpoint.size);
  }
  std::map<std::string, std::set<TileName>> wanted;
  for (const auto& [node, one] : shown) {
    const crypto::Checkpoint& head = one.head.checkpoint;
    const WatchedLog& log = logs_.at(head.origin);
    if (IsSettled(log)) continue;
    std::set<TileName>& names = wanted[node];
    const auto add = [&](uint64_t old_size, uint64_t size) {
      if (names.size() < kMaxTilesAhead) names.merge(TilesToLeadBack(old_size, size));
    };
    const uint64_t newest = log.newest().checkpoint.size;
    const uint64_t newest_then = std::max(newest, largest[head.origin]);
    if (head.size > newest) add(newest, head.size);
    for (const WatchedHead& pending : log.pending) {
      const uint64_t size = pending.checkpoint.size;
      if (head.size >= newest && size < head.size) add(size, head.size);
      // Where nobody else gives them: it may have the larger tree's tiles. Asked for now, since
      // each node that is asked by itself takes its time from all others.
      if (size == head.size && size < newest_then) add(size, newest_then);
    }
  }
  return round_->Ahead(wanted);
}

absl::Status Watch::LookAtHead(const std::string& node, const Shown& shown) {
  const std::string& origin = shown.head.checkpoint.origin;
  const auto known = origin_of_.find(node);
  if (known != origin_of_.end() && known->second != origin) {
    Raise(Make(AlarmKind::kOtherLog, node, known->second,
               "it shows the log " + origin + " where it showed " + known->second),
          origin);
  }
  WatchedLog& log = logs_.at(origin);
  const bool was_forked = !log.fork.empty();
  if (!IsSettled(log)) {
    if (absl::Status status = Compare(node, log, shown); !status.ok()) return status;
    if (!was_forked && !log.fork.empty()) return absl::OkStatus();
  }
  NoteNode(node, log, shown);
  if (was_forked) return absl::OkStatus();
  if (known == origin_of_.end() || known->second == origin) LookAtAge(node, log, shown);
  return absl::OkStatus();
}

void Watch::NoteNode(const std::string& node, WatchedLog& log, const Shown& shown) {
  // That a node showed another log before stays so until the auditor lets go of the record.
  if (!origin_of_.emplace(node, log.origin).second && origin_of_[node] != log.origin) return;
  if (!log.nodes.contains(node) && log.nodes.size() == kMaxNodesOfLog) {
    const auto unused = std::ranges::find_if(log.nodes, [this](const auto& one) {
      return std::ranges::find(options_.nodes, one.first) == options_.nodes.end();
    });
    if (unused == log.nodes.end()) return;
    log.nodes.erase(unused);
  }
  WatchedNode& kept = log.nodes[node];
  const crypto::Digest note = crypto::Sha256(crypto::AsBytes(shown.head.note));
  if (kept.note != note) {
    kept.note = note;
    kept.changed_at = Now();
  }
  const uint64_t size = shown.head.checkpoint.size;
  if (size >= log.newest().checkpoint.size) {
    kept.behind_since = 0;
    kept.behind_of = 0;
  } else if (kept.behind_since == 0 || size >= kept.behind_of) {
    // Whoever showed a larger one itself is behind since now.
    kept.behind_since = size < kept.size ? Now() : log.seen_at;
    kept.behind_of = log.newest().checkpoint.size;
  }
  kept.size = std::max(kept.size, size);
}

absl::Status Watch::Compare(const std::string& node, WatchedLog& log, const Shown& shown) {
  const crypto::Checkpoint& head = shown.head.checkpoint;
  if (head.size == log.newest().checkpoint.size) {
    at_newest_[log.origin].insert(node);
    return absl::OkStatus();
  }
  if (head.size > log.newest().checkpoint.size) return Grown(node, log, shown);
  return Smaller(node, log, shown);
}

absl::Status Watch::Grown(const std::string& node, WatchedLog& log, const Shown& shown) {
  const WatchedHead before = log.newest();
  const crypto::Checkpoint& head = shown.head.checkpoint;
  const Fetch fetch = round_->At(node);
  TileReader tiles(node, head.size, fetch);
  const auto led = LeadBack(before.checkpoint.size, head, tiles);
  if (!led.ok()) {
    return TilesFailed(node, log, head.size, {before.checkpoint.size, std::nullopt}, led.status());
  }
  if (led->root != before.checkpoint.root) {
    Forked(node, log, before, shown.head, led->root, led->proof);
    return absl::OkStatus();
  }
  log.Keep(shown.head);
  log.seen_at = Now();
  at_newest_[log.origin] = {node};
  return absl::OkStatus();
}

absl::Status Watch::Smaller(const std::string& node, WatchedLog& log, const Shown& shown) {
  const crypto::Checkpoint& head = shown.head.checkpoint;
  const WatchedHead newest = log.newest();
  bool fits = std::ranges::any_of(log.heads,
                                  [&](const WatchedHead& kept) { return kept.checkpoint == head; });
  if (!fits) {
    std::vector<std::string> askable;
    const auto at_newest = at_newest_.find(log.origin);
    if (at_newest != at_newest_.end()) {
      askable.assign(at_newest->second.begin(), at_newest->second.end());
    }
    askable.push_back(node);  // its tiles of the larger tree may be there still
    for (const std::string& url : askable) {
      const Fetch fetch = round_->At(url);
      TileReader tiles(url, newest.checkpoint.size, fetch);
      const auto led = LeadBack(head.size, newest.checkpoint, tiles);
      if (absl::IsCancelled(led.status())) return led.status();
      if (!led.ok()) {
        // Who shows the newest head must have its tiles; who hides one may hide a fork.
        if (url != node) {
          TilesFailed(url, log, newest.checkpoint.size, {head.size, std::nullopt}, led.status())
              .IgnoreError();
        }
        continue;
      }
      if (led->root != head.root && head.size > 0) {
        Forked(node, log, shown.head, newest, led->root, led->proof);
        return absl::OkStatus();
      }
      fits = true;
      log.Keep(shown.head);
      break;
    }
  }
  const auto kept = log.nodes.find(node);
  if (!log.fork.empty() || kept == log.nodes.end() || kept->second.size <= head.size) {
    return absl::OkStatus();
  }
  RolledBack(node, log, shown, fits);
  return absl::OkStatus();
}

void Watch::RolledBack(const std::string& node, const WatchedLog& log, const Shown& shown,
                       bool fits) {
  const crypto::Checkpoint& head = shown.head.checkpoint;
  Alarm alarm = Make(AlarmKind::kRollback, node, log.origin,
                     "it shows a head of size " + std::to_string(head.size) +
                         " after one of size " + std::to_string(log.nodes.at(node).size) +
                         (fits ? "; the smaller one is an earlier state of the same log"
                               : "; whether the smaller one is an earlier state of the same log "
                                 "could not be seen: no node gives the tiles"));
  alarm.size = head.size;
  std::string mark = std::to_string(head.size) + (fits ? "" : "?");
  const auto active = active_.find(KeyOf(alarm));
  if (active != active_.end() && active->second.mark == mark &&
      !active->second.alarm.notes.empty()) {
    alarm.notes = active->second.alarm.notes;
    Raise(std::move(alarm), std::move(mark));
    return;
  }
  const std::string stem = FileStem(log.origin);
  for (const WatchedHead* one : {&shown.head, &log.newest()}) {
    if (ports_.count_notes && ports_.count_notes(stem) >= kMaxNotesOfLog) {
      alarm.text += "; " + std::to_string(kMaxNotesOfLog) +
                    " notes of it are kept already, and no more; move them away to keep others";
      break;
    }
    const std::string name =
        stem + "-" + std::to_string(one->checkpoint.size) + std::string(kNoteSuffix);
    const absl::Status written =
        ports_.write(name, WithVerifiedLines(one->note, log.origin, options_.policy));
    if (written.ok()) {
      alarm.notes.push_back(name);
    } else {
      alarm.text += "; a note of it could not be kept: " + MessageOf(written);
    }
  }
  Raise(std::move(alarm), std::move(mark));
}

absl::Status Watch::LookAtPending(WatchedLog& log) {
  const WatchedHead newest = log.newest();
  const std::set<std::string> nodes = at_newest_[log.origin];
  for (const std::string& node : nodes) {
    const Fetch fetch = round_->At(node);
    TileReader tiles(node, newest.checkpoint.size, fetch);
    const std::vector<WatchedHead> pending = log.pending;
    for (const WatchedHead& head : pending) {
      if (head.checkpoint.size >= newest.checkpoint.size) break;
      const auto led = LeadBack(head.checkpoint.size, newest.checkpoint, tiles);
      if (!led.ok()) {
        const absl::Status status = TilesFailed(node, log, newest.checkpoint.size,
                                                {head.checkpoint.size, std::nullopt}, led.status());
        if (!status.ok()) return status;
        continue;  // what it hides of one size hides no other
      }
      if (led->root != head.checkpoint.root) {
        Forked(node, log, head, newest, led->root, led->proof);
        return absl::OkStatus();
      }
      log.Keep(head);
    }
  }
  return absl::OkStatus();
}

absl::Status Watch::AskAgain(const std::string& node, const WatchedLog& log,
                             const AskedFor& asked) {
  const crypto::Checkpoint head = log.newest().checkpoint;
  const Fetch fetch = round_->At(node);
  TileReader tiles(node, head.size, fetch);
  if (asked.read.has_value()) return ReadOn(*asked.read, head, tiles).status();
  return LeadBack(asked.old_size, head, tiles).status();
}

void Watch::Forked(const std::string& node, WatchedLog& log, const WatchedHead& first,
                   const WatchedHead& second, const std::optional<crypto::Digest>& root,
                   const std::vector<crypto::Digest>& proof) {
  const ForkEvidence evidence{
      log.origin, WithVerifiedLines(first.note, log.origin, options_.policy),
      WithVerifiedLines(second.note, log.origin, options_.policy), root, proof};
  log.fork = FileStem(log.origin) + "-" + std::to_string(first.checkpoint.size) + "-" +
             std::to_string(second.checkpoint.size) + ".fork";
  log.fork_is_kept = false;
  not_kept_[log.origin].text = evidence.ToText();
  KeepEvidence(log);
  at_newest_.erase(log.origin);
  RaiseFork(log, root.has_value() ? "its heads of sizes " + std::to_string(first.checkpoint.size) +
                                        " and " + std::to_string(second.checkpoint.size) +
                                        " cannot both be true; the second was shown by " + node
                                  : "two heads of size " + std::to_string(first.checkpoint.size) +
                                        " have different roots; one was shown by " + node);
}

void Watch::KeepEvidence(WatchedLog& log) {
  const auto waiting = not_kept_.find(log.origin);
  if (waiting == not_kept_.end()) return;
  waiting->second.why = ports_.write(log.fork, waiting->second.text);
  log.fork_is_kept = waiting->second.why.ok();
  if (log.fork_is_kept) not_kept_.erase(waiting);
}

}  // namespace daftar::audit
