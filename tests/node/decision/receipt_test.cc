#include "node/decision/receipt.h"

#include <algorithm>

#include "tests/node/decision/inputs.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using daftar::testing::IsOk;
using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;
using Case = InputsBuilder;

Subject SubjectAt(uint8_t value) {
  std::array<uint8_t, 32> bytes{};
  bytes[0] = value;
  return Subject(bytes);
}

ReceiptBody Sample() {
  Case made = Case().Partners(2).Orders(3, 1).Incident(evidence::Reason::kNoShow);
  made.Report(Case::Origin(1)).Report(Case::Origin(1), EntryStatus::kSettled);
  return MakeReceipt(made.Decide(), DefaultPolicy(), {SubjectAt(9), SubjectAt(3), SubjectAt(9)},
                     made.Build().now);
}

TEST(ReceiptTest, RandomDecisionsReplayToTheSameVerdictThroughTheirBytes) {
  std::mt19937_64 random(10);
  for (int round = 0; round < 10'000; ++round) {
    const Inputs inputs = RandomInputs(random);
    const Decision decision = Decide(inputs, DefaultPolicy());
    const ReceiptBody body = MakeReceipt(decision, DefaultPolicy(), {SubjectAt(1)}, inputs.now);
    const auto read = ReceiptBody::Decode(body.Encode());
    ASSERT_THAT(read, IsOk()) << "round " << round;
    ASSERT_EQ(*read, body);
    ASSERT_THAT(CheckReplay(*read, DefaultPolicy()), IsOk());
    ASSERT_EQ(Replay(*read, DefaultPolicy()).verdict, decision.verdict);
    ASSERT_EQ(Replay(*read, DefaultPolicy()).inputs.size(), decision.inputs.size());
  }
}

TEST(ReceiptTest, SubjectsAreSortedAndDistinct) {
  EXPECT_EQ(Sample().subjects, (std::vector<Subject>{SubjectAt(3), SubjectAt(9)}));
}

TEST(ReceiptTest, SubjectHidesTheIdentifierUnderTheKeyAndTellsTypesApart) {
  using identity::IdentifierType;
  daftar::testing::FakeEntropy entropy;
  const crypto::Secret32 key = entropy.Secret();
  const crypto::Secret32 other = entropy.Secret();
  const auto phone =
      *identity::Normalise(IdentifierType::kPhone, "081234567890", identity::Region::kIndonesia);
  const auto mail =
      *identity::Normalise(IdentifierType::kEmail, "a@example.com", identity::Region::kIndonesia);
  EXPECT_EQ(SubjectOf(key, phone), SubjectOf(key, phone));
  EXPECT_NE(SubjectOf(key, phone), SubjectOf(other, phone));
  EXPECT_NE(SubjectOf(key, phone), SubjectOf(key, mail));
  EXPECT_EQ(SubjectOf(key, phone).hex(),
            crypto::Blake2b256(key.Expose(), {crypto::AsBytes("phone+6281234567890")}).hex());
}

TEST(ReceiptTest, HoldsNoOpenedFacts) {
  // Two partners' entries that weigh the same leave the same bytes, whatever their amounts were.
  Case small = Case().Partners(1).Report(Case::Origin(0));
  Case large = small;
  large.inputs().records[0].amount = Rupiah(77'777'777);
  const auto body = [](const Case& made) {
    return MakeReceipt(made.Decide(), DefaultPolicy(), {}, made.Build().now).Encode();
  };
  EXPECT_EQ(body(small), body(large));
  for (const DecisionInput& input : Replay(Sample(), DefaultPolicy()).inputs) {
    EXPECT_FALSE(input.reason.has_value());
  }
}

