// What the daemon's log is told of logs that cannot be believed any more.
#include "node/service/trouble_news.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/merkle.h"
#include "crypto/note.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TroubleNewsTest : public ::testing::Test {
 protected:
  TroubleNewsTest() { circle_.PairAll(); }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  TroubleNews news_{*a_};
};

TEST_F(TroubleNewsTest, TheOwnLogIsToldOnceWhenItStopsAndOnceWhenItGoesOn) {
  EXPECT_THAT(news_.Take(), IsEmpty());
  a_->publisher().StopSigning("a second node signs", "no note");
  const auto stopped = news_.Take();
  ASSERT_EQ(stopped.size(), 1u);
  EXPECT_FALSE(stopped[0].over);
  EXPECT_EQ(stopped[0].text, "nothing is signed: a second node signs");
  EXPECT_THAT(news_.Take(), IsEmpty());
  DAFTAR_ASSERT_OK(a_->RecoverLog(a_.Caller(), {{}, "a drill"},
                                  [](const std::string&, uint64_t) { return true; }));
  const auto over = news_.Take();
  ASSERT_EQ(over.size(), 1u);
  EXPECT_TRUE(over[0].over);
  EXPECT_EQ(over[0].text, "the log is signed again");
  EXPECT_THAT(news_.Take(), IsEmpty());
}

TEST_F(TroubleNewsTest, APartnersForkIsToldOnce) {
  circle_.Settle();
  crypto::Checkpoint other = b_->publisher().Head()->checkpoint;
  other.root = crypto::MerkleLeafHash(crypto::AsBytes(std::string_view("another history")));
  crypto::Note note;
  note.text = other.ToText();
  note.signatures.push_back(crypto::SignNote(note.text, other.origin, b_->keys().head));
  const auto mirror = a_->followers().MirrorOf("toko-b.test");
  ASSERT_NE(mirror, nullptr);
  EXPECT_FALSE(mirror->CompareHead(other, note.ToString()).ok());
  ASSERT_TRUE(mirror->View().forked);
  const auto told = news_.Take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_FALSE(told[0].over);
  EXPECT_THAT(told[0].text, AllOf(HasSubstr("partner toko-b.test: two signed heads"),
                                  HasSubstr("contradict each other")));
  EXPECT_THAT(news_.Take(), IsEmpty());
}

}  // namespace
}  // namespace daftar::service
