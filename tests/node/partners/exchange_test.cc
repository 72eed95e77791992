#include "node/partners/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "crypto/cosignature.h"
#include "node/evidence/header.h"
#include "tests/node/partners/unreached_network.h"
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kPhone[] = "0812-3456-7890";

// One issuer and four that copy its log.
class ExchangeTest : public ::testing::Test {
 protected:
  ExchangeTest() {
    circle_.PairAll();
    circle_.Settle();  // everybody knows now who copies whose log
  }
  ledger::IncidentId Publish() {
    auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled(kPhone));
    EXPECT_THAT(view, IsOk());
    EXPECT_THAT(a_->ledger().Publish(a_.Caller(), view->incident.id), IsOk());
    circle_.Settle();
    return view->incident.id;
  }
  MirrorView View(SimNode& node) { return node->followers().MirrorOf("toko-a.test")->View(); }
  // Whether what `node` tells gets through.
  void Silence(std::vector<std::string> silent) {
    circle_.faults.alter_notes = [silent = std::move(silent)](const std::string& from,
                                                              const std::string&, auto&) {
      return std::find(silent.begin(), silent.end(), from) == silent.end();
    };
  }
  Partner Of(SimNode& node, const std::string& origin) { return *node->registry().Find(origin); }
  // What B finds about the buyer in A's log.
  EntryStatus StatusAtB(decision::PartnerAnswer* answer = nullptr) {
    Lookup lookup(b_->store(), b_->vault(), b_->clock(), b_->entropy(), b_->charters(), b_.origin(),
                  b_->registry(), b_->followers(), b_->relays(), b_->network());
    const identity::Identifier identifier = Phone(kPhone);
    auto result = lookup.Ask(std::span(&identifier, 1), std::chrono::milliseconds(5000));
    EXPECT_THAT(result, IsOk());
    EXPECT_EQ(result->records.size(), 1u);
    for (const auto& one : result->answers) {
      if (answer != nullptr && one.origin == "toko-a.test") *answer = one;
    }
    return result->records.empty() ? EntryStatus::kErased : result->records[0].status;
  }
  // A note of A's log as it is now, with a line of the mirror key of `node` over it.
  std::string NoteBy(SimNode& node, int64_t seconds_ahead) {
    crypto::Note note = *crypto::ParseNote(a_->publisher().Head()->note);
    note.signatures.resize(1);
    note.signatures.push_back(crypto::Cosign(
        note.text, static_cast<uint64_t>(circle_.clock().Now().seconds() + seconds_ahead),
        evidence::MirrorKeyName(node.origin()), node->keys().mirror));
    return note.ToString();
  }
  std::string SignedByA(uint64_t size, const crypto::Digest& root) {
    crypto::Note note;
    note.text = crypto::Checkpoint{"toko-a.test", size, root}.ToText();
    note.signatures = {crypto::SignNote(note.text, "toko-a.test", a_->keys().head)};
    return note.ToString();
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
  SimNode& d_ = circle_.Add("toko-d.test");
  SimNode& e_ = circle_.Add("toko-e.test");
};

TEST_F(ExchangeTest, EverybodyLearnsWhoHoldsHowMuch) {
  Publish();
  for (SimNode* reader : {&b_, &c_, &d_, &e_}) {
    EXPECT_THAT(View(*reader).cosigned,
                ElementsAre(std::pair("toko-b.test", 3u), std::pair("toko-c.test", 3u),
                            std::pair("toko-d.test", 3u), std::pair("toko-e.test", 3u)));
  }
}

TEST_F(ExchangeTest, AReportCountsOnlyOnceMoreThanHalfOfTheWitnessSetHasIt) {
  Silence({"toko-c.test", "toko-d.test"});
  const ledger::IncidentId id = Publish();
  // B itself and E: two of four.
  decision::PartnerAnswer answer;
  EXPECT_EQ(StatusAtB(&answer), EntryStatus::kPending);
  EXPECT_THAT(answer.witnesses,
              ElementsAre("toko-b.test", "toko-c.test", "toko-d.test", "toko-e.test"));
  Silence({"toko-d.test"});
  circle_.Settle();
  EXPECT_EQ(StatusAtB(&answer), EntryStatus::kLive);
  EXPECT_TRUE(answer.witnessed);
  // Good news waits for nobody.
  Silence({"toko-c.test", "toko-d.test", "toko-e.test"});
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id, {}, "paid"));
  circle_.Settle();
  EXPECT_EQ(StatusAtB(), EntryStatus::kSettled);
  // What was counted is still counted after a restart.
  b_.Stop();
  b_.Start();
  circle_.Settle();
  EXPECT_EQ(StatusAtB(), EntryStatus::kSettled);
}

