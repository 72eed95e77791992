#include "node/decision/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "node/decision/receipt.h"
#include "tests/node/decision/inputs.h"

namespace daftar::decision {
namespace {

using evidence::Reason;
using ::testing::HasSubstr;
using ::testing::Not;
using Case = InputsBuilder;

std::string Says(const Case& made) { return Because(made.Decide()); }

TEST(BecauseTest, TwoOfFivePartnersHoldARecord) {
  Case made = Case().Partners(5);
  made.Report(Case::Origin(1), EntryStatus::kLive, 40);
  made.Report(Case::Origin(3), EntryStatus::kLive, 90);
  EXPECT_EQ(Says(made),
            "2 of 5 partners hold a record: deposit paid, balance never settled (newest 40 days "
            "ago, none disputed). Partners' records alone ask for no more than this. All 5 "
            "partners answered, newest data 14 s old.");
}

TEST(BecauseTest, SettledAndDisputedRecordsAreCalledSo) {
  Case settled = Case().Partners(2).Report(Case::Origin(0), EntryStatus::kSettled, 1);
  EXPECT_EQ(Says(settled),
            "1 of 2 partners holds a record: deposit paid, balance never settled (newest 1 day "
            "ago, settled since, none disputed). All 2 partners answered, newest data 14 s old.");
  Case mixed = Case().Partners(2).Report(Case::Origin(0));
  mixed.Report(Case::Origin(1), EntryStatus::kDisputed)
      .Report(Case::Origin(0), EntryStatus::kLive, 3, Reason::kPaymentReversed);
  EXPECT_THAT(Says(mixed), HasSubstr("(newest today, 1 disputed, not counted)"));
  Case disputed = Case().Partners(2).Report(Case::Origin(0), EntryStatus::kDisputed);
  EXPECT_EQ(Says(disputed),
            "The buyer is not known here. 1 of 2 partners holds a record that does not count (1 "
            "disputed). All 2 partners answered, newest data 14 s old.");
}

TEST(BecauseTest, NotCheckedIsSaidWheneverAPartnerWasNotAsked) {
  Case some = Case().Partner("a.test").Partner("b.test", PartnerState::kNotChecked);
  EXPECT_EQ(Says(some),
            "The buyer is not known here. No record that counts was found at the partners that "
            "could be checked. "
            "1 of 2 partners answered, newest data 14 s old, 1 not checked.");
  Case none = Case().Partners(3, PartnerState::kNotChecked);
  EXPECT_EQ(Says(none),
            "The buyer is not known here and no partner could be asked; a person decides. None of "
            "3 partners answered, 3 not checked.");
  EXPECT_THAT(Says(none.Amount(Rupiah(1))), HasSubstr("the amount is small enough"));
  EXPECT_THAT(Says(Case()), HasSubstr("There are no partners: not checked."));
}

TEST(BecauseTest, NotCheckedIsSaidInEveryDecisionThatMissedAPartner) {
  std::mt19937_64 random(20);
  for (int round = 0; round < 5'000; ++round) {
    const Inputs inputs = RandomInputs(random);
    const Decision decision = Decide(inputs, DefaultPolicy());
    bool missed = inputs.partners.empty();
    for (const PartnerAnswer& partner : inputs.partners) {
      missed = missed || partner.state == PartnerState::kNotChecked;
    }
    const std::string text = Because(decision);
    ASSERT_EQ(text.find("not checked") != std::string::npos, missed) << text;
    ASSERT_EQ(text.find("clear"), std::string::npos) << text;
  }
}

TEST(BecauseTest, StaleDataAreCalledOld) {
  Case stale = Case().Partner("a.test", PartnerState::kStale).Partner("b.test");
  stale.Report("a.test");
  EXPECT_THAT(Says(stale), HasSubstr("Old data alone ask for no more than this. 1 of 2 partners "
                                     "answered, newest data 14 s old, 1 with old data only."));
  Case all = Case().Partners(2, PartnerState::kStale);
  EXPECT_THAT(Says(all),
              HasSubstr("None of 2 partners answered, 2 with old data only, newest data 2 h old."));
}

TEST(BecauseTest, UnwitnessedReportsAreCalledSo) {
  Case made = Case().Partners(2).Report(Case::Origin(0));
  EXPECT_THAT(Says(made), Not(HasSubstr("Not independently witnessed.")));
  made.inputs().partners[0].witnessed = false;
  EXPECT_THAT(Says(made), HasSubstr("Not independently witnessed."));
}

TEST(BecauseTest, OwnRecordIsTold) {
  EXPECT_THAT(Says(Case().Partners(1).Orders(2, 6, 0)),
              HasSubstr("Of 8 own orders with an outcome, 2 paid on time."));
  EXPECT_THAT(Says(Case().Partners(1).Orders(12)),
              HasSubstr("Nothing counts against the customer: of 12 own orders with an outcome, 12 "
                        "paid on time."));
  EXPECT_THAT(Says(Case().Partners(1).Overdue(2, 15).Orders(50)),
              HasSubstr("The customer owes this shop: 2 orders past due, by 15 days at most."));
  EXPECT_THAT(Says(Case().Partners(1).Incident(Reason::kPaymentReversed)),
              HasSubstr("The customer owes this shop: 1 own incident not settled (payment "
                        "reversed)."));
  EXPECT_THAT(Says(Case().Partners(1).Incident(Reason::kStaffAbuse)),
              HasSubstr("This shop's own notes about the customer call for a person to look (abuse "
                        "or threats to staff)."));
  EXPECT_THAT(Says(Case().Asks(Terms::kPrepaid)), HasSubstr("Paid in advance"));
  EXPECT_THAT(Says(Case().Partners(1).Orders(9, 1, 0)), HasSubstr("too little to ask for more"));
}

TEST(BecauseTest, LocalReasonsAreNotToldAsSharedOnes) {
  Case both = Case().Partners(1).Incident(Reason::kStaffAbuse).Incident(Reason::kNoShow);
  EXPECT_THAT(Says(both), Not(HasSubstr("no-show")));
  EXPECT_THAT(Says(both), HasSubstr("abuse or threats"));
}

// The sentence of each rule has words that no other rule's sentence has.
TEST(BecauseTest, SentenceAgreesWithTheDecidingRule) {
  std::mt19937_64 random(21);
  std::map<Rule, int> seen;
  for (int round = 0; round < 5'000; ++round) {
    const Decision decision = Decide(RandomInputs(random), DefaultPolicy());
    const std::string text = Because(decision);
    const auto says = [&text](std::string_view words) {
      return text.find(words) != std::string::npos;
    };
    const Rule rule = decision.verdict.rule;
    ++seen[rule];
    EXPECT_EQ(says("Paid in advance"), rule == Rule::kPrepaidTerms) << text;
    EXPECT_EQ(says("owes this shop"), rule == Rule::kOpenDebt) << text;
    EXPECT_EQ(says("own notes"), rule == Rule::kLocalReasons) << text;
    EXPECT_EQ(says("no partner could be asked"), rule == Rule::kNobodyAsked) << text;
    if (rule == Rule::kExpectedRate) {
      EXPECT_TRUE(says(" hold a record") || says(" holds a record") || says("own incident") ||
                  says("own orders with an outcome"))
          << text;
    }
    EXPECT_EQ(says("not known here. ") || says("Nothing counts against"),
              rule == Rule::kNothingKnown)
        << text;
    EXPECT_EQ(text.find('{'), std::string::npos) << text;
    EXPECT_EQ(text.find("  "), std::string::npos) << text;
    EXPECT_EQ(text.back(), '.');
    for (const std::string& origin : {Case::Origin(0), Case::Origin(1)}) {
      EXPECT_EQ(text.find(origin), std::string::npos) << text;
    }
  }
  EXPECT_EQ(seen.size(), 6u);
}

TEST(BecauseTest, ReplayedDecisionLeavesTheReasonsOut) {
  Case made = Case().Partners(2).Report(Case::Origin(0), EntryStatus::kLive, 40);
  const ReceiptBody body = MakeReceipt(made.Decide(), DefaultPolicy(), {}, made.Build().now);
  EXPECT_EQ(Because(Replay(body, DefaultPolicy())),
            "1 of 2 partners holds a record (newest 40 days ago, none disputed). All 2 partners "
            "answered, newest data 14 s old.");
}

TEST(ExplainTest, EveryEffectRuleAndCapHasWords) {
  for (int i = 1; i <= 5; ++i) EXPECT_FALSE(EffectSentence(static_cast<Effect>(i)).empty());
  for (int i = 1; i <= 6; ++i) EXPECT_FALSE(RuleSentence(static_cast<Rule>(i)).empty());
  for (int i = 1; i <= 2; ++i) EXPECT_FALSE(CapSentence(static_cast<Cap>(i)).empty());
}

}  // namespace
}  // namespace daftar::decision
