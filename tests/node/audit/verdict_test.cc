// What a verdict tells beside its checks, and what it keeps to itself where entries are nobody's
// word.
#include "node/audit/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/audit/fork_evidence.h"
#include "tests/node/audit/verify_support.h"

namespace daftar::audit::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string FirstLeftOut(const Verdict& verdict, Check check) {
  const CheckResult* result = verdict.Find(check);
  return result == nullptr || result->left_out.empty() ? "" : result->left_out.kept.front();
}

TEST(VerdictTest, UnderAPolicyWithoutTheLogNothingHoldsThatRestsOnItsHeads) {
  TestLog log;
  AddStory(log);
  for (const uint64_t from : {0, 3}) {
    TestBundle bundle = log.Bundle(from, kStoryEnd, {3});
    const Verdict verdict =
        VerifyWhole(bundle.Whole(log.entry_key()), "log " + log.PartnerVkey() + "\nquorum none\n");
    EXPECT_EQ(verdict.code, 1);
    EXPECT_THAT(Named(verdict, CheckState::kFails), ElementsAre("head")) << Text(verdict);
    EXPECT_THAT(Named(verdict, CheckState::kHolds), ElementsAre("cosigners")) << Text(verdict);
    EXPECT_THAT(FirstLeftOut(verdict, Check::kSignatures), HasSubstr("rests on the head"));
    EXPECT_EQ(verdict.opened, 0u);
    EXPECT_TRUE(verdict.opened_facts.empty());
    EXPECT_FALSE(verdict.head.has_value());
  }
}

TEST(VerdictTest, EntriesThatAreNotThoseOfTheHeadHoldNothing) {
  TestLog log;
  AddStory(log);
  const std::string head = log.Head(7, kStoryEnd);
  log.leaves().pop_back();
  log.bodies().pop_back();
  log.AddErasure(kStart + 2 * kDay + 1, 2);
  TestBundle bundle = log.Bundle(0, kStoryEnd, {3});
  bundle.File("head") = head;
  const Verdict verdict = Verify(log, bundle);
  EXPECT_THAT(Named(verdict, CheckState::kFails), ElementsAre("tree")) << Text(verdict);
  EXPECT_THAT(Named(verdict, CheckState::kHolds), ElementsAre("head", "quorum", "cosigners"));
  EXPECT_THAT(FirstLeftOut(verdict, Check::kSignatures), HasSubstr("(tree)"));
  ASSERT_TRUE(verdict.head.has_value());
  EXPECT_EQ(verdict.head->dated_at, std::nullopt);  // whose line it is no entry says
}

TEST(VerdictTest, AnEntryThatIsNotShownToBeInTheTreeHoldsNothing) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Excerpt({3}, kStoryEnd);
  std::string& proof = bundle.File("entry-3.tlog-proof");
  proof.replace(proof.find("index 3"), 7, "index 2");
  const Verdict verdict = Verify(log, bundle);
  EXPECT_THAT(Named(verdict, CheckState::kFails), ElementsAre("inclusion")) << Text(verdict);
  EXPECT_THAT(Named(verdict, CheckState::kHolds), ElementsAre("head", "quorum", "cosigners"));
}

TEST(VerdictTest, NamesWhatWasJudgedAndUnderWhat) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  const Verdict verdict = Verify(log, bundle);
  EXPECT_EQ(verdict.manifest_sha256, crypto::Sha256(crypto::AsBytes(bundle.Sign(log.entry_key()))));
  EXPECT_EQ(verdict.policy_sha256, crypto::Sha256(crypto::AsBytes(log.Policy())));
  EXPECT_EQ(verdict.quorum_rule, "all of: w1, b");
  ASSERT_TRUE(verdict.head.has_value());
  EXPECT_EQ(verdict.head->size, 7u);
  EXPECT_EQ(verdict.head->root, log.CheckpointAt(7).root);
  EXPECT_EQ(verdict.head->dated_at, kStoryEnd);
  EXPECT_THAT(verdict.head->signers, ElementsAre(log.LogVkey()));
  EXPECT_FALSE(verdict.adopted.has_value());
}

TEST(VerdictTest, NamesTheLogThatAnAdoptionReplaced) {
  TestLog log;
  evidence::AdoptionBody body;
  body.salt = log.entropy().Public<evidence::Salt>();
  body.old_origin = "toko-a.example/old";
  body.size = 3;
  body.root = crypto::Sha256(crypto::Bytes{7});
  log.Append(TestLog::HeaderOf(EntryKind::kAdoption, kStart), body.Encode(), log.entry_key());
  log.AddKeys(kStart);
  log.AddCharter(kStart);
  for (const uint64_t from : {0, 2}) {  // from 2 on it stands in `earlier`
    TestBundle bundle = log.Bundle(from, kStoryEnd);
    const Verdict verdict = Verify(log, bundle);
    EXPECT_EQ(verdict.code, 0) << Text(verdict);
    ASSERT_TRUE(verdict.adopted.has_value()) << from;
    EXPECT_EQ(verdict.adopted->origin, "toko-a.example/old");
    EXPECT_EQ(verdict.adopted->size, 3u);
    EXPECT_EQ(verdict.adopted->root, body.root);
    EXPECT_THAT(Text(verdict), HasSubstr("The signature of the older log's entry key"));
  }
}

TEST(VerdictTest, AForkNamesBothHeadsForALetter) {
  TestLog log;
  AddStory(log);
  crypto::Checkpoint other = log.CheckpointAt(7);
  other.root = crypto::Sha256(crypto::Bytes{9});
  ForkEvidence evidence;
  evidence.origin = kOrigin;
  evidence.first = log.Head(7, kStoryEnd);
  evidence.second = log.NoteOf(other, kStoryEnd + 30);
  const std::string text = evidence.ToText();
  const Verdict verdict = VerifyWhole(text, log.Policy());
  EXPECT_EQ(verdict.code, 0) << Text(verdict);
  ASSERT_TRUE(verdict.fork.has_value());
  EXPECT_EQ(verdict.fork->origin, kOrigin);
  EXPECT_EQ(verdict.fork->sha256, crypto::Sha256(crypto::AsBytes(text)));
  ASSERT_EQ(verdict.fork->heads.size(), 2u);
  EXPECT_EQ(verdict.fork->heads[1].root, other.root);
  const std::string found = verdict.Find(Check::kFork)->found;
  EXPECT_THAT(found, HasSubstr("one of size 7 with root " + crypto::ToBase64(other.root.view()) +
                               ", cosigned by w1 at 2026-10-04 00:00:30 UTC and b at 2026-10-04 "
                               "00:00:30 UTC"));
  // Nobody has cosigned it as far as this auditor knows.
  const Verdict alone = VerifyWhole(text, "log " + log.LogVkey() + "\nquorum none\n");
  EXPECT_THAT(alone.Find(Check::kFork)->found,
              HasSubstr("cosigned by no witness of your policy as far as this file shows"));
  const Verdict foreign = VerifyWhole(text, "log " + log.PartnerVkey() + "\nquorum none\n");
  EXPECT_EQ(foreign.code, 1);
  EXPECT_TRUE(foreign.fork->heads.empty());
}

}  // namespace
}  // namespace daftar::audit::testing
