#include "node/partners/cosigner.h"

#include <algorithm>

#include "crypto/cosignature.h"
#include "crypto/merkle.h"
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

absl::Status Cosigner::CheckCopy(const Mirror& mirror, const MirrorView& view) const {
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
  return finish_ ? finish_(mirror) : absl::OkStatus();
}

absl::StatusOr<Cosignature> Cosigner::Cosign(const Mirror& mirror) {
  const MirrorView view = mirror.View();
  if (absl::Status status = CheckCopy(mirror, view); !status.ok()) return status;
  return Cosign(*view.head, mirror.cosignatures());
}

absl::StatusOr<Cosignature> Cosigner::CosignSubmitted(const Mirror& mirror,
                                                      const crypto::Checkpoint& head,
                                                      uint64_t old_size) {
  const MirrorView view = mirror.View();
  if (absl::Status status = CheckCopy(mirror, view); !status.ok()) return status;
  if (head.size > view.head->size) {
    return absl::FailedPreconditionError("the copy has not reached that head yet");
  }
  return Cosign(head, mirror.cosignatures(), Age::kFresh, old_size);
}

crypto::Checkpoint Cosigner::Recorded(const Mirror& mirror) const {
  crypto::Checkpoint recorded{mirror.partner().origin, 0, crypto::EmptyMerkleRoot()};
  if (const auto last = mirror.cosignatures().Of(own_origin_); last.has_value()) {
    recorded.size = last->size;
    recorded.root = last->root;
  }
  return recorded;
}

absl::StatusOr<Cosignature> Cosigner::Cosign(const crypto::Checkpoint& head, Cosignatures& kept,
                                             Age age, std::optional<uint64_t> old_size) {
  storage::MutexLock lock(mutex_);
  const auto last = kept.Of(own_origin_);
  if (old_size.has_value() && *old_size != (last.has_value() ? last->size : 0)) {
    return absl::AbortedError("another head was cosigned meanwhile");
  }
  const int64_t now = std::max<int64_t>(clock_.Now().seconds(), 1);
  bool renewed = false;
  if (last.has_value()) {
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
      renewed = last->key == key_id_;
      if (renewed && (age == Age::kAsKept || last->time >= now)) return *last;
    }
  }
  Cosignature made;
  made.witness = own_origin_;
  made.size = head.size;
  made.root = head.root;
  made.time = now;
  made.key = key_id_;
  made.blob = crypto::Cosign(head.ToText(), static_cast<uint64_t>(made.time),
                             evidence::MirrorKeyName(own_origin_), mirror_key_)
                  .blob;
  const absl::Status written = renewed ? kept.Renew(made) : kept.Keep({made}).status();
  if (!written.ok()) return written;
  return made;
}

}  // namespace daftar::partners
