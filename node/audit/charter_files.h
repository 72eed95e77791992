// The charters that come with a bundle, and which of them a log states when (docs/bundle.md,
// "Deadlines": the newest CHARTER entry before a REPORT).
#ifndef DAFTAR_NODE_AUDIT_CHARTER_FILES_H_
#define DAFTAR_NODE_AUDIT_CHARTER_FILES_H_

#include <map>
#include <vector>

#include "node/audit/context.h"
#include "node/evidence/charter.h"

namespace daftar::audit {

// Charter files of one bundle: as many as a node keeps CHARTER entries of a log.
inline constexpr size_t kMaxBundleCharters = 1000;
inline constexpr uint32_t kNoCharter = ~uint32_t{0};

// One thread.
class CharterFiles {
 public:
  // Reads `charters`, without the sources of the files.
  void Read(Context& context);
  // A CHARTER entry of the log, in ascending order of index.
  void State(const evidence::CharterHash& hash);
  // After the last entry: judges the files that no entry states.
  void Finish(Context& context) const;

  // The place of the CHARTER entry stated last; kNoCharter before the first.
  uint32_t newest() const {
    return stated_.empty() ? kNoCharter : static_cast<uint32_t>(stated_.size() - 1);
  }
  // The charter of that place; null when the bundle does not have it. Lives as long as this.
  const evidence::Charter* At(uint32_t place) const {
    return place == kNoCharter ? nullptr : stated_[place];
  }

 private:
  struct File {
    evidence::Charter charter;
    bool stated = false;
  };
  std::map<evidence::CharterHash, File> files_;
  std::vector<const evidence::Charter*> stated_;
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_CHARTER_FILES_H_
