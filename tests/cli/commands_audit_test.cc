// `daftar audit verify` over real files, without a node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/json.h"
#include "node/audit/bundle.h"
#include "tests/cli/cli_support.h"
#include "tests/node/audit/bundle_fixture.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A bundle on disk, and the policy of an auditor who trusts its log and its witnesses.
class AuditVerifyTest : public ::testing::Test {
 protected:
  AuditVerifyTest() {
    audit::testing::AddStory(log_);
    policy_ = folder_.File("policy", log_.Policy());
    bundle_ = Write("bundle", log_.Bundle(0, audit::testing::kStoryEnd, {3}));
  }
  std::string Write(const std::string& name, audit::testing::TestBundle bundle) {
    return folder_.File(name, bundle.Whole(log_.entry_key()));
  }
  static Ran Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"audit", "verify"});
    return RunCli(arguments);
  }

  TestFolder folder_;
  audit::testing::TestLog log_;
  std::string policy_;
  std::string bundle_;
};

TEST_F(AuditVerifyTest, SaysWhatHoldsAndWhatWasNotChecked) {
  const Ran ran = Run({bundle_, "--policy", policy_});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Audit of toko-a.example/daftar: nothing failed"));
  EXPECT_THAT(ran.out, HasSubstr("What holds\n"));
  EXPECT_THAT(ran.out, HasSubstr("7 entries give the root of the head."));
  EXPECT_THAT(ran.out, HasSubstr("What was not checked\n"));
  EXPECT_THAT(ran.out, HasSubstr("The bundle has no case."));
  EXPECT_THAT(ran.out, HasSubstr("deposit-unsettled"));
  EXPECT_THAT(ran.out, Not(HasSubstr("What does not hold")));
}

TEST_F(AuditVerifyTest, NamesWhatCanBeQuoted) {
  const Ran ran = Run({bundle_, "--policy", policy_});
  const auto bundle = audit::Bundle::Open(bundle_);
  DAFTAR_ASSERT_OK(bundle);
  const std::string root = crypto::ToBase64(log_.CheckpointAt(7).root.view());
  for (const std::string& said :
       {bundle->manifest().sha256.hex(), crypto::Sha256(crypto::AsBytes(log_.Policy())).hex(),
        std::string("all of: w1, b"), "size 7, root " + root,
        std::string("2026-10-04 00:00:00 UTC, by the node's own line on it"),
        std::string("Verified at")}) {
    EXPECT_THAT(ran.out, HasSubstr(said));
  }
  EXPECT_THAT(ran.out, Not(HasSubstr("ADOPTION")));
}

TEST_F(AuditVerifyTest, SaysWhereALaterAuditBeginsOnlyWhenNothingFailed) {
  EXPECT_THAT(Run({bundle_, "--policy", policy_}).out,
              HasSubstr("can begin at this head: daftar log export --from 7\n"));
  log_.bodies()[3].reset();
  const std::string erased = Write("erased", log_.Bundle(0, audit::testing::kStoryEnd));
  EXPECT_THAT(Run({erased, "--policy", policy_}).out, Not(HasSubstr("log export --from")));
  const std::string excerpt = Write("excerpt", log_.Excerpt({6}, audit::testing::kStoryEnd));
  EXPECT_THAT(Run({excerpt, "--policy", policy_}).out, Not(HasSubstr("log export --from")));
}

TEST_F(AuditVerifyTest, SaysWhyItDoesNotKnowWhenTheHeadWasDated) {
  audit::testing::TestBundle undated = log_.Bundle(0, audit::testing::kStoryEnd);
  auto note = *crypto::ParseNote(undated.File("head"));
  note.signatures.erase(note.signatures.begin() + 1);  // the node's own
  undated.File("head") = note.ToString();
  EXPECT_THAT(Run({Write("undated", undated), "--policy", policy_}).out,
              HasSubstr("  the node has not dated it; see when it was cosigned\n"));
  // The line is there, and the entries that name its key are not those of the head.
  audit::testing::TestBundle altered = log_.Bundle(0, audit::testing::kStoryEnd);
  altered.File("entries").back() ^= 1;
  const Ran ran = Run({Write("altered", altered), "--policy", policy_});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out,
              HasSubstr("  not established, as no line on it is shown to be the node's own; "
                        "see when it was cosigned\n"));
  EXPECT_THAT(ran.out, Not(HasSubstr("has not dated it")));
}

