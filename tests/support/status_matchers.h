// IsOk(), IsOkAndHolds(m) and StatusIs(code, message) for absl::Status and absl::StatusOr.
#ifndef DAFTAR_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define DAFTAR_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <class T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, negation ? "is an error" : "is OK") {
  const absl::Status& status = StatusOf(arg);
  if (status.ok()) return true;
  *result_listener << "which is " << status.ToString();
  return false;
}

MATCHER_P(IsOkAndHolds, value_matcher, "is OK and holds the value") {
  if (!arg.ok()) {
    *result_listener << "which is " << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(value_matcher, *arg, result_listener);
}

MATCHER_P(StatusIs, code, "has the status code") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << "which is " << status.ToString();
  return status.code() == code;
}

MATCHER_P2(StatusIs, code, message_matcher, "has the status code and message") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << "which is " << status.ToString();
  return status.code() == code &&
         ::testing::ExplainMatchResult(
             message_matcher, std::string(status.message().data(), status.message().size()),
             result_listener);
}

}  // namespace daftar::testing

#define DAFTAR_ASSERT_OK(expression) ASSERT_THAT((expression), ::daftar::testing::IsOk())
#define DAFTAR_EXPECT_OK(expression) EXPECT_THAT((expression), ::daftar::testing::IsOk())

#endif  // DAFTAR_TESTS_SUPPORT_STATUS_MATCHERS_H_
