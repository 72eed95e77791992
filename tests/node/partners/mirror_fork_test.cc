// Heads of one log that cannot both be true, as a copy of the log meets them.
#include <memory>
#include <string>
#include <vector>

#include "node/audit/policy.h"
#include "node/partners/cosigner.h"
#include "node/partners/mirror.h"
#include "node/partners/trouble_words.h"
#include "tests/node/partners/mirror_fixture.h"
#include "tests/support/fakes.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(MirrorTest, TwoHeadsOfOneSizeAreAForkAndBothAreKept) {
  Publish(1);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  evidence::FeedBatch fork;
  fork.from = 3;
  fork.head = HeadOver(3, crypto::Digest());
  EXPECT_THAT(mirror_->Apply(fork), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_TRUE(mirror_->View().forked);
  EXPECT_THAT(TroubleWords(partner_, mirror_->View()), HasSubstr("contradict"));
  Reopen();
  EXPECT_TRUE(mirror_->View().forked);
  EXPECT_THAT(mirror_->Apply(Feed()), StatusIs(absl::StatusCode::kDataLoss));
  for (const char* which : {"1", "2"}) {
    auto note = reader_->store().Get(
        storage::Column::kLogHeads,
        crypto::Writer().U32(static_cast<uint32_t>(partner_.log)).Raw(which).Take());
    ASSERT_TRUE((*note).has_value());
    DAFTAR_EXPECT_OK(crypto::ParseNote(crypto::AsText(**note)));
  }
}

TEST_F(MirrorTest, ASmallerHeadOfAnotherHistoryIsAFork) {
  // A backup of three entries was restored, and another one was written since.
  Publish(1);
  crypto::CompactTree restored;
  for (const evidence::FeedEntry& entry : Feed().entries) {
    restored.Append(crypto::MerkleLeafHash(entry.leaf));
  }
  restored.Append(crypto::Digest());
  Publish(4);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  const std::string known = issuer_->publisher().Head()->note;
  evidence::FeedBatch fork;
  fork.from = 7;
  fork.head = HeadOver(4, restored.Root());
  EXPECT_THAT(mirror_->Apply(fork),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("contradicts its earlier one")));
  EXPECT_TRUE(mirror_->View().forked);
  Reopen();
  EXPECT_TRUE(mirror_->View().forked);
}

