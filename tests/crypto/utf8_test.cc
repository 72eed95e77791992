#include "crypto/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace daftar::crypto {
namespace {

std::string Encode(char32_t c) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | (c >> 6)), byte(0x80 | (c & 0x3F))};
  if (c < 0x10000) {
    return {byte(0xE0 | (c >> 12)), byte(0x80 | ((c >> 6) & 0x3F)), byte(0x80 | (c & 0x3F))};
  }
  return {byte(0xF0 | (c >> 18)), byte(0x80 | ((c >> 12) & 0x3F)), byte(0x80 | ((c >> 6) & 0x3F)),
          byte(0x80 | (c & 0x3F))};
}

TEST(Utf8, EveryScalarValueIsReadBackAndSurrogatesAreNot) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    const std::string text = Encode(c) + "x";
    std::string_view rest = text;
    const auto read = TakeCodePoint(rest);
    if (c >= 0xD800 && c <= 0xDFFF) {
      ASSERT_FALSE(read) << static_cast<uint32_t>(c);
      ASSERT_EQ(rest, text);
    } else {
      ASSERT_EQ(read, c) << static_cast<uint32_t>(c);
      ASSERT_EQ(rest, "x");
    }
  }
}

TEST(Utf8, EveryTwoByteTextIsJudgedAsTable37Says) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text{static_cast<char>(a), static_cast<char>(b)};
      const bool good =
          (a < 0x80 && b < 0x80) || (a >= 0xC2 && a <= 0xDF && b >= 0x80 && b <= 0xBF);
      ASSERT_EQ(IsUtf8(text), good) << a << " " << b;
    }
  }
}

TEST(Utf8, OverlongTruncatedAndTooLargeFormsAreRefused) {
  for (const std::string text :
       {"\xE0\x80\xAF", "\xE0\x9F\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF8\x88\x80\x80\x80", "\xE2\x82", "\xF0\x9F\x98", "a\xE2\x28\xA1", "\xED\xA0\x80"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(Utf8, SpacesAreExactlyTheWhiteSpaceProperty) {
  size_t count = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) count += IsUnicodeSpace(c) ? 1 : 0;
  EXPECT_EQ(count, 25U);
  EXPECT_FALSE(IsUnicodeSpace(0x200B));
  EXPECT_FALSE(IsUnicodeSpace(0x1F));
}

}  // namespace
}  // namespace daftar::crypto
