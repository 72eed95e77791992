#include "tests/support/sim_circle.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "node/ledger/feed.h"
#include "storage/files.h"
#include "tests/support/status_matchers.h"

namespace daftar::testing {
namespace {

using std::chrono::milliseconds;

std::string DemoCharter() {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
  return {std::istreambuf_iterator<char>(file), {}};
}

// Nodes of one origin in two circles are different nodes.
uint64_t NextSeed() {
  static std::atomic<uint64_t> next{1};
  return next++;
}

storage::Unlock SimUnlock() {
  return {crypto::SecretBytes(std::string_view("sim")), storage::UnlockMethod::kUnlockFile};
}

// Real certificates, so they are valid by the machine's clock, whatever the test's says.
int64_t MachineSeconds() { return evidence::SystemClock().Now().seconds(); }

}  // namespace

// The network as one node sees it.
class SimNetwork final : public partners::Network {
 public:
  SimNetwork(SimCircle& circle, std::string own_origin, crypto::SpkiPin own_pin,
             std::string own_pem)
      : circle_(circle),
        own_origin_(std::move(own_origin)),
        own_pin_(own_pin),
        own_pem_(std::move(own_pem)) {}

  void Evaluate(const partners::Partner& partner, const partners::EvaluateCall& call, milliseconds,
                std::function<void(absl::StatusOr<partners::EvaluateAnswer>)> done) override {
    std::shared_ptr<Node> other = Reach(partner);
    if (other == nullptr) return done(absl::UnavailableError("not reached"));
    auto self = other->registry().ByPin(own_pin_);
    if (!self.has_value()) return done(absl::UnauthenticatedError("not a partner"));
    std::vector<crypto::ByteView> blinded;
    for (const crypto::GroupElement& element : call.blinded) blinded.push_back(element.view());
    auto evaluation = other->evaluator().Evaluate(*self, call.epoch, blinded, call.warming);
    if (!evaluation.ok()) return done(evaluation.status());
    partners::EvaluateAnswer answer{std::move(evaluation->elements), evaluation->proof};
    if (auto alter = circle_.faults.alter_answer.Get()) alter(partner.origin, answer);
    done(std::move(answer));
  }

  void ExchangeNotes(const partners::Partner& partner, std::vector<std::string> notes, milliseconds,
                     std::function<void(absl::StatusOr<std::vector<std::string>>)> done) override {
    std::shared_ptr<Node> other = Reach(partner);
    if (other == nullptr) return done(absl::UnavailableError("not reached"));
    auto self = other->registry().ByPin(own_pin_);
    if (!self.has_value() || self->status != partners::PartnerStatus::kActive) {
      return done(absl::PermissionDeniedError("not a partner"));
    }
    const auto alter = circle_.faults.alter_notes.Get();
    if (alter && !alter(own_origin_, partner.origin, notes)) {
      return done(absl::UnavailableError("lost"));
    }
    auto answer = other->exchange().Receive(*self, notes);
    if (answer.ok() && alter && !alter(partner.origin, own_origin_, *answer)) {
      return done(absl::UnavailableError("lost"));
    }
    done(std::move(answer));
  }

  void RelayDispute(const partners::Partner& partner, const crypto::Bytes& statement, milliseconds,
                    std::function<void(absl::StatusOr<partners::RelayAnswer>)> done) override {
    std::shared_ptr<Node> other = Reach(partner);
    if (other == nullptr) return done(absl::UnavailableError("not reached"));
    auto self = other->registry().ByPin(own_pin_);
    if (!self.has_value() || self->status != partners::PartnerStatus::kActive) {
      return done(absl::PermissionDeniedError("not a partner"));
    }
    crypto::Bytes sent = statement;
    const auto alter = circle_.faults.alter_relay.Get();
    if (alter && !alter(own_origin_, partner.origin, sent)) {
      return done(absl::UnavailableError("lost"));
    }
    done(other->relays().Take(*self, sent));
  }

