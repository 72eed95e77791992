#include "node/audit/watch.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/note.h"
#include "node/audit/fork_evidence.h"

namespace daftar::audit {
namespace {

std::string MessageOf(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

// A record's heads must still be the log's under the auditor's keys, which may have changed.
absl::Status CheckRecord(const WatchedLog& log, const TlogPolicy& policy) {
  const std::vector<crypto::NoteKey> keys = policy.LogKeys(log.origin);
  for (const auto* const heads : {&log.heads, &log.pending}) {
    for (const WatchedHead& head : *heads) {
      const auto note = crypto::ParseNote(head.note);
      if (note.ok() && crypto::VerifyNote(*note, keys).ok()) continue;
      return absl::InvalidArgumentError(
          "the record of " + log.origin + " has a head that no log key of the policy has signed; " +
          "name that key in the policy, or move " + FileStem(log.origin) +
          std::string(kRecordSuffix) + " away to begin anew without what it remembers");
    }
  }
  return absl::OkStatus();
}

// The note with one line of the log's alone. Other lines are whatever the node wrote: one under a
// witness's key that fails, or the log's twice, and nobody accepts the note as evidence.
std::string WithLogLineAlone(const std::string& bytes, const std::vector<crypto::NoteKey>& keys) {
  const auto note = crypto::ParseNote(bytes);
  if (!note.ok()) return bytes;
  for (const crypto::NoteKey& key : keys) {
    for (const crypto::NoteSignature& line : note->signatures) {
      const crypto::Note alone{note->text, {line}};
      if (crypto::VerifyNote(alone, {&key, 1}).ok()) return alone.ToString();
    }
  }
  return bytes;
}

auto FindSize(const std::vector<WatchedHead>& heads, uint64_t size) {
  return std::ranges::find(heads, size, [](const WatchedHead& one) { return one.checkpoint.size; });
}

}  // namespace

std::string_view AlarmName(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::kFork:
      return "fork";
    case AlarmKind::kRollback:
      return "rollback";
    case AlarmKind::kStale:
      return "stale";
    case AlarmKind::kDeadline:
      return "deadline";
    case AlarmKind::kBadCheckpoint:
      return "bad_checkpoint";
    case AlarmKind::kBadTiles:
      return "bad_tiles";
    case AlarmKind::kBadEntry:
      return "bad_entry";
    case AlarmKind::kOtherLog:
      return "other_log";
    case AlarmKind::kUnreachable:
      return "unreachable";
    case AlarmKind::kTooManyReports:
      return "too_many_reports";
  }
  return "unknown";
}

absl::StatusOr<Watch> Watch::Create(WatchOptions options, std::vector<WatchedLog> records,
                                    WatchPorts ports, const evidence::Clock& clock) {
  Watch watch(std::move(options), std::move(ports), clock);
  for (WatchedLog& log : records) {
    if (absl::Status status = CheckRecord(log, watch.options_.policy); !status.ok()) return status;
    const std::string origin = log.origin;
    for (const auto& [url, node] : log.nodes) watch.origin_of_[url] = origin;
    watch.written_[origin] = log.Encode();
    if (!watch.logs_.emplace(origin, std::move(log)).second) {
      return absl::InvalidArgumentError("there are two records of " + origin);
    }
  }
  return watch;
}

absl::Status Watch::Round() {
  absl::Status status = Look();
  if (status.ok()) EndRound();
  // Also when it was stopped or a file failed: what was seen must not be forgotten.
  const absl::Status saved = Save();
  if (!saved.ok() && (status.ok() || absl::IsCancelled(status))) return saved;
  return status;
}

absl::Status Watch::Look() {
  raised_.clear();
  reached_.clear();
  failures_.clear();
  at_newest_.clear();
  whole_.clear();
  counted_.clear();
  std::vector<FetchRequest> requests;
  for (const std::string& node : options_.nodes) {
    requests.push_back({node + "/checkpoint", kMaxCheckpointBytes});
  }
  const auto answers = ports_.fetch(requests);
  std::vector<std::pair<std::string, Shown>> shown;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (absl::IsCancelled(answers[i].status())) return answers[i].status();
    auto one = LookAt(options_.nodes[i], answers[i]);
    if (one.has_value()) shown.emplace_back(options_.nodes[i], *std::move(one));
  }
  // The largest first: its tiles show whether the smaller ones fit.
  std::ranges::stable_sort(shown, [](const auto& a, const auto& b) {
    return a.second.head.checkpoint.size > b.second.head.checkpoint.size;
  });
  // All of them before any tiles: whoever gives none must not hide what they show.
  for (const auto& [node, one] : shown) {
    if (absl::Status status = Remember(node, one); !status.ok()) return status;
  }
  for (const auto& [node, one] : shown) {
    if (absl::Status status = LookAtHead(node, one); !status.ok()) return status;
  }
  for (auto& [origin, log] : logs_) {
    if (!log.fork.empty() || !at_newest_.contains(origin)) continue;
    if (absl::Status status = LookAtPending(log); !status.ok()) return status;
    if (!log.fork.empty()) continue;
    const absl::Status status = ReadEntries(log);
    TellOfTheRest(log);
    LookAtUnfollowed(log);
    if (!status.ok()) return status;
    if (whole_.contains(origin)) LookAtDeadlines(log);
  }
  return absl::OkStatus();
}

