// What staff do next, beside the effect: out of a fixed catalogue, from the same values as the
// verdict, so that a replay gives the same advice.
#ifndef DAFTAR_NODE_DECISION_ADVICE_H_
#define DAFTAR_NODE_DECISION_ADVICE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/decision/decide.h"
#include "node/decision/language.h"

namespace daftar::decision {

enum class Step : uint8_t {
  kDeposit = 1,          // "deposit": ask for a share of the price
  kPrepay = 2,           // "prepay"
  kReview = 3,           // "second-look": another person looks
  kPlan = 4,             // "payment-plan": offer instalments on dates
  kSettleOpen = 5,       // "settle-open": what is open comes first
  kRemind = 6,           // "remind": kindly, an order is past due
  kCaution = 7,          // "caution": a first slip
  kCheckDelivery = 8,    // "check-delivery": was the delivery date explained and kept?
  kCheckTerms = 9,       // "check-terms": did the order say terms and due date?
  kCheckInvoice = 10,    // "check-invoice": did invoice and reminders arrive?
  kCheckQuality = 11,    // "check-quality": is a complaint unanswered?
  kCreditTerms = 12,     // "credit-terms": the group's days and limit
  kPriceList = 13,       // "price-list"
  kBonusCard = 14,       // "bonus-card"
  kAskAgain = 15,        // "ask-again": partners could not be asked
  kPartWell = 16,        // "part-well": with a letter
  kRestOnDelivery = 17,  // "rest-on-delivery": beside a deposit that is offered
  kCheckPayment = 18,    // "check-payment": can it be taken back?
};
std::string_view StepName(Step step);

struct NextStep {
  Step step = Step::kReview;
  uint32_t share_ppm = 0;  // kDeposit: of the price; kCreditTerms: of the deposit before, 0: none
  uint32_t days = 0;       // kRemind: past due; kCreditTerms: to pay in, 0: not set
  std::optional<evidence::Money> money =
      {};  // kDeposit and kSettleOpen: how much; kCreditTerms: limit
  std::vector<evidence::Date> dates = {};  // kPlan: of the instalments
  std::string name = {};                   // kPriceList
  friend bool operator==(const NextStep&, const NextStep&) = default;
};

// In the order in which they help. `today` is the day of the decision. Pure; any thread.
std::vector<NextStep> NextSteps(const Weighed& weighed, const Verdict& verdict,
                                const Policy& policy, evidence::Date today);

// The steps when a person chose `effect` instead: those of that effect, without what the verdict's
// own effect, rule and caps asked for.
std::vector<NextStep> NextStepsOfOverride(const Weighed& weighed, const Verdict& overridden,
                                          Effect effect, const Policy& policy,
                                          evidence::Date today);

// The step said to staff, in one or two sentences.
std::string StepSentence(const NextStep& step, Language language);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_ADVICE_H_
