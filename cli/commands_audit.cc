#include "cli/commands_audit.h"

#include "cli/document.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/show_audit.h"
#include "node/audit/verifier.h"

namespace daftar::cli {
namespace {

absl::Status CheckOptions(const AuditVerifyOptions& options) {
  if (options.bundle.empty()) {
    return absl::InvalidArgumentError(
        "which bundle? Name the file or the folder that the node's operator handed over");
  }
  if (options.policy.empty()) {
    return absl::InvalidArgumentError(
        "under which policy? Give --policy FILE: your own list of the log's and the witnesses' "
        "keys, which you did not get from the bundle (daftar log policy prints a node's lines, to "
        "compare with what its partners print)");
  }
  if (options.report != "text" && options.report != "html" && options.report != "json") {
    return absl::InvalidArgumentError("--report must be text, html or json");
  }
  return absl::OkStatus();
}

// Whatever keeps the verifier from judging is code 2 here, with the same words as elsewhere.
int Unreadable(Console& console, const absl::Status& status) {
  Report(console, status);
  return kExitAuditUnreadable;
}

absl::StatusOr<audit::Verdict> Verify(const AuditVerifyOptions& options, const std::string& policy,
                                      int64_t now, Console& console) {
  constexpr uint64_t kBytesPerUnit = 1'000'000;
  const InterruptScope interrupts;
  Progress bar(console.err, "Verifying", console.err_is_terminal, "megabyte");
  audit::VerifyOptions how;
  how.now = now;
  how.proof_files = options.proofs;
  how.progress = [&bar](uint64_t done, uint64_t total) {
    bar.Update(done, total, done / kBytesPerUnit);
    return !InterruptScope::Interrupted();
  };
  return audit::VerifyPath(options.bundle, policy, how);
}

}  // namespace

absl::StatusOr<int> RunAuditVerify(Session& session, const AuditVerifyOptions& options) {
  Console& console = session.console();
  if (absl::Status status = CheckOptions(options); !status.ok()) {
    return Unreadable(console, status);
  }
  const auto policy = ReadWhole(options.policy, "policy", audit::kMaxTlogPolicyBytes, console);
  if (!policy.ok()) return Unreadable(console, policy.status());
  const int64_t now = evidence::SystemClock().Now().seconds();
  const auto verdict = Verify(options, *policy, now, console);
  if (!verdict.ok()) return verdict.status();  // stopped
  const AuditedBundle audited{options.bundle, options.policy, static_cast<uint64_t>(now), *verdict};
  if (console.json || options.report == "json") {
    PrintJson(console.out, ToJson(audited));
  } else if (options.report == "html") {
    console.out << ToHtml(DocumentOf(audited));
  } else {
    Print(console.out, DocumentOf(audited));
  }
  console.out << std::flush;
  return verdict->code;
}

}  // namespace daftar::cli
