// The shop's groups of customers: those it has made or changed, and the shipped ones.
#ifndef DAFTAR_NODE_BOOK_GROUPS_H_
#define DAFTAR_NODE_BOOK_GROUPS_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/entropy.h"
#include "node/book/request_content.h"
#include "node/decision/group.h"
#include "node/evidence/clock.h"
#include "storage/caller.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::book {

// Row: kGroups, group name -> sealed: a group that was put, or that a shipped one is hidden. A
// shipped group without a row stands as it is shipped.
//
// Any thread may call. Readers get what is in memory; writers go one after another, the lock held
// across the durable write on purpose, because that is rare. What is acknowledged is durable and
// seen by all.
//
// Writes need a request id; a repetition changes nothing. `because` has 1 to storage::kMaxAuditText
// bytes and goes on the record.
class Groups {
 public:
  // Reads the rows. All must outlive the groups. DataLoss when one does not open or decode.
  static absl::StatusOr<std::unique_ptr<Groups>> Open(storage::Store& store,
                                                      const storage::Vault& vault,
                                                      crypto::Entropy& entropy,
                                                      const evidence::Clock& clock);

  // In order of precedence, then name. Cheap: for every decision.
  std::shared_ptr<const std::vector<decision::Group>> Snapshot() const DAFTAR_EXCLUDES(mutex_);
  std::vector<decision::Group> List() const { return *Snapshot(); }

  // Adds the group or replaces the one of that name, a shipped one too. InvalidArgument as of
  // decision::Group::Check; FailedPrecondition past decision::kMaxGroups.
  absl::Status Put(const storage::Caller& caller, const decision::Group& group,
                   const std::string& because) DAFTAR_EXCLUDES(writing_, mutex_);
  // Removes it; a shipped one is hidden until it is put again. NotFound. Before it goes
  // `end_memberships` is called, whose answer and errors are passed on: Book::RemoveGroup takes the
  // customers out of it, so that nobody is in it again should it be put again. A repetition answers
  // as the first did and does not call.
  absl::StatusOr<uint64_t> Remove(const storage::Caller& caller, const std::string& name,
                                  const std::string& because,
                                  const std::function<absl::StatusOr<uint64_t>()>& end_memberships)
      DAFTAR_EXCLUDES(writing_, mutex_);

 private:
  using Rows = std::map<std::string, std::optional<decision::Group>>;  // nullopt: hidden

  Groups(storage::Store& store, const storage::Vault& vault, crypto::Entropy& entropy,
         const evidence::Clock& clock)
      : store_(store), vault_(vault), entropy_(entropy), clock_(clock) {}
  absl::Status Load() DAFTAR_EXCLUDES(writing_, mutex_);
  void Show() DAFTAR_REQUIRES(writing_) DAFTAR_EXCLUDES(mutex_);
  // Writes the change of one row with what makes it whole; then shows it. `value` nullopt deletes;
  // `result` is what a repetition of the request is answered with.
  absl::Status Write(const storage::Caller& caller, crypto::ByteView request, std::string_view kind,
                     const std::string& name,
                     const std::optional<std::optional<decision::Group>>& value,
                     crypto::ByteView result, const RequestContent& content,
                     const std::string& because) DAFTAR_REQUIRES(writing_);

  storage::Store& store_;
  const storage::Vault& vault_;
  crypto::Entropy& entropy_;
  const evidence::Clock& clock_;
  storage::Mutex writing_;
  Rows rows_ DAFTAR_GUARDED_BY(writing_);
  mutable storage::Mutex mutex_;
  std::shared_ptr<const std::vector<decision::Group>> shown_ DAFTAR_GUARDED_BY(mutex_);
};

// A group's row before sealing (version 1; docs/storage.md has the bytes); nullopt says that the
// shipped one is hidden. Decoding: DataLoss for anything else than encoding writes, or for a group
// that does not pass its check.
crypto::Bytes EncodeGroupRow(const std::optional<decision::Group>& group);
absl::StatusOr<std::optional<decision::Group>> DecodeGroupRow(crypto::ByteView bytes);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_GROUPS_H_
