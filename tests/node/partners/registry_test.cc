#include "node/partners/registry.h"

#include <gtest/gtest.h>

#include "storage/audit.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

class RegistryTest : public ::testing::Test {
 protected:
  Registry& registry() { return a_->registry(); }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  NodeCard b_card_ = *b_->Card();
};

TEST_F(RegistryTest, APartnerSurvivesARestart) {
  auto added = registry().Add(a_.Caller(), b_card_);
  DAFTAR_ASSERT_OK(added);
  a_.Stop();
  a_.Start();
  auto found = registry().Find("toko-b.test");
  DAFTAR_ASSERT_OK(found);
  EXPECT_EQ(*found, *added);
  EXPECT_TRUE(registry().ByPin(b_->keys().tls.pin).has_value());
}

TEST_F(RegistryTest, AnotherLogUnderAKnownOriginIsRefused) {
  DAFTAR_ASSERT_OK(registry().Add(a_.Caller(), b_card_));
  SimCircle elsewhere;
  NodeCard impostor = *elsewhere.Add("toko-b.test")->Card();
  EXPECT_THAT(registry().Add(a_.Caller(), impostor), StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(RegistryTest, StatusChangesAreInForceAtOnceAndOnTheRecord) {
  DAFTAR_ASSERT_OK(registry().Add(a_.Caller(), b_card_));
  DAFTAR_ASSERT_OK(
      registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kSuspended, "odd reports"));
  EXPECT_TRUE(registry().Active().empty());
  EXPECT_EQ(registry().ByPin(b_->keys().tls.pin)->status, PartnerStatus::kSuspended);
  DAFTAR_ASSERT_OK(
      registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kRemoved, "left"));
  EXPECT_FALSE(registry().ByPin(b_->keys().tls.pin).has_value());
  EXPECT_THAT(registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kActive, "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("pair again")));
  auto page = storage::ReadAudit(a_->store(), a_->vault(), {.limit = 10});
  DAFTAR_ASSERT_OK(page);
  ASSERT_EQ(page->rows.size(), 3u);
  std::set<std::string> because;
  for (const storage::AuditRow& row : page->rows) because.insert(row.because);
  EXPECT_TRUE(because.count("odd reports") == 1 && because.count("left") == 1);
}

TEST_F(RegistryTest, ChangesNeedAReasonAndAKnownPartner) {
  EXPECT_THAT(registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kSuspended, ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(registry().SetStatus(a_.Caller(), "toko-x.test", PartnerStatus::kSuspended, "x"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RegistryTest, ARemovedPartnerMayPairAgainAndKeepsItsCopiedLog) {
  auto first = registry().Add(a_.Caller(), b_card_);
  DAFTAR_ASSERT_OK(
      registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kRemoved, "left"));
  auto again = registry().Add(a_.Caller(), b_card_);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->log, first->log);
  EXPECT_EQ(again->status, PartnerStatus::kActive);
}

TEST_F(RegistryTest, AnInviteWorksOnceForOneNodeUntilItExpires) {
  const auto secret = circle_.entropy().Public<InviteSecret>();
  const int64_t now = circle_.clock().Now().seconds();
  EXPECT_FALSE(registry().HasOpenInvites());
  DAFTAR_ASSERT_OK(registry().AddInvite(a_.Caller(), secret, now + 60, "code"));
  EXPECT_TRUE(registry().HasOpenInvites());
  const crypto::SpkiPin pin = b_->keys().tls.pin;
  const auto other = circle_.entropy().Public<crypto::SpkiPin>();
  DAFTAR_EXPECT_OK(registry().CheckInvite(secret, other));  // asking uses nothing up
  DAFTAR_ASSERT_OK(registry().AcceptInvite(secret, b_card_));
  EXPECT_FALSE(registry().HasOpenInvites());
  // Its answer may have been lost: the same node may ask again, also after a restart.
  a_.Stop();
  a_.Start();
  const uint64_t version = registry().version();
  DAFTAR_EXPECT_OK(registry().CheckInvite(secret, pin));
  DAFTAR_EXPECT_OK(registry().AcceptInvite(secret, b_card_));
  EXPECT_EQ(registry().version(), version);
  EXPECT_THAT(registry().CheckInvite(secret, other), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(registry().CheckInvite(circle_.entropy().Public<InviteSecret>(), other),
              StatusIs(absl::StatusCode::kPermissionDenied));
  circle_.clock().Advance(60);
  EXPECT_THAT(registry().CheckInvite(secret, pin), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(registry().AcceptInvite(secret, b_card_),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(RegistryTest, OpenInvitesAreBounded) {
  const int64_t now = circle_.clock().Now().seconds();
  for (size_t i = 0; i < kMaxOpenInvites; ++i) {
    DAFTAR_ASSERT_OK(registry().AddInvite(a_.Caller(), circle_.entropy().Public<InviteSecret>(),
                                          now + 60, "code"));
  }
  EXPECT_THAT(
      registry().AddInvite(a_.Caller(), circle_.entropy().Public<InviteSecret>(), now + 60, "code"),
      StatusIs(absl::StatusCode::kResourceExhausted));
  circle_.clock().Advance(60);
  DAFTAR_EXPECT_OK(registry().AddInvite(a_.Caller(), circle_.entropy().Public<InviteSecret>(),
                                        now + 120, "code"));
}

}  // namespace
}  // namespace daftar::partners
