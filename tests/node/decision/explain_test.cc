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
using ::testing::AllOf;
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
            "ago, settled since, none disputed). Both partners answered, newest data 14 s old.");
  Case mixed = Case().Partners(2).Report(Case::Origin(0));
  mixed.Report(Case::Origin(1), EntryStatus::kDisputed)
      .Report(Case::Origin(0), EntryStatus::kLive, 3, Reason::kPaymentReversed);
  EXPECT_THAT(Says(mixed), HasSubstr("(newest today, 1 disputed and not counted)"));
  Case disputed = Case().Partners(2).Report(Case::Origin(0), EntryStatus::kDisputed);
  EXPECT_EQ(Says(disputed),
            "The buyer is not known here. 1 of 2 partners holds a record that does not count (1 "
            "disputed). Both partners answered, newest data 14 s old.");
}

TEST(BecauseTest, NotCheckedIsSaidWheneverAPartnerWasNotAsked) {
  Case some = Case().Partner("a.test").Partner("b.test", PartnerState::kNotChecked);
  EXPECT_EQ(Says(some),
            "The buyer is not known here. No record that counts was found at the partners that "
            "could be checked. "
            "1 of 2 partners answered, newest data 14 s old, 1 not checked.");
  Case none = Case().Partners(3, PartnerState::kNotChecked);
  EXPECT_EQ(Says(none),
            "The buyer is not known here. No partner could be asked; a person decides. None of "
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

TEST(BecauseTest, ACapIsSaidRightlyBesideTheShopsOwnRecord) {
  const auto has = [](const Decision& decision, Cap cap) {
    const auto& caps = decision.verdict.caps;
    return std::find(caps.begin(), caps.end(), cap) != caps.end();
  };
  // Of itself the own record asks for a deposit; partners raise that to their bound.
  Case own = Case().Partners(4).Orders(3, 2, 0);
  for (int i = 0; i < 4; ++i) own.Report(Case::Origin(i));
  ASSERT_TRUE(has(own.Decide(), Cap::kPartners));
  EXPECT_THAT(Says(own), HasSubstr("Only this shop's own record could ask for more than this, and "
                                   "by itself it does not."));
  EXPECT_THAT(Says(own), Not(HasSubstr("alone")));
  Case stale = Case().Partners(2, PartnerState::kStale).Partner("c.test").Report(Case::Origin(0));
  stale.Report(Case::Origin(1)).Report("c.test", EntryStatus::kSettled);
  ASSERT_TRUE(has(stale.Decide(), Cap::kStale));
  EXPECT_THAT(Says(stale), HasSubstr("Only fresh records could ask for more than this, and by "
                                     "themselves they do not."));
  // In any case: "alone" only where nothing else is.
  std::mt19937_64 random(33);
  int beside = 0;
  for (int round = 0; round < 20'000; ++round) {
    const Decision decision = Decide(RandomInputs(random), DefaultPolicy());
    if (decision.verdict.rule != Rule::kExpectedRate) continue;
    const std::string text = Because(decision);
    if (text.find("alone ask for no more") == std::string::npos) continue;
    const auto& weighed = decision.weighed;
    ASSERT_EQ(weighed.own.bad_ppm, 0u) << text;
    for (const WeighedIncident& incident : weighed.incidents) {
      ASSERT_TRUE(IsLocal(incident.trouble) || incident.in_track_record || incident.bad_ppm == 0)
          << text;
    }
    ++beside;
  }
  EXPECT_GT(beside, 100);
}

TEST(BecauseTest, ACreditLimitTellsWhichCurrenciesItDoesNotCount) {
  const evidence::Currency dollar = *evidence::Currency::FromCode("USD");
  const auto owes_dollars = [dollar](Case made) {
    made.inputs().own.amounts.push_back({.currency = dollar, .open_minor = 120'000});
    return made;
  };
  const Case limited = Case().Partners(1).Group(Effect::kAccept, Effect::kDecline, 9'000'000);
  const std::string elsewhere =
      "Open in other currencies, which a credit limit does not count: USD 1,200.";
  EXPECT_THAT(Says(owes_dollars(limited)), HasSubstr(elsewhere));
  EXPECT_THAT(Says(limited), Not(HasSubstr("currencies")));
  // An incident's debt too, added to that of the same currency alone.
  Case incident = owes_dollars(limited);
  incident.Incident(Reason::kInvoiceOverdue);
  incident.inputs().incidents.back().amount = {5'000, dollar};
  EXPECT_THAT(Says(incident), HasSubstr("does not count: USD 1,250."));
  // The group has no limit in the order's currency.
  Case other = limited;
  other.Amount(evidence::Money{100, dollar});
  EXPECT_THAT(Says(other),
              HasSubstr("The group some-group has no credit limit in USD, so none was looked at."));
  // Where no limit would be looked at, nothing is said.
  EXPECT_THAT(Says(owes_dollars(Case().Partners(1))), Not(HasSubstr("currencies")));
  for (const Terms terms : {Terms::kCod, Terms::kPrepaid}) {
    Case made = other;
    EXPECT_THAT(Says(made.Asks(terms)), Not(HasSubstr("no credit limit"))) << TermsName(terms);
  }
  EXPECT_THAT(Says(owes_dollars(limited).Amount(Rupiah(9'000'001))), HasSubstr(elsewhere));
}

TEST(BecauseTest, PartnersRecordsAreToldOfAnOrderPaidInAdvance) {
  Case made = Case().Partners(3).Asks(Terms::kPrepaid);
  EXPECT_THAT(Says(made), Not(HasSubstr("record")));
  made.Report(Case::Origin(0)).Report(Case::Origin(2));
  EXPECT_EQ(Says(made),
            "Paid in advance, so there is no risk of not being paid. 2 of 3 partners hold a "
            "record. All 3 partners answered, newest data 14 s old.");
  made.inputs().partners[2].witnessed = false;
  EXPECT_THAT(Says(made), HasSubstr("Not independently witnessed."));
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
  EXPECT_THAT(
      Says(Case().Partners(1).Orders(12)),
      HasSubstr("Nothing counts against the customer: the 12 own orders with an outcome were all "
                "paid on time."));
  EXPECT_THAT(Says(Case().Partners(1).Orders(0, 3, 0)),
              HasSubstr("None of 3 own orders with an outcome was paid on time."));
  EXPECT_EQ(
      Says(Case().Orders(2)),
      "Nothing counts against the customer: the 2 own orders with an outcome were all paid on "
      "time. There are no partners: not checked.");
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
  both.Incident(Reason::kStaffAbuse);
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
              HasSubstr("The order is at least 9 times what this customer usually orders."));
  EXPECT_THAT(Says(Case().Partners(1).Orders(4).Amounts(90'000, 4)),  // exactly 50 times
              HasSubstr("The order is at least 50 times what this customer usually orders."));
  EXPECT_THAT(Says(Case().Partners(1).Orders(4).Amounts(500'000, 4, 500'000)),
              HasSubstr("The order, with what is open, is at least 10 times what"));
  EXPECT_THAT(Says(Case()
                       .Partners(1)
                       .Orders(9)
                       .Amounts(4'000'000, 9, 8'000'000)
                       .Group(Effect::kAccept, Effect::kDecline, 10'000'000)),
              HasSubstr("more would be open than the customer's group allows."));
  EXPECT_THAT(Says(Case().Partners(1).Orders(5).Overdue(1, 3)),
              HasSubstr("1 order past due by 3 days. A first slip of a customer with a "
                        "good record"));
  EXPECT_THAT(
      Says(Case().Asks(Terms::kDeposit).Partners(1).Report(Case::Origin(0), EntryStatus::kSettled)),
      HasSubstr("The terms asked for already cover what would be asked."));
  EXPECT_THAT(Says(Case().Asks(Terms::kDeposit).Partners(1).Report(Case::Origin(0))),
              HasSubstr("The deposit that is offered is enough only if the rest is paid on "
                        "delivery."));
}

TEST(BecauseTest, AnOpenDebtIsToldWhateverDecided) {
  Case vip = Case().Partners(1).Overdue(3, 60).Incident(Reason::kPaymentReversed);
  vip.Incident(Reason::kNoShow, EntryStatus::kSettled);
  EXPECT_THAT(
      Says(vip.Group(Effect::kDecline, Effect::kDecline)),
      HasSubstr("are asked for at least this. A debt is open: 3 orders past due, by 60 days "
                "at most; 1 own incident not settled (payment reversed)."));
  EXPECT_THAT(Says(Case().Asks(Terms::kPrepaid).Partners(1).Overdue(1, 40)),
              HasSubstr("A debt is open: 1 order past due by 40 days."));
  // What asked for more than the order does is told beside it.
  EXPECT_THAT(Says(Case().Partners(1).Overdue(1, 1).Incident(Reason::kDepositUnsettled)),
              HasSubstr("1 order past due by 1 day; 1 own incident not settled"));
  EXPECT_THAT(Says(Case().Partners(1).Orders(9).Group(Effect::kPrepay, Effect::kDecline)),
              Not(HasSubstr("A debt is open")));
}

TEST(BecauseTest, AnOrderThatWasGivenUpIsNoneThatIsADayLate) {
  EXPECT_THAT(Says(Case().Partners(1).GivenUp(1)),
              HasSubstr("The customer owes this shop: 1 order that was given up."));
  EXPECT_THAT(Says(Case().Partners(1).GivenUp(1).GivenUp(3)),
              HasSubstr("A debt is open: 2 orders that were given up."));
  EXPECT_THAT(Says(Case().Partners(1).Overdue(2, 30).GivenUp(1)),
              HasSubstr("3 orders past due, by 30 days at most, 1 of them given up."));
}

TEST(BecauseTest, WhatSpeaksForOneWhoOwesChangesTheAnswerOnceItIsPaid) {
  Case owes = Case().Partners(1).Incident(Reason::kDepositUnsettled);
  EXPECT_THAT(Says(owes.Mitigated(Mitigation::kShopAtFault)),
              HasSubstr("partly at fault; the answer stays while the debt is open."));
  Case settled = Case().Partners(1).Incident(Reason::kDepositUnsettled, EntryStatus::kSettled);
  EXPECT_THAT(Says(settled.Mitigated(Mitigation::kShopAtFault)),
              AllOf(HasSubstr("partly at fault."), Not(HasSubstr("the answer stays"))));
}

TEST(BecauseTest, PaidInAdvanceIsNoRiskUnlessPaymentsWereReversed) {
  const auto prepaid = [] { return Case().Asks(Terms::kPrepaid).Partners(2); };
  const std::string no_risk = "Paid in advance, so there is no risk of not being paid.";
  EXPECT_THAT(Says(prepaid()), HasSubstr(no_risk));
  EXPECT_THAT(Says(prepaid().Report(Case::Origin(0))), HasSubstr(no_risk));
  EXPECT_THAT(
      Says(prepaid().Incident(Reason::kPaymentReversed)),
      HasSubstr("Paid in advance, but a payment of this customer's to the shop was reversed "
                "and is still owed: only a payment that cannot be taken back is safe."));
  const std::string before = "but a payment of this buyer's was reversed before";
  EXPECT_THAT(Says(prepaid().Incident(Reason::kPaymentReversed, EntryStatus::kSettled)),
              HasSubstr(before));
  Case elsewhere =
      prepaid().Report(Case::Origin(0), EntryStatus::kLive, 9, Reason::kPaymentReversed);
  EXPECT_THAT(Says(elsewhere), HasSubstr(before));
  for (const Language language : kLanguages) {
    EXPECT_THAT(Because(elsewhere.Decide(), language), Not(HasSubstr("risk")));
    EXPECT_THAT(Because(elsewhere.Decide(), language), Not(HasSubstr("risiko")));
  }
  // A replay does not know the reasons, so it promises nothing.
  const ReceiptBody body = MakeReceipt(elsewhere.Decide(), DefaultPolicy(), {}, {});
  EXPECT_THAT(Because(Replay(body, DefaultPolicy())), Not(HasSubstr("no risk")));
}

TEST(BecauseTest, WhatTheShopKnowsOfABuyerIsNotCalledUnknown) {
  EXPECT_THAT(Says(Case().Partners(2)), HasSubstr("The buyer is not known here."));
  EXPECT_THAT(Says(Case().Partners(2).Open(1)),
              HasSubstr("The customer has 1 order open here, and none paid so far."));
  EXPECT_THAT(Says(Case().Partners(2).Open(3)), HasSubstr("The customer has 3 orders open here"));
  EXPECT_THAT(Says(Case().Partners(2).Group(Effect::kAccept, Effect::kDecline)),
              HasSubstr("The customer is in the group some-group, without a paid order so far."));
  EXPECT_THAT(Says(Case().Partners(2).Registered()),
              HasSubstr("The customer is in this shop's book, without a paid order so far."));
  EXPECT_THAT(
      Says(Case().Partners(2).Prepaid(1)),
      HasSubstr("The customer has paid 1 order here, in advance; on credit nothing so far."));
  EXPECT_THAT(Says(Case().Partners(2).Prepaid(4).Open(2)),
              HasSubstr("The customer has paid 4 orders here, all in advance; on credit"));
  // The same where nobody could be asked.
  EXPECT_EQ(
      Says(Case().Open(1)),
      "The customer has 1 order open here, and none paid so far. No partner could be asked; a "
      "person decides. There are no partners: not checked.");
  EXPECT_THAT(Says(Case().Registered().Amount(Rupiah(1))),
              HasSubstr("in this shop's book, without a paid order so far. No partner could be "
                        "asked; the amount is small enough"));
  Case vip = Case().Group(Effect::kAccept, Effect::kDeposit);
  EXPECT_THAT(Says(vip), Not(HasSubstr("a person decides")));
  EXPECT_THAT(Says(Case().Orders(0, 1)), HasSubstr("This shop has not seen the buyer pay on time, "
                                                   "unless in advance. No partner could be asked"));
  // A replay knows less and says no more.
  const ReceiptBody body =
      MakeReceipt(Case().Partners(2).Open(1).Decide(), DefaultPolicy(), {}, {});
  EXPECT_THAT(Because(Replay(body, DefaultPolicy())),
              HasSubstr("This shop has seen no order of the buyer's paid, unless in advance."));
}

TEST(BecauseTest, CountsOfOneAndTwoReadNaturally) {
  EXPECT_THAT(Says(Case().Partners(1).Report(Case::Origin(0))),
              HasSubstr("The one partner holds a record: "));
  EXPECT_THAT(Says(Case().Partners(1).Report(Case::Origin(0), EntryStatus::kDisputed)),
              HasSubstr("The one partner holds a record that does not count (1 disputed)."));
  Case both = Case().Partners(2).Report(Case::Origin(0)).Report(Case::Origin(1));
  EXPECT_THAT(Says(both), HasSubstr("Both partners hold a record: "));
  EXPECT_THAT(Says(both), HasSubstr("Both partners answered, newest"));
  EXPECT_THAT(Because(both.Decide(), Language::kIndonesian), HasSubstr("Kedua mitra memiliki"));
  Case three = Case().Partners(3).Report(Case::Origin(0)).Report(Case::Origin(1));
  EXPECT_THAT(Says(three.Report(Case::Origin(2))), HasSubstr("All 3 partners hold a record: "));
  EXPECT_THAT(Says(Case().Partners(1, PartnerState::kNotChecked).Orders(2)),
              HasSubstr(" The one partner was not checked."));
  EXPECT_THAT(Says(Case().Partners(1, PartnerState::kStale)),
              HasSubstr("The one partner has old data only, newest data 2 h old."));
  EXPECT_THAT(Says(Case().Partners(1).Orders(1)),
              HasSubstr("the one own order with an outcome was paid on time."));
  EXPECT_THAT(Says(Case().Partners(1).Orders(0, 1, 0)),
              HasSubstr("The one own order with an outcome was not paid on time."));
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
  EXPECT_THAT(mixed,
              HasSubstr("Counted in the customer's favour: the customer told the shop in time."));
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
    EXPECT_EQ(says("No partner could be asked"), rule == Rule::kNobodyAsked) << text;
    EXPECT_TRUE(!says("A debt is open") || rule != Rule::kOpenDebt) << text;
    const bool owes = decision.weighed.own.overdue_days > 0 ||
                      std::any_of(decision.weighed.incidents.begin(),
                                  decision.weighed.incidents.end(), IsOpenDebt);
    EXPECT_EQ(says("A debt is open") || says("owes this shop"), owes && rule != Rule::kAllowlist)
        << text;
    const bool needs_rest = IsRestOnDelivery(decision.weighed, decision.verdict);
    EXPECT_EQ(says("if the rest is paid on delivery"), needs_rest) << text;
    EXPECT_EQ(says("to the shop was reversed"),
              rule == Rule::kPrepaidTerms && HasReversed(decision.weighed))
        << text;
    if (rule == Rule::kExpectedRate) {
      EXPECT_TRUE(says(" hold a record") || says(" holds a record") || says("own incident") ||
                  says(" with an outcome"))
          << text;
    }
    if (says("not known here")) {
      EXPECT_FALSE(decision.standing->in_book || decision.weighed.group.has_value()) << text;
      EXPECT_EQ(decision.weighed.own.orders, 0u) << text;
    }
    EXPECT_EQ(says("Nothing counts against") || says("No record that counts") ||
                  says("Nothing that counts") || says("a record that does not count") ||
                  says("records that do not count"),
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
            "1 of 2 partners holds a record (newest 40 days ago, none disputed). Both partners "
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
            "1 daripada 3 rakan kongsi mempunyai rekod: deposit dibayar, bakinya belum dibayar "
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
                          {Rule::kNobodyAsked, "Tidak ada mitra yang dapat ditanya"},
                          {Rule::kAllowlist, "memercayai pelanggan ini"},
                          {Rule::kGroup, "inilah syarat yang paling ringan"},
                          {Rule::kUnusualAmount, "yang biasa dibuat pelanggan"},
                          {Rule::kCreditLimit, "melebihi batas kelompok"}},
                         "tidak diperiksa"},
                        {Language::kMalay,
                         {{Rule::kPrepaidTerms, "Pesanan dibayar terlebih dahulu"},
                          {Rule::kOpenDebt, "bayaran tertunggak di kedai ini"},
                          {Rule::kLocalReasons, "Menurut nota kedai ini sendiri"},
                          {Rule::kNobodyAsked, "Tiada rakan kongsi yang dapat ditanya"},
                          {Rule::kAllowlist, "mempercayai pelanggan ini"},
                          {Rule::kGroup, "inilah syarat yang paling ringan"},
                          {Rule::kUnusualAmount, "yang biasa dibuat oleh pelanggan"},
                          {Rule::kCreditLimit, "melebihi had kumpulan"}},
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
    for (int i = 1; i <= static_cast<int>(kLastRule); ++i)
      said.push_back(RuleSentence(static_cast<Rule>(i), language));
    for (int i = 1; i <= static_cast<int>(kLastCap); ++i)
      said.push_back(CapSentence(static_cast<Cap>(i), language));
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
