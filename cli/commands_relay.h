// Disputes at this shop of what partners report, and how they stand.
#ifndef DAFTAR_CLI_COMMANDS_RELAY_H_
#define DAFTAR_CLI_COMMANDS_RELAY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"
#include "cli/session.h"

namespace daftar::cli {

struct PartnerDisputeOptions {
  std::string origin;
  std::vector<TypedIdentifier> identifiers;
  std::string entry;        // its index; empty: all about the buyer
  std::string disputed_on;  // empty: today
};
absl::StatusOr<int> RunPartnerDispute(Session& session, const PartnerDisputeOptions& options);

struct PartnerDisputesOptions {
  std::string limit;
};
absl::StatusOr<int> RunPartnerDisputes(Session& session, const PartnerDisputesOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_RELAY_H_
