#include "node/service/incident_handlers.h"

#include <algorithm>

#include "node/decision/letter.h"
#include "node/decision/texts.h"
#include "node/evidence/admissibility.h"
#include "node/ledger/deadlines.h"
#include "node/service/convert.h"

namespace daftar::service {
namespace {

// Whether it is an incident's id; else it can only be the code of a notice.
bool LooksLikeId(const std::string& text) { return text.size() == 2 * ledger::IncidentId::kSize; }

template <class Response>
absl::StatusOr<Response> Told(const Actor& actor, absl::StatusOr<ledger::IncidentView> view) {
  if (!view.ok()) return view.status();
  Response response;
  *response.mutable_incident() = ToProto(*view, actor);
  return response;
}

absl::StatusOr<std::string> LetterFor(Node& node, const ledger::IncidentView& view,
                                      const v1::GiveNoticeRequest& request,
                                      decision::Language language) {
  const ledger::NewIncident account = view.incident.Standing();
  // What the first letter said holds for one that is printed again.
  const auto told = view.incident.charter.IsZero() ? std::shared_ptr<const evidence::Charter>()
                                                   : node.charters().Find(view.incident.charter);
  const evidence::Charter& charter = told != nullptr ? *told : node.charter();
  const auto profile = charter.reasons.find(account.reason);
  if (profile == charter.reasons.end()) {
    return absl::FailedPreconditionError(
        "the charter does not let this reason be shared; there is nothing to give notice of");
  }
  const evidence::UnixMillis now = node.clock().Now();
  // As it will be once the notice is noted, where it is not yet.
  const int64_t held_until = view.incident.held_until != 0
                                 ? view.incident.held_until
                                 : now.seconds() + int64_t{profile->second.hold_hours} * 3600;
  const int64_t noticed_at =
      view.incident.noticed_at != 0 ? view.incident.noticed_at : now.seconds();
  decision::LetterFields fields;
  fields.shop = node.config().name;
  fields.customer = request.to();
  fields.signature = request.signature();
  fields.date = evidence::Date::Of(now);
  decision::NoticeFacts facts;
  facts.reason = account.reason;
  facts.amount = account.amount;
  facts.occurred = account.occurred;
  facts.due = account.due;
  facts.answer_by = ledger::LastDayToAnswer(noticed_at, held_until);
  facts.erased_by = evidence::LastDayKept(account.occurred, profile->second.retention_months);
  facts.withdrawn_hours = charter.withdraw_after_settlement_hours;
  facts.circle = charter.name;
  // A suspended partner is a member still, and keeps its copies.
  const std::vector<partners::Partner> partners = node.registry().All();
  facts.members =
      static_cast<size_t>(std::ranges::count_if(partners, [](const partners::Partner& partner) {
        return partner.status != partners::PartnerStatus::kRemoved;
      }));
  facts.how_to_pay = request.how_to_pay();
  facts.contact = request.contact();
  facts.code = node.ledger().NoticeCode(view.incident.id);
  return decision::NoticeLetter(language, fields, facts);
}

}  // namespace

absl::StatusOr<v1::ApproveIncidentResponse> IncidentHandlers::ApproveIncident(
    const Actor& actor, const v1::ApproveIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "IncidentService/ApproveIncident"); !s.ok()) return s;
  auto id = IncidentIdFromProto(request.id());
  if (!id.ok()) return id.status();
  return Told<v1::ApproveIncidentResponse>(
      actor, node_.ledger().Approve({actor.name, request.request_id()}, *id));
}

absl::StatusOr<v1::GiveNoticeResponse> IncidentHandlers::GiveNotice(
    const Actor& actor, const v1::GiveNoticeRequest& request) {
  if (absl::Status s = Authorise(actor, "IncidentService/GiveNotice"); !s.ok()) return s;
  auto id = IncidentIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto language = LanguageFromProto(request.language());
  if (!language.ok()) return language.status();
  auto seen = node_.ledger().Get(*id);
  if (!seen.ok()) return seen.status();
  // A letter that cannot be made begins no hold.
  auto letter = LetterFor(node_, *seen, request, *language);
  if (!letter.ok()) return letter.status();
  auto noticed = node_.ledger().Notice({actor.name, request.request_id()}, *id);
  if (!noticed.ok()) return noticed.status();
  letter = LetterFor(node_, *noticed, request, *language);
  if (!letter.ok()) return letter.status();
  v1::GiveNoticeResponse response;
  *response.mutable_incident() = ToProto(*noticed, actor);
  response.set_letter(*std::move(letter));
  response.set_code(node_.ledger().NoticeCode(*id));
  return response;
}

