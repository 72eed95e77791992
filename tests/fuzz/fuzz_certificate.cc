// Certificates as a peer may send them: whatever is accepted is accepted again with the same pin.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "crypto/certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace daftar::crypto;  // NOLINT(google-build-using-namespace)
  const std::string pem(AsText({data, size}));
  const auto info = InspectCertificate(pem);
  if (info.ok()) {
    const auto again = InspectCertificate("leading words\n" + pem);
    if (size + 14 <= kMaxCertificatePemBytes && (!again.ok() || again->pin != info->pin)) {
      std::abort();
    }
  }
  TlsIdentity identity;
  identity.certificate_pem = pem;
  identity.private_key_pem = SecretBytes(pem);
  if (info.ok()) identity.pin = info->pin;
  (void)CheckTlsIdentity(identity);
  return 0;
}
