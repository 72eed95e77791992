#include "node/partners/adoptions.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "crypto/merkle.h"
#include "crypto/note.h"
#include "node/partners/log_beginning.h"
#include "node/partners/relay_rows.h"
#include "storage/purge.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using storage::Batch;
using storage::Column;

absl::Status Refused(const std::string& why) { return absl::InvalidArgumentError(why); }

// The log that the note says it is of; empty when it is no note of a log.
std::string OriginOf(const std::string& text) {
  if (text.size() > evidence::kMaxFeedHeadBytes) return {};
  const auto note = crypto::ParseNote(text);
  if (!note.ok()) return {};
  const auto head = crypto::ParseCheckpoint(note->text);
  if (!head.ok() || !evidence::CheckOrigin(head->origin).ok()) return {};
  return head->origin;
}

// The head is signed with the head key of `keys` and covers the entries, from the first one on.
absl::Status CheckHead(const std::string& origin, const evidence::KeysBody& keys,
                       const evidence::FeedBatch& batch) {
  if (batch.head.size() > evidence::kMaxFeedHeadBytes) return Refused("its head is too large");
  const auto note = crypto::ParseNote(batch.head);
  if (!note.ok()) return note.status();
  const crypto::NoteKey head_key{origin, crypto::KeyType::kEd25519, keys.head};
  const auto signers = crypto::VerifyNote(*note, std::span(&head_key, 1));
  if (!signers.ok()) return Refused("its head is not signed with the head key of its KEYS");
  const auto head = crypto::ParseCheckpoint(note->text);
  if (!head.ok()) return head.status();
  if (head->origin != origin) return Refused("its head is of another log");
  if (note->text != head->ToText()) return Refused("its head has extension lines");
  crypto::CompactTree tree;
  for (const evidence::FeedEntry& entry : batch.entries) {
    if (entry.leaf.size() > storage::kMaxLeafBytes) {
      return Refused("an entry is larger than any can be");
    }
    tree.Append(crypto::MerkleLeafHash(entry.leaf));
  }
  return crypto::VerifyMerkleConsistency(tree.size(), tree.Root(), head->size, head->root,
                                         batch.consistency);
}

absl::Status CheckSuccessor(const Partner& partner, const MirrorView& view,
                            const std::string& origin, const LogBeginning& beginning) {
  if (!beginning.adoption.has_value()) return Refused("it does not begin with an ADOPTION");
  if (beginning.adoption->old_origin != partner.origin) {
    return Refused("it adopts the log of " + beginning.adoption->old_origin);
  }
  if (!AdoptedBy(view.keys.back().keys.entry, origin, beginning)) {
    return Refused("the entry key of the log that is copied here has not signed the ADOPTION");
  }
  if (beginning.keys.tls_spki.array() != partner.pin.array()) {
    return Refused("its KEYS name another certificate than the partner has");
  }
  const bool old_head_key =
      std::any_of(view.keys.begin(), view.keys.end(),
                  [&](const KeysEntry& keys) { return keys.keys.head == beginning.keys.head; });
  if (old_head_key) return Refused("it is signed with a head key of the old log");
  return absl::OkStatus();
}

}  // namespace

std::string SuccessionWords(const Partner& partner, bool forked) {
  if (!partner.succession.has_value() || partner.replaced()) return {};
  const Succession& succession = *partner.succession;
  return std::string(forked ? "Its node" : "it has lost its log and") +
         " began another in its place, " + succession.origin + ", after " +
         std::to_string(succession.size) + " entries. Until you accept that, " +
         (forked ? "nothing of either counts"
                 : "of its reports only those count that this node had looked up before") +
         ", and nothing new comes. Have its operator read out the first entry of the new log by "
         "phone (" +
         succession.first_leaf.hex() + "), then `" + AcceptCommand(partner) + "`" +
         (succession.stage == SuccessionStage::kContested
              ? ". It has shown another new log since, and one of them is not its own: when its "
                "operator reads out another first entry, `daftar partner remove " +
                    partner.origin + " --because TEXT`, and pair anew"
              : "");
}

