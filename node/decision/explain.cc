#include "node/decision/explain.h"

#include <algorithm>
#include <set>
#include <vector>

#include "node/decision/texts.h"

namespace daftar::decision {
namespace {

std::string Number(uint64_t value) { return std::to_string(value); }

std::string Days(uint64_t days) { return Number(days) + (days == 1 ? " day" : " days"); }
std::string Ago(uint64_t days) { return days == 0 ? "today" : Days(days) + " ago"; }

std::string Age(uint64_t seconds) {
  if (seconds < 120) return Number(seconds) + " s";
  if (seconds < 2 * 3600) return Number(seconds / 60) + " min";
  if (seconds < 2 * 86400) return Number(seconds / 3600) + " h";
  return Number(seconds / 86400) + " days";
}

std::string Joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

// The reasons of inputs that `use` picks, the weightiest first; "" when they are not known.
template <class Use>
std::string Reasons(const Decision& decision, Use use) {
  const DecisionInput* first = nullptr;
  std::set<evidence::Reason> different;
  for (const DecisionInput& input : decision.inputs) {
    if (!use(input) || !input.reason.has_value()) continue;
    different.insert(*input.reason);
    if (first == nullptr || input.bad_ppm > first->bad_ppm) first = &input;
  }
  if (first == nullptr) return "";
  const std::string sentence(evidence::Info(*first->reason).sentence);
  return different.size() == 1 ? sentence : Fill(Text::kMoreReasons, {sentence});
}

std::string InBrackets(const std::string& text) { return text.empty() ? "" : " (" + text + ")"; }

// What partners' entries about the buyer come to.
struct Holders {
  uint64_t counting = 0;   // partners with an entry that counts
  uint64_t uncounted = 0;  // partners with disputed or pending entries only
  uint64_t live = 0;       // entries
  uint64_t settled = 0;    // entries
  uint64_t disputed = 0;   // entries
  uint64_t pending = 0;    // entries
  uint32_t newest_days = 0;
  bool unwitnessed = false;
};

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
      held =
          held || entry.status == EntryStatus::kDisputed || entry.status == EntryStatus::kPending;
      if (!weighs || entry.bad_ppm == 0 || partner.weight_ppm == 0) continue;
      counts = true;
      holders.newest_days = any ? std::min(holders.newest_days, entry.age_days) : entry.age_days;
      any = true;
      holders.unwitnessed = holders.unwitnessed || !partner.witnessed;
    }
    holders.counting += counts ? 1 : 0;
    holders.uncounted += held && !counts ? 1 : 0;
  }
  return holders;
}

std::string Uncounted(const Holders& holders) {
  std::vector<std::string> why;
  if (holders.disputed > 0) why.push_back(Number(holders.disputed) + " disputed");
  if (holders.pending > 0) why.push_back(Number(holders.pending) + " not confirmed yet");
  return Joined(why);
}

std::string PartnerRecords(const Decision& decision, const Holders& holders) {
  const uint64_t partners = decision.weighed.partners.size();
  std::string out = Fill(holders.counting == 1 ? Text::kHolds : Text::kHold,
                         {Number(holders.counting), Number(partners)});
  const std::string reasons = Reasons(decision, [](const DecisionInput& input) {
    return input.kind == InputKind::kPartnerEntry && input.counted;
  });
  if (!reasons.empty()) out += ": " + reasons;
  std::vector<std::string> details = {Fill(Text::kRecordAge, {Ago(holders.newest_days)})};
  if (holders.settled > 0) {
    details.push_back(holders.live == 0 ? std::string(English(Text::kAllSettled))
                                        : Fill(Text::kSomeSettled, {Number(holders.settled)}));
  }
  details.push_back(holders.disputed == 0 ? std::string(English(Text::kNoneDisputed))
                                          : Fill(Text::kSomeDisputed, {Number(holders.disputed)}));
  return out + InBrackets(Joined(details)) + ".";
}

std::string OwnRecords(const Decision& decision) {
  const WeighedOwn& own = decision.weighed.own;
  std::string out;
  if (own.bad_ppm > 0) out = Fill(Text::kOwnOrders, {Number(own.orders), Number(own.good)});
  const auto counts = [](const DecisionInput& input) {
    return input.kind == InputKind::kOwnIncident && input.counted &&
           (!input.reason.has_value() || evidence::IsShareable(*input.reason));
  };
  uint64_t incidents = 0;
  for (const WeighedIncident& incident : decision.weighed.incidents) {
    incidents +=
        incident.kind != IncidentKind::kLocal && incident.bad_ppm > 0 && !incident.in_track_record
            ? 1
            : 0;
  }
  if (incidents > 0) {
    out +=
        (out.empty() ? "" : " ") + Fill(incidents == 1 ? Text::kOwnIncident : Text::kOwnIncidents,
                                        {Number(incidents), InBrackets(Reasons(decision, counts))});
  }
  return out;
}

// Who was asked, and how fresh it is.
std::string Coverage(const Weighed& weighed) {
  const uint64_t all = weighed.partners.size();
  if (all == 0) return std::string(English(Text::kNoPartners));
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
  const std::string data = newest.has_value() ? Fill(Text::kNewestData, {Age(*newest)}) : "";
  if (answered == all) {
    return all == 1 ? Fill(Text::kOneAnswered, {data})
                    : Fill(Text::kAllAnswered, {Number(all), data});
  }
  std::string out = answered == 0
                        ? Fill(Text::kNoneAnswered, {Number(all)})
                        : Fill(Text::kSomeAnswered, {Number(answered), Number(all), data});
  if (stale > 0) {
    out += ", " + Fill(Text::kStaleOnes, {Number(stale)});
    if (answered == 0) out += data;
  }
  if (unasked > 0) out += ", " + Fill(Text::kUnasked, {Number(unasked)});
  return out + ".";
}

