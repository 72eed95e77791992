#include "node/evidence/header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "crypto/merkle.h"
#include "tests/node/evidence/entry_vectors.h"
#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using evidence::testing::EntryVector;
using evidence::testing::EntryVectors;
using evidence::testing::FixedFromJson;
using evidence::testing::FromJson;
using evidence::testing::Hex;
using evidence::testing::Json;
using evidence::testing::KeyFromJson;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

const Json& Inputs() { return EntryVectors()["inputs"]; }

// The key that signs the vector's log.
crypto::SigningKey SignerOf(const Json& vector) {
  const bool adoption = vector["name"] == "ADOPTION";
  return KeyFromJson(Inputs()["seeds"][adoption ? "new_entry" : "entry"]);
}

Header HeaderOf(const Json& vector) {
  Header header{.kind = static_cast<EntryKind>(vector["kind"].get<int>()),
                .ground = static_cast<ErasureGround>(vector["ground"].get<int>()),
                .index = vector["index"].get<uint64_t>(),
                .issued_at = vector["issued_at"].get<uint64_t>(),
                .about = vector["about"].get<uint64_t>(),
                .signer = {},
                .commitment = {},
                .origin = vector["origin"].get<std::string>()};
  const Bytes body = FromJson(vector["body"]);
  if (!body.empty()) header.commitment = CommitTo(body);
  return header;
}

Bytes LeafOf(const Json& vector) {
  Bytes leaf = FromJson(vector["header"]);
  const Bytes signature = FromJson(vector["signature"]);
  leaf.insert(leaf.end(), signature.begin(), signature.end());
  return leaf;
}

TEST(HeaderTest, EveryKindHasTheVectorsHeaderSignatureAndLeafHash) {
  ASSERT_EQ(EntryVectors()["entries"].size(), 11u);
  for (const Json& vector : EntryVectors()["entries"]) {
    const SignedHeader made = SignHeader(HeaderOf(vector), SignerOf(vector));
    EXPECT_EQ(made.header.signer.hex(), vector["signer"]);
    EXPECT_EQ(made.header.commitment.hex(), vector["commitment"]);
    EXPECT_EQ(Hex(made.header_bytes), vector["header"]) << vector["name"];
    EXPECT_EQ(Hex(crypto::DssePreAuthenticationEncoding(kEntrySignatureType, made.header_bytes)),
              vector["signature_input"]);
    EXPECT_EQ(made.signature.hex(), vector["signature"]) << vector["name"];
    EXPECT_EQ(crypto::MerkleLeafHash(made.Leaf()).hex(), vector["leaf_hash"]) << vector["name"];
    EXPECT_EQ(KindName(made.header.kind), vector["name"].get<std::string>());
  }
}

TEST(HeaderTest, EveryVectorDecodesToWhatWasEncodedAndVerifies) {
  for (const Json& vector : EntryVectors()["entries"]) {
    const auto leaf = SignedHeader::DecodeLeaf(LeafOf(vector));
    ASSERT_THAT(leaf, IsOk()) << vector["name"];
    Header expected = HeaderOf(vector);
    expected.signer = FixedFromJson<crypto::KeyId>(vector["signer"]);
    EXPECT_EQ(leaf->header, expected);
    EXPECT_EQ(leaf->Leaf(), LeafOf(vector));
    EXPECT_TRUE(leaf->VerifiedBy(SignerOf(vector).public_key())) << vector["name"];
  }
}

TEST(HeaderTest, EveryPrefixAndEveryExtensionIsRefused) {
  for (const Json& vector : EntryVectors()["entries"]) {
    const Bytes bytes = FromJson(vector["header"]);
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_THAT(Header::Decode(ByteView(bytes).first(size)), StatusIs(kInvalid)) << size;
    }
    for (const uint8_t added : Bytes{0, 'a', 255}) {
      Bytes longer = bytes;
      longer.push_back(added);
      EXPECT_THAT(Header::Decode(longer), StatusIs(kInvalid));
    }
  }
}

TEST(HeaderTest, EveryLeafWithAByteMoreOrLessIsRefusedOrDoesNotVerify) {
  const Json& vector = EntryVector("REPORT");
  const Bytes leaf = LeafOf(vector);
  for (size_t size = 0; size < leaf.size(); ++size) {
    EXPECT_THAT(SignedHeader::DecodeLeaf(ByteView(leaf).first(size)), StatusIs(kInvalid)) << size;
  }
  Bytes longer = leaf;
  longer.push_back(0);
  EXPECT_THAT(SignedHeader::DecodeLeaf(longer), StatusIs(kInvalid));
  EXPECT_THAT(SignedHeader::DecodeLeaf(Bytes(kMaxLeafBytes + 1)),
              StatusIs(kInvalid, HasSubstr("132 to 331")));
}

