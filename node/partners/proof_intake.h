// Takes what an issuer hands out, piece by piece, and believes none of it: what is kept must be
// what the report committed to.
#ifndef DAFTAR_NODE_PARTNERS_PROOF_INTAKE_H_
#define DAFTAR_NODE_PARTNERS_PROOF_INTAKE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "node/evidence/handover.h"
#include "node/evidence/media_type.h"
#include "storage/sealed_files.h"

namespace daftar::partners {

// One thread. Holds no more of a file in memory than a sealed upload does.
class ProofIntake {
 public:
  // Makes a whole and verified file durable, by a write that refers to the upload.
  using Keep = std::function<absl::Status(const evidence::HandedFile&, storage::SealedUpload&)>;

  // `root` is the proofs root of the report; `files` outlives the object.
  ProofIntake(storage::SealedFiles& files, const crypto::Digest& root, Keep keep)
      : files_(files), root_(root), keep_(std::move(keep)) {}

  // `piece`: or why what came is none. DataLoss, in words for the operator, when what came is not
  // what the report commits to or breaks the protocol: nothing of the handover is then to be
  // believed. Others: this node could not keep it (errors of SealedUpload, and of Keep). After an
  // error every later call answers with it.
  absl::Status Take(absl::StatusOr<evidence::HandoverPiece> piece);

  // What the handover came to, once its stream has ended well. DataLoss when something is missing.
  absl::StatusOr<evidence::HandoverState> Finish();
  // Whether it was the issuer's fault that Take or Finish failed.
  bool wrong() const { return wrong_; }
  // Files of the report that were not handed out.
  uint32_t withheld() const { return withheld_; }

 private:
  absl::Status Start(const evidence::HandoverStart& start);
  absl::Status Begin(const evidence::HandedFile& file);
  absl::Status Append(crypto::ByteView chunk);
  absl::Status End();
  absl::Status Wrong(std::string_view words);

  storage::SealedFiles& files_;
  const crypto::Digest root_;
  const Keep keep_;
  absl::Status failed_;
  bool wrong_ = false;
  std::optional<evidence::HandoverState> state_;
  std::vector<crypto::Digest> leaves_;  // of files that have not come
  uint32_t expected_ = 0;               // files
  uint32_t received_ = 0;
  uint32_t withheld_ = 0;
  // The file under way.
  std::optional<evidence::HandedFile> file_;
  uint64_t bytes_ = 0;
  std::unique_ptr<storage::SealedUpload> upload_;
  std::optional<evidence::ProofHasher> hasher_;
  evidence::MediaDetector detector_;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_PROOF_INTAKE_H_
