#include "node/partners/entry_state.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::StatusIs;
using decision::EntryStatus;
using evidence::EntryKind;

EntryStatus StatusAfter(std::vector<EntryKind> kinds) {
  EntryState state;
  uint64_t index = 10;
  for (EntryKind kind : kinds) state.updates.push_back({kind, index++});
  return state.Status();
}

TEST(EntryState, TheMilderReadingHolds) {
  EXPECT_EQ(StatusAfter({}), EntryStatus::kLive);
  EXPECT_EQ(StatusAfter({EntryKind::kSettlement}), EntryStatus::kSettled);
  EXPECT_EQ(StatusAfter({EntryKind::kDispute}), EntryStatus::kDisputed);
  EXPECT_EQ(StatusAfter({EntryKind::kDispute, EntryKind::kResolution}), EntryStatus::kDisputed);
  EXPECT_EQ(StatusAfter({EntryKind::kSettlement, EntryKind::kDispute}), EntryStatus::kDisputed);
  EXPECT_EQ(StatusAfter({EntryKind::kDispute, EntryKind::kSettlement}), EntryStatus::kDisputed);
  EXPECT_EQ(StatusAfter({EntryKind::kWithdrawal, EntryKind::kDispute}), EntryStatus::kWithdrawn);
  EXPECT_EQ(StatusAfter({EntryKind::kWithdrawal, EntryKind::kErasure}), EntryStatus::kErased);
  EXPECT_EQ(StatusAfter({EntryKind::kErasure, EntryKind::kSettlement}), EntryStatus::kErased);
  EXPECT_EQ(StatusAfter({EntryKind::kCorrection, EntryKind::kRelabel}), EntryStatus::kLive);
}

TEST(EntryState, RowRoundTripsAndRefusesDamage) {
  EntryState state;
  state.updates = {{EntryKind::kSettlement, 5, 1000, 2000}, {EntryKind::kWithdrawal, 9, 3000, 3}};
  const crypto::Bytes row = state.Encode();
  auto decoded = EntryState::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(decoded->updates, state.updates);
  for (size_t length = 0; length < row.size(); ++length) {
    EXPECT_THAT(EntryState::Decode(crypto::ByteView(row).first(length)),
                StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST(EntryState, ARowWithoutTimesIsReadAsLongAgo) {
  const crypto::Bytes row =
      crypto::Writer().U8(1).U8(1).U8(static_cast<uint8_t>(EntryKind::kDispute)).U64(7).Take();
  const auto decoded = EntryState::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(decoded->updates, (std::vector<EntryState::Update>{{EntryKind::kDispute, 7, 0, 0}}));
}

TEST(EntryState, WhatIsOutOfOrderIsNotAccepted) {
  const auto accepts = [](std::vector<EntryKind> before, EntryKind kind) {
    EntryState state;
    for (EntryKind earlier : before) state.updates.push_back({earlier, 10, 0, 0});
    return state.Accepts(kind);
  };
  constexpr EntryKind kAll[] = {
      EntryKind::kSettlement, EntryKind::kDispute, EntryKind::kResolution, EntryKind::kCorrection,
      EntryKind::kWithdrawal, EntryKind::kRelabel, EntryKind::kErasure};
  EXPECT_FALSE(accepts({}, EntryKind::kResolution));
  EXPECT_TRUE(accepts({EntryKind::kDispute}, EntryKind::kResolution));
  EXPECT_FALSE(accepts({EntryKind::kDispute, EntryKind::kResolution}, EntryKind::kResolution));
  EXPECT_FALSE(accepts({EntryKind::kDispute}, EntryKind::kDispute));
  EXPECT_TRUE(accepts({EntryKind::kDispute, EntryKind::kResolution}, EntryKind::kDispute));
  EXPECT_FALSE(accepts({EntryKind::kSettlement}, EntryKind::kSettlement));
  for (EntryKind kind : kAll) {
    EXPECT_EQ(accepts({}, kind), kind != EntryKind::kResolution);
    EXPECT_EQ(accepts({EntryKind::kWithdrawal}, kind), kind == EntryKind::kErasure);
    EXPECT_FALSE(accepts({EntryKind::kErasure}, kind));
  }
  EXPECT_FALSE(accepts({}, EntryKind::kReport));
  EXPECT_FALSE(accepts({}, EntryKind::kKeys));
}

}  // namespace
}  // namespace daftar::partners
