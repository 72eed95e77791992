#include "cli/json.h"

#include <gtest/gtest.h>

#include <sstream>

namespace daftar::cli {
namespace {

TEST(JsonTest, MoneyHasMinorAndMajorUnits) {
  v1::Money money;
  money.set_minor(5590);
  money.set_currency("USD");
  EXPECT_EQ(ToJson(money).dump(), R"({"minor":5590,"currency":"USD","major":"55.90"})");
}

TEST(JsonTest, AmountWithoutCurrencyIsNull) { EXPECT_EQ(ToJson(v1::Money()).dump(), "null"); }

TEST(JsonTest, UnknownCurrencyHasNoMajorUnits) {
  v1::Money money;
  money.set_minor(7);
  money.set_currency("ZZZ");
  EXPECT_EQ(ToJson(money).dump(), R"({"minor":7,"currency":"ZZZ","major":null})");
}

TEST(JsonTest, EmptyTextIsNull) {
  EXPECT_TRUE(TextOrNull("").is_null());
  EXPECT_EQ(TextOrNull("a"), "a");
}

TEST(JsonTest, BrokenUtf8IsReplacedAndNotThrown) {
  std::ostringstream out;
  PrintJson(out, Json{{"a", "x\xffy"}});
  EXPECT_EQ(out.str(), "{\n  \"a\": \"x\xef\xbf\xbdy\"\n}\n");
}

}  // namespace
}  // namespace daftar::cli
