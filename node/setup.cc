#include "node/setup.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "crypto/merkle.h"
#include "storage/rocks_store.h"

namespace daftar {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::string> ReadText(const fs::path& path, size_t limit) {
  auto bytes = storage::ReadFile(path, limit);
  if (!bytes.ok()) return bytes.status();
  return std::string(crypto::AsText(*bytes));
}

absl::StatusOr<evidence::Charter> ReadCharter(const fs::path& path) {
  auto text = ReadText(path, evidence::kMaxCharterBytes);
  if (!text.ok()) return text.status();
  auto charter = evidence::Charter::Parse(*std::move(text));
  if (!charter.ok()) {
    return absl::InvalidArgumentError("charter " + path.string() + ": " +
                                      std::string(charter.status().message()));
  }
  return charter;
}

absl::StatusOr<storage::Unlock> FindOrMakeUnlock(const NewNode& plan, crypto::Entropy& entropy) {
  auto found = storage::FindUnlock(plan.dir, plan.passphrase_file);
  if (found.ok() || !absl::IsNotFound(found.status()) || !plan.passphrase_file.empty()) {
    return found;
  }
  return storage::CreateUnlockFile(plan.dir, entropy);
}

// Names that TLS shows; nobody checks them, the pin decides.
std::string TlsNameOf(const std::string& origin) {
  std::string name = origin.substr(0, 60);
  std::replace(name.begin(), name.end(), '/', '.');
  while (!name.empty() && (name.back() == '.' || name.back() == '-')) name.pop_back();
  return name.empty() ? "daftar" : name;
}

// No network: making a node needs none.
class NoNetwork final : public partners::Network {
 public:
  void Evaluate(const partners::Partner&, const partners::EvaluateCall&, std::chrono::milliseconds,
                std::function<void(absl::StatusOr<partners::EvaluateAnswer>)> done) override {
    done(absl::UnavailableError("no network"));
  }
  void ExchangeNotes(const partners::Partner&, std::vector<std::string>, std::chrono::milliseconds,
                     std::function<void(absl::StatusOr<std::vector<std::string>>)> done) override {
    done(absl::UnavailableError("no network"));
  }
  void RelayDispute(const partners::Partner&, const crypto::Bytes&, std::chrono::milliseconds,
                    std::function<void(absl::StatusOr<partners::RelayAnswer>)> done) override {
    done(absl::UnavailableError("no network"));
  }
  absl::Status Follow(const partners::Partner&, uint64_t,
                      const std::function<bool(evidence::FeedBatch)>&,
                      partners::Cancellation&) override {
    return absl::UnavailableError("no network");
  }
  absl::Status ReadLog(const partners::Partner&, const std::string&, uint64_t,
                       const std::function<bool(evidence::FeedBatch)>&, std::chrono::milliseconds,
                       partners::Cancellation&) override {
    return absl::UnavailableError("no network");
  }
  absl::StatusOr<partners::NodeCard> Pair(const std::string&, const crypto::SpkiPin&,
                                          const partners::InviteSecret&, const partners::NodeCard&,
                                          std::chrono::milliseconds) override {
    return absl::UnavailableError("no network");
  }
  absl::StatusOr<evidence::ProofNonce> OpenProofRequest(const partners::Partner&, uint64_t,
                                                        std::chrono::milliseconds) override {
    return absl::UnavailableError("no network");
  }
  absl::StatusOr<evidence::ProofRequestId> RequestProof(const partners::Partner&,
                                                        const partners::ProofCall&,
                                                        std::chrono::milliseconds) override {
    return absl::UnavailableError("no network");
  }
  absl::Status FetchProof(const partners::Partner&, const evidence::ProofRequestId&,
                          const std::function<bool(absl::StatusOr<evidence::HandoverPiece>)>&,
                          std::chrono::milliseconds, partners::Cancellation&) override {
    return absl::UnavailableError("no network");
  }
  void Forget(const std::string&) override {}
  void Shutdown() override {}
};

std::unique_ptr<partners::Network> ReachNobody(const crypto::TlsIdentity&) {
  return std::make_unique<NoNetwork>();
}

absl::StatusOr<MadeNode> FillDirectory(const NewNode& plan, evidence::Charter charter,
                                       evidence::Clock& clock, crypto::Entropy& entropy) {
  const NodePaths paths(plan.dir);
  MadeNode made;
  made.config = plan.config;
  if (!plan.region_given) made.config.region = charter.region;
  made.circle_name = charter.name;
  auto unlock = FindOrMakeUnlock(plan, entropy);
  if (!unlock.ok()) return unlock.status();
  made.unlock_method = unlock->method;
  auto keys =
      storage::NodeKeys::Generate(TlsNameOf(plan.config.origin), clock.Now().seconds(), entropy);
  if (!keys.ok()) return keys.status();
  absl::Status written = storage::WriteKeystore(plan.dir, *keys, *unlock, entropy);
  if (!written.ok()) return written;
  written = storage::AtomicWriteFile(paths.charter(), crypto::AsBytes(charter.source));
  if (!written.ok()) return written;
  auto store = storage::RocksStore::Open({.path = paths.database(), .create_if_missing = true});
  if (!store.ok()) return store.status();
  NodeParts parts{.config = made.config,
                  .charter = std::move(charter),
                  .keys = *std::move(keys),
                  .unlock_method = unlock->method,
                  .store = *std::move(store),
                  .high_water = storage::HighWaterFile(paths.high_water()),
                  .clock = clock,
                  .entropy = entropy,
                  .make_network = ReachNobody,
                  .followers = {},
                  .proofs = paths.proofs()};
  auto node = Node::Open(std::move(parts));
  if (!node.ok()) return node.status();
  if (absl::Status status = (*node)->Bootstrap(); !status.ok()) return status;
  auto card = (*node)->Card();
  if (!card.ok()) return card.status();
  made.first_entry = crypto::MerkleLeafHash(card->first_leaf).hex();
  // The configuration last: a directory with one is a whole node.
  written = storage::AtomicWriteFile(paths.config(), crypto::AsBytes(made.config.ToToml()));
  if (!written.ok()) return written;
  return made;
}

absl::Status CheckIsNode(const fs::path& dir) {
  std::error_code error;
  if (fs::exists(NodePaths(dir).config(), error)) return absl::OkStatus();
  return absl::NotFoundError("there is no node in " + dir.string() +
                             " (no config.toml); `daftar init --dir " + dir.string() +
                             " ...` makes one");
}

absl::StatusOr<Config> ReadConfig(const fs::path& path) {
  auto text = ReadText(path, kMaxConfigBytes);
  return text.ok() ? Config::Parse(*text) : text.status();
}

// What to do without a database, by what was to be done with it.
constexpr std::string_view kStartsEmpty =
    ". If it is lost and there is no backup, `daftard --recover` starts with an empty one, and "
    "`daftar log recover` fetches the log back";
constexpr std::string_view kNothingBegun =
    ". Nothing was changed. Is its disk mounted? A new log begun now would be without the shop's "
    "customers, orders, incidents and partners. If they are lost and there is no backup, say so: "
    "--database-lost";

// The node in a directory whose lock is held, whatever it is in the middle of.
absl::StatusOr<std::unique_ptr<Node>> OpenHeld(const fs::path& dir, const storage::Unlock& unlock,
                                               evidence::Clock& clock, crypto::Entropy& entropy,
                                               const NetworkFactory& make_network,
                                               bool create_database,
                                               std::string_view without_database) {
  const NodePaths paths(dir);
  auto config = ReadConfig(paths.config());
  if (!config.ok()) return config.status();
  auto charter = ReadCharter(paths.charter());
  if (!charter.ok()) return charter.status();
  auto keys = storage::ReadKeystore(dir, unlock);
  if (!keys.ok()) return keys.status();
  auto store =
      storage::RocksStore::Open({.path = paths.database(), .create_if_missing = create_database});
  if (!store.ok()) {
    if (!absl::IsNotFound(store.status())) return store.status();
    return absl::Status(store.status().code(),
                        std::string(store.status().message()) + std::string(without_database));
  }
  NodeParts parts{.config = *std::move(config),
                  .charter = *std::move(charter),
                  .keys = *std::move(keys),
                  .unlock_method = unlock.method,
                  .store = *std::move(store),
                  .high_water = storage::HighWaterFile(paths.high_water()),
                  .clock = clock,
                  .entropy = entropy,
                  .make_network = make_network ? make_network : ReachNobody,
                  .followers = {},
                  .charter_file = paths.charter(),
                  .policy_file = paths.policy(),
                  .proofs = paths.proofs()};
  return Node::Open(std::move(parts));
}

}  // namespace

