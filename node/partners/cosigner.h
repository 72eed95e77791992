// The node's own cosignatures on heads of partners' logs, made with its mirror key: "I durably hold
// and have applied all that this head covers". The atomic check-and-persist of C2SP tlog-witness.
#ifndef DAFTAR_NODE_PARTNERS_COSIGNER_H_
#define DAFTAR_NODE_PARTNERS_COSIGNER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "crypto/checkpoint.h"
#include "crypto/signing.h"
#include "node/evidence/clock.h"
#include "node/partners/cosignatures.h"
#include "node/partners/mirror.h"
#include "storage/mutex.h"

namespace daftar::partners {

// Any thread may call.
class Cosigner {
 public:
  // Does, durably, what is left to be done elsewhere of what the copy has applied.
  using Finish = std::function<absl::Status(const Mirror&)>;

  // `clock` and `mirror_key` outlive the cosigner. Without `finish` nothing is left to be done.
  Cosigner(const evidence::Clock& clock, std::string own_origin,
           const crypto::SigningKey& mirror_key, Finish finish = {});

  // Cosigns the head that the copy has reached, after `finish`, whose error is the answer. The
  // cosignature is durable before it is returned; for a head that was cosigned before, it is that
  // one.
  //   FailedPrecondition  the copy is not whole, or a body is missing without an ERASURE
  //   DataLoss            the log is forked, or the head contradicts one cosigned before
  //   others              the store failed; no cosignature was made
  absl::StatusOr<Cosignature> Cosign(const Mirror& mirror);

  // A head that somebody has submitted (C2SP tlog-witness) as continuing the one of `old_size`, and
  // that the copy has been compared with: CompareHead said kFits. `fresh` as below. Errors as
  // above, and
  //   FailedPrecondition  the copy has not reached the head
  //   Aborted             another size than `old_size` is recorded by now
  absl::StatusOr<Cosignature> CosignSubmitted(const Mirror& mirror, const crypto::Checkpoint& head,
                                              uint64_t old_size);

  // Whether a head that was cosigned before is cosigned anew.
  enum class Age {
    kAsKept,  // the cosignature that is kept
    kFresh,   // one of this second, which replaces it; as kept when that is as new by its time
  };
  // The check and the write, as one step: `head` is not smaller than the last one cosigned, has the
  // same root at the same size, and the last one cosigned (0: none) has `old_size` where that is
  // given (Aborted otherwise). `kept` is the log's.
  absl::StatusOr<Cosignature> Cosign(const crypto::Checkpoint& head, Cosignatures& kept,
                                     Age age = Age::kAsKept,
                                     std::optional<uint64_t> old_size = std::nullopt);

  // The size of the last head that was cosigned, and its root; size 0 when none was.
  crypto::Checkpoint Recorded(const Mirror& mirror) const;

 private:
  // Whether what the copy holds may be cosigned at all, after `finish`.
  absl::Status CheckCopy(const Mirror& mirror, const MirrorView& view) const;

  const evidence::Clock& clock_;
  const std::string own_origin_;
  const crypto::SigningKey& mirror_key_;
  const crypto::KeyId key_id_;
  const Finish finish_;
  storage::Mutex mutex_;  // held across the write, from the check to the answer
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_COSIGNER_H_
