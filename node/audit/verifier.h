// Verifying what a node handed to an auditor, on a machine without a network: a bundle, or a file
// of fork evidence (docs/bundle.md). Nothing that is read is trusted but the policy.
#ifndef DAFTAR_NODE_AUDIT_VERIFIER_H_
#define DAFTAR_NODE_AUDIT_VERIFIER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "node/audit/bundle.h"
#include "node/audit/policy.h"
#include "node/audit/verdict.h"

namespace daftar::audit {

// Told how far it is, in bytes; false asks to stop.
using VerifyProgress = std::function<bool(uint64_t done, uint64_t total)>;

struct VerifyOptions {
  int64_t now = 0;                       // Unix seconds, not negative
  std::vector<std::string> proof_files;  // paths
  VerifyProgress progress;               // may be empty
};

// A directory or a file, under a policy's text. One thread. Memory: some 100 bytes for each REPORT
// of the bundle; `entries` and `bodies` are read once, in pieces. An error only when `progress`
// asked to stop: Cancelled. Whatever else goes wrong is in the verdict.
absl::StatusOr<Verdict> VerifyPath(const std::string& path, std::string_view policy,
                                   const VerifyOptions& options);

// The same of a bundle's or fork evidence's bytes.
absl::StatusOr<Verdict> VerifyBytes(std::string_view bytes, std::string_view policy,
                                    const VerifyOptions& options);

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_VERIFIER_H_
