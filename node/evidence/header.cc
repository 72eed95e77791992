#include "node/evidence/header.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "crypto/hash.h"

namespace daftar::evidence {
namespace {

constexpr std::string_view kMagic = "DFT1";
constexpr std::string_view kBodyDomain = "daftar/body/v1";

absl::Status Invalid(const std::string& what) {
  return absl::InvalidArgumentError("entry header: " + what);
}

bool IsKnown(EntryKind kind) { return kind >= EntryKind::kReport && kind <= EntryKind::kAdoption; }

// Every rule beyond the lengths, for the encoder and the decoder alike.
absl::Status Check(const Header& header) {
  if (!IsKnown(header.kind)) {
    return Invalid("kind " + std::to_string(static_cast<int>(header.kind)) + " is not known");
  }
  const bool erasure = header.kind == EntryKind::kErasure;
  if (erasure != (header.ground != ErasureGround::kNone) ||
      header.ground > ErasureGround::kMistake) {
    return Invalid("ground " + std::to_string(static_cast<int>(header.ground)) +
                   " does not belong to kind " + std::string(KindName(header.kind)));
  }
  if (header.index > kMaxIndexOrTime) return Invalid("the index is 2^63 or more");
  if (header.issued_at > kMaxIndexOrTime) return Invalid("the time is 2^63 or more");
  if (IsAboutReport(header.kind)) {
    if (header.about >= header.index) {
      return Invalid(std::string(KindName(header.kind)) + " must be about an earlier entry");
    }
  } else if (header.about != kAboutNothing) {
    return Invalid(std::string(KindName(header.kind)) + " must not be about another entry");
  }
  if (header.commitment.IsZero() != erasure) {
    return Invalid("the commitment must be zero with an ERASURE and only there");
  }
  return CheckOrigin(header.origin);
}

}  // namespace

std::string_view KindName(EntryKind kind) {
  switch (kind) {
    case EntryKind::kReport:
      return "REPORT";
    case EntryKind::kSettlement:
      return "SETTLEMENT";
    case EntryKind::kDispute:
      return "DISPUTE";
    case EntryKind::kResolution:
      return "RESOLUTION";
    case EntryKind::kCorrection:
      return "CORRECTION";
    case EntryKind::kWithdrawal:
      return "WITHDRAWAL";
    case EntryKind::kErasure:
      return "ERASURE";
    case EntryKind::kRelabel:
      return "RELABEL";
    case EntryKind::kKeys:
      return "KEYS";
    case EntryKind::kCharter:
      return "CHARTER";
    case EntryKind::kAdoption:
      return "ADOPTION";
  }
  return "UNKNOWN";
}

bool IsUpdate(EntryKind kind) {
  return kind >= EntryKind::kSettlement && kind <= EntryKind::kWithdrawal;
}

bool IsAboutReport(EntryKind kind) {
  return kind >= EntryKind::kSettlement && kind <= EntryKind::kRelabel;
}

absl::Status CheckOrigin(std::string_view origin) {
  const bool fits =
      !origin.empty() && origin.size() <= kMaxOriginBytes &&
      std::ranges::all_of(origin, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '/' || c == '-';
      });
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "an origin has 1 to 200 characters, each a small letter a-z, a digit, '.', '/' or '-', like "
      "toko-a.example/daftar");
}

crypto::KeyId EntryKeyId(std::string_view origin, const crypto::PublicKey& key) {
  return crypto::NoteKeyId(std::string(origin) + "/entry", crypto::KeyType::kEd25519, key);
}

Bytes Header::Encode() const {
  if (const absl::Status status = Check(*this); !status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    std::abort();
  }
  crypto::Writer writer;
  writer.Raw(kMagic).U8(static_cast<uint8_t>(kind)).U8(static_cast<uint8_t>(ground));
  writer.U64(index).U64(issued_at).U64(about).Raw(signer.view()).Raw(commitment.view());
  writer.Prefixed8(crypto::AsBytes(origin));
  return writer.Take();
}

absl::StatusOr<Header> Header::Decode(ByteView bytes) {
  crypto::Reader reader(bytes);
  if (crypto::AsText(reader.Raw(kMagic.size())) != kMagic) {
    return Invalid("it does not begin with DFT1");
  }
  Header header;
  header.kind = static_cast<EntryKind>(reader.U8());
  header.ground = static_cast<ErasureGround>(reader.U8());
  header.index = reader.U64();
  header.issued_at = reader.U64();
  header.about = reader.U64();
  header.signer = reader.Take<crypto::KeyId>();
  header.commitment = reader.Take<Commitment>();
  header.origin = std::string(crypto::AsText(reader.Prefixed8()));
  if (auto status = reader.Finish("entry header"); !status.ok()) return status;
  if (auto status = Check(header); !status.ok()) return status;
  return header;
}

Bytes SignedHeader::Leaf() const {
  crypto::Writer writer;
  writer.Raw(header_bytes).Raw(signature.view());
  return writer.Take();
}

absl::StatusOr<SignedHeader> SignedHeader::DecodeLeaf(ByteView leaf) {
  if (leaf.size() < kHeaderFixedBytes + 1 + crypto::Signature::kSize ||
      leaf.size() > kMaxLeafBytes) {
    return absl::InvalidArgumentError("log leaf: " + std::to_string(leaf.size()) +
                                      " bytes; a leaf has 132 to " + std::to_string(kMaxLeafBytes));
  }
  const ByteView header_bytes = leaf.first(leaf.size() - crypto::Signature::kSize);
  auto header = Header::Decode(header_bytes);
  if (!header.ok()) return header.status();
  auto signature = crypto::Signature::Create(leaf.last(crypto::Signature::kSize));
  if (!signature.ok()) return signature.status();
  return SignedHeader{.header = *std::move(header),
                      .header_bytes = crypto::ToBytes(header_bytes),
                      .signature = *signature};
}

bool SignedHeader::VerifiedBy(const crypto::PublicKey& key) const {
  if (EntryKeyId(header.origin, key) != header.signer) return false;
  return crypto::VerifySignature(
      key, crypto::DssePreAuthenticationEncoding(kEntrySignatureType, header_bytes), signature);
}

SignedHeader SignHeader(const Header& header, const crypto::SigningKey& entry_key) {
  SignedHeader result{.header = header, .header_bytes = {}, .signature = {}};
  result.header.signer = EntryKeyId(header.origin, entry_key.public_key());
  result.header_bytes = result.header.Encode();
  result.signature = entry_key.Sign(
      crypto::DssePreAuthenticationEncoding(kEntrySignatureType, result.header_bytes));
  return result;
}

Commitment CommitTo(ByteView body) {
  const crypto::Digest digest = crypto::Sha256({crypto::AsBytes(kBodyDomain), body});
  return Commitment(digest.array());
}

}  // namespace daftar::evidence
