// gRPC credentials for partners: TLS with both certificates pinned, no CA, no host names.
#ifndef DAFTAR_NODE_SERVICE_TLS_H_
#define DAFTAR_NODE_SERVICE_TLS_H_

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_context.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/certificate.h"
#include "node/service/partner_handlers.h"

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

// The certificate of the connection that a call came on. Unauthenticated when there is none.
absl::StatusOr<PeerCertificate> CertificateOf(const grpc::ServerContextBase& context);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_TLS_H_
