// The shop's own share of bad orders, from which decisions expect the next one to be bad.
#ifndef DAFTAR_NODE_CHECK_OWN_RATE_H_
#define DAFTAR_NODE_CHECK_OWN_RATE_H_

#include <atomic>
#include <functional>

#include "node/book/book.h"
#include "node/check/pace.h"
#include "node/decision/policy.h"
#include "node/evidence/clock.h"
#include "node/ledger/ledger.h"
#include "storage/mutex.h"

namespace daftar::check {

// Counting reads the whole book, so it is done in the background: at the start, when a day begins,
// and after outcomes changed, at the pace of Pace. Until the first count the policy's prior stands.
// Any thread may call.
class OwnRate {
 public:
  // All must outlive it.
  OwnRate(const book::Book& book, const ledger::Ledger& ledger, const evidence::Clock& clock)
      : book_(book), ledger_(ledger), clock_(clock) {}

  // As PriorFrom has it, by the last count.
  uint32_t Prior(const decision::Policy& policy) const;
  // An outcome or an order's incident has changed: a Refresh counts anew when it is time.
  void Stale() { stale_ = true; }
  // Counts when it is due, orders as their incidents leave them. Errors of the store, until a count
  // succeeds; the last count then stands. It stands too, and nothing has failed, when `stopped`
  // ends the counting (Book::CountOutcomes, ledger::RemarksOnAllOrders).
  absl::Status Refresh(const decision::Policy& policy, const std::function<bool()>& stopped = {});

 private:
  absl::StatusOr<book::OutcomeTotals> Count(evidence::Date today, uint32_t late_after_days,
                                            const std::function<bool()>& stopped) const;

  const book::Book& book_;
  const ledger::Ledger& ledger_;
  const evidence::Clock& clock_;
  std::atomic<bool> stale_{true};
  mutable storage::Mutex mutex_;
  book::OutcomeTotals totals_ DAFTAR_GUARDED_BY(mutex_);
  evidence::Date counted_on_ DAFTAR_GUARDED_BY(mutex_);
  Pace pace_ DAFTAR_GUARDED_BY(mutex_);
  absl::Status last_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_OWN_RATE_H_
