#include "node/partners/lookup.h"

#include <gtest/gtest.h>

#include <thread>

#include "node/ledger/feed.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using decision::EntryStatus;
using decision::PartnerState;

constexpr char kPhone[] = "0812-3456-7890";
constexpr std::chrono::milliseconds kDeadline{2000};

// A reader that has adopted this one alone.
struct OneCharter final : evidence::Charters {
  explicit OneCharter(evidence::Charter only)
      : charter(std::make_shared<const evidence::Charter>(std::move(only))) {}
  std::shared_ptr<const evidence::Charter> InForce() const override { return charter; }
  std::shared_ptr<const evidence::Charter> Find(const evidence::CharterHash& hash) const override {
    return hash == charter->hash ? charter : nullptr;
  }
  const std::shared_ptr<const evidence::Charter> charter;
};

class LookupTest : public ::testing::Test {
 protected:
  LookupTest() { circle_.PairAll(); }

  ledger::IncidentId Publish(SimNode& node, const std::string& phone = kPhone) {
    auto view = node->ledger().Add(node.Caller(), DepositUnsettled(phone));
    EXPECT_THAT(view, IsOk());
    EXPECT_THAT(node->ledger().Publish(node.Caller(), view->incident.id), IsOk());
    circle_.Settle();
    return view->incident.id;
  }
  LookupResult Ask(SimNode& node, const std::string& phone = kPhone) {
    Lookup lookup(node->store(), node->vault(), node->clock(), node->entropy(), node->charters(),
                  node.origin(), node->registry(), node->followers(), node->relays(),
                  network(node));
    const identity::Identifier identifier = Phone(phone);
    auto result = lookup.Ask(std::span(&identifier, 1), kDeadline);
    EXPECT_THAT(result, IsOk());
    return result.ok() ? *result : LookupResult();
  }
  partners::Network& network(SimNode& node) { return node->network(); }
  decision::PartnerAnswer AnswerOf(const LookupResult& result, const std::string& origin) {
    for (const decision::PartnerAnswer& answer : result.answers) {
      if (answer.origin == origin) return answer;
    }
    ADD_FAILURE() << "no answer of " << origin;
    return {};
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
};

TEST_F(LookupTest, FindsWhatPartnersPublishedAndNothingElse) {
  Publish(a_);
  const LookupResult found = Ask(b_);
  ASSERT_EQ(found.records.size(), 1u);
  EXPECT_EQ(found.records[0].origin, "toko-a.test");
  EXPECT_EQ(found.records[0].status, EntryStatus::kLive);
  EXPECT_EQ(found.records[0].amount.minor, 450'000'000u);
  EXPECT_EQ(AnswerOf(found, "toko-a.test").state, PartnerState::kAnswered);
  EXPECT_EQ(AnswerOf(found, "toko-c.test").state, PartnerState::kAnswered);
  EXPECT_TRUE(Ask(b_, "0812-9999-7001").records.empty());
}

TEST_F(LookupTest, ARepeatedQuestionTouchesNoPartner) {
  Publish(a_);
  Ask(b_);
  const uint64_t evaluated = a_->evaluator().evaluated();
  const LookupResult again = Ask(b_);
  EXPECT_EQ(AnswerOf(again, "toko-a.test").state, PartnerState::kCached);
  EXPECT_EQ(again.records.size(), 1u);
  EXPECT_EQ(a_->evaluator().evaluated(), evaluated);
  // Also after a restart: outputs are kept, sealed.
  b_.Stop();
  b_.Start();
  circle_.Settle();
  EXPECT_EQ(AnswerOf(Ask(b_), "toko-a.test").state, PartnerState::kCached);
}

TEST_F(LookupTest, AStopCostsPartnersNothingOfTheirQuota) {
  Publish(a_);
  Ask(b_);
  const auto used = [this] {
    return a_->quota().Today("toko-b.test", a_->registry().Active().size()).used;
  };
  const uint64_t before = used();
  EXPECT_GT(before, 0u);
  EXPECT_LT(before, kQuotaBlock);
  a_.Stop();
  a_.Start();
  EXPECT_EQ(used(), before);
}

TEST_F(LookupTest, ANewEntryAboutAKnownBuyerIsFoundWithoutAsking) {
  EXPECT_TRUE(Ask(b_).records.empty());
  Publish(a_);
  const uint64_t evaluated = a_->evaluator().evaluated();
  EXPECT_EQ(Ask(b_).records.size(), 1u);
  EXPECT_EQ(a_->evaluator().evaluated(), evaluated);
}

TEST_F(LookupTest, WhoFoundAReportHasItsRecordKey) {
  Publish(a_);
  const identity::Identifier buyer = Phone(kPhone);
  const identity::Identifier other = Phone("0812-9999-7001");
  Lookup lookup(b_->store(), b_->vault(), b_->clock(), b_->entropy(), b_->charters(), b_.origin(),
                b_->registry(), b_->followers(), b_->relays(), network(b_));
  const auto key = [&](const std::string& origin, const identity::Identifier& identifier) {
    return lookup.RecordKey(origin, 2, std::span(&identifier, 1));
  };
  EXPECT_THAT(key("toko-a.test", buyer), StatusIs(absl::StatusCode::kNotFound));  // not asked yet
  Ask(b_);
  Ask(b_, "0812-9999-7001");
  const auto found = key("toko-a.test", buyer);
  DAFTAR_ASSERT_OK(found.status());
  const auto body = evidence::ReportBody::Decode(**b_->store().Get(
      storage::Column::kLogBodies,
      storage::LogIndexKey(
          static_cast<uint32_t>(b_->followers().MirrorOf("toko-a.test")->partner().log), 2)));
  EXPECT_THAT(evidence::OpenReport(*body, "toko-a.test", *found), IsOk());
  EXPECT_THAT(key("toko-a.test", other), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(key("toko-x.test", buyer), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(LookupTest, AReportDatedInTheFutureWaitsForItsTime) {
  circle_.clock().Advance(86'400);
  Publish(a_);
  circle_.clock().Advance(-86'400);  // as where the issuer's clock was a day ahead
  EXPECT_EQ(Ask(b_).records.at(0).status, EntryStatus::kPending);
  circle_.clock().Advance(86'400);
  EXPECT_EQ(Ask(b_).records.at(0).status, EntryStatus::kLive);
}

TEST_F(LookupTest, EveryReportOfOneBuyerIsFound) {
  for (int i = 0; i < 5; ++i) Publish(a_);
  EXPECT_EQ(Ask(b_).records.size(), 5u);
}

TEST_F(LookupTest, AReportThatItsIssuerDidNotSignDoesNotCountTheFirstTimeNorLater) {
  Publish(a_);
  Ask(b_);
  auto mirror = b_->followers().MirrorOf("toko-a.test");
  const Partner partner = mirror->partner();
  const storage::LogStore log(b_->store());
  crypto::Bytes leaf = *log.ReadLeaf(partner.log, 2);
  auto good = evidence::SignedHeader::DecodeLeaf(leaf);
  EXPECT_TRUE(mirror->VerifiedReport(2, leaf, *good));
  EXPECT_TRUE(mirror->VerifiedReport(2, leaf, *good));
  leaf.back() ^= 1;  // in the signature
  auto bad = evidence::SignedHeader::DecodeLeaf(leaf);
  EXPECT_EQ(mirror->View().voids, VoidEntries());
  EXPECT_FALSE(mirror->VerifiedReport(2, leaf, *bad));
  EXPECT_FALSE(mirror->VerifiedReport(2, leaf, *bad));
  VoidEntries voids;  // once, however often it is met
  voids.Add(VoidReason::kSignature, 2);
  EXPECT_EQ(mirror->View().voids, voids);
}

TEST_F(LookupTest, SettledAndWithdrawnReportsSaySo) {
  const ledger::IncidentId id = Publish(a_);
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id, {}, "paid"));
  circle_.Settle();
  EXPECT_EQ(Ask(b_).records[0].status, EntryStatus::kSettled);
  DAFTAR_ASSERT_OK(
      a_->ledger().Withdraw(a_.Caller(), id, evidence::WithdrawalGround::kPaid, "paid"));
  circle_.Settle();
  EXPECT_EQ(Ask(b_).records[0].status, EntryStatus::kWithdrawn);
}

TEST_F(LookupTest, AStoppedPartnerIsNotCheckedAndItsHeadAges) {
  Publish(a_);
  a_.Stop();
  circle_.clock().Advance(40);
  const LookupResult result = Ask(b_, "0812-9999-7001");
  const decision::PartnerAnswer answer = AnswerOf(result, "toko-a.test");
  EXPECT_EQ(answer.state, PartnerState::kNotChecked);
  EXPECT_EQ(answer.error, "unreachable");
  EXPECT_EQ(answer.head_age_s, 40u);
  EXPECT_EQ(AnswerOf(result, "toko-c.test").state, PartnerState::kAnswered);
}

TEST_F(LookupTest, WhatIsKeptStillCountsWhileThePartnerIsDownAndThenGoesStale) {
  Publish(a_);
  Ask(b_);
  a_.Stop();
  LookupResult result = Ask(b_);
  EXPECT_EQ(AnswerOf(result, "toko-a.test").state, PartnerState::kCached);
  EXPECT_EQ(result.records.size(), 1u);
  circle_.clock().Advance(circle_.charter().stale_after_s + 1);
  result = Ask(b_);
  EXPECT_EQ(AnswerOf(result, "toko-a.test").state, PartnerState::kStale);
  EXPECT_EQ(result.records.size(), 1u);
}

TEST_F(LookupTest, AWrongProofIsNotAnAnswerAndIsRemembered) {
  Publish(a_);
  circle_.faults.alter_answer = [](const std::string& from, EvaluateAnswer& answer) {
    if (from != "toko-a.test") return;
    crypto::Bytes proof = crypto::ToBytes(answer.proof.view());
    proof[3] ^= 1;
    answer.proof = *crypto::VoprfProof::Create(proof);
  };
  const LookupResult result = Ask(b_);
  EXPECT_EQ(AnswerOf(result, "toko-a.test").state, PartnerState::kNotChecked);
  EXPECT_EQ(AnswerOf(result, "toko-a.test").error, "wrong-proof");
  EXPECT_TRUE(result.records.empty());
  EXPECT_NE(b_->followers().MirrorOf("toko-a.test")->View().trouble.find("wrong proof"),
            std::string::npos);
  circle_.faults.alter_answer = nullptr;
  // Heartbeats do not wipe it out, nor does a restart.
  circle_.clock().Advance(30);
  circle_.Settle();
  b_.Stop();
  b_.Start();
  circle_.Settle();
  EXPECT_NE(b_->followers().MirrorOf("toko-a.test")->View().trouble.find("wrong proof"),
            std::string::npos);
  // Nothing false was kept.
  EXPECT_EQ(Ask(b_).records.size(), 1u);
}

TEST_F(LookupTest, AnEvaluationOfSomethingElseIsNotAnAnswer) {
  Publish(a_);
  circle_.faults.alter_answer = [&](const std::string& from, EvaluateAnswer& answer) {
    if (from != "toko-a.test") return;
    auto other = crypto::VoprfBlind(crypto::AsBytes("other"), circle_.entropy());
    answer.evaluated[0] = other->element;
  };
  EXPECT_EQ(AnswerOf(Ask(b_), "toko-a.test").error, "wrong-proof");
}

// Two circles with one id: the reader's charter differs from the one that the reports were filed
// under, as after a change that it has not adopted.
TEST_F(LookupTest, AReportUnderAnotherCharterDoesNotCountAndNeitherDoesItsSettlement) {
  const ledger::IncidentId id = Publish(a_);
  auto other = evidence::Charter::Parse(circle_.charter().source + "\n# changed\n");
  DAFTAR_ASSERT_OK(other);
  const OneCharter charters(*other);
  const auto status_at_b = [&] {
    Lookup lookup(b_->store(), b_->vault(), b_->clock(), b_->entropy(), charters, b_.origin(),
                  b_->registry(), b_->followers(), b_->relays(), network(b_));
    const identity::Identifier identifier = Phone(kPhone);
    auto result = lookup.Ask(std::span(&identifier, 1), kDeadline);
    EXPECT_THAT(result, IsOk());
    EXPECT_EQ(result->records.size(), 1u);
    return result->records.empty() ? EntryStatus::kLive : result->records[0].status;
  };
  EXPECT_EQ(status_at_b(), EntryStatus::kPending);
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id, {}, "paid"));
  circle_.Settle();
  EXPECT_EQ(status_at_b(), EntryStatus::kPending);
  DAFTAR_ASSERT_OK(
      a_->ledger().Withdraw(a_.Caller(), id, evidence::WithdrawalGround::kPaid, "paid"));
  circle_.Settle();
  EXPECT_EQ(status_at_b(), EntryStatus::kWithdrawn);
}

// Replication goes on across the change; what was filed before it counts on, and what is filed
// after it counts for those who have adopted it too, in whichever order.
TEST_F(LookupTest, AfterAChangeOfCharterAReportCountsForWhoeverHasAdoptedIt) {
  const std::string changed = circle_.charter().source + "\n# changed\n";
  Publish(a_, "0812-3456-7891");
  DAFTAR_ASSERT_OK(a_->charters().Adopt(a_.Caller(), changed, "agreed"));
  DAFTAR_ASSERT_OK(c_->charters().Adopt(c_.Caller(), changed, "agreed"));
  circle_.Settle();
  EXPECT_NE(a_->charter().hash, circle_.charter().hash);
  const ledger::IncidentId id = Publish(a_, "0812-3456-7892");
  const auto status = [&](SimNode& node, const std::string& phone) {
    const LookupResult result = Ask(node, phone);
    EXPECT_EQ(result.records.size(), 1u);
    return result.records.empty() ? EntryStatus::kErased : result.records[0].status;
  };
  for (SimNode* reader : {&b_, &c_}) {
    EXPECT_EQ(status(*reader, "0812-3456-7891"), EntryStatus::kLive) << reader->origin();
  }
  EXPECT_EQ(status(b_, "0812-3456-7892"), EntryStatus::kPending);
  EXPECT_EQ(status(c_, "0812-3456-7892"), EntryStatus::kLive);
  DAFTAR_ASSERT_OK(a_->ledger().Withdraw(a_.Caller(), id, evidence::WithdrawalGround::kMistake,
                                         "two buyers mixed up"));
  circle_.Settle();
  EXPECT_EQ(status(b_, "0812-3456-7892"), EntryStatus::kWithdrawn);
  Publish(a_, "0812-3456-7893");
  Publish(b_, "0812-3456-7894");
  DAFTAR_ASSERT_OK(b_->charters().Adopt(b_.Caller(), changed, "agreed"));
  // Counts from the adoption on, before b's own log states it.
  EXPECT_EQ(status(b_, "0812-3456-7893"), EntryStatus::kLive);
  circle_.Settle();
  EXPECT_EQ(status(c_, "0812-3456-7894"), EntryStatus::kLive);
}

TEST_F(LookupTest, AnIssuerThatCrowdsLabelsIsNotedAndTheCheckStaysBounded) {
  Publish(a_);
  Publish(a_, "0812-9999-7001");
  Ask(b_);
  // Fifteen labels of the first buyer lead 64 times each to the second one's report.
  const Partner partner = *b_->registry().Find("toko-a.test");
  auto f = crypto::VoprfEvaluateDirect(
      a_->keys().epochs.back().key,
      evidence::VoprfInput(circle_.charter().circle, "toko-a.test", a_->epoch(), Phone(kPhone)));
  DAFTAR_ASSERT_OK(f);
  storage::Batch batch;
  for (uint32_t j = 1; j < evidence::kLabelsPerIdentifier; ++j) {
    crypto::Writer row;
    for (size_t i = 0; i < kMaxReportsPerToken; ++i) row.U64(3);
    batch.Put(storage::Column::kTokens,
              Mirror::TokenKey(partner.log, a_->epoch(), evidence::TokenFor(*f, j)), row.Take());
  }
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  EXPECT_EQ(Ask(b_).records.size(), 1u);
  // One that opened, 127 that did not, and the stop.
  EXPECT_NE(b_->followers().MirrorOf("toko-a.test")->View().trouble.find("(met 128 times)"),
            std::string::npos);
}

TEST_F(LookupTest, APartnerWhoseFirstCopyIsNotWholeIsNotChecked) {
  Publish(a_);
  SimNode& d = circle_.Add("toko-d.test");
  circle_.faults.alter_feed = [this](const std::string& from, evidence::FeedBatch& batch) {
    if (from != "toko-a.test") return;
    // Two entries come; what follows is altered on the way and never taken.
    if (batch.from == 0) batch = *ledger::ReadFeed(a_->store(), a_->publisher(), 0, 2);
    if (batch.from == 2 && !batch.entries.empty()) batch.entries[0].leaf.back() ^= 1;
  };
  circle_.Pair(a_, d);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  auto mirror = d->followers().MirrorOf("toko-a.test");
  while (mirror->View().size < 2 && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  ASSERT_EQ(mirror->View().size, 2u);
  const decision::PartnerAnswer answer = AnswerOf(Ask(d), "toko-a.test");
  EXPECT_EQ(answer.state, PartnerState::kNotChecked);
  EXPECT_EQ(answer.error, "copying");
  d->followers().Stop();
  circle_.faults.alter_feed = nullptr;
}

TEST_F(LookupTest, OverTheQuotaIsNotChecked) {
  for (uint64_t used = 0; used + 256 <= circle_.charter().evaluations_per_partner_per_day;
       used += 256) {
    DAFTAR_ASSERT_OK(a_->quota().Take("toko-b.test", 256, false, 2));
  }
  for (int i = 0; i < 300; ++i) (void)a_->quota().Take("toko-b.test", 1, false, 2);
  const LookupResult result = Ask(b_);
  EXPECT_EQ(AnswerOf(result, "toko-a.test").state, PartnerState::kNotChecked);
  EXPECT_EQ(AnswerOf(result, "toko-a.test").error, "quota");
}

TEST_F(LookupTest, ASuspendedPartnerIsNeitherAskedNorCounted) {
  Publish(a_);
  Ask(b_);
  DAFTAR_ASSERT_OK(b_->registry().SetStatus(b_.Caller(), "toko-a.test", PartnerStatus::kSuspended,
                                            "odd reports"));
  const LookupResult result = Ask(b_);
  EXPECT_EQ(result.answers.size(), 1u);
  EXPECT_TRUE(result.records.empty());
}

TEST_F(LookupTest, ANodeThatWasSuspendedThereIsRefused) {
  DAFTAR_ASSERT_OK(a_->registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kSuspended,
                                            "odd questions"));
  EXPECT_EQ(AnswerOf(Ask(b_), "toko-a.test").error, "refused");
}

TEST_F(LookupTest, AForkedLogIsNotChecked) {
  Publish(a_);
  Ask(b_);
  circle_.faults.alter_feed = nullptr;
  // Another history under the same keys, as a cloned machine would show it.
  auto mirror = b_->followers().MirrorOf("toko-a.test");
  const MirrorView view = mirror->View();
  crypto::Note note;
  note.text = crypto::Checkpoint{"toko-a.test", view.size, crypto::Digest()}.ToText();
  note.signatures = {crypto::SignNote(note.text, "toko-a.test", a_->keys().head)};
  b_->followers().Stop();
  evidence::FeedBatch fork;
  fork.from = view.size;
  fork.head = note.ToString();
  EXPECT_FALSE(mirror->Apply(fork).ok());
  const LookupResult result = Ask(b_);
  EXPECT_EQ(AnswerOf(result, "toko-a.test").state, PartnerState::kNotChecked);
  EXPECT_EQ(AnswerOf(result, "toko-a.test").error, "forked");
  EXPECT_TRUE(result.records.empty());
}

}  // namespace
}  // namespace daftar::partners
