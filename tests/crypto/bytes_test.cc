#include "crypto/bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <unordered_set>

#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

using Quad = FixedBytes<struct QuadTag, 4>;
using Token = FixedBytes<struct TokenTag, 32>;

Bytes EveryByte() {
  Bytes bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<uint8_t>(i));
  return bytes;
}

TEST(HexTest, EveryByteGoesThereAndBack) {
  const std::string text = ToHex(EveryByte());
  EXPECT_EQ(text.size(), 512U);
  EXPECT_EQ(text.substr(0, 6), "000102");
  EXPECT_EQ(text.substr(506), "fdfeff");
  auto bytes = FromHex(text);
  ASSERT_THAT(bytes, IsOk());
  EXPECT_EQ(*bytes, EveryByte());
}

TEST(HexTest, UpperCaseIsReadAndLowerCaseWritten) {
  auto bytes = FromHex("00AbFF");
  ASSERT_THAT(bytes, IsOk());
  EXPECT_EQ(ToHex(*bytes), "00abff");
}

TEST(HexTest, EmptyTextIsNoBytes) {
  auto bytes = FromHex("");
  ASSERT_THAT(bytes, IsOk());
  EXPECT_TRUE(bytes->empty());
  EXPECT_EQ(ToHex({}), "");
}

TEST(HexTest, AnythingElseIsRefused) {
  for (const std::string& text : {std::string("0"), std::string("000"), std::string("0g"),
                                  std::string("g0"), std::string("00 11"), std::string(" 0011"),
                                  std::string("0011 "), std::string("0x00"), std::string("00:11"),
                                  std::string("00\0"
                                              "00",
                                              5),
                                  std::string("0\0", 2), std::string("0011\n")}) {
    EXPECT_THAT(FromHex(text), StatusIs(kInvalid)) << text;
  }
}

// RFC 4648 section 10.
TEST(Base64Test, PublishedVectorsGoThereAndBack) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(ToBase64(AsBytes(plain)), text);
    auto bytes = FromBase64(text);
    ASSERT_THAT(bytes, IsOk());
    EXPECT_EQ(*bytes, ToBytes(plain));
    const std::string unpadded = text.substr(0, text.find('='));
    EXPECT_EQ(ToBase64Url(AsBytes(plain)), unpadded);
    auto url_bytes = FromBase64Url(unpadded);
    ASSERT_THAT(url_bytes, IsOk());
    EXPECT_EQ(*url_bytes, ToBytes(plain));
  }
}

TEST(Base64Test, EveryLengthGoesThereAndBack) {
  const Bytes all = EveryByte();
  for (size_t size = 0; size <= all.size(); ++size) {
    const ByteView part = ByteView(all).first(size);
    auto bytes = FromBase64(ToBase64(part));
    ASSERT_THAT(bytes, IsOk());
    EXPECT_EQ(*bytes, ToBytes(part));
    auto url_bytes = FromBase64Url(ToBase64Url(part));
    ASSERT_THAT(url_bytes, IsOk());
    EXPECT_EQ(*url_bytes, ToBytes(part));
  }
}

TEST(Base64Test, AlphabetsAreNotMixed) {
  const Bytes bytes = {0xfb, 0xff, 0xbf};
  EXPECT_EQ(ToBase64(bytes), "+/+/");
  EXPECT_EQ(ToBase64Url(bytes), "-_-_");
  EXPECT_THAT(FromBase64("-_-_"), StatusIs(kInvalid));
  EXPECT_THAT(FromBase64Url("+/+/"), StatusIs(kInvalid));
}

TEST(Base64Test, SecondSpellingOfAValueIsRefused) {
  for (const std::string& text :
       {std::string("Zg"), std::string("Zg="), std::string("Zh=="), std::string("Zm9="),
        std::string("Zm8"), std::string("Zg==="), std::string("Zg== "), std::string(" Zg=="),
        std::string("Z g=="), std::string("Zg==\n"), std::string("Zm9v\nYmFy"),
        std::string("Zm9v="), std::string("Zm9vZ"), std::string("Z"), std::string("="),
        std::string("===="), std::string("Zg==Zg=="), std::string("Zm9v\0", 5),
        std::string("Zm9*")}) {
    EXPECT_THAT(FromBase64(text), StatusIs(kInvalid)) << text;
  }
  for (const std::string& text :
       {std::string("Zg=="), std::string("Zh"), std::string("Zm9"), std::string("Zm8="),
        std::string("Z"), std::string("Zg "), std::string("Zg\n"), std::string("Zm9v\0", 5)}) {
    EXPECT_THAT(FromBase64Url(text), StatusIs(kInvalid)) << text;
  }
}

