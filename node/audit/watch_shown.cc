// The part of a watch that judges what a node shows as its head: only what the policy's keys have
// signed goes on from here.
#include <algorithm>

#include "crypto/note.h"
#include "node/audit/text.h"
#include "node/audit/watch.h"

namespace daftar::audit {
namespace {

// Whose head a note says that it is, whoever signed it; empty: it is none of a log.
std::string OriginShown(std::string_view bytes) {
  const auto note = crypto::ParseNote(bytes);
  if (!note.ok()) return {};
  const auto checkpoint = crypto::ParseCheckpoint(note->text);
  if (!checkpoint.ok() || !evidence::CheckOrigin(checkpoint->origin).ok()) return {};
  return checkpoint->origin;
}

}  // namespace

std::optional<Watch::Shown> Watch::LookAt(const std::string& node,
                                          const absl::StatusOr<std::string>& answer) {
  if (!answer.ok() && !absl::IsDataLoss(answer.status())) {
    failures_[node] = answer.status();
    return std::nullopt;
  }
  reached_.insert(node);
  auto shown = answer.ok() ? Verify(*answer) : answer.status();
  if (shown.ok()) return *std::move(shown);
  const auto origin = origin_of_.find(node);
  if (answer.ok() && origin != origin_of_.end()) {
    const std::string other = OriginShown(*answer);
    if (!other.empty() && other != origin->second && options_.policy.LogKeys(other).empty()) {
      Raise(Make(AlarmKind::kOtherLog, node, origin->second,
                 "it shows the log " + other +
                     ", which the policy does not have, where it showed " + origin->second),
            other);
      return std::nullopt;
    }
  }
  const std::string text = "what is shown as its head cannot be one: " + MessageOf(shown.status());
  Raise(
      Make(AlarmKind::kBadCheckpoint, node, origin == origin_of_.end() ? "" : origin->second, text),
      text);
  return std::nullopt;
}

absl::StatusOr<Watch::Shown> Watch::Verify(std::string_view bytes) const {
  const auto note = crypto::ParseNote(bytes);
  if (!note.ok()) return note.status();
  auto checkpoint = crypto::ParseCheckpoint(note->text);
  if (!checkpoint.ok()) return checkpoint.status();
  if (!evidence::CheckOrigin(checkpoint->origin).ok()) {
    return absl::InvalidArgumentError("its first line is no origin of a log");
  }
  if (checkpoint->ToText() != note->text) {
    return absl::InvalidArgumentError("it has lines that a head does not have");
  }
  if (checkpoint->size == 0 && checkpoint->root != crypto::EmptyMerkleRoot()) {
    return absl::InvalidArgumentError("size 0 has a root other than the empty tree's");
  }
  const std::vector<crypto::NoteKey> keys = options_.policy.LogKeys(checkpoint->origin);
  if (keys.empty()) {
    return absl::InvalidArgumentError("the policy has no log " + checkpoint->origin);
  }
  const auto signers = crypto::VerifyNote(*note, options_.policy.known());
  if (!signers.ok()) return signers.status();
  Shown shown;
  bool signed_by_log = false;
  std::vector<crypto::NoteKey> cosigners;
  const uint64_t latest = static_cast<uint64_t>(Now() + kWatchClockSlack);
  for (const crypto::VerifiedSigner& signer : *signers) {
    if (std::ranges::find(keys, signer.key) != keys.end()) signed_by_log = true;
    if (signer.timestamp > latest) {
      return absl::InvalidArgumentError(
          "the cosignature of " + signer.key.name +
          " is dated later than this machine's clock; see which of the two is wrong");
    }
    shown.newest_cosignature = std::max(shown.newest_cosignature, signer.timestamp);
    if (signer.key.type == crypto::KeyType::kCosignature) cosigners.push_back(signer.key);
  }
  shown.has_quorum = !options_.policy.HasQuorum() || options_.policy.IsQuorum(cosigners);
  if (!signed_by_log) {
    return absl::PermissionDeniedError("no key of the policy for " + checkpoint->origin +
                                       " has signed it");
  }
  shown.self_known = std::ranges::any_of(
      options_.policy.known(), [name = evidence::SelfKeyName(checkpoint->origin)](
                                   const crypto::NoteKey& key) { return key.name == name; });
  shown.head = {std::string(bytes), *std::move(checkpoint)};
  return shown;
}

}  // namespace daftar::audit
