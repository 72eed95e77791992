// The node's TLS identity: a P-256 key with a self-signed certificate, and the pin by which the
// other side knows it. OpenSSL is seen only in the .cc. The functions may be called from any
// thread.
#ifndef DAFTAR_CRYPTO_CERTIFICATE_H_
#define DAFTAR_CRYPTO_CERTIFICATE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace daftar::crypto {

// SHA-256 over the certificate's SubjectPublicKeyInfo in DER.
using SpkiPin = FixedBytes<struct SpkiPinTag, 32>;

struct TlsIdentity {
  std::string certificate_pem;
  SecretBytes private_key_pem;
  SpkiPin pin;
};

inline constexpr size_t kMaxCertificatePemBytes = 64 << 10;
inline constexpr size_t kMaxPrivateKeyPemBytes = 16 << 10;
inline constexpr size_t kMaxDnsNameBytes = 253;
// X.509 allows no longer common name (RFC 5280, ub-common-name).
inline constexpr size_t kMaxCommonNameBytes = 64;

// A fresh P-256 key with a self-signed certificate whose common name and SAN are `dns_name`
// (origin with '/' as '.', say; of a longer one the common name holds the first 64 bytes), valid
// from `not_before` to `not_after` (Unix seconds, years 1970 to 9999). It serves as server and as
// client certificate, and is its own trust anchor for a peer that pins it, but can sign no other.
// InvalidArgument for a name that is not 1 to kMaxDnsNameBytes of letters, digits, '.' and '-', and
// for times out of order or range.
absl::StatusOr<TlsIdentity> GenerateTlsIdentity(std::string_view dns_name, int64_t not_before,
                                                int64_t not_after);

struct CertificateInfo {
  SpkiPin pin;
  int64_t not_before;  // Unix seconds
  int64_t not_after;
};
// Of the first certificate in `pem`, which may come from a peer. InvalidArgument when it is larger
// than kMaxCertificatePemBytes, holds no certificate, or one whose dates cannot be read.
absl::StatusOr<CertificateInfo> InspectCertificate(std::string_view pem);

// Ok when the key belongs to the certificate and the pin is the certificate's; InvalidArgument
// otherwise. gRPC starts with a mismatched pair and refuses
// everyone, and aborts on an empty key, so this is asked first.
absl::Status CheckTlsIdentity(const TlsIdentity& identity);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_CERTIFICATE_H_
