// Incidents and what the shop does with them: file, publish, settle, withdraw. Each change is one
// atomic, durable write that carries its entry's complete body into the publication queue.
#ifndef DAFTAR_NODE_LEDGER_LEDGER_H_
#define DAFTAR_NODE_LEDGER_LEDGER_H_

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/entropy.h"
#include "crypto/voprf.h"
#include "node/evidence/charters.h"
#include "node/evidence/clock.h"
#include "node/evidence/labels.h"
#include "node/identity/warning_list.h"
#include "node/ledger/deadlines.h"
#include "node/ledger/incident.h"
#include "node/ledger/proofs.h"
#include "node/ledger/submission.h"
#include "storage/caller.h"
#include "storage/requests.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::ledger {

// An incident as it stands now: what is stored, and what its queued entries became.
struct IncidentView {
  Incident incident;
  IncidentState state = IncidentState::kDraft;  // with kReady and kPublished derived
  std::optional<Publication> report;
  std::vector<std::optional<Publication>> events;  // one for each of incident.events
  std::vector<std::string> missing;                // before it may be shared
  std::optional<Deadline> deadline;  // what the node does about it by itself, and when
  std::string notice_code;           // once the customer was given notice
  bool flagged = false;  // its dispute has waited for longer than the charter lets pass without
  std::vector<Proof> proofs;  // by number; none of one that is erased or expired
};

// Whether partners have its report, or are to have it.
bool IsShared(const IncidentView& view);

struct UnsharedErased {
  uint64_t erased = 0;
  uint64_t kept = 0;
  uint64_t left = 0;  // others', which only lost identifiers
};

// How many orders the buyer with these identifiers had settled with this shop before the day it
// occurred, without the order that the incident is about (its name, or empty); the book answers.
using SettledOrders =
    std::function<absl::StatusOr<uint64_t>(std::span<const identity::Identifier> identifiers,
                                           evidence::Date occurred, std::string_view order)>;

// Is told the name of the order whose incident was filed or has changed, after that is durable;
// also when a caller repeats what was done. Called by the writing thread; may call the ledger.
using OrderChanged = std::function<void(const std::string& order)>;

// Whether the order of which the account was made still supports it, as filed on `filed`; OK for
// one of no order. `after_hold`: for publication by itself, which any payment of the order stops.
using StillSupported =
    std::function<absl::Status(const NewIncident& account, evidence::Date filed, bool after_hold)>;

// Is told that an entry was queued that must not wait for its tick. Called by the writing thread.
using Urgent = std::function<void()>;

// By what an incident is known whose customer nobody knows any more: "lost-database/entry-12".
std::string RecoveredHandle(uint64_t report);

// The current epoch's label key; owned by the keystore.
struct LabelKey {
  uint32_t epoch;
  const crypto::VoprfKey& key;
};

// References outlive the ledger.
struct LedgerOptions {
  std::string origin;
  const evidence::Charters& charters;
  LabelKey label_key;
  const crypto::Secret32& record_key;
  const identity::WarningList& warnings;
  const storage::SealedFiles& files;  // of the proofs
  SettledOrders settled_orders;
  OrderChanged order_changed = {};      // may be empty
  StillSupported still_supported = {};  // may be empty
  Urgent urgent = {};                   // may be empty
  // Why nothing may be published now, for as long as that is so; may be empty.
  std::function<absl::Status()> may_publish = {};
};

// A dispute as it is noted; `on` none: today in UTC.
struct NewDispute {
  evidence::DisputedBy by = evidence::DisputedBy::kPersonThroughShop;
  evidence::Date on;
  // Of one that a partner has passed on: the partner's origin, and from when the periods run.
  std::string through = {};
  evidence::UnixMillis since = {};
};

// What became of a dispute that a partner has passed on.
struct RelayTaken {
  enum class Outcome : uint8_t {
    kDisputed,  // its DISPUTE is queued
    kAlready,   // a DISPUTE is open, published or queued, or was resolved since
    kEnded,     // withdrawn, erased or expired
  };
  Outcome outcome = Outcome::kEnded;
  IncidentId incident;
};

// Disputes that wait for longer than the charter of their report lets pass without a word.
struct FlaggedDisputes {
  uint64_t count = 0;
  int64_t oldest = 0;  // Unix seconds: since when the first of them waits
};

