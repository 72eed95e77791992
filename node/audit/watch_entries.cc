// The part of a watch that reads entries: each is bound to the signed head before it counts.
#include <algorithm>
#include <utility>

#include "node/audit/text.h"
#include "node/audit/watch.h"

namespace daftar::audit {
namespace {

// A hash of level 0 of a complete bundle, up through all tiles that it completes.
absl::Status CheckUpwards(uint64_t bundle, crypto::Digest hash, TileReader& tiles) {
  uint64_t index = bundle;
  for (uint32_t level = 1;; ++level) {
    auto tile = tiles.Tile(level, index / kTileWidth);
    if (!tile.ok()) return tile.status();
    if ((**tile)[index % kTileWidth] != hash) {
      return absl::DataLossError("a tile of level " + std::to_string(level) +
                                 " has another hash than the tile below it gives");
    }
    if (index % kTileWidth != kTileWidth - 1) return absl::OkStatus();
    hash = RootOf((*tile)->data(), kTileWidth);
    index /= kTileWidth;
  }
}

absl::Status CheckBundle(uint64_t bundle, const std::vector<crypto::Bytes>& leaves,
                         TileReader& tiles) {
  auto tile = tiles.Tile(0, bundle);
  if (!tile.ok()) return tile.status();
  for (size_t i = 0; i < leaves.size(); ++i) {
    if ((**tile)[i] != crypto::MerkleLeafHash(leaves[i])) {
      return absl::DataLossError("entry " + std::to_string(bundle * kTileWidth + i) +
                                 " has another hash than the tile says");
    }
  }
  if (leaves.size() < kTileWidth) return absl::OkStatus();
  const crypto::Digest root = RootOf((*tile)->data(), kTileWidth);
  return CheckUpwards(bundle, root, tiles);
}

// What is wrong with an entry as such; empty: nothing.
std::string FaultOf(const absl::StatusOr<evidence::SignedHeader>& entry, uint64_t index,
                    const WatchedLog& log, int64_t now) {
  if (!entry.ok()) {
    return "it is no header and signature: " + MessageOf(entry.status());
  }
  const evidence::Header& header = entry->header;
  if (header.origin != log.origin) return "it names another log than the one it is in";
  if (header.index != index) {
    return "it says that its index is " + std::to_string(header.index);
  }
  if (header.issued_at < log.last_issued_at) return "it is dated earlier than the one before";
  if (static_cast<int64_t>(header.issued_at) > now + kWatchClockSlack) {
    return "it is dated later than this machine's clock";
  }
  return {};
}

}  // namespace

absl::StatusOr<EntriesRead> ReadOn(const crypto::CompactTree& read, const crypto::Checkpoint& head,
                                   TileReader& tiles) {
  const uint64_t first = read.size() / kTileWidth;
  const uint64_t last = (head.size - 1) / kTileWidth;
  const uint64_t count = std::min(kBundlesAtOnce, last - first + 1);
  auto fetched = tiles.Bundles(first, count);
  if (!fetched.ok()) return fetched.status();
  tiles.FetchAhead(0, first, count);
  EntriesRead entries{read, {}};
  for (uint64_t i = 0; i < count; ++i) {
    auto& bundle = (*fetched)[i];
    absl::Status status = CheckBundle(first + i, bundle, tiles);
    if (!status.ok()) return status;
    const uint64_t skip = i == 0 ? read.size() % kTileWidth : 0;
    for (uint64_t at = skip; at < bundle.size(); ++at) {
      entries.tree.Append(crypto::MerkleLeafHash(bundle[at]));
      entries.leaves.push_back(std::move(bundle[at]));
    }
  }
  // Bound to what was signed: the tree so far is the beginning of the head's.
  const crypto::CompactTree& tree = entries.tree;
  auto proof = crypto::MerkleConsistencyProof(tree.size(), head.size, tiles.AsSubtrees());
  if (!proof.ok()) return proof.status();
  if (!crypto::VerifyMerkleConsistency(tree.size(), tree.Root(), head.size, head.root, *proof)
           .ok()) {
    return absl::DataLossError("the entries from " + std::to_string(read.size()) + " to " +
                               std::to_string(tree.size() - 1) +
                               " do not give the root that was signed");
  }
  return entries;
}

absl::Status Watch::TilesFailed(const std::string& node, const WatchedLog& log, uint64_t size,
                                const AskedFor& asked, const absl::Status& why) {
  if (absl::IsCancelled(why)) return why;
  if (!log.fork.empty()) return absl::OkStatus();  // nothing else is told of it
  const AlarmKind kind = absl::IsDataLoss(why) ? AlarmKind::kBadTiles : AlarmKind::kUnreachable;
  TilesTrouble& trouble =
      troubles_.try_emplace({node, kind}, TilesTrouble{log.origin, asked}).first->second;
  if (trouble.origin != log.origin) trouble = {log.origin, asked};   // it showed another log then
  if (std::exchange(trouble.is_new, true)) return absl::OkStatus();  // once in a round
  if (kind == AlarmKind::kUnreachable) {
    failures_[node] = absl::Status(why.code(), "its tiles could not be had: " + MessageOf(why));
    return absl::OkStatus();
  }
  Alarm alarm =
      Make(AlarmKind::kBadTiles, node, log.origin,
           "its tiles do not fit the head of size " + std::to_string(size) + ": " + MessageOf(why));
  alarm.size = size;
  Raise(std::move(alarm), std::to_string(size) + MessageOf(why));
  return absl::OkStatus();
}

int64_t Watch::PaceOf(const std::string& node) const {
  const auto pace = pace_.find(node);
  return pace == pace_.end() ? 0 : pace->second;
}

std::vector<std::string> Watch::NodesToRead(const std::string& origin) const {
  const auto at_newest = at_newest_.find(origin);
  if (at_newest == at_newest_.end()) return {};
  std::vector<std::string> nodes(at_newest->second.begin(), at_newest->second.end());
  std::ranges::stable_sort(nodes, {}, [this](const std::string& node) { return PaceOf(node); });
  return nodes;
}

absl::Status Watch::ReadLogs() {
  round_->BeginReading();
  std::vector<std::pair<int64_t, std::string>> order;  // pace of the quickest node, origin
  for (const auto& [origin, log] : logs_) {
    const std::vector<std::string> nodes = NodesToRead(origin);
    if (log.fork.empty() && !nodes.empty()) order.emplace_back(PaceOf(nodes[0]), origin);
  }
  std::ranges::sort(order);
  absl::Status status;
  while (!order.empty()) {
    std::vector<std::pair<int64_t, std::string>> unread;
    for (auto& [pace, origin] : order) {
      WatchedLog& log = logs_.at(origin);
      const uint64_t before = log.read.size();
      if (status.ok()) status = ReadEntries(log);
      if (status.ok() && options_.once && log.read.size() > before && !whole_.contains(origin)) {
        unread.emplace_back(pace, std::move(origin));
      } else {
        EndReading(log);
      }
    }
    order = std::move(unread);
    if (order.empty()) break;
    Save().IgnoreError();  // the round's end tries again, and says so
    round_->BeginTurn();
  }
  return status.ok() ? AskTroubledAgain() : status;
}

void Watch::EndReading(const WatchedLog& log) {
  TellOfTheRest(log);
  LookAtUnfollowed(log);
  if (whole_.contains(log.origin)) LookAtDeadlines(log);
}

absl::Status Watch::AskTroubledAgain() {
  for (auto it = troubles_.begin(); it != troubles_.end();) {
    const std::string& node = it->first.first;
    const TilesTrouble& trouble = it->second;
    const WatchedLog& log = logs_.at(trouble.origin);
    const auto at_newest = at_newest_.find(log.origin);
    const bool may_ask = !trouble.is_new && at_newest != at_newest_.end() &&
                         at_newest->second.contains(node) && round_->HasTime() &&
                         round_->HasTimeFor(node);
    if (log.fork.empty() && !may_ask) {
      ++it;
      continue;
    }
    absl::Status status;
    if (log.fork.empty()) status = AskAgain(node, log, trouble.asked);
    if (status.ok()) {
      it = troubles_.erase(it);
      continue;
    }
    const AskedFor asked = trouble.asked;
    status = TilesFailed(node, log, log.newest().checkpoint.size, asked, status);
    if (!status.ok()) return status;
    ++it;
  }
  return absl::OkStatus();
}

absl::Status Watch::ReadEntries(WatchedLog& log) {
  const bool must_wait = !round_->HasTime() && log.read.size() < log.newest().checkpoint.size;
  for (const std::string& node : NodesToRead(log.origin)) {
    const absl::Status status = ReadEntriesAt(node, log);
    if (must_wait) {
      pace_.erase(node);  // to be first in the next round
    } else if (const auto took = round_->Took(node); took.has_value()) {
      pace_[node] = *took;
    }
    if (status.ok()) return absl::OkStatus();
    absl::Status handed_on =
        TilesFailed(node, log, log.newest().checkpoint.size, {log.read.size(), log.read}, status);
    if (!handed_on.ok()) return handed_on;
  }
  return absl::OkStatus();
}

absl::Status Watch::ReadEntriesAt(const std::string& node, WatchedLog& log) {
  const crypto::Checkpoint head = log.newest().checkpoint;
  uint64_t bundles = 0;
  while (log.read.size() < head.size && bundles < options_.bundles_in_round) {
    // What there is no time for waits for the next round.
    if (!round_->HasTime() || (bundles > 0 && !round_->HasTimeFor(node))) break;
    const Fetch fetch = round_->At(node);
    TileReader tiles(node, head.size, fetch);
    const uint64_t start = log.read.size();
    auto entries = ReadOn(log.read, head, tiles);
    if (!entries.ok()) return entries.status();
    log.read = std::move(entries->tree);
    TakeInEntries(log, entries->leaves, start);
    bundles += kBundlesAtOnce;
    if (ports_.progress) ports_.progress(log.read.size(), head.size);
  }
  if (log.read.size() == head.size) whole_.insert(log.origin);
  return absl::OkStatus();
}

void Watch::TakeInEntries(WatchedLog& log, const std::vector<crypto::Bytes>& leaves,
                          uint64_t first) {
  const evidence::Charter* charter = options_.charter.has_value() ? &*options_.charter : nullptr;
  Counted& counted = counted_[log.origin];
  for (size_t i = 0; i < leaves.size(); ++i) {
    const auto entry = evidence::SignedHeader::DecodeLeaf(leaves[i]);
    const std::string fault = FaultOf(entry, first + i, log, Now());
    if (!fault.empty()) {
      if (++counted.bad_entries <= kMaxToldOfOneKind) {
        Alarm alarm =
            Make(AlarmKind::kBadEntry, "", log.origin,
                 "entry " + std::to_string(first + i) + " is none that a node writes: " + fault);
        alarm.entry = first + i;
        Happened(std::move(alarm));
      }
      continue;  // nodes call it void
    }
    log.last_issued_at = entry->header.issued_at;
    const auto missed = TakeIn(entry->header, charter, log.open, options_.open_reports);
    if (!missed.ok()) {
      ++log.unfollowed;
      continue;
    }
    for (const MissedDeadline& one : *missed) {
      if (++counted.late > kMaxToldOfOneKind) continue;
      Alarm alarm = Make(AlarmKind::kDeadline, "", log.origin,
                         "the report " + std::to_string(one.report) + " was " +
                             std::string(DeadlineWords(one.deadline)) + " until " +
                             std::to_string(one.ended_at - one.limit) + " s after its limit");
      alarm.entry = one.report;
      alarm.deadline = std::string(DeadlineName(one.deadline));
      Happened(std::move(alarm));
    }
  }
}

void Watch::TellOfTheRest(const WatchedLog& log) {
  const auto more = [&](AlarmKind kind, size_t all, const std::string& what) {
    if (all <= kMaxToldOfOneKind) return;
    Happened(Make(kind, "", log.origin,
                  "and " + std::to_string(all - kMaxToldOfOneKind) + " more " + what +
                      " among the entries that were read in this round"));
  };
  const Counted& counted = counted_[log.origin];
  more(AlarmKind::kBadEntry, counted.bad_entries, "such entries");
  more(AlarmKind::kDeadline, counted.late, "deadlines missed");
}

void Watch::LookAtUnfollowed(const WatchedLog& log) {
  if (log.unfollowed == 0) return;
  Raise(Make(AlarmKind::kTooManyReports, "", log.origin,
             "it has more than " + std::to_string(options_.open_reports) +
                 " reports that are not erased; the time limits of " +
                 std::to_string(log.unfollowed) + " of them are not watched"),
        "");
}

void Watch::LookAtDeadlines(const WatchedLog& log) {
  if (!options_.charter.has_value()) return;
  const std::vector<MissedDeadline> overdue = Overdue(log.open, *options_.charter, Now());
  for (size_t i = 0; i < overdue.size() && i < kMaxToldOfOneKind; ++i) {
    Alarm alarm = Make(AlarmKind::kDeadline, "", log.origin,
                       "the report " + std::to_string(overdue[i].report) + " is " +
                           std::string(DeadlineWords(overdue[i].deadline)) + ", " +
                           std::to_string(Now() - overdue[i].limit) + " s after its limit");
    alarm.entry = overdue[i].report;
    alarm.deadline = std::string(DeadlineName(overdue[i].deadline));
    Raise(std::move(alarm), "");
  }
  if (overdue.size() <= kMaxToldOfOneKind) return;
  const std::string more = std::to_string(overdue.size() - kMaxToldOfOneKind);
  Raise(Make(AlarmKind::kDeadline, "", log.origin, "and " + more + " more deadlines are missed"),
        more);
}

}  // namespace daftar::audit
