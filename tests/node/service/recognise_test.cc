// What a text that was typed can be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/service/convert.h"
#include "node/service/shop_handlers.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

class RecogniseTest : public ::testing::Test {
 protected:
  v1::RecogniseIdentifierResponse Of(const std::string& text, const std::string& language = "") {
    v1::RecogniseIdentifierRequest request;
    request.set_text(text);
    request.set_language(language);
    auto response = shop_.RecogniseIdentifier(staff_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return *std::move(response);
  }
  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  ShopHandlers shop_{*node_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
};

TEST_F(RecogniseTest, APhoneIsShownInGroupsAndTakenAsItIs) {
  const v1::RecogniseIdentifierResponse found = Of("0812 3456 7890");
  ASSERT_GE(found.recognised_size(), 1);
  const v1::RecognisedIdentifier& phone = found.recognised(0);
  EXPECT_EQ(phone.type(), "phone");
  EXPECT_EQ(phone.identifier().phone(), "+6281234567890");
  EXPECT_EQ(phone.display(), "+62 812-3456-7890");
  EXPECT_EQ(phone.warning(), "");
  EXPECT_EQ(found.why(), "");
}

TEST_F(RecogniseTest, WhatIsFoundNormalisesToItselfAsGivenAndAsShown) {
  for (const char* text : {"0812-3456-7890", "joko@toko.co.id", "+60 12-345 6789",
                           "+84 91 234 5678", "shopee/joko.s", "3174012505850001"}) {
    const v1::RecogniseIdentifierResponse found = Of(text);
    EXPECT_GE(found.recognised_size(), 1) << text;
    for (const v1::RecognisedIdentifier& row : found.recognised()) {
      auto again = FromProto(row.identifier(), node_->config().region);
      DAFTAR_ASSERT_OK(again);
      auto shown = identity::Normalise(again->type(), row.display(), node_->config().region);
      DAFTAR_ASSERT_OK(shown);
      EXPECT_EQ(*shown, *again) << row.type();
    }
  }
}

TEST_F(RecogniseTest, WhatBelongsToNobodyHasAWarningInTheLanguageAskedFor) {
  const v1::RecogniseIdentifierResponse found = Of("joko@example.com", "id");
  ASSERT_GE(found.recognised_size(), 1);
  EXPECT_THAT(found.recognised(0).warning(), HasSubstr("bukan milik orang tertentu"));
  EXPECT_THAT(found.recognised(0).warning(), Not(HasSubstr("joko@")));
}

TEST_F(RecogniseTest, WhatIsNothingIsAnsweredWithAnExample) {
  for (const auto& [language, words] :
       {std::pair("en", "no phone number"), std::pair("id", "bukan nomor telepon"),
        std::pair("ms", "bukan nombor telefon")}) {
    const v1::RecogniseIdentifierResponse none = Of("!?", language);
    EXPECT_EQ(none.recognised_size(), 0);
    EXPECT_THAT(none.why(), HasSubstr(words));
    EXPECT_THAT(none.why(), HasSubstr("0812-3456-7890"));
  }
  v1::RecogniseIdentifierRequest request;
  request.set_text(std::string(257, '1'));
  EXPECT_THAT(shop_.RecogniseIdentifier(staff_, request),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::service
