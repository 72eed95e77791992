#include "node/partners/adoptions.h"

#include "crypto/merkle.h"
#include "node/ledger/feed.h"
#include "node/partners/log_beginning.h"
#include "tests/node/partners/proof_fixture.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::daftar::testing::SuccessorFaults;
using storage::Column;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::kIssuer;
using testing::kPhone;

constexpr char kNewLog[] = "toko-a2.test";

// Toko A has reported a buyer, and toko B has found that; then A loses its log.
class AdoptionsTest : public testing::ProofTest {
 protected:
  SimNode& LoseTheLog(const std::string& origin = kNewLog, const SuccessorFaults& faults = {}) {
    SimNode& successor = circle_.AddSuccessor(a_, origin, faults);
    circle_.Settle();
    return successor;
  }
  // The operator has compared what was noted.
  static absl::StatusOr<Partner> Accept(SimNode& node) {
    return node->AcceptPartner(node.Caller(), kIssuer, Noted(node), "compared by phone");
  }
  static crypto::Digest Noted(SimNode& node) {
    const std::optional<Succession> said = Says(node);
    return said.has_value() ? said->first_leaf : crypto::Digest();
  }
  static std::optional<Succession> Says(SimNode& node) {
    return node->registry().Find(kIssuer)->succession;
  }
  static std::string Trouble(SimNode& node) {
    return node->followers().MirrorOf(kIssuer)->View().trouble;
  }
  // Whose records about the buyer the node finds, and what they are; "" for none.
  static std::string Finds(SimNode& node) {
    check::Question question;
    question.identifiers = {Phone(kPhone)};
    auto answer = node->checker().Check(node.Caller(), question);
    EXPECT_THAT(answer, IsOk());
    std::string found;
    for (const decision::PartnerRecord& record : answer->records) {
      found += record.origin + " " + std::string(decision::EntryStatusName(record.status)) + "\n";
    }
    return found;
  }
  // Rows that the node keeps of A's old log and that can tell of a person.
  static size_t Kept(SimNode& node) {
    const auto log = static_cast<uint32_t>(node->registry().Find(kIssuer)->log);
    const crypto::Bytes of_log = storage::LogKey(log);
    size_t kept = 0;
    const auto count = [&](Column column, const crypto::Bytes& prefix) {
      EXPECT_THAT(
          node->store().Scan(column, prefix, prefix,
                             [&](crypto::ByteView, crypto::ByteView) { return ++kept > 0; }),
          IsOk());
    };
    for (const Column column :
         {Column::kLogBodies, Column::kTokens, Column::kEntryStates, Column::kLookups}) {
      count(column, of_log);
    }
    count(Column::kRelays, crypto::Writer().U8('o').U32(log).Take());
    count(Column::kRelays, crypto::Writer().U8('k').U32(log).Take());
    return kept;
  }
  const crypto::Digest a_first_leaf_ = crypto::MerkleLeafHash(a_->Card()->first_leaf);
  static void Publish(SimNode& node) {
    auto view = node->ledger().Add(node.Caller(), DepositUnsettled(kPhone));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(node->ledger().Publish(node.Caller(), view->incident.id));
  }
};

TEST_F(AdoptionsTest, ANewLogWaitsForTheOperatorAndNothingOfItCounts) {
  SimNode& successor = LoseTheLog();
  Publish(successor);
  circle_.Settle();
  for (SimNode* reader : {&b_, &c_}) {
    const auto said = Says(*reader);
    ASSERT_TRUE(said.has_value());
    EXPECT_EQ(said->origin, kNewLog);
    EXPECT_EQ(said->size, 3u);
    EXPECT_EQ(said->stage, SuccessionStage::kWaits);
    auto leaf = storage::LogStore(successor->store()).ReadLeaf(storage::kOwnLog, 0);
    EXPECT_EQ(said->first_leaf, crypto::MerkleLeafHash(*leaf));
    EXPECT_THAT(SuccessionWords(*(*reader)->registry().Find(kIssuer)),
                HasSubstr("daftar partner accept toko-a.test --first-entry " +
                          said->first_leaf.hex() + " --because"));
    EXPECT_THAT(Trouble(*reader), HasSubstr("its new log, toko-a2.test"));
    EXPECT_EQ((*reader)->followers().MirrorOf(kNewLog), nullptr);
    EXPECT_EQ(Finds(*reader), "toko-a.test live\n");  // it was looked up before
    EXPECT_EQ(Recorded(*reader, "partner.new-log"), 1u);
  }
}

