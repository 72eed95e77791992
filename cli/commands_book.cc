// The customer book: what turns customers, groups, the allowlist and orders into requests.
#include "cli/commands_book.h"

#include <algorithm>
#include <set>

#include "cli/confirm.h"
#include "cli/group_command.h"
#include "cli/list_pages.h"
#include "cli/text.h"
#include "node/decision/group.h"
#include "node/identity/ascii.h"

namespace daftar::cli {
namespace {

using Book = v1::BookService::Stub;

// Sends a write and shows the customer that it answers with.
template <class Request, class Response>
absl::StatusOr<int> ChangeCustomer(Session& session, Request request,
                                   grpc::Status (Book::*method)(grpc::ClientContext*,
                                                                const Request&, Response*)) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(method, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->customer());
}

absl::Status ConfirmErasure(Console& console) {
  return Confirm(
      console, {"The customer's name, identifiers and settled orders go for good; what an open "
                "debt needs stays.",
                "Erase?", "customer erase cannot be undone: add --yes to do it without being asked",
                "nothing was erased"});
}

// A number of the rule, or of the group's terms, when it was typed.
template <class Number, class Set>
absl::Status SetNumber(std::string_view option, const std::string& text, uint64_t least,
                       uint64_t most, Set set) {
  if (text.empty()) return absl::OkStatus();
  auto number = MakeNumber(option, text, least, most, 0);
  if (!number.ok()) return number.status();
  set(static_cast<Number>(*number));
  return absl::OkStatus();
}

template <class Set>
absl::Status SetPercent(std::string_view option, const std::string& text, Set set) {
  if (text.empty()) return absl::OkStatus();
  auto ppm = MakePercent(option, text);
  if (!ppm.ok()) return ppm.status();
  set(*ppm);
  return absl::OkStatus();
}

absl::Status SetBounds(const GroupOptions& options, v1::Group& group) {
  auto least = MakeEffect("at-least", options.at_least.empty() ? "accept" : options.at_least);
  if (!least.ok()) return least.status();
  auto most = MakeEffect("at-most", options.at_most.empty() ? "decline" : options.at_most);
  if (!most.ok()) return most.status();
  if (*least > *most) {
    return absl::InvalidArgumentError(
        "--at-least must not hinder more than --at-most; the order is accept, deposit, prepay, "
        "review, decline");
  }
  group.set_at_least(*least);
  group.set_at_most(*most);
  return absl::OkStatus();
}

// Pairs limits with currencies in the order in which they were typed.
absl::Status SetCreditLimits(const GroupOptions& options, v1::Group& group) {
  if (options.credit_limits.size() != options.currencies.size()) {
    return absl::InvalidArgumentError(
        "every --credit-limit needs its --currency, like --credit-limit 20000000 --currency IDR");
  }
  if (options.credit_limits.size() > decision::kMaxCreditLimits) {
    return absl::InvalidArgumentError("at most " + std::to_string(decision::kMaxCreditLimits) +
                                      " credit limits, one a currency");
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < options.credit_limits.size(); ++i) {
    auto money =
        MakeMoney(options.credit_limits[i], options.currencies[i], {"credit-limit", "currency"});
    if (!money.ok()) return money.status();
    if (!money->has_value()) {
      return absl::InvalidArgumentError("--credit-limit and --currency are empty");
    }
    if (!seen.insert((*money)->currency()).second) {
      return absl::InvalidArgumentError("two --credit-limit in one currency; give one of each");
    }
    *group.add_credit_limits() = **money;
  }
  // The order in which a group is kept.
  std::sort(group.mutable_credit_limits()->begin(), group.mutable_credit_limits()->end(),
            [](const v1::Money& a, const v1::Money& b) { return a.currency() < b.currency(); });
  return absl::OkStatus();
}

absl::Status SetTerms(const GroupOptions& options, v1::Group& group) {
  absl::Status status =
      SetNumber<uint32_t>("precedence", options.precedence, 1, decision::kMaxPrecedence,
                          [&](uint32_t n) { group.set_precedence(n); });
  if (status.ok()) status = SetBounds(options, group);
  if (status.ok()) {
    status = SetPercent("deposit", options.deposit, [&](uint32_t n) { group.set_deposit_ppm(n); });
  }
  if (status.ok() && group.has_deposit_ppm() && group.deposit_ppm() == 0) {
    status = absl::InvalidArgumentError("--deposit must be more than 0 per cent; or leave it out");
  }
  if (status.ok()) status = SetCreditLimits(options, group);
  if (status.ok()) {
    status = SetNumber<uint32_t>("credit-days", options.credit_days, 0, decision::kMaxGroupDays,
                                 [&](uint32_t n) { group.set_credit_days(n); });
  }
  if (status.ok()) status = CheckText("price-list", options.price_list);
  if (!status.ok()) return status;
  if (!options.bonus_card.empty() && options.bonus_card != "on" && options.bonus_card != "off") {
    return absl::InvalidArgumentError("--bonus-card must be on or off");
  }
  group.set_price_list(options.price_list);
  group.set_bonus_card(options.bonus_card == "on");
  return absl::OkStatus();
}

// Leaves the group without a rule when no option of one was typed.
absl::Status SetRule(const GroupOptions& options, v1::Group& group) {
  using decision::kMaxGroupDays;
  using decision::kMaxGroupOrders;
  v1::GroupRule rule;
  absl::Status status =
      SetNumber<uint64_t>("rule-settled", options.rule_settled, 0, kMaxGroupOrders,
                          [&](uint64_t n) { rule.set_least_settled(n); });
  if (status.ok()) {
    status = SetPercent("rule-on-time", options.rule_on_time,
                        [&](uint32_t n) { rule.set_least_on_time_ppm(n); });
  }
  if (status.ok()) {
    status = SetNumber<uint32_t>("rule-most-days-late", options.rule_most_days_late, 0,
                                 kMaxGroupDays, [&](uint32_t n) { rule.set_most_days_late(n); });
  }
  if (status.ok()) {
    status = SetNumber<uint64_t>("rule-bad", options.rule_bad, 0, kMaxGroupOrders,
                                 [&](uint64_t n) { rule.set_least_bad(n); });
  }
  if (status.ok()) {
    status = SetNumber<uint32_t>("rule-overdue-days", options.rule_overdue_days, 0, kMaxGroupDays,
                                 [&](uint32_t n) { rule.set_least_overdue_days(n); });
  }
  if (status.ok()) {
    status = SetNumber<uint32_t>("rule-days-known", options.rule_days_known, 0, kMaxGroupDays,
                                 [&](uint32_t n) { rule.set_least_days_known(n); });
  }
  if (!status.ok()) return status;
  auto turnover =
      MakeMoney(options.rule_turnover, options.rule_currency, {"rule-turnover", "rule-currency"});
  if (!turnover.ok()) return turnover.status();
  if (turnover->has_value()) *rule.mutable_least_turnover() = **turnover;
  if (rule.ByteSizeLong() > 0) *group.mutable_rule() = std::move(rule);
  return absl::OkStatus();
}

absl::Status CheckGroupName(const std::string& name) {
  const bool plain =
      !name.empty() && name.size() <= decision::kMaxGroupNameBytes &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (plain) return absl::OkStatus();
  return absl::InvalidArgumentError("a group's name has 1 to " +
                                    std::to_string(decision::kMaxGroupNameBytes) +
                                    " of a-z 0-9 -, like wholesale");
}

}  // namespace

