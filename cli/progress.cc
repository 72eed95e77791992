#include "cli/progress.h"

#include <algorithm>

#include "cli/text.h"

namespace daftar::cli {

void Progress::Update(uint64_t done, uint64_t total, uint64_t units) {
  if (!active_) return;
  std::string line = label_ + "  ";
  if (total > 0) {
    constexpr uint64_t kCells = 24;
    const uint64_t share = std::min(done, total);
    const uint64_t full = share * kCells / total;
    line += "[" + std::string(full, '#') + std::string(kCells - full, '.') + "]  " +
            std::to_string(share * 100 / total) + " %  ";
  }
  line += Count(units, unit_);
  if (line == shown_) return;
  out_ << "\r\x1b[K" << line << std::flush;
  shown_ = std::move(line);
}

void Progress::Clear() {
  if (shown_.empty()) return;
  out_ << "\r\x1b[K" << std::flush;
  shown_.clear();
}

}  // namespace daftar::cli