TEST(FixedBytesTest, OnlyTheExactLengthIsAccepted) {
  EXPECT_THAT(Quad::Create(Bytes(4)), IsOk());
  EXPECT_THAT(Quad::Create(Bytes(3)), StatusIs(kInvalid, HasSubstr("expected 4 bytes, got 3")));
  EXPECT_THAT(Quad::Create(Bytes(5)), StatusIs(kInvalid));
  EXPECT_THAT(Quad::Create({}), StatusIs(kInvalid));
}

TEST(FixedBytesTest, HexIsReadAndWritten) {
  auto quad = Quad::FromHexText("01fe00ff");
  ASSERT_THAT(quad, IsOk());
  EXPECT_EQ(quad->hex(), "01fe00ff");
  EXPECT_THAT(Quad::FromHexText("01fe00"), StatusIs(kInvalid));
  EXPECT_THAT(Quad::FromHexText("01fe00fg"), StatusIs(kInvalid));
}

TEST(FixedBytesTest, ZeroUnlessToldOtherwiseAndOrderedByBytes) {
  EXPECT_TRUE(Quad().IsZero());
  const Quad low = *Quad::FromHexText("00ff0000");
  const Quad high = *Quad::FromHexText("80000000");
  EXPECT_FALSE(low.IsZero());
  EXPECT_LT(low, high);  // unsigned, from the left
  EXPECT_NE(low, high);
  EXPECT_EQ(low, *Quad::Create(low.view()));
}

TEST(FixedBytesTest, ValuesServeAsKeysOfHashTables) {
  std::unordered_set<Token, FixedBytesHash> tokens;
  Token token;
  tokens.insert(token);
  token.data()[31] = 1;
  tokens.insert(token);
  EXPECT_EQ(tokens.size(), 2U);
  EXPECT_EQ(tokens.count(token), 1U);
}

