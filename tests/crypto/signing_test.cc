#include "crypto/signing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/crypto/json_vectors.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using ::daftar::testing::FakeEntropy;
using ::daftar::testing::FixedFromHex;
using ::daftar::testing::Hex;
using ::daftar::testing::IsOk;
using ::daftar::testing::LoadVectors;
using ::daftar::testing::SecretFromHex;

TEST(SigningTest, PublishedVectorsSignAndVerifyAsPrinted) {
  const nlohmann::json vectors = LoadVectors("rfc8032_ed25519.json");
  ASSERT_EQ(vectors["accepted"].size(), 4U);
  for (const auto& vector : vectors["accepted"]) {
    const SigningKey key = SigningKey::FromSeed(SecretFromHex(vector["seed"]));
    EXPECT_EQ(key.public_key().hex(), vector["public_key"]) << vector["name"];
    EXPECT_EQ(ToHex(key.ExposeSeed().Expose()), vector["seed"]);
    const Bytes message = Hex(vector["message"]);
    EXPECT_EQ(key.Sign(message).hex(), vector["signature"]) << vector["name"];
    EXPECT_TRUE(VerifySignature(FixedFromHex<PublicKey>(vector["public_key"]), message,
                                FixedFromHex<Signature>(vector["signature"])));
  }
}

TEST(SigningTest, SignaturesThatAStrictVerifierRefusesAreRefused) {
  const nlohmann::json vectors = LoadVectors("rfc8032_ed25519.json");
  ASSERT_EQ(vectors["refused"].size(), 18U);
  for (const auto& vector : vectors["refused"]) {
    EXPECT_FALSE(VerifySignature(FixedFromHex<PublicKey>(vector["public_key"]),
                                 Hex(vector["message"]),
                                 FixedFromHex<Signature>(vector["signature"])))
        << vector["why"];
  }
}

TEST(SigningTest, EveryFlippedBitOfSignatureMessageOrKeyIsRefused) {
  FakeEntropy entropy;
  const SigningKey key = SigningKey::Generate(entropy);
  const Bytes message = ToBytes("header");
  const Signature signature = key.Sign(message);
  ASSERT_TRUE(VerifySignature(key.public_key(), message, signature));
  for (size_t bit = 0; bit < Signature::kSize * 8; ++bit) {
    Signature changed = signature;
    changed.data()[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(VerifySignature(key.public_key(), message, changed)) << bit;
  }
  for (size_t bit = 0; bit < message.size() * 8; ++bit) {
    Bytes changed = message;
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(VerifySignature(key.public_key(), changed, signature)) << bit;
  }
  for (size_t bit = 0; bit < PublicKey::kSize * 8; ++bit) {
    PublicKey changed = key.public_key();
    changed.data()[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(VerifySignature(changed, message, signature)) << bit;
  }
}

TEST(SigningTest, GeneratedKeysDifferAndComeBackFromTheirSeed) {
  FakeEntropy entropy;
  const SigningKey a = SigningKey::Generate(entropy);
  const SigningKey b = SigningKey::Generate(entropy);
  EXPECT_NE(a.public_key(), b.public_key());
  const SigningKey again = SigningKey::FromSeed(a.ExposeSeed());
  EXPECT_EQ(again.public_key(), a.public_key());
  EXPECT_EQ(again.Sign(AsBytes("x")), a.Sign(AsBytes("x")));
}

TEST(SigningTest, MovedKeyStillSigns) {
  FakeEntropy entropy;
  SigningKey key = SigningKey::Generate(entropy);
  const PublicKey public_key = key.public_key();
  const SigningKey moved = std::move(key);
  EXPECT_TRUE(VerifySignature(public_key, AsBytes("x"), moved.Sign(AsBytes("x"))));
}

// DSSE 1.0.2 protocol.md.
TEST(DsseTest, PublishedEncodingComesOut) {
  EXPECT_EQ(AsText(DssePreAuthenticationEncoding("http://example.com/HelloWorld",
                                                 AsBytes("hello world"))),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST(DsseTest, EmptyTypeAndBodyKeepTheirLengths) {
  EXPECT_EQ(AsText(DssePreAuthenticationEncoding("", {})), "DSSEv1 0  0 ");
}

TEST(DsseTest, LengthsCountBytesAndBodyMayHoldAnything) {
  const Bytes body = {0, '\n', 0xff};
  EXPECT_EQ(ToHex(DssePreAuthenticationEncoding("\xc3\xa9", body)),
            ToHex(AsBytes("DSSEv1 2 \xc3\xa9 3 ")) + "000aff");
}

TEST(DsseTest, BytesMovedBetweenTypeAndBodyEncodeDifferently) {
  EXPECT_NE(DssePreAuthenticationEncoding("a 1", AsBytes("b")),
            DssePreAuthenticationEncoding("a", AsBytes("1 b")));
}

// C2SP signed-note: example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
TEST(NoteKeyIdTest, PublishedKeyIdComesOut) {
  auto typed_key = FromBase64("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  ASSERT_THAT(typed_key, IsOk());
  ASSERT_EQ(typed_key->size(), 33U);
  ASSERT_EQ((*typed_key)[0], static_cast<uint8_t>(KeyType::kEd25519));
  const PublicKey key = *PublicKey::Create(ByteView(*typed_key).subspan(1));
  EXPECT_EQ(NoteKeyId("example.com/foo", KeyType::kEd25519, key).hex(), "530d903a");
}

TEST(NoteKeyIdTest, NameTypeAndKeyEachChangeTheId) {
  const PublicKey key;
  PublicKey other;
  other.data()[0] = 1;
  const KeyId id = NoteKeyId("a", KeyType::kEd25519, key);
  EXPECT_NE(id, NoteKeyId("b", KeyType::kEd25519, key));
  EXPECT_NE(id, NoteKeyId("a", KeyType::kCosignature, key));
  EXPECT_NE(id, NoteKeyId("a", KeyType::kEd25519, other));
}

}  // namespace
}  // namespace daftar::crypto
