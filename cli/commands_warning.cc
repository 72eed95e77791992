#include "cli/commands_warning.h"

#include <utility>

#include "cli/json.h"
#include "cli/text.h"
#include "daftar/v1/book.grpc.pb.h"

namespace daftar::cli {
namespace {

using Book = v1::BookService::Stub;

Json ToJson(const v1::Warning& warning) {
  return Json{{"id", warning.id()},
              {"identifier", warning.identifier()},
              {"kind", warning.kind()},
              {"at", TextOrNull(warning.at())},
              {"by", TextOrNull(warning.by())},
              {"because", TextOrNull(warning.because())},
              {"live_reports", warning.live_reports()},
              {"names", warning.names()}};
}

std::string SeenText(const v1::Warning& warning) {
  if (warning.kind() != "review") return warning.because();
  return Count(warning.live_reports(), "live report") +
         (warning.names() == 0 ? "" : ", " + Count(warning.names(), "name") + " in your own book");
}

// The one identifier that the options name, read where they say so, with the reason in `request`.
template <class Request>
absl::StatusOr<Request> RequestFor(Session& session, const WarningOptions& options,
                                   const char* command) {
  if (options.identifiers.size() + (options.id.empty() ? 0 : 1) != 1) {
    return absl::InvalidArgumentError(std::string(command) +
                                      " takes one identifier, like --phone 0812-3456-7890, or the "
                                      "ID of a row of `daftar warning list`");
  }
  if (auto status = CheckBecause(options.because); !status.ok()) return status;
  if (!options.id.empty()) {
    if (auto status = CheckText("id", options.id); !status.ok()) return status;
    Request request;
    request.set_id(options.id);
    request.set_because(options.because);
    return request;
  }
  auto identifiers = ReadIdentifiers(options.identifiers, session.console());
  if (!identifiers.ok()) return identifiers.status();
  Request request;
  *request.mutable_identifier() = std::move(identifiers->front());
  request.set_because(options.because);
  return request;
}

void Print(std::ostream& out, const v1::Warning& warning, const std::string& effect) {
  Fields fields;
  fields.Add("Identifier", warning.identifier());
  fields.Add("Kind", warning.kind());
  fields.Add("Because", warning.because());
  fields.Add("Since", warning.at() + (warning.by().empty() ? "" : " by " + warning.by()));
  fields.Print(out);
  out << "\n" << effect << "\n";
}

int Show(Console& console, const v1::Warning& warning, const std::string& effect) {
  if (console.json) {
    PrintJson(console.out, ToJson(warning));
  } else {
    Print(console.out, warning, effect);
  }
  return kExitOk;
}

}  // namespace

absl::StatusOr<int> RunWarningAdd(Session& session, const WarningOptions& options) {
  auto request = RequestFor<v1::AddWarningRequest>(session, options, "warning add");
  if (!request.ok()) return request.status();
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Book::AddWarning, *std::move(request));
  if (!response.ok()) return response.status();
  return Show(
      session.console(), response->warning(),
      "From now on it is refused in incidents, imports and the allowlist, and what it alone "
      "finds does not count.");
}

absl::StatusOr<int> RunWarningClear(Session& session, const WarningOptions& options) {
  auto request = RequestFor<v1::ClearWarningRequest>(session, options, "warning clear");
  if (!request.ok()) return request.status();
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Book::ClearWarning, *std::move(request));
  if (!response.ok()) return response.status();
  return Show(session.console(), response->warning(),
              "What it finds counts from the next check on, however much it is.");
}

absl::StatusOr<int> RunWarningRemove(Session& session, const WarningOptions& options) {
  auto request = RequestFor<v1::RemoveWarningRequest>(session, options, "warning remove");
  if (!request.ok()) return request.status();
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Book::RemoveWarning, *std::move(request));
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"removed", true}});
  } else {
    console.out << "It is off the list.\n";
  }
  return kExitOk;
}

absl::StatusOr<int> RunWarningList(Session& session) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Book::ListWarnings, v1::ListWarningsRequest());
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    Json list = Json::array();
    for (const v1::Warning& warning : response->warnings()) list.push_back(ToJson(warning));
    PrintJson(console.out, Json{{"warnings", std::move(list)}});
    return kExitOk;
  }
  if (response->warnings().empty()) {
    console.out << "Nothing was added to the list that ships with the program, and nothing waits "
                   "for you to look.\n";
    return kExitOk;
  }
  Table table({"IDENTIFIER", "KIND", "SINCE", "BY", "BECAUSE", "ID"});
  bool waits = false;
  for (const v1::Warning& warning : response->warnings()) {
    waits = waits || warning.kind() == "review";
    table.Row({warning.identifier(), warning.kind(), warning.at(), warning.by(), SeenText(warning),
               warning.id()});
  }
  table.Print(console.out);
  if (waits) {
    console.out << "\nThose under review seem to be many people's: what they alone find does not "
                   "count. Look at the records (daftar check), then:\n"
                   "  daftar warning clear ID --because TEXT   it is one buyer's\n"
                   "  daftar warning add ID --because TEXT     it is nobody's in particular\n";
  }
  return kExitOk;
}

}  // namespace daftar::cli
