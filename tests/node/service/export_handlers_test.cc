// What an auditor is handed: bundles, the policy, and who has cosigned.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_split.h"
#include "node/audit/policy.h"
#include "node/service/log_policy.h"
#include "node/service/node_handlers.h"
#include "storage/audit.h"
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Code = absl::StatusCode;

const Actor kManager{"user:m", Roles{Role::kManager}};
const Actor kAuditor{"user:a", Roles{Role::kAuditor}};

class ExportHandlersTest : public ::testing::Test {
 protected:
  // A report that was published.
  void Publish(const std::string& phone) {
    auto view = node_->ledger().Add(node_.Caller(), DepositUnsettled(phone));
    EXPECT_THAT(view, IsOk());
    EXPECT_THAT(node_->ledger().Publish(node_.Caller(), view->incident.id), IsOk());
    circle_.Settle();
  }
  std::vector<storage::AuditRow> Recorded(const std::string& action) {
    storage::AuditQuery query;
    query.limit = 100;
    query.wanted = [action](const storage::AuditRow& row) { return row.action == action; };
    return storage::ReadAudit(node_->store(), node_->vault(), query)->rows;
  }
  std::vector<storage::AuditRow> Openings() { return Recorded("log.open"); }
  void Decide() {
    decision::Inputs inputs;
    inputs.now = node_->clock().Now();
    check::ReceiptRecord record;
    record.body = decision::MakeReceipt(
        decision::Decide(inputs, decision::DefaultPolicy()), decision::DefaultPolicy(),
        {decision::SubjectOf(node_->keys().receipt, ::daftar::testing::Phone("0812-3456-7890"))},
        inputs.now);
    EXPECT_THAT(node_->receipts().Append(record, {}), IsOk());
  }
  std::vector<std::string> Policy() {
    auto policy = handlers_.GetLogPolicy(kAuditor, {});
    EXPECT_THAT(policy, IsOk());
    EXPECT_THAT(audit::TlogPolicy::Parse(policy->policy()), IsOk());
    std::vector<std::string> lines = absl::StrSplit(policy->policy(), '\n', absl::SkipEmpty());
    std::erase_if(lines, [](const std::string& line) { return line.starts_with('#'); });
    return lines;
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  Users users_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  NodeHandlers handlers_{*node_, users_};
};

TEST_F(ExportHandlersTest, ABundleGoesOutInMessagesAndEndsWithItsManifest) {
  Publish("0812-9999-7000");
  std::vector<v1::ExportLogResponse> sent;
  v1::ExportLogRequest request;
  request.add_open(2);
  EXPECT_THAT(handlers_.ExportLog(kAuditor, request,
                                  [&](const v1::ExportLogResponse& message) {
                                    EXPECT_LE(message.ByteSizeLong(), size_t{2} << 20);
                                    sent.push_back(message);
                                    return true;
                                  }),
              IsOk());
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent.front().file().name(), "head");
  ASSERT_TRUE(sent.back().has_manifest());
  EXPECT_EQ(sent.back().done(), sent.back().total());
  auto manifest = audit::ParseManifest(sent.back().manifest());
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->manifest.origin, "toko-a.test");
  EXPECT_EQ(manifest->manifest.circle, circle_.charter().circle);
  EXPECT_EQ(manifest->manifest.files.back().name, "openings");
  const auto record = Openings();
  ASSERT_EQ(record.size(), 1u);
  EXPECT_EQ(record[0].actor, "user:a");
  EXPECT_EQ(record[0].object, "entry 2");
}

TEST_F(ExportHandlersTest, OneExportAtATimeAndItEndsWithItsCaller) {
  int calls = 0;
  EXPECT_THAT(handlers_.ExportLog(kManager, {},
                                  [&](const v1::ExportLogResponse&) {
                                    ++calls;
                                    EXPECT_THAT(
                                        handlers_.ExportLog(
                                            kManager, {},
                                            [](const v1::ExportLogResponse&) { return true; }),
                                        StatusIs(Code::kResourceExhausted, HasSubstr("under way")));
                                    return calls < 2;
                                  }),
              StatusIs(Code::kCancelled));
  EXPECT_EQ(calls, 2);
  // The next one is let in.
  EXPECT_THAT(handlers_.ExportLog(kManager, {}, [](const v1::ExportLogResponse&) { return true; }),
              IsOk());
  EXPECT_THAT(Openings(), IsEmpty());
}