TEST_F(ExchangeTest, ASuspendedPartnerIsNoWitness) {
  Silence({"toko-c.test", "toko-d.test"});
  Publish();
  EXPECT_EQ(StatusAtB(), EntryStatus::kPending);
  DAFTAR_ASSERT_OK(b_->registry().SetStatus(b_.Caller(), "toko-d.test", PartnerStatus::kSuspended,
                                            "never answers"));
  // B and E of three.
  EXPECT_EQ(StatusAtB(), EntryStatus::kLive);
}

TEST_F(ExchangeTest, NobodyBlindsUnderAKeyThatDoesNotCountYet) {
  // A body is missing on the way to F, so that it cosigns nothing of A's log.
  SimNode& f = circle_.Add("toko-f.test");
  circle_.faults.alter_feed = [](const std::string& from, evidence::FeedBatch& batch) {
    if (from == "toko-a.test" && batch.from == 0) batch.entries[1].body.reset();
  };
  circle_.Pair(a_, f);
  circle_.Settle();
  const uint64_t evaluated = a_->evaluator().evaluated();
  Lookup lookup(f->store(), f->vault(), f->clock(), f->entropy(), f->charters(), f.origin(),
                f->registry(), f->followers(), f->relays(), f->network());
  const identity::Identifier identifier = Phone(kPhone);
  auto result = lookup.Ask(std::span(&identifier, 1), std::chrono::milliseconds(5000));
  DAFTAR_ASSERT_OK(result);
  ASSERT_EQ(result->answers.size(), 1u);
  EXPECT_EQ(result->answers[0].state, decision::PartnerState::kNotChecked);
  EXPECT_EQ(result->answers[0].error, "not-witnessed");
  EXPECT_EQ(a_->evaluator().evaluated(), evaluated);
}

TEST_F(ExchangeTest, TheIssuerServesTheLinesThatItHasCollected) {
  Silence({});
  circle_.faults.alter_notes = [](const std::string& from, const std::string& to, auto&) {
    // The others speak to the issuer only, and to B nobody does.
    return to != "toko-b.test" && (from == "toko-a.test" || to == "toko-a.test");
  };
  Publish();
  EXPECT_EQ(View(b_).cosigned.at("toko-c.test"), 2u);
  a_->ServeCosignatures();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (View(b_).cosigned.at("toko-c.test") < 3 && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  EXPECT_EQ(View(b_).cosigned.at("toko-c.test"), 3u);
}

TEST_F(ExchangeTest, AWrongLineOfAKnownKeyRefusesTheNote) {
  Silence({"toko-c.test", "toko-d.test"});
  Publish();
  crypto::Note note = *crypto::ParseNote(NoteBy(c_, 0));
  note.signatures.push_back(crypto::ParseNote(NoteBy(d_, 0))->signatures[1]);
  note.signatures[1].blob.back() ^= 1;
  const std::string notes[] = {note.ToString()};
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), notes));
  EXPECT_EQ(b_->exchange().counters().refused, 1u);
  EXPECT_EQ(View(b_).cosigned.at("toko-c.test"), 2u);
  EXPECT_EQ(View(b_).cosigned.at("toko-d.test"), 2u);  // not even the good line of that note
}

// Each would cost a signature check.
TEST_F(ExchangeTest, OfEachKeyTheFirstLineAloneIsLookedAt) {
  Silence({"toko-c.test"});
  Publish();
  crypto::Note note = *crypto::ParseNote(NoteBy(c_, 0));
  for (size_t i = 0; note.signatures.size() < crypto::kMaxNoteSignatures; ++i) {
    note.signatures.push_back(note.signatures[i % 2]);
    note.signatures.back().blob.back() ^= 1;
  }
  const std::string notes[] = {note.ToString()};
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), notes));
  EXPECT_EQ(b_->exchange().counters().refused, 0u);
  EXPECT_EQ(View(b_).cosigned.at("toko-c.test"), 3u);
}