TEST_F(AuditVerifyTest, SaysThatALogTookThePlaceOfAnother) {
  audit::testing::TestLog log;
  evidence::AdoptionBody body;
  body.salt = log.entropy().Public<evidence::Salt>();
  body.old_origin = "toko-a.example/old";
  body.size = 3;
  log.Append(
      audit::testing::TestLog::HeaderOf(evidence::EntryKind::kAdoption, audit::testing::kStart),
      body.Encode(), log.entry_key());
  log.AddKeys(audit::testing::kStart);
  log.AddCharter(audit::testing::kStart);
  const std::string bundle =
      folder_.File("new", log.Bundle(0, audit::testing::kStoryEnd).Whole(log.entry_key()));
  const std::string policy = folder_.File("new-policy", log.Policy());
  // On a page no line is broken within the sentence.
  const Ran html = Run({bundle, "--policy", policy, "--report", "html"});
  EXPECT_EQ(html.code, 0) << html.err;
  EXPECT_THAT(html.out, HasSubstr("<p>This log begins with an ADOPTION: it took the place of the "
                                  "log toko-a.example/old, which ended at size 3 with the root "));
  EXPECT_THAT(html.out, HasSubstr("ask for an earlier bundle of it, or for the copy"));
  EXPECT_THAT(Run({bundle, "--policy", policy}).out,
              HasSubstr("This log begins with an ADOPTION: it took the place of the log\n"));
  const Json json = Json::parse(Run({bundle, "--policy", policy, "--output", "json"}).out);
  EXPECT_EQ(json["adopted"]["origin"], "toko-a.example/old");
  EXPECT_EQ(json["adopted"]["size"], 3);
  EXPECT_THAT(json["adopted"]["text"].get<std::string>(),
              HasSubstr("ask for an earlier bundle of it, or for the copy"));
}

TEST_F(AuditVerifyTest, SaysWhatFailsWithExitCode1) {
  log_.bodies()[3].reset();
  const std::string erased = Write("erased", log_.Bundle(0, audit::testing::kStoryEnd));
  const Ran ran = Run({erased, "--policy", policy_});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("1 check failed"));
  EXPECT_THAT(ran.out, HasSubstr("What does not hold\n"));
  EXPECT_THAT(ran.out, HasSubstr("REPORT 3: 1 body is missing"));
}

TEST_F(AuditVerifyTest, IsJsonWithEveryFieldThatTheManualLists) {
  for (const std::vector<std::string>& form :
       {std::vector<std::string>{"--output", "json"}, {"--report", "json"}}) {
    std::vector<std::string> arguments = {bundle_, "--policy", policy_};
    arguments.insert(arguments.end(), form.begin(), form.end());
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    const Json json = Json::parse(ran.out);
    EXPECT_EQ(json["verdict"], "holds");
    EXPECT_EQ(json["exit_code"], 0);
    EXPECT_EQ(json["unreadable"], nullptr);
    EXPECT_EQ(json["kind"], "log");
    EXPECT_EQ(json["origin"], audit::testing::kOrigin);
    EXPECT_EQ(json["from"], 0);
    EXPECT_EQ(json["to"], 7);
    ASSERT_EQ(json["witnesses"].size(), 2u);
    EXPECT_EQ(json["witnesses"][0]["name"], "w1");
    EXPECT_EQ(json["made_at"], "2026-10-04T00:00:00.000Z");
    EXPECT_EQ(json["sha256"], audit::Bundle::Open(bundle_)->manifest().sha256.hex());
    EXPECT_EQ(json["policy_sha256"], crypto::Sha256(crypto::AsBytes(log_.Policy())).hex());
    EXPECT_EQ(json["quorum"], "all of: w1, b");
    EXPECT_TRUE(json["verified_at"].is_string());
    EXPECT_EQ(json["head_root"], crypto::ToBase64(log_.CheckpointAt(7).root.view()));
    EXPECT_EQ(json["head_dated_at"], "2026-10-04T00:00:00.000Z");
    EXPECT_EQ(json["head_signer"], log_.LogVkey());
    EXPECT_EQ(json["fork_heads"], Json::array());
    EXPECT_EQ(json["adopted"], nullptr);
    ASSERT_EQ(json["checks"].size(), 20u);
    const Json& tree = json["checks"][4];
    EXPECT_EQ(tree["check"], "tree");
    EXPECT_EQ(tree["state"], "holds");
    EXPECT_EQ(tree["faults_count"], 0);
    EXPECT_EQ(json["checks"][16]["state"], "not_checked");
    EXPECT_EQ(json["checks"][16]["not_checked"][0], "The bundle has no case.");
    EXPECT_EQ(json["opened_count"], 1);
  }
}