absl::Status CheckPeriod(const PeriodOptions& options) {
  absl::Status status = CheckDate("from", options.from);
  if (status.ok()) status = CheckDate("to", options.to);
  // ISO dates are in order as texts.
  if (status.ok() && !options.from.empty() && !options.to.empty() && options.to < options.from) {
    status = absl::InvalidArgumentError("--to is before --from");
  }
  return status;
}

absl::StatusOr<int> RunCustomerMerge(Session& session, const CustomerChangeOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("into", options.id);
  if (status.ok()) status = CheckText("from", options.from);
  if (!status.ok()) return status;
  if (options.id == options.from) {
    return absl::InvalidArgumentError("a customer cannot be merged into itself; name two ids");
  }
  v1::MergeCustomersRequest request;
  request.set_into(options.id);
  request.set_from(options.from);
  request.set_because(options.because);
  return ChangeCustomer(session, std::move(request), &Book::MergeCustomers);
}

absl::StatusOr<int> RunCustomerUnmerge(Session& session, const CustomerChangeOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (!status.ok()) return status;
  v1::UnmergeCustomerRequest request;
  request.set_id(options.id);
  request.set_because(options.because);
  return ChangeCustomer(session, std::move(request), &Book::UnmergeCustomer);
}

absl::StatusOr<int> RunCustomerErase(Session& session, const CustomerChangeOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (status.ok() && !options.yes) status = ConfirmErasure(session.console());
  if (!status.ok()) return status;
  v1::EraseCustomerRequest request;
  request.set_id(options.id);
  request.set_because(options.because);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Book::EraseCustomer, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

absl::StatusOr<int> RunCustomerGroup(Session& session, const CustomerChangeOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  for (const auto* names : {&options.add, &options.remove}) {
    for (const std::string& name : *names) {
      if (status.ok()) status = CheckGroupName(name);
    }
  }
  if (!status.ok()) return status;
  if (options.add.empty() && options.remove.empty()) {
    return absl::InvalidArgumentError(
        "customer group needs --add NAME or --remove NAME; daftar group list shows the names");
  }
  v1::SetCustomerGroupsRequest request;
  request.set_id(options.id);
  for (const std::string& name : options.add) request.add_add(name);
  for (const std::string& name : options.remove) request.add_remove(name);
  request.set_because(options.because);
  return ChangeCustomer(session, std::move(request), &Book::SetCustomerGroups);
}

absl::StatusOr<int> RunGroupList(Session& session) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Book::ListGroups, v1::ListGroupsRequest());
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

