#include "node/node.h"

#include <algorithm>

#include "node/ledger/suggest.h"
#include "storage/log_store.h"

namespace daftar {
namespace {

constexpr uint64_t kCharterIndex = 1;  // Bootstrap writes KEYS, then CHARTER

ledger::LogIdentity IdentityOf(const Config& config, const evidence::Charter& charter,
                               const storage::NodeKeys& keys) {
  return {config.origin, charter.circle, keys.entry, keys.head, keys.self};
}

}  // namespace

Node::Node(NodeParts parts)
    : config_(std::move(parts.config)),
      charter_(std::move(parts.charter)),
      keys_(std::move(parts.keys)),
      unlock_method_(parts.unlock_method),
      clock_(parts.clock),
      entropy_(parts.entropy),
      store_(std::move(parts.store)),
      high_water_(std::move(parts.high_water)),
      vault_(keys_.data, entropy_),
      follower_options_(parts.followers),
      policy_file_(std::move(parts.policy_file)),
      network_(parts.make_network(keys_.tls)),
      quota_(*store_, clock_,
             {charter_.evaluations_per_partner_per_day, charter_.evaluations_per_node_per_day}) {}

Node::~Node() { Stop(); }

absl::StatusOr<std::unique_ptr<Node>> Node::Open(NodeParts parts) {
  if (parts.keys.epochs.empty()) {
    return absl::DataLossError("the keystore has no lookup key; restore it from its backup");
  }
  std::unique_ptr<Node> node(new Node(std::move(parts)));
  if (absl::Status status = node->OpenRooms(); !status.ok()) return status;
  return node;
}

absl::Status Node::OpenRooms() {
  auto publisher =
      ledger::Publisher::Open(*store_, IdentityOf(config_, charter_, keys_), high_water_);
  if (!publisher.ok()) return publisher.status();
  publisher_ = *std::move(publisher);
  if (absl::Status status = CheckCharter(); !status.ok()) return status;
  book_ = std::make_unique<book::Book>(*store_, vault_, entropy_, clock_, warnings_);
  book_->SetOrderObserver([this](const book::Customer&, const book::NamedOrder& order) {
    own_rate_->Stale();
    Learn(order);
  });
  auto groups = book::Groups::Open(*store_, vault_, entropy_, clock_);
  if (!groups.ok()) return groups.status();
  groups_ = *std::move(groups);
  allowlist_ = std::make_unique<book::Allowlist>(*store_, vault_, entropy_, clock_, warnings_);
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
  ledger_ = std::make_unique<ledger::Ledger>(
      *store_, vault_, clock_, entropy_,
      ledger::LedgerOptions{config_.origin, charter_,
                            ledger::LabelKey{epoch_key.epoch, epoch_key.key}, keys_.record,
                            warnings_, settled_orders, order_changed});
  auto registry = partners::Registry::Open(*store_, vault_, clock_, entropy_);
  if (!registry.ok()) return registry.status();
  registry_ = *std::move(registry);
  evaluator_ = std::make_unique<partners::Evaluator>(*registry_, quota_, epoch_key.epoch,
                                                     epoch_key.key, entropy_);
  pairing_ = std::make_unique<partners::Pairing>(*registry_, *network_, clock_, entropy_,
                                                 keys_.tls.pin, [this] { return Card(); });
  followers_ = std::make_unique<partners::Followers>(*store_, clock_, *registry_, *network_,
                                                     follower_options_);
  if (absl::Status status = OpenWitnessing(); !status.ok()) return status;
  lookup_ = std::make_unique<partners::Lookup>(*store_, vault_, clock_, entropy_, charter_,
                                               config_.origin, *registry_, *followers_, *network_);
  auto receipts = check::ReceiptLog::Open(*store_, vault_, entropy_);
  if (!receipts.ok()) return receipts.status();
  receipts_ = *std::move(receipts);
  auto outcomes = check::Outcomes::Open(*store_, vault_, clock_, entropy_, *receipts_);
  if (!outcomes.ok()) return outcomes.status();
  outcomes_ = *std::move(outcomes);
  own_rate_ = std::make_unique<check::OwnRate>(*book_, *ledger_, clock_);
  checker_ = std::make_unique<check::Checker>(
      *ledger_, *book_, *lookup_, *receipts_,
      check::ShopRules{*policies_, *groups_, *allowlist_, *outcomes_, *own_rate_}, clock_,
      check::CheckerOptions{charter_, keys_.receipt, config_.partner_deadline});
  return absl::OkStatus();
}

// Cosigning partners' heads, telling partners of heads, and hearing who has applied the own log.
absl::Status Node::OpenWitnessing() {
  auto arrivals = partners::Arrivals::Open(*store_, clock_, *registry_, *followers_,
                                           static_cast<int64_t>(charter_.stale_after_s));
  if (!arrivals.ok()) return arrivals.status();
  arrivals_ = *std::move(arrivals);
  cosigner_ = std::make_unique<partners::Cosigner>(clock_, config_.origin, keys_.mirror);
  partners::OwnLog own;
  own.origin = config_.origin;
  own.head_key = {config_.origin, crypto::KeyType::kEd25519, keys_.head.public_key()};
  own.head = [this]() -> std::optional<partners::OwnLog::Head> {
    auto head = publisher_->Head();
    if (!head.has_value()) return std::nullopt;
    return partners::OwnLog::Head{head->checkpoint, std::move(head->note)};
  };
  own.contradicted = [this](const std::string& why) { publisher_->StopSigning(why); };
  notes_ = std::make_unique<partners::Notes>(*store_, clock_, *registry_, *followers_, *arrivals_,
                                             std::move(own));
  exchange_ = std::make_unique<partners::Exchange>(*registry_, *network_, *notes_, *cosigner_,
                                                   *arrivals_, [this] { ServeCosignatures(); });
  followers_->Observe([this](partners::Mirror& mirror) { exchange_->Applied(mirror); });
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

void Node::Upkeep() {
  storage::MutexLock keeping(upkeep_);
  policies_->Look();
  const evidence::UnixMillis now = clock_.Now();
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
  trouble_.outcomes = missed_;
  for (const absl::Status& status : {learnt, reconciled_, counted}) {
    if (!status.ok()) trouble_.outcomes = std::string(status.message());
  }
}

// Partners count this log's reports under the charter that it states. Another file in its place
// would ask for other proof than they believe, and blind questions for another circle, which find
// nothing.
absl::Status Node::CheckCharter() const {
  auto body =
      store_->Get(storage::Column::kLogBodies,
                  storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), kCharterIndex));
  if (!body.ok()) return body.status();
  if (!body->has_value()) return absl::OkStatus();  // a new node, or a database in trouble
  auto stated = evidence::CharterBody::Decode(**body);
  if (!stated.ok()) return absl::DataLossError("the log's CHARTER entry does not decode");
  if (stated->charter == charter_.hash) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "charter.toml is not the charter that this node's log states: the file's SHA-256 is " +
      charter_.hash.hex() + ", the log says " + stated->charter.hex() +
      ". Put the file back as it was (any partner has the same bytes); this version cannot adopt "
      "another charter");
}

