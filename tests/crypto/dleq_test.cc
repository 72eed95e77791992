// The proofs, seen through voprf.h, which is how everybody uses them.
#include "crypto/dleq.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <string>
#include <vector>

#include "crypto/voprf.h"
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

class DleqTest : public VoprfTestBase {};
class DleqVectorTest : public VoprfVectorTestBase {};

TEST_F(DleqVectorTest, PrintedProofsVerifyAsRead) {
  const GroupElement public_key = ElementFromHex(vectors_["key"]["public"]);
  for (const auto& batch : vectors_["batches"]) {
    auto proof = VoprfProof::Create(Hex(batch["proof"]));
    ASSERT_THAT(proof, IsOk());
    EXPECT_THAT(
        VoprfVerify(public_key, Elements(batch["blinded"]), Elements(batch["evaluated"]), *proof),
        IsOk());
  }
}

TEST_F(DleqVectorTest, ProofOfOneBatchIsRefusedForAnother) {
  const GroupElement public_key = ElementFromHex(vectors_["key"]["public"]);
  const auto& batches = vectors_["batches"];
  for (size_t i = 0; i < batches.size(); ++i) {
    const VoprfProof other = *VoprfProof::Create(Hex(batches[(i + 1) % 3]["proof"]));
    EXPECT_THAT(VoprfVerify(public_key, Elements(batches[i]["blinded"]),
                            Elements(batches[i]["evaluated"]), other),
                StatusIs(kInvalid));
  }
}

TEST_F(DleqVectorTest, ProofScalarWrittenInAnotherWayIsRefused) {
  for (const auto& batch : vectors_["batches"]) {
    const Bytes proof = Hex(batch["proof"]);
    for (size_t start : {size_t{0}, size_t{32}}) {
      const ByteView scalar = ByteView(proof).subspan(start, 32);
      for (const Bytes& other : {PlusOrder(scalar), WithHighBit(scalar)}) {
        Bytes changed = proof;
        std::copy(other.begin(), other.end(), changed.begin() + start);
        EXPECT_THAT(VoprfProof::Create(changed), StatusIs(kInvalid, HasSubstr("not reduced")));
      }
    }
  }
}

// The RFC prints no batch beyond two.
TEST(DleqBatchVectorTest, LargerBatchesComeOutAsComputedElsewhere) {
  const nlohmann::json vectors = LoadVectors("voprf_batches.json");
  ASSERT_EQ(vectors["batches"].size(), 4U);
  for (const auto& vector : vectors["batches"]) {
    const size_t size = vector["size"];
    std::vector<GroupElement> sent;
    for (size_t i = 1; i <= size; ++i) {  // the public key of the scalar i is i * generator
      Secret32 multiple;
      multiple.ExposeMutable()[0] = static_cast<uint8_t>(i);
      multiple.ExposeMutable()[1] = static_cast<uint8_t>(i >> 8);
      sent.push_back(VoprfKey::FromScalar(multiple)->public_key());
    }
    const VoprfKey key = *VoprfKey::FromScalar(SecretFromHex(vector["private"]));
    EXPECT_EQ(ToHex(key.public_key().view()), vector["public"]);
    auto answer = VoprfEvaluateWithNonce(key, sent, SecretFromHex(vector["nonce"]));
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(ToHex(answer->elements.back().view()), vector["last_evaluated"]);
    EXPECT_EQ(ToHex(answer->proof.view()), vector["proof"]) << size;
    EXPECT_THAT(VoprfVerify(key.public_key(), sent, answer->elements, answer->proof), IsOk());
  }
}

TEST(VoprfProofTest, WrongLengthIsRefused) {
  for (size_t size : {0, 1, 32, 63, 65, 128}) {
    EXPECT_THAT(VoprfProof::Create(Bytes(size)), StatusIs(kInvalid, HasSubstr("64 bytes")));
  }
}

TEST(VoprfProofTest, GroupOrderItselfIsRefusedAndOneLessAccepted) {
  Bytes order = Hex(kOrderHex);
  Bytes proof(64);
  std::copy(order.begin(), order.end(), proof.begin());
  EXPECT_THAT(VoprfProof::Create(proof), StatusIs(kInvalid));
  proof[0] -= 1;
  EXPECT_THAT(VoprfProof::Create(proof), IsOk());
}

