// Whom the shop trusts whatever the records say.
#ifndef DAFTAR_NODE_BOOK_ALLOWLIST_H_
#define DAFTAR_NODE_BOOK_ALLOWLIST_H_

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "crypto/entropy.h"
#include "node/book/customer.h"
#include "node/book/request_content.h"
#include "node/evidence/clock.h"
#include "node/identity/warning_list.h"
#include "storage/caller.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::book {

using AllowedId = crypto::FixedBytes<struct AllowedIdTag, 16>;  // random; shown as hex

inline constexpr size_t kMaxIdentifiersPerAllowed = 4;
inline constexpr size_t kMaxAllowedIdentifiers = 20'000;  // of all entries

// Personal data, as Customer.
struct Allowed {
  AllowedId id;
  std::vector<identity::Identifier> identifiers;  // sorted, no repeats
  std::string because;
  std::string added_by;
  evidence::UnixMillis added_at;
  friend bool operator==(const Allowed&, const Allowed&) = default;
};

// Row: kAllowed, tag of an identifier (32) -> sealed Allowed, once for each of its identifiers. The
// tag is Vault::Tag("book/allowed", type, value).
//
// Any thread may call; every write is one batch with preconditions. What is acknowledged is
// durable. DataLoss when a row does not open or decode. Writes need a request id; a repetition
// changes nothing. `because` has 1 to storage::kMaxAuditText bytes and goes on the record.
class Allowlist {
 public:
  // All must outlive the list.
  Allowlist(storage::Store& store, const storage::Vault& vault, crypto::Entropy& entropy,
            const evidence::Clock& clock, const identity::WarningList& warnings)
      : store_(store), vault_(vault), entropy_(entropy), clock_(clock), warnings_(warnings) {}

  // InvalidArgument without 1 to kMaxIdentifiersPerAllowed identifiers, or for one on the warning
  // list; AlreadyExists naming the entry that has one of them; ResourceExhausted past
  // kMaxAllowedIdentifiers. A repetition gives the entry of the first time; NotFound when it was
  // removed since.
  absl::StatusOr<Allowed> Add(const storage::Caller& caller,
                              std::span<const identity::Identifier> identifiers,
                              const std::string& because);
  // Remove the entry whole. NotFound. The first reads all entries.
  absl::Status Remove(const storage::Caller& caller, const AllowedId& id,
                      const std::string& because);
  absl::Status Remove(const storage::Caller& caller, const identity::Identifier& identifier,
                      const std::string& because);

  // Every entry once, the newest first.
  absl::StatusOr<std::vector<Allowed>> List() const;
  // The entry that has one of the identifiers, of several that of the first. A check asks with
  // those of the question and with those of the customers found (below).
  absl::StatusOr<std::optional<Allowed>> Hit(
      std::span<const identity::Identifier> identifiers) const;
  absl::StatusOr<std::optional<Allowed>> Hit(std::span<const identity::Identifier> asked,
                                             std::span<const Profile> customers) const;

  // Adds to `batch` what removes the entries that have any of the identifiers, with preconditions
  // that no such entry is added meanwhile; gives how many they are. For Book::Erase.
  static absl::StatusOr<uint64_t> EraseFrom(const storage::StoreReader& reader,
                                            const storage::Vault& vault,
                                            std::span<const identity::Identifier> identifiers,
                                            storage::Batch& batch);

 private:
  absl::StatusOr<Allowed> AddOnce(const storage::Caller& caller, crypto::ByteView request,
                                  const std::vector<identity::Identifier>& identifiers,
                                  const std::string& because);
  // By an id, reads all entries.
  using Named = std::variant<AllowedId, identity::Identifier>;
  absl::Status RemoveNamed(const storage::Caller& caller, const Named& named,
                           const std::string& because);
  absl::Status RemoveWhole(const storage::Caller& caller, crypto::ByteView request,
                           const identity::Identifier& identifier, const RequestContent& content,
                           const std::string& because);
  absl::StatusOr<std::optional<Allowed>> Find(const AllowedId& id) const;
  absl::Status CheckRoom(size_t more) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  crypto::Entropy& entropy_;
  const evidence::Clock& clock_;
  const identity::WarningList& warnings_;
};

// As List has them.
bool ListedBefore(const Allowed& a, const Allowed& b);

// An entry's row before sealing (version 1). Decoding: DataLoss for anything else than encoding
// writes.
crypto::Bytes EncodeAllowed(const Allowed& allowed);
absl::StatusOr<Allowed> DecodeAllowed(crypto::ByteView bytes);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_ALLOWLIST_H_
