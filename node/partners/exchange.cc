#include "node/partners/exchange.h"

#include <algorithm>

namespace daftar::partners {

void Exchange::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Exchange::Stop() {
  {
    storage::MutexLock lock(mutex_);
    stopping_ = true;
    Wake();
  }
  if (thread_.joinable()) thread_.join();
}

void Exchange::Wake() {
  ++changes_;
  changed_.NotifyAll();
}

void Exchange::Run() {
  while (true) {
    uint64_t seen = 0;
    {
      storage::MutexLock lock(mutex_);
      seen = changes_;
    }
    Clock::time_point next = SendDue(Clock::now());
    bool serve = false;
    {
      storage::MutexLock lock(mutex_);
      if (stopping_) return;
      if (serve_at_.has_value() && *serve_at_ <= Clock::now()) {
        serve_at_.reset();
        serve = true;
      }
    }
    if (serve) serve_();
    storage::MutexLock lock(mutex_);
    if (stopping_) return;
    if (changes_ != seen) continue;
    if (serve_at_.has_value()) next = std::min(next, *serve_at_);
    // Rounded up, so that what is due is due when this wakes.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    if (left.count() > 0) changed_.WaitFor(mutex_, left);
  }
}

Exchange::Clock::time_point Exchange::SendDue(Clock::time_point now) {
  const std::vector<Partner> active = registry_.Active();
  std::vector<std::pair<const Partner*, bool>> due;
  Clock::time_point next = now + options_.interval;
  {
    storage::MutexLock lock(mutex_);
    std::erase_if(peers_, [&](const auto& peer) {
      return !peer.second.calling && std::none_of(active.begin(), active.end(), [&](const auto& p) {
        return p.origin == peer.first;
      });
    });
    for (const Partner& partner : active) {
      Peer& peer = peers_[partner.origin];
      if (peer.calling) continue;  // its answer wakes the thread
      const bool receipt = peer.cosigned > peer.delivered;
      if (peer.exchange_at <= now) {
        due.emplace_back(&partner, true);
      } else if (receipt && peer.receipt_at <= now) {
        due.emplace_back(&partner, false);
      } else {
        next = std::min(next,
                        receipt ? std::min(peer.exchange_at, peer.receipt_at) : peer.exchange_at);
      }
    }
    if (stopping_) return next;
  }
  for (const auto& [partner, all] : due) Send(*partner, all);
  return due.empty() ? next : now;  // answers may be there already
}

void Exchange::SendAll() {
  for (const Partner& partner : registry_.Active()) Send(partner, true);
}

void Exchange::TellHead() {
  for (const Partner& partner : registry_.Active()) Send(partner, false);
}

absl::Status Exchange::MayGrow(std::chrono::milliseconds fresh) {
  const std::vector<Partner> active = registry_.Active();
  if (active.empty()) return absl::OkStatus();
  const Clock::time_point asked = Clock::now();
  for (const Partner& partner : active) Send(partner, false);
  storage::MutexLock lock(mutex_);
  while (true) {
    size_t answered = 0;
    bool waits = false;
    for (const Partner& partner : active) {
      const auto peer = peers_.find(partner.origin);
      if (peer == peers_.end()) continue;
      answered += peer->second.answered_at >= asked ? 1 : 0;
      waits = waits || peer->second.calling;
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(asked + options_.patience - Clock::now());
    if (stopping_ || 2 * answered > active.size() || !waits || left.count() <= 0) {
      return quorum_.Check(active, options_.passed(), fresh);
    }
    changed_.WaitFor(mutex_, left);
  }
}

void Exchange::Send(const Partner& partner, bool all) {
  uint64_t covered = 0;
  {
    storage::MutexLock lock(mutex_);
    Peer& peer = peers_[partner.origin];
    if (peer.calling || stopping_) return;
    peer.calling = true;
    covered = peer.cosigned;
  }
  // The own log's too, so that every answer tells which head of it the partner knows.
  const std::string both[] = {partner.origin, notes_.own_origin()};
  network_.ExchangeNotes(partner, all ? notes_.All() : notes_.Of(both), options_.deadline,
                         [this, origin = partner.origin, all,
                          covered](const absl::StatusOr<std::vector<std::string>>& answer) {
                           Answered(origin, all, covered, answer);
                         });
}

void Exchange::Answered(const std::string& origin, bool all, uint64_t covered,
                        const absl::StatusOr<std::vector<std::string>>& answer) {
  ++(answer.ok() ? delivered_ : failed_);
  bool compared = false;
  if (answer.ok()) {
    arrivals_.Heard(origin);
    // What the store could not keep comes again within the minute.
    if (auto taken = notes_.Take(*answer); taken.ok()) {
      Took(*taken);
      compared = true;
    }
  }
  storage::MutexLock lock(mutex_);
  Peer& peer = peers_[origin];
  if (compared) {
    quorum_.Heard(origin, options_.passed());
    peer.answered_at = Clock::now();
  }
  peer.calling = false;
  const Clock::time_point now = Clock::now();
  if (all) peer.exchange_at = now + options_.interval;
  if (answer.ok()) {
    peer.delivered = std::max(peer.delivered, covered);
    peer.wait = options_.first_retry;
  } else {
    peer.wait = std::clamp(peer.wait, options_.first_retry, options_.last_retry);
    peer.receipt_at = now + peer.wait;
    peer.wait *= 2;
  }
  Wake();
}

void Exchange::Took(const Notes::Taken& taken) {
  refused_ += taken.refused;
  if (!taken.own_news) return;
  storage::MutexLock lock(mutex_);
  if (!serve_at_.has_value()) serve_at_ = Clock::now() + options_.serve_pause;
  Wake();
}

void Exchange::Applied(Mirror& mirror) {
  const auto before = mirror.cosignatures().Sizes();
  const auto made = cosigner_.Cosign(mirror);
  if (absl::IsInvalidArgument(notes_.TakeServed(mirror))) ++refused_;
  if (!made.ok()) return;
  storage::MutexLock lock(mutex_);
  Peer& peer = peers_[mirror.partner().origin];
  if (made->size > peer.cosigned) {
    const auto last = before.find(made->witness);
    if (last == before.end() || last->second < made->size) ++cosigned_;
    peer.cosigned = made->size;
  }
  if (peer.cosigned <= peer.delivered) return;
  // The issuer has just been heard: it is there.
  peer.receipt_at = Clock::now();
  peer.wait = options_.first_retry;
  Wake();
}

absl::StatusOr<std::vector<std::string>> Exchange::Receive(const Partner& from,
                                                           std::span<const std::string> notes) {
  size_t bytes = 0;
  for (const std::string& note : notes) bytes += note.size();
  if (notes.size() > kMaxExchangeNotes || bytes > kMaxExchangeBytes) {
    return absl::InvalidArgumentError("an exchange has at most " +
                                      std::to_string(kMaxExchangeNotes) + " notes and " +
                                      std::to_string(kMaxExchangeBytes) + " bytes");
  }
  arrivals_.Heard(from.origin);
  auto taken = notes_.Take(notes);
  if (!taken.ok()) return taken.status();
  Took(*taken);
  return notes_.Of(taken->origins);
}

ExchangeCounters Exchange::counters() const {
  return {cosigned_.load(), delivered_.load(), failed_.load(), refused_.load()};
}

}  // namespace daftar::partners