absl::StatusOr<MadeNode> MakeNode(const NewNode& plan, evidence::Clock& clock,
                                  crypto::Entropy& entropy) {
  if (absl::Status status = plan.config.Check(); !status.ok()) return status;
  auto charter = ReadCharter(plan.charter);
  if (!charter.ok()) return charter.status();
  std::error_code error;
  const absl::Status taken = absl::AlreadyExistsError(
      plan.dir.string() + " is there and not empty; a node is made in a new directory");
  const bool existed = fs::exists(plan.dir, error);
  if (existed && (!fs::is_directory(plan.dir, error) || !fs::is_empty(plan.dir, error))) {
    return taken;
  }
  fs::create_directories(plan.dir, error);
  if (!error) fs::permissions(plan.dir, fs::perms::owner_all, error);
  if (error) {
    return absl::PermissionDeniedError("cannot make the directory " + plan.dir.string() + ": " +
                                       error.message());
  }
  // Of two that make the same directory at once, one fills it and the other leaves it alone.
  auto lock = storage::DirectoryLock::Acquire(plan.dir);
  if (!lock.ok()) return lock.status();
  for (const auto& entry : fs::directory_iterator(plan.dir, error)) {
    if (entry.path().filename() != storage::kLockFileName) return taken;
  }
  auto made = FillDirectory(plan, *std::move(charter), clock, entropy);
  if (!made.ok()) {
    // The directory was empty before, so that everything in it is of this attempt.
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(plan.dir, ignored)) {
      fs::remove_all(entry.path(), ignored);
    }
    if (!existed) fs::remove(plan.dir, ignored);
  }
  return made;
}