absl::StatusOr<v1::DisputeIncidentResponse> IncidentHandlers::DisputeIncident(
    const Actor& actor, const v1::DisputeIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "IncidentService/DisputeIncident"); !s.ok()) return s;
  auto id = LooksLikeId(request.id()) ? IncidentIdFromProto(request.id())
                                      : node_.ledger().ByNoticeCode(request.id());
  if (!id.ok()) return id.status();
  ledger::NewDispute dispute;
  if (request.by() == "shop") {
    dispute.by = evidence::DisputedBy::kShop;
  } else if (!request.by().empty() && request.by() != "person") {
    return absl::InvalidArgumentError("by: person or shop");
  }
  auto day = DateFromProto(request.on(), "on");
  if (!day.ok()) return day.status();
  dispute.on = *day;
  return Told<v1::DisputeIncidentResponse>(
      actor,
      node_.ledger().Dispute({actor.name, request.request_id()}, *id, dispute, request.because()));
}

absl::StatusOr<v1::ResolveIncidentResponse> IncidentHandlers::ResolveIncident(
    const Actor& actor, const v1::ResolveIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "IncidentService/ResolveIncident"); !s.ok()) return s;
  auto id = IncidentIdFromProto(request.id());
  if (!id.ok()) return id.status();
  if (request.outcome() != "upheld" && request.outcome() != "withdrawn") {
    return absl::InvalidArgumentError(
        "outcome: upheld (the report stands) or withdrawn (the customer was right)");
  }
  return Told<v1::ResolveIncidentResponse>(
      actor, node_.ledger().Resolve({actor.name, request.request_id()}, *id,
                                    request.outcome() == "upheld", request.because()));
}

absl::StatusOr<v1::CorrectIncidentResponse> IncidentHandlers::CorrectIncident(
    const Actor& actor, const v1::CorrectIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "IncidentService/CorrectIncident"); !s.ok()) return s;
  auto id = IncidentIdFromProto(request.id());
  if (!id.ok()) return id.status();
  ledger::Correction correction;
  if (request.has_amount()) {
    auto amount = FromProto(request.amount());
    if (!amount.ok()) return amount.status();
    correction.amount = *amount;
  }
  if (!request.occurred().empty()) {
    auto day = DateFromProto(request.occurred(), "occurred");
    if (!day.ok()) return day.status();
    correction.occurred = *day;
  }
  if (!request.due().empty()) {
    auto day = DateFromProto(request.due(), "due");
    if (!day.ok()) return day.status();
    correction.due = *day;
  }
  if (!request.told_on().empty()) {
    auto day = DateFromProto(request.told_on(), "told_on");
    if (!day.ok()) return day.status();
    correction.told_on = *day;
  }
  for (const std::string& text : request.reminders()) {
    auto day = DateFromProto(text, "reminders");
    if (!day.ok()) return day.status();
    if (!correction.reminders) correction.reminders.emplace();
    correction.reminders->push_back(*day);
  }
  return Told<v1::CorrectIncidentResponse>(
      actor, node_.ledger().Correct({actor.name, request.request_id()}, *id, correction,
                                    request.because()));
}

absl::StatusOr<v1::EraseIncidentResponse> IncidentHandlers::EraseIncident(
    const Actor& actor, const v1::EraseIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "IncidentService/EraseIncident"); !s.ok()) return s;
  auto id = IncidentIdFromProto(request.id());
  if (!id.ok()) return id.status();
  if (request.ground() != "request" && request.ground() != "mistake") {
    return absl::InvalidArgumentError(
        "ground: request (the customer asked for it) or mistake (it should never have been filed)");
  }
  const auto ground = request.ground() == "request" ? evidence::ErasureGround::kRequest
                                                    : evidence::ErasureGround::kMistake;
  return Told<v1::EraseIncidentResponse>(
      actor,
      node_.ledger().Erase({actor.name, request.request_id()}, *id, ground, request.because()));
}

}  // namespace daftar::service
