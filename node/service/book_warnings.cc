// The warning list: what is no one buyer's.
#include "node/service/book_handlers.h"
#include "node/service/convert.h"

namespace daftar::service {
namespace {

v1::Warning ToProto(const book::Warnings& list, const book::Warning& warning) {
  v1::Warning out;
  out.set_id(list.IdOf(warning.identifier).hex());
  out.set_identifier(identity::Masked(warning.identifier));
  out.set_kind(std::string(book::WarningKindName(warning.kind)));
  out.set_at(TimeText(warning.at));
  out.set_by(warning.by);
  out.set_because(warning.because);
  out.set_live_reports(warning.live_reports);
  out.set_names(warning.names);
  return out;
}

// The identifier that the request has, or that of the row which it names.
template <class Request>
absl::StatusOr<identity::Identifier> IdentifierOf(const Node& node, const book::Warnings& list,
                                                  const Request& request) {
  if (request.id().empty()) return FromProto(request.identifier(), node.config().region);
  if (request.has_identifier()) {
    return absl::InvalidArgumentError("name the row by its id or by the identifier, not by both");
  }
  auto id = book::WarningId::FromHexText(request.id());
  if (!id.ok()) {
    return absl::InvalidArgumentError(
        "id: 64 hexadecimal digits, as `daftar warning list` shows them");
  }
  return list.Find(*id);
}

}  // namespace

absl::StatusOr<v1::AddWarningResponse> BookHandlers::AddWarning(
    const Actor& actor, const v1::AddWarningRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/AddWarning"); !s.ok()) return s;
  auto identifier = IdentifierOf(node_, node_.warnings(), request);
  if (!identifier.ok()) return identifier.status();
  auto added =
      node_.warnings().Add({actor.name, request.request_id()}, *identifier, request.because());
  if (!added.ok()) return added.status();
  v1::AddWarningResponse response;
  *response.mutable_warning() = ToProto(node_.warnings(), *added);
  return response;
}

absl::StatusOr<v1::ListWarningsResponse> BookHandlers::ListWarnings(
    const Actor& actor, const v1::ListWarningsRequest&) {
  if (absl::Status s = Authorise(actor, "BookService/ListWarnings"); !s.ok()) return s;
  v1::ListWarningsResponse response;
  for (const book::Warning& warning : node_.warnings().List()) {
    *response.add_warnings() = ToProto(node_.warnings(), warning);
  }
  return response;
}

absl::StatusOr<v1::ClearWarningResponse> BookHandlers::ClearWarning(
    const Actor& actor, const v1::ClearWarningRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/ClearWarning"); !s.ok()) return s;
  auto identifier = IdentifierOf(node_, node_.warnings(), request);
  if (!identifier.ok()) return identifier.status();
  auto cleared =
      node_.warnings().Clear({actor.name, request.request_id()}, *identifier, request.because());
  if (!cleared.ok()) return cleared.status();
  v1::ClearWarningResponse response;
  *response.mutable_warning() = ToProto(node_.warnings(), *cleared);
  return response;
}

absl::StatusOr<v1::RemoveWarningResponse> BookHandlers::RemoveWarning(
    const Actor& actor, const v1::RemoveWarningRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/RemoveWarning"); !s.ok()) return s;
  auto identifier = IdentifierOf(node_, node_.warnings(), request);
  if (!identifier.ok()) return identifier.status();
  absl::Status removed =
      node_.warnings().Remove({actor.name, request.request_id()}, *identifier, request.because());
  if (!removed.ok()) return removed;
  return v1::RemoveWarningResponse();
}

}  // namespace daftar::service
