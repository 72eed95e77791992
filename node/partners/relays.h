// Disputes that partners pass on to this node: taken, kept, and what they mean for a report here
// (docs/protocol.md, "RelayDispute").
#ifndef DAFTAR_NODE_PARTNERS_RELAYS_H_
#define DAFTAR_NODE_PARTNERS_RELAYS_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/evidence/charters.h"
#include "node/evidence/clock.h"
#include "node/evidence/relay.h"
#include "node/partners/followers.h"
#include "node/partners/registry.h"
#include "node/partners/relay_answer.h"
#include "node/partners/relay_rows.h"
#include "node/partners/standing.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::partners {

// The node's own reports, of which another room is the writer. Any thread may call.
struct OwnReports {
  std::string origin;
  // The record key of the report at an index of the own log. NotFound: none (any more).
  std::function<absl::StatusOr<crypto::Secret32>(uint64_t index)> record_key;
  // Writes a DISPUTE for a statement whose mac fits, once; `since` is the time that counts. The
  // outcome is kDisputed, with the incident by whatever name the writer gives it, kAlready, or
  // kRefused with why. Durable on OK.
  struct Disputed {
    RelayAnswer answer;
    crypto::Bytes incident;  // at most 255 bytes
  };
  std::function<absl::StatusOr<Disputed>(const evidence::RelayStatement& statement, int64_t since)>
      dispute;
  // Whether a dispute of that incident is open.
  std::function<absl::StatusOr<bool>(crypto::ByteView incident)> is_disputed;
};

// Any thread may call any method. References outlive the object.
class Relays {
 public:
  // Errors of the store; DataLoss when a row is malformed or does not open.
  static absl::StatusOr<std::unique_ptr<Relays>> Open(storage::Store& store,
                                                      const storage::Vault& vault,
                                                      const evidence::Clock& clock,
                                                      const evidence::Charters& charters,
                                                      const Registry& registry,
                                                      const Followers& followers, OwnReports own);

  // What a statement that the active partner `from` has sent does here; durable on OK. A refused
  // one changes nothing. Unavailable: the copy of a log is not so far yet; ResourceExhausted: past
  // a bound of relay_rows.h, in words with the time to wait; Aborted: a lookup was at the same
  // dispute, try again; errors of the store.
  absl::StatusOr<RelayAnswer> Take(const Partner& from, crypto::ByteView statement);

  // The disputes of the report at `index` of the partner's log `issuer`, whose record key the
  // reader has: those that active partners passed on and that the key fits, and this node's own,
  // whatever the issuer has answered. One that the key does not fit is noted against its relayer
  // and dropped. Errors of the store; DataLoss as with Open.
  absl::StatusOr<std::vector<RelayedDispute>> Standing(storage::LogNumber issuer, uint64_t index,
                                                       const crypto::Secret32& report_key);

  // Of the reports of that log of which this node relayed a dispute: since when it counts, in Unix
  // seconds, where that is known. Errors as with Standing.
  absl::StatusOr<std::map<uint64_t, int64_t>> OwnOf(storage::LogNumber issuer) const;

  // A partner was heard from just now.
  absl::Status Heard(const Partner& partner);

  // Drops what serves no more: of reports that are erased or expired, and of disputes that are
  // over. Where the clock was in doubt and is not any more, lets the period begin. Reads every row.
  // Returns how many were dropped.
  absl::StatusOr<size_t> Sweep();

  // How many are kept here: of all partners, of this one, and of this one those that are open.
  // Those about own reports are not among the first two: the mac has proven them, and each goes
  // with its dispute. Reads all of the partner's.
  struct Numbers {
    size_t kept = 0;
    size_t of_partner = 0;
    size_t open = 0;
  };
  absl::StatusOr<Numbers> NumbersOf(const Partner& partner) const;

 private:
  Relays(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
         const evidence::Charters& charters, const Registry& registry, const Followers& followers,
         OwnReports own)
      : store_(store),
        vault_(vault),
        clock_(clock),
        charters_(charters),
        registry_(registry),
        followers_(followers),
        own_(std::move(own)) {}
  absl::Status Load();
  absl::StatusOr<KeptRelay> Open(crypto::ByteView key, crypto::ByteView row) const;
  // The refusal, or kNone, of what can be told of the report by its log alone.
  absl::StatusOr<RelayRefusal> CheckReport(const evidence::RelayStatement& statement,
                                           storage::LogNumber issuer) const;
  // By a copied log, of a dispute that was stated at `at`. A body that is merely missing ends
  // nothing: it may still come.
  absl::StatusOr<FateView> FateOfCopy(storage::LogNumber issuer, uint64_t index, int64_t at) const;
  absl::StatusOr<RelayAnswer> TakeChecked(const Partner& from,
                                          const evidence::RelayStatement& statement,
                                          storage::LogNumber issuer, int64_t now)
      DAFTAR_REQUIRES(taking_);
  absl::StatusOr<bool> IsOver(const relay_rows::Place& place, const KeptRelay& kept) const;
  // Makes room in `batch` for one more of `from`, which was last in touch at `heard`. `proven`: it
  // is about an own report, and only those that are open have a bound.
  absl::Status TakeRoom(const Partner& from, int64_t heard, int64_t now, bool proven,
                        storage::Batch& batch) const DAFTAR_REQUIRES(taking_);
  // The row as Sweep leaves it; nullopt: to be dropped.
  absl::StatusOr<std::optional<crypto::Bytes>> Swept(const relay_rows::Place& place,
                                                     crypto::ByteView key, crypto::ByteView row,
                                                     bool clock_in_doubt) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  const evidence::Charters& charters_;
  const Registry& registry_;
  const Followers& followers_;
  const OwnReports own_;
  storage::Mutex taking_;  // one statement or sweep at a time; before mutex_
  mutable storage::Mutex mutex_;
  std::map<storage::LogNumber, HeardTimes> heard_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_RELAYS_H_
