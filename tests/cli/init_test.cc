#include "cli/init.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/cli_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class InitArgumentsTest : public ::testing::Test {
 protected:
  TestFolder folder_;
  InitOptions options_{.name = "Toko A",
                       .origin = "toko-a.test",
                       .charter = folder_.File("charter.toml", ""),
                       .region = "",
                       .peer_listen = "127.0.0.1:18471",
                       .peer_advertise = "",
                       .http_listen = "127.0.0.1:18481",
                       .passphrase_file = ""};
};

TEST_F(InitArgumentsTest, GivenOptionsAreHandedOnAndOthersLeftOut) {
  EXPECT_THAT(
      InitArguments(options_, "A", false),
      IsOkAndHolds(ElementsAre("init", "--dir", "A", "--name", "Toko A", "--origin", "toko-a.test",
                               "--charter", options_.charter, "--peer-listen", "127.0.0.1:18471",
                               "--http-listen", "127.0.0.1:18481", "--output", "text")));
}

TEST_F(InitArgumentsTest, OptionalOnesAndJsonAreHandedOn) {
  options_.region = "MY";
  options_.peer_advertise = "toko-a.example:1";
  options_.log_listen = "0.0.0.0:18491";
  options_.passphrase_file = folder_.File("pass", "x");
  const auto arguments = InitArguments(options_, "A", true);
  EXPECT_THAT(
      arguments,
      IsOkAndHolds(AllOf(::testing::Contains("--region"), ::testing::Contains("MY"),
                         ::testing::Contains("--peer-advertise"),
                         ::testing::Contains("--log-listen"), ::testing::Contains("0.0.0.0:18491"),
                         ::testing::Contains("--passphrase-file"), ::testing::Contains("json"))));
}

TEST_F(InitArgumentsTest, TestModeIsHandedOnOnlyWhenAskedFor) {
  const auto without = InitArguments(options_, "A", false);
  EXPECT_THAT(without, IsOkAndHolds(Not(::testing::Contains("--test-mode"))));
  options_.test_mode = true;
  const auto with = InitArguments(options_, "A", false);
  EXPECT_THAT(with, IsOkAndHolds(::testing::Contains("--test-mode")));
}

TEST_F(InitArgumentsTest, ACertificateAndItsKeyGoTogether) {
  options_.http_tls_certificate = folder_.File("http.pem", "x");
  EXPECT_THAT(InitArguments(options_, "A", false),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--http-tls-key")));
  options_.http_tls_key = folder_.path() + "/none.key";
  EXPECT_THAT(InitArguments(options_, "A", false),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("--http-tls-key")));
  options_.http_tls_key = folder_.File("http.key", "x");
  EXPECT_THAT(InitArguments(options_, "A", false),
              IsOkAndHolds(AllOf(::testing::Contains("--http-tls-certificate"),
                                 ::testing::Contains(options_.http_tls_certificate),
                                 ::testing::Contains("--http-tls-key"),
                                 ::testing::Contains(options_.http_tls_key))));
}

TEST_F(InitArgumentsTest, EverythingThatIsMissingIsListedAtOnce) {
  options_.name = "";
  options_.http_listen = "";
  EXPECT_THAT(InitArguments(options_, "", false),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\n- --dir, like --dir A"), HasSubstr("\n- --name, like"),
                             HasSubstr("\n- --http-listen"), Not(HasSubstr("--origin")))));
}

TEST_F(InitArgumentsTest, AddressWithoutPortIsRefused) {
  for (const char* address : {"127.0.0.1", ":18471", "host:0", "host:65536", "host:x", "host:"}) {
    options_.peer_listen = address;
    EXPECT_THAT(InitArguments(options_, "A", false),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--peer-listen")))
        << address;
  }
  options_.peer_listen = "127.0.0.1:18471";
  options_.log_listen = "127.0.0.1";
  EXPECT_THAT(InitArguments(options_, "A", false),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--log-listen")));
}

TEST_F(InitArgumentsTest, FileThatIsNotThereIsNamed) {
  options_.charter = folder_.path() + "/none.toml";
  EXPECT_THAT(InitArguments(options_, "A", false),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none.toml")));
}

}  // namespace
}  // namespace daftar::cli
