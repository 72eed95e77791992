#include "node/evidence/relay.h"

#include <cstdio>
#include <cstdlib>

#include "crypto/hash.h"

namespace daftar::evidence {
namespace {

constexpr std::string_view kMagic = "DFR1";
constexpr std::string_view kMacDomain = "daftar/relay/v1";

absl::Status Invalid(const std::string& what) {
  return absl::InvalidArgumentError("relayed dispute: " + what);
}

// Every rule beyond the lengths, for the encoder and the decoder alike.
absl::Status Check(const RelayStatement& statement) {
  for (const std::string& origin : {statement.relayer, statement.issuer}) {
    if (absl::Status status = CheckOrigin(origin); !status.ok()) return status;
  }
  if (statement.relayer == statement.issuer) {
    return Invalid("a node does not relay a dispute of its own entry");
  }
  if (statement.index > kMaxIndexOrTime) return Invalid("the index is 2^63 or more");
  if (statement.at > kMaxIndexOrTime) return Invalid("the time is 2^63 or more");
  if (!statement.on.has_value()) return Invalid("the day on which it was disputed is missing");
  return absl::OkStatus();
}

// What the mac covers.
Bytes Claim(const RelayStatement& statement) {
  if (const absl::Status status = Check(statement); !status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    std::abort();
  }
  crypto::Writer writer;
  writer.Raw(kMagic).Prefixed8(crypto::AsBytes(statement.relayer));
  writer.Prefixed8(crypto::AsBytes(statement.issuer)).U64(statement.index);
  writer.Raw(statement.leaf.view()).U32(statement.on.days()).U64(statement.at);
  return writer.Take();
}

// What the signature covers.
Bytes Signed(const RelayStatement& statement) {
  crypto::Writer writer;
  writer.Raw(Claim(statement)).Raw(statement.mac.view()).Raw(statement.signer.view());
  return writer.Take();
}

RelayMac MacOf(const RelayStatement& statement, const crypto::Secret32& report_key) {
  const crypto::Digest mac = crypto::Blake2b256(
      report_key.Expose(), {crypto::AsBytes(kMacDomain), ByteView(Claim(statement))});
  return RelayMac(mac.array());
}

}  // namespace

Bytes RelayStatement::Encode() const {
  crypto::Writer writer;
  writer.Raw(Signed(*this)).Raw(signature.view());
  return writer.Take();
}

absl::StatusOr<RelayStatement> RelayStatement::Decode(ByteView bytes) {
  crypto::Reader reader(bytes);
  if (crypto::AsText(reader.Raw(kMagic.size())) != kMagic) {
    return Invalid("it does not begin with DFR1");
  }
  RelayStatement statement;
  statement.relayer = std::string(crypto::AsText(reader.Prefixed8()));
  statement.issuer = std::string(crypto::AsText(reader.Prefixed8()));
  statement.index = reader.U64();
  statement.leaf = reader.Take<crypto::Digest>();
  const uint32_t on = reader.U32();
  statement.at = reader.U64();
  statement.mac = reader.Take<RelayMac>();
  statement.signer = reader.Take<crypto::KeyId>();
  statement.signature = reader.Take<crypto::Signature>();
  if (auto status = reader.Finish("relayed dispute"); !status.ok()) return status;
  auto day = Date::FromDays(on);
  if (!day.ok()) return day.status();
  statement.on = *day;
  if (auto status = Check(statement); !status.ok()) return status;
  return statement;
}

bool RelayStatement::VerifiedBy(const crypto::PublicKey& key) const {
  if (EntryKeyId(relayer, key) != signer) return false;
  return crypto::VerifySignature(
      key, crypto::DssePreAuthenticationEncoding(kRelaySignatureType, Signed(*this)), signature);
}

bool RelayStatement::Proves(const crypto::Secret32& report_key) const {
  return crypto::ConstantTimeEquals(mac.view(), MacOf(*this, report_key).view());
}

RelayStatement SignRelay(const RelayStatement& statement, const crypto::Secret32& report_key,
                         const crypto::SigningKey& entry_key) {
  RelayStatement made = statement;
  made.mac = MacOf(made, report_key);
  made.signer = EntryKeyId(made.relayer, entry_key.public_key());
  made.signature =
      entry_key.Sign(crypto::DssePreAuthenticationEncoding(kRelaySignatureType, Signed(made)));
  return made;
}

}  // namespace daftar::evidence
