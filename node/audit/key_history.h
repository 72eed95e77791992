// The keys of a log as its KEYS entries hand them on, and whether entries are signed by them: the
// checks `keys`, `signatures` and, with the entry key that is valid at the end, `manifest`.
#ifndef DAFTAR_NODE_AUDIT_KEY_HISTORY_H_
#define DAFTAR_NODE_AUDIT_KEY_HISTORY_H_

#include <map>
#include <optional>
#include <set>
#include <string>

#include "node/audit/heads.h"
#include "node/evidence/entry.h"

namespace daftar::audit {

// One thread. Takes the entries in ascending order of index.
class KeyHistory {
 public:
  explicit KeyHistory(Context& context) : context_(context) {}

  // A KEYS entry; `body` null: it is missing, or does not fit.
  void AddKeys(const evidence::SignedHeader& entry, const evidence::KeysBody* body);
  // An entry of any other kind.
  void AddEntry(const evidence::SignedHeader& entry);
  // An entry that could not be read.
  void AddUnreadable(uint64_t index);
  // After the last entry. `head` none: it is at fault. `newest_at`: the latest `issued at` that was
  // read; 0: none.
  void Finish(const std::optional<VerifiedHead>& head, uint64_t newest_at);
  // After Finish: when the node held the head to be its newest, by its own line on it; none: there
  // is no such line that verifies.
  std::optional<uint64_t> head_dated_at() const { return head_dated_at_; }
  // That the head has no line of the node's own.
  bool head_undated() const { return head_undated_; }

 private:
  void Fail(uint64_t index, const std::string& what);
  void CheckBeginning(uint64_t index, evidence::EntryKind kind);
  void CheckManifest();
  // That `made-at` is not before what the bundle holds.
  void CheckMadeAt(const std::optional<VerifiedHead>& head, uint64_t newest_at);
  void CheckHeadKeys(const VerifiedHead& head);

  Context& context_;
  std::optional<evidence::KeysBody> newest_;
  uint64_t newest_index_ = 0;
  crypto::KeyId newest_id_;
  bool broken_ = false;  // a KEYS entry is at fault: nothing after it can be judged
  bool seen_any_ = false;
  std::optional<evidence::SignedHeader> adoption_;  // at 0, signed by the KEYS to come
  std::map<crypto::KeyId, crypto::PublicKey> entry_keys_;
  std::set<crypto::PublicKey> head_keys_;
  std::optional<uint64_t> head_dated_at_;
  bool head_undated_ = false;
  uint64_t key_entries_ = 0;
  uint64_t verified_ = 0;  // but for KEYS, whose signatures are a matter of `keys`
  uint64_t not_verified_ = 0;
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_KEY_HISTORY_H_
