// What this node asked a partner for, and what came: values and their rows.
#ifndef DAFTAR_NODE_PARTNERS_ASKED_PROOF_H_
#define DAFTAR_NODE_PARTNERS_ASKED_PROOF_H_

#include <string>
#include <string_view>
#include <vector>

#include "node/evidence/clock.h"
#include "node/evidence/handover.h"
#include "storage/sealed_files.h"

namespace daftar::partners {

using AskedProofId = crypto::FixedBytes<struct AskedProofIdTag, 16>;  // this node's own

// Numbers are on disk: never renumber.
enum class AskedProofState : uint8_t {
  kAsking = 1,    // on its way to the issuer
  kWaiting = 2,   // the issuer has it
  kRefused = 3,   // by the issuer
  kLapsed = 4,    // nobody decided, or nobody fetched, in time
  kFetched = 5,   // the files are here
  kOver = 6,      // they were, and were kept for kKeptProofMillis
  kRejected = 7,  // what came is not what the report commits to
};
std::string_view AskedProofStateName(AskedProofState state);

struct KeptProof {
  evidence::HandedFile what;
  storage::SealedFileId file;
};

struct AskedProof {
  AskedProofId id;
  std::string issuer;                // origin
  uint64_t report = 0;               // its index in the issuer's log
  evidence::ProofRequestId request;  // the issuer's; zero while kAsking
  crypto::Digest root;               // the proofs root in the report
  std::string because;
  std::string asked_by;
  evidence::UnixMillis asked_at;
  AskedProofState state = AskedProofState::kAsking;
  evidence::UnixMillis since;  // the state
  uint32_t withheld = 0;       // files of the report that the issuer did not hand out
  // Numbered from 1 in this order. Whole only when kFetched: a fetch that broke off leaves some.
  std::vector<KeptProof> files;

  // Row: Column::kAskedProof, the id -> sealed: this.
  crypto::Bytes Key() const { return crypto::ToBytes(id.view()); }
  crypto::Bytes Encode() const;
  // DataLoss when the row is malformed or of a newer version.
  static absl::StatusOr<AskedProof> Decode(crypto::ByteView bytes);
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_ASKED_PROOF_H_
