#include "crypto/totp.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace daftar::crypto {
namespace {

const Bytes kSecret = ToBytes(std::string_view("12345678901234567890"));

// RFC 6238 appendix B gives eight digits of each; apps show the last six.
TEST(TotpTest, PublishedVectorsComeOut) {
  const std::vector<std::pair<uint64_t, std::string>> vectors = {{59, "94287082"},
                                                                 {1'111'111'109, "07081804"},
                                                                 {1'111'111'111, "14050471"},
                                                                 {1'234'567'890, "89005924"},
                                                                 {2'000'000'000, "69279037"},
                                                                 {20'000'000'000, "65353130"}};
  for (const auto& [seconds, code] : vectors) {
    EXPECT_EQ(TotpCode(kSecret, seconds / kTotpStepSeconds), code.substr(2)) << seconds;
  }
}

// RFC 4226 appendix D.
TEST(TotpTest, CountedVectorsComeOut) {
  const std::vector<std::string> codes = {"755224", "287082", "359152", "969429", "338314",
                                          "254676", "287922", "162583", "399871", "520489"};
  for (size_t step = 0; step < codes.size(); ++step) {
    EXPECT_EQ(TotpCode(kSecret, step), codes[step]);
  }
}

TEST(TotpTest, APhonesClockMayBeOffByOneStepEitherWay) {
  const int64_t now = 1'111'111'111;
  const auto step = static_cast<uint64_t>(now / kTotpStepSeconds);
  for (const uint64_t near : {step - 1, step, step + 1}) {
    EXPECT_EQ(TotpStep(kSecret, TotpCode(kSecret, near), now, 0), near);
  }
  EXPECT_EQ(TotpStep(kSecret, TotpCode(kSecret, step - 2), now, 0), std::nullopt);
  EXPECT_EQ(TotpStep(kSecret, TotpCode(kSecret, step + 2), now, 0), std::nullopt);
}

TEST(TotpTest, AStepIsAcceptedOnce) {
  const int64_t now = 1'111'111'111;
  const auto step = static_cast<uint64_t>(now / kTotpStepSeconds);
  EXPECT_EQ(TotpStep(kSecret, TotpCode(kSecret, step), now, step), std::nullopt);
  EXPECT_EQ(TotpStep(kSecret, TotpCode(kSecret, step - 1), now, step), std::nullopt);
  EXPECT_EQ(TotpStep(kSecret, TotpCode(kSecret, step + 1), now, step), step + 1);
}

TEST(TotpTest, OtherTextsAreNoCodes) {
  for (const char* code : {"", "05047", "0050471", "abcdef", "050472", "0504710504710504"}) {
    EXPECT_EQ(TotpStep(kSecret, code, 1'111'111'111, 0), std::nullopt) << code;
  }
  EXPECT_EQ(TotpStep(kSecret, "050471", 1'111'111'111, 0), 37'037'037u);
  EXPECT_EQ(TotpStep(kSecret, "755224", -5, 0), std::nullopt) << "step 0 is never a new one";
}

// RFC 4648 section 10, without padding.
TEST(Base32Test, PublishedVectorsComeOut) {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "MY"},
                                                                    {"fo", "MZXQ"},
                                                                    {"foo", "MZXW6"},
                                                                    {"foob", "MZXW6YQ"},
                                                                    {"fooba", "MZXW6YTB"},
                                                                    {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, text] : vectors) EXPECT_EQ(ToBase32(AsBytes(plain)), text);
  EXPECT_EQ(ToBase32(kSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

}  // namespace
}  // namespace daftar::crypto
