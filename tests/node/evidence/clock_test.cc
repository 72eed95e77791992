#include "node/evidence/clock.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr uint32_t kLastDay = 2'932'896;  // days from 1970-01-01 to 9999-12-31

Date Day(std::string_view iso) {
  auto date = Date::Parse(iso);
  EXPECT_THAT(date, ::daftar::testing::IsOk()) << iso;
  return date.ok() ? *date : Date();
}

TEST(DateTest, KnownDaysHaveTheirNumbers) {
  EXPECT_EQ(Day("1970-01-02").days(), 1u);
  EXPECT_EQ(Day("1970-12-31").days(), 364u);
  EXPECT_EQ(Day("2000-02-29").days(), 11016u);
  EXPECT_EQ(Day("2014-01-01").days(), 16071u);
  EXPECT_EQ(Day("2026-10-01").days(), 20727u);
  EXPECT_EQ(Day("9999-12-31").days(), kLastDay);
}

TEST(DateTest, EveryDayOfFourCenturiesRoundTrips) {
  for (uint32_t days = 1; days < 147'000; ++days) {
    const Date date = *Date::FromDays(days);
    ASSERT_THAT(Date::Parse(date.ToString()), IsOkAndHolds(date)) << days;
  }
}

TEST(DateTest, DefaultIsNoDate) {
  EXPECT_FALSE(Date().has_value());
  EXPECT_EQ(Date().ToString(), "");
  EXPECT_EQ(Date().days(), 0u);
  EXPECT_EQ(*Date::FromDays(0), Date());
}

TEST(DateTest, NumbersPastTheYear9999AreRefused) {
  EXPECT_THAT(Date::FromDays(kLastDay), IsOkAndHolds(Day("9999-12-31")));
  EXPECT_THAT(Date::FromDays(kLastDay + 1), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Date::FromDays(std::numeric_limits<uint32_t>::max()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(DateTest, ADayIsStillToComeOnceNoTimeZoneHasIt) {
  EXPECT_FALSE(IsStillToCome(Day("2026-10-01"), Day("2026-10-01")));
  EXPECT_FALSE(IsStillToCome(Day("2026-10-02"), Day("2026-10-01")));
  EXPECT_TRUE(IsStillToCome(Day("2026-10-03"), Day("2026-10-01")));
  EXPECT_FALSE(IsStillToCome(Date(), Day("2026-10-01")));
}

TEST(DateTest, AnythingButAnIsoDayIsRefusedWithTheForm) {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-10",
                                      "2026-10-1",
                                      "2026-1-01",
                                      "26-10-01",
                                      "2026/10/01",
                                      "01-10-2026",
                                      "2026-10-01 ",
                                      " 2026-10-01",
                                      "2026-10-01T00:00:00Z",
                                      "2026-1a-01",
                                      "2026--1-01",
                                      "+026-10-01",
                                      "-026-10-01",
                                      "2026-13-01",
                                      "2026-00-01",
                                      "2026-10-00",
                                      "2026-10-32",
                                      "2026-02-29",
                                      "2100-02-29",
                                      "2026-04-31",
                                      "1969-12-31",
                                      "1970-01-01",
                                      "0000-00-00"}) {
    EXPECT_THAT(Date::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("like 2026-10-01")))
        << text;
  }
}

TEST(DateTest, CivilDaysOutOfRangeAreRefused) {
  EXPECT_THAT(Date::FromCivil(2024, 2, 29), IsOkAndHolds(Day("2024-02-29")));
  EXPECT_FALSE(Date::FromCivil(10000, 1, 1).ok());
  EXPECT_FALSE(Date::FromCivil(-1, 1, 1).ok());
  EXPECT_FALSE(Date::FromCivil(2024, -1, 1).ok());
  EXPECT_FALSE(Date::FromCivil(2024, 1, std::numeric_limits<int>::min()).ok());
  EXPECT_FALSE(Date::FromCivil(2024, std::numeric_limits<int>::max(), 1).ok());
}

TEST(DateTest, ATimeBelongsToItsUtcDay) {
  EXPECT_EQ(Date::Of({20727 * int64_t{86'400'000}}).ToString(), "2026-10-01");
  EXPECT_EQ(Date::Of({20728 * int64_t{86'400'000} - 1}).ToString(), "2026-10-01");
  EXPECT_EQ(Date::Of({20728 * int64_t{86'400'000}}).ToString(), "2026-10-02");
}

TEST(DateTest, TimesOutOfRangeAreClampedNotWrapped) {
  EXPECT_FALSE(Date::Of({-1}).has_value());
  EXPECT_FALSE(Date::Of({0}).has_value());
  EXPECT_FALSE(Date::Of({std::numeric_limits<int64_t>::min()}).has_value());
  EXPECT_EQ(Date::Of({std::numeric_limits<int64_t>::max()}).days(), kLastDay);
}

TEST(DateTest, DifferenceAndShiftAreInverse) {
  const Date a = Day("2024-02-28");
  EXPECT_EQ(a.PlusDays(2), Day("2024-03-01"));
  EXPECT_EQ(a.PlusDays(-59), Day("2023-12-31"));
  EXPECT_EQ(a.PlusDays(1000).DaysSince(a), 1000);
  EXPECT_EQ(a.DaysSince(a.PlusDays(1000)), -1000);
}

TEST(DateTest, ShiftStopsAtTheEndsOfTheCalendar) {
  const Date a = Day("2024-02-28");
  EXPECT_EQ(a.PlusDays(std::numeric_limits<int64_t>::max()).days(), kLastDay);
  EXPECT_EQ(a.PlusDays(std::numeric_limits<int64_t>::min()).days(), 1u);
  EXPECT_FALSE(Date().PlusDays(5).has_value());
}

TEST(DateTest, OrderIsTheCalendars) {
  EXPECT_LT(Day("2026-09-30"), Day("2026-10-01"));
  EXPECT_LT(Date(), Day("1970-01-02"));
}

TEST(UnixMillisTest, SecondsAreWholeSeconds) {
  EXPECT_EQ((UnixMillis{1999}.seconds()), 1);
  EXPECT_LT(UnixMillis{1}, UnixMillis{2});
}

TEST(SystemClockTest, TellsATimeAfterThisWasWritten) {
  const UnixMillis first = SystemClock().Now();
  EXPECT_GT(Date::Of(first), Day("2024-01-01"));
  EXPECT_EQ(&SystemClock(), &SystemClock());
}

}  // namespace
}  // namespace daftar::evidence
