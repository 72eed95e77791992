#include "node/service/console_http.h"

#include <algorithm>

namespace daftar::service {
namespace {

constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

bool TakesGzip(const HttpRequest& request) {
  return request.Header("accept-encoding").find("gzip") != std::string_view::npos;
}

}  // namespace

HttpHeaders ConsoleHeaders() {
  return {{"Content-Security-Policy", kPolicy},
          {"Referrer-Policy", "no-referrer"},
          {"X-Frame-Options", "DENY"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"}};
}

HttpResponse AnswerConsole(std::span<const ConsoleFile> files, const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response{405, kText, "only GET\n"};
    response.headers = {{"Allow", "GET, HEAD"}};
    return response;
  }
  const std::string path = request.path == "/" ? "/index.html" : request.path;
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const ConsoleFile& file) { return file.path == path; });
  if (found == files.end()) {
    if (files.empty() && request.path == "/") {
      return {404, kText, "this daftard was built without its console (DAFTAR_CONSOLE=ON)\n"};
    }
    return {404, kText, "there is no such page; the console is at /\n"};
  }
  HttpResponse response{200, std::string(found->content_type), {}};
  response.headers = ConsoleHeaders();
  response.cache_control = found->immutable ? "public, max-age=31536000, immutable" : "no-cache";
  const bool gzip = !found->gzip.empty() && TakesGzip(request);
  if (gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  if (!found->gzip.empty()) response.headers.emplace_back("Vary", "Accept-Encoding");
  response.body = gzip ? found->gzip : found->bytes;
  return response;
}

}  // namespace daftar::service
