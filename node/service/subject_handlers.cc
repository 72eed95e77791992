#include "node/service/subject_handlers.h"

#include <optional>
#include <string>

#include "node/decision/subject_texts.h"
#include "node/service/convert.h"
#include "node/service/convert_subject.h"

namespace daftar::service {
namespace {

// What the shop sends to whoever has the identifier.
std::string MessageWith(const subject::Codes::Made& made, const std::string& shop,
                        decision::Language language) {
  using decision::SubjectText;
  // In UTC and named so: the node does not know where the person is.
  const std::string until = decision::DateText(language, evidence::Date::Of(made.valid_until)) +
                            ", " + TimeText(made.valid_until).substr(11, 5) + " UTC";
  return decision::Fill(language, SubjectText::kCodeMessage, {shop, made.code, until});
}

// Only whoever sits at the machine: a token may have been copied from it.
absl::Status MayDoWithout(const Actor& actor) {
  if (actor.roles.Has(Role::kOperator) && IsKnownByUid(actor)) return absl::OkStatus();
  return absl::PermissionDeniedError(
      "a report without a code is for an operator on the node's own socket, known by its uid and "
      "not by a token; others send the person a code with `daftar subject code`");
}

// Why the identifier shows nobody to be one person; nullopt: it does.
absl::StatusOr<std::optional<std::string>> WhyManyPeoples(Node& node,
                                                          const identity::Identifier& identifier) {
  const identity::WarningList list(&node.warnings());
  if (auto why = list.WhyRefused(identifier); why.has_value()) return why;
  // Live reports are for a check to count; of them the list keeps what a check has found.
  auto shared = node.warnings().IsShared(identifier, 0, node.charter());
  if (!shared.ok()) return shared.status();
  const auto listed = node.warnings().Of(identifier);
  const bool waits = listed.has_value() && listed->kind == book::WarningKind::kReview;
  if (!*shared && !waits) return std::optional<std::string>();
  return std::optional<std::string>("it is taken to be many people's");
}

// A code goes to whoever reads what is sent to the identifier, and the report has all that is held
// about its customer: if that one has an identifier of many people, by which others' records may
// have come to it, the report would show one what is held about another.
absl::Status IsOnePersons(Node& node, const identity::Identifier& identifier) {
  constexpr const char* kOperator =
      "let an operator who knows the person print the report without a code, on the record "
      "(`daftar subject report --without-code`)";
  auto why = WhyManyPeoples(node, identifier);
  if (!why.ok()) return why.status();
  if (why->has_value()) {
    return absl::FailedPreconditionError(
        "a code for this identifier would show nobody to be one person: " + **why +
        "; look (`daftar warning list`), and clear it when it is one person's; or take another "
        "identifier of the person's, or " +
        kOperator);
  }
  auto customers = node.book().FindProfiles({&identifier, 1});
  if (!customers.ok()) return customers.status();
  for (const book::Profile& customer : *customers) {
    for (const identity::Identifier& other : customer.identifiers) {
      why = WhyManyPeoples(node, other);
      if (!why.ok()) return why.status();
      if (!why->has_value()) continue;
      return absl::FailedPreconditionError(
          "the customer who has this identifier also has another (" +
          std::string(identity::TypeName(other.type())) +
          ") that shows nobody to be one person: " + **why +
          "; the report could show one what is held about another. Look (`daftar warning list`), "
          "and clear that one when it is one person's, or " +
          kOperator);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::MakeCodeResponse> SubjectHandlers::MakeCode(const Actor& actor,
                                                               const v1::MakeCodeRequest& request) {
  if (absl::Status s = Authorise(actor, "SubjectService/MakeCode"); !s.ok()) return s;
  auto identifier = FromProto(request.identifier(), node_.config().region);
  if (!identifier.ok()) return identifier.status();
  auto language = LanguageFromProto(request.language());
  if (!language.ok()) return language.status();
  if (absl::Status s = IsOnePersons(node_, *identifier); !s.ok()) return s;
  auto made = node_.subject_codes().Make({actor.name, request.request_id()}, *identifier);
  if (!made.ok()) return made.status();
  v1::MakeCodeResponse response;
  response.set_code(made->code);
  response.set_valid_until(TimeText(made->valid_until));
  response.set_message(MessageWith(*made, node_.config().name, *language));
  response.set_identifier(identity::Masked(*identifier));
  return response;
}

absl::StatusOr<v1::GetReportResponse> SubjectHandlers::GetReport(
    const Actor& actor, const v1::GetReportRequest& request) {
  if (absl::Status s = Authorise(actor, "SubjectService/GetReport"); !s.ok()) return s;
  auto identifier = FromProto(request.identifier(), node_.config().region);
  if (!identifier.ok()) return identifier.status();
  auto language = LanguageFromProto(request.language());
  if (!language.ok()) return language.status();
  if (request.without_code() != request.code().empty()) {
    return absl::InvalidArgumentError(
        "give the code that the person was sent, or say that there is none and why: one of the "
        "two");
  }
  const storage::Caller caller{actor.name, request.request_id()};
  absl::Status open;
  if (request.without_code()) {
    open = MayDoWithout(actor);
    if (open.ok()) open = node_.subject_codes().DoWithout(caller, *identifier, request.because());
  } else {
    open = IsOnePersons(node_, *identifier);  // it may have been seen since the code was made
    if (open.ok()) open = node_.subject_codes().Spend(caller, *identifier, request.code());
  }
  if (!open.ok()) return open;
  auto report = node_.subject_reports().Gather(*identifier);
  if (!report.ok()) return report.status();
  v1::GetReportResponse response;
  v1::SubjectReport& out = *response.mutable_report();
  out = ToProto(*report, *language);
  out.set_shop(node_.config().name);
  out.set_origin(node_.config().origin);
  KeepWithin(kMaxSubjectReportBytes, out);
  return response;
}

}  // namespace daftar::service
