// How the proofs of an incident are stored.
#include <algorithm>

#include "node/ledger/incident_rows.h"
#include "node/ledger/proofs.h"

namespace daftar::ledger {
namespace {

using crypto::Reader;
using storage::Batch;
using storage::Column;

constexpr uint8_t kVersion = 1;

Proof ReadProof(Reader& reader) {
  Proof proof;
  proof.number = reader.U16();
  const uint8_t kind = reader.U8();
  const uint8_t media = reader.U8();
  proof.kind = static_cast<evidence::ProofKind>(kind);
  const auto kinds = evidence::AllProofKinds();
  if (std::find(kinds.begin(), kinds.end(), proof.kind) == kinds.end()) reader.Fail();
  proof.media = static_cast<evidence::MediaType>(media);
  if (!evidence::IsMediaType(media)) reader.Fail();
  proof.bytes = reader.U64();
  proof.salt = reader.Take<evidence::ProofSalt>();
  proof.digest = reader.Take<crypto::Digest>();
  proof.sha256 = reader.Take<crypto::Digest>();
  proof.file = reader.Take<storage::SealedFileId>();
  proof.name = reader.Text16();
  proof.added_at.value = static_cast<int64_t>(reader.U64());
  proof.added_by = reader.Text16();
  return proof;
}

void Write(const Proof& proof, crypto::Writer& writer) {
  writer.U16(proof.number).U8(static_cast<uint8_t>(proof.kind));
  writer.U8(static_cast<uint8_t>(proof.media)).U64(proof.bytes);
  writer.Raw(proof.salt.view()).Raw(proof.digest.view()).Raw(proof.sha256.view());
  writer.Raw(proof.file.view()).Prefixed16(crypto::AsBytes(proof.name));
  writer.U64(static_cast<uint64_t>(proof.added_at.value));
  writer.Prefixed16(crypto::AsBytes(proof.added_by));
}

}  // namespace

const Proof* ProofSet::Find(uint32_t number) const {
  const auto found = std::find_if(proofs.begin(), proofs.end(),
                                  [&](const Proof& proof) { return proof.number == number; });
  return found == proofs.end() ? nullptr : &*found;
}

std::vector<evidence::ProofKind> ProofSet::Kinds() const {
  std::vector<evidence::ProofKind> kinds;
  kinds.reserve(proofs.size());
  for (const Proof& proof : proofs) kinds.push_back(proof.kind);
  return kinds;
}

crypto::Digest ProofSet::Root() const {
  std::vector<crypto::Digest> digests;
  digests.reserve(proofs.size());
  for (const Proof& proof : proofs) digests.push_back(proof.digest);
  return evidence::ProofsRoot(std::move(digests));
}

void ProofSet::ExpectUnchanged(const IncidentId& id, Batch& batch) const {
  if (row.has_value()) {
    batch.ExpectValue(Column::kIncidents, rows::ProofsKey(id), *row);
  } else {
    batch.ExpectAbsent(Column::kIncidents, rows::ProofsKey(id));
  }
}

absl::StatusOr<ProofSet> LoadProofs(const storage::StoreReader& store, const storage::Vault& vault,
                                    const IncidentId& id) {
  const crypto::Bytes key = rows::ProofsKey(id);
  auto row = store.Get(Column::kIncidents, key);
  if (!row.ok()) return row.status();
  ProofSet set;
  if (!row->has_value()) return set;
  auto plain = vault.Open(Column::kIncidents, key, **row);
  if (!plain.ok()) return plain.status();
  Reader reader(plain->Expose());
  if (reader.U8() != kVersion) reader.Fail();
  set.next = reader.U16();
  const uint8_t count = reader.U8();
  for (int i = 0; i < count && reader.ok(); ++i) set.proofs.push_back(ReadProof(reader));
  if (!reader.Finish("proofs row").ok()) {
    return absl::DataLossError("an incident's row of proofs is malformed, or of a newer version");
  }
  set.row = **std::move(row);
  return set;
}

void Proofs::Put(const IncidentId& id, const ProofSet& set, Batch& batch) const {
  crypto::Writer writer;
  writer.U8(kVersion).U16(set.next).U8(static_cast<uint8_t>(set.proofs.size()));
  for (const Proof& proof : set.proofs) Write(proof, writer);
  crypto::Bytes key = rows::ProofsKey(id);
  crypto::Bytes sealed = vault_.Seal(Column::kIncidents, key, writer.bytes());
  batch.Put(Column::kIncidents, std::move(key), std::move(sealed));
}

absl::Status EraseProofs(const storage::StoreReader& store, const storage::Vault& vault,
                         const storage::SealedFiles& files, std::span<const IncidentId> ids,
                         Batch& batch) {
  std::vector<storage::SealedFileId> released;
  for (const IncidentId& id : ids) {
    auto set = LoadProofs(store, vault, id);
    if (!set.ok()) return set.status();
    set->ExpectUnchanged(id, batch);
    if (!set->row.has_value()) continue;
    batch.Delete(Column::kIncidents, rows::ProofsKey(id));
    for (const Proof& proof : set->proofs) released.push_back(proof.file);
  }
  return files.Release(released, batch);
}

}  // namespace daftar::ledger
