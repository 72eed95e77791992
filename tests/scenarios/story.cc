#include "tests/scenarios/story.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "crypto/merkle.h"
#include "storage/log_store.h"
#include "tests/support/incidents.h"

namespace daftar::testing {
namespace {

constexpr int64_t kStart = 1'793'491'200;  // 2026-11-01
constexpr size_t kMostWords = 8;
constexpr char kReason[] = "[reasons.deposit-unsettled]\n";

std::string DemoCharter() {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
  return {std::istreambuf_iterator<char>(file), {}};
}

// `line` under the section's head, in place of the line with the same key.
absl::StatusOr<std::string> WithLine(std::string charter, const std::string& head,
                                     const std::string& line) {
  const size_t at = charter.find(head);
  if (at == std::string::npos) return absl::InvalidArgumentError("the charter has no " + head);
  const size_t begin = at + head.size();
  const size_t end = std::min(charter.find("\n[", begin), charter.size());
  const std::string key = "\n" + line.substr(0, line.find('=') + 1);
  if (const size_t old = charter.find(key, begin - 1); old < end) {
    charter.erase(old + 1, charter.find('\n', old + 1) - old);
  }
  return charter.insert(begin, line + "\n");
}

absl::Status Wrong(const std::string& what) { return absl::FailedPreconditionError(what); }

absl::StatusOr<int64_t> Seconds(const std::string& count, const std::string& unit) {
  const int64_t number = std::strtoll(count.c_str(), nullptr, 10);
  if (unit == "d") return number * 86'400;
  if (unit == "h") return number * 3600;
  if (unit == "s") return number;
  return absl::InvalidArgumentError("a unit of time is d, h or s");
}

}  // namespace

std::string BuyersPhone(size_t buyer) { return "0812-9999-7" + std::to_string(100 + buyer); }

Story::~Story() = default;

absl::Status Story::Play() {
  charter_ = DemoCharter();
  std::istringstream lines(text_);
  size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = line.substr(0, line.find('#'));
    std::istringstream split(line);
    Words words;
    for (std::string word; split >> word;) words.push_back(word);
    if (words.empty()) continue;
    const size_t rest =
        words.size() > 1 ? line.find(words[1], line.find(words[0]) + words[0].size()) : 0;
    words.resize(std::max(words.size(), kMostWords));  // what is missing is empty
    absl::Status status = Step(words, line.substr(rest));
    if (status.ok() && circle_ != nullptr) status = CheckNobodyCountsWhatEnded();
    if (!status.ok()) {
      return absl::Status(status.code(), "line " + std::to_string(number) + ", \"" + line +
                                             "\": " + std::string(status.message()));
    }
  }
  return absl::OkStatus();
}

absl::Status Story::Begin(size_t nodes) {
  circle_ = std::make_unique<SimCircle>(kStart, charter_);
  circle_->faults.cut = [this](const std::string& caller, const std::string& called) {
    storage::MutexLock lock(cuts_mutex_);
    return cuts_.count({caller, called}) > 0;
  };
  for (size_t i = 0; i < nodes; ++i) {
    circle_->Add(std::string("toko-") + static_cast<char>('a' + i) + ".test");
  }
  circle_->PairAll();
  circle_->Settle();
  return absl::OkStatus();
}

absl::StatusOr<size_t> Story::NodeNamed(const std::string& name) const {
  const size_t index = name.size() == 1 ? static_cast<size_t>(name[0] - 'A') : circle_->size();
  if (index < circle_->size()) return index;
  return absl::InvalidArgumentError("no node is called " + name);
}

absl::StatusOr<Story::Told*> Story::ToldAs(const std::string& name) {
  const auto found = told_.find(name);
  if (found == told_.end()) return absl::InvalidArgumentError("nothing is called " + name);
  return &found->second;
}

