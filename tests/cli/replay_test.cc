#include "cli/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "crypto/hash.h"
#include "node/decision/advice.h"
#include "node/decision/explain.h"
#include "node/evidence/money.h"
#include "tests/cli/cli_support.h"
#include "tests/node/decision/inputs.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

std::string CommitmentTo(crypto::ByteView body, crypto::ByteView salt) {
  return crypto::Sha256({crypto::AsBytes("daftar/receipt/v1"), salt, body}).hex();
}

// Puts another body in, and the commitment that fits it.
void Commit(Json& document, crypto::ByteView body) {
  const crypto::Bytes salt(32, 7);
  document["commitment"] = CommitmentTo(body, salt);
  document["receipt"] = CommitmentTo(body, salt).substr(0, 32);
  document["body"] = crypto::ToHex(body);
  document["salt"] = crypto::ToHex(salt);
}

Json RulesJson(const decision::Verdict& verdict) {
  Json rules = Json::array();
  for (const decision::RuleOutcome& outcome : verdict.rules) {
    rules.push_back({{"rule", decision::RuleId(outcome.rule)},
                     {"fired", outcome.fired},
                     {"effect", decision::EffectName(outcome.effect)},
                     {"looks_at", decision::RuleSentence(outcome.rule)}});
  }
  return rules;
}

Json NextJson(const decision::ReceiptBody& body) {
  Json next = Json::array();
  for (const decision::NextStep& step : decision::NextSteps(
           body.weighed, body.verdict, decision::DefaultPolicy(), evidence::Date::Of(body.time))) {
    next.push_back({{"step", decision::StepName(step.step)},
                    {"sentence", decision::StepSentence(step, decision::Language::kEnglish)},
                    {"share_ppm", step.share_ppm == 0 ? Json(nullptr) : Json(step.share_ppm)},
                    {"days", nullptr},
                    {"amount", nullptr},
                    {"dates", Json::array()},
                    {"name", nullptr}});
    if (step.money.has_value()) {
      next.back()["amount"] = {{"minor", step.money->minor},
                               {"currency", "IDR"},
                               {"major", evidence::FormatMoney(*step.money)}};
    }
  }
  return next;
}

Json PartnersJson(const decision::Weighed& weighed) {
  Json partners = Json::array();
  for (const decision::WeighedPartner& partner : weighed.partners) {
    partners.push_back({{"origin", partner.origin},
                        {"state", "answered"},
                        {"head_age_s", 14},
                        {"head_size", 7},
                        {"head_root", crypto::Sha256(crypto::AsBytes(partner.origin)).hex()},
                        {"weight_ppm", partner.weight_ppm},
                        {"witnesses", {"toko-b.test"}},
                        {"reason", nullptr}});
  }
  return partners;
}

decision::ReceiptBody Body() {
  decision::InputsBuilder made;
  made.Partners(2).Report(decision::InputsBuilder::Origin(0));
  return decision::MakeReceipt(made.Decide(), decision::DefaultPolicy(), {}, made.Build().now);
}

absl::StatusOr<ReplayResult> Replayed(const Json& document) {
  return ReplayFile(document.dump(), decision::DefaultPolicy());
}

// What `why --output json` writes about a body like Body()'s, whole as docs/cli.md has it: with a
// field left out nothing agrees, and a test of what disagrees would show nothing.
Json Document(const decision::ReceiptBody& body) {
  const decision::DecisionInput input = decision::Assemble(body.weighed, {}).inputs.at(0);
  Json document{
      {"checked_at", "2024-10-04T01:00:00.000Z"},
      {"effect", decision::EffectName(body.verdict.effect)},
      {"decided_by", decision::RuleId(body.verdict.rule)},
      {"risk_ppm", body.verdict.r_ppm},
      {"prior_ppm", body.weighed.prior_ppm},
      {"amount", {{"minor", 450'000'000}, {"currency", "IDR"}, {"major", "4500000"}}},
      {"terms", "credit"},
      {"policy", body.policy.hex()},
      {"group", nullptr},
      {"allowed_by", nullptr},
      {"caps", Json::array()},
      {"inputs", Json::array({{{"type", "partner_record"},
                               {"origin", input.origin},
                               {"reference", std::to_string(input.index)},
                               {"commitment", std::string(64, '0')},
                               {"status", "live"},
                               {"age_days", input.age_days},
                               {"bad_ppm", input.bad_ppm},
                               {"weight_ppm", input.weight_ppm},
                               {"counted", input.counted},
                               {"with_order", input.with_order}}})},
      {"partners", PartnersJson(body.weighed)},
      {"coverage", decision::CoverageSentence(body.weighed, decision::Language::kEnglish)},
      {"next", NextJson(body)},
      {"rules", RulesJson(body.verdict)}};
  Commit(document, body.Encode());
  return document;
}

