// How a watch tells of its alarms: lines, and posts to a webhook.
#ifndef DAFTAR_CLI_WATCH_ALARMS_H_
#define DAFTAR_CLI_WATCH_ALARMS_H_

#include <chrono>
#include <deque>
#include <functional>
#include <string>

#include "cli/console.h"
#include "cli/json.h"
#include "node/audit/watch.h"

namespace daftar::cli {

// docs/cli.md, "audit watch". `folder` is where the files lie.
Json ToJson(const audit::Alarm& alarm, const std::string& folder);
// One line of text, without a line break.
std::string AlarmLine(const audit::Alarm& alarm, const std::string& folder);

inline constexpr size_t kMaxWaitingPosts = 256;  // and the forks: one of each log
inline constexpr int kPostTries = 2;             // in a round
inline constexpr uint32_t kPostRounds = 10;      // then an alarm that is no fork is given up
// No post is begun later than so long after the first of a round, so that a webhook that hangs does
// not hold up what the next round finds; when the watch is to end, there is no second try either.
inline constexpr std::chrono::seconds kPostsOfRound{5};

// What is to be posted: forks first, each kept until it is posted, then the others in order. A
// webhook that fails is told on standard error and tried again in the next round. One thread.
class WebhookQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Ports {
    std::function<absl::Status(const std::string& json)> post;
    std::function<bool()> stopped;  // the watch is to end
    std::function<Time()> now = &std::chrono::steady_clock::now;
  };
  explicit WebhookQueue(Ports ports) : ports_(std::move(ports)) {}
  // Lets go of the oldest alarm that is no fork when there are too many.
  void Add(const audit::Alarm& alarm, const Json& document);
  // Posts what waits, until one fails or the time is over.
  void Flush(Console& console);
  size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::string json;
    std::string fork;  // the log's origin; empty: it is none
    uint32_t rounds = 0;
  };
  using Place = std::deque<Waiting>::iterator;
  Place FirstOther();
  void FrontFailed();

  const Ports ports_;
  std::deque<Waiting> waiting_;
  uint64_t dropped_ = 0;
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_WATCH_ALARMS_H_
