#include "cli/commands_watch.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "cli/arguments.h"
#include "cli/files.h"
#include "cli/http_fetch.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/text.h"
#include "cli/watch_alarms.h"
#include "cli/watch_folder.h"
#include "node/audit/watch.h"

namespace daftar::cli {
namespace {

constexpr int kExitAlarm = 1;
constexpr int kExitUnusable = 2;
constexpr uint64_t kMaxEverySeconds = 3600;
constexpr uint64_t kMaxStaleSeconds = 366 * 86400;
constexpr uint64_t kEverySeconds = 30;
constexpr uint64_t kStaleSeconds = 300;
constexpr size_t kMaxNodes = audit::kMaxNodesOfLog;
constexpr std::chrono::milliseconds kAskEvery{100};

struct Settings {
  audit::WatchOptions watch;
  std::chrono::seconds every{kEverySeconds};
};

absl::StatusOr<std::vector<std::string>> NodesOf(const std::vector<std::string>& typed) {
  std::set<std::string> seen;
  std::vector<std::string> nodes;
  if (typed.size() > kMaxNodes) {
    return absl::InvalidArgumentError("at most " + std::to_string(kMaxNodes) +
                                      " nodes can be watched at once; run another watch with a "
                                      "--state of its own");
  }
  for (std::string url : typed) {
    if (absl::Status status = CheckHttpUrl(url); !status.ok()) return status;
    while (url.ends_with('/')) url.pop_back();
    if (!seen.insert(url).second) {
      return absl::InvalidArgumentError(url + " is named twice; name each node once");
    }
    nodes.push_back(std::move(url));
  }
  return nodes;
}

absl::StatusOr<Settings> SettingsOf(const WatchCommandOptions& options, Console& console) {
  Settings settings;
  auto nodes = NodesOf(options.nodes);
  if (!nodes.ok()) return nodes.status();
  settings.watch.nodes = *std::move(nodes);
  auto every = MakeNumber("every", options.every, 1, kMaxEverySeconds, kEverySeconds);
  if (!every.ok()) return every.status();
  settings.every = std::chrono::seconds(*every);
  auto stale = MakeNumber("stale-after", options.stale_after, 1, kMaxStaleSeconds, kStaleSeconds);
  if (!stale.ok()) return stale.status();
  settings.watch.stale_after = static_cast<int64_t>(*stale);
  settings.watch.once = options.once;
  if (!options.webhook.empty()) {
    if (absl::Status status = CheckHttpUrl(options.webhook); !status.ok()) {
      return absl::InvalidArgumentError("--webhook: " + MessageOf(status));
    }
  }
  auto text = ReadWhole(options.policy, "policy", audit::kMaxTlogPolicyBytes, console);
  if (!text.ok()) return text.status();
  auto policy = audit::TlogPolicy::Parse(*text);
  if (!policy.ok()) {
    return absl::InvalidArgumentError(options.policy + ": " + MessageOf(policy.status()));
  }
  settings.watch.policy = *std::move(policy);
  if (options.charter.empty()) return settings;
  auto source = ReadWhole(options.charter, "charter", evidence::kMaxCharterBytes, console);
  if (!source.ok()) return source.status();
  auto charter = evidence::Charter::Parse(*std::move(source));
  if (!charter.ok()) {
    return absl::InvalidArgumentError(options.charter + ": " + MessageOf(charter.status()));
  }
  settings.watch.charter = *std::move(charter);
  return settings;
}

// A node that was not reached, and why.
using Unreached = std::vector<std::pair<std::string, std::string>>;

// Of the last round.
Unreached UnreachedOf(const audit::Watch& watch) {
  Unreached unreached;
  for (const auto& [node, why] : watch.failures()) {
    if (!watch.Reached(node)) unreached.emplace_back(node, MessageOf(why));
  }
  return unreached;
}

Json SummaryJson(const audit::Watch& watch, uint64_t rounds, const Unreached& unreached) {
  Json summary;
  summary["rounds"] = rounds;
  summary["alarms"] = watch.alarms();
  summary["logs"] = Json::array();
  for (const auto& [origin, log] : watch.logs()) {
    summary["logs"].push_back({{"origin", origin},
                               {"size", log.newest().checkpoint.size},
                               {"root", log.newest().checkpoint.root.hex()},
                               {"entries_read", log.read.size()},
                               {"shown", watch.IsShown(origin)},
                               {"forked", !log.fork.empty()}});
  }
  summary["unreached"] = Json::array();
  for (const auto& [node, why] : unreached) {
    summary["unreached"].push_back({{"node", node}, {"why", why}});
  }
  return {{"summary", std::move(summary)}};
}

// Of a log that nobody has shown in the only round.
std::string NotShownWords(const audit::WatchedLog& log, const Unreached& unreached) {
  const bool was_asked = std::ranges::any_of(
      unreached, [&log](const auto& one) { return log.nodes.contains(one.first); });
  return was_asked ? "not reached in this run" : "not asked in this run";
}

// How far a log was read, and whether it ends there.
std::string ReadWords(const audit::WatchedLog& log, bool once) {
  std::string words = log.read.size() == log.newest().checkpoint.size
                          ? "all read"
                          : std::to_string(log.read.size()) + " read";
  if (!log.fork.empty()) return words + "; FORKED: nothing after the fork was looked at";
  if (once && words != "all read") words += "; the next run goes on from there";
  return words;
}

void PrintSummary(Console& console, const audit::Watch& watch, uint64_t rounds, bool once,
                  const Unreached& unreached) {
  if (console.json) {
    console.out << SummaryJson(watch, rounds, unreached)
                       .dump(-1, ' ', false, Json::error_handler_t::replace)
                << "\n";
  } else {
    console.out << Count(rounds, "round") << ", " << Count(watch.alarms(), "alarm") << "\n";
    for (const auto& [origin, log] : watch.logs()) {
      console.out << "  " << origin << ": "
                  << Count(log.newest().checkpoint.size, "entry", "entries") << ", ";
      const bool is_quiet = once && log.fork.empty() && !watch.IsShown(origin);
      console.out << (is_quiet ? NotShownWords(log, unreached) : ReadWords(log, once)) << "\n";
    }
    for (const auto& [node, why] : unreached) {
      console.out << "  not reached: " << node << ": " << why << "\n";
    }
  }
  console.out.flush();
}

// Until `until`, or until somebody stops it: then false. In short sleeps, since a signal only sets
// a flag: whichever thread it comes to, nobody is woken by it.
bool Rest(std::chrono::steady_clock::time_point until) {
  while (!InterruptScope::Interrupted()) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= std::chrono::steady_clock::duration::zero()) return true;
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(left, kAskEvery));
  }
  return false;
}

