#include "storage/requests.h"

#include <string>

#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/status_matchers.h"

namespace daftar::storage {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::testing::HasSubstr;

class RequestLogTest : public ::testing::Test {
 protected:
  RequestLogTest() {
    auto opened = RocksStore::Open({.path = dir_ / "db", .create_if_missing = true});
    EXPECT_THAT(opened, IsOk());
    store_ = *std::move(opened);
  }
  absl::Status Record(const Bytes& key, std::string_view result) {
    Batch batch;
    RequestLog::Record(batch, key, "thing-add", crypto::AsBytes(result));
    return store_->Write(std::move(batch));
  }
  daftar::testing::TempDir dir_;
  std::unique_ptr<RocksStore> store_;
};

TEST_F(RequestLogTest, NewRequestIsNotFoundAndARecordedOneGivesItsResult) {
  const Bytes key = *RequestLog::Key("uid:1000", "r1");
  EXPECT_EQ(*RequestLog::Find(*store_, key, "thing-add"), std::nullopt);
  ASSERT_THAT(Record(key, "made"), IsOk());
  EXPECT_EQ(*RequestLog::Find(*store_, key, "thing-add"), crypto::ToBytes("made"));
}

TEST_F(RequestLogTest, SameRequestTwiceIsAborted) {
  const Bytes key = *RequestLog::Key("uid:1000", "r1");
  ASSERT_THAT(Record(key, "first"), IsOk());
  EXPECT_THAT(Record(key, "second"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(*RequestLog::Find(*store_, key, "thing-add"), crypto::ToBytes("first"));
}

TEST_F(RequestLogTest, WhatARequestDidInPartIsReplacedOnlyByWhoKnowsIt) {
  const Bytes key = *RequestLog::Key("uid:1000", "r1");
  ASSERT_THAT(Record(key, "half"), IsOk());
  const auto replace = [&](std::string_view before, std::string_view result) {
    Batch batch;
    RequestLog::Replace(batch, key, "thing-add", crypto::AsBytes(before), crypto::AsBytes(result));
    return store_->Write(std::move(batch));
  };
  ASSERT_THAT(replace("half", "whole"), IsOk());
  EXPECT_THAT(replace("half", "another"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(*RequestLog::Find(*store_, key, "thing-add"), crypto::ToBytes("whole"));
}

TEST_F(RequestLogTest, OneIdForTwoPurposesIsRefused) {
  const Bytes key = *RequestLog::Key("uid:1000", "r1");
  ASSERT_THAT(Record(key, "made"), IsOk());
  EXPECT_THAT(RequestLog::Find(*store_, key, "other-add"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another kind")));
}

TEST_F(RequestLogTest, MalformedRowIsDataLoss) {
  const Bytes key = *RequestLog::Key("uid:1000", "r1");
  for (const Bytes& row : {Bytes{}, Bytes{1}, Bytes{2, 0, 0, 0, 0}, Bytes{1, 0, 0, 0, 0, 9}}) {
    Batch batch;
    batch.Put(Column::kRequests, key, row);
    ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
    EXPECT_THAT(RequestLog::Find(*store_, key, ""), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST(RequestKeyTest, TellsActorsAndIdsApartAndShowsNeither) {
  const auto key = [](std::string_view actor, std::string_view id) {
    return *RequestLog::Key(actor, id);
  };
  EXPECT_EQ(key("a", "b"), key("a", "b"));
  EXPECT_NE(key("a", "bc"), key("ab", "c"));
  EXPECT_NE(key("a", "b"), key("b", "a"));
  EXPECT_EQ(key("uid:1000", "secret").size(), 32u);
}

TEST(RequestKeyTest, EmptyAndOverlongPartsAreRefused) {
  const std::string longest(100, 'x');
  EXPECT_THAT(RequestLog::Key(longest, longest), IsOk());
  EXPECT_THAT(RequestLog::Key("", "r"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(RequestLog::Key("a", ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("request_id")));
  EXPECT_THAT(RequestLog::Key(longest + "x", "r"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(RequestLog::Key("a", longest + "x"), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::storage