TEST_F(DleqTest, NonceThatIsZeroOrNotReducedIsRefused) {
  const std::vector<GroupElement> sent = Run(key_, 1).sent;
  EXPECT_THAT(VoprfEvaluateWithNonce(key_, sent, Secret32()), StatusIs(kInvalid));
  EXPECT_THAT(VoprfEvaluateWithNonce(key_, sent, SecretFromHex(kOrderHex)), StatusIs(kInvalid));
}

TEST_F(DleqTest, SwappedElementsAreRefused) {
  Exchange exchange = Run(key_, 3);
  ASSERT_THAT(Verify(exchange), IsOk());
  std::swap(exchange.answer.elements[0], exchange.answer.elements[2]);
  EXPECT_THAT(Verify(exchange), StatusIs(kInvalid, HasSubstr("proof")));
  EXPECT_THAT(VoprfFinalize(key_.public_key(), exchange.views, exchange.blinded,
                            exchange.answer.elements, exchange.answer.proof),
              StatusIs(kInvalid, HasSubstr("proof")));
}

TEST_F(DleqTest, PairsInAnotherOrderAreRefused) {
  Exchange exchange = Run(key_, 3);
  std::swap(exchange.sent[0], exchange.sent[1]);
  std::swap(exchange.answer.elements[0], exchange.answer.elements[1]);
  EXPECT_THAT(Verify(exchange), StatusIs(kInvalid));
}

TEST_F(DleqTest, OneElementEvaluatedUnderAnotherKeyIsRefused) {
  const VoprfKey other = VoprfKey::Generate(entropy_);
  for (size_t position : {0, 4, 7}) {
    Exchange exchange = Run(key_, 8);
    const VoprfEvaluation wrong =
        *VoprfEvaluate(other, std::span(exchange.sent).subspan(position, 1), entropy_);
    exchange.answer.elements[position] = wrong.elements[0];
    EXPECT_THAT(Verify(exchange), StatusIs(kInvalid));
  }
}

TEST_F(DleqTest, EvaluationUnderAnotherKeyThanThePublishedOneIsRefused) {
  const VoprfKey other = VoprfKey::Generate(entropy_);
  const Exchange exchange = Run(other, 2);
  EXPECT_THAT(Verify(exchange), StatusIs(kInvalid));
}

// Two errors that would cancel out if all weights were one.
TEST_F(DleqTest, ErrorsThatCancelOutInTheSumAreRefused) {
  const nlohmann::json vectors = LoadVectors("rfc9496_ristretto255.json");
  Secret32 one;
  one.ExposeMutable()[0] = 1;
  const VoprfKey unit = *VoprfKey::FromScalar(one);  // evaluates each element to itself
  const std::vector<GroupElement> sent = {ElementFromHex(vectors["multiples"][1]),
                                          ElementFromHex(vectors["multiples"][6])};
  const std::vector<GroupElement> same_sum = {ElementFromHex(vectors["multiples"][3]),
                                              ElementFromHex(vectors["multiples"][4])};
  const VoprfEvaluation answer = *VoprfEvaluate(unit, sent, entropy_);
  ASSERT_THAT(VoprfVerify(unit.public_key(), sent, answer.elements, answer.proof), IsOk());
  EXPECT_THAT(VoprfVerify(unit.public_key(), sent, same_sum, answer.proof), StatusIs(kInvalid));
}

TEST_F(DleqTest, EveryFlippedProofBitIsRefused) {
  const Exchange exchange = Run(key_, 1);
  for (size_t bit = 0; bit < VoprfProof::kSize * 8; ++bit) {
    Bytes changed = ToBytes(exchange.answer.proof.view());
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    auto proof = VoprfProof::Create(changed);
    if (!proof.ok()) continue;
    EXPECT_THAT(VoprfVerify(key_.public_key(), exchange.sent, exchange.answer.elements, *proof),
                StatusIs(kInvalid))
        << bit;
  }
}

