// Whether partners have told which head of this node's own log they know: before the log grows, so
// that a copy of the node that was restored, or cloned, cannot sign a second history (DESIGN
// section 6, "Never two believable histories"). What they tell is compared in Notes; here is only
// who was heard, and when.
#ifndef DAFTAR_NODE_PARTNERS_OWN_HEAD_QUORUM_H_
#define DAFTAR_NODE_PARTNERS_OWN_HEAD_QUORUM_H_

#include <chrono>
#include <map>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "node/partners/partner.h"

namespace daftar::partners {

// A value of one thread.
class OwnHeadQuorum {
 public:
  // The partner has answered with the newest head that it knows; `at` is of the time that passes.
  void Heard(const std::string& origin, std::chrono::milliseconds at);

  // OK when more than half of `active` were heard since the start, and one of them no longer than
  // `fresh` before `now`; or when there are none. Unavailable, naming who was not heard, otherwise.
  absl::Status Check(std::span<const Partner> active, std::chrono::milliseconds now,
                     std::chrono::milliseconds fresh) const;

 private:
  std::map<std::string, std::chrono::milliseconds, std::less<>> heard_;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_OWN_HEAD_QUORUM_H_
