#include "crypto/checkpoint.h"

#include "crypto/merkle.h"
#include "crypto/note.h"
#include "tests/crypto/note_vectors.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using daftar::testing::NoteVectors;
using daftar::testing::StatusIs;
using ::testing::HasSubstr;

const auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr char kOrigin[] = "toko-a.example/daftar";
constexpr char kRoot[] = "NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=";

std::string Text(const std::string& origin, const std::string& size, const std::string& root,
                 const std::string& rest = "") {
  return origin + "\n" + size + "\n" + root + "\n" + rest;
}

TEST(Checkpoint, VectorReadsAndWritesBackToTheByte) {
  const nlohmann::json& expected = NoteVectors()["checkpoint"];
  const std::string text = expected["text"];
  auto checkpoint = ParseCheckpoint(text);
  DAFTAR_ASSERT_OK(checkpoint);
  EXPECT_EQ(checkpoint->origin, expected["origin"].get<std::string>());
  EXPECT_EQ(checkpoint->size, expected["size"].get<uint64_t>());
  EXPECT_EQ(checkpoint->root.hex(), expected["root"].get<std::string>());
  EXPECT_EQ(checkpoint->ToText(), text);

  CompactTree tree;
  for (const nlohmann::json& leaf : NoteVectors()["leaves"]) {
    tree.Append(MerkleLeafHash(*FromHex(leaf.get<std::string>())));
  }
  EXPECT_EQ(tree.Root(), checkpoint->root);
}

TEST(Checkpoint, TextOfAParsedNoteIsACheckpoint) {
  auto note = ParseNote(NoteVectors()["head_note"].get<std::string>());
  DAFTAR_ASSERT_OK(note);
  DAFTAR_EXPECT_OK(ParseCheckpoint(note->text));
}

TEST(Checkpoint, SizesFromZeroToTheLargestRoundTrip) {
  for (const uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{10}, kMaxTreeSize}) {
    const Checkpoint checkpoint{kOrigin, size, EmptyMerkleRoot()};
    auto read = ParseCheckpoint(checkpoint.ToText());
    DAFTAR_ASSERT_OK(read);
    EXPECT_EQ(*read, checkpoint);
  }
}

TEST(Checkpoint, SizesThatAreNotCanonicalDecimalsBelow2To63AreRefused) {
  for (const std::string size :
       {"", " ", "00", "03", "000", "+3", "-3", "-0", " 3", "3 ", "3.0", "3e1", "0x3", "three",
        "9223372036854775808", "18446744073709551615", "18446744073709551616",
        "99999999999999999999999", "\xEF\xBC\x93"}) {
    EXPECT_THAT(ParseCheckpoint(Text(kOrigin, size, kRoot)),
                StatusIs(kInvalid, HasSubstr("line 2")))
        << size;
  }
  DAFTAR_EXPECT_OK(ParseCheckpoint(Text(kOrigin, "9223372036854775807", kRoot)));
}

TEST(Checkpoint, RootsThatAreNot32BytesInCanonicalBase64AreRefused) {
  const std::string root = kRoot;
  for (const std::string& bad :
       {std::string(), root.substr(0, 43), root + "=", " " + root, root + " ",
        root.substr(0, 42) + "F=", std::string("NmQuc8JUCrEh46a_lUWwokmCzYMOsT080Z3jzmwCHsE="),
        std::string("AAAA"), std::string(44, 'A'),
        root.substr(0, 13) + "\xD2\x9E\xD0\xB4" + root.substr(17),
        std::string(40, 'A') + "AA==", ToHex(Digest().view())}) {
    EXPECT_THAT(ParseCheckpoint(Text(kOrigin, "3", bad)), StatusIs(kInvalid, HasSubstr("line 3")))
        << bad;
  }
}

TEST(Checkpoint, EmptyOriginIsRefused) {
  EXPECT_THAT(ParseCheckpoint(Text("", "3", kRoot)), StatusIs(kInvalid, HasSubstr("line 1")));
}

TEST(Checkpoint, MissingLinesAreNamed) {
  EXPECT_THAT(ParseCheckpoint("\n"), StatusIs(kInvalid, HasSubstr("line 1")));
  EXPECT_THAT(ParseCheckpoint("origin\n"), StatusIs(kInvalid, HasSubstr("line 2")));
  EXPECT_THAT(ParseCheckpoint("origin\n3\n"), StatusIs(kInvalid, HasSubstr("line 3")));
}

TEST(Checkpoint, ExtensionLinesAreReadAndIgnored) {
  auto checkpoint = ParseCheckpoint(Text(kOrigin, "3", kRoot, "one\nand two\n"));
  DAFTAR_ASSERT_OK(checkpoint);
  EXPECT_EQ(checkpoint->ToText(), Text(kOrigin, "3", kRoot));
}

TEST(Checkpoint, EmptyExtensionLinesAreRefused) {
  EXPECT_THAT(ParseCheckpoint(Text(kOrigin, "3", kRoot, "\n")),
              StatusIs(kInvalid, HasSubstr("line 4")));
  EXPECT_THAT(ParseCheckpoint(Text(kOrigin, "3", kRoot, "one\n\n")),
              StatusIs(kInvalid, HasSubstr("line 5")));
  EXPECT_THAT(ParseCheckpoint(Text(kOrigin, "3", kRoot, "\none\n")),
              StatusIs(kInvalid, HasSubstr("line 4")));
}

TEST(Checkpoint, TextThatNoNoteCanHoldIsRefused) {
  const std::string good = Text(kOrigin, "3", kRoot);
  for (const std::string& bad :
       {std::string(), good.substr(0, good.size() - 1), Text("a\r", "3", kRoot),
        Text(kOrigin, "3\r", kRoot), Text(kOrigin, "3", std::string(kRoot) + "\r"),
        Text("a\tb", "3", kRoot), Text(std::string("a\0b", 3), "3", kRoot),
        Text("\xC0\xAF", "3", kRoot), Text(kOrigin, "3", kRoot, "\xFF\n"),
        Text(kOrigin, "3", kRoot, std::string(kMaxNoteBytes, 'x') + "\n")}) {
    EXPECT_THAT(ParseCheckpoint(bad), StatusIs(kInvalid));
  }
}

}  // namespace
}  // namespace daftar::crypto
