#include "crypto/note.h"

#include "crypto/cosignature.h"
#include "tests/crypto/note_vectors.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using daftar::testing::KeyOf;
using daftar::testing::NoteKeyOf;
using daftar::testing::NoteVectors;
using daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

constexpr char kVkey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const auto kInvalid = absl::StatusCode::kInvalidArgument;

using NoteTest = daftar::testing::NoteFixture;

TEST_F(NoteTest, VkeyOfThePublishedKnownAnswerReadsAndWritesBack) {
  auto key = NoteKey::FromVkey(kVkey);
  DAFTAR_ASSERT_OK(key);
  EXPECT_EQ(key->name, "example.com/foo");
  EXPECT_EQ(key->type, KeyType::kEd25519);
  EXPECT_EQ(key->id().hex(), "530d903a");
  EXPECT_EQ(key->ToVkey(), kVkey);
}

TEST_F(NoteTest, VkeysOfOurVectorsAreRebuiltFromTheirSeeds) {
  for (const std::string role : {"head", "self", "mirror"}) {
    const nlohmann::json& expected = NoteVectors()["keys"][role];
    const NoteKey key = NoteKeyOf(role);
    EXPECT_EQ(key.key.hex(), expected["public"].get<std::string>());
    EXPECT_EQ(key.id().hex(), expected["id"].get<std::string>());
    EXPECT_EQ(key.ToVkey(), expected["vkey"].get<std::string>());
    auto read = NoteKey::FromVkey(key.ToVkey());
    DAFTAR_ASSERT_OK(read);
    EXPECT_EQ(*read, key);
  }
}

TEST_F(NoteTest, MalformedVkeysAreRefused) {
  const std::string key64 = "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  const std::vector<std::string> bad = {
      "",
      "+",
      "++",
      "example.com/foo",
      "example.com/foo+530d903a",
      "example.com/foo+" + key64,
      "+530d903a+" + key64,                                 // no name
      "example.com/foo bar+530d903a+" + key64,              // space in the name
      "example.com/fo+530d903a+" + key64,                   // ID of another name
      "example.com/foo+530d903b+" + key64,                  // another ID
      "example.com/foo+530D903A+" + key64,                  // upper case
      "example.com/foo+530d903a0+" + key64,                 // nine digits
      "example.com/foo+30d903a+" + key64,                   // seven
      "example.com/foo+530d903a+" + key64 + "=",            // padding too many
      "example.com/foo+530d903a+" + key64 + "\n",           // trailing bytes
      "example.com/foo+530d903a+ " + key64,                 // a space
      "example.com/foo+530d903a+" + key64.substr(0, 40),    // 30 bytes
      "example.com/foo+530d903a+" + key64 + "AAAA",         // 36 bytes
      "example.com/foo+530d903a+A" + std::string(43, '+'),  // pluses are base64, the ID is not its
      "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  // type 2
      std::string(256, 'n') + "+530d903a+" + key64};
  for (const std::string& vkey : bad) {
    EXPECT_THAT(NoteKey::FromVkey(vkey), StatusIs(kInvalid)) << vkey;
  }
}

TEST_F(NoteTest, UnknownKeyTypesAreRefusedByNumber) {
  for (const int type : {0, 2, 3, 5, 6, 255}) {
    Writer writer;
    writer.U8(static_cast<uint8_t>(type)).Raw(head_.key.view());
    const NoteKey key{"n", static_cast<KeyType>(type), head_.key};
    const std::string vkey = "n+" + key.id().hex() + "+" + ToBase64(writer.bytes());
    EXPECT_THAT(NoteKey::FromVkey(vkey),
                StatusIs(kInvalid, HasSubstr("type " + std::to_string(type))));
  }
}

TEST_F(NoteTest, SigningReproducesTheHeadNoteToTheByte) {
  Note note{text_, {SignNote(text_, head_.name, KeyOf("head"))}};
  EXPECT_EQ(note.ToString(), head_note_);
}

TEST_F(NoteTest, ParsedNotesAreWrittenBackToTheByte) {
  for (const std::string& text : {head_note_, cosigned_note_}) {
    auto note = ParseNote(text);
    DAFTAR_ASSERT_OK(note);
    EXPECT_EQ(note->text, text_);
    EXPECT_EQ(note->ToString(), text);
  }
  EXPECT_EQ(ParseNote(cosigned_note_)->signatures.size(), 3U);
}

