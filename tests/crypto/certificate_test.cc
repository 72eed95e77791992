#include "crypto/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/ui.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>

#include "crypto/hash.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr int64_t kStart = 1700000000;
constexpr int64_t kEnd = kStart + 10 * 365 * 86400LL;
constexpr int64_t kDuring = kStart + 86400;
constexpr char kName[] = "toko-a.test.daftar";

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Deleter<SSL_free>>;

BIO* BioOf(std::string_view text) {
  return BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
}

CertificatePtr Parse(std::string_view pem) {
  BIO* bio = BioOf(pem);
  CertificatePtr certificate(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
  BIO_free(bio);
  return certificate;
}

KeyPtr ParseKey(const SecretBytes& pem) {
  BIO* bio = BioOf(pem.ExposeText());
  KeyPtr key(PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr));
  BIO_free(bio);
  return key;
}

// Verifies `subject` with `anchor` as the only trusted certificate, as a TLS peer does.
int VerifyAgainst(const std::string& anchor, const std::string& subject, int purpose,
                  int64_t when) {
  StorePtr store(X509_STORE_new());
  CertificatePtr trusted = Parse(anchor);
  CertificatePtr checked = Parse(subject);
  X509_STORE_add_cert(store.get(), trusted.get());
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store.get(), checked.get(), nullptr);
  X509_STORE_CTX_set_purpose(context, purpose);
  X509_STORE_CTX_set_time(context, 0, static_cast<time_t>(when));
  X509_verify_cert(context);
  const int error = X509_STORE_CTX_get_error(context);
  X509_STORE_CTX_free(context);
  return error;
}

TlsIdentity MakeIdentity(const std::string& name = kName) {
  auto identity = GenerateTlsIdentity(name, kStart, kEnd);
  EXPECT_THAT(identity, IsOk());
  return *std::move(identity);
}

TEST(TlsIdentityTest, FreshIdentityIsConsistent) {
  const TlsIdentity identity = MakeIdentity();
  EXPECT_THAT(CheckTlsIdentity(identity), IsOk());
  EXPECT_THAT(identity.certificate_pem, StartsWith("-----BEGIN CERTIFICATE-----\n"));
  EXPECT_THAT(std::string(identity.private_key_pem.ExposeText()),
              StartsWith("-----BEGIN PRIVATE KEY-----\n"));
}

TEST(TlsIdentityTest, InspectionGivesPinAndDates) {
  const TlsIdentity identity = MakeIdentity();
  auto info = InspectCertificate(identity.certificate_pem);
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->pin, identity.pin);
  EXPECT_EQ(info->not_before, kStart);
  EXPECT_EQ(info->not_after, kEnd);
}

TEST(TlsIdentityTest, DatesOnBothSidesOf2050AreKept) {
  for (const int64_t end : {int64_t{2524607999}, int64_t{2524608000}, int64_t{253402300799}}) {
    auto identity = GenerateTlsIdentity(kName, 0, end);
    ASSERT_THAT(identity, IsOk());
    auto info = InspectCertificate(identity->certificate_pem);
    ASSERT_THAT(info, IsOk());
    EXPECT_EQ(info->not_before, 0);
    EXPECT_EQ(info->not_after, end);
  }
}

TEST(TlsIdentityTest, DatesDoNotDependOnTheTimeZone) {
  const char* before = std::getenv("TZ");
  const std::string zone = before != nullptr ? before : "";
  setenv("TZ", "WIB-7", 1);
  tzset();
  auto info = InspectCertificate(MakeIdentity().certificate_pem);
  before != nullptr ? setenv("TZ", zone.c_str(), 1) : unsetenv("TZ");
  tzset();
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->not_before, kStart);
}

TEST(TlsIdentityTest, PinIsTheHashOfThePublicKeyInDer) {
  const TlsIdentity identity = MakeIdentity();
  KeyPtr key = ParseKey(identity.private_key_pem);
  ASSERT_NE(key, nullptr);
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  ASSERT_EQ(size, 91);  // a P-256 key in SubjectPublicKeyInfo form
  EXPECT_EQ(Sha256(ByteView(der, static_cast<size_t>(size))).hex(), identity.pin.hex());
  OPENSSL_free(der);
}