absl::StatusOr<int> RunGroupAdd(Session& session, const GroupOptions& options) {
  v1::PutGroupRequest request;
  v1::Group& group = *request.mutable_group();
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckGroupName(options.name);
  if (status.ok()) status = SetTerms(options, group);
  if (status.ok()) status = SetRule(options, group);
  if (!status.ok()) return status;
  group.set_name(options.name);
  request.set_because(options.because);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Book::PutGroup, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

absl::StatusOr<int> RunGroupRemove(Session& session, const GroupOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckGroupName(options.name);
  if (!status.ok()) return status;
  v1::RemoveGroupRequest request;
  request.set_name(options.name);
  request.set_because(options.because);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Book::RemoveGroup, std::move(request));
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"removed", options.name},
                                {"customers", response->customers()},
                                {"restore", TextOrNull(RestoreCommand(options.name))}});
  } else {
    console.out << "Removed the group " << options.name << ".\n";
    if (response->customers() > 0) {
      console.out << Count(response->customers(), "customer")
                  << (response->customers() == 1 ? " was" : " were")
                  << " in it by hand, and not any more.\n";
    }
    console.out << RestoreAdvice(options.name);
  }
  return kExitOk;
}

absl::StatusOr<int> RunAllowAdd(Session& session, const AllowOptions& options) {
  if (options.identifiers.empty()) return NeedIdentifier("allow add");
  if (auto status = CheckBecause(options.because); !status.ok()) return status;
  auto identifiers = ReadIdentifiers(options.identifiers, session.console());
  if (!identifiers.ok()) return identifiers.status();
  v1::AddAllowedRequest request;
  for (auto& identifier : *identifiers) *request.add_identifiers() = std::move(identifier);
  request.set_because(options.because);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Book::AddAllowed, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->allowed());
}

absl::StatusOr<int> RunAllowList(Session& session) {
  auto listed = ReadPages(session, v1::ListAllowedRequest(), kMaxListed, &Book::ListAllowed,
                          &v1::ListAllowedResponse::mutable_allowed);
  if (!listed.ok()) return listed.status();
  v1::ListAllowedResponse all;
  for (v1::Allowed& allowed : listed->rows) *all.add_allowed() = std::move(allowed);
  return Show(session, all);
}

absl::StatusOr<int> RunAllowRemove(Session& session, const AllowOptions& options) {
  if (options.id.empty() == options.identifiers.empty() || options.identifiers.size() > 1) {
    return absl::InvalidArgumentError(
        "allow remove needs the entry's ID or one identifier, like --phone 0812-3456-7890");
  }
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (!status.ok()) return status;
  auto identifiers = ReadIdentifiers(options.identifiers, session.console());
  if (!identifiers.ok()) return identifiers.status();
  v1::RemoveAllowedRequest request;
  if (identifiers->empty()) {
    request.set_id(options.id);
  } else {
    *request.mutable_identifier() = std::move(identifiers->front());
  }
  request.set_because(options.because);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Book::RemoveAllowed, std::move(request));
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    // An identifier is not repeated.
    PrintJson(console.out, Json{{"removed", TextOrNull(options.id)}});
  } else {
    console.out << "Removed from the allowlist. Records count again from the next check on.\n";
  }
  return kExitOk;
}

}  // namespace daftar::cli