// Before the partner's origin in the history of an incident and in the record.
inline constexpr std::string_view kPartnerActor = "partner:";

// Incidents that one run of the deadlines looks at, at most; the rest waits for the next.
inline constexpr size_t kMaxDeadlinesPerRun = 10'000;
// Incidents that get their missing deadlines in one write.
inline constexpr size_t kMaxDeadlinesPerWrite = 1000;
// Incidents that leave a log in one write.
inline constexpr size_t kMaxLeftPerWrite = 50;
// The node's own name on what it does by itself.
inline constexpr std::string_view kNodeActor = "node";

// Any thread may call any method. Every write is durable on OK, happens once for one (actor,
// request id), and on an error has changed nothing. Writes that lose a race are retried a few times
// and then answer Aborted.
class Ledger {
 public:
  Ledger(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
         crypto::Entropy& entropy, LedgerOptions options);

  // InvalidArgument names the field; AlreadyExists when the order has an incident that was not
  // withdrawn.
  absl::StatusOr<IncidentView> Add(const storage::Caller& caller, const NewIncident& account);

  absl::StatusOr<IncidentView> Get(const IncidentId& id) const;  // NotFound
  // Newest first, from `before` on (an id that an earlier page ended with); `state` filters.
  struct Page {
    std::vector<IncidentView> incidents;
    std::optional<IncidentId> next;
  };
  absl::StatusOr<Page> List(std::optional<IncidentState> state, size_t limit,
                            const std::optional<IncidentId>& after) const;

  // As List, of those about any of the identifiers; what About does not give is not among them.
  absl::StatusOr<Page> ListAbout(std::span<const identity::Identifier> identifiers,
                                 std::optional<IncidentState> state, size_t limit,
                                 const std::optional<IncidentId>& after) const;

  // This shop's own incidents about any of the identifiers, each once, newest first.
  absl::StatusOr<std::vector<IncidentView>> About(
      std::span<const identity::Identifier> identifiers) const;

  // Visits the newest incident of each order that has one, until `visit` returns false.
  absl::Status ScanOfOrders(const std::function<bool(const IncidentView&)>& visit) const;

  // What an incident is to name once identifiers have gone; none: it goes with them.
  using LeftOfAccount =
      std::function<absl::StatusOr<std::vector<identity::Identifier>>(const NewIncident& account)>;
  // Adds to `batch` the removal of the incidents about `gone` or `kept` that are not shared, with
  // everything in them and their proofs; those that name any of `kept` stay and are counted. Those
  // of which `left` leaves something are others': they lose what is gone, and stay. The write is
  // Aborted when one of them has changed meanwhile. Errors of `left`.
  absl::StatusOr<UnsharedErased> EraseUnshared(std::span<const identity::Identifier> gone,
                                               std::span<const identity::Identifier> kept,
                                               const LeftOfAccount& left,
                                               storage::Batch& batch) const;

  // The newest incident that was made from this order, if any.
  absl::StatusOr<std::optional<IncidentId>> ForOrder(std::string_view order) const;

  // Queues the REPORT, or begins its hold. FailedPrecondition lists what is missing, one sentence a
  // line; ResourceExhausted when an identifier has all 16 labels of the epoch in use.
  absl::StatusOr<IncidentView> Publish(const storage::Caller& caller, const IncidentId& id);

  // As Publish, by the second person that the charter wants. PermissionDenied for whoever filed the
  // incident, or changed what it says.
  absl::StatusOr<IncidentView> Approve(const storage::Caller& caller, const IncidentId& id);

  // Notes that the customer is given notice, from which on the hold runs; again, it only answers.
  // FailedPrecondition for an incident that is not held (any more).
  absl::StatusOr<IncidentView> Notice(const storage::Caller& caller, const IncidentId& id);
  // The short code of the incident's notice, by which the customer names it: "K7F3-9Q2M". Keyed, so
  // that nobody can guess one.
  std::string NoticeCode(const IncidentId& id) const;
  // The incident whose notice has the code, as typed. NotFound without saying it back.
  absl::StatusOr<IncidentId> ByNoticeCode(std::string_view typed) const;

