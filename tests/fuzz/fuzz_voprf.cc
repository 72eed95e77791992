// What an issuer reads from an asker and an asker from an issuer: elements, a proof, and whether
// the one proves the other. Input: proof (64), public key (32), pairs of elements (32 + 32).
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "crypto/hash.h"
#include "crypto/voprf.h"

namespace daftar::crypto {
namespace {

constexpr size_t kMaxPairs = 4;  // more would only be slower

void Require(bool condition) {
  if (!condition) std::abort();
}

// Repeats a run exactly, as a fuzzer needs it.
class FixedEntropy final : public Entropy {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = next_++;
  }

 private:
  uint8_t next_ = 1;
};

const VoprfKey& OwnKey() {
  static const VoprfKey key = *VoprfKey::Derive(Bytes(32, 7), AsBytes("fuzz"));
  return key;
}

// An accepted encoding is the only one of its element, and never the identity.
void CheckElement(ByteView bytes, std::vector<GroupElement>& elements) {
  auto element = GroupElement::Create(bytes);
  if (!element.ok()) return;
  Require(ToBytes(element->view()) == ToBytes(bytes));
  Require(ToBytes(bytes) != Bytes(32));
  Require((bytes.back() & 0x80) == 0);
  elements.push_back(*element);
}

// Whatever elements an asker sends, the honest answer verifies, and no other key's does.
void CheckOwnEvaluation(const std::vector<GroupElement>& sent) {
  FixedEntropy entropy;
  auto answer = VoprfEvaluate(OwnKey(), sent, entropy);
  Require(answer.ok());
  const GroupElement& public_key = OwnKey().public_key();
  Require(VoprfVerify(public_key, sent, answer->elements, answer->proof).ok());
  if (answer->elements[0] == public_key) return;  // the asker sent the generator
  Require(!VoprfVerify(answer->elements[0], sent, answer->elements, answer->proof).ok());
}

// A proof that verifies stops verifying with one bit changed, and for pairs in another order.
void CheckProof(const GroupElement& public_key, const std::vector<GroupElement>& blinded,
                const std::vector<GroupElement>& evaluated, const VoprfProof& proof) {
  if (!VoprfVerify(public_key, blinded, evaluated, proof).ok()) return;
  Bytes changed = ToBytes(proof.view());
  changed[0] ^= 1;
  auto other = VoprfProof::Create(changed);
  Require(!other.ok() || !VoprfVerify(public_key, blinded, evaluated, *other).ok());
  if (blinded.size() > 1 && !(evaluated[0] == evaluated[1])) {
    std::vector<GroupElement> swapped = evaluated;
    std::swap(swapped[0], swapped[1]);
    Require(!VoprfVerify(public_key, blinded, swapped, proof).ok());
  }
}

void Run(ByteView data) {
  Reader reader(data);
  const ByteView proof_bytes = reader.Raw(VoprfProof::kSize);
  const ByteView key_bytes = reader.Raw(GroupElement::kSize);
  auto proof = VoprfProof::Create(proof_bytes);
  auto public_key = GroupElement::Create(key_bytes);
  std::vector<GroupElement> blinded;
  std::vector<GroupElement> evaluated;
  for (size_t i = 0; i < kMaxPairs && reader.remaining() > 0; ++i) {
    CheckElement(reader.Raw(std::min(reader.remaining(), GroupElement::kSize)), blinded);
    CheckElement(reader.Raw(std::min(reader.remaining(), GroupElement::kSize)), evaluated);
  }
  if (!blinded.empty()) CheckOwnEvaluation(blinded);
  if (proof.ok()) {
    Require(ToBytes(proof->view()) == ToBytes(proof_bytes));
    if (public_key.ok()) CheckProof(*public_key, blinded, evaluated, *proof);
  }
  auto key = data.size() >= 32 ? VoprfKey::FromScalar(*Secret32::Create(data.first(32)))
                               : absl::InvalidArgumentError("too short");
  if (key.ok()) Require(ToBytes(key->ExposeScalar().Expose()) == ToBytes(data.first(32)));
}

}  // namespace
}  // namespace daftar::crypto

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  daftar::crypto::Run({data, size});
  return 0;
}
