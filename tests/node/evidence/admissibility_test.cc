#include "node/evidence/admissibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "node/identity/identifier.h"
#include "tests/node/evidence/entry_vectors.h"

namespace daftar::evidence {
namespace {

using evidence::testing::DateOf;
using evidence::testing::Rupiah;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// An incident that meets StrictCharter().
IncidentCase Complete() {
  IncidentCase incident;
  incident.facts = {.reason = Reason::kInvoiceUnpaidReminded,
                    .amount = Rupiah(450'000'000),
                    .occurred = DateOf("2026-08-01"),
                    .due = DateOf("2026-08-31"),
                    .reminders = {DateOf("2026-09-07"), DateOf("2026-09-14")},
                    .settled_before = SettledBucket::kNone,
                    .proofs_root = {}};
  incident.identifiers = 1;
  incident.told_on = DateOf("2026-09-07");
  incident.proofs = {ProofKind::kInvoice};
  incident.second_person_approved = true;
  incident.today = DateOf("2026-10-01");
  return incident;
}

Charter StrictCharter() {
  Charter charter;
  ReasonProfile profile;
  profile.required = {"identifier", "amount", "occurred", "due"};
  profile.least_minor = {{"IDR", 10'000'000}};
  profile.least_age_days = 30;
  profile.reminders = 2;
  profile.reminder_spacing_days = 7;
  profile.first_reminder_least_days = 21;
  profile.told_beforehand = true;
  profile.told_least_days = 10;
  profile.proof = {ProofKind::kInvoice, ProofKind::kDeliveryNote};
  profile.second_person = true;
  charter.reasons[Reason::kInvoiceUnpaidReminded] = profile;
  charter.reasons[Reason::kNoShow] = {};
  return charter;
}

TEST(AdmissibilityTest, ACompleteIncidentLacksNothing) {
  EXPECT_THAT(MissingForSharing(Complete(), StrictCharter()), IsEmpty());
}

struct RuleCase {
  const char* name;
  std::function<void(IncidentCase&)> change;
  const char* sentence;  // a part of the only one; empty: nothing is missing
};

TEST(AdmissibilityTest, EachRuleIsMissedAloneAndInWords) {
  const RuleCase cases[] = {
      {"local reason", [](auto& c) { c.facts.reason = Reason::kStaffAbuse; }, "never shared"},
      {"reason not in the charter", [](auto& c) { c.facts.reason = Reason::kPaymentReversed; },
       "charter of the circle does not let"},
      {"no identifier", [](auto& c) { c.identifiers = 0; }, "Add an identifier"},
      {"four identifiers", [](auto& c) { c.identifiers = 4; }, ""},
      {"five identifiers", [](auto& c) { c.identifiers = 5; }, "at most 4 identifiers"},
      {"no amount", [](auto& c) { c.facts.amount = {}; }, "State the amount"},
      {"amount of nothing", [](auto& c) { c.facts.amount.minor = 0; }, "State the amount"},
      {"amount without currency", [](auto& c) { c.facts.amount.currency = {}; },
       "State the amount"},
      {"amount at the least", [](auto& c) { c.facts.amount = Rupiah(10'000'000); }, ""},
      {"amount below the least", [](auto& c) { c.facts.amount = Rupiah(9'999'999); },
       "at least 100000 IDR"},
      {"currency without a least",
       [](auto& c) { c.facts.amount = {.minor = 1, .currency = *Currency::FromCode("MYR")}; },
       "Give the amount in IDR: the charter has no least amount in MYR."},
      {"amount too large", [](auto& c) { c.facts.amount = Rupiah(kMaxMinorUnits + 1); },
       "larger than can be recorded"},
      {"no date", [](auto& c) { c.facts.occurred = Date(); }, "date on which it occurred."},
      {"occurred tomorrow", [](auto& c) { c.facts.occurred = DateOf("2026-10-02"); }, ""},
      {"occurred after tomorrow", [](auto& c) { c.facts.occurred = DateOf("2026-10-03"); },
       "2026-10-03 lies in the future"},
      {"last day of retention", [](auto& c) { c.facts.occurred = DateOf("2024-10-02"); }, ""},
      {"after retention", [](auto& c) { c.facts.occurred = DateOf("2024-10-01"); },
       "keeps this reason for 24 months"},
      {"thirty days past due", [](auto& c) { c.facts.due = DateOf("2026-09-01"); }, ""},
      {"29 days past due", [](auto& c) { c.facts.due = DateOf("2026-09-02"); },
       "Wait until 2026-10-02: the charter asks for 30 days since payment was due"},
      {"one reminder", [](auto& c) { c.facts.reminders.pop_back(); },
       "A second reminder, sent 7 days or more after the first (2026-09-07), is missing; one sent "
       "today counts."},
      {"reminder the day after it was due",
       [](auto& c) { c.facts.reminders[0] = DateOf("2026-09-01"); }, ""},
      {"reminder too many before it was due",
       [](auto& c) { c.facts.reminders.insert(c.facts.reminders.begin(), DateOf("2026-08-30")); },
       ""},
      {"reminders too close", [](auto& c) { c.facts.reminders[1] = DateOf("2026-09-13"); },
       "A second reminder, sent 7 days or more after the first (2026-09-07), is missing"},
      {"first reminder 21 days old",
       [](auto& c) {
         c.facts.reminders = {DateOf("2026-09-10"), DateOf("2026-09-20")};
         c.told_on = DateOf("2026-09-10");
       },
       ""},
      {"first reminder 20 days old",
       [](auto& c) {
         c.facts.reminders = {DateOf("2026-09-11"), DateOf("2026-09-20")};
         c.told_on = DateOf("2026-09-11");
       },
       "Wait until 2026-10-02: the charter asks for 21 days since the first reminder, which was "
       "sent on 2026-09-11."},
      {"first reminder that counts 20 days old",
       [](auto& c) {
         c.facts.reminders = {DateOf("2026-08-30"), DateOf("2026-09-11"), DateOf("2026-09-20")};
         c.told_on = DateOf("2026-09-11");
       },
       "Wait until 2026-10-02: the charter asks for 21 days since the first reminder, which was "
       "sent on 2026-09-11."},
      {"told with a reminder that does not count",
       [](auto& c) {
         c.facts.reminders.insert(c.facts.reminders.begin(), DateOf("2026-08-30"));
         c.told_on = DateOf("2026-08-30");
       },
       "on: 2026-08-30 was before that reminder."},
      {"one reminder between",
       [](auto& c) {
         c.facts.reminders = {DateOf("2026-09-07"), DateOf("2026-09-10"), DateOf("2026-09-14")};
       },
       ""},
      {"reminders out of order",
       [](auto& c) { std::swap(c.facts.reminders[0], c.facts.reminders[1]); },
       "one a day, in order"},
      {"reminder without date", [](auto& c) { c.facts.reminders[0] = Date(); },
       "one a day, in order"},
      {"reminder in the future", [](auto& c) { c.facts.reminders[1] = DateOf("2026-10-05"); },
       "2026-10-05 lies in the future"},
      {"nine reminders", [](auto& c) { c.facts.reminders.assign(9, DateOf("2026-09-07")); },
       "at most 8 reminders"},
      {"never told", [](auto& c) { c.told_on = Date(); },
       "Tell the customer that this may be reported to the circle, with the first reminder that "
       "counts or after it, and record the day; told today, it can be shared from 2026-10-11 on."},
      {"told before the first reminder", [](auto& c) { c.told_on = DateOf("2026-09-06"); },
       "on: 2026-09-06 was before that reminder."},
      {"told ten days ago", [](auto& c) { c.told_on = DateOf("2026-09-21"); }, ""},
      {"told nine days ago", [](auto& c) { c.told_on = DateOf("2026-09-22"); },
       "Wait until 2026-10-02: the charter asks for 10 days since the customer was told, which was "
       "on 2026-09-22."},
      {"told in the future", [](auto& c) { c.told_on = DateOf("2026-10-03"); },
       "2026-10-03 lies in the future"},
      {"no proof", [](auto& c) { c.proofs.clear(); },
       "Attach a proof of one of these kinds: invoice, delivery-note."},
      {"proof of another kind", [](auto& c) { c.proofs = {ProofKind::kCorrespondence}; },
       "delivery-note; none of the attached files is."},
      {"proof of another kind besides",
       [](auto& c) {
         c.proofs = {ProofKind::kCorrespondence, ProofKind::kDeliveryNote};
       },
       ""},
      {"open dispute", [](auto& c) { c.disputed = true; }, "open dispute"},
      {"not approved", [](auto& c) { c.second_person_approved = false; },
       "Have a person who neither filed nor changed it approve it."},
  };
  for (const RuleCase& rule : cases) {
    IncidentCase incident = Complete();
    rule.change(incident);
    const auto missing = MissingForSharing(incident, StrictCharter());
    if (*rule.sentence == '\0') {
      EXPECT_THAT(missing, IsEmpty()) << rule.name;
    } else {
      EXPECT_THAT(missing, ElementsAre(HasSubstr(rule.sentence))) << rule.name;
    }
  }
}

// However large it is there; a bound of nothing lets any amount in that currency pass.
TEST(AdmissibilityTest, AnAmountInACurrencyWithoutALeastIsNoWayAroundTheLeastAmount) {
  Charter charter = StrictCharter();
  auto& least = charter.reasons[Reason::kInvoiceUnpaidReminded].least_minor;
  IncidentCase incident = Complete();
  incident.facts.amount = {.minor = 90'000'000, .currency = *Currency::FromCode("USD")};
  const auto missing = [&] { return MissingForSharing(incident, charter); };
  least["MYR"] = 15'000;
  EXPECT_THAT(missing(), ElementsAre("Give the amount in IDR or MYR: the charter has no least "
                                     "amount in USD."));
  least["SGD"] = 5'000;
  EXPECT_THAT(missing(), ElementsAre(HasSubstr("in IDR, MYR or SGD: ")));
  least["USD"] = 0;
  EXPECT_THAT(missing(), IsEmpty());
  incident.facts.amount.minor = 1;
  EXPECT_THAT(missing(), IsEmpty());
  least.clear();
  EXPECT_THAT(missing(), IsEmpty());
}

TEST(AdmissibilityTest, AReasonThatIsNotSharedIsToldThoseThatAre) {
  IncidentCase incident = Complete();
  Charter charter = StrictCharter();
  for (const Reason reason : {Reason::kStaffAbuse, Reason::kPaymentReversed}) {
    incident.facts.reason = reason;
    const auto missing = MissingForSharing(incident, charter);
    EXPECT_THAT(missing, ElementsAre(EndsWith(" shared. The circle's charter lets these be shared: "
                                              "invoice-unpaid-reminded, no-show.")));
  }
  charter.reasons.clear();
  EXPECT_THAT(MissingForSharing(incident, charter), ElementsAre(EndsWith("this one be shared.")));
}

// The next one, and from which day on it would count.
TEST(AdmissibilityTest, AMissingReminderIsNamedWithTheDayOnWhichItCounts) {
  Charter charter = StrictCharter();
  ReasonProfile& profile = charter.reasons[Reason::kInvoiceUnpaidReminded];
  profile = {};
  profile.reminders = 3;
  profile.reminder_spacing_days = 7;
  IncidentCase incident = Complete();
  incident.today = DateOf("2026-09-10");
  const auto missing = [&](std::vector<Date> reminders) {
    incident.facts.reminders = std::move(reminders);
    return MissingForSharing(incident, charter);
  };
  EXPECT_THAT(missing({}),
              ElementsAre("A first reminder, sent after the day payment was due (2026-08-31), is "
                          "missing; one sent today counts, and 3 are needed in all."));
  EXPECT_THAT(missing({DateOf("2026-08-31")}), ElementsAre(HasSubstr("A first reminder")));
  EXPECT_THAT(missing({DateOf("2026-09-07")}),
              ElementsAre("A second reminder, sent 7 days or more after the first (2026-09-07), is "
                          "missing; it counts from 2026-09-14 on, and 3 are needed in all."));
  EXPECT_THAT(missing({DateOf("2026-09-01"), DateOf("2026-09-08")}),
              ElementsAre("A third reminder, sent 7 days or more after the second (2026-09-08), is "
                          "missing; it counts from 2026-09-15 on."));
  profile.reminders = 8;
  profile.reminder_spacing_days = 0;
  incident.facts.due = Date();
  EXPECT_THAT(missing({}), ElementsAre(HasSubstr("A first reminder, sent to the customer, is")));
  std::vector<Date> seven;
  for (int day = 0; day < 7; ++day) seven.push_back(DateOf("2026-09-01").PlusDays(day));
  EXPECT_THAT(missing(seven),
              ElementsAre("An eighth reminder, sent 1 day or more after the seventh (2026-09-07), "
                          "is missing; one sent today counts."));
  incident.today = DateOf("2026-09-07");
  EXPECT_THAT(missing(seven), ElementsAre(HasSubstr("it counts from 2026-09-08 on.")));
}

// Where the charter asks for no reminder, there is nothing that telling has to wait for.
TEST(AdmissibilityTest, WithoutRemindersTheCustomerMayBeToldAtAnyTime) {
  Charter charter = StrictCharter();
  ReasonProfile& profile = charter.reasons[Reason::kNoShow];
  profile.told_beforehand = true;
  IncidentCase incident = Complete();
  incident.facts.reason = Reason::kNoShow;
  incident.facts.reminders.clear();
  incident.told_on = DateOf("2026-07-01");
  EXPECT_THAT(MissingForSharing(incident, charter), IsEmpty());
  incident.told_on = Date();
  EXPECT_THAT(MissingForSharing(incident, charter),
              ElementsAre("Tell the customer that this may be reported to the circle, and record "
                          "the day."));
}

TEST(AdmissibilityTest, AnInvoiceIsNotOverdueOnTheDayItIsDue) {
  IncidentCase incident = Complete();
  Charter charter = StrictCharter();
  charter.reasons[Reason::kInvoiceUnpaidReminded].least_age_days = 0;
  charter.reasons[Reason::kInvoiceUnpaidReminded].reminders = 0;  // none can have been yet
  charter.reasons[Reason::kInvoiceUnpaidReminded].first_reminder_least_days = 0;
  incident.facts.due = incident.today;
  EXPECT_THAT(MissingForSharing(incident, charter),
              ElementsAre(HasSubstr("overdue: it is due on 2026-10-01")));
  incident.facts.due = incident.today.PlusDays(-1);
  EXPECT_THAT(MissingForSharing(incident, charter), IsEmpty());
}

TEST(AdmissibilityTest, AMissingDueDateIsNamedAndAgeCountsFromTheOccurrence) {
  IncidentCase incident = Complete();
  incident.facts.due = Date();
  incident.facts.occurred = DateOf("2026-09-02");
  EXPECT_THAT(MissingForSharing(incident, StrictCharter()),
              ElementsAre(HasSubstr("payment was due"), HasSubstr("since it occurred")));
}

TEST(AdmissibilityTest, AnEmptyProfileStillNeedsAnIdentifierAndADate) {
  IncidentCase incident;
  incident.facts.reason = Reason::kNoShow;
  incident.today = DateOf("2026-10-01");
  EXPECT_THAT(MissingForSharing(incident, StrictCharter()),
              ElementsAre(HasSubstr("identifier"), HasSubstr("date on which it occurred")));
  incident.identifiers = 1;
  incident.facts.occurred = DateOf("2026-09-30");
  incident.facts.due = DateOf("2027-01-01");
  EXPECT_THAT(MissingForSharing(incident, StrictCharter()), IsEmpty());
}

TEST(AdmissibilityTest, EverythingThatIsMissingIsListedInOrder) {
  IncidentCase incident;
  incident.facts.reason = Reason::kInvoiceUnpaidReminded;
  incident.today = DateOf("2026-10-01");
  incident.disputed = true;
  EXPECT_THAT(
      MissingForSharing(incident, StrictCharter()),
      ElementsAre(HasSubstr("identifier"), HasSubstr("amount"), HasSubstr("occurred"),
                  HasSubstr("due"), HasSubstr("first reminder"), HasSubstr("Tell the customer"),
                  HasSubstr("proof"), HasSubstr("dispute"), HasSubstr("approve")));
}

TEST(AdmissibilityTest, OnlyWhatIsMissingIsMendedAndByItsOwnCommand) {
  const auto ways = [](const IncidentCase& incident) {
    return HowToMend(MissingForSharing(incident, StrictCharter()), "i9");
  };
  IncidentCase incident = Complete();
  EXPECT_THAT(ways(incident), ElementsAre());
  incident.second_person_approved = false;
  EXPECT_THAT(ways(incident),
              ElementsAre("That person, a manager, says: daftar incident approve i9"));
  incident.proofs.clear();
  incident.disputed = true;
  EXPECT_THAT(ways(incident),
              ElementsAre(HasSubstr("incident proof add i9"), HasSubstr("incident resolve i9"),
                          HasSubstr("incident approve i9")));
  incident = Complete();
  incident.facts.reminders.clear();  // with the first of which it has to be told
  EXPECT_THAT(ways(incident), ElementsAre(HasSubstr("incident remind i9"),
                                          HasSubstr("incident correct i9 --told")));
  incident = Complete();
  incident.facts.amount.minor = 0;
  EXPECT_THAT(ways(incident), ElementsAre(HasSubstr("incident correct i9")));
  incident.facts.reason = Reason::kStaffAbuse;
  EXPECT_THAT(ways(incident),
              ElementsAre(AllOf(HasSubstr("charter show"), HasSubstr("incident withdraw i9"))));
}

// Most sentences name reminders or the amount; only what mends the thing itself is offered.
TEST(AdmissibilityTest, WhatMendsItIsDecidedByTheRuleAndNotByWhatItsSentenceNames) {
  const auto told = HasSubstr("daftar incident correct i9 --told DATE");
  const auto corrected = EndsWith("daftar incident correct i9");
  const auto reminded = HasSubstr("daftar incident remind i9");
  const auto anew = HasSubstr("daftar incident withdraw i9 --ground mistake");
  const struct {
    const char* name;
    std::function<void(IncidentCase&)> change;
    ::testing::Matcher<std::vector<std::string>> ways;
  } cases[] = {
      {"never told", [](auto& c) { c.told_on = Date(); }, ElementsAre(told)},
      {"told before the first reminder", [](auto& c) { c.told_on = DateOf("2026-09-06"); },
       ElementsAre(told)},
      {"told in the future", [](auto& c) { c.told_on = DateOf("2026-10-03"); }, ElementsAre(told)},
      {"told nine days ago", [](auto& c) { c.told_on = DateOf("2026-09-22"); }, IsEmpty()},
      {"first reminder 20 days old",
       [](auto& c) {
         c.facts.reminders = {DateOf("2026-09-11"), DateOf("2026-09-20")};
         c.told_on = DateOf("2026-09-11");
       },
       IsEmpty()},
      {"29 days past due", [](auto& c) { c.facts.due = DateOf("2026-09-02"); }, IsEmpty()},
      {"one reminder", [](auto& c) { c.facts.reminders.pop_back(); }, ElementsAre(reminded)},
      {"reminders out of order",
       [](auto& c) { std::swap(c.facts.reminders[0], c.facts.reminders[1]); },
       ElementsAre(corrected)},
      {"nine reminders", [](auto& c) { c.facts.reminders.assign(9, DateOf("2026-09-07")); },
       ElementsAre(corrected)},
      {"no reminder, never told",
       [](auto& c) {
         c.facts.reminders.clear();
         c.told_on = Date();
       },
       ElementsAre(reminded, told)},
      {"amount below the least", [](auto& c) { c.facts.amount.minor = 1; }, ElementsAre(corrected)},
      {"currency without a least",
       [](auto& c) { c.facts.amount.currency = *Currency::FromCode("MYR"); },
       ElementsAre(corrected)},
      {"no date", [](auto& c) { c.facts.occurred = Date(); }, ElementsAre(corrected)},
      {"no identifier", [](auto& c) { c.identifiers = 0; }, ElementsAre(anew)},
      {"five identifiers", [](auto& c) { c.identifiers = 5; }, ElementsAre(anew)},
  };
  for (const auto& one : cases) {
    IncidentCase incident = Complete();
    one.change(incident);
    const auto missing = MissingForSharing(incident, StrictCharter());
    EXPECT_FALSE(missing.empty()) << one.name;
    EXPECT_THAT(HowToMend(missing, "i9"), one.ways) << one.name;
    EXPECT_FALSE(WantsAnotherReason(missing)) << one.name;
  }
  Charter charter = StrictCharter();
  charter.reasons[Reason::kInvoiceUnpaidReminded].reminders = 8;
  IncidentCase incident = Complete();
  incident.facts.reminders.clear();
  for (int day = 0; day < 7; ++day) {
    incident.facts.reminders.push_back(DateOf("2026-09-01").PlusDays(7 * day));
  }
  incident.told_on = DateOf("2026-09-01");
  incident.today = DateOf("2026-11-01");
  EXPECT_THAT(HowToMend(MissingForSharing(incident, charter), "i9"), ElementsAre(reminded));
  incident.facts.reason = Reason::kPaymentReversed;
  EXPECT_TRUE(WantsAnotherReason(MissingForSharing(incident, charter)));
  // What the ledger adds of an identifier that came onto the warning list since.
  EXPECT_THAT(HowToMend({NobodysIdentifier("phone", "it is the shop's own")}, "i9"),
              ElementsAre(anew));
}

// Every form of sentence that MissingForSharing, and the ledger after it, can give: with one and
// with many, with and without each clause.
class EveryForm {
 public:
  EveryForm() {
    AddReasons();
    AddFacts();
    AddWaits();
    AddReminders();
    AddTold();
    AddProofs();
    AddIdentifiers();
  }
  const std::vector<std::string>& sentences() const { return sentences_; }

