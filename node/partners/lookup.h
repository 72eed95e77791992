// The asker's side of a private lookup: asks all partners at once under one deadline, opens what is
// found, and keeps F, sealed, so that a repeated check touches no partner (DESIGN section 5).
#ifndef DAFTAR_NODE_PARTNERS_LOOKUP_H_
#define DAFTAR_NODE_PARTNERS_LOOKUP_H_

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "node/decision/decision.h"
#include "node/evidence/charters.h"
#include "node/evidence/clock.h"
#include "node/evidence/labels.h"
#include "node/partners/followers.h"
#include "node/partners/network.h"
#include "node/partners/registry.h"
#include "node/partners/relays.h"
#include "node/partners/standing.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::partners {

inline constexpr size_t kMaxRecordsPerPartner = decision::kMaxRecordsPerPartner;

struct LookupResult {
  std::vector<decision::PartnerAnswer> answers;  // every active partner, by origin
  std::vector<decision::PartnerRecord> records;
  std::vector<uint8_t> found_by;  // of each record: bit i for the i-th of the identifiers
};

// Any thread may call Ask. References outlive the lookup; the network must have answered all calls
// before it is destroyed.
class Lookup {
 public:
  Lookup(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
         crypto::Entropy& entropy, const evidence::Charters& charters, std::string own_origin,
         const Registry& registry, const Followers& followers, Relays& relays, Network& network)
      : store_(store),
        vault_(vault),
        clock_(clock),
        entropy_(entropy),
        charters_(charters),
        own_origin_(std::move(own_origin)),
        registry_(registry),
        followers_(followers),
        relays_(relays),
        network_(network) {}

  // What the partners' logs say about `identifiers` (1 to 4). A report that does not count yet,
  // because too few of the witness set have cosigned a head over it, is kPending; those of a
  // partner that is quarantined are kSetAside, and it counts as not checked. Partners that did not
  // answer by the deadline are kNotChecked, with a reason; their late answers are still kept for
  // the next time. Errors are the store's only.
  absl::StatusOr<LookupResult> Ask(std::span<const identity::Identifier> identifiers,
                                   std::chrono::milliseconds deadline);

  // What the copies of these partners' logs, active or not, say about `identifiers` (1 to 4), as
  // far as what earlier lookups have kept finds it; asks nobody. A partner for whom that is not all
  // is kNotChecked. Errors are the store's only.
  absl::StatusOr<LookupResult> FindKept(std::span<const Partner> partners,
                                        std::span<const identity::Identifier> identifiers);

  // The record key of the report at `report` of the active partner `origin`, opened with what a
  // check about one of `identifiers` has kept; asks nobody. Only who could open the report has it,
  // so it proves that. NotFound: no such partner, or none of the identifiers opens it (check
  // first); Unavailable and DataLoss as a check says why the partner is not checked; errors of the
  // store.
  absl::StatusOr<crypto::Secret32> RecordKey(const std::string& origin, uint64_t report,
                                             std::span<const identity::Identifier> identifiers);

 private:
  struct Question;  // one partner's part of an Ask
  struct OpenedReport {
    evidence::SignedHeader entry;
    crypto::Secret32 key;
    evidence::ReportFacts facts;
  };
  struct Session;  // what the answering threads share

  void Prepare(Question& question, std::span<const Partner> active,
               std::span<const identity::Identifier> identifiers);
  void Send(const std::shared_ptr<Session>& session, size_t index,
            std::chrono::milliseconds deadline);
  void Receive(const std::shared_ptr<Session>& session, size_t index,
               absl::StatusOr<EvaluateAnswer> answer);
  void Describe(Question& question) const;
  absl::Status FindRecords(Question& question, LookupResult& result) const;
  absl::StatusOr<std::vector<OpenedUpdate>> OpenUpdates(const Question& question, uint64_t report,
                                                        const crypto::Secret32& key) const;
  absl::StatusOr<std::optional<OpenedReport>> OpenReport(const Question& question, uint64_t report,
                                                         const evidence::Label& label) const;
  absl::StatusOr<std::optional<decision::PartnerRecord>> OpenRecord(
      const Question& question, uint64_t report, const evidence::Label& label) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  const evidence::Charters& charters_;
  const std::string own_origin_;
  const Registry& registry_;
  const Followers& followers_;
  Relays& relays_;
  Network& network_;
};

// Adds to `batch` that F of these identifiers is kept no more, of no partner and no epoch. Reads
// the keys of all that is kept. A check made at the same time may keep it again.
absl::Status ForgetKept(const storage::StoreReader& store, const storage::Vault& vault,
                        std::span<const identity::Identifier> identifiers, storage::Batch& batch);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_LOOKUP_H_