TEST(TlsIdentityTest, CertificateSaysWhatItIsFor) {
  const TlsIdentity identity = MakeIdentity();
  CertificatePtr certificate = Parse(identity.certificate_pem);
  ASSERT_NE(certificate, nullptr);
  EXPECT_EQ(X509_get_version(certificate.get()), X509_VERSION_3);
  EXPECT_EQ(X509_get_key_usage(certificate.get()), static_cast<uint32_t>(KU_DIGITAL_SIGNATURE));
  EXPECT_EQ(X509_get_extended_key_usage(certificate.get()),
            static_cast<uint32_t>(XKU_SSL_SERVER | XKU_SSL_CLIENT));
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
  EXPECT_EQ(X509_get_extension_flags(certificate.get()) & EXFLAG_CA, 0U);
  EXPECT_NE(X509_get_extension_flags(certificate.get()) & EXFLAG_BCONS, 0U);
  EXPECT_EQ(
      X509_check_host(certificate.get(), kName, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr),
      1);
  EXPECT_EQ(X509_check_host(certificate.get(), "toko-b.test.daftar", 0, 0, nullptr), 0);
  char common_name[100] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, common_name,
                            sizeof(common_name));
  EXPECT_STREQ(common_name, kName);
}

TEST(TlsIdentityTest, TwoIdentitiesShareNeitherKeyNorSerial) {
  const TlsIdentity a = MakeIdentity();
  const TlsIdentity b = MakeIdentity();
  EXPECT_NE(a.pin, b.pin);
  CertificatePtr first = Parse(a.certificate_pem);
  CertificatePtr second = Parse(b.certificate_pem);
  EXPECT_NE(
      ASN1_INTEGER_cmp(X509_get0_serialNumber(first.get()), X509_get0_serialNumber(second.get())),
      0);
  BIGNUM* serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(first.get()), nullptr);
  EXPECT_FALSE(BN_is_negative(serial));
  EXPECT_GT(BN_num_bits(serial), 120);
  EXPECT_LE(BN_num_bytes(serial), 20);  // RFC 5280 section 4.1.2.2
  BN_free(serial);
}

TEST(TlsIdentityTest, CertificateIsItsOwnTrustAnchorWhileValid) {
  const std::string pem = MakeIdentity().certificate_pem;
  for (const int purpose : {X509_PURPOSE_SSL_SERVER, X509_PURPOSE_SSL_CLIENT}) {
    EXPECT_EQ(VerifyAgainst(pem, pem, purpose, kDuring), X509_V_OK);
    EXPECT_EQ(VerifyAgainst(pem, pem, purpose, kStart - 1), X509_V_ERR_CERT_NOT_YET_VALID);
    EXPECT_EQ(VerifyAgainst(pem, pem, purpose, kEnd + 1), X509_V_ERR_CERT_HAS_EXPIRED);
  }
}

TEST(TlsIdentityTest, CertificateOfTheSameNameIsNotTrusted) {
  const std::string pinned = MakeIdentity().certificate_pem;
  const std::string other = MakeIdentity().certificate_pem;
  EXPECT_NE(VerifyAgainst(pinned, other, X509_PURPOSE_SSL_SERVER, kDuring), X509_V_OK);
}

// A pinned partner must not be able to vouch for a third one.
TEST(TlsIdentityTest, CertificateSignedByAPinnedOneIsNotTrusted) {
  const TlsIdentity pinned = MakeIdentity();
  CertificatePtr issuer = Parse(pinned.certificate_pem);
  KeyPtr issuer_key = ParseKey(pinned.private_key_pem);
  CertificatePtr child = Parse(MakeIdentity("mallory.test").certificate_pem);
  X509_set_issuer_name(child.get(), X509_get_subject_name(issuer.get()));
  ASSERT_GT(X509_sign(child.get(), issuer_key.get(), EVP_sha256()), 0);
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, child.get());
  char* data = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(bio, &data));
  const std::string pem(data, size);
  BIO_free(bio);
  EXPECT_NE(VerifyAgainst(pinned.certificate_pem, pem, X509_PURPOSE_SSL_SERVER, kDuring),
            X509_V_OK);
}

// One side of a TLS 1.3 connection that trusts `peer` and nothing else.
ContextPtr TlsSide(const SSL_METHOD* method, const TlsIdentity& own, const TlsIdentity& peer) {
  ContextPtr context(SSL_CTX_new(method));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_use_certificate(context.get(), Parse(own.certificate_pem).get());
  SSL_CTX_use_PrivateKey(context.get(), ParseKey(own.private_key_pem).get());
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), Parse(peer.certificate_pem).get());
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context.get()), static_cast<time_t>(kDuring));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return context;
}

