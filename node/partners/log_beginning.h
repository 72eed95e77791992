// How a log begins: with KEYS, or, in the place of a log that was lost, with ADOPTION and then KEYS
// (docs/protocol.md). Pure; for all who meet a log for the first time.
#ifndef DAFTAR_NODE_PARTNERS_LOG_BEGINNING_H_
#define DAFTAR_NODE_PARTNERS_LOG_BEGINNING_H_

#include <optional>
#include <span>
#include <string>

#include "crypto/signing.h"
#include "node/evidence/entry.h"
#include "node/evidence/feed.h"

namespace daftar::partners {

struct LogBeginning {
  evidence::KeysBody keys;  // the first
  std::optional<evidence::AdoptionBody> adoption;
};

// Reads the first entries of the log of `origin`: `entries` begins with entry 0, and what follows
// the KEYS is not looked at. Ok when each is of that log, has the body that it commits to, and is
// signed by the entry key of that KEYS. Whether the key of the old log has signed an ADOPTION is
// for AdoptedBy. InvalidArgument saying what is wrong.
absl::StatusOr<LogBeginning> ReadBeginning(const std::string& origin,
                                           std::span<const evidence::FeedEntry> entries);

// Whether `old_entry_key` has signed that the log of `origin`, which begins so, takes the place of
// its own.
bool AdoptedBy(const crypto::PublicKey& old_entry_key, const std::string& origin,
               const LogBeginning& beginning);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_LOG_BEGINNING_H_
