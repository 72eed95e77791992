// The record of changes as managers and auditors read it, and overrides as `why` tells them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/service/node_handlers.h"
#include "node/service/policy_handlers.h"
#include "node/service/shop_handlers.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kDaySeconds = 24 * 3600;

class RecordListTest : public ::testing::Test {
 protected:
  std::string Group(const std::string& name, const std::string& by) {
    circle_.clock().Advance(kDaySeconds);
    decision::Group group;
    group.terms.name = name;
    group.terms.precedence = 500;
    DAFTAR_EXPECT_OK(a_->groups().Put({by, "put-" + std::to_string(++requests_)}, group, "agreed"));
    return name;
  }
  // The changes' objects, newest first.
  absl::StatusOr<std::vector<std::string>> List(v1::ListChangesRequest request) {
    std::vector<std::string> objects;
    do {
      auto page = node_.ListChanges(manager_, request);
      if (!page.ok()) return page.status();
      for (const v1::Change& change : page->changes()) objects.push_back(change.object());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return objects;
  }
  std::string Override(const std::string& receipt, v1::Effect effect, const std::string& because) {
    circle_.clock().Advance(1);
    v1::OverrideDecisionRequest request;
    request.set_request_id("override-" + std::to_string(++requests_));
    request.set_receipt(receipt);
    request.set_effect(effect);
    request.set_because(because);
    auto made = PolicyHandlers(*a_).OverrideDecision(manager_, request);
    return made.ok() ? "" : std::string(made.status().message());
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  Users users_{a_->store(), a_->vault(), a_->clock(), a_->entropy()};
  NodeHandlers node_{*a_, users_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  int requests_ = 0;
};

TEST_F(RecordListTest, AChangeIsFoundByWhatItWasDoneToByWhomAndSinceWhen) {
  Group("vip-gold", "user:budi");
  Group("wholesale", "user:budi");
  Group("vip", "uid:1000");
  v1::ListChangesRequest request;
  EXPECT_THAT(*List(request), ElementsAre("vip", "wholesale", "vip-gold"));
  request.set_object("vip");
  EXPECT_THAT(*List(request), ElementsAre("vip"));
  request.Clear();
  for (const char* by : {"user:budi", "budi"}) {
    request.set_by(by);
    EXPECT_THAT(*List(request), ElementsAre("wholesale", "vip-gold")) << by;
  }
  request.Clear();
  request.set_page_size(1);
  request.set_since(evidence::Date::Of(a_->clock().Now()).PlusDays(-1).ToString());
  EXPECT_THAT(*List(request), ElementsAre("vip", "wholesale"));
}

TEST_F(RecordListTest, OneNameAmongThoseOfAChangeIsEnough) {
  auto customer = a_->book().AddCustomer(
      *storage::RequestLog::Key("uid:1000", "add"),
      {"Sari",
       {*identity::Normalise(identity::IdentifierType::kPhone, "0812-3456-7890",
                             identity::Region::kIndonesia)}});
  DAFTAR_ASSERT_OK(customer);
  DAFTAR_ASSERT_OK(a_->book().SetGroups({"user:budi", "groups"}, customer->id, {{"vip"}, {}},
                                        a_->groups(), "ten years"));
  const std::string object = customer->id.hex() + " +vip";
  v1::ListChangesRequest request;
  for (const std::string& name : {customer->id.hex(), std::string("vip")}) {
    request.set_object(name);
    EXPECT_THAT(*List(request), ElementsAre(object)) << name;
  }
  request.set_object(customer->id.hex().substr(1));
  EXPECT_TRUE(List(request)->empty());
}

TEST_F(RecordListTest, StaffAndOperatorsDoNotReadItAndWhatIsAskedIsChecked) {
  EXPECT_THAT(node_.ListChanges(staff_, {}), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(node_.ListChanges({"user:o", Roles{Role::kOperator}}, {}),
              StatusIs(absl::StatusCode::kPermissionDenied));
  DAFTAR_EXPECT_OK(node_.ListChanges({"user:a", Roles{Role::kAuditor}}, {}));
  v1::ListChangesRequest request;
  request.set_since("yesterday");
  EXPECT_THAT(List(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("since")));
  request.Clear();
  request.set_page_token("zz");
  EXPECT_THAT(List(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page_token")));
  request.Clear();
  request.set_object(std::string(300, 'x'));
  EXPECT_THAT(List(request), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("object")));
}

TEST_F(RecordListTest, AReceiptTellsAllItsOverridesTheNewestFirst) {
  ShopHandlers shop(*a_);
  v1::CheckRequest question;
  question.add_identifiers()->set_phone("0812-3456-7890");
  auto answer = shop.Check(manager_, question);
  DAFTAR_ASSERT_OK(answer);
  const std::string& receipt = answer->receipt();
  v1::GetReceiptRequest request;
  request.set_receipt(receipt);
  EXPECT_EQ(Override(receipt, v1::EFFECT_DECLINE, "rude"), "");
  EXPECT_EQ(Override(receipt, v1::EFFECT_DEPOSIT, "apologised"), "");
  EXPECT_EQ(Override(receipt, v1::EFFECT_PREPAY, "again"), "");
  auto why = shop.GetReceipt(staff_, request);
  DAFTAR_ASSERT_OK(why);
  EXPECT_EQ(why->override().because(), "again");
  ASSERT_EQ(why->earlier_overrides_size(), 2);
  EXPECT_EQ(why->earlier_overrides(0).because(), "apologised");
  EXPECT_EQ(why->earlier_overrides(0).effect(), v1::EFFECT_DEPOSIT);
  EXPECT_EQ(why->earlier_overrides(1).because(), "rude");
  // The steps of what holds now beside those of the answer.
  ASSERT_EQ(why->next_now_size(), 1);
  EXPECT_EQ(why->next_now(0).step(), "prepay");
  EXPECT_EQ(why->effect(), answer->effect());
  ASSERT_EQ(why->next_size(), answer->next_size());
  v1::ListChangesRequest changes;
  changes.set_object(receipt);
  EXPECT_EQ(List(changes)->size(), 3u);
}

}  // namespace
}  // namespace daftar::service
