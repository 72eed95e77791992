// Disputes at a partner, from the local call to the partner port.
#include <gtest/gtest.h>

#include "node/service/convert.h"
#include "node/service/incident_handlers.h"
#include "node/service/partner_handlers.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;

class IncidentRelaysTest : public ::testing::Test {
 protected:
  IncidentRelaysTest() {
    circle_.PairAll();
    auto view = a_->ledger().Add(a_.Caller(), daftar::testing::DepositUnsettled("0812-3456-7890"));
    EXPECT_TRUE(view.ok());
    id_ = view->incident.id;
    EXPECT_TRUE(a_->ledger().Publish(a_.Caller(), id_).ok());
    circle_.Settle();
  }
  v1::DisputeAtPartnerRequest Request(const std::string& phone) {
    v1::DisputeAtPartnerRequest request;
    request.set_request_id("r-" + phone);
    request.set_origin(a_.origin());
    request.add_identifiers()->set_phone(phone);
    return request;
  }
  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
  IncidentHandlers at_b_{*b_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  ledger::IncidentId id_;
};

TEST_F(IncidentRelaysTest, AStaffMemberDisputesAndAManagerSeesWhatCameOfIt) {
  const auto made = at_b_.DisputeAtPartner(staff_, Request("0812-3456-7890"));
  DAFTAR_ASSERT_OK(made);
  ASSERT_EQ(made->disputes_size(), 1);
  EXPECT_EQ(made->disputes(0).origin(), "toko-a.test");
  EXPECT_EQ(made->disputes(0).state(), "waiting");
  EXPECT_EQ(made->disputes(0).relayed_by(), "user:siti");
  EXPECT_FALSE(made->disputes(0).partner_told());
  EXPECT_EQ(made->disputes(0).others(), 1u);
  circle_.Settle();
  const auto listed = at_b_.ListRelayedDisputes(manager_, {});
  DAFTAR_ASSERT_OK(listed);
  ASSERT_EQ(listed->disputes_size(), 1);
  EXPECT_EQ(listed->disputes(0).state(), "disputed");
  EXPECT_FALSE(listed->disputes(0).partner_disputed_at().empty());
  EXPECT_TRUE(listed->disputes(0).partner_told());
  EXPECT_EQ(listed->disputes(0).others_told(), 1u);
  EXPECT_THAT(at_b_.ListRelayedDisputes(staff_, {}), StatusIs(absl::StatusCode::kPermissionDenied));
  // The issuer's people see through whom; its staff do not.
  v1::Incident shown = ToProto(*a_->ledger().Get(id_), manager_);
  EXPECT_EQ(shown.disputed_by(), "partner");
  EXPECT_EQ(shown.history(shown.history_size() - 1).by(), "partner:toko-b.test");
  shown = ToProto(*a_->ledger().Get(id_), staff_);
  EXPECT_EQ(shown.history(shown.history_size() - 1).by(), "partner");
  EXPECT_EQ(shown.DebugString().find("toko-b"), std::string::npos);
}

TEST_F(IncidentRelaysTest, WhatCannotBeRelayedIsTold) {
  EXPECT_THAT(at_b_.DisputeAtPartner(staff_, Request("0812-3456-7891")),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(at_b_.DisputeAtPartner(staff_, Request("not a number")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  auto request = Request("0812-3456-7890");
  request.set_on("20.11.2026");
  EXPECT_THAT(at_b_.DisputeAtPartner(staff_, request),
              StatusIs(absl::StatusCode::kInvalidArgument));
  request.clear_on();
  request.set_entry(0);
  EXPECT_THAT(at_b_.DisputeAtPartner(staff_, request), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(at_b_.ListRelayedDisputes(manager_, {})->disputes_size(), 0);
}

TEST_F(IncidentRelaysTest, ThePartnerPortTakesThemAtAPaceAndOnlyFromPartners) {
  DAFTAR_ASSERT_OK(at_b_.DisputeAtPartner(staff_, Request("0812-3456-7890")));
  const auto relays = b_->relayer().List(1);
  DAFTAR_ASSERT_OK(relays);
  PartnerHandlers port(*a_);
  PeerCertificate peer{b_->keys().tls.pin, {}, circle_.clock().Now().seconds() + 3600};
  v1::RelayDisputeRequest request;
  request.set_statement("DFR1");
  auto answer = port.RelayDispute(peer, request);
  DAFTAR_ASSERT_OK(answer);
  EXPECT_EQ(answer->outcome(), "refused");
  EXPECT_EQ(answer->refusal(), "malformed");
  const crypto::Bytes statement = relays->front().relay.statement.Encode();
  request.set_statement(std::string(crypto::AsText(statement)));
  answer = port.RelayDispute(peer, request);
  DAFTAR_ASSERT_OK(answer);
  EXPECT_EQ(answer->outcome(), "disputed");
  EXPECT_EQ(answer->refusal(), "");
  for (int call = 2; call < kMaxRelaysPerMinute; ++call) {
    DAFTAR_ASSERT_OK(port.RelayDispute(peer, request));
  }
  EXPECT_THAT(port.RelayDispute(peer, request), StatusIs(absl::StatusCode::kResourceExhausted));
  peer.pin = crypto::SpkiPin();
  EXPECT_THAT(port.RelayDispute(peer, request), StatusIs(absl::StatusCode::kUnauthenticated));
  peer.pin = b_->keys().tls.pin;
  DAFTAR_ASSERT_OK(a_->registry().SetStatus(a_.Caller(), b_.origin(),
                                            partners::PartnerStatus::kSuspended, "it lies"));
  EXPECT_THAT(port.RelayDispute(peer, request), StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace daftar::service
