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
