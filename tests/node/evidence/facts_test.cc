#include "node/evidence/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/node/evidence/entry_vectors.h"
#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using daftar::testing::IsOk;
using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;
using evidence::testing::DateOf;
using evidence::testing::EntryVector;
using evidence::testing::FromJson;
using evidence::testing::Hex;
using evidence::testing::Rupiah;
using evidence::testing::UpdateVectors;
using evidence::testing::VectorReportFacts;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// Offsets of docs/protocol.md.
constexpr size_t kReason = 1, kAmount = 3, kCurrency = 11, kOccurred = 14, kDue = 18,
                 kReminderCount = 22, kReminders = 23, kSettled = 55, kReportEnd = 88,
                 kCorrectedOn = 88, kCorrectionEnd = 92, kCode = 1, kCodeOn = 2, kCodeEnd = 6,
                 kSettledOn = 1, kSettlementEnd = 5;

// Any kind's decoder, with the value forgotten or encoded again.
absl::StatusOr<Facts> DecodeAs(size_t alternative, const FactsBlock& block) {
  auto wrap = [](auto decoded) -> absl::StatusOr<Facts> {
    if (!decoded.ok()) return decoded.status();
    return Facts(*std::move(decoded));
  };
  switch (alternative) {
    case 0:
      return wrap(DecodeReportFacts(block));
    case 1:
      return wrap(DecodeSettlementFacts(block));
    case 2:
      return wrap(DecodeDisputeFacts(block));
    case 3:
      return wrap(DecodeResolutionFacts(block));
    case 4:
      return wrap(DecodeCorrectionFacts(block));
    default:
      return wrap(DecodeWithdrawalFacts(block));
  }
}

struct KindCase {
  const char* name;
  Facts facts;
  size_t used;  // bytes before the padding
};
std::vector<KindCase> AllKinds() {
  const auto updates = UpdateVectors();
  return {{"REPORT", VectorReportFacts(), kReportEnd},
          {"SETTLEMENT", updates[0].facts, kSettlementEnd},
          {"DISPUTE", updates[1].facts, kCodeEnd},
          {"RESOLUTION", updates[2].facts, kCodeEnd},
          {"CORRECTION", updates[3].facts, kCorrectionEnd},
          {"WITHDRAWAL", updates[4].facts, kCodeEnd}};
}

FactsBlock With(FactsBlock block, size_t offset, std::vector<uint8_t> bytes) {
  std::copy(bytes.begin(), bytes.end(), block.begin() + static_cast<ptrdiff_t>(offset));
  return block;
}

TEST(FactsTest, EncodingsAreThoseOfTheVectors) {
  for (const KindCase& kind : AllKinds()) {
    EXPECT_EQ(Hex(EncodeFacts(kind.facts)), EntryVector(kind.name)["facts"]) << kind.name;
  }
}

TEST(FactsTest, EveryKindDecodesToWhatWasEncoded) {
  for (const KindCase& kind : AllKinds()) {
    EXPECT_THAT(DecodeAs(kind.facts.index(), EncodeFacts(kind.facts)), IsOkAndHolds(kind.facts))
        << kind.name;
  }
}

TEST(FactsTest, EveryChangedByteIsRefusedOrDecodesToAnotherValueWithThatEncoding) {
  for (const KindCase& kind : AllKinds()) {
    const FactsBlock block = EncodeFacts(kind.facts);
    for (size_t i = 0; i < block.size(); ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        FactsBlock changed = block;
        changed[i] ^= static_cast<uint8_t>(1 << bit);
        const auto decoded = DecodeAs(kind.facts.index(), changed);
        if (i >= kind.used) {
          EXPECT_THAT(decoded, StatusIs(kInvalid)) << kind.name << " padding byte " << i;
        } else if (decoded.ok()) {
          EXPECT_NE(*decoded, kind.facts) << kind.name << " byte " << i;
          EXPECT_EQ(EncodeFacts(*decoded), changed) << kind.name << " byte " << i;
        }
      }
    }
  }
}

