#include "node/decision/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "node/decision/receipt.h"
#include "tests/node/decision/inputs.h"
#include "tests/node/decision/language_words.h"

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
  made.Report(Case::Origin(3), EntryStatus::kLive, 40);
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
  EXPECT_THAT(Says(Case().Partners(1).Incident(Reason::kStaffAbuse).Incident(Reason::kStaffAbuse)),
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

TEST(BecauseTest, TheShopsOwnRulesAreTold) {
  EXPECT_THAT(Says(Case().Partners(1).Report(Case::Origin(0)).Allowed()),
              HasSubstr("This shop decided to trust this customer; nothing else counts."));
  EXPECT_THAT(Says(Case().Partners(1).Group(Effect::kPrepay, Effect::kDecline)),
              HasSubstr("Customers of the group some-group are asked for at least this."));
  EXPECT_THAT(Says(Case().Partners(1).Overdue(3, 60).Group(Effect::kAccept, Effect::kDeposit)),
              HasSubstr("Customers of the group some-group are asked for no more than this."));
  EXPECT_THAT(Says(Case().Partners(1).Orders(4).Amounts(500'000, 4)),
              HasSubstr("is more than 9 times what this customer usually orders."));
  EXPECT_THAT(Says(Case()
                       .Partners(1)
                       .Orders(9)
                       .Amounts(4'000'000, 9, 8'000'000)
                       .Group(Effect::kAccept, Effect::kDecline, 10'000'000)),
              HasSubstr("more would be open than the customer's group allows."));
  EXPECT_THAT(Says(Case().Partners(1).Orders(5).Overdue(1, 3)),
              HasSubstr("1 order past due, by 3 days at most. A first slip of a customer with a "
                        "good record"));
  EXPECT_THAT(
      Says(Case().Asks(Terms::kDeposit).Partners(1).Report(Case::Origin(0), EntryStatus::kSettled)),
      HasSubstr("The terms asked for already cover what would be asked."));
}

TEST(BecauseTest, NotesKindsAndMitigationsAreTold) {
  const std::string noted = Says(Case().Partners(1).Orders(3).Incident(Reason::kDishonestClaims));
  EXPECT_THAT(noted, HasSubstr("This shop has noted 1 thing about the customer (dishonest claims); "
                               "one alone asks for nothing."));
  const std::string mixed = Says(Case()
                                     .Partners(1)
                                     .Orders(3)
                                     .Incident(Reason::kNoShow)
                                     .Mitigated(Mitigation::kToldInTime)
                                     .Incident(Reason::kUnreachable));
  EXPECT_THAT(mixed, HasSubstr("Trouble of 2 different kinds counts for more."));
  EXPECT_THAT(mixed, HasSubstr("What speaks for the customer was counted."));
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
    EXPECT_EQ(says("decided to trust this customer"), rule == Rule::kAllowlist) << text;
    EXPECT_EQ(says("are asked for at least this"), rule == Rule::kGroup) << text;
    EXPECT_EQ(says("usually orders"), rule == Rule::kUnusualAmount) << text;
    EXPECT_EQ(says("more would be open"), rule == Rule::kCreditLimit) << text;
    EXPECT_EQ(says("own notes"), rule == Rule::kLocalReasons) << text;
    EXPECT_EQ(says("no partner could be asked"), rule == Rule::kNobodyAsked) << text;
    if (rule == Rule::kExpectedRate) {
      EXPECT_TRUE(says(" hold a record") || says(" holds a record") || says("own incident") ||
                  says("own orders with an outcome"))
          << text;
    }
    EXPECT_EQ(says("not known here. ") || says("Nothing counts against") ||
                  says("No record that counts") || says("Nothing that counts") ||
                  says("a record that does not count") || says("records that do not count"),
              rule == Rule::kNothingKnown)
        << text;
    EXPECT_EQ(text.find('{'), std::string::npos) << text;
    EXPECT_EQ(text.find("  "), std::string::npos) << text;
    EXPECT_EQ(text.back(), '.');
    for (const std::string& origin : {Case::Origin(0), Case::Origin(1)}) {
      EXPECT_EQ(text.find(origin), std::string::npos) << text;
    }
  }
  EXPECT_EQ(seen.size(), 10u);
}

TEST(BecauseTest, ReplayedDecisionLeavesTheReasonsOut) {
  Case made = Case().Partners(2).Report(Case::Origin(0), EntryStatus::kLive, 40);
  const ReceiptBody body = MakeReceipt(made.Decide(), DefaultPolicy(), {}, made.Build().now);
  EXPECT_EQ(Because(Replay(body, DefaultPolicy())),
            "1 of 2 partners holds a record (newest 40 days ago, none disputed). All 2 partners "
            "answered, newest data 14 s old.");
}

TEST(BecauseTest, IsSaidInTheLanguageAskedFor) {
  Case made = Case().Partners(2).Report(Case::Origin(0), EntryStatus::kLive, 40);
  made.Partner("late.test", PartnerState::kNotChecked);
  const Decision decision = made.Decide();
  EXPECT_EQ(Because(decision, Language::kEnglish), Because(decision));
  EXPECT_EQ(Because(decision, Language::kIndonesian),
            "1 dari 3 mitra memiliki catatan: uang muka dibayar, sisanya belum dilunasi (terbaru "
            "40 hari yang lalu, tidak ada yang disanggah). 2 dari 3 mitra sudah menjawab, data "
            "terbaru berumur 14 detik, 1 tidak diperiksa.");
  EXPECT_EQ(Because(decision, Language::kMalay),
            "1 daripada 3 rakan kongsi mempunyai rekod: deposit dibayar, bakinya belum dijelaskan "
            "(terkini 40 hari lalu, tiada yang dipertikaikan). 2 daripada 3 rakan kongsi telah "
            "menjawab, data terkini berusia 14 saat, 1 tidak disemak.");
}

// Words of each rule's sentence that no other rule's has, and those for a partner not asked.
struct Marks {
  Language language;
  std::map<Rule, std::string> of_rule;
  std::string not_checked;
};

const Marks kMarks[] = {{Language::kIndonesian,
                         {{Rule::kPrepaidTerms, "Pesanan dibayar di muka"},
                          {Rule::kOpenDebt, "tunggakan di toko ini"},
                          {Rule::kLocalReasons, "Menurut catatan toko ini sendiri"},
                          {Rule::kNobodyAsked, "tidak ada mitra yang dapat ditanya"}},
                         "tidak diperiksa"},
                        {Language::kMalay,
                         {{Rule::kPrepaidTerms, "Pesanan dibayar terlebih dahulu"},
                          {Rule::kOpenDebt, "bayaran tertunggak di kedai ini"},
                          {Rule::kLocalReasons, "Menurut nota kedai ini sendiri"},
                          {Rule::kNobodyAsked, "tiada rakan kongsi yang dapat ditanya"}},
                         "tidak disemak"}};

void ExpectMarks(const Marks& marks, const Decision& decision, bool missed) {
  const std::string text = Because(decision, marks.language);
  for (const auto& [rule, words] : marks.of_rule) {
    EXPECT_EQ(text.find(words) != std::string::npos, rule == decision.verdict.rule) << text;
  }
  EXPECT_EQ(text.find(marks.not_checked) != std::string::npos, missed) << text;
}

TEST(BecauseTest, EveryRuleAndEffectIsWholeInEveryLanguage) {
  std::mt19937_64 random(22);
  std::map<std::pair<Rule, Effect>, int> seen;
  for (int round = 0; round < 3'000; ++round) {
    const Inputs inputs = RandomInputs(random);
    const Decision decision = Decide(inputs, DefaultPolicy());
    ++seen[{decision.verdict.rule, decision.verdict.effect}];
    for (const Language language : kLanguages) {
      const std::string text = Because(decision, language);
      ASSERT_TRUE(ForeignWords(language, text).empty())
          << ForeignWords(language, text)[0] << ": " << text;
      ASSERT_EQ(text.find_first_of("{}"), std::string::npos) << text;
      ASSERT_EQ(text.find("  "), std::string::npos) << text;
      ASSERT_EQ(text.find(".test"), std::string::npos) << text;
      ASSERT_EQ(text.back(), '.') << text;
    }
    const bool missed =
        inputs.partners.empty() ||
        std::any_of(inputs.partners.begin(), inputs.partners.end(),
                    [](const PartnerAnswer& p) { return p.state == PartnerState::kNotChecked; });
    for (const Marks& marks : kMarks) ExpectMarks(marks, decision, missed);
  }
  EXPECT_GE(seen.size(), 12u);
}

TEST(ExplainTest, EveryEffectRuleAndCapHasWordsInEveryLanguage) {
  for (const Language language : kLanguages) {
    std::vector<std::string_view> said;
    for (int i = 1; i <= 5; ++i) said.push_back(EffectSentence(static_cast<Effect>(i), language));
    for (int i = 1; i <= 6; ++i) said.push_back(RuleSentence(static_cast<Rule>(i), language));
    for (int i = 1; i <= 2; ++i) said.push_back(CapSentence(static_cast<Cap>(i), language));
    for (const std::string_view words : said) {
      EXPECT_FALSE(words.empty());
      EXPECT_TRUE(ForeignWords(language, words).empty()) << words;
    }
    EXPECT_EQ(std::set(said.begin(), said.end()).size(), said.size());
  }
  EXPECT_EQ(EffectSentence(Effect::kDecline), "do not take the order");
}

}  // namespace
}  // namespace daftar::decision
