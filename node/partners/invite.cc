#include "node/partners/invite.h"

#include "crypto/hash.h"
#include "node/partners/partner.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::Reader;
using crypto::Writer;

constexpr std::string_view kPrefix = "daftar1-";
constexpr size_t kChecksumBytes = 4;

Bytes Checksum(crypto::ByteView payload) {
  const crypto::Digest digest = crypto::Sha256({crypto::AsBytes("daftar/invite/v1"), payload});
  return crypto::ToBytes(digest.view().first(kChecksumBytes));
}

}  // namespace

std::string Invite::ToCode() const {
  Writer writer;
  writer.Prefixed16(crypto::AsBytes(endpoint)).Raw(pin.view()).Raw(secret.view());
  writer.U64(static_cast<uint64_t>(expires_at)).Raw(circle.view()).Raw(charter.view());
  writer.Prefixed16(crypto::AsBytes(origin)).Raw(first_leaf.view());
  const Bytes checksum = Checksum(writer.bytes());
  writer.Raw(checksum);
  return std::string(kPrefix) + crypto::ToBase64Url(writer.bytes());
}

absl::StatusOr<Invite> Invite::FromCode(std::string_view code) {
  std::string compact;
  for (char c : code) {
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') compact.push_back(c);
    if (compact.size() > kMaxInviteCode) {
      return absl::InvalidArgumentError("that is too long to be a pairing code");
    }
  }
  if (compact.substr(0, kPrefix.size()) != kPrefix) {
    return absl::InvalidArgumentError("a pairing code begins with \"" + std::string(kPrefix) +
                                      "\"; ask the partner for the whole line that "
                                      "`daftar partner invite` printed");
  }
  auto bytes = crypto::FromBase64Url(std::string_view(compact).substr(kPrefix.size()));
  const absl::Status damaged = absl::InvalidArgumentError(
      "the pairing code is damaged or cut short; copy the whole line again");
  if (!bytes.ok() || bytes->size() < kChecksumBytes) return damaged;
  const crypto::ByteView payload(bytes->data(), bytes->size() - kChecksumBytes);
  if (Checksum(payload) != crypto::ToBytes(crypto::ByteView(*bytes).last(kChecksumBytes))) {
    return damaged;
  }
  Reader reader(payload);
  Invite invite;
  invite.endpoint = reader.Text16();
  invite.pin = reader.Take<crypto::SpkiPin>();
  invite.secret = reader.Take<InviteSecret>();
  invite.expires_at = static_cast<int64_t>(reader.U64());
  invite.circle = reader.Take<evidence::CircleId>();
  invite.charter = reader.Take<evidence::CharterHash>();
  invite.origin = reader.Text16();
  invite.first_leaf = reader.Take<crypto::Digest>();
  if (absl::Status status = reader.Finish("pairing code"); !status.ok()) return status;
  if (absl::Status status = CheckEndpoint(invite.endpoint); !status.ok()) return status;
  if (absl::Status status = evidence::CheckOrigin(invite.origin); !status.ok()) return status;
  return invite;
}

}  // namespace daftar::partners
