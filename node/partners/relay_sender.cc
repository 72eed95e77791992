#include "node/partners/relay_sender.h"

#include <algorithm>

namespace daftar::partners {
namespace {

// Whether the partner is to have it, at once or again.
bool GoesTo(const Partner& partner, const RelayView& relay) {
  return partner.origin == relay.relay.statement.issuer ||
         relay.relay.told.count(partner.origin) == 0;
}

}  // namespace

void RelaySender::Start() {
  thread_ = std::thread([this] { Run(); });
}

void RelaySender::Stop() {
  {
    storage::MutexLock lock(mutex_);
    stopping_ = true;
    WakeLocked();
  }
  if (thread_.joinable()) thread_.join();
}

void RelaySender::WakeLocked() {
  ++changes_;
  changed_.NotifyAll();
}

void RelaySender::Wake() {
  storage::MutexLock lock(mutex_);
  WakeLocked();
}

void RelaySender::Heard(const std::string& partner) {
  storage::MutexLock lock(mutex_);
  const auto peer = peers_.find(partner);
  // What it has answered waits for its log, which has just brought news.
  if (peer == peers_.end()) return;
  peer->second.next = Clock::time_point{};
  WakeLocked();
}

void RelaySender::Run() {
  while (true) {
    uint64_t seen = 0;
    {
      storage::MutexLock lock(mutex_);
      seen = changes_;
    }
    const Clock::time_point next = SendDue(Clock::now());
    storage::MutexLock lock(mutex_);
    if (stopping_) return;
    if (changes_ != seen) continue;
    // Rounded up, so that what is due is due when this wakes.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    if (left.count() > 0) changed_.WaitFor(mutex_, left);
  }
}

RelaySender::StatementId RelaySender::IdOf(const RelayView& relay) {
  const evidence::RelayStatement& statement = relay.relay.statement;
  return {statement.issuer, statement.index, statement.at};
}

RelaySender::Clock::time_point RelaySender::DueAt(const Peer& peer, const RelayView& relay) {
  const auto repeat = peer.repeats.find(IdOf(relay));
  return repeat == peer.repeats.end() ? peer.next : std::max(peer.next, repeat->second);
}

RelaySender::Clock::time_point RelaySender::SendDue(Clock::time_point now) {
  Clock::time_point next = now + options_.last_retry;
  // What the store cannot tell now, it may at the next turn.
  auto outstanding = relayer_.Outstanding();
  if (!outstanding.ok()) return next;
  const std::vector<Partner> active = registry_.Active();
  std::vector<std::pair<const Partner*, const RelayView*>> due;
  {
    storage::MutexLock lock(mutex_);
    if (stopping_) return next;
    std::erase_if(peers_, [&](const auto& peer) {
      return !peer.second.calling && std::none_of(active.begin(), active.end(), [&](const auto& p) {
        return p.origin == peer.first;
      });
    });
    if (outstanding->empty()) return next;  // a request that fails half-way wakes nobody
    for (const Partner& partner : active) {
      Peer& peer = peers_[partner.origin];
      if (peer.calling) continue;  // its answer wakes the thread
      std::erase_if(peer.repeats, [&](const auto& repeat) {
        return std::none_of(outstanding->begin(), outstanding->end(),
                            [&](const RelayView& relay) { return IdOf(relay) == repeat.first; });
      });
      // The one after the last that went: a statement that fails must not keep the others.
      const RelayView* chosen = nullptr;
      const auto turn = [&](const RelayView& relay) {
        const StatementId id = IdOf(relay);
        return std::pair(id <= peer.last, id);
      };
      for (const RelayView& relay : *outstanding) {
        if (!GoesTo(partner, relay)) continue;
        const Clock::time_point at = DueAt(peer, relay);
        if (at > now) {
          next = std::min(next, at);
        } else if (chosen == nullptr || turn(relay) < turn(*chosen)) {
          chosen = &relay;
        }
      }
      if (chosen == nullptr) continue;
      peer.last = IdOf(*chosen);
      due.emplace_back(&partner, chosen);
    }
  }
  for (const auto& [partner, relay] : due) Send(*partner, *relay);
  return due.empty() ? next : now;  // answers may be there already
}

void RelaySender::SendAll() {
  auto outstanding = relayer_.Outstanding();
  if (!outstanding.ok()) return;
  for (const Partner& partner : registry_.Active()) {
    for (const RelayView& relay : *outstanding) {
      if (GoesTo(partner, relay)) Send(partner, relay);
    }
  }
}

void RelaySender::Send(const Partner& partner, const RelayView& relay) {
  {
    storage::MutexLock lock(mutex_);
    Peer& peer = peers_[partner.origin];
    if (peer.calling || stopping_) return;
    peer.calling = true;
  }
  network_.RelayDispute(
      partner, relay.relay.statement.Encode(), options_.deadline,
      [this, origin = partner.origin, relay](const absl::StatusOr<RelayAnswer>& answer) {
        Answered(origin, relay, answer);
      });
}

void RelaySender::Answered(const std::string& partner, const RelayView& relay,
                           const absl::StatusOr<RelayAnswer>& answer) {
  const absl::Status noted =
      answer.ok() ? relayer_.Answered(relay, partner, *answer) : answer.status();
  const Clock::time_point now = Clock::now();
  storage::MutexLock lock(mutex_);
  Peer& peer = peers_[partner];
  peer.calling = false;
  if (noted.ok()) {
    peer.wait = std::chrono::milliseconds(0);
    peer.next = now;
    // It serves only where the answer has not ended it.
    peer.repeats[IdOf(relay)] = now + options_.repeat;
  } else {
    peer.wait = std::clamp(peer.wait, options_.first_retry, options_.last_retry);
    peer.next = now + peer.wait;
    peer.wait *= 2;
  }
  WakeLocked();
}

}  // namespace daftar::partners
