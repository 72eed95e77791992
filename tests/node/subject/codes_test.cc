// Who may have a report: codes that are made, tried, used up and forgotten.
#include "node/subject/codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/audit.h"
#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::subject {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int64_t kHour = 3600;

class CodesTest : public ::testing::Test {
 protected:
  CodesTest() : vault_(entropy_.Secret(), entropy_) { Reopen(); }
  void Reopen() {
    codes_.reset();
    store_.reset();
    auto opened = storage::RocksStore::Open({.path = dir_ / "db", .create_if_missing = true});
    ASSERT_THAT(opened, IsOk());
    store_ = *std::move(opened);
    codes_ = std::make_unique<Codes>(*store_, vault_, clock_, entropy_);
  }
  storage::Caller By() { return {"user:siti", "request-" + std::to_string(++requests_)}; }
  std::string Made() {
    auto made = codes_->Make(By(), who_);
    EXPECT_THAT(made, IsOk());
    return made.ok() ? made->code : "";
  }
  // Another code than `code`, of which every symbol is another.
  static std::string OtherThan(std::string code) {
    for (char& c : code) c = c == '-' ? '-' : c == '7' ? '8' : '7';
    return code;
  }
  std::vector<storage::AuditRow> Record() {
    auto page = storage::ReadAudit(*store_, vault_, {.limit = 100});
    EXPECT_THAT(page, IsOk());
    return page.ok() ? page->rows : std::vector<storage::AuditRow>();
  }

