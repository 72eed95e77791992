// Which partners have applied what became of an incident, and waiting for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "cli/json.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Incident Settled() {
  return Proto<v1::Incident>(R"(
    id: "ab"
    state: "settled"
    reason: "deposit-unsettled"
    log_index: 2
    history { at: "t1" by: "uid:0" what: "added" }
    history { at: "t2" by: "uid:0" what: "publish-asked" log_index: 2
              arrivals { partner: "toko-b.test" applied_at: "2026-11-01T00:00:01.000Z" live: true } }
    history { at: "t3" by: "uid:0" what: "settled" log_index: 3
              arrivals { partner: "toko-b.test" applied_at: "2026-11-02T00:00:01.000Z" live: true }
              arrivals { partner: "toko-c.test" last_heard_at: "2026-10-30T00:00:00.000Z" }
              arrivals { partner: "toko-d.test" live: true } })");
}

class AwaitIncidentTest : public ::testing::Test {
 protected:
  AwaitIncidentTest() {
    node_.get_incident = [](const v1::GetIncidentRequest&, v1::GetIncidentResponse& response) {
      *response.mutable_incident() = Settled();
      return grpc::Status::OK;
    };
    node_.await_incident = [this](const v1::AwaitIncidentRequest& request,
                                  v1::AwaitIncidentResponse& response) {
      asked_ = request;
      *response.mutable_incident() = Settled();
      response.set_arrived(arrived_);
      response.set_everywhere(everywhere_);
      return grpc::Status::OK;
    };
    node_.settle_incident = [this](const v1::SettleIncidentRequest&,
                                   v1::SettleIncidentResponse& response) {
      ++settled_;
      *response.mutable_incident() = Settled();
      return grpc::Status::OK;
    };
  }
  FakeNode node_;
  v1::AwaitIncidentRequest asked_;
  bool arrived_ = true;
  bool everywhere_ = true;
  int settled_ = 0;
};

