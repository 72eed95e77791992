// All that is held about one identifier, as values: what the shop has, what was told to whom, and
// what each partner's log says.
#ifndef DAFTAR_NODE_SUBJECT_REPORT_H_
#define DAFTAR_NODE_SUBJECT_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "node/book/allowlist.h"
#include "node/book/book.h"
#include "node/book/warnings.h"
#include "node/check/receipt_log.h"
#include "node/decision/decision.h"
#include "node/decision/explain.h"
#include "node/identity/identifier.h"
#include "node/ledger/disclosures.h"
#include "node/ledger/ledger.h"
#include "node/partners/arrivals.h"
#include "node/partners/asked_proof.h"
#include "node/partners/partner.h"
#include "node/partners/relayer.h"

namespace daftar::subject {

// The newest of each are in a report.
inline constexpr size_t kMaxReportOrders = 200;
inline constexpr size_t kMaxReportIncidents = 50;
inline constexpr size_t kMaxReportDecisions = check::kMaxReceiptsAbout;
inline constexpr size_t kMaxReportEntries = 1000;  // of all partners' logs together
inline constexpr size_t kMaxReportAsked = 100;     // requests for proof
inline constexpr size_t kMaxReportPassedOn = 100;  // objections

template <class Item>
struct Newest {
  std::vector<Item> items;  // the newest first
  bool more = false;        // there are older ones
};

struct OwnOrder {
  book::NamedOrder order;
  decision::OrderOutcome outcome = decision::OrderOutcome::kOpen;  // as its incident leaves it
};

struct OwnIncident {
  ledger::IncidentView view;
  // Which partners have applied each change (Arrivals::Of); one for each of view.incident.events.
  std::vector<std::vector<partners::Arrival>> arrivals;
  evidence::Date kept_until;  // the last day, of one that is shared; none: no period runs
  std::vector<ledger::ProofRequest> handed_out;  // those that were disclosed, the newest first
};

struct OwnDecision {
  check::ReceiptId receipt;
  evidence::UnixMillis at;
  decision::Effect effect = decision::Effect::kAccept;
  decision::Sentences because;
  std::optional<decision::Effect> overridden_to;  // by a person
};

struct PartnerEntry {
  decision::PartnerRecord record;
  evidence::Date kept_until;  // the last day on which its own charter lets it be kept
};

struct PartnerLog {
  std::string name;
  // One that is not active is not asked: the answer is what its copy says (Lookup::FindKept).
  partners::PartnerStatus pairing = partners::PartnerStatus::kActive;
  decision::PartnerAnswer answer;
  std::vector<PartnerEntry> entries;  // by index
};

struct Report {
  identity::Identifier identifier;
  evidence::UnixMillis made_at = {};
  std::shared_ptr<const evidence::Charter> charter = {};  // in force
  std::vector<book::Profile> customers = {};              // whose identifier it is in the book
  std::optional<book::Allowed> allowed = {};
  std::optional<book::Warning> warning = {};  // of the warning list
  Newest<OwnOrder> orders = {};
  Newest<OwnIncident> incidents = {};
  Newest<OwnDecision> decisions = {};
  std::vector<PartnerLog> partners = {};  // every partner, by origin
  bool more_entries = false;
  // About partners' reports that are about the person, as far as a lookup has kept what finds them.
  Newest<partners::AskedProof> asked_proof = {};
  Newest<partners::RelayView> passed_on = {};
};

}  // namespace daftar::subject

#endif  // DAFTAR_NODE_SUBJECT_REPORT_H_