  daftar::testing::TempDir dir_;
  daftar::testing::FakeEntropy entropy_;
  const storage::Vault vault_;
  daftar::testing::SimClock clock_{1'793'491'200};  // at midnight, UTC
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<Codes> codes_;
  const identity::Identifier who_ = Phone("0812-3456-7890");
  const identity::Identifier other_ = Phone("0812-3456-7891");
  int requests_ = 0;
};

TEST_F(CodesTest, ACodeOpensOneReport) {
  const std::string code = Made();
  std::string typed = " " + code.substr(0, 4) + code.substr(5);
  for (char& c : typed) c = static_cast<char>(std::tolower(c));
  EXPECT_THAT(codes_->Spend(By(), who_, typed), IsOk());
  EXPECT_THAT(codes_->Spend({"user:budi", "r"}, who_, code),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  clock_.Advance(10 * 60);
  EXPECT_THAT(codes_->Spend(By(), who_, code), StatusIs(absl::StatusCode::kFailedPrecondition));
}

// What was made of the report may be lost after the code is used: a disk may be full.
TEST_F(CodesTest, WhoeverUsedACodeMayUseItAgainForTenMinutes) {
  const std::string code = Made();
  clock_.Advance(24 * kHour - 1);
  for (int i = 0; i < 4; ++i) (void)codes_->Spend(By(), who_, OtherThan(code));
  DAFTAR_ASSERT_OK(codes_->Spend(By(), who_, code));
  Reopen();
  clock_.Advance(10 * 60 - 1);
  EXPECT_THAT(codes_->Spend(By(), who_, OtherThan(code)),
              StatusIs(absl::StatusCode::kPermissionDenied));
  for (int i = 0; i < 6; ++i) EXPECT_THAT(codes_->Spend(By(), who_, code), IsOk());
  clock_.Advance(1);  // not from the last use on
  EXPECT_THAT(codes_->Spend(By(), who_, code), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Record(), SizeIs(1 + 7));  // the code, and each report
}

TEST_F(CodesTest, ACodeOpensNothingForAnotherIdentifier) {
  const std::string code = Made();
  EXPECT_THAT(codes_->Spend(By(), other_, code), StatusIs(absl::StatusCode::kFailedPrecondition));
  DAFTAR_ASSERT_OK(codes_->Make(By(), other_));
  EXPECT_THAT(codes_->Spend(By(), other_, code), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(codes_->Spend(By(), who_, code), IsOk());
}

TEST_F(CodesTest, ACodeIsValidForADay) {
  const std::string code = Made();
  clock_.Advance(24 * kHour - 1);
  const auto wrong = codes_->Spend(By(), who_, OtherThan(code));
  EXPECT_THAT(wrong, StatusIs(absl::StatusCode::kPermissionDenied));
  clock_.Advance(1);
  EXPECT_THAT(codes_->Spend(By(), who_, code), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(CodesTest, FiveWrongTriesMakeItVoidAlsoAcrossARestart) {
  const std::string code = Made();
  for (int left = 4; left >= 1; --left) {
    const auto wrong = codes_->Spend(By(), who_, OtherThan(code));
    EXPECT_THAT(wrong, StatusIs(absl::StatusCode::kPermissionDenied,
                                HasSubstr("tries left: " + std::to_string(left))));
    Reopen();
  }
  EXPECT_THAT(codes_->Spend(By(), who_, OtherThan(code)),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("void")));
  EXPECT_THAT(codes_->Spend(By(), who_, code), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(CodesTest, FourWrongTriesLeaveTheFifthToTheRightCode) {
  const std::string code = Made();
  for (int i = 0; i < 4; ++i) (void)codes_->Spend(By(), who_, OtherThan(code));
  EXPECT_THAT(codes_->Spend(By(), who_, code), IsOk());
}

TEST_F(CodesTest, WhatCannotBeACodeIsNoTry) {
  const std::string code = Made();
  for (int i = 0; i < 6; ++i) {
    const auto refused = codes_->Spend(By(), who_, "1234");
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("1234"))));
  }
  EXPECT_THAT(codes_->Spend(By(), who_, code), IsOk());
}

TEST_F(CodesTest, ANewCodeTakesThePlaceOfTheEarlierOne) {
  const std::string first = Made();
  const std::string second = Made();
  ASSERT_NE(first, second);
  EXPECT_THAT(codes_->Spend(By(), who_, first), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(codes_->Spend(By(), who_, second), IsOk());
}

TEST_F(CodesTest, AnIdentifierHasThreeCodesADay) {
  for (int i = 0; i < 3; ++i) EXPECT_THAT(codes_->Spend(By(), who_, Made()), IsOk());
  EXPECT_THAT(codes_->Make(By(), who_), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(codes_->Make(By(), other_), IsOk());
  clock_.Advance(24 * kHour - 1);
  EXPECT_THAT(codes_->Make(By(), who_), StatusIs(absl::StatusCode::kResourceExhausted));
  clock_.Advance(1);
  EXPECT_THAT(codes_->Make(By(), who_), IsOk());
}

TEST_F(CodesTest, ARepeatedRequestGivesTheSameCodeWhileItIsOpen) {
  const storage::Caller once = By();
  auto made = codes_->Make(once, who_);
  DAFTAR_ASSERT_OK(made);
  Reopen();
  auto again = codes_->Make(once, who_);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->code, made->code);
  EXPECT_EQ(again->valid_until.value, made->valid_until.value);
  EXPECT_THAT(codes_->Make(once, other_), StatusIs(absl::StatusCode::kFailedPrecondition));
  DAFTAR_ASSERT_OK(codes_->Spend(By(), who_, made->code));
  EXPECT_THAT(codes_->Make(once, who_), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(CodesTest, ARepeatedReportIsAnsweredForTenMinutes) {
  const std::string code = Made();
  const storage::Caller once = By();
  DAFTAR_ASSERT_OK(codes_->Spend(once, who_, code));
  clock_.Advance(10 * 60 - 1);
  EXPECT_THAT(codes_->Spend(once, who_, code), IsOk());
  EXPECT_THAT(codes_->Spend(once, other_, code), StatusIs(absl::StatusCode::kFailedPrecondition));
  clock_.Advance(1);
  EXPECT_THAT(codes_->Spend(once, who_, code), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Record(), SizeIs(2));  // the code and one report
}

TEST_F(CodesTest, TheRecordSaysWhoAndHowAndNeverWhomOrWhichCode) {
  const std::string code = Made();
  DAFTAR_ASSERT_OK(codes_->Spend(By(), who_, code));
  DAFTAR_ASSERT_OK(codes_->DoWithout({"uid:0", "r"}, who_, "came in with her passport"));
  EXPECT_THAT(codes_->DoWithout({"uid:0", "s"}, who_, ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const std::vector<storage::AuditRow> rows = Record();
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[0].action, "subject.report");
  EXPECT_EQ(rows[0].actor, "uid:0");
  EXPECT_EQ(rows[0].because, "without a code: came in with her passport");
  bool with = false;
  bool made = false;
  for (const storage::AuditRow& row : rows) {
    EXPECT_EQ(row.object, TagOf(vault_, who_).hex());
    with = with || (row.action == "subject.report" && row.because == "with a code");
    made = made || (row.action == "subject.code" && row.actor == "user:siti");
    for (const std::string& text : {row.actor, row.action, row.object, row.because}) {
      EXPECT_THAT(text, Not(HasSubstr("81234567890")));
      EXPECT_THAT(text, Not(HasSubstr(code)));
    }
  }
  EXPECT_TRUE(with && made);
  DAFTAR_ASSERT_OK(store_->Scan(
      storage::Column::kRequests, {}, {}, [&](crypto::ByteView, crypto::ByteView value) {
        EXPECT_THAT(std::string(crypto::AsText(value)), Not(HasSubstr(code)));
        return true;
      }));
}

TEST_F(CodesTest, RowsGoWhenTheirCodeHasEndedAndTheirDayIsOver) {
  Made();
  clock_.Advance(12 * kHour);
  DAFTAR_ASSERT_OK(codes_->Make(By(), other_));
  EXPECT_THAT(codes_->Sweep(), daftar::testing::IsOkAndHolds(2u));
  clock_.Advance(12 * kHour);  // the first has ended; so has its day
  EXPECT_THAT(codes_->Sweep(), daftar::testing::IsOkAndHolds(1u));
  clock_.Advance(12 * kHour);
  EXPECT_THAT(codes_->Sweep(), daftar::testing::IsOkAndHolds(0u));
}

TEST_F(CodesTest, ADamagedRowIsDataLoss) {
  const std::string code = Made();
  storage::Batch batch;
  batch.Put(storage::Column::kSubjectCodes, crypto::ToBytes(TagOf(vault_, who_).view()), {1, 2, 3});
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  EXPECT_THAT(codes_->Spend(By(), who_, code), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(CodesTest, ADamagedRowKeepsNoOtherFromGoingAndNobodyFromACode) {
  Made();
  storage::Batch batch;
  for (const uint8_t key : {uint8_t{0x00}, uint8_t{0xff}}) {  // before it and after it
    batch.Put(storage::Column::kSubjectCodes, crypto::Bytes(storage::BlindTag::kSize, key),
              {1, 2, 3});
  }
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  clock_.Advance(24 * kHour);
  EXPECT_THAT(codes_->Sweep(), StatusIs(absl::StatusCode::kDataLoss));
  size_t rows = 0;
  DAFTAR_ASSERT_OK(store_->Scan(storage::Column::kSubjectCodes, {}, {},
                                [&](crypto::ByteView, crypto::ByteView) { return ++rows > 0; }));
  EXPECT_EQ(rows, 2u);
  EXPECT_THAT(codes_->Make(By(), other_), IsOk());
}

}  // namespace
}  // namespace daftar::subject