int Unusable(Console& console, const absl::Status& status) {
  Report(console, status);
  return kExitUnusable;
}

}  // namespace

absl::StatusOr<int> RunAuditWatch(Session& session, const WatchCommandOptions& options) {
  Console& console = session.console();
  auto settings = SettingsOf(options, console);
  if (!settings.ok()) return Unusable(console, settings.status());
  std::string state = options.state;
  while (state.size() > 1 && state.ends_with('/')) state.pop_back();
  auto folder = WatchFolder::Open(state);
  if (!folder.ok()) return Unusable(console, folder.status());
  auto records = (*folder)->Load();
  if (!records.ok()) return Unusable(console, records.status());

  const InterruptScope interrupts;
  HttpFetch http([] { return InterruptScope::Interrupted(); });
  // A post of an alarm that was just found is not cut off by the Ctrl-C that ends the watch.
  HttpFetch poster([] { return false; });
  WebhookQueue webhook(
      {.post = [&](const std::string& json) { return poster.PostJson(options.webhook, json); },
       .stopped = [] { return InterruptScope::Interrupted(); }});
  Progress bar(console.err, "entries", console.err_is_terminal && !console.json, "entry");
  audit::WatchPorts ports;
  ports.fetch = [&](const std::vector<audit::FetchRequest>& requests) {
    return http.Get(requests);
  };
  ports.write = [&](const std::string& name, std::string_view bytes) {
    return (*folder)->Write(name, bytes);
  };
  ports.count_notes = [&](const std::string& stem) {
    return (*folder)->Count(stem, audit::kNoteSuffix);
  };
  ports.tell = [&](const audit::Alarm& alarm) {
    bar.Clear();
    const Json document = ToJson(alarm, state);
    if (console.json) {
      console.out << document.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
    } else {
      console.out << AlarmLine(alarm, state) << "\n";
    }
    console.out.flush();
    if (!options.webhook.empty()) webhook.Add(alarm, document);
  };
  ports.progress = [&](uint64_t read, uint64_t size) { bar.Update(read, size, read); };
  auto watch = audit::Watch::Create(std::move(settings->watch), *std::move(records),
                                    std::move(ports), evidence::SystemClock());
  if (!watch.ok()) return Unusable(console, watch.status());

  uint64_t rounds = 0;
  bool stopped = false;
  auto next = std::chrono::steady_clock::now();
  do {
    next += settings->every;
    const absl::Status round = watch->Round();
    bar.Clear();
    webhook.Flush(console);
    if (absl::IsCancelled(round)) {
      stopped = true;
      break;
    }
    if (!round.ok()) {
      Report(console, round);
      // What was found counts for more than what could not be remembered.
      return watch->alarms() > 0 ? kExitAlarm : kExitUnusable;
    }
    ++rounds;
    if (rounds == 1 || options.once) {
      for (const auto& [node, why] : watch->failures()) {
        console.err << "daftar: " << node << " could not be asked: " << MessageOf(why) << "\n";
      }
      console.err.flush();
    }
    next = std::max(next, std::chrono::steady_clock::now());
  } while (!options.once && Rest(next));
  // A round that was stopped tells nothing of those that it did not get to.
  const Unreached unreached = options.once && !stopped ? UnreachedOf(*watch) : Unreached();
  PrintSummary(console, *watch, rounds, options.once, unreached);
  if (watch->alarms() > 0) return kExitAlarm;
  if (options.once && stopped) return kExitInterrupted;
  if (!unreached.empty()) return kExitUnavailable;
  return kExitOk;
}

}  // namespace daftar::cli
