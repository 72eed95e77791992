#include "node/partners/followers.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

namespace daftar::partners {

Followers::Followers(storage::Store& store, const evidence::Clock& clock, const Registry& registry,
                     Network& network, FollowerOptions options)
    : store_(store),
      clock_(clock),
      registry_(registry),
      network_(network),
      options_(std::move(options)),
      started_(options_.passed()) {}

Followers::~Followers() { Stop(); }

void Followers::End(std::vector<Follower> ended) {
  for (Follower& follower : ended) {
    if (follower.cancel != nullptr) follower.cancel->Cancel();
  }
  for (Follower& follower : ended) {
    if (follower.thread.joinable()) follower.thread.join();
  }
}

absl::Status Followers::Refresh() {
  storage::MutexLock refreshing(refresh_mutex_);
  std::vector<Follower> ended;
  std::vector<std::string> forgotten;
  // One look at the registry for all of it: who changes it later calls this again.
  const std::vector<Partner> partners = registry_.All();
  {
    storage::MutexLock lock(mutex_);
    if (stopping_) return absl::OkStatus();
    for (const Partner& partner : partners) {
      auto found = followers_.find(partner.origin);
      const bool active = partner.status == PartnerStatus::kActive;
      if (found != followers_.end() && found->second.thread.joinable() &&
          (!active || !(found->second.partner == partner))) {
        Follower stopped;
        stopped.cancel = std::move(found->second.cancel);
        stopped.thread = std::move(found->second.thread);
        ended.push_back(std::move(stopped));
        forgotten.push_back(partner.origin);
      }
    }
    stop_changed_.NotifyAll();
    for (Follower& follower : ended) follower.cancel->Cancel();
  }
  End(std::move(ended));
  for (const std::string& origin : forgotten) network_.Forget(origin);

  for (const Partner& partner : partners) {
    storage::MutexLock lock(mutex_);
    Follower& follower = followers_[partner.origin];
    // Once made it is kept, so that nobody writes through one that another has replaced: what it
    // looks at of a partner (its origin, log and first entry) never changes.
    if (follower.mirror == nullptr) {
      auto mirror = Mirror::Open(store_, clock_, partner, cosigners_);
      if (!mirror.ok()) return mirror.status();
      follower.mirror = *std::move(mirror);
    }
    follower.partner = partner;
    if (partner.status != PartnerStatus::kActive) {
      follower.connection = {false, std::string(StatusName(partner.status))};
      continue;
    }
    if (follower.thread.joinable()) continue;
    follower.connection = {false, "connecting"};
    follower.cancel = std::make_unique<Cancellation>();
    follower.thread =
        std::thread([this, partner, mirror = follower.mirror, cancel = follower.cancel.get()] {
          Run(partner, *mirror, *cancel);
        });
  }
  return absl::OkStatus();
}

void Followers::Stop() {
  storage::MutexLock refreshing(refresh_mutex_);
  std::vector<Follower> ended;
  {
    storage::MutexLock lock(mutex_);
    stopping_ = true;
    for (auto& [origin, follower] : followers_) {
      if (!follower.thread.joinable()) continue;
      Follower stopped;
      stopped.cancel = std::move(follower.cancel);
      stopped.thread = std::move(follower.thread);
      stopped.cancel->Cancel();
      ended.push_back(std::move(stopped));
    }
    stop_changed_.NotifyAll();
  }
  End(std::move(ended));
}

void Followers::SetConnection(const std::string& origin, bool connected, std::string reason) {
  storage::MutexLock lock(mutex_);
  const auto found = followers_.find(origin);
  if (found != followers_.end()) found->second.connection = {connected, std::move(reason)};
}

void Followers::NoteHeard(const std::string& origin, int64_t heard_at,
                          std::chrono::milliseconds passed) {
  storage::MutexLock lock(mutex_);
  const auto found = followers_.find(origin);
  // A batch without a timestamp leaves the time of the last one.
  if (found == followers_.end() || found->second.heard_at == heard_at) return;
  found->second.heard_at = heard_at;
  found->second.heard_passed = passed;
}

// The thread of one partner: follow, and after an interruption wait a little longer each time.
void Followers::Run(const Partner& partner, Mirror& mirror, Cancellation& cancel) {
  std::chrono::milliseconds wait = options_.first_retry;
  std::optional<std::chrono::steady_clock::time_point> compared;
  std::optional<std::chrono::steady_clock::time_point> fork_read;
  // What was copied before the last stop, or by a version that did not cosign.
  applied_(mirror);
  while (!cancel.cancelled()) {
    absl::Status applied;
    std::string refused;  // the head that came with what was not taken
    const absl::Status ended = network_.Follow(
        partner, mirror.View().size,
        [&](const evidence::FeedBatch& batch) {
          const std::chrono::milliseconds passed = options_.passed();
          applied = mirror.Apply(batch, ClockInDoubt());
          if (!applied.ok()) {
            refused = batch.head;
            return false;
          }
          NoteHeard(partner.origin, mirror.View().heard_at, passed);
          applied_(mirror);
          SetConnection(partner.origin, true, {});
          wait = options_.first_retry;
          return true;
        },
        cancel);
    if (cancel.cancelled()) break;
    const auto now = std::chrono::steady_clock::now();
    if (mirror.Suspicious() && (!compared.has_value() || now - *compared > kComparePause)) {
      compared = now;
      Compare(partner, mirror, cancel);
      if (cancel.cancelled()) break;
    }
    if (!fork_read.has_value() || now - *fork_read > kComparePause) {
      if (ReadFork(partner, mirror, cancel)) fork_read = now;
      if (cancel.cancelled()) break;
    }
    std::string why((applied.ok() ? ended : applied).message());
    if (!applied.ok()) {
      const std::string other = look_(partner, mirror.View(), refused, cancel);
      if (cancel.cancelled()) break;
      if (!other.empty()) why = other;
      mirror.SetTrouble(why);
    }
    SetConnection(partner.origin, false, std::move(why));
    storage::MutexLock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + wait;
    while (!cancel.cancelled() && !stopping_) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          until - std::chrono::steady_clock::now());
      if (left.count() <= 0) break;
      stop_changed_.WaitFor(mutex_, left);
    }
    wait = std::min(wait * 2, options_.last_retry);
  }
}

