// When each partner had durably applied how much of the node's own log: a partner's cosignature is
// the receipt that a settlement, a withdrawal or an erasure has arrived and is in force there.
#ifndef DAFTAR_NODE_PARTNERS_ARRIVALS_H_
#define DAFTAR_NODE_PARTNERS_ARRIVALS_H_

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/evidence/charters.h"
#include "node/evidence/clock.h"
#include "node/partners/cosignatures.h"
#include "node/partners/followers.h"
#include "node/partners/registry.h"
#include "storage/mutex.h"
#include "storage/store.h"

namespace daftar::partners {

// Cosignatures of one partner whose time is kept. Of more, the oldest is merged into the one after
// it: what it covered then has arrived by that later time at the latest.
inline constexpr size_t kMaxArrivalsPerPartner = 10'000;

// What one partner holds of the own log, in Unix seconds.
struct Arrival {
  std::string origin;
  PartnerStatus status = PartnerStatus::kActive;
  uint64_t holds = 0;                 // entries it has durably applied
  int64_t holds_since = 0;            // by its clock, its newest cosignature; 0: none
  std::optional<int64_t> applied_at;  // by its clock, the entry asked about; nullopt: behind
  int64_t last_heard = 0;             // by this node's clock; 0: never
  bool live = false;                  // heard from within stale_after_s of the charter in force
};

// Any thread may call any method.
class Arrivals {
 public:
  // References outlive the object. Errors of the store; DataLoss when a row is malformed.
  static absl::StatusOr<std::unique_ptr<Arrivals>> Open(storage::Store& store,
                                                        const evidence::Clock& clock,
                                                        const Registry& registry,
                                                        const Followers& followers,
                                                        const evidence::Charters& charters);

  // Keeps verified cosignatures of heads of the own log; durable on OK. Returns how many were news.
  absl::StatusOr<size_t> Keep(std::vector<Cosignature> cosignatures);
  // Notes that the partner spoke to this node just now; in memory.
  void Heard(const std::string& origin);

  // Whether and when each active partner had applied the own log's entry `index`, by origin; with
  // those among them that are suspended or removed now and had applied it: they were told.
  absl::StatusOr<std::vector<Arrival>> Of(uint64_t index) const;
  // What one partner holds, of no entry in particular.
  Arrival HeldBy(const Partner& partner) const;
  // Over heads of the own log.
  const Cosignatures& cosignatures() const { return *cosignatures_; }

  // Counts what was kept; WaitForNews returns when it differs from `seen` or time is up.
  uint64_t News() const;
  uint64_t WaitForNews(uint64_t seen, std::chrono::milliseconds timeout);
  void WakeAll();  // for shutdown

 private:
  Arrivals(storage::Store& store, const evidence::Clock& clock, const Registry& registry,
           const Followers& followers, const evidence::Charters& charters)
      : store_(store),
        clock_(clock),
        registry_(registry),
        followers_(followers),
        charters_(charters) {}
  absl::Status Load();
  absl::StatusOr<std::optional<int64_t>> AppliedAt(const Partner& partner, uint64_t index) const;

  storage::Store& store_;
  const evidence::Clock& clock_;
  const Registry& registry_;
  const Followers& followers_;
  const evidence::Charters& charters_;
  std::unique_ptr<Cosignatures> cosignatures_;
  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  uint64_t news_ DAFTAR_GUARDED_BY(mutex_) = 0;
  std::map<std::string, int64_t> heard_ DAFTAR_GUARDED_BY(mutex_);
  std::map<storage::LogNumber, size_t> rows_ DAFTAR_GUARDED_BY(mutex_);  // kept of each partner
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_ARRIVALS_H_
