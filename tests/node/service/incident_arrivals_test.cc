// Who has applied what became of an incident, as the local API tells it, and waiting for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "node/service/node_handlers.h"
#include "node/service/partner_handlers.h"
#include "node/service/shop_handlers.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

class IncidentArrivalsTest : public ::testing::Test {
 protected:
  IncidentArrivalsTest() {
    circle_.PairAll();
    auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled("0812-3456-7890"));
    EXPECT_THAT(view, IsOk());
    id_ = view->incident.id;
  }
  void Publish() {
    DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), id_));
    circle_.Settle();
  }
  // C applies everything, and its receipts never arrive.
  void SilenceC() {
    circle_.faults.alter_notes = [](const std::string& from, const std::string& to, auto&) {
      return from != "toko-c.test" && to != "toko-c.test";
    };
  }
  v1::Incident Shown(const Actor& actor) {
    v1::GetIncidentRequest request;
    request.set_id(id_.hex());
    auto shown = shop_.GetIncident(actor, request);
    EXPECT_THAT(shown, IsOk());
    return shown.ok() ? shown->incident() : v1::Incident();
  }
  absl::StatusOr<v1::AwaitIncidentResponse> Await(uint32_t wait_ms) {
    v1::AwaitIncidentRequest request;
    request.set_id(id_.hex());
    request.set_wait_ms(wait_ms);
    return shop_.AwaitIncident(manager_, request, {});
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
  ShopHandlers shop_{*a_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  ledger::IncidentId id_;
};

TEST_F(IncidentArrivalsTest, EachChangeNamesWhoHasAppliedItAndWhoIsBehind) {
  Publish();
  SilenceC();
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id_, {}, "paid"));
  circle_.Settle();
  const v1::Incident shown = Shown(manager_);
  ASSERT_EQ(shown.history_size(), 3);
  EXPECT_EQ(shown.history(0).arrivals_size(), 0);  // filing it goes to nobody
  ASSERT_EQ(shown.history(1).arrivals_size(), 2);
  for (const v1::Arrival& arrival : shown.history(1).arrivals()) {
    EXPECT_EQ(arrival.applied_at(), "2026-11-01T00:00:00.000Z") << arrival.partner();
  }
  ASSERT_EQ(shown.history(2).arrivals_size(), 2);
  EXPECT_EQ(shown.history(2).arrivals(0).partner(), "toko-b.test");
  EXPECT_NE(shown.history(2).arrivals(0).applied_at(), "");
  EXPECT_EQ(shown.history(2).arrivals(1).partner(), "toko-c.test");
  EXPECT_EQ(shown.history(2).arrivals(1).applied_at(), "");
  EXPECT_TRUE(shown.history(2).arrivals(1).live());
}

TEST_F(IncidentArrivalsTest, StaffSeeHowManyAndNotWhich) {
  Publish();
  const v1::Incident shown = Shown(staff_);
  ASSERT_EQ(shown.history(1).arrivals_size(), 2);
  for (const v1::Arrival& arrival : shown.history(1).arrivals()) {
    EXPECT_EQ(arrival.partner(), "");
    EXPECT_EQ(arrival.last_heard_at(), "");
    EXPECT_NE(arrival.applied_at(), "");
  }
}

TEST_F(IncidentArrivalsTest, WhoHadItAndIsNotActiveNowIsNamedAndNotCounted) {
  Publish();
  DAFTAR_ASSERT_OK(a_->registry().SetStatus(a_.Caller(), "toko-c.test",
                                            partners::PartnerStatus::kSuspended, "in doubt"));
  const auto done = Await(1);
  DAFTAR_ASSERT_OK(done);
  EXPECT_TRUE(done->everywhere());
  EXPECT_EQ(done->progress().applied(), 1u);
  EXPECT_EQ(done->progress().partners(), 1u);
  ASSERT_EQ(done->incident().history(1).arrivals_size(), 2);
  EXPECT_EQ(done->incident().history(1).arrivals(0).pairing(), "active");
  const v1::Arrival& suspended = done->incident().history(1).arrivals(1);
  EXPECT_EQ(suspended.partner(), "toko-c.test");
  EXPECT_NE(suspended.applied_at(), "");
  EXPECT_EQ(suspended.pairing(), "suspended");
  // To staff it is some partner.
  const v1::Incident shown = Shown(staff_);
  ASSERT_EQ(shown.history(1).arrivals_size(), 2);
  EXPECT_THAT(shown.SerializeAsString(), Not(HasSubstr("toko-c")));
}

TEST_F(IncidentArrivalsTest, NobodyWaitsForARemovedPartnerThatNeverHadIt) {
  Publish();
  SilenceC();
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id_, {}, "paid"));
  circle_.Settle();
  DAFTAR_ASSERT_OK(a_->registry().SetStatus(a_.Caller(), "toko-c.test",
                                            partners::PartnerStatus::kRemoved, "closed"));
  const auto done = Await(1);
  DAFTAR_ASSERT_OK(done);
  EXPECT_TRUE(done->everywhere());
  ASSERT_EQ(done->incident().history(1).arrivals_size(), 2);
  EXPECT_EQ(done->incident().history(1).arrivals(1).pairing(), "removed");
  ASSERT_EQ(done->incident().history(2).arrivals_size(), 1);
  EXPECT_EQ(done->incident().history(2).arrivals(0).partner(), "toko-b.test");
}

