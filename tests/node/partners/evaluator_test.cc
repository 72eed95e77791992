#include "node/partners/evaluator.h"

#include <gtest/gtest.h>

#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;

class EvaluatorTest : public ::testing::Test {
 protected:
  absl::StatusOr<crypto::VoprfEvaluation> Evaluate(const std::vector<crypto::Bytes>& elements,
                                                   uint32_t epoch) {
    std::vector<crypto::ByteView> views(elements.begin(), elements.end());
    return node_->evaluator().Evaluate(partner_, epoch, views, false);
  }
  crypto::Bytes Element() {
    return crypto::ToBytes(
        crypto::VoprfBlind(crypto::AsBytes("x"), circle_.entropy())->element.view());
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  Partner partner_ = [] {
    Partner partner;
    partner.origin = "toko-b.test";
    return partner;
  }();
};

TEST_F(EvaluatorTest, EvaluatesAndCounts) {
  auto evaluation = Evaluate({Element(), Element()}, node_->epoch());
  DAFTAR_ASSERT_OK(evaluation);
  EXPECT_EQ(evaluation->elements.size(), 2u);
  EXPECT_EQ(node_->evaluator().evaluated(), 2u);
  EXPECT_EQ(node_->quota().Today("toko-b.test", 1).used, 2u);
}

TEST_F(EvaluatorTest, UnknownEpochsAndBatchSizesAreRefusedWithoutTakingQuota) {
  EXPECT_THAT(Evaluate({Element()}, node_->epoch() + 1),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Evaluate({}, node_->epoch()), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Evaluate(std::vector<crypto::Bytes>(257, Element()), node_->epoch()),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(node_->quota().Today("toko-b.test", 1).used, 0u);
}

TEST_F(EvaluatorTest, BadElementsCostTheirSenderQuota) {
  EXPECT_THAT(Evaluate({crypto::Bytes(32)}, node_->epoch()),  // the identity
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Evaluate({crypto::Bytes(32, 0xff)}, node_->epoch()),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Evaluate({crypto::Bytes(31, 1)}, node_->epoch()),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(node_->quota().Today("toko-b.test", 1).used, 3u);
}

TEST_F(EvaluatorTest, ASuspendedPartnerIsRefused) {
  partner_.status = PartnerStatus::kSuspended;
  EXPECT_THAT(Evaluate({Element()}, node_->epoch()), StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace daftar::partners
