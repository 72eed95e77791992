#include "node/node.h"

#include <algorithm>
#include <cstdlib>

#include "node/ledger/suggest.h"
#include "node/partners/expiry.h"
#include "node/partners/issuer_record.h"
#include "storage/files.h"
#include "storage/log_store.h"
#include "storage/purge.h"

namespace daftar {
namespace {

ledger::LogIdentity IdentityOf(const Config& config, const evidence::CircleId& circle,
                               const storage::NodeKeys& keys) {
  return {config.origin, circle, keys.entry, keys.head, keys.self};
}

}  // namespace

Node::Node(NodeParts parts)
    : config_(std::move(parts.config)),
      keys_(std::move(parts.keys)),
      unlock_method_(parts.unlock_method),
      clock_(parts.clock),
      entropy_(parts.entropy),
      store_(std::move(parts.store)),
      high_water_(std::move(parts.high_water)),
      vault_(keys_.data, entropy_),
      follower_options_(parts.followers),
      charter_file_(std::move(parts.charter_file)),
      policy_file_(std::move(parts.policy_file)),
      proofs_folder_(std::move(parts.proofs)),
      network_(parts.make_network(keys_.tls)),
      quota_(*store_, clock_, [this]() -> partners::QuotaLimits {
        const evidence::Charter& in_force = charter();
        return {in_force.evaluations_per_partner_per_day, in_force.evaluations_per_node_per_day};
      }) {}

Node::~Node() { Stop(); }

absl::StatusOr<std::unique_ptr<Node>> Node::Open(NodeParts parts) {
  if (parts.keys.epochs.empty()) {
    return absl::DataLossError("the keystore has no lookup key; restore it from its backup");
  }
  evidence::Charter charter = std::move(parts.charter);
  std::unique_ptr<Node> node(new Node(std::move(parts)));
  if (absl::Status status = node->OpenRooms(std::move(charter)); !status.ok()) return status;
  return node;
}

absl::Status Node::OpenRooms(evidence::Charter charter) {
  {
    storage::MutexLock keeping(upkeep_);
    charter_on_file_ = charter.hash;
  }
  const evidence::CircleId circle = charter.circle;
  auto publisher = ledger::Publisher::Open(
      *store_, IdentityOf(config_, circle, keys_), high_water_,
      [this] { return exchange_->MayGrow(std::chrono::milliseconds(this->charter().tick_ms)); });
  if (!publisher.ok()) return publisher.status();
  publisher_ = *std::move(publisher);
  auto charters =
      ledger::AdoptedCharters::Open(*store_, vault_, clock_, entropy_, std::move(charter));
  if (!charters.ok()) return charters.status();
  charters_ = *std::move(charters);
  auto own_warnings = book::Warnings::Open(*store_, vault_, entropy_, clock_);
  if (!own_warnings.ok()) return own_warnings.status();
  own_warnings_ = *std::move(own_warnings);
  warnings_ = std::make_unique<identity::WarningList>(own_warnings_.get());
  book_ = std::make_unique<book::Book>(*store_, vault_, entropy_, clock_, *warnings_);
  book_->SetOrderObserver([this](const book::Customer&, const book::NamedOrder& order) {
    own_rate_->Stale();
    Learn(order);
  });
  auto groups = book::Groups::Open(*store_, vault_, entropy_, clock_);
  if (!groups.ok()) return groups.status();
  groups_ = *std::move(groups);
  allowlist_ = std::make_unique<book::Allowlist>(*store_, vault_, entropy_, clock_, *warnings_);
  auto policies = check::Policies::Open(*store_, clock_, policy_file_);
  if (!policies.ok()) return policies.status();
  policies_ = *std::move(policies);
  const storage::EpochKey& epoch_key = keys_.epochs.back();
  const auto settled_orders = [this](std::span<const identity::Identifier> identifiers,
                                     evidence::Date occurred, std::string_view order) {
    return ledger::OrdersSettledBefore(*book_, *ledger_, identifiers, occurred, order,
                                       policies_->InForce()->late_after_days);
  };
  const auto order_changed = [this](const std::string& order) {
    own_rate_->Stale();
    LearnByName(order);
  };
  auto files = storage::SealedFiles::Open(
      *store_, vault_, entropy_,
      {.directory = proofs_folder_, .max_file_bytes = evidence::kMaxProofFileBytes});
  if (!files.ok()) return files.status();
  files_ = *std::move(files);
  proofs_ = std::make_unique<ledger::Proofs>(*store_, vault_, clock_, entropy_, *files_);
  ledger_ = std::make_unique<ledger::Ledger>(
      *store_, vault_, clock_, entropy_,
      ledger::LedgerOptions{
          config_.origin, *charters_, ledger::LabelKey{epoch_key.epoch, epoch_key.key},
          keys_.record, *warnings_, *files_, settled_orders, order_changed,
          [this](const ledger::NewIncident& account, evidence::Date filed, bool after_hold) {
            return StillSupported(account, filed, after_hold);
          },
          [this] { TickSoon(); },
          [this] {
            const std::string why = publisher_->trouble();
            return why.empty() ? absl::OkStatus() : absl::FailedPreconditionError(why);
          }});
  if (absl::Status status = ledger_->AddMissingDeadlines(); !status.ok()) return status;
  auto registry = partners::Registry::Open(*store_, vault_, clock_, entropy_);
  if (!registry.ok()) return registry.status();
  registry_ = *std::move(registry);
  if (config_.test_mode) {
    for (const partners::Partner& partner : registry_->All()) {
      if (partner.status == partners::PartnerStatus::kRemoved) continue;
      return absl::FailedPreconditionError(
          "config.toml says test_mode = true, and this node has partners (" + partner.origin +
          "): answers that are made up must not reach real shops. Take test_mode out, and make "
          "another node for tests (`daftar init --test-mode`)");
    }
  }
  disclosures_ = std::make_unique<ledger::Disclosures>(
      *store_, vault_, clock_, entropy_,
      ledger::DisclosureOptions{keys_.record, *files_,
                                [this](const std::string& origin) {
                                  auto partner = registry_->Find(origin);
                                  return partner.ok() &&
                                         partner->status == partners::PartnerStatus::kActive;
                                },
                                [this] { return followers_->ClockInDoubt(); }});
  evaluator_ = std::make_unique<partners::Evaluator>(*registry_, quota_, epoch_key.epoch,
                                                     epoch_key.key, entropy_);
  pairing_ = std::make_unique<partners::Pairing>(*registry_, *network_, clock_, entropy_,
                                                 keys_.tls.pin, [this] { return Card(); });
  followers_ = std::make_unique<partners::Followers>(*store_, clock_, *registry_, *network_,
                                                     follower_options_);
  adoptions_ =
      std::make_unique<partners::Adoptions>(*store_, *registry_, *network_, config_.origin);
  followers_->ObserveOtherLogs([this](const partners::Partner& partner,
                                      const partners::MirrorView& view, const std::string& note,
                                      partners::Cancellation& cancel) {
    return adoptions_->Look(partner, view, note, cancel);
  });
  if (absl::Status status = OpenWitnessing(); !status.ok()) return status;
  if (absl::Status status = OpenRelaying(); !status.ok()) return status;
  proof_requests_ = std::make_unique<partners::ProofRequests>(*store_, vault_, clock_, entropy_,
                                                              *files_, config_.origin, *registry_,
                                                              *followers_, *lookup_, *network_);
  auto receipts = check::ReceiptLog::Open(*store_, vault_, entropy_);
  if (!receipts.ok()) return receipts.status();
  receipts_ = *std::move(receipts);
  auto outcomes = check::Outcomes::Open(*store_, vault_, clock_, entropy_, *receipts_);
  if (!outcomes.ok()) return outcomes.status();
  outcomes_ = *std::move(outcomes);
  own_rate_ = std::make_unique<check::OwnRate>(*book_, *ledger_, clock_);
  auto trial = check::Trial::Open(*store_, vault_, clock_, entropy_, *receipts_);
  if (!trial.ok()) return trial.status();
  trial_ = *std::move(trial);
  checker_ = std::make_unique<check::Checker>(
      *ledger_, *book_, *lookup_, *receipts_,
      check::ShopRules{*policies_, *groups_, *allowlist_, *outcomes_, *own_rate_, *own_warnings_,
                       *trial_},
      clock_, check::CheckerOptions{*charters_, keys_.receipt, config_.partner_deadline});
  subject_codes_ = std::make_unique<subject::Codes>(*store_, vault_, clock_, entropy_);
  subject_reports_ = std::make_unique<subject::Reports>(
      subject::Rooms{*charters_, *book_, *allowlist_, *own_warnings_, *ledger_, *store_, vault_,
                     *policies_, *checker_, *receipts_, *outcomes_, *registry_, *followers_,
                     *arrivals_, *lookup_, *proof_requests_, *relayer_},
      clock_, config_.partner_deadline);
  return absl::OkStatus();
}

// An incident waits, and its order goes on meanwhile: it may have been paid, or be in dispute.
absl::Status Node::StillSupported(const ledger::NewIncident& account, evidence::Date filed,
                                  bool after_hold) const {
  if (account.order.empty()) return absl::OkStatus();
  auto order = book_->FindOrder(account.order);
  // No order is erased before it is paid.
  if (absl::IsNotFound(order.status())) {
    return absl::FailedPreconditionError(
        "the order is not in the book any more: it was paid, and erased with its customer; erase "
        "the incident too (`daftar incident erase`)");
  }
  if (!order.ok()) return order.status();
  if (after_hold && order->order.paid.has_value() &&
      decision::IsOfMoney(decision::TroubleOf(account.reason))) {
    return absl::FailedPreconditionError("The order was paid on " + order->order.paid.ToString() +
                                         ", before the report was published.");
  }
  const evidence::Date today = evidence::Date::Of(clock_.Now());
  absl::Status supported = ledger::CheckSupports(order->order, account.reason, today);
  return supported.ok() ? ledger::CheckOwed(order->order, account.reason, filed, today) : supported;
}

absl::StatusOr<size_t> Node::Tick() {
  storage::MutexLock ticking(ticking_);
  absl::StatusOr<size_t> published = TickOnce();
  // Before a recovery may begin, which takes it back.
  storage::MutexLock lock(mutex_);
  trouble_.publishing = published.ok() ? "" : std::string(published.status().message());
  return published;
}

absl::StatusOr<size_t> Node::TickOnce() {
  const int64_t ahead = followers_->ClockAhead();
  const bool in_doubt = std::abs(ahead) > partners::kMaxClockAheadSeconds;
  {
    storage::MutexLock lock(mutex_);
    trouble_.clock = in_doubt ? "its clock is " + std::to_string(std::abs(ahead)) + " s " +
                                    (ahead > 0 ? "behind" : "ahead of") + " its partners'"
                              : "";
  }
  // A database that is older than the log does not know what became of its incidents.
  if (std::string why = publisher_->trouble(); !why.empty()) {
    return absl::FailedPreconditionError(why);
  }
  // A deadline that cannot be kept does not keep the rest from being published.
  const absl::StatusOr<size_t> kept =
      ledger_->RunDeadlines(clock_.Now(), followers_->ClockInDoubt());
  absl::StatusOr<size_t> published = publisher_->Tick(clock_.Now());
  if (!published.ok()) return published;
  if (*published > 0) exchange_->TellHead();
  // What an ERASURE among them has ended goes here no later than at the partners.
  absl::Status scrubbed;
  if (*published > 0) {
    scrubbed = ledger_->RunDeadlines(clock_.Now(), /*clock_in_doubt=*/true).status();
  }
  if (!kept.ok()) return kept.status();
  if (!scrubbed.ok()) return scrubbed;
  return published;
}

void Node::Heartbeat() {
  storage::MutexLock ticking(ticking_);
  (void)publisher_->Heartbeat(clock_.Now());
}

void Node::TickSoon() {
  storage::MutexLock lock(mutex_);
  tick_soon_ = true;
  changed_.NotifyAll();
}

// Cosigning partners' heads, telling partners of heads, and hearing who has applied the own log.
absl::Status Node::OpenWitnessing() {
  auto arrivals = partners::Arrivals::Open(*store_, clock_, *registry_, *followers_, *charters_);
  if (!arrivals.ok()) return arrivals.status();
  arrivals_ = *std::move(arrivals);
  // An erasure is applied once the proof that was got for the report is gone too.
  cosigner_ = std::make_unique<partners::Cosigner>(
      clock_, config_.origin, keys_.mirror, [this](const partners::Mirror& mirror) {
        return proof_requests_->EraseGone(mirror.partner().origin);
      });
  witness_ = std::make_unique<partners::Witness>(*registry_, *followers_, *cosigner_);
  partners::OwnLog own;
  own.origin = config_.origin;
  own.head_key = {config_.origin, crypto::KeyType::kEd25519, keys_.head.public_key()};
  own.head = [this]() -> std::optional<partners::OwnLog::Head> {
    auto head = publisher_->Head();
    if (!head.has_value()) return std::nullopt;
    return partners::OwnLog::Head{head->checkpoint, std::move(head->note)};
  };
  own.contradicted = [this](const std::string& why, const std::string& note) {
    publisher_->StopSigning(why, note);
  };
  notes_ = std::make_unique<partners::Notes>(*store_, clock_, *registry_, *followers_, *arrivals_,
                                             std::move(own));
  partners::ExchangeOptions options;
  options.passed = follower_options_.passed;
  exchange_ = std::make_unique<partners::Exchange>(
      *registry_, *network_, *notes_, *cosigner_, *arrivals_, [this] { ServeCosignatures(); },
      std::move(options));
  followers_->Observe([this](partners::Mirror& mirror) { Applied(mirror); });
  return absl::OkStatus();
}

void Node::ServeCosignatures() {
  const auto head = publisher_->Head();
  if (!head.has_value()) return;
  std::vector<crypto::NoteSignature> lines;
  for (const auto& cosignature : arrivals_->cosignatures().Over(head->checkpoint)) {
    lines.push_back(cosignature.Line());
  }
  publisher_->Attach(head->checkpoint, std::move(lines));
}

absl::Status Node::Record(const book::NamedOrder& order, evidence::Date today) {
  return check::RecordOutcome(order, Rooms(), *outcomes_, *policies_->InForce(), today);
}

absl::Status Node::RecordNow(const std::string& name, evidence::Date today) {
  const auto order = book_->FindOrder(name);
  if (absl::IsNotFound(order.status())) return absl::OkStatus();
  return order.ok() ? Record(*order, today) : order.status();
}

void Node::Miss(const absl::Status& status) {
  if (status.ok()) return;
  storage::MutexLock lock(mutex_);
  missed_ = trouble_.outcomes = std::string(status.message());
}

void Node::Learn(const book::NamedOrder& order) {
  storage::MutexLock learning(learning_);
  Miss(Record(order, evidence::Date::Of(clock_.Now())));
}

void Node::LearnByName(const std::string& order) {
  storage::MutexLock learning(learning_);
  Miss(RecordNow(order, evidence::Date::Of(clock_.Now())));
}

// The order as the scan saw it may have changed meanwhile; whoever changed it records it after us.
absl::Status Node::Reconcile(const book::NamedOrder& seen, evidence::Date today) {
  const std::shared_ptr<const decision::Policy> policy = policies_->InForce();
  auto became = check::OutcomeFor(seen, Rooms(), *outcomes_, *policy, today);
  if (!became.ok()) return became.status();
  auto recorded = outcomes_->IsRecorded(*became, *policy);
  if (!recorded.ok() || *recorded) return recorded.status();
  storage::MutexLock learning(learning_);
  return RecordNow(seen.name, today);
}

absl::Status Node::Reconcile(evidence::Date today) {
  absl::Status failed;  // of one order, which does not keep the others from being looked at
  absl::Status scanned =
      book_->ScanOrders([&](const book::Customer& row, const book::Order& order) {
        absl::Status status = Reconcile({book::OrderName(row.id, order), row.id, order}, today);
        if (failed.ok()) failed = std::move(status);
        return !Stopping();
      });
  return scanned.ok() ? failed : scanned;
}

bool Node::Stopping() const {
  storage::MutexLock lock(mutex_);
  return stopping_;
}

absl::Status Node::SweepPartners(evidence::UnixMillis now) {
  if (followers_->ClockInDoubt() || !sweep_pace_.Take(now)) return partners_swept_;
  partners_swept_ = relays_->Sweep().status();
  for (const partners::Partner& partner : registry_->All()) {
    const auto mirror = followers_->MirrorOf(partner.origin);
    if (mirror == nullptr || partner.replaced()) continue;
    auto relayed = relays_->OwnOf(partner.log);
    if (!relayed.ok()) {
      if (partners_swept_.ok()) partners_swept_ = relayed.status();
      continue;
    }
    auto swept = partners::SweepExpired(*store_, partner, mirror->View(), *charters_, *relayed,
                                        now.seconds());
    if (!swept.ok() && partners_swept_.ok()) partners_swept_ = swept.status();
    auto record =
        partners::RecordOf(*store_, partner.log, mirror->View(), *charters_, now.seconds());
    if (!record.ok()) {
      if (partners_swept_.ok()) partners_swept_ = record.status();
      continue;
    }
    mirror->NoteUnanswered(record->waiting_too_long);
    Miss(mirror->QuarantineIfSuspicious(*charters_->InForce(), vault_, entropy_));
    if (Stopping()) break;
  }
  return partners_swept_;
}

// The columns that erasures delete from.
absl::Status Node::PurgeWhenDue(evidence::UnixMillis now) {
  using storage::Column;
  constexpr Column kErased[] = {
      Column::kLogBodies,   Column::kTokens,      Column::kEntryStates, Column::kIncidents,
      Column::kSubmissions, Column::kLookups,     Column::kCustomers,   Column::kIdentifiers,
      Column::kOrders,      Column::kWarnings,    Column::kRelays,      Column::kProofRequests,
      Column::kAskedProof,  Column::kSealedFiles, Column::kAllowed,     Column::kReceipts};
  if (purged_at_.has_value() && now >= *purged_at_ &&
      now.value - purged_at_->value < kPurgeInterval.count()) {
    return absl::OkStatus();
  }
  auto purged = storage::PurgeIfAsked(*store_, kErased);
  if (!purged.ok()) return purged.status();
  if (*purged) purged_at_ = now;
  return absl::OkStatus();
}

absl::Status Node::SweepCodesWhenDue(evidence::UnixMillis now) {
  if (codes_swept_at_.has_value() && now >= *codes_swept_at_ &&
      now.value - codes_swept_at_->value < kCodeSweepInterval.count()) {
    return codes_swept_;
  }
  codes_swept_ = subject_codes_->Sweep().status();
  // A row that cannot be read stays so for the hour.
  if (codes_swept_.ok() || absl::IsDataLoss(codes_swept_)) codes_swept_at_ = now;
  return codes_swept_;
}

absl::Status Node::SweepHandovers() {
  // Erasures, withdrawals and suspensions act whatever the time.
  const absl::Status handed = disclosures_->Sweep().status();
  const absl::Status got = proof_requests_->Sweep(followers_->ClockInDoubt()).status();
  return handed.ok() ? got : handed;
}

void Node::Upkeep() {
  storage::MutexLock keeping(upkeep_);
  const absl::Status swept = files_->Sweep().status();
  policies_->Look();
  const absl::Status charter_written = WriteCharterFile();
  const evidence::UnixMillis now = clock_.Now();
  const absl::Status expired = SweepPartners(now);
  absl::Status cleared;
  {
    storage::MutexLock adopting(adopting_);
    cleared = ClearReplaced();
  }
  const absl::Status handovers = SweepHandovers();
  const absl::Status purged = PurgeWhenDue(now);
  const absl::Status codes = SweepCodesWhenDue(now);
  const absl::Status reviews = own_warnings_->KeepReviews();
  const evidence::Date today = evidence::Date::Of(now);
  const absl::Status counted =
      own_rate_->Refresh(*policies_->InForce(), [this] { return Stopping(); });
  bool missed = false;
  {
    storage::MutexLock lock(mutex_);
    missed = !missed_.empty();
  }
  if ((missed || reconciled_on_ != today) && reconcile_pace_.Take(now)) {
    {
      storage::MutexLock lock(mutex_);
      missed_.clear();  // before the pass: what is missed meanwhile is for the next
    }
    reconciled_ = Reconcile(today);
    reconciled_on_ = reconciled_.ok() ? today : evidence::Date();
  }
  const absl::Status learnt = outcomes_->Relearn([this] { return Stopping(); });
  storage::MutexLock lock(mutex_);
  trouble_.proofs = std::string(swept.message());
  trouble_.codes = std::string(codes.message());
  trouble_.reviews = std::string(reviews.message());
  trouble_.handovers = std::string(handovers.message());
  trouble_.expiry = std::string(expired.ok() ? cleared.message() : expired.message());
  trouble_.purging = std::string(purged.message());
  trouble_.charter = std::string(charter_written.message());
  trouble_.outcomes = missed_;
  for (const absl::Status& status : {learnt, reconciled_, counted}) {
    if (!status.ok()) trouble_.outcomes = std::string(status.message());
  }
}

// For people and for backups: the database is the truth, so a crash before this loses nothing.
absl::Status Node::WriteCharterFile() {
  if (charter_file_.empty()) return absl::OkStatus();
  const evidence::Charter& in_force = charter();
  if (in_force.hash == charter_on_file_) return absl::OkStatus();
  absl::Status written = storage::AtomicWriteFile(charter_file_, crypto::AsBytes(in_force.source));
  if (written.ok()) charter_on_file_ = in_force.hash;
  return written;
}

absl::StatusOr<std::vector<ledger::NodeEntry>> Node::FirstEntries() {
  evidence::KeysBody keys;
  keys.salt = entropy_.Public<evidence::Salt>();
  keys.entry = keys_.entry.public_key();
  keys.head = keys_.head.public_key();
  keys.mirror = keys_.mirror.public_key();
  keys.self = keys_.self.public_key();
  keys.tls_spki = crypto::Digest(keys_.tls.pin.array());
  keys.epoch = keys_.epochs.back().epoch;
  auto voprf = decltype(keys.voprf)::Create(keys_.epochs.back().key.public_key().view());
  if (!voprf.ok()) return voprf.status();
  keys.voprf = *voprf;
  const evidence::CharterBody charter{entropy_.Public<evidence::Salt>(), this->charter().hash};
  return std::vector<ledger::NodeEntry>{{evidence::EntryKind::kKeys, keys.Encode()},
                                        {evidence::EntryKind::kCharter, charter.Encode()}};
}

absl::Status Node::Bootstrap() {
  auto entries = FirstEntries();
  if (!entries.ok()) return entries.status();
  return publisher_->Bootstrap(*entries, clock_.Now());
}

absl::Status Node::BootstrapInPlaceOf(const crypto::Bytes& adoption) {
  auto entries = FirstEntries();
  if (!entries.ok()) return entries.status();
  entries->insert(entries->begin(), {evidence::EntryKind::kAdoption, adoption});
  return publisher_->Bootstrap(*entries, clock_.Now());
}

absl::StatusOr<partners::NodeCard> Node::Card() const {
  partners::NodeCard card;
  card.origin = config_.origin;
  card.name = config_.name;
  card.endpoint = config_.advertised();
  card.circle = charter().circle;
  card.charter = charter().hash;
  card.certificate_pem = keys_.tls.certificate_pem;
  absl::Status read = ReadOwnEntry(0, card.first_leaf, card.first_body);
  if (!read.ok()) return read;
  auto first = evidence::SignedHeader::DecodeLeaf(card.first_leaf);
  if (!first.ok()) return first.status();
  if (first->header.kind == evidence::EntryKind::kAdoption) {
    read = ReadOwnEntry(1, card.second_leaf, card.second_body);
    if (!read.ok()) return read;
  }
  return card;
}

absl::Status Node::ReadOwnEntry(uint64_t index, crypto::Bytes& leaf, crypto::Bytes& body) const {
  auto read = storage::LogStore(*store_).ReadLeaf(storage::kOwnLog, index);
  if (!read.ok()) return read.status();
  leaf = *std::move(read);
  auto row = store_->Get(storage::Column::kLogBodies,
                         storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index));
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::DataLossError("the body of entry " + std::to_string(index) + " is missing");
  }
  body = **std::move(row);
  return absl::OkStatus();
}