TEST_F(IncidentArrivalsTest, WaitingEndsWhenTheLastLivePartnerHasIt) {
  SilenceC();
  Publish();
  auto early = Await(1);
  DAFTAR_ASSERT_OK(early);
  EXPECT_FALSE(early->arrived());
  EXPECT_EQ(early->progress().applied(), 1u);
  EXPECT_EQ(early->progress().partners(), 2u);
  // Its receipt comes while somebody waits.
  circle_.faults.alter_notes = nullptr;
  std::thread receipt([this] { c_->exchange().SendAll(); });
  auto late = Await(60'000);
  receipt.join();
  DAFTAR_ASSERT_OK(late);
  EXPECT_TRUE(late->arrived());
  EXPECT_TRUE(late->everywhere());
  EXPECT_EQ(late->incident().history(1).arrivals(1).partner(), "toko-c.test");
}

TEST_F(IncidentArrivalsTest, NobodyWaitsForAPartnerThatIsNotHeardFromAndItIsNamed) {
  SilenceC();
  Publish();
  c_.Stop();
  circle_.clock().Advance(static_cast<int64_t>(circle_.charter().stale_after_s) + 1);
  circle_.Settle();
  auto done = Await(60'000);
  DAFTAR_ASSERT_OK(done);
  EXPECT_TRUE(done->arrived());
  EXPECT_FALSE(done->everywhere());
  const v1::Arrival& behind = done->incident().history(1).arrivals(1);
  EXPECT_EQ(behind.partner(), "toko-c.test");
  EXPECT_FALSE(behind.live());
  EXPECT_EQ(behind.last_heard_at(), "2026-11-01T00:00:00.000Z");
}

TEST_F(IncidentArrivalsTest, ThereMustBeSomethingToWaitForAndABoundToIt) {
  EXPECT_THAT(Await(1), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("nothing of")));
  EXPECT_THAT(Await(kMaxAwaitMillis + 1), StatusIs(absl::StatusCode::kInvalidArgument));
  DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), id_));
  auto queued = Await(1);
  DAFTAR_ASSERT_OK(queued);
  EXPECT_FALSE(queued->arrived());
  EXPECT_FALSE(queued->progress().has_log_index());
  DAFTAR_ASSERT_OK(
      a_->ledger().Withdraw(a_.Caller(), id_, evidence::WithdrawalGround::kMistake, "mixed up"));
  EXPECT_THAT(Await(1), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("nothing of")));
}

TEST_F(IncidentArrivalsTest, OnlySoManyWaitAtOnce) {
  SilenceC();
  Publish();
  v1::AwaitIncidentRequest request;
  request.set_id(id_.hex());
  int waiting = 0;
  // Each asks while those before it wait.
  const std::function<absl::Status()> ask = [&] {
    ++waiting;
    absl::Status inner;
    const absl::Status outer = shop_
                                   .AwaitIncident(manager_, request,
                                                  [&](const auto&) {
                                                    inner = ask();
                                                    return false;
                                                  })
                                   .status();
    return absl::IsCancelled(outer) && !inner.ok() ? inner : outer;
  };
  EXPECT_THAT(ask(), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("at once")));
  EXPECT_EQ(waiting, kMaxAwaits + 1);
  EXPECT_THAT(Await(1), IsOk());  // all have ended
}

TEST_F(IncidentArrivalsTest, AWaitEndsWithItsCaller) {
  SilenceC();
  Publish();
  v1::AwaitIncidentRequest request;
  request.set_id(id_.hex());
  int told = 0;
  auto ended = shop_.AwaitIncident(manager_, request, [&](const auto& message) {
    EXPECT_FALSE(message.has_incident());
    return ++told < 2;
  });
  EXPECT_THAT(ended, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(told, 2);
}

TEST_F(IncidentArrivalsTest, APartnerTellsHowMuchOfTheOwnLogItHolds) {
  Publish();
  Users users(a_->store(), a_->vault(), a_->clock(), a_->entropy());
  NodeHandlers nodes(*a_, users);
  v1::GetPartnerRequest request;
  request.set_origin("toko-c.test");
  auto partner = nodes.GetPartner(manager_, request);
  DAFTAR_ASSERT_OK(partner);
  EXPECT_EQ(partner->partner().holds(), 3u);
  EXPECT_EQ(partner->partner().own_log_size(), 3u);
  EXPECT_EQ(partner->partner().holds_since(), "2026-11-01T00:00:00.000Z");
}

// The partner port's side of an exchange.
TEST_F(IncidentArrivalsTest, ExchangesArePacedAndAuthenticated) {
  PartnerHandlers port(*a_);
  PeerCertificate peer{b_->keys().tls.pin, b_->keys().tls.certificate_pem,
                       circle_.clock().Now().seconds() + 30};
  v1::ExchangeNotesRequest request;
  request.add_notes(a_->publisher().Head()->note);
  for (int i = 0; i < kMaxExchangesPerMinute; ++i) {
    auto answer = port.ExchangeNotes(peer, request);
    DAFTAR_ASSERT_OK(answer);
    ASSERT_EQ(answer->notes_size(), 1);
  }
  EXPECT_THAT(port.ExchangeNotes(peer, request),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("a minute")));
  circle_.clock().Advance(60);
  EXPECT_THAT(port.ExchangeNotes(peer, request), StatusIs(absl::StatusCode::kUnauthenticated));
  peer.not_after += 600;
  DAFTAR_EXPECT_OK(port.ExchangeNotes(peer, request));
  DAFTAR_ASSERT_OK(a_->registry().SetStatus(a_.Caller(), "toko-b.test",
                                            partners::PartnerStatus::kSuspended, "odd"));
  EXPECT_THAT(port.ExchangeNotes(peer, request), StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace daftar::service
