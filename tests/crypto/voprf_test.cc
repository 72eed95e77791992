#include "crypto/voprf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/crypto/json_vectors.h"
#include "tests/crypto/voprf_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using ::daftar::testing::Hex;
using ::daftar::testing::IsOk;
using ::daftar::testing::LoadVectors;
using ::daftar::testing::SecretFromHex;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

class VoprfTest : public VoprfTestBase {};
class VoprfVectorTest : public VoprfVectorTestBase {};

TEST_F(VoprfVectorTest, KeyPairIsDerivedAsPrinted) {
  const auto& printed = vectors_["key"];
  auto key = VoprfKey::Derive(Hex(printed["seed"]), Hex(printed["info"]));
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(ToHex(key->ExposeScalar().Expose()), printed["private"]);
  EXPECT_EQ(ToHex(key->public_key().view()), printed["public"]);
}

TEST_F(VoprfVectorTest, StoredScalarGivesTheSameKeyPair) {
  auto key = VoprfKey::FromScalar(SecretFromHex(vectors_["key"]["private"]));
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(ToHex(key->public_key().view()), vectors_["key"]["public"]);
}

TEST_F(VoprfVectorTest, ExchangeComesOutAsPrinted) {
  const VoprfKey key = *VoprfKey::FromScalar(SecretFromHex(vectors_["key"]["private"]));
  ASSERT_EQ(vectors_["batches"].size(), 3U);
  for (const auto& batch : vectors_["batches"]) {
    const size_t count = batch["inputs"].size();
    std::vector<Bytes> inputs;
    std::vector<ByteView> views;
    std::vector<BlindedInput> blinded;
    std::vector<GroupElement> sent;
    for (size_t i = 0; i < count; ++i) inputs.push_back(Hex(batch["inputs"][i]));
    for (size_t i = 0; i < count; ++i) {
      views.push_back(inputs[i]);
      auto one = VoprfBlindWith(inputs[i], SecretFromHex(batch["blinds"][i]));
      ASSERT_THAT(one, IsOk());
      EXPECT_EQ(ToHex(one->element.view()), batch["blinded"][i]);
      sent.push_back(one->element);
      blinded.push_back(*std::move(one));
    }
    auto answer = VoprfEvaluateWithNonce(key, sent, SecretFromHex(batch["nonce"]));
    ASSERT_THAT(answer, IsOk());
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(ToHex(answer->elements[i].view()), batch["evaluated"][i]);
    }
    EXPECT_EQ(ToHex(answer->proof.view()), batch["proof"]);
    auto outputs = VoprfFinalize(key.public_key(), views, blinded, answer->elements, answer->proof);
    ASSERT_THAT(outputs, IsOk());
    ASSERT_EQ(outputs->size(), count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(ToHex((*outputs)[i].Expose()), batch["outputs"][i]);
      auto direct = VoprfEvaluateDirect(key, inputs[i]);
      ASSERT_THAT(direct, IsOk());
      EXPECT_EQ(ToHex(direct->Expose()), batch["outputs"][i]);
    }
  }
}

TEST(GroupElementTest, MultiplesOfTheGeneratorAreAccepted) {
  const nlohmann::json vectors = LoadVectors("rfc9496_ristretto255.json");
  ASSERT_EQ(vectors["multiples"].size(), 16U);
  for (const auto& text : vectors["multiples"]) {
    auto element = GroupElement::Create(Hex(text));
    ASSERT_THAT(element, IsOk());
    EXPECT_EQ(ToHex(element->view()), text);
  }
}

TEST(GroupElementTest, MultiplesOfTheGeneratorArePublicKeysOfSmallScalars) {
  const nlohmann::json vectors = LoadVectors("rfc9496_ristretto255.json");
  for (size_t i = 0; i < vectors["multiples"].size(); ++i) {
    Secret32 scalar;
    scalar.ExposeMutable()[0] = static_cast<uint8_t>(i + 1);
    auto key = VoprfKey::FromScalar(scalar);
    ASSERT_THAT(key, IsOk());
    EXPECT_EQ(ToHex(key->public_key().view()), vectors["multiples"][i]);
  }
}

TEST(GroupElementTest, EncodingsThatAreNotCanonicalAreRefused) {
  const nlohmann::json vectors = LoadVectors("rfc9496_ristretto255.json");
  ASSERT_EQ(vectors["refused"].size(), 32U);
  for (const auto& refused : vectors["refused"]) {
    EXPECT_THAT(GroupElement::Create(Hex(refused["encoding"])), StatusIs(kInvalid))
        << refused["why"] << " " << refused["encoding"];
  }
}

