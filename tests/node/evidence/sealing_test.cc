#include "node/evidence/sealing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "crypto/seal.h"
#include "tests/node/evidence/entry_vectors.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using daftar::testing::FakeEntropy;
using daftar::testing::IsOk;
using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;
using evidence::testing::EntryVector;
using evidence::testing::EntryVectors;
using evidence::testing::FixedFromJson;
using evidence::testing::FromJson;
using evidence::testing::Hex;
using evidence::testing::Json;
using evidence::testing::LabelNamed;
using evidence::testing::UpdateVectors;
using evidence::testing::VectorReportFacts;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr char kOrigin[] = "toko-a.example/daftar";

crypto::Secret32 RecordKey() {
  return FixedFromJson<crypto::Secret32>(EntryVectors()["inputs"]["record_key"]);
}
crypto::Secret32 VectorKey() {
  return FixedFromJson<crypto::Secret32>(EntryVector("REPORT")["key"]);
}

std::vector<Label> TwoLabels() {
  std::vector<Label> labels;
  labels.push_back(LabelNamed("phone"));
  labels.push_back(LabelNamed("email"));
  return labels;
}
std::vector<Label> OneLabel() {
  std::vector<Label> labels;
  labels.push_back(LabelNamed("phone, epoch 8"));
  return labels;
}

// The slot order and filler that the vector prints; filler stands in the slots that are left.
SlotChoices ChoicesOf(const Json& vector) {
  SlotChoices choices;
  for (size_t i = 0; i < kSlots; ++i) choices.order[i] = vector["slot_order"][i].get<uint8_t>();
  std::set<uint8_t> taken(choices.order.begin(),
                          choices.order.begin() + static_cast<ptrdiff_t>(vector["labels"].size()));
  size_t next = 0;
  for (uint8_t i = 0; i < kSlots; ++i) {
    if (taken.contains(i)) continue;
    const Bytes filler = FromJson(vector["filler"][next++]);
    choices.filler[i] = {.token = *Token::Create(ByteView(filler).first(32)),
                         .wrapped_key = *crypto::Digest::Create(ByteView(filler).last(32))};
  }
  return choices;
}

ReportBody VectorReport() { return *ReportBody::Decode(FromJson(EntryVector("REPORT")["body"])); }

TEST(SealingTest, TheReportIsThatOfTheVector) {
  const Json& vector = EntryVector("REPORT");
  const ReportBody body = SealReportWith(
      VectorReportFacts(), TwoLabels(), kOrigin, RecordKey(), FixedFromJson<Salt>(vector["salt"]),
      FixedFromJson<crypto::SealNonce>(vector["nonce"]), ChoicesOf(vector));
  EXPECT_EQ(Hex(body.sealed_facts), vector["sealed_facts"]);
  EXPECT_EQ(Hex(body.Encode()), vector["body"]);
}

TEST(SealingTest, EveryUpdateIsThatOfItsVector) {
  for (const auto& update : UpdateVectors()) {
    const Json& vector = EntryVector(KindName(update.kind));
    const UpdateBody body = SealUpdateWith(update.kind, update.facts, kOrigin, VectorKey(),
                                           FixedFromJson<Salt>(vector["salt"]),
                                           FixedFromJson<crypto::SealNonce>(vector["nonce"]));
    EXPECT_EQ(Hex(body.Encode()), vector["body"]) << vector["name"];
  }
}

TEST(SealingTest, TheRelabelIsThatOfTheVector) {
  const Json& vector = EntryVector("RELABEL");
  const RelabelBody body = SealRelabelWith(VectorKey(), OneLabel(),
                                           FixedFromJson<Salt>(vector["salt"]), ChoicesOf(vector));
  EXPECT_EQ(Hex(body.Encode()), vector["body"]);
}

TEST(SealingTest, WhoHasALabelUnwrapsTheKeyAndOpensTheReport) {
  FakeEntropy entropy;
  const ReportBody body =
      SealReport(VectorReportFacts(), TwoLabels(), kOrigin, RecordKey(), entropy);
  for (const char* name : {"phone", "email"}) {
    const auto key = UnwrapReportKey(body, LabelNamed(name));
    ASSERT_THAT(key, IsOk()) << name;
    EXPECT_EQ(*key, ReportKey(RecordKey(), body.salt));
    EXPECT_THAT(OpenReport(body, kOrigin, *key), IsOkAndHolds(VectorReportFacts()));
  }
}

