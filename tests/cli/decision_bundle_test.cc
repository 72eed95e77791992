// Checking an exported decision log: what holds, and every way in which one can be wrong.
#include "cli/decision_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/cli/decision_log.h"
#include "tests/node/decision/inputs.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr size_t kReceipts = 12;

decision::Policy OtherPolicy() {
  decision::Policy policy = decision::DefaultPolicy();
  policy.deposit_at_ppm -= 1;
  return policy;
}

decision::Subject SubjectOf(uint8_t number) {
  decision::Subject subject;
  std::fill_n(subject.data(), decision::Subject::kSize, number);
  return subject;
}

class DecisionBundleTest : public ::testing::Test {
 protected:
  DecisionBundleTest() {
    for (size_t i = 0; i < kReceipts; ++i) log_.Add(Body(i));
    checks_.policies = {decision::DefaultPolicy()};
    checks_.heads = {log_.Head(0), log_.Head(5), log_.Head(kReceipts)};
    checks_.entry_key = crypto::NoteKey{std::string(kTestOrigin) + "/entry",
                                        crypto::KeyType::kEd25519, TestEntryKey().public_key()};
    checks_.now = kTestMadeAt;
  }
  // Receipt i is about subject i % 3, made i seconds after the first.
  decision::ReceiptBody Body(size_t i, const decision::Policy& policy = decision::DefaultPolicy()) {
    decision::Inputs inputs = decision::RandomInputs(random_);
    inputs.now = {1'790'000'000'000 + static_cast<int64_t>(i) * 1000};
    return decision::MakeReceipt(decision::Decide(inputs, policy), policy,
                                 {SubjectOf(static_cast<uint8_t>(i % 3))}, inputs.now);
  }
  absl::StatusOr<DecisionReplay> TryReplay(const std::string& bundle) {
    auto opened = audit::Bundle::FromSource(audit::InMemory(bundle));
    if (!opened.ok()) return opened.status();
    return ReplayDecisions(*opened, checks_, nullptr);
  }
  DecisionReplay Replay(const std::string& bundle) {
    auto result = TryReplay(bundle);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : DecisionReplay();
  }
  DecisionReplay Replay() { return Replay(log_.Bundle()); }
  static DecisionCheck Find(const DecisionReplay& result, const std::string& name) {
    const auto found = std::ranges::find(result.checks, name, &DecisionCheck::name);
    EXPECT_NE(found, result.checks.end()) << name;
    return found == result.checks.end() ? DecisionCheck() : *found;
  }
  static CheckOutcome Of(const DecisionReplay& result, const std::string& name) {
    return Find(result, name).outcome;
  }
  // The only one that fails.
  static void ExpectFails(const DecisionReplay& result, const std::string& name,
                          const std::string& said) {
    EXPECT_FALSE(result.Holds());
    for (const DecisionCheck& check : result.checks) {
      EXPECT_EQ(check.outcome == CheckOutcome::kFails, check.name == name)
          << check.name << ": " << check.said;
    }
    EXPECT_THAT(Find(result, name).said, HasSubstr(said));
  }

  std::mt19937_64 random_{20261129};
  DecisionLog log_;
  DecisionChecks checks_;
};

TEST_F(DecisionBundleTest, AWholeLogHolds) {
  const DecisionReplay result = Replay();
  std::vector<std::string> names;
  for (const DecisionCheck& check : result.checks) {
    names.push_back(check.name);
    EXPECT_EQ(check.outcome, CheckOutcome::kHolds) << check.name << ": " << check.said;
  }
  EXPECT_THAT(names, ::testing::ElementsAre("manifest", "files", "leaves", "times", "heads",
                                            "receipts", "bodies", "decisions"));
  EXPECT_EQ(result.head, log_.Head(kReceipts));
  EXPECT_EQ(result.receipts, kReceipts);
  EXPECT_EQ(result.agree, kReceipts);
  EXPECT_EQ(result.differ, 0u);
  EXPECT_THAT(Find(result, "heads").said, HasSubstr("the log has each of the 3 that were noted"));
  checks_.heads = {log_.Head(5)};
  const DecisionReplay one = Replay();
  EXPECT_EQ(Of(one, "heads"), CheckOutcome::kHolds);
  EXPECT_THAT(Find(one, "heads").said, HasSubstr("the log goes on from the one that was noted"));
}

