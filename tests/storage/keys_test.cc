#include "storage/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace daftar::storage {
namespace {

using crypto::ToHex;

TEST(KeysTest, KeysAreAsDocumented) {
  EXPECT_EQ(ToHex(LogKey(1)), "00000001");
  EXPECT_EQ(ToHex(LogIndexKey(1, 258)), "000000010000000000000102");
  EXPECT_EQ(ToHex(LogTileKey(16, 2, 3)), "00000010020000000000000003");
}

TEST(KeysTest, BytewiseOrderIsNumericOrder) {
  EXPECT_LT(LogIndexKey(1, 255), LogIndexKey(1, 256));
  EXPECT_LT(LogIndexKey(1, ~uint64_t{0}), LogIndexKey(2, 0));
  EXPECT_LT(LogTileKey(1, 0, ~uint64_t{0}), LogTileKey(1, 1, 0));
  EXPECT_LT(LogKey(255), LogKey(256));
}

// What is on disk: a change of this list loses columns.
TEST(KeysTest, ColumnNamesNeverChange) {
  const std::vector<std::string_view> names = {
      "meta",           "log_entries",  "log_tiles",   "log_heads", "log_bodies",    "tokens",
      "entry_states",   "incidents",    "submissions", "counters",  "customers",     "identifiers",
      "orders",         "partners",     "quotas",      "lookups",   "receipts",      "users",
      "requests",       "audit",        "groups",      "allowed",   "policies",      "outcomes",
      "sealed_files",   "cosignatures", "arrivals",    "warnings",  "subject_codes", "relays",
      "proof_requests", "asked_proof"};
  ASSERT_EQ(names.size(), kColumnCount);
  for (size_t i = 0; i < kColumnCount; ++i) {
    EXPECT_EQ(ColumnName(static_cast<Column>(i)), names[i]);
  }
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), kColumnCount);
}

}  // namespace
}  // namespace daftar::storage
