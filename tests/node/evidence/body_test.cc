#include "node/evidence/body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/voprf.h"
#include "node/evidence/entry.h"
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

Bytes EncodeAny(const Body& body) {
  return std::visit(
      [](const auto& alternative) {
        if constexpr (std::is_same_v<std::decay_t<decltype(alternative)>, std::monostate>) {
          return Bytes();
        } else {
          return alternative.Encode();
        }
      },
      body);
}

// The decoder of the kind, through a header that commits to whatever the bytes are.
absl::StatusOr<Body> DecodeAs(const Json& vector, ByteView bytes) {
  Header header = *Header::Decode(FromJson(vector["header"]));
  header.commitment = CommitTo(bytes);
  return DecodeBody(header, bytes);
}

std::vector<Json> VectorsWithBody() {
  std::vector<Json> vectors;
  for (const Json& vector : EntryVectors()["entries"]) {
    if (vector["name"] != "ERASURE") vectors.push_back(vector);
  }
  return vectors;
}

TEST(BodyTest, EveryVectorDecodesUnderItsHeaderAndEncodesAgain) {
  for (const Json& vector : EntryVectors()["entries"]) {
    const auto header = Header::Decode(FromJson(vector["header"]));
    ASSERT_THAT(header, IsOk());
    const auto body = DecodeBody(*header, FromJson(vector["body"]));
    ASSERT_THAT(body, IsOk()) << vector["name"];
    EXPECT_EQ(Hex(EncodeAny(*body)), vector["body"]) << vector["name"];
  }
}

TEST(BodyTest, ABodyThatDoesNotFitTheCommitmentIsRefused) {
  for (const Json& vector : VectorsWithBody()) {
    const auto header = Header::Decode(FromJson(vector["header"]));
    Bytes body = FromJson(vector["body"]);
    body.back() ^= 1;
    EXPECT_THAT(DecodeBody(*header, body), StatusIs(kInvalid, HasSubstr("commitment")));
    EXPECT_THAT(DecodeBody(*header, {}), StatusIs(kInvalid, HasSubstr("commitment")));
  }
}

TEST(BodyTest, AnErasureWithABodyIsRefused) {
  const auto header = Header::Decode(FromJson(EntryVector("ERASURE")["header"]));
  ASSERT_THAT(header, IsOk());
  EXPECT_THAT(DecodeBody(*header, {}), IsOk());
  EXPECT_THAT(DecodeBody(*header, Bytes{0}), StatusIs(kInvalid, HasSubstr("no body")));
}

TEST(BodyTest, EveryPrefixAndEveryExtensionIsRefused) {
  for (const Json& vector : VectorsWithBody()) {
    Bytes body = FromJson(vector["body"]);
    ASSERT_THAT(DecodeAs(vector, body), IsOk());
    for (size_t size = 0; size < body.size(); ++size) {
      EXPECT_THAT(DecodeAs(vector, ByteView(body).first(size)), StatusIs(kInvalid))
          << vector["name"] << " " << size;
    }
    body.push_back(0);
    EXPECT_THAT(DecodeAs(vector, body), StatusIs(kInvalid)) << vector["name"];
  }
}

TEST(BodyTest, EveryFlippedBitIsRefusedOrEncodesToTheChangedBytes) {
  for (const Json& vector : VectorsWithBody()) {
    const Bytes body = FromJson(vector["body"]);
    for (size_t bit = 0; bit < body.size() * 8; ++bit) {
      Bytes changed = body;
      changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      const auto decoded = DecodeAs(vector, changed);
      if (decoded.ok()) {
        EXPECT_EQ(EncodeAny(*decoded), changed) << vector["name"] << " " << bit;
      }
    }
  }
}

TEST(BodyTest, SizesAreThoseOfTheProtocol) {
  EXPECT_EQ(ReportBody().Encode().size(), ReportBody::kSize);
  EXPECT_EQ(UpdateBody().Encode().size(), UpdateBody::kSize);
  EXPECT_EQ(RelabelBody().Encode().size(), RelabelBody::kSize);
  EXPECT_EQ(KeysBody().Encode().size(), KeysBody::kSize);
  EXPECT_EQ(CharterBody().Encode().size(), CharterBody::kSize);
  AdoptionBody adoption;
  adoption.old_origin = std::string(kMaxOriginBytes, 'a');
  EXPECT_EQ(adoption.Encode().size(), AdoptionBody::kMaxSize);
  EXPECT_LE(AdoptionBody::kMaxSize, kMaxBodyBytes);
}

TEST(KeysBodyTest, FieldsOfTheVectorStandWhereTheyShould) {
  const Json& inputs = EntryVectors()["inputs"];
  const auto body = KeysBody::Decode(FromJson(EntryVector("KEYS")["body"]));
  ASSERT_THAT(body, IsOk());
  EXPECT_EQ(body->salt.hex(), EntryVector("KEYS")["salt"]);
  EXPECT_EQ(body->entry.hex(), inputs["public_keys"]["entry"]);
  EXPECT_EQ(body->head.hex(), inputs["public_keys"]["head"]);
  EXPECT_EQ(body->mirror.hex(), inputs["public_keys"]["mirror"]);
  EXPECT_EQ(body->self.hex(), inputs["public_keys"]["self"]);
  EXPECT_EQ(body->tls_spki.hex(), inputs["tls_spki"]);
  EXPECT_EQ(body->epoch, 7u);
  EXPECT_EQ(body->voprf.hex(), EntryVectors()["voprf"]["public_key"]);
}

