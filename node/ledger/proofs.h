// The proof files of incidents: what shows that an incident happened as it was filed. They stay
// with the shop, sealed; an incident's report commits to them by one value, so that the set is
// fixed once publishing was asked for.
#ifndef DAFTAR_NODE_LEDGER_PROOFS_H_
#define DAFTAR_NODE_LEDGER_PROOFS_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "crypto/entropy.h"
#include "crypto/hash.h"
#include "node/evidence/clock.h"
#include "node/evidence/media_type.h"
#include "node/evidence/proofs.h"
#include "node/ledger/incident.h"
#include "storage/caller.h"
#include "storage/sealed_files.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::ledger {

inline constexpr size_t kMaxProofNameBytes = 200;

// One file, as it stands in the incident.
struct Proof {
  uint16_t number = 0;  // within the incident, from 1, never used again
  evidence::ProofKind kind = evidence::ProofKind::kOrder;
  evidence::MediaType media = evidence::MediaType::kPdf;
  uint64_t bytes = 0;
  evidence::ProofSalt salt;
  crypto::Digest digest;  // evidence::ProofDigest: what the proofs root is made of
  crypto::Digest sha256;  // of the file alone, as sha256sum prints it
  storage::SealedFileId file;
  std::string name;  // what the shop calls it; may be empty. Never leaves the shop
  evidence::UnixMillis added_at;
  std::string added_by;
};

// All of one incident. A value.
struct ProofSet {
  std::vector<Proof> proofs;  // by number
  uint16_t next = 1;
  std::optional<crypto::Bytes> row;  // as it was read

  const Proof* Find(uint32_t number) const;  // null: there is none
  std::vector<evidence::ProofKind> Kinds() const;
  crypto::Digest Root() const;
  // Makes `batch` Aborted when the set has changed since it was read.
  void ExpectUnchanged(const IncidentId& id, storage::Batch& batch) const;
};

// Row: Column::kIncidents, 'p' || incident id -> sealed: version (1), next number u16, count u8,
// then each: number u16, kind u8, media type u8, bytes u64, salt, digest, SHA-256 (32 each), file
// id (16), name u16-prefixed, added at u64 in milliseconds, added by u16-prefixed.
// An incident without a row has none. DataLoss when the row does not open.
absl::StatusOr<ProofSet> LoadProofs(const storage::StoreReader& store, const storage::Vault& vault,
                                    const IncidentId& id);

// Adds to `batch` the removal of all proofs of the incidents. Their files lose their keys with the
// batch, where no other incident has them too, and are scrubbed by the next SealedFiles::Sweep. The
// batch is Aborted when one of the sets has changed meanwhile.
absl::Status EraseProofs(const storage::StoreReader& store, const storage::Vault& vault,
                         const storage::SealedFiles& files, std::span<const IncidentId> ids,
                         storage::Batch& batch);

struct NewProof {
  IncidentId incident;
  evidence::ProofKind kind = evidence::ProofKind::kOrder;
  std::string name;  // one line, at most kMaxProofNameBytes; may be empty
};

class Proofs;

// A proof that is being added; without Finish it leaves nothing. One thread.
class ProofUpload {
 public:
  // As SealedUpload.
  absl::Status Append(crypto::ByteView piece);
  // The proof is in the incident, durably, on OK. Its type is found by looking at the content.
  //   InvalidArgument     a type that is not taken
  //   AlreadyExists       the incident has this very file
  //   ResourceExhausted   the incident has kMaxProofFiles, or the disk is full
  //   FailedPrecondition  publishing was asked for meanwhile; the request id was used otherwise
  absl::StatusOr<Proof> Finish();

 private:
  friend class Proofs;
  ProofUpload(Proofs& proofs, storage::Caller caller, NewProof proof, crypto::Bytes request);
  absl::StatusOr<Proof> TryAdd(evidence::MediaType media, const crypto::Digest& digest);

  Proofs& proofs_;
  const storage::Caller caller_;
  const NewProof proof_;
  const crypto::Bytes request_;
  const evidence::ProofSalt salt_;
  evidence::ProofHasher hasher_;
  crypto::Sha256Stream plain_hash_;
  evidence::MediaDetector detector_;
  std::unique_ptr<storage::SealedUpload> file_;  // null: the request was done before
};

// Any thread may call any method. Every change is durable on OK, happens once for one (actor,
// request id), has its row in the record of changes, and on an error has changed nothing.
class Proofs {
 public:
  // References outlive it.
  Proofs(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
         crypto::Entropy& entropy, storage::SealedFiles& files)
      : store_(store), vault_(vault), clock_(clock), entropy_(entropy), files_(files) {}

  // NotFound for the incident; FailedPrecondition when its proof is fixed; InvalidArgument for the
  // name; ResourceExhausted as for Finish and SealedFiles::Begin. Must not outlive this.
  absl::StatusOr<std::unique_ptr<ProofUpload>> Begin(const storage::Caller& caller, NewProof proof);

  // Its key is gone on OK; the file is scrubbed at once, or by a later Sweep. NotFound;
  // FailedPrecondition when the proof of the incident is fixed; InvalidArgument without a reason.
  absl::Status Remove(const storage::Caller& caller, const IncidentId& id, uint32_t number,
                      const std::string& because);

  // Records who reads it, tells `about` what it is, then gives the content as SealedFiles::Read
  // does. `actor` as in storage::Caller. NotFound; also once the incident is erased or expired.
  absl::Status Read(const std::string& actor, const IncidentId& id, uint32_t number,
                    const std::function<bool(const Proof&)>& about,
                    const std::function<bool(crypto::ByteView)>& visit);

 private:
  friend class ProofUpload;
  // The incident, and its row. NotFound.
  absl::StatusOr<std::pair<Incident, crypto::Bytes>> Load(const IncidentId& id) const;
  absl::Status CheckNotErased(const IncidentId& id) const;
  // The incident's row, for the precondition. FailedPrecondition when the proof is fixed.
  absl::StatusOr<crypto::Bytes> OpenIncident(const IncidentId& id) const;
  absl::StatusOr<std::optional<Proof>> FindEarlier(const crypto::Bytes& request,
                                                   const NewProof& proof) const;
  void Put(const IncidentId& id, const ProofSet& set, storage::Batch& batch) const;
  void Record(const std::string& actor, const char* action, const IncidentId& id,
              const std::string& because, storage::Batch& batch) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  storage::SealedFiles& files_;
};

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_PROOFS_H_
