// An HTTP/1.1 listener, plain or with TLS: for health and metrics, the log as static tiles, the
// JSON API and the console.
#ifndef DAFTAR_NODE_SERVICE_HTTP_SERVER_H_
#define DAFTAR_NODE_SERVICE_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/service/http_message.h"

namespace daftar::service {

// Bounds of the listener.
inline constexpr size_t kMaxHttpHeaderBytes = 16 << 10;
inline constexpr size_t kMaxHttpBodyBytes = 64 << 10;  // unless a service admits more
inline constexpr int kMaxHttpConnections = 256;
inline constexpr int kMaxHttpConnectionsOfOne = 64;  // of one stranger (StrangerOf)
inline constexpr int kHttpHandshakeSeconds = 10;     // until TLS is up
inline constexpr int kHttpIdleSeconds = 15;        // until a silent or half-sent request is dropped
inline constexpr int kHttpLargeBodySeconds = 120;  // the same of one that may be larger than that
inline constexpr int kHttpLingerSeconds = 5;       // for whoever still sends what was refused
inline constexpr size_t kMaxHttpThrownAway = 8 << 20;  // of it
inline constexpr int kHttpWriteSeconds = 60;  // until an answer that is not fetched is dropped
inline constexpr int kMaxSlowRequests = 32;   // under way or waiting; more are told to come again
inline constexpr int kHttpRetrySeconds = 1;   // after which they may

// PEM; the certificate with its chain.
struct HttpTls {
  std::string certificate;
  std::string key;
};

struct HttpServerOptions {
  // Called on the listener's thread, where it must not block; for a slow request on another.
  std::function<HttpResponse(const HttpRequest&)> handler;
  // Asked on the listener's thread: requests that write to the disk, which are answered one after
  // another on a thread of their own, so that all others go on meanwhile. May be empty.
  std::function<bool(const HttpRequest&)> is_slow = {};
  // Answers the requests that it knows in the handler's place; outlives the server, and has
  // answered or dropped all of them before the server ends. May be null.
  HttpService* service = nullptr;
  std::optional<HttpTls> tls = {};
  // Addresses of reverse proxies, whose word for whom they ask is taken (client_address.h).
  std::vector<std::string> proxies = {};
  std::string key = "http.listen";  // where the operator has set the address
};

class HttpServer {
 public:
  // Serves on host:port until it is destroyed. InvalidArgument for an address that is no numeric
  // one, or a certificate and key that cannot be used; FailedPrecondition when the address is in
  // use.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::string& endpoint,
                                                           HttpServerOptions options);
  ~HttpServer();
  // Closes every connection, so that no answer waits any longer to be fetched. What a service still
  // answers is dropped. Any thread; returns at once.
  void BreakOff();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  struct Parts;
  explicit HttpServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_HTTP_SERVER_H_