TEST_F(AdoptionsTest, OnceAcceptedTheNewLogCountsAndNothingOfTheOldOneIsKept) {
  DAFTAR_ASSERT_OK(Ask(b_));
  NewRelay dispute;
  dispute.issuer = kIssuer;
  dispute.identifiers = {Phone(kPhone)};
  DAFTAR_ASSERT_OK(c_->relayer().Relay(c_.Caller(), dispute, std::chrono::milliseconds(2000)));
  c_->relay_sender().SendAll();
  const crypto::SpkiPin pin = a_->keys().tls.pin;
  SimNode& successor = LoseTheLog();
  EXPECT_GT(Kept(b_), 5u);
  EXPECT_GT(Kept(c_), 5u);

  auto accepted = Accept(b_);
  DAFTAR_ASSERT_OK(accepted);
  DAFTAR_ASSERT_OK(Accept(c_));
  EXPECT_EQ(accepted->origin, kNewLog);
  EXPECT_EQ(accepted->status, PartnerStatus::kActive);
  EXPECT_EQ(accepted->name, kIssuer);
  EXPECT_EQ(b_->registry().ByPin(pin)->origin, kNewLog);
  EXPECT_EQ(b_->registry().Find(kIssuer)->status, PartnerStatus::kRemoved);
  for (SimNode* reader : {&b_, &c_}) {
    EXPECT_EQ(Kept(*reader), 0u);
    EXPECT_EQ(Finds(*reader), "");
  }
  EXPECT_TRUE(b_->proof_requests().List()->empty());

  Publish(successor);
  circle_.Settle();
  for (SimNode* reader : {&b_, &c_}) {
    EXPECT_EQ(Finds(*reader), "toko-a2.test live\n");
    (*reader)->Upkeep();
    (*reader)->Upkeep();
    EXPECT_EQ(Kept(*reader), 0u);
    EXPECT_EQ(Says(*reader)->stage, SuccessionStage::kCleared);
  }
  const MirrorView copy = b_->followers().MirrorOf(kNewLog)->View();
  EXPECT_EQ(copy.trouble, "");
  EXPECT_EQ(copy.size, 4u);
  EXPECT_EQ(copy.keys.front().index, 1u);
  for (const VoidEntries::Tally& tally : copy.voids.by_reason) EXPECT_EQ(tally.entries, 0u);
  // The copied headers stay, as those of any partner that was removed.
  EXPECT_EQ(storage::LogStore(b_->store()).Load(b_->registry().Find(kIssuer)->log)->size(), 3u);
}

TEST_F(AdoptionsTest, AcceptingIsOnTheRecordAndHappensOnce) {
  EXPECT_THAT(Accept(b_), StatusIs(absl::StatusCode::kFailedPrecondition,
                                   HasSubstr("has shown no new log here")));
  LoseTheLog();
  const storage::Caller caller = b_.Caller();
  const crypto::Digest noted = Noted(b_);
  EXPECT_THAT(b_->AcceptPartner(caller, kIssuer, noted, ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(b_->AcceptPartner(caller, "toko-x.test", noted, "x"),
              StatusIs(absl::StatusCode::kNotFound));
  auto first = b_->AcceptPartner(caller, kIssuer, noted, "compared by phone");
  DAFTAR_ASSERT_OK(first);
  auto again = b_->AcceptPartner(caller, kIssuer, noted, "compared by phone");
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(*again, *first);
  for (const auto& [origin, entry] :
       {std::pair("toko-c.test", noted), std::pair(kIssuer, crypto::Digest())}) {
    EXPECT_THAT(b_->AcceptPartner(caller, origin, entry, "x"),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("request_id")));
  }
  EXPECT_THAT(Accept(b_), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("already")));
  EXPECT_EQ(Recorded(b_, "partner.accept"), 1u);
  // Nor does it come back as it was.
  EXPECT_THAT(b_->registry().SetStatus(b_.Caller(), kIssuer, PartnerStatus::kActive, "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(kNewLog)));
}

// What the two operators compared decides, and not what came in the meantime.
TEST_F(AdoptionsTest, ALogThatBeginsOtherwiseThanWhatWasComparedIsNotAccepted) {
  LoseTheLog();
  EXPECT_THAT(
      b_->AcceptPartner(b_.Caller(), kIssuer, a_first_leaf_, "compared by phone"),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr(Noted(b_).hex()), HasSubstr("daftar partner remove toko-a.test"))));
  EXPECT_EQ(Says(b_)->stage, SuccessionStage::kWaits);
  EXPECT_EQ(Finds(b_), "toko-a.test live\n");
  DAFTAR_EXPECT_OK(Accept(b_));
}

