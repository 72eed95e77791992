#include "node/evidence/body.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "crypto/voprf.h"

namespace daftar::evidence {
namespace {

using crypto::Reader;
using crypto::Writer;

constexpr std::string_view kAdoptionType = "application/vnd.daftar.adoption.v1+bin";

void WriteSlots(Writer& writer, const std::array<Slot, kSlots>& slots) {
  for (const Slot& slot : slots) writer.Raw(slot.token.view()).Raw(slot.wrapped_key.view());
}

void ReadSlots(Reader& reader, std::array<Slot, kSlots>& slots) {
  for (Slot& slot : slots) {
    slot.token = reader.Take<Token>();
    slot.wrapped_key = reader.Take<crypto::Digest>();
  }
}

void ReadSealed(Reader& reader, std::array<uint8_t, kSealedFactsBytes>& sealed) {
  const ByteView bytes = reader.Raw(kSealedFactsBytes);
  if (bytes.size() == sealed.size()) std::ranges::copy(bytes, sealed.begin());
}

// A u16-prefixed field whose length is known beforehand.
template <class Fixed>
Fixed Take16(Reader& reader) {
  auto value = Fixed::Create(reader.Prefixed16());
  if (!value.ok()) {
    reader.Fail();
    return Fixed();
  }
  return *value;
}

uint64_t TakeInteger16(Reader& reader, size_t size) {
  const ByteView bytes = reader.Prefixed16();
  if (bytes.size() != size) reader.Fail();
  uint64_t value = 0;
  for (const uint8_t byte : bytes.first(std::min(size, bytes.size()))) value = value << 8 | byte;
  return value;
}

bool HasTwice(std::array<crypto::PublicKey, 4> keys) {
  std::ranges::sort(keys);
  return std::ranges::adjacent_find(keys) != keys.end();
}

}  // namespace

Bytes ReportBody::Encode() const {
  Writer writer;
  writer.Raw(salt.view()).Raw(key_commitment.view());
  WriteSlots(writer, slots);
  writer.Raw(nonce.view()).Raw(ByteView(sealed_facts));
  return writer.Take();
}

absl::StatusOr<ReportBody> ReportBody::Decode(ByteView bytes) {
  Reader reader(bytes);
  ReportBody body;
  body.salt = reader.Take<Salt>();
  body.key_commitment = reader.Take<KeyCommitment>();
  ReadSlots(reader, body.slots);
  body.nonce = reader.Take<crypto::SealNonce>();
  ReadSealed(reader, body.sealed_facts);
  if (auto status = reader.Finish("REPORT body"); !status.ok()) return status;
  return body;
}

Bytes UpdateBody::Encode() const {
  Writer writer;
  writer.Raw(salt.view()).Raw(key_commitment.view());
  writer.Raw(nonce.view()).Raw(ByteView(sealed_facts));
  return writer.Take();
}

absl::StatusOr<UpdateBody> UpdateBody::Decode(ByteView bytes) {
  Reader reader(bytes);
  UpdateBody body;
  body.salt = reader.Take<Salt>();
  body.key_commitment = reader.Take<KeyCommitment>();
  body.nonce = reader.Take<crypto::SealNonce>();
  ReadSealed(reader, body.sealed_facts);
  if (auto status = reader.Finish("body of an update"); !status.ok()) return status;
  return body;
}

Bytes RelabelBody::Encode() const {
  Writer writer;
  writer.Raw(salt.view()).Raw(key_commitment.view());
  WriteSlots(writer, slots);
  return writer.Take();
}

absl::StatusOr<RelabelBody> RelabelBody::Decode(ByteView bytes) {
  Reader reader(bytes);
  RelabelBody body;
  body.salt = reader.Take<Salt>();
  body.key_commitment = reader.Take<KeyCommitment>();
  ReadSlots(reader, body.slots);
  if (auto status = reader.Finish("RELABEL body"); !status.ok()) return status;
  return body;
}

Bytes KeysBody::Encode() const {
  Writer epoch_bytes;
  epoch_bytes.U32(epoch);
  Writer writer;
  writer.Raw(salt.view()).Prefixed16(entry.view()).Prefixed16(head.view());
  writer.Prefixed16(mirror.view()).Prefixed16(self.view()).Prefixed16(tls_spki.view());
  writer.Prefixed16(epoch_bytes.bytes()).Prefixed16(voprf.view());
  return writer.Take();
}

absl::StatusOr<KeysBody> KeysBody::Decode(ByteView bytes) {
  Reader reader(bytes);
  KeysBody body;
  body.salt = reader.Take<Salt>();
  body.entry = Take16<crypto::PublicKey>(reader);
  body.head = Take16<crypto::PublicKey>(reader);
  body.mirror = Take16<crypto::PublicKey>(reader);
  body.self = Take16<crypto::PublicKey>(reader);
  body.tls_spki = Take16<crypto::Digest>(reader);
  body.epoch = static_cast<uint32_t>(TakeInteger16(reader, sizeof(body.epoch)));
  body.voprf = Take16<decltype(body.voprf)>(reader);
  if (auto status = reader.Finish("KEYS body"); !status.ok()) return status;
  if (HasTwice({body.entry, body.head, body.mirror, body.self})) {
    return absl::InvalidArgumentError("KEYS body: one key stands in two roles");
  }
  if (!crypto::GroupElement::Create(body.voprf.view()).ok()) {
    return absl::InvalidArgumentError(
        "KEYS body: the VOPRF public key is not a canonical ristretto255 element other than the "
        "identity");
  }
  return body;
}

Bytes CharterBody::Encode() const {
  Writer writer;
  writer.Raw(salt.view()).Prefixed16(charter.view());
  return writer.Take();
}

absl::StatusOr<CharterBody> CharterBody::Decode(ByteView bytes) {
  Reader reader(bytes);
  CharterBody body;
  body.salt = reader.Take<Salt>();
  body.charter = Take16<CharterHash>(reader);
  if (auto status = reader.Finish("CHARTER body"); !status.ok()) return status;
  return body;
}

Bytes AdoptionBody::Encode() const {
  if (!CheckOrigin(old_origin).ok() || size > kMaxIndexOrTime) {
    std::fprintf(stderr, "ADOPTION body: the old origin or size is out of bounds\n");
    std::abort();
  }
  Writer size_bytes;
  size_bytes.U64(size);
  Writer writer;
  writer.Raw(salt.view()).Prefixed16(crypto::AsBytes(old_origin)).Prefixed16(size_bytes.bytes());
  writer.Prefixed16(root.view()).Prefixed16(old_entry_signature.view());
  return writer.Take();
}

absl::StatusOr<AdoptionBody> AdoptionBody::Decode(ByteView bytes) {
  Reader reader(bytes);
  AdoptionBody body;
  body.salt = reader.Take<Salt>();
  body.old_origin = reader.Text16();
  body.size = TakeInteger16(reader, sizeof(body.size));
  body.root = Take16<crypto::Digest>(reader);
  body.old_entry_signature = Take16<crypto::Signature>(reader);
  if (auto status = reader.Finish("ADOPTION body"); !status.ok()) return status;
  if (auto status = CheckOrigin(body.old_origin); !status.ok()) return status;
  if (body.size > kMaxIndexOrTime) {
    return absl::InvalidArgumentError("ADOPTION body: the old log's size is 2^63 or more");
  }
  return body;
}

Bytes AdoptionStatement(std::string_view new_origin, const crypto::PublicKey& new_entry_key,
                        std::string_view old_origin, uint64_t size, const crypto::Digest& root) {
  Writer size_bytes;
  size_bytes.U64(size);
  Writer writer;
  writer.Prefixed16(crypto::AsBytes(new_origin)).Prefixed16(new_entry_key.view());
  writer.Prefixed16(crypto::AsBytes(old_origin)).Prefixed16(size_bytes.bytes());
  writer.Prefixed16(root.view());
  return crypto::DssePreAuthenticationEncoding(kAdoptionType, writer.bytes());
}

}  // namespace daftar::evidence
