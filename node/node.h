// One business's node, put together: every room with its ports plugged in. The daemon gives it real
// ones; tests run several in one process with a clock of their own.
#ifndef DAFTAR_NODE_NODE_H_
#define DAFTAR_NODE_NODE_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "crypto/entropy.h"
#include "node/book/allowlist.h"
#include "node/book/book.h"
#include "node/book/groups.h"
#include "node/book/warnings.h"
#include "node/check/checker.h"
#include "node/check/order_outcomes.h"
#include "node/check/outcomes.h"
#include "node/check/own_rate.h"
#include "node/check/pace.h"
#include "node/check/policies.h"
#include "node/check/receipt_log.h"
#include "node/check/trial.h"
#include "node/config.h"
#include "node/evidence/charter.h"
#include "node/evidence/clock.h"
#include "node/identity/warning_list.h"
#include "node/ledger/charters.h"
#include "node/ledger/disclosures.h"
#include "node/ledger/ledger.h"
#include "node/ledger/proofs.h"
#include "node/ledger/publisher.h"
#include "node/partners/adoptions.h"
#include "node/partners/arrivals.h"
#include "node/partners/cosigner.h"
#include "node/partners/evaluator.h"
#include "node/partners/exchange.h"
#include "node/partners/followers.h"
#include "node/partners/lookup.h"
#include "node/partners/network.h"
#include "node/partners/notes.h"
#include "node/partners/pairing.h"
#include "node/partners/proof_requests.h"
#include "node/partners/quota.h"
#include "node/partners/registry.h"
#include "node/partners/relay_sender.h"
#include "node/partners/relayer.h"
#include "node/partners/relays.h"
#include "node/partners/witness.h"
#include "node/subject/codes.h"
#include "node/subject/reports.h"
#include "storage/high_water.h"
#include "storage/keystore.h"
#include "storage/mutex.h"
#include "storage/sealed_files.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar {

// What a node stands on. `clock` and `entropy` outlive the node.
struct NodeParts {
  Config config;
  evidence::Charter charter;  // as charter.toml has it; see ledger::AdoptedCharters
  storage::NodeKeys keys;
  storage::UnlockMethod unlock_method = storage::UnlockMethod::kUnlockFile;
  std::unique_ptr<storage::Store> store;
  storage::HighWaterFile high_water;
  evidence::Clock& clock;
  crypto::Entropy& entropy;
  // Called once, with the node's TLS identity; the network lives as long as the node.
  std::function<std::unique_ptr<partners::Network>(const crypto::TlsIdentity&)> make_network;
  partners::FollowerOptions followers;
  // Is written anew when another charter comes into force; empty: nowhere.
  std::filesystem::path charter_file = {};
  std::filesystem::path policy_file = {};  // the shop's policy; empty or not there: the default
  std::filesystem::path proofs = {};       // the folder of proof files; made when it is not there
};

// What was last seen to go wrong in the background, for `status`.
struct BackgroundTrouble {
  std::string publishing;  // why the last tick failed; empty when a recovery came after it
  std::string clock;       // why no deadline acts: this node's clock and its partners' disagree
  std::string expiry;      // why partners' reports whose time is over are still in the database
  std::string purging;     // why what was erased is still in the database's files
  std::string charter;     // why charter.toml does not hold the charter in force
  std::string outcomes;    // why own outcomes could not be counted or learnt from
  std::string proofs;      // why proof files that were erased are still on the disk, sealed
  std::string codes;       // why persons' codes that have ended are still in the database
  std::string reviews;     // why the warning list's reviews could not be written or taken off
  std::string handovers;   // why requests for proof whose time is over have not ended
};

// How the own log is brought back.
struct RecoveryPlan {
  std::string code;     // of a partner that holds it; empty: all active ones
  std::string because;  // for the record
};
struct Recovered {
  std::vector<std::string> said;  // a sentence for each thing that was done, or could not be
  std::string origin;
  uint64_t log_size = 0;
};
// How many entries are there, and from whom they come (empty: they are being looked after). False
// stops. Called by the recovering thread.
using RecoveryProgress = std::function<bool(const std::string& partner, uint64_t entries)>;