// True when both sides finish the handshake, each having verified the other.
bool Handshake(const ContextPtr& server_context, const ContextPtr& client_context) {
  SslPtr server(SSL_new(server_context.get()));
  SslPtr client(SSL_new(client_context.get()));
  BIO* server_end = nullptr;
  BIO* client_end = nullptr;
  BIO_new_bio_pair(&server_end, 0, &client_end, 0);
  SSL_set_bio(server.get(), server_end, server_end);
  SSL_set_bio(client.get(), client_end, client_end);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  SSL_set1_host(client.get(), kName);
  constexpr int kRounds = 20;  // far more flights than a handshake has
  bool done = false;
  for (int i = 0; i < kRounds && !done; ++i) {
    const int client_result = SSL_do_handshake(client.get());
    const int server_result = SSL_do_handshake(server.get());
    done = client_result == 1 && server_result == 1;
  }
  ERR_clear_error();
  return done && SSL_version(client.get()) == TLS1_3_VERSION;
}

TEST(TlsIdentityTest, TwoPinnedIdentitiesCompleteAMutualHandshake) {
  const TlsIdentity a = MakeIdentity();
  const TlsIdentity b = MakeIdentity("toko-b.test");
  EXPECT_TRUE(Handshake(TlsSide(TLS_server_method(), a, b), TlsSide(TLS_client_method(), b, a)));
}

TEST(TlsIdentityTest, HandshakeFailsWhenEitherSideExpectsAnother) {
  const TlsIdentity a = MakeIdentity();
  const TlsIdentity b = MakeIdentity("toko-b.test");
  const TlsIdentity c = MakeIdentity();
  EXPECT_FALSE(Handshake(TlsSide(TLS_server_method(), a, b), TlsSide(TLS_client_method(), b, c)));
  EXPECT_FALSE(Handshake(TlsSide(TLS_server_method(), a, c), TlsSide(TLS_client_method(), b, a)));
}

TEST(TlsIdentityTest, LongNameIsCutInTheCommonNameOnly) {
  std::string name =
      std::string(60, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".example";
  auto identity = GenerateTlsIdentity(name, kStart, kEnd);
  ASSERT_THAT(identity, IsOk());
  CertificatePtr certificate = Parse(identity->certificate_pem);
  EXPECT_EQ(X509_check_host(certificate.get(), name.c_str(), 0, 0, nullptr), 1);
  EXPECT_EQ(VerifyAgainst(identity->certificate_pem, identity->certificate_pem,
                          X509_PURPOSE_SSL_SERVER, kDuring),
            X509_V_OK);
}

TEST(TlsIdentityTest, NameThatCouldSaySomethingElseIsRefused) {
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a.test,DNS:b.test"), std::string("a/b"),
        std::string("a\0.test", 7), std::string("a\n"), std::string("*.test"),
        std::string("t\xc3\xb6ko.test"), std::string(kMaxDnsNameBytes + 1, 'a')}) {
    EXPECT_THAT(GenerateTlsIdentity(name, kStart, kEnd), StatusIs(kInvalid)) << name;
  }
  EXPECT_THAT(GenerateTlsIdentity(std::string(kMaxDnsNameBytes, 'a'), kStart, kEnd), IsOk());
}

TEST(TlsIdentityTest, TimesOutOfOrderOrRangeAreRefused) {
  EXPECT_THAT(GenerateTlsIdentity(kName, kStart, kStart), StatusIs(kInvalid));
  EXPECT_THAT(GenerateTlsIdentity(kName, kEnd, kStart), StatusIs(kInvalid));
  EXPECT_THAT(GenerateTlsIdentity(kName, -1, kEnd), StatusIs(kInvalid));
  EXPECT_THAT(GenerateTlsIdentity(kName, kStart, 253402300800), StatusIs(kInvalid));
  EXPECT_THAT(GenerateTlsIdentity(kName, kStart, INT64_MAX), StatusIs(kInvalid));
}

TEST(InspectCertificateTest, TextWithoutACertificateIsRefused) {
  const TlsIdentity identity = MakeIdentity();
  const std::string& pem = identity.certificate_pem;
  for (const std::string& text :
       {std::string(), std::string("garbage"), std::string(100, '\0'), pem.substr(0, 100),
        pem.substr(0, pem.size() - 30), pem.substr(40),
        std::string(identity.private_key_pem.ExposeText()),
        std::string("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")}) {
    EXPECT_THAT(InspectCertificate(text), StatusIs(kInvalid)) << text;
  }
}

