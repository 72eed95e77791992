#include "storage/audit.h"

#include <set>
#include <string>

#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::storage {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;

class AuditTest : public ::testing::Test {
 protected:
  AuditTest() {
    auto opened = RocksStore::Open({.path = dir_ / "db", .create_if_missing = true});
    EXPECT_THAT(opened, IsOk());
    store_ = *std::move(opened);
  }
  // Rows of the times given, whose object is the time.
  void Record(int64_t from_ms, int64_t to_ms, const std::string& actor = "uid:1000") {
    Batch batch;
    for (int64_t at = from_ms; at <= to_ms; ++at) {
      RecordAudit(batch, vault_, entropy_, {at, actor, "thing.add", std::to_string(at), "because"});
    }
    EXPECT_THAT(store_->Write(std::move(batch)), IsOk());
  }
  std::string Objects(const AuditPage& page) {
    std::string objects;
    for (const AuditRow& row : page.rows) objects += (objects.empty() ? "" : " ") + row.object;
    return objects;
  }

  daftar::testing::TempDir dir_;
  daftar::testing::FakeEntropy entropy_;
  crypto::Secret32 data_key_ = entropy_.Secret();
  Vault vault_{data_key_, entropy_};
  std::unique_ptr<RocksStore> store_;
};

TEST_F(AuditTest, AReasonIsNeitherEmptyNorTooLong) {
  const auto wrong = StatusIs(absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(CheckBecause(""), wrong);
  EXPECT_THAT(CheckBecause("x"), IsOk());
  EXPECT_THAT(CheckBecause(std::string(kMaxAuditText, 'x')), IsOk());
  EXPECT_THAT(CheckBecause(std::string(kMaxAuditText + 1, 'x')), wrong);
}

TEST_F(AuditTest, WhatIsTooLongEndsBehindAWholeCharacter) {
  const auto kept = [this](const std::string& because) {
    Batch batch;
    RecordAudit(batch, vault_, entropy_, {1, "uid:1000", "thing.add", "x", because});
    EXPECT_THAT(store_->Write(std::move(batch)), IsOk());
    const auto page = ReadAudit(*store_, vault_, {.limit = 10});
    EXPECT_THAT(page, IsOk());
    std::set<std::string> texts;
    for (const AuditRow& row : page->rows) texts.insert(row.because);
    return texts;
  };
  const std::string fits(kMaxAuditText - 2, 'x');
  EXPECT_EQ(kept(fits + "xxx").count(fits + "xx"), 1u);
  EXPECT_EQ(kept(fits + "\u20ac").count(fits), 1u);              // 3 bytes, of which 2 would fit
  EXPECT_EQ(kept(fits + "\u00fc!").count(fits + "\u00fc"), 1u);  // 2 bytes
}

TEST_F(AuditTest, PagesGoFromTheNewestToTheOldestAndPromiseNoPageThatIsEmpty) {
  Record(1, 5);
  AuditQuery query{.limit = 2};
  std::string seen;
  for (int page = 0; page < 3; ++page) {
    auto rows = ReadAudit(*store_, vault_, query);
    DAFTAR_ASSERT_OK(rows);
    seen += "[" + Objects(*rows) + "]";
    EXPECT_EQ(rows->next.has_value(), page < 2);
    query.after = rows->next;
    if (page == 0) Record(6, 6);  // what came meanwhile moves nothing
  }
  EXPECT_EQ(seen, "[5 4][3 2][1]");
  query = {.limit = 6};
  EXPECT_FALSE(ReadAudit(*store_, vault_, query)->next.has_value());
}

TEST_F(AuditTest, OnlyRowsThatAreWantedAndNotBeforeTheTimeCount) {
  Record(1, 4);
  Record(5, 8, "user:siti");
  AuditQuery query{.limit = 2, .wanted = [](const AuditRow& row) {
                     return row.actor[0] == 'u' && row.actor[1] == 'i';
                   }};
  auto page = ReadAudit(*store_, vault_, query);
  DAFTAR_ASSERT_OK(page);
  EXPECT_EQ(Objects(*page), "4 3");
  EXPECT_TRUE(page->next.has_value());
  query.since_ms = 3;
  page = ReadAudit(*store_, vault_, query);
  DAFTAR_ASSERT_OK(page);
  EXPECT_EQ(Objects(*page), "4 3");
  EXPECT_FALSE(page->next.has_value());
}

TEST_F(AuditTest, APageReadsABoundedNumberOfRows) {
  Record(1, static_cast<int64_t>(kMaxAuditScan) + 1);
  AuditQuery query{.limit = 1, .wanted = [](const AuditRow& row) { return row.object == "1"; }};
  auto page = ReadAudit(*store_, vault_, query);
  DAFTAR_ASSERT_OK(page);
  EXPECT_TRUE(page->rows.empty());
  ASSERT_TRUE(page->next.has_value());
  query.after = page->next;
  page = ReadAudit(*store_, vault_, query);
  DAFTAR_ASSERT_OK(page);
  EXPECT_EQ(Objects(*page), "1");
  EXPECT_FALSE(page->next.has_value());
}

TEST_F(AuditTest, ARowThatDoesNotOpenIsDataLoss) {
  Record(1, 1);
  Batch batch;
  batch.Put(Column::kAudit, Bytes(AuditCursor::kSize, 0), Bytes{1, 2, 3});
  ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
  EXPECT_THAT(ReadAudit(*store_, vault_, {.limit = 1}), StatusIs(absl::StatusCode::kDataLoss));
  Batch other;
  other.Delete(Column::kAudit, Bytes(AuditCursor::kSize, 0));
  other.Put(Column::kAudit, Bytes{0}, Bytes{1, 2, 3});
  ASSERT_THAT(store_->Write(std::move(other)), IsOk());
  EXPECT_THAT(ReadAudit(*store_, vault_, {.limit = 1}), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace daftar::storage
