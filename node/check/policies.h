// The shop's policy: the file it is read from, the one in force, and every version that ever was,
// so that a past decision can be computed again.
#ifndef DAFTAR_NODE_CHECK_POLICIES_H_
#define DAFTAR_NODE_CHECK_POLICIES_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/entropy.h"
#include "node/decision/policy.h"
#include "node/evidence/clock.h"
#include "storage/caller.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::check {

inline constexpr size_t kMaxFaultsTold = 5;   // of a policy file, in problem()
inline constexpr size_t kMaxPolicyNews = 16;  // kept until somebody takes them
inline constexpr size_t kMinHashDigits = 8;   // hexadecimal, of a hash that is named in part

struct PolicyVersion {
  crypto::Digest hash;
  evidence::UnixMillis since;  // when it came into force this time
};

// Which policy is in force, since when, and whether the shop's file says it as it is now.
struct PolicyInForce {
  crypto::Digest hash;
  evidence::UnixMillis since;
  bool from_file = false;  // false: there is none, or `problem` says what is wrong with it
};

// That another policy came in force, or that the file cannot be.
struct PolicyNews {
  crypto::Digest before;
  crypto::Digest now;   // as `before`: nothing changed
  std::string problem;  // for the operator; empty: the file is in order
};

// A policy that somebody puts in force.
struct NewPolicy {
  std::string toml;         // becomes the shop's file, byte for byte
  decision::Policy policy;  // what Policy::Parse made of it
  // The one in force must still be this one; absent: whichever is.
  std::optional<crypto::Digest> instead_of;
  std::string because;  // for the record, 1 to storage::kMaxAuditText bytes
};

// Rows in Column::kPolicies: policy hash (32) -> version u8, first in force (u64), encoded policy;
// "in-force" -> version u8, policy hash, since (u64; not in version 1); "period/", since (u64) ->
// version u8, policy hash; "trial" is the trial's (trial.h). A node that ran before there were
// periods has lost the later ones of its policies, and not the first. Nothing in them is personal.
//
// A node that never had a file runs on the default policy. A file with a fault, or one that is
// gone, leaves the policy that was in force, and `problem` says what is wrong: a shop with an order
// waiting is not stopped by a typing mistake, and rules that somebody wrote do not change unsaid.
//
// Versions that this program cannot decode, because another one made them, are kept as they are. Is
// the one in force among them, the file's applies, or without a file the default, and `problem`
// says so. Any thread may call.
class Policies {
 public:
  // `file` may be empty: none is looked for. Errors of the store; DataLoss for a malformed row.
  static absl::StatusOr<std::unique_ptr<Policies>> Open(storage::Store& store,
                                                        const evidence::Clock& clock,
                                                        std::filesystem::path file);

  std::shared_ptr<const decision::Policy> InForce() const;
  // Looks at the file and takes what changed. A file that is just being written is left until two
  // looks find it alike. Durable before it is in force.
  void Look();
  PolicyInForce Current() const;
  // Writes the file and puts the policy in force, from the next check on; both are durable on OK,
  // and the change is on the record. A repetition of the request changes nothing and answers as the
  // first time. On an error the file and the policy are as before, except that a process that ends
  // between the two finds the new file when it starts again, without who wrote it.
  //   InvalidArgument     no reason is given, or no request id
  //   FailedPrecondition  there is no file to write (Open); another policy is in force than
  //                       `instead_of`, or the file was changed and is not taken yet; the request
  //                       id was used for another policy
  //   others              of AtomicWriteFile and of the store
  absl::StatusOr<PolicyVersion> Put(const storage::Caller& caller, NewPolicy put,
                                    const storage::Vault& vault, crypto::Entropy& entropy);
  // Hands over what came up since the last call, oldest first; at most kMaxPolicyNews are kept.
  std::vector<PolicyNews> TakeNews();
  // What is wrong with the file, for the operator; empty when nothing is.
  std::string problem() const;

  // NotFound for a hash that was never in force here; FailedPrecondition for a version that another
  // program made and this one cannot decode; DataLoss for a malformed row.
  absl::StatusOr<decision::Policy> ByHash(const crypto::Digest& hash) const;
  // The hash that begins with these digits, 0-9 a-f, of those that were in force here.
  // InvalidArgument for fewer than kMinHashDigits or more than there are; NotFound;
  // FailedPrecondition when several begin so.
  absl::StatusOr<crypto::Digest> Find(std::string_view digits) const;
  // One for each time that a policy came into force, newest first.
  absl::StatusOr<std::vector<PolicyVersion>> Versions() const;
  // How many versions this program could not decode when it opened them.
  size_t undecoded() const { return undecoded_; }

 private:
  // What tells one state of the file from another; absent: there is no file.
  struct Stamp {
    std::filesystem::file_time_type time;
    uintmax_t size = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  Policies(storage::Store& store, const evidence::Clock& clock, std::filesystem::path file)
      : store_(store), clock_(clock), file_(std::move(file)) {}
  std::optional<Stamp> StampOfFile() const;
  // Absent: there is no file.
  absl::StatusOr<std::optional<decision::Policy>> Read() const;
  absl::Status CountUndecoded();
  absl::Status AddVersion(const decision::Policy& policy, evidence::UnixMillis now,
                          storage::Batch& batch) const;
  // Periods follow each other, also when the clock was set back.
  evidence::UnixMillis NowAfter(evidence::UnixMillis since) const;
  // With what was in force when the node stopped; sets since_ and in_force_.
  absl::Status GoOnWith(const decision::Policy& policy, std::optional<evidence::UnixMillis> since)
      DAFTAR_REQUIRES(mutex_);
  // Writes what is in `batch` besides.
  absl::Status PutInForce(decision::Policy policy, storage::Batch batch = {})
      DAFTAR_REQUIRES(mutex_);
  absl::Status MayPut(const std::optional<crypto::Digest>& instead_of) const
      DAFTAR_REQUIRES(mutex_);
  absl::StatusOr<PolicyVersion> NewestOf(const crypto::Digest& hash) const;
  // Without the file's word: when there is none.
  void KeepWithoutFile() DAFTAR_REQUIRES(mutex_);
  void AddNews(const crypto::Digest& before, const std::string& problem) DAFTAR_REQUIRES(mutex_);
  void Take() DAFTAR_REQUIRES(mutex_);

  storage::Store& store_;
  const evidence::Clock& clock_;
  const std::filesystem::path file_;
  size_t undecoded_ = 0;  // set while opening
  mutable storage::Mutex mutex_;
  std::shared_ptr<const decision::Policy> in_force_ DAFTAR_GUARDED_BY(mutex_);
  evidence::UnixMillis since_ DAFTAR_GUARDED_BY(mutex_);
  bool from_file_ DAFTAR_GUARDED_BY(mutex_) = false;
  // Stored as the one in force, and not decoded; in_force_ is another then.
  std::optional<crypto::Digest> lost_ DAFTAR_GUARDED_BY(mutex_);
  std::string problem_ DAFTAR_GUARDED_BY(mutex_);
  std::vector<PolicyNews> news_ DAFTAR_GUARDED_BY(mutex_);
  std::optional<Stamp> seen_ DAFTAR_GUARDED_BY(mutex_);   // at the last look
  std::optional<Stamp> taken_ DAFTAR_GUARDED_BY(mutex_);  // when it was last read
};

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_POLICIES_H_