TEST(ReceiptTest, EveryTruncationAndExtensionIsRefused) {
  const crypto::Bytes good = Sample().Encode();
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_THAT(ReceiptBody::Decode(crypto::ByteView(good).first(length)),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  crypto::Bytes longer = good;
  longer.push_back(0);
  EXPECT_THAT(ReceiptBody::Decode(longer), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ReceiptTest, EveryFlippedBitIsRefusedOrReadsAsWritten) {
  const crypto::Bytes good = Sample().Encode();
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    crypto::Bytes flipped = good;
    flipped[bit / 8] = static_cast<uint8_t>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const auto read = ReceiptBody::Decode(flipped);
    if (!read.ok()) continue;
    EXPECT_EQ(read->Encode(), flipped) << "bit " << bit;
  }
}

TEST(ReceiptTest, ABodyOfTheVersionBeforeReadsAndKeepsItsBytes) {
  ReceiptBody body = Sample();
  body.version = kOldestReceiptVersion;
  const crypto::Bytes old = body.Encode();
  EXPECT_EQ(old.size() + sizeof(uint32_t), Sample().Encode().size());
  const auto read = ReceiptBody::Decode(old);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(*read, body);
  EXPECT_EQ(read->Encode(), old);
  EXPECT_THAT(CheckReplay(*read, DefaultPolicy()), IsOk());
  for (const uint8_t version : {uint8_t{kOldestReceiptVersion - 1}, uint8_t{kReceiptVersion + 1}}) {
    crypto::Bytes other = Sample().Encode();
    other[4] = version;
    EXPECT_THAT(ReceiptBody::Decode(other), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

// A second spelling of the same receipt would have another commitment.
TEST(ReceiptTest, ListsOutOfOrderOrRepeatedAreRefused) {
  const auto refused = [](auto change) {
    ReceiptBody body = Sample();
    change(body);
    EXPECT_THAT(ReceiptBody::Decode(body.Encode()), StatusIs(absl::StatusCode::kInvalidArgument));
  };
  refused([](ReceiptBody& b) { std::swap(b.subjects[0], b.subjects[1]); });
  refused([](ReceiptBody& b) { b.subjects[1] = b.subjects[0]; });
  refused([](ReceiptBody& b) { std::swap(b.weighed.partners[0], b.weighed.partners[1]); });
  refused([](ReceiptBody& b) {
    std::swap(b.weighed.partners[1].entries[0], b.weighed.partners[1].entries[1]);
  });
  refused([](ReceiptBody& b) { b.weighed.partners[0].witnesses = {"b.test", "a.test"}; });
  refused([](ReceiptBody& b) { b.weighed.partners[0].origin = "Not An Origin"; });
  refused([](ReceiptBody& b) { std::swap(b.verdict.rules[0], b.verdict.rules[1]); });
  refused([](ReceiptBody& b) { b.verdict.caps = {Cap::kStale, Cap::kPartners}; });
  refused([](ReceiptBody& b) { b.weighed.prior_ppm = kPpm + 1; });
  refused([](ReceiptBody& b) { b.weighed.partners[0].weight_ppm = kMaxWeightPpm + 1; });
  refused([](ReceiptBody& b) { b.weighed.own.good = b.weighed.own.orders + 1; });
  crypto::Bytes given_up =
      MakeReceipt(Case().Partners(1).GivenUp(3).Decide(), DefaultPolicy(), {}, Case().Build().now)
          .Encode();
  const crypto::Bytes both = crypto::Writer().U32(1).U32(1).Take();  // overdue, given up
  const auto at = std::search(given_up.begin(), given_up.end(), both.begin(), both.end());
  ASSERT_NE(at, given_up.end());
  ASSERT_THAT(ReceiptBody::Decode(given_up), IsOk());
  *(at + 3) = 0;
  EXPECT_THAT(ReceiptBody::Decode(given_up), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ReceiptTest, AlteredOutcomeOrInputsDoNotReplay) {
  const auto altered = [](auto change) {
    ReceiptBody body = Sample();
    change(body);
    return CheckReplay(body, DefaultPolicy());
  };
  EXPECT_THAT(altered([](ReceiptBody&) {}), IsOk());
  EXPECT_THAT(altered([](ReceiptBody& b) { b.verdict.effect = Effect::kDecline; }),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("effect decline")));
  EXPECT_THAT(altered([](ReceiptBody& b) { b.verdict.r_ppm += 1; }),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("r (ppm)")));
  EXPECT_THAT(altered([](ReceiptBody& b) { b.weighed.partners[1].weight_ppm -= 1000; }),
              Not(IsOk()));
  EXPECT_THAT(altered([](ReceiptBody& b) { b.weighed.own.bad_ppm += 10; }), Not(IsOk()));
  EXPECT_THAT(altered([](ReceiptBody& b) { b.verdict.rules.pop_back(); }), Not(IsOk()));
  EXPECT_THAT(altered([](ReceiptBody& b) { b.policy = crypto::Digest(); }),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("policy")));
}

TEST(ReceiptTest, LargestReceiptFitsItsBound) {
  Case huge;
  std::vector<std::string> witnesses;
  for (size_t i = 0; i < kMaxWitnesses; ++i) {
    std::string name(evidence::kMaxOriginBytes, 'w');
    name.replace(0, 3, std::to_string(100 + i));
    witnesses.push_back(name);
  }
  for (size_t i = 0; i < kMaxPartners; ++i) {
    huge.Partner(std::string(evidence::kMaxOriginBytes - 3, 'p') + std::to_string(100 + i));
    huge.inputs().partners.back().witnesses = witnesses;
    for (size_t n = 0; n < kMaxRecordsPerPartner; ++n) {
      huge.Report(huge.inputs().partners.back().origin);
    }
  }
  const ReceiptBody body = MakeReceipt(huge.Decide(), DefaultPolicy(), {}, huge.Build().now);
  const crypto::Bytes bytes = body.Encode();
  EXPECT_LE(bytes.size(), kMaxReceiptBytes);
  EXPECT_THAT(ReceiptBody::Decode(bytes), IsOkAndHolds(body));
}

}  // namespace
}  // namespace daftar::decision