TEST_F(ExportHandlersTest, AWrongCaseIsToldBeforeAnythingIsSent) {
  v1::ExportLogRequest request;
  request.set_case_id("no hex");
  const SendExport never = [](const v1::ExportLogResponse&) {
    ADD_FAILURE();
    return false;
  };
  EXPECT_THAT(handlers_.ExportLog(kManager, request, never), StatusIs(Code::kInvalidArgument));
  request.set_case_id("000102030405060708090a0b0c0d0e0f");
  EXPECT_THAT(handlers_.ExportLog(kManager, request, never), StatusIs(Code::kNotFound));
}

TEST_F(ExportHandlersTest, WhatOpensNothingLeavesNoOpeningOnTheRecord) {
  Publish("0812-3456-7890");
  v1::ExportLogRequest request;
  request.add_open(0);  // KEYS
  EXPECT_THAT(
      handlers_.ExportLog(kAuditor, request, [](const v1::ExportLogResponse&) { return true; }),
      StatusIs(Code::kFailedPrecondition));
  request.set_open(0, 2);
  // Whoever breaks off before the keys has not got them.
  EXPECT_THAT(
      handlers_.ExportLog(kAuditor, request, [](const v1::ExportLogResponse&) { return false; }),
      StatusIs(Code::kCancelled));
  EXPECT_THAT(Openings(), IsEmpty());
  // The record is there before they go.
  size_t recorded = 0;
  EXPECT_THAT(handlers_.ExportLog(kAuditor, request,
                                  [&](const v1::ExportLogResponse& message) {
                                    if (message.file().name() == "openings") {
                                      recorded = Openings().size();
                                    }
                                    return true;
                                  }),
              IsOk());
  EXPECT_EQ(recorded, 1u);
  EXPECT_EQ(Openings().size(), 1u);
}

TEST_F(ExportHandlersTest, WhoTookWhichDecisionsStandsOnTheRecord) {
  const SendExport take = [](const v1::ExportLogResponse&) { return true; };
  v1::ExportDecisionsRequest request;
  EXPECT_THAT(handlers_.ExportDecisions(kAuditor, request, take),
              StatusIs(Code::kFailedPrecondition));
  for (int i = 0; i < 3; ++i) Decide();
  EXPECT_THAT(handlers_.ExportDecisions(kAuditor, request, take), IsOk());
  request.set_from(1);
  request.set_to(2);
  EXPECT_THAT(handlers_.ExportDecisions(kManager, request, take), IsOk());
  request.set_to(4);
  EXPECT_THAT(handlers_.ExportDecisions(kManager, request, take), StatusIs(Code::kInvalidArgument));
  std::vector<std::string> record;
  for (const storage::AuditRow& row : Recorded("log.decisions")) {
    record.push_back(row.actor + ": " + row.object);
  }
  EXPECT_THAT(record, ::testing::UnorderedElementsAre("user:a: receipts from 0 to 3",
                                                      "user:m: receipts from 1 to 2"));
}

TEST_F(ExportHandlersTest, WithoutPartnersThePolicyAsksForNobody) {
  const std::vector<std::string> lines = Policy();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_TRUE(lines[0].starts_with("log toko-a.test+")) << lines[0];
  EXPECT_EQ(lines[1], "quorum none");
}

