#include "node/partners/witness_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace daftar::partners {
namespace {

using ::testing::ElementsAre;

Partner Named(const std::string& origin) {
  Partner partner;
  partner.origin = origin;
  return partner;
}

TEST(WitnessSetTest, IsTheReaderAndActivePartnersThatReplicateNeverTheIssuer) {
  MirrorView view;
  view.cosigned = {{"a.test", 9}, {"b.test", 5}, {"d.test", 5}, {"gone.test", 5}, {"me.test", 5}};
  const std::vector<Partner> active{Named("a.test"), Named("c.test"), Named("d.test"),
                                    Named("b.test")};
  EXPECT_THAT(WitnessSet(view, "a.test", "me.test", active),
              ElementsAre("me.test", "b.test", "d.test"));
}

uint64_t Counted(CosignedSizes cosigned, const std::vector<std::string>& witnesses) {
  MirrorView view;
  view.cosigned = std::move(cosigned);
  return CountedSize(view, witnesses);
}

TEST(WitnessSetTest, OfTwoOrFewerTheReaderAloneIsEnough) {
  EXPECT_EQ(Counted({}, {"me"}), 0u);
  EXPECT_EQ(Counted({{"me", 7}}, {"me"}), 7u);
  EXPECT_EQ(Counted({{"me", 7}, {"b", 3}}, {"me", "b"}), 7u);
  EXPECT_EQ(Counted({{"me", 3}, {"b", 7}}, {"me", "b"}), 3u);
}

TEST(WitnessSetTest, OfThreeOrMoreItTakesMoreThanHalf) {
  EXPECT_EQ(Counted({{"me", 9}, {"b", 5}, {"c", 2}}, {"me", "b", "c"}), 5u);
  EXPECT_EQ(Counted({{"me", 2}, {"b", 5}, {"c", 9}}, {"me", "b", "c"}), 5u);
  // Half of four is not more than half.
  EXPECT_EQ(Counted({{"me", 9}, {"b", 9}, {"c", 2}, {"d", 1}}, {"me", "b", "c", "d"}), 2u);
  EXPECT_EQ(Counted({{"me", 9}, {"b", 9}, {"c", 9}, {"d", 1}}, {"me", "b", "c", "d"}), 9u);
  EXPECT_EQ(
      Counted({{"me", 9}, {"b", 9}, {"c", 8}, {"d", 1}, {"e", 0}}, {"me", "b", "c", "d", "e"}), 8u);
  EXPECT_EQ(Counted({{"me", 9}}, {"me", "b", "c"}), 0u);
}

TEST(WitnessSetTest, KeysCountOnceTheirEntryDoes) {
  MirrorView view;
  view.keys = {{0, {}}, {5, {}}};
  EXPECT_EQ(CountedKeys(view, 0), nullptr);
  EXPECT_EQ(CountedKeys(view, 5)->index, 0u);
  EXPECT_EQ(CountedKeys(view, 6)->index, 5u);
}

}  // namespace
}  // namespace daftar::partners