// Somebody who has copied A's keys was there first; the partners find each other all the same.
TEST_F(AdoptionsTest, AnotherNewLogIsAContradictionAndLocksNobodyOut) {
  Succession copied;
  copied.origin = "toko-x.test";
  copied.first_leaf = a_first_leaf_;
  copied.size = 3;
  DAFTAR_ASSERT_OK(b_->registry().NoteSuccession(kIssuer, copied));
  SimNode& successor = LoseTheLog();
  EXPECT_THAT(Trouble(b_), AllOf(HasSubstr("another log, toko-a2.test"),
                                 HasSubstr("it showed toko-x.test as its new log before")));
  copied.stage = SuccessionStage::kContested;
  EXPECT_EQ(Says(b_), copied);
  EXPECT_THAT(SuccessionWords(*b_->registry().Find(kIssuer)),
              AllOf(HasSubstr("--first-entry " + copied.first_leaf.hex()),
                    HasSubstr("one of them is not its own"),
                    HasSubstr("daftar partner remove toko-a.test")));
  // It is on the record once, however many more there are.
  Succession third = copied;
  third.origin = "toko-a3.test";
  third.stage = SuccessionStage::kWaits;
  EXPECT_THAT(b_->registry().NoteSuccession(kIssuer, third),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Recorded(b_, "partner.new-log"), 2u);
  b_.Stop();
  b_.Start();
  EXPECT_EQ(Says(b_), copied);

  // A's operator reads out another first entry than the one that was noted.
  auto leaf = storage::LogStore(successor->store()).ReadLeaf(storage::kOwnLog, 0);
  DAFTAR_ASSERT_OK(leaf);
  EXPECT_THAT(b_->AcceptPartner(b_.Caller(), kIssuer, crypto::MerkleLeafHash(*leaf), "by phone"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(b_->registry().Add(b_.Caller(), *successor->Card()),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("daftar partner remove")));
  DAFTAR_ASSERT_OK(
      b_->registry().SetStatus(b_.Caller(), kIssuer, PartnerStatus::kRemoved, "not their log"));
  DAFTAR_ASSERT_OK(b_->followers().Refresh());
  circle_.Pair(b_, successor);
  Publish(successor);
  circle_.Settle();
  EXPECT_EQ(Finds(b_), "toko-a2.test live\n");
}

TEST_F(AdoptionsTest, APartnerCannotReturnToALogThatWasReplaced) {
  const NodeCard old_card = *a_->Card();
  LoseTheLog();
  DAFTAR_ASSERT_OK(Accept(b_));
  EXPECT_THAT(b_->registry().Add(b_.Caller(), old_card),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(kNewLog)));
}

TEST_F(AdoptionsTest, WhatWaitsOutlivesARestartAndAnotherFinishesWhatWasAccepted) {
  SimNode& successor = LoseTheLog();
  b_.Stop();
  b_.Start();
  ASSERT_TRUE(Says(b_).has_value());
  // The process ends right after the operator's word was written.
  DAFTAR_ASSERT_OK(
      b_->registry().AcceptSuccession(b_.Caller(), kIssuer, Noted(b_), "compared by phone"));
  b_.Stop();
  b_.Start();
  EXPECT_GT(Kept(b_), 0u);
  b_->Upkeep();
  EXPECT_EQ(Kept(b_), 0u);
  b_->Upkeep();
  EXPECT_EQ(Says(b_)->stage, SuccessionStage::kCleared);
  Publish(successor);
  circle_.Settle();
  EXPECT_EQ(Finds(b_), "toko-a2.test live\n");
}

