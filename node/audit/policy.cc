#include "node/audit/policy.h"

#include <algorithm>
#include <optional>

#include "crypto/utf8.h"
#include "node/audit/text.h"

namespace daftar::audit {
namespace {

constexpr std::string_view kNone = "none";

absl::Status Fault(size_t line, const std::string& what) {
  return absl::InvalidArgumentError("the policy's line " + std::to_string(line) + " " + what);
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

std::vector<std::string_view> FieldsOf(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    while (!line.empty() && IsBlank(line.front())) line.remove_prefix(1);
    if (line.empty()) return fields;
    const auto end = std::ranges::find_if(line, IsBlank);
    const auto size = static_cast<size_t>(end - line.begin());
    fields.push_back(line.substr(0, size));
    line.remove_prefix(size);
  }
}

absl::Status CheckText(std::string_view text) {
  if (text.size() > kMaxTlogPolicyBytes) {
    return absl::InvalidArgumentError("the policy has more than " +
                                      std::to_string(kMaxTlogPolicyBytes) + " bytes");
  }
  size_t line = 1;
  for (const char c : text) {
    if (c == '\n') {
      ++line;
    } else if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) {
      return Fault(line, "has a control byte; a line ends in LF alone, without CR");
    }
  }
  if (!crypto::IsUtf8(text)) return absl::InvalidArgumentError("the policy is not UTF-8");
  return absl::OkStatus();
}

}  // namespace

// Takes in one line after the other.
class TlogPolicy::Builder {
 public:
  explicit Builder(TlogPolicy& policy) : policy_(policy) {}

  absl::Status Add(size_t line, const std::vector<std::string_view>& fields) {
    if (fields[0] == "log") return AddLog(line, fields);
    if (fields[0] == "witness") return AddWitness(line, fields);
    if (fields[0] == "group") return AddGroup(line, fields);
    if (fields[0] == "quorum") return AddQuorum(line, fields);
    return Fault(line, "begins with none of log, witness, group, quorum");
  }
  bool has_quorum() const { return has_quorum_; }

 private:
  absl::StatusOr<crypto::NoteKey> Key(size_t line, std::string_view vkey, crypto::KeyType type) {
    auto key = crypto::NoteKey::FromVkey(vkey);
    if (!key.ok()) return Fault(line, "has no key: " + std::string(key.status().message()));
    if (key->type != type) {
      return Fault(line, type == crypto::KeyType::kEd25519
                             ? "has a key that is no log's: it is not of type 1"
                             : "has a key that is no witness's: it is not of type 4");
    }
    for (const crypto::NoteKey& known : policy_.known_) {
      if (known.key == key->key) return Fault(line, "has a public key that stands there already");
    }
    return key;
  }

  absl::Status AddLog(size_t line, const std::vector<std::string_view>& fields) {
    if (fields.size() < 2 || fields.size() > 3) return Fault(line, "is no 'log VKEY [URL]'");
    if (policy_.logs_.size() == kMaxPolicyLogs) return Fault(line, "is one log too many");
    auto key = Key(line, fields[1], crypto::KeyType::kEd25519);
    if (!key.ok()) return key.status();
    policy_.logs_.push_back(*key);
    policy_.known_.push_back(*std::move(key));
    return absl::OkStatus();
  }

  absl::Status AddWitness(size_t line, const std::vector<std::string_view>& fields) {
    if (fields.size() < 3 || fields.size() > 4) {
      return Fault(line, "is no 'witness NAME VKEY [URL]'");
    }
    if (absl::Status status = CheckNew(line, fields[1]); !status.ok()) return status;
    auto key = Key(line, fields[2], crypto::KeyType::kCosignature);
    if (!key.ok()) return key.status();
    policy_.known_.push_back(*key);
    Node node;
    node.name = std::string(fields[1]);
    node.key = *std::move(key);
    policy_.nodes_.push_back(std::move(node));
    return absl::OkStatus();
  }

  absl::Status AddGroup(size_t line, const std::vector<std::string_view>& fields) {
    if (fields.size() < 4) return Fault(line, "is no 'group NAME all|any|K MEMBER...'");
    if (absl::Status status = CheckNew(line, fields[1]); !status.ok()) return status;
    Node group;
    group.name = std::string(fields[1]);
    group.is_group = true;
    for (size_t i = 3; i < fields.size(); ++i) {
      const auto member = Find(fields[i]);
      if (!member) return Fault(line, "has a member that is not defined above");
      if (policy_.nodes_[*member].has_group) {
        return Fault(line, "has a member that a group has already");
      }
      policy_.nodes_[*member].has_group = true;
      group.members.push_back(*member);
    }
    const auto count = ParseDecimal(fields[2]);
    group.needed = fields[2] == "all"   ? group.members.size()
                   : fields[2] == "any" ? 1
                                        : static_cast<size_t>(count.value_or(0));
    if (group.needed == 0 || group.needed > group.members.size()) {
      return Fault(line, "asks for neither all, any, nor 1 to " +
                             std::to_string(group.members.size()) + " of its members");
    }
    policy_.nodes_.push_back(std::move(group));
    return absl::OkStatus();
  }

