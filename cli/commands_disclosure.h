// Proof handed from one shop to another.
#ifndef DAFTAR_CLI_COMMANDS_DISCLOSURE_H_
#define DAFTAR_CLI_COMMANDS_DISCLOSURE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"

namespace daftar::cli {

class Session;

struct AskForProofOptions {
  std::string origin;
  std::string entry;
  std::vector<TypedIdentifier> identifiers;
  std::string because;
  bool yes = false;
};
absl::StatusOr<int> RunProofAsk(Session& session, const AskForProofOptions& options);

absl::StatusOr<int> RunProofAsked(Session& session);

struct PartnerProofOptions {
  std::string id;
  std::string number;  // empty: all
  std::string to;
};
absl::StatusOr<int> RunPartnerProofGet(Session& session, const PartnerProofOptions& options);

struct ProofRequestOptions {
  bool all = false;  // list only
  std::string limit;
  std::string id;
  std::vector<std::string> numbers;  // disclose only; none: all
  std::string because;
};
absl::StatusOr<int> RunProofRequests(Session& session, const ProofRequestOptions& options);
absl::StatusOr<int> RunProofDisclose(Session& session, const ProofRequestOptions& options);
absl::StatusOr<int> RunProofRefuse(Session& session, const ProofRequestOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_DISCLOSURE_H_
