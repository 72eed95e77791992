// Sends relayed disputes: to the issuer until it has spoken in its log, to the other partners until
// they have taken it, or have refused it for good; after a restart too.
#ifndef DAFTAR_NODE_PARTNERS_RELAY_SENDER_H_
#define DAFTAR_NODE_PARTNERS_RELAY_SENDER_H_

#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "node/partners/network.h"
#include "node/partners/registry.h"
#include "node/partners/relayer.h"
#include "storage/mutex.h"

namespace daftar::partners {

struct RelaySenderOptions {
  // Waits after a call that failed double from the first to the second.
  std::chrono::milliseconds first_retry{1'000};
  std::chrono::milliseconds last_retry{60'000};
  // Between two calls about a statement to a partner that has answered and is not done with it: the
  // issuer, whose DISPUTE has not come, or another one that has refused it for now.
  std::chrono::milliseconds repeat{600'000};
  std::chrono::milliseconds deadline{10'000};  // of a call
};

// Any thread may call any method but Start and Stop, which are the owner's. One thread of its own;
// a call to a partner runs beside it, at most one for each partner. References outlive the object;
// the network must have answered all calls before it goes.
class RelaySender {
 public:
  RelaySender(const Registry& registry, Network& network, Relayer& relayer,
              RelaySenderOptions options = {})
      : registry_(registry), network_(network), relayer_(relayer), options_(options) {}
  ~RelaySender() { Stop(); }

  void Start();
  void Stop();

  // There is something new to send.
  void Wake();
  // The partner is there: what waits for it is due.
  void Heard(const std::string& partner);

  // Sends all that is outstanding once, to whoever no call is under way to.
  void SendAll();

 private:
  using Clock = std::chrono::steady_clock;
  // Issuer, index and time: one that is stated anew is another, and does not wait.
  using StatementId = std::tuple<std::string, uint64_t, uint64_t>;
  struct Peer {
    bool calling = false;
    Clock::time_point next{};
    std::chrono::milliseconds wait{0};
    StatementId last{};  // that was sent to it
    // Of those outstanding that it has answered: when they are due again, if they are.
    std::map<StatementId, Clock::time_point> repeats;
  };
  void Run();
  // Sends to those that are due and returns when the next one is.
  Clock::time_point SendDue(Clock::time_point now);
  void Send(const Partner& partner, const RelayView& relay);
  void Answered(const std::string& partner, const RelayView& relay,
                const absl::StatusOr<RelayAnswer>& answer);
  void WakeLocked() DAFTAR_REQUIRES(mutex_);
  static StatementId IdOf(const RelayView& relay);
  // Since when it is to go to the partner.
  static Clock::time_point DueAt(const Peer& peer, const RelayView& relay);

  const Registry& registry_;
  Network& network_;
  Relayer& relayer_;
  const RelaySenderOptions options_;
  std::thread thread_;
  storage::Mutex mutex_;
  storage::CondVar changed_;
  bool stopping_ DAFTAR_GUARDED_BY(mutex_) = false;
  uint64_t changes_ DAFTAR_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Peer, std::less<>> peers_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_RELAY_SENDER_H_
