// The auditor's own policy, in the form of C2SP tlog-policy (docs/bundle.md, "The policy"): which
// keys are a log's, which are witnesses', and how many witnesses make a head believable. Pure; any
// thread.
#ifndef DAFTAR_NODE_AUDIT_POLICY_H_
#define DAFTAR_NODE_AUDIT_POLICY_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/note.h"

namespace daftar::audit {

inline constexpr size_t kMaxTlogPolicyBytes = 64 << 10;
inline constexpr size_t kMaxPolicyLogs = 1024;

// A value.
class TlogPolicy {
 public:
  // Strict. InvalidArgument naming the line and the rule.
  static absl::StatusOr<TlogPolicy> Parse(std::string_view text);

  // The keys of the `log` lines under this name; none when the auditor has not named the log.
  std::vector<crypto::NoteKey> LogKeys(std::string_view origin) const;
  // Of the `log` lines and the `witness` lines: the keys whose lines in a note are looked at.
  const std::vector<crypto::NoteKey>& known() const { return known_; }
  // The witness's name in the policy; "" for a key that is no witness's.
  std::string WitnessName(const crypto::NoteKey& key) const;
  // False for `quorum none`.
  bool HasQuorum() const { return quorum_.has_value(); }
  std::string quorum_name() const;  // "none" without one
  // What it asks for, in words: "at least 2 of 3: toko-a, toko-b, toko-c".
  std::string QuorumText() const;
  // Whether the witnesses with these keys are a quorum. A key counts once.
  bool IsQuorum(std::span<const crypto::NoteKey> witnesses) const;
  size_t witnesses() const;

 private:
  // What a name stands for: a witness, or so many of its members.
  struct Node {
    std::string name;
    crypto::NoteKey key;          // of a witness
    std::vector<size_t> members;  // of a group: places in nodes_, all before its own
    size_t needed = 0;            // of a group
    bool is_group = false;
    bool has_group = false;  // is a member of one
  };
  class Builder;

  bool Reached(size_t node, std::span<const crypto::NoteKey> witnesses) const;
  void AppendText(size_t node, std::string& text) const;

  std::vector<crypto::NoteKey> logs_;
  std::vector<crypto::NoteKey> known_;
  std::vector<Node> nodes_;
  std::optional<size_t> quorum_;
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_POLICY_H_
