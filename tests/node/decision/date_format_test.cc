#include "node/decision/date_format.h"

#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Read(std::string_view pattern, std::string_view text) {
  const auto format = DateFormat::Create(pattern);
  if (!format.ok()) return "no format";
  const auto date = format->Parse(text);
  return date.ok() ? date->ToString() : "no date";
}

TEST(DateFormatTest, ReadsWhatLedgersWrite) {
  EXPECT_EQ(Read("%m/%d/%Y", "4/6/2013"), "2013-04-06");
  EXPECT_EQ(Read("%m/%d/%Y", "04/06/2013"), "2013-04-06");
  EXPECT_EQ(Read("%m/%d/%Y", " 12/31/2013 "), "2013-12-31");
  EXPECT_EQ(Read("%Y-%m-%d", "2024-02-29"), "2024-02-29");
  EXPECT_EQ(Read("%Y-%m-%d", "2024-02-29 13:45:00"), "2024-02-29");
  EXPECT_EQ(Read("%Y-%m-%d", "2024-02-29T13:45:00Z"), "2024-02-29");
  EXPECT_EQ(Read("%d.%m.%Y", "1.2.2024"), "2024-02-01");
  EXPECT_EQ(Read("%d %b %Y", "7 Mar 2024"), "2024-03-07");
  EXPECT_EQ(Read("%d-%b-%y", "07-AUG-24"), "2024-08-07");
  EXPECT_EQ(Read("%d/%m/%y", "07/08/98"), "1998-08-07");
  EXPECT_EQ(Read("%Y%m%d", "20240307"), "2024-03-07");
}

TEST(DateFormatTest, RefusesWhatIsNoDateOfTheForm) {
  EXPECT_EQ(Read("%m/%d/%Y", "13/1/2013"), "no date");
  EXPECT_EQ(Read("%m/%d/%Y", "2/30/2013"), "no date");
  EXPECT_EQ(Read("%m/%d/%Y", "2/3/13"), "no date");
  EXPECT_EQ(Read("%m/%d/%Y", "2/3/20131"), "no date");
  EXPECT_EQ(Read("%m/%d/%Y", "2-3-2013"), "no date");
  EXPECT_EQ(Read("%m/%d/%Y", ""), "no date");
  EXPECT_EQ(Read("%m/%d/%Y", "2/3/2013x"), "no date");
  EXPECT_EQ(Read("%Y-%m-%d", "0000-00-00"), "no date");
  EXPECT_EQ(Read("%Y-%m-%d", "1970-01-01"), "no date");  // 0 stands for "no date"
  EXPECT_EQ(Read("%Y-%m-%d", "-024-01-01"), "no date");
  EXPECT_EQ(Read("%d %b %Y", "7 Mrz 2024"), "no date");
}

TEST(DateFormatTest, ErrorNamesTheFormAndNeverTheText) {
  const auto date = DateFormat::Create("%Y-%m-%d")->Parse("secret");
  EXPECT_THAT(date, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("%Y-%m-%d")));
  EXPECT_THAT(std::string(date.status().message()), Not(HasSubstr("secret")));
}

TEST(DateFormatTest, PatternNeedsYearMonthAndDayOnce) {
  for (const std::string_view pattern : {"", "%Y-%m", "%Y-%m-%d-%d", "%Y-%y-%m-%d", "%Y-%m-%b-%d",
                                         "%Y-%m-%d %H", "%Y-%m-%", "%q%Y%m%d"}) {
    EXPECT_THAT(DateFormat::Create(pattern), Not(IsOk())) << pattern;
  }
  EXPECT_THAT(DateFormat::Create("%%%Y-%m-%d"), IsOk());
  EXPECT_EQ(Read("%%%Y-%m-%d", "%2024-01-02"), "2024-01-02");
  EXPECT_THAT(DateFormat::Create("%Y%m%d" + std::string(80, 'x')), Not(IsOk()));
}

}  // namespace
}  // namespace daftar::decision