TEST(FactsTest, AnotherVersionIsRefusedByName) {
  for (const KindCase& kind : AllKinds()) {
    for (const uint8_t version : crypto::Bytes{0, 2, 255}) {
      EXPECT_THAT(DecodeAs(kind.facts.index(), With(EncodeFacts(kind.facts), 0, {version})),
                  StatusIs(kInvalid, HasSubstr("version " + std::to_string(version))));
    }
  }
}

TEST(FactsTest, ReportWithoutDueDateRemindersOrAmountRoundTrips) {
  const ReportFacts facts{.reason = Reason::kNoShow,
                          .amount = {},
                          .occurred = DateOf("1970-01-02"),
                          .due = Date(),
                          .reminders = {},
                          .settled_before = SettledBucket::kTenOrMore,
                          .proofs_root = {}};
  EXPECT_THAT(DecodeReportFacts(EncodeFacts(facts)), IsOkAndHolds(facts));
}

TEST(FactsTest, EightRemindersAndTheLargestAmountRoundTrip) {
  ReportFacts facts = VectorReportFacts();
  facts.amount.minor = kMaxMinorUnits;
  facts.due = DateOf("9999-12-31");
  facts.reminders.clear();
  for (int i = 0; i < 8; ++i) facts.reminders.push_back(DateOf("2026-09-01").PlusDays(i));
  EXPECT_THAT(DecodeReportFacts(EncodeFacts(facts)), IsOkAndHolds(facts));
}

TEST(FactsTest, AReasonThatIsNeverSharedStillDecodes) {
  ReportFacts facts = VectorReportFacts();
  facts.reason = Reason::kStaffAbuse;
  EXPECT_THAT(DecodeReportFacts(EncodeFacts(facts)), IsOkAndHolds(facts));
}

struct RefusedCase {
  const char* name;
  size_t offset;
  std::vector<uint8_t> bytes;
};

TEST(FactsTest, ReportsWithImpossibleFieldsAreRefused) {
  const FactsBlock block = EncodeFacts(VectorReportFacts());
  const RefusedCase cases[] = {
      {"reason 0", kReason, {0, 0}},
      {"reason 8", kReason, {0, 8}},
      {"reason 999", kReason, {3, 231}},
      {"amount 10^15 + 1", kAmount, {0, 3, 0x8d, 0x7e, 0xa4, 0xc6, 0x80, 1}},
      {"amount of no currency", kCurrency, {0, 0, 0}},
      {"currency in small letters", kCurrency, {'i', 'd', 'r'}},
      {"unknown currency", kCurrency, {'I', 'D', 'X'}},
      {"half a currency", kCurrency, {'I', 'D', 0}},
      {"no date of occurrence", kOccurred, {0, 0, 0, 0}},
      {"occurred in the year 10000", kOccurred, {0, 0x2c, 0xc0, 0xa1}},
      {"due in the year 10000", kDue, {0xff, 0xff, 0xff, 0xff}},
      {"nine reminders", kReminderCount, {9}},
      {"a reminder without date", kReminderCount, {3}},
      {"a reminder more than counted", kReminderCount, {1}},
      {"reminders out of order", kReminders, {0, 0, 0x60, 0}},
      {"reminder twice", kReminders, {0, 0, 0x50, 0xe4, 0, 0, 0x50, 0xe4}},
      {"unknown bucket", kSettled, {4}},
  };
  for (const RefusedCase& refused : cases) {
    EXPECT_THAT(DecodeReportFacts(With(block, refused.offset, refused.bytes)), StatusIs(kInvalid))
        << refused.name;
  }
  EXPECT_THAT(DecodeReportFacts(With(block, kReminders, {0, 0, 0x50, 0xe4})), IsOk());
}

TEST(FactsTest, TheLastDayOfTheCalendarIsAccepted) {
  EXPECT_THAT(
      DecodeReportFacts(With(EncodeFacts(VectorReportFacts()), kDue, {0, 0x2c, 0xc0, 0xa0})),
      IsOk());
}

