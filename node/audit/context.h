// What the checks of one bundle share: the bundle, the auditor's policy, the clock, and where
// findings go. One thread; lives as long as one verification.
#ifndef DAFTAR_NODE_AUDIT_CONTEXT_H_
#define DAFTAR_NODE_AUDIT_CONTEXT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "node/audit/bundle.h"
#include "node/audit/policy.h"
#include "node/audit/verdict.h"

namespace daftar::audit {

// Seconds that are allowed for clocks.
inline constexpr uint64_t kClockSeconds = 300;

class Context {
 public:
  // All must outlive it. `now` in Unix seconds.
  Context(const Bundle& bundle, const TlogPolicy& policy, int64_t now, const ReadProgress& progress,
          Findings& findings)
      : bundle_(bundle), policy_(policy), now_(now), progress_(progress), findings_(findings) {}

  const Manifest& manifest() const { return bundle_.manifest().manifest; }
  const SignedManifest& signed_manifest() const { return bundle_.manifest(); }
  const TlogPolicy& policy() const { return policy_; }
  Findings& findings() { return findings_; }
  bool is_log() const { return manifest().kind == BundleKind::kLog; }
  bool Has(std::string_view name) const { return bundle_.Find(name).has_value(); }
  // Whether a time lies in the future, but for what is allowed for clocks.
  bool IsTooLate(uint64_t unix_seconds) const {
    return unix_seconds > static_cast<uint64_t>(now_) + kClockSeconds;
  }

  // The file to be read in order, to be given to Close afterwards. REQUIRES: the bundle has it.
  std::unique_ptr<BundleFileReader> Open(std::string_view name) const;
  // Reads what is left and judges the file's SHA-256.
  void Close(std::string_view name, BundleFileReader& reader);
  // The whole file, judged. None when it has more than `most` bytes, which `check` fails for, or
  // cannot be read. REQUIRES: the bundle has it.
  std::optional<std::string> ReadWhole(std::string_view name, size_t most, Check check);

  // Whether to go on, asked for between two reads; when not, status() is Cancelled from then on.
  bool GoOn();
  // The first failure to read, or Cancelled: then the findings are worth nothing.
  const absl::Status& status() const { return status_; }

 private:
  const Bundle& bundle_;
  const TlogPolicy& policy_;
  const int64_t now_;
  const ReadProgress& progress_;
  Findings& findings_;
  absl::Status status_;
};

// "1 entry", "2 entries".
std::string CountOf(uint64_t count, std::string_view one, std::string_view many);
// "2026-09-28 08:15:00 UTC"; the number itself for a time that no calendar has.
std::string TimeText(uint64_t unix_seconds);

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_CONTEXT_H_
