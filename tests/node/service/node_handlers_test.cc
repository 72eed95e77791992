// What each role gets to see of a node and its partners.
#include "node/service/node_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

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
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class NodeHandlersTest : public ::testing::Test {
 protected:
  NodeHandlersTest() { circle_.PairAll(); }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  Users users_{a_->store(), a_->vault(), a_->clock(), a_->entropy()};
  NodeHandlers handlers_{*a_, users_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
};

TEST_F(NodeHandlersTest, StaffDoNotSeeWhichPartnersThereAre) {
  v1::GetPartnerRequest one;
  one.set_origin("toko-b.test");
  EXPECT_THAT(handlers_.ListPartners(staff_, {}), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(handlers_.GetPartner(staff_, one), StatusIs(absl::StatusCode::kPermissionDenied));
  for (const Role role : {Role::kManager, Role::kOperator, Role::kAuditor}) {
    const Actor actor{"user:x", Roles{role}};
    EXPECT_EQ(handlers_.ListPartners(actor, {})->partners_size(), 1);
    DAFTAR_EXPECT_OK(handlers_.GetPartner(actor, one));
  }
  auto status = handlers_.GetStatus(staff_, {});
  DAFTAR_ASSERT_OK(status);
  EXPECT_EQ(status->partners_active(), 1u);
}

TEST_F(NodeHandlersTest, StaffSeeHowManyPartnersAreInTroubleAndNotWhich) {
  circle_.clock().Advance(int64_t{100} * 365 * 24 * 3600);  // no certificate is valid that long
  auto managers = handlers_.GetStatus(manager_, {});
  DAFTAR_ASSERT_OK(managers);
  EXPECT_THAT(managers->problems(), ElementsAre(HasSubstr("toko-b.test: its certificate")));
  EXPECT_THAT(managers->problem_kinds(), ElementsAre("partner-certificate"));
  auto staffs = handlers_.GetStatus(staff_, {});
  DAFTAR_ASSERT_OK(staffs);
  EXPECT_THAT(staffs->problems(), ElementsAre(HasSubstr("partners in trouble: 1")));
  EXPECT_THAT(staffs->problem_kinds(), ElementsAre("partners"));
  EXPECT_THAT(staffs->ShortDebugString(), Not(HasSubstr("toko-b")));
}

TEST_F(NodeHandlersTest, EachFaultOfThePolicyFileIsAProblemOfItsOwn) {
  std::ofstream(a_.dir() / "policy.toml") << "version = 1\nx = 1\ny = 2\n";
  a_->policies().Look();
  a_->policies().Look();  // a file counts once it stays as it is
  auto status = handlers_.GetStatus(staff_, {});
  DAFTAR_ASSERT_OK(status);
  EXPECT_THAT(status->problems(),
              ElementsAre(HasSubstr("policy.toml is not in force"), HasSubstr("policy.toml:2:1: "),
                          HasSubstr("policy.toml:3:1: ")));
  EXPECT_THAT(status->problem_kinds(), ElementsAre("policy", "policy", "policy"));
}

TEST_F(NodeHandlersTest, EachProblemIsToldWithItsKindInTheSamePlace) {
  std::ofstream(a_.dir() / "policy.toml") << "version = 1\nx = 1\n";
  a_->policies().Look();
  a_->policies().Look();
  std::filesystem::create_directories(a_.dir() / "charter.toml" / "in the way");
  const std::string mine = circle_.charter().source + "\n# mine\n";
  const std::string theirs = circle_.charter().source + "\n# theirs\n";
  DAFTAR_ASSERT_OK(a_->charters().Adopt(a_.Caller(), mine, "agreed"));
  DAFTAR_ASSERT_OK(b_->charters().Adopt(b_.Caller(), theirs, "agreed"));
  circle_.Settle();
  a_->Upkeep();
  const auto status = handlers_.GetStatus(manager_, {});
  DAFTAR_ASSERT_OK(status);
  EXPECT_THAT(status->problems(),
              ElementsAre(HasSubstr("policy.toml is not in force"), HasSubstr("policy.toml:2:1: "),
                          HasSubstr("charter.toml is not the charter in force"),
                          HasSubstr("partner toko-b.test: it files under the charter")));
  EXPECT_THAT(status->problem_kinds(),
              ElementsAre("policy", "policy", "charter", "partner-charter"));
}

TEST(ProblemsInTest, WhatFailsInTheBackgroundIsToldByItsKindAndItsReason) {
  BackgroundTrouble trouble;
  EXPECT_THAT(ProblemsIn(trouble), IsEmpty());
  const std::map<std::string, std::string BackgroundTrouble::*> reasons = {
      {"charter", &BackgroundTrouble::charter},
      {"outcomes", &BackgroundTrouble::outcomes},
      {"proof-files", &BackgroundTrouble::proofs},
      {"codes", &BackgroundTrouble::codes},
      {"reviews", &BackgroundTrouble::reviews},
      {"clock", &BackgroundTrouble::clock},
      {"expiry", &BackgroundTrouble::expiry},
      {"proof-requests", &BackgroundTrouble::handovers},
      {"purging", &BackgroundTrouble::purging},
  };
  for (const auto& [kind, reason] : reasons) trouble.*reason = "because of " + kind;
  std::map<std::string, std::string> told;
  for (const Problem& problem : ProblemsIn(trouble)) {
    told.emplace(std::string(problem.kind), problem.words);
  }
  ASSERT_EQ(told.size(), reasons.size());
  for (const auto& [kind, reason] : reasons) {
    EXPECT_THAT(told[kind], HasSubstr("because of " + kind));
  }
}

TEST_F(NodeHandlersTest, DisputesThatNobodyAnswersAreANoticeOnceTheyAreFlagged) {
  const auto notices = [&] {
    auto status = handlers_.GetStatus(staff_, {});
    EXPECT_THAT(status, IsOk());
    return status.ok() ? *std::move(status) : v1::GetStatusResponse();
  };
  constexpr int64_t kDay = 24 * 3600;
  auto added = a_->ledger().Add(a_.Caller(), DepositUnsettled("0812-3456-7890"));
  DAFTAR_ASSERT_OK(added);
  const ledger::IncidentId id = added->incident.id;
  DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), id));
  circle_.Settle();
  DAFTAR_ASSERT_OK(a_->ledger().Dispute(a_.Caller(), id, {}, "says it was paid"));
  circle_.clock().Advance(14 * kDay - 1);
  EXPECT_THAT(notices().notices(), Not(Contains(HasSubstr("dispute"))));
  circle_.clock().Advance(1);
  EXPECT_THAT(notices().notices(),
              Contains(AllOf(HasSubstr("1 dispute of a report waits for an answer"),
                             HasSubstr("the oldest for 14 days"),
                             HasSubstr("`daftar incident list --state disputed`"))));
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), id, true, "no receipt"));
  EXPECT_THAT(notices().notices(), Not(Contains(HasSubstr("dispute"))));
}

