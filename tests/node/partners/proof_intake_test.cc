// What an issuer hands out and must not: each is refused in words, as the issuer's fault.
#include "node/partners/proof_intake.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::StatusIs;
using evidence::HandedFile;
using evidence::HandoverPiece;
using evidence::HandoverStart;
using evidence::HandoverState;

class ProofIntakeTest : public ::testing::Test {
 protected:
  ProofIntakeTest() {
    auto files = storage::SealedFiles::Open(
        node_->store(), node_->vault(), circle_.entropy(),
        {.directory = node_.dir() / "taken", .max_file_bytes = evidence::kMaxProofFileBytes});
    EXPECT_TRUE(files.ok()) << files.status();
    files_ = *std::move(files);
  }
  static HandedFile File(uint64_t bytes) {
    HandedFile file;
    file.kind = evidence::ProofKind::kInvoice;
    file.media = evidence::MediaType::kText;
    file.bytes = bytes;
    file.digest.data()[0] = 7;
    return file;
  }
  // One that is what it says.
  static HandedFile FileOf(const std::string& text) {
    HandedFile file = File(text.size());
    evidence::ProofHasher hasher(file.salt);
    hasher.Update(crypto::AsBytes(text));
    file.digest = hasher.Finish();
    return file;
  }
  static HandoverStart Start(size_t leaves) {
    HandoverStart start;
    start.state = HandoverState::kDisclosed;
    start.files = 1;
    start.leaves.resize(leaves);
    for (size_t i = 0; i < leaves; ++i) {
      start.leaves[i].data()[0] = 7;
      start.leaves[i].data()[31] = static_cast<uint8_t>(i);
    }
    start.leaves[0] = File(1).digest;
    return start;
  }
  // A handover with as many leaves, up to its start.
  std::unique_ptr<ProofIntake> Intake(size_t leaves) {
    return std::make_unique<ProofIntake>(
        *files_, evidence::ProofsRoot(Start(leaves).leaves),
        [](const HandedFile&, storage::SealedUpload&) { return absl::OkStatus(); });
  }
  static void ExpectRefused(ProofIntake& intake, absl::StatusOr<HandoverPiece> piece) {
    EXPECT_THAT(intake.Take(std::move(piece)), StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_TRUE(intake.wrong());
    // And nothing is believed afterwards.
    EXPECT_THAT(intake.Take(HandoverPiece(crypto::Bytes{1})),
                StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(intake.Finish(), StatusIs(absl::StatusCode::kDataLoss));
  }

  daftar::testing::SimCircle circle_;
  daftar::testing::SimNode& node_ = circle_.Add("toko-b.test");
  std::unique_ptr<storage::SealedFiles> files_;
};

TEST_F(ProofIntakeTest, WhatIsNoPieceOfTheProtocol) {
  auto intake = Intake(1);
  ExpectRefused(*intake, absl::InvalidArgumentError("a file of an unknown type"));
}

TEST_F(ProofIntakeTest, MoreFilesThanAReportHas) {
  auto most = Intake(evidence::kMaxProofFiles);
  DAFTAR_EXPECT_OK(most->Take(HandoverPiece(Start(evidence::kMaxProofFiles))));
  auto more = Intake(evidence::kMaxProofFiles + 1);
  ExpectRefused(*more, HandoverPiece(Start(evidence::kMaxProofFiles + 1)));
}

TEST_F(ProofIntakeTest, AFileOverTheBoundOrEmpty) {
  for (const auto& [bytes, fits] : {std::pair{uint64_t{evidence::kMaxProofFileBytes}, true},
                                    {uint64_t{evidence::kMaxProofFileBytes} + 1, false},
                                    {uint64_t{0}, false}}) {
    auto intake = Intake(1);
    DAFTAR_ASSERT_OK(intake->Take(HandoverPiece(Start(1))));
    if (fits) {
      DAFTAR_EXPECT_OK(intake->Take(HandoverPiece(File(bytes))));
    } else {
      ExpectRefused(*intake, HandoverPiece(File(bytes)));
    }
  }
}

TEST_F(ProofIntakeTest, APageThatCallsItselfText) {
  const std::string page = "<!DOCTYPE html><script>alert(1)</script>";
  const HandedFile file = FileOf(page);
  HandoverStart start = Start(1);
  start.leaves[0] = file.digest;
  ProofIntake intake(*files_, evidence::ProofsRoot(start.leaves),
                     [](const HandedFile&, storage::SealedUpload&) { return absl::OkStatus(); });
  DAFTAR_ASSERT_OK(intake.Take(HandoverPiece(start)));
  DAFTAR_ASSERT_OK(intake.Take(HandoverPiece(file)));
  ExpectRefused(intake, HandoverPiece(crypto::ToBytes(crypto::AsBytes(page))));
}

TEST_F(ProofIntakeTest, NoFilesOrMoreThanItLists) {
  for (const uint32_t files : {0u, 3u}) {
    auto intake = Intake(2);
    HandoverStart start = Start(2);
    start.files = files;
    ExpectRefused(*intake, HandoverPiece(start));
  }
}

// Two real files, of which it says that it hands out both.
class TwoFilesTest : public ProofIntakeTest {
 protected:
  TwoFilesTest() {
    start_.state = HandoverState::kDisclosed;
    start_.files = 2;
    start_.leaves = {FileOf(kFirst).digest, FileOf(kSecond).digest};
    std::sort(start_.leaves.begin(), start_.leaves.end());
    intake_ = std::make_unique<ProofIntake>(
        *files_, evidence::ProofsRoot(start_.leaves),
        [](const HandedFile&, storage::SealedUpload&) { return absl::OkStatus(); });
    EXPECT_TRUE(intake_->Take(HandoverPiece(start_)).ok());
  }
  void Give(const std::string& text) {
    DAFTAR_ASSERT_OK(intake_->Take(HandoverPiece(FileOf(text))));
    DAFTAR_ASSERT_OK(intake_->Take(HandoverPiece(crypto::ToBytes(crypto::AsBytes(text)))));
  }

  static constexpr char kFirst[] = "Invoice 17\n";
  static constexpr char kSecond[] = "Please pay the rest by Friday\n";
  HandoverStart start_;
  std::unique_ptr<ProofIntake> intake_;
};

TEST_F(TwoFilesTest, AreTakenInAnyOrder) {
  Give(kSecond);
  Give(kFirst);
  EXPECT_EQ(*intake_->Finish(), HandoverState::kDisclosed);
  EXPECT_EQ(intake_->withheld(), 0u);
}

TEST_F(TwoFilesTest, TheSameOneTwiceIsNotBoth) {
  Give(kFirst);
  ExpectRefused(*intake_, HandoverPiece(FileOf(kFirst)));
}

TEST_F(TwoFilesTest, NorIsItWhenAllBeginsAnew) {
  Give(kFirst);
  ExpectRefused(*intake_, HandoverPiece(start_));
}

TEST_F(TwoFilesTest, OneBeforeTheOtherHasEnded) {
  DAFTAR_ASSERT_OK(intake_->Take(HandoverPiece(FileOf(kFirst))));
  ExpectRefused(*intake_, HandoverPiece(FileOf(kSecond)));
}

TEST_F(TwoFilesTest, FewerThanItAnnounced) {
  Give(kFirst);
  EXPECT_THAT(intake_->Finish(), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_TRUE(intake_->wrong());
}

}  // namespace
}  // namespace daftar::partners