TEST_F(AwaitIncidentTest, ShowNamesForEachEntryWhoHasAppliedItAndWhoIsBehind) {
  const Ran ran = node_.Run({"incident", "show", "ab"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, HasSubstr("Entry #2 (publish-asked): 1 of 1 partner has applied it\n"
                                 "  toko-b.test  2026-11-01T00:00:01.000Z"));
  EXPECT_THAT(ran.out, HasSubstr("Entry #3 (settled): 1 of 3 partners have applied it\n"));
  EXPECT_THAT(ran.out, HasSubstr("toko-c.test  behind, last heard 2026-10-30T00:00:00.000Z"));
  EXPECT_THAT(ran.out, HasSubstr("toko-d.test  behind\n"));
}

TEST_F(AwaitIncidentTest, ShowAsJsonHasThemTooAndNullForWhatIsNotKnown) {
  const Ran ran = node_.Run({"incident", "show", "ab", "--output", "json"});
  EXPECT_EQ(ran.code, 0);
  const auto history = Json::parse(ran.out)["history"];
  EXPECT_EQ(history[0]["arrivals"], Json::array());
  EXPECT_EQ(history[2]["arrivals"][1], (Json{{"partner", "toko-c.test"},
                                             {"applied_at", nullptr},
                                             {"last_heard_at", "2026-10-30T00:00:00.000Z"},
                                             {"live", false},
                                             {"pairing", nullptr}}));
}

TEST_F(AwaitIncidentTest, WhoHadItAndIsNotActiveNowIsMarkedAndNotCounted) {
  node_.get_incident = [](const v1::GetIncidentRequest&, v1::GetIncidentResponse& response) {
    *response.mutable_incident() = Proto<v1::Incident>(R"(
      id: "ab"
      history { at: "t2" by: "uid:0" what: "publish-asked" log_index: 2
                arrivals { partner: "toko-b.test" live: true pairing: "active" }
                arrivals { partner: "toko-c.test" applied_at: "2026-11-01T00:00:02.000Z"
                           pairing: "removed" } }
      history { at: "t3" by: "uid:0" what: "settled" log_index: 3
                arrivals { partner: "toko-d.test" applied_at: "2026-11-02T00:00:01.000Z"
                           pairing: "suspended" } })");
    return grpc::Status::OK;
  };
  Ran ran = node_.Run({"incident", "show", "ab"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, HasSubstr("Entry #2 (publish-asked): 0 of 1 partner has applied it\n"));
  EXPECT_THAT(ran.out, HasSubstr("toko-b.test  behind\n"));
  EXPECT_THAT(ran.out, HasSubstr("toko-c.test  2026-11-01T00:00:02.000Z, now removed\n"));
  EXPECT_THAT(ran.out, HasSubstr("Entry #3 (settled): no partner is active now\n"
                                 "  toko-d.test  2026-11-02T00:00:01.000Z, now suspended\n"));
  ran = node_.Run({"incident", "show", "ab", "--output", "json"});
  EXPECT_EQ(Json::parse(ran.out)["history"][0]["arrivals"][1]["pairing"], "removed");
}

TEST_F(AwaitIncidentTest, TheExitCodeSaysWhetherEveryPartnerHasIt) {
  node_.await_progress = {Proto<v1::AwaitIncidentResponse>("progress { applied: 1 partners: 3 }")};
  Ran ran = node_.Run({"incident", "show", "ab", "--wait"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(asked_.wait_ms(), 120'000u);
  EXPECT_EQ(ran.err, "");
  everywhere_ = false;
  ran = node_.Run({"incident", "show", "ab", "--wait", "--within", "7"});
  EXPECT_EQ(ran.code, 75);
  EXPECT_EQ(asked_.wait_ms(), 7'000u);
  EXPECT_THAT(ran.out, HasSubstr("toko-c.test  behind"));
  EXPECT_THAT(ran.err, HasSubstr("Every partner that is heard from has it"));
  arrived_ = false;
  ran = node_.Run({"incident", "show", "ab", "--wait", "--output", "json"});
  EXPECT_EQ(ran.code, 75);
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(Json::parse(ran.out)["id"], "ab");
}

TEST_F(AwaitIncidentTest, AChangeIsMadeOnceAndThenWaitedFor) {
  everywhere_ = arrived_ = false;
  const Ran ran = node_.Run({"incident", "settle", "ab", "--because", "paid", "--wait"});
  EXPECT_EQ(ran.code, 75);
  EXPECT_EQ(settled_, 1);
  EXPECT_THAT(ran.err, HasSubstr("Not every partner has it yet"));
}

TEST_F(AwaitIncidentTest, AWaitOutOfBoundsChangesNothing) {
  EXPECT_EQ(node_.Run({"incident", "show", "ab", "--within", "7"}).code, 64);
  for (const char* within : {"0", "601", "x"}) {
    EXPECT_EQ(
        node_.Run({"incident", "settle", "ab", "--because", "paid", "--wait", "--within", within})
            .code,
        64);
  }
  EXPECT_EQ(settled_, 0);
}

TEST_F(AwaitIncidentTest, WhatGoesToNobodyIsNotWaitedFor) {
  node_.await_incident = [](const v1::AwaitIncidentRequest&, v1::AwaitIncidentResponse&) {
    return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "nothing of this incident goes out");
  };
  const Ran ran = node_.Run({"incident", "show", "ab", "--wait"});
  EXPECT_EQ(ran.code, 78);
  EXPECT_THAT(ran.err, HasSubstr("nothing of this incident goes out"));
  EXPECT_THAT(ran.out, Not(HasSubstr("Incident")));
}

TEST_F(AwaitIncidentTest, AChangeThatGoesToNobodyIsDoneAndShown) {
  node_.await_incident = [](const v1::AwaitIncidentRequest&, v1::AwaitIncidentResponse&) {
    return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "nothing of this incident goes out");
  };
  node_.withdraw_incident = [](const v1::WithdrawIncidentRequest&,
                               v1::WithdrawIncidentResponse& response) {
    *response.mutable_incident() = Settled();
    return grpc::Status::OK;
  };
  for (const char* what : {"settle", "withdraw"}) {
    Ran ran = node_.Run({"incident", what, "ab", "--because", "paid", "--wait"});
    EXPECT_EQ(ran.code, 0) << what;
    EXPECT_THAT(ran.out, HasSubstr("Entry #3 (settled)")) << what;
    EXPECT_EQ(ran.err, "It is done; nothing of this incident goes out.\n") << what;
    ran = node_.Run({"incident", what, "ab", "--because", "paid", "--wait", "--output", "json"});
    EXPECT_EQ(ran.code, 0) << what;
    EXPECT_EQ(Json::parse(ran.out)["id"], "ab") << what;
    EXPECT_EQ(ran.err, "") << what;
  }
}

TEST_F(AwaitIncidentTest, CtrlCEndsTheWaitingAndSaysThatTheChangeIsDone) {
  node_.await_incident = [](const v1::AwaitIncidentRequest&, v1::AwaitIncidentResponse&) {
    kill(getpid(), SIGINT);
    return grpc::Status::OK;
  };
  Ran ran = node_.Run({"incident", "settle", "ab", "--because", "paid", "--wait"});
  EXPECT_EQ(ran.code, kExitInterrupted);
  EXPECT_EQ(settled_, 1);
  EXPECT_THAT(ran.err, HasSubstr("it is done, and partners get it; the waiting for partners was "
                                 "stopped"));
  ran = node_.Run({"incident", "show", "ab", "--wait"});
  EXPECT_EQ(ran.code, kExitInterrupted);
  EXPECT_THAT(ran.err, HasSubstr("the waiting for partners was stopped"));
  EXPECT_THAT(ran.err, Not(HasSubstr("it is done")));
}

}  // namespace
}  // namespace daftar::cli
