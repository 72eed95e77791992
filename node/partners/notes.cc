#include "node/partners/notes.h"

#include <algorithm>

#include "node/evidence/header.h"
#include "node/partners/first_lines.h"
#include "storage/log_store.h"

namespace daftar::partners {
namespace {

constexpr std::string_view kMirrorSuffix = "/mirror";

// What a note says, if the log's own key says it.
absl::StatusOr<crypto::Checkpoint> ReadHead(const crypto::Note& note, const crypto::NoteKey& key) {
  auto signers = crypto::VerifyNote(note, std::span(&key, 1));
  if (!signers.ok()) return signers.status();
  auto head = crypto::ParseCheckpoint(note.text);
  if (head.ok() && note.text != head->ToText()) {
    return absl::InvalidArgumentError("the head has extension lines");
  }
  return head;
}

// The lines of the log's newest head and self keys, each once: whoever wrote the note chose what
// else stands there, and under which names. Where the log has changed its keys since, those of the
// newest that signed. Empty text: no note of the log.
crypto::Note LinesOfLog(const std::string& served, const std::string& issuer,
                        const std::vector<KeysEntry>& keys) {
  auto note = crypto::ParseNote(served);
  if (!note.ok()) return {};
  for (auto entry = keys.rbegin(); entry != keys.rend(); ++entry) {
    const crypto::NoteKey known[] = {
        {issuer, crypto::KeyType::kEd25519, entry->keys.head},
        {evidence::SelfKeyName(issuer), crypto::KeyType::kCosignature, entry->keys.self}};
    crypto::Note first = FirstLinesOf(*note, known);
    const bool is_signed =
        std::any_of(first.signatures.begin(), first.signatures.end(),
                    [&](const crypto::NoteSignature& line) { return line.name == issuer; });
    if (is_signed) return first;
  }
  return {};
}

// The same of the own log, whose notes nobody else writes.
crypto::Note LinesOfOwnLog(const std::string& shown, const std::string& origin) {
  auto note = crypto::ParseNote(shown);
  if (!note.ok()) return {};
  std::erase_if(note->signatures, [&](const crypto::NoteSignature& line) {
    return line.name != origin && line.name != evidence::SelfKeyName(origin);
  });
  return *std::move(note);
}

// The lines of the log itself, then the cosignatures, the first of which is this node's. Empty
// where there is no note.
std::string Compose(crypto::Note note, const std::string& own_origin,
                    std::vector<Cosignature> cosignatures) {
  if (note.text.empty()) return {};
  std::stable_partition(cosignatures.begin(), cosignatures.end(),
                        [&](const Cosignature& c) { return c.witness == own_origin; });
  std::string text = note.ToString();
  size_t bytes = text.size();
  for (const Cosignature& cosignature : cosignatures) {
    if (note.signatures.size() >= crypto::kMaxNoteSignatures ||
        bytes > evidence::kMaxFeedHeadBytes) {
      break;
    }
    note.signatures.push_back(cosignature.Line());
    bytes += note.signatures.back().name.size() + 2 * cosignature.blob.size();
  }
  text = note.ToString();
  while (text.size() > evidence::kMaxFeedHeadBytes && note.signatures.size() > 2) {
    note.signatures.pop_back();
    text = note.ToString();
  }
  return text;
}

}  // namespace

Notes::MirrorKeys Notes::ActiveMirrorKeys() const {
  MirrorKeys keys;
  for (const Partner& partner : registry_.Active()) {
    const auto mirror = followers_.MirrorOf(partner.origin);
    if (mirror == nullptr) continue;
    const MirrorView view = mirror->View();
    if (view.keys.empty()) continue;
    keys[partner.origin] = {evidence::MirrorKeyName(partner.origin), crypto::KeyType::kCosignature,
                            view.keys.back().keys.mirror};
  }
  return keys;
}

void Notes::AddNotesOf(const std::string& origin, std::vector<std::string>& notes,
                       size_t& bytes) const {
  std::vector<std::string> found;
  if (origin == own_.origin) {
    if (const auto head = own_.head(); head.has_value()) {
      found = {Compose(LinesOfOwnLog(head->note, origin), own_.origin,
                       arrivals_.cosignatures().Over(head->checkpoint))};
    }
  } else if (const auto mirror = followers_.MirrorOf(origin); mirror != nullptr) {
    const MirrorView view = mirror->View();
    if (view.forked) {
      if (auto evidence = mirror->ForkEvidence(); evidence.ok()) {
        // Only lines that were verified are kept there.
        found = *std::move(evidence);
      }
    } else if (view.head.has_value()) {
      found = {Compose(LinesOfLog(mirror->HeadNote(), origin, view.keys), own_.origin,
                       mirror->cosignatures().Over(*view.head))};
      // What is known of it beyond that: its issuer, or a copy of it, must not sign on from less.
      if (const std::string told = mirror->ToldNote(); !told.empty()) {
        found.push_back(Compose(LinesOfLog(told, origin, view.keys), {}, {}));
      }
    }
  }
  for (std::string& note : found) {
    if (note.empty() || notes.size() == kMaxExchangeNotes ||
        bytes + note.size() > kMaxExchangeBytes) {
      continue;
    }
    bytes += note.size();
    notes.push_back(std::move(note));
  }
}

std::vector<std::string> Notes::All() const {
  std::vector<std::string> origins{own_.origin};
  for (const Partner& partner : registry_.Active()) origins.push_back(partner.origin);
  return Of(origins);
}

std::vector<std::string> Notes::Of(std::span<const std::string> origins) const {
  std::vector<std::string> notes;
  size_t bytes = 0;
  for (const std::string& origin : origins) AddNotesOf(origin, notes, bytes);
  return notes;
}

std::map<std::string, std::string> Notes::OfPartners() const {
  std::map<std::string, std::string> notes;
  for (const Partner& partner : registry_.Active()) {
    const auto mirror = followers_.MirrorOf(partner.origin);
    if (mirror == nullptr) continue;
    const MirrorView view = mirror->View();
    if (!view.head.has_value()) continue;
    std::string note = Compose(LinesOfLog(mirror->HeadNote(), partner.origin, view.keys),
                               own_.origin, mirror->cosignatures().Over(*view.head));
    if (!note.empty()) notes.emplace(partner.origin, std::move(note));
  }
  return notes;
}

crypto::Note Notes::FirstLines(const crypto::Note& note, const MirrorKeys& keys,
                               const std::optional<crypto::NoteKey>& head_key) {
  std::vector<crypto::NoteKey> known;
  known.reserve(keys.size() + 1);
  if (head_key.has_value()) known.push_back(*head_key);
  for (const auto& [origin, key] : keys) known.push_back(key);
  return FirstLinesOf(note, known);
}

absl::StatusOr<std::vector<Cosignature>> Notes::VerifiedLines(const crypto::Note& note,
                                                              const crypto::Checkpoint& head,
                                                              const std::string& issuer,
                                                              const Cosignatures& kept,
                                                              const MirrorKeys& keys) const {
  std::vector<Cosignature> lines;
  for (const crypto::NoteSignature& line : note.signatures) {
    if (!line.name.ends_with(kMirrorSuffix)) continue;
    const std::string witness = line.name.substr(0, line.name.size() - kMirrorSuffix.size());
    const auto key = keys.find(witness);
    if (witness == issuer || key == keys.end() || key->second.id() != line.id) continue;
    // Notes come again and again, and old ones are at hand for whoever wants to keep this node
    // busy: what would not be kept is not verified.
    const auto before = kept.Of(witness);
    if (before.has_value() &&
        (before->size > head.size || (before->size == head.size && before->key == line.id))) {
      continue;
    }
    auto verified = crypto::VerifyNote({note.text, {line}}, std::span(&key->second, 1));
    if (!verified.ok()) return verified.status();
    const auto time = static_cast<int64_t>(verified->front().timestamp);
    if (time - clock_.Now().seconds() > kMaxCosignatureAheadSeconds) continue;
    lines.push_back({witness, head.size, head.root, time, line.id, line.blob});
  }
  return lines;
}

// A head that the own key has signed and this log does not have comes from a copy of this node, or
// this node is the copy: a restored backup.
absl::Status Notes::TakeOwn(const crypto::Note& note, const crypto::Checkpoint& head,
                            const MirrorKeys& keys, Taken& taken) {
  const auto own = own_.head();
  if (!own.has_value()) return absl::OkStatus();  // in trouble already, or new
  if (head.size > own->checkpoint.size) {
    own_.contradicted(
        "a partner holds a signed head of this node's log with " + std::to_string(head.size) +
            " entries, and the log here has " + std::to_string(own->checkpoint.size) +
            ": the database is an older copy, or a second node runs with the same keys. Stop the "
            "other one, if there is one, and keep its directory: what no partner has copied yet is "
            "in its db/ alone. Where its log is the longer one, run that one instead of this. "
            "Where there is no other, `daftar log recover --because TEXT` fetches what is missing "
            "back from partners. docs/storage.md, 'Two copies of one node', has the steps",
        note.ToString());
    return absl::OkStatus();
  }
  auto root = storage::LogStore(store_).RootAt(storage::kOwnLog, head.size);
  if (!root.ok()) return root.status();
  if (*root != head.root) {
    own_.contradicted(
        "a partner holds a signed head of this node's log with " + std::to_string(head.size) +
            " entries that are not the ones here: a second node runs with the same keys, "
            "or a backup was restored and written to. This log cannot go on: `daftar log recover "
            "--new-log ORIGIN` begins another (docs/storage.md, 'A log that cannot go on')",
        note.ToString());
    return absl::OkStatus();
  }
  auto lines = VerifiedLines(note, head, own_.origin, arrivals_.cosignatures(), keys);
  if (!lines.ok()) {
    ++taken.refused;
    return absl::OkStatus();
  }
  auto kept = arrivals_.Keep(*std::move(lines));
  if (!kept.ok()) return kept.status();
  taken.own_news = taken.own_news || *kept > 0;
  return absl::OkStatus();
}

absl::Status Notes::TakeCopied(const crypto::Note& note, const crypto::Checkpoint& head,
                               Mirror& mirror, const MirrorKeys& keys, SeenNotes& seen) {
  const std::string text = note.ToString();
  const auto fit = mirror.CompareHead(head, text);
  if (absl::IsDataLoss(fit.status()) || absl::IsFailedPrecondition(fit.status())) {
    return absl::OkStatus();  // the evidence is kept; nothing of this log is taken any more
  }
  if (!fit.ok()) return fit.status();
  if (*fit == HeadFit::kNotHeld) {
    // Two of one size contradict each other, whatever the copy holds.
    const auto [other, first] =
        seen.emplace(std::pair(head.origin, head.size), SeenNote{head.root, text});
    if (first || other->second.root == head.root) return absl::OkStatus();
    const absl::Status told = mirror.KeepFork(other->second.note, text);
    return absl::IsDataLoss(told) || absl::IsFailedPrecondition(told) ? absl::OkStatus() : told;
  }
  auto lines = VerifiedLines(note, head, head.origin, mirror.cosignatures(), keys);
  if (!lines.ok()) return lines.status();
  return mirror.cosignatures().Keep(*std::move(lines)).status();
}

absl::StatusOr<Notes::Taken> Notes::Take(std::span<const std::string> notes) {
  Taken taken;
  SeenNotes seen;
  const MirrorKeys keys = ActiveMirrorKeys();
  for (const std::string& shown : notes) {
    auto parsed = crypto::ParseNote(shown);
    auto stated = parsed.ok() ? crypto::ParseCheckpoint(parsed->text)
                              : absl::StatusOr<crypto::Checkpoint>(parsed.status());
    if (!stated.ok() || shown.size() > evidence::kMaxFeedHeadBytes) {
      ++taken.refused;
      continue;
    }
    const std::string origin = stated->origin;
    std::shared_ptr<Mirror> mirror;
    std::optional<crypto::NoteKey> head_key;
    if (origin == own_.origin) {
      head_key = own_.head_key;
    } else if (keys.count(origin) > 0) {
      mirror = followers_.MirrorOf(origin);
      head_key =
          crypto::NoteKey{origin, crypto::KeyType::kEd25519, mirror->View().keys.back().keys.head};
    } else {
      continue;
    }
    if (std::find(taken.origins.begin(), taken.origins.end(), origin) == taken.origins.end()) {
      taken.origins.push_back(origin);
    }
    const crypto::Note note = FirstLines(*parsed, keys, head_key);
    auto head = ReadHead(note, *head_key);
    if (!head.ok() || head->size == 0) {
      ++taken.refused;
      continue;
    }
    const absl::Status done = mirror == nullptr ? TakeOwn(note, *head, keys, taken)
                                                : TakeCopied(note, *head, *mirror, keys, seen);
    if (absl::IsInvalidArgument(done)) {
      ++taken.refused;
    } else if (!done.ok()) {
      return done;
    }
  }
  return taken;
}

absl::Status Notes::TakeServed(const Mirror& mirror) {
  auto note = crypto::ParseNote(mirror.HeadNote());
  if (!note.ok()) return absl::OkStatus();  // no head is held yet
  auto head = crypto::ParseCheckpoint(note->text);
  if (!head.ok()) return head.status();
  const MirrorKeys keys = ActiveMirrorKeys();
  auto lines = VerifiedLines(FirstLines(*note, keys, std::nullopt), *head, head->origin,
                             mirror.cosignatures(), keys);
  // One wrong line, and none of this note counts; the log itself is not to blame for it.
  if (!lines.ok()) return lines.status();
  return mirror.cosignatures().Keep(*std::move(lines)).status();
}

}  // namespace daftar::partners
