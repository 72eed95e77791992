#include "node/decision/explain.h"

#include <algorithm>
#include <vector>

#include "node/decision/explain_parts.h"
#include "node/decision/texts.h"
#include "node/decision/wording.h"

namespace daftar::decision {
namespace {

// One that is set aside is perhaps another's.
bool HasOwnIncident(const Weighed& weighed) {
  return std::any_of(weighed.incidents.begin(), weighed.incidents.end(),
                     [](const WeighedIncident& i) { return i.status != EntryStatus::kSetAside; });
}

std::string OwnRecords(Language language, const Decision& decision) {
  const WeighedOwn& own = decision.weighed.own;
  std::string out;
  if (own.bad_ppm > 0 && own.orders == 1 && own.good == 0) {
    out = Words(language, Text::kOwnOrder);
  } else if (own.bad_ppm > 0 && own.good == 0) {
    out = Fill(language, Text::kOwnOrdersNone, {Number(own.orders)});
  } else if (own.bad_ppm > 0) {
    out = Fill(language, Text::kOwnOrders, {Number(own.orders), Number(own.good)});
  }
  const auto counts = [](const DecisionInput& input) {
    return input.kind == InputKind::kOwnIncident && input.counted &&
           (!input.reason.has_value() || evidence::IsShareable(*input.reason));
  };
  uint64_t incidents = 0;
  for (const WeighedIncident& incident : decision.weighed.incidents) {
    incidents +=
        !IsLocal(incident.trouble) && incident.bad_ppm > 0 && !incident.in_track_record ? 1 : 0;
  }
  if (incidents > 0) {
    out += (out.empty() ? "" : " ") +
           Fill(language, incidents == 1 ? Text::kOwnIncident : Text::kOwnIncidents,
                {Number(incidents), InBrackets(Reasons(language, decision, counts))});
  }
  return out;
}

// What the customer owes this very shop; "" for nothing.
std::string Debt(Language language, const Decision& decision) {
  const WeighedOwn& own = decision.weighed.own;
  std::string out;
  if (own.overdue > 0 && own.given_up == own.overdue) {
    out = Fill(language, own.overdue == 1 ? Text::kOrderGivenUp : Text::kOrdersGivenUp,
               {Number(own.overdue)});
  } else if (own.overdue > 0 && own.overdue_days > 0) {
    out = Fill(language, own.overdue == 1 ? Text::kOrderPastDue : Text::kOrdersPastDue,
               {Number(own.overdue), DaysText(own.overdue_days, language)});
    if (own.given_up > 0) out += Fill(language, Text::kOfThemGivenUp, {Number(own.given_up)});
  }
  const auto& incidents = decision.weighed.incidents;
  const auto owed = std::count_if(incidents.begin(), incidents.end(), IsOpenDebt);
  if (owed == 0) return out;
  const std::string reasons = Reasons(language, decision, [](const DecisionInput& input) {
    if (input.kind != InputKind::kOwnIncident || input.status != EntryStatus::kLive ||
        !input.reason.has_value()) {
      return false;
    }
    // As IsOpenDebt has it; one that has faded away is owed all the same.
    const Trouble trouble = TroubleOf(*input.reason);
    return IsOfMoney(trouble) && (!input.with_order || trouble == Trouble::kReversal);
  });
  return out + (out.empty() ? "" : "; ") +
         Fill(language, owed == 1 ? Text::kIncidentOpen : Text::kIncidentsOpen,
              {Number(static_cast<uint64_t>(owed)), InBrackets(reasons)});
}

std::string PrepaidSentence(Language language, const Decision& decision) {
  if (HasReversed(decision.weighed)) {
    return std::string(Words(language, Text::kPrepaidReversed));
  }
  bool reversed = false;
  bool unclear = false;  // something about money is on record, and a replay knows no more
  for (const WeighedIncident& incident : decision.weighed.incidents) {
    reversed = reversed || (incident.trouble == Trouble::kReversal && incident.bad_ppm > 0);
  }
  for (const DecisionInput& input : decision.inputs) {
    if (input.kind != InputKind::kPartnerEntry || input.bad_ppm == 0) continue;
    reversed = reversed || input.reason == evidence::Reason::kPaymentReversed;
    unclear = unclear || !input.reason.has_value();
  }
  if (reversed) return std::string(Words(language, Text::kPrepaidReversedBefore));
  return std::string(Words(language, unclear ? Text::kPrepaidRecords : Text::kPrepaid));
}

// What the shop knows of a buyer none of whose orders was paid later than in advance or fell due.
std::string StandingText(Language language, const Decision& decision) {
  const auto words = [language](Text text) { return std::string(Words(language, text)); };
  const auto& group = decision.weighed.group;
  const uint64_t prepaid = decision.standing.has_value() ? decision.standing->prepaid_orders : 0;
  if (prepaid > 0) {
    return Fill(language, prepaid == 1 ? Text::kPrepaidHere : Text::kPrepaidHereMany,
                {Number(prepaid)});
  }
  const uint64_t open = decision.standing.has_value() ? decision.standing->open_orders : 0;
  if (open > 0) {
    return Fill(language, open == 1 ? Text::kOpenHere : Text::kOpenHereMany, {Number(open)});
  }
  if (group.has_value()) return Fill(language, Text::kInGroup, {group->name});
  if (!decision.standing.has_value()) return words(Text::kNonePaidHere);
  return words(decision.standing->in_book ? Text::kInBook : Text::kUnknownHere);
}

std::string NobodySentence(Language language, const Decision& decision) {
  const Weighed& weighed = decision.weighed;
  const bool seen = weighed.own.orders > 0 || weighed.own.overdue > 0 || HasOwnIncident(weighed);
  const auto& rules = decision.verdict.rules;
  const bool small = std::any_of(rules.begin(), rules.end(), [](const RuleOutcome& outcome) {
    return outcome.rule == Rule::kNobodyAsked && outcome.effect == Effect::kAccept;
  });
  // Whoever it was that a person should look at, the group may ask for less.
  const bool person = decision.verdict.effect == Effect::kReview;
  const Text what = small ? Text::kNobodySmall : person ? Text::kNobodyReview : Text::kNobodyBound;
  return (seen ? std::string(Words(language, Text::kNotOnTimeHere))
               : StandingText(language, decision)) +
         " " + std::string(Words(language, what));
}

std::string LocalSentence(Language language, const Decision& decision) {
  return Fill(language, Text::kLocal,
              {InBrackets(Reasons(language, decision, [](const DecisionInput& input) {
                return input.kind == InputKind::kOwnIncident && input.bad_ppm > 0 &&
                       input.reason.has_value() && !evidence::IsShareable(*input.reason);
              }))});
}

std::string RateSentence(Language language, const Decision& decision, const Holders& holders) {
  std::string out;
  const auto add = [&out](const std::string& sentence) {
    if (!sentence.empty()) out += (out.empty() ? "" : " ") + sentence;
  };
  if (holders.counting > 0) add(PartnerRecords(language, decision, holders));
  const std::string own = OwnRecords(language, decision);
  add(own);
  const auto& caps = decision.verdict.caps;
  if (decision.verdict.effect == Effect::kAccept && caps.empty()) {
    add(std::string(Words(language, Text::kTooLittle)));
  }
  // Of the two, the cap on old data comes last and is the narrower one.
  const auto capped = [&caps](Cap cap) {
    return std::find(caps.begin(), caps.end(), cap) != caps.end();
  };
  if (capped(Cap::kStale)) {
    const bool alone = own.empty() && !holders.fresh;
    add(std::string(Words(language, alone ? Text::kCapStale : Text::kCapStaleBeside)));
  } else if (capped(Cap::kPartners)) {
    add(std::string(Words(language, own.empty() ? Text::kCapPartners : Text::kCapPartnersBeside)));
  }
  return out;
}

std::string NothingSentence(Language language, const Decision& decision, const Holders& holders) {
  const WeighedOwn& own = decision.weighed.own;
  std::string first;
  if (own.orders == 1 && own.good == 1) {
    first = std::string(Words(language, Text::kKnownGoodOne)) + " ";
  } else if (own.orders > 0 && own.good == own.orders) {
    first = Fill(language, Text::kKnownGoodAll, {Number(own.orders)}) + " ";
  } else if (own.orders > 0) {
    first = Fill(language, Text::kKnownGood, {Number(own.orders), Number(own.good)}) + " ";
  } else if (!HasOwnIncident(decision.weighed) && own.overdue == 0) {
    first = StandingText(language, decision) + " ";
  }
  if (holders.uncounted > 0 && decision.weighed.partners.size() == 1) {
    return first + Fill(language, Text::kUncountedOnly, {Uncounted(language, holders)});
  }
  if (holders.uncounted > 0) {
    return first + Fill(language,
                        holders.uncounted == 1 ? Text::kUncountedHolds : Text::kUncountedHold,
                        {Number(holders.uncounted), Number(decision.weighed.partners.size()),
                         Uncounted(language, holders)});
  }
  const bool asked =
      std::any_of(decision.weighed.partners.begin(), decision.weighed.partners.end(),
                  [](const WeighedPartner& p) { return p.state != PartnerState::kNotChecked; });
  if (!asked && own.orders > 0) return first.substr(0, first.size() - 1);
  return first + std::string(Words(language, asked ? Text::kNoRecord : Text::kNothingCounts));
}

std::string GroupName(const Decision& decision) {
  return decision.weighed.group.has_value() ? decision.weighed.group->name : "";
}

// At least how many times the usual order this one is, with what is open.
std::string UnusualSentence(Language language, const Weighed& weighed) {
  const uint64_t amount = weighed.order.amount.has_value() ? weighed.order.amount->minor : 0;
  const uint64_t open = std::min(weighed.own.open_minor, ~uint64_t{0} - amount);
  const uint64_t times = (amount + open) / std::max<uint64_t>(weighed.own.usual_minor, 1);
  return Fill(language, open > 0 ? Text::kUnusualWithOpen : Text::kUnusualAmount, {Number(times)});
}

// What bounded the answer, beside the caps of the rate.
std::string BoundsText(Language language, const Decision& decision) {
  std::string out;
  for (const Cap cap : decision.verdict.caps) {
    if (cap == Cap::kFirstSlip) out += " " + std::string(Words(language, Text::kFirstSlip));
    if (cap == Cap::kGroup) {
      out += " " + Fill(language, Text::kGroupMost, {GroupName(decision)});
    }
    if (cap == Cap::kTerms) out += " " + std::string(Words(language, Text::kTermsCover));
  }
  if (IsRestOnDelivery(decision.weighed, decision.verdict)) {
    out += " " + std::string(Words(language, Text::kRestOnDelivery));
  }
  return out;
}

// Why the group's credit limit was not looked at, and what it does not count: nothing is added
// across currencies.
std::string LimitText(Language language, const Decision& decision) {
  if (!decision.standing.has_value() || !decision.weighed.order.amount.has_value()) return "";
  const Standing& standing = *decision.standing;
  std::string out;
  if (standing.limit_elsewhere) {
    out += " " +
           Fill(language, Text::kLimitElsewhere,
                {GroupName(decision), std::string(decision.weighed.order.amount->currency.code())});
  }
  std::vector<std::string> open;
  for (const evidence::Money& money : standing.open_elsewhere) {
    open.push_back(MoneyText(language, money));
  }
  if (!open.empty()) {
    out += " " + Fill(language, Text::kOpenElsewhere, {Joined(open)});
  }
  return out;
}

// What else staff should know about the shop's own records: that some are set aside, a debt and
// notes that decided nothing,
// what a credit limit left out, trouble of several kinds, and what speaks for the customer.
std::string NotesText(Language language, const Decision& decision) {
  const Rule rule = decision.verdict.rule;
  if (rule == Rule::kAllowlist) return "";
  std::string out;
  if (decision.standing.has_value() && decision.standing->own_set_aside) {
    out += " " + std::string(Words(language, Text::kOwnSetAside));
  }
  const std::string debt = rule == Rule::kOpenDebt ? "" : Debt(language, decision);
  if (!debt.empty()) out += " " + Fill(language, Text::kDebtOpen, {debt});
  out += LimitText(language, decision);
  uint64_t noted = 0;
  Mitigations mitigated;
  for (const WeighedIncident& incident : decision.weighed.incidents) {
    if (incident.bad_ppm == 0) continue;
    noted += IsLocal(incident.trouble) ? 1 : 0;
    for (const Mitigation mitigation : AllMitigations()) {
      if (incident.mitigations.Has(mitigation)) mitigated.Add(mitigation);
    }
  }
  if (noted > 0 && rule != Rule::kLocalReasons) {
    const std::string reasons = Reasons(language, decision, [](const DecisionInput& input) {
      return input.kind == InputKind::kOwnIncident && input.bad_ppm > 0 &&
             input.reason.has_value() && !evidence::IsShareable(*input.reason);
    });
    out += " " + Fill(language, noted == 1 ? Text::kNotedOne : Text::kNotedMany,
                      {Number(noted), InBrackets(reasons)});
  }
  const uint32_t kinds = KindsOfTrouble(decision.weighed);
  const bool own_records = rule == Rule::kExpectedRate || rule == Rule::kLocalReasons;
  if (kinds > 1 && own_records) {
    out += " " + Fill(language, Text::kSeveralKinds, {Number(kinds)});
  }
  std::vector<std::string> favour;
  for (const Mitigation mitigation : AllMitigations()) {
    if (!mitigated.Has(mitigation)) continue;
    favour.emplace_back(MitigationWord(mitigation, language));
  }
  if (!favour.empty()) {
    const Text text = rule == Rule::kOpenDebt ? Text::kMitigatedDebt : Text::kMitigated;
    out += " " + Fill(language, text, {Joined(favour)});
  }
  return out;
}

std::string RuleText(Language language, const Decision& decision, const Holders& holders) {
  switch (decision.verdict.rule) {
    case Rule::kPrepaidTerms: {
      const std::string sentence = PrepaidSentence(language, decision);
      if (holders.counting == 0) return sentence;
      const size_t all = decision.weighed.partners.size();
      return sentence + " " + PartnersHold(language, holders.counting, all) + ".";
    }
    case Rule::kOpenDebt:
      return Fill(language, Text::kDebt, {Debt(language, decision)});
    case Rule::kLocalReasons:
      return LocalSentence(language, decision);
    case Rule::kNobodyAsked:
      return NobodySentence(language, decision);
    case Rule::kExpectedRate:
      return RateSentence(language, decision, holders);
    case Rule::kNothingKnown:
      return NothingSentence(language, decision, holders);
    case Rule::kAllowlist:
      return std::string(Words(language, Text::kAllowed));
    case Rule::kGroup:
      return Fill(language, Text::kGroupLeast, {GroupName(decision)});
    case Rule::kUnusualAmount:
      return UnusualSentence(language, decision.weighed);
    case Rule::kCreditLimit:
      return std::string(Words(language, Text::kCreditLimit));
  }
  return "";
}

}  // namespace

std::string Because(const Decision& decision, Language language) {
  const Holders holders = CountHolders(decision.weighed);
  std::string out = RuleText(language, decision, holders) + BoundsText(language, decision) +
                    NotesText(language, decision) + " " + Coverage(language, decision.weighed);
  const Rule rule = decision.verdict.rule;
  const bool tells_partners = rule == Rule::kExpectedRate || rule == Rule::kPrepaidTerms;
  if (tells_partners && holders.counting > 0 && holders.unwitnessed) {
    out += " " + std::string(Words(language, Text::kNotWitnessed));
  }
  return out;
}

Sentences BecauseInAll(const Decision& decision) {
  Sentences sentences;
  for (size_t i = 0; i < kLanguages.size(); ++i) {
    sentences[i] = Because(decision, kLanguages[i]);
  }
  return sentences;
}

const std::string& In(const Sentences& sentences, Language language) {
  const auto found = std::find(kLanguages.begin(), kLanguages.end(), language);
  return sentences[static_cast<size_t>(found - kLanguages.begin()) % kLanguages.size()];
}

std::string CoverageSentence(const Weighed& weighed, Language language) {
  return Coverage(language, weighed);
}

}  // namespace daftar::decision