// Old notes are at hand for whoever wants to keep a node busy with what it knows already.
TEST_F(ExchangeTest, ALineThatSaysNoMoreThanIsKnownIsNotVerified) {
  const std::string old = NoteBy(c_, 0);
  Publish();
  for (const std::string& text : {old, NoteBy(c_, 0)}) {
    crypto::Note note = *crypto::ParseNote(text);
    note.signatures[1].blob.back() ^= 1;
    const std::string notes[] = {note.ToString()};
    DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), notes));
    EXPECT_EQ(b_->exchange().counters().refused, 0u);
  }
  EXPECT_EQ(View(b_).cosigned.at("toko-c.test"), 3u);
}

TEST_F(ExchangeTest, WhatIsRememberedOfANoteHasNoMoreThanItsKnownLines) {
  crypto::Note note = *crypto::ParseNote(SignedByA(9, crypto::Digest()));
  note.signatures.push_back(note.signatures[0]);
  note.signatures.push_back(note.signatures[0]);
  note.signatures[2].name = "stranger.test";
  const std::string notes[] = {note.ToString()};
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), notes));
  EXPECT_EQ(b_->followers().MirrorOf("toko-a.test")->ToldNote(), SignedByA(9, crypto::Digest()));
}

TEST_F(ExchangeTest, UnknownLinesAreIgnored) {
  Silence({"toko-c.test", "toko-d.test"});
  Publish();
  crypto::Note note = *crypto::ParseNote(NoteBy(c_, 0));
  note.signatures.push_back(note.signatures[1]);
  note.signatures[2].name = "stranger.test/mirror";
  const std::string notes[] = {note.ToString()};
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), notes));
  EXPECT_EQ(b_->exchange().counters().refused, 0u);
  EXPECT_EQ(View(b_).cosigned.at("toko-c.test"), 3u);
}

// A note has room for so many lines; a hostile issuer leaves none for those that count.
TEST_F(ExchangeTest, LinesThatAnIssuerMakesUpInItsOwnNameAreNotToldOn) {
  crypto::NoteSignature made_up;
  made_up.name = "toko-a.test";
  made_up.id =
      crypto::NoteKeyId("toko-a.test", crypto::KeyType::kEd25519, c_->keys().head.public_key());
  made_up.blob = crypto::Bytes(crypto::Signature::kSize, 7);
  circle_.faults.alter_feed = [made_up](const std::string& from, evidence::FeedBatch& batch) {
    auto note = crypto::ParseNote(batch.head);
    if (from != "toko-a.test" || !note.ok()) return;
    note->signatures.resize(2);
    note->signatures.resize(crypto::kMaxNoteSignatures, made_up);
    batch.head = note->ToString();
  };
  Publish();
  EXPECT_EQ(View(b_).head->size, 3u);
  ASSERT_EQ(
      crypto::ParseNote(b_->followers().MirrorOf("toko-a.test")->HeadNote())->signatures.size(),
      crypto::kMaxNoteSignatures);
  const std::string of_a[] = {"toko-a.test"};
  ASSERT_EQ(b_->notes().Of(of_a).size(), 1u);
  for (const std::string& told :
       {b_->notes().Of(of_a)[0], b_->notes().OfPartners().at("toko-a.test")}) {
    const auto note = crypto::ParseNote(told);
    DAFTAR_ASSERT_OK(note);
    std::vector<std::string> names;
    for (const crypto::NoteSignature& line : note->signatures) names.push_back(line.name);
    EXPECT_THAT(names,
                ElementsAre("toko-a.test", "toko-a.test/self", "toko-b.test/mirror",
                            "toko-c.test/mirror", "toko-d.test/mirror", "toko-e.test/mirror"));
  }
  for (SimNode* reader : {&b_, &c_, &d_, &e_}) {
    EXPECT_EQ((*reader)->exchange().counters().refused, 0u);
  }
}