TEST_F(NoteTest, VerificationReturnsEachKnownSignerWithItsTime) {
  const Note note = *ParseNote(cosigned_note_);
  const NoteKey known[] = {mirror_, self_, head_};
  auto signers = VerifyNote(note, known);
  DAFTAR_ASSERT_OK(signers);
  ASSERT_EQ(signers->size(), 3U);
  EXPECT_EQ((*signers)[0].key, head_);
  EXPECT_EQ((*signers)[0].timestamp, 0U);
  EXPECT_EQ((*signers)[1].key, self_);
  EXPECT_EQ((*signers)[1].timestamp, 1793404800U);
  EXPECT_EQ((*signers)[2].key, mirror_);
  EXPECT_EQ((*signers)[2].timestamp, 1793404805U);
}

TEST_F(NoteTest, LinesOfUnknownKeysAreIgnored) {
  const Note note = *ParseNote(cosigned_note_);
  const NoteKey known[] = {self_};
  auto signers = VerifyNote(note, known);
  DAFTAR_ASSERT_OK(signers);
  EXPECT_THAT(*signers, ElementsAre(Field(&VerifiedSigner::key, self_)));
}

TEST_F(NoteTest, NoteWithoutAKnownSignerIsDenied) {
  EXPECT_THAT(VerifyNote(*ParseNote(head_note_), {}),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const NoteKey other[] = {self_, mirror_};
  EXPECT_THAT(VerifyNote(*ParseNote(head_note_), other),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(NoteTest, SameNameWithAnotherKeyOrTypeIsUnknown) {
  const Note note = *ParseNote(head_note_);
  const NoteKey other_key[] = {{head_.name, KeyType::kEd25519, self_.key}};
  EXPECT_THAT(VerifyNote(note, other_key), StatusIs(absl::StatusCode::kPermissionDenied));
  const NoteKey other_type[] = {{head_.name, KeyType::kCosignature, head_.key}};
  EXPECT_THAT(VerifyNote(note, other_type), StatusIs(absl::StatusCode::kPermissionDenied));
  const NoteKey other_name[] = {{"toko-c.example/daftar", KeyType::kEd25519, head_.key}};
  EXPECT_THAT(VerifyNote(note, other_name), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(NoteTest, IdOfAKnownKeyUnderAnotherNameIsUnknown) {
  Note note = *ParseNote(head_note_);
  note.signatures[0].name = "toko-c.example/daftar";
  EXPECT_THAT(VerifyNote(note, std::span(&head_, 1)),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

// The seeds were searched for: their key IDs under the name "n" are both 435f574b.
TEST_F(NoteTest, TwoKnownKeysThatShareNameAndIdMakeTheLineAmbiguous) {
  std::vector<SigningKey> keys;
  std::vector<NoteKey> known;
  for (const char* seed : {"00b04a", "014b54"}) {
    const Bytes bytes = *FromHex(seed + std::string(58, '0'));
    keys.push_back(SigningKey::FromSeed(*Secret32::Create(bytes)));
    known.push_back({"n", KeyType::kEd25519, keys.back().public_key()});
  }
  ASSERT_EQ(known[0].id(), known[1].id());
  const Note note{text_, {SignNote(text_, "n", keys[0])}};
  DAFTAR_EXPECT_OK(VerifyNote(note, std::span(&known[0], 1)));
  EXPECT_THAT(VerifyNote(note, std::span(&known[1], 1)), StatusIs(kInvalid));
  EXPECT_THAT(VerifyNote(note, known), StatusIs(kInvalid, HasSubstr("share")));
}

TEST_F(NoteTest, AnyChangedByteOfTextOrSignatureRejectsTheWholeNote) {
  const NoteKey known[] = {head_, self_, mirror_};
  const Note good = *ParseNote(cosigned_note_);
  for (size_t i = 0; i < good.text.size(); ++i) {
    Note bad = good;
    bad.text[i] = static_cast<char>(bad.text[i] ^ 0x01);
    EXPECT_THAT(VerifyNote(bad, known), StatusIs(kInvalid)) << "text byte " << i;
  }
  for (size_t line = 0; line < good.signatures.size(); ++line) {
    for (size_t i = 0; i < good.signatures[line].blob.size(); ++i) {
      Note bad = good;
      bad.signatures[line].blob[i] ^= 0x01;
      EXPECT_THAT(VerifyNote(bad, known), StatusIs(kInvalid)) << line << " byte " << i;
    }
  }
}

TEST_F(NoteTest, OneFailingLineOfAKnownKeyOutweighsGoodLinesOfOthers) {
  Note note = *ParseNote(cosigned_note_);
  note.signatures[2].blob.back() ^= 0x80;
  const NoteKey with_it[] = {head_, mirror_};
  EXPECT_THAT(VerifyNote(note, with_it), StatusIs(kInvalid, HasSubstr("signature line 3")));
  const NoteKey without_it[] = {head_, self_};
  DAFTAR_EXPECT_OK(VerifyNote(note, without_it));
}

TEST_F(NoteTest, BlobOfAWrongLengthForAKnownKeyIsRejected) {
  for (const int change : {-1, 1, 8}) {
    Note note = *ParseNote(cosigned_note_);
    for (NoteSignature& signature : note.signatures) {
      signature.blob.resize(signature.blob.size() + change);
    }
    for (const NoteKey& key : {head_, self_, mirror_}) {
      EXPECT_THAT(VerifyNote(note, std::span(&key, 1)), StatusIs(kInvalid, HasSubstr("length")));
    }
  }
}

TEST_F(NoteTest, CosignatureTimesOfZeroOrFrom2To63OnAreRejected) {
  const SigningKey key = KeyOf("self");
  for (const uint64_t time : {uint64_t{0}, kMaxCosignatureTime + 1, ~uint64_t{0}}) {
    Writer blob;  // a correct signature over an impossible time, which Cosign refuses to make
    blob.U64(time).Raw(key.Sign(AsBytes(CosignatureMessage(text_, time))).view());
    const Note note{text_, {{self_.name, self_.id(), blob.Take()}}};
    EXPECT_THAT(VerifyNote(note, std::span(&self_, 1)), StatusIs(kInvalid, HasSubstr("timestamp")));
  }
}

TEST_F(NoteTest, SeveralLinesOfOneKeyCountOnceWithTheNewestTime) {
  const SigningKey key = KeyOf("self");
  const Note note{text_,
                  {Cosign(text_, 100, self_.name, key), Cosign(text_, 300, self_.name, key),
                   Cosign(text_, 200, self_.name, key)}};
  auto signers = VerifyNote(note, std::span(&self_, 1));
  DAFTAR_ASSERT_OK(signers);
  EXPECT_THAT(*signers, ElementsAre(Field(&VerifiedSigner::timestamp, 300U)));
}

TEST_F(NoteTest, LaterLineOfTheSameKeyMustVerifyToo) {
  Note note = *ParseNote(head_note_);
  note.signatures.push_back(note.signatures[0]);
  DAFTAR_EXPECT_OK(VerifyNote(note, std::span(&head_, 1)));
  note.signatures[1].blob[5] ^= 1;
  EXPECT_THAT(VerifyNote(note, std::span(&head_, 1)),
              StatusIs(kInvalid, HasSubstr("signature line 2")));
}

TEST_F(NoteTest, KnownKeyListedTwiceCountsOnce) {
  const NoteKey known[] = {head_, head_};
  auto signers = VerifyNote(*ParseNote(head_note_), known);
  DAFTAR_ASSERT_OK(signers);
  EXPECT_EQ(signers->size(), 1U);
}

TEST_F(NoteTest, TextMayHoldEmptyLinesAndTheLastOneSeparates) {
  const std::string text = "one\n\n\ntwo\n";
  const Note note{text, {SignNote(text, head_.name, KeyOf("head"))}};
  auto read = ParseNote(note.ToString());
  DAFTAR_ASSERT_OK(read);
  EXPECT_EQ(read->text, text);
  DAFTAR_EXPECT_OK(VerifyNote(*read, std::span(&head_, 1)));
}

using NoteDeathTest = NoteTest;

TEST_F(NoteDeathTest, SigningATextThatNoReaderAcceptsAborts) {
  const SigningKey key = KeyOf("head");
  EXPECT_DEATH(SignNote("no line feed", head_.name, key), "");
  EXPECT_DEATH(SignNote("a\rb\n", head_.name, key), "");
  EXPECT_DEATH(SignNote(text_, "two words", key), "");
}

}  // namespace
}  // namespace daftar::crypto
