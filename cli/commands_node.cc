// What an operator does: the node's state, partners, users and log.
#include "cli/commands.h"
#include "cli/list_pages.h"

namespace daftar::cli {
namespace {

using Node = v1::NodeService::Stub;

constexpr uint32_t kMaxInviteSeconds = 7 * 24 * 3600;
constexpr uint64_t kDefaultChanges = 100;  // rows without --limit

// The writes that change what a partner may do differ in nothing else than what `request` has.
template <class Request, class Response>
absl::StatusOr<int> ChangePartner(Session& session, const PartnerOptions& options,
                                  grpc::Status (Node::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                                  Request request = {}) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("origin", options.origin);
  if (!status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  request.set_origin(options.origin);
  request.set_because(options.because);
  const auto response = (*client)->Write(method, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->partner());
}

// All of standard input: mail programs break a code over several lines.
}  // namespace

absl::StatusOr<int> RunStatus(Session& session) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Node::GetStatus, v1::GetStatusRequest());
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, ToJson(*response));
  } else {
    Print(console.out, *response, console.color);
  }
  return kExitOk;
}

absl::StatusOr<int> RunPartnerInvite(Session& session, const InviteOptions& options) {
  auto valid = MakeDuration("valid-for", options.valid_for, kMaxInviteSeconds);
  if (!valid.ok()) return valid.status();
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::CreateInviteRequest request;
  request.set_valid_for_s(*valid);
  const auto response = (*client)->Write(&Node::CreateInvite, std::move(request));
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"code", response->code()},
                                {"expires_at", response->expires_at()},
                                {"endpoint", response->endpoint()}});
    return kExitOk;
  }
  console.out << response->code() << std::endl;
  console.err << "Good once, until " << response->expires_at() << ", for " << response->endpoint()
              << ". The partner runs: daftar partner join CODE\n"
              << "Whoever has the code can pair: send it to the partner alone.\n";
  if (response->endpoint().substr(0, 4) == "127." || response->endpoint().substr(0, 5) == "[::1]" ||
      response->endpoint().substr(0, 10) == "localhost:") {
    console.err << "Note: only nodes on this machine can reach " << response->endpoint()
                << "; set peer.advertise in config.toml for others.\n";
  }
  return kExitOk;
}

absl::StatusOr<int> RunPartnerJoin(Session& session, const PartnerOptions& options) {
  std::string code = options.code;
  if (code == "-") {
    auto read = ReadPairingCode(session.console());
    if (!read.ok()) return read.status();
    code = *std::move(read);
  }
  if (auto status = CheckText("code", code); !status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::JoinPartnerRequest request;
  request.set_code(std::move(code));
  const auto response = (*client)->Write(&Node::JoinPartner, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->partner());
}

absl::StatusOr<int> RunPartnerList(Session& session) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Node::ListPartners, v1::ListPartnersRequest());
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

absl::StatusOr<int> RunPartnerShow(Session& session, const PartnerOptions& options) {
  if (auto status = CheckText("origin", options.origin); !status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::GetPartnerRequest request;
  request.set_origin(options.origin);
  const auto response = (*client)->Read(&Node::GetPartner, request);
  if (!response.ok()) return response.status();
  return Show(session, response->partner());
}

absl::StatusOr<int> RunPartnerSuspend(Session& session, const PartnerOptions& options) {
  return ChangePartner(session, options, &Node::SuspendPartner);
}
absl::StatusOr<int> RunPartnerAccept(Session& session, const PartnerOptions& options) {
  if (options.first_entry.empty()) {
    return absl::InvalidArgumentError(
        "--first-entry is needed: the hash of the new log's first entry, as the partner's operator "
        "reads it out by phone. `daftar partner show ORIGIN` has the one that was seen here");
  }
  if (auto status = CheckText("first-entry", options.first_entry); !status.ok()) return status;
  v1::AcceptPartnerRequest request;
  request.set_first_entry(options.first_entry);
  return ChangePartner(session, options, &Node::AcceptPartner, std::move(request));
}
absl::StatusOr<int> RunPartnerRelease(Session& session, const PartnerOptions& options) {
  return ChangePartner(session, options, &Node::ReleasePartner);
}
absl::StatusOr<int> RunPartnerResume(Session& session, const PartnerOptions& options) {
  return ChangePartner(session, options, &Node::ResumePartner);
}
absl::StatusOr<int> RunPartnerRemove(Session& session, const PartnerOptions& options) {
  return ChangePartner(session, options, &Node::RemovePartner);
}

absl::StatusOr<int> RunLogShow(Session& session, const LogShowOptions& options) {
  constexpr uint64_t kMaxIndex = (uint64_t{1} << 63) - 1;
  constexpr uint64_t kDefaultEntries = 100;
  auto from = MakeNumber("from", options.from, 0, kMaxIndex, 0);
  if (!from.ok()) return from.status();
  auto limit = MakeNumber("limit", options.limit, 1, kMaxListed, kDefaultEntries);
  if (!limit.ok()) return limit.status();
  if (auto status = CheckText("origin", options.origin); !status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  std::vector<v1::LogEntry> entries;
  v1::ListLogEntriesRequest request;
  request.set_origin(options.origin);
  uint64_t log_size = 0;
  while (entries.size() < *limit) {
    request.set_from(*from + entries.size());
    request.set_page_size(static_cast<uint32_t>(std::min(kMaxPage, *limit - entries.size())));
    auto page = (*client)->Read(&Node::ListLogEntries, request);
    if (!page.ok()) return page.status();
    log_size = page->log_size();
    if (page->entries().empty()) break;
    for (auto& entry : *page->mutable_entries()) entries.push_back(std::move(entry));
  }
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, LogJson(options.origin, log_size, entries));
  } else {
    PrintLog(console.out, log_size, entries);
  }
  return kExitOk;
}

absl::StatusOr<int> RunRecordList(Session& session, const RecordListOptions& options) {
  absl::Status status = CheckText("object", options.object);
  if (status.ok()) status = CheckText("by", options.by);
  if (status.ok()) status = CheckDate("since", options.since);
  if (!status.ok()) return status;
  auto limit = MakeNumber("limit", options.limit, 1, kMaxListed, kDefaultChanges);
  if (!limit.ok()) return limit.status();
  v1::ListChangesRequest request;
  request.set_object(options.object);
  request.set_by(options.by);
  request.set_since(options.since);
  return ListPages(session, std::move(request), *limit, &Node::ListChanges,
                   &v1::ListChangesResponse::mutable_changes);
}

}  // namespace daftar::cli
