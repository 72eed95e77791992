#include "cli/watch_alarms.h"

#include <algorithm>
#include <ctime>

#include "cli/text.h"

namespace daftar::cli {
namespace {

Json NumberOrNull(const std::optional<uint64_t>& number) {
  return number.has_value() ? Json(*number) : Json(nullptr);
}

// "2026-11-10T08:00:00.000Z", as nodes write times.
std::string TimeText(evidence::UnixMillis time) {
  const std::time_t seconds = time.seconds();
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  const size_t length = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
  return std::string(text, length) + "." + std::to_string(1000 + time.value % 1000).substr(1) + "Z";
}

}  // namespace

Json ToJson(const audit::Alarm& alarm, const std::string& folder) {
  Json document;
  document["kind"] = std::string(audit::AlarmName(alarm.kind));
  document["over"] = alarm.over;
  document["at"] = TimeText(alarm.at);
  document["node"] = TextOrNull(alarm.node);
  document["origin"] = TextOrNull(alarm.origin);
  document["text"] = alarm.text;
  document["size"] = NumberOrNull(alarm.size);
  document["entry"] = NumberOrNull(alarm.entry);
  document["deadline"] = TextOrNull(alarm.deadline);
  document["evidence"] = TextOrNull(alarm.evidence.empty() ? "" : folder + "/" + alarm.evidence);
  document["notes"] = Json::array();
  for (const std::string& note : alarm.notes) document["notes"].push_back(folder + "/" + note);
  return document;
}

std::string AlarmLine(const audit::Alarm& alarm, const std::string& folder) {
  std::string line = TimeText(alarm.at) + " " + (alarm.over ? "over: " : "ALARM ") +
                     std::string(audit::AlarmName(alarm.kind));
  if (!alarm.origin.empty()) line += " " + alarm.origin;
  if (!alarm.node.empty()) line += " at " + alarm.node;
  line += ": " + alarm.text;
  if (!alarm.evidence.empty()) line += " [" + folder + "/" + alarm.evidence + "]";
  for (const std::string& note : alarm.notes) line += " [" + folder + "/" + note + "]";
  return line;
}

WebhookQueue::Place WebhookQueue::FirstOther() {
  return std::ranges::find_if(waiting_, [](const Waiting& one) { return one.fork.empty(); });
}

void WebhookQueue::Add(const audit::Alarm& alarm, const Json& document) {
  Waiting added{document.dump(-1, ' ', false, Json::error_handler_t::replace), ""};
  if (alarm.kind == audit::AlarmKind::kFork) {
    added.fork = alarm.origin;
    // It is told again every hour, and when its evidence could be kept after all.
    const auto waits =
        std::ranges::find_if(waiting_, [&](const Waiting& one) { return one.fork == added.fork; });
    if (waits != waiting_.end()) {
      waits->json = std::move(added.json);
    } else {
      waiting_.insert(FirstOther(), std::move(added));
    }
    return;
  }
  const auto others =
      std::ranges::count_if(waiting_, [](const Waiting& one) { return one.fork.empty(); });
  if (static_cast<size_t>(others) >= kMaxWaitingPosts) {
    waiting_.erase(FirstOther());
    ++dropped_;
  }
  waiting_.push_back(std::move(added));
}

void WebhookQueue::FrontFailed() {
  if (++waiting_.front().rounds < kPostRounds) return;
  if (waiting_.front().fork.empty()) {
    ++dropped_;
  } else {
    // It may be this one that the webhook does not like: the others get their turn.
    waiting_.front().rounds = 0;
    waiting_.push_back(std::move(waiting_.front()));
  }
  waiting_.pop_front();
}

void WebhookQueue::Flush(Console& console) {
  const Time begun = ports_.now();
  const auto may_post = [&] { return ports_.now() - begun <= kPostsOfRound; };
  std::string why;
  while (!waiting_.empty() && why.empty()) {
    if (!may_post()) {
      why = "it takes too long";
      break;
    }
    absl::Status status = ports_.post(waiting_.front().json);
    for (int i = 1; i < kPostTries && !status.ok() && !ports_.stopped() && may_post(); ++i) {
      status = ports_.post(waiting_.front().json);
    }
    if (status.ok()) {
      waiting_.pop_front();
      continue;
    }
    why = MessageOf(status);
    FrontFailed();
  }
  if (why.empty()) return;
  console.err << "daftar: the webhook failed: " << why << "; " << Count(waiting_.size(), "alarm")
              << (ports_.stopped() ? " not posted" : " to be posted in the next round");
  if (dropped_ > 0) console.err << ", " << dropped_ << " given up";
  console.err << "\n";
  console.err.flush();
}

}  // namespace daftar::cli
