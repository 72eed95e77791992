#include "node/partners/conduct.h"

#include <gtest/gtest.h>

#include <limits>

namespace daftar::partners {
namespace {

constexpr int64_t kDay = 86'400;
constexpr int64_t kStart = 20'000 * kDay;

evidence::Charter Bounds() {
  evidence::Charter charter;
  charter.flood_least_reports = 20;
  charter.flood_times_usual = 10;
  charter.withdrawn_least = 3;
  charter.withdrawn_percent = 20;
  return charter;
}

void Publish(Conduct& conduct, int64_t day, int reports) {
  for (int i = 0; i < reports; ++i) conduct.AddReport(kStart + day * kDay + i);
}

TEST(ConductTest, AUsualDayIsNoFlood) {
  Conduct conduct;
  for (int64_t day = 0; day < 40; ++day) Publish(conduct, day, 20);
  for (int64_t day = 40; day < 80; ++day) Publish(conduct, day, 50);
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart + 79 * kDay), std::nullopt);
}

TEST(ConductTest, ManyTimesTheUsualNumberIsAFlood) {
  Conduct conduct;
  for (int64_t day = 0; day < 28; ++day) Publish(conduct, day, 3);
  Publish(conduct, 28, 30);  // ten times, and no more
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart + 28 * kDay), std::nullopt);
  Publish(conduct, 28, 1);
  const auto flood = SuspicionOf(conduct, Bounds(), kStart + 28 * kDay + 60);
  ASSERT_TRUE(flood.has_value());
  EXPECT_EQ(flood->suspicion, Suspicion::kFlood);
  EXPECT_EQ(flood->seen, 31u);
  EXPECT_EQ(flood->of, 3u);
  EXPECT_EQ(flood->since, kStart + 28 * kDay + 60);
  EXPECT_EQ(Words(*flood), "it published 31 reports in a day, where 3 are usual");
}

TEST(ConductTest, DaysWithoutReportsAreUsualDaysToo) {
  Conduct conduct;
  Publish(conduct, 0, 28);  // one a day, on the mean of the 28 days before the next
  Publish(conduct, 28, 21);
  const auto flood = SuspicionOf(conduct, Bounds(), kStart + 28 * kDay);
  ASSERT_TRUE(flood.has_value());
  EXPECT_EQ(flood->of, 1u);
}

TEST(ConductTest, FewReportsAreNeverAFlood) {
  Conduct conduct;
  Publish(conduct, 0, 1);
  Publish(conduct, 27, 20);
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart + 27 * kDay), std::nullopt);
}

TEST(ConductTest, OnTheFirstDayTheLeastNumberDecides) {
  Conduct conduct;
  Publish(conduct, 0, 20);
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart), std::nullopt);
  Publish(conduct, 0, 1);
  const auto flood = SuspicionOf(conduct, Bounds(), kStart);
  ASSERT_TRUE(flood.has_value());
  EXPECT_EQ(Words(*flood), "it published 21 reports in a day, and none are usual yet");
}

TEST(ConductTest, AFloodIsFoundThoughOthersFollowItOrItCameLate) {
  Conduct conduct;
  Publish(conduct, 0, 100);
  Publish(conduct, 1, 1);  // behind midnight
  EXPECT_TRUE(SuspicionOf(conduct, Bounds(), kStart + kDay).has_value());
  EXPECT_TRUE(SuspicionOf(conduct, Bounds(), kStart + 60 * kDay).has_value());
  Publish(conduct, static_cast<int64_t>(kLookedAtDays) - 1, 1);
  EXPECT_TRUE(SuspicionOf(conduct, Bounds(), kStart).has_value());
  Publish(conduct, static_cast<int64_t>(kLookedAtDays), 1);
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart), std::nullopt);  // history
}

TEST(ConductTest, ANewLogCannotMakeMuchUsualByGrowingFast) {
  Conduct conduct;
  Publish(conduct, 0, 20);
  Publish(conduct, 1, 200);
  EXPECT_TRUE(SuspicionOf(conduct, Bounds(), kStart + kDay).has_value());
}

TEST(ConductTest, WhatAnOperatorHasLookedAtIsUsual) {
  Conduct conduct;
  Publish(conduct, 0, 100);
  conduct.unanswered = 7;
  ASSERT_TRUE(SuspicionOf(conduct, Bounds(), kStart).has_value());
  conduct.Look();
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart), std::nullopt);
  Publish(conduct, 0, 20);
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart), std::nullopt);
  Publish(conduct, 0, 1);
  EXPECT_TRUE(SuspicionOf(conduct, Bounds(), kStart).has_value());
}

