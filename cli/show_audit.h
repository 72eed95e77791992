// What an auditor is told of a bundle: as JSON, and as a document for a terminal, a browser or
// paper.
#ifndef DAFTAR_CLI_SHOW_AUDIT_H_
#define DAFTAR_CLI_SHOW_AUDIT_H_

#include <string>

#include "cli/document.h"
#include "cli/json.h"
#include "node/audit/verdict.h"

namespace daftar::cli {

struct AuditedBundle {
  std::string bundle;  // as it was named
  std::string policy;
  uint64_t verified_at = 0;  // Unix seconds, by the clock of whoever verified
  audit::Verdict verdict;
};

Json ToJson(const AuditedBundle& audited);
Document DocumentOf(const AuditedBundle& audited);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_AUDIT_H_