  absl::Status Follow(const partners::Partner& partner, uint64_t from,
                      const std::function<bool(evidence::FeedBatch)>& on_batch,
                      partners::Cancellation& cancel) override {
    std::string sent;
    while (!cancel.cancelled()) {
      std::shared_ptr<Node> other = Reach(partner);
      if (other == nullptr) return absl::UnavailableError("not reached");
      auto self = other->registry().ByPin(own_pin_);
      if (!self.has_value() || self->status != partners::PartnerStatus::kActive) {
        return absl::PermissionDeniedError("not a partner");
      }
      auto batch = ledger::ReadFeed(other->store(), other->publisher(), from);
      if (!batch.ok()) return batch.status();
      if (!batch->entries.empty() || batch->head != sent) {
        from += batch->entries.size();
        sent = batch->head;
        if (auto alter = circle_.faults.alter_feed.Get()) alter(partner.origin, *batch);
        if (!on_batch(*std::move(batch))) return absl::CancelledError("stopped by the caller");
        continue;
      }
      const uint64_t news = other->publisher().News();
      other->publisher().WaitForNews(news, milliseconds(20));
    }
    return absl::CancelledError("cancelled");
  }

  absl::Status ReadLog(const partners::Partner& partner, const std::string& origin, uint64_t from,
                       const std::function<bool(evidence::FeedBatch)>& on_batch, milliseconds,
                       partners::Cancellation& cancel) override {
    while (!cancel.cancelled()) {
      std::shared_ptr<Node> other = Reach(partner);
      if (other == nullptr) return absl::UnavailableError("not reached");
      if (!Admits(*other)) return absl::PermissionDeniedError("not a partner");
      auto batch = other->ReadCopy(origin, from, circle_.read_entries);
      if (!batch.ok()) return batch.status();
      const size_t entries = batch->entries.size();
      from += entries;
      if (auto alter = circle_.faults.alter_feed.Get()) alter(partner.origin, *batch);
      if (!on_batch(*std::move(batch)) || entries == 0) return absl::OkStatus();
    }
    return absl::CancelledError("cancelled");
  }

  absl::StatusOr<partners::NodeCard> Pair(const std::string& endpoint, const crypto::SpkiPin& pin,
                                          const partners::InviteSecret& secret,
                                          const partners::NodeCard& own, milliseconds) override {
    std::shared_ptr<Node> other = circle_.At(endpoint);
    if (other == nullptr || other->keys().tls.pin != pin) {
      return absl::UnavailableError("not reached");
    }
    auto card = other->pairing().Accept(secret, own, own_pin_, own_pem_);
    if (card.ok()) (void)other->followers().Refresh();
    return card;
  }
  absl::StatusOr<evidence::ProofNonce> OpenProofRequest(const partners::Partner& partner,
                                                        uint64_t report, milliseconds) override {
    std::shared_ptr<Node> other = Reach(partner);
    if (other == nullptr) return absl::UnavailableError("not reached");
    if (!Admits(*other)) return absl::PermissionDeniedError("not a partner");
    return other->disclosures().Open(own_origin_, report);
  }

  absl::StatusOr<evidence::ProofRequestId> RequestProof(const partners::Partner& partner,
                                                        const partners::ProofCall& call,
                                                        milliseconds) override {
    std::shared_ptr<Node> other = Reach(partner);
    if (other == nullptr) return absl::UnavailableError("not reached");
    if (!Admits(*other)) return absl::PermissionDeniedError("not a partner");
    partners::ProofCall sent = call;
    if (auto alter = circle_.faults.alter_request.Get()) alter(own_origin_, sent);
    return other->disclosures().Request(own_origin_, sent.report, sent.nonce, sent.mac, sent.why);
  }

