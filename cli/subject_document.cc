#include "cli/subject_document.h"

#include <algorithm>
#include <utility>

#include "cli/decision_words.h"
#include "cli/subject_words.h"
#include "node/decision/subject_texts.h"
#include "node/decision/wording.h"

namespace daftar::cli {
namespace {

using decision::Fill;
using decision::Language;
using decision::SubjectText;

// "deposit paid, ..." as a heading.
std::string Capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

template <class Texts>
std::string Joined(const Texts& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

// Writes one report.
class Writer {
 public:
  Writer(const v1::SubjectReport& report, Language language)
      : report_(report), language_(language) {}
  Document Write() const;

 private:
  std::string Say(SubjectText text) const { return std::string(decision::Words(language_, text)); }
  std::string Say(SubjectText text, const std::string& argument) const {
    return Fill(language_, text, {argument});
  }
  std::string Day(const std::string& iso) const { return DayIn(iso, language_); }
  std::string OnlyNewest(int count) const {
    return Say(SubjectText::kOnlyNewest, std::to_string(count));
  }

  DocumentSection HeldHere() const;
  std::string Warned() const;
  DocumentEntry Customer(const v1::SubjectCustomer& customer) const;
  DocumentEntry Orders() const;
  DocumentEntry Decisions() const;
  DocumentEntry Incident(const v1::SubjectIncident& incident) const;
  std::string SharedText(const v1::SubjectIncident& incident) const;
  std::string KeptText(const v1::SubjectIncident& incident) const;
  DocumentTable Changes(const v1::SubjectIncident& incident) const;
  DocumentTable Proofs(const v1::SubjectIncident& incident) const;
  DocumentTable Told(const v1::SubjectIncident& incident) const;
  std::string HolderText(const v1::SubjectCopy& copy) const;
  DocumentTable HandedOut(const v1::SubjectIncident& incident) const;
  DocumentSection PartnersSay() const;
  DocumentSection AskedOfPartners() const;
  DocumentEntry ProofAsked() const;
  DocumentEntry PassedOn() const;
  DocumentEntry Partner(const v1::SubjectPartner& partner) const;
  std::string EntryStateIn(const std::string& status) const;
  DocumentSection Rights() const;

  const v1::SubjectReport& report_;
  const Language language_;
};

Document Writer::Write() const {
  Document document;
  document.language = language_;
  document.title = Say(SubjectText::kTitle);
  document.facts = {
      {Say(SubjectText::kAskedAbout), report_.identifier()},
      {Say(SubjectText::kMadeOn), MomentIn(report_.made_at(), language_)},
      {Say(SubjectText::kMadeBy), report_.shop() + " (" + report_.origin() + ")"},
      {Say(SubjectText::kCircle), report_.circle()},
      {Say(SubjectText::kPurpose), report_.purpose()},
  };
  document.paragraphs = {Say(SubjectText::kIntro)};
  document.sections = {HeldHere(), PartnersSay(), AskedOfPartners(), Rights()};
  return document;
}

DocumentSection Writer::HeldHere() const {
  DocumentSection section{Say(SubjectText::kHeldHere), {}, {}};
  for (const auto& customer : report_.customers()) section.entries.push_back(Customer(customer));
  if (!report_.orders().empty()) section.entries.push_back(Orders());
  for (const auto& incident : report_.incidents()) section.entries.push_back(Incident(incident));
  if (!report_.decisions().empty()) section.entries.push_back(Decisions());
  if (report_.has_warning()) section.paragraphs.push_back(Warned());
  if (section.entries.empty() && section.paragraphs.empty()) {
    section.paragraphs.push_back(Say(SubjectText::kNothingHere));
  }
  if (report_.more_incidents()) {
    section.paragraphs.push_back(Say(SubjectText::kIncidents) + ": " +
                                 OnlyNewest(report_.incidents_size()));
  }
  return section;
}

std::string Writer::Warned() const {
  const std::string& kind = report_.warning().kind();
  const std::string because = report_.warning().because();
  return Say(kind == "own"      ? SubjectText::kWarnedOwn
             : kind == "review" ? SubjectText::kWarnedReview
                                : SubjectText::kWarnedCleared,
             Day(report_.warning().at())) +
         (because.empty() ? "" : " (" + because + ")");
}

DocumentEntry Writer::Customer(const v1::SubjectCustomer& customer) const {
  const std::string trusted =
      customer.trusted_since().empty()
          ? ""
          : Day(customer.trusted_since()) + ": " + customer.trusted_because();
  return {Say(SubjectText::kCustomer),
          {},
          {{Say(SubjectText::kName), customer.name()},
           {Say(SubjectText::kSince), Day(customer.added_at())},
           {Say(SubjectText::kOtherIdentifiers), Joined(customer.other_identifiers())},
           {Say(SubjectText::kGroups), Joined(customer.groups())},
           {Say(SubjectText::kTrusted), trusted},
           {Say(SubjectText::kKept), Say(SubjectText::kKeptOpen)}},
          {}};
}

DocumentEntry Writer::Orders() const {
  DocumentEntry entry{Say(SubjectText::kOrders), {}, {}, {}};
  if (report_.more_orders()) entry.paragraphs.push_back(OnlyNewest(report_.orders_size()));
  DocumentTable table;
  table.header = {Say(SubjectText::kInvoice), Say(SubjectText::kOrdered),
                  Say(SubjectText::kAmount),  Say(SubjectText::kDue),
                  Say(SubjectText::kPaid),    Say(SubjectText::kOutcome)};
  for (const auto& order : report_.orders()) {
    table.rows.push_back({order.invoice(), Day(order.invoiced()),
                          MoneyIn(order.amount(), language_), Day(order.due()), Day(order.paid()),
                          OutcomeIn(order.outcome(), language_)});
  }
  entry.tables.push_back(std::move(table));
  return entry;
}

DocumentEntry Writer::Decisions() const {
  DocumentEntry entry{Say(SubjectText::kDecisions), {Say(SubjectText::kDecisionsKept)}, {}, {}};
  if (report_.more_decisions()) entry.paragraphs.push_back(OnlyNewest(report_.decisions_size()));
  DocumentTable table;
  table.header = {Say(SubjectText::kWhen), Say(SubjectText::kDecision), Say(SubjectText::kWhy)};
  for (const auto& decision : report_.decisions()) {
    std::string effect = EffectIn(decision.effect(), language_);
    if (decision.overridden_to() != v1::EFFECT_UNSPECIFIED) {
      effect = Fill(language_, SubjectText::kDecidedOtherwise,
                    {effect, EffectIn(decision.overridden_to(), language_)});
    }
    table.rows.push_back({Day(decision.at()), std::move(effect), decision.because()});
  }
  entry.tables.push_back(std::move(table));
  return entry;
}

std::string Writer::SharedText(const v1::SubjectIncident& incident) const {
  if (!incident.shareable()) return Say(SubjectText::kNeverShared);
  if (incident.shared_since().empty()) return Say(SubjectText::kNotShared);
  return Say(SubjectText::kSharedSince, Day(incident.shared_since()));
}

std::string Writer::KeptText(const v1::SubjectIncident& incident) const {
  if (incident.erased()) return "";
  return incident.kept_until().empty() ? Say(SubjectText::kKeptAsked)
                                       : Say(SubjectText::kKeptUntil, Day(incident.kept_until()));
}

DocumentEntry Writer::Incident(const v1::SubjectIncident& incident) const {
  DocumentEntry entry;
  entry.heading = Capital(ReasonIn(incident.reason(), language_));
  std::vector<std::string> reminders;
  for (const std::string& reminder : incident.reminders()) reminders.push_back(Day(reminder));
  std::vector<std::string> speaks;
  for (const std::string& name : incident.mitigations()) {
    speaks.push_back(MitigationIn(name, language_));
  }
  const std::string objection = incident.disputed_on().empty()
                                    ? ""
                                    : Say(SubjectText::kObjectionBy, Day(incident.disputed_on()));
  entry.facts = {{Say(SubjectText::kState), IncidentStateIn(incident.state(), language_)},
                 {Say(SubjectText::kAmount), MoneyIn(incident.amount(), language_)},
                 {Say(SubjectText::kHappened), Day(incident.occurred())},
                 {Say(SubjectText::kDue), Day(incident.due())},
                 {Say(SubjectText::kReminded), Joined(reminders)},
                 {Say(SubjectText::kToldOn), Day(incident.told_on())},
                 {Say(SubjectText::kFiled), Day(incident.filed_at())},
                 {Say(SubjectText::kShared), SharedText(incident)},
                 {Say(SubjectText::kKept), KeptText(incident)},
                 {Say(SubjectText::kObjectionOpen), objection},
                 {Say(SubjectText::kForYou), Joined(speaks)},
                 {Say(SubjectText::kNote), incident.note()},
                 {Say(SubjectText::kNoticeCode), incident.notice_code()}};
  if (incident.erased()) entry.paragraphs.push_back(Say(SubjectText::kErased));
  entry.tables.push_back(Changes(incident));
  if (!incident.proofs().empty()) entry.tables.push_back(Proofs(incident));
  if (DocumentTable told = Told(incident); !told.rows.empty()) {
    entry.tables.push_back(std::move(told));
  }
  if (!incident.handed_out().empty()) entry.tables.push_back(HandedOut(incident));
  return entry;
}

DocumentTable Writer::Changes(const v1::SubjectIncident& incident) const {
  DocumentTable table;
  table.heading = Say(SubjectText::kChanges);
  if (incident.more_changes()) table.paragraphs.push_back(OnlyNewest(incident.changes_size()));
  table.header = {Say(SubjectText::kWhen), Say(SubjectText::kWhat), Say(SubjectText::kBy),
                  Say(SubjectText::kRemark)};
  for (const auto& change : incident.changes()) {
    SubjectText by = change.by_node() ? SubjectText::kByNode : SubjectText::kByPerson;
    if (change.through_partner()) by = SubjectText::kByPartner;
    std::string remark = change.because();
    // What the node itself noted of that says no more, and in English.
    if (change.through_partner()) remark.clear();
    if (change.by_node()) remark = NodeRemarkIn(remark, language_);
    table.rows.push_back(
        {Day(change.at()), ActionIn(change.action(), language_), Say(by), std::move(remark)});
  }
  return table;
}

DocumentTable Writer::Proofs(const v1::SubjectIncident& incident) const {
  DocumentTable table;
  table.heading = Say(SubjectText::kProofs);
  table.header = {Say(SubjectText::kKind), Say(SubjectText::kType), Say(SubjectText::kSize),
                  Say(SubjectText::kAdded)};
  for (const auto& proof : incident.proofs()) {
    table.rows.push_back({ProofKindIn(proof.kind(), language_), proof.media_type(),
                          SizeText(proof.bytes()), Day(proof.added_at())});
  }
  return table;
}

DocumentTable Writer::HandedOut(const v1::SubjectIncident& incident) const {
  DocumentTable table;
  table.heading = Say(SubjectText::kHandedOut);
  table.header = {Say(SubjectText::kPartner), Say(SubjectText::kKind), Say(SubjectText::kWhen),
                  Say(SubjectText::kFetched)};
  for (const auto& handover : incident.handed_out()) {
    std::vector<std::string> kinds;
    for (const std::string& kind : handover.kinds()) kinds.push_back(ProofKindIn(kind, language_));
    table.rows.push_back(
        {handover.partner(), Joined(kinds), Day(handover.disclosed_at()),
         handover.fetched_at().empty() ? Say(SubjectText::kNotYet) : Day(handover.fetched_at())});
  }
  return table;
}

std::string Writer::HolderText(const v1::SubjectCopy& copy) const {
  if (copy.pairing() == "suspended") return Say(SubjectText::kNowSuspended, copy.partner());
  if (copy.pairing() == "removed") return Say(SubjectText::kNowRemoved, copy.partner());
  return copy.partner();
}

DocumentTable Writer::Told(const v1::SubjectIncident& incident) const {
  DocumentTable table;
  table.heading = Say(SubjectText::kTold);
  // Of what was erased a copy has nothing to read.
  if (!incident.erased()) table.paragraphs = {Say(SubjectText::kToldMeans)};
  table.header = {Say(SubjectText::kPartner), Say(SubjectText::kWhat),
                  Say(SubjectText::kHoldsSince)};
  for (const auto& change : incident.changes()) {
    for (const auto& copy : change.copies()) {
      table.rows.push_back(
          {HolderText(copy), EntryIn(change.action(), language_),
           copy.applied_at().empty() ? Say(SubjectText::kNotYet) : Day(copy.applied_at())});
    }
  }
  return table;
}

DocumentSection Writer::PartnersSay() const {
  DocumentSection section{Say(SubjectText::kPartnersSay), {Say(SubjectText::kPartnersHow)}, {}};
  for (const auto& partner : report_.partners()) section.entries.push_back(Partner(partner));
  if (report_.partners().empty()) section.paragraphs = {Say(SubjectText::kNoPartners)};
  if (report_.more_entries()) section.paragraphs.push_back(Say(SubjectText::kMoreEntries));
  return section;
}

DocumentEntry Writer::Partner(const v1::SubjectPartner& partner) const {
  DocumentEntry entry;
  entry.heading =
      partner.name().empty() ? partner.origin() : partner.name() + " (" + partner.origin() + ")";
  const bool inactive = partner.pairing() == "suspended" || partner.pairing() == "removed";
  if (inactive) {
    entry.paragraphs.push_back(
        Say(partner.pairing() == "removed" ? SubjectText::kRemoved : SubjectText::kSuspended));
    entry.paragraphs.push_back(Say(partner.state() == v1::PARTNER_STATE_NOT_CHECKED
                                       ? SubjectText::kMayLack
                                       : SubjectText::kFromCopy));
  } else if (partner.state() == v1::PARTNER_STATE_NOT_CHECKED) {
    const std::string_view why = decision::NotCheckedBecause(partner.error(), language_);
    entry.paragraphs.push_back(
        Say(SubjectText::kNotAsked, why.empty() ? "" : " (" + std::string(why) + ")"));
  } else if (partner.state() == v1::PARTNER_STATE_STALE) {
    entry.paragraphs.push_back(
        Say(SubjectText::kOldData, decision::AgeText(partner.data_age_s(), language_)));
  }
  if (partner.entries().empty() && partner.state() != v1::PARTNER_STATE_NOT_CHECKED) {
    entry.paragraphs.push_back(Say(SubjectText::kNothingFound));
  }
  if (partner.entries().empty()) return entry;
  DocumentTable table;
  table.header = {Say(SubjectText::kWhy),      Say(SubjectText::kState),
                  Say(SubjectText::kAmount),   Say(SubjectText::kHappened),
                  Say(SubjectText::kReported), Say(SubjectText::kKept)};
  for (const auto& row : partner.entries()) {
    const bool ended = row.kept_until().empty();
    table.rows.push_back({Capital(ReasonIn(row.reason(), language_)), EntryStateIn(row.status()),
                          MoneyIn(row.amount(), language_), Day(row.occurred()),
                          Day(row.reported_at()),
                          ended ? "" : Say(SubjectText::kKeptUntil, Day(row.kept_until()))});
  }
  entry.tables.push_back(std::move(table));
  return entry;
}

DocumentSection Writer::AskedOfPartners() const {
  DocumentSection section{Say(SubjectText::kAskedOfPartners), {}, {}};
  if (report_.asked_proof().empty()) {
    section.paragraphs.push_back(Say(SubjectText::kNoProofAsked));
  } else {
    section.entries.push_back(ProofAsked());
  }
  if (report_.passed_on().empty()) {
    section.paragraphs.push_back(Say(SubjectText::kNonePassedOn));
  } else {
    section.entries.push_back(PassedOn());
  }
  return section;
}

DocumentEntry Writer::ProofAsked() const {
  DocumentEntry entry{Say(SubjectText::kProofAsked), {Say(SubjectText::kProofAskedMeans)}, {}, {}};
  if (report_.more_asked_proof()) {
    entry.paragraphs.push_back(OnlyNewest(report_.asked_proof_size()));
  }
  DocumentTable table;
  table.header = {Say(SubjectText::kPartner), Say(SubjectText::kAskedOn), Say(SubjectText::kBecame),
                  Say(SubjectText::kSince),   Say(SubjectText::kKind),    Say(SubjectText::kKept)};
  for (const auto& asked : report_.asked_proof()) {
    std::vector<std::string> kinds;
    for (const std::string& kind : asked.kinds()) kinds.push_back(ProofKindIn(kind, language_));
    const std::string& until = asked.kept_until();
    table.rows.push_back({asked.partner(), Day(asked.asked_at()),
                          AskedProofStateIn(asked.state(), language_), Day(asked.since()),
                          Joined(kinds),
                          until.empty() ? "" : Say(SubjectText::kKeptUntil, Day(until))});
  }
  entry.tables.push_back(std::move(table));
  return entry;
}

DocumentEntry Writer::PassedOn() const {
  DocumentEntry entry{Say(SubjectText::kPassedOn), {Say(SubjectText::kPassedOnMeans)}, {}, {}};
  if (report_.more_passed_on()) entry.paragraphs.push_back(OnlyNewest(report_.passed_on_size()));
  DocumentTable table;
  table.header = {Say(SubjectText::kPartner), Say(SubjectText::kObjectedOn),
                  Say(SubjectText::kPassedOnSince), Say(SubjectText::kBecame)};
  for (const auto& relay : report_.passed_on()) {
    const std::string noted = Day(relay.partner_disputed_at());
    table.rows.push_back({relay.partner(), Day(relay.disputed_on()), Day(relay.passed_on_at()),
                          PassedOnStateIn(relay.state(), relay.partner_told(), language_) +
                              (noted.empty() ? "" : " (" + noted + ")")});
  }
  entry.tables.push_back(std::move(table));
  return entry;
}

// To a person "live" says nothing.
std::string Writer::EntryStateIn(const std::string& status) const {
  return status == "live" ? Say(SubjectText::kStatePublished) : StatusIn(status, language_);
}

DocumentSection Writer::Rights() const {
  DocumentSection section{Say(SubjectText::kRights), {}, {}};
  section.paragraphs.push_back(
      Say(SubjectText::kObject, std::to_string(report_.answer_within_days())));
  const bool coded =
      std::any_of(report_.incidents().begin(), report_.incidents().end(),
                  [](const auto& incident) { return !incident.notice_code().empty(); });
  if (coded) section.paragraphs.push_back(Say(SubjectText::kObjectCode));
  for (const SubjectText text : {SubjectText::kObjectPartner, SubjectText::kCorrect,
                                 SubjectText::kErase, SubjectText::kAuthority}) {
    section.paragraphs.push_back(Say(text));
  }
  return section;
}

}  // namespace

Document DocumentOf(const v1::SubjectReport& report, Language language) {
  return Writer(report, language).Write();
}

}  // namespace daftar::cli