TEST_F(MirrorTest, AnotherHistoryThatHasGrownPastTheCopyIsProvenByReadingItWhole) {
  Publish(3);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  const crypto::Checkpoint held = *mirror_->View().head;
  // Three entries of five were restored, and four others written since.
  evidence::FeedBatch other;
  crypto::CompactTree tree;
  auto whole = ledger::ReadFeed(issuer_->store(), issuer_->publisher(), 0);
  for (size_t i = 0; i < 7; ++i) {
    evidence::FeedEntry entry = whole->entries[std::min<size_t>(i, 2)];
    if (i >= 3) entry = {crypto::Bytes{static_cast<uint8_t>(i)}, std::nullopt};
    tree.Append(crypto::MerkleLeafHash(entry.leaf));
    other.entries.push_back(std::move(entry));
  }
  other.head = HeadOver(7, tree.Root());
  evidence::FeedBatch rest;
  rest.from = 5;
  rest.entries = {other.entries[5], other.entries[6]};
  rest.head = other.head;
  EXPECT_THAT(mirror_->Apply(rest), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_FALSE(mirror_->View().forked);  // the way may have altered it
  ASSERT_TRUE(mirror_->Suspicious());

  // Not the entries of its own head: says nothing about the issuer.
  Mirror::Comparison altered;
  evidence::FeedBatch broken = other;
  broken.entries[6].leaf = {9};
  EXPECT_THAT(mirror_->Compare(broken, altered), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_FALSE(mirror_->View().forked);

  // The log that was copied, again: no fork.
  Mirror::Comparison same;
  DAFTAR_EXPECT_OK(mirror_->Compare(*whole, same));
  EXPECT_TRUE(same.done);
  EXPECT_FALSE(mirror_->View().forked);

  Mirror::Comparison fork;
  evidence::FeedBatch first = other;
  first.entries.resize(4);
  DAFTAR_ASSERT_OK(mirror_->Compare(first, fork));
  EXPECT_FALSE(fork.done);
  evidence::FeedBatch second = other;
  second.from = 4;
  second.entries.erase(second.entries.begin(), second.entries.begin() + 4);
  EXPECT_THAT(mirror_->Compare(second, fork), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_TRUE(mirror_->View().forked);
  Reopen();
  EXPECT_TRUE(mirror_->View().forked);
}

TEST_F(MirrorTest, AHeadSeenEarlyMustComeTrueEvenWhenAnotherCameAfterIt) {
  Publish(6);
  DAFTAR_ASSERT_OK(mirror_->Apply(EarlyHeadOfSix(Feed())));
  // One true entry under the true head of eight: consistent with the three and with the head.
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed(1)));
  Reopen();
  EXPECT_THAT(mirror_->Apply(Feed()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("earlier head of size 6")));
  EXPECT_TRUE(mirror_->View().forked);
}

TEST_F(MirrorTest, AHeadSeenEarlyMustComeTrueLater) {
  Publish(4);
  DAFTAR_ASSERT_OK(mirror_->Apply(EarlyHeadOfSix(Feed())));
  // The true entries contradict that head.
  EXPECT_THAT(mirror_->Apply(Feed()), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_TRUE(mirror_->View().forked);
}

// Two trees of which the first entries are the issuer's and the rest belongs to no history it has.
class MirrorForkTest : public MirrorTest {
 protected:
  // The issuer's first `same` entries and others up to `size`, under a head that its key signed.
  evidence::FeedBatch OtherHistory(uint64_t same, uint64_t size) {
    auto whole = ledger::ReadFeed(issuer_->store(), issuer_->publisher(), 0);
    EXPECT_THAT(whole, ::daftar::testing::IsOk());
    evidence::FeedBatch other;
    crypto::CompactTree tree;
    for (uint64_t i = 0; i < size; ++i) {
      other.entries.push_back(
          i < same ? whole->entries[i]
                   : evidence::FeedEntry{crypto::Bytes{static_cast<uint8_t>(i)}, std::nullopt});
      tree.Append(crypto::MerkleLeafHash(other.entries.back().leaf));
    }
    other.head = HeadOver(size, tree.Root());
    return other;
  }
  // Nothing but the head of that history.
  evidence::FeedBatch HeadAlone(const evidence::FeedBatch& history) {
    evidence::FeedBatch head;
    head.from = mirror_->View().size;
    head.head = history.head;
    return head;
  }
  absl::StatusOr<HeadFit> Told(const std::string& note) {
    return mirror_->CompareHead(*crypto::ParseCheckpoint(crypto::ParseNote(note)->text), note);
  }
  void ExpectForked(const std::string& note) {
    EXPECT_TRUE(mirror_->View().forked);
    Reopen();
    EXPECT_TRUE(mirror_->View().forked);
    auto kept = mirror_->ForkEvidence();
    DAFTAR_ASSERT_OK(kept);
    ASSERT_EQ(kept->size(), 2u);
    EXPECT_EQ(crypto::ParseNote((*kept)[1])->text, crypto::ParseNote(note)->text);
    EXPECT_NE((*kept)[0], (*kept)[1]);
  }
  // The first three of eight entries are held, as a whole; then a fourth, of the eight.
  void HoldFourOfEight() {
    Publish(1);
    DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
    Publish(5);
    DAFTAR_ASSERT_OK(mirror_->Apply(Feed(1)));
    ASSERT_EQ(mirror_->View().size, 4u);
    ASSERT_EQ(mirror_->View().head->size, 3u);
  }
};

TEST_F(MirrorForkTest, WhatOthersShowIsComparedWithAHeadWhoseEntriesAreOnTheWay) {
  HoldFourOfEight();
  DAFTAR_EXPECT_OK(Told(issuer_->publisher().Head()->note));
  EXPECT_FALSE(mirror_->View().forked);
  const std::string other = OtherHistory(4, 8).head;
  EXPECT_THAT(Told(other), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("of one size")));
  ExpectForked(other);
}

TEST_F(MirrorForkTest, TheEvidenceHasTheCosignaturesThatVerifyOneOfAKey) {
  ::daftar::testing::FakeEntropy entropy(11);
  const auto c = crypto::SigningKey::Generate(entropy);
  const auto d = crypto::SigningKey::Generate(entropy);
  const auto stranger = crypto::SigningKey::Generate(entropy);
  const auto cosigners = std::make_shared<CosignerKeys>();
  cosigners->Set("toko-c.test", c.public_key());
  cosigners->Set("toko-d.test", d.public_key());
  mirror_ = *Mirror::Open(reader_->store(), circle_.clock(), partner_, cosigners);
  Publish(1);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  Cosigner cosigner(circle_.clock(), "toko-b.test", reader_->keys().mirror);
  DAFTAR_ASSERT_OK(cosigner.Cosign(*mirror_));

  crypto::Note other = *crypto::ParseNote(HeadOver(3, crypto::Digest()));
  const auto add = [&](const std::string& origin, const crypto::SigningKey& key, int64_t ahead) {
    other.signatures.push_back(
        crypto::Cosign(other.text, static_cast<uint64_t>(circle_.clock().Now().seconds() + ahead),
                       evidence::MirrorKeyName(origin), key));
  };
  add("toko-c.test", c, 0);
  other.signatures.back().blob[20] ^= 1;  // does not keep out the one that verifies
  add("toko-c.test", c, kMaxCosignatureAheadSeconds);
  add("toko-c.test", c, 0);
  add("toko-d.test", d, kMaxCosignatureAheadSeconds + 1);
  add("toko-e.test", stranger, 0);
  other.signatures.push_back(other.signatures[0]);
  EXPECT_THAT(Told(other.ToString()), StatusIs(absl::StatusCode::kDataLoss));

  Reopen();
  const auto proof = mirror_->ForkProof();
  DAFTAR_ASSERT_OK(proof);
  const auto names = [](const std::string& text) {
    std::vector<std::string> found;
    const auto note = crypto::ParseNote(text);
    for (const crypto::NoteSignature& line : note->signatures) found.push_back(line.name);
    return found;
  };
  EXPECT_THAT(names(proof->first),
              ElementsAre("toko-a.test", "toko-a.test/self", "toko-b.test/mirror"));
  EXPECT_THAT(names(proof->second),
              ElementsAre("toko-a.test", "toko-a.test/self", "toko-c.test/mirror"));
  const auto vkey = [](const std::string& origin, const crypto::PublicKey& key) {
    return crypto::NoteKey{evidence::MirrorKeyName(origin), crypto::KeyType::kCosignature, key}
        .ToVkey();
  };
  const crypto::NoteKey log{"toko-a.test", crypto::KeyType::kEd25519,
                            mirror_->View().keys.back().keys.head};
  const auto policy = audit::TlogPolicy::Parse(
      "log " + log.ToVkey() + "\nwitness b " +
      vkey("toko-b.test", reader_->keys().mirror.public_key()) + "\nwitness c " +
      vkey("toko-c.test", c.public_key()) + "\nquorum none\n");
  DAFTAR_ASSERT_OK(policy);
  const auto heads = proof->Heads(*policy);
  DAFTAR_ASSERT_OK(heads);
  DAFTAR_EXPECT_OK(proof->Prove(*heads));
  EXPECT_THAT(heads->first.witnesses, SizeIs(1));
  EXPECT_THAT(heads->second.witnesses, SizeIs(1));
}

TEST_F(MirrorForkTest, NoPaddingMakesTheEvidenceLargerThanANote) {
  // As many cosigners as a note has room for, under names that are as long as they can be.
  const auto cosigners = std::make_shared<CosignerKeys>();
  mirror_ = *Mirror::Open(reader_->store(), circle_.clock(), partner_, cosigners);
  Publish(1);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  std::vector<Cosignature> kept;
  for (uint8_t i = 0; i < 120; ++i) {
    kept.push_back({std::string(240, static_cast<char>('a' + i % 26)) + std::to_string(i), 3,
                    mirror_->View().head->root, circle_.clock().Now().seconds(), crypto::KeyId(),
                    crypto::Bytes(72, i)});
  }
  DAFTAR_ASSERT_OK(mirror_->cosignatures().Keep(std::move(kept)));
  EXPECT_THAT(Told(HeadOver(3, crypto::Digest())), StatusIs(absl::StatusCode::kDataLoss));
  const auto evidence = mirror_->ForkEvidence();
  DAFTAR_ASSERT_OK(evidence);
  ASSERT_THAT(*evidence, SizeIs(2));
  EXPECT_LE((*evidence)[0].size(), evidence::kMaxFeedHeadBytes);
  EXPECT_GT((*evidence)[0].size(), evidence::kMaxFeedHeadBytes / 2);
  DAFTAR_EXPECT_OK(crypto::ParseNote((*evidence)[0]));
}

TEST_F(MirrorForkTest, WhatTheLogShowsIsComparedWithAHeadThatOthersHaveShown) {
  Publish(1);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  Publish(5);
  auto fit = Told(OtherHistory(3, 8).head);
  DAFTAR_ASSERT_OK(fit);
  EXPECT_EQ(*fit, HeadFit::kNotHeld);
  const evidence::FeedBatch batch = Feed(1);  // the other seven are not there yet
  EXPECT_THAT(mirror_->Apply(batch), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("size 8")));
  EXPECT_EQ(mirror_->View().size, 3u);
  ExpectForked(batch.head);
}