 private:
  using ChangeCase = std::function<void(IncidentCase&)>;
  using ChangeProfile = std::function<void(ReasonProfile&)>;

  void Keep(const std::vector<std::string>& missing) {
    for (const std::string& sentence : missing) {
      if (std::ranges::find(sentences_, sentence) == sentences_.end()) {
        sentences_.push_back(sentence);
      }
    }
  }
  void Add(const ChangeCase& change, const ChangeProfile& tune = nullptr) {
    IncidentCase incident = Complete();
    change(incident);
    Charter charter = StrictCharter();
    ReasonProfile& profile = charter.reasons[incident.facts.reason];
    if (tune) tune(profile);
    const auto missing = MissingForSharing(incident, charter);
    EXPECT_FALSE(missing.empty());
    Keep(missing);
  }

  void AddReasons() {
    IncidentCase incident = Complete();
    for (const Reason reason : {Reason::kStaffAbuse, Reason::kPaymentReversed}) {
      incident.facts.reason = reason;
      Charter charter = StrictCharter();
      Keep(MissingForSharing(incident, charter));
      charter.reasons.erase(Reason::kNoShow);
      Keep(MissingForSharing(incident, charter));
      charter.reasons.clear();
      Keep(MissingForSharing(incident, charter));
    }
  }
  void AddFacts() {
    Add([](auto& c) { c.identifiers = 0; });
    Add([](auto& c) { c.identifiers = kMaxIdentifiersPerEntry + 1; });
    Add([](auto& c) { c.facts.amount = {}; });
    Add([](auto& c) { c.facts.amount = Rupiah(kMaxMinorUnits + 1); });
    Add([](auto& c) { c.facts.amount = Rupiah(1); });
    const auto dollars = [](auto& c) {
      c.facts.amount = {.minor = 100, .currency = *Currency::FromCode("USD")};
    };
    Add(dollars);
    Add(dollars, [](auto& p) { p.least_minor["MYR"] = 1; });
    Add(dollars, [](auto& p) {
      p.least_minor["MYR"] = 1;
      p.least_minor["SGD"] = 1;
    });
    Add([](auto& c) { c.facts.amount = {.minor = 1, .currency = *Currency::FromCode("MYR")}; },
        [](auto& p) { p.least_minor["MYR"] = 15'050; });  // with cents
    Add([](auto& c) { c.facts.occurred = Date(); });
    Add([](auto& c) { c.facts.occurred = DateOf("2026-10-03"); });
    for (const uint32_t months : {1U, 24U}) {
      Add([](auto& c) { c.facts.occurred = DateOf("2024-08-01"); },
          [months](auto& p) { p.retention_months = months; });
    }
    Add([](auto& c) { c.facts.due = Date(); });
    Add([](auto& c) { c.disputed = true; });
    Add([](auto& c) { c.second_person_approved = false; });
  }
  void AddWaits() {
    for (const uint32_t days : {1U, 100U}) {
      Add([](auto& c) { c.facts.due = c.today; }, [days](auto& p) { p.least_age_days = days; });
      Add(
          [](auto& c) {
            c.facts.due = Date();
            c.facts.occurred = c.today;
          },
          [days](auto& p) { p.least_age_days = days; });
      Add(
          [](auto& c) {
            c.facts.reminders = {c.today.PlusDays(-8), c.today};
            c.told_on = c.facts.reminders[0];
          },
          [days](auto& p) { p.first_reminder_least_days = 8 + days; });
      Add([](auto& c) { c.facts.reminders = {c.today}; },
          [days](auto& p) {
            p.reminders = 1;
            p.first_reminder_least_days = days;
          });
      Add([](auto& c) { c.told_on = c.today; }, [days](auto& p) { p.told_least_days = days; });
    }
  }
  // Each of the ordinals; days one and many; due or not; today or later; the last or not.
  void AddReminders() {
    for (const bool with_due : {true, false}) {
      for (size_t done = 0; done < kMaxReminders; ++done) {
        for (const bool today : {true, false}) {
          for (const size_t needed : {done + 1, kMaxReminders}) {
            for (const uint32_t days : {1U, 7U}) {
              AddReminder(with_due, done, today, needed, days);
            }
          }
        }
      }
    }
    Add([](auto& c) { c.facts.reminders.assign(kMaxReminders + 1, DateOf("2026-09-07")); });
    Add([](auto& c) { std::swap(c.facts.reminders[0], c.facts.reminders[1]); });
    Add([](auto& c) { c.facts.reminders[1] = DateOf("2026-10-05"); });
  }
  void AddReminder(bool with_due, size_t done, bool today, size_t needed, uint32_t days) {
    Add(
        [=](IncidentCase& incident) {
          const int64_t apart = days;
          incident.facts.reminders.clear();
          for (size_t i = done; i-- > 0;) {
            incident.facts.reminders.push_back(
                incident.today.PlusDays(-apart * static_cast<int64_t>(i) - (today ? apart : 0)));
          }
          if (!with_due) {
            incident.facts.due = Date();
          } else if (done == 0) {
            incident.facts.due = incident.today.PlusDays(today ? -1 : 0);
          } else {
            incident.facts.due = incident.facts.reminders[0].PlusDays(-1);
          }
        },
        [=](ReasonProfile& profile) {
          profile = {};
          profile.required = {"due"};
          profile.reminders = static_cast<uint32_t>(needed);
          profile.reminder_spacing_days = days;
        });
  }
  void AddTold() {
    for (const uint32_t reminders : {0U, 2U}) {
      for (const uint32_t days : {0U, 10U}) {
        const auto tune = [=](ReasonProfile& profile) {
          profile.reminders = reminders;
          profile.told_least_days = days;
        };
        Add([](auto& c) { c.told_on = Date(); }, tune);
        // Where no reminder is asked for, none can have been too early.
        if (reminders > 0) Add([](auto& c) { c.told_on = DateOf("2026-09-06"); }, tune);
      }
    }
    Add([](auto& c) { c.told_on = DateOf("2026-10-03"); });
  }
  void AddProofs() {
    for (const bool attached : {false, true}) {
      const auto change = [attached](IncidentCase& incident) {
        incident.proofs.clear();
        if (attached) incident.proofs.push_back(ProofKind::kCorrespondence);
      };
      Add(change);
      Add(change, [](auto& p) { p.proof = {ProofKind::kInvoice}; });
    }
    Add([](auto& c) { c.proofs.clear(); },
        [](auto& p) { p.proof.assign(AllProofKinds().begin(), AllProofKinds().end()); });
  }
  void AddIdentifiers() {
    for (uint8_t number = 1;; ++number) {
      const auto type = identity::TypeFromNumber(number);
      if (!type.ok()) break;
      Keep({NobodysIdentifier(identity::TypeName(*type), "WHY")});
    }
  }

  std::vector<std::string> sentences_;
};

// The console knows each form of these sentences, and says them in the user's language. Its tests
// read the same file: who changes a sentence here changes it there. With DAFTAR_WRITE_SNAPSHOTS set
// the file is written instead, to be looked at and committed.
TEST(AdmissibilityTest, EveryFormOfSentenceStandsInTheFileThatTheConsoleIsTestedWith) {
  const EveryForm every;
  std::string made;
  for (const std::string& sentence : every.sentences()) made += sentence + "\n";
  const std::string path = DAFTAR_SOURCE_DIR "/tests/node/evidence/missing_sentences.txt";
  if (std::getenv("DAFTAR_WRITE_SNAPSHOTS") != nullptr) {
    std::ofstream(path, std::ios::binary) << made;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string kept{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(made, kept) << path;
}

TEST(AdmissibilityTest, WhatLacksNothingCanBeEncoded) {
  EXPECT_TRUE(CheckFacts(Complete().facts).ok());
}

TEST(RetentionEndTest, CountsCalendarMonths) {
  EXPECT_EQ(RetentionEnd(DateOf("2026-10-01"), 24), DateOf("2028-10-01"));
  EXPECT_EQ(RetentionEnd(DateOf("2026-12-15"), 1), DateOf("2027-01-15"));
  EXPECT_EQ(RetentionEnd(DateOf("2026-01-31"), 1), DateOf("2026-02-28"));
  EXPECT_EQ(RetentionEnd(DateOf("2024-02-29"), 12), DateOf("2025-02-28"));
  EXPECT_EQ(RetentionEnd(DateOf("2024-02-29"), 60), DateOf("2029-02-28"));
  EXPECT_EQ(RetentionEnd(DateOf("9999-12-31"), 60), DateOf("9999-12-31"));
  EXPECT_FALSE(RetentionEnd(Date(), 24).has_value());
}

TEST(RetentionEndTest, TheLastDayKeptIsTheDayBefore) {
  EXPECT_EQ(LastDayKept(DateOf("2026-10-01"), 24), DateOf("2028-09-30"));
  EXPECT_FALSE(LastDayKept(Date(), 24).has_value());
}

}  // namespace
}  // namespace daftar::evidence
