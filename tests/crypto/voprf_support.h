// What the tests of the VOPRF and of its proofs share.
#ifndef DAFTAR_TESTS_CRYPTO_VOPRF_SUPPORT_H_
#define DAFTAR_TESTS_CRYPTO_VOPRF_SUPPORT_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "crypto/voprf.h"
#include "tests/crypto/json_vectors.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {

// The group order L, little-endian.
inline constexpr char kOrderHex[] =
    "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

// scalar + L, which encodes the same scalar in another way.
inline Bytes PlusOrder(ByteView scalar) {
  const Bytes order = daftar::testing::Hex(kOrderHex);
  Bytes sum(32);
  int carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += scalar[i] + order[i];
    sum[i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  return sum;
}

inline Bytes WithHighBit(ByteView bytes) {
  Bytes changed = ToBytes(bytes);
  changed.back() |= 0x80;
  return changed;
}

inline GroupElement ElementFromHex(const std::string& text) {
  auto element = GroupElement::Create(daftar::testing::Hex(text));
  EXPECT_THAT(element, daftar::testing::IsOk());
  return *element;
}

inline std::vector<GroupElement> Elements(const nlohmann::json& list) {
  std::vector<GroupElement> elements;
  for (const auto& text : list) elements.push_back(ElementFromHex(text));
  return elements;
}

// Everything of one exchange between an asker and an issuer.
struct Exchange {
  std::vector<Bytes> inputs;
  std::vector<ByteView> views;
  std::vector<BlindedInput> blinded;
  std::vector<GroupElement> sent;
  VoprfEvaluation answer;
};

class VoprfTestBase : public ::testing::Test {
 protected:
  Exchange Run(const VoprfKey& key, size_t count) {
    std::vector<Bytes> inputs;
    std::vector<BlindedInput> blinded;
    std::vector<GroupElement> sent;
    for (size_t i = 0; i < count; ++i) {
      inputs.push_back(ToBytes("input " + std::to_string(i)));
      blinded.push_back(*VoprfBlind(inputs.back(), entropy_));
      sent.push_back(blinded.back().element);
    }
    VoprfEvaluation answer = *VoprfEvaluate(key, sent, entropy_);
    Exchange exchange{
        std::move(inputs), {}, std::move(blinded), std::move(sent), std::move(answer)};
    for (const Bytes& input : exchange.inputs) exchange.views.push_back(input);
    return exchange;
  }
  absl::Status Verify(const Exchange& exchange) const {
    return VoprfVerify(key_.public_key(), exchange.sent, exchange.answer.elements,
                       exchange.answer.proof);
  }

  daftar::testing::FakeEntropy entropy_{9497};
  VoprfKey key_ = VoprfKey::Generate(entropy_);
};

class VoprfVectorTestBase : public ::testing::Test {
 protected:
  const nlohmann::json vectors_ = daftar::testing::LoadVectors("rfc9497_ristretto255_sha512.json");
};

}  // namespace daftar::crypto

#endif  // DAFTAR_TESTS_CRYPTO_VOPRF_SUPPORT_H_
