#include "node/audit/heads.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "node/audit/text.h"
#include "node/evidence/header.h"

namespace daftar::audit {
namespace {

std::string Quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

std::string Message(const absl::Status& status) { return std::string(status.message()); }

// A known key whose lines are more than one; null when there is none.
const crypto::NoteKey* SignedTwice(const crypto::Note& note,
                                   const std::vector<crypto::NoteKey>& known) {
  for (const crypto::NoteKey& key : known) {
    const auto lines =
        std::ranges::count_if(note.signatures, [&](const crypto::NoteSignature& line) {
          return line.name == key.name && line.id == key.id();
        });
    if (lines > 1) return &key;
  }
  return nullptr;
}

// A policy that a partner printed names the log's own shop as a witness: told as a sentence; ""
// when it does not.
std::string OwnWitness(const TlogPolicy& policy, const std::string& origin) {
  for (const crypto::NoteKey& key : policy.known()) {
    if (key.type == crypto::KeyType::kCosignature && key.name == evidence::MirrorKeyName(origin)) {
      return " The witness " + Quoted(policy.WitnessName(key)) +
             " is this log's own shop, which never cosigns its own log: only its partners' "
             "cosignatures can make up the quorum.";
    }
  }
  return "";
}

// Whether the file is `old FROM`, a proof between the two heads, and the bytes of the second; ""
// when it is.
std::string FaultOfConsistency(std::string_view file, const VerifiedHead& from,
                               const VerifiedHead& head) {
  const auto old = TakeTextLine(file);
  if (!old || !old->starts_with("old ")) return "it does not begin with 'old SIZE'";
  const auto size = ParseDecimal(old->substr(4));
  if (!size) return "its first line has no size";
  if (*size != from.checkpoint.size) return "it is not from the size of 'head-from' on";
  const auto proof = TakeProofLines(file);
  if (!proof) return "its proof is not in its format, or longer than 63 hashes";
  if (file != head.bytes) return "its note is not 'head'";
  const absl::Status status = crypto::VerifyMerkleConsistency(
      *size, from.checkpoint.root, head.checkpoint.size, head.checkpoint.root, *proof);
  return status.ok() ? "" : Message(status);
}

}  // namespace

std::string FaultOfHead(const TlogPolicy& policy, const std::string& origin, VerifiedHead& head) {
  if (head.bytes.size() > kMaxHeadNoteBytes) return "it has too many bytes";
  auto note = crypto::ParseNote(head.bytes);
  if (!note.ok()) return "it is no note: " + Message(note.status());
  head.note = *std::move(note);
  auto checkpoint = crypto::ParseCheckpoint(head.note.text);
  if (!checkpoint.ok()) return "it is no checkpoint: " + Message(checkpoint.status());
  head.checkpoint = *std::move(checkpoint);
  if (head.checkpoint.ToText() != head.note.text) return "it has extension lines";
  if (head.checkpoint.origin != origin) return "it is of another log than " + origin;
  if (policy.LogKeys(origin).empty()) {
    return "your policy has no 'log' line for " + origin +
           ": nothing of this log can be believed under it";
  }
  if (SignedTwice(head.note, policy.known()) != nullptr) return "a known key signed it twice";
  auto signers = crypto::VerifyNote(head.note, policy.known());
  if (!signers.ok()) return Message(signers.status());
  for (crypto::VerifiedSigner& signer : *signers) {
    if (signer.key.type == crypto::KeyType::kCosignature) {
      head.witnesses.push_back(std::move(signer));
    } else if (signer.key.name == origin) {
      head.signers.push_back(std::move(signer.key));
    }
  }
  if (head.signers.empty()) return "it is not signed by a key that your policy names for " + origin;
  return "";
}

SeenHead Seen(const TlogPolicy& policy, const VerifiedHead& head) {
  SeenHead seen{head.checkpoint.size, head.checkpoint.root, {}, std::nullopt, {}, false};
  for (const crypto::NoteKey& signer : head.signers) seen.signers.push_back(signer.ToVkey());
  for (const crypto::VerifiedSigner& witness : head.witnesses) {
    seen.witnesses.push_back({policy.WitnessName(witness.key), witness.timestamp});
  }
  return seen;
}

std::optional<VerifiedHead> CheckHead(Context& context, std::string_view name, uint64_t size) {
  auto bytes = context.ReadWhole(name, kMaxHeadNoteBytes, Check::kHead);
  if (!bytes) return std::nullopt;
  VerifiedHead head;
  head.bytes = *std::move(bytes);
  std::string fault = FaultOfHead(context.policy(), context.manifest().origin, head);
  if (fault.empty() && head.checkpoint.size != size) {
    fault = "it is of size " + std::to_string(head.checkpoint.size) + "; the manifest says " +
            std::to_string(size);
  }
  if (!fault.empty()) {
    context.findings().Fail(Check::kHead, "The head in " + Quoted(name) + ": " + fault + ".");
    return std::nullopt;
  }
  context.findings().Found(Check::kHead, "The log " + head.checkpoint.origin + " at size " +
                                             std::to_string(size) + ", root " +
                                             crypto::ToBase64(head.checkpoint.root.view()) + ".");
  return head;
}

void CheckQuorum(Context& context, const std::optional<VerifiedHead>& head) {
  Findings& findings = context.findings();
  if (!head) {
    findings.LeaveOut(Check::kQuorum, "The head itself is at fault.");
    return;
  }
  std::vector<crypto::NoteKey> keys;
  for (const crypto::VerifiedSigner& witness : head->witnesses) {
    keys.push_back(witness.key);
    if (context.IsTooLate(witness.timestamp)) {
      findings.Fail(Check::kQuorum,
                    "The cosignature of " + context.policy().WitnessName(witness.key) +
                        " is dated in the future: " + TimeText(witness.timestamp) + ".");
    }
  }
  const std::string count = std::to_string(keys.size()) + " of " +
                            CountOf(context.policy().witnesses(), "witness", "witnesses") +
                            " in your policy cosigned the head";
  if (!context.policy().IsQuorum(keys)) {
    findings.Fail(Check::kQuorum, "The quorum '" + context.policy().quorum_name() +
                                      "' is not reached: " + count + "." +
                                      OwnWitness(context.policy(), head->checkpoint.origin));
    return;
  }
  findings.Found(Check::kQuorum,
                 count + (context.policy().HasQuorum() ? ", which is a quorum."
                                                       : "; your policy asks for none."));
}

void CheckConsistency(Context& context, const std::optional<VerifiedHead>& from,
                      const std::optional<VerifiedHead>& head) {
  constexpr size_t kMost = kMaxHeadNoteBytes + (8 << 10);  // 63 hashes and the first line
  Findings& findings = context.findings();
  const auto file = context.ReadWhole("consistency", kMost, Check::kConsistency);
  if (!file) return;
  if (!from || !head) {
    findings.LeaveOut(Check::kConsistency, "One of the two heads is at fault.");
    return;
  }
  if (const std::string fault = FaultOfConsistency(*file, *from, *head); !fault.empty()) {
    findings.Fail(Check::kConsistency, "The proof between the two heads: " + fault + ".");
    return;
  }
  findings.Found(Check::kConsistency, "The head of size " + std::to_string(from->checkpoint.size) +
                                          ", root " +
                                          crypto::ToBase64(from->checkpoint.root.view()) +
                                          ", is the beginning of that of size " +
                                          std::to_string(head->checkpoint.size) + ".");
}

std::optional<crypto::CompactTree> ReadFrontier(Context& context,
                                                const std::optional<VerifiedHead>& from) {
  constexpr size_t kMost = 63 * crypto::Digest::kSize;
  Findings& findings = context.findings();
  const auto file = context.ReadWhole("frontier", kMost, Check::kTree);
  if (!file) return std::nullopt;
  const uint64_t size = context.manifest().from;
  if (file->size() != static_cast<size_t>(std::popcount(size)) * crypto::Digest::kSize) {
    findings.Fail(Check::kTree, "The file 'frontier' has not one hash for each bit set in " +
                                    std::to_string(size) + ".");
    return std::nullopt;
  }
  std::vector<crypto::Digest> hashes;
  crypto::Reader reader(crypto::AsBytes(*file));
  while (reader.remaining() > 0) hashes.push_back(reader.Take<crypto::Digest>());
  auto tree = crypto::CompactTree::Create(size, std::move(hashes));
  if (!from || !tree.ok()) return std::nullopt;
  if (tree->Root() != from->checkpoint.root) {
    findings.Fail(Check::kTree, "The file 'frontier' does not give the root of 'head-from'.");
    return std::nullopt;
  }
  return *std::move(tree);
}

namespace {

// One note of `cosigners`.
void CheckCosigner(Context& context, std::string_view bytes, std::string& last_origin,
                   uint64_t& verified, uint64_t& others) {
  Findings& findings = context.findings();
  auto note = crypto::ParseNote(bytes);
  auto checkpoint = note.ok() ? crypto::ParseCheckpoint(note->text) : note.status();
  if (!checkpoint.ok()) {
    findings.Fail(Check::kCosigners,
                  "A note in 'cosigners' is no head: " + Message(checkpoint.status()) + ".");
    return;
  }
  if (checkpoint->origin <= last_origin) {
    findings.Fail(Check::kCosigners, "The notes in 'cosigners' are not ascending by origin.");
  }
  last_origin = checkpoint->origin;
  const std::vector<crypto::NoteKey> keys = context.policy().LogKeys(checkpoint->origin);
  const auto signers = crypto::VerifyNote(*note, context.policy().known());
  if (!signers.ok() && signers.status().code() != absl::StatusCode::kPermissionDenied) {
    findings.Fail(Check::kCosigners,
                  "The head of " + checkpoint->origin + ": " + Message(signers.status()) + ".");
    return;
  }
  if (keys.empty()) {
    ++others;
    return;
  }
  const bool signed_by_log =
      signers.ok() && std::ranges::any_of(*signers, [&](const crypto::VerifiedSigner& signer) {
        return std::ranges::find(keys, signer.key) != keys.end();
      });
  if (!signed_by_log) {
    findings.Fail(Check::kCosigners, "The head of " + checkpoint->origin +
                                         " is not signed by the key that your policy names.");
    return;
  }
  ++verified;
}

}  // namespace

void CheckCosigners(Context& context) {
  Findings& findings = context.findings();
  const auto reader = context.Open("cosigners");
  uint64_t verified = 0;
  uint64_t others = 0;
  std::string last_origin;
  while (!reader->AtEnd() && reader->status().ok() && context.GoOn()) {
    const auto length = reader->TakeInteger(4);
    const auto bytes = length && *length <= kMaxHeadNoteBytes
                           ? reader->Take(static_cast<size_t>(*length))
                           : std::nullopt;
    if (!bytes) {
      findings.Fail(Check::kCosigners, "The file 'cosigners' is not in its format.");
      break;
    }
    CheckCosigner(context, crypto::AsText(*bytes), last_origin, verified, others);
  }
  context.Close("cosigners", *reader);
  if (others > 0) {
    findings.LeaveOut(Check::kCosigners,
                      CountOf(others, "head is of a partner", "heads are of partners") +
                          " that your policy has no 'log' line for.");
  }
  if (verified > 0) {
    findings.Found(Check::kCosigners,
                   CountOf(verified, "partner's head is", "partners' heads are") +
                       " signed by the keys in your policy.");
  }
}

}  // namespace daftar::audit
