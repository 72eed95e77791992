#include "node/decision/roc.h"

#include <gtest/gtest.h>

namespace daftar::decision {
namespace {

// Descending: bad 900; good 800; bad, good, good at 500; bad 100; good 50.
std::vector<Ranked> Some() {
  return {{500, false}, {900, true},  {100, true}, {500, true},
          {50, false},  {800, false}, {500, false}};
}

TEST(RocTest, AucCountsPairsAndHalvesTies) {
  // Bad at 900 beats 4 of 4 good ones; at 500: one below, two tied, so 2; at 100: 1.
  EXPECT_DOUBLE_EQ(RocCurve(Some()).Auc(), (4 + 2 + 1) / 12.0);
  EXPECT_DOUBLE_EQ(RocCurve({{2, true}, {1, false}}).Auc(), 1);
  EXPECT_DOUBLE_EQ(RocCurve({{1, true}, {2, false}}).Auc(), 0);
  EXPECT_DOUBLE_EQ(RocCurve({{7, true}, {7, false}, {7, false}}).Auc(), 0.5);
}

TEST(RocTest, WithoutGoodOrWithoutBadOrdersNothingIsTold) {
  EXPECT_DOUBLE_EQ(RocCurve({}).Auc(), 0.5);
  EXPECT_DOUBLE_EQ(RocCurve({{5, true}}).Auc(), 0.5);
  EXPECT_DOUBLE_EQ(RocCurve({{5, false}}).Auc(), 0.5);
  EXPECT_DOUBLE_EQ(RocCurve({{5, true}}).CaughtAt(0.02), 0);
  EXPECT_DOUBLE_EQ(RocCurve({{5, false}}).CaughtAt(0.02), 0);
  EXPECT_DOUBLE_EQ(RocCurve({{5, true}}).HinderedAt({0, 1}), 0);
}

TEST(RocTest, WhatIsCaughtIsInterpolatedWithinATie) {
  const RocCurve curve(Some());
  EXPECT_EQ(curve.good(), 4u);
  EXPECT_EQ(curve.bad(), 3u);
  EXPECT_DOUBLE_EQ(curve.CaughtAt(0), 1 / 3.0);      // the one above all good ones costs nothing
  EXPECT_DOUBLE_EQ(curve.CaughtAt(0.125), 1 / 3.0);  // half of the good one at 800
  EXPECT_DOUBLE_EQ(curve.CaughtAt(0.25), 1 / 3.0);
  EXPECT_DOUBLE_EQ(curve.CaughtAt(0.5), 1.5 / 3);  // half of the tie at 500
  EXPECT_DOUBLE_EQ(curve.CaughtAt(0.75), 1);       // the whole tie, and the bad one below it
  EXPECT_DOUBLE_EQ(curve.CaughtAt(1), 1);
}

TEST(RocTest, AThresholdHindersWhatWasAskedForAndIsUsedOnOtherOrders) {
  const RocCurve curve(Some());
  for (const double share : {0.0, 0.1, 0.25, 0.6, 0.9, 1.0}) {
    EXPECT_DOUBLE_EQ(curve.HinderedAt(curve.ThresholdAt(share)), share);
  }
  const RocThreshold half = curve.ThresholdAt(0.5);
  EXPECT_EQ(half.r_ppm, 500u);
  EXPECT_DOUBLE_EQ(half.of_tie, 0.5);
  EXPECT_DOUBLE_EQ(RocCurve({{501, false}, {500, false}, {499, false}}).HinderedAt(half), 1.5 / 3);
}

}  // namespace
}  // namespace daftar::decision