absl::Status Node::Start() {
  if (absl::Status status = followers_->Refresh(); !status.ok()) return status;
  // Those that were collected before the last stop are over this very head.
  ServeCosignatures();
  exchange_->Start();
  relay_sender_->Start();
  proof_requests_->Start();
  ticker_ = std::thread([this] { RunTicks(); });
  keeper_ = std::thread([this] { RunUpkeep(); });
  return absl::OkStatus();
}

void Node::RunUpkeep() {
  while (true) {
    Upkeep();
    const auto next = std::chrono::steady_clock::now() + kUpkeepInterval;
    storage::MutexLock lock(mutex_);
    while (!stopping_) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          next - std::chrono::steady_clock::now());
      if (left.count() <= 0) break;
      changed_.WaitFor(mutex_, left);
    }
    if (stopping_) return;
  }
}

// Ticks at the charter's pace; renews the timestamp when it is due. A failed tick is tried again at
// the next, and `status` tells why.
void Node::RunTicks() {
  const auto pace = [this] { return std::chrono::milliseconds(charter().tick_ms); };
  Heartbeat();
  auto next_tick = std::chrono::steady_clock::now() + pace();
  auto next_heartbeat = std::chrono::steady_clock::now() + kHeartbeatInterval;
  while (true) {
    bool soon = false;
    {
      storage::MutexLock lock(mutex_);
      while (!stopping_ && !tick_soon_) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::min(next_tick, next_heartbeat) - std::chrono::steady_clock::now());
        if (left.count() <= 0) break;
        changed_.WaitFor(mutex_, left);
      }
      if (stopping_) return;
      soon = tick_soon_;
      tick_soon_ = false;
    }
    const auto now = std::chrono::steady_clock::now();
    if (soon || now >= next_tick) {
      (void)Tick();
      next_tick = now + pace();
    }
    if (now >= next_heartbeat) {
      Heartbeat();
      next_heartbeat = now + kHeartbeatInterval;
    }
  }
}

void Node::Stop() {
  {
    storage::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  StopRecovery();
  if (publisher_ != nullptr) publisher_->WakeAll();
  if (arrivals_ != nullptr) arrivals_->WakeAll();
  if (exchange_ != nullptr) exchange_->Stop();
  if (relay_sender_ != nullptr) relay_sender_->Stop();
  if (proof_requests_ != nullptr) proof_requests_->Stop();
  if (ticker_.joinable()) ticker_.join();
  if (keeper_.joinable()) keeper_.join();
  if (followers_ != nullptr) followers_->Stop();
  network_->Shutdown();
  // Last. Where it cannot be written it is forfeited, as by a crash; what a call still takes is
  // given back when the node goes.
  quota_.GiveBack().IgnoreError();
}

BackgroundTrouble Node::trouble() const {
  storage::MutexLock lock(mutex_);
  return trouble_;
}

}  // namespace daftar
