// A policy on trial: it decides beside the one in force, from the same inputs, and nothing follows
// from it. What it would have answered stands sealed beside each receipt.
#ifndef DAFTAR_NODE_CHECK_TRIAL_H_
#define DAFTAR_NODE_CHECK_TRIAL_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/entropy.h"
#include "node/check/outcomes.h"
#include "node/check/receipt_log.h"
#include "node/decision/policy.h"
#include "node/evidence/clock.h"
#include "storage/caller.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::check {

// Checks that a report on a trial looks at: the newest ones.
inline constexpr uint64_t kMaxTrialReceipts = 200'000;

struct TrialPolicy {
  crypto::Digest hash;
  evidence::UnixMillis since;
  uint64_t first_receipt = 0;  // of the decision log: none before it was made during the trial
  decision::Policy policy;
};

// Of checks made during a trial: what was answered and what the policy on trial would have.
struct TrialRow : OutcomeCounts {
  decision::Effect answered = decision::Effect::kAccept;
  std::optional<decision::Effect> trial;  // none: it could not decide
  uint64_t checks = 0;
};

// Row in Column::kPolicies: "trial" -> version u8, policy hash (32), since (u64), first receipt
// (u64), the encoded policy; none without a trial. Nothing in it is personal.
//
// Any thread may call; changes are durable on OK, and in force for the next check.
class Trial {
 public:
  // All must outlive it. Errors of the store; DataLoss for a malformed row. A policy that another
  // program made and this one cannot decode is on trial no more; its row stays until another one's.
  static absl::StatusOr<std::unique_ptr<Trial>> Open(storage::Store& store,
                                                     const storage::Vault& vault,
                                                     const evidence::Clock& clock,
                                                     crypto::Entropy& entropy,
                                                     const ReceiptLog& receipts);

  // Null: there is none.
  std::shared_ptr<const TrialPolicy> Current() const;

  // Puts the policy on trial; another one's trial ends with it. One that is on trial already goes
  // on as it was. A repetition of the request changes nothing, and gives what is on trial now.
  //   InvalidArgument     no reason is given, or no request id
  //   FailedPrecondition  the request id was used for another policy, or to end a trial
  absl::StatusOr<std::shared_ptr<const TrialPolicy>> Begin(const storage::Caller& caller,
                                                           const decision::Policy& policy,
                                                           const std::string& because);
  // Ends it; what was recorded stays with the receipts. OK when there is none. Errors as Begin.
  absl::Status End(const storage::Caller& caller, const std::string& because);

 private:
  Trial(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
        crypto::Entropy& entropy, const ReceiptLog& receipts)
      : store_(store), vault_(vault), clock_(clock), entropy_(entropy), receipts_(receipts) {}
  // `object`: the policy's hash; empty: none. Gives whether the request was done before.
  absl::StatusOr<bool> Repeats(crypto::ByteView request, crypto::ByteView object) const;
  absl::Status Write(const storage::Caller& caller, crypto::Bytes request,
                     std::shared_ptr<const TrialPolicy> next, const std::string& because)
      DAFTAR_REQUIRES(writing_);

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  const ReceiptLog& receipts_;
  storage::Mutex writing_;  // held across a change, before mutex_
  mutable storage::Mutex mutex_;
  std::shared_ptr<const TrialPolicy> current_ DAFTAR_GUARDED_BY(mutex_);
};

// Of the newest kMaxTrialReceipts checks made since the trial began, ordered by what was answered
// and then by what would have been, none first. Reads receipts and outcomes once; Cancelled when
// `stopped` says so, which is asked at every few receipts and may be empty. Errors of the rooms.
absl::StatusOr<std::vector<TrialRow>> ReportTrial(const TrialPolicy& trial,
                                                  const ReceiptLog& receipts,
                                                  const Outcomes& outcomes,
                                                  const std::function<bool()>& stopped = {});

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_TRIAL_H_
