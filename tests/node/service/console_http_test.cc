#include "node/service/console_http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace daftar::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr ConsoleFile kFiles[] = {
    {"/assets/app-1a2b.js", "text/javascript; charset=utf-8", "script", "packed", true},
    {"/index.html", "text/html; charset=utf-8", "<!doctype html>", "", false},
};

std::string Header(const HttpResponse& response, std::string_view name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == response.headers.end() ? "" : found->second;
}

HttpResponse Get(std::string path, HttpHeaders headers = {}) {
  HttpRequest request{"GET", std::move(path), ""};
  request.headers = std::move(headers);
  return AnswerConsole(kFiles, request);
}

TEST(ConsoleHttp, ServesItsFilesAndNothingElse) {
  EXPECT_EQ(Get("/").body, "<!doctype html>");
  EXPECT_EQ(Get("/index.html").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(Get("/assets/app-1a2b.js").body, "script");
  for (const char* path : {"/nothing", "/assets/", "/assets/../index.html", "//", "/index.html/"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
  EXPECT_EQ(AnswerConsole(kFiles, {"POST", "/", ""}).status, 405);
}

TEST(ConsoleHttp, KeepsForLongOnlyWhatNeverChanges) {
  EXPECT_THAT(Get("/assets/app-1a2b.js").cache_control, HasSubstr("immutable"));
  EXPECT_EQ(Get("/").cache_control, "no-cache");
}

TEST(ConsoleHttp, CompressesWhereTheBrowserTakesIt) {
  const HttpResponse packed = Get("/assets/app-1a2b.js", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(packed.body, "packed");
  EXPECT_EQ(Header(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(Header(Get("/assets/app-1a2b.js"), "Content-Encoding"), "");
  EXPECT_EQ(Header(Get("/assets/app-1a2b.js"), "Vary"), "Accept-Encoding");
  EXPECT_EQ(Header(Get("/", {{"Accept-Encoding", "gzip"}}), "Content-Encoding"), "");
}

TEST(ConsoleHttp, LetsNoPageTakeAnythingFromElsewhereOrRunWhatIsInline) {
  const std::string policy = Header(Get("/"), "Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("script-src 'self'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, Not(HasSubstr("http")));
  EXPECT_EQ(Header(Get("/"), "Referrer-Policy"), "no-referrer");
}

TEST(ConsoleHttp, SaysWhenItWasNotBuilt) {
  const HttpResponse response = AnswerConsole({}, {"GET", "/", ""});
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("without its console"));
}

}  // namespace
}  // namespace daftar::service