TEST_F(MirrorForkTest, AnEarlierHeadOnTheWayIsNotForgottenForALaterOne) {
  Publish(6);
  DAFTAR_ASSERT_OK(mirror_->Apply(EarlyHeadOfSix(Feed())));  // three entries
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed(1)));                 // of the true eight
  const evidence::FeedBatch other = HeadAlone(OtherHistory(4, 6));
  EXPECT_THAT(mirror_->Apply(other), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("size 6")));
  ExpectForked(other.head);
}

TEST_F(MirrorForkTest, ASmallerHeadIsComparedThoughNoHeadIsHeldAsAWholeYet) {
  Publish(6);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed(4)));
  ASSERT_FALSE(mirror_->View().head.has_value());
  const evidence::FeedBatch other = HeadAlone(OtherHistory(2, 3));
  EXPECT_THAT(mirror_->Apply(other),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("contradicts its earlier one")));
  ExpectForked(other.head);
}

TEST_F(MirrorForkTest, AComparisonFindsWhatContradictsTheEntriesHeldBeyondTheLastWholeHead) {
  HoldFourOfEight();
  const evidence::FeedBatch other = OtherHistory(3, 9);  // true to the head of three
  evidence::FeedBatch rest = HeadAlone(other);
  rest.entries.assign(other.entries.begin() + 4, other.entries.end());
  EXPECT_THAT(mirror_->Apply(rest), StatusIs(absl::StatusCode::kDataLoss));
  ASSERT_TRUE(mirror_->Suspicious());
  EXPECT_FALSE(mirror_->View().forked);
  Mirror::Comparison comparison;
  EXPECT_THAT(mirror_->Compare(other, comparison), StatusIs(absl::StatusCode::kDataLoss));
  ExpectForked(other.head);
}

