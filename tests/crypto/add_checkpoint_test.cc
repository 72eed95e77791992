#include "crypto/add_checkpoint.h"

#include "crypto/merkle.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr char kHash[] = "NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n";

std::string SignedHead() {
  daftar::testing::FakeEntropy entropy;
  Note note;
  note.text = Checkpoint{"toko-a.test", 8, EmptyMerkleRoot()}.ToText();
  note.signatures = {SignNote(note.text, "toko-a.test", SigningKey::Generate(entropy))};
  return note.ToString();
}

// The layout of the example in C2SP tlog-witness.
TEST(AddCheckpointTest, IsReadAndWrittenBackToTheByte) {
  const std::string body = "old 5\n" + std::string(kHash) + kHash + "\n" + SignedHead();
  const auto request = ParseAddCheckpoint(body);
  DAFTAR_ASSERT_OK(request);
  EXPECT_EQ(request->old_size, 5u);
  EXPECT_EQ(request->proof.size(), 2u);
  EXPECT_EQ(request->checkpoint.origin, "toko-a.test");
  EXPECT_EQ(request->checkpoint.size, 8u);
  EXPECT_EQ(request->ToString(), body);
  DAFTAR_EXPECT_OK(ParseAddCheckpoint("old 0\n\n" + SignedHead()));
  DAFTAR_EXPECT_OK(ParseAddCheckpoint("old 9223372036854775807\n\n" + SignedHead()));
}

TEST(AddCheckpointTest, TheOldSizeHasOneForm) {
  for (const char* line : {"old 05", "old 00", "old +5", "old -5", "old ", "old", "old  5",
                           "old 5 ", "Old 5", "old 5\r", "old\t5", "old 0x5", "old 5.0", "new 5",
                           "5", "", "old 9223372036854775808", "old 18446744073709551621"}) {
    EXPECT_THAT(ParseAddCheckpoint(std::string(line) + "\n\n" + SignedHead()),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 1")))
        << line;
  }
}

TEST(AddCheckpointTest, ProofLinesAreHashesInCanonicalBase64AndAtMost63) {
  const std::string head = SignedHead();
  for (const char* line : {"NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE",
                           "NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsF=",
                           "NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE= ",
                           "NmQuc8JUCrEh46a_lUWwokmCzYMOsT080Z3jzmwCHsE=", "AAAA",
                           "NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\r"}) {
    EXPECT_THAT(ParseAddCheckpoint("old 5\n" + std::string(kHash) + line + "\n\n" + head),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 3")))
        << line;
  }
  std::string proof;
  for (size_t i = 0; i < kMaxProofHashes; ++i) proof += kHash;
  DAFTAR_EXPECT_OK(ParseAddCheckpoint("old 5\n" + proof + "\n" + head));
  EXPECT_THAT(ParseAddCheckpoint("old 5\n" + proof + kHash + "\n" + head),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("63")));
}

TEST(AddCheckpointTest, WhatIsCutOrHasNoSignedHeadIsRefused) {
  const std::string body = "old 5\n" + std::string(kHash) + "\n" + SignedHead();
  // The last byte is the line feed of the last signature line.
  for (size_t length = 0; length < body.size(); ++length) {
    EXPECT_FALSE(ParseAddCheckpoint(body.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(ParseAddCheckpoint("old 5\n" + SignedHead()).ok());
  EXPECT_FALSE(ParseAddCheckpoint(body + "\n").ok());
  EXPECT_FALSE(ParseAddCheckpoint("old 5\n\nno head\n").ok());
  EXPECT_FALSE(ParseAddCheckpoint(body + std::string(kMaxAddCheckpointBytes, 'x')).ok());
}

}  // namespace
}  // namespace daftar::crypto
