#include "crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "crypto/hash.h"

namespace daftar::crypto {
namespace {

constexpr int64_t kLastTime = 253402300799;  // 9999-12-31T23:59:59Z, the last that X.509 can write
constexpr size_t kSerialBytes = 16;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;

// OpenSSL keeps errors in a queue per thread, and what we leave there TLS on the same thread takes
// for its own failure. So whatever is added here goes again.
class ErrorQueueMark {
 public:
  ErrorQueueMark() { ERR_set_mark(); }
  ~ErrorQueueMark() { ERR_pop_to_mark(); }
  ErrorQueueMark(const ErrorQueueMark&) = delete;
  ErrorQueueMark& operator=(const ErrorQueueMark&) = delete;
};

absl::Status OpenSslFailed(const std::string& what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return absl::InternalError(
      what + " failed in OpenSSL: " + (reason != nullptr ? reason : "no reason given"));
}

// Declines when OpenSSL would ask a person at the terminal for a passphrase.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) { return -1; }

BioPtr ReadOnly(ByteView bytes) {
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// What was written into a memory BIO, which is wiped when freed.
std::string_view Written(const BioPtr& bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  if (size <= 0) return {};
  return {data, static_cast<size_t>(size)};
}

absl::Status CheckNameAndTimes(std::string_view dns_name, int64_t not_before, int64_t not_after) {
  const bool spelt = std::all_of(dns_name.begin(), dns_name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-';
  });
  if (dns_name.empty() || dns_name.size() > kMaxDnsNameBytes || !spelt) {
    return absl::InvalidArgumentError(
        "a certificate's name has 1 to 253 letters, digits, '.' and '-'");
  }
  if (not_before < 0 || not_after > kLastTime || not_before >= not_after) {
    return absl::InvalidArgumentError("a certificate cannot be valid from " +
                                      std::to_string(not_before) + " to " +
                                      std::to_string(not_after) + " (Unix seconds)");
  }
  return absl::OkStatus();
}

bool SetRandomSerial(X509* certificate) {
  std::array<uint8_t, kSerialBytes> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] = static_cast<uint8_t>((bytes[0] & 0x7f) | 0x40);  // positive, and never zero
  NumberPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetName(X509* certificate, std::string_view dns_name) {
  const std::string_view common_name = dns_name.substr(0, kMaxCommonNameBytes);
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
}

bool AddExtension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// An end-entity certificate: whoever pins it trusts this key and nothing that it might sign.
CertificatePtr MakeCertificate(EVP_PKEY* key, std::string_view dns_name, int64_t not_before,
                               int64_t not_after) {
  CertificatePtr certificate(X509_new());
  if (certificate == nullptr) return nullptr;
  X509* x = certificate.get();
  const bool made =
      X509_set_version(x, X509_VERSION_3) == 1 && SetRandomSerial(x) &&
      ASN1_TIME_set(X509_getm_notBefore(x), static_cast<time_t>(not_before)) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(x), static_cast<time_t>(not_after)) != nullptr &&
      SetName(x, dns_name) && X509_set_pubkey(x, key) == 1 &&
      AddExtension(x, NID_basic_constraints, "critical,CA:FALSE") &&
      AddExtension(x, NID_key_usage, "critical,digitalSignature") &&
      AddExtension(x, NID_ext_key_usage, "serverAuth,clientAuth") &&
      AddExtension(x, NID_subject_alt_name, "DNS:" + std::string(dns_name)) &&
      AddExtension(x, NID_subject_key_identifier, "hash") && X509_sign(x, key, EVP_sha256()) > 0;
  if (!made) return nullptr;
  return certificate;
}

absl::StatusOr<CertificatePtr> ParseCertificate(std::string_view pem) {
  if (pem.size() > kMaxCertificatePemBytes) {
    return absl::InvalidArgumentError("a certificate of " + std::to_string(pem.size()) +
                                      " bytes is larger than 64 KiB");
  }
  BioPtr bio = ReadOnly(AsBytes(pem));
  CertificatePtr certificate(
      bio == nullptr ? nullptr : PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
  if (certificate == nullptr) {
    return absl::InvalidArgumentError("no certificate in PEM form where one is needed");
  }
  return certificate;
}

absl::StatusOr<SpkiPin> PinOf(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return absl::InvalidArgumentError("a certificate holds no public key");
  const SpkiPin pin(Sha256(ByteView(der, static_cast<size_t>(size))).array());
  OPENSSL_free(der);
  return pin;
}

absl::StatusOr<int64_t> UnixTime(const ASN1_TIME* time) {
  struct tm fields = {};
  if (time == nullptr || ASN1_TIME_to_tm(time, &fields) != 1) {
    return absl::InvalidArgumentError("a certificate holds a date that cannot be read");
  }
  return static_cast<int64_t>(timegm(&fields));
}

}  // namespace

absl::StatusOr<TlsIdentity> GenerateTlsIdentity(std::string_view dns_name, int64_t not_before,
                                                int64_t not_after) {
  absl::Status checked = CheckNameAndTimes(dns_name, not_before, not_after);
  if (!checked.ok()) return checked;
  const ErrorQueueMark mark;
  KeyPtr key(EVP_EC_gen("P-256"));
  if (key == nullptr) return OpenSslFailed("making a P-256 key");
  CertificatePtr certificate = MakeCertificate(key.get(), dns_name, not_before, not_after);
  if (certificate == nullptr) return OpenSslFailed("making a certificate");
  auto pin = PinOf(certificate.get());
  if (!pin.ok()) return pin.status();

  BioPtr certificate_bio(BIO_new(BIO_s_mem()));
  BioPtr key_bio(BIO_new(BIO_s_mem()));
  if (certificate_bio == nullptr || key_bio == nullptr ||
      PEM_write_bio_X509(certificate_bio.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_bio.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return OpenSslFailed("writing a certificate");
  }
  TlsIdentity identity;
  identity.certificate_pem = std::string(Written(certificate_bio));
  identity.private_key_pem = SecretBytes(Written(key_bio));
  identity.pin = *pin;
  return identity;
}

absl::StatusOr<CertificateInfo> InspectCertificate(std::string_view pem) {
  const ErrorQueueMark mark;
  auto certificate = ParseCertificate(pem);
  if (!certificate.ok()) return certificate.status();
  auto pin = PinOf(certificate->get());
  if (!pin.ok()) return pin.status();
  auto not_before = UnixTime(X509_get0_notBefore(certificate->get()));
  if (!not_before.ok()) return not_before.status();
  auto not_after = UnixTime(X509_get0_notAfter(certificate->get()));
  if (!not_after.ok()) return not_after.status();
  return CertificateInfo{*pin, *not_before, *not_after};
}

absl::Status CheckTlsIdentity(const TlsIdentity& identity) {
  const ErrorQueueMark mark;
  auto certificate = ParseCertificate(identity.certificate_pem);
  if (!certificate.ok()) return certificate.status();
  auto pin = PinOf(certificate->get());
  if (!pin.ok()) return pin.status();
  if (*pin != identity.pin) {
    return absl::InvalidArgumentError("the TLS certificate is not the one its pin names");
  }
  const ByteView key_pem = identity.private_key_pem.Expose();
  if (key_pem.size() > kMaxPrivateKeyPemBytes) {
    return absl::InvalidArgumentError("the TLS private key is larger than 16 KiB");
  }
  BioPtr bio = ReadOnly(key_pem);
  KeyPtr key(bio == nullptr ? nullptr
                            : PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) {
    return absl::InvalidArgumentError("the TLS private key is not an unencrypted key in PEM form");
  }
  if (X509_check_private_key(certificate->get(), key.get()) != 1) {
    return absl::InvalidArgumentError("the TLS private key does not belong to the certificate");
  }
  return absl::OkStatus();
}

}  // namespace daftar::crypto
