#include "node/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace daftar {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

Config Whole() {
  Config config;
  config.name = "Toko \"A\"";
  config.origin = "toko-a.test";
  config.peer_listen = "127.0.0.1:18471";
  config.http_listen = "127.0.0.1:18481";
  return config;
}

TEST(ConfigTest, IsReadBackAsItWasWritten) {
  Config config = Whole();
  for (const char* log_listen : {"", "0.0.0.0:18491"}) {
    config.log_listen = log_listen;
    const auto read = Config::Parse(config.ToToml());
    DAFTAR_ASSERT_OK(read);
    EXPECT_EQ(read->name, config.name);
    EXPECT_EQ(read->http_listen, config.http_listen);
    EXPECT_EQ(read->log_listen, log_listen);
    EXPECT_EQ(read->ToToml(), config.ToToml());
  }
}

TEST(ConfigTest, AFileFromBeforeThereWasAnAddressForTheLogIsRead) {
  const auto read = Config::Parse(
      "name = \"Toko A\"\norigin = \"toko-a.test\"\n[peer]\nlisten = \"127.0.0.1:1\"\n"
      "[http]\nlisten = \"127.0.0.1:2\"\n");
  DAFTAR_ASSERT_OK(read);
  EXPECT_EQ(read->log_listen, "");
}

TEST(ConfigTest, AnAddressOfTheLogIsCheckedAndUnknownKeysAreRefused) {
  Config config = Whole();
  config.log_listen = "127.0.0.1";
  EXPECT_THAT(config.Check(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("log.listen")));
  config.log_listen = "";
  EXPECT_THAT(Config::Parse(config.ToToml() + "\n[log.more]\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("log.more is unknown")));
}

}  // namespace
}  // namespace daftar
