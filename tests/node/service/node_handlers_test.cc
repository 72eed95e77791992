// What each role gets to see of a node and its partners.
#include "node/service/node_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class NodeHandlersTest : public ::testing::Test {
 protected:
  NodeHandlersTest() { circle_.PairAll(); }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  Users users_{a_->store(), a_->vault(), a_->clock(), a_->entropy()};
  NodeHandlers handlers_{*a_, users_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
};

TEST_F(NodeHandlersTest, StaffDoNotSeeWhichPartnersThereAre) {
  v1::GetPartnerRequest one;
  one.set_origin("toko-b.test");
  EXPECT_THAT(handlers_.ListPartners(staff_, {}), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(handlers_.GetPartner(staff_, one), StatusIs(absl::StatusCode::kPermissionDenied));
  for (const Role role : {Role::kManager, Role::kOperator, Role::kAuditor}) {
    const Actor actor{"user:x", Roles{role}};
    EXPECT_EQ(handlers_.ListPartners(actor, {})->partners_size(), 1);
    DAFTAR_EXPECT_OK(handlers_.GetPartner(actor, one));
  }
  auto status = handlers_.GetStatus(staff_, {});
  DAFTAR_ASSERT_OK(status);
  EXPECT_EQ(status->partners_active(), 1u);
}

TEST_F(NodeHandlersTest, StaffSeeHowManyPartnersAreInTroubleAndNotWhich) {
  circle_.clock().Advance(int64_t{100} * 365 * 24 * 3600);  // no certificate is valid that long
  auto managers = handlers_.GetStatus(manager_, {});
  DAFTAR_ASSERT_OK(managers);
  EXPECT_THAT(managers->problems(), ElementsAre(HasSubstr("toko-b.test: its certificate")));
  auto staffs = handlers_.GetStatus(staff_, {});
  DAFTAR_ASSERT_OK(staffs);
  EXPECT_THAT(staffs->problems(), ElementsAre(HasSubstr("partners in trouble: 1")));
  EXPECT_THAT(staffs->ShortDebugString(), Not(HasSubstr("toko-b")));
}

TEST_F(NodeHandlersTest, EachFaultOfThePolicyFileIsAProblemOfItsOwn) {
  std::ofstream(a_.dir() / "policy.toml") << "version = 1\nx = 1\ny = 2\n";
  a_->policies().Look();
  a_->policies().Look();  // a file counts once it stays as it is
  auto status = handlers_.GetStatus(staff_, {});
  DAFTAR_ASSERT_OK(status);
  EXPECT_THAT(status->problems(),
              ElementsAre(HasSubstr("policy.toml is not in force"), HasSubstr("policy.toml:2:1: "),
                          HasSubstr("policy.toml:3:1: ")));
}

}  // namespace
}  // namespace daftar::service