TEST(FactsTest, UpdatesWithImpossibleFieldsAreRefused) {
  const auto kinds = AllKinds();
  auto decode = [&](size_t kind, size_t offset, std::vector<uint8_t> bytes) {
    return DecodeAs(kind, With(EncodeFacts(kinds[kind].facts), offset, std::move(bytes)));
  };
  EXPECT_THAT(decode(1, kSettledOn, {0, 0, 0, 0}), StatusIs(kInvalid, HasSubstr("settlement")));
  EXPECT_THAT(decode(2, kCode, {0}), StatusIs(kInvalid, HasSubstr("disputant")));
  EXPECT_THAT(decode(2, kCode, {4}), StatusIs(kInvalid, HasSubstr("disputant")));
  EXPECT_THAT(decode(2, kCodeOn, {0, 0, 0, 0}), StatusIs(kInvalid, HasSubstr("dispute")));
  EXPECT_THAT(decode(3, kCode, {2}), StatusIs(kInvalid));
  EXPECT_THAT(decode(3, kCodeOn, {0, 0, 0, 0}), StatusIs(kInvalid, HasSubstr("resolution")));
  EXPECT_THAT(decode(4, kReason, {0, 0}), StatusIs(kInvalid, HasSubstr("reason")));
  EXPECT_THAT(decode(4, kCorrectedOn, {0, 0, 0, 0}), StatusIs(kInvalid, HasSubstr("correction")));
  EXPECT_THAT(decode(5, kCode, {0}), StatusIs(kInvalid, HasSubstr("ground")));
  EXPECT_THAT(decode(5, kCode, {7}), StatusIs(kInvalid, HasSubstr("ground")));
  EXPECT_THAT(decode(5, kCodeOn, {0, 0, 0, 0}), StatusIs(kInvalid, HasSubstr("withdrawal")));
}

TEST(FactsTest, CheckFactsNamesWhatTheEncoderWouldAbortOn) {
  ReportFacts facts = VectorReportFacts();
  EXPECT_THAT(CheckFacts(facts), IsOk());
  facts.occurred = Date();
  EXPECT_THAT(CheckFacts(facts), StatusIs(kInvalid, HasSubstr("occurred")));
  facts = VectorReportFacts();
  facts.amount = {.minor = 1, .currency = {}};
  EXPECT_THAT(CheckFacts(facts), StatusIs(kInvalid, HasSubstr("currency")));
  facts = VectorReportFacts();
  facts.amount = Rupiah(kMaxMinorUnits + 1);
  EXPECT_THAT(CheckFacts(facts), StatusIs(kInvalid, HasSubstr("too large")));
  facts = VectorReportFacts();
  facts.reminders.assign(9, DateOf("2026-09-12"));
  EXPECT_THAT(CheckFacts(facts), StatusIs(kInvalid, HasSubstr("at most 8")));
  facts.reminders.resize(2);
  EXPECT_THAT(CheckFacts(facts), StatusIs(kInvalid, HasSubstr("in order")));
  EXPECT_THAT(CheckFacts(DisputeFacts{}), Not(IsOk()));
}

TEST(FactsDeathTest, EncodingFactsThatBreakARuleAborts) {
  EXPECT_DEATH(EncodeFacts(SettlementFacts{}), "settlement is missing");
}

TEST(FactsTest, OrdersSettledBeforeFallIntoFourBuckets) {
  EXPECT_EQ(BucketOf(0), SettledBucket::kNone);
  EXPECT_EQ(BucketOf(1), SettledBucket::kOneOrTwo);
  EXPECT_EQ(BucketOf(2), SettledBucket::kOneOrTwo);
  EXPECT_EQ(BucketOf(3), SettledBucket::kThreeToNine);
  EXPECT_EQ(BucketOf(9), SettledBucket::kThreeToNine);
  EXPECT_EQ(BucketOf(10), SettledBucket::kTenOrMore);
  EXPECT_EQ(BucketOf(~uint64_t{0}), SettledBucket::kTenOrMore);
}

}  // namespace
}  // namespace daftar::evidence
