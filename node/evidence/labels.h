// From an identifier to the tokens under which partners find entries, and from an entry back to its
// facts (DESIGN sections 5 and 6).
#ifndef DAFTAR_NODE_EVIDENCE_LABELS_H_
#define DAFTAR_NODE_EVIDENCE_LABELS_H_

#include <span>
#include <vector>

#include "crypto/entropy.h"
#include "crypto/secret.h"
#include "node/evidence/entry.h"
#include "node/identity/identifier.h"

namespace daftar::evidence {

// Counters per identifier and epoch: 0 to 15.
inline constexpr uint32_t kLabelsPerIdentifier = 16;
inline constexpr size_t kMaxIdentifiersPerEntry = kSlots;

// The VOPRF input: u16-prefixed "daftar/id/v1", circle, issuer origin, epoch (u32), type, value.
Bytes VoprfInput(const CircleId& circle, std::string_view issuer_origin, uint32_t epoch,
                 const identity::Identifier& identifier);

// F is the VOPRF output; j is the report's counter.
Token TokenFor(const crypto::Secret64& f, uint32_t j);
crypto::Secret32 WrapFor(const crypto::Secret64& f, uint32_t j, const Salt& salt);

// K of a report, from the node's record key and the report's salt.
crypto::Secret32 ReportKey(const crypto::Secret32& record_key, const Salt& salt);
// Ku of an update about a report whose key is K.
crypto::Secret32 UpdateKey(const crypto::Secret32& report_key, const Salt& own_salt);
KeyCommitment CommitToKey(const crypto::Secret32& key);

// One identifier of a report: its F in the epoch and the counter reserved for this report.
struct Label {
  crypto::Secret64 f;
  uint32_t j = 0;
};

// A complete REPORT body: key from `record_key` and a fresh salt, 1 to 4 labels in random slots,
// the rest random. The caller has made each counter durable before. Aborts when CheckFacts refuses
// the facts, when the reason may not be shared, or for another number of labels.
ReportBody SealReport(const ReportFacts& facts, std::span<const Label> labels,
                      std::string_view origin, const crypto::Secret32& record_key,
                      crypto::Entropy& entropy);

// A body for an update of `kind` (SETTLEMENT, DISPUTE, RESOLUTION, CORRECTION, WITHDRAWAL) about a
// report with key `report_key`. Aborts when the facts are of another kind or CheckFacts refuses
// them.
UpdateBody SealUpdate(EntryKind kind, const Facts& facts, std::string_view origin,
                      const crypto::Secret32& report_key, crypto::Entropy& entropy);

// A RELABEL body: the report's K under labels of another epoch.
RelabelBody SealRelabel(const crypto::Secret32& report_key, std::span<const Label> labels,
                        crypto::Entropy& entropy);

// K out of the slot with `token`, under label (f, j). NotFound when no slot has the token;
// PermissionDenied when the unwrapped K does not fit the key commitment (a false hit: it does not
// count and is noted against the issuer).
absl::StatusOr<crypto::Secret32> UnwrapReportKey(const ReportBody& body, const Label& label);
absl::StatusOr<crypto::Secret32> UnwrapRelabelKey(const RelabelBody& body, const Label& label);

// Opens sealed facts. InvalidArgument when the key does not fit the key commitment (the cipher
// alone would let one text open under two keys), when they do not open, do not decode, or give a
// reason that may not be shared.
absl::StatusOr<ReportFacts> OpenReport(const ReportBody& body, std::string_view origin,
                                       const crypto::Secret32& report_key);
absl::StatusOr<Facts> OpenUpdate(EntryKind kind, const UpdateBody& body, std::string_view origin,
                                 const crypto::Secret32& report_key);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_LABELS_H_
