#include "node/service/browser_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace daftar::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

HttpRequest From(HttpHeaders headers) {
  HttpRequest request{"POST", "/daftar.v1.ShopService/Check", ""};
  request.headers = std::move(headers);
  return request;
}

TEST(BrowserGuard, KnowsItsAddressAndTheOperatorsNames) {
  const BrowserGuard guard("127.0.0.1:8481", {"Console.Toko-A.example", "10.0.0.5:9000"}, false);
  for (const char* host :
       {"127.0.0.1:8481", "localhost:8481", "[::1]:8481", "LOCALHOST:8481",
        "console.toko-a.example", "console.toko-a.example:443", "10.0.0.5:9000"}) {
    EXPECT_TRUE(guard.KnowsHost(From({{"Host", host}}))) << host;
  }
  for (const char* host : {"", "127.0.0.1", "127.0.0.1:80", "evil.example:8481", "10.0.0.5",
                           "console.toko-a.example.evil.example"}) {
    EXPECT_FALSE(guard.KnowsHost(From({{"Host", host}}))) << host;
  }
  // Browsers leave out the port that a scheme has anyway.
  const BrowserGuard usual("192.0.2.7:443", {}, true);
  EXPECT_TRUE(usual.KnowsHost(From({{"Host", "192.0.2.7"}})));
  EXPECT_FALSE(usual.KnowsHost(From({{"Host", "192.0.2.7:80"}})));
  const BrowserGuard network("192.0.2.7:8481", {}, true);
  EXPECT_TRUE(network.KnowsHost(From({{"Host", "192.0.2.7:8481"}})));
  EXPECT_FALSE(network.KnowsHost(From({{"Host", "localhost:8481"}})));
}

TEST(BrowserGuard, TellsOtherSitesByTheirOrigin) {
  const BrowserGuard plain("127.0.0.1:8481", {}, false);
  const auto same = [](const BrowserGuard& guard, const char* origin) {
    return guard.IsSameOrigin(From({{"Host", "127.0.0.1:8481"}, {"Origin", origin}}));
  };
  EXPECT_TRUE(same(plain, "http://127.0.0.1:8481"));
  EXPECT_TRUE(same(plain, "https://127.0.0.1:8481"));  // a proxy in front ends TLS
  for (const char* other : {"http://127.0.0.1", "http://localhost:8481", "null",
                            "https://evil.example", "http://127.0.0.1:8481.evil.example"}) {
    EXPECT_FALSE(same(plain, other)) << other;
  }
  const BrowserGuard tls("127.0.0.1:8481", {}, true);
  EXPECT_FALSE(same(tls, "http://127.0.0.1:8481"));
  EXPECT_TRUE(plain.IsSameOrigin(From({{"Host", "127.0.0.1:8481"}})));  // no browser
  EXPECT_FALSE(
      plain.IsSameOrigin(From({{"Host", "127.0.0.1:8481"}, {"Sec-Fetch-Site", "cross-site"}})));
  EXPECT_FALSE(
      plain.IsSameOrigin(From({{"Host", "127.0.0.1:8481"}, {"Sec-Fetch-Site", "same-site"}})));
}

TEST(BrowserGuard, LooksAtACookieOnlyWithWhatAFormCannotSend) {
  const BrowserGuard guard("127.0.0.1:8481", {}, false);
  const HttpHeaders whole = {{"Host", "127.0.0.1:8481"},
                             {"Origin", "http://127.0.0.1:8481"},
                             {"Connect-Protocol-Version", "1"}};
  EXPECT_TRUE(guard.MayUseCookie(From(whole)));
  for (size_t left_out = 0; left_out < whole.size(); ++left_out) {
    HttpHeaders headers = whole;
    headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(left_out));
    EXPECT_FALSE(guard.MayUseCookie(From(headers))) << whole[left_out].first;
  }
}

TEST(BrowserGuard, ReadsTheCookiesOfItsOwnPortAlone) {
  const BrowserGuard guard("127.0.0.1:8481", {}, false);
  const auto session = [&](const char* cookies) {
    return guard.SessionOf(From({{"Host", "127.0.0.1:8481"}, {"Cookie", cookies}}));
  };
  EXPECT_EQ(session("a=b; daftar-session-8481=dfs_x; c=d"), "dfs_x");
  EXPECT_EQ(session("daftar-session-8482=dfs_x"), "");
  EXPECT_EQ(session("xdaftar-session-8481=dfs_x"), "");
  EXPECT_EQ(session("daftar-session-84810=dfs_x"), "");
  EXPECT_EQ(session(""), "");
  EXPECT_EQ(session(("daftar-session-8481=" + std::string(300, 'x')).c_str()), "");
}

TEST(BrowserGuard, CookiesAreForNoScriptAndNoOtherSite) {
  const BrowserGuard plain("127.0.0.1:8481", {}, false);
  const HttpRequest request = From({{"Host", "127.0.0.1:8481"}});
  const std::string cookie = plain.SessionCookie(request, "dfs_secret", std::chrono::seconds(3600));
  EXPECT_THAT(cookie, StartsWith("daftar-session-8481=dfs_secret; "));
  for (const char* part : {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=3600"}) {
    EXPECT_THAT(cookie, HasSubstr(part));
  }
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
  EXPECT_THAT(plain.SessionCookie(request, "", std::chrono::seconds(3600)), HasSubstr("Max-Age=0"));
  const BrowserGuard tls("127.0.0.1:8481", {}, true);
  const std::string secure = tls.DeviceCookie(request, "mark");
  EXPECT_THAT(secure, StartsWith("__Host-daftar-device-8481=mark; "));
  EXPECT_THAT(secure, HasSubstr("; Secure"));
  // Behind a proxy that ends TLS.
  const HttpRequest proxied =
      From({{"Host", "127.0.0.1:8481"}, {"Origin", "https://127.0.0.1:8481"}});
  EXPECT_THAT(plain.DeviceCookie(proxied, "mark"), HasSubstr("; Secure"));
}

}  // namespace
}  // namespace daftar::service