TEST(GroupElementTest, IdentityIsRefused) {
  EXPECT_THAT(GroupElement::Create(Bytes(32)), StatusIs(kInvalid, HasSubstr("identity")));
}

TEST(GroupElementTest, WrongLengthIsRefused) {
  for (size_t size : {0, 1, 31, 33, 64}) {
    EXPECT_THAT(GroupElement::Create(Bytes(size, 2)), StatusIs(kInvalid, HasSubstr("32 bytes")));
  }
}

TEST(VoprfKeyTest, ScalarThatIsZeroOrNotReducedIsRefused) {
  const Bytes seven = Hex("0700000000000000000000000000000000000000000000000000000000000000");
  EXPECT_THAT(VoprfKey::FromScalar(*Secret32::Create(seven)), IsOk());
  EXPECT_THAT(VoprfKey::FromScalar(Secret32()), StatusIs(kInvalid));
  EXPECT_THAT(VoprfKey::FromScalar(SecretFromHex(kOrderHex)), StatusIs(kInvalid));
  EXPECT_THAT(VoprfKey::FromScalar(*Secret32::Create(PlusOrder(seven))), StatusIs(kInvalid));
  EXPECT_THAT(VoprfKey::FromScalar(*Secret32::Create(WithHighBit(seven))), StatusIs(kInvalid));
}

TEST(VoprfKeyTest, SeedOfAnotherLengthAndOverlongInfoAreRefused) {
  EXPECT_THAT(VoprfKey::Derive(Bytes(31), {}), StatusIs(kInvalid));
  EXPECT_THAT(VoprfKey::Derive(Bytes(33), {}), StatusIs(kInvalid));
  EXPECT_THAT(VoprfKey::Derive(Bytes(32), Bytes(kMaxVoprfInputBytes)), IsOk());
  EXPECT_THAT(VoprfKey::Derive(Bytes(32), Bytes(kMaxVoprfInputBytes + 1)), StatusIs(kInvalid));
}

TEST(VoprfKeyTest, InfoSeparatesKeys) {
  auto a = VoprfKey::Derive(Bytes(32), AsBytes("a"));
  auto b = VoprfKey::Derive(Bytes(32), AsBytes("b"));
  ASSERT_THAT(a, IsOk());
  ASSERT_THAT(b, IsOk());
  EXPECT_FALSE(a->public_key() == b->public_key());
}

TEST_F(VoprfTest, GeneratedKeysDiffer) {
  EXPECT_FALSE(VoprfKey::Generate(entropy_).public_key() == key_.public_key());
}

TEST_F(VoprfTest, BlindedExchangeEqualsDirectEvaluationInEveryBatchSize) {
  for (size_t count : {size_t{1}, size_t{2}, size_t{7}, kMaxVoprfBatch}) {
    const Exchange exchange = Run(key_, count);
    auto outputs = VoprfFinalize(key_.public_key(), exchange.views, exchange.blinded,
                                 exchange.answer.elements, exchange.answer.proof);
    ASSERT_THAT(outputs, IsOk()) << count;
    ASSERT_EQ(outputs->size(), count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_TRUE((*outputs)[i] == *VoprfEvaluateDirect(key_, exchange.inputs[i]));
    }
  }
}

TEST_F(VoprfTest, SameInputTwiceInABatchLooksDifferentAndComesOutEqual) {
  const Bytes input = ToBytes("+6281234567890");
  std::vector<BlindedInput> blinded;
  blinded.reserve(2);
  for (int i = 0; i < 2; ++i) blinded.push_back(*VoprfBlind(input, entropy_));
  EXPECT_FALSE(blinded[0].element == blinded[1].element);
  const std::vector<GroupElement> sent = {blinded[0].element, blinded[1].element};
  const VoprfEvaluation answer = *VoprfEvaluate(key_, sent, entropy_);
  auto outputs = VoprfFinalize(key_.public_key(), std::vector<ByteView>{input, input}, blinded,
                               answer.elements, answer.proof);
  ASSERT_THAT(outputs, IsOk());
  EXPECT_TRUE((*outputs)[0] == (*outputs)[1]);
}

TEST_F(VoprfTest, EmptyInputIsAnInputLikeAnother) {
  auto blinded = VoprfBlind({}, entropy_);
  ASSERT_THAT(blinded, IsOk());
  EXPECT_THAT(VoprfEvaluateDirect(key_, {}), IsOk());
}

