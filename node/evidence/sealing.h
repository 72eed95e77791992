// Sealing with every random choice given from outside: what the vectors of docs/protocol.md pin
// down. labels.h has the functions that draw the choices from an Entropy; only tests call these.
#ifndef DAFTAR_NODE_EVIDENCE_SEALING_H_
#define DAFTAR_NODE_EVIDENCE_SEALING_H_

#include <array>
#include <span>

#include "node/evidence/labels.h"

namespace daftar::evidence {

// Where each label goes and what stands in the slots that no label takes.
struct SlotChoices {
  std::array<uint8_t, kSlots> order{0, 1, 2, 3};  // a permutation; label i takes slot order[i]
  std::array<Slot, kSlots> filler;
};
// A uniformly random permutation (rejection sampling) and random filler.
SlotChoices DrawSlots(crypto::Entropy& entropy);

ReportBody SealReportWith(const ReportFacts& facts, std::span<const Label> labels,
                          std::string_view origin, const crypto::Secret32& record_key,
                          const Salt& salt, const crypto::SealNonce& nonce,
                          const SlotChoices& slots);
UpdateBody SealUpdateWith(EntryKind kind, const Facts& facts, std::string_view origin,
                          const crypto::Secret32& report_key, const Salt& own_salt,
                          const crypto::SealNonce& nonce);
RelabelBody SealRelabelWith(const crypto::Secret32& report_key, std::span<const Label> labels,
                            const Salt& own_salt, const SlotChoices& slots);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_SEALING_H_