TEST_F(DecisionBundleTest, APartHoldsToo) {
  const DecisionReplay result = Replay(log_.Bundle(5));
  EXPECT_TRUE(result.Holds());
  EXPECT_EQ(result.receipts, kReceipts - 5);
  EXPECT_EQ(result.agree, kReceipts - 5);
  EXPECT_EQ(result.head, log_.Head(kReceipts));
}

TEST_F(DecisionBundleTest, WhatNothingWasGivenForIsNotChecked) {
  checks_.policies = {};
  checks_.heads = {};
  checks_.entry_key = {};
  const DecisionReplay result = Replay();
  EXPECT_TRUE(result.Holds());
  for (const char* name : {"manifest", "heads", "decisions"}) {
    EXPECT_EQ(Of(result, name), CheckOutcome::kNotChecked) << name;
  }
  EXPECT_EQ(result.not_replayed, kReceipts);
  ASSERT_EQ(result.policies.size(), 1u);
  EXPECT_EQ(result.policies[0].policy, decision::DefaultPolicy().Hash());
  EXPECT_FALSE(result.policies[0].given);
}

TEST_F(DecisionBundleTest, ALeafThatWasDroppedDoesNotFitTheHeads) {
  log_.leaves.erase(log_.leaves.begin() + 4);
  log_.receipts.erase(log_.receipts.begin() + 4);
  for (size_t i = 4; i < log_.receipts.size(); ++i) --log_.receipts[i].index;
  const DecisionReplay result = Replay();
  ExpectFails(result, "heads", "ends at 11");
  EXPECT_THAT(Find(result, "heads").said, HasSubstr("the first 5 receipts"));
  checks_.heads = {log_.Head(4)};  // before the place nothing is different
  EXPECT_TRUE(Replay().Holds());
}

TEST_F(DecisionBundleTest, LeavesInAnotherOrderDoNotFitTheHeads) {
  std::swap(log_.leaves[2], log_.leaves[3]);
  std::swap(log_.receipts[2], log_.receipts[3]);
  std::swap(log_.receipts[2].index, log_.receipts[3].index);
  ExpectFails(Replay(), "heads", "the first 5 receipts");
}

TEST_F(DecisionBundleTest, AHeadOfAnotherLogDoesNotFit) {
  checks_.heads = {log_.Head(kReceipts)};
  checks_.heads[0].root.data()[31] ^= 1;
  ExpectFails(Replay(), "heads", "the first 12 receipts");
  checks_.heads = {log_.Head(0)};
  checks_.heads[0].root = crypto::Digest();
  ExpectFails(Replay(), "heads", "the first 0 receipts");
}

TEST_F(DecisionBundleTest, TimesGoBackNoFurtherThanClocksAndChecksAtOnceExplain) {
  checks_.heads = {};
  const auto replay_with = [this](int64_t seconds_back) {
    decision::ReceiptBody body = Body(6);
    body.time.value = Body(5).time.value - seconds_back * 1000;
    log_.Replace(6, body.time, body.Encode());
    return Replay();
  };
  const DecisionReplay allowed = replay_with(300);
  EXPECT_EQ(Of(allowed, "times"), CheckOutcome::kHolds);
  EXPECT_THAT(Find(allowed, "times").said, HasSubstr("none is more than 300 s older"));
  const DecisionReplay result = replay_with(301);
  EXPECT_EQ(Of(result, "times"), CheckOutcome::kNotChecked);
  EXPECT_THAT(Find(result, "times").said, HasSubstr("receipt 6 is 301 s older than one before"));
}

// The log of an honest shop keeps the wrong times for ever.
TEST_F(DecisionBundleTest, AClockThatWasSetRightAccusesNobody) {
  checks_.heads = {};
  const auto ahead = [this](size_t at) {
    decision::ReceiptBody body = Body(at);
    body.time.value += int64_t{24} * 3'600'000;
    log_.Replace(at, body.time, body.Encode());
  };
  for (const size_t at : {2, 3, 4}) ahead(at);
  DecisionReplay result = Replay();
  EXPECT_TRUE(result.Holds());
  EXPECT_EQ(Of(result, "leaves"), CheckOutcome::kHolds);
  EXPECT_EQ(Of(result, "times"), CheckOutcome::kNotChecked);
  // Told at the place where it was set, and not at each receipt that follows.
  EXPECT_THAT(Find(result, "times").said,
              ::testing::AllOf(HasSubstr("receipt 5 is 86"), HasSubstr("than one before it: a")));
  ahead(8);
  result = Replay();
  EXPECT_TRUE(result.Holds());
  EXPECT_THAT(
      Find(result, "times").said,
      ::testing::AllOf(HasSubstr("receipt 5 is 86"), HasSubstr("before it, and 1 more later: a")));
}

