#include "crypto/cosignature.h"

#include "tests/crypto/note_vectors.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using daftar::testing::KeyOf;
using daftar::testing::NoteKeyOf;
using daftar::testing::NoteVectors;
using daftar::testing::StatusIs;

class CosignatureTest : public ::testing::TestWithParam<const char*> {
 protected:
  const std::string role_ = GetParam();
  const std::string text_ = NoteVectors()["checkpoint"]["text"];
  const nlohmann::json& expected_ = NoteVectors()[role_ + "_cosignature"];
  const uint64_t time_ = expected_["time"];
};
INSTANTIATE_TEST_SUITE_P(Roles, CosignatureTest, ::testing::Values("self", "mirror"));

TEST_P(CosignatureTest, SignedMessageIsAsInTheVector) {
  EXPECT_EQ(CosignatureMessage(text_, time_), expected_["message"].get<std::string>());
}

TEST_P(CosignatureTest, LineIsAsInTheVectorToTheByte) {
  const Note note{"x\n", {Cosign(text_, time_, NoteKeyOf(role_).name, KeyOf(role_))}};
  EXPECT_EQ(note.ToString(), "x\n\n" + expected_["line"].get<std::string>());
  EXPECT_EQ(note.signatures[0].blob.size(), 72U);
}

TEST_P(CosignatureTest, VerifiesWithItsTime) {
  const SigningKey key = KeyOf(role_);
  const NoteKey known = NoteKeyOf(role_);
  const Note note{text_, {Cosign(text_, time_, known.name, key)}};
  auto signers = VerifyNote(note, std::span(&known, 1));
  DAFTAR_ASSERT_OK(signers);
  ASSERT_EQ(signers->size(), 1U);
  EXPECT_EQ((*signers)[0].timestamp, time_);
}

TEST_P(CosignatureTest, DoesNotVerifyForAnotherTimeOrText) {
  const SigningKey key = KeyOf(role_);
  const NoteKey known = NoteKeyOf(role_);
  NoteSignature line = Cosign(text_, time_, known.name, key);
  EXPECT_THAT(VerifyNote({text_ + "extension\n", {line}}, std::span(&known, 1)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  line.blob[7] ^= 1;
  EXPECT_THAT(VerifyNote({text_, {line}}, std::span(&known, 1)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// The two statements under one key must never be exchangeable.
TEST(Cosignature, PlainNoteSignatureDoesNotPassAsOneNorTheOtherWayRound) {
  const std::string text = NoteVectors()["checkpoint"]["text"];
  const SigningKey key = KeyOf("self");
  const NoteKey as_head{"n", KeyType::kEd25519, key.public_key()};
  const NoteKey as_cosigner{"n", KeyType::kCosignature, key.public_key()};
  EXPECT_NE(as_head.id(), as_cosigner.id());

  NoteSignature plain = SignNote(text, "n", key);
  Writer with_time;
  with_time.U64(7).Raw(plain.blob);
  EXPECT_THAT(
      VerifyNote({text, {{"n", as_cosigner.id(), with_time.Take()}}}, std::span(&as_cosigner, 1)),
      StatusIs(absl::StatusCode::kInvalidArgument));

  const NoteSignature cosigned = Cosign(text, 7, "n", key);
  const Bytes without_time(cosigned.blob.begin() + 8, cosigned.blob.end());
  EXPECT_THAT(VerifyNote({text, {{"n", as_head.id(), without_time}}}, std::span(&as_head, 1)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Cosignature, ExtensionLinesAreCoveredByTheMessage) {
  EXPECT_EQ(CosignatureMessage("o\n1\nr\next\n", 5), "cosignature/v1\ntime 5\no\n1\nr\next\n");
}

TEST(Cosignature, LargestTimeIsWrittenInFull) {
  const std::string text = NoteVectors()["checkpoint"]["text"];
  const SigningKey key = KeyOf("self");
  const NoteKey known{"n", KeyType::kCosignature, key.public_key()};
  auto signers =
      VerifyNote({text, {Cosign(text, kMaxCosignatureTime, "n", key)}}, std::span(&known, 1));
  DAFTAR_ASSERT_OK(signers);
  EXPECT_EQ((*signers)[0].timestamp, kMaxCosignatureTime);
  EXPECT_EQ(CosignatureMessage("", kMaxCosignatureTime),
            "cosignature/v1\ntime 9223372036854775807\n");
}

TEST(CosignatureDeathTest, ImpossibleTimesAndTextsAbort) {
  const SigningKey key = KeyOf("self");
  EXPECT_DEATH(Cosign("o\n", 0, "n", key), "");
  EXPECT_DEATH(Cosign("o\n", kMaxCosignatureTime + 1, "n", key), "");
  EXPECT_DEATH(Cosign("no line feed", 1, "n", key), "");
  EXPECT_DEATH(Cosign("o\n", 1, "", key), "");
}

}  // namespace
}  // namespace daftar::crypto
