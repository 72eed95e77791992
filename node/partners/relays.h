// Disputes that partners pass on to this node: taken, kept, and what they mean for a report here
// (docs/protocol.md, "RelayDispute").
#ifndef DAFTAR_NODE_PARTNERS_RELAYS_H_
#define DAFTAR_NODE_PARTNERS_RELAYS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

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
                                                      const Registry& registry,
                                                      const Followers& followers, OwnReports own);

  // What a statement that the active partner `from` has sent does here; durable on OK. A refused
  // one changes nothing. Unavailable: the copy of a log is not so far yet; ResourceExhausted: past
  // a bound of relay_rows.h, in words with the time to wait; errors of the store.
  absl::StatusOr<RelayAnswer> Take(const Partner& from, crypto::ByteView statement);

  // The disputes of the report at `index` of the partner's log `issuer`, whose record key the
  // reader has: those that active partners passed on and that the key fits, and this node's own,
  // whatever the issuer has answered. One that the key does not fit is noted against its relayer
  // and dropped. Errors of the store; DataLoss as with Open.
  absl::StatusOr<std::vector<RelayedDispute>> Standing(storage::LogNumber issuer, uint64_t index,
                                                       const crypto::Secret32& report_key);

  // A partner was heard from just now.
  absl::Status Heard(const Partner& partner);

  // Drops what serves no more: of reports whose body is gone, and of disputes that are over. Reads
  // every row. Returns how many were dropped.
  absl::StatusOr<size_t> Sweep();

  // How many open ones of the partner are kept here.
  size_t OpenOf(const Partner& partner) const;

 private:
  Relays(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
         const Registry& registry, const Followers& followers, OwnReports own)
      : store_(store),
        vault_(vault),
        clock_(clock),
        registry_(registry),
        followers_(followers),
        own_(std::move(own)) {}
  absl::Status Load();
  absl::StatusOr<KeptRelay> Open(crypto::ByteView key, crypto::ByteView row) const;
  // The refusal, or kNone, of what can be told of the report by its log alone.
  absl::StatusOr<RelayRefusal> CheckReport(const evidence::RelayStatement& statement,
                                           storage::LogNumber issuer) const;
  // As CheckReport, of what is over for a copied log. `at`: of a statement.
  absl::StatusOr<RelayFate> FateOfCopy(storage::LogNumber issuer, uint64_t index, int64_t at) const;
  absl::StatusOr<RelayAnswer> TakeChecked(const Partner& from,
                                          const evidence::RelayStatement& statement,
                                          storage::LogNumber issuer, int64_t now)
      DAFTAR_REQUIRES(taking_);
  absl::StatusOr<bool> IsOver(const relay_rows::Place& place, const KeptRelay& kept) const;
  absl::StatusOr<RelayDay> RoomFor(const Partner& from, int64_t now) const DAFTAR_REQUIRES(taking_);
  void Count(storage::LogNumber relayer, int change);

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  const Registry& registry_;
  const Followers& followers_;
  const OwnReports own_;
  storage::Mutex taking_;  // one statement or sweep at a time; before mutex_
  mutable storage::Mutex mutex_;
  std::map<storage::LogNumber, HeardTimes> heard_ DAFTAR_GUARDED_BY(mutex_);
  std::map<storage::LogNumber, size_t> open_ DAFTAR_GUARDED_BY(mutex_);  // kept, by relayer
  size_t kept_ DAFTAR_GUARDED_BY(mutex_) = 0;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_RELAYS_H_