std::optional<Watch::Shown> Watch::LookAt(const std::string& node,
                                          const absl::StatusOr<std::string>& answer) {
  if (!answer.ok() && !absl::IsDataLoss(answer.status())) {
    failures_[node] = answer.status();
    return std::nullopt;
  }
  reached_.insert(node);
  auto shown = answer.ok() ? Verify(*answer) : answer.status();
  if (shown.ok()) return *std::move(shown);
  const auto origin = origin_of_.find(node);
  const std::string text = "what is shown as its head cannot be one: " + MessageOf(shown.status());
  Raise(
      Make(AlarmKind::kBadCheckpoint, node, origin == origin_of_.end() ? "" : origin->second, text),
      text);
  return std::nullopt;
}

absl::StatusOr<Watch::Shown> Watch::Verify(std::string_view bytes) const {
  const auto note = crypto::ParseNote(bytes);
  if (!note.ok()) return note.status();
  auto checkpoint = crypto::ParseCheckpoint(note->text);
  if (!checkpoint.ok()) return checkpoint.status();
  if (!evidence::CheckOrigin(checkpoint->origin).ok()) {
    return absl::InvalidArgumentError("its first line is no origin of a log");
  }
  if (checkpoint->ToText() != note->text) {
    return absl::InvalidArgumentError("it has lines that a head does not have");
  }
  if (checkpoint->size == 0 && checkpoint->root != crypto::EmptyMerkleRoot()) {
    return absl::InvalidArgumentError("size 0 has a root other than the empty tree's");
  }
  const std::vector<crypto::NoteKey> keys = options_.policy.LogKeys(checkpoint->origin);
  if (keys.empty()) {
    return absl::InvalidArgumentError("the policy has no log " + checkpoint->origin);
  }
  const auto signers = crypto::VerifyNote(*note, options_.policy.known());
  if (!signers.ok()) return signers.status();
  Shown shown;
  bool signed_by_log = false;
  std::vector<crypto::NoteKey> cosigners;
  const uint64_t latest = static_cast<uint64_t>(Now() + kWatchClockSlack);
  for (const crypto::VerifiedSigner& signer : *signers) {
    if (std::ranges::find(keys, signer.key) != keys.end()) signed_by_log = true;
    if (signer.timestamp > latest) {
      return absl::InvalidArgumentError(
          "the cosignature of " + signer.key.name +
          " is dated later than this machine's clock; see which of the two is wrong");
    }
    shown.newest_cosignature = std::max(shown.newest_cosignature, signer.timestamp);
    if (signer.key.type == crypto::KeyType::kCosignature) cosigners.push_back(signer.key);
  }
  shown.has_quorum = !options_.policy.HasQuorum() || options_.policy.IsQuorum(cosigners);
  if (!signed_by_log) {
    return absl::PermissionDeniedError("no key of the policy for " + checkpoint->origin +
                                       " has signed it");
  }
  shown.self_known = std::ranges::any_of(
      options_.policy.known(), [name = evidence::SelfKeyName(checkpoint->origin)](
                                   const crypto::NoteKey& key) { return key.name == name; });
  shown.head = {std::string(bytes), *std::move(checkpoint)};
  return shown;
}

