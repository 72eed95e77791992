#include "crypto/short_code.h"

#include <gtest/gtest.h>

namespace daftar::crypto {
namespace {

TEST(ShortCodeTest, EverySymbolStandsForItsFiveBits) {
  EXPECT_EQ(ShortCode(Bytes{0, 1, 2, 3, 4, 5, 6, 7}), "0123-4567");
  EXPECT_EQ(ShortCode(Bytes{18, 20, 21, 22, 27, 29, 30, 31}), "JMNP-VXYZ");
  EXPECT_EQ(ShortCode(Bytes{32, 63, 64, 255, 0, 0, 0, 0, 99}), "0Z0Z-0000");
}

TEST(ShortCodeTest, IsReadHoweverItWasTyped) {
  for (const char* typed : {"K7F3-9Q2M", "k7f39q2m", " K7F3 9Q2M ", "k7-f3-9q-2m"}) {
    EXPECT_EQ(ReadShortCode(typed), "K7F3-9Q2M") << typed;
  }
  EXPECT_EQ(ReadShortCode("oO0iIlL1"), "0001-1111");
}

TEST(ShortCodeTest, WhatCannotBeOneIsNone) {
  for (const char* typed : {"", "K7F3-9Q2", "K7F3-9Q2MM", "K7F3-9Q2U", "K7F3-9Q2\xC3\xA9", "-"}) {
    EXPECT_EQ(ReadShortCode(typed), std::nullopt) << typed;
  }
}

}  // namespace
}  // namespace daftar::crypto