  absl::Status FetchProof(
      const partners::Partner& partner, const evidence::ProofRequestId& request,
      const std::function<bool(absl::StatusOr<evidence::HandoverPiece>)>& on_piece, milliseconds,
      partners::Cancellation& cancel) override {
    std::shared_ptr<Node> other = Reach(partner);
    if (other == nullptr) return absl::UnavailableError("not reached");
    if (!Admits(*other)) return absl::PermissionDeniedError("not a partner");
    if (auto stalls = circle_.faults.stall_proof.Get(); stalls && stalls(partner.origin)) {
      storage::Mutex mutex;
      storage::CondVar changed;
      bool given_up = false;
      cancel.OnCancel([&] {
        storage::MutexLock lock(mutex);
        given_up = true;
        changed.NotifyAll();
      });
      {
        storage::MutexLock lock(mutex);
        while (!given_up) changed.Wait(mutex);
      }
      cancel.OnCancel({});
      return absl::CancelledError("cancelled");
    }
    const auto drips = circle_.faults.drip_proof.Get();
    const milliseconds for_each_byte = drips ? drips(partner.origin) : milliseconds(0);
    return other->disclosures().Fetch(own_origin_, request, [&](evidence::HandoverPiece piece) {
      if (auto alter = circle_.faults.alter_proof.Get()) alter(partner.origin, piece);
      const auto* bytes = std::get_if<crypto::Bytes>(&piece);
      if (for_each_byte.count() > 0 && bytes != nullptr) {
        return Drip(*bytes, for_each_byte, on_piece, cancel);
      }
      return !cancel.cancelled() && on_piece(std::move(piece));
    });
  }
  void Forget(const std::string&) override {}
  void Shutdown() override {}

 private:
  std::shared_ptr<Node> Reach(const partners::Partner& partner) {
    std::shared_ptr<Node> other = circle_.At(partner.endpoint);
    if (other == nullptr || other->keys().tls.pin != partner.pin) return nullptr;
    if (circle_.Cut(own_origin_, partner.origin)) return nullptr;
    return other;
  }

  // The line is slow: it is the time between two bytes that is waited for.
  static bool Drip(crypto::ByteView bytes, milliseconds for_each_byte,
                   const std::function<bool(absl::StatusOr<evidence::HandoverPiece>)>& on_piece,
                   partners::Cancellation& cancel) {
    storage::Mutex mutex;
    storage::CondVar never;
    for (const uint8_t byte : bytes) {
      {
        storage::MutexLock lock(mutex);
        never.WaitFor(mutex, for_each_byte);
      }
      if (cancel.cancelled() || !on_piece(crypto::Bytes{byte})) return false;
    }
    return true;
  }

  bool Admits(Node& other) const {
    const auto self = other.registry().ByPin(own_pin_);
    return self.has_value() && self->status == partners::PartnerStatus::kActive;
  }

