#include "node/service/connect_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ConnectForm, IsToldByTheContentType) {
  const auto form = [](std::string_view type) {
    const auto found = ConnectFormOf(type);
    return found.has_value() ? ConnectContentType(*found) : "none";
  };
  EXPECT_EQ(form("application/json"), "application/json");
  EXPECT_EQ(form("Application/JSON; charset=UTF-8"), "application/json");
  EXPECT_EQ(form("application/json;charset=\"utf-8\""), "application/json");
  EXPECT_EQ(form("application/proto"), "application/proto");
  EXPECT_EQ(form("application/connect+json"), "application/connect+json");
  EXPECT_EQ(form("application/connect+proto"), "application/connect+proto");
  for (const char* other :
       {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
        "application/json; charset=utf-16", "application/grpc+proto", "application/connect",
        "application/protobuf"}) {
    EXPECT_EQ(form(other), "none") << other;
  }
}

// The table of the specification, "Error codes".
TEST(ConnectErrors, HaveTheSpecificationsNamesAndStatuses) {
  const struct {
    absl::StatusCode code;
    const char* name;
    int http;
  } rows[] = {
      {absl::StatusCode::kCancelled, "canceled", 499},
      {absl::StatusCode::kUnknown, "unknown", 500},
      {absl::StatusCode::kInvalidArgument, "invalid_argument", 400},
      {absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", 504},
      {absl::StatusCode::kNotFound, "not_found", 404},
      {absl::StatusCode::kAlreadyExists, "already_exists", 409},
      {absl::StatusCode::kPermissionDenied, "permission_denied", 403},
      {absl::StatusCode::kResourceExhausted, "resource_exhausted", 429},
      {absl::StatusCode::kFailedPrecondition, "failed_precondition", 400},
      {absl::StatusCode::kAborted, "aborted", 409},
      {absl::StatusCode::kOutOfRange, "out_of_range", 400},
      {absl::StatusCode::kUnimplemented, "unimplemented", 501},
      {absl::StatusCode::kInternal, "internal", 500},
      {absl::StatusCode::kUnavailable, "unavailable", 503},
      {absl::StatusCode::kDataLoss, "data_loss", 500},
      {absl::StatusCode::kUnauthenticated, "unauthenticated", 401},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(ConnectCode(row.code), row.name);
    EXPECT_EQ(ConnectHttpStatus(row.code), row.http) << row.name;
  }
  EXPECT_EQ(ConnectCode(static_cast<absl::StatusCode>(99)), "unknown");
}

TEST(ConnectErrors, AreJsonWhateverTheMessageHolds) {
  const auto parsed = nlohmann::json::parse(
      ConnectError(absl::InvalidArgumentError("a \"quote\", a\nline and \xFF no UTF-8")));
  EXPECT_EQ(parsed["code"], "invalid_argument");
  EXPECT_THAT(parsed["message"].get<std::string>(), HasSubstr("a \"quote\", a\nline"));
}

TEST(ConnectTimeout, IsANumberOfMilliseconds) {
  EXPECT_EQ(*ConnectTimeout(""), std::nullopt);
  EXPECT_EQ(**ConnectTimeout("250"), std::chrono::milliseconds(250));
  EXPECT_EQ(**ConnectTimeout("9999999999"), std::chrono::milliseconds(9999999999));
  for (const char* wrong : {"-1", "1.5", "10s", " 10", "99999999999"}) {
    EXPECT_THAT(ConnectTimeout(wrong), StatusIs(absl::StatusCode::kInvalidArgument)) << wrong;
  }
}

TEST(ConnectEnvelopes, CarryMessagesThereAndBack) {
  const std::string body = ConnectEnvelope("one") + ConnectEnvelope("") + ConnectEnvelope("three");
  EXPECT_EQ(body.substr(0, 8), std::string("\0\0\0\0\3one", 8));
  const auto messages = ConnectMessages(body, 5);
  ASSERT_THAT(messages, IsOk());
  EXPECT_THAT(*messages, ElementsAre("one", "", "three"));
  EXPECT_TRUE(ConnectMessages("", 5)->empty());
}

TEST(ConnectEnvelopes, AreRefusedWhenCutCompressedOrTooLarge) {
  const std::string body = ConnectEnvelope("message");
  for (size_t length = 1; length < body.size(); ++length) {
    EXPECT_THAT(ConnectMessages(body.substr(0, length), 100),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << length;
  }
  EXPECT_THAT(ConnectMessages(body, 6), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(ConnectMessages(std::string("\1\0\0\0\0", 5), 6),
              StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(ConnectMessages(std::string("\2\0\0\0\0", 5), 6),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ConnectMessages(std::string("\0\xFF\xFF\xFF\xFF", 5), 1 << 20),
              StatusIs(absl::StatusCode::kResourceExhausted));
  std::string many;
  for (size_t i = 0; i <= kMaxStreamedMessages; ++i) many += ConnectEnvelope("");
  EXPECT_THAT(ConnectMessages(many, 1), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(ConnectEnvelopes, TheLastOneSaysHowTheStreamEnded) {
  EXPECT_EQ(ConnectEndOfStream(absl::OkStatus()), std::string("\2\0\0\0\2{}", 7));
  const std::string failed = ConnectEndOfStream(absl::NotFoundError("no such incident"));
  EXPECT_EQ(failed[0], 2);
  const auto parsed = nlohmann::json::parse(failed.substr(5));
  EXPECT_EQ(parsed["error"]["code"], "not_found");
  EXPECT_EQ(parsed["error"]["message"], "no such incident");
}

}  // namespace
}  // namespace daftar::service
