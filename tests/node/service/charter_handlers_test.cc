// The charters of a node and of its partners, as an operator sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/service/node_handlers.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

class CharterHandlersTest : public ::testing::Test {
 protected:
  CharterHandlersTest() { circle_.PairAll(); }
  absl::StatusOr<v1::GetCharterResponse> Get(const std::string& hash = "",
                                             Role role = Role::kOperator) {
    v1::GetCharterRequest request;
    request.set_hash(hash);
    return handlers_.GetCharter(Actor{"user:x", Roles{role}}, request);
  }
  absl::StatusOr<v1::AdoptCharterResponse> Adopt(const std::string& toml) {
    v1::AdoptCharterRequest request;
    request.set_request_id(std::to_string(++requests_));
    request.set_toml(toml);
    request.set_because("agreed");
    return handlers_.AdoptCharter(operator_, request);
  }
  const std::string old_hash() const { return circle_.charter().hash.hex(); }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  Users users_{a_->store(), a_->vault(), a_->clock(), a_->entropy()};
  NodeHandlers handlers_{*a_, users_};
  const Actor operator_{"user:o", Roles{Role::kOperator}};
  const std::string changed_ = circle_.charter().source + "\n# changed\n";
  const std::string new_hash_ = evidence::Charter::Parse(changed_)->hash.hex();
  int requests_ = 0;
};

TEST_F(CharterHandlersTest, AnAdoptedCharterWaitsForItsTickAndIsThenInForce) {
  const auto before = Get();
  DAFTAR_ASSERT_OK(before);
  EXPECT_EQ(before->hash(), old_hash());
  EXPECT_EQ(before->toml(), circle_.charter().source);
  EXPECT_TRUE(before->in_force());
  ASSERT_EQ(before->adopted_size(), 1);
  EXPECT_EQ(before->adopted(0).entry(), 1u);
  EXPECT_NE(before->adopted(0).stated_at(), "");

  const auto adopted = Adopt(changed_);
  DAFTAR_ASSERT_OK(adopted);
  EXPECT_EQ(adopted->charter().hash(), new_hash_);
  EXPECT_FALSE(adopted->charter().has_entry());
  EXPECT_EQ(Get()->hash(), old_hash());
  EXPECT_EQ(Get(new_hash_)->toml(), changed_);
  EXPECT_FALSE(Get(new_hash_)->in_force());

  circle_.Settle();
  const auto after = Get();
  EXPECT_EQ(after->hash(), new_hash_);
  ASSERT_EQ(after->adopted_size(), 2);
  EXPECT_EQ(after->adopted(0).entry(), 2u);
  EXPECT_TRUE(after->adopted(0).in_force());
  EXPECT_FALSE(after->adopted(1).in_force());
  EXPECT_EQ(Get(old_hash().substr(0, 8))->hash(), old_hash());
}

// Each partner adopts for itself: where each stands comes from its own log.
TEST_F(CharterHandlersTest, EachPartnersCharterIsTheOneThatItsLogStates) {
  ASSERT_EQ(Get()->partners_size(), 1);
  EXPECT_TRUE(Get()->partners(0).same());
  EXPECT_TRUE(Get()->partners(0).adopted());
  DAFTAR_ASSERT_OK(b_->charters().Adopt(b_.Caller(), changed_, "agreed"));
  circle_.Settle();
  EXPECT_EQ(Get()->partners(0).charter(), new_hash_);
  EXPECT_FALSE(Get()->partners(0).same());
  EXPECT_FALSE(Get()->partners(0).adopted());
  v1::GetPartnerRequest who;
  who.set_origin("toko-b.test");
  EXPECT_EQ(handlers_.GetPartner(operator_, who)->partner().charter(), new_hash_);
  EXPECT_FALSE(handlers_.GetPartner(operator_, who)->partner().same_charter());
  DAFTAR_ASSERT_OK(Adopt(changed_));
  EXPECT_TRUE(Get()->partners(0).adopted());
  EXPECT_FALSE(Get()->partners(0).same());
  circle_.Settle();
  EXPECT_TRUE(Get()->partners(0).same());
  EXPECT_EQ(Get("", Role::kStaff)->partners_size(), 0);
  EXPECT_EQ(Get("", Role::kAuditor)->partners_size(), 1);
}

TEST_F(CharterHandlersTest, AHashThatNamesNoneIsRefused) {
  EXPECT_THAT(Get("zzzzzzzz"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Get(old_hash().substr(0, 7)), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Get(new_hash_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("has adopted no charter")));
}

TEST_F(CharterHandlersTest, AFileThatCannotBeKeptIsToldInTheStatus) {
  std::filesystem::create_directories(a_.dir() / "charter.toml" / "in the way");
  DAFTAR_ASSERT_OK(Adopt(changed_));
  circle_.Settle();
  a_->Upkeep();
  EXPECT_THAT(handlers_.Problems(),
              ::testing::ElementsAre(::testing::Field(
                  &Problem::words, HasSubstr("charter.toml is not the charter in force: "))));
  std::filesystem::remove_all(a_.dir() / "charter.toml");
  a_->Upkeep();
  EXPECT_TRUE(handlers_.Problems().empty());
}

// Removed partners are nobody's business any more.
TEST_F(CharterHandlersTest, ARemovedPartnerIsNotListed) {
  DAFTAR_ASSERT_OK(a_->registry().SetStatus(a_.Caller(), "toko-b.test",
                                            partners::PartnerStatus::kRemoved, "ended"));
  EXPECT_EQ(Get()->partners_size(), 0);
}

}  // namespace
}  // namespace daftar::service
