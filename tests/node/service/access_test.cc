#include "node/service/access.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "daftar/v1/book.pb.h"
#include "daftar/v1/disclosure.pb.h"
#include "daftar/v1/incident.pb.h"
#include "daftar/v1/node.pb.h"
#include "daftar/v1/policy.pb.h"
#include "daftar/v1/session.pb.h"
#include "daftar/v1/shop.pb.h"
#include "daftar/v1/subject.pb.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

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

}  // namespace
}  // namespace daftar::service