TEST_F(DecisionBundleTest, ABodyThatWasAlteredDoesNotFitItsLeaf) {
  for (const size_t at : {size_t{0}, size_t{40}, log_.receipts[7].body.size() - 1}) {
    const DecisionLog whole = log_;
    log_.receipts[7].body[at] ^= 1;
    const DecisionReplay result = Replay();
    ExpectFails(result, "receipts", "1 of 12");
    ASSERT_EQ(result.differences.size(), 1u);
    EXPECT_THAT(result.differences[0], HasSubstr("receipt 7 (" + log_.receipts[7].id() + ")"));
    EXPECT_EQ(Of(result, "decisions"), CheckOutcome::kNotChecked);
    log_ = whole;
  }
  log_.receipts[7].salt[0] ^= 1;
  ExpectFails(Replay(), "receipts", "1 of 12");
}

TEST_F(DecisionBundleTest, ABodyThatIsNoneOrOfAnotherTimeFails) {
  log_.Replace(3, Body(3).time, crypto::ToBytes(std::string_view("no receipt")));
  log_.Replace(4, {Body(4).time.value + 1}, Body(4).Encode());
  checks_.heads = {};
  const DecisionReplay result = Replay();
  ExpectFails(result, "receipts", "2 of 12");
  ASSERT_EQ(result.differences.size(), 2u);
  EXPECT_THAT(result.differences[0], HasSubstr("not in its format"));
  EXPECT_THAT(result.differences[1], HasSubstr("another time"));
}

// Whoever changes a file makes leaves, heads and receipts fit as he likes, but not the manifest.
TEST_F(DecisionBundleTest, FilesThatTheManifestWasNotMadeForFail) {
  const DecisionLog::Files whole = log_.MakeFiles();
  const std::string manifest = log_.MakeManifest(whole).Sign(TestEntryKey());
  checks_.heads = {};
  const decision::ReceiptBody body = Body(7);
  decision::ReceiptBody longer = Body(8);
  while (longer.Encode().size() != log_.receipts[7].body.size()) longer = Body(8);
  longer.time = body.time;
  log_.Replace(7, longer.time, longer.Encode());
  const DecisionLog::Files other = log_.MakeFiles();
  ExpectFails(Replay(manifest + other.first + other.second), "files", "leaves, receipts");
}

TEST_F(DecisionBundleTest, AVerdictThatDoesNotFollowFails) {
  checks_.heads = {};
  decision::ReceiptBody body = Body(7);
  body.verdict.r_ppm += 1;
  log_.Replace(7, body.time, body.Encode());
  const DecisionReplay result = Replay();
  ExpectFails(result, "decisions", "1 do not follow");
  ASSERT_EQ(result.differences.size(), 1u);
  EXPECT_THAT(result.differences[0], HasSubstr("r (ppm)"));
  EXPECT_EQ(result.agree, kReceipts - 1);
  ASSERT_EQ(result.policies.size(), 1u);
  EXPECT_EQ(result.policies[0].differ, 1u);
}

TEST_F(DecisionBundleTest, DecisionsUnderAnotherPolicyAreNamedAndNotChecked) {
  checks_.heads = {};
  const decision::ReceiptBody body = Body(7, OtherPolicy());
  log_.Replace(7, body.time, body.Encode());
  const DecisionReplay result = Replay();
  EXPECT_TRUE(result.Holds());
  EXPECT_EQ(Of(result, "decisions"), CheckOutcome::kNotChecked);
  EXPECT_EQ(result.not_replayed, 1u);
  EXPECT_EQ(result.agree, kReceipts - 1);
  const auto named = std::ranges::find(result.policies, OtherPolicy().Hash(), &PolicyUse::policy);
  ASSERT_NE(named, result.policies.end());
  EXPECT_FALSE(named->given);
  EXPECT_EQ(named->receipts, 1u);
  checks_.policies.push_back(OtherPolicy());
  EXPECT_EQ(Of(Replay(), "decisions"), CheckOutcome::kHolds);
}

TEST_F(DecisionBundleTest, APolicyThatWasSwappedInTheReceiptFails) {
  checks_.heads = {};
  checks_.policies.push_back(OtherPolicy());
  decision::Policy mild = OtherPolicy();
  mild.partners_cap = decision::Effect::kDeposit;
  checks_.policies.push_back(mild);
  decision::InputsBuilder inputs;
  inputs.Partners(2).Report(decision::InputsBuilder::Origin(0));
  decision::ReceiptBody body =
      decision::MakeReceipt(decision::Decide(inputs.Build(), mild), mild, {}, Body(7).time);
  log_.Replace(7, body.time, body.Encode());
  EXPECT_TRUE(Replay().Holds());
  body.policy = OtherPolicy().Hash();
  log_.Replace(7, body.time, body.Encode());
  ExpectFails(Replay(), "decisions", "1 do not follow");
}