TEST(KeysBodyTest, AVoprfKeyThatIsNoElementOrTheIdentityIsRefused) {
  auto body = *KeysBody::Decode(FromJson(EntryVector("KEYS")["body"]));
  body.voprf = {};  // the identity's encoding
  EXPECT_THAT(KeysBody::Decode(body.Encode()), StatusIs(kInvalid, HasSubstr("ristretto255")));
  std::array<uint8_t, 32> bytes;
  bytes.fill(0xff);  // beyond the field
  body.voprf = decltype(body.voprf)(bytes);
  EXPECT_THAT(KeysBody::Decode(body.Encode()), StatusIs(kInvalid, HasSubstr("ristretto255")));
}

TEST(KeysBodyTest, AnEpochOfAnotherLengthIsRefused) {
  const Bytes good = FromJson(EntryVector("KEYS")["body"]);
  constexpr size_t kEpochLength = 32 + 5 * 34;
  ASSERT_EQ(good[kEpochLength + 1], 4);
  Bytes longer = good;
  longer[kEpochLength + 1] = 5;
  longer.insert(longer.begin() + kEpochLength + 2, 0);
  EXPECT_THAT(KeysBody::Decode(longer), StatusIs(kInvalid));
  Bytes shorter = good;
  shorter[kEpochLength + 1] = 3;
  shorter.erase(shorter.begin() + kEpochLength + 2);
  EXPECT_THAT(KeysBody::Decode(shorter), StatusIs(kInvalid));
}

TEST(KeysBodyTest, OneKeyInTwoRolesIsRefused) {
  const auto original = *KeysBody::Decode(FromJson(EntryVector("KEYS")["body"]));
  crypto::PublicKey KeysBody::*const roles[] = {&KeysBody::entry, &KeysBody::head,
                                                &KeysBody::mirror, &KeysBody::self};
  for (const auto one : roles) {
    for (const auto other : roles) {
      KeysBody body = original;
      body.*one = body.*other;
      EXPECT_EQ(KeysBody::Decode(body.Encode()).ok(), one == other);
    }
  }
}

TEST(CharterBodyTest, HoldsTheCharterOfTheVector) {
  const auto body = CharterBody::Decode(FromJson(EntryVector("CHARTER")["body"]));
  ASSERT_THAT(body, IsOk());
  EXPECT_EQ(body->charter.hex(), EntryVectors()["inputs"]["charter"]);
}

TEST(AdoptionBodyTest, TheOldEntryKeySignedTheStatementOfTheVector) {
  const Json& vector = EntryVector("ADOPTION");
  const Json& keys = EntryVectors()["inputs"]["public_keys"];
  const auto body = AdoptionBody::Decode(FromJson(vector["body"]));
  ASSERT_THAT(body, IsOk());
  EXPECT_EQ(body->old_origin, vector["old_origin"]);
  EXPECT_EQ(body->size, vector["old_size"].get<uint64_t>());
  EXPECT_EQ(body->root.hex(), vector["old_root"]);
  const Bytes statement = AdoptionStatement(vector["origin"].get<std::string>(),
                                            FixedFromJson<crypto::PublicKey>(keys["new_entry"]),
                                            body->old_origin, body->size, body->root);
  EXPECT_EQ(Hex(statement), vector["statement"]);
  EXPECT_TRUE(crypto::VerifySignature(FixedFromJson<crypto::PublicKey>(keys["entry"]), statement,
                                      body->old_entry_signature));
  const Bytes of_another_log = AdoptionStatement(
      "toko-x.example/daftar", FixedFromJson<crypto::PublicKey>(keys["new_entry"]),
      body->old_origin, body->size, body->root);
  EXPECT_FALSE(crypto::VerifySignature(FixedFromJson<crypto::PublicKey>(keys["entry"]),
                                       of_another_log, body->old_entry_signature));
}

TEST(AdoptionBodyTest, AMalformedOldOriginOrSizeIsRefused) {
  const Bytes good = FromJson(EntryVector("ADOPTION")["body"]);
  constexpr size_t kOrigin = 34;
  const size_t size_at = kOrigin + std::string_view("toko-a.example/daftar").size() + 2;
  Bytes bad = good;
  bad[kOrigin] = 'T';
  EXPECT_THAT(AdoptionBody::Decode(bad), StatusIs(kInvalid, HasSubstr("origin")));
  bad = good;
  bad[size_at] = 0x80;
  EXPECT_THAT(AdoptionBody::Decode(bad), StatusIs(kInvalid, HasSubstr("2^63")));
}

TEST(AdoptionBodyDeathTest, EncodingAMalformedOldOriginAborts) {
  AdoptionBody body;
  EXPECT_DEATH(body.Encode(), "old origin");
}

}  // namespace
}  // namespace daftar::evidence
