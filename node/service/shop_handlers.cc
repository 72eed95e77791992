#include "node/service/shop_handlers.h"

#include "node/check/overrides.h"
#include "node/decision/texts.h"
#include "node/ledger/suggest.h"
#include "node/service/convert.h"
#include "node/service/disclosure_handlers.h"
#include "node/service/partner_privacy.h"

namespace daftar::service {
namespace {

evidence::Date Today(const Node& node) { return evidence::Date::Of(node.clock().Now()); }

}  // namespace

absl::StatusOr<v1::CheckResponse> ShopHandlers::Check(const Actor& actor,
                                                      const v1::CheckRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/Check"); !s.ok()) return s;
  check::Question question;
  auto identifiers =
      FromProto(request.identifiers(), node_.config().region, check::kMaxIdentifiersPerCheck);
  if (!identifiers.ok()) return identifiers.status();
  question.identifiers = *std::move(identifiers);
  if (request.has_amount()) {
    auto amount = FromProto(request.amount());
    if (!amount.ok()) return amount.status();
    question.order.amount = *amount;
  }
  auto terms = FromProto(request.terms());
  if (!terms.ok()) return terms.status();
  question.order.terms = *terms;
  auto language = LanguageFromProto(request.language());
  if (!language.ok()) return language.status();
  auto test = test_mode_.Find(question.identifiers);
  if (!test.ok()) return test.status();
  if (test->has_value()) {
    if (absl::Status s = test_mode_.Before(**test); !s.ok()) return s;
  }
  auto answer = node_.checker().Check({actor.name, request.request_id()}, question);
  if (!answer.ok()) return answer.status();
  v1::CheckResponse response = ToProto(*answer, *language);
  if (test->has_value()) {
    absl::Status made_up = test_mode_.After(**test, *answer, *language, response);
    if (!made_up.ok()) return made_up;
  }
  for (const identity::Identifier& identifier : question.identifiers) {
    if (TestAnswerOf(identifier).has_value()) continue;  // said already
    if (!node_.book().warnings().WhyRefused(identifier).has_value()) continue;
    response.add_notes(decision::Fill(*language, decision::Text::kBelongsToNobody,
                                      {identity::Masked(identifier)}));
  }
  auto known = node_.book().FindByIdentifiers(question.identifiers);
  if (!known.ok()) return known.status();
  // Identifiers of several: the answer is about all of them, and one is enough to look further.
  if (!known->empty()) response.set_customer(known->front().hex());
  if (!MaySeePartners(actor)) HidePartners(response);
  // What is only on trial is told to no one who acts on the answer alone.
  if (actor.roles.Meets(Roles{Role::kManager, Role::kOperator, Role::kAuditor}) &&
      answer->trial.has_value()) {
    response.set_trial(ToProto(answer->trial->effect));
  }
  return response;
}

absl::StatusOr<v1::GetReceiptResponse> ShopHandlers::GetReceipt(
    const Actor& actor, const v1::GetReceiptRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/GetReceipt"); !s.ok()) return s;
  auto id = ReceiptFromProto(request.receipt());
  if (!id.ok()) return id.status();
  auto language = LanguageFromProto(request.language());
  if (!language.ok()) return language.status();
  auto receipt = node_.receipts().Get(*id);
  if (!receipt.ok()) return receipt.status();
  auto policy = node_.policies().ByHash(receipt->record.body.policy);
  if (!policy.ok()) return policy.status();
  v1::GetReceiptResponse out = ToProto(*receipt, *policy, *language);
  if (!MaySeePartners(actor)) HidePartners(out);
  auto followed = node_.outcomes().Of(*id);
  if (!followed.ok()) return followed.status();
  if (!followed->has_value()) return out;
  if ((*followed)->override.has_value()) {
    SetOverride(*(*followed)->override, receipt->record.body, *policy, *language, out);
    auto all = check::OverridesOf(node_.store(), node_.vault(), *id, (*followed)->checked_at);
    if (!all.ok()) return all.status();
    // The first is the one in force.
    for (size_t i = 1; i < all->size(); ++i) *out.add_earlier_overrides() = ToProto((*all)[i]);
  }
  out.set_outcome(std::string(check::OutcomeName((*followed)->outcome)));
  out.set_outcome_at((*followed)->outcome_on.ToString());
  return out;
}

absl::StatusOr<ledger::NewIncident> ShopHandlers::AccountFrom(
    const v1::AddIncidentRequest& request) const {
  ledger::NewIncident account;
  if (!request.reason().empty() || request.order().empty()) {
    auto reason = evidence::ReasonFromName(request.reason());
    if (!reason.ok()) return reason.status();
    account.reason = *reason;
  } else {
    account.reason = evidence::Reason::kInvoiceOverdue;
  }
  if (!request.order().empty()) {
    const bool of_lateness = decision::TroubleOf(account.reason) == decision::Trouble::kPayment;
    if (!request.identifiers().empty() || request.has_amount() || !request.due().empty() ||
        (of_lateness && !request.occurred().empty())) {
      return absl::InvalidArgumentError(
          "an order brings identifiers, amount and dates with it; leave them out (but for the day "
          "it occurred, where the reason is another than money that came late)");
    }
    // By the order's id, or by its invoice's number as elsewhere.
    auto named = node_.book().FindOrder(request.order());
    if (!named.ok()) return named.status();
    auto from_order =
        ledger::AccountOfOrder(node_.book(), named->name, Today(node_), account.reason);
    if (!from_order.ok()) return from_order.status();
    account = *std::move(from_order);
    if (!request.occurred().empty()) {
      auto occurred = DateFromProto(request.occurred(), "occurred");
      if (!occurred.ok()) return occurred.status();
      account.occurred = *occurred;
    }
  } else {
    auto identifiers =
        FromProto(request.identifiers(), node_.config().region, evidence::kMaxIdentifiersPerEntry);
    if (!identifiers.ok()) return identifiers.status();
    account.identifiers = *std::move(identifiers);
    if (request.has_amount()) {
      auto amount = FromProto(request.amount());
      if (!amount.ok()) return amount.status();
      account.amount = *amount;
    }
    auto occurred = DateFromProto(request.occurred(), "occurred");
    if (!occurred.ok()) return occurred.status();
    account.occurred = *occurred;
    auto due = DateFromProto(request.due(), "due");
    if (!due.ok()) return due.status();
    account.due = *due;
  }
  for (const std::string& text : request.reminders()) {
    auto reminder = DateFromProto(text, "reminder");
    if (!reminder.ok()) return reminder.status();
    account.reminders.push_back(*reminder);
  }
  account.note = request.note();
  auto told = DateFromProto(request.told_on(), "told_on");
  if (!told.ok()) return told.status();
  account.told_on = *told;
  auto mitigations = FromProto(request.mitigations());
  if (!mitigations.ok()) return mitigations.status();
  account.mitigations = *mitigations;
  return account;
}

absl::StatusOr<v1::AddIncidentResponse> ShopHandlers::AddIncident(
    const Actor& actor, const v1::AddIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/AddIncident"); !s.ok()) return s;
  auto account = AccountFrom(request);
  if (!account.ok()) return account.status();
  auto view = node_.ledger().Add({actor.name, request.request_id()}, *account);
  if (!view.ok()) return view.status();
  v1::AddIncidentResponse response;
  *response.mutable_incident() = ToProto(*view, actor);
  return response;
}

absl::StatusOr<v1::ListIncidentsResponse> ShopHandlers::ListIncidents(
    const Actor& actor, const v1::ListIncidentsRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/ListIncidents"); !s.ok()) return s;
  std::optional<ledger::IncidentState> state;
  if (!request.state().empty()) {
    auto named = ledger::StateFromName(request.state());
    if (!named.ok()) return named.status();
    state = *named;
  }
  std::optional<ledger::IncidentId> after;
  if (!request.page_token().empty()) {
    auto id = IncidentIdFromProto(request.page_token());
    if (!id.ok()) return id.status();
    after = *id;
  }
  auto limit = PageSizeFromProto(request.page_size());
  if (!limit.ok()) return limit.status();
  std::optional<book::Profile> customer;
  if (!request.customer().empty()) {
    auto id = CustomerIdFromProto(request.customer());
    if (!id.ok()) return id.status();
    auto known = node_.book().ShowCustomer(*id);
    if (!known.ok()) return known.status();
    customer = *std::move(known);
  }
  auto page = customer.has_value()
                  ? node_.ledger().ListAbout(customer->identifiers, state, *limit, after)
                  : node_.ledger().List(state, *limit, after);
  if (!page.ok()) return page.status();
  v1::ListIncidentsResponse response;
  for (const ledger::IncidentView& view : page->incidents) {
    v1::Incident& listed = *response.add_incidents();
    listed = ToProto(view, actor);
    listed.clear_proofs();  // a page of incidents with 64 each would not fit a message
  }
  if (page->next.has_value()) response.set_next_page_token(page->next->hex());
  return response;
}

absl::StatusOr<v1::GetIncidentResponse> ShopHandlers::GetIncident(
    const Actor& actor, const v1::GetIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/GetIncident"); !s.ok()) return s;
  auto found = FindIncident(actor, request.id());
  if (!found.ok()) return found.status();
  v1::GetIncidentResponse response;
  *response.mutable_incident() = std::move(found->described);
  return response;
}

absl::StatusOr<ShopHandlers::FoundIncident> ShopHandlers::FindIncident(const Actor& actor,
                                                                       const std::string& text) {
  auto id = IncidentIdFromProto(text);
  if (!id.ok()) return id.status();
  auto view = node_.ledger().Get(*id);
  if (!view.ok()) return view.status();
  v1::Incident described = ToProto(*view, actor);
  if (const std::string& name = view->incident.account.order; !name.empty()) {
    const auto order = node_.book().FindOrder(name);
    if (order.ok()) {
      described.set_order_paid(order->order.paid.ToString());
    } else if (!absl::IsNotFound(order.status())) {  // it may have been erased
      return order.status();
    }
  }
  // As GetCustomer lets the actor see it.
  if (Authorise(actor, "ShopService/GetCustomer").ok()) {
    auto known = node_.book().FindByIdentifiers(view->incident.account.identifiers);
    if (!known.ok()) return known.status();
    if (known->size() == 1) described.set_customer(known->front().hex());
  }
  if (absl::Status status = DescribeArrivals(node_, described); !status.ok()) return status;
  if (auto status = DescribeProofRequests(node_, *id, described); !status.ok()) return status;
  if (!MaySeePartners(actor)) HidePartners(described);
  return FoundIncident{*std::move(view), std::move(described)};
}

absl::StatusOr<v1::PublishIncidentResponse> ShopHandlers::PublishIncident(
    const Actor& actor, const v1::PublishIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/PublishIncident"); !s.ok()) return s;
  auto id = IncidentIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto view = node_.ledger().Publish({actor.name, request.request_id()}, *id);
  if (!view.ok()) return view.status();
  v1::PublishIncidentResponse response;
  *response.mutable_incident() = ToProto(*view, actor);
  return response;
}

absl::StatusOr<v1::SettleIncidentResponse> ShopHandlers::SettleIncident(
    const Actor& actor, const v1::SettleIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/SettleIncident"); !s.ok()) return s;
  auto id = IncidentIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto day = DateFromProto(request.settled_on(), "settled_on");
  if (!day.ok()) return day.status();
  auto view =
      node_.ledger().Settle({actor.name, request.request_id()}, *id, *day, request.because());
  if (!view.ok()) return view.status();
  v1::SettleIncidentResponse response;
  *response.mutable_incident() = ToProto(*view, actor);
  return response;
}

absl::StatusOr<v1::WithdrawIncidentResponse> ShopHandlers::WithdrawIncident(
    const Actor& actor, const v1::WithdrawIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/WithdrawIncident"); !s.ok()) return s;
  auto id = IncidentIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto ground = GroundFromProto(request.ground());
  if (!ground.ok()) return ground.status();
  auto view =
      node_.ledger().Withdraw({actor.name, request.request_id()}, *id, *ground, request.because());
  if (!view.ok()) return view.status();
  v1::WithdrawIncidentResponse response;
  *response.mutable_incident() = ToProto(*view, actor);
  return response;
}

absl::StatusOr<v1::MitigateIncidentResponse> ShopHandlers::MitigateIncident(
    const Actor& actor, const v1::MitigateIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/MitigateIncident"); !s.ok()) return s;
  auto id = IncidentIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto mitigation = decision::MitigationFromName(request.mitigation());
  if (!mitigation.ok()) return mitigation.status();
  auto view = node_.ledger().Mitigate({actor.name, request.request_id()}, *id, *mitigation,
                                      request.because());
  if (!view.ok()) return view.status();
  v1::MitigateIncidentResponse response;
  *response.mutable_incident() = ToProto(*view, actor);
  return response;
}

absl::StatusOr<v1::RemindIncidentResponse> ShopHandlers::RemindIncident(
    const Actor& actor, const v1::RemindIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/RemindIncident"); !s.ok()) return s;
  auto id = IncidentIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto day = DateFromProto(request.on(), "on");
  if (!day.ok()) return day.status();
  auto view =
      node_.ledger().Remind({actor.name, request.request_id()}, *id, *day, request.because());
  if (!view.ok()) return view.status();
  v1::RemindIncidentResponse response;
  *response.mutable_incident() = ToProto(*view, actor);
  return response;
}

absl::StatusOr<v1::SuggestIncidentsResponse> ShopHandlers::SuggestIncidents(
    const Actor& actor, const v1::SuggestIncidentsRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/SuggestIncidents"); !s.ok()) return s;
  auto limit = PageSizeFromProto(request.page_size());
  if (!limit.ok()) return limit.status();
  auto page = ledger::SuggestIncidents(node_.book(), node_.ledger(), Today(node_),
                                       request.more_than_days_late(), *limit, request.page_token());
  if (!page.ok()) return page.status();
  v1::SuggestIncidentsResponse response;
  for (const ledger::Suggestion& suggestion : page->suggestions) {
    v1::Suggestion* row = response.add_suggestions();
    row->set_order(suggestion.order);
    row->set_customer(suggestion.customer.hex());
    row->set_customer_name(suggestion.name);
    for (const identity::Identifier& identifier : suggestion.account.identifiers) {
      row->add_identifiers(identity::Masked(identifier));
    }
    row->set_invoice(suggestion.invoice);
    row->set_reason(std::string(evidence::Info(suggestion.account.reason).name));
    *row->mutable_amount() = ToProto(suggestion.account.amount);
    row->set_invoiced(suggestion.invoiced.ToString());
    row->set_due(suggestion.account.due.ToString());
    row->set_paid(suggestion.paid.ToString());
    row->set_days_late(suggestion.days_late);
    row->set_disputed(suggestion.disputed);
    for (const std::string& sentence : suggestion.missing) row->add_missing(sentence);
  }
  if (page->next.has_value()) response.set_next_page_token(*page->next);
  return response;
}

}  // namespace daftar::service
