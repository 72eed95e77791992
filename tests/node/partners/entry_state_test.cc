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
  state.updates = {{EntryKind::kSettlement, 5}, {EntryKind::kWithdrawal, 9}};
  const crypto::Bytes row = state.Encode();
  auto decoded = EntryState::Decode(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(decoded->updates, state.updates);
  for (size_t length = 0; length < row.size(); ++length) {
    EXPECT_THAT(EntryState::Decode(crypto::ByteView(row).first(length)),
                StatusIs(absl::StatusCode::kDataLoss));
  }
}

}  // namespace
}  // namespace daftar::partners