// Its reports read as not confirmed for as long, which nothing else explains.
TEST_F(NodeHandlersTest, APartnerUnderACharterThatIsNotAdoptedHereIsAProblem) {
  const std::string changed = circle_.charter().source + "\n# changed\n";
  const std::string hash = evidence::Charter::Parse(changed)->hash.hex();
  EXPECT_THAT(handlers_.Problems(), IsEmpty());
  DAFTAR_ASSERT_OK(b_->charters().Adopt(b_.Caller(), changed, "agreed"));
  circle_.Settle();
  EXPECT_THAT(handlers_.Problems(),
              ElementsAre(Field(&Problem::words,
                                AllOf(HasSubstr("partner toko-b.test: it files under the charter " +
                                                hash.substr(0, 12) + ", which is not adopted here"),
                                      HasSubstr("daftar charter adopt FILE")))));
  EXPECT_THAT(handlers_.GetStatus(staff_, {})->problems(),
              ElementsAre(HasSubstr("partners in trouble: 1")));
  // Adopted is enough, in force or not.
  DAFTAR_ASSERT_OK(a_->charters().Adopt(a_.Caller(), changed, "agreed"));
  EXPECT_THAT(handlers_.Problems(), IsEmpty());
}

TEST_F(NodeHandlersTest, ALogInTroubleIsShownAsTheDatabaseHoldsIt) {
  const uint64_t size = a_->publisher().tree_size();
  ASSERT_GT(size, 0u);
  a_.Stop();
  std::filesystem::remove(a_.dir() / "high-water");
  a_.Start();
  Users users{a_->store(), a_->vault(), a_->clock(), a_->entropy()};
  NodeHandlers handlers{*a_, users};
  auto status = handlers.GetStatus(manager_, {});
  DAFTAR_ASSERT_OK(status);
  EXPECT_FALSE(status->signing());
  EXPECT_EQ(status->log_size(), size);
  EXPECT_EQ(status->log_root(), "");
  EXPECT_THAT(status->problem_kinds(), Contains("log"));
  // It has partners, which are asked without a code.
  EXPECT_THAT(status->problems(), Not(Contains(HasSubstr("--code"))));
  auto entries = handlers.ListLogEntries(manager_, {});
  DAFTAR_ASSERT_OK(entries);
  EXPECT_EQ(entries->log_size(), size);
  EXPECT_EQ(static_cast<uint64_t>(entries->entries_size()), size);
}

TEST_F(NodeHandlersTest, AfterALostDatabaseTheCodeAndTheNewPairingAreNamed) {
  for (const char* phone : {"0812-3456-7890", "0813-2465-7980"}) {
    auto added = a_->ledger().Add(a_.Caller(), DepositUnsettled(phone));
    DAFTAR_ASSERT_OK(added);
    DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), added->incident.id));
  }
  circle_.Settle();
  EXPECT_THAT(handlers_.GetStatus(manager_, {})->notices(),
              Not(Contains(HasSubstr("No partner is active"))));
  a_.Stop();
  std::filesystem::remove_all(a_.dir() / "db");
  a_.StartToRecover();
  Users users{a_->store(), a_->vault(), a_->clock(), a_->entropy()};
  NodeHandlers handlers{*a_, users};
  EXPECT_THAT(
      handlers.GetStatus(manager_, {})->problems(),
      Contains(AllOf(HasSubstr("needs a code"), HasSubstr("recover --code CODE --because TEXT"))));
  auto invite = b_->pairing().Invite(b_.Caller(), 0);
  DAFTAR_ASSERT_OK(invite);
  auto recovered = a_->RecoverLog(a_.Caller(), {invite->code, "a drill"},
                                  [](const std::string&, uint64_t) { return true; });
  DAFTAR_ASSERT_OK(recovered);
  EXPECT_THAT(recovered->said, Contains(HasSubstr("pair again with each")));
  auto status = handlers.GetStatus(manager_, {});
  DAFTAR_ASSERT_OK(status);
  EXPECT_TRUE(status->signing());
  EXPECT_THAT(status->problems(), IsEmpty());
  EXPECT_THAT(status->notices(), Contains(AllOf(HasSubstr("No partner is active"),
                                                HasSubstr("`daftar partner join CODE`"))));
}

}  // namespace
}  // namespace daftar::service