  // Before publication: nothing is shared any more. After: queues a SETTLEMENT; the report is
  // withdrawn within the charter's period.
  absl::StatusOr<IncidentView> Settle(const storage::Caller& caller, const IncidentId& id,
                                      evidence::Date settled_on, const std::string& because);

  // Notes that somebody says it is wrong: from then on it does not count. Before publication, it
  // is not shared until that is resolved; after, queues a DISPUTE that does not wait for its tick.
  absl::StatusOr<IncidentView> Dispute(const storage::Caller& caller, const IncidentId& id,
                                       const NewDispute& dispute, const std::string& because);

  // As Dispute, by a person through the partner `through`, of the published report at `index`; `at`
  // is when the partner took it down, `since` the time that counts, both Unix seconds. `request`
  // names the statement: the same one is noted once. NotFound when no report of this node stands
  // there; InvalidArgument for an impossible day. The record has it.
  absl::StatusOr<RelayTaken> DisputeThroughPartner(const std::string& through,
                                                   const std::string& request, uint64_t index,
                                                   evidence::Date on, int64_t at, int64_t since);
  // The record key of the report at `index` of the own log. NotFound when there is none (any more).
  absl::StatusOr<crypto::Secret32> RecordKey(uint64_t index) const;

  // Ends the dispute. `upheld`: the report was right, and counts again; else it is withdrawn.
  absl::StatusOr<IncidentView> Resolve(const storage::Caller& caller, const IncidentId& id,
                                       bool upheld, const std::string& because);

  // Before publication: changes what was filed, which ends an approval, a hold and the notice of
  // it. After: queues a CORRECTION, unless what it says then could not be shared
  // (FailedPrecondition lists why), or would weigh more where the charter wants a second person:
  // FailedPrecondition.
  absl::StatusOr<IncidentView> Correct(const storage::Caller& caller, const IncidentId& id,
                                       const Correction& correction, const std::string& because);

  // Before publication: nothing is shared any more. After: queues a WITHDRAWAL, as paid behind a
  // SETTLEMENT where it was not settled; it is erased within the charter's period.
  absl::StatusOr<IncidentView> Withdraw(const storage::Caller& caller, const IncidentId& id,
                                        evidence::WithdrawalGround ground,
                                        const std::string& because);

  // Queues an ERASURE, and removes what the incident says from this node once that is published;
  // one that was never published is removed by the next run of the deadlines.
  absl::StatusOr<IncidentView> Erase(const storage::Caller& caller, const IncidentId& id,
                                     evidence::ErasureGround ground, const std::string& because);

  // What of the own log was taken back from partners, brought together with what the database has.
  struct TakenBack {
    uint64_t queued = 0;   // entries that were still queued here
    uint64_t linked = 0;   // reports of incidents that were not published when the copy was made
    uint64_t filed = 0;    // reports whose incident is lost: a new one stands in its place
    uint64_t updates = 0;  // settlements, disputes and the like that the database did not have
    // Queued here since, of what the log says already or is not so any more.
    uint64_t taken_off = 0;
    evidence::CharterHash charter;  // that the newest CHARTER entry states
  };
  // Goes through the entries [from, to) of the own log, in order. May be repeated after a crash:
  // what was seen to stays. `progress` gets the number of entries that are done; false stops, and
  // the answer is Cancelled. REQUIRES: nothing else publishes meanwhile. Errors of the store;
  // DataLoss for entries that are malformed. A report whose incident is lost gets one without the
  // customer's identifiers, which stand in no log: its only identifier is the handle of
  // RecoveredHandle.
  absl::StatusOr<TakenBack> TakeBack(uint64_t from, uint64_t to,
                                     const std::function<bool(uint64_t done)>& progress);

  // What became of the incidents that had a report when their log was given up for a new one.
  struct LeftLog {
    uint64_t live = 0;      // to be published anew
    uint64_t disputed = 0;  // stay disputed, and unpublished
    uint64_t ended = 0;     // were settled, withdrawn, erased or over already
    uint64_t nameless = 0;  // withdrawn: nobody knows the customer any more (RecoveredHandle)
  };
  // Takes the reports of the old log off all incidents, in bounded writes; their histories say so.
  // May be repeated after a crash: what was seen to stays. `go_on` is asked between two writes;
  // false stops: Cancelled. REQUIRES: nothing is published meanwhile. Then the rows that say what
  // was queued and published may go.
  absl::StatusOr<LeftLog> LeaveLog(const std::function<bool()>& go_on);
  struct PublishedAnew {
    uint64_t queued = 0;
    uint64_t stopped = 0;  // may not be shared any more: drafts
    uint64_t expired = 0;  // their time is over: erased
  };
  // Queues the reports that LeaveLog has left to be published anew, in the log that the ledger was
  // opened for, under its labels. May be repeated as LeaveLog.
  absl::StatusOr<PublishedAnew> PublishAnew(const std::function<bool()>& go_on);

