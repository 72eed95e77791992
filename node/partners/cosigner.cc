#include "node/partners/cosigner.h"

#include <algorithm>

#include "crypto/cosignature.h"
#include "node/evidence/header.h"

namespace daftar::partners {

Cosigner::Cosigner(const evidence::Clock& clock, std::string own_origin,
                   const crypto::SigningKey& mirror_key, Finish finish)
    : clock_(clock),
      own_origin_(std::move(own_origin)),
      mirror_key_(mirror_key),
      key_id_(crypto::NoteKeyId(evidence::MirrorKeyName(own_origin_), crypto::KeyType::kCosignature,
                                mirror_key.public_key())),
      finish_(std::move(finish)) {}

absl::StatusOr<Cosignature> Cosigner::Cosign(const Mirror& mirror) {
  const MirrorView view = mirror.View();
  if (view.forked) {
    return absl::DataLossError("the log is forked; no head of it is cosigned any more");
  }
  if (!view.head.has_value() || view.head->size != view.size) {
    return absl::FailedPreconditionError("the copy is not whole under any head yet");
  }
  if (view.gaps > 0) {
    return absl::FailedPreconditionError(std::to_string(view.gaps) +
                                         " bodies are missing without an ERASURE");
  }
  // After the look: what it finds applied covers all of that head.
  if (finish_) {
    if (absl::Status status = finish_(mirror); !status.ok()) return status;
  }
  return Cosign(*view.head, mirror.cosignatures());
}

absl::StatusOr<Cosignature> Cosigner::Cosign(const crypto::Checkpoint& head, Cosignatures& kept) {
  storage::MutexLock lock(mutex_);
  if (const auto last = kept.Of(own_origin_); last.has_value()) {
    if (head.size < last->size) {
      return absl::DataLossError("a head of size " + std::to_string(head.size) +
                                 " is smaller than the last one cosigned, of size " +
                                 std::to_string(last->size));
    }
    if (head.size == last->size) {
      if (head.root != last->root) {
        return absl::DataLossError("another root was cosigned at size " +
                                   std::to_string(head.size));
      }
      if (last->key == key_id_) return *last;
    }
  }
  Cosignature made;
  made.witness = own_origin_;
  made.size = head.size;
  made.root = head.root;
  made.time = std::max<int64_t>(clock_.Now().seconds(), 1);
  made.key = key_id_;
  made.blob = crypto::Cosign(head.ToText(), static_cast<uint64_t>(made.time),
                             evidence::MirrorKeyName(own_origin_), mirror_key_)
                  .blob;
  auto written = kept.Keep({made});
  if (!written.ok()) return written.status();
  return made;
}

}  // namespace daftar::partners
