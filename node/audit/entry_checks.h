// Entries one after the other, as a bundle has them: the checks `tree`, `entries`, `inclusion`, and
// through their owners all that follow from entries (docs/bundle.md).
#ifndef DAFTAR_NODE_AUDIT_ENTRY_CHECKS_H_
#define DAFTAR_NODE_AUDIT_ENTRY_CHECKS_H_

#include <memory>
#include <optional>

#include "node/audit/charter_files.h"
#include "node/audit/heads.h"
#include "node/audit/key_history.h"
#include "node/audit/opened.h"
#include "node/audit/report_marks.h"

namespace daftar::audit {

// One thread. The parts that it feeds must outlive it.
class EntryChecks {
 public:
  EntryChecks(Context& context, KeyHistory& keys, CharterFiles& charters, ReportMarks& marks,
              Openings& openings)
      : context_(context), keys_(keys), charters_(charters), marks_(marks), openings_(openings) {}

  // Reads `earlier`, `entries` and `bodies` of a log. `tree`: of the first `from` entries; none:
  // at fault.
  void ReadLog(const std::optional<VerifiedHead>& head, std::optional<crypto::CompactTree> tree);
  // Reads `earlier` and the entries of an excerpt.
  void ReadExcerpt(const std::optional<VerifiedHead>& head);
  // The latest `issued at` in `entries`, or in all of an excerpt; 0: no entry could be read.
  uint64_t newest_at() const { return newest_at_; }
  // What an ADOPTION at 0 states; none: the log begins with none, or it does not fit.
  const std::optional<evidence::AdoptionBody>& adoption() const { return adoption_; }

 private:
  // One record of `earlier`. Views until the reader is asked for more.
  struct Earlier {
    uint64_t index = 0;
    crypto::Bytes leaf;
    crypto::Bytes body;
    std::vector<crypto::Digest> proof;
  };
  class EarlierReader;
  class BodyReader;

  // `earlier`: one of KEYS, CHARTER and ADOPTION that stand before the bundle's own entries.
  void Add(uint64_t index, crypto::ByteView leaf, std::optional<crypto::ByteView> body,
           bool earlier);
  void CheckPlace(uint64_t index, const evidence::Header& header);
  // Null when there is none, or it does not fit.
  const evidence::Body* CheckBody(const evidence::Header& header,
                                  std::optional<crypto::ByteView> body);
  void AddEarlier(const Earlier& record, const std::optional<VerifiedHead>& head);
  void AddExcerpted(uint64_t index, const std::optional<VerifiedHead>& head,
                    std::optional<uint64_t> last_earlier);
  void CheckInclusion(uint64_t index, crypto::ByteView leaf, std::span<const crypto::Digest> proof,
                      const std::optional<VerifiedHead>& head);
  void FinishTree(const std::optional<VerifiedHead>& head, bool judged,
                  const crypto::CompactTree& tree);
  void FinishInclusion(const std::optional<VerifiedHead>& head);
  void Malformed(const char* file);
  // Looks at whether to stop, now and then.
  bool GoOn();

  Context& context_;
  KeyHistory& keys_;
  CharterFiles& charters_;
  ReportMarks& marks_;
  Openings& openings_;
  std::optional<evidence::Body> body_;
  std::optional<evidence::AdoptionBody> adoption_;
  crypto::Bytes last_leaf_;
  uint64_t last_issued_at_ = 0;
  uint64_t newest_at_ = 0;
  uint64_t entries_ = 0;
  uint64_t included_ = 0;
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_ENTRY_CHECKS_H_
