// The public port: PairingService and PartnerService over mutual TLS.
#ifndef DAFTAR_NODE_SERVICE_PARTNER_SERVER_H_
#define DAFTAR_NODE_SERVICE_PARTNER_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/node.h"

namespace daftar::service {

class PartnerServer {
 public:
  // Listens on the configured address and serves until it is destroyed. `node` outlives it.
  static absl::StatusOr<std::unique_ptr<PartnerServer>> Start(Node& node);
  ~PartnerServer();

  struct Counters {
    uint64_t accepted = 0;
    uint64_t refused_for_descriptors = 0;
    uint64_t refused_certificates = 0;
  };
  Counters counters() const;

 private:
  struct Parts;
  explicit PartnerServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_PARTNER_SERVER_H_
