// How often what reads the whole book may be done in the background.
#ifndef DAFTAR_NODE_CHECK_PACE_H_
#define DAFTAR_NODE_CHECK_PACE_H_

#include <optional>

#include "node/evidence/clock.h"

namespace daftar::check {

inline constexpr int64_t kPaceMillis = 60'000;

// At first, when a day begins, and otherwise not within a minute of the last time, by the node's
// clock. Its owner guards it.
class Pace {
 public:
  // True when it is time; from then on it has been done.
  bool Take(evidence::UnixMillis now) {
    const bool due = !last_.has_value() || now < *last_ ||
                     now.value - last_->value >= kPaceMillis ||
                     evidence::Date::Of(now) != evidence::Date::Of(*last_);
    if (due) last_ = now;
    return due;
  }

 private:
  std::optional<evidence::UnixMillis> last_;
};

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_PACE_H_
