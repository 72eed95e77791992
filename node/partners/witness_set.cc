#include "node/partners/witness_set.h"

#include <algorithm>
#include <functional>

namespace daftar::partners {

std::vector<std::string> WitnessSet(const MirrorView& view, std::string_view issuer,
                                    const std::string& own_origin,
                                    std::span<const Partner> active) {
  std::vector<std::string> witnesses;
  for (const Partner& partner : active) {
    if (partner.origin != issuer && view.cosigned.count(partner.origin) > 0) {
      witnesses.push_back(partner.origin);
    }
  }
  std::sort(witnesses.begin(), witnesses.end());
  witnesses.insert(witnesses.begin(), own_origin);
  return witnesses;
}

uint64_t CountedSize(const MirrorView& view, std::span<const std::string> witnesses) {
  if (witnesses.empty()) return 0;
  std::vector<uint64_t> sizes;
  for (const std::string& witness : witnesses) {
    const auto found = view.cosigned.find(witness);
    sizes.push_back(found == view.cosigned.end() ? 0 : found->second);
  }
  if (sizes.size() < kLeastIndependentWitnesses) return sizes.front();
  // The size that the least of the largest majority has reached.
  const size_t majority = sizes.size() / 2;
  std::nth_element(sizes.begin(), sizes.begin() + static_cast<ptrdiff_t>(majority), sizes.end(),
                   std::greater<>());
  return sizes[majority];
}

const KeysEntry* CountedKeys(const MirrorView& view, uint64_t counted) {
  const KeysEntry* newest = nullptr;
  for (const KeysEntry& keys : view.keys) {
    if (keys.index < counted) newest = &keys;
  }
  return newest;
}

}  // namespace daftar::partners
