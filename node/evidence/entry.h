// Log entries as a whole: the canonical header with its signature (header.h), the deletable body
// (body.h), and the rule that ties one to the other (DESIGN section 6 to the byte; docs/protocol.md
// prints a vector for each kind).
#ifndef DAFTAR_NODE_EVIDENCE_ENTRY_H_
#define DAFTAR_NODE_EVIDENCE_ENTRY_H_

#include <variant>

#include "node/evidence/body.h"
#include "node/evidence/header.h"

namespace daftar::evidence {

// The largest body of any kind, in bytes: what a receiver allows before it looks.
inline constexpr size_t kMaxBodyBytes = ReportBody::kSize;

using Body = std::variant<std::monostate /* ERASURE */, ReportBody, UpdateBody, RelabelBody,
                          KeysBody, CharterBody, AdoptionBody>;
// By the header's kind, after checking that `bytes` fit its commitment. InvalidArgument when they
// do not, when the body does not decode, or when an ERASURE has one.
absl::StatusOr<Body> DecodeBody(const Header& header, ByteView bytes);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_ENTRY_H_
