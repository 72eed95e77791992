// The decisions that were made, a page at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using ::testing::IsEmpty;

constexpr int64_t kDay = 24 * 3600;

class ReceiptsListTest : public ::testing::Test {
 protected:
  v1::CheckResponse Check(const Actor& actor, const std::string& phone) {
    v1::CheckRequest request;
    request.add_identifiers()->set_phone(phone);
    request.set_request_id("check-" + std::to_string(++requests_));
    auto answer = shop_.Check(actor, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return *std::move(answer);
  }
  // Of all pages.
  std::vector<std::string> Listed(v1::ListReceiptsRequest request) {
    std::vector<std::string> ids;
    do {
      auto page = shop_.ListReceipts(staff_, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::ListedReceipt& row : page->receipts()) ids.push_back(row.receipt());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  ShopHandlers shop_{*node_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  int requests_ = 0;
};

TEST_F(ReceiptsListTest, TheNewestComeFirstWhateverThePage) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) {
    made.insert(made.begin(), Check(staff_, "0812-3456-7890").receipt());
  }
  for (const uint32_t size : {0, 1, 2, 5}) {
    v1::ListReceiptsRequest request;
    request.set_page_size(size);
    EXPECT_EQ(Listed(request), made) << size;
  }
  v1::ListReceiptsRequest wrong;
  wrong.set_page_size(1001);
  EXPECT_THAT(shop_.ListReceipts(staff_, wrong), StatusIs(absl::StatusCode::kInvalidArgument));
  wrong.set_page_size(1);
  wrong.set_page_token("1x");
  EXPECT_THAT(shop_.ListReceipts(staff_, wrong), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ReceiptsListTest, ByNamesTheCallerAUserOrAnActor) {
  const std::string sitis = Check(staff_, "0812-3456-7890").receipt();
  const std::string budis = Check(manager_, "0812-3456-7890").receipt();
  v1::ListReceiptsRequest request;
  request.set_by("me");
  EXPECT_THAT(Listed(request), ElementsAre(sitis));
  request.set_by("budi");
  EXPECT_THAT(Listed(request), ElementsAre(budis));
  request.set_by("user:budi");
  EXPECT_THAT(Listed(request), ElementsAre(budis));
  request.set_by("nobody");
  EXPECT_THAT(Listed(request), IsEmpty());
  request.set_by(std::string(257, 'x'));
  EXPECT_THAT(shop_.ListReceipts(staff_, request), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ReceiptsListTest, DaysAreBothIncluded) {
  const std::string today = evidence::Date::Of(circle_.clock().Now()).ToString();
  const std::string first = Check(staff_, "0812-3456-7890").receipt();
  circle_.clock().Advance(3 * kDay);
  const std::string later = evidence::Date::Of(circle_.clock().Now()).ToString();
  const std::string second = Check(staff_, "0812-3456-7890").receipt();
  v1::ListReceiptsRequest request;
  request.set_to(today);
  EXPECT_THAT(Listed(request), ElementsAre(first));
  request.set_from(today);
  EXPECT_THAT(Listed(request), ElementsAre(first));
  request.set_from(later);
  EXPECT_THAT(shop_.ListReceipts(staff_, request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_to("");
  EXPECT_THAT(Listed(request), ElementsAre(second));
  request.set_from("then");
  EXPECT_THAT(shop_.ListReceipts(staff_, request), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ReceiptsListTest, ACustomersChecksAreFoundByAnyOfItsIdentifiersAndTheCheckNamesIt) {
  v1::AddCustomerRequest add;
  add.set_request_id("add");
  add.add_identifiers()->set_phone("0812-3456-7890");
  add.add_identifiers()->set_phone("0812-9876-5401");
  auto customer = shop_.AddCustomer(staff_, add);
  DAFTAR_ASSERT_OK(customer);
  const v1::CheckResponse one = Check(staff_, "0812-3456-7890");
  EXPECT_EQ(one.customer(), customer->customer().id());
  EXPECT_EQ(Check(staff_, "0813-2468-1357").customer(), "");
  const v1::CheckResponse two = Check(staff_, "0812-9876-5401");
  v1::ListReceiptsRequest request;
  request.set_customer(customer->customer().id());
  for (const uint32_t size : {1, 2, 50}) {
    request.set_page_size(size);
    EXPECT_THAT(Listed(request), ElementsAre(two.receipt(), one.receipt())) << size;
  }
  request.set_customer(std::string(32, '0'));
  EXPECT_THAT(shop_.ListReceipts(staff_, request), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ReceiptsListTest, ARowSaysWhatAPersonMadeOfItInTheLanguageAskedFor) {
  const v1::CheckResponse answer = Check(staff_, "0812-3456-7890");
  PolicyHandlers policy(*node_);
  v1::OverrideDecisionRequest change;
  change.set_request_id("change");
  change.set_receipt(answer.receipt());
  change.set_effect(v1::EFFECT_DEPOSIT);
  change.set_because("an old friend");
  DAFTAR_ASSERT_OK(policy.OverrideDecision(manager_, change));
  v1::ListReceiptsRequest request;
  auto english = shop_.ListReceipts(staff_, request);
  DAFTAR_ASSERT_OK(english);
  ASSERT_EQ(english->receipts_size(), 1);
  const v1::ListedReceipt& row = english->receipts(0);
  EXPECT_EQ(row.effect(), answer.effect());
  EXPECT_EQ(row.because(), answer.because());
  EXPECT_EQ(row.checked_by(), "user:siti");
  EXPECT_EQ(row.checked_at(), answer.checked_at());
  EXPECT_EQ(row.override().effect(), v1::EFFECT_DEPOSIT);
  EXPECT_EQ(row.outcome(), "");
  request.set_language("id");
  auto indonesian = shop_.ListReceipts(staff_, request);
  DAFTAR_ASSERT_OK(indonesian);
  EXPECT_NE(indonesian->receipts(0).because(), row.because());
}

}  // namespace
}  // namespace daftar::service