std::string Adoptions::Look(const Partner& partner, const MirrorView& view, const std::string& note,
                            Cancellation& cancel) {
  const std::string origin = OriginOf(note);
  if (origin.empty() || origin == partner.origin) return {};
  const auto now = std::chrono::steady_clock::now();
  {
    storage::MutexLock lock(mutex_);
    const auto before = looked_.find(partner.origin);
    if (before != looked_.end()) {
      const Looked& last = before->second;
      // Whatever names a partner shows: it is read at most once in the shorter pause.
      const bool waits = last.waits && last.origin == origin;
      if (waits ? now - last.at < kWaitsPause : now - last.at < kRefusedPause) return last.words;
    }
  }
  Looked looked{origin, now, {}, false};
  auto succession = Read(partner, view, origin, cancel);
  absl::Status noted = succession.status();
  if (noted.ok()) noted = registry_.NoteSuccession(partner.origin, *succession);
  looked.waits = noted.ok();
  looked.words = noted.ok()
                     ? "it shows its new log, " + origin + ", and no more of this one"
                     : "it shows another log, " + origin +
                           ", in the place of its own, and that is not taken as its new one: " +
                           std::string(noted.message());
  if (cancel.cancelled()) return looked.words;
  storage::MutexLock lock(mutex_);
  return (looked_[partner.origin] = std::move(looked)).words;
}

absl::StatusOr<Succession> Adoptions::Read(const Partner& partner, const MirrorView& view,
                                           const std::string& origin, Cancellation& cancel) {
  if (origin == own_origin_) return Refused("the origin is this node's own");
  if (view.keys.empty()) {
    return Refused(
        "nothing of its old log was copied, so that nothing shows who it is. Remove the partner "
        "and pair again");
  }
  std::optional<evidence::FeedBatch> first;
  const absl::Status read = network_.ReadLog(
      partner, origin, 0,
      [&](evidence::FeedBatch batch) {
        first = std::move(batch);
        return false;
      },
      kBeginningDeadline, cancel);
  if (!first.has_value()) {
    return read.ok() ? absl::UnavailableError("it shows no entry of it") : read;
  }
  if (first->from != 0 || first->entries.size() > evidence::kMaxFeedEntries) {
    return Refused("what it shows does not begin with the first entry, or is too much");
  }
  auto beginning = ReadBeginning(origin, first->entries);
  if (!beginning.ok()) return beginning.status();
  if (absl::Status status = CheckSuccessor(partner, view, origin, *beginning); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckHead(origin, beginning->keys, *first); !status.ok()) return status;
  Succession succession;
  succession.origin = origin;
  succession.first_leaf = crypto::MerkleLeafHash(first->entries.front().leaf);
  succession.size = beginning->adoption->size;
  succession.root = beginning->adoption->root;
  return succession;
}

absl::StatusOr<size_t> Adoptions::Delete(Column column, const Bytes& prefix,
                                         storage::LogNumber log) {
  size_t deleted = 0;
  while (true) {
    Batch batch;
    size_t found = 0;
    absl::Status scanned = store_.Scan(column, prefix, prefix, [&](ByteView key, ByteView) {
      batch.Delete(column, crypto::ToBytes(key));
      return ++found < kMaxClearedAtOnce;
    });
    if (!scanned.ok()) return scanned;
    if (found == 0) return deleted;
    storage::AskForPurge(batch, storage::LogKey(static_cast<uint32_t>(log)));
    if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
    deleted += found;
  }
}

absl::Status Adoptions::Clear(
    const std::function<absl::Status(const std::string& origin)>& erase_proof) {
  for (const Partner& partner : registry_.All()) {
    if (!partner.succession.has_value() ||
        partner.succession->stage != SuccessionStage::kAccepted) {
      continue;
    }
    const auto number = static_cast<uint32_t>(partner.log);
    const Bytes of_log = storage::LogKey(number);
    const Bytes kept_relays = crypto::Writer().Raw(relay_rows::KeptPrefix()).U32(number).Take();
    const std::pair<Column, Bytes> rows[] = {
        {Column::kTokens, of_log},      {Column::kLookups, of_log},
        {Column::kEntryStates, of_log}, {Column::kRelays, relay_rows::OwnPrefix(partner.log)},
        {Column::kRelays, kept_relays}, {Column::kLogBodies, of_log},
    };
    size_t deleted = 0;
    for (const auto& [column, prefix] : rows) {
      auto some = Delete(column, prefix, partner.log);
      if (!some.ok()) return some.status();
      deleted += *some;
    }
    if (absl::Status status = erase_proof(partner.origin); !status.ok()) return status;
    // A lookup that was under way may have kept something meanwhile: the next call looks again.
    if (deleted > 0) continue;
    if (absl::Status status = registry_.NoteCleared(partner.origin); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace daftar::partners
