// Receipts as a node writes them, through `why --output json`, computed again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "cli/replay.h"
#include "cli/show_check.h"
#include "crypto/hash.h"
#include "node/service/convert.h"
#include "tests/node/decision/inputs.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

// What `why RECEIPT --output json` prints about the decision, and what a person made of it.
Json WhyOf(const decision::Inputs& inputs, decision::Language language,
           std::optional<decision::Effect> chosen = {}) {
  const decision::Policy policy = decision::DefaultPolicy();
  check::StoredReceipt stored;
  stored.record.body =
      decision::MakeReceipt(decision::Decide(inputs, policy), policy, {}, inputs.now);
  stored.salt = crypto::Bytes(32, 7);
  const crypto::Bytes body = stored.record.body.Encode();
  stored.commitment = crypto::Sha256({crypto::AsBytes("daftar/receipt/v1"), stored.salt, body});
  stored.id = *check::ReceiptId::Create(stored.commitment.view().first(check::ReceiptId::kSize));
  v1::GetReceiptResponse told = service::ToProto(stored, policy, language);
  if (chosen.has_value()) {
    const check::Override made{*chosen, "a friend", "uid:1000", inputs.now};
    service::SetOverride(made, stored.record.body, policy, language, told);
  }
  return ToJson(told);
}

std::string First(const ReplayResult& result) {
  return result.wrong.empty() ? "" : result.wrong.front();
}

// Cases a test runs through; ten times as many in the long run.
int Cases(int usual) { return std::getenv("DAFTAR_LONG") != nullptr ? 10 * usual : usual; }

TEST(ReplayOfNodesTest, RandomReceiptsAgreeToTheLastDigit) {
  const int cases = Cases(1'500);
  std::mt19937_64 random(20261128);
  std::set<decision::Cap> caps;
  for (int i = 0; i < cases; ++i) {
    const auto language = static_cast<decision::Language>(i % 3);
    const Json why = WhyOf(decision::RandomInputs(random), language);
    auto result = ReplayFile(why.dump(), decision::DefaultPolicy());
    DAFTAR_ASSERT_OK(result);
    ASSERT_TRUE(result->agrees()) << "case " << i << ": " << First(*result);
    caps.insert(result->body.verdict.caps.begin(), result->body.verdict.caps.end());
  }
  // Else the cases say nothing of answers that something bounded.
  EXPECT_EQ(caps.size(), static_cast<size_t>(decision::kLastCap));
}

TEST(ReplayOfNodesTest, OverriddenReceiptsAgreeAndWhatHoldsNowIsCompared) {
  const int cases = Cases(500);
  std::mt19937_64 random(20261129);
  const auto replayed = [](const Json& why) {
    auto result = ReplayFile(why.dump(), decision::DefaultPolicy());
    EXPECT_TRUE(result.ok()) << result.status();
    return *std::move(result);
  };
  for (int i = 0; i < cases; ++i) {
    const auto language = static_cast<decision::Language>(i % 3);
    const auto chosen = static_cast<decision::Effect>(1 + i % 5);
    const Json why = WhyOf(decision::RandomInputs(random), language, chosen);
    ASSERT_EQ(why["effect_now"], decision::EffectName(chosen));
    const ReplayResult whole = replayed(why);
    ASSERT_TRUE(whole.agrees()) << "case " << i << ": " << First(whole);
  }
  decision::InputsBuilder made;
  made.Partners(2).Report(decision::InputsBuilder::Origin(0));
  const Json why = WhyOf(made.Build(), decision::Language::kMalay, decision::Effect::kDeposit);
  ASSERT_EQ(why["next_now"][0]["step"], "deposit");
  Json other_effect = why;
  other_effect["effect_now"] = "decline";
  EXPECT_EQ(replayed(other_effect).wrong_count, 1u);
  Json other_step = why;
  other_step["next_now"][0]["share_ppm"] = 1;
  EXPECT_EQ(replayed(other_step).wrong_count, 1u);
  Json other_sentence = why;
  other_sentence["next_now"][0]["sentence"] = "Ask for nothing.";
  EXPECT_EQ(replayed(other_sentence).wrong_count, 1u);
  Json forgotten = why;  // as if nobody had decided otherwise
  forgotten["override"] = nullptr;
  EXPECT_FALSE(replayed(forgotten).agrees());
  for (const Json& odd :
       {Json("accept"), Json(7), Json{{"effect", "perhaps"}}, Json{{"by", "x"}}}) {
    Json altered = why;
    altered["override"] = odd;
    EXPECT_THAT(First(replayed(altered)), HasSubstr("names no answer")) << odd;
  }
  // A file of before these fields.
  Json before = why;
  before.erase("effect_now");
  before.erase("next_now");
  EXPECT_TRUE(replayed(before).agrees());
}

TEST(ReplayOfNodesTest, WhatBoundedTheAnswerIsCompared) {
  decision::InputsBuilder made;
  made.Partners(2).Report(decision::InputsBuilder::Origin(0));
  made.Group(decision::Effect::kAccept, decision::Effect::kDeposit);
  const Json why = WhyOf(made.Build(), decision::Language::kEnglish);
  ASSERT_EQ(why["caps"].back(), "cap-group");
  ASSERT_EQ(why["rules"].back()["rule"], "cap-group");
  auto whole = ReplayFile(why.dump(), decision::DefaultPolicy());
  DAFTAR_ASSERT_OK(whole);
  EXPECT_TRUE(whole->agrees()) << First(*whole);
  for (const auto& [name, value] : {std::pair<const char*, Json>("rule", "cap-stale"),
                                    {"fired", false},
                                    {"effect", "accept"}}) {
    Json altered = why;
    altered["rules"].back()[name] = value;
    auto result = ReplayFile(altered.dump(), decision::DefaultPolicy());
    DAFTAR_ASSERT_OK(result);
    EXPECT_EQ(result->wrong_count, 1u) << name;
  }
  Json shorter = why;
  shorter["rules"].erase(shorter["rules"].size() - 1);
  auto result = ReplayFile(shorter.dump(), decision::DefaultPolicy());
  DAFTAR_ASSERT_OK(result);
  EXPECT_FALSE(result->agrees());
}

// The first is what a reader sees, the last what most programs take.
TEST(ReplayOfNodesTest, NamesThatStandTwiceAreRefused) {
  decision::InputsBuilder made;
  made.Partners(1).Report(decision::InputsBuilder::Origin(0));
  const std::string why = WhyOf(made.Build(), decision::Language::kEnglish).dump();
  const size_t rule = why.find("{\"rule\":");
  ASSERT_NE(rule, std::string::npos);
  for (const std::string& altered :
       {"{\"effect\":\"accept\"," + why.substr(1),
        why.substr(0, rule) + "{\"fired\":true," + why.substr(rule + 1)}) {
    const auto result = ReplayFile(altered, decision::DefaultPolicy());
    ASSERT_THAT(result, StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(result.status().message(), HasSubstr("twice"));
  }
}

}  // namespace
}  // namespace daftar::cli
