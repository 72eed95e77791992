// The keys of a log and of those that cosign it, for an auditor: C2SP tlog-policy, as
// docs/bundle.md ("The policy") has it.
#ifndef DAFTAR_NODE_SERVICE_LOG_POLICY_H_
#define DAFTAR_NODE_SERVICE_LOG_POLICY_H_

#include <span>
#include <string>

#include "crypto/note.h"

namespace daftar::service {

// What one partner's log says of itself.
struct PolicyPartner {
  std::string origin;
  crypto::PublicKey head;
  crypto::PublicKey mirror;
};

// The `witness` line, with its LF, of the shop that cosigns others' logs with this mirror key:
// every node that prints one for this shop prints it so.
std::string WitnessLine(const std::string& origin, const crypto::PublicKey& mirror);

// A `log` line for the own head key and each partner's, a `witness` line for each partner's mirror
// key, by the partner's origin, and a quorum of more than half of these; `none` without partners. A
// key that stands in an earlier line is left out, and its partner with it: the policy would be
// void.
std::string LogPolicy(const crypto::NoteKey& head, std::span<const PolicyPartner> partners);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_LOG_POLICY_H_
