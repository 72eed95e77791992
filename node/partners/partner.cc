#include "node/partners/partner.h"

#include <algorithm>

#include "crypto/merkle.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;

constexpr uint8_t kVersion = 1;

std::string_view HostOf(std::string_view endpoint) {
  const size_t colon = endpoint.rfind(':');
  std::string_view host = endpoint.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return host;
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) != 0x7f;
  });
}

}  // namespace

std::string_view StatusName(PartnerStatus status) {
  switch (status) {
    case PartnerStatus::kActive:
      return "active";
    case PartnerStatus::kSuspended:
      return "suspended";
    case PartnerStatus::kRemoved:
      return "removed";
  }
  return "unknown";
}

Bytes Partner::Encode() const {
  Writer writer;
  writer.U8(kVersion).Prefixed16(crypto::AsBytes(origin)).Prefixed16(crypto::AsBytes(name));
  writer.Prefixed16(crypto::AsBytes(endpoint)).U8(static_cast<uint8_t>(status)).Raw(pin.view());
  writer.Prefixed16(crypto::AsBytes(certificate_pem)).Raw(first_leaf.view()).Raw(charter.view());
  writer.U32(static_cast<uint32_t>(log)).U64(static_cast<uint64_t>(paired_at.value));
  return writer.Take();
}

absl::StatusOr<Partner> Partner::Decode(ByteView bytes) {
  Reader reader(bytes);
  Partner partner;
  if (reader.U8() != kVersion) reader.Fail();
  partner.origin = reader.Text16();
  partner.name = reader.Text16();
  partner.endpoint = reader.Text16();
  partner.status = static_cast<PartnerStatus>(reader.U8());
  partner.pin = reader.Take<crypto::SpkiPin>();
  partner.certificate_pem = reader.Text16();
  partner.first_leaf = reader.Take<crypto::Digest>();
  partner.charter = reader.Take<evidence::CharterHash>();
  partner.log = static_cast<storage::LogNumber>(reader.U32());
  partner.paired_at.value = static_cast<int64_t>(reader.U64());
  if (!reader.Finish("partner row").ok()) {
    return absl::DataLossError("a partner's row in the database is malformed");
  }
  return partner;
}

absl::Status CheckEndpoint(std::string_view endpoint) {
  const absl::Status wrong = absl::InvalidArgumentError(
      "an address is host:port with a port from 1 to 65535, like node.toko-a.example:8471 or "
      "[2001:db8::1]:8471");
  if (endpoint.empty() || endpoint.size() > kMaxEndpointBytes) return wrong;
  const size_t colon = endpoint.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return wrong;
  const std::string_view port = endpoint.substr(colon + 1);
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != port.npos) {
    return wrong;
  }
  const int number = std::stoi(std::string(port));
  if (number < 1 || number > 65535) return wrong;
  const std::string_view host = endpoint.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  const std::string_view bare = HostOf(endpoint);
  if (bare.empty()) return wrong;
  if (!bracketed && bare.find(':') != bare.npos) return wrong;
  const std::string_view allowed = bracketed
                                       ? "0123456789abcdefABCDEF:.%"
                                       : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789.-_";
  if (bare.find_first_not_of(allowed) != bare.npos) return wrong;
  return absl::OkStatus();
}

bool IsOffered(std::string_view endpoint) {
  const std::string_view host = HostOf(endpoint);
  return host != "0.0.0.0" && host != "::" && host != "*";
}

absl::Status CheckCard(const NodeCard& card) {
  if (absl::Status status = evidence::CheckOrigin(card.origin); !status.ok()) return status;
  if (absl::Status status = CheckEndpoint(card.endpoint); !status.ok()) return status;
  if (card.name.empty() || card.name.size() > kMaxNodeNameBytes || !IsPrintable(card.name)) {
    return absl::InvalidArgumentError("a node's name has 1 to " +
                                      std::to_string(kMaxNodeNameBytes) + " printable bytes");
  }
  if (card.certificate_pem.size() > kMaxCertificateBytes) {
    return absl::InvalidArgumentError("the certificate is too large");
  }
  auto certificate = crypto::InspectCertificate(card.certificate_pem);
  if (!certificate.ok()) return certificate.status();
  auto first = evidence::SignedHeader::DecodeLeaf(card.first_leaf);
  if (!first.ok()) return first.status();
  if (first->header.kind != evidence::EntryKind::kKeys || first->header.index != 0 ||
      first->header.origin != card.origin) {
    return absl::InvalidArgumentError("entry 0 is not the KEYS entry of " + card.origin);
  }
  auto body = evidence::DecodeBody(first->header, card.first_body);
  if (!body.ok()) return body.status();
  const auto& keys = std::get<evidence::KeysBody>(*body);
  if (!first->VerifiedBy(keys.entry)) {
    return absl::InvalidArgumentError("entry 0 of " + card.origin +
                                      " is not signed by its own entry key");
  }
  if (keys.tls_spki.view().size() != certificate->pin.view().size() ||
      !std::equal(keys.tls_spki.view().begin(), keys.tls_spki.view().end(),
                  certificate->pin.view().begin())) {
    return absl::InvalidArgumentError("the certificate is not the one that entry 0 of " +
                                      card.origin + " names");
  }
  return absl::OkStatus();
}

}  // namespace daftar::partners