TEST_F(AdoptionsTest, ASuspendedPartnerStaysSuspendedAndARemovedOneIsNotAccepted) {
  SimNode& successor = LoseTheLog();
  DAFTAR_ASSERT_OK(
      b_->registry().SetStatus(b_.Caller(), kIssuer, PartnerStatus::kSuspended, "odd"));
  DAFTAR_ASSERT_OK(b_->followers().Refresh());
  auto accepted = Accept(b_);
  DAFTAR_ASSERT_OK(accepted);
  EXPECT_EQ(accepted->status, PartnerStatus::kSuspended);
  Publish(successor);
  circle_.Settle();
  EXPECT_EQ(Finds(b_), "");
  DAFTAR_ASSERT_OK(b_->registry().SetStatus(b_.Caller(), kNewLog, PartnerStatus::kActive, "asked"));
  DAFTAR_ASSERT_OK(b_->followers().Refresh());
  circle_.Settle();
  EXPECT_EQ(Finds(b_), "toko-a2.test live\n");

  DAFTAR_ASSERT_OK(c_->registry().SetStatus(c_.Caller(), kIssuer, PartnerStatus::kRemoved, "left"));
  DAFTAR_ASSERT_OK(c_->followers().Refresh());
  EXPECT_THAT(Accept(c_), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("removed")));
}

// What is no successor is told, is not noted, and leaves the old log as it was.
class RefusedAdoptionTest : public AdoptionsTest {
 protected:
  void ExpectRefused(const std::string& why, const std::string& origin,
                     const SuccessorFaults& faults = {}) {
    LoseTheLog(origin, faults);
    EXPECT_THAT(Trouble(b_), HasSubstr(why));
    EXPECT_FALSE(Says(b_).has_value());
    EXPECT_THAT(Accept(b_), StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_EQ(Finds(b_), "toko-a.test live\n");
  }
};

TEST_F(RefusedAdoptionTest, NotSignedByTheOldEntryKey) {
  ExpectRefused("has not signed", kNewLog, {.after_signing = [](evidence::AdoptionBody& body) {
                  auto bytes = body.old_entry_signature.array();
                  bytes[0] ^= 1;
                  body.old_entry_signature = crypto::Signature(bytes);
                }});
}

TEST_F(RefusedAdoptionTest, SignedForAnotherEndOfTheLog) {
  ExpectRefused("has not signed", kNewLog,
                {.after_signing = [](evidence::AdoptionBody& body) { ++body.size; }});
}

TEST_F(RefusedAdoptionTest, OfAnotherLog) {
  ExpectRefused(
      "adopts the log of toko-c.test", kNewLog,
      {.before_signing = [](evidence::AdoptionBody& body) { body.old_origin = "toko-c.test"; }});
}

TEST_F(RefusedAdoptionTest, ForAnotherCertificate) {
  ExpectRefused("another certificate", kNewLog,
                {.keys = [](evidence::KeysBody& keys) { keys.tls_spki = crypto::Digest(); }});
}

TEST_F(RefusedAdoptionTest, UnderTheOldHeadKey) {
  const crypto::PublicKey head = a_->keys().head.public_key();
  ExpectRefused("head key of the old log", kNewLog,
                {.keys = [head](evidence::KeysBody& keys) { keys.head = head; }});
}

TEST_F(RefusedAdoptionTest, WithAHeadThatItsKeysDoNotSign) {
  const crypto::PublicKey other = b_->keys().head.public_key();
  ExpectRefused("head key of its KEYS", kNewLog,
                {.keys = [other](evidence::KeysBody& keys) { keys.head = other; }});
}

TEST_F(RefusedAdoptionTest, SignedByAnotherKeyThanItsKeysName) {
  const crypto::PublicKey other = b_->keys().entry.public_key();
  ExpectRefused("its own entry key", kNewLog,
                {.keys = [other](evidence::KeysBody& keys) { keys.entry = other; }});
}

TEST_F(RefusedAdoptionTest, WithoutAnAdoption) {
  ExpectRefused("does not begin with an ADOPTION", kNewLog,
                {.entries = [](auto& entries) { entries.erase(entries.begin()); }});
}

TEST_F(RefusedAdoptionTest, WithoutKeysAfterIt) {
  ExpectRefused("is not its KEYS", kNewLog,
                {.entries = [](auto& entries) { std::swap(entries[1], entries[2]); }});
}

TEST_F(RefusedAdoptionTest, UnderAnotherPartnersOrigin) {
  ExpectRefused("known here already", "toko-c.test");
  EXPECT_FALSE(Says(c_).has_value());  // its own
  EXPECT_THAT(Trouble(c_), HasSubstr("this node's own"));
}

TEST_F(RefusedAdoptionTest, AlteredOnTheWay) {
  circle_.faults.alter_feed = [](const std::string& from, evidence::FeedBatch& batch) {
    if (from == kIssuer && batch.from == 0 && batch.entries.size() > 2) {
      batch.entries[2].leaf.back() ^= 1;
    }
  };
  LoseTheLog();
  EXPECT_THAT(Trouble(b_), HasSubstr("is not taken as its new one"));
  EXPECT_FALSE(Says(b_).has_value());
  b_->followers().Stop();
  c_->followers().Stop();
  circle_.faults.alter_feed = nullptr;
}

// A node whose log begins with an ADOPTION pairs as any other.
TEST_F(AdoptionsTest, ANodeWithANewLogFindsNewPartners) {
  SimNode& successor = LoseTheLog();
  SimNode& d = circle_.Add("toko-d.test");
  SimNode& e = circle_.Add("toko-e.test");
  circle_.Pair(successor, d);
  circle_.Pair(e, successor);
  Publish(successor);
  circle_.Settle();
  for (SimNode* reader : {&d, &e}) {
    EXPECT_EQ(Finds(*reader), "toko-a2.test live\n");
    EXPECT_EQ((*reader)->followers().MirrorOf(kNewLog)->View().size, 4u);
  }
  // Who holds the old log has to accept, whatever code there is.
  EXPECT_THAT(b_->registry().Add(b_.Caller(), *successor->Card()),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("daftar partner accept")));
}

