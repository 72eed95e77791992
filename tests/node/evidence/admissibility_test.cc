#include "node/evidence/admissibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/node/evidence/entry_vectors.h"

namespace daftar::evidence {
namespace {

using evidence::testing::DateOf;
using evidence::testing::Rupiah;
using ::testing::ElementsAre;
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
  incident.proofs = 1;
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
  profile.proof = true;
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
       [](auto& c) { c.facts.amount = {.minor = 1, .currency = *Currency::FromCode("MYR")}; }, ""},
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
       "2 reminders after the day payment was due, 2026-08-31, at least 7 days apart; 1 so far"},
      {"reminder on the due day", [](auto& c) { c.facts.reminders[0] = DateOf("2026-08-31"); },
       "1 so far"},
      {"reminder the day after it was due",
       [](auto& c) { c.facts.reminders[0] = DateOf("2026-09-01"); }, ""},
      {"reminder too many before it was due",
       [](auto& c) { c.facts.reminders.insert(c.facts.reminders.begin(), DateOf("2026-08-30")); },
       ""},
      {"reminders too close", [](auto& c) { c.facts.reminders[1] = DateOf("2026-09-13"); },
       "1 so far"},
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
      {"no proof", [](auto& c) { c.proofs = 0; }, "Attach the proof"},
      {"open dispute", [](auto& c) { c.disputed = true; }, "open dispute"},
      {"not approved", [](auto& c) { c.second_person_approved = false; }, "other than the one"},
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

TEST(AdmissibilityTest, AnInvoiceIsNotOverdueOnTheDayItIsDue) {
  IncidentCase incident = Complete();
  Charter charter = StrictCharter();
  charter.reasons[Reason::kInvoiceUnpaidReminded].least_age_days = 0;
  charter.reasons[Reason::kInvoiceUnpaidReminded].reminders = 0;  // none can have been yet
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
  EXPECT_THAT(MissingForSharing(incident, StrictCharter()),
              ElementsAre(HasSubstr("identifier"), HasSubstr("amount"), HasSubstr("occurred"),
                          HasSubstr("due"), HasSubstr("0 so far"), HasSubstr("proof"),
                          HasSubstr("dispute"), HasSubstr("approve")));
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

}  // namespace
}  // namespace daftar::evidence
