// The listener of http.listen: health and metrics, the log, the JSON API and the console.
#ifndef DAFTAR_NODE_SERVICE_WEB_FRONT_H_
#define DAFTAR_NODE_SERVICE_WEB_FRONT_H_

#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "node/node.h"
#include "node/service/console_http.h"
#include "node/service/http_server.h"
#include "node/service/local_services.h"
#include "node/service/log_http.h"
#include "node/service/partner_server.h"

namespace daftar::service {

class WebFront {
 public:
  // Serves until it is destroyed. What is referred to outlives it. Errors of HttpServer::Start, and
  // InvalidArgument where the operator's certificate or key cannot be read.
  static absl::StatusOr<std::unique_ptr<WebFront>> Start(Node& node,
                                                         const PartnerServer& partner_server,
                                                         LogHttp& log, const Handlers& handlers,
                                                         const Credentials& credentials,
                                                         std::span<const ConsoleFile> console);
  ~WebFront();

 private:
  struct Parts;
  explicit WebFront(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// The listener of log.listen, where there is the log and nothing else; null without an address.
absl::StatusOr<std::unique_ptr<HttpServer>> StartLogFront(const Config& config, LogHttp& log);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_WEB_FRONT_H_