  absl::Status AddQuorum(size_t line, const std::vector<std::string_view>& fields) {
    if (fields.size() != 2) return Fault(line, "is no 'quorum NAME|none'");
    if (has_quorum_) return Fault(line, "is a second quorum");
    has_quorum_ = true;
    if (fields[1] == kNone) return absl::OkStatus();
    policy_.quorum_ = Find(fields[1]);
    if (!policy_.quorum_) return Fault(line, "names what is not defined above");
    return absl::OkStatus();
  }

  absl::Status CheckNew(size_t line, std::string_view name) const {
    if (name == kNone) return Fault(line, "has the name 'none'");
    if (Find(name)) return Fault(line, "has a name that is defined already");
    return absl::OkStatus();
  }

  std::optional<size_t> Find(std::string_view name) const {
    for (size_t i = 0; i < policy_.nodes_.size(); ++i) {
      if (policy_.nodes_[i].name == name) return i;
    }
    return std::nullopt;
  }

  TlogPolicy& policy_;
  bool has_quorum_ = false;
};

absl::StatusOr<TlogPolicy> TlogPolicy::Parse(std::string_view text) {
  if (absl::Status status = CheckText(text); !status.ok()) return status;
  TlogPolicy policy;
  Builder builder(policy);
  for (size_t line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));

    const std::vector<std::string_view> fields = FieldsOf(content);
    if (fields.empty() || fields[0].starts_with('#')) continue;
    if (absl::Status status = builder.Add(line, fields); !status.ok()) return status;
  }
  if (!builder.has_quorum()) {
    return absl::InvalidArgumentError(
        "the policy has no line 'quorum NAME', or 'quorum none' for no witness at all");
  }
  return policy;
}

std::vector<crypto::NoteKey> TlogPolicy::LogKeys(std::string_view origin) const {
  std::vector<crypto::NoteKey> keys;
  for (const crypto::NoteKey& key : logs_) {
    if (key.name == origin) keys.push_back(key);
  }
  return keys;
}

std::string TlogPolicy::WitnessName(const crypto::NoteKey& key) const {
  for (const Node& node : nodes_) {
    if (!node.is_group && node.key == key) return node.name;
  }
  return "";
}

std::string TlogPolicy::quorum_name() const {
  return quorum_ ? nodes_[*quorum_].name : std::string(kNone);
}

void TlogPolicy::AppendText(size_t node, std::string& text) const {
  const Node& asked = nodes_[node];
  if (!asked.is_group) {
    text += asked.name;
    return;
  }
  const size_t all = asked.members.size();
  text += asked.needed == all
              ? std::string("all of: ")
              : "at least " + std::to_string(asked.needed) + " of " + std::to_string(all) + ": ";
  for (size_t i = 0; i < all; ++i) {
    if (i > 0) text += ", ";
    const bool group = nodes_[asked.members[i]].is_group;
    if (group) text += "(";
    AppendText(asked.members[i], text);
    if (group) text += ")";
  }
}

std::string TlogPolicy::QuorumText() const {
  if (!quorum_) return "none: the log's own signature is enough";
  std::string text;
  AppendText(*quorum_, text);
  return text;
}

size_t TlogPolicy::witnesses() const { return known_.size() - logs_.size(); }

bool TlogPolicy::IsQuorum(std::span<const crypto::NoteKey> witnesses) const {
  return !quorum_ || Reached(*quorum_, witnesses);
}

// Members stand before their group, so that this ends.
bool TlogPolicy::Reached(size_t node, std::span<const crypto::NoteKey> witnesses) const {
  const Node& asked = nodes_[node];
  if (!asked.is_group) {
    return std::ranges::find(witnesses, asked.key) != witnesses.end();
  }
  const auto reached =
      std::ranges::count_if(asked.members, [&](size_t m) { return Reached(m, witnesses); });
  return static_cast<size_t>(reached) >= asked.needed;
}

}  // namespace daftar::audit
