#include "node/service/test_mode.h"

#include <array>
#include <string>
#include <utility>

#include "node/decision/texts.h"
#include "node/service/convert.h"

namespace daftar::service {
namespace {

constexpr std::array kNames = {
    std::pair<std::string_view, TestAnswer>{"accept", TestAnswer::kAccept},
    std::pair<std::string_view, TestAnswer>{"deposit", TestAnswer::kDeposit},
    std::pair<std::string_view, TestAnswer>{"prepay", TestAnswer::kPrepay},
    std::pair<std::string_view, TestAnswer>{"review", TestAnswer::kReview},
    std::pair<std::string_view, TestAnswer>{"decline", TestAnswer::kDecline},
    std::pair<std::string_view, TestAnswer>{"slow", TestAnswer::kSlow},
    std::pair<std::string_view, TestAnswer>{"error", TestAnswer::kError},
};

constexpr char kForTheRecord[] = "made up for a test identifier";

// Of kError there is none: it is never answered.
decision::Effect EffectOf(TestAnswer answer) {
  switch (answer) {
    case TestAnswer::kDeposit:
      return decision::Effect::kDeposit;
    case TestAnswer::kPrepay:
      return decision::Effect::kPrepay;
    case TestAnswer::kReview:
      return decision::Effect::kReview;
    case TestAnswer::kDecline:
      return decision::Effect::kDecline;
    case TestAnswer::kAccept:
    case TestAnswer::kSlow:
    case TestAnswer::kError:
      break;
  }
  return decision::Effect::kAccept;
}

}  // namespace

std::optional<TestAnswer> TestAnswerOf(const identity::Identifier& identifier) {
  if (identifier.type() != identity::IdentifierType::kEmail) return std::nullopt;
  const std::string_view address = identifier.value();
  const size_t at = address.find('@');
  if (at == std::string_view::npos || address.substr(at + 1) != kTestDomain) return std::nullopt;
  for (const auto& [name, answer] : kNames) {
    if (address.substr(0, at) == name) return answer;
  }
  return std::nullopt;
}

absl::Status CheckMayPair(const Config& config) {
  if (!config.test_mode) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "a node in test mode has no partners: answers that are made up must not reach real shops. "
      "For a circle make a node of its own, without test_mode");
}

absl::StatusOr<std::optional<TestAnswer>> TestMode::Find(
    std::span<const identity::Identifier> identifiers) const {
  std::optional<TestAnswer> found;
  for (const identity::Identifier& identifier : identifiers) {
    const std::optional<TestAnswer> answer = TestAnswerOf(identifier);
    if (!answer.has_value()) continue;
    if (!node_.config().test_mode) {
      return absl::InvalidArgumentError(
          "an address at " + std::string(kTestDomain) +
          " belongs to nobody: test identifiers work in test mode only (test_mode = true in "
          "config.toml, on a node without partners)");
    }
    if (found.has_value() && *found != *answer) {
      return absl::InvalidArgumentError(
          "two test identifiers ask for different answers; give one of them");
    }
    found = answer;
  }
  return found;
}

absl::Status TestMode::Before(TestAnswer answer) {
  if (answer == TestAnswer::kError) {
    return absl::UnavailableError("this is the test identifier that always fails");
  }
  if (answer != TestAnswer::kSlow) return absl::OkStatus();
  storage::MutexLock lock(mutex_);
  if (waiting_ >= kMaxSlowTests) {
    return absl::ResourceExhaustedError("at most " + std::to_string(kMaxSlowTests) +
                                        " checks of the slow test identifier wait at once; try "
                                        "again in some seconds");
  }
  ++waiting_;
  const auto until = std::chrono::steady_clock::now() + slow_;
  while (!stopped_) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= left.zero()) break;
    stopped_changed_.WaitFor(mutex_, std::chrono::ceil<std::chrono::milliseconds>(left));
  }
  --waiting_;
  if (stopped_) return absl::UnavailableError("the node is stopping");
  return absl::OkStatus();
}

absl::Status TestMode::After(TestAnswer answer, const check::Answer& decided,
                             decision::Language language, v1::CheckResponse& response) {
  const decision::Effect effect = EffectOf(answer);
  if (effect != decided.decision.verdict.effect) {
    // The receipt's id as the request's: a check that is repeated overrides nothing again.
    auto made = node_.outcomes().OverrideDecision({std::string(kTestActor), decided.receipt.hex()},
                                                  decided.receipt, effect, kForTheRecord);
    if (!made.ok()) return made.status();
    // What led to another answer does not explain this one.
    response.clear_decided_by();
    response.clear_next();
  }
  response.set_effect(ToProto(effect));
  response.set_because(std::string(decision::Words(language, decision::Text::kTestAnswer)));
  response.set_test(true);
  return absl::OkStatus();
}

void TestMode::Stop() {
  {
    storage::MutexLock lock(mutex_);
    stopped_ = true;
  }
  stopped_changed_.NotifyAll();
}

}  // namespace daftar::service
