#include "cli/progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace daftar::cli {
namespace {

TEST(ProgressTest, WritesNothingWhereNobodyLooks) {
  std::ostringstream out;
  {
    Progress progress(out, "a.csv", false);
    progress.Update(5, 10, 3);
  }
  EXPECT_EQ(out.str(), "");
}

TEST(ProgressTest, ShowsShareAndLinesAndCleansUp) {
  std::ostringstream out;
  {
    Progress progress(out, "a.csv", true);
    progress.Update(5, 10, 3);
    progress.Update(5, 10, 3);
  }
  EXPECT_EQ(out.str(),
            "\r\x1b[Ka.csv  [############............]  50 %  3 lines"
            "\r\x1b[K");
}

TEST(ProgressTest, WhatIsCountedHasItsOwnName) {
  std::ostringstream out;
  Progress progress(out, "reading", true, "customer");
  progress.Update(1000, 4000, 1000);
  EXPECT_EQ(out.str(), "\r\x1b[Kreading  [######..................]  25 %  1000 customers");
}

TEST(ProgressTest, UnknownTotalShowsLinesOnly) {
  std::ostringstream out;
  Progress progress(out, "importing", true);
  progress.Update(0, 0, 1);
  EXPECT_EQ(out.str(), "\r\x1b[Kimporting  1 line");
}

TEST(ProgressTest, FileThatGrewStaysAtHundredPercent) {
  std::ostringstream out;
  Progress progress(out, "a", true);
  progress.Update(12, 10, 2);
  EXPECT_NE(out.str().find("100 %"), std::string::npos);
}

}  // namespace
}  // namespace daftar::cli