TEST(ConductTest, WhoNeverAnswersIsNoBetterThanWhoGivesUp) {
  Conduct conduct;
  for (int64_t day = 0; day < 10; ++day) Publish(conduct, day, 1);
  conduct.AddWithdrawn();
  conduct.unanswered = 1;
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart), std::nullopt);
  conduct.unanswered = 2;
  ASSERT_TRUE(SuspicionOf(conduct, Bounds(), kStart).has_value());
  conduct.Look();
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart), std::nullopt);
  conduct.unanswered = 5;  // three more
  EXPECT_TRUE(SuspicionOf(conduct, Bounds(), kStart).has_value());
}

TEST(ConductTest, NewUnansweredOnesDoNotHideBehindThoseThatWereLookedAt) {
  Conduct conduct;
  for (int64_t day = 0; day < 10; ++day) Publish(conduct, day, 1);
  conduct.CountUnanswered(5);
  ASSERT_TRUE(SuspicionOf(conduct, Bounds(), kStart).has_value());
  conduct.Look();
  conduct.CountUnanswered(1);  // four were answered, or are over
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart), std::nullopt);
  conduct.CountUnanswered(5);  // four more
  ASSERT_TRUE(SuspicionOf(conduct, Bounds(), kStart).has_value());
  conduct.CountUnanswered(uint64_t{1} << 40);
  EXPECT_EQ(conduct.unanswered, std::numeric_limits<uint32_t>::max());
}

TEST(ConductTest, TooManyWithdrawnAfterDisputesAreSuspicious) {
  Conduct conduct;
  for (int64_t day = 0; day < 10; ++day) Publish(conduct, day, 1);
  conduct.AddWithdrawn();
  conduct.AddWithdrawn();
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart + 9 * kDay), std::nullopt);  // too few to say
  conduct.AddWithdrawn();
  const auto seen = SuspicionOf(conduct, Bounds(), kStart + 9 * kDay);
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->suspicion, Suspicion::kWithdrawn);
  EXPECT_EQ(Words(*seen),
            "3 of its last 10 reports were withdrawn after a dispute, or never answered for");
  for (int64_t day = 10; day < 15; ++day) Publish(conduct, day, 1);
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart + 14 * kDay), std::nullopt);  // a fifth
}

TEST(ConductTest, WhatAnOperatorHasLookedAtIsNotHeldAgainstItOnceMore) {
  Conduct conduct;
  for (int64_t day = 0; day < 10; ++day) Publish(conduct, day, 1);
  for (int i = 0; i < 3; ++i) conduct.AddWithdrawn();
  ASSERT_TRUE(SuspicionOf(conduct, Bounds(), kStart).has_value());
  conduct.Look();
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart), std::nullopt);
  for (int i = 0; i < 2; ++i) conduct.AddWithdrawn();
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart), std::nullopt);
  conduct.AddWithdrawn();
  EXPECT_TRUE(SuspicionOf(conduct, Bounds(), kStart).has_value());
}

TEST(ConductTest, ATenthIsATenthHoweverLongItGoesOn) {
  Conduct conduct;
  for (int64_t day = 0; day < 10'000; ++day) {
    Publish(conduct, day, 1);
    if (day % 10 == 9) conduct.AddWithdrawn();
  }
  EXPECT_EQ(SuspicionOf(conduct, Bounds(), kStart + 10'000 * kDay), std::nullopt);
}

TEST(ConductTest, ALongHonestRecordDoesNotCoverWhatComesAfterIt) {
  Conduct conduct;
  for (int64_t day = 0; day < 10'000; ++day) Publish(conduct, day, 1);
  EXPECT_LE(conduct.recent, kRecentReports);
  for (int i = 0; i < 201; ++i) conduct.AddWithdrawn();
  EXPECT_TRUE(SuspicionOf(conduct, Bounds(), kStart + 10'000 * kDay).has_value());
}

TEST(ConductTest, IsTheSameAfterARow) {
  Conduct conduct;
  for (int64_t day = 0; day < 35; ++day) Publish(conduct, day, static_cast<int>(day));
  conduct.AddWithdrawn();
  crypto::Writer writer;
  conduct.Encode(writer);
  const crypto::Bytes row = writer.Take();
  crypto::Reader reader(row);
  EXPECT_EQ(Conduct::Decode(reader), conduct);
  EXPECT_TRUE(reader.Finish("conduct").ok());
}

TEST(ConductTest, ARowThatCannotBeIsRefused) {
  Conduct conduct;
  conduct.AddReport(kStart);
  conduct.looked_day = conduct.day + 1;
  crypto::Writer writer;
  conduct.Encode(writer);
  const crypto::Bytes row = writer.Take();
  crypto::Reader reader(row);
  (void)Conduct::Decode(reader);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace daftar::partners
