// How often one may try to sign in, after OWASP's "device cookies": a device from which a user has
// signed in before has a count of its own, so that strangers' attempts never keep the user out.
#ifndef DAFTAR_NODE_SERVICE_SIGN_IN_LIMITS_H_
#define DAFTAR_NODE_SERVICE_SIGN_IN_LIMITS_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "node/evidence/clock.h"
#include "storage/mutex.h"

namespace daftar::service {

// So many failures within so long; then one waits until the oldest is so long ago.
struct AttemptLimit {
  size_t failures;
  std::chrono::minutes within;
};
inline constexpr AttemptLimit kDeviceLimit{10, std::chrono::minutes(15)};   // user and known device
inline constexpr AttemptLimit kStrangerLimit{5, std::chrono::minutes(15)};  // user and address
inline constexpr AttemptLimit kUserLimit{50, std::chrono::hours(1)};  // user, all unknown devices
inline constexpr AttemptLimit kAddressLimit{30, std::chrono::hours(1)};  // address, all users
// User and device, or user and address: the password was right, and no code came with it. Guesses
// nothing, but each costs an Argon2id.
inline constexpr AttemptLimit kHalfwayLimit{10, std::chrono::minutes(15)};
// The same, whatever came of it: the right password costs an Argon2id as well.
inline constexpr AttemptLimit kAllLimit{60, std::chrono::minutes(15)};
inline constexpr AttemptLimit kTokenLimit{30, std::chrono::hours(1)};  // address, by token
inline constexpr size_t kMaxCounted = 10'000;  // keys of one kind; the one longest quiet gives way

// Failures under each of at most kMaxCounted keys. Not thread-safe.
class Attempts {
 public:
  explicit Attempts(AttemptLimit limit) : limit_(limit) {}
  // How long the next attempt has to wait; 0: it may be made.
  std::chrono::seconds Wait(const std::string& key, evidence::UnixMillis now) const;
  void Count(const std::string& key, evidence::UnixMillis now);
  // Takes one back that was counted at `at`.
  void TakeBack(const std::string& key, evidence::UnixMillis at);
  void Forget(const std::string& key) { failures_.erase(key); }
  size_t size() const { return failures_.size(); }

 private:
  void MakeRoom(evidence::UnixMillis now);
  bool Counts(int64_t at, evidence::UnixMillis now) const;

  const AttemptLimit limit_;
  std::map<std::string, std::vector<int64_t>> failures_;  // Unix milliseconds, the oldest first
};

// Who tries. A value.
struct Attempt {
  std::string user;       // as it was given, whether there is one or not
  bool there_is = false;  // such a user: its count never gives way to those of made-up names
  std::string address;    // of the peer; IPv6 counts by /64
  std::string device;     // hash of a known device's mark, or kInSession; empty: a stranger
  evidence::UnixMillis at;
};
// Attempt.device of whoever has a session: at the present password, or at a code to confirm.
inline constexpr std::string_view kInSession = "session";

// In memory: a restart forgets all. Any thread may call.
class SignInLimits {
 public:
  // Counts the attempt as failed, before anything was looked at, so that many at once are no way
  // around. ResourceExhausted, with the seconds to wait (retry_after.h), when one more is too many;
  // then nothing was counted.
  absl::Status Begin(const Attempt& attempt);
  // It was none of guessing: takes back what Begin has counted.
  void TakeBack(const Attempt& attempt);
  // The password was right, and a code is needed: counts toward kHalfwayLimit instead, until it
  // signs in.
  void Halfway(const Attempt& attempt);
  // It signed in: the counts of its device or of its user and address begin anew as well.
  void Succeeded(const Attempt& attempt);

  // Counts a token that nobody has, from `address`. ResourceExhausted as Begin. They have a count
  // of their own, so that a program with an old token keeps nobody's password out; one that
  // somebody has is never refused.
  absl::Status UnknownToken(const std::string& address, evidence::UnixMillis at);

 private:
  Attempts& OfUser(const Attempt& attempt) DAFTAR_REQUIRES(mutex_) {
    return attempt.there_is ? by_user_ : by_name_;
  }
  void Undo(const Attempt& attempt) DAFTAR_REQUIRES(mutex_);

  storage::Mutex mutex_;
  Attempts by_device_ DAFTAR_GUARDED_BY(mutex_){kDeviceLimit};
  Attempts by_stranger_ DAFTAR_GUARDED_BY(mutex_){kStrangerLimit};
  Attempts by_user_ DAFTAR_GUARDED_BY(mutex_){kUserLimit};
  Attempts by_name_ DAFTAR_GUARDED_BY(mutex_){kUserLimit};  // that nobody has
  Attempts by_address_ DAFTAR_GUARDED_BY(mutex_){kAddressLimit};
  Attempts halfway_ DAFTAR_GUARDED_BY(mutex_){kHalfwayLimit};  // by device or stranger
  Attempts all_ DAFTAR_GUARDED_BY(mutex_){kAllLimit};          // by device or stranger
  Attempts by_token_ DAFTAR_GUARDED_BY(mutex_){kTokenLimit};   // by address
};

// What of an address is one stranger: an IPv4 address, or the first 64 bits of an IPv6 one, of
// which a household has all the others. Anything else stands for itself. A port is no part of it.
std::string StrangerOf(const std::string& address);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_SIGN_IN_LIMITS_H_