TEST(InspectCertificateTest, TextOver64KibibytesIsRefusedAndUpToItRead) {
  const std::string pem = MakeIdentity().certificate_pem;
  const std::string padded = pem + std::string(kMaxCertificatePemBytes - pem.size(), '\n');
  EXPECT_THAT(InspectCertificate(padded), IsOk());
  EXPECT_THAT(InspectCertificate(padded + "\n"), StatusIs(kInvalid, HasSubstr("64 KiB")));
}

TEST(InspectCertificateTest, FirstOfSeveralIsRead) {
  const TlsIdentity a = MakeIdentity();
  const TlsIdentity b = MakeIdentity();
  auto info = InspectCertificate("some words\n" + a.certificate_pem + b.certificate_pem);
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->pin, a.pin);
}

// Notices when OpenSSL turns to a person for a passphrase, which would hang a daemon on its
// terminal.
class PassphraseTest : public ::testing::Test {
 protected:
  PassphraseTest() : method_(UI_create_method("test")) {
    asked = false;
    UI_method_set_opener(method_, &Ask);
    UI_set_default_method(method_);
  }
  ~PassphraseTest() override {
    UI_set_default_method(UI_OpenSSL());
    UI_destroy_method(method_);
  }
  static int Ask(UI* /*ui*/) {
    asked = true;
    return 0;
  }
  inline static bool asked = false;
  UI_METHOD* method_;
};

TEST_F(PassphraseTest, EncryptedCertificateIsRefusedWithoutAsking) {
  std::string pem = MakeIdentity().certificate_pem;
  pem.insert(pem.find('\n') + 1,
             "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n");
  EXPECT_THAT(InspectCertificate(pem), StatusIs(kInvalid));
  EXPECT_FALSE(asked);
}

TEST(InspectCertificateTest, FailureLeavesNothingInTheErrorQueueOfTheThread) {
  ERR_clear_error();
  EXPECT_THAT(InspectCertificate("garbage"), StatusIs(kInvalid));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(CheckTlsIdentityTest, KeyOfAnotherCertificateIsRefused) {
  TlsIdentity identity = MakeIdentity();
  identity.private_key_pem = MakeIdentity().private_key_pem;
  EXPECT_THAT(CheckTlsIdentity(identity), StatusIs(kInvalid, HasSubstr("does not belong")));
}

TEST(CheckTlsIdentityTest, PinOfAnotherCertificateIsRefused) {
  TlsIdentity identity = MakeIdentity();
  identity.pin = MakeIdentity().pin;
  EXPECT_THAT(CheckTlsIdentity(identity), StatusIs(kInvalid, HasSubstr("pin")));
}

TEST(CheckTlsIdentityTest, MissingOversizeOrMalformedKeyIsRefused) {
  TlsIdentity identity = MakeIdentity();
  const std::string pem(identity.private_key_pem.ExposeText());
  for (const std::string& key :
       {std::string(), std::string("garbage"), pem.substr(0, 60),
        pem + std::string(kMaxPrivateKeyPemBytes, '\n'), identity.certificate_pem}) {
    identity.private_key_pem = SecretBytes(key);
    EXPECT_THAT(CheckTlsIdentity(identity), StatusIs(kInvalid)) << key.size();
  }
}

TEST_F(PassphraseTest, EncryptedPrivateKeyIsRefusedWithoutAsking) {
  TlsIdentity identity = MakeIdentity();
  KeyPtr key = ParseKey(identity.private_key_pem);
  BIO* bio = BIO_new(BIO_s_mem());
  std::string passphrase = "secret";
  PEM_write_bio_PKCS8PrivateKey(bio, key.get(), EVP_aes_256_cbc(), passphrase.data(),
                                static_cast<int>(passphrase.size()), nullptr, nullptr);
  char* data = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(bio, &data));
  identity.private_key_pem = SecretBytes(std::string_view(data, size));
  BIO_free(bio);
  EXPECT_THAT(CheckTlsIdentity(identity), StatusIs(kInvalid, HasSubstr("unencrypted")));
  EXPECT_FALSE(asked);
}

TEST(CheckTlsIdentityTest, MissingCertificateIsRefused) {
  TlsIdentity identity = MakeIdentity();
  identity.certificate_pem.clear();
  EXPECT_THAT(CheckTlsIdentity(identity), StatusIs(kInvalid, HasSubstr("no certificate")));
}

}  // namespace
}  // namespace daftar::crypto
