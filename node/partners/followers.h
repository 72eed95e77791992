// Keeps one thread for each active partner that follows its log into a Mirror and comes back after
// any interruption.
#ifndef DAFTAR_NODE_PARTNERS_FOLLOWERS_H_
#define DAFTAR_NODE_PARTNERS_FOLLOWERS_H_

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "node/partners/mirror.h"
#include "node/partners/network.h"
#include "node/partners/registry.h"
#include "storage/mutex.h"

namespace daftar::partners {

// A log that does not continue its copy is read again from the start no more often than this.
inline constexpr std::chrono::hours kComparePause{1};
// A partner's timestamp says something about this node's clock for so long.
inline constexpr int64_t kHeardSeconds = 600;
// After a start the clock is in doubt until a partner was heard of, but no longer than this: a
// circle that is silent must not keep reports alive.
inline constexpr std::chrono::minutes kFirstWord{10};

struct FollowerOptions {
  // Waits between attempts double from the first to the second.
  std::chrono::milliseconds first_retry{200};
  std::chrono::milliseconds last_retry{15'000};
  std::chrono::milliseconds first_word = kFirstWord;
  // Time that only passes, however the clock is set. Any thread calls.
  std::function<std::chrono::milliseconds()> passed = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  };
};

// How a partner's connection stands, for `partner list`.
struct ConnectionView {
  bool connected = false;
  std::string reason;  // why not, in words
};

// Any thread may call. Mirrors stay valid while the object lives.
class Followers {
 public:
  // All outlive the object.
  Followers(storage::Store& store, const evidence::Clock& clock, const Registry& registry,
            Network& network, FollowerOptions options = {});
  ~Followers();  // as Stop

  // Called on the follower's thread after each batch that was taken, and before it follows at all;
  // may call any room. REQUIRES no follower to run yet.
  void Observe(std::function<void(Mirror&)> applied) { applied_ = std::move(applied); }

  // Called on the follower's thread with what a partner has served when it was refused and may be a
  // head of another log; returns what to tell the operator instead of why it was refused, if
  // anything. REQUIRES no follower to run yet.
  using OtherLog = std::function<std::string(const Partner&, const MirrorView&,
                                             const std::string& note, Cancellation&)>;
  void ObserveOtherLogs(OtherLog look) { look_ = std::move(look); }

  // Opens mirrors for all partners that have one; starts a thread for each active one. Called again
  // after every change of the registry: starts and stops what changed.
  absl::Status Refresh();
  // Ends all threads. Mirrors remain readable.
  void Stop();

  // nullptr when the partner has no mirror.
  std::shared_ptr<Mirror> MirrorOf(std::string_view origin) const;
  ConnectionView ConnectionOf(std::string_view origin) const;

  // By how many seconds the clocks of half of the partners that were heard of within kHeardSeconds
  // are ahead of this node's, at least, or behind it (negative); 0 when nobody was heard of. A
  // clock that was set since a partner was heard of is off by as much.
  int64_t ClockAhead() const;
  // Whether that is more than kMaxClockAheadSeconds, or nobody was heard of yet (kFirstWord): then
  // no deadline acts on this node's clock.
  bool ClockInDoubt() const;

 private:
  struct Follower {
    std::shared_ptr<Mirror> mirror;
    Partner partner;
    std::unique_ptr<Cancellation> cancel;
    std::thread thread;
    ConnectionView connection;
    // When it was last heard of since the start: by the clock (Unix seconds; 0: not yet), and by
    // the time that passes.
    int64_t heard_at = 0;
    std::chrono::milliseconds heard_passed{};
  };
  void Run(const Partner& partner, Mirror& mirror, Cancellation& cancel);
  void Compare(const Partner& partner, Mirror& mirror, Cancellation& cancel);
  bool ReadFork(const Partner& partner, Mirror& mirror, Cancellation& cancel);
  void SetConnection(const std::string& origin, bool connected, std::string reason);
  void NoteHeard(const std::string& origin, int64_t heard_at, std::chrono::milliseconds passed);
  // Whether there are active partners, and none was heard of in what has passed since the start.
  bool WaitsForFirstWord() const;
  static void End(std::vector<Follower> ended);

  storage::Store& store_;
  const evidence::Clock& clock_;
  const Registry& registry_;
  Network& network_;
  const FollowerOptions options_;
  const std::chrono::milliseconds started_;  // of the time that passes
  const std::shared_ptr<CosignerKeys> cosigners_ = std::make_shared<CosignerKeys>();
  std::function<void(Mirror&)> applied_ = [](Mirror&) {};
  OtherLog look_ = [](const Partner&, const MirrorView&, const std::string&, Cancellation&) {
    return std::string();
  };
  storage::Mutex refresh_mutex_;  // one Refresh or Stop at a time
  mutable storage::Mutex mutex_;
  storage::CondVar stop_changed_;
  bool stopping_ DAFTAR_GUARDED_BY(mutex_) = false;
  std::map<std::string, Follower, std::less<>> followers_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_FOLLOWERS_H_
