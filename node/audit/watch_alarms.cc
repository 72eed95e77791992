// The part of a watch that tells: what is so now, what has happened, and what is well again.
#include <algorithm>

#include "node/audit/text.h"
#include "node/audit/watch.h"

namespace daftar::audit {

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

void Watch::LookAtAge(const std::string& node, const WatchedLog& log, const Shown& shown) {
  const WatchedNode& kept = log.nodes.at(node);
  int64_t confirmed = static_cast<int64_t>(shown.newest_cosignature);
  // Without the log's self key a change of the note is the only sign of life of a quiet log.
  if (!shown.self_known) confirmed = std::max(confirmed, kept.changed_at);
  const bool is_behind = kept.behind_since != 0 && kept.behind_since < confirmed;
  if (is_behind) confirmed = kept.behind_since;
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
  const std::string size = std::to_string(shown.head.checkpoint.size);
  const std::string seconds = std::to_string(Now() - confirmed) + " s";
  std::string text = "its head of size " + size + " was last confirmed " + seconds + " ago";
  if (is_behind) {
    text = "it shows a head of size " + size + " and has been behind larger ones for " + seconds;
  } else if (confirmed == 0) {
    text = "no cosignature that the policy knows confirms its head of size " + size;
  }
  Alarm alarm = Make(AlarmKind::kStale, node, log.origin, std::move(text));
  alarm.size = shown.head.checkpoint.size;
  Raise(std::move(alarm), "");
}

void Watch::RaiseFork(const WatchedLog& log, const std::string& how) {
  Alarm alarm = Make(AlarmKind::kFork, "", log.origin, how);
  const auto waiting = not_kept_.find(log.origin);
  if (log.fork_is_kept) {
    alarm.text += "; the evidence is in the file named here, for daftar audit verify";
    alarm.evidence = log.fork;
  } else if (waiting != not_kept_.end()) {
    alarm.text += "; its evidence could not be kept and is held in memory alone: " +
                  MessageOf(waiting->second.why) + "; each round of this watch tries again";
  } else {
    alarm.text += "; an earlier run could not keep its evidence";
  }
  Raise(std::move(alarm), log.fork + (log.fork_is_kept ? "" : " not kept"));
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

std::string Watch::KeyOf(const Alarm& alarm) {
  std::string key = std::string(AlarmName(alarm.kind)) + " " + alarm.node + " " + alarm.origin;
  if (alarm.entry.has_value()) key += " " + std::to_string(*alarm.entry) + " " + alarm.deadline;
  return key;
}

void Watch::Raise(Alarm alarm, std::string mark) {
  std::string key = KeyOf(alarm);
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

bool Watch::IsShown(const std::string& origin) const {
  return std::ranges::any_of(shown_, [&](const auto& one) { return one.second == origin; });
}

bool Watch::IsLookedAt(const Alarm& alarm) const {
  if (alarm.node.empty()) return whole_.contains(alarm.origin);
  // A node that shows no head, or another log's, says nothing of these.
  if (alarm.kind == AlarmKind::kStale || alarm.kind == AlarmKind::kRollback) {
    const auto shown = shown_.find(alarm.node);
    if (shown == shown_.end() || shown->second != alarm.origin) return false;
  }
  return reached_.contains(alarm.node) && !failures_.contains(alarm.node) &&
         !troubles_.contains({alarm.node, alarm.kind});
}

void Watch::EndRound() {
  for (auto& [origin, log] : logs_) {
    KeepEvidence(log);
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
      // Tiles that nobody has asked for again have not come.
      if (!troubles_.contains({node, AlarmKind::kUnreachable})) *rounds = 0;
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
    if (raised_.contains(it->first) || !IsLookedAt(alarm)) {
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

}  // namespace daftar::audit