absl::Status Node::Bootstrap() {
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
  evidence::CharterBody charter{entropy_.Public<evidence::Salt>(), charter_.hash};
  return publisher_->Bootstrap({{evidence::EntryKind::kKeys, keys.Encode()},
                                {evidence::EntryKind::kCharter, charter.Encode()}},
                               clock_.Now());
}

absl::StatusOr<partners::NodeCard> Node::Card() const {
  partners::NodeCard card;
  card.origin = config_.origin;
  card.name = config_.name;
  card.endpoint = config_.advertised();
  card.circle = charter_.circle;
  card.charter = charter_.hash;
  card.certificate_pem = keys_.tls.certificate_pem;
  auto leaf = storage::LogStore(*store_).ReadLeaf(storage::kOwnLog, 0);
  if (!leaf.ok()) return leaf.status();
  card.first_leaf = *std::move(leaf);
  auto body = store_->Get(storage::Column::kLogBodies,
                          storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), 0));
  if (!body.ok()) return body.status();
  if (!body->has_value()) return absl::DataLossError("the body of entry 0 is missing");
  card.first_body = **std::move(body);
  return card;
}

absl::Status Node::Start() {
  if (absl::Status status = followers_->Refresh(); !status.ok()) return status;
  exchange_->Start();
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
  const std::chrono::milliseconds tick(charter_.tick_ms);
  (void)publisher_->Heartbeat(clock_.Now());
  auto next_tick = std::chrono::steady_clock::now() + tick;
  auto next_heartbeat = std::chrono::steady_clock::now() + kHeartbeatInterval;
  while (true) {
    {
      storage::MutexLock lock(mutex_);
      while (!stopping_) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::min(next_tick, next_heartbeat) - std::chrono::steady_clock::now());
        if (left.count() <= 0) break;
        changed_.WaitFor(mutex_, left);
      }
      if (stopping_) return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= next_tick) {
      auto published = publisher_->Tick(clock_.Now());
      storage::MutexLock lock(mutex_);
      trouble_.publishing = published.ok() ? "" : std::string(published.status().message());
      next_tick = now + tick;
    }
    if (now >= next_heartbeat) {
      (void)publisher_->Heartbeat(clock_.Now());
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
  if (publisher_ != nullptr) publisher_->WakeAll();
  if (arrivals_ != nullptr) arrivals_->WakeAll();
  if (exchange_ != nullptr) exchange_->Stop();
  if (ticker_.joinable()) ticker_.join();
  if (keeper_.joinable()) keeper_.join();
  if (followers_ != nullptr) followers_->Stop();
  network_->Shutdown();
}

BackgroundTrouble Node::trouble() const {
  storage::MutexLock lock(mutex_);
  return trouble_;
}

}  // namespace daftar