  // Does what the charter's periods ask for at `now`: publishes after holds, withdraws, erases,
  // removes. Returns how many incidents changed. One that fails does not keep the others; the first
  // error is answered. While the clock is in doubt it only removes what was erased. By one thread
  // at a time.
  absl::StatusOr<size_t> RunDeadlines(evidence::UnixMillis now, bool clock_in_doubt = false);

  // The disputes of reports that are flagged now, found by their deadlines, of which it looks at
  // kMaxDeadlinesPerRun at most. A dispute of what was never shared has none.
  absl::StatusOr<FlaggedDisputes> CountFlagged() const;

  // Gives the incidents of earlier versions, which had none, their places among the deadlines; once
  // for a database, before anything else is asked of the ledger. Durable on OK.
  absl::Status AddMissingDeadlines();

  // Notes what speaks for the customer; it lowers what the incident counts in this shop, and
  // nothing of it is shared. FailedPrecondition when it is noted already.
  absl::StatusOr<IncidentView> Mitigate(const storage::Caller& caller, const IncidentId& id,
                                        decision::Mitigation mitigation,
                                        const std::string& because);

  // Notes that the customer was reminded on `day`; none: today in UTC. `because` may be empty.
  // Only a draft takes it: FailedPrecondition for another, and past evidence::kMaxReminders;
  // AlreadyExists for a day that is noted; InvalidArgument for one still to come or before the
  // incident occurred.
  absl::StatusOr<IncidentView> Remind(const storage::Caller& caller, const IncidentId& id,
                                      evidence::Date day, const std::string& because);

  // Entries that wait for a tick or for the end of a hold.
  absl::StatusOr<uint64_t> QueueLength() const;

  // What `account` would lack if it were filed and published today.
  std::vector<std::string> Missing(const NewIncident& account) const;
  // What a draft would lack, as IncidentView::missing, if files of these kinds were all its proof.
  std::vector<std::string> MissingWith(const Incident& incident,
                                       std::span<const evidence::ProofKind> proofs) const;

  // What Add would answer, but for a write that fails; nothing is written.
  absl::Status CheckNew(const NewIncident& account) const;
  // What a report of the account would state if it were written now, but for its proofs' root,
  // which is zero. Errors of LedgerOptions::settled_orders.
  absl::StatusOr<evidence::ReportFacts> FactsToShare(const NewIncident& account) const;

 private:
  // The incident whose report stands at `index`; nullopt: none (any more).
  friend class Restorer;
  absl::StatusOr<std::optional<IncidentView>> ByReport(uint64_t index) const;
  absl::StatusOr<IncidentId> FindByReport(uint64_t index, const crypto::Bytes& key) const;
  // Of incidents that name it.
  absl::Status IdsAbout(const identity::Identifier& identifier, size_t limit,
                        std::set<IncidentId>& ids) const;

  struct Stored {
    Incident incident;
    crypto::Bytes row;  // as it is in the store, for the precondition
  };
  absl::StatusOr<Stored> Load(const IncidentId& id) const;
  // `just_queued` was written by this very call: it cannot have been published before.
  absl::StatusOr<IncidentView> View(Incident incident,
                                    std::optional<SubmissionId> just_queued = {}) const;
  // Also its row among the deadlines.
  void PutIncident(storage::Batch& batch, Incident& incident) const;
  // It names these, the first evidence::kMaxIdentifiersPerEntry, in place of those that it has.
  void Rename(storage::Batch& batch, Incident& incident,
              std::vector<identity::Identifier> identifiers) const;
  // Adds the removal of the rows by which it is found; of all rows for `whole`.
  absl::Status RemoveRows(storage::Batch& batch, const Incident& incident, bool whole) const;
  const evidence::Charter& CharterOf(const Incident& incident) const;
  std::vector<std::string> MissingOf(const Incident& incident,
                                     std::span<const evidence::ProofKind> proofs,
                                     bool approved) const;