TEST(HeaderTest, EveryFlippedBitIsRefusedOrGivesAnotherValueThatDoesNotVerify) {
  for (const Json& vector : EntryVectors()["entries"]) {
    const Bytes leaf = LeafOf(vector);
    const size_t header_size = leaf.size() - crypto::Signature::kSize;
    const crypto::PublicKey key = SignerOf(vector).public_key();
    const Header original = SignedHeader::DecodeLeaf(leaf)->header;
    for (size_t bit = 0; bit < leaf.size() * 8; ++bit) {
      Bytes changed = leaf;
      changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      const auto decoded = SignedHeader::DecodeLeaf(changed);
      if (!decoded.ok()) continue;
      EXPECT_EQ(decoded->header == original, bit / 8 >= header_size) << bit;
      EXPECT_EQ(decoded->header.Encode(), decoded->header_bytes) << bit;
      EXPECT_FALSE(decoded->VerifiedBy(key)) << vector["name"] << " bit " << bit;
    }
  }
}

TEST(HeaderTest, AnotherKeyDoesNotVerify) {
  const auto leaf = SignedHeader::DecodeLeaf(LeafOf(EntryVector("REPORT")));
  ASSERT_THAT(leaf, IsOk());
  EXPECT_FALSE(leaf->VerifiedBy(KeyFromJson(Inputs()["seeds"]["head"]).public_key()));
}

TEST(HeaderTest, ASignatureWithoutTheEnvelopeDoesNotVerify) {
  const crypto::SigningKey key = KeyFromJson(Inputs()["seeds"]["entry"]);
  SignedHeader made = SignHeader(HeaderOf(EntryVector("REPORT")), key);
  made.signature = key.Sign(made.header_bytes);
  EXPECT_FALSE(made.VerifiedBy(key.public_key()));
}

TEST(HeaderTest, ATrueSignatureUnderAnotherSignerIdDoesNotVerify) {
  const crypto::SigningKey key = KeyFromJson(Inputs()["seeds"]["entry"]);
  Header header = HeaderOf(EntryVector("REPORT"));
  header.signer = FixedFromJson<crypto::KeyId>(Json("00000000"));
  const SignedHeader made{.header = header,
                          .header_bytes = header.Encode(),
                          .signature = key.Sign(crypto::DssePreAuthenticationEncoding(
                              kEntrySignatureType, header.Encode()))};
  EXPECT_FALSE(made.VerifiedBy(key.public_key()));
}

TEST(HeaderTest, TheSignerIdBelongsToTheEntryRoleOfTheOrigin) {
  const crypto::PublicKey key = KeyFromJson(Inputs()["seeds"]["entry"]).public_key();
  EXPECT_NE(EntryKeyId("a.example", key), EntryKeyId("b.example", key));
  EXPECT_NE(EntryKeyId("a.example", key),
            crypto::NoteKeyId("a.example", crypto::KeyType::kEd25519, key));
}

// A header that decodes, with one field changed.
struct RuleCase {
  const char* name;
  const char* kind;
  void (*change)(Bytes&);
  const char* message;
};
constexpr size_t kKind = 4, kGround = 5, kIndex = 6, kTime = 14, kAbout = 22, kCommitment = 34,
                 kOriginLength = 66, kOriginAt = 67;

