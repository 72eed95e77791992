#include "node/partners/asked_proof.h"

#include <algorithm>

namespace daftar::partners {
namespace {

using crypto::Reader;
using crypto::Writer;

constexpr uint8_t kVersion = 1;

KeptProof ReadKept(Reader& reader) {
  KeptProof kept;
  kept.what.kind = static_cast<evidence::ProofKind>(reader.U8());
  const auto kinds = evidence::AllProofKinds();
  if (std::find(kinds.begin(), kinds.end(), kept.what.kind) == kinds.end()) reader.Fail();
  const uint8_t media = reader.U8();
  if (!evidence::IsMediaType(media)) reader.Fail();
  kept.what.media = static_cast<evidence::MediaType>(media);
  kept.what.bytes = reader.U64();
  kept.what.salt = reader.Take<evidence::ProofSalt>();
  kept.what.digest = reader.Take<crypto::Digest>();
  kept.file = reader.Take<storage::SealedFileId>();
  return kept;
}

}  // namespace

std::string_view AskedProofStateName(AskedProofState state) {
  switch (state) {
    case AskedProofState::kAsking:
      return "asking";
    case AskedProofState::kWaiting:
      return "waiting";
    case AskedProofState::kRefused:
      return "refused";
    case AskedProofState::kLapsed:
      return "lapsed";
    case AskedProofState::kFetched:
      return "fetched";
    case AskedProofState::kOver:
      return "over";
    case AskedProofState::kRejected:
      return "rejected";
  }
  std::abort();
}

crypto::Bytes AskedProof::Encode() const {
  Writer writer;
  writer.U8(kVersion).Raw(id.view()).Prefixed16(crypto::AsBytes(issuer)).U64(report);
  writer.Raw(request.view()).Raw(root.view()).Prefixed16(crypto::AsBytes(because));
  writer.Prefixed16(crypto::AsBytes(asked_by)).U64(static_cast<uint64_t>(asked_at.value));
  writer.U8(static_cast<uint8_t>(state)).U64(static_cast<uint64_t>(since.value)).U32(withheld);
  writer.U8(static_cast<uint8_t>(files.size()));
  for (const KeptProof& kept : files) {
    writer.U8(static_cast<uint8_t>(kept.what.kind)).U8(static_cast<uint8_t>(kept.what.media));
    writer.U64(kept.what.bytes).Raw(kept.what.salt.view()).Raw(kept.what.digest.view());
    writer.Raw(kept.file.view());
  }
  return writer.Take();
}

absl::StatusOr<AskedProof> AskedProof::Decode(crypto::ByteView bytes) {
  Reader reader(bytes);
  AskedProof asked;
  if (reader.U8() != kVersion) reader.Fail();
  asked.id = reader.Take<AskedProofId>();
  asked.issuer = reader.Text16();
  asked.report = reader.U64();
  asked.request = reader.Take<evidence::ProofRequestId>();
  asked.root = reader.Take<crypto::Digest>();
  asked.because = reader.Text16();
  asked.asked_by = reader.Text16();
  asked.asked_at.value = static_cast<int64_t>(reader.U64());
  const uint8_t state = reader.U8();
  if (state < 1 || state > static_cast<uint8_t>(AskedProofState::kRejected)) reader.Fail();
  asked.state = static_cast<AskedProofState>(state);
  asked.since.value = static_cast<int64_t>(reader.U64());
  asked.withheld = reader.U32();
  const uint8_t count = reader.U8();
  for (int i = 0; i < count && reader.ok(); ++i) asked.files.push_back(ReadKept(reader));
  if (!reader.Finish("asked proof").ok()) {
    return absl::DataLossError("a row of the proof asked for is malformed, or of a newer version");
  }
  return asked;
}

}  // namespace daftar::partners
