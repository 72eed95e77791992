// What this node tells partners about the heads of logs, and what it takes from what they tell:
// cosignatures, and evidence of forks (DESIGN section 6). No threads, no network.
#ifndef DAFTAR_NODE_PARTNERS_NOTES_H_
#define DAFTAR_NODE_PARTNERS_NOTES_H_

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "node/evidence/clock.h"
#include "node/evidence/feed.h"
#include "node/partners/arrivals.h"
#include "node/partners/followers.h"
#include "node/partners/registry.h"
#include "storage/store.h"

namespace daftar::partners {

inline constexpr size_t kMaxExchangeNotes = kMaxPartners + 1;  // a message
inline constexpr size_t kMaxExchangeBytes = 3 << 20;           // of its notes together

// The node's own log, of which another room is the writer.
struct OwnLog {
  std::string origin;
  crypto::NoteKey head_key;
  // The newest head and its note, as partners are served it; nullopt while there is none.
  struct Head {
    crypto::Checkpoint checkpoint;
    std::string note;
  };
  std::function<std::optional<Head>()> head;
  // Is told, in words for the operator, that a head was shown which the own head key has signed and
  // this log does not have, and that head's note. Any thread.
  std::function<void(const std::string& why, const std::string& note)> contradicted;
};

// Any thread may call any method.
class Notes {
 public:
  // References outlive the object.
  Notes(const storage::Store& store, const evidence::Clock& clock, const Registry& registry,
        const Followers& followers, Arrivals& arrivals, OwnLog own)
      : store_(store),
        clock_(clock),
        registry_(registry),
        followers_(followers),
        arrivals_(arrivals),
        own_(std::move(own)) {}

  const std::string& own_origin() const { return own_.origin; }

  // The newest notes of the own log and of all active partners' copied logs, each with the head's
  // own lines, this node's cosignature, then others', and nothing else that its issuer wrote there.
  // Of a forked log the two notes that contradict each other, as they are kept. Within
  // kMaxExchangeNotes and kMaxExchangeBytes; what is beyond them is left out.
  std::vector<std::string> All() const;
  // Only those of these logs.
  std::vector<std::string> Of(std::span<const std::string> origins) const;
  // The newest one of each active partner's own log, by origin; of a forked log the one that the
  // copy has.
  std::map<std::string, std::string> OfPartners() const;

  struct Taken {
    std::vector<std::string> origins;  // of the logs, known here, that notes were of
    bool own_news = false;             // somebody has applied more of the own log
    size_t refused = 0;                // notes that did not verify
  };
  // Verifies each note under the head key of its log, compares it with the log or its copy, and
  // keeps the cosignatures of active partners over heads that the log or the copy has. Of each key
  // the first line alone is looked at, and of a cosigner's only one that says more than is known: a
  // note costs a signature check for the head and one for each cosigner that has news. One that is
  // malformed, lacks the log's line, or has such a line that is wrong is refused as a whole; one of
  // a log that is not copied here is ignored. Errors are the store's only.
  absl::StatusOr<Taken> Take(std::span<const std::string> notes);

  // Keeps the cosignatures on the head that the copy has reached, as its issuer served it.
  // InvalidArgument when a line that Take would look at is wrong; then none is kept.
  absl::Status TakeServed(const Mirror& mirror);

 private:
  using MirrorKeys = std::map<std::string, crypto::NoteKey>;  // by origin
  struct SeenNote {
    crypto::Digest root;
    std::string note;
  };
  using SeenNotes = std::map<std::pair<std::string, uint64_t>, SeenNote>;  // by origin and size

  MirrorKeys ActiveMirrorKeys() const;
  static crypto::Note FirstLines(const crypto::Note& note, const MirrorKeys& keys,
                                 const std::optional<crypto::NoteKey>& head_key);
  // `note` has one line of each key at most.
  absl::StatusOr<std::vector<Cosignature>> VerifiedLines(const crypto::Note& note,
                                                         const crypto::Checkpoint& head,
                                                         const std::string& issuer,
                                                         const Cosignatures& kept,
                                                         const MirrorKeys& keys) const;
  absl::Status TakeOwn(const crypto::Note& note, const crypto::Checkpoint& head,
                       const MirrorKeys& keys, Taken& taken);
  absl::Status TakeCopied(const crypto::Note& note, const crypto::Checkpoint& head, Mirror& mirror,
                          const MirrorKeys& keys, SeenNotes& seen);
  void AddNotesOf(const std::string& origin, std::vector<std::string>& notes, size_t& bytes) const;

  const storage::Store& store_;
  const evidence::Clock& clock_;
  const Registry& registry_;
  const Followers& followers_;
  Arrivals& arrivals_;
  const OwnLog own_;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_NOTES_H_
