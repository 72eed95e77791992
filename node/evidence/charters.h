// The charters that this node has adopted: one is in force, earlier ones stay good for what was
// filed under them.
#ifndef DAFTAR_NODE_EVIDENCE_CHARTERS_H_
#define DAFTAR_NODE_EVIDENCE_CHARTERS_H_

#include <memory>

#include "node/evidence/charter.h"

namespace daftar::evidence {

// All of one circle. Any thread may call. What was adopted once stays for as long as the object
// lives, so that what a returned pointer shows may be referred to until then.
class Charters {
 public:
  virtual ~Charters() = default;
  // The one that this node's log states last. Never null.
  virtual std::shared_ptr<const Charter> InForce() const = 0;
  // One that was adopted, in force or not; null for others.
  virtual std::shared_ptr<const Charter> Find(const CharterHash& hash) const = 0;
};

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_CHARTERS_H_
