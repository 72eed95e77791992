#include "node/audit/key_history.h"

#include <algorithm>
#include <utility>

namespace daftar::audit {
namespace {

using evidence::EntryKind;

std::string EntryText(uint64_t index) { return "Entry " + std::to_string(index); }

}  // namespace

void KeyHistory::Fail(uint64_t index, const std::string& what) {
  context_.findings().Fail(Check::kKeys, EntryText(index) + " " + what + ".");
}

// Every log begins with KEYS, or with ADOPTION and KEYS.
void KeyHistory::CheckBeginning(uint64_t index, EntryKind kind) {
  if (!seen_any_) {
    seen_any_ = true;
    if (index == 0 && (kind == EntryKind::kKeys || kind == EntryKind::kAdoption)) return;
    broken_ = true;
    context_.findings().Fail(Check::kKeys, "Entry 0 is neither KEYS nor ADOPTION, or is missing.");
  } else if (adoption_.has_value() && (index != 1 || kind != EntryKind::kKeys)) {
    broken_ = true;
    adoption_.reset();
    context_.findings().Fail(Check::kKeys, "Entry 0 is an ADOPTION and no KEYS follows at 1.");
  }
}

void KeyHistory::AddKeys(const evidence::SignedHeader& entry, const evidence::KeysBody* body) {
  const uint64_t index = entry.header.index;
  CheckBeginning(index, EntryKind::kKeys);
  ++key_entries_;
  if (broken_) return;
  if (body == nullptr) {
    broken_ = true;
    return Fail(index, "is KEYS and has no body that fits");
  }
  const crypto::PublicKey& signer = newest_ ? newest_->entry : body->entry;
  if (!entry.VerifiedBy(signer)) {
    broken_ = true;
    return Fail(index, newest_ ? "is KEYS and not signed by the entry key before it"
                               : "is KEYS and not signed by its own entry key");
  }
  const crypto::KeyId id = evidence::EntryKeyId(entry.header.origin, body->entry);
  const auto [known, is_new] = entry_keys_.emplace(id, body->entry);
  if (!is_new && known->second != body->entry) {
    // An ID that two keys share would make signatures ambiguous.
    broken_ = true;
    return Fail(index, "is KEYS with the key ID of another entry key");
  }
  if (adoption_.has_value() && !adoption_->VerifiedBy(body->entry)) {
    broken_ = true;
    return Fail(0, "is an ADOPTION and not signed by the entry key of the KEYS after it");
  }
  if (adoption_.has_value()) ++verified_;
  adoption_.reset();
  newest_ = *body;
  newest_index_ = index;
  newest_id_ = id;
  head_keys_.insert(body->head);
}

void KeyHistory::AddEntry(const evidence::SignedHeader& entry) {
  CheckBeginning(entry.header.index, entry.header.kind);
  if (entry.header.kind == EntryKind::kAdoption && entry.header.index == 0) {
    adoption_ = entry;
    return;
  }
  if (entry.header.kind == EntryKind::kAdoption) {
    Fail(entry.header.index, "is an ADOPTION, which only begins a log");
  }
  if (broken_ || !newest_) {
    ++not_verified_;
    return;
  }
  ++verified_;
  if (entry.header.signer == newest_id_ && entry.VerifiedBy(newest_->entry)) return;
  context_.findings().Fail(Check::kSignatures, EntryText(entry.header.index) +
                                                   " is not signed by the entry key of entry " +
                                                   std::to_string(newest_index_) + ".");
}

void KeyHistory::AddUnreadable(uint64_t index) {
  if (!seen_any_) CheckBeginning(index, EntryKind::kErasure);
  ++not_verified_;
}

void KeyHistory::CheckMadeAt(const std::optional<VerifiedHead>& head, uint64_t newest_at) {
  const auto made_at = static_cast<uint64_t>(context_.manifest().made_at);
  const auto fail = [&](const std::string& what, uint64_t at) {
    context_.findings().Fail(Check::kManifest, "The bundle is dated " + TimeText(made_at) +
                                                   ", before " + what + " in it: " + TimeText(at) +
                                                   ".");
  };
  if (made_at + kClockSeconds < newest_at) fail("the newest entry", newest_at);
  if (!head) return;
  for (const crypto::VerifiedSigner& witness : head->witnesses) {
    if (made_at + kClockSeconds < witness.timestamp) {
      fail("the cosignature of " + context_.policy().WitnessName(witness.key), witness.timestamp);
    }
  }
}

void KeyHistory::CheckManifest() {
  Findings& findings = context_.findings();
  const SignedManifest& manifest = context_.signed_manifest();
  if (context_.IsTooLate(static_cast<uint64_t>(manifest.manifest.made_at))) {
    findings.Fail(Check::kManifest, "The bundle is dated in the future: " +
                                        TimeText(static_cast<uint64_t>(manifest.manifest.made_at)) +
                                        ".");
  }
  if (broken_ || !newest_) {
    findings.LeaveOut(Check::kManifest,
                      "Who may sign for the log is not known: its keys are at fault.");
  } else if (!manifest.VerifiedBy(newest_->entry)) {
    findings.Fail(Check::kManifest, "The manifest is not signed by the log's entry key of entry " +
                                        std::to_string(newest_index_) +
                                        ", the newest in this bundle.");
  } else {
    findings.Found(Check::kManifest,
                   "Signed with the log's entry key, at " +
                       TimeText(static_cast<uint64_t>(manifest.manifest.made_at)) + ".");
  }
}

void KeyHistory::CheckHeadKeys(const VerifiedHead& head) {
  Findings& findings = context_.findings();
  const bool named = std::ranges::any_of(head.signers, [this](const crypto::NoteKey& signer) {
    return head_keys_.contains(signer.key);
  });
  if (!named) {
    findings.Fail(Check::kKeys, "No KEYS entry of the log names a key that signed 'head'.");
  }
  const std::vector<crypto::NoteKey> self = {{evidence::SelfKeyName(context_.manifest().origin),
                                              crypto::KeyType::kCosignature, newest_->self}};
  const auto signers = crypto::VerifyNote(head.note, self);
  if (!signers.ok() && signers.status().code() != absl::StatusCode::kPermissionDenied) {
    findings.Fail(Check::kKeys, "The node's own line on 'head' is at fault: " +
                                    std::string(signers.status().message()) + ".");
  } else if (!signers.ok()) {
    head_undated_ = true;
    findings.LeaveOut(Check::kKeys,
                      "The head does not say when the node held it to be its newest.");
  } else {
    head_dated_at_ = signers->front().timestamp;
  }
}

void KeyHistory::Finish(const std::optional<VerifiedHead>& head, uint64_t newest_at) {
  Findings& findings = context_.findings();
  if (!seen_any_ || adoption_.has_value()) CheckBeginning(~uint64_t{0}, EntryKind::kErasure);
  CheckManifest();
  CheckMadeAt(head, newest_at);
  if (newest_ && !broken_) {
    if (head) {
      CheckHeadKeys(*head);
    } else {
      findings.LeaveOut(Check::kKeys, "Who signed the head: the head is at fault.");
    }
    findings.Found(Check::kKeys, CountOf(key_entries_, "KEYS entry; the newest is entry ",
                                         "KEYS entries; the newest is entry ") +
                                     std::to_string(newest_index_) + ".");
  }
  if (verified_ > 0) {
    findings.Found(Check::kSignatures, CountOf(verified_, "signature.", "signatures."));
  } else if (not_verified_ == 0) {
    findings.LeaveOut(Check::kSignatures,
                      "There is no entry but those whose signatures are judged with the keys.");
  }
  if (not_verified_ > 0) {
    findings.LeaveOut(Check::kSignatures,
                      CountOf(not_verified_, "entry", "entries") +
                          " could not be read, or stand where it is not known who may sign.");
  }
}

}  // namespace daftar::audit
