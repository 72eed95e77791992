// Which entries of a partner's log count for this node: what more than half of its witness set has
// cosigned (DESIGN section 6, "What counts when").
#ifndef DAFTAR_NODE_PARTNERS_WITNESS_SET_H_
#define DAFTAR_NODE_PARTNERS_WITNESS_SET_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/partners/mirror.h"
#include "node/partners/partner.h"

namespace daftar::partners {

// A smaller set says "not independently witnessed": the node's own cosignature is enough for it.
inline constexpr size_t kLeastIndependentWitnesses = 3;

// The reader itself first, then, by origin, those of `active` that replicate the log, which is:
// from whom it ever got a cosignature of it. Never the log's issuer. Pure.
std::vector<std::string> WitnessSet(const MirrorView& view, std::string_view issuer,
                                    const std::string& own_origin, std::span<const Partner> active);

// REPORT, CORRECTION, RESOLUTION, RELABEL and KEYS entries below this index count. `witnesses` is a
// WitnessSet, the reader first. SETTLEMENT, DISPUTE, WITHDRAWAL and ERASURE count without asking.
uint64_t CountedSize(const MirrorView& view, std::span<const std::string> witnesses);

// The newest KEYS entry that counts; nullptr when none does. Points into `view`.
const KeysEntry* CountedKeys(const MirrorView& view, uint64_t counted);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_WITNESS_SET_H_
