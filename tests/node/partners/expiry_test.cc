#include "node/partners/expiry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "node/partners/relayer.h"
#include "storage/log_store.h"
#include "storage/purge.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using evidence::EntryKind;
using storage::Column;

constexpr int64_t kDay = 86'400;
constexpr int64_t kHour = 3600;

class EraseByTest : public ::testing::Test {
 protected:
  EraseByTest() {
    charter_.reasons[evidence::Reason::kNoShow].retention_months = 1;
    charter_.dispute_withdraw_days = 30;
    charter_.withdraw_after_settlement_hours = 48;
    charter_.erase_after_withdrawal_hours = 24;
  }
  int64_t By(std::vector<EntryState::Update> updates) {
    EntryState state;
    state.updates = std::move(updates);
    return EraseBy(1000, state, &charter_);
  }
  evidence::Charter charter_;
};

TEST_F(EraseByTest, IsTheEarliestOfWhatTheHeadersTell) {
  EXPECT_EQ(By({}), 1000 + 31 * kDay);
  EXPECT_EQ(By({{EntryKind::kWithdrawal, 5, 2000, 2000}}), 2000 + 24 * kHour);
  EXPECT_EQ(By({{EntryKind::kSettlement, 5, 2000, 2000}}), 2000 + 72 * kHour);
  EXPECT_EQ(By({{EntryKind::kDispute, 5, 2000, 2000}}), 1000 + 31 * kDay);
  charter_.dispute_withdraw_days = 10;
  EXPECT_EQ(By({{EntryKind::kDispute, 5, 2000, 2000}}), 2000 + 11 * kDay);
  EXPECT_EQ(By({{EntryKind::kDispute, 5, 2000, 2000}, {EntryKind::kResolution, 6, 3000, 3000}}),
            1000 + 31 * kDay);
  // One that came too late answers nothing, however it is dated.
  EXPECT_EQ(By({{EntryKind::kDispute, 5, 2000, 2000},
                {EntryKind::kResolution, 6, 3000, 2000 + 10 * kDay}}),
            2000 + 11 * kDay);
  EXPECT_EQ(By({{EntryKind::kSettlement, 5, 2000, 2000}, {EntryKind::kWithdrawal, 6, 3000, 3000}}),
            3000 + 24 * kHour);
}

TEST_F(EraseByTest, CountsFromWhicheverIsEarlier) {
  EXPECT_EQ(By({{EntryKind::kWithdrawal, 5, 9'000'000, 2000}}), 2000 + 24 * kHour);
  EXPECT_EQ(By({{EntryKind::kWithdrawal, 5, 2000, 9'000'000}}), 2000 + 24 * kHour);
}

TEST_F(EraseByTest, ARelayedDisputeIsOneToo) {
  charter_.dispute_withdraw_days = 10;
  const auto by = [this](std::vector<EntryState::Update> updates) {
    EntryState state;
    state.updates = std::move(updates);
    return EraseBy(1000, state, &charter_, 2000);
  };
  EXPECT_EQ(by({}), 2000 + 11 * kDay);
  EXPECT_EQ(by({{EntryKind::kDispute, 5, 3000, 3000}}), 2000 + 11 * kDay);
  EXPECT_EQ(by({{EntryKind::kResolution, 5, 3000, 3000}}), 1000 + 31 * kDay);
  // Nor does one from before it was said.
  EXPECT_EQ(by({{EntryKind::kDispute, 5, 1100, 1100}, {EntryKind::kResolution, 6, 1500, 1500}}),
            2000 + 11 * kDay);
  EXPECT_EQ(by({{EntryKind::kDispute, 5, 1100, 1100}}), 1100 + 11 * kDay);
  // One that came too late answers nothing, however it is dated.
  EXPECT_EQ(by({{EntryKind::kResolution, 5, 3000, 2000 + 10 * kDay}}), 2000 + 11 * kDay);
}