TEST_F(ExchangeTest, ALineFromMoreThanFiveMinutesAheadIsNotTaken) {
  Silence({"toko-c.test"});
  Publish();
  std::string notes[] = {NoteBy(c_, kMaxCosignatureAheadSeconds + 1)};
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), notes));
  EXPECT_EQ(View(b_).cosigned.at("toko-c.test"), 2u);
  notes[0] = NoteBy(c_, kMaxCosignatureAheadSeconds);
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), notes));
  EXPECT_EQ(View(b_).cosigned.at("toko-c.test"), 3u);
}

TEST_F(ExchangeTest, AForkIsKeptToldOnAndItsReportsStopCounting) {
  Publish();
  EXPECT_EQ(StatusAtB(), EntryStatus::kLive);
  const std::string notes[] = {SignedByA(3, crypto::Digest())};
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), notes));
  EXPECT_TRUE(View(b_).forked);
  EXPECT_FALSE(View(c_).forked);
  b_->exchange().SendAll();
  EXPECT_TRUE(View(c_).forked);
  EXPECT_TRUE(View(d_).forked);
  EXPECT_EQ(c_->followers().MirrorOf("toko-a.test")->ForkEvidence()->size(), 2u);
}

TEST_F(ExchangeTest, TheEvidenceOfAForkSaysWhoCosignedItsHeadsAndIsToldOnSo) {
  Publish();
  crypto::Note other = *crypto::ParseNote(SignedByA(3, crypto::Digest()));
  other.signatures.push_back(
      crypto::Cosign(other.text, static_cast<uint64_t>(circle_.clock().Now().seconds()),
                     evidence::MirrorKeyName("toko-c.test"), c_->keys().mirror));
  const std::string notes[] = {other.ToString()};
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), notes));
  b_->exchange().SendAll();
  for (SimNode* reader : {&b_, &d_}) {
    const auto kept = (*reader)->followers().MirrorOf("toko-a.test")->ForkEvidence();
    DAFTAR_ASSERT_OK(kept);
    ASSERT_EQ(kept->size(), 2u);
    for (const char* const line : {"toko-b.test/mirror ", "toko-c.test/mirror ",
                                   "toko-d.test/mirror ", "toko-e.test/mirror "}) {
      EXPECT_THAT((*kept)[0], HasSubstr(line));
    }
    EXPECT_EQ((*kept)[1], notes[0]);
  }
}

TEST_F(ExchangeTest, TwoNotesOfOneSizeProveAForkBeforeTheirEntriesAreHeld) {
  const std::string once[] = {SignedByA(9, crypto::Digest())};
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), once));
  EXPECT_FALSE(View(b_).forked);
  const std::string notes[] = {
      once[0], SignedByA(9, *crypto::Digest::Create(crypto::Bytes(crypto::Digest::kSize, 1)))};
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-e.test"), notes));
  EXPECT_TRUE(View(b_).forked);
}

TEST_F(ExchangeTest, OnlyTheLogsOwnKeySaysAnythingAboutIt) {
  crypto::Note note;
  note.text = crypto::Checkpoint{"toko-a.test", 2, crypto::Digest()}.ToText();
  note.signatures = {crypto::SignNote(note.text, "toko-a.test", c_->keys().head)};
  const std::string notes[] = {note.ToString()};
  DAFTAR_ASSERT_OK(b_->exchange().Receive(Of(b_, "toko-c.test"), notes));
  EXPECT_FALSE(View(b_).forked);
  DAFTAR_ASSERT_OK(a_->exchange().Receive(Of(a_, "toko-c.test"), notes));
  EXPECT_EQ(a_->publisher().trouble(), "");
}

