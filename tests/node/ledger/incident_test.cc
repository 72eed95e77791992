#include "node/ledger/incident.h"

#include <gtest/gtest.h>

#include "tests/support/incidents.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr size_t kEndBytes = 5;          // what version 3 added: a date and a ground
constexpr size_t kNoRemindersBytes = 1;  // what version 4 added, when there are none
// What version 5 added, when there is none of it: two texts or parts' flags, times, a hash.
constexpr size_t kNoLifeBytes = 4 + 5 + 2 + 8 + 1 + 1 + 32 + 8 + 8;

Incident Example() {
  Incident incident;
  incident.id = *IncidentId::FromHexText("000102030405060708090a0b0c0d0e0f");
  incident.state = IncidentState::kHeld;
  incident.account = DepositUnsettled("0812-3456-7890");
  incident.account.due = Day("2026-10-11");
  incident.account.reminders = {Day("2026-10-12"), Day("2026-10-20")};
  incident.account.order = "order";
  incident.account.note = "note";
  incident.added_at = {1'793'491'200'123};
  incident.added_by = "uid:1000";
  incident.held_until = 1'793'500'000;
  incident.report = SubmissionId();
  incident.report_not_before = 1'793'500'000;
  incident.events.push_back({{5}, "uid:0", IncidentAction::kAdded, "", std::nullopt});
  incident.events.push_back({{6}, "user:x", IncidentAction::kSettled, "paid", SubmissionId()});
  return incident;
}

TEST(Incident, EveryFieldSurvivesItsRow) {
  const Incident incident = Example();
  auto decoded = Incident::Decode(incident.Encode());
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(decoded->Encode(), incident.Encode());
  EXPECT_EQ(decoded->account.reminders, incident.account.reminders);
  EXPECT_EQ(decoded->account.identifiers, incident.account.identifiers);
  EXPECT_EQ(decoded->events[1].because, "paid");
  EXPECT_EQ(decoded->held_until, incident.held_until);
}

TEST(Incident, EveryTruncationAndExtensionIsDataLoss) {
  crypto::Bytes row = Example().Encode();
  for (size_t length = 0; length < row.size(); ++length) {
    EXPECT_THAT(Incident::Decode(crypto::ByteView(row).first(length)),
                StatusIs(absl::StatusCode::kDataLoss))
        << length;
  }
  row.push_back(0);
  EXPECT_THAT(Incident::Decode(row), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Incident, NewerVersionIsDataLossInWords) {
  crypto::Bytes row = Example().Encode();
  row[0] = 6;
  EXPECT_THAT(Incident::Decode(row), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("version")));
}

