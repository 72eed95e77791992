#include "node/evidence/labels.h"

#include "crypto/hash.h"

namespace daftar::evidence {
namespace {

constexpr std::string_view kIdentifierDomain = "daftar/id/v1";
constexpr std::string_view kTokenDomain = "daftar/token/v1";
constexpr std::string_view kWrapDomain = "daftar/wrap/v1";
constexpr std::string_view kReportKeyDomain = "daftar/k/v1";
constexpr std::string_view kUpdateKeyDomain = "daftar/update/v1";
constexpr std::string_view kKeyCommitmentDomain = "daftar/kc/v1";

Bytes Counter(uint32_t j) {
  crypto::Writer writer;
  writer.U32(j);
  return writer.Take();
}

}  // namespace

Bytes VoprfInput(const CircleId& circle, std::string_view issuer_origin, uint32_t epoch,
                 const identity::Identifier& identifier) {
  crypto::Writer writer;
  writer.Prefixed16(crypto::AsBytes(kIdentifierDomain)).Prefixed16(circle.view());
  writer.Prefixed16(crypto::AsBytes(issuer_origin)).Prefixed16(Counter(epoch));
  writer.Prefixed16(crypto::AsBytes(identity::TypeName(identifier.type())));
  writer.Prefixed16(crypto::AsBytes(identifier.value()));
  return writer.Take();
}

Token TokenFor(const crypto::Secret64& f, uint32_t j) {
  const crypto::Digest digest = crypto::Blake2b256(
      f.Expose().first(32), {crypto::AsBytes(kTokenDomain), ByteView(Counter(j))});
  return Token(digest.array());
}

crypto::Secret32 WrapFor(const crypto::Secret64& f, uint32_t j, const Salt& salt) {
  return crypto::Blake2b256Secret(
      f.Expose().last(32), {crypto::AsBytes(kWrapDomain), ByteView(Counter(j)), salt.view()});
}

crypto::Secret32 ReportKey(const crypto::Secret32& record_key, const Salt& salt) {
  return crypto::Blake2b256Secret(record_key.Expose(),
                                  {crypto::AsBytes(kReportKeyDomain), salt.view()});
}

crypto::Secret32 UpdateKey(const crypto::Secret32& report_key, const Salt& own_salt) {
  return crypto::Blake2b256Secret(report_key.Expose(),
                                  {crypto::AsBytes(kUpdateKeyDomain), own_salt.view()});
}

KeyCommitment CommitToKey(const crypto::Secret32& key) {
  const crypto::Digest digest =
      crypto::Blake2b256({}, {crypto::AsBytes(kKeyCommitmentDomain), key.Expose()});
  return KeyCommitment(digest.array());
}

}  // namespace daftar::evidence
