// An HTTP listener: for /livez, /readyz and /metrics, and for the log as static tiles.
#ifndef DAFTAR_NODE_SERVICE_HTTP_SERVER_H_
#define DAFTAR_NODE_SERVICE_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace daftar::service {

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // without the query
  std::string body;    // at most kMaxHttpBodyBytes
};
struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;  // any bytes; a HEAD is answered without it
  std::string cache_control = "no-store";
  std::vector<std::pair<std::string, std::string>> headers = {};  // further ones
};

// Bounds of the listener.
inline constexpr size_t kMaxHttpHeaderBytes = 16 << 10;
inline constexpr size_t kMaxHttpBodyBytes = 64 << 10;
inline constexpr int kMaxHttpConnections = 256;
inline constexpr int kHttpIdleSeconds = 15;   // until a silent or half-sent request is dropped
inline constexpr int kHttpWriteSeconds = 60;  // until an answer that is not fetched is dropped
inline constexpr int kMaxSlowRequests = 32;   // under way or waiting; more are told to come again
inline constexpr int kHttpRetrySeconds = 1;   // after which they may

class HttpServer {
 public:
  // Called on the listener's thread, where it must not block; for a slow request on another.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;
  // Asked on the listener's thread: requests that write to the disk, which are answered one after
  // another on a thread of their own, so that all others go on meanwhile.
  using IsSlow = std::function<bool(const HttpRequest&)>;

  // Serves on host:port until it is destroyed. InvalidArgument for an address that is no numeric
  // one, FailedPrecondition when it is in use; `key` says where the operator has set it.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::string& endpoint,
                                                           Handler handler, IsSlow is_slow = {},
                                                           const std::string& key = "http.listen");
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  struct Parts;
  explicit HttpServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_HTTP_SERVER_H_