TEST(ReplayFileTest, AReceiptAgreesWithItsPolicyToTheLastDigit) {
  auto result = Replayed(Document(Body()));
  DAFTAR_ASSERT_OK(result);
  EXPECT_EQ(result->body, Body());
  EXPECT_TRUE(result->agrees()) << result->wrong.front();
  std::ostringstream out;
  Print(out, *result);
  EXPECT_THAT(out.str(), HasSubstr("agrees to the last digit"));
}

TEST(ReplayFileTest, AnotherPolicyIsNamedByItsHash) {
  decision::Policy other = decision::DefaultPolicy();
  other.deposit_at_ppm = 90'000;
  auto result = ReplayFile(Document(Body()).dump(), other);
  DAFTAR_ASSERT_OK(result);
  ASSERT_FALSE(result->agrees());
  EXPECT_THAT(result->wrong.front(), HasSubstr(decision::DefaultPolicy().Hash().hex()));
  EXPECT_THAT(result->wrong.front(), HasSubstr(other.Hash().hex()));
}

TEST(ReplayFileTest, AVerdictThatDoesNotFollowIsFound) {
  decision::ReceiptBody body = Body();
  body.verdict.r_ppm += 1;
  auto result = Replayed(Document(body));
  DAFTAR_ASSERT_OK(result);
  EXPECT_FALSE(result->agrees());
}

TEST(ReplayFileTest, WhatTheFileSaysBesideItsReceiptIsCompared) {
  for (const auto& [field, value] : {std::pair<const char*, Json>("effect", "accept"),
                                     {"risk_ppm", 1},
                                     {"decided_by", "group"},
                                     {"policy", std::string(64, '0')}}) {
    Json document = Document(Body());
    document[field] = value;
    auto result = Replayed(document);
    DAFTAR_ASSERT_OK(result);
    EXPECT_FALSE(result->agrees()) << field;
  }
}

TEST(ReplayFileTest, AnotherBodyOrSaltDoesNotFitTheCommitment) {
  for (const char* field : {"salt", "commitment"}) {
    Json document = Document(Body());
    std::string hex = document[field];
    hex[0] = hex[0] == '0' ? '1' : '0';
    document[field] = hex;
    auto result = Replayed(document);
    DAFTAR_ASSERT_OK(result);
    EXPECT_FALSE(result->agrees()) << field;
  }
}

