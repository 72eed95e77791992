// What keeps other sites from using a browser that is signed in at this node: names under which it
// may be asked for, where a page may call from, and the cookies.
#ifndef DAFTAR_NODE_SERVICE_BROWSER_GUARD_H_
#define DAFTAR_NODE_SERVICE_BROWSER_GUARD_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/service/http_message.h"

namespace daftar::service {

inline constexpr std::chrono::hours kDeviceCookieLife{24 * 365};

// Any thread may call.
class BrowserGuard {
 public:
  // `listen` is the listener's address, `names` those that an operator has added (http.names), as
  // host or host:port. On loopback, and only there, localhost counts too.
  BrowserGuard(const std::string& listen, std::vector<std::string> names, bool tls);

  // Whether the Host header names this node: otherwise a page of another site has made its own name
  // point here (DNS rebinding).
  bool KnowsHost(const HttpRequest& request) const;
  // Whether the Origin header, where there is one, is the site that the Host header names, and the
  // browser does not say otherwise (Sec-Fetch-Site).
  bool IsSameOrigin(const HttpRequest& request) const;
  // The same, and the request carries what a form or an image of another site cannot send: an
  // Origin and Connect-Protocol-Version. Only then is the session's cookie looked at.
  bool MayUseCookie(const HttpRequest& request) const;

  std::string SessionOf(const HttpRequest& request) const;  // empty: none
  std::string DeviceOf(const HttpRequest& request) const;
  // Values of Set-Cookie. An empty secret takes the cookie away.
  std::string SessionCookie(const HttpRequest& request, std::string_view secret,
                            std::chrono::seconds life) const;
  std::string DeviceCookie(const HttpRequest& request, std::string_view mark) const;

 private:
  // Over TLS, here or at the proxy in front: the cookie goes nowhere else.
  bool IsSecure(const HttpRequest& request) const;
  std::string Name(const HttpRequest& request, std::string_view what) const;
  std::string Cookie(const HttpRequest& request, std::string_view what, std::string_view value,
                     std::chrono::seconds life) const;

  std::vector<std::string> hosts_;  // lower case, as host:port
  std::vector<std::string> names_;  // lower case, any port
  // Cookies do not know ports: two nodes on one machine must not take each other's.
  std::string port_;
  const bool tls_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_BROWSER_GUARD_H_
