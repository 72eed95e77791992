// Checking buyers, and what a shop keeps about them.
#include "cli/commands.h"
#include "cli/list_pages.h"

namespace daftar::cli {
namespace {

using Shop = v1::ShopService::Stub;

constexpr uint64_t kDefaultListed = 1000;  // rows without --limit

template <class Request>
void AddIdentifiers(std::vector<v1::Identifier> identifiers, Request& request) {
  for (auto& identifier : identifiers) *request.add_identifiers() = std::move(identifier);
}

}  // namespace

absl::StatusOr<int> RunCheck(Session& session, const CheckOptions& options) {
  Console& console = session.console();
  if (options.identifiers.empty()) return NeedIdentifier("check");
  auto terms = MakeTerms(options.terms);
  if (!terms.ok()) return terms.status();
  auto amount = MakeMoney(options.amount, options.currency);
  if (!amount.ok()) return amount.status();
  if (amount->has_value() && (*amount)->minor() == 0) {
    return absl::InvalidArgumentError(
        "--amount 0 is no order; write what it comes to, or leave out --amount and --currency when "
        "that is not known yet");
  }
  auto language = MakeLanguage(options.lang, session.language());
  if (!language.ok()) return language.status();
  auto identifiers = ReadIdentifiers(options.identifiers, console);
  if (!identifiers.ok()) return identifiers.status();

  v1::CheckRequest request;
  request.set_language(std::string(decision::LanguageName(*language)));
  AddIdentifiers(*std::move(identifiers), request);
  if (amount->has_value()) *request.mutable_amount() = **amount;
  request.set_terms(*terms);
  auto client = session.client();
  if (!client.ok()) return client.status();
  auto response = (*client)->Write(&Shop::Check, std::move(request));
  if (!response.ok()) return response.status();
  const int exit = ExitOf(response->effect());
  if (exit == kExitInternal) {
    return absl::UnimplementedError(
        "the node answered with an effect that this daftar does not know; update daftar");
  }
  if (console.json) {
    PrintJson(console.out, ToJson(*response));
  } else {
    Print(console.out, *response, console.color, *language);
  }
  return exit;
}

absl::StatusOr<int> RunWhy(Session& session, const WhyOptions& options) {
  Console& console = session.console();
  if (auto status = CheckText("receipt", options.receipt); !status.ok()) return status;
  auto language = MakeLanguage(options.lang, session.language());
  if (!language.ok()) return language.status();
  v1::GetReceiptRequest request;
  request.set_language(std::string(decision::LanguageName(*language)));
  request.set_receipt(options.receipt);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Shop::GetReceipt, request);
  if (!response.ok()) return response.status();
  if (console.json) {
    PrintJson(console.out, ToJson(*response));
  } else {
    Print(console.out, *response, console.color, *language);
  }
  return kExitOk;
}

absl::StatusOr<int> RunCustomerAdd(Session& session, const CustomerOptions& options) {
  if (options.identifiers.empty()) return NeedIdentifier("customer add");
  if (!options.to.empty() && (!options.name.empty() || !options.groups.empty())) {
    return absl::InvalidArgumentError(
        "--to adds identifiers to a known customer, who keeps its name; daftar customer group "
        "sets its groups. Leave out --name and --group");
  }
  absl::Status status = CheckText("name", options.name);
  if (status.ok()) status = CheckText("to", options.to);
  for (const std::string& group : options.groups) {
    if (status.ok()) status = CheckText("group", group);
  }
  if (!status.ok()) return status;
  auto identifiers = ReadIdentifiers(options.identifiers, session.console());
  if (!identifiers.ok()) return identifiers.status();
  v1::AddCustomerRequest request;
  request.set_name(options.name);
  request.set_to(options.to);
  for (const std::string& group : options.groups) request.add_groups(group);
  AddIdentifiers(*std::move(identifiers), request);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Shop::AddCustomer, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->customer());
}

absl::StatusOr<int> RunCustomerShow(Session& session, const CustomerOptions& options) {
  if (options.id.empty() == options.identifiers.empty() || options.identifiers.size() > 1) {
    return absl::InvalidArgumentError(
        "customer show needs the customer's ID or one identifier, like --phone 0812-3456-7890");
  }
  if (auto status = CheckText("id", options.id); !status.ok()) return status;
  auto identifiers = ReadIdentifiers(options.identifiers, session.console());
  if (!identifiers.ok()) return identifiers.status();
  v1::GetCustomerRequest request;
  if (identifiers->empty()) {
    request.set_id(options.id);
  } else {
    *request.mutable_identifier() = std::move(identifiers->front());
  }
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Shop::GetCustomer, request);
  if (!response.ok()) return response.status();
  return Show(session, response->customer());
}

absl::StatusOr<int> RunLedgerSuggest(Session& session, const SuggestOptions& options) {
  constexpr uint64_t kMostDays = 3650;
  auto limit = MakeNumber("limit", options.limit, 1, kMaxListed, kDefaultListed);
  if (!limit.ok()) return limit.status();
  auto days = MakeNumber("more-than-days-late", options.more_than_days_late, 1, kMostDays, 0);
  if (!days.ok()) return days.status();
  v1::SuggestIncidentsRequest request;
  request.set_more_than_days_late(static_cast<uint32_t>(*days));
  return ListPages(session, std::move(request), *limit, &Shop::SuggestIncidents,
                   &v1::SuggestIncidentsResponse::mutable_suggestions);
}

}  // namespace daftar::cli