TEST_F(VoprfTest, InputLongerThanItsPrefixIsRefused) {
  const Bytes longest(kMaxVoprfInputBytes);
  const Bytes too_long(kMaxVoprfInputBytes + 1);
  EXPECT_THAT(VoprfBlind(longest, entropy_), IsOk());
  EXPECT_THAT(VoprfBlind(too_long, entropy_), StatusIs(kInvalid, HasSubstr("65535")));
  EXPECT_THAT(VoprfEvaluateDirect(key_, longest), IsOk());
  EXPECT_THAT(VoprfEvaluateDirect(key_, too_long), StatusIs(kInvalid));
  Exchange exchange = Run(key_, 1);
  exchange.views[0] = too_long;
  EXPECT_THAT(VoprfFinalize(key_.public_key(), exchange.views, exchange.blinded,
                            exchange.answer.elements, exchange.answer.proof),
              StatusIs(kInvalid, HasSubstr("65535")));
}

TEST_F(VoprfTest, BlindThatIsZeroOrNotReducedIsRefused) {
  const Bytes seven = Hex("0700000000000000000000000000000000000000000000000000000000000000");
  for (const Bytes& blind : {Bytes(32), Hex(kOrderHex), PlusOrder(seven), WithHighBit(seven)}) {
    EXPECT_THAT(VoprfBlindWith(AsBytes("x"), *Secret32::Create(blind)), StatusIs(kInvalid));
    Exchange exchange = Run(key_, 2);
    exchange.blinded[1].blind = *Secret32::Create(blind);
    EXPECT_THAT(VoprfFinalize(key_.public_key(), exchange.views, exchange.blinded,
                              exchange.answer.elements, exchange.answer.proof),
                StatusIs(kInvalid, HasSubstr("blind")));
  }
}

TEST_F(VoprfTest, EmptyAndOversizeBatchesAreRefused) {
  Exchange exchange = Run(key_, 1);
  EXPECT_THAT(VoprfEvaluate(key_, {}, entropy_), StatusIs(kInvalid, HasSubstr("1 to 256")));
  EXPECT_THAT(VoprfVerify(key_.public_key(), {}, {}, exchange.answer.proof), StatusIs(kInvalid));
  EXPECT_THAT(VoprfFinalize(key_.public_key(), {}, {}, {}, exchange.answer.proof),
              StatusIs(kInvalid));
  const std::vector<GroupElement> many(kMaxVoprfBatch + 1, exchange.sent[0]);
  EXPECT_THAT(VoprfEvaluate(key_, many, entropy_), StatusIs(kInvalid, HasSubstr("257")));
  EXPECT_THAT(VoprfEvaluateWithNonce(key_, many, key_.ExposeScalar()),
              StatusIs(kInvalid, HasSubstr("257")));
  EXPECT_THAT(VoprfVerify(key_.public_key(), many, many, exchange.answer.proof),
              StatusIs(kInvalid, HasSubstr("257")));
}

TEST_F(VoprfTest, LengthsThatDoNotFitEachOtherAreRefused) {
  const Exchange exchange = Run(key_, 3);
  const std::span<const GroupElement> evaluated = exchange.answer.elements;
  const VoprfProof& proof = exchange.answer.proof;
  EXPECT_THAT(VoprfVerify(key_.public_key(), exchange.sent, evaluated.first(2), proof),
              StatusIs(kInvalid, HasSubstr("3 elements")));
  EXPECT_THAT(VoprfVerify(key_.public_key(), std::span(exchange.sent).first(2), evaluated, proof),
              StatusIs(kInvalid));
  EXPECT_THAT(VoprfFinalize(key_.public_key(), std::span(exchange.views).first(2), exchange.blinded,
                            evaluated, proof),
              StatusIs(kInvalid, HasSubstr("2 inputs")));
  EXPECT_THAT(
      VoprfFinalize(key_.public_key(), exchange.views, exchange.blinded, evaluated.first(2), proof),
      StatusIs(kInvalid));
}

// Each element of a batch is multiplied by one blind's inverse only: a batch unblinds with one
// inversion, and a slip there would mix them up.
TEST_F(VoprfTest, BlindOfAnotherInputGivesAnotherOutput) {
  Exchange exchange = Run(key_, 3);
  std::swap(exchange.blinded[0].blind, exchange.blinded[1].blind);
  auto outputs = VoprfFinalize(key_.public_key(), exchange.views, exchange.blinded,
                               exchange.answer.elements, exchange.answer.proof);
  ASSERT_THAT(outputs, IsOk());
  EXPECT_FALSE((*outputs)[0] == *VoprfEvaluateDirect(key_, exchange.inputs[0]));
  EXPECT_FALSE((*outputs)[1] == *VoprfEvaluateDirect(key_, exchange.inputs[1]));
  EXPECT_TRUE((*outputs)[2] == *VoprfEvaluateDirect(key_, exchange.inputs[2]));
}

}  // namespace
}  // namespace daftar::crypto
