// What a node has resolved when its log cannot go on: the new log's name and keys, and the
// statement about the old one. It is durable before anything else changes, so that whatever happens
// the new log is begun once and under these keys alone.
#ifndef DAFTAR_NODE_NEW_LOG_INTENT_H_
#define DAFTAR_NODE_NEW_LOG_INTENT_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/checkpoint.h"
#include "storage/keystore.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar {

// How far it is. Numbers are on disk: never renumber.
enum class NewLogStage : uint8_t {
  kLeaving = 1,     // the old log's rows go
  kChanging = 2,    // keystore, config.toml and high-water change; the first entries are written
  kPublishing = 3,  // live reports are queued anew
};

struct NewLogIntent {
  NewLogStage stage = NewLogStage::kLeaving;
  int64_t begun_at_ms = 0;  // Unix milliseconds
  std::string actor;        // "uid:1000"
  std::string because;
  std::string origin;        // of the new log
  crypto::Checkpoint old;    // the newest head of the old log that the node knows
  crypto::Bytes adoption;    // the encoded ADOPTION body
  crypto::SigningKey entry;  // of the new log, as the keys that follow
  crypto::SigningKey head;
  crypto::SigningKey mirror;
  crypto::SigningKey self;
  storage::EpochKey epoch;

  // The node's keys from then on: those of the log are the intent's, all others those of `keys`.
  storage::NodeKeys KeysBeside(const storage::NodeKeys& keys) const;
};

// Adds the intent to `batch`, over one that is there.
void PutNewLogIntent(const NewLogIntent& intent, const storage::Vault& vault,
                     storage::Batch& batch);
void DeleteNewLogIntent(storage::Batch& batch);
// The one that is not carried out to its end; nullopt: none. DataLoss when it does not open.
absl::StatusOr<std::optional<NewLogIntent>> FindNewLogIntent(const storage::StoreReader& store,
                                                             const storage::Vault& vault);

}  // namespace daftar

#endif  // DAFTAR_NODE_NEW_LOG_INTENT_H_