TEST(ReplayFileTest, WhatIsNoReceiptIsRefusedInWords) {
  for (const std::string text : {"", "x", "[]", "{}", "{\"body\": 5}", "null",
                                 "{\"body\": \"zz\", \"salt\": \"\", \"commitment\": \"\"}"}) {
    EXPECT_THAT(ReplayFile(text, decision::DefaultPolicy()), StatusIs(absl::StatusCode::kDataLoss))
        << text;
  }
  EXPECT_FALSE(ReplayFile(std::string(100'000, '['), decision::DefaultPolicy()).ok());
}

TEST(ReplayFileTest, AFileAboveTheBoundIsRefusedByItsSize) {
  const std::string text = "{\"x\":\"" + std::string(kMaxReceiptFileBytes, 'a') + "\"}";
  const auto result = ReplayFile(text, decision::DefaultPolicy());
  ASSERT_THAT(result, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(result.status().message(), HasSubstr(std::to_string(kMaxReceiptFileBytes)));
}

TEST(ReplayFileTest, DeepFilesAreRefusedByTheirDepth) {
  Json document = Document(Body());
  Json deep = 1;
  for (int depth = 0; depth <= kMaxReceiptFileDepth; ++depth) deep = Json::array({deep});
  document["x"] = deep;
  const auto result = Replayed(document);
  ASSERT_THAT(result, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(result.status().message(), HasSubstr("brackets within brackets"));
}

// Of whatever type a field is, it is compared or refused, and never believed.
TEST(ReplayFileTest, FieldsOfAnyTypeAreNoCrash) {
  const Json values[] = {nullptr,
                         true,
                         -1,
                         1.5,
                         "",
                         "x",
                         std::string(200, 'a'),
                         Json::array(),
                         Json::array({nullptr}),
                         Json::object()};
  for (const char* field :
       {"body", "salt", "commitment", "effect", "decided_by", "risk_ppm", "policy", "amount",
        "rules", "inputs", "partners", "caps", "checked_at", "terms"}) {
    for (const Json& value : values) {
      Json document = Document(Body());
      document[field] = value;
      const auto result = Replayed(document);
      // An empty list of caps is what the body of this test has.
      if (!result.ok() || document == Document(Body())) continue;
      EXPECT_FALSE(result->agrees()) << field << " " << value.dump();
    }
  }
}

TEST(ReplayFileTest, SaltsOfAnotherLengthAreRefused) {
  for (const size_t bytes : {0u, 31u, 33u}) {
    Json document = Document(Body());
    document["salt"] = std::string(bytes * 2, '0');
    EXPECT_THAT(Replayed(document), StatusIs(absl::StatusCode::kDataLoss)) << bytes;
  }
}

TEST(ReplayFileTest, ABodyCutAnywhereOrContinuedIsRefused) {
  const Json document = Document(Body());
  const std::string hex = document["body"];
  for (size_t digits = 0; digits < hex.size(); digits += 2) {
    Json cut = document;
    cut["body"] = hex.substr(0, digits);
    EXPECT_FALSE(Replayed(cut).ok()) << digits;
  }
  Json longer = document;
  longer["body"] = hex + "00";
  EXPECT_FALSE(Replayed(longer).ok());
}

// Whoever forges a body can make the commitment fit; then its own numbers must tell, or the
// readable part beside it.
TEST(ReplayFileTest, FlippedBitsOfABodyAreFound) {
  const crypto::Bytes good = Body().Encode();
  for (size_t at = 0; at < good.size(); ++at) {
    for (const int bit : {0, 7}) {
      crypto::Bytes bytes = good;
      bytes[at] = static_cast<uint8_t>(bytes[at] ^ (1 << bit));
      Json document = Document(Body());
      document["body"] = crypto::ToHex(bytes);
      const auto unfit = Replayed(document);
      EXPECT_FALSE(unfit.ok() && unfit->agrees()) << at;
      Commit(document, bytes);
      const auto forged = Replayed(document);
      // What no line shows may differ, as long as the same verdict follows from it.
      if (forged.ok() && forged->agrees()) {
        EXPECT_EQ(forged->body.verdict, Body().verdict) << at;
      }
    }
  }
}

// Each number beside the receipt, one at a time.
TEST(ReplayFileTest, EveryReadableFieldIsCompared) {
  const Json whole = Document(Body());
  const Json flat = whole.flatten();
  for (const auto& [path, value] : flat.items()) {
    if (path == "/body" || path == "/salt") continue;
    Json altered = whole;
    altered[Json::json_pointer(path)] =
        value.is_number() ? Json(value.get<int64_t>() + 1) : Json("no");
    const auto result = Replayed(altered);
    DAFTAR_ASSERT_OK(result);
    EXPECT_EQ(result->wrong_count, 1u) << path;
  }
}

TEST(ReplayFileTest, FieldsLeftOutAreToldByName) {
  const Json whole = Document(Body());
  for (const auto& [name, value] : whole.items()) {
    if (name == "body" || name == "salt") continue;
    Json document = whole;
    document.erase(name);
    const auto result = Replayed(document);
    DAFTAR_ASSERT_OK(result);
    ASSERT_EQ(result->wrong_count, 1u) << name;
    EXPECT_THAT(result->wrong.front(), HasSubstr("leaves out"));
    EXPECT_THAT(result->wrong.front(), HasSubstr(name));
  }
}

// Staff do not see which partner said what; what they may see still agrees.
TEST(ReplayFileTest, PartnersMayBeUnnamed) {
  Json document = Document(Body());
  document["inputs"][0]["origin"] = nullptr;
  for (Json& partner : document["partners"]) partner["origin"] = nullptr;
  const auto result = Replayed(document);
  DAFTAR_ASSERT_OK(result);
  EXPECT_TRUE(result->agrees()) << result->wrong.front();
}

TEST(ReplayFileTest, DifferencesAreListedUpToABoundAndAllCounted) {
  Json document = Document(Body());
  // Everything that can be told apart is wrong.
  for (const char* field : {"effect", "decided_by", "risk_ppm", "prior_ppm", "policy", "amount",
                            "terms", "group", "allowed_by", "checked_at", "commitment"}) {
    document[field] = "no";
  }
  document["rules"] = Json::array();
  for (int i = 0; i < 20; ++i) document["rules"].push_back({{"rule", "no"}});
  const auto result = Replayed(document);
  DAFTAR_ASSERT_OK(result);
  EXPECT_EQ(result->wrong.size(), kMaxDifferences);
  EXPECT_GT(result->wrong_count, kMaxDifferences);
  std::ostringstream out;
  Print(out, *result);
  EXPECT_THAT(out.str(), HasSubstr("DOES NOT AGREE"));
  EXPECT_THAT(out.str(),
              HasSubstr("and " + std::to_string(result->wrong_count - kMaxDifferences) + " more"));
  EXPECT_EQ(ToJson(*result)["differences_count"], result->wrong_count);
  EXPECT_EQ(ToJson(*result)["agrees"], false);
}

// A long text is cut when it is told, perhaps within a letter; it must still be printable.
TEST(ReplayFileTest, LongAndHostileTextsAreToldShortAndPrintable) {
  std::string letters;
  for (int i = 0; i < 60; ++i) letters += "\xc3\xa9";
  for (const std::string& text : {letters, "x" + letters, std::string("\033[2J")}) {
    Json document = Document(Body());
    document["effect"] = text;
    document["receipt"] = text;
    const auto result = Replayed(document);
    DAFTAR_ASSERT_OK(result);
    std::ostringstream out;
    Print(out, *result);
    EXPECT_EQ(out.str().find('\033'), std::string::npos);
    std::ostringstream json;
    PrintJson(json, ToJson(*result));
    EXPECT_TRUE(Json::accept(json.str()));
  }
}

// A sentence may promise what the receipt does not: coverage that was none, a step never advised.
TEST(ReplayFileTest, SentencesAreThoseOfOneLanguage) {
  const Json whole = Document(Body());
  ASSERT_FALSE(whole["next"].empty());
  const auto in_malay = decision::CoverageSentence(Body().weighed, decision::Language::kMalay);
  for (const auto& [pointer, text] :
       {std::pair<const char*, std::string>("/coverage", "All partners answered."),
        {"/coverage", in_malay},
        {"/next/0/sentence", "Send the goods."},
        {"/rules/0/looks_at", "the weather"}}) {
    Json altered = whole;
    altered[Json::json_pointer(pointer)] = text;
    const auto result = Replayed(altered);
    DAFTAR_ASSERT_OK(result);
    EXPECT_EQ(result->wrong_count, 1u) << pointer << ": " << text;
  }
}

TEST(ReplayFileTest, StepsThatWereNotAdvisedAreFound) {
  Json document = Document(Body());
  document["next"].push_back(document["next"][0]);
  auto result = Replayed(document);
  DAFTAR_ASSERT_OK(result);
  EXPECT_FALSE(result->agrees());
  document = Document(Body());
  document["next"] = Json::array();
  result = Replayed(document);
  DAFTAR_ASSERT_OK(result);
  EXPECT_FALSE(result->agrees());
}

TEST(ReplayFileTest, WhatNoComputationGivesAgainIsNamed) {
  Json document = Document(Body());
  document["because"] = "All is well.";
  document["checked_by"] = "siti";
  document["override"] = nullptr;
  document["earlier_overrides"] = Json::array();
  auto result = Replayed(document);
  DAFTAR_ASSERT_OK(result);
  ASSERT_TRUE(result->agrees());
  EXPECT_EQ(result->not_checked, (std::vector<std::string>{"because", "checked_by"}));
  EXPECT_EQ(ToJson(*result)["not_checked"], Json({"because", "checked_by"}));
  std::ostringstream out;
  Print(out, *result);
  EXPECT_THAT(out.str(), HasSubstr("because, checked_by"));
  document["earlier_overrides"].push_back({{"effect", "accept"}});
  result = Replayed(document);
  DAFTAR_ASSERT_OK(result);
  EXPECT_EQ(result->not_checked.back(), "earlier_overrides");
}

TEST(ReplayFileTest, AWeightAboveThePolicysIsFound) {
  decision::ReceiptBody body = Body();
  body.weighed.partners[0].weight_ppm = decision::DefaultPolicy().max_partner_weight_ppm + 1;
  body.verdict = decision::Judge(body.weighed, decision::DefaultPolicy());
  const auto status = decision::CheckReplay(body, decision::DefaultPolicy());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(status.message(), HasSubstr("at most"));
}

// A file from anybody: never a crash, and an altered one never agrees.
TEST(ReplayFileTest, AlteredFilesNeverAgree) {
  const std::string text = Document(Body()).dump();
  std::mt19937_64 random(5);
  for (int round = 0; round < 2'000; ++round) {
    std::string altered = text;
    if (round % 2 == 0) {
      altered.resize(random() % text.size());
    } else {
      altered[random() % text.size()] = static_cast<char>(random() % 256);
    }
    if (altered == text) continue;
    const auto result = ReplayFile(altered, decision::DefaultPolicy());
    if (!result.ok() || !result->agrees()) continue;
    // Only what nothing vouches for may differ: a field's name, the case of a digit.
    EXPECT_EQ(result->body, Body());
  }
}

}  // namespace
}  // namespace daftar::cli
