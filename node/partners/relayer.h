// Disputes that this node passes on for a person: made, kept until the issuer has spoken, listed.
// Nothing is sent here (relay_sender.h).
#ifndef DAFTAR_NODE_PARTNERS_RELAYER_H_
#define DAFTAR_NODE_PARTNERS_RELAYER_H_

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/evidence/charters.h"
#include "node/evidence/clock.h"
#include "node/evidence/relay.h"
#include "node/identity/identifier.h"
#include "node/partners/followers.h"
#include "node/partners/lookup.h"
#include "node/partners/registry.h"
#include "node/partners/relay_rows.h"
#include "storage/caller.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::partners {

// How one stands.
struct RelayView {
  OwnRelay relay;
  FateView fate;  // in this node's copy of the issuer's log
  // Whether it is still passed on. The issuer's refusal does not end it: a clock, a backup or a lie
  // may be behind it, and what the others count is no business of its.
  bool open() const { return fate.fate == RelayFate::kWaiting; }
  // In one word: waiting, disputed, resolved, ended, refused.
  std::string_view state() const;
};

// What a person says at this shop of a partner's reports.
struct NewRelay {
  std::string issuer;                             // origin
  std::vector<identity::Identifier> identifiers;  // 1 to 4
  std::optional<uint64_t> index;                  // none: all its reports about the buyer
  evidence::Date on;                              // none: today in UTC
};

// Any thread may call any method. References outlive the object.
class Relayer {
 public:
  // Errors of the store; DataLoss when a row is malformed or does not open.
  static absl::StatusOr<std::unique_ptr<Relayer>> Open(
      storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
      crypto::Entropy& entropy, std::string own_origin, const crypto::SigningKey& entry_key,
      const evidence::Charters& charters, const Registry& registry, const Followers& followers,
      Lookup& lookup);

  // Checks the buyer, and makes a statement about each report of the issuer that opens and is not
  // disputed yet: from then on it does not count here. Durable on OK, and once for one (actor,
  // request id). One that is passed on already is answered as it stands, unless the issuer has
  // refused it in a way that waiting does not mend, or it is dated ahead: then it is stated anew,
  // and its period here goes on. Asks partners until the deadline. Who tried and made none, while
  // something opened, is on the record.
  //   NotFound            no such partner, or no report of it about the buyer opens here
  //   FailedPrecondition  the partner is not active; all that opens is disputed or ended already
  //   Unavailable         the partner could not be asked
  //   InvalidArgument     the day is still to come, or before what is reported
  //   ResourceExhausted   past a bound of relay_rows.h, in words; what fits is relayed all the
  //                       same, durably, and the words say how many reports still count. The same
  //                       request does the rest later, and states none anew that it had relayed
  absl::StatusOr<std::vector<RelayView>> Relay(const storage::Caller& caller,
                                               const NewRelay& dispute,
                                               std::chrono::milliseconds deadline);

  // The newest first, at most `limit`.
  absl::StatusOr<std::vector<RelayView>> List(size_t limit) const;

  // Those that are still passed on, by issuer and index.
  absl::StatusOr<std::vector<RelayView>> Outstanding();
  // Notes what `partner` has answered; of the issuer the last word, to be shown. One of another
  // partner that may pass is not noted, so that it is asked again.
  absl::Status Answered(const RelayView& relay, const std::string& partner,
                        const RelayAnswer& answer);

 private:
  Relayer(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
          crypto::Entropy& entropy, std::string own_origin, const crypto::SigningKey& entry_key,
          const evidence::Charters& charters, const Registry& registry, const Followers& followers,
          Lookup& lookup)
      : store_(store),
        vault_(vault),
        clock_(clock),
        entropy_(entropy),
        own_origin_(std::move(own_origin)),
        entry_key_(entry_key),
        charters_(charters),
        registry_(registry),
        followers_(followers),
        lookup_(lookup) {}
  struct Row {
    OwnRelay relay;
    crypto::Bytes bytes;  // as it is in the store, for the precondition
  };
  absl::StatusOr<std::optional<Row>> Find(crypto::ByteView key) const;
  absl::StatusOr<RelayView> View(OwnRelay relay, storage::LogNumber issuer) const;
  absl::StatusOr<evidence::RelayStatement> Make(const Partner& issuer, uint64_t index,
                                                evidence::Date on,
                                                const crypto::Secret32& report_key) const;
  // The issuer's reports that open, of those asked for.
  absl::StatusOr<std::vector<decision::PartnerRecord>> Opened(const NewRelay& dispute,
                                                              std::chrono::milliseconds deadline);
  // Of the outstanding ones, those whose period for an answer is not over.
  absl::StatusOr<size_t> CountOpen();
  absl::StatusOr<size_t> CountKept() const;
  // What a request has come to so far: the reports that it sees to, `whole` when no more are left.
  struct Progress {
    std::vector<uint64_t> indexes;
    bool whole = false;
    std::optional<crypto::Bytes> result;  // as the request log has it
  };
  static absl::StatusOr<Progress> ProgressOf(const Partner& issuer,
                                             std::optional<crypto::Bytes> result);
  // `made`: how many statements were, also where an error says that more were not. No report of
  // `earlier` is stated anew.
  absl::StatusOr<std::vector<RelayView>> Write(const storage::Caller& caller, crypto::Bytes request,
                                               const Progress& earlier, const Partner& issuer,
                                               const NewRelay& dispute,
                                               std::span<const decision::PartnerRecord> opened,
                                               size_t& made) DAFTAR_REQUIRES(writing_);
  // Those of the reports whose statements are not swept since.
  absl::StatusOr<std::vector<RelayView>> ViewsOf(const Partner& issuer,
                                                 std::span<const uint64_t> indexes) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  const std::string own_origin_;
  const crypto::SigningKey& entry_key_;
  const evidence::Charters& charters_;
  const Registry& registry_;
  const Followers& followers_;
  Lookup& lookup_;
  storage::Mutex writing_;  // held across a durable write; before mutex_
  mutable storage::Mutex mutex_;
  // That may still be open, so that looking for something to send reads no closed ones.
  std::set<relay_rows::Place> open_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_RELAYER_H_
