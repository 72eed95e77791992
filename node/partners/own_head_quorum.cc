#include "node/partners/own_head_quorum.h"

#include <algorithm>

namespace daftar::partners {
namespace {

constexpr size_t kMostNamed = 5;  // of those that were not heard

}  // namespace

void OwnHeadQuorum::Heard(const std::string& origin, std::chrono::milliseconds at) {
  heard_[origin] = at;
}

absl::Status OwnHeadQuorum::Check(std::span<const Partner> active, std::chrono::milliseconds now,
                                  std::chrono::milliseconds fresh) const {
  if (active.empty()) return absl::OkStatus();
  size_t heard = 0;
  size_t silent = 0;
  bool one_is_fresh = false;
  std::string named;
  for (const Partner& partner : active) {
    const auto found = heard_.find(partner.origin);
    if (found == heard_.end()) {
      if (++silent <= kMostNamed) named += (named.empty() ? "" : ", ") + partner.origin;
      continue;
    }
    ++heard;
    one_is_fresh = one_is_fresh || now - found->second <= fresh;
  }
  if (silent > kMostNamed) named += " and " + std::to_string(silent - kMostNamed) + " more";
  const std::string why =
      ", so that a restored or copied node cannot publish a second history. What is queued waits";
  if (2 * heard <= active.size()) {
    return absl::UnavailableError(
        "more than half of the partners have to say first, after each start, which head of this "
        "log they know" +
        why + ". Not heard yet: " + named +
        ". A partner that is gone for good no longer counts after `daftar partner suspend ORIGIN`");
  }
  if (!one_is_fresh) {
    return absl::UnavailableError(
        "a partner has to say just before which head of this log it knows" + why +
        ". None of them answers now");
  }
  return absl::OkStatus();
}

}  // namespace daftar::partners