TEST_F(ExchangeTest, AHeadOfTheOwnKeyThatTheLogDoesNotHaveStopsSigning) {
  const std::string notes[] = {SignedByA(9, crypto::Digest())};
  DAFTAR_ASSERT_OK(a_->exchange().Receive(Of(a_, "toko-b.test"), notes));
  EXPECT_THAT(a_->publisher().trouble(), HasSubstr("with 9 entries"));
  EXPECT_THAT(a_->Tick(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(ExchangeTest, TooMuchIsRefusedAsAWhole) {
  const std::vector<std::string> many(kMaxExchangeNotes + 1, NoteBy(c_, 0));
  EXPECT_THAT(b_->exchange().Receive(Of(b_, "toko-c.test"), many),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string large[] = {std::string(kMaxExchangeBytes + 1, 'x')};
  EXPECT_THAT(b_->exchange().Receive(Of(b_, "toko-c.test"), large),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string malformed[] = {"no note", std::string(evidence::kMaxFeedHeadBytes + 1, 'x')};
  DAFTAR_EXPECT_OK(b_->exchange().Receive(Of(b_, "toko-c.test"), malformed));
  EXPECT_EQ(b_->exchange().counters().refused, 2u);
}

TEST_F(ExchangeTest, TheAnswerIsAboutTheLogsThatWereNamed) {
  const std::string notes[] = {NoteBy(c_, 0)};
  auto answer = d_->exchange().Receive(Of(d_, "toko-c.test"), notes);
  DAFTAR_ASSERT_OK(answer);
  ASSERT_EQ(answer->size(), 1u);
  const auto note = crypto::ParseNote((*answer)[0]);
  EXPECT_EQ(crypto::ParseCheckpoint(note->text)->origin, "toko-a.test");
  // Its own cosignature comes before others'.
  ASSERT_GE(note->signatures.size(), 4u);
  EXPECT_EQ(note->signatures[0].name, "toko-a.test");
  EXPECT_EQ(note->signatures[1].name, "toko-a.test/self");
  EXPECT_EQ(note->signatures[2].name, "toko-d.test/mirror");
}

TEST_F(ExchangeTest, ArrivalsSayWhoHadAppliedWhatAndWhen) {
  const int64_t published = circle_.clock().Now().seconds();
  const ledger::IncidentId id = Publish();
  Silence({"toko-d.test"});
  circle_.clock().Advance(100);
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id, {}, "paid"));
  circle_.Settle();
  for (int restarted = 0; restarted < 2; ++restarted) {
    auto report = a_->arrivals().Of(2);
    DAFTAR_ASSERT_OK(report);
    ASSERT_EQ(report->size(), 4u);
    for (const Arrival& arrival : *report) EXPECT_EQ(arrival.applied_at, published);
    auto settlement = a_->arrivals().Of(3);
    DAFTAR_ASSERT_OK(settlement);
    for (const Arrival& arrival : *settlement) {
      const bool silent = arrival.origin == "toko-d.test";
      EXPECT_EQ(arrival.applied_at, silent ? std::nullopt : std::optional<int64_t>(published + 100))
          << arrival.origin;
      EXPECT_EQ(arrival.holds, silent ? 3u : 4u);
      EXPECT_TRUE(arrival.live) << arrival.origin;
    }
    if (restarted == 0) {
      a_.Stop();
      a_.Start();
      circle_.Settle();
    }
  }
  // It falls silent altogether.
  d_.Stop();
  circle_.clock().Advance(static_cast<int64_t>(circle_.charter().stale_after_s) + 1);
  circle_.Settle();
  const Arrival gone = a_->arrivals().HeldBy(Of(a_, "toko-d.test"));
  EXPECT_FALSE(gone.live);
  EXPECT_EQ(gone.last_heard, published + 100);
  EXPECT_TRUE(a_->arrivals().HeldBy(Of(a_, "toko-c.test")).live);
}

TEST_F(ExchangeTest, OldArrivalsAreMergedIntoLaterOnes) {
  const storage::LogNumber log = Of(a_, "toko-b.test").log;
  storage::Batch full;  // with the row of the circle's own making
  for (uint64_t i = 1; i < kMaxArrivalsPerPartner; ++i) {
    full.Put(storage::Column::kArrivals, storage::LogIndexKey(static_cast<uint32_t>(log), 100 + i),
             crypto::Writer().U8(1).U64(1000 + i).Take());
  }
  DAFTAR_ASSERT_OK(a_->store().Write(std::move(full)));
  a_.Stop();
  a_.Start();
  for (uint64_t i = 0; i < 5; ++i) {
    const uint64_t size = 100 + kMaxArrivalsPerPartner + i;
    DAFTAR_ASSERT_OK(
        a_->arrivals().Keep({{"toko-b.test", size, {}, static_cast<int64_t>(size), {}, {}}}));
  }
  auto arrivals = a_->arrivals().Of(50);
  DAFTAR_ASSERT_OK(arrivals);
  size_t rows = 0;
  const auto prefix = storage::LogKey(static_cast<uint32_t>(log));
  DAFTAR_ASSERT_OK(a_->store().Scan(storage::Column::kArrivals, prefix, prefix, [&](auto, auto) {
    ++rows;
    return true;
  }));
  EXPECT_EQ(rows, kMaxArrivalsPerPartner);
  // Later than it was, never earlier.
  EXPECT_EQ(arrivals->front().applied_at, 1005);
}

// Answers as a script says; everything else is not reached.
class ScriptedNetwork final : public UnreachedNetwork {
 public:
  void ExchangeNotes(const Partner&, std::vector<std::string> notes, std::chrono::milliseconds,
                     std::function<void(absl::StatusOr<std::vector<std::string>>)> done) override {
    bool fails = false;
    {
      storage::MutexLock lock(mutex_);
      sent_.push_back(std::move(notes));
      fails = failures_ > 0;
      if (fails) --failures_;
    }
    if (fails) return done(absl::UnavailableError("not reached"));
    done(std::vector<std::string>());
  }
  void FailNext(int calls) {
    storage::MutexLock lock(mutex_);
    failures_ = calls;
  }
  std::vector<std::vector<std::string>> sent() {
    storage::MutexLock lock(mutex_);
    return sent_;
  }

 private:
  storage::Mutex mutex_;
  int failures_ DAFTAR_GUARDED_BY(mutex_) = 0;
  std::vector<std::vector<std::string>> sent_ DAFTAR_GUARDED_BY(mutex_);
};

TEST(ExchangeThreadTest, AReceiptGoesOutAtOnceAndAgainUntilItIsDelivered) {
  SimCircle circle;
  SimNode& a = circle.Add("toko-a.test");
  SimNode& b = circle.Add("toko-b.test");
  circle.Pair(a, b);
  circle.Settle();
  ScriptedNetwork network;
  OwnLog own;
  own.origin = "toko-b.test";
  own.head_key = {"toko-b.test", crypto::KeyType::kEd25519, b->keys().head.public_key()};
  own.head = [] { return std::nullopt; };
  own.contradicted = [](const std::string&, const std::string&) {};
  Notes notes(b->store(), circle.clock(), b->registry(), b->followers(), b->arrivals(), own);
  Cosigner cosigner(circle.clock(), "toko-b.test", b->keys().mirror);
  Exchange exchange(b->registry(), network, notes, cosigner, b->arrivals(), [] {},
                    {.interval = std::chrono::hours(1),
                     .first_retry = std::chrono::milliseconds(1),
                     .last_retry = std::chrono::milliseconds(4)});
  network.FailNext(4);
  exchange.Applied(*b->followers().MirrorOf("toko-a.test"));
  exchange.Start();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (exchange.counters().delivered < 1 && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  exchange.Stop();
  EXPECT_EQ(exchange.counters().failed, 4u);
  EXPECT_EQ(exchange.counters().delivered, 1u);
  const auto sent = network.sent();
  ASSERT_EQ(sent.size(), 5u);
  for (const auto& message : sent) {
    ASSERT_EQ(message.size(), 1u);
    EXPECT_THAT(message[0], HasSubstr("toko-b.test/mirror"));
  }
}

TEST_F(ExchangeTest, APartnerIsLiveByTheCharterThatIsInForceNow) {
  const int64_t before = static_cast<int64_t>(circle_.charter().stale_after_s);
  circle_.clock().Advance(before);
  EXPECT_TRUE(a_->arrivals().HeldBy(Of(a_, "toko-b.test")).live);
  std::string narrower = circle_.charter().source;
  const std::string was = "stale_after_s = " + std::to_string(before);
  narrower.replace(narrower.find(was), was.size(), "stale_after_s = 60");
  DAFTAR_ASSERT_OK(a_->charters().Adopt(a_.Caller(), narrower, "agreed").status());
  DAFTAR_ASSERT_OK(a_->Tick().status());  // partners are heard before the log grows
  ASSERT_EQ(a_->charter().stale_after_s, 60u);
  circle_.clock().Advance(61);
  EXPECT_FALSE(a_->arrivals().HeldBy(Of(a_, "toko-b.test")).live);
}

}  // namespace
}  // namespace daftar::partners