TEST_F(AuditVerifyTest, IsAPageThatStandsAlone) {
  const Ran ran = Run({bundle_, "--policy", policy_, "--report", "html"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("<!DOCTYPE html>"));
  EXPECT_THAT(ran.out, HasSubstr("<h1>Audit of toko-a.example/daftar: nothing failed</h1>"));
  EXPECT_THAT(ran.out, Not(HasSubstr("http://")));
  EXPECT_THAT(ran.out, Not(HasSubstr("<script")));
  // Digests and keys are wider than a telephone.
  EXPECT_THAT(ran.out, HasSubstr("overflow-wrap: anywhere; }\nh1 {"));
}

TEST_F(AuditVerifyTest, WhatCannotBeJudgedIsExitCode2WithTheReason) {
  const Ran broken = Run({folder_.File("broken", "no bundle\n"), "--policy", policy_});
  EXPECT_EQ(broken.code, 2);
  EXPECT_THAT(broken.out + broken.err, HasSubstr("the manifest's line 1"));
  const Ran policy = Run({bundle_, "--policy", folder_.File("bad", "quorum w9\n")});
  EXPECT_EQ(policy.code, 2);
  EXPECT_THAT(policy.out + policy.err, HasSubstr("the policy's line 1"));
  const Ran json = Run({folder_.path() + "/none", "--policy", policy_, "--output", "json"});
  EXPECT_EQ(json.code, 2);
  EXPECT_EQ(Json::parse(json.out)["verdict"], "unreadable");
  EXPECT_EQ(Run({bundle_, "--policy", folder_.path() + "/none"}).code, 2);
  EXPECT_EQ(Run({bundle_}).code, 2);
  EXPECT_THAT(Run({bundle_}).err, HasSubstr("--policy"));
  EXPECT_EQ(Run({"--policy", policy_}).code, 2);
  EXPECT_EQ(Run({bundle_, "--policy", policy_, "--report", "pdf"}).code, 2);
}

TEST_F(AuditVerifyTest, KnowsForkEvidence) {
  audit::testing::TestLog other;
  audit::testing::AddStory(other);
  other.leaves()[3] = other.leaves()[2];
  const std::string first = log_.Head(7, audit::testing::kStoryEnd);
  const std::string second = other.Head(7, audit::testing::kStoryEnd);
  const std::string evidence = "daftar-fork/v1\norigin " + std::string(audit::testing::kOrigin) +
                               "\nfirst " + std::to_string(first.size()) + "\nsecond " +
                               std::to_string(second.size()) + "\n\n" + first + second;
  const std::string file = folder_.File("fork", evidence);
  const Ran ran = Run({file, "--policy", policy_});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("A fork is proven"));
  const std::string roots[] = {crypto::ToBase64(log_.CheckpointAt(7).root.view()),
                               crypto::ToBase64(other.CheckpointAt(7).root.view())};
  const std::string html = Run({file, "--policy", policy_, "--report", "html"}).out;
  for (const std::string& root : roots) {
    EXPECT_THAT(ran.out, HasSubstr("size 7, root " + root));
    EXPECT_THAT(html, HasSubstr("with root " + root +
                                ", cosigned by w1 at 2026-10-04 00:00:00 UTC and b at"));
  }
  const Json json = Json::parse(Run({file, "--policy", policy_, "--output", "json"}).out);
  EXPECT_EQ(json["kind"], "fork");
  EXPECT_EQ(json["origin"], audit::testing::kOrigin);
  EXPECT_EQ(json["sha256"], crypto::Sha256(crypto::AsBytes(evidence)).hex());
  ASSERT_EQ(json["fork_heads"].size(), 2u);
  EXPECT_EQ(json["fork_heads"][1]["size"], 7);
  EXPECT_EQ(json["fork_heads"][1]["root"], roots[1]);
  EXPECT_EQ(json["fork_heads"][1]["witnesses"][1]["name"], "b");
  EXPECT_EQ(json["fork_heads"][1]["witnesses"][1]["at"], "2026-10-04T00:00:00.000Z");
  EXPECT_EQ(json["fork_root"], nullptr);
}

}  // namespace
}  // namespace daftar::cli