// Reads the partner's log once more from its first entry on, to tell a broken transfer from another
// history of the log; the mirror keeps the evidence.
void Followers::Compare(const Partner& partner, Mirror& mirror, Cancellation& cancel) {
  Mirror::Comparison comparison;
  (void)network_.Follow(
      partner, 0,
      [&](const evidence::FeedBatch& batch) {
        return mirror.Compare(batch, comparison).ok() && !comparison.done;
      },
      cancel);
}

// Of a log that is forked and lacks the proof of it: reads it once more. Whether it was tried.
bool Followers::ReadFork(const Partner& partner, Mirror& mirror, Cancellation& cancel) {
  auto reading = mirror.BeginForkReading();
  if (!reading.ok() || !reading->has_value()) return false;
  (void)network_.Follow(
      partner, 0,
      [&](const evidence::FeedBatch& batch) {
        return mirror.ReadOfFork(batch, **reading).ok() && !(*reading)->done;
      },
      cancel);
  return true;
}

std::shared_ptr<Mirror> Followers::MirrorOf(std::string_view origin) const {
  storage::MutexLock lock(mutex_);
  const auto found = followers_.find(origin);
  return found == followers_.end() ? nullptr : found->second.mirror;
}

int64_t Followers::ClockAhead() const {
  const std::chrono::milliseconds passed = options_.passed();
  const int64_t now = clock_.Now().seconds();
  std::vector<int64_t> ahead;
  {
    storage::MutexLock lock(mutex_);
    for (const auto& [origin, follower] : followers_) {
      if (follower.mirror == nullptr || follower.partner.status != PartnerStatus::kActive) continue;
      if (follower.heard_at == 0) continue;
      const auto since =
          std::chrono::duration_cast<std::chrono::seconds>(passed - follower.heard_passed);
      if (since.count() > kHeardSeconds) continue;
      const int64_t was_set = now - follower.heard_at - since.count();
      ahead.push_back(follower.mirror->View().clock_ahead - was_set);
    }
  }
  if (ahead.empty()) return 0;
  std::sort(ahead.begin(), ahead.end());
  // Of an even number the two in the middle have to agree.
  const int64_t low = ahead[(ahead.size() - 1) / 2];
  const int64_t high = ahead[ahead.size() / 2];
  return std::abs(low) < std::abs(high) ? low : high;
}

bool Followers::WaitsForFirstWord() const {
  if (options_.passed() - started_ >= options_.first_word) return false;
  bool waits = false;
  storage::MutexLock lock(mutex_);
  for (const auto& [origin, follower] : followers_) {
    if (follower.partner.status != PartnerStatus::kActive) continue;
    if (follower.heard_at != 0) return false;
    waits = true;
  }
  return waits;
}

bool Followers::ClockInDoubt() const {
  return std::abs(ClockAhead()) > kMaxClockAheadSeconds || WaitsForFirstWord();
}

ConnectionView Followers::ConnectionOf(std::string_view origin) const {
  storage::MutexLock lock(mutex_);
  const auto found = followers_.find(origin);
  return found == followers_.end() ? ConnectionView{false, "unknown"} : found->second.connection;
}

}  // namespace daftar::partners
