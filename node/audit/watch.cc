#include "node/audit/watch.h"

#include <algorithm>

#include "crypto/note.h"

namespace daftar::audit {
namespace {

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

}  // namespace

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
  // Also when it was stopped: what was seen must not be forgotten.
  const absl::Status saved = Save();
  return saved.ok() ? status : saved;
}

absl::Status Watch::Look() {
  raised_.clear();
  reached_.clear();
  shown_.clear();
  failures_.clear();
  at_newest_.clear();
  whole_.clear();
  counted_.clear();
  for (auto& [key, trouble] : troubles_) trouble.is_new = false;
  round_.emplace(ports_.fetch, clock_, options_.once);
  const auto answers = round_->Heads(options_.nodes);
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
  for (const auto& [node, one] : shown) Remember(node, one);
  if (absl::Status status = AskAhead(shown); !status.ok()) return status;
  for (const auto& [node, one] : shown) {
    if (absl::Status status = LookAtHead(node, one); !status.ok()) return status;
  }
  for (auto& [origin, log] : logs_) {
    if (IsSettled(log) || !at_newest_.contains(origin)) continue;
    if (absl::Status status = LookAtPending(log); !status.ok()) return status;
  }
  // Last, since it takes longest: no fork waits for it.
  return ReadLogs();
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
