#include "node/partners/pairing.h"

#include <gtest/gtest.h>

#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

class PairingTest : public ::testing::Test {
 protected:
  std::string CodeOf(SimNode& node) {
    auto invite = node->pairing().Invite(node.Caller(), 0);
    EXPECT_THAT(invite, IsOk());
    return invite.ok() ? invite->code : "";
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
};

TEST_F(PairingTest, OneCodeMakesBothPartners) {
  auto joined = b_->pairing().Join(b_.Caller(), CodeOf(a_));
  DAFTAR_ASSERT_OK(joined);
  EXPECT_EQ(joined->origin, "toko-a.test");
  EXPECT_EQ(joined->pin, a_->keys().tls.pin);
  auto at_a = a_->registry().Find("toko-b.test");
  DAFTAR_ASSERT_OK(at_a);
  EXPECT_EQ(at_a->pin, b_->keys().tls.pin);
}

TEST_F(PairingTest, JoiningTwiceWithOneCodeIsHarmless) {
  const std::string code = CodeOf(a_);
  DAFTAR_ASSERT_OK(b_->pairing().Join(b_.Caller(), code));
  DAFTAR_ASSERT_OK(b_->pairing().Join(b_.Caller(), code));
  EXPECT_EQ(a_->registry().All().size(), 1u);
}

TEST_F(PairingTest, AnotherNodeCannotUseTheCodeAgain) {
  const std::string code = CodeOf(a_);
  DAFTAR_ASSERT_OK(b_->pairing().Join(b_.Caller(), code));
  SimNode& c = circle_.Add("toko-c.test");
  EXPECT_THAT(c->pairing().Join(c.Caller(), code),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("used")));
  EXPECT_TRUE(c->registry().All().empty());
}

TEST_F(PairingTest, AnOldCodeIsNoWayBackInForASuspendedOrRemovedPartner) {
  const std::string code = CodeOf(a_);
  DAFTAR_ASSERT_OK(b_->pairing().Join(b_.Caller(), code));
  for (PartnerStatus status : {PartnerStatus::kSuspended, PartnerStatus::kRemoved}) {
    DAFTAR_ASSERT_OK(a_->registry().SetStatus(a_.Caller(), "toko-b.test", status, "odd reports"));
    EXPECT_THAT(b_->pairing().Join(b_.Caller(), code),
                StatusIs(absl::StatusCode::kPermissionDenied));
    EXPECT_EQ(a_->registry().Find("toko-b.test")->status, status);
    // A suspended partner does not come back by a code that was meant for somebody else either.
    auto joined = b_->pairing().Join(b_.Caller(), CodeOf(a_));
    EXPECT_EQ(joined.ok(), status == PartnerStatus::kRemoved);
  }
  EXPECT_EQ(a_->registry().Find("toko-b.test")->status, PartnerStatus::kActive);
}

TEST_F(PairingTest, WithoutTheSecretNothingIsTold) {
  const auto guessed = circle_.entropy().Public<InviteSecret>();
  CodeOf(a_);
  NodeCard strange = *b_->Card();
  strange.circle = evidence::CircleId();
  strange.origin = "";
  auto refused =
      a_->pairing().Accept(guessed, strange, b_->keys().tls.pin, b_->keys().tls.certificate_pem);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kPermissionDenied));
  auto honest = a_->pairing().Accept(guessed, *b_->Card(), b_->keys().tls.pin,
                                     b_->keys().tls.certificate_pem);
  EXPECT_EQ(refused.status(), honest.status());
}

TEST_F(PairingTest, ARefusedCardLeavesTheCodeUsable) {
  auto invite = Invite::FromCode(CodeOf(a_));
  NodeCard other_log = *b_->Card();
  SimCircle elsewhere;
  DAFTAR_ASSERT_OK(a_->registry().Add(a_.Caller(), *elsewhere.Add("toko-b.test")->Card()));
  EXPECT_THAT(a_->pairing().Accept(invite->secret, other_log, b_->keys().tls.pin,
                                   b_->keys().tls.certificate_pem),
              StatusIs(absl::StatusCode::kAlreadyExists));
  SimNode& c = circle_.Add("toko-c.test");
  DAFTAR_EXPECT_OK(a_->pairing().Accept(invite->secret, *c->Card(), c->keys().tls.pin,
                                        c->keys().tls.certificate_pem));
}

TEST_F(PairingTest, ARepeatedRequestForACodeGivesTheSameOne) {
  const storage::Caller caller = a_.Caller();
  auto first = a_->pairing().Invite(caller, 3600);
  auto again = a_->pairing().Invite(caller, 3600);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->code, first->code);
  EXPECT_EQ(again->expires_at, first->expires_at);
  EXPECT_NE(CodeOf(a_), first->code);
}

TEST_F(PairingTest, AnExpiredCodeIsRefusedOnBothSides) {
  const std::string code = CodeOf(a_);
  circle_.clock().Advance(kDefaultInviteSeconds);
  EXPECT_THAT(b_->pairing().Join(b_.Caller(), code),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("expired")));
  auto invite = Invite::FromCode(code);
  EXPECT_THAT(a_->pairing().Accept(invite->secret, *b_->Card(), b_->keys().tls.pin,
                                   b_->keys().tls.certificate_pem),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(PairingTest, OwnCodeIsRefused) {
  EXPECT_THAT(a_->pairing().Join(a_.Caller(), CodeOf(a_)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("own")));
}

TEST_F(PairingTest, AnotherCharterIsRefusedNamingBothHashes) {
  std::string source = circle_.charter().source + "\n# changed\n";
  SimCircle other(1'793'491'200, source);
  SimNode& c = other.Add("toko-c.test");
  EXPECT_THAT(c->pairing().Join(c.Caller(), CodeOf(a_)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::AllOf(HasSubstr(circle_.charter().hash.hex()),
                                        HasSubstr(other.charter().hash.hex()))));
}

TEST_F(PairingTest, TheInviterChecksTheCharterToo) {
  auto invite = Invite::FromCode(CodeOf(a_));
  NodeCard card = *b_->Card();
  card.charter = evidence::CharterHash();
  EXPECT_THAT(a_->pairing().Accept(invite->secret, card, b_->keys().tls.pin,
                                   b_->keys().tls.certificate_pem),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("charter")));
  card = *b_->Card();
  card.circle = evidence::CircleId();
  EXPECT_THAT(a_->pairing().Accept(invite->secret, card, b_->keys().tls.pin,
                                   b_->keys().tls.certificate_pem),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("circle")));
  EXPECT_TRUE(a_->registry().All().empty());
}

TEST_F(PairingTest, TheCardMustBeOfTheConnectionsCertificate) {
  auto invite = Invite::FromCode(CodeOf(a_));
  SimNode& c = circle_.Add("toko-c.test");
  EXPECT_THAT(a_->pairing().Accept(invite->secret, *b_->Card(), c->keys().tls.pin,
                                   c->keys().tls.certificate_pem),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("certificate")));
}

TEST_F(PairingTest, LifetimesAreBounded) {
  EXPECT_THAT(a_->pairing().Invite(a_.Caller(), 59), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(a_->pairing().Invite(a_.Caller(), kMaxInviteSeconds + 1),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::partners
