#include "cli/show_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <class Message>
std::string Printed(const Message& message) {
  std::ostringstream out;
  Print(out, message);
  return out.str();
}

TEST(ShowPolicyTest, PolicyAndVersionsInJson) {
  const auto policy = Proto<v1::GetPolicyResponse>(
      "hash: 'aa' toml: 'version = 1' in_force: true prior_ppm: 20000 "
      "versions { hash: 'aa' since: '2026-11-01' } versions { hash: 'bb' }");
  EXPECT_EQ(ToJson(policy).dump(),
            R"({"hash":"aa","in_force":true,"problem":null,"prior_ppm":20000,"versions":)"
            R"([{"hash":"aa","since":"2026-11-01"},{"hash":"bb","since":null}],)"
            R"("toml":"version = 1"})");
  EXPECT_EQ(VersionsJson(policy)["in_force"], "aa");
  std::ostringstream out;
  PrintVersions(out, policy);
  EXPECT_THAT(out.str(), HasSubstr("aa    2026-11-01"));
  EXPECT_THAT(out.str(), HasSubstr("now"));
}

TEST(ShowPolicyTest, APolicyThatCameBackIsInForceNowOnce) {
  std::ostringstream out;
  PrintVersions(out, Proto<v1::GetPolicyResponse>(
                         "hash: 'aa' versions { hash: 'aa' since: 'T3' } versions { hash: 'bb' "
                         "since: 'T2' } versions { hash: 'aa' since: 'T1' }"));
  EXPECT_THAT(out.str(), HasSubstr("aa    T3              now\n"));
  EXPECT_THAT(out.str(), HasSubstr("aa    T1\n"));
}

TEST(ShowPolicyTest, OverrideShowsBothAnswers) {
  const auto made = Proto<v1::OverrideDecisionResponse>(
      "receipt: 'r1' decided: EFFECT_DECLINE override { effect: EFFECT_DEPOSIT because: 'known' "
      "by: 'sari' at: '2026-11-01' }");
  const Json document = ToJson(made);
  EXPECT_EQ(document.dump(),
            R"({"receipt":"r1","decided":"decline","effect":"deposit","because":"known",)"
            R"("by":"sari","at":"2026-11-01"})");
  const std::string text = Printed(made);
  EXPECT_THAT(text, HasSubstr("decline"));
  EXPECT_THAT(text, HasSubstr("deposit"));
  EXPECT_THAT(text, HasSubstr("sari, 2026-11-01"));
}

TEST(ShowPolicyTest, OutcomesKeepOverriddenOnesApart) {
  const auto report = Proto<v1::ReportOutcomesResponse>(
      "rows { decided: EFFECT_ACCEPT decisions: 10 paid: 6 late: 1 unpaid: 1 } "
      "rows { decided: EFFECT_DECLINE overridden_to: EFFECT_ACCEPT decisions: 1 }");
  const Json document = ToJson(report);
  EXPECT_TRUE(document["rows"][0]["overridden_to"].is_null());
  EXPECT_EQ(document["rows"][1]["overridden_to"], "accept");
  EXPECT_EQ(document["rows"][0]["late"], 1);
  // Two of eight known; the two without an outcome are not in the share.
  EXPECT_THAT(Printed(report), HasSubstr("25 %"));
  EXPECT_THAT(Printed(v1::ReportOutcomesResponse()), HasSubstr("daftar order paid"));
}

TEST(ShowPolicyTest, ATrialIsShownByBothAnswers) {
  const auto report = Proto<v1::ReportTrialResponse>(
      "hash: 'aa' since: '2026-11-01' toml: 'version = 1' rows { answered: EFFECT_DEPOSIT "
      "trial: EFFECT_ACCEPT checks: 3 paid: 1 late: 1 } rows { answered: EFFECT_DEPOSIT checks: 2 "
      "}");
  const Json document = ToJson(report);
  EXPECT_EQ(document["rows"][0]["answered"], "deposit");
  EXPECT_EQ(document["rows"][0]["trial"], "accept");
  EXPECT_EQ(document["rows"][0]["checks"], 3);
  EXPECT_TRUE(document["rows"][1]["trial"].is_null());  // it could not decide
  EXPECT_THAT(Printed(report), HasSubstr("deposit"));
  EXPECT_THAT(Printed(report), HasSubstr("no answer"));
  EXPECT_TRUE(ToJson(v1::ReportTrialResponse())["hash"].is_null());
  EXPECT_THAT(Printed(v1::ReportTrialResponse()), HasSubstr("No policy is on trial"));
  EXPECT_THAT(Printed(v1::SetTrialPolicyResponse()), HasSubstr("No policy is on trial"));
}

TEST(ShowPolicyTest, AnEstimateIsNeverShownWithoutItsBounds) {
  const auto report = Proto<v1::ReportWorthResponse>(
      "from: '2026-11-01' to: '2026-11-30' months { month: '2026-11' checks: 2 hindered: 1 "
      "money { currency: 'IDR' hindered_minor: 100000000 avoided_minor: 20000000 "
      "avoided_least_minor: 10000000 avoided_most_minor: 50000000 } } "
      "groups { checks: 2 } all { checks: 2 } effects { effect: EFFECT_PREPAY checks: 1 }");
  const Json document = ToJson(report);
  EXPECT_EQ(document["months"][0]["money"][0]["avoided_most_minor"], 50000000);
  EXPECT_TRUE(document["groups"][0]["group"].is_null());
  EXPECT_EQ(document["effects"][0]["effect"], "prepay");
  EXPECT_THAT(Printed(report), HasSubstr("IDR 200,000 (between IDR 100,000 and IDR 500,000)"));
  EXPECT_THAT(Printed(v1::ReportWorthResponse()), HasSubstr("No check"));
}

TEST(ShowPolicyTest, DifferencesFromTheDefaultAreNamedByTheirKeys) {
  EXPECT_TRUE(DifferencesFromDefault(decision::DefaultPolicy()).empty());
  decision::Policy other = decision::DefaultPolicy();
  other.deposit_at_ppm = 90'000;
  const auto differences = DifferencesFromDefault(other);
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].key, "thresholds.deposit_ppm");
  EXPECT_EQ(differences[0].value, "90000");
  EXPECT_EQ(differences[0].otherwise, std::to_string(decision::DefaultPolicy().deposit_at_ppm));
  const std::string text = Printed(CheckedPolicy{"p.toml", other.Hash().hex(), differences});
  EXPECT_THAT(text, HasSubstr("thresholds.deposit_ppm"));
  EXPECT_THAT(Printed(CheckedPolicy{"p.toml", "aa", {}}), HasSubstr("It is the default policy."));
}

TEST(ShowPolicyTest, ControlLettersDoNotReachTheTerminal) {
  const auto made = Proto<v1::OverrideDecisionResponse>(R"(receipt: '\033[2J' override {
      because: '\033[2J' by: '\033[2J' })");
  EXPECT_THAT(Printed(made), Not(HasSubstr("\033")));
  std::ostringstream out;
  PrintVersions(out,
                Proto<v1::GetPolicyResponse>(R"(versions { hash: '\033[2J' since: '\033[2J' })"));
  EXPECT_THAT(out.str(), Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace daftar::cli
