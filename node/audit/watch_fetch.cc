#include "node/audit/watch_fetch.h"

#include <algorithm>

namespace daftar::audit {

RoundFetch::RoundFetch(Fetch fetch, const evidence::Clock& clock, bool once)
    : fetch_(std::move(fetch)),
      clock_(&clock),
      node_ms_(once ? kOnceNodeMs : kNodeMs),
      read_end_(clock.Now().value + (once ? kOnceMs : kRoundMs)),
      end_(clock.Now().value + kCompareMs) {}

RoundFetch::Answers RoundFetch::Heads(const std::vector<std::string>& nodes) {
  std::vector<FetchRequest> requests;
  for (const std::string& node : nodes) {
    requests.push_back({node + "/checkpoint", kMaxCheckpointBytes, kHeadsMs});
  }
  return fetch_(requests);
}

absl::Status RoundFetch::Ahead(const std::map<std::string, std::set<TileName>>& wanted) {
  struct Asked {
    std::string node;
    TileName name;
  };
  std::vector<Asked> asked;
  for (const auto& [node, names] : wanted) {
    for (const TileName& name : names) asked.push_back({node, name});
  }
  while (!asked.empty()) {
    std::vector<FetchRequest> requests;
    for (const Asked& one : asked) {
      requests.push_back({one.node + "/" + one.name.part, kTileBytes, kAheadMs});
    }
    auto answers = fetch_(requests);
    std::vector<Asked> instead;
    for (size_t i = 0; i < answers.size(); ++i) {
      const Asked& one = asked[i];
      const absl::Status& status = answers[i].status();
      if (absl::IsCancelled(status)) return status;
      if (absl::IsUnavailable(status)) silent_.emplace(one.node, status);
      if (absl::IsNotFound(status) && one.name.part != one.name.full) {
        instead.push_back({one.node, {one.name.full, one.name.full}});
      }
      came_.insert_or_assign(requests[i].url, std::move(answers[i]));
    }
    asked = std::move(instead);
  }
  return absl::OkStatus();
}

Fetch RoundFetch::At(const std::string& node) {
  return [this, node](const std::vector<FetchRequest>& requests) { return Ask(node, requests); };
}

RoundFetch::Answers RoundFetch::Ask(const std::string& node, std::vector<FetchRequest> requests) {
  Answers answers;
  for (const FetchRequest& request : requests) {
    const auto came = came_.find(request.url);
    if (came == came_.end()) break;
    answers.push_back(came->second);
  }
  if (answers.size() == requests.size()) return answers;
  const auto silent = silent_.find(node);
  if (silent != silent_.end()) return Answers(requests.size(), silent->second);
  const int64_t left = LeftFor(node);
  if (left <= 0) {
    const absl::Status late =
        LeftOfRound() <= 0
            ? absl::UnavailableError("the round had no time left for it")
            : absl::UnavailableError("it took more than " + std::to_string(node_ms_ / 1000) +
                                     " s of one round");
    return Answers(requests.size(), late);
  }
  for (FetchRequest& request : requests) request.within_ms = left;
  const int64_t begun = clock_->Now().value;
  answers = fetch_(requests);
  took_[node] += clock_->Now().value - begun;
  for (const auto& answer : answers) {
    if (absl::IsUnavailable(answer.status())) silent_.emplace(node, answer.status());
  }
  return answers;
}

void RoundFetch::BeginReading() { end_ = read_end_; }

int64_t RoundFetch::LeftOfRound() const { return end_ - clock_->Now().value; }

int64_t RoundFetch::LeftFor(const std::string& node) const {
  return std::min(node_ms_ - Took(node).value_or(0), LeftOfRound());
}

bool RoundFetch::HasTime() const { return LeftOfRound() >= node_ms_ / 2; }

bool RoundFetch::HasTimeFor(const std::string& node) const { return LeftFor(node) >= node_ms_ / 2; }

std::optional<int64_t> RoundFetch::Took(const std::string& node) const {
  const auto took = took_.find(node);
  return took == took_.end() ? std::nullopt : std::optional(took->second);
}

}  // namespace daftar::audit