TEST_F(EraseByTest, WithoutACharterTheLongestPeriodsHold) {
  EXPECT_EQ(EraseBy(1000, EntryState(), nullptr), 1000 + 60 * 31 * kDay);
  EntryState withdrawn;
  withdrawn.updates = {{EntryKind::kWithdrawal, 5, 2000, 2000}};
  EXPECT_EQ(EraseBy(1000, withdrawn, nullptr), 2000 + 720 * kHour);
}

class SweepTest : public ::testing::Test {
 protected:
  SweepTest() { circle_.PairAll(); }
  ledger::IncidentId Published(const std::string& phone) {
    auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled(phone));
    EXPECT_TRUE(a_->ledger().Publish(a_.Caller(), view->incident.id).ok());
    circle_.Settle();
    return view->incident.id;
  }
  uint64_t IndexOf(const ledger::IncidentId& id) { return a_->ledger().Get(id)->report->index; }
  bool HasBody(uint64_t index) {
    return b_->store()
        .Get(
            Column::kLogBodies,
            storage::LogIndexKey(static_cast<uint32_t>(b_->registry().Active().front().log), index))
        ->has_value();
  }
  size_t Sweep() {
    const Partner partner = b_->registry().Active().front();
    auto swept = SweepExpired(b_->store(), partner,
                              b_->followers().MirrorOf(partner.origin)->View(), b_->charters(),
                              *b_->relays().OwnOf(partner.log), circle_.clock().Now().seconds());
    EXPECT_TRUE(swept.ok()) << swept.status();
    return swept.ok() ? *swept : 0;
  }
  size_t Tokens() {
    size_t count = 0;
    EXPECT_TRUE(b_->store()
                    .Scan(Column::kTokens, {}, {},
                          [&](crypto::ByteView, crypto::ByteView) { return ++count > 0; })
                    .ok());
    return count;
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
};

TEST_F(SweepTest, WhatASilentPartnerWithdrewGoesWhenItsPeriodIsOver) {
  const uint64_t kept = IndexOf(Published("0812-9999-7001"));
  const ledger::IncidentId id = Published("0812-9999-7002");
  const uint64_t report = IndexOf(id);
  DAFTAR_ASSERT_OK(
      a_->ledger().Withdraw(a_.Caller(), id, evidence::WithdrawalGround::kMistake, "x"));
  circle_.Settle();
  a_.Stop();
  EXPECT_EQ(Tokens(), 8u);
  circle_.clock().Advance(48 * kHour - 1);
  EXPECT_EQ(Sweep(), 0u);
  EXPECT_TRUE(HasBody(report));
  circle_.clock().Advance(1);
  DAFTAR_ASSERT_OK(storage::PurgeIfAsked(b_->store(), {}));
  EXPECT_EQ(Sweep(), 1u);
  EXPECT_THAT(storage::PurgeIfAsked(b_->store(), {}), IsOkAndHolds(true));
  EXPECT_FALSE(HasBody(report));
  EXPECT_FALSE(HasBody(report + 1));
  EXPECT_TRUE(HasBody(kept));
  EXPECT_EQ(Tokens(), 4u);
  EXPECT_EQ(Sweep(), 0u);
}

TEST_F(SweepTest, WhatThisNodePassedOnAndNobodyAnsweredGoesToo) {
  const uint64_t report = IndexOf(Published("0812-9999-7001"));
  circle_.clock().Advance(60);
  NewRelay dispute;
  dispute.issuer = a_.origin();
  dispute.identifiers = {daftar::testing::Phone("0812-9999-7001")};
  DAFTAR_ASSERT_OK(b_->relayer().Relay(b_.Caller(), dispute, std::chrono::milliseconds(2000)));
  a_.Stop();
  circle_.clock().Advance(30 * kDay + 48 * kHour - 1);
  EXPECT_EQ(Sweep(), 0u);
  circle_.clock().Advance(1);
  EXPECT_EQ(Sweep(), 1u);
  EXPECT_FALSE(HasBody(report));
  EXPECT_EQ(Tokens(), 0u);
}

