#include "node/service/access.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "daftar/v1/book.pb.h"
#include "daftar/v1/disclosure.pb.h"
#include "daftar/v1/incident.pb.h"
#include "daftar/v1/node.pb.h"
#include "daftar/v1/policy.pb.h"
#include "daftar/v1/session.pb.h"
#include "daftar/v1/shop.pb.h"
#include "daftar/v1/subject.pb.h"
#include "storage/audit.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

TEST(MethodRules, EveryMethodOfTheLocalApiHasExactlyOneRow) {
  std::multiset<std::string> rules;
  for (const MethodRule& rule : MethodRules()) {
    rules.insert(std::string(rule.method));
    EXPECT_FALSE(rule.roles.empty()) << rule.method;
  }
  std::multiset<std::string> methods;
  for (const auto* file :
       {v1::CheckRequest::descriptor()->file(), v1::MergeCustomersRequest::descriptor()->file(),
        v1::ApproveIncidentRequest::descriptor()->file(), v1::MakeCodeRequest::descriptor()->file(),
        v1::GetPolicyRequest::descriptor()->file(), v1::GetStatusRequest::descriptor()->file(),
        v1::AskForProofRequest::descriptor()->file(),
        v1::GetSessionRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.insert(file->service(s)->name() + "/" + file->service(s)->method(m)->name());
      }
    }
  }
  EXPECT_EQ(rules, methods);
}

TEST(MethodRules, SigningInAloneIsOpenToAnybody) {
  std::set<std::string_view> open;
  for (const MethodRule& rule : MethodRules()) {
    if (rule.anybody) open.insert(rule.method);
  }
  EXPECT_EQ(open, (std::set<std::string_view>{"SessionService/GetSession", "SessionService/SignIn",
                                              "SessionService/UseLink", "SessionService/SignOut"}));
}

TEST(Authorise, AnOwnerMayDoWhatTheOthersMay) {
  EXPECT_EQ(RolesOf(Role::kOwner), Roles::All());
  for (const MethodRule& rule : MethodRules()) {
    DAFTAR_EXPECT_OK(Authorise(Actor{"user:o", RolesOf(Role::kOwner)}, rule.method));
  }
}

TEST(Authorise, FollowsTheTableForEveryRoleAndMethod) {
  for (const MethodRule& rule : MethodRules()) {
    for (Role role : {Role::kStaff, Role::kManager, Role::kOperator, Role::kAuditor}) {
      const Actor actor{"user:x", Roles{role}};
      EXPECT_EQ(Authorise(actor, rule.method).ok(), rule.roles.Has(role)) << rule.method;
    }
    const absl::Status nobody = Authorise(Actor{"nobody", {}}, rule.method);
    if (rule.anybody) {
      DAFTAR_EXPECT_OK(nobody);
    } else {
      EXPECT_THAT(nobody, StatusIs(absl::StatusCode::kPermissionDenied));
    }
  }
  EXPECT_THAT(Authorise(Actor{"uid:0", Roles::All()}, "ShopService/Unknown"),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("nobody")));
}

TEST(Authorise, StaffFilesAndManagersPublish) {
  const Actor staff{"user:s", Roles{Role::kStaff}};
  DAFTAR_EXPECT_OK(Authorise(staff, "ShopService/Check"));
  EXPECT_THAT(
      Authorise(staff, "ShopService/PublishIncident"),
      StatusIs(absl::StatusCode::kPermissionDenied,
               "this needs the role manager, and s has staff (ShopService/PublishIncident)"));
  const Actor auditor{"user:a", Roles{Role::kAuditor}};
  EXPECT_FALSE(Authorise(auditor, "ShopService/AddIncident").ok());
}

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
