#include "node/partners/invite.h"

#include <gtest/gtest.h>

#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

Invite Example() {
  testing::FakeEntropy entropy;
  Invite invite;
  invite.endpoint = "node.toko-a.example:8471";
  invite.pin = entropy.Public<crypto::SpkiPin>();
  invite.secret = entropy.Public<InviteSecret>();
  invite.expires_at = 1'793'491'200;
  invite.circle = entropy.Public<evidence::CircleId>();
  invite.charter = entropy.Public<evidence::CharterHash>();
  invite.origin = "toko-a.example/daftar";
  invite.first_leaf = entropy.Public<crypto::Digest>();
  return invite;
}

TEST(Invite, CodeRoundTrips) {
  auto invite = Invite::FromCode(Example().ToCode());
  DAFTAR_ASSERT_OK(invite);
  EXPECT_EQ(*invite, Example());
}

TEST(Invite, LineBreaksAndSpacesOfMailProgramsAreDropped) {
  std::string code = Example().ToCode();
  code.insert(60, "\r\n   ");
  DAFTAR_EXPECT_OK(Invite::FromCode(" " + code + "\n"));
}

TEST(Invite, EveryCutAndEveryChangedCharacterIsRefused) {
  const std::string code = Example().ToCode();
  for (size_t length = 0; length < code.size(); ++length) {
    EXPECT_THAT(Invite::FromCode(code.substr(0, length)),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  for (size_t i = 0; i < code.size(); ++i) {
    std::string changed = code;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(Invite::FromCode(changed), StatusIs(absl::StatusCode::kInvalidArgument)) << i;
  }
}

TEST(Invite, OtherTextIsToldWhatACodeLooksLike) {
  EXPECT_THAT(Invite::FromCode("hello"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("daftar1-")));
  EXPECT_THAT(Invite::FromCode(std::string(10'000, 'A')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too long")));
}

}  // namespace
}  // namespace daftar::partners