absl::Status Watch::Remember(const std::string& node, const Shown& shown) {
  const crypto::Checkpoint& head = shown.head.checkpoint;
  const auto [place, is_new] = logs_.try_emplace(head.origin);
  WatchedLog& log = place->second;
  if (is_new) {
    log.origin = head.origin;
    log.seen_at = Now();
    log.heads.push_back(shown.head);
  }
  if (!log.fork.empty()) return absl::OkStatus();
  NoteQuorum(log, shown);
  for (const auto* const heads : {&log.heads, &log.pending}) {
    const auto same = FindSize(*heads, head.size);
    if (same == heads->end()) continue;
    if (same->checkpoint.root == head.root) return absl::OkStatus();
    const WatchedHead first = *same;
    return Forked(node, log, first, shown.head, std::nullopt, {});
  }
  if (head.size == 0) return absl::OkStatus();  // every log begins so
  log.Await({WithLogLineAlone(shown.head.note, options_.policy.LogKeys(head.origin)), head});
  return absl::OkStatus();
}

void Watch::NoteQuorum(WatchedLog& log, const Shown& shown) {
  const uint64_t size = shown.head.checkpoint.size;
  if (!options_.policy.HasQuorum()) {
    log.quorum_at = 0;  // to begin when one is asked for
    return;
  }
  if (log.quorum_at == 0) log.quorum_at = Now();
  // An old head with its old cosignatures, shown again, tells nothing of the newer ones.
  if (!shown.has_quorum || (size <= log.quorum_size && size < log.newest().checkpoint.size)) return;
  log.quorum_at = Now();
  log.quorum_size = std::max(log.quorum_size, size);
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
  if (!log.fork.empty()) {
    NoteNode(node, log, shown);
    return absl::OkStatus();
  }
  if (absl::Status status = Compare(node, log, shown); !status.ok()) return status;
  if (!log.fork.empty()) return absl::OkStatus();
  NoteNode(node, log, shown);
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
  kept.size = std::max(kept.size, shown.head.checkpoint.size);
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

namespace {

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

absl::Status Watch::Grown(const std::string& node, WatchedLog& log, const Shown& shown) {
  const WatchedHead before = log.newest();
  const crypto::Checkpoint& head = shown.head.checkpoint;
  const Fetch fetch = Timed();
  TileReader tiles(node, head.size, fetch);
  const auto led = LeadBack(before.checkpoint.size, head, tiles);
  if (!led.ok()) return TilesFailed(node, log, head.size, led.status());
  if (led->root != before.checkpoint.root) {
    return Forked(node, log, before, shown.head, led->root, led->proof);
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
    std::set<std::string> askable = at_newest_[log.origin];
    askable.insert(node);  // its tiles of the larger tree may be there still
    for (const std::string& url : askable) {
      const Fetch fetch = Timed();
      TileReader tiles(url, newest.checkpoint.size, fetch);
      const auto led = LeadBack(head.size, newest.checkpoint, tiles);
      if (absl::IsCancelled(led.status())) return led.status();
      if (!led.ok()) continue;
      if (led->root != head.root && head.size > 0) {
        return Forked(node, log, shown.head, newest, led->root, led->proof);
      }
      fits = true;
      log.Keep(shown.head);
      break;
    }
    if (at_newest_[log.origin].empty()) at_newest_.erase(log.origin);
  }
  const auto kept = log.nodes.find(node);
  if (kept == log.nodes.end() || kept->second.size <= head.size) return absl::OkStatus();
  Alarm alarm = Make(AlarmKind::kRollback, node, log.origin,
                     "it shows a head of size " + std::to_string(head.size) +
                         " after one of size " + std::to_string(kept->second.size) +
                         (fits ? "; the smaller one is an earlier state of the same log"
                               : "; whether the smaller one is an earlier state of the same log "
                                 "could not be seen: no node gives the tiles"));
  alarm.size = head.size;
  const std::string stem = FileStem(log.origin);
  for (const WatchedHead* one : {&shown.head, &newest}) {
    const std::string name = stem + "-" + std::to_string(one->checkpoint.size) + ".note";
    if (absl::Status status = ports_.write(name, one->note); !status.ok()) return status;
    alarm.notes.push_back(name);
  }
  Raise(std::move(alarm), std::to_string(head.size) + (fits ? "" : "?"));
  return absl::OkStatus();
}

absl::Status Watch::LookAtPending(WatchedLog& log) {
  const WatchedHead newest = log.newest();
  const std::set<std::string> nodes = at_newest_[log.origin];
  for (const std::string& node : nodes) {
    const Fetch fetch = Timed();
    TileReader tiles(node, newest.checkpoint.size, fetch);
    const std::vector<WatchedHead> pending = log.pending;
    for (const WatchedHead& head : pending) {
      if (head.checkpoint.size >= newest.checkpoint.size) break;
      const auto led = LeadBack(head.checkpoint.size, newest.checkpoint, tiles);
      if (absl::IsCancelled(led.status())) return led.status();
      if (!led.ok()) break;  // told when the entries are read
      if (led->root != head.checkpoint.root) {
        return Forked(node, log, head, newest, led->root, led->proof);
      }
      log.Keep(head);
    }
  }
  return absl::OkStatus();
}

absl::Status Watch::Forked(const std::string& node, WatchedLog& log, const WatchedHead& first,
                           const WatchedHead& second, const std::optional<crypto::Digest>& root,
                           const std::vector<crypto::Digest>& proof) {
  const std::string name = FileStem(log.origin) + "-" + std::to_string(first.checkpoint.size) +
                           "-" + std::to_string(second.checkpoint.size) + ".fork";
  const std::vector<crypto::NoteKey> keys = options_.policy.LogKeys(log.origin);
  const ForkEvidence evidence{log.origin, WithLogLineAlone(first.note, keys),
                              WithLogLineAlone(second.note, keys), root, proof};
  absl::Status status = ports_.write(name, evidence.ToText());
  if (!status.ok()) return status;
  log.fork = name;
  at_newest_.erase(log.origin);
  RaiseFork(log, root.has_value() ? "its heads of sizes " + std::to_string(first.checkpoint.size) +
                                        " and " + std::to_string(second.checkpoint.size) +
                                        " cannot both be true; the second was shown by " + node
                                  : "two heads of size " + std::to_string(first.checkpoint.size) +
                                        " have different roots; one was shown by " + node);
  return absl::OkStatus();
}

void Watch::RaiseFork(const WatchedLog& log, const std::string& how) {
  Alarm alarm = Make(AlarmKind::kFork, "", log.origin,
                     how + "; the evidence is in the file named here, for daftar audit verify");
  alarm.evidence = log.fork;
  Raise(std::move(alarm), log.fork);
}

void Watch::LookAtAge(const std::string& node, const WatchedLog& log, const Shown& shown) {
  const WatchedNode& kept = log.nodes.at(node);
  int64_t confirmed = static_cast<int64_t>(shown.newest_cosignature);
  // Without the log's self key a change of the note is the only sign of life of a quiet log.
  if (!shown.self_known) confirmed = std::max(confirmed, kept.changed_at);
  if (shown.head.checkpoint.size < log.newest().checkpoint.size) {
    confirmed = std::min(confirmed, log.seen_at);
  }
  if (!shown.has_quorum && Now() - log.quorum_at > options_.stale_after) {
    Alarm alarm = Make(AlarmKind::kStale, node, log.origin,
                       "its head of size " + std::to_string(shown.head.checkpoint.size) +
                           " has not got the cosignatures that the policy's quorum asks for, and "
                           "no new head has for " +
                           std::to_string(Now() - log.quorum_at) + " s");
    alarm.size = shown.head.checkpoint.size;
    Raise(std::move(alarm), "quorum");
    return;
  }
  if (Now() - confirmed <= options_.stale_after) return;
  Alarm alarm = Make(
      AlarmKind::kStale, node, log.origin,
      confirmed == 0 ? "no cosignature that the policy knows confirms its head of size " +
                           std::to_string(shown.head.checkpoint.size)
                     : "its head of size " + std::to_string(shown.head.checkpoint.size) +
                           " was last confirmed " + std::to_string(Now() - confirmed) + " s ago");
  alarm.size = shown.head.checkpoint.size;
  Raise(std::move(alarm), "");
}

Alarm Watch::Make(AlarmKind kind, const std::string& node, const std::string& origin,
                  std::string text) const {
  Alarm alarm;
  alarm.kind = kind;
  alarm.at = clock_.Now();
  alarm.node = node;
  alarm.origin = origin;
  alarm.text = std::move(text);
  return alarm;
}

void Watch::Raise(Alarm alarm, std::string mark) {
  std::string key = std::string(AlarmName(alarm.kind)) + " " + alarm.node + " " + alarm.origin;
  if (alarm.entry.has_value()) key += " " + std::to_string(*alarm.entry) + " " + alarm.deadline;
  raised_.insert(key);
  const auto [place, is_new] = active_.try_emplace(std::move(key));
  Active& active = place->second;
  const bool changed = is_new || active.mark != mark;
  if (changed) ++alarms_;
  if (!changed && Now() - active.told_at < kAlarmAgainAfter) return;
  active = {std::move(mark), Now(), alarm};
  ports_.tell(alarm);
}

void Watch::Happened(Alarm alarm) {
  ++alarms_;
  ports_.tell(alarm);
}

void Watch::EndRound() {
  for (const auto& [origin, log] : logs_) {
    if (!log.fork.empty()) RaiseFork(log, "it has shown two heads that cannot both be true");
  }
  for (const std::string& node : options_.nodes) {
    const auto origin = origin_of_.find(node);
    uint32_t* rounds = &failed_[node];
    if (origin != origin_of_.end()) {
      const auto log = logs_.find(origin->second);
      if (log != logs_.end() && log->second.nodes.contains(node)) {
        rounds = &log->second.nodes.at(node).failed_rounds;
      }
    }
    const auto failure = failures_.find(node);
    if (failure == failures_.end()) {
      *rounds = 0;
      continue;
    }
    *rounds = std::min(*rounds + 1, uint32_t{1} << 30);
    if (*rounds < kFailedRoundsToTell) continue;
    Raise(Make(AlarmKind::kUnreachable, node, origin == origin_of_.end() ? "" : origin->second,
               "it could not be asked, twice in a row or more: " + MessageOf(failure->second)),
          "");
  }
  // What was not looked at in this round is not over.
  for (auto it = active_.begin(); it != active_.end();) {
    const Alarm& alarm = it->second.alarm;
    const bool looked_at = alarm.node.empty()
                               ? whole_.contains(alarm.origin)
                               : reached_.contains(alarm.node) && !failures_.contains(alarm.node);
    if (raised_.contains(it->first) || !looked_at) {
      ++it;
      continue;
    }
    const auto log = logs_.find(alarm.origin);
    if (log != logs_.end() && !log->second.fork.empty()) {
      it = active_.erase(it);  // of a forked log nothing is well again
      continue;
    }
    Alarm over = alarm;
    over.over = true;
    over.at = clock_.Now();
    ports_.tell(over);
    it = active_.erase(it);
  }
}

absl::Status Watch::Save() {
  absl::Status first;
  for (const auto& [origin, log] : logs_) {
    std::string bytes = log.Encode();
    if (written_[origin] == bytes) continue;
    const absl::Status status = ports_.write(FileStem(origin) + std::string(kRecordSuffix), bytes);
    first.Update(status);
    if (status.ok()) written_[origin] = std::move(bytes);
  }
  return first;
}

}  // namespace daftar::audit
