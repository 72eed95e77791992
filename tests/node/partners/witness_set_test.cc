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

// Two readers of one log know other partners, and have heard from others: each counts by its own
// set, so that a report may count at one and not yet at the other.
TEST(WitnessSetTest, DiffersBetweenReadersAndEachCountsByItsOwn) {
  const std::vector<Partner> of_reader_b{Named("a.test"), Named("c.test"), Named("d.test")};
  const std::vector<Partner> of_reader_c{Named("a.test"), Named("b.test"), Named("d.test"),
                                         Named("e.test")};
  MirrorView at_b;
  at_b.cosigned = {{"b.test", 9}, {"c.test", 9}, {"d.test", 4}};
  MirrorView at_c;
  at_c.cosigned = {{"b.test", 4}, {"c.test", 9}, {"d.test", 4}, {"e.test", 4}};
  const auto of_b = WitnessSet(at_b, "a.test", "b.test", of_reader_b);
  const auto of_c = WitnessSet(at_c, "a.test", "c.test", of_reader_c);
  EXPECT_THAT(of_b, ElementsAre("b.test", "c.test", "d.test"));
  EXPECT_THAT(of_c, ElementsAre("c.test", "b.test", "d.test", "e.test"));
  EXPECT_EQ(CountedSize(at_b, of_b), 9u);
  EXPECT_EQ(CountedSize(at_c, of_c), 4u);
}

// One that is suspended counts neither for a head nor as one of those that are missing.
TEST(WitnessSetTest, WhoIsNotActiveIsNeitherCountedNorWaitedFor) {
  MirrorView view;
  view.cosigned = {{"b.test", 9}, {"c.test", 2}, {"d.test", 9}, {"e.test", 9}, {"me.test", 9}};
  const std::vector<Partner> all{Named("b.test"), Named("c.test"), Named("d.test"),
                                 Named("e.test")};
  EXPECT_EQ(CountedSize(view, WitnessSet(view, "a.test", "me.test", all)), 9u);
  // Without B, D and E only C is left beside the reader: too few to be independent.
  const std::vector<Partner> few{Named("c.test")};
  const auto left = WitnessSet(view, "a.test", "me.test", few);
  EXPECT_THAT(left, ElementsAre("me.test", "c.test"));
  EXPECT_LT(left.size(), kLeastIndependentWitnesses);
  // What a suspended one states to hold moves nothing.
  view.cosigned = {{"b.test", 9}, {"c.test", 2}, {"d.test", 9}, {"me.test", 2}};
  const std::vector<Partner> without_b{Named("c.test"), Named("d.test")};
  EXPECT_EQ(CountedSize(view, WitnessSet(view, "a.test", "me.test", without_b)), 2u);
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