absl::Status Story::Step(const Words& words, const std::string& rest) {
  const std::string& verb = words[0];
  if (verb == "charter" || verb == "circle") {
    std::string head = kReason;
    std::string line = rest;
    if (verb == "circle") {
      head = "[" + words.at(1) + "]\n";
      line = rest.substr(words[1].size() + 1);
    }
    auto with = WithLine(charter_, head, line);
    if (!with.ok()) return with.status();
    charter_ = *with;
    return absl::OkStatus();
  }
  if (verb == "nodes") return Begin(std::strtoul(words.at(1).c_str(), nullptr, 10));
  if (circle_ == nullptr) return absl::InvalidArgumentError("there are no nodes yet");
  if (verb == "refused") {
    Words refused(words.begin() + 1, words.end());
    refused.resize(kMostWords);
    const absl::Status status = Step(refused, "");
    if (status.ok()) return Wrong("it was not refused");
    return absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status) ||
                   absl::IsPermissionDenied(status) || absl::IsNotFound(status)
               ? absl::OkStatus()
               : status;
  }
  if (verb == "tick") {
    circle_->Settle();
    return absl::OkStatus();
  }
  if (verb == "wait") {
    auto seconds = Seconds(words.at(1), words.at(2));
    if (!seconds.ok()) return seconds.status();
    circle_->clock().Advance(*seconds);
    circle_->Settle();
    circle_->Settle();  // what one removes, and what a deadline queues
    for (size_t i = 0; i < circle_->size(); ++i) {
      if ((*circle_)[i].up()) (*circle_)[i]->Upkeep();
    }
    return absl::OkStatus();
  }
  if (verb == "stop" || verb == "start") {
    auto node = NodeNamed(words.at(1));
    if (!node.ok()) return node.status();
    verb == "stop" ? (*circle_)[*node].Stop() : (*circle_)[*node].Start();
    return absl::OkStatus();
  }
  if (verb == "cut" || verb == "mend") {
    auto a = NodeNamed(words.at(1));
    auto b = NodeNamed(words.at(2));
    if (!a.ok() || !b.ok()) return a.ok() ? b.status() : a.status();
    storage::MutexLock lock(cuts_mutex_);
    const std::pair line((*circle_)[*a].origin(), (*circle_)[*b].origin());
    verb == "cut" ? static_cast<void>(cuts_.insert(line)) : static_cast<void>(cuts_.erase(line));
    return absl::OkStatus();
  }
  if (verb == "adopt") return Adopt(words, rest);
  if (verb == "release") {  // release B at A: A's operator has looked at B
    auto released = NodeNamed(words.at(1));
    auto node = NodeNamed(words.at(3));
    if (!released.ok() || !node.ok()) return released.ok() ? node.status() : released.status();
    SimNode& reader = (*circle_)[*node];
    const auto mirror = reader->followers().MirrorOf((*circle_)[*released].origin());
    if (mirror == nullptr) return absl::NotFoundError("there is no copy of that log");
    return mirror->Release(reader.Caller(), "they had a backlog", reader->vault(),
                           reader->entropy());
  }
  if (verb == "clear") {  // clear N at A: somebody at A has looked, and the number is one person's
    auto node = NodeNamed(words.at(3));
    if (!node.ok()) return node.status();
    SimNode& reader = (*circle_)[*node];
    const auto phone = Phone(BuyersPhone(std::strtoul(words.at(1).c_str(), nullptr, 10)));
    return reader->warnings().Clear(reader.Caller(), phone, "one family").status();
  }
  if (verb == "relay" || verb == "forge") return AtPartner(words);
  if (verb == "proof" || verb == "ask" || verb == "guess" || verb == "disclose" ||
      verb == "refuse" || verb == "fetch") {
    return Proof(words);
  }
  if (verb == "got") return Got(words);
  if (verb == "file") {
    auto node = NodeNamed(words.at(3));
    if (!node.ok()) return node.status();
    Told told{*node, std::strtoul(words.at(5).c_str(), nullptr, 10), {}};
    SimNode& shop = (*circle_)[*node];
    auto view = shop->ledger().Add(shop.Caller(), DepositUnsettled(BuyersPhone(told.buyer)));
    if (!view.ok()) return view.status();
    told.id = view->incident.id;
    told_[words.at(1)] = told;
    return absl::OkStatus();
  }
  if (verb == "state" || verb == "sees" || verb == "counts" || verb == "arrived" ||
      verb == "behind") {
    return Expect(words);
  }
  return Change(words);
}

absl::Status Story::Adopt(const Words& words, const std::string& rest) {
  auto node = NodeNamed(words.at(1));
  if (!node.ok()) return node.status();
  auto with = WithLine(charter_, kReason, rest.substr(words[1].size() + 1));
  if (!with.ok()) return with.status();
  SimNode& shop = (*circle_)[*node];
  return shop->charters().Adopt(shop.Caller(), *with, "agreed").status();
}