TEST_F(MirrorForkTest, AComparisonFindsWhatContradictsAHeadThatIsOnTheWay) {
  HoldFourOfEight();
  const evidence::FeedBatch other = OtherHistory(5, 9);  // true to all four that are held
  Mirror::Comparison comparison;
  EXPECT_THAT(mirror_->Compare(other, comparison),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("the 8 entries")));
  ExpectForked(other.head);
}

TEST_F(MirrorForkTest, AComparisonFindsWhatContradictsAHeadThatOthersHaveShown) {
  Publish(1);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  Publish(5);
  DAFTAR_ASSERT_OK(Told(OtherHistory(3, 7).head));
  Mirror::Comparison comparison;
  auto whole = ledger::ReadFeed(issuer_->store(), issuer_->publisher(), 0);
  EXPECT_THAT(mirror_->Compare(*whole, comparison), StatusIs(absl::StatusCode::kDataLoss));
  ExpectForked(whole->head);
}

TEST_F(MirrorForkTest, ASmallerHeadBeyondTheCopyIsProvenByReadingItWhole) {
  HoldFourOfEight();
  const evidence::FeedBatch other = OtherHistory(3, 6);
  EXPECT_THAT(mirror_->Apply(HeadAlone(other)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("became shorter")));
  EXPECT_FALSE(mirror_->View().forked);  // a restored backup is not
  ASSERT_TRUE(mirror_->Suspicious());
  Mirror::Comparison comparison;
  EXPECT_THAT(mirror_->Compare(other, comparison), StatusIs(absl::StatusCode::kDataLoss));
  ExpectForked(other.head);
}

TEST_F(MirrorForkTest, ASmallerHeadOfTheSameHistoryIsNoForkWhenItIsRead) {
  Publish(4);
  auto six = ledger::ReadFeed(issuer_->store(), issuer_->publisher(), 0);
  DAFTAR_ASSERT_OK(six);
  Publish(2);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed(4)));
  EXPECT_THAT(mirror_->Apply(HeadAlone(*six)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("became shorter")));
  ASSERT_TRUE(mirror_->Suspicious());
  Mirror::Comparison comparison;
  DAFTAR_EXPECT_OK(mirror_->Compare(*six, comparison));
  EXPECT_TRUE(comparison.done);
  EXPECT_FALSE(mirror_->View().forked);
}

}  // namespace
}  // namespace daftar::partners