TEST(HeaderTest, HeadersThatBreakARuleAreRefusedByName) {
  const RuleCase cases[] = {
      {"magic", "REPORT", [](Bytes& h) { h[3] = '2'; }, "DFT1"},
      {"kind 0", "REPORT", [](Bytes& h) { h[kKind] = 0; }, "kind 0 "},
      {"kind 12", "REPORT", [](Bytes& h) { h[kKind] = 12; }, "kind 12 "},
      {"ground on a report", "REPORT", [](Bytes& h) { h[kGround] = 1; }, "ground 1 "},
      {"erasure without ground", "ERASURE", [](Bytes& h) { h[kGround] = 0; }, "ground 0 "},
      {"unknown ground", "ERASURE", [](Bytes& h) { h[kGround] = 6; }, "ground 6 "},
      {"index of 2^63", "REPORT", [](Bytes& h) { h[kIndex] = 0x80; }, "index"},
      {"time of 2^63", "REPORT", [](Bytes& h) { h[kTime] = 0x80; }, "time"},
      {"report about an entry", "REPORT", [](Bytes& h) { h[kAbout] = 0; }, "not be about"},
      {"keys about an entry", "KEYS", [](Bytes& h) { h[kAbout + 7] = 0; }, "not be about"},
      {"charter about an entry", "CHARTER", [](Bytes& h) { h[kAbout + 7] = 0; }, "not be about"},
      {"adoption about an entry", "ADOPTION", [](Bytes& h) { h[kAbout + 7] = 0; }, "not be about"},
      {"settlement about itself", "SETTLEMENT", [](Bytes& h) { h[kAbout + 7] = 3; }, "earlier"},
      {"dispute about nothing", "DISPUTE",
       [](Bytes& h) { std::fill_n(h.begin() + kAbout, 8, uint8_t{255}); }, "earlier"},
      {"relabel about a later one", "RELABEL", [](Bytes& h) { h[kAbout + 7] = 200; }, "earlier"},
      {"erasure about itself", "ERASURE", [](Bytes& h) { h[kAbout + 7] = 9; }, "earlier"},
      {"erasure with a commitment", "ERASURE", [](Bytes& h) { h[kCommitment] = 1; }, "commitment"},
      {"report without commitment", "REPORT",
       [](Bytes& h) { std::fill_n(h.begin() + kCommitment, 32, uint8_t{0}); }, "commitment"},
      {"capital in the origin", "REPORT", [](Bytes& h) { h[kOriginAt] = 'T'; }, "origin"},
      {"line feed in the origin", "REPORT", [](Bytes& h) { h[kOriginAt] = '\n'; }, "origin"},
      {"empty origin", "REPORT",
       [](Bytes& h) {
         h[kOriginLength] = 0;
         h.resize(kOriginAt);
       },
       "origin"},
      {"origin of 201 bytes", "REPORT",
       [](Bytes& h) {
         h[kOriginLength] = 201;
         h.resize(kOriginAt + 201, 'a');
       },
       "origin"},
  };
  for (const RuleCase& rule : cases) {
    Bytes header = FromJson(EntryVector(rule.kind)["header"]);
    rule.change(header);
    EXPECT_THAT(Header::Decode(header), StatusIs(kInvalid, HasSubstr(rule.message))) << rule.name;
  }
}

TEST(HeaderTest, AnOriginOf200BytesAndTheLargestNumbersRoundTrip) {
  const crypto::SigningKey key = KeyFromJson(Inputs()["seeds"]["entry"]);
  Header header = HeaderOf(EntryVector("SETTLEMENT"));
  header.index = kMaxIndexOrTime;
  header.issued_at = kMaxIndexOrTime;
  header.about = kMaxIndexOrTime - 1;
  header.origin = std::string(kMaxOriginBytes, 'z');
  const SignedHeader made = SignHeader(header, key);
  EXPECT_EQ(made.Leaf().size(), kMaxLeafBytes);
  const auto decoded = SignedHeader::DecodeLeaf(made.Leaf());
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->header, made.header);
  EXPECT_TRUE(decoded->VerifiedBy(key.public_key()));
}

TEST(HeaderDeathTest, EncodingAHeaderThatBreaksARuleAborts) {
  Header header = HeaderOf(EntryVector("REPORT"));
  header.about = 0;
  EXPECT_DEATH(header.Encode(), "must not be about");
}

TEST(OriginTest, OnlySmallLettersDigitsDotsSlashesAndDashesAreAllowed) {
  for (const char* good : {"a", "toko-a.example/daftar", "0/9.-"}) {
    EXPECT_THAT(CheckOrigin(good), IsOk()) << good;
  }
  for (const char* bad : {"", "Toko", "a b", "a+b", "a_b", "a\n", "caf\xc3\xa9", "a:1"}) {
    EXPECT_THAT(CheckOrigin(bad), StatusIs(kInvalid, HasSubstr("toko-a.example"))) << bad;
  }
  EXPECT_THAT(CheckOrigin(std::string(200, 'a')), IsOk());
  EXPECT_THAT(CheckOrigin(std::string(201, 'a')), StatusIs(kInvalid));
  EXPECT_THAT(CheckOrigin(std::string_view("a\0b", 3)), StatusIs(kInvalid));
}

TEST(OriginTest, KeyNamesOfMirrorAndSelfFollowTheOrigin) {
  EXPECT_EQ(MirrorKeyName("a.example"), "a.example/mirror");
  EXPECT_EQ(SelfKeyName("a.example"), "a.example/self");
}

TEST(EntryKindTest, UpdatesAndEntriesAboutReportsAreToldApart) {
  for (int number = 0; number <= 13; ++number) {
    const auto kind = static_cast<EntryKind>(number);
    EXPECT_EQ(IsUpdate(kind), number >= 2 && number <= 6) << number;
    EXPECT_EQ(IsAboutReport(kind), number >= 2 && number <= 8) << number;
  }
  EXPECT_EQ(KindName(static_cast<EntryKind>(12)), "UNKNOWN");
}

}  // namespace
}  // namespace daftar::evidence