TEST_F(DecisionBundleTest, ReceiptsWithoutABodyAreCountedAndSaid) {
  log_.receipts.erase(log_.receipts.begin() + 11);
  log_.receipts.erase(log_.receipts.begin() + 3, log_.receipts.begin() + 6);
  log_.receipts.erase(log_.receipts.begin());
  const DecisionReplay result = Replay();
  EXPECT_TRUE(result.Holds());
  EXPECT_EQ(result.bodies, kReceipts - 5);
  EXPECT_EQ(Of(result, "heads"), CheckOutcome::kHolds);
  EXPECT_EQ(Of(result, "bodies"), CheckOutcome::kNotChecked);
  EXPECT_THAT(Find(result, "bodies").said, HasSubstr("5 of 12"));
  EXPECT_THAT(Find(result, "bodies").said, HasSubstr("(0, 3-5, 11)"));
}

TEST_F(DecisionBundleTest, WithoutAnyBodyNothingIsSaidToFit) {
  log_.receipts.clear();
  const DecisionReplay result = Replay();
  EXPECT_TRUE(result.Holds());
  EXPECT_EQ(Of(result, "heads"), CheckOutcome::kHolds);
  EXPECT_THAT(Find(result, "bodies").said, HasSubstr("(0-11)"));
  for (const char* name : {"receipts", "bodies", "decisions"}) {
    EXPECT_EQ(Of(result, name), CheckOutcome::kNotChecked) << name;
  }
  EXPECT_THAT(Find(result, "receipts").said, HasSubstr("no receipt with its body"));
  EXPECT_THAT(Find(result, "decisions").said, HasSubstr("no receipt with its body"));
}

TEST_F(DecisionBundleTest, AFileThatIsNotInItsFormatFails) {
  const DecisionLog whole = log_;
  const auto altered = [&](const std::function<void(DecisionLog&)>& alter, uint64_t from = 0) {
    log_ = whole;
    alter(log_);
    return Replay(log_.Bundle(from));
  };
  ExpectFails(altered([](DecisionLog& log) { std::swap(log.receipts[4], log.receipts[5]); }),
              "receipts", "after receipt 5");
  ExpectFails(altered([](DecisionLog& log) { log.receipts.push_back(log.receipts.back()); }),
              "receipts", "after receipt 11");
  ExpectFails(altered([](DecisionLog& log) { log.receipts.back().index = kReceipts; }), "receipts",
              "after receipt 10");
  DecisionLog::Files files = whole.MakeFiles();
  for (const std::string& tail : {std::string(1, '\0'), std::string(44, '\0')}) {
    ExpectFails(Replay(whole.BundleOf({files.first, files.second + tail})), "receipts",
                "after receipt 11");
  }
  files.second.pop_back();
  ExpectFails(Replay(whole.BundleOf(files)), "receipts", "after receipt 10");
  // One below `from`.
  ExpectFails(Replay(whole.BundleOf(whole.MakeFiles(3), 4)), "receipts", "not in its format");
  // A length that nothing has.
  files = whole.MakeFiles();
  files.second[40] = '\x7f';
  ExpectFails(Replay(whole.BundleOf(files)), "receipts", "not in its format");
}

TEST_F(DecisionBundleTest, LeavesThatAreNotInTheirFormatFail) {
  DecisionLog::Files files = log_.MakeFiles();
  for (const std::string& leaves : {files.first + "x", files.first + std::string(44, 'x'),
                                    files.first.substr(44), std::string()}) {
    const DecisionReplay result = Replay(log_.BundleOf({leaves, files.second}));
    ExpectFails(result, "leaves", "another length than 12 leaves");
    EXPECT_FALSE(result.head.has_value());
    EXPECT_EQ(Of(result, "decisions"), CheckOutcome::kNotChecked);
  }
  checks_.heads = {};
  log_.leaves[2][3] = '2';
  ExpectFails(Replay(), "leaves", "receipt 2 is not in its format");
  log_.leaves[2][3] = '1';
  log_.leaves[2][4] = 0x80;  // the time's first byte
  EXPECT_EQ(Of(Replay(), "leaves"), CheckOutcome::kFails);
}

