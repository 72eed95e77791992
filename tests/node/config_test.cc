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

TEST(ConfigTest, WhatTheHttpListenerNeedsIsReadBack) {
  Config config = Whole();
  config.test_mode = true;
  config.http_listen = "0.0.0.0:18481";
  config.http_tls_certificate = "/etc/daftar/http \"1\".pem";
  config.http_tls_key = "/etc/daftar/http.key";
  config.http_names = {"daftar.toko-a.example", "[2001:db8::1]:18481", "shop:443"};
  config.http_proxies = {"127.0.0.1", "2001:db8::1"};
  config.http_calls_per_second = 100'000;
  const auto read = Config::Parse(config.ToToml());
  DAFTAR_ASSERT_OK(read);
  EXPECT_TRUE(read->test_mode);
  EXPECT_EQ(read->http_tls_certificate, config.http_tls_certificate);
  EXPECT_EQ(read->http_tls_key, config.http_tls_key);
  EXPECT_EQ(read->http_names, config.http_names);
  EXPECT_EQ(read->http_proxies, config.http_proxies);
  EXPECT_EQ(read->http_calls_per_second, 100'000u);
  EXPECT_EQ(read->ToToml(), config.ToToml());
}

TEST(ConfigTest, AFileFromBeforeTheConsoleIsReadAsItWas) {
  const std::string file =
      "name = \"Toko A\"\norigin = \"toko-a.test\"\n[peer]\nlisten = \"0.0.0.0:1\"\n"
      "[http]\nlisten = \"127.0.0.1:2\"\n[log]\nlisten = \"0.0.0.0:3\"\n";
  const auto read = Config::Parse(file);
  DAFTAR_ASSERT_OK(read);
  EXPECT_FALSE(read->test_mode);
  EXPECT_EQ(read->http_tls_certificate, "");
  EXPECT_TRUE(read->http_names.empty());
  EXPECT_TRUE(read->http_proxies.empty());
  EXPECT_EQ(read->http_calls_per_second, kDefaultCallsPerSecond);
}

TEST(ConfigTest, AnAddressThatOthersReachNeedsTls) {
  Config config = Whole();
  for (const char* listen : {"0.0.0.0:1", "192.168.1.2:1", "[::]:1", "[2001:db8::1]:1"}) {
    config.http_listen = listen;
    config.http_tls_certificate = config.http_tls_key = "";
    EXPECT_THAT(config.Check(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("in the clear")))
        << listen;
    config.http_tls_certificate = "/a.pem";
    EXPECT_THAT(config.Check(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("given alone")));
    config.http_tls_key = "/a.key";
    DAFTAR_EXPECT_OK(config.Check());
  }
  config.http_tls_key = "a.key";
  EXPECT_THAT(config.Check(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("http.tls_key")));
}

TEST(ConfigTest, ProxiesAreNumericAddresses) {
  for (const char* proxy : {"", "localhost", "127.0.0.1:80", "[::1]", "10.0.0.0/8", "10.0.0.1 "}) {
    Config config = Whole();
    config.http_proxies = {proxy};
    EXPECT_THAT(config.Check(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("http.proxies")))
        << proxy;
  }
  Config config = Whole();
  config.http_proxies.assign(kMaxHttpProxies, "10.0.0.1");
  DAFTAR_EXPECT_OK(config.Check());
  config.http_proxies.push_back("10.0.0.2");
  EXPECT_THAT(config.Check(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("http.proxies")));
}

TEST(ConfigTest, NamesAndCallsAreBounded) {
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("https://a.example"), std::string("a:0"),
        std::string("a.example/"), std::string(254, 'a'), std::string("::1")}) {
    Config config = Whole();
    config.http_names = {name};
    EXPECT_THAT(config.Check(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("http.names")))
        << name;
  }
  Config config = Whole();
  config.http_names.assign(kMaxHttpNames, std::string(253, 'a'));
  DAFTAR_EXPECT_OK(config.Check());
  config.http_names.push_back("a.example");
  EXPECT_THAT(config.Check(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("http.names")));
  const std::string file =
      "name = \"A\"\norigin = \"toko-a.test\"\n[peer]\nlisten = \"127.0.0.1:1\"\n"
      "[http]\nlisten = \"127.0.0.1:2\"\n";
  for (const char* calls : {"0", "-1", "100001", "4294967297"}) {
    EXPECT_THAT(Config::Parse(file + "calls_per_second = " + calls + "\n"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("http.calls_per_second")))
        << calls;
  }
  for (const char* wrong : {"names = \"a.example\"", "names = [1]", "tls_key = 1"}) {
    EXPECT_THAT(Config::Parse(file + wrong + "\n"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 7")))
        << wrong;
  }
  EXPECT_THAT(Config::Parse("test_mode = 1\n" + file),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("neither true nor false")));
}

TEST(IsLoopbackTest, OnlyWhatNoOtherMachineReaches) {
  for (const char* endpoint :
       {"127.0.0.1:1", "127.9.8.7:65535", "localhost:80", "[::1]:1", "[0:0:0:0:0:0:0:1]:1"}) {
    EXPECT_TRUE(IsLoopback(endpoint)) << endpoint;
  }
  for (const char* endpoint :
       {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.0.0.1.example:1", "localhost.example:1",
        "127.1:1", "[::ffff:127.0.0.1]:1", "128.0.0.1:1", "127.0.0.1", "", ":1", "[::2]:1"}) {
    EXPECT_FALSE(IsLoopback(endpoint)) << endpoint;
  }
}

}  // namespace
}  // namespace daftar
