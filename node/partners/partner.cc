#include "node/partners/partner.h"

#include <algorithm>
#include <vector>

#include "node/partners/log_beginning.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;

constexpr uint8_t kVersion = 2;
constexpr uint8_t kVersionBeforeSuccession = 1;

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
  writer.U8(succession.has_value() ? static_cast<uint8_t>(succession->stage) : 0);
  if (succession.has_value()) {
    writer.Prefixed16(crypto::AsBytes(succession->origin)).Raw(succession->first_leaf.view());
    writer.U64(succession->size).Raw(succession->root.view());
  }
  return writer.Take();
}

absl::StatusOr<Partner> Partner::Decode(ByteView bytes) {
  Reader reader(bytes);
  Partner partner;
  const uint8_t version = reader.U8();
  if (version != kVersion && version != kVersionBeforeSuccession) reader.Fail();
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
  const uint8_t stage = version == kVersionBeforeSuccession ? uint8_t{0} : reader.U8();
  if (stage > static_cast<uint8_t>(SuccessionStage::kContested)) reader.Fail();
  if (stage != 0) {
    Succession succession;
    succession.stage = static_cast<SuccessionStage>(stage);
    succession.origin = reader.Text16();
    succession.first_leaf = reader.Take<crypto::Digest>();
    succession.size = reader.U64();
    succession.root = reader.Take<crypto::Digest>();
    partner.succession = std::move(succession);
  }
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
  std::vector<evidence::FeedEntry> entries{{card.first_leaf, card.first_body}};
  const bool second = !card.second_leaf.empty() || !card.second_body.empty();
  if (second) entries.push_back({card.second_leaf, card.second_body});
  const auto beginning = ReadBeginning(card.origin, entries);
  if (!beginning.ok()) return beginning.status();
  if (second && !beginning->adoption.has_value()) {
    return absl::InvalidArgumentError("entry 0 is the KEYS entry of " + card.origin +
                                      ", and another came along");
  }
  const evidence::KeysBody& keys = beginning->keys;
  if (keys.tls_spki.view().size() != certificate->pin.view().size() ||
      !std::equal(keys.tls_spki.view().begin(), keys.tls_spki.view().end(),
                  certificate->pin.view().begin())) {
    return absl::InvalidArgumentError("the certificate is not the one that the KEYS of " +
                                      card.origin + " name");
  }
  return absl::OkStatus();
}

std::string AcceptCommand(const Partner& partner) {
  return "daftar partner accept " + partner.origin + " --first-entry " +
         partner.succession->first_leaf.hex() + " --because TEXT";
}

}  // namespace daftar::partners
