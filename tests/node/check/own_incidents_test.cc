// What decisions are told of each own incident, and what it says of the order it was made from.
#include <gtest/gtest.h>

#include "node/check/own_record.h"
#include "node/ledger/remarks.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using decision::EntryStatus;
using decision::OrderRemark;
using ledger::IncidentState;

ledger::IncidentView View(IncidentState state, evidence::Reason reason, const std::string& order) {
  ledger::IncidentView view;
  view.state = state;
  view.incident.account = testing::DepositUnsettled("0812-3456-7890");
  view.incident.account.reason = reason;
  view.incident.account.order = order;
  return view;
}

TEST(OwnIncidentsTest, EachIsToldAsItStandsWithItsFacts) {
  SimCircle circle;
  SimNode& node = circle.Add("toko-a.test");
  const std::pair<IncidentState, EntryStatus> kStates[] = {
      {IncidentState::kDraft, EntryStatus::kLive},
      {IncidentState::kPublished, EntryStatus::kLive},
      {IncidentState::kSettled, EntryStatus::kSettled},
      {IncidentState::kDisputed, EntryStatus::kDisputed},
      {IncidentState::kWithdrawn, EntryStatus::kWithdrawn},
      {IncidentState::kExpired, EntryStatus::kExpired},
      {IncidentState::kErased, EntryStatus::kErased}};
  for (const auto& [state, status] : kStates) {
    const ledger::IncidentView view = View(state, evidence::Reason::kDepositUnsettled, "");
    auto record = ReadOwnRecord(node->book(), {}, {&view, 1}, Day("2026-11-01"), 10);
    DAFTAR_ASSERT_OK(record);
    ASSERT_EQ(record->incidents.size(), 1u);
    EXPECT_EQ(record->incidents[0].status, status);
    EXPECT_EQ(record->incidents[0].occurred, Day("2026-10-01"));
    EXPECT_TRUE(record->incidents[0].amount == view.incident.account.amount);
  }
}

TEST(OwnIncidentsTest, OnlyWhatIsDisputedPutsAnOrderInQuestionAndOnlyWhatStandsBreaksIt) {
  const std::pair<IncidentState, OrderRemark> kStates[] = {
      {IncidentState::kPublished, OrderRemark::kBroken},
      {IncidentState::kSettled, OrderRemark::kBroken},
      {IncidentState::kDisputed, OrderRemark::kInQuestion},
      {IncidentState::kExpired, OrderRemark::kNone}};
  for (const auto& [state, remark] : kStates) {
    ledger::RemarkedOrders orders;
    orders.Add(View(state, evidence::Reason::kPaymentReversed, "order"));
    EXPECT_EQ(orders.Of("order", {}).remark, remark);
    EXPECT_EQ(orders.Of("another", {}).remark, OrderRemark::kNone);
  }
}

}  // namespace
}  // namespace daftar::check