absl::Status Story::AtPartner(const Words& words) {
  auto told = ToldAs(words.at(1));
  auto node = NodeNamed(words.at(3));
  if (!told.ok() || !node.ok()) return told.ok() ? node.status() : told.status();
  SimNode& partner = (*circle_)[*node];
  const std::string& issuer = (*circle_)[(*told)->node].origin();
  if (words[0] == "relay") {
    partners::NewRelay dispute;
    dispute.issuer = issuer;
    dispute.identifiers = {Phone(BuyersPhone((*told)->buyer))};
    return partner->relayer()
        .Relay(partner.Caller(), dispute, std::chrono::milliseconds(2000))
        .status();
  }
  auto to = NodeNamed(words.at(5));
  auto view = (*circle_)[(*told)->node]->ledger().Get((*told)->id);
  if (!to.ok() || !view.ok()) return to.ok() ? view.status() : to.status();
  SimNode& receiver = (*circle_)[*to];
  const auto copied = partner->followers().MirrorOf(issuer);
  auto leaf =
      storage::LogStore(partner->store()).ReadLeaf(copied->partner().log, view->report->index);
  if (!leaf.ok()) return leaf.status();
  evidence::RelayStatement statement;
  statement.relayer = partner.origin();
  statement.issuer = issuer;
  statement.index = view->report->index;
  statement.leaf = crypto::MerkleLeafHash(*leaf);
  statement.on = evidence::Date::Of(circle_->clock().Now());
  // Ticks have run ahead of a clock that stands.
  statement.at = static_cast<uint64_t>(circle_->clock().Now().seconds() + 60);
  const evidence::RelayStatement forged =
      evidence::SignRelay(statement, crypto::Secret32(), partner->keys().entry);
  auto self = receiver->registry().Find(partner.origin());
  if (!self.ok()) return self.status();
  auto answer = receiver->relays().Take(*self, forged.Encode());
  if (!answer.ok()) return answer.status();
  if (answer->outcome != partners::RelayOutcome::kRefused) return absl::OkStatus();
  return absl::FailedPreconditionError(std::string(partners::RefusalWord(answer->refusal)));
}

absl::Status Story::Change(const Words& words) {
  const std::string& verb = words[0];
  auto told = ToldAs(words.at(1));
  if (!told.ok()) return told.status();
  const ledger::IncidentId& id = (*told)->id;
  SimNode& shop = (*circle_)[(*told)->node];
  ledger::Ledger& ledger = shop->ledger();
  const storage::Caller caller = shop.Caller();
  const std::string& how = words[2] == "by" ? words[3] : words[2];
  if (verb == "publish") return ledger.Publish(caller, id).status();
  if (verb == "approve") return ledger.Approve({"user:second", caller.request_id}, id).status();
  if (verb == "notice") return ledger.Notice(caller, id).status();
  if (verb == "settle") return ledger.Settle(caller, id, {}, "paid").status();
  if (verb == "dispute") {
    ledger::NewDispute dispute;
    if (how == "shop") dispute.by = evidence::DisputedBy::kShop;
    return ledger.Dispute(caller, id, dispute, "it is wrong").status();
  }
  if (verb == "resolve") return ledger.Resolve(caller, id, how == "upheld", "looked into").status();
  if (verb == "correct") {
    ledger::Correction correction;
    correction.amount = evidence::Money{std::strtoull(how.c_str(), nullptr, 10) * 100,
                                        *evidence::Currency::FromCode("IDR")};
    return ledger.Correct(caller, id, correction, "a part was paid").status();
  }
  if (verb == "withdraw") {
    const auto ground =
        how == "paid" ? evidence::WithdrawalGround::kPaid : evidence::WithdrawalGround::kMistake;
    return ledger.Withdraw(caller, id, ground, "no report any more").status();
  }
  if (verb == "erase") {
    return ledger.Erase(caller, id, evidence::ErasureGround::kRequest, "asked for").status();
  }
  return absl::UnimplementedError("there is no such step");
}

absl::StatusOr<check::Answer> Story::Ask(size_t node, size_t buyer) {
  SimNode& reader = (*circle_)[node];
  check::Question question;
  question.identifiers = {Phone(BuyersPhone(buyer))};
  return reader->checker().Check(reader.Caller(), question);
}

absl::StatusOr<std::string> Story::Seen(size_t node, const Told& told) {
  SimNode& shop = (*circle_)[told.node];
  auto answer = Ask(node, told.buyer);
  if (!answer.ok()) return answer.status();
  // While the shop is down, the record is known by the only one of the shop's.
  std::optional<uint64_t> index;
  if (shop.up()) {
    auto view = shop->ledger().Get(told.id);
    if (view.ok() && view->report.has_value()) index = view->report->index;
    if (!index.has_value()) return "nothing";
  }
  for (const decision::PartnerRecord& record : answer->records) {
    if (record.origin != shop.origin() || (index.has_value() && record.index != *index)) continue;
    return std::string(decision::EntryStatusName(record.status));
  }
  return "nothing";
}

