// Test mode (`test_mode` in config.toml): whoever connects a shop system asks about test
// identifiers and gets every answer in turn. The answers are made up, say so, and reach nobody
// else, because a node in test mode has no partners.
#ifndef DAFTAR_NODE_SERVICE_TEST_MODE_H_
#define DAFTAR_NODE_SERVICE_TEST_MODE_H_

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/v1/shop.pb.h"
#include "node/check/checker.h"
#include "node/decision/language.h"
#include "node/identity/identifier.h"
#include "node/identity/warning_list.h"
#include "node/node.h"
#include "storage/mutex.h"

namespace daftar::service {

// The addresses accept@, deposit@, prepay@, review@, decline@, slow@ and error@ of this domain are
// the test identifiers.
using identity::kTestDomain;
inline constexpr std::string_view kTestActor = "test-mode";  // who overrides what was decided
inline constexpr std::chrono::milliseconds kTestSlowAnswer{5000};
inline constexpr int kMaxSlowTests = 8;  // that wait at once, each of which keeps a thread

enum class TestAnswer { kAccept, kDeposit, kPrepay, kReview, kDecline, kSlow, kError };
// nullopt for every other identifier.
std::optional<TestAnswer> TestAnswerOf(const identity::Identifier& identifier);

// FailedPrecondition in test mode: what every call that would make a partner asks first.
absl::Status CheckMayPair(const Config& config);

// Any thread may call. The node outlives it.
class TestMode {
 public:
  explicit TestMode(Node& node, std::chrono::milliseconds slow = kTestSlowAnswer)
      : node_(node), slow_(slow) {}

  // Which answer a check about these is to have; nullopt for an ordinary check. InvalidArgument for
  // test identifiers outside of test mode, and for two that ask for different answers.
  absl::StatusOr<std::optional<TestAnswer>> Find(
      std::span<const identity::Identifier> identifiers) const;
  // To be called before the check. For kSlow it waits kTestSlowAnswer: ResourceExhausted while
  // kMaxSlowTests wait, Unavailable once Stop was called. For kError always Unavailable.
  absl::Status Before(TestAnswer answer) DAFTAR_EXCLUDES(mutex_);
  // To be called after it. The node decided by its records as always, and the receipt says so; what
  // was asked for, where it differs, is recorded as an override by kTestActor, durably, once for
  // each receipt. `response` then has that effect and says that it is made up. Errors of
  // check::Outcomes::OverrideDecision.
  absl::Status After(TestAnswer answer, const check::Answer& decided, decision::Language language,
                     v1::CheckResponse& response);
  // Ends the waits, and lets none begin: before the servers that wait for their calls end.
  void Stop() DAFTAR_EXCLUDES(mutex_);

 private:
  Node& node_;
  const std::chrono::milliseconds slow_;
  storage::Mutex mutex_;
  storage::CondVar stopped_changed_;
  int waiting_ DAFTAR_GUARDED_BY(mutex_) = 0;
  bool stopped_ DAFTAR_GUARDED_BY(mutex_) = false;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_TEST_MODE_H_
