// The partners and outstanding invites: durable, and held in memory for the calls that ask on every
// connection.
#ifndef DAFTAR_NODE_PARTNERS_REGISTRY_H_
#define DAFTAR_NODE_PARTNERS_REGISTRY_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/evidence/clock.h"
#include "node/partners/invite.h"
#include "node/partners/partner.h"
#include "storage/caller.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::partners {

inline constexpr size_t kMaxOpenInvites = 100;

// Any thread may call any method; changes are durable on OK and in force for the next call, without
// a restart.
class Registry {
 public:
  static absl::StatusOr<std::unique_ptr<Registry>> Open(storage::Store& store,
                                                        const storage::Vault& vault,
                                                        const evidence::Clock& clock,
                                                        crypto::Entropy& entropy);

  std::vector<Partner> All() const;  // by origin; removed ones too
  std::vector<Partner> Active() const;
  absl::StatusOr<Partner> Find(std::string_view origin) const;  // NotFound naming what there is
  // The active or suspended partner whose certificate has the pin.
  std::optional<Partner> ByPin(const crypto::SpkiPin& pin) const;

  // Adds the partner of `card`, or makes a removed or present one with the same entry 0 active with
  // the card's endpoint and certificate. AlreadyExists when the origin is known with another entry
  // 0 or another partner has the pin; FailedPrecondition when another log has taken the place of
  // this one here; ResourceExhausted past kMaxPartners.
  absl::StatusOr<Partner> Add(const storage::Caller& caller, const NodeCard& card);
  // A repetition changes nothing. FailedPrecondition for a removed partner. The reason goes to the
  // record.
  absl::StatusOr<Partner> SetStatus(const storage::Caller& caller, std::string_view origin,
                                    PartnerStatus status, const std::string& because);

  // Succession of logs (registry_succession.cc). Notes which log the active partner of `origin`
  // says takes the place of its own. The first that it says stands; another is refused, and from
  // then on the first is kContested. Whoever calls has checked it. AlreadyExists when the new
  // origin is known here; FailedPrecondition when another was noted before, or the partner is not
  // active; NotFound.
  absl::Status NoteSuccession(std::string_view origin, const Succession& succession);
  // The operator's word: from now on the partner is that of the new log that begins with
  // `first_entry`, with the same name, address, certificate and status, and the old one is
  // kRemoved. What is kept of the old log is to be deleted by the caller (Adoptions::Clear). A
  // repetition of the request changes nothing. FailedPrecondition when nothing waits for it, or
  // what waits begins otherwise; AlreadyExists and ResourceExhausted as Add; NotFound. The reason
  // goes to the record.
  absl::StatusOr<Partner> AcceptSuccession(const storage::Caller& caller, std::string_view origin,
                                           const crypto::Digest& first_entry,
                                           const std::string& because);
  // Nothing is left of what was to be deleted. REQUIRES that it was accepted.
  absl::Status NoteCleared(std::string_view origin);

  // Remembers (the hash of) an invite's secret until it expires, and `code`, sealed, for whoever
  // repeats the request. Aborted when the same request ran at the same time: FindInvite again.
  absl::Status AddInvite(const storage::Caller& caller, const InviteSecret& secret,
                         int64_t expires_at, std::string_view code);
  // The code that this request made before; nullopt when it is new.
  absl::StatusOr<std::optional<std::string>> FindInvite(const storage::Caller& caller) const;
  // Whether a certificate that nobody pinned may be let in to pair at all: an invite is open, and
  // nobody has used it.
  bool HasOpenInvites() const;
  // Whether the node with `pin` may pair with this secret; uses nothing up. PermissionDenied, in
  // the same words whatever the reason, for a secret that is unknown, expired, or used by another
  // node, and for a node that is suspended here or was removed after it had used the secret: an old
  // code is no way back in. Asked before anything of this node is told.
  absl::Status CheckInvite(const InviteSecret& secret, const crypto::SpkiPin& pin) const;
  // Adds the partner of `card` and uses the invite up for it, in one write. The same active partner
  // may repeat it while it lasts (its first answer may have been lost); that changes nothing.
  // Errors as CheckInvite and Add.
  absl::StatusOr<Partner> AcceptInvite(const InviteSecret& secret, const NodeCard& card);

  // Counts changes, so that watchers notice.
  uint64_t version() const;

 private:
  struct OpenInvite {
    int64_t expires_at = 0;
    std::optional<crypto::SpkiPin> used_by;
  };
  Registry(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
           crypto::Entropy& entropy)
      : store_(store), vault_(vault), clock_(clock), entropy_(entropy) {}
  static crypto::Bytes RowKey(std::string_view origin);
  absl::Status Load();
  storage::LogNumber NextLogNumber() const DAFTAR_REQUIRES(mutex_);
  const Partner* FindPin(const crypto::SpkiPin& pin) const DAFTAR_REQUIRES(mutex_);
  absl::Status CheckSuccessor(const Partner& partner, std::string_view origin) const
      DAFTAR_REQUIRES(mutex_);
  absl::Status CheckInviteLocked(const InviteSecret& secret, const crypto::SpkiPin& pin) const
      DAFTAR_REQUIRES(mutex_);
  absl::StatusOr<Partner> AddLocked(const storage::Caller& caller, const NodeCard& card,
                                    storage::Batch batch) DAFTAR_REQUIRES(mutex_);
  absl::Status Write(storage::Batch batch, const storage::Caller& caller, std::string_view action,
                     std::string_view object, std::string_view because);

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  // Held across a durable write: changes are rare and must not interleave.
  mutable storage::Mutex mutex_;
  std::map<std::string, Partner, std::less<>> partners_ DAFTAR_GUARDED_BY(mutex_);
  std::map<crypto::Digest, OpenInvite> invites_ DAFTAR_GUARDED_BY(mutex_);
  uint64_t version_ DAFTAR_GUARDED_BY(mutex_) = 0;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_REGISTRY_H_