inline constexpr std::chrono::milliseconds kHeartbeatInterval{20'000};
inline constexpr std::chrono::milliseconds kUpkeepInterval{1'000};
// Between two rewritings of what erasures deleted from.
inline constexpr std::chrono::milliseconds kPurgeInterval{3'600'000};
// Between two removals of codes that have ended.
inline constexpr std::chrono::milliseconds kCodeSweepInterval{3'600'000};

// Any thread may use the rooms. Start and Stop are the owner's.
class Node {
 public:
  static absl::StatusOr<std::unique_ptr<Node>> Open(NodeParts parts);
  ~Node();  // as Stop

  // Writes the first entries of a new node's log: KEYS and CHARTER. Durable on OK.
  absl::Status Bootstrap();

  // The same of a log that takes the place of another: ADOPTION, whose body is given, KEYS,
  // CHARTER.
  absl::Status BootstrapInPlaceOf(const crypto::Bytes& adoption);

  // Begins to publish at ticks, to renew the head's timestamp, and to follow partners.
  absl::Status Start();
  // Ends the threads, and gives back the quota that is reserved and not used; what is queued stays
  // queued. May be called again.
  void Stop();

  // One tick: does what deadlines ask for, publishes what is due, and removes what that has erased.
  // The node's own thread does it at the charter's pace; by hand for tests without threads. Any
  // thread; one waits for the other.
  absl::StatusOr<size_t> Tick();
  // Fetches the own log back from partners after its database, or the high-water file, was lost or
  // is older than what was signed, brings the incidents together with it, and signs on. What was
  // done before an error or a stop stays, and the next call goes on there. Nothing ticks meanwhile.
  //   FailedPrecondition  the log is whole; no partner is known; or what was signed is nowhere any
  //                       more, and only a new log can take its place
  //   DataLoss            two histories of the log were signed
  //   Unavailable         too few partners answer with what continues what is here; names each of
  //                       the others, and says what leads on
  //   Cancelled           `progress` said so, or the node stops
  absl::StatusOr<Recovered> RecoverLog(const storage::Caller& caller, const RecoveryPlan& plan,
                                       const RecoveryProgress& progress);
  // Ends one that is under way, and lets none begin: before the servers that wait for it end.
  void StopRecovery();
  // Entries of the own log, or of a partner's as it is copied here, up to its head. NotFound when
  // nothing of the log is held; FailedPrecondition when it is forked; errors of ledger::ReadFeed.
  absl::StatusOr<evidence::FeedBatch> ReadCopy(
      const std::string& origin, uint64_t from,
      size_t max_entries = evidence::kMaxFeedEntries) const;

  // The operator accepts the new log of a partner that has lost its own: Registry's
  // AcceptSuccession. The new log is followed from now on; of the old one nothing counts any more,
  // and what is kept of it is deleted, by Upkeep where it cannot be at once.
  absl::StatusOr<partners::Partner> AcceptPartner(const storage::Caller& caller,
                                                  const std::string& origin,
                                                  const crypto::Digest& first_entry,
                                                  const std::string& because);

  // Puts the cosignatures that were collected into the note that partners follow.
  void ServeCosignatures();

  // Scrubs proof files that were erased, removes persons' codes that have ended (once an hour),
  // writes what checks have listed for review and takes off what has waited too long,
  // deletes what is left of partners' logs that were replaced,
  // takes what was erased out of the database's files (once an hour at most), looks at the policy
  // file, keeps charter.toml as the charter in force, counts the shop's own outcomes when that is
  // due, and compares all orders with what is recorded of them: at first, each day, and after an
  // outcome could not be recorded. A thread of the node's does it every kUpkeepInterval; any may.
  void Upkeep();

  // How this node introduces itself to a new partner.
  absl::StatusOr<partners::NodeCard> Card() const;

  const Config& config() const { return config_; }
  // The one in force; good for the node's life.
  const evidence::Charter& charter() const { return *charters_->InForce(); }
  ledger::AdoptedCharters& charters() { return *charters_; }
  const evidence::Clock& clock() const { return clock_; }
  crypto::Entropy& entropy() { return entropy_; }
  const storage::NodeKeys& keys() const { return keys_; }
  storage::UnlockMethod unlock_method() const { return unlock_method_; }
  storage::Store& store() { return *store_; }
  const storage::Vault& vault() const { return vault_; }
  ledger::Publisher& publisher() { return *publisher_; }
  ledger::Ledger& ledger() { return *ledger_; }
  ledger::Proofs& proofs() { return *proofs_; }
  ledger::Disclosures& disclosures() { return *disclosures_; }
  book::Book& book() { return *book_; }
  book::Groups& groups() { return *groups_; }
  book::Allowlist& allowlist() { return *allowlist_; }
  book::Warnings& warnings() { return *own_warnings_; }
  check::Policies& policies() { return *policies_; }
  check::Outcomes& outcomes() { return *outcomes_; }
  check::Trial& trial() { return *trial_; }
  const check::OwnRate& own_rate() const { return *own_rate_; }
  partners::Registry& registry() { return *registry_; }
  partners::Followers& followers() { return *followers_; }
  partners::Arrivals& arrivals() { return *arrivals_; }
  const partners::Notes& notes() const { return *notes_; }
  partners::Exchange& exchange() { return *exchange_; }
  partners::Witness& witness() { return *witness_; }
  partners::Relays& relays() { return *relays_; }
  partners::Relayer& relayer() { return *relayer_; }
  partners::RelaySender& relay_sender() { return *relay_sender_; }
  partners::Quota& quota() { return quota_; }
  partners::Evaluator& evaluator() { return *evaluator_; }
  partners::Pairing& pairing() { return *pairing_; }
  partners::Network& network() { return *network_; }
  partners::ProofRequests& proof_requests() { return *proof_requests_; }
  check::ReceiptLog& receipts() { return *receipts_; }
  check::Checker& checker() { return *checker_; }
  subject::Codes& subject_codes() { return *subject_codes_; }
  const subject::Reports& subject_reports() const { return *subject_reports_; }
  uint32_t epoch() const { return keys_.epochs.back().epoch; }
  BackgroundTrouble trouble() const;

 private:
  explicit Node(NodeParts parts);
  absl::Status OpenRooms(evidence::Charter charter);
  // KEYS and CHARTER, as a log begins.
  absl::StatusOr<std::vector<ledger::NodeEntry>> FirstEntries();
  absl::Status WriteCharterFile() DAFTAR_REQUIRES(upkeep_);
  absl::Status ReadOwnEntry(uint64_t index, crypto::Bytes& leaf, crypto::Bytes& body) const;
  bool IsWhole() const;
  absl::StatusOr<std::vector<partners::Partner>> RecoverySources(const RecoveryPlan& plan) const;
  absl::Status TakeBackFrom(const partners::Partner& partner, const RecoveryProgress& progress,
                            uint64_t& taken) DAFTAR_REQUIRES(ticking_);
  // Of entries [from, to) without an ERASURE; `first` is the first such, if any.
  absl::StatusOr<uint64_t> MissingBodies(uint64_t from, uint64_t to, uint64_t* first) const;
  absl::Status FillBodies(const std::vector<partners::Partner>& sources, uint64_t from)
      DAFTAR_REQUIRES(ticking_);
  absl::Status ReadOwnLog(const partners::Partner& partner, uint64_t from,
                          const std::function<bool(const evidence::FeedBatch&)>& on_batch)
      DAFTAR_REQUIRES(ticking_);
  bool StoppingRecovery() const;
  absl::StatusOr<size_t> TickOnce() DAFTAR_REQUIRES(ticking_);
  void RunTicks();
  void RunUpkeep();
  void TickSoon();
  void Heartbeat();
  // Deletes partners' reports whose time is over by this node's clock; once a minute at most.
  absl::Status SweepPartners(evidence::UnixMillis now) DAFTAR_REQUIRES(upkeep_);
  // Ends what time or an erasure has ended of the proof handed out and got.
  absl::Status SweepHandovers() DAFTAR_REQUIRES(upkeep_);
  absl::Status ClearReplaced() DAFTAR_REQUIRES(adopting_);
  bool IsForkedWithoutSuccessor(const std::string& origin) const;
  absl::Status PurgeWhenDue(evidence::UnixMillis now) DAFTAR_REQUIRES(upkeep_);
  absl::Status SweepCodesWhenDue(evidence::UnixMillis now) DAFTAR_REQUIRES(upkeep_);
  // Whether the order of which the account was made still supports it, as the book has it now.
  absl::Status StillSupported(const ledger::NewIncident& account, evidence::Date filed,
                              bool after_hold) const;
  absl::Status OpenWitnessing();
  // What partners pass on, and what this node passes on to them; with the lookup, which reads both.
  absl::Status OpenRelaying();
  partners::OwnReports OwnReports();
  void Applied(partners::Mirror& mirror);
  bool Stopping() const;
  // Records what became of the order; what cannot be recorded is made up for by Upkeep.
  void Learn(const book::NamedOrder& order);
  void LearnByName(const std::string& order);
  check::OutcomeRooms Rooms() const { return {*ledger_, *checker_, *receipts_}; }
  absl::Status Record(const book::NamedOrder& order, evidence::Date today)
      DAFTAR_REQUIRES(learning_);
  // Records the order of that name as the book has it now. OK when it was erased.
  absl::Status RecordNow(const std::string& order, evidence::Date today) DAFTAR_REQUIRES(learning_);
  void Miss(const absl::Status& status);
  // Records what is not recorded yet of one order, and of all: outcomes that came when the process
  // ended or the store failed between the book and the decision, and those that nobody tells, of
  // orders still not paid.
  absl::Status Reconcile(const book::NamedOrder& seen, evidence::Date today);
  absl::Status Reconcile(evidence::Date today);

  const Config config_;
  const storage::NodeKeys keys_;
  const storage::UnlockMethod unlock_method_;
  evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  const std::unique_ptr<storage::Store> store_;
  storage::HighWaterFile high_water_;
  const storage::Vault vault_;
  std::unique_ptr<book::Warnings> own_warnings_;
  std::unique_ptr<identity::WarningList> warnings_;
  const partners::FollowerOptions follower_options_;
  const std::filesystem::path charter_file_;
  const std::filesystem::path policy_file_;
  const std::filesystem::path proofs_folder_;
  // Before everything that calls through it, so that it goes last.
  std::unique_ptr<partners::Network> network_;
  std::unique_ptr<ledger::AdoptedCharters> charters_;
  std::unique_ptr<ledger::Publisher> publisher_;
  std::unique_ptr<book::Book> book_;
  std::unique_ptr<book::Groups> groups_;
  std::unique_ptr<book::Allowlist> allowlist_;
  std::unique_ptr<storage::SealedFiles> files_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<ledger::Proofs> proofs_;
  std::unique_ptr<partners::Registry> registry_;
  std::unique_ptr<ledger::Disclosures> disclosures_;
  partners::Quota quota_;
  std::unique_ptr<partners::Evaluator> evaluator_;
  std::unique_ptr<partners::Pairing> pairing_;
  std::unique_ptr<partners::Adoptions> adoptions_;
  std::unique_ptr<partners::Followers> followers_;
  std::unique_ptr<partners::Arrivals> arrivals_;
  std::unique_ptr<partners::Cosigner> cosigner_;
  std::unique_ptr<partners::Witness> witness_;
  std::unique_ptr<partners::Notes> notes_;
  std::unique_ptr<partners::Exchange> exchange_;
  std::unique_ptr<partners::Relays> relays_;
  std::unique_ptr<partners::Lookup> lookup_;
  std::unique_ptr<partners::Relayer> relayer_;
  std::unique_ptr<partners::RelaySender> relay_sender_;
  std::unique_ptr<partners::ProofRequests> proof_requests_;
  std::unique_ptr<check::ReceiptLog> receipts_;
  std::unique_ptr<check::Policies> policies_;
  std::unique_ptr<check::Outcomes> outcomes_;
  std::unique_ptr<check::OwnRate> own_rate_;
  std::unique_ptr<check::Trial> trial_;
  std::unique_ptr<check::Checker> checker_;
  std::unique_ptr<subject::Codes> subject_codes_;
  std::unique_ptr<subject::Reports> subject_reports_;

  std::thread ticker_;
  std::thread keeper_;  // reads whole books, so that no settlement waits for that
  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  bool stopping_ DAFTAR_GUARDED_BY(mutex_) = false;
  bool tick_soon_ DAFTAR_GUARDED_BY(mutex_) = false;
  bool recovery_stopped_ DAFTAR_GUARDED_BY(mutex_) = false;
  partners::Cancellation* reading_ DAFTAR_GUARDED_BY(mutex_) = nullptr;  // of the own log
  BackgroundTrouble trouble_ DAFTAR_GUARDED_BY(mutex_);
  std::string missed_ DAFTAR_GUARDED_BY(mutex_);  // why an outcome was not recorded, until it is

  // Held through Tick, a heartbeat and a recovery: one writer of the own log at a time. Before all.
  storage::Mutex ticking_;
  storage::Mutex learning_;  // held while an order is recorded; before mutex_
  storage::Mutex upkeep_;    // held through Upkeep; before learning_ and adopting_
  // Held while a partner's log gives way to another, until its follower has ended, and while what
  // is kept of it is deleted.
  storage::Mutex adopting_;
  std::optional<evidence::UnixMillis> purged_at_ DAFTAR_GUARDED_BY(upkeep_);
  std::optional<evidence::UnixMillis> codes_swept_at_ DAFTAR_GUARDED_BY(upkeep_);
  absl::Status codes_swept_ DAFTAR_GUARDED_BY(upkeep_);
  evidence::CharterHash charter_on_file_ DAFTAR_GUARDED_BY(upkeep_);
  check::Pace sweep_pace_ DAFTAR_GUARDED_BY(upkeep_);
  absl::Status partners_swept_ DAFTAR_GUARDED_BY(upkeep_);
  check::Pace reconcile_pace_ DAFTAR_GUARDED_BY(upkeep_);
  absl::Status reconciled_ DAFTAR_GUARDED_BY(upkeep_);
  evidence::Date reconciled_on_ DAFTAR_GUARDED_BY(upkeep_);
};

}  // namespace daftar

#endif  // DAFTAR_NODE_NODE_H_