TEST_F(SweepTest, TokensGoOfWhicheverKeysTheyWereMadeWith) {
  Published("0812-9999-7001");
  EXPECT_EQ(Tokens(), 4u);
  const Partner partner = b_->registry().Active().front();
  MirrorView view = b_->followers().MirrorOf(partner.origin)->View();
  view.keys.push_back(view.keys.back());  // which it has replaced since
  ++view.keys.back().keys.epoch;
  circle_.clock().Advance(24 * 31 * kDay + 10);
  EXPECT_EQ(*SweepExpired(b_->store(), partner, view, b_->charters(), {},
                          circle_.clock().Now().seconds()),
            1u);
  EXPECT_EQ(Tokens(), 0u);
}

TEST_F(SweepTest, WhatNobodyUpdatedGoesAfterTheLongestRetention) {
  const uint64_t report = IndexOf(Published("0812-9999-7001"));
  a_.Stop();
  circle_.clock().Advance(24 * 31 * kDay - 1);
  EXPECT_EQ(Sweep(), 0u);
  circle_.clock().Advance(10);  // an entry's time may run ahead of the clock
  EXPECT_EQ(Sweep(), 1u);
  EXPECT_FALSE(HasBody(report));
  EXPECT_EQ(Sweep(), 0u);
}

// As versions that stored the bodies of void entries have left them.
TEST_F(SweepTest, BodiesOfVoidEntriesGoWithTheirReport) {
  const ledger::IncidentId id = Published("0812-9999-7001");
  DAFTAR_ASSERT_OK(
      a_->ledger().Erase(a_.Caller(), id, evidence::ErasureGround::kRequest, "asked for"));
  circle_.Settle();
  const uint64_t erasure = IndexOf(id) + 1;
  storage::Batch batch;
  batch.Put(
      Column::kLogBodies,
      storage::LogIndexKey(static_cast<uint32_t>(b_->registry().Active().front().log), erasure),
      {1, 2, 3});
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  circle_.clock().Advance(24 * 31 * kDay - 1);
  Sweep();
  EXPECT_TRUE(HasBody(erasure));
  EXPECT_TRUE(HasBody(1));  // CHARTER, which is about no report
  circle_.clock().Advance(10);
  Sweep();
  EXPECT_FALSE(HasBody(erasure));
  EXPECT_TRUE(HasBody(1));
}

TEST_F(SweepTest, TheErasureThatComesAfterASweepLeavesNoGap) {
  const ledger::IncidentId id = Published("0812-9999-7001");
  DAFTAR_ASSERT_OK(
      a_->ledger().Withdraw(a_.Caller(), id, evidence::WithdrawalGround::kMistake, "x"));
  circle_.Settle();
  a_.Stop();
  circle_.clock().Advance(48 * kHour);
  EXPECT_EQ(Sweep(), 1u);
  a_.Start();
  circle_.Settle();
  circle_.Settle();  // once it has heard what time it is
  EXPECT_EQ(a_->ledger().Get(id)->state, ledger::IncidentState::kErased);
  const MirrorView view = b_->followers().MirrorOf("toko-a.test")->View();
  EXPECT_EQ(view.gaps, 0u);
  EXPECT_EQ(view.trouble, "");
  EXPECT_EQ(view.cosigned.at("toko-b.test"), view.size);
}

TEST_F(SweepTest, WhatComesWithoutItsBodyAfterASweepLeavesNoGap) {
  const ledger::IncidentId id = Published("0812-9999-7001");
  DAFTAR_ASSERT_OK(a_->ledger().Dispute(a_.Caller(), id, {}, "says it was paid"));
  circle_.Settle();
  circle_.faults.cut = [](const std::string&, const std::string&) { return true; };
  for (int days : {31, 3}) {  // withdrawn, then erased
    circle_.clock().Advance(days * kDay);
    circle_.Settle();
  }
  EXPECT_EQ(a_->ledger().Get(id)->state, ledger::IncidentState::kErased);
  EXPECT_EQ(Sweep(), 1u);
  circle_.faults.cut = nullptr;
  circle_.Settle();
  const MirrorView view = b_->followers().MirrorOf("toko-a.test")->View();
  EXPECT_EQ(view.gaps, 0u);
  EXPECT_EQ(view.cosigned.at("toko-b.test"), view.size);
}

