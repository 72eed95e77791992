#include "node/subject/reports.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include "node/book/listing.h"
#include "node/decision/track_record.h"
#include "node/evidence/admissibility.h"
#include "node/evidence/labels.h"
#include "node/identity/warning_list.h"
#include "node/ledger/remarks.h"

namespace daftar::subject {
namespace {

using evidence::Date;
using evidence::UnixMillis;

template <class Item>
void AddTo(Newest<Item>& newest, size_t most, Item item) {
  newest.more = newest.items.size() == most;
  if (!newest.more) newest.items.push_back(std::move(item));
}

// Of the shop's own report, which its node keeps to itself.
Date KeptUntil(const ledger::IncidentView& view, const evidence::Charter& charter) {
  if (!ledger::IsShared(view) || view.incident.IsScrubbed()) return {};
  const auto profile = charter.reasons.find(view.incident.account.reason);
  Date last;
  if (profile != charter.reasons.end()) {
    last =
        evidence::LastDayKept(view.incident.Standing().occurred, profile->second.retention_months);
  }
  const auto& next = view.deadline;
  if (next.has_value() && next->action == ledger::DeadlineAction::kErase) {
    const Date erased = Date::Of(UnixMillis::OfSeconds(next->at));
    if (!last.has_value() || erased < last) last = erased;
  }
  return last;
}

// By its identifiers, or as it is about an order of one of the customers.
bool IsAbout(const ledger::NewIncident& account, std::span<const identity::Identifier> known,
             std::span<const book::Profile> customers) {
  const auto is_known = [known](const identity::Identifier& named) {
    return std::ranges::binary_search(known, named);
  };
  const auto is_order_of = [&account](const book::CustomerId& row) {
    return account.order.starts_with(row.hex() + "-");
  };
  return std::ranges::any_of(account.identifiers, is_known) ||
         std::ranges::any_of(customers, [&](const book::Profile& customer) {
           return is_order_of(customer.id) || std::ranges::any_of(customer.members, is_order_of);
         });
}

void Sort(std::vector<identity::Identifier>& identifiers) {
  std::ranges::sort(identifiers);
  identifiers.erase(std::unique(identifiers.begin(), identifiers.end()), identifiers.end());
}

}  // namespace

absl::StatusOr<bool> Reports::IsManyPeoples(const identity::Identifier& identifier,
                                            const evidence::Charter& charter) const {
  if (identity::WarningList(&rooms_.warnings).WhyRefused(identifier).has_value()) return true;
  const auto listed = rooms_.warnings.Of(identifier);
  if (listed.has_value() && listed->kind == book::WarningKind::kReview) return true;
  return rooms_.warnings.IsSharedHere(identifier, charter);
}

absl::StatusOr<Report> Reports::Gather(const identity::Identifier& identifier) const {
  Report report{.identifier = identifier};
  report.made_at = clock_.Now();
  report.charter = rooms_.charters.InForce();
  const std::span<const identity::Identifier> asked(&identifier, 1);
  auto customers = rooms_.book.FindProfiles(asked);
  if (!customers.ok()) return customers.status();
  report.customers = *std::move(customers);
  Known all = {identifier};
  for (const book::Profile& customer : report.customers) {
    all.insert(all.end(), customer.identifiers.begin(), customer.identifiers.end());
  }
  Sort(all);
  // By another that is many people's, records of others would be found.
  Known known;
  for (const identity::Identifier& one : all) {
    auto shared =
        one == identifier ? absl::StatusOr<bool>(false) : IsManyPeoples(one, *report.charter);
    if (!shared.ok()) return shared.status();
    if (!*shared) known.push_back(one);
  }
  auto allowed = rooms_.allowlist.Hit(known);
  if (!allowed.ok()) return allowed.status();
  report.allowed = *std::move(allowed);
  report.warning = rooms_.warnings.Of(identifier);
  absl::Status status = AddOrders(all, report);
  if (status.ok()) status = AddIncidents(all, known, report);
  if (status.ok()) status = AddDecisions(known, report);
  if (status.ok()) status = AddPartners(report);
  if (status.ok()) status = AddHandled(known, report);
  if (!status.ok()) return status;
  return report;
}

absl::Status Reports::AddOrders(const Known& all, Report& report) const {
  auto remarks = ledger::RemarksAbout(rooms_.ledger, all);
  if (!remarks.ok()) return remarks.status();
  const Date today = Date::Of(report.made_at);
  const uint32_t late_after_days = rooms_.policies.InForce()->late_after_days;
  for (const book::Profile& customer : report.customers) {
    auto page = book::ListOrders(rooms_.book, {.customer = customer.id}, kMaxReportOrders);
    if (absl::IsNotFound(page.status())) continue;  // erased a moment ago
    if (!page.ok()) return page.status();
    report.orders.more = report.orders.more || page->next.has_value();
    for (book::NamedOrder& order : page->orders) {
      const auto standing =
          decision::StandingOf(remarks->Of(order.name, order.order), today, late_after_days);
      report.orders.items.push_back({std::move(order), standing.outcome});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<OwnIncident> Reports::Describe(ledger::IncidentView view) const {
  OwnIncident own;
  const evidence::CharterHash& made_under = view.incident.charter;
  const auto charter = made_under.IsZero() ? nullptr : rooms_.charters.Find(made_under);
  own.kept_until =
      subject::KeptUntil(view, charter != nullptr ? *charter : *rooms_.charters.InForce());
  for (const std::optional<ledger::Publication>& publication : view.events) {
    own.arrivals.emplace_back();
    if (!publication.has_value()) continue;
    auto arrivals = rooms_.arrivals.Of(publication->index);
    if (!arrivals.ok()) return arrivals.status();
    own.arrivals.back() = *std::move(arrivals);
  }
  auto requests = ledger::RequestsAbout(rooms_.store, rooms_.vault, view.incident.id);
  if (!requests.ok()) return requests.status();
  for (ledger::ProofRequest& request : *requests) {
    if (request.state != ledger::ProofRequestState::kDisclosed) continue;
    own.handed_out.push_back(std::move(request));
  }
  own.view = std::move(view);
  return own;
}

absl::Status Reports::AddIncidents(const Known& all, const Known& known, Report& report) const {
  auto incidents = rooms_.ledger.About(all);
  if (!incidents.ok()) return incidents.status();
  for (ledger::IncidentView& view : *incidents) {
    if (!IsAbout(view.incident.account, known, report.customers)) continue;
    if (report.incidents.items.size() == kMaxReportIncidents) {
      report.incidents.more = true;
      break;
    }
    auto described = Describe(std::move(view));
    if (!described.ok()) return described.status();
    report.incidents.items.push_back(*std::move(described));
  }
  return absl::OkStatus();
}

absl::Status Reports::AddDecisions(const Known& known, Report& report) const {
  constexpr UnixMillis kFirst{0};
  constexpr UnixMillis kLast{std::numeric_limits<int64_t>::max()};
  std::set<check::ReceiptLog::Made, std::greater<>> made;  // a check may name several of them
  for (const decision::Subject& subject : rooms_.checker.SubjectsOf(known)) {
    auto about = rooms_.receipts.About(subject, kFirst, kLast);
    if (!about.ok()) return about.status();
    made.insert(about->begin(), about->end());
    if (about->size() < check::kMaxReceiptsAbout) continue;
    auto older = rooms_.receipts.About(subject, kFirst, {about->back().at.value - 1});
    if (!older.ok()) return older.status();
    report.decisions.more = report.decisions.more || !older->empty();
  }
  for (const check::ReceiptLog::Made& one : made) {
    if (report.decisions.items.size() == kMaxReportDecisions) {
      report.decisions.more = true;
      break;
    }
    auto stored = rooms_.receipts.Get(one.id);
    if (absl::IsNotFound(stored.status())) continue;  // its body was deleted
    if (!stored.ok()) return stored.status();
    OwnDecision decision{one.id, one.at, stored->record.body.verdict.effect, stored->record.because,
                         std::nullopt};
    auto followed = rooms_.outcomes.Of(one.id);
    if (!followed.ok()) return followed.status();
    if (followed->has_value() && (*followed)->override.has_value()) {
      decision.overridden_to = (*followed)->override->effect;
    }
    report.decisions.items.push_back(std::move(decision));
  }
  return absl::OkStatus();
}

Date Reports::KeptUntil(const decision::PartnerRecord& record) const {
  uint32_t months = evidence::kMaxRetentionMonths;
  if (const auto mirror = rooms_.followers.MirrorOf(record.origin); mirror != nullptr) {
    const partners::MirrorView view = mirror->View();
    const evidence::CharterHash* stated = nullptr;
    for (const partners::CharterEntry& entry : view.charters) {
      if (entry.index < record.index) stated = &entry.charter;
    }
    const auto charter = stated == nullptr ? nullptr : rooms_.charters.Find(*stated);
    if (charter != nullptr) {
      const auto profile = charter->reasons.find(record.reason);
      if (profile != charter->reasons.end()) months = profile->second.retention_months;
    }
  }
  return evidence::LastDayKept(record.occurred, months);
}

absl::Status Reports::AddPartners(Report& report) const {
  const std::span<const identity::Identifier> asked(&report.identifier, 1);
  auto found = rooms_.lookup.Ask(asked, partner_deadline_);
  if (!found.ok()) return found.status();
  std::map<std::string, partners::Partner> known;
  std::vector<partners::Partner> inactive;
  for (const partners::Partner& partner : rooms_.registry.All()) {
    const bool was_asked =
        std::any_of(found->answers.begin(), found->answers.end(),
                    [&](const auto& answer) { return answer.origin == partner.origin; });
    if (!was_asked) inactive.push_back(partner);
    known.emplace(partner.origin, partner);
  }
  auto kept = rooms_.lookup.FindKept(inactive, asked);
  if (!kept.ok()) return kept.status();
  for (decision::PartnerRecord& record : kept->records) {
    const bool weighs = record.status == decision::EntryStatus::kLive ||
                        record.status == decision::EntryStatus::kSettled;
    if (weighs) record.status = decision::EntryStatus::kSetAside;  // until the partner is active
    found->records.push_back(std::move(record));
  }
  std::move(kept->answers.begin(), kept->answers.end(), std::back_inserter(found->answers));
  std::sort(found->answers.begin(), found->answers.end(),
            [](const auto& a, const auto& b) { return a.origin < b.origin; });
  std::sort(found->records.begin(), found->records.end(),
            [](const auto& a, const auto& b) { return a.index < b.index; });
  size_t entries = 0;
  for (decision::PartnerAnswer& answer : found->answers) {
    PartnerLog log;
    log.name = known.at(answer.origin).name;
    log.pairing = known.at(answer.origin).status;
    for (const decision::PartnerRecord& record : found->records) {
      if (record.origin != answer.origin) continue;
      if (++entries > kMaxReportEntries) {
        report.more_entries = true;
        break;
      }
      log.entries.push_back({record, KeptUntil(record)});
    }
    log.answer = std::move(answer);
    report.partners.push_back(std::move(log));
  }
  return absl::OkStatus();
}

// What was asked of partners, and passed on to them, names a report and not the person: whose it is
// the lookups tell.
absl::Status Reports::AddHandled(const Known& known, Report& report) const {
  auto asked = rooms_.proof_requests.List();
  if (!asked.ok()) return asked.status();
  auto passed_on = rooms_.relayer.List(partners::kMaxRelaysKept);
  if (!passed_on.ok()) return passed_on.status();
  if (asked->empty() && passed_on->empty()) return absl::OkStatus();
  std::set<std::pair<std::string, uint64_t>> about;  // the person: issuer, index
  const std::vector<partners::Partner> all = rooms_.registry.All();
  for (size_t i = 0; i < known.size(); i += evidence::kMaxIdentifiersPerEntry) {
    const auto some =
        std::span(known).subspan(i, std::min(evidence::kMaxIdentifiersPerEntry, known.size() - i));
    auto found = rooms_.lookup.FindKept(all, some);
    if (!found.ok()) return found.status();
    for (const decision::PartnerRecord& record : found->records) {
      about.emplace(record.origin, record.index);
    }
  }
  for (partners::AskedProof& one : *asked) {
    if (about.count({one.issuer, one.report}) == 0) continue;
    AddTo(report.asked_proof, kMaxReportAsked, std::move(one));
  }
  for (partners::RelayView& one : *passed_on) {
    const evidence::RelayStatement& statement = one.relay.statement;
    if (about.count({statement.issuer, statement.index}) == 0) continue;
    AddTo(report.passed_on, kMaxReportPassedOn, std::move(one));
  }
  return absl::OkStatus();
}

}  // namespace daftar::subject
