#include "storage/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace daftar::storage {
namespace {

Bytes B(std::string_view text) { return crypto::ToBytes(text); }

TEST(BatchTest, AppendKeepsTheOrder) {
  Batch first;
  first.Put(Column::kUsers, B("a"), B("1"));
  first.ExpectAbsent(Column::kUsers, B("a"));
  Batch second;
  second.Delete(Column::kUsers, B("a"));
  second.ExpectValue(Column::kMeta, B("b"), B("2"));
  first.Append(std::move(second));
  ASSERT_EQ(first.operations().size(), 2U);
  EXPECT_EQ(first.operations()[0].value, B("1"));
  EXPECT_EQ(first.operations()[1].value, std::nullopt);
  ASSERT_EQ(first.preconditions().size(), 2U);
  EXPECT_EQ(first.preconditions()[0].expected, std::nullopt);
  EXPECT_EQ(first.preconditions()[1].address.column, Column::kMeta);
  EXPECT_EQ(first.preconditions()[1].expected, B("2"));
}

TEST(BatchTest, AppendToEmptyTakesAll) {
  Batch other;
  other.Put(Column::kUsers, B("a"), B("1"));
  Batch batch;
  EXPECT_TRUE(batch.empty());
  batch.Append(std::move(other));
  EXPECT_EQ(batch.operations().size(), 1U);
  EXPECT_FALSE(batch.empty());
}

TEST(BatchTest, BatchWithOnlyAPreconditionIsNotEmpty) {
  Batch batch;
  batch.ExpectAbsent(Column::kUsers, B("a"));
  EXPECT_FALSE(batch.empty());
}

}  // namespace
}  // namespace daftar::storage