TEST_F(DleqTest, ProofOfZerosIsRefused) {
  const Exchange exchange = Run(key_, 2);
  const VoprfProof zero = *VoprfProof::Create(Bytes(64));
  EXPECT_THAT(VoprfVerify(key_.public_key(), exchange.sent, exchange.answer.elements, zero),
              StatusIs(kInvalid));
  Bytes half = ToBytes(exchange.answer.proof.view());
  std::fill(half.begin(), half.begin() + 32, uint8_t{0});
  EXPECT_THAT(VoprfVerify(key_.public_key(), exchange.sent, exchange.answer.elements,
                          *VoprfProof::Create(half)),
              StatusIs(kInvalid));
  half = ToBytes(exchange.answer.proof.view());
  std::fill(half.begin() + 32, half.end(), uint8_t{0});
  EXPECT_THAT(VoprfVerify(key_.public_key(), exchange.sent, exchange.answer.elements,
                          *VoprfProof::Create(half)),
              StatusIs(kInvalid));
}

// Gives the same bytes again and again, as a machine restored from a snapshot does.
class StuckEntropy final : public Entropy {
 public:
  void Fill(std::span<uint8_t> out) override { std::fill(out.begin(), out.end(), uint8_t{42}); }
};

// r = s + c * k: who knows the key can read the nonce off a proof.
std::string NonceOf(const VoprfKey& key, const VoprfProof& proof) {
  Bytes product(32);
  Bytes nonce(32);
  crypto_core_ristretto255_scalar_mul(product.data(), proof.view().data(),
                                      key.ExposeScalar().Expose().data());
  crypto_core_ristretto255_scalar_add(nonce.data(), proof.view().data() + 32, product.data());
  return ToHex(nonce);
}

TEST_F(DleqVectorTest, NonceReadOffAProofIsThePrintedOne) {
  const VoprfKey key = *VoprfKey::FromScalar(SecretFromHex(vectors_["key"]["private"]));
  for (const auto& batch : vectors_["batches"]) {
    EXPECT_EQ(NonceOf(key, *VoprfProof::Create(Hex(batch["proof"]))), batch["nonce"]);
  }
}

// Two proofs of different statements with one nonce r give the key away: k = (s2 - s1) / (c1 - c2).
TEST_F(DleqTest, RepeatedRandomnessDoesNotRepeatTheNonce) {
  StuckEntropy stuck;
  const std::vector<GroupElement> sent = Run(key_, 2).sent;
  const VoprfEvaluation a = *VoprfEvaluate(key_, std::span(sent).first(1), stuck);
  const VoprfEvaluation b = *VoprfEvaluate(key_, std::span(sent).subspan(1), stuck);
  EXPECT_NE(NonceOf(key_, a.proof), NonceOf(key_, b.proof));
}

TEST_F(DleqTest, RepeatedRandomnessAndStatementRepeatTheWholeProof) {
  StuckEntropy stuck;
  const std::vector<GroupElement> sent = Run(key_, 2).sent;
  const VoprfEvaluation a = *VoprfEvaluate(key_, sent, stuck);
  const VoprfEvaluation b = *VoprfEvaluate(key_, sent, stuck);
  EXPECT_EQ(ToHex(a.proof.view()), ToHex(b.proof.view()));
}

TEST_F(DleqTest, FreshRandomnessGivesAFreshNonceForTheSameStatement) {
  const std::vector<GroupElement> sent = Run(key_, 1).sent;
  const VoprfEvaluation a = *VoprfEvaluate(key_, sent, entropy_);
  const VoprfEvaluation b = *VoprfEvaluate(key_, sent, entropy_);
  EXPECT_NE(ToHex(a.proof.view()), ToHex(b.proof.view()));
}

TEST_F(DleqTest, NonceDependsOnTheKey) {
  StuckEntropy stuck;
  const VoprfKey other = VoprfKey::Generate(entropy_);
  const std::vector<GroupElement> sent = Run(key_, 1).sent;
  const VoprfEvaluation a = *VoprfEvaluate(key_, sent, stuck);
  const VoprfEvaluation b = *VoprfEvaluate(other, sent, stuck);
  EXPECT_NE(NonceOf(key_, a.proof), NonceOf(other, b.proof));
}

}  // namespace
}  // namespace daftar::crypto