absl::StatusOr<OpenedNode> OpenNode(const fs::path& dir, const fs::path& passphrase_file,
                                    evidence::Clock& clock, crypto::Entropy& entropy,
                                    const NetworkFactory& make_network, bool recover) {
  if (absl::Status status = CheckIsNode(dir); !status.ok()) return status;
  OpenedNode opened;
  auto lock = storage::DirectoryLock::Acquire(dir);
  if (!lock.ok()) return lock.status();
  opened.lock = *std::move(lock);
  auto unlock = storage::FindUnlock(dir, passphrase_file);
  if (!unlock.ok()) return unlock.status();
  auto node = OpenHeld(dir, *unlock, clock, entropy, make_network, recover, kStartsEmpty);
  if (!node.ok()) return node.status();
  absl::Status finished = CheckNoUnfinishedNewLog((*node)->store(), (*node)->vault());
  if (!finished.ok()) return finished;
  opened.node = *std::move(node);
  return opened;
}

absl::StatusOr<NewLogDone> BeginNewLogIn(const fs::path& dir, const fs::path& passphrase_file,
                                         const NewLogPlan& plan, evidence::Clock& clock,
                                         crypto::Entropy& entropy, const NewLogProgress& progress) {
  if (absl::Status status = CheckIsNode(dir); !status.ok()) return status;
  auto lock = storage::DirectoryLock::Acquire(dir);
  if (!lock.ok()) return lock.status();
  auto unlock = storage::FindUnlock(dir, passphrase_file);
  if (!unlock.ok()) return unlock.status();
  const NodePaths paths(dir);
  bool create = plan.database_lost;  // once: it does not vanish between two steps
  NewLogFiles files{.open =
                        [&] {
                          return OpenHeld(dir, *unlock, clock, entropy, {},
                                          std::exchange(create, false), kNothingBegun);
                        },
                    .write_keys =
                        [&](const storage::NodeKeys& keys) {
                          return storage::WriteKeystore(dir, keys, *unlock, entropy);
                        },
                    .write_origin = [&](const std::string& origin) -> absl::Status {
                      auto config = ReadConfig(paths.config());
                      if (!config.ok()) return config.status();
                      config->origin = origin;
                      return storage::AtomicWriteFile(paths.config(),
                                                      crypto::AsBytes(config->ToToml()));
                    },
                    .high_water = storage::HighWaterFile(paths.high_water()),
                    .clock = clock,
                    .entropy = entropy};
  return BeginNewLog(plan, std::move(files), progress);
}

}  // namespace daftar
