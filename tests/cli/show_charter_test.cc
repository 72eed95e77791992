#include "cli/show_charter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/cli/cli_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using evidence::Charter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kNamePlaceholder = "Circle of ...";

// A charter of this project's, with a circle and a name where it is a template.
Charter FromFile(const std::string& name) {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/" + name);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (const size_t at = text.find(evidence::kCirclePlaceholder); at != std::string::npos) {
    text.replace(at, evidence::kCirclePlaceholder.size(), "00112233445566778899aabbccddeeff");
    text.replace(text.find(kNamePlaceholder), kNamePlaceholder.size(), "Circle of the tests");
  }
  auto charter = Charter::Parse(std::move(text));
  DAFTAR_EXPECT_OK(charter);
  return charter.ok() ? *std::move(charter) : Charter();
}

std::string Printed(const Charter& charter) {
  std::ostringstream out;
  Print(out, charter);
  return out.str();
}

TEST(ShowCharterTest, SaysInPlainWordsWhatEachReasonNeeds) {
  const Charter charter = FromFile("strict.toml");
  const std::string text = Printed(charter);
  EXPECT_THAT(text, HasSubstr("SHA-256          " + charter.hash.hex()));
  EXPECT_THAT(text, HasSubstr("Published        every 30 seconds"));
  EXPECT_THAT(text, HasSubstr("withdrawn within 1 day, erased within 1 day after that"));
  EXPECT_THAT(text, HasSubstr("invoice-unpaid-reminded\n"
                              "  Legal basis      GDPR Art. 6(1)(f); conditions of BDSG s. 31(2)"));
  EXPECT_THAT(text, HasSubstr("  Reminders        2, 14 days or more apart, the first 28 days ago "
                              "or longer\n  Told beforehand  14 days before or longer\n"
                              "  Proof            invoice\n  Second person    must approve\n"
                              "  Hold             14 days\n  Kept             24 months\n"));
  EXPECT_THAT(text, HasSubstr("Proof            one of order, agreement\n"));
  EXPECT_THAT(text, HasSubstr("Never shared in this circle: invoice-overdue, no-show, "
                              "agreement-broken\n"));
  EXPECT_THAT(text, HasSubstr("EUR 50,"));
  EXPECT_THAT(text, Not(HasSubstr("Think twice")));
}

TEST(ShowCharterTest, TheDemonstrationsCharterIsWarnedAbout) {
  const Charter demo = FromFile("demo.toml");
  const std::string text = Printed(demo);
  EXPECT_THAT(text, HasSubstr("Think twice about\n  - Without a hold a report goes out before"));
  EXPECT_THAT(
      CharterWarnings(demo),
      ElementsAre(HasSubstr("hold"), HasSubstr("told"), HasSubstr("proof"), HasSubstr("One person"),
                  HasSubstr("reminder"), HasSubstr("least amount"), HasSubstr("Ticks")));
  EXPECT_THAT(text, HasSubstr("Reminders        none needed"));
}

TEST(ShowCharterTest, AWarningNamesTheReasonsItIsAbout) {
  Charter charter = FromFile("strict.toml");
  EXPECT_THAT(CharterWarnings(charter), IsEmpty());
  charter.reasons.at(evidence::Reason::kPaymentReversed).retention_months = 25;
  charter.reasons.at(evidence::Reason::kCancelledAfterWork).reminders = 0;  // no money owed
  EXPECT_THAT(CharterWarnings(charter),
              ElementsAre("It is kept for longer than 24 months (payment-reversed)"));
}

TEST(ShowCharterTest, ATemplatesNameIsWarnedAbout) {
  Charter charter = FromFile("strict.toml");
  charter.name = "Circle of ... (strict)";
  EXPECT_THAT(CharterWarnings(charter), ElementsAre(HasSubstr("name still has the template's")));
  EXPECT_THAT(Printed(charter), HasSubstr("Think twice about\n  - The name still has"));
  charter.name = "Circle of 3.5 towns.";
  EXPECT_THAT(CharterWarnings(charter), IsEmpty());
}

TEST(ShowCharterTest, Json) {
  const Json document = ToJson(FromFile("malaysia.toml"));
  EXPECT_EQ(document["circle"], "00112233445566778899aabbccddeeff");
  EXPECT_EQ(document["region"], "MY");
  EXPECT_EQ(document["dispute"].dump(), R"({"flag_days":14,"withdraw_days":21})");
  EXPECT_EQ(document["small_amounts"].dump(), R"([{"minor":8000,"currency":"MYR","major":"80"}])");
  EXPECT_EQ(document["warnings"].dump(), "[]");
  ASSERT_EQ(document["reasons"].size(), 5u);
  EXPECT_EQ(document["reasons"][3].dump(),
            R"({"reason":"no-show","legal_basis":"PDPA 2010 (Act 709) ss. 6(1)(a), 7, 8: consent )"
            R"(and notice on the order form","required":["identifier","amount","occurred"],)"
            R"("least_amounts":[{"minor":8000,"currency":"MYR","major":"80"}],)"
            R"("least_age_days":0,"reminders":0,"reminder_spacing_days":0,)"
            R"("first_reminder_least_days":0,"told_beforehand":true,"told_least_days":0,)"
            R"("proof":["order","delivery-note","correspondence"],"second_person":true,)"
            R"("hold_hours":336,"retention_months":6})");
}

}  // namespace
}  // namespace daftar::cli
