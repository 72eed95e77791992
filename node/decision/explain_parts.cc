#include "node/decision/explain_parts.h"

#include <algorithm>
#include <optional>

namespace daftar::decision {

std::string Joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string InBrackets(const std::string& text) { return text.empty() ? "" : " (" + text + ")"; }

Holders CountHolders(const Weighed& weighed) {
  Holders holders;
  bool any = false;
  for (const WeighedPartner& partner : weighed.partners) {
    bool counts = false;
    bool held = false;
    for (const WeighedEntry& entry : partner.entries) {
      const bool weighs =
          entry.status == EntryStatus::kLive || entry.status == EntryStatus::kSettled;
      holders.live += entry.status == EntryStatus::kLive ? 1 : 0;
      holders.settled += entry.status == EntryStatus::kSettled ? 1 : 0;
      holders.disputed += entry.status == EntryStatus::kDisputed ? 1 : 0;
      holders.pending += entry.status == EntryStatus::kPending ? 1 : 0;
      holders.set_aside += entry.status == EntryStatus::kSetAside ? 1 : 0;
      held = held || entry.status == EntryStatus::kDisputed ||
             entry.status == EntryStatus::kPending || entry.status == EntryStatus::kSetAside;
      if (!weighs || entry.bad_ppm == 0 || partner.weight_ppm == 0) continue;
      counts = true;
      holders.newest_days = any ? std::min(holders.newest_days, entry.age_days) : entry.age_days;
      any = true;
      holders.unwitnessed = holders.unwitnessed || !partner.witnessed;
      holders.fresh = holders.fresh || partner.state == PartnerState::kAnswered ||
                      partner.state == PartnerState::kCached;
    }
    holders.counting += counts ? 1 : 0;
    holders.uncounted += held && !counts ? 1 : 0;
  }
  return holders;
}

std::string Uncounted(Language language, const Holders& holders) {
  std::vector<std::string> why;
  if (holders.disputed > 0) {
    why.push_back(Fill(language, Text::kDisputed, {Number(holders.disputed)}));
  }
  if (holders.pending > 0) {
    why.push_back(Fill(language, Text::kUnconfirmed, {Number(holders.pending)}));
  }
  if (holders.set_aside > 0) {
    why.push_back(Fill(language, Text::kSetAside, {Number(holders.set_aside)}));
  }
  return Joined(why);
}

std::string PartnersHold(Language language, uint64_t holders, uint64_t all) {
  if (all == 1) return std::string(Words(language, Text::kHoldsOnly));
  if (holders == all && all == 2) return std::string(Words(language, Text::kBothHold));
  if (holders == all) return Fill(language, Text::kAllHold, {Number(all)});
  return Fill(language, holders == 1 ? Text::kHolds : Text::kHold, {Number(holders), Number(all)});
}

std::string PartnerRecords(Language language, const Decision& decision, const Holders& holders) {
  std::string out = PartnersHold(language, holders.counting, decision.weighed.partners.size());
  const std::string reasons = Reasons(language, decision, [](const DecisionInput& input) {
    return input.kind == InputKind::kPartnerEntry && input.counted;
  });
  if (!reasons.empty()) out += ": " + reasons;
  std::vector<std::string> details = {
      Fill(language, Text::kRecordAge, {AgoText(holders.newest_days, language)})};
  if (holders.settled > 0) {
    details.push_back(holders.live == 0
                          ? std::string(Words(language, Text::kAllSettled))
                          : Fill(language, Text::kSomeSettled, {Number(holders.settled)}));
  }
  details.push_back(holders.disputed == 0
                        ? std::string(Words(language, Text::kNoneDisputed))
                        : Fill(language, Text::kSomeDisputed, {Number(holders.disputed)}));
  return out + InBrackets(Joined(details)) + ".";
}

std::string Coverage(Language language, const Weighed& weighed) {
  const uint64_t all = weighed.partners.size();
  if (all == 0) return std::string(Words(language, Text::kNoPartners));
  uint64_t answered = 0;
  uint64_t stale = 0;
  uint64_t unasked = 0;
  std::optional<uint64_t> newest;
  for (const WeighedPartner& partner : weighed.partners) {
    if (partner.state == PartnerState::kNotChecked) {
      ++unasked;
      continue;
    }
    (partner.state == PartnerState::kStale ? stale : answered) += 1;
    if (partner.head_age_s.has_value()) {
      newest = std::min(newest.value_or(*partner.head_age_s), *partner.head_age_s);
    }
  }
  const std::string data =
      newest.has_value() ? Fill(language, Text::kNewestData, {AgeText(*newest, language)}) : "";
  if (all == 1) {
    if (unasked > 0) return std::string(Words(language, Text::kOneUnasked));
    return Fill(language, stale > 0 ? Text::kOneStale : Text::kOneAnswered, {data});
  }
  if (answered == all) {
    return all == 2 ? Fill(language, Text::kBothAnswered, {data})
                    : Fill(language, Text::kAllAnswered, {Number(all), data});
  }
  std::string out =
      answered == 0 ? Fill(language, Text::kNoneAnswered, {Number(all)})
                    : Fill(language, Text::kSomeAnswered, {Number(answered), Number(all), data});
  if (stale > 0) {
    out += ", " + Fill(language, Text::kStaleOnes, {Number(stale)});
    if (answered == 0) out += data;
  }
  if (unasked > 0) out += ", " + Fill(language, Text::kUnasked, {Number(unasked)});
  return out + ".";
}

}  // namespace daftar::decision