absl::Status Story::Expect(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "counts") {
    auto node = NodeNamed(words.at(1));
    if (!node.ok()) return node.status();
    auto answer = Ask(*node, std::strtoul(words.at(2).c_str(), nullptr, 10));
    if (!answer.ok()) return answer.status();
    size_t counted = 0;
    for (const decision::WeighedPartner& partner : answer->decision.weighed.partners) {
      counted += !partner.entries.empty() && partner.entries.front().bad_ppm > 0 ? 1 : 0;
    }
    if (std::to_string(counted) == words.at(3)) return absl::OkStatus();
    return Wrong("it counts " + std::to_string(counted));
  }
  auto told = ToldAs(verb == "sees" ? words.at(2) : words.at(1));
  if (!told.ok()) return told.status();
  if (verb == "state") {
    auto view = (*circle_)[(*told)->node]->ledger().Get((*told)->id);
    const std::string state =
        absl::IsNotFound(view.status()) ? "gone" : std::string(ledger::StateName(view->state));
    return state == words.at(2) ? absl::OkStatus() : Wrong("it is " + state);
  }
  if (verb == "sees") {
    auto node = NodeNamed(words.at(1));
    if (!node.ok()) return node.status();
    auto seen = Seen(*node, **told);
    if (!seen.ok()) return seen.status();
    return *seen == words.at(3) ? absl::OkStatus() : Wrong("it sees " + *seen);
  }
  auto node = NodeNamed(words.at(3));
  if (!node.ok()) return node.status();
  SimNode& shop = (*circle_)[(*told)->node];
  auto view = shop->ledger().Get((*told)->id);
  if (!view.ok()) return view.status();
  uint64_t newest = 0;
  for (const auto& event : view->events) {
    if (event.has_value()) newest = std::max(newest, event->index);
  }
  auto arrivals = shop->arrivals().Of(newest);
  if (!arrivals.ok()) return arrivals.status();
  for (const auto& arrival : *arrivals) {
    if (arrival.origin != (*circle_)[*node].origin()) continue;
    const bool has_arrived = arrival.applied_at.has_value();
    return has_arrived == (verb == "arrived")
               ? absl::OkStatus()
               : Wrong(has_arrived ? "it has arrived" : "it is behind");
  }
  return Wrong("nothing is known of that partner");
}

absl::Status Story::CheckNobodyCountsWhatEnded() {
  for (const auto& [name, told] : told_) {
    SimNode& shop = (*circle_)[told.node];
    // A shop that is down has told of one incident alone.
    std::optional<uint64_t> index;
    if (shop.up()) {
      auto view = shop->ledger().Get(told.id);
      if (view.ok() && view->report.has_value()) index = view->report->index;
    }
    for (size_t relayer = 0; relayer < circle_->size(); ++relayer) {
      if (!(*circle_)[relayer].up()) continue;
      auto outstanding = (*circle_)[relayer]->relayer().Outstanding();
      if (!outstanding.ok()) return outstanding.status();
      const bool relays = std::any_of(outstanding->begin(), outstanding->end(), [&](const auto& r) {
        const evidence::RelayStatement& statement = r.relay.statement;
        return statement.issuer == shop.origin() &&
               statement.index == index.value_or(statement.index);
      });
      if (!relays) continue;
      auto seen = Seen(relayer, told);
      if (!seen.ok()) return seen.status();
      if (*seen == "live" || *seen == "settled") {
        return Wrong((*circle_)[relayer].origin() + " counts " + name + ", which it relays");
      }
    }
    if (!shop.up()) continue;
    auto view = shop->ledger().Get(told.id);
    if (!view.ok() || !view->report.has_value()) continue;
    const bool ended = view->state == ledger::IncidentState::kDisputed ||
                       view->state == ledger::IncidentState::kWithdrawn ||
                       view->state == ledger::IncidentState::kErased ||
                       view->state == ledger::IncidentState::kExpired;
    if (!ended || !view->events.back().has_value()) continue;
    const uint64_t said = view->events.back()->index;
    for (size_t reader = 0; reader < circle_->size(); ++reader) {
      if (reader == told.node || !(*circle_)[reader].up()) continue;
      const auto mirror = (*circle_)[reader]->followers().MirrorOf(shop.origin());
      if (mirror == nullptr || mirror->View().size <= said) continue;
      auto seen = Seen(reader, told);
      if (!seen.ok()) return seen.status();
      if (*seen == "live" || *seen == "settled") {
        return Wrong((*circle_)[reader].origin() + " counts " + name + ", which is " +
                     std::string(ledger::StateName(view->state)));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::testing
