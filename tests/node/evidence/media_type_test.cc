#include "node/evidence/media_type.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using namespace std::string_literals;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

absl::StatusOr<MediaType> TypeOf(const std::string& file) {
  MediaDetector detector;
  detector.Update(crypto::AsBytes(file));
  return detector.Finish();
}

constexpr char kMail[] =
    "Received: from mx.toko.example\r\n\tby mail.example; Tue, 3 Nov 2026 10:00:00 +0700\r\n"
    "Date: Tue, 3 Nov 2026 10:00:00 +0700\r\nFROM: sari@mail.example\r\n"
    "Subject: order 17\r\n\r\n<html>I will pay on Friday</html>\r\n";

TEST(MediaTypeTest, WhatShowsSomethingIsTaken) {
  EXPECT_THAT(TypeOf("%PDF-1.7\n%\xE2\xE3"), IsOkAndHolds(MediaType::kPdf));
  EXPECT_THAT(TypeOf("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s), IsOkAndHolds(MediaType::kPng));
  EXPECT_THAT(TypeOf("\xFF\xD8\xFF\xE0\0\x10JFIF"s), IsOkAndHolds(MediaType::kJpeg));
  EXPECT_THAT(TypeOf("RIFF\x24\0\0\0WEBPVP8 "s), IsOkAndHolds(MediaType::kWebp));
  EXPECT_THAT(TypeOf(kMail), IsOkAndHolds(MediaType::kEmail));
  EXPECT_THAT(TypeOf("12/10/26, 08:15 - Sari: <Media omitted>\n12/10/26, 08:16 - Sari: besok ya"),
              IsOkAndHolds(MediaType::kText));
  EXPECT_THAT(TypeOf("<Sari> besok ya\n"), IsOkAndHolds(MediaType::kText));
  EXPECT_THAT(TypeOf("\xEF\xBB\xBFterima kasih \xF0\x9F\x99\x8F\r\n"),
              IsOkAndHolds(MediaType::kText));
  EXPECT_THAT(TypeOf("Note: paid half\n"), IsOkAndHolds(MediaType::kText));
}

TEST(MediaTypeTest, WhatRunsOrBringsOthersAlongIsRefusedWithTheListOfWhatIsTaken) {
  const std::string refused[] = {
      "\x7F"
      "ELF\x02\x01\x01",
      "MZ\x90\0\x03"s,
      "#!/bin/sh\nrm -rf /\n",
      "<!DOCTYPE html><p>hello",
      "  \r\n<HTML><body>",
      "\xEF\xBB\xBF<svg xmlns='http://www.w3.org/2000/svg'>",
      "<?xml version='1.0'?><svg/>",
      "<script>alert(1)</script>",
      "PK\x03\x04 word/vbaProject.bin",
      "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
      "{\\rtf1\\ansi",
      "%!PS-Adobe-3.0",
      "GIF89a\x01\0\x01"s,
      "caf\xE9 au lait",       // Latin-1
      "\xFF\xFEh\0e\0"s,       // UTF-16
      "an escape \x1B[2J",     // rewrites a terminal
      "cut off \xF0\x9F\x99",  // within a code point
      "overlong \xC0\xAF",
      "surrogate \xED\xA0\x80",
      "beyond \xF4\x90\x80\x80",
      "overlong \xE0\x80\xAF",
      "overlong \xF0\x80\x80\xAF",
      "zero \0 byte"s,
      "RIFF\x24\0\0\0WAVEfmt "s,
  };
  for (const std::string& file : refused) {
    EXPECT_THAT(TypeOf(file), StatusIs(kInvalid, HasSubstr("taken are PDF, PNG, JPEG"))) << file;
  }
  EXPECT_THAT(TypeOf("PK\x03\x04"), StatusIs(kInvalid, HasSubstr("export a chat without media")));
}

TEST(MediaTypeTest, AnEmptyFileIsRefused) {
  EXPECT_THAT(TypeOf(""), StatusIs(kInvalid, HasSubstr("empty")));
}

TEST(MediaTypeTest, AMessageHasBothFieldsAndNothingElseBefore) {
  EXPECT_THAT(TypeOf("From: a@b.example\nSubject: x\n\nDate: today\n\xE9"), StatusIs(kInvalid));
  EXPECT_THAT(TypeOf("Date: today\nSubject: x\n\nFrom: a\n\xE9"), StatusIs(kInvalid));
  EXPECT_THAT(TypeOf("hello\nFrom: a@b.example\nDate: today\n\n\xE9"), StatusIs(kInvalid));
  EXPECT_THAT(TypeOf("From: a@b.example\nDate: today\n\n\xE9"), IsOkAndHolds(MediaType::kEmail));
  EXPECT_THAT(TypeOf("From: a@b.example\nDate: today\n\n\0"s), StatusIs(kInvalid));
}

TEST(MediaTypeTest, PiecesMakeNoDifference) {
  const std::string text = "terima kasih \xF0\x9F\x99\x8F dan \xE2\x80\x9Cmaaf\xE2\x80\x9D";
  MediaDetector detector;
  for (const char& c : text) detector.Update(crypto::AsBytes({&c, 1}));
  EXPECT_THAT(detector.Finish(), IsOkAndHolds(MediaType::kText));
}

TEST(MediaTypeTest, AFaultFarBehindTheHeadIsSeen) {
  MediaDetector detector;
  const std::string text(MediaDetector::kMaxSniffedBytes, 'a');
  detector.Update(crypto::AsBytes(text));
  detector.Update(crypto::AsBytes(text));
  EXPECT_THAT(detector.Finish(), IsOkAndHolds(MediaType::kText));
  detector.Update(crypto::AsBytes("\xE9"));
  EXPECT_THAT(detector.Finish(), StatusIs(kInvalid));
}

TEST(MediaTypeTest, NamesAreThoseThatAreRegistered) {
  EXPECT_EQ(MediaTypeName(MediaType::kEmail), "message/rfc822");
  EXPECT_EQ(MediaTypeEnding(MediaType::kJpeg), ".jpg");
  EXPECT_FALSE(IsMediaType(0));
  EXPECT_TRUE(IsMediaType(1));
  EXPECT_TRUE(IsMediaType(6));
  EXPECT_FALSE(IsMediaType(7));
}

}  // namespace
}  // namespace daftar::evidence