TEST_F(ExportHandlersTest, ThePolicyNamesPartnersKeysAndTheHeadHasTheirCosignatures) {
  circle_.Add("toko-b.test");
  circle_.Add("toko-c.test");
  circle_.PairAll();
  Publish("0812-9999-7000");
  const std::vector<std::string> lines = Policy();
  ASSERT_EQ(lines.size(), 7u);
  EXPECT_TRUE(lines[1].starts_with("log toko-b.test+")) << lines[1];
  EXPECT_TRUE(lines[3].starts_with("witness toko-b.test toko-b.test/mirror+")) << lines[3];
  EXPECT_EQ(lines[5], "group more_than_half 2 toko-b.test toko-c.test");
  EXPECT_EQ(lines[6], "quorum more_than_half");
  auto head = handlers_.GetLogHead(kManager, {});
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(lines[0], "log " + head->head_vkey());
  ASSERT_EQ(head->cosignatures_size(), 2);
  EXPECT_EQ(head->cosignatures(0).witness(), "toko-b.test");
  EXPECT_EQ(head->cosignatures(1).witness(), "toko-c.test");
  EXPECT_TRUE(head->cosignatures(0).at().starts_with("2026-11-01T")) << head->cosignatures(0).at();
  // The keys of the witnesses verify the lines of the note.
  std::vector<crypto::NoteKey> witnesses;
  for (size_t i : {3, 4}) {
    const std::vector<std::string> fields = absl::StrSplit(lines[i], ' ');
    witnesses.push_back(*crypto::NoteKey::FromVkey(fields[2]));
  }
  auto signers = crypto::VerifyNote(*crypto::ParseNote(head->note()), witnesses);
  ASSERT_TRUE(signers.ok()) << signers.status();
  EXPECT_EQ(signers->size(), 2u);
  // Only active partners.
  v1::SuspendPartnerRequest suspend;
  suspend.set_request_id("r1");
  suspend.set_origin("toko-c.test");
  suspend.set_because("under review");
  EXPECT_THAT(handlers_.SuspendPartner({"user:o", Roles{Role::kOperator}}, suspend), IsOk());
  EXPECT_EQ(Policy().size(), 5u);
  head = handlers_.GetLogHead(kManager, {});
  DAFTAR_ASSERT_OK(head);
  EXPECT_THAT(head->note(), HasSubstr("toko-c.test/mirror"));  // still true, and still in the note
  ASSERT_EQ(head->cosignatures_size(), 1);
  EXPECT_EQ(head->cosignatures(0).witness(), "toko-b.test");
}

// What an auditor compares: a shop's own word on its keys and what partners print of it.
TEST_F(ExportHandlersTest, TheNodeItselfAsAWitnessStandsInACommentAsPartnersPrintIt) {
  SimNode& other = circle_.Add("toko-b.test");
  circle_.PairAll();
  Publish("0812-9999-7000");
  Users users{other->store(), other->vault(), other->clock(), other->entropy()};
  NodeHandlers handlers{*other, users};
  auto printed = handlers.GetLogPolicy(kAuditor, {});
  DAFTAR_ASSERT_OK(printed);
  const std::vector<std::string> lines = Policy();
  const auto line = std::ranges::find_if(
      lines, [](const std::string& one) { return one.starts_with("witness toko-b.test "); });
  ASSERT_NE(line, lines.end());
  EXPECT_THAT(printed->policy(), HasSubstr("\n# " + *line + "\n"));
  auto head = handlers.GetLogHead(kManager, {});
  DAFTAR_ASSERT_OK(head);
  EXPECT_EQ(*line, "witness toko-b.test " + head->mirror_vkey());
  EXPECT_THAT(audit::TlogPolicy::Parse(printed->policy()), IsOk());
}

PolicyPartner MadeUp(const std::string& origin, uint8_t seed) {
  PolicyPartner partner;
  partner.origin = origin;
  partner.head.data()[0] = seed;
  partner.mirror.data()[1] = seed;
  return partner;
}

TEST(LogPolicyTest, NoNameMeansSomethingElseInTheGrammar) {
  const crypto::NoteKey head{"toko-a.test", crypto::KeyType::kEd25519, {}};
  const std::vector<PolicyPartner> partners{MadeUp("any", 1), MadeUp("none", 2)};
  EXPECT_THAT(
      LogPolicy(head, partners),
      AllOf(HasSubstr("\nwitness any any/mirror+"), HasSubstr("\nwitness none/mirror none/"),
            HasSubstr("\ngroup more_than_half 2 any none/mirror\n")));
}

TEST(LogPolicyTest, AKeyThatStandsTwiceDoesNotVoidThePolicy) {
  const crypto::NoteKey head{"toko-a.test", crypto::KeyType::kEd25519, MadeUp("", 9).head};
  std::vector<PolicyPartner> partners{MadeUp("b", 1), MadeUp("c", 1), MadeUp("d", 9),
                                      MadeUp("e", 2)};
  const std::string policy = LogPolicy(head, partners);
  EXPECT_THAT(policy, AllOf(HasSubstr("# c is left out"), HasSubstr("# d is left out"),
                            HasSubstr("\ngroup more_than_half 2 b e\n"), Not(HasSubstr("log c+"))));
  EXPECT_THAT(audit::TlogPolicy::Parse(policy), IsOk());
}

}  // namespace
}  // namespace daftar::service
