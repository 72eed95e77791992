#include "node/service/browser_guard.h"

#include <algorithm>

namespace daftar::service {
namespace {

constexpr std::string_view kSession = "session";
constexpr std::string_view kDevice = "device";
constexpr size_t kMaxCookieValue = 256;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool HasPort(std::string_view host) {
  const size_t colon = host.rfind(':');
  return colon != std::string_view::npos && host.back() != ']';
}

std::string_view WithoutPort(std::string_view host) {
  return HasPort(host) ? host.substr(0, host.rfind(':')) : host;
}

// Browsers leave a scheme's own port out.
std::string WithPort(std::string host, bool secure) {
  return HasPort(host) ? host : host + (secure ? ":443" : ":80");
}

bool Contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// The value of the cookie of that name in a Cookie header; the first of several.
std::string CookieValue(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const size_t end = header.find(';');
    std::string_view pair = header.substr(0, end);
    header = end == std::string_view::npos ? std::string_view() : header.substr(end + 1);
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    if (pair.size() > name.size() && pair.substr(0, name.size()) == name &&
        pair[name.size()] == '=' && pair.size() - name.size() - 1 <= kMaxCookieValue) {
      return std::string(pair.substr(name.size() + 1));
    }
  }
  return {};
}

}  // namespace

BrowserGuard::BrowserGuard(const std::string& listen, std::vector<std::string> names, bool tls)
    : port_(listen.substr(listen.rfind(':') + 1)), tls_(tls) {
  const std::string host = Lower(WithoutPort(listen));
  hosts_.push_back(host + ":" + port_);
  if (host == "127.0.0.1" || host == "[::1]" || host == "localhost") {
    for (const char* loopback : {"localhost", "127.0.0.1", "[::1]"}) {
      hosts_.push_back(loopback + (":" + port_));
    }
  }
  for (const std::string& name : names) {
    (HasPort(name) ? hosts_ : names_).push_back(Lower(name));
  }
}

bool BrowserGuard::KnowsHost(const HttpRequest& request) const {
  const std::string host = Lower(request.Header("host"));
  return Contains(hosts_, WithPort(host, IsSecure(request))) || Contains(names_, WithoutPort(host));
}

bool BrowserGuard::IsSameOrigin(const HttpRequest& request) const {
  const std::string_view site = request.Header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  const std::string origin = Lower(request.Header("origin"));
  if (origin.empty()) return true;
  const std::string host = Lower(request.Header("host"));
  return origin == "https://" + host || (!tls_ && origin == "http://" + host);
}

bool BrowserGuard::MayUseCookie(const HttpRequest& request) const {
  return KnowsHost(request) && IsSameOrigin(request) && !request.Header("origin").empty() &&
         !request.Header("connect-protocol-version").empty();
}

bool BrowserGuard::IsSecure(const HttpRequest& request) const {
  return tls_ || Lower(request.Header("origin")).starts_with("https://");
}

std::string BrowserGuard::Name(const HttpRequest& request, std::string_view what) const {
  // The prefix makes browsers refuse it from anywhere but this host over TLS (RFC 6265bis, 4.1.3).
  return (IsSecure(request) ? "__Host-daftar-" : "daftar-") + std::string(what) + "-" + port_;
}

std::string BrowserGuard::SessionOf(const HttpRequest& request) const {
  return CookieValue(request.Header("cookie"), Name(request, kSession));
}

std::string BrowserGuard::DeviceOf(const HttpRequest& request) const {
  return CookieValue(request.Header("cookie"), Name(request, kDevice));
}

std::string BrowserGuard::Cookie(const HttpRequest& request, std::string_view what,
                                 std::string_view value, std::chrono::seconds life) const {
  return Name(request, what) + "=" + std::string(value) +
         "; Path=/; Max-Age=" + std::to_string(value.empty() ? 0 : life.count()) +
         "; HttpOnly; SameSite=Strict" + (IsSecure(request) ? "; Secure" : "");
}

std::string BrowserGuard::SessionCookie(const HttpRequest& request, std::string_view secret,
                                        std::chrono::seconds life) const {
  return Cookie(request, kSession, secret, life);
}

std::string BrowserGuard::DeviceCookie(const HttpRequest& request, std::string_view mark) const {
  return Cookie(request, kDevice, mark, kDeviceCookieLife);
}

}  // namespace daftar::service
