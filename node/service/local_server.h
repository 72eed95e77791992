// The local API: gRPC on DIR/daftar.sock for the shop's own people and programs.
#ifndef DAFTAR_NODE_SERVICE_LOCAL_SERVER_H_
#define DAFTAR_NODE_SERVICE_LOCAL_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/service/local_services.h"

namespace daftar::service {

class LocalServer {
 public:
  // Serves on the socket at `path` until it is destroyed. A call's actor is the bearer token in its
  // `authorization` metadata, or else the uid of the process at the other end of the socket, as the
  // kernel tells it. The referenced objects outlive the server.
  static absl::StatusOr<std::unique_ptr<LocalServer>> Start(const std::string& path,
                                                            const Handlers& handlers,
                                                            const Credentials& credentials);
  ~LocalServer();

 private:
  struct Parts;
  explicit LocalServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_LOCAL_SERVER_H_