TEST(SealingTest, WhoHasTheReportsKeyOpensEveryUpdate) {
  FakeEntropy entropy;
  for (const auto& update : UpdateVectors()) {
    const UpdateBody body = SealUpdate(update.kind, update.facts, kOrigin, VectorKey(), entropy);
    EXPECT_THAT(OpenUpdate(update.kind, body, kOrigin, VectorKey()), IsOkAndHolds(update.facts));
  }
}

TEST(SealingTest, WhoHasTheNewLabelUnwrapsTheKeyFromARelabel) {
  FakeEntropy entropy;
  const RelabelBody body = SealRelabel(VectorKey(), OneLabel(), entropy);
  const auto key = UnwrapRelabelKey(body, LabelNamed("phone, epoch 8"));
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(*key, VectorKey());
  EXPECT_THAT(OpenReport(VectorReport(), kOrigin, *key), IsOkAndHolds(VectorReportFacts()));
}

TEST(SealingTest, AnotherCounterOrIdentifierFindsNoSlot) {
  Label other_counter = LabelNamed("phone");
  other_counter.j = 4;
  EXPECT_THAT(UnwrapReportKey(VectorReport(), other_counter),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(UnwrapReportKey(VectorReport(), LabelNamed("phone, epoch 8")),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(SealingTest, AHitWhoseKeyDoesNotFitTheCommitmentIsDenied) {
  ReportBody body = VectorReport();
  body.slots[2].wrapped_key.data()[0] ^= 1;  // where the vector put the phone
  EXPECT_THAT(UnwrapReportKey(body, LabelNamed("phone")),
              StatusIs(absl::StatusCode::kPermissionDenied));
  body = VectorReport();
  body.key_commitment.data()[31] ^= 1;
  EXPECT_THAT(UnwrapReportKey(body, LabelNamed("phone")),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(SealingTest, ATrueSlotIsFoundBehindAFalseOneWithTheSameToken) {
  ReportBody body = VectorReport();
  body.slots[0] = {.token = body.slots[2].token, .wrapped_key = {}};
  EXPECT_THAT(UnwrapReportKey(body, LabelNamed("phone")), IsOk());
}

TEST(SealingTest, FactsOpenOnlyUnderTheirOwnOriginKeyAndKind) {
  const ReportBody report = VectorReport();
  EXPECT_THAT(OpenReport(report, kOrigin, VectorKey()), IsOk());
  EXPECT_THAT(OpenReport(report, "toko-b.example/daftar", VectorKey()),
              StatusIs(kInvalid, HasSubstr("do not open")));
  EXPECT_THAT(OpenReport(report, kOrigin, RecordKey()),
              StatusIs(kInvalid, HasSubstr("key commitment")));
  const auto dispute = UpdateBody::Decode(FromJson(EntryVector("DISPUTE")["body"]));
  EXPECT_THAT(OpenUpdate(EntryKind::kWithdrawal, *dispute, kOrigin, VectorKey()),
              StatusIs(kInvalid, HasSubstr("do not open")));
  EXPECT_THAT(OpenUpdate(EntryKind::kDispute, *dispute, kOrigin, RecordKey()),
              StatusIs(kInvalid, HasSubstr("key commitment")));
  EXPECT_THAT(OpenUpdate(EntryKind::kReport, *dispute, kOrigin, VectorKey()), StatusIs(kInvalid));
}

TEST(SealingTest, EveryFlippedBitOfTheSealedFactsIsRefused) {
  const ReportBody good = VectorReport();
  for (size_t i = 0; i < good.sealed_facts.size(); ++i) {
    ReportBody body = good;
    body.sealed_facts[i] ^= 0x10;
    EXPECT_THAT(OpenReport(body, kOrigin, VectorKey()), StatusIs(kInvalid)) << i;
  }
}

// A hostile issuer's facts, sealed properly.
ReportBody SealBlock(const FactsBlock& block) {
  ReportBody body = VectorReport();
  crypto::Writer associated;
  associated.U8(1).Raw(std::string_view(kOrigin));
  const Bytes sealed = crypto::Seal(VectorKey(), body.nonce, block, associated.bytes());
  std::copy(sealed.begin(), sealed.end(), body.sealed_facts.begin());
  return body;
}

TEST(SealingTest, AReportWithAReasonThatIsNeverSharedIsNotOpened) {
  ReportFacts facts = VectorReportFacts();
  facts.reason = Reason::kUnprofitable;
  EXPECT_THAT(OpenReport(SealBlock(EncodeFacts(facts)), kOrigin, VectorKey()),
              StatusIs(kInvalid, HasSubstr("never be shared")));
}

TEST(SealingTest, AReportWithFactsThatDoNotDecodeIsNotOpened) {
  FactsBlock block = EncodeFacts(VectorReportFacts());
  block[255] = 1;
  EXPECT_THAT(OpenReport(SealBlock(block), kOrigin, VectorKey()),
              StatusIs(kInvalid, HasSubstr("padding")));
}

TEST(SealingTest, EverySealingDiffers) {
  FakeEntropy entropy;
  const auto labels = TwoLabels();
  const ReportBody one = SealReport(VectorReportFacts(), labels, kOrigin, RecordKey(), entropy);
  const ReportBody two = SealReport(VectorReportFacts(), labels, kOrigin, RecordKey(), entropy);
  EXPECT_NE(one.salt, two.salt);
  EXPECT_NE(one.nonce, two.nonce);
  EXPECT_NE(one.key_commitment, two.key_commitment);
  EXPECT_NE(one.sealed_facts, two.sealed_facts);
}

TEST(SealingTest, SlotsThatNoLabelTakesAreRandom) {
  FakeEntropy entropy;
  const auto labels = OneLabel();
  std::set<Token> tokens;
  for (int round = 0; round < 8; ++round) {
    const RelabelBody body = SealRelabel(VectorKey(), labels, entropy);
    for (const Slot& slot : body.slots) {
      tokens.insert(slot.token);
      EXPECT_FALSE(slot.wrapped_key.IsZero());
    }
  }
  EXPECT_EQ(tokens.size(), 8u * 3 + 1);  // the label's token is the same each time
}

TEST(SealingTest, EverySlotOrderIsDrawnAboutEquallyOften) {
  FakeEntropy entropy;
  constexpr int kRounds = 24'000;
  std::map<std::array<uint8_t, kSlots>, int> seen;
  for (int round = 0; round < kRounds; ++round) ++seen[DrawSlots(entropy).order];
  ASSERT_EQ(seen.size(), 24u);
  // The stream is fixed, so this cannot fail by chance; 1000 are expected, within five deviations.
  for (const auto& [order, count] : seen) {
    EXPECT_GT(count, 840);
    EXPECT_LT(count, 1160);
  }
}

// Bytes that a test wrote down, then zeros.
class ScriptedEntropy final : public crypto::Entropy {
 public:
  explicit ScriptedEntropy(Bytes script) : script_(std::move(script)) {}
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& byte : out) byte = next_ < script_.size() ? script_[next_++] : 0;
  }

 private:
  Bytes script_;
  size_t next_ = 0;
};

TEST(SealingTest, ABytePastTheLastFullMultipleIsDrawnAgain) {
  // Below 4 any byte serves; below 3 a 255 would favour 0.
  ScriptedEntropy entropy({3, 255, 2, 1});
  EXPECT_EQ(DrawSlots(entropy).order, (std::array<uint8_t, kSlots>{0, 1, 2, 3}));
}

TEST(SealingDeathTest, WrongNumbersOfLabelsAbort) {
  FakeEntropy entropy;
  EXPECT_DEATH(SealReport(VectorReportFacts(), {}, kOrigin, RecordKey(), entropy), "1 to 4 labels");
  std::vector<Label> five;
  for (int i = 0; i < 5; ++i) five.push_back(LabelNamed("phone"));
  EXPECT_DEATH(SealReport(VectorReportFacts(), five, kOrigin, RecordKey(), entropy),
               "1 to 4 labels");
  five.resize(1);
  five[0].j = 16;
  EXPECT_DEATH(SealReport(VectorReportFacts(), five, kOrigin, RecordKey(), entropy), "0 to 15");
}

TEST(SealingDeathTest, AReasonThatIsNeverSharedAborts) {
  FakeEntropy entropy;
  ReportFacts facts = VectorReportFacts();
  facts.reason = Reason::kStaffAbuse;
  const auto labels = TwoLabels();
  EXPECT_DEATH(SealReport(facts, labels, kOrigin, RecordKey(), entropy), "may not be shared");
  EXPECT_DEATH(
      SealUpdate(EntryKind::kCorrection, CorrectionFacts{.corrected = facts, .on = facts.occurred},
                 kOrigin, VectorKey(), entropy),
      "may not be shared");
}

TEST(SealingDeathTest, FactsOfAnotherKindAbort) {
  FakeEntropy entropy;
  const Facts settlement = UpdateVectors()[0].facts;
  EXPECT_DEATH(SealUpdate(EntryKind::kDispute, settlement, kOrigin, VectorKey(), entropy),
               "do not belong");
  EXPECT_DEATH(SealUpdate(EntryKind::kReport, VectorReportFacts(), kOrigin, VectorKey(), entropy),
               "do not belong");
}

}  // namespace
}  // namespace daftar::evidence
