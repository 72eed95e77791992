#include "cli/watch_alarms.h"

#include <ctime>

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

void WebhookQueue::Add(const Json& document) {
  if (waiting_.size() == kMaxWaitingPosts) {
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_.push_back({document.dump(-1, ' ', false, Json::error_handler_t::replace), 0});
}

void WebhookQueue::Flush(Console& console) {
  while (!waiting_.empty()) {
    absl::Status status;
    for (int i = 0; i < kPostTries; ++i) {
      status = post_(waiting_.front().json);
      if (status.ok() || absl::IsCancelled(status)) break;
    }
    if (status.ok()) {
      waiting_.pop_front();
      continue;
    }
    if (++waiting_.front().rounds >= kPostRounds) {
      waiting_.pop_front();
      ++dropped_;
    }
    console.err << "daftar: the webhook failed: " << MessageOf(status) << "; " << waiting_.size()
                << " alarms wait for the next round";
    if (dropped_ > 0) console.err << ", " << dropped_ << " were given up";
    console.err << "\n";
    console.err.flush();
    return;
  }
}

}  // namespace daftar::cli