TEST(WriterTest, IntegersAreBigEndian) {
  Writer writer;
  writer.U8(0x01).U16(0x0203).U32(0x04050607).U64(0x08090a0b0c0d0e0f);
  EXPECT_EQ(ToHex(writer.bytes()), "0102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(writer.size(), 15U);
}

TEST(WriterTest, PrefixesCarryTheLengthInTheirWidth) {
  Writer writer;
  writer.Prefixed8(AsBytes("a"))
      .Prefixed16(AsBytes("bc"))
      .Prefixed32(AsBytes(""))
      .Raw("z")
      .Zeros(2);
  EXPECT_EQ(ToHex(writer.Take()),
            "0161"
            "00026263"
            "00000000"
            "7a"
            "0000");
}

TEST(WriterTest, LongestThatFitsIsWritten) {
  Writer writer;
  writer.Prefixed8(Bytes(255)).Prefixed16(Bytes(65535));
  EXPECT_EQ(writer.size(), 1 + 255 + 2 + 65535U);
  EXPECT_EQ(writer.bytes()[0], 0xff);
}

TEST(WriterDeathTest, LengthThatDoesNotFitItsPrefixAborts) {
  EXPECT_DEATH(Writer().Prefixed8(Bytes(256)), "");
  EXPECT_DEATH(Writer().Prefixed16(Bytes(65536)), "");
}

TEST(ReaderTest, FieldsComeBackInOrder) {
  Writer writer;
  writer.U8(1).U16(2).U32(3).U64(std::numeric_limits<uint64_t>::max());
  writer.Prefixed8(AsBytes("a")).Prefixed16(AsBytes("bc")).Prefixed32(AsBytes("def"));
  writer.Prefixed16(AsBytes("text")).Prefixed32(AsBytes("")).Raw(Quad().view());
  const Bytes bytes = writer.Take();
  Reader reader(bytes);
  EXPECT_EQ(reader.U8(), 1);
  EXPECT_EQ(reader.U16(), 2);
  EXPECT_EQ(reader.U32(), 3U);
  EXPECT_EQ(reader.U64(), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(AsText(reader.Prefixed8()), "a");
  EXPECT_EQ(AsText(reader.Prefixed16()), "bc");
  EXPECT_EQ(AsText(reader.Prefixed32()), "def");
  EXPECT_EQ(reader.Text16(), "text");
  EXPECT_EQ(reader.Text32(), "");
  EXPECT_EQ(reader.remaining(), 4U);
  EXPECT_TRUE(reader.Take<Quad>().IsZero());
  EXPECT_THAT(reader.Finish("test"), IsOk());
}

TEST(ReaderTest, EveryCutIsNoticed) {
  Writer writer;
  writer.U8(1).U16(2).U32(3).U64(4).Prefixed8(AsBytes("a")).Prefixed16(AsBytes("bc"));
  writer.Prefixed32(AsBytes("def")).Raw(Quad().view());
  const Bytes whole = writer.Take();
  for (size_t size = 0; size <= whole.size(); ++size) {
    Reader reader(ByteView(whole).first(size));
    reader.U8();
    reader.U16();
    reader.U32();
    reader.U64();
    reader.Prefixed8();
    reader.Prefixed16();
    reader.Prefixed32();
    reader.Take<Quad>();
    EXPECT_EQ(reader.Finish("test").ok(), size == whole.size()) << size;
  }
}

TEST(ReaderTest, LeftOverBytesAreNamed) {
  Reader reader(AsBytes("ab"));
  reader.U8();
  EXPECT_THAT(reader.Finish("the thing"), StatusIs(kInvalid, "the thing: 1 bytes too many"));
}

TEST(ReaderTest, AfterAFailureEverythingIsZeroAndNothingIsConsumed) {
  Reader reader(AsBytes("abcdef"));
  EXPECT_TRUE(reader.Raw(7).empty());
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.U8(), 0);
  EXPECT_EQ(reader.U64(), 0U);
  EXPECT_EQ(reader.Text16(), "");
  EXPECT_TRUE(reader.Take<Quad>().IsZero());
  EXPECT_EQ(reader.remaining(), 6U);
  EXPECT_THAT(reader.Finish("test"), StatusIs(kInvalid, HasSubstr("cut short")));
}

TEST(ReaderTest, PrefixThatPromisesTooMuchIsRefused) {
  const Bytes bytes = {0xff, 0xff, 0xff, 0xff, 'a'};
  Reader wide(bytes);
  EXPECT_TRUE(wide.Prefixed32().empty());
  EXPECT_FALSE(wide.ok());
  Reader narrow(ByteView(bytes).subspan(3));
  EXPECT_TRUE(narrow.Prefixed8().empty());
  EXPECT_FALSE(narrow.ok());
}

TEST(ReaderTest, RuleBeyondLengthsCanFailTheInput) {
  Reader reader(AsBytes("a"));
  EXPECT_EQ(reader.U8(), 'a');
  reader.Fail();
  EXPECT_THAT(reader.Finish("test"), StatusIs(kInvalid, HasSubstr("malformed")));
}

TEST(ConstantTimeEqualsTest, TellsEqualFromDifferent) {
  EXPECT_TRUE(ConstantTimeEquals({}, {}));
  EXPECT_TRUE(ConstantTimeEquals(AsBytes("abc"), AsBytes("abc")));
  EXPECT_FALSE(ConstantTimeEquals(AsBytes("abc"), AsBytes("abd")));
  EXPECT_FALSE(ConstantTimeEquals(AsBytes("abc"), AsBytes("bbc")));
  EXPECT_FALSE(ConstantTimeEquals(AsBytes("abc"), AsBytes("ab")));
  EXPECT_FALSE(ConstantTimeEquals(AsBytes("abc"), {}));
}

}  // namespace
}  // namespace daftar::crypto
