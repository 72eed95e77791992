// The case of one incident (docs/bundle.md, "The case"): its file, and the checks `case` and
// `proofs`.
#ifndef DAFTAR_NODE_AUDIT_CASE_FILE_H_
#define DAFTAR_NODE_AUDIT_CASE_FILE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/audit/context.h"
#include "node/audit/opened.h"
#include "node/evidence/proofs.h"

namespace daftar::audit {

inline constexpr size_t kMaxCaseBytes = 256 << 10;
inline constexpr size_t kMaxCaseActorBytes = 255;

using IncidentNumber = crypto::FixedBytes<struct IncidentNumberTag, 16>;

struct CaseProof {
  uint64_t number = 0;
  evidence::ProofKind kind = evidence::ProofKind::kOrder;
  std::string media_type;
  uint64_t bytes = 0;
  evidence::ProofSalt salt;
  crypto::Digest digest;
};

struct CaseAct {
  uint64_t at_millis = 0;
  std::string actor;
  std::string what;  // of an event
};

// A value.
struct CaseFile {
  IncidentNumber incident;
  uint64_t report = 0;
  CaseAct filed;
  std::optional<CaseAct> approved;
  evidence::Date told_on;
  std::optional<uint64_t> notice;  // Unix seconds
  std::optional<uint64_t> held_until;
  std::vector<evidence::Date> reminders;
  std::vector<CaseProof> proofs;
  std::vector<CaseAct> events;

  // Strict. InvalidArgument naming the line.
  static absl::StatusOr<CaseFile> Parse(std::string_view text);
};

// Reads `case`, if the bundle has it, after the last entry, and the files that were handed over.
void CheckCase(Context& context, const Openings& openings, const CharterFiles& charters,
               const std::vector<std::string>& proof_files);

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_CASE_FILE_H_