TEST_F(AdoptionsTest, ACardHasTheSecondEntryExactlyAfterAnAdoption) {
  NodeCard with_keys = *a_->Card();
  const NodeCard good = *LoseTheLog()->Card();
  DAFTAR_EXPECT_OK(CheckCard(good));
  with_keys.second_leaf = good.second_leaf;
  with_keys.second_body = good.second_body;
  EXPECT_THAT(CheckCard(with_keys), StatusIs(absl::StatusCode::kInvalidArgument));
  const auto refused = [&](const std::function<void(NodeCard&)>& alter) {
    NodeCard altered = good;
    alter(altered);
    EXPECT_THAT(CheckCard(altered), StatusIs(absl::StatusCode::kInvalidArgument));
  };
  refused([](NodeCard& card) { card.second_leaf.clear(); });
  refused([](NodeCard& card) { card.second_body.clear(); });
  refused([](NodeCard& card) {
    card.second_leaf.clear();
    card.second_body.clear();
  });
  refused([](NodeCard& card) { card.second_leaf.back() ^= 1; });
  refused([](NodeCard& card) { card.second_body.back() ^= 1; });
  refused([](NodeCard& card) { card.first_leaf.back() ^= 1; });
  refused([](NodeCard& card) { card.second_leaf = card.first_leaf; });
}

// In any other place it does nothing.
TEST_F(AdoptionsTest, AnAdoptionElsewhereIsVoid) {
  SimNode& successor =
      LoseTheLog(kNewLog, {.entries = [](auto& entries) { entries.push_back(entries.front()); }});
  DAFTAR_ASSERT_OK(Accept(b_));
  Publish(successor);
  circle_.Settle();
  const MirrorView copy = b_->followers().MirrorOf(kNewLog)->View();
  EXPECT_EQ(copy.size, 5u);
  EXPECT_EQ(copy.voids.by_reason[static_cast<size_t>(VoidReason::kOutOfOrder)].entries, 1u);
  EXPECT_EQ(Finds(b_), "toko-a2.test live\n");
}

}  // namespace
}  // namespace daftar::partners
