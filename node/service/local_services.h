// The local API's services as one kind of caller sees them, ready for a gRPC server. What they are
// made of (adapters.h) is costly to compile, and stands behind this.
#ifndef DAFTAR_NODE_SERVICE_LOCAL_SERVICES_H_
#define DAFTAR_NODE_SERVICE_LOCAL_SERVICES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "node/service/credentials.h"

namespace grpc {
class ServerBuilder;
}  // namespace grpc

namespace daftar::service {

class BookHandlers;
class DisclosureHandlers;
class IncidentHandlers;
class NodeHandlers;
class PolicyHandlers;
class SessionHandlers;
class ShopHandlers;
class SubjectHandlers;

// What the local API serves; all outlive the server.
struct Handlers {
  ShopHandlers& shop;
  IncidentHandlers& incident;
  SubjectHandlers& subject;
  BookHandlers& book;
  PolicyHandlers& policy;
  NodeHandlers& node;
  DisclosureHandlers& disclosure;
  SessionHandlers& session;
};

inline constexpr std::string_view kBearer = "Bearer ";
// How the HTTP listener tells its own server where a call came from. No other server reads them.
inline constexpr char kAddressMetadata[] = "daftar-address";
inline constexpr char kDeviceMetadata[] = "daftar-device";

class LocalServices {
 public:
  // `uid`: of the local socket's peer; none for the server behind the HTTP listener. What is
  // referred to outlives it.
  LocalServices(const Handlers& handlers, const Credentials& credentials,
                std::optional<uint32_t> uid);
  ~LocalServices();
  // Outlives the server that is built.
  void AddTo(grpc::ServerBuilder& builder);
  // Whether it is one of them: "daftar.v1.ShopService".
  static bool Has(std::string_view full_name);

 private:
  struct Parts;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_LOCAL_SERVICES_H_
