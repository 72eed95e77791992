#include "cli/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "crypto/hash.h"
#include "tests/cli/cli_support.h"
#include "tests/node/decision/inputs.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

// What `why --output json` writes, as far as a replay needs it.
Json Document(const decision::ReceiptBody& body) {
  const crypto::Bytes encoded = body.Encode();
  const crypto::Bytes salt(32, 7);
  const crypto::Digest commitment =
      crypto::Sha256({crypto::AsBytes("daftar/receipt/v1"), salt, encoded});
  return Json{{"receipt", commitment.hex().substr(0, 32)},
              {"commitment", commitment.hex()},
              {"body", crypto::ToHex(encoded)},
              {"salt", crypto::ToHex(salt)}};
}

decision::ReceiptBody Body() {
  decision::InputsBuilder made;
  made.Partners(2).Report(decision::InputsBuilder::Origin(0));
  return decision::MakeReceipt(made.Decide(), decision::DefaultPolicy(), {}, made.Build().now);
}

absl::StatusOr<ReplayResult> Replayed(const Json& document) {
  return ReplayFile(document.dump(), decision::DefaultPolicy());
}

TEST(ReplayFileTest, AReceiptAgreesWithItsPolicyToTheLastDigit) {
  auto result = Replayed(Document(Body()));
  DAFTAR_ASSERT_OK(result);
  EXPECT_EQ(result->body, Body());
  // Nothing is wrong but what this short document leaves out beside its receipt; a whole one is
  // replayed by tests/integration/decisions_test.py.
  for (const std::string& sentence : result->wrong) {
    EXPECT_THAT(sentence, HasSubstr("the file leaves out"));
  }
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
    // Only what nothing vouches for may differ: the id, a field's name, the case of a digit.
    EXPECT_EQ(result->body, Body());
  }
}

}  // namespace
}  // namespace daftar::cli