// A first copy in pieces: of a report that was withdrawn and erased the ERASURE is still to come.
TEST_F(SweepTest, WhatCameWithoutItsBodiesIsNotSwept) {
  const ledger::IncidentId id = Published("0812-9999-7001");
  DAFTAR_ASSERT_OK(
      a_->ledger().Withdraw(a_.Caller(), id, evidence::WithdrawalGround::kMistake, "x"));
  circle_.Settle();
  const Partner partner = b_->registry().Active().front();
  const uint64_t report = IndexOf(id);
  const crypto::Bytes body = storage::LogIndexKey(static_cast<uint32_t>(partner.log), report);
  storage::Batch batch;
  batch.Delete(Column::kLogBodies, body);
  batch.Delete(Column::kLogBodies,
               storage::LogIndexKey(static_cast<uint32_t>(partner.log), report + 1));
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  circle_.clock().Advance(48 * kHour);
  EXPECT_EQ(Sweep(), 0u);
  const auto row = b_->store().Get(Column::kEntryStates, EntryState::Key(partner.log, report));
  EXPECT_FALSE(EntryState::Decode(**row)->swept);
}

TEST_F(SweepTest, NoDeadlineActsWhileTheClockIsInDoubt) {
  Published("0812-9999-7001");
  auto settled = b_->ledger().Add(b_.Caller(), DepositUnsettled("0812-9999-7005"));
  DAFTAR_ASSERT_OK(settled);
  const ledger::IncidentId id = settled->incident.id;
  DAFTAR_ASSERT_OK(b_->ledger().Publish(b_.Caller(), id));
  circle_.Settle();
  DAFTAR_ASSERT_OK(b_->ledger().Settle(b_.Caller(), id, {}, "paid"));
  circle_.Settle();
  EXPECT_EQ(b_->followers().ClockAhead(), 0);
  EXPECT_FALSE(b_->followers().ClockInDoubt());
  circle_.clock().Advance(48 * kHour);
  // The partner's clock says an hour more.
  DAFTAR_ASSERT_OK(a_->publisher().Heartbeat(
      evidence::UnixMillis::OfSeconds(circle_.clock().Now().seconds() + kHour)));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (b_->followers().ClockAhead() != kHour && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();  // the follower's work, which has no event here
  }
  EXPECT_EQ(b_->followers().ClockAhead(), kHour);
  EXPECT_TRUE(b_->followers().ClockInDoubt());
  // So this shop withdraws nothing by itself; what somebody has erased goes all the same.
  auto own = b_->ledger().Add(b_.Caller(), DepositUnsettled("0812-9999-7006"));
  DAFTAR_ASSERT_OK(own);
  DAFTAR_ASSERT_OK(
      b_->ledger().Erase(b_.Caller(), own->incident.id, evidence::ErasureGround::kMistake, "x"));
  DAFTAR_ASSERT_OK(b_->Tick());
  EXPECT_THAT(b_->ledger().Get(own->incident.id), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(b_->ledger().Get(id)->state, ledger::IncidentState::kSettled);
  EXPECT_NE(b_->trouble().clock, "");
  // Whoever is suspended says nothing about the time.
  DAFTAR_ASSERT_OK(
      b_->registry().SetStatus(b_.Caller(), "toko-a.test", PartnerStatus::kSuspended, "its clock"));
  DAFTAR_ASSERT_OK(b_->followers().Refresh());
  EXPECT_FALSE(b_->followers().ClockInDoubt());
  DAFTAR_ASSERT_OK(b_->Tick());
  EXPECT_EQ(b_->ledger().Get(id)->state, ledger::IncidentState::kWithdrawn);
}

}  // namespace
}  // namespace daftar::partners
