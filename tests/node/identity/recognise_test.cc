#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/node/identity/identity_support.h"

namespace daftar::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "type value" of each, in the order found.
std::vector<std::string> Any(std::string_view typed, Region home = Region::kIndonesia) {
  std::vector<std::string> found;
  for (const Identifier& identifier : RecogniseAny(typed, home)) {
    found.push_back(std::string(TypeName(identifier.type())) + " " + identifier.value());
  }
  return found;
}

TEST(RecogniseAnyTest, PhoneInEverySpellingIsAPhone) {
  EXPECT_THAT(Any("0812-3456-789"), ElementsAre("phone +628123456789"));
  EXPECT_THAT(Any("+62 812 3456 7890"), ElementsAre("phone +6281234567890"));
  EXPECT_THAT(Any("8123 4567", Region::kSingapore), ElementsAre("phone +6581234567"));
}

TEST(RecogniseAnyTest, APhoneIsNoMalaysianBusinessWhichBeginsWithAYear) {
  EXPECT_THAT(Any("081234567890"), ElementsAre("phone +6281234567890"));
  EXPECT_THAT(Any("900817145678", Region::kMalaysia), ElementsAre("national-id/MY 900817145678"));
  EXPECT_THAT(Any("201901000005", Region::kMalaysia), ElementsAre("business-id/MY 201901000005"));
}

TEST(RecogniseAnyTest, SixteenDigitsAreNikBeforeNpwp) {
  EXPECT_THAT(Any("3273011708900001"),
              ElementsAre("national-id/ID 3273011708900001", "tax-id/ID 3273011708900001"));
}

TEST(RecogniseAnyTest, AddressHandleAndAccountAreToldApart) {
  EXPECT_THAT(Any("siti@toko.id"), ElementsAre("email siti@toko.id"));
  EXPECT_THAT(Any("instagram/@siti"), ElementsAre("handle instagram/@siti"));
  EXPECT_THAT(Any("CENAIDJA/1234567890"),
              ElementsAre("bank-account CENAIDJA/1234567890", "handle cenaidja/1234567890"));
  EXPECT_THAT(Any("S1234567D"), ElementsAre("national-id/SG S1234567D"));
}

TEST(RecogniseAnyTest, NothingIsFoundInWhatIsNoIdentifier) {
  EXPECT_THAT(Any(""), IsEmpty());
  EXPECT_THAT(Any("Siti Batik"), IsEmpty());
  EXPECT_THAT(Any("12"), IsEmpty());
  EXPECT_THAT(Any(std::string(kMaxIdentifierInput + 1, '1')), IsEmpty());
}

}  // namespace
}  // namespace daftar::identity
