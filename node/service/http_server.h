// The HTTP listener: /livez, /readyz and /metrics (and whatever handlers are put beside them).
#ifndef DAFTAR_NODE_SERVICE_HTTP_SERVER_H_
#define DAFTAR_NODE_SERVICE_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace daftar::service {

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // without the query
};
struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// Bounds of the listener.
inline constexpr size_t kMaxHttpHeaderBytes = 16 << 10;
inline constexpr size_t kMaxHttpBodyBytes = 64 << 10;
inline constexpr int kMaxHttpConnections = 256;
inline constexpr int kHttpIdleSeconds = 15;  // until a silent or half-sent request is dropped

class HttpServer {
 public:
  // Called on the listener's thread: must not block.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  // Serves on host:port until it is destroyed. InvalidArgument for an address that is no numeric
  // one, FailedPrecondition when it is in use.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::string& endpoint,
                                                           Handler handler);
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
