// Replaying an exported decision log.
#include <chrono>
#include <filesystem>
#include <fstream>

#include "cli/commands_policy.h"
#include "cli/decision_bundle.h"
#include "cli/interrupt.h"
#include "cli/policy_file.h"
#include "cli/progress.h"
#include "cli/show.h"

namespace daftar::cli {
namespace {

constexpr std::string_view kBundleLine = "daftar-bundle/v1\n";
constexpr char kDefaultPolicyName[] = "default";

absl::Status TooMany(const char* option, size_t most) {
  return absl::InvalidArgumentError(std::string("at most ") + std::to_string(most) + " " + option +
                                    " can be given");
}

absl::StatusOr<DecisionChecks> ChecksOf(Session& session, const ReplayOptions& options) {
  if (options.policies.size() > kMaxReplayPolicies) return TooMany("--policy", kMaxReplayPolicies);
  if (options.heads.size() > kMaxNotedHeads) return TooMany("--head", kMaxNotedHeads);
  DecisionChecks checks;
  for (const std::string& text : options.heads) {
    auto head = DecisionHead::FromString(text);
    if (!head.ok()) return absl::InvalidArgumentError("--head: " + MessageOf(head.status()));
    checks.heads.push_back(*head);
  }
  if (!options.entry_vkey.empty()) {
    auto key = crypto::NoteKey::FromVkey(options.entry_vkey);
    if (!key.ok() || key->type != crypto::KeyType::kEd25519) {
      return absl::InvalidArgumentError(
          "--entry-vkey is no entry key: it begins with the log's origin, /entry and a plus");
    }
    checks.entry_key = *std::move(key);
  }
  if (!options.subject.empty()) {
    auto subject = decision::Subject::FromHexText(options.subject);
    if (!subject.ok()) {
      return absl::InvalidArgumentError(
          "--subject is 64 hexadecimal digits, as daftar why RECEIPT shows them");
    }
    checks.subject = *subject;
  }
  for (const std::string& named : options.policies) {
    auto policy = named == kDefaultPolicyName
                      ? absl::StatusOr<decision::Policy>(decision::DefaultPolicy())
                      : LoadPolicy(named, session.console());
    if (!policy.ok()) return policy.status();
    checks.policies.push_back(*std::move(policy));
  }
  checks.now = std::chrono::duration_cast<std::chrono::seconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count();
  return checks;
}

absl::StatusOr<audit::Bundle> OpenDecisions(const std::string& path) {
  auto bundle = audit::Bundle::Open(path);
  if (!bundle.ok()) {
    // What is wrong with the bundle is data, not a wrong argument.
    if (!absl::IsInvalidArgument(bundle.status())) return bundle.status();
    return absl::DataLossError(path + " cannot be read as a bundle: " + MessageOf(bundle.status()));
  }
  const audit::BundleKind kind = bundle->manifest().manifest.kind;
  if (kind == audit::BundleKind::kDecisions) return bundle;
  return absl::InvalidArgumentError(path + " is a bundle of kind " +
                                    std::string(audit::BundleKindName(kind)) +
                                    ": daftar audit verify checks it");
}

}  // namespace

bool IsBundle(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return true;
  // What is read from a pipe is gone from it.
  if (!std::filesystem::is_regular_file(path, error)) return false;
  std::ifstream file(path, std::ios::binary);
  std::string start(kBundleLine.size(), '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  return file.gcount() == static_cast<std::streamsize>(start.size()) && start == kBundleLine;
}

absl::StatusOr<int> RunBundleReplay(Session& session, const ReplayOptions& options) {
  const auto checks = ChecksOf(session, options);
  if (!checks.ok()) return checks.status();
  const auto bundle = OpenDecisions(options.receipt);
  if (!bundle.ok()) return bundle.status();
  Console& console = session.console();
  const InterruptScope interrupts;
  absl::StatusOr<DecisionReplay> result = absl::InternalError("not run");
  {
    Progress bar(console.err, "computing again", console.err_is_terminal && !console.json,
                 "receipt");
    result =
        ReplayDecisions(*bundle, *checks, [&bar](uint64_t done, uint64_t total, uint64_t receipts) {
          bar.Update(done, total, receipts);
          return !InterruptScope::Interrupted();
        });
  }
  if (!result.ok()) return result.status();
  const int shown = Show(session, *result);
  return result->Holds() ? shown : kExitData;
}

}  // namespace daftar::cli