  SimCircle& circle_;
  const std::string own_origin_;
  const crypto::SpkiPin own_pin_;
  const std::string own_pem_;
};

SimNode::SimNode(SimCircle& circle, std::string origin, std::string endpoint)
    : seed_(NextSeed()),
      circle_(circle),
      origin_(std::move(origin)),
      endpoint_(std::move(endpoint)),
      dir_(circle.temp_ / origin_) {}

SimNode::~SimNode() { Stop(); }

storage::Caller SimNode::Caller() { return {"uid:0", "request-" + std::to_string(++requests_)}; }

absl::StatusOr<std::unique_ptr<Node>> SimNode::Open(bool create) {
  crypto::Entropy& entropy = circle_.entropy();
  // The same keys at every start, without a keystore: its password hash costs a second each time,
  // and has tests of its own.
  FakeEntropy key_entropy(seed_);
  auto keys = storage::NodeKeys::Generate(origin_, MachineSeconds(), key_entropy);
  if (!keys.ok()) return keys.status();
  if (create) std::filesystem::create_directories(dir_);
  if (create && tls_.certificate_pem.empty()) {
    tls_ = std::move(keys->tls);
  }
  keys->tls.certificate_pem = tls_.certificate_pem;
  keys->tls.private_key_pem = tls_.private_key_pem.Duplicate();
  keys->tls.pin = tls_.pin;
  // Those that a new log has brought.
  if (std::filesystem::exists(dir_ / storage::kKeystoreFileName)) {
    keys = storage::ReadKeystore(dir_, SimUnlock());
    if (!keys.ok()) return keys.status();
  }
  storage::RocksOptions rocks{.path = dir_ / "db", .create_if_missing = create};
  if (disk != nullptr) {
    rocks.min_free_bytes = 0;
    rocks.env_for_tests = disk->env();
  }
  auto store = storage::RocksStore::Open(rocks);
  if (!store.ok()) return store.status();
  // As the daemon does: the file beside the database, which another charter may have replaced.
  evidence::Charter charter = circle_.charter_;
  if (std::filesystem::exists(dir_ / "charter.toml")) {
    auto file = storage::ReadFile(dir_ / "charter.toml", evidence::kMaxCharterBytes);
    if (!file.ok()) return file.status();
    auto read = evidence::Charter::Parse(std::string(crypto::AsText(*file)));
    if (!read.ok()) return read.status();
    charter = *std::move(read);
  }
  Config config;
  config.name = origin_;
  config.origin = origin_;
  config.peer_listen = endpoint_;
  config.http_listen = "127.0.0.1:1";
  config.test_mode = test_mode;
  NodeParts parts{.config = config,
                  .charter = std::move(charter),
                  .keys = *std::move(keys),
                  .unlock_method = storage::UnlockMethod::kUnlockFile,
                  .store = *std::move(store),
                  .high_water = storage::HighWaterFile(dir_ / "high-water", high_water_hook),
                  .clock = circle_.clock_,
                  .entropy = entropy,
                  .make_network =
                      [this](const crypto::TlsIdentity& tls) {
                        return std::make_unique<SimNetwork>(circle_, origin_, tls.pin,
                                                            tls.certificate_pem);
                      },
                  .followers = {.first_retry = milliseconds(2),
                                .last_retry = milliseconds(20),
                                .first_word = circle_.first_word,
                                .passed = [this] { return circle_.clock_.Passed(); }},
                  .charter_file = dir_ / "charter.toml",
                  .policy_file = dir_ / "policy.toml",
                  .proofs = dir_ / "proofs"};
  return Node::Open(std::move(parts));
}

absl::StatusOr<NewLogDone> SimNode::BeginNewLog(const std::string& origin, bool even_if_whole,
                                                const NewLogProgress& progress) {
  NewLogFiles files{.open = [this] { return Open(true); },
                    .write_keys =
                        [this](const storage::NodeKeys& keys) {
                          return storage::WriteKeystore(dir_, keys, SimUnlock(), circle_.entropy(),
                                                        {1, crypto::kMinPasswordMemoryBytes});
                        },
                    .write_origin =
                        [this](const std::string& changed) {
                          origin_ = changed;
                          return absl::OkStatus();
                        },
                    .high_water = storage::HighWaterFile(dir_ / "high-water", high_water_hook),
                    .clock = circle_.clock_,
                    .entropy = circle_.entropy()};
  return daftar::BeginNewLog({origin, "two histories", "uid:0", even_if_whole}, std::move(files),
                             progress);
}

void SimNode::Stop() {
  if (node_ == nullptr) return;
  std::shared_ptr<Node> stopped;
  {
    storage::MutexLock lock(circle_.mutex_);
    stopped = std::move(node_);
  }
  stopped->Stop();
  // Other nodes' threads let go of it at their next turn; then its database may be opened again.
  while (stopped.use_count() > 1) std::this_thread::yield();
}

absl::Status SimNode::TryStart() { return Run(Open(false)); }

void SimNode::StartToRecover() { DAFTAR_ASSERT_OK(Run(Open(true))); }

absl::Status SimNode::Run(absl::StatusOr<std::unique_ptr<Node>> node) {
  if (!node.ok()) return node.status();
  {
    storage::MutexLock lock(circle_.mutex_);
    node_ = *std::move(node);
  }
  return node_->followers().Refresh();
}

void SimNode::Start() { DAFTAR_ASSERT_OK(TryStart()); }

SimCircle::SimCircle(int64_t start_seconds, std::string charter) : clock_(start_seconds) {
  auto parsed = evidence::Charter::Parse(charter.empty() ? DemoCharter() : std::move(charter));
  if (!parsed.ok()) {
    ADD_FAILURE() << parsed.status().ToString();
    std::abort();
  }
  charter_ = *std::move(parsed);
}

SimCircle::~SimCircle() {
  // Followers first, everywhere: they call into each other's nodes.
  for (auto& node : nodes_) {
    if (node->up()) (*node)->followers().Stop();
  }
}

std::shared_ptr<Node> SimCircle::At(const std::string& endpoint) {
  storage::MutexLock lock(mutex_);
  for (auto& node : nodes_) {
    if (node->endpoint() == endpoint && node->node_ != nullptr) return node->node_;
  }
  return nullptr;
}

SimNode& SimCircle::Add(const std::string& origin) {
  auto made =
      std::make_unique<SimNode>(*this, origin, origin + ":" + std::to_string(1000 + nodes_.size()));
  auto node = made->Open(true);
  if (!node.ok()) {
    ADD_FAILURE() << node.status().ToString();
    std::abort();
  }
  EXPECT_THAT((*node)->Bootstrap(), IsOk());
  storage::MutexLock lock(mutex_);
  made->node_ = *std::move(node);
  nodes_.push_back(std::move(made));
  return *nodes_.back();
}

SimNode& SimCircle::Clone(const SimNode& node) {
  auto made = std::make_unique<SimNode>(*this, node.origin(),
                                        node.origin() + ":" + std::to_string(1000 + nodes_.size()));
  made->seed_ = node.seed_;
  made->requests_ = node.requests_;  // its database knows those
  made->dir_ = temp_ / (node.origin() + "-" + std::to_string(nodes_.size()));
  made->tls_.certificate_pem = node.tls_.certificate_pem;
  made->tls_.private_key_pem = node.tls_.private_key_pem.Duplicate();
  made->tls_.pin = node.tls_.pin;
  std::filesystem::copy(node.dir(), made->dir_, std::filesystem::copy_options::recursive);
  storage::MutexLock lock(mutex_);
  nodes_.push_back(std::move(made));
  return *nodes_.back();
}

SimNode& SimCircle::AddSuccessor(SimNode& old, const std::string& origin,
                                 const SuccessorFaults& changed) {
  auto made = std::make_unique<SimNode>(*this, origin, old.endpoint());
  made->dir_ += "-successor";  // the origin may be another node's
  made->tls_.certificate_pem = old.tls_.certificate_pem;
  made->tls_.private_key_pem = old.tls_.private_key_pem.Duplicate();
  made->tls_.pin = old.tls_.pin;
  auto node = made->Open(true);
  if (!node.ok()) {
    ADD_FAILURE() << node.status().ToString();
    std::abort();
  }
  const storage::NodeKeys& own = (*node)->keys();
  evidence::KeysBody keys;
  keys.salt = entropy().Public<evidence::Salt>();
  keys.entry = own.entry.public_key();
  keys.head = own.head.public_key();
  keys.mirror = own.mirror.public_key();
  keys.self = own.self.public_key();
  keys.tls_spki = crypto::Digest(own.tls.pin.array());
  keys.epoch = own.epochs.back().epoch;
  auto voprf = decltype(keys.voprf)::Create(own.epochs.back().key.public_key().view());
  EXPECT_THAT(voprf, IsOk());
  keys.voprf = *voprf;
  if (changed.keys) changed.keys(keys);
  const auto head = old->publisher().Head();
  evidence::AdoptionBody adoption;
  adoption.salt = entropy().Public<evidence::Salt>();
  adoption.old_origin = old.origin();
  adoption.size = head->checkpoint.size;
  adoption.root = head->checkpoint.root;
  if (changed.before_signing) changed.before_signing(adoption);
  adoption.old_entry_signature = old->keys().entry.Sign(evidence::AdoptionStatement(
      origin, keys.entry, adoption.old_origin, adoption.size, adoption.root));
  if (changed.after_signing) changed.after_signing(adoption);
  const evidence::CharterBody charter{entropy().Public<evidence::Salt>(), charter_.hash};
  std::vector<ledger::NodeEntry> entries{{evidence::EntryKind::kAdoption, adoption.Encode()},
                                         {evidence::EntryKind::kKeys, keys.Encode()},
                                         {evidence::EntryKind::kCharter, charter.Encode()}};
  if (changed.entries) changed.entries(entries);
  EXPECT_THAT((*node)->publisher().Bootstrap(entries, clock_.Now()), IsOk());
  storage::Batch partners;
  EXPECT_THAT(old->store().Scan(storage::Column::kPartners, {}, {},
                                [&](crypto::ByteView key, crypto::ByteView value) {
                                  partners.Put(storage::Column::kPartners, crypto::ToBytes(key),
                                               crypto::ToBytes(value));
                                  return true;
                                }),
              IsOk());
  EXPECT_THAT((*node)->store().Write(std::move(partners)), IsOk());
  node->reset();
  old.Stop();
  SimNode& successor = *made;
  {
    storage::MutexLock lock(mutex_);
    nodes_.push_back(std::move(made));
  }
  successor.Start();
  return successor;
}

void SimCircle::Pair(SimNode& inviter, SimNode& joiner) {
  auto invite = inviter->pairing().Invite(inviter.Caller(), 0);
  DAFTAR_ASSERT_OK(invite);
  DAFTAR_ASSERT_OK(joiner->pairing().Join(joiner.Caller(), invite->code));
  DAFTAR_ASSERT_OK(joiner->followers().Refresh());
}

void SimCircle::PairAll() {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    for (size_t j = i + 1; j < nodes_.size(); ++j) Pair(*nodes_[i], *nodes_[j]);
  }
  Settle();
}

