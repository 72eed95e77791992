// Making a new node's directory, and opening one that is there.
#ifndef DAFTAR_NODE_SETUP_H_
#define DAFTAR_NODE_SETUP_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "node/config.h"
#include "node/new_log.h"
#include "node/node.h"
#include "storage/files.h"

namespace daftar {

// An empty one: the node reaches nobody.
using NetworkFactory =
    std::function<std::unique_ptr<partners::Network>(const crypto::TlsIdentity&)>;

struct NewNode {
  std::filesystem::path dir;
  Config config;  // region is the charter's unless `region_given`
  bool region_given = false;
  std::filesystem::path charter;
  std::filesystem::path passphrase_file;  // empty: credential, else an unlock file is made
};

struct MadeNode {
  Config config;
  std::string circle_name;
  std::string first_entry;  // leaf hash of entry 0, hex
  storage::UnlockMethod unlock_method = storage::UnlockMethod::kUnlockFile;
};

// Makes the directory (0700) with config.toml, charter.toml, keystore, database and the log's first
// entries. AlreadyExists when the directory has anything in it; on any error what was made is
// removed again.
absl::StatusOr<MadeNode> MakeNode(const NewNode& plan, evidence::Clock& clock,
                                  crypto::Entropy& entropy);

// Opens the node in `dir`; FailedPrecondition while a new log was begun in it and is not finished.
// The lock is held as long as the returned object lives.
struct OpenedNode {
  std::unique_ptr<storage::DirectoryLock> lock;
  std::unique_ptr<Node> node;
};
// `recover`: where there is no database, an empty one is made, for Node::RecoverLog.
absl::StatusOr<OpenedNode> OpenNode(const std::filesystem::path& dir,
                                    const std::filesystem::path& passphrase_file,
                                    evidence::Clock& clock, crypto::Entropy& entropy,
                                    const NetworkFactory& make_network, bool recover = false);

// BeginNewLog for the node in `dir`. Where there is no database, an empty one is made when the plan
// says that it is lost: the keystore alone can begin a new log. Otherwise NotFound, and nothing was
// changed. FailedPrecondition while a daemon runs.
absl::StatusOr<NewLogDone> BeginNewLogIn(const std::filesystem::path& dir,
                                         const std::filesystem::path& passphrase_file,
                                         const NewLogPlan& plan, evidence::Clock& clock,
                                         crypto::Entropy& entropy, const NewLogProgress& progress);

}  // namespace daftar

#endif  // DAFTAR_NODE_SETUP_H_
