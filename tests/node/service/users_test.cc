#include "node/service/users.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "storage/audit.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

class UsersTest : public ::testing::Test {
 protected:
  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  Users users_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
};

TEST_F(UsersTest, RepeatedRequestsAreDoneOnceAndNeverForAnotherUser) {
  const storage::Caller adding = node_.Caller();
  DAFTAR_ASSERT_OK(users_.Add(adding, "POS", Role::kStaff, std::nullopt));
  EXPECT_THAT(users_.Add(adding, "POS2", Role::kStaff, std::nullopt),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another user")));
  DAFTAR_ASSERT_OK(users_.Add(node_.Caller(), "POS2", Role::kStaff, std::nullopt));
  const storage::Caller removing = node_.Caller();
  DAFTAR_ASSERT_OK(users_.Remove(removing, "POS", "lost"));
  DAFTAR_EXPECT_OK(users_.Remove(removing, "POS", "lost"));
  EXPECT_THAT(users_.Remove(removing, "POS2", "lost"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(users_.List()->size(), 1u);
}

TEST_F(UsersTest, ATokenIsItsUserUntilItIsRemoved) {
  auto made = users_.Add(node_.Caller(), "POS", Role::kStaff, std::nullopt);
  DAFTAR_ASSERT_OK(made);
  auto actor = users_.ByToken(made->token);
  DAFTAR_ASSERT_OK(actor);
  EXPECT_EQ(actor->name, "user:POS");
  EXPECT_EQ(actor->roles, Roles{Role::kStaff});
  DAFTAR_ASSERT_OK(users_.Remove(node_.Caller(), "POS", "lost"));
  EXPECT_THAT(users_.ByToken(made->token), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_TRUE(users_.List()->empty());
}

TEST_F(UsersTest, UnknownAndAlteredTokensAreRefused) {
  auto made = users_.Add(node_.Caller(), "POS", Role::kStaff, std::nullopt);
  std::string altered = made->token;
  altered.back() = altered.back() == 'A' ? 'B' : 'A';
  for (const std::string& token :
       {std::string(), altered, std::string("dft_"), std::string(1000, 'x')}) {
    EXPECT_THAT(users_.ByToken(token), StatusIs(absl::StatusCode::kUnauthenticated));
  }
}

TEST_F(UsersTest, ATokenIsShownOnce) {
  const storage::Caller caller = node_.Caller();
  auto made = users_.Add(caller, "POS", Role::kStaff, std::nullopt);
  auto again = users_.Add(caller, "POS", Role::kStaff, std::nullopt);
  DAFTAR_ASSERT_OK(again);
  EXPECT_FALSE(made->token.empty());
  EXPECT_TRUE(again->token.empty());
  EXPECT_THAT(users_.Add(node_.Caller(), "POS", Role::kManager, std::nullopt),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(UsersTest, UidsAreTheOwnersOrAUsers) {
  EXPECT_EQ(users_.ByUid(static_cast<uint32_t>(geteuid()))->roles, Roles::All());
  EXPECT_EQ(users_.ByUid(0)->roles, Roles::All());
  EXPECT_THAT(users_.ByUid(54321), StatusIs(absl::StatusCode::kUnauthenticated));
  auto made = users_.Add(node_.Caller(), "siti", Role::kManager, 54321);
  DAFTAR_ASSERT_OK(made);
  EXPECT_TRUE(made->token.empty());
  EXPECT_EQ(users_.ByUid(54321)->roles, Roles{Role::kManager});
  EXPECT_THAT(users_.Add(node_.Caller(), "other", Role::kStaff, 54321),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(UsersTest, WhoHoldsEveryRoleIsGivenNone) {
  for (const uint32_t uid : {uint32_t{0}, static_cast<uint32_t>(geteuid())}) {
    EXPECT_THAT(users_.Add(node_.Caller(), "root", Role::kStaff, uid),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("every role")));
  }
  EXPECT_TRUE(users_.List()->empty());
}

TEST_F(UsersTest, WhyAUserWasAddedIsOnTheRecordWhereItWasSaid) {
  const auto last = [this] {
    circle_.clock().Advance(1);
    auto page = storage::ReadAudit(node_->store(), node_->vault(), {.limit = 1});
    EXPECT_TRUE(page.ok() && page->rows.size() == 1);
    return page->rows[0].object + ": " + page->rows[0].because;
  };
  DAFTAR_ASSERT_OK(users_.Add(node_.Caller(), "siti", Role::kManager, std::nullopt, "new shop"));
  EXPECT_EQ(last(), "siti as manager: new shop");
  DAFTAR_ASSERT_OK(users_.Add(node_.Caller(), "POS", Role::kStaff, std::nullopt));
  EXPECT_EQ(last(), "POS as staff: ");
  EXPECT_THAT(users_.Add(node_.Caller(), "POS2", Role::kStaff, std::nullopt,
                         std::string(storage::kMaxAuditText + 1, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(UsersTest, NamesAreStrict) {
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a/b"),
                                  std::string(kMaxUserNameBytes + 1, 'a')}) {
    EXPECT_THAT(users_.Add(node_.Caller(), name, Role::kStaff, std::nullopt),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(users_.Remove(node_.Caller(), "nobody", "x"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(users_.Remove(node_.Caller(), "nobody", ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::service