bool SimCircle::Cut(const std::string& caller, const std::string& called) const {
  const auto cut = faults.cut.Get();
  return cut && (cut(caller, called) || cut(called, caller));
}

bool SimCircle::CaughtUp() {
  for (auto& reader : nodes_) {
    if (!reader->up()) continue;
    for (const partners::Partner& partner : (*reader)->registry().Active()) {
      std::shared_ptr<Node> issuer = At(partner.endpoint);
      if (issuer == nullptr || Cut(reader->origin(), partner.origin)) continue;
      const auto head = issuer->publisher().Head();
      const auto mirror = (*reader)->followers().MirrorOf(partner.origin);
      // A log in trouble shows nothing, or what it showed before, under an old time.
      if (!issuer->publisher().trouble().empty()) continue;
      if (!head.has_value() || mirror == nullptr) return false;
      const partners::MirrorView view = mirror->View();
      if (view.forked || !view.trouble.empty()) continue;
      if (view.head != head->checkpoint || view.head_time != head->timestamp) return false;
      const auto cosigned = view.cosigned.find(reader->origin());
      if (cosigned == view.cosigned.end() || cosigned->second != view.size) return false;
    }
  }
  return true;
}

void SimCircle::Settle() {
  // First, so that what it makes an issuer publish goes out with the ticks.
  for (auto& node : nodes_) {
    if (node->up()) (*node)->relay_sender().SendAll();
  }
  // Entries about a report wait for the tick after it, each for one of its own.
  bool published = true;
  for (int tick = 0; tick < kMostTicks && published; ++tick) {
    published = false;
    for (auto& node : nodes_) {
      if (!node->up()) continue;
      const auto count = (*node)->Tick();
      published = published || (count.ok() && *count > 0);
      (void)(*node)->publisher().Heartbeat(clock_.Now());
    }
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!CaughtUp()) {
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "followers did not catch up within a minute";
      return;
    }
    std::this_thread::sleep_for(milliseconds(1));  // other threads' work, which has no event here
  }
  for (auto& node : nodes_) {
    if (node->up()) (*node)->exchange().SendAll();
  }
}

}  // namespace daftar::testing
