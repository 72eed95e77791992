// The canonical body of a receipt: what went into a decision and what came out, from which, with
// the policy, anybody can compute it again. It holds no opened facts and no identifier.
#ifndef DAFTAR_NODE_DECISION_RECEIPT_H_
#define DAFTAR_NODE_DECISION_RECEIPT_H_

#include <vector>

#include "crypto/secret.h"
#include "node/decision/decide.h"
#include "node/identity/identifier.h"

namespace daftar::decision {

inline constexpr uint8_t kReceiptVersion = 3;
inline constexpr uint8_t kOldestReceiptVersion = 2;   // without WeighedOwn::given_up; it is 0 there
inline constexpr size_t kMaxReceiptBytes = 16 << 20;  // bytes of an encoded body
inline constexpr size_t kMaxSubjects = 16;            // identifiers a check

// BLAKE2b-256(key = receipt key, type || identifier): who was asked about, for whoever has the key.
using Subject = crypto::FixedBytes<struct SubjectTag, 32>;
Subject SubjectOf(const crypto::Secret32& receipt_key, const identity::Identifier& identifier);

struct ReceiptBody {
  evidence::UnixMillis time;
  crypto::Digest policy;          // Policy::Hash()
  std::vector<Subject> subjects;  // ascending
  Weighed weighed;
  Verdict verdict;
  uint8_t version = kReceiptVersion;  // a body keeps its own, and so its commitment

  // Aborts when a bound of decision.h or of this header is broken.
  crypto::Bytes Encode() const;
  // InvalidArgument for everything that is not exactly what Encode writes.
  static absl::StatusOr<ReceiptBody> Decode(crypto::ByteView bytes);
  friend bool operator==(const ReceiptBody&, const ReceiptBody&) = default;
};

// The body for a decision made at `time`. Subjects are sorted, repeated ones dropped.
ReceiptBody MakeReceipt(const Decision& decision, const Policy& policy,
                        std::vector<Subject> subjects, evidence::UnixMillis time);

// The decision computed again from the receipt's inputs. The verdict equals the receipt's when the
// policy is the same and nothing was altered; reasons are absent.
Decision Replay(const ReceiptBody& receipt, const Policy& policy);
// Ok when the policy's hash and the whole verdict agree; FailedPrecondition saying which value
// differs otherwise.
absl::Status CheckReplay(const ReceiptBody& receipt, const Policy& policy);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_RECEIPT_H_
