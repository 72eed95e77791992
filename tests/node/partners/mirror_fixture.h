// An issuer's log and a copy of it, which a test feeds by hand.
#ifndef DAFTAR_TESTS_NODE_PARTNERS_MIRROR_FIXTURE_H_
#define DAFTAR_TESTS_NODE_PARTNERS_MIRROR_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "crypto/cosignature.h"
#include "node/ledger/feed.h"
#include "node/partners/mirror.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {

// One issuer with a real log, and a mirror of it in another node's database.
class MirrorTest : public ::testing::Test {
 protected:
  MirrorTest() {
    auto partner = reader_->registry().Add(reader_.Caller(), *issuer_->Card());
    EXPECT_THAT(partner, ::daftar::testing::IsOk());
    partner_ = *partner;
    Reopen();
  }
  void Reopen() {
    auto mirror = Mirror::Open(reader_->store(), circle_.clock(), partner_);
    ASSERT_THAT(mirror, ::daftar::testing::IsOk());
    mirror_ = *std::move(mirror);
  }
  void Publish(int count) {
    for (int i = 0; i < count; ++i) {
      auto view = issuer_->ledger().Add(
          issuer_.Caller(),
          ::daftar::testing::DepositUnsettled("0812-3456-7" + std::to_string(801 + next_++)));
      DAFTAR_ASSERT_OK(view);
      last_ = view->incident.id;
      DAFTAR_ASSERT_OK(issuer_->ledger().Publish(issuer_.Caller(), last_));
    }
    DAFTAR_ASSERT_OK(issuer_->Tick());
  }
  evidence::FeedBatch Feed(size_t most = 10'000) {
    auto batch =
        ledger::ReadFeed(issuer_->store(), issuer_->publisher(), mirror_->View().size, most);
    EXPECT_THAT(batch, ::daftar::testing::IsOk());
    return batch.ok() ? *batch : evidence::FeedBatch();
  }
  // The batch is refused and nothing of it is kept, also after a restart.
  void ExpectRefused(const evidence::FeedBatch& batch) {
    const uint64_t size = mirror_->View().size;
    EXPECT_THAT(mirror_->Apply(batch), ::testing::Not(::daftar::testing::IsOk()));
    EXPECT_EQ(mirror_->View().size, size);
    Reopen();
    EXPECT_EQ(mirror_->View().size, size);
  }
  // A head of the issuer over any tree, as only its own key can make it.
  std::string HeadOver(uint64_t size, const crypto::Digest& root, int64_t seconds_ahead = 0) {
    const crypto::Checkpoint checkpoint{"toko-a.test", size, root};
    crypto::Note note;
    note.text = checkpoint.ToText();
    note.signatures = {
        crypto::SignNote(note.text, "toko-a.test", issuer_->keys().head),
        crypto::Cosign(note.text,
                       static_cast<uint64_t>(circle_.clock().Now().seconds() + seconds_ahead),
                       "toko-a.test/self", issuer_->keys().self)};
    return note.ToString();
  }

  evidence::FeedBatch EarlyHeadOfSix(const evidence::FeedBatch& whole);

  ::daftar::testing::SimCircle circle_;
  ::daftar::testing::SimNode& issuer_ = circle_.Add("toko-a.test");
  ::daftar::testing::SimNode& reader_ = circle_.Add("toko-b.test");
  Partner partner_;
  std::unique_ptr<Mirror> mirror_;
  ledger::IncidentId last_;
  int next_ = 0;
};

// Entries 0 to 2 of `whole` under a signed head that states a tree of six, the sixth of which the
// log does not have: true to its own proof, and not to the log.
inline evidence::FeedBatch MirrorTest::EarlyHeadOfSix(const evidence::FeedBatch& whole) {
  std::vector<crypto::Digest> leaves(6);
  for (size_t i = 0; i < 5; ++i) leaves[i] = crypto::MerkleLeafHash(whole.entries[i].leaf);
  const crypto::SubtreeReader read = [&](uint32_t level,
                                         uint64_t index) -> absl::StatusOr<crypto::Digest> {
    crypto::CompactTree tree;
    for (uint64_t i = index << level; i < (index + 1) << level; ++i) tree.Append(leaves[i]);
    return tree.Root();
  };
  crypto::CompactTree other;
  for (const crypto::Digest& leaf : leaves) other.Append(leaf);
  evidence::FeedBatch first = Feed(3);
  first.head = HeadOver(6, other.Root());
  first.consistency = *crypto::MerkleConsistencyProof(3, 6, read);
  return first;
}

}  // namespace daftar::partners

#endif  // DAFTAR_TESTS_NODE_PARTNERS_MIRROR_FIXTURE_H_
