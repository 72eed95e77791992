// gRPC credentials for partners: TLS with both certificates pinned, no CA, no host names.
#ifndef DAFTAR_NODE_SERVICE_TLS_H_
#define DAFTAR_NODE_SERVICE_TLS_H_

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_context.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/certificate.h"
#include "node/service/partner_handlers.h"
#include "storage/mutex.h"

namespace daftar::service {

// Whether a connection with this certificate may be made at all; asked once per handshake.
using AdmitCertificate = std::function<absl::Status(const crypto::CertificateInfo&)>;

// Must be called before the first use of gRPC: restricts it to TLS 1.3 (1.51 has no setting for it;
// an impossible TLS 1.2 suite is what remains of 1.2) and routes its log away from standard error.
void PrepareGrpcForTls();

// InvalidArgument when certificate and key do not belong together (gRPC would start and refuse
// everyone, or abort).
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> PartnerServerCredentials(
    const crypto::TlsIdentity& identity, AdmitCertificate admit);

// For calls to a node whose certificate must have `pin`.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> PartnerChannelCredentials(
    const crypto::TlsIdentity& identity, const crypto::SpkiPin& pin);

// Certificates of the connections that calls come on. Reading one costs as much as two evaluations,
// and a partner shows the same one with every call, so the last ones are kept. Any thread.
class PeerCertificates {
 public:
  // Unauthenticated when the connection has none, or one that cannot be read.
  absl::StatusOr<PeerCertificate> Of(const grpc::ServerContextBase& context);
  // The same for a certificate in PEM.
  absl::StatusOr<PeerCertificate> Read(std::string_view pem);

 private:
  // More than there can be partners; with strangers' (while an invite is open) it is emptied and
  // begun again.
  static constexpr size_t kMaxKept = 512;
  storage::Mutex mutex_;
  std::map<std::string, PeerCertificate, std::less<>> kept_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_TLS_H_