TEST_F(DecisionBundleTest, TheManifestIsOfTheKeyGivenAndOfNoLaterDay) {
  checks_.entry_key->key = TestEntryKey(2).public_key();
  ExpectFails(Replay(), "manifest", "not of the key given");
  checks_.entry_key->key = TestEntryKey().public_key();
  checks_.entry_key->name = "toko-b.test/daftar/entry";
  ExpectFails(Replay(), "manifest", "another log");
  checks_.entry_key = {};
  checks_.now = kTestMadeAt - 301;
  ExpectFails(Replay(), "manifest", "later than now");
  checks_.now = kTestMadeAt - 300;
  EXPECT_TRUE(Replay().Holds());
}

TEST_F(DecisionBundleTest, AnyBitThatIsFlippedIsNoticed) {
  const std::string whole = log_.Bundle();
  for (size_t i = 0; i < 4'000; ++i) {
    std::string altered = whole;
    // Every bit of the manifest's first bytes, and many of the files.
    const size_t bit = i < 2'000 ? i : random_() % (altered.size() * 8);
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    const auto result = TryReplay(altered);
    EXPECT_FALSE(result.ok() && result->Holds()) << "bit " << bit;
  }
}

TEST_F(DecisionBundleTest, TheDecisionsAboutOnePersonAreListed) {
  EXPECT_EQ(Replay().about_subject_count, 0u);
  checks_.subject = SubjectOf(1);
  const DecisionReplay result = Replay();
  EXPECT_EQ(result.about_subject_count, 4u);
  ASSERT_EQ(result.about_subject.size(), 4u);
  EXPECT_EQ(result.about_subject[1].index, 4u);
  EXPECT_EQ(result.about_subject[1].receipt, log_.receipts[4].id());
  EXPECT_EQ(result.about_subject[1].time, Body(4).time);
  // Under an unknown policy too, but not out of a body that is not the leaf's.
  checks_.policies = {};
  log_.receipts[7].salt[0] ^= 1;
  EXPECT_EQ(Replay().about_subject_count, 3u);
}

TEST_F(DecisionBundleTest, TellsHowFarItIsAndStopsWhenAsked) {
  const std::string bundle = log_.Bundle();
  auto opened = audit::Bundle::FromSource(audit::InMemory(bundle));
  DAFTAR_ASSERT_OK(opened);
  uint64_t last = 0;
  DAFTAR_ASSERT_OK(ReplayDecisions(*opened, checks_, [&](uint64_t done, uint64_t total, uint64_t) {
    EXPECT_GE(done, last);
    EXPECT_LE(done, total);
    last = done;
    return true;
  }));
  EXPECT_EQ(last, opened->total_bytes());
  EXPECT_THAT(ReplayDecisions(*opened, checks_, [](uint64_t, uint64_t, uint64_t) { return false; }),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(DecisionBundleTest, DifferencesAndRangesAreToldUpToABoundAndAllCounted) {
  checks_.heads = {};
  for (size_t i = kReceipts; i < 100; ++i) log_.Add(Body(i));
  for (LoggedReceipt& receipt : log_.receipts) receipt.salt[0] ^= 1;
  std::erase_if(log_.receipts, [](const LoggedReceipt& receipt) { return receipt.index % 2 == 0; });
  const DecisionReplay result = Replay();
  EXPECT_EQ(result.differences.size(), kMaxToldDifferences);
  EXPECT_EQ(result.differ, 50u);
  EXPECT_EQ(result.without_body.size(), kMaxToldRanges);
  EXPECT_THAT(Find(result, "bodies").said, HasSubstr("38, ...)"));
}

TEST(DecisionHeadTest, HasOneForm) {
  DecisionHead head{120, crypto::Sha256(crypto::AsBytes("x"))};
  const std::string root = head.root.hex();
  EXPECT_EQ(head.ToString(), "120:" + root);
  EXPECT_EQ(*DecisionHead::FromString(head.ToString()), head);
  for (const std::string& wrong :
       {std::string(), std::string("120"), "120:" + root.substr(1), "0120:" + root, "120 :" + root,
        "-1:" + root, ":" + root, "9223372036854775808:" + root, "120:" + root + " ",
        "120:" + std::string(64, 'A'), "+120:" + root}) {
    EXPECT_THAT(DecisionHead::FromString(wrong), StatusIs(absl::StatusCode::kInvalidArgument))
        << wrong;
  }
}

}  // namespace
}  // namespace daftar::cli