TEST(Incident, WhatSpeaksForTheCustomerRoundTripsAndAnEarlierRowHasNone) {
  Incident incident = Example();
  incident.account.mitigations.Add(decision::Mitigation::kToldInTime);
  incident.mitigations = incident.account.mitigations;
  incident.mitigations.Add(decision::Mitigation::kKeptPlan);
  crypto::Bytes row = incident.Encode();
  auto decoded = Incident::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(decoded->account.mitigations, incident.account.mitigations);
  EXPECT_EQ(decoded->mitigations, incident.mitigations);
  row[0] = 1;
  row.resize(row.size() - 2 - kEndBytes - kNoRemindersBytes - kNoLifeBytes);
  decoded = Incident::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_TRUE(decoded->mitigations.empty());
  crypto::Bytes unknown = incident.Encode();
  unknown[unknown.size() - 1 - kEndBytes - kNoRemindersBytes - kNoLifeBytes] = 0x80;
  EXPECT_THAT(Incident::Decode(unknown), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Incident, HowItEndedRoundTripsAndAnEarlierRowDoesNotSay) {
  Incident incident = Example();
  incident.settled_on = Day("2026-10-30");
  incident.withdrawn_for = evidence::WithdrawalGround::kMistake;
  crypto::Bytes row = incident.Encode();
  auto decoded = Incident::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(decoded->settled_on, incident.settled_on);
  EXPECT_EQ(decoded->withdrawn_for, incident.withdrawn_for);
  crypto::Bytes unknown = row;
  unknown[unknown.size() - 1 - kNoRemindersBytes - kNoLifeBytes] = 7;
  EXPECT_THAT(Incident::Decode(unknown), StatusIs(absl::StatusCode::kDataLoss));
  row[0] = 2;
  row.resize(row.size() - kEndBytes - kNoRemindersBytes - kNoLifeBytes);
  decoded = Incident::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_FALSE(decoded->settled_on.has_value());
  EXPECT_FALSE(decoded->withdrawn_for.has_value());
}

TEST(Incident, RemindersNotedLaterRoundTripAndAnEarlierRowHasNone) {
  Incident incident = Example();
  incident.later_reminders = {Day("2026-10-25"), Day("2026-10-15")};
  crypto::Bytes row = incident.Encode();
  auto decoded = Incident::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(decoded->later_reminders, incident.later_reminders);
  EXPECT_EQ(decoded->account.reminders, incident.account.reminders);
  EXPECT_EQ(decoded->Standing().reminders,
            (std::vector<evidence::Date>{Day("2026-10-12"), Day("2026-10-15"), Day("2026-10-20"),
                                         Day("2026-10-25")}));
  row = Example().Encode();
  row[0] = 3;
  row.resize(row.size() - kNoRemindersBytes - kNoLifeBytes);
  decoded = Incident::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_TRUE(decoded->later_reminders.empty());
}

TEST(Incident, WhatBecameOfItRoundTripsAndAnEarlierRowHasNoneOfIt) {
  Incident incident = Example();
  incident.account.told_on = Day("2026-09-15");
  incident.corrected.amount = evidence::Money{100, *evidence::Currency::FromCode("MYR")};
  incident.corrected.due = Day("2026-10-12");
  incident.corrected.reminders = std::vector<evidence::Date>{Day("2026-10-14")};
  incident.corrected.told_on = Day("2026-09-20");
  incident.approved_by = "user:second";
  incident.noticed_at = 1'793'500'001;
  incident.dispute = OpenDispute{
      evidence::DisputedBy::kPersonThroughPartner, Day("2026-10-30"), {1'793'500'002'000}};
  incident.erased_for = evidence::ErasureGround::kRequest;
  incident.charter = evidence::CharterHash({1, 2, 3});
  incident.last_queued = 1'793'500'003;
  incident.deadline = 1'793'500'004;
  const auto decoded = Incident::Decode(incident.Encode());
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(decoded->Encode(), incident.Encode());
  EXPECT_EQ(decoded->account.told_on, Day("2026-09-15"));
  EXPECT_EQ(decoded->corrected, incident.corrected);
  EXPECT_EQ(decoded->approved_by, "user:second");
  EXPECT_EQ(decoded->noticed_at, incident.noticed_at);
  ASSERT_TRUE(decoded->dispute.has_value());
  EXPECT_EQ(decoded->dispute->by, evidence::DisputedBy::kPersonThroughPartner);
  EXPECT_EQ(decoded->dispute->noted_at, incident.dispute->noted_at);
  EXPECT_EQ(decoded->erased_for, evidence::ErasureGround::kRequest);
  EXPECT_EQ(decoded->charter, incident.charter);
  EXPECT_EQ(decoded->deadline, incident.deadline);
  const NewIncident standing = decoded->Standing();
  EXPECT_EQ(standing.amount, incident.corrected.amount);
  EXPECT_EQ(standing.due, Day("2026-10-12"));
  EXPECT_EQ(standing.told_on, Day("2026-09-20"));
  EXPECT_EQ(standing.occurred, incident.account.occurred);
  EXPECT_EQ(standing.reminders, incident.corrected.reminders);

  crypto::Bytes row = Example().Encode();
  row[0] = 4;
  row.resize(row.size() - kNoLifeBytes);
  const auto earlier = Incident::Decode(row);
  DAFTAR_ASSERT_OK(earlier);
  EXPECT_TRUE(earlier->corrected.empty());
  EXPECT_FALSE(earlier->dispute.has_value());
  EXPECT_EQ(earlier->deadline, 0);
}

TEST(IncidentState, NamesRoundTripAndUnknownOnesListTheRest) {
  for (int number = 1; number <= 11; ++number) {
    const auto state = static_cast<IncidentState>(number);
    auto named = StateFromName(StateName(state));
    DAFTAR_ASSERT_OK(named);
    EXPECT_EQ(*named, state);
  }
  EXPECT_THAT(StateFromName("open"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("withdrawn")));
}

}  // namespace
}  // namespace daftar::ledger