  // One attempt at a change: reads, decides, writes; Aborted when somebody else was faster.
  using Change = std::function<absl::Status(Stored& stored, storage::Batch& batch)>;
  absl::StatusOr<IncidentView> Apply(const storage::Caller& caller, std::string_view kind,
                                     const IncidentId& id, const Change& change);

  absl::StatusOr<IncidentView> AddOnly(const storage::Caller& caller, const NewIncident& account);
  absl::StatusOr<IncidentView> ApplyOnly(const storage::Caller& caller, std::string_view kind,
                                         const IncidentId& id, const Change& change);
  void Tell(const absl::StatusOr<IncidentView>& changed) const;

  absl::Status CheckAccount(const NewIncident& account) const;
  // The withdrawn incident of the order, if any; AlreadyExists when one stands.
  absl::StatusOr<std::optional<IncidentId>> WithdrawnOf(const std::string& order) const;
  // What Publish and Approve share: queues the report or begins the hold.
  absl::Status BeginSharing(Stored& stored, const std::string& actor, IncidentAction action,
                            storage::Batch& batch);
  absl::Status QueueReport(Incident& incident, const ProofSet& proofs, evidence::UnixMillis now,
                           storage::Batch& batch);
  absl::StatusOr<evidence::Label> ReserveLabel(const identity::Identifier& identifier,
                                               storage::Batch& batch) const;
  // Where its report stands in the log; nullopt when it does not. What is queued is taken back, and
  // the incident has no report any more.
  absl::StatusOr<std::optional<Publication>> PublishedOrTakenBack(Incident& incident,
                                                                  storage::Batch& batch) const;
  // Queues an update about the report at `index`.
  absl::Status QueueUpdate(Incident& incident, uint64_t index, evidence::EntryKind kind,
                           const evidence::Facts& facts, IncidentEvent& event,
                           storage::Batch& batch) const;
  // What a CORRECTION of the report at `index` states. FailedPrecondition when it cannot be shared.
  absl::StatusOr<evidence::CorrectionFacts> CorrectedFacts(const Incident& incident,
                                                           uint64_t index) const;
  // Takes the queued report back, or queues an update about the published one.
  absl::Status Retract(Incident& incident, evidence::EntryKind kind, const evidence::Facts& facts,
                       IncidentEvent& event, storage::Batch& batch) const;
  absl::Status WithdrawNow(Incident& incident, const std::string& actor,
                           evidence::WithdrawalGround ground, const std::string& because,
                           storage::Batch& batch) const;
  // Queues a SETTLEMENT of a published report that was not settled.
  absl::Status SettlePublished(Incident& incident, const std::string& actor,
                               const std::string& because, storage::Batch& batch) const;
  absl::Status EraseNow(Incident& incident, const std::string& actor, IncidentAction action,
                        evidence::ErasureGround ground, const std::string& because,
                        storage::Batch& batch) const;
  void Enqueue(Incident& incident, Submission& submission, evidence::UnixMillis now,
               storage::Batch& batch) const;

  // One incident whose deadline has come; whether it changed.
  absl::StatusOr<bool> RunDeadline(const IncidentId& id, evidence::UnixMillis now,
                                   bool clock_in_doubt);
  // Queues the report of one that was approved, held or public before; one that may not be shared
  // any more becomes a draft, and its history says why.
  absl::Status ShareOrStop(Incident& incident, evidence::UnixMillis now, std::string_view because,
                           storage::Batch& batch);
  // Whether it had a report, which is off now.
  absl::StatusOr<bool> LeaveLog(Incident& incident, storage::Batch& batch, LeftLog& left) const;
  absl::Status PublishAnew(Incident& incident, storage::Batch& batch, PublishedAnew& done);
  // Visits the ids of all incidents, newest first, in pages of kMaxLeftPerWrite at most.
  absl::Status VisitPages(
      const std::function<absl::Status(const std::vector<IncidentId>& ids)>& visit) const;
  // False while its ERASURE waits to be published.
  absl::StatusOr<bool> Scrub(Incident& incident, storage::Batch& batch) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  const LedgerOptions options_;
};

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_LEDGER_H_