std::string DebtSentence(const Decision& decision) {
  const WeighedOwn& own = decision.weighed.own;
  uint64_t incidents = 0;
  for (const WeighedIncident& incident : decision.weighed.incidents) {
    incidents += incident.kind == IncidentKind::kDebt && incident.status == EntryStatus::kLive &&
                         !incident.in_track_record
                     ? 1
                     : 0;
  }
  if (own.overdue > 0 && own.overdue_days > 0) {
    return Fill(own.overdue == 1 ? Text::kDebtOrder : Text::kDebtOrders,
                {Number(own.overdue), Days(own.overdue_days)});
  }
  const std::string reasons = Reasons(decision, [](const DecisionInput& input) {
    return input.kind == InputKind::kOwnIncident && input.status == EntryStatus::kLive &&
           (!input.reason.has_value() || evidence::IsShareable(*input.reason));
  });
  return Fill(incidents == 1 ? Text::kDebtIncident : Text::kDebtIncidents,
              {Number(incidents), InBrackets(reasons)});
}

std::string LocalSentence(const Decision& decision) {
  return Fill(Text::kLocal, {InBrackets(Reasons(decision, [](const DecisionInput& input) {
                return input.kind == InputKind::kOwnIncident && input.bad_ppm > 0 &&
                       input.reason.has_value() && !evidence::IsShareable(*input.reason);
              }))});
}

std::string RateSentence(const Decision& decision, const Holders& holders) {
  std::string out;
  const auto add = [&out](const std::string& sentence) {
    if (!sentence.empty()) out += (out.empty() ? "" : " ") + sentence;
  };
  if (holders.counting > 0) add(PartnerRecords(decision, holders));
  add(OwnRecords(decision));
  if (decision.verdict.effect == Effect::kAccept) add(std::string(English(Text::kTooLittle)));
  for (const Cap cap : decision.verdict.caps) {
    add(std::string(English(cap == Cap::kPartners ? Text::kCapPartners : Text::kCapStale)));
  }
  return out;
}

std::string NothingSentence(const Decision& decision, const Holders& holders) {
  const WeighedOwn& own = decision.weighed.own;
  const std::string first = own.orders > 0
                                ? Fill(Text::kKnownGood, {Number(own.orders), Number(own.good)})
                                : std::string(English(Text::kUnknownHere));
  if (holders.uncounted > 0) {
    return first + " " +
           Fill(holders.uncounted == 1 ? Text::kUncountedHolds : Text::kUncountedHold,
                {Number(holders.uncounted), Number(decision.weighed.partners.size()),
                 Uncounted(holders)});
  }
  const bool asked =
      std::any_of(decision.weighed.partners.begin(), decision.weighed.partners.end(),
                  [](const WeighedPartner& p) { return p.state != PartnerState::kNotChecked; });
  return asked ? first + " " + std::string(English(Text::kNoRecord)) : first;
}

std::string RuleText(const Decision& decision, const Holders& holders) {
  switch (decision.verdict.rule) {
    case Rule::kPrepaidTerms:
      return std::string(English(Text::kPrepaid));
    case Rule::kOpenDebt:
      return DebtSentence(decision);
    case Rule::kLocalReasons:
      return LocalSentence(decision);
    case Rule::kNobodyAsked: {
      if (decision.verdict.effect == Effect::kAccept) {
        return std::string(English(Text::kNobodySmall));
      }
      const bool seen = decision.weighed.own.orders > 0 || !decision.weighed.incidents.empty();
      return std::string(English(seen ? Text::kNobodyAlone : Text::kNobodyReview));
    }
    case Rule::kExpectedRate:
      return RateSentence(decision, holders);
    case Rule::kNothingKnown:
      return NothingSentence(decision, holders);
  }
  return "";
}

}  // namespace

std::string Because(const Decision& decision) {
  const Holders holders = CountHolders(decision.weighed);
  std::string out = RuleText(decision, holders) + " " + Coverage(decision.weighed);
  if (decision.verdict.rule == Rule::kExpectedRate && holders.counting > 0 && holders.unwitnessed) {
    out += " " + std::string(English(Text::kNotWitnessed));
  }
  return out;
}

std::string_view EffectSentence(Effect effect) {
  switch (effect) {
    case Effect::kAccept:
      return "go ahead on the terms asked for";
    case Effect::kDeposit:
      return "ask for a deposit before work or delivery";
    case Effect::kPrepay:
      return "ask for full payment before work or delivery";
    case Effect::kReview:
      return "let a person look before answering";
    case Effect::kDecline:
      return "do not take the order";
  }
  return "";
}

std::string_view RuleSentence(Rule rule) {
  switch (rule) {
    case Rule::kOpenDebt:
      return "whether the customer owes this very shop";
    case Rule::kLocalReasons:
      return "what this shop has noted for itself";
    case Rule::kExpectedRate:
      return "how likely the order goes bad, by own and partners' records";
    case Rule::kNobodyAsked:
      return "whether a buyer not known here could be asked about";
    case Rule::kNothingKnown:
      return "whether anything at all counts against the buyer";
    case Rule::kPrepaidTerms:
      return "whether the order is paid in advance";
  }
  return "";
}

std::string_view CapSentence(Cap cap) {
  switch (cap) {
    case Cap::kPartners:
      return "partners' records alone never ask for more";
    case Cap::kStale:
      return "data older than the charter allows never ask for more";
  }
  return "";
}

}  // namespace daftar::decision
