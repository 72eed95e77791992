// The keys under which partners cosign heads, as the copies of their logs know them.
#ifndef DAFTAR_NODE_PARTNERS_COSIGNER_KEYS_H_
#define DAFTAR_NODE_PARTNERS_COSIGNER_KEYS_H_

#include <map>
#include <string>
#include <vector>

#include "crypto/note.h"
#include "storage/mutex.h"

namespace daftar::partners {

// Shared by the mirrors of a node: each tells its own log's key and sees those of the others. Any
// thread may call any method, whatever it holds: nothing else is locked meanwhile.
class CosignerKeys {
 public:
  // The mirror key of the newest KEYS of this log, in place of an earlier one.
  void Set(const std::string& origin, const crypto::PublicKey& mirror);
  // Of all logs but this one, by origin.
  std::vector<crypto::NoteKey> AllBut(const std::string& origin) const;

 private:
  mutable storage::Mutex mutex_;
  std::map<std::string, crypto::NoteKey> keys_ DAFTAR_GUARDED_BY(mutex_);  // by origin
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_COSIGNER_KEYS_H_
