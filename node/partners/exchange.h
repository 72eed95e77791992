// When notes go out: at once to the issuer of a log whose head was cosigned, which is the receipt
// that it has arrived, every minute to every active partner, and before the own log grows, to hear
// which head of it they know.
#ifndef DAFTAR_NODE_PARTNERS_EXCHANGE_H_
#define DAFTAR_NODE_PARTNERS_EXCHANGE_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "node/partners/cosigner.h"
#include "node/partners/network.h"
#include "node/partners/notes.h"
#include "node/partners/own_head_quorum.h"
#include "node/partners/registry.h"
#include "storage/mutex.h"

namespace daftar::partners {

struct ExchangeOptions {
  std::chrono::milliseconds interval{60'000};  // between exchanges with one partner
  // Waits between attempts to deliver a receipt double from the first to the second.
  std::chrono::milliseconds first_retry{1'000};
  std::chrono::milliseconds last_retry{60'000};
  // New cosignatures of the own head are served together, no more often than this: twenty partners
  // that cosign within a moment do not wake twenty streams twenty times.
  std::chrono::milliseconds serve_pause{500};
  std::chrono::milliseconds deadline{10'000};  // of a call
  // How long MayGrow waits for partners' answers.
  std::chrono::milliseconds patience{3'000};
  // Time that only passes, however the clock is set. Any thread calls.
  std::function<std::chrono::milliseconds()> passed = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  };
};

// Counts since the start.
struct ExchangeCounters {
  uint64_t cosigned = 0;   // heads that this node has cosigned
  uint64_t delivered = 0;  // exchanges that a partner has answered
  uint64_t failed = 0;     // that none did
  uint64_t refused = 0;    // notes of partners that did not verify
};

// Any thread may call any method but Start and Stop, which are the owner's. One thread of its own;
// a call to a partner runs beside it, at most one for each partner.
class Exchange {
 public:
  // References outlive the object; the network must have answered all calls before it goes. `serve`
  // puts the collected cosignatures of the own head into the note that partners follow.
  Exchange(const Registry& registry, Network& network, Notes& notes, Cosigner& cosigner,
           Arrivals& arrivals, std::function<void()> serve, ExchangeOptions options = {})
      : registry_(registry),
        network_(network),
        notes_(notes),
        cosigner_(cosigner),
        arrivals_(arrivals),
        serve_(std::move(serve)),
        options_(std::move(options)) {}
  ~Exchange() { Stop(); }

  void Start();
  void Stop();

  // The follower's, after each batch: cosigns the head that the copy has reached, if it may, and
  // sees to it that the issuer gets the cosignature. What fails is tried again with the next batch,
  // which a timestamp alone is too.
  void Applied(Mirror& mirror);

  // What a partner has sent; answers with this node's notes of the same logs. InvalidArgument past
  // kMaxExchangeNotes or kMaxExchangeBytes; errors of the store.
  absl::StatusOr<std::vector<std::string>> Receive(const Partner& from,
                                                   std::span<const std::string> notes);

  // Whether the own log may grow: asks all active partners for the newest head of it that they
  // know, and waits until more than half have answered, nobody is left to answer, or
  // ExchangeOptions::patience is over. Then more than half must have answered since the start, and
  // one of them within the last `fresh`: Unavailable, in words, otherwise. A head that contradicts
  // the log comes to OwnLog::contradicted before this returns.
  absl::Status MayGrow(std::chrono::milliseconds fresh);

  // Tells every active partner the newest head of the own log, without waiting: whoever cannot copy
  // it knows at least that it was signed.
  void TellHead();

  // Exchanges with every active partner out of turn, but for those that a call is under way to.
  void SendAll();

  ExchangeCounters counters() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Peer {
    bool calling = false;
    uint64_t cosigned = 0;   // of its log
    uint64_t delivered = 0;  // of that, what it has answered to
    Clock::time_point receipt_at{};
    Clock::time_point exchange_at{};
    Clock::time_point answered_at{};
    std::chrono::milliseconds wait{0};
  };
  void Run();
  // Sends to those that are due and returns when the next one is.
  Clock::time_point SendDue(Clock::time_point now);
  void Send(const Partner& partner, bool all);
  void Answered(const std::string& origin, bool all, uint64_t covered,
                const absl::StatusOr<std::vector<std::string>>& answer);
  void Took(const Notes::Taken& taken);
  // What is due may have changed: the thread looks again, also when it was not waiting just now.
  void Wake() DAFTAR_REQUIRES(mutex_);

  const Registry& registry_;
  Network& network_;
  Notes& notes_;
  Cosigner& cosigner_;
  Arrivals& arrivals_;
  const std::function<void()> serve_;
  const ExchangeOptions options_;
  std::thread thread_;
  std::atomic<uint64_t> cosigned_{0};
  std::atomic<uint64_t> delivered_{0};
  std::atomic<uint64_t> failed_{0};
  std::atomic<uint64_t> refused_{0};
  storage::Mutex mutex_;
  storage::CondVar changed_;
  bool stopping_ DAFTAR_GUARDED_BY(mutex_) = false;
  uint64_t changes_ DAFTAR_GUARDED_BY(mutex_) = 0;
  std::optional<Clock::time_point> serve_at_ DAFTAR_GUARDED_BY(mutex_);
  std::map<std::string, Peer, std::less<>> peers_ DAFTAR_GUARDED_BY(mutex_);
  OwnHeadQuorum quorum_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_EXCHANGE_H_
