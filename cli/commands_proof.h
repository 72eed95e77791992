// Proof files of incidents.
#ifndef DAFTAR_CLI_COMMANDS_PROOF_H_
#define DAFTAR_CLI_COMMANDS_PROOF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace daftar::cli {

class Session;

struct ProofOptions {
  std::string id;  // of the incident
  std::string number;
  std::string file;
  std::string kind;
  std::string name;
  std::string to;
  std::string because;
};
absl::StatusOr<int> RunProofAdd(Session& session, const ProofOptions& options);
absl::StatusOr<int> RunProofList(Session& session, const ProofOptions& options);
absl::StatusOr<int> RunProofGet(Session& session, const ProofOptions& options);
absl::StatusOr<int> RunProofRemove(Session& session, const ProofOptions& options);

// A file on this machine that is to be attached.
struct TypedProof {
  std::string kind;
  std::string file;
  std::string name;
  uint64_t bytes = 0;
};
// Of "KIND=FILE" each. InvalidArgument for what is no kind, no plain file, empty or larger than a
// proof may be; NotFound, PermissionDenied. Nothing is sent.
absl::StatusOr<std::vector<TypedProof>> ReadTypedProofs(const std::vector<std::string>& typed);

// Attaches the files to the incident, which was just filed, and shows it. Where one fails, the
// incident is shown as it is then, and the error says which files are not attached and how to go
// on.
absl::StatusOr<int> AttachAndShow(Session& session, const std::string& incident,
                                  const std::vector<TypedProof>& proofs);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_PROOF_H_
