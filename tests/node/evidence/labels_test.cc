#include "node/evidence/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/voprf.h"
#include "tests/node/evidence/entry_vectors.h"
#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using daftar::testing::IsOk;
using evidence::testing::EntryVector;
using evidence::testing::EntryVectors;
using evidence::testing::FixedFromJson;
using evidence::testing::FromJson;
using evidence::testing::Hex;
using evidence::testing::Json;
using evidence::testing::LabelNamed;

const Json& Inputs() { return EntryVectors()["inputs"]; }

Bytes VectorInput(std::string_view origin, uint32_t epoch, identity::IdentifierType type,
                  std::string_view value) {
  return VoprfInput(FixedFromJson<CircleId>(Inputs()["circle"]), origin, epoch,
                    *identity::Identifier::FromNormalised(type, value));
}

TEST(LabelsTest, TheWholeWayFromANumberToItsTokenIsThatOfTheVector) {
  const Json& voprf = EntryVectors()["voprf"];
  const Bytes input =
      VectorInput(Inputs()["origin"].get<std::string>(), Inputs()["epoch"].get<uint32_t>(),
                  identity::IdentifierType::kPhone, "+6281234567890");
  EXPECT_EQ(Hex(input), voprf["input"]);
  const auto key =
      crypto::VoprfKey::FromScalar(FixedFromJson<crypto::Secret32>(Inputs()["voprf_scalar"]));
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(Hex(key->public_key().view()), voprf["public_key"]);
  const auto f = crypto::VoprfEvaluateDirect(*key, input);
  ASSERT_THAT(f, IsOk());
  EXPECT_EQ(Hex(f->Expose()), voprf["f"]);
  EXPECT_EQ(TokenFor(*f, 3).hex(), EntryVectors()["labels"][0]["token"]);
}

TEST(LabelsTest, EveryFieldOfTheInputChangesIt) {
  const auto phone = identity::IdentifierType::kPhone;
  const Bytes input = VectorInput("a.example", 1, phone, "+6281234567890");
  EXPECT_NE(VectorInput("b.example", 1, phone, "+6281234567890"), input);
  EXPECT_NE(VectorInput("a.example", 2, phone, "+6281234567890"), input);
  EXPECT_NE(VectorInput("a.example", 1, phone, "+6281234567891"), input);
  EXPECT_NE(VectorInput("a.example", 1, identity::IdentifierType::kHandle, "x/6281234567890"),
            input);
}

TEST(LabelsTest, TokensAndWrapsAreThoseOfTheVectors) {
  for (const Json& vector : EntryVectors()["labels"]) {
    const Label label = LabelNamed(vector["name"].get<std::string>());
    EXPECT_EQ(TokenFor(label.f, label.j).hex(), vector["token"]);
  }
  for (const char* kind : {"REPORT", "RELABEL"}) {
    const Json& entry = EntryVector(kind);
    for (const Json& vector : entry["labels"]) {
      const Label label = LabelNamed(vector["name"].get<std::string>());
      EXPECT_EQ(Hex(WrapFor(label.f, label.j, FixedFromJson<Salt>(entry["salt"])).Expose()),
                vector["wrap"]);
    }
  }
}

TEST(LabelsTest, CountersGiveDifferentTokensAndWraps) {
  const Label label = LabelNamed("phone");
  std::set<Token> tokens;
  std::set<std::string> wraps;
  for (uint32_t j = 0; j < kLabelsPerIdentifier; ++j) {
    tokens.insert(TokenFor(label.f, j));
    wraps.insert(Hex(WrapFor(label.f, j, Salt()).Expose()));
  }
  EXPECT_EQ(tokens.size(), kLabelsPerIdentifier);
  EXPECT_EQ(wraps.size(), kLabelsPerIdentifier);
}

TEST(LabelsTest, KeysAndTheirCommitmentsAreThoseOfTheVectors) {
  const Json& report = EntryVector("REPORT");
  const crypto::Secret32 key = ReportKey(FixedFromJson<crypto::Secret32>(Inputs()["record_key"]),
                                         FixedFromJson<Salt>(report["salt"]));
  EXPECT_EQ(Hex(key.Expose()), report["key"]);
  EXPECT_EQ(CommitToKey(key).hex(), report["key_commitment"]);
  for (const char* kind : {"SETTLEMENT", "DISPUTE", "RESOLUTION", "CORRECTION", "WITHDRAWAL"}) {
    const Json& update = EntryVector(kind);
    const crypto::Secret32 own = UpdateKey(key, FixedFromJson<Salt>(update["salt"]));
    EXPECT_EQ(Hex(own.Expose()), update["key"]) << kind;
    EXPECT_EQ(CommitToKey(own).hex(), update["key_commitment"]) << kind;
  }
}

}  // namespace
}  // namespace daftar::evidence
