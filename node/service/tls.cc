#include "node/service/tls.h"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <chrono>
#include <cstdlib>
#include <vector>

namespace daftar::service {
namespace {

namespace ge = grpc::experimental;

class PinVerifier final : public ge::ExternalCertificateVerifier {
 public:
  explicit PinVerifier(AdmitCertificate admit) : admit_(std::move(admit)) {}

  bool Verify(ge::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/, grpc::Status* sync_status) override {
    const grpc::string_ref pem = request->peer_cert();
    auto certificate = crypto::InspectCertificate(std::string_view(pem.data(), pem.size()));
    const absl::Status admitted = certificate.ok() ? admit_(*certificate) : certificate.status();
    *sync_status = admitted.ok() ? grpc::Status::OK
                                 : grpc::Status(grpc::StatusCode::UNAUTHENTICATED,
                                                std::string(admitted.message()));
    return true;  // decided synchronously
  }
  void Cancel(ge::TlsCustomVerificationCheckRequest*) override {}

 private:
  const AdmitCertificate admit_;
};

// gRPC copies the key into its own memory; it wipes nothing, which is said in the threat model.
std::shared_ptr<ge::StaticDataCertificateProvider> ProviderFor(
    const crypto::TlsIdentity& identity) {
  std::vector<ge::IdentityKeyCertPair> pairs{
      {std::string(identity.private_key_pem.ExposeText()), identity.certificate_pem}};
  // The own certificate as root: no chain is verified (the pin decides), and without any root gRPC
  // would load the system's.
  return std::make_shared<ge::StaticDataCertificateProvider>(identity.certificate_pem, pairs);
}

}  // namespace

void PrepareGrpcForTls() {
  setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", 1);
  // gRPC prints addresses and certificates' names; the daemon says in its own words what matters.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  // Nor does protobuf print a line for every text of a stranger's that is not UTF-8.
  google::protobuf::SetLogHandler(nullptr);
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> PartnerServerCredentials(
    const crypto::TlsIdentity& identity, AdmitCertificate admit) {
  if (absl::Status status = crypto::CheckTlsIdentity(identity); !status.ok()) return status;
  ge::TlsServerCredentialsOptions options(ProviderFor(identity));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  options.set_certificate_verifier(
      ge::ExternalCertificateVerifier::Create<PinVerifier>(std::move(admit)));
  return ge::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> PartnerChannelCredentials(
    const crypto::TlsIdentity& identity, const crypto::SpkiPin& pin) {
  if (absl::Status status = crypto::CheckTlsIdentity(identity); !status.ok()) return status;
  const auto admit = [pin](const crypto::CertificateInfo& certificate) -> absl::Status {
    if (certificate.pin != pin) {
      return absl::UnauthenticatedError("the node shows another certificate than the pinned one");
    }
    const int64_t now = std::chrono::duration_cast<std::chrono::seconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
    if (certificate.not_after < now) {
      return absl::UnauthenticatedError("the node's certificate has expired");
    }
    return absl::OkStatus();
  };
  ge::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(ProviderFor(identity));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(ge::ExternalCertificateVerifier::Create<PinVerifier>(admit));
  return ge::TlsCredentials(options);
}

absl::StatusOr<PeerCertificate> PeerCertificates::Of(const grpc::ServerContextBase& context) {
  const auto auth = context.auth_context();
  const std::vector<grpc::string_ref> pems =
      auth == nullptr ? std::vector<grpc::string_ref>() : auth->FindPropertyValues("x509_pem_cert");
  if (pems.size() != 1) return absl::UnauthenticatedError("the connection has no certificate");
  return Read(std::string_view(pems.front().data(), pems.front().size()));
}

absl::StatusOr<PeerCertificate> PeerCertificates::Read(std::string_view pem) {
  {
    storage::MutexLock lock(mutex_);
    const auto kept = kept_.find(pem);
    if (kept != kept_.end()) return kept->second;
  }
  auto certificate = crypto::InspectCertificate(pem);
  if (!certificate.ok()) return absl::UnauthenticatedError("the certificate is malformed");
  PeerCertificate peer{certificate->pin, std::string(pem), certificate->not_after};
  if (pem.size() > partners::kMaxCertificateBytes) return peer;  // no partner's: not kept
  storage::MutexLock lock(mutex_);
  if (kept_.size() >= kMaxKept) kept_.clear();
  kept_.emplace(peer.pem, peer);
  return peer;
}

}  // namespace daftar::service
