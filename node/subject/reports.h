// Gathers what is held about one identifier from the node's rooms and its partners' logs.
#ifndef DAFTAR_NODE_SUBJECT_REPORTS_H_
#define DAFTAR_NODE_SUBJECT_REPORTS_H_

#include <chrono>
#include <span>

#include "node/book/allowlist.h"
#include "node/book/book.h"
#include "node/check/checker.h"
#include "node/check/outcomes.h"
#include "node/check/policies.h"
#include "node/check/receipt_log.h"
#include "node/evidence/charters.h"
#include "node/evidence/clock.h"
#include "node/ledger/ledger.h"
#include "node/partners/arrivals.h"
#include "node/partners/followers.h"
#include "node/partners/lookup.h"
#include "node/partners/proof_requests.h"
#include "node/partners/registry.h"
#include "node/partners/relayer.h"
#include "node/subject/report.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::subject {

// The rooms of a node; they outlive the reports.
struct Rooms {
  const evidence::Charters& charters;
  const book::Book& book;
  const book::Allowlist& allowlist;
  const book::Warnings& warnings;
  const ledger::Ledger& ledger;
  const storage::StoreReader& store;  // with `vault`: requests for proof
  const storage::Vault& vault;
  const check::Policies& policies;
  const check::Checker& checker;
  const check::ReceiptLog& receipts;
  const check::Outcomes& outcomes;
  const partners::Registry& registry;
  const partners::Followers& followers;
  const partners::Arrivals& arrivals;
  partners::Lookup& lookup;
  const partners::ProofRequests& proof_requests;
  const partners::Relayer& relayer;
};

// Any thread may call.
class Reports {
 public:
  Reports(const Rooms& rooms, const evidence::Clock& clock,
          std::chrono::milliseconds partner_deadline)
      : rooms_(rooms), clock_(clock), partner_deadline_(partner_deadline) {}

  // Own records are those of the customer who has the identifier, by whichever of its identifiers
  // they were made, and so is what was asked of partners about the person, and passed on to them.
  // One of the others that is many people's leads only to what is about an order of the customer.
  // Partners are asked about this one alone, and at most the partner deadline is waited for them.
  // Writes nothing but what a lookup keeps. Errors of the store are passed on.
  absl::StatusOr<Report> Gather(const identity::Identifier& identifier) const;

 private:
  using Known = std::vector<identity::Identifier>;  // of the person, sorted
  // By the warning list, and what the shop's book has met under it.
  absl::StatusOr<bool> IsManyPeoples(const identity::Identifier& identifier,
                                     const evidence::Charter& charter) const;
  // `all` those of the customer, `known` without such as are many people's.
  absl::Status AddOrders(const Known& all, Report& report) const;
  absl::Status AddIncidents(const Known& all, const Known& known, Report& report) const;
  absl::StatusOr<OwnIncident> Describe(ledger::IncidentView view) const;
  absl::Status AddDecisions(const Known& known, Report& report) const;
  absl::Status AddPartners(Report& report) const;
  absl::Status AddHandled(const Known& known, Report& report) const;
  evidence::Date KeptUntil(const decision::PartnerRecord& record) const;

  const Rooms rooms_;
  const evidence::Clock& clock_;
  const std::chrono::milliseconds partner_deadline_;
};

}  // namespace daftar::subject

#endif  // DAFTAR_NODE_SUBJECT_REPORTS_H_
