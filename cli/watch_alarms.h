// How a watch tells of its alarms: lines, and posts to a webhook.
#ifndef DAFTAR_CLI_WATCH_ALARMS_H_
#define DAFTAR_CLI_WATCH_ALARMS_H_

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

inline constexpr size_t kMaxWaitingPosts = 256;
inline constexpr int kPostTries = 2;         // in a round
inline constexpr uint32_t kPostRounds = 10;  // then an alarm is given up

// What is to be posted, in order. A webhook that fails is told on standard error and tried again in
// the next round. One thread.
class WebhookQueue {
 public:
  using Post = std::function<absl::Status(const std::string& json)>;
  explicit WebhookQueue(Post post) : post_(std::move(post)) {}
  void Add(const Json& document);
  // Posts what waits, until one fails.
  void Flush(Console& console);
  size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiting {
    std::string json;
    uint32_t rounds = 0;
  };
  const Post post_;
  std::deque<Waiting> waiting_;
  uint64_t dropped_ = 0;
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_WATCH_ALARMS_H_
