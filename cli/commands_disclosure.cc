#include "cli/commands_disclosure.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "cli/confirm.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/list_pages.h"
#include "cli/progress.h"
#include "cli/show.h"
#include "cli/text.h"
#include "node/evidence/handover.h"
#include "node/evidence/media_type.h"

namespace daftar::cli {
namespace {

using Disclosure = v1::DisclosureService::Stub;

constexpr std::chrono::seconds kWholeCall{9 * 60};   // the node allows 10 minutes
constexpr std::chrono::seconds kFetchCall{11 * 60};  // the node's own call may take 10 minutes
constexpr uint64_t kMaxNumber = 65'535;
constexpr uint64_t kMostRequests = 1000;

// An index in a log: whole, from 0 on, with or without the # before it, as a check shows it.
absl::StatusOr<uint64_t> EntryOf(const std::string& text) {
  const std::string digits = text.starts_with('#') ? text.substr(1) : text;
  if (digits.empty()) {
    return absl::InvalidArgumentError(
        "--entry is needed: the number of the partner's entry, as check shows it to a manager, "
        "like --entry 12");
  }
  return MakeNumber("--entry", digits, 0, uint64_t{std::numeric_limits<int64_t>::max()}, 0);
}

absl::StatusOr<uint32_t> NumberOf(const std::string& text) {
  auto number = MakeNumber("--number", text, 1, kMaxNumber, 0);
  if (!number.ok()) return number.status();
  return static_cast<uint32_t>(*number);
}

// The usual ending of a file of the type; empty for one that this program does not know.
std::string EndingOf(const std::string& media_type) {
  for (uint8_t number = 1; evidence::IsMediaType(number); ++number) {
    const auto type = static_cast<evidence::MediaType>(number);
    if (evidence::MediaTypeName(type) == media_type) {
      return std::string(evidence::MediaTypeEnding(type));
    }
  }
  return {};
}

std::string PathFor(const std::string& to, const v1::PartnerProof& proof) {
  std::error_code error;
  if (!std::filesystem::is_directory(to, error)) return to;
  return (std::filesystem::path(to) / ("proof-" + std::to_string(proof.number()) + "-" +
                                       proof.kind() + EndingOf(proof.media_type())))
      .string();
}

absl::Status Download(Session& session, const std::string& id, const v1::PartnerProof& proof,
                      const std::string& path) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  auto file = NewFile::Create(path);
  if (!file.ok()) return file.status();
  v1::GetPartnerProofRequest request;
  request.set_id(id);
  request.set_number(proof.number());
  Console& console = session.console();
  Progress progress(console.err, path, console.err_is_terminal && !console.json, "piece");
  uint64_t bytes = 0;
  uint64_t pieces = 0;
  absl::Status written;
  const auto take = [&](const v1::GetPartnerProofResponse& message) {
    if (message.has_proof() || !written.ok()) return;
    bytes += message.chunk().size();
    written = (*file)->Append(message.chunk());
    progress.Update(bytes, proof.bytes(), ++pieces);
  };
  const auto last = (*client)->Follow(
      &Disclosure::AsyncGetPartnerProof, request, take,
      [&] { return InterruptScope::Interrupted() || !written.ok(); }, kWholeCall);
  if (last.ok()) take(*last);
  if (!written.ok()) return written;
  if (!last.ok()) return last.status();
  if (bytes != proof.bytes()) {
    return absl::DataLossError("what came is not the file that the node announced; try again");
  }
  return (*file)->Keep();
}

// What stands in the way of writing files, in words; OK for a request whose files are there.
absl::Status NothingToGet(const v1::AskedProof& asked) {
  const std::string& state = asked.state();
  if (state == "fetched") return absl::OkStatus();
  if (state == "asking" || state == "waiting") {
    return absl::FailedPreconditionError(
        "nobody at " + asked.partner() +
        " has decided yet; the node asks every ten minutes, and whenever you run this");
  }
  if (state == "refused") {
    return absl::FailedPreconditionError(asked.partner() + " does not hand out this proof");
  }
  if (state == "lapsed") {
    return absl::FailedPreconditionError(
        "the request lapsed: nobody at " + asked.partner() +
        " decided in time, the files were not fetched in time, or the report was withdrawn");
  }
  if (state == "over") {
    return absl::FailedPreconditionError(
        "the files were kept for 30 days and are gone; ask again if they are needed");
  }
  return absl::FailedPreconditionError("what " + asked.partner() +
                                       " handed out is not what its report commits to; nothing of "
                                       "it was kept. Talk to its operator");
}

template <class Request, class Response>
absl::StatusOr<int> Decide(Session& session, Request request,
                           grpc::Status (Disclosure::*method)(grpc::ClientContext*, const Request&,
                                                              Response*)) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(method, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->request());
}

}  // namespace

absl::StatusOr<int> RunProofAsk(Session& session, const AskForProofOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("partner", options.origin);
  if (!status.ok()) return status;
  if (options.because.size() > evidence::kMaxProofWhyBytes) {
    return absl::InvalidArgumentError("--because: at most " +
                                      std::to_string(evidence::kMaxProofWhyBytes) +
                                      " bytes; the partner reads it");
  }
  auto entry = EntryOf(options.entry);
  if (!entry.ok()) return entry.status();
  if (options.identifiers.empty()) return NeedIdentifier("proof ask");
  v1::AskForProofRequest request;
  auto identifiers = ReadIdentifiers(options.identifiers, session.console());
  if (!identifiers.ok()) return identifiers.status();
  request.mutable_identifiers()->Assign(identifiers->begin(), identifiers->end());
  if (!options.yes) {
    status =
        Confirm(session.console(),
                {options.origin + " learns that your shop asks about this person, and why.", "Ask?",
                 "proof ask tells " + options.origin +
                     " that your shop asks about this person: add --yes to do it without "
                     "being asked",
                 "nothing was asked"});
    if (!status.ok()) return status;
  }
  request.set_partner(options.origin);
  request.set_log_index(*entry);
  request.set_because(options.because);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Disclosure::AskForProof, std::move(request));
  if (!response.ok()) return response.status();
  const v1::AskedProof& asked = response->asked();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, ToJson(asked));
    return kExitOk;
  }
  console.out << "Asked " << Printable(asked.partner()) << " for the proof of its entry #"
              << asked.log_index() << ".\nSomebody there decides within 14 days. The files, once "
              << "they are handed out: daftar proof get " << asked.id() << " --to DIR\n";
  return kExitOk;
}

absl::StatusOr<int> RunProofAsked(Session& session) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Disclosure::ListAskedProof, v1::ListAskedProofRequest());
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

absl::StatusOr<int> RunPartnerProofGet(Session& session, const PartnerProofOptions& options) {
  absl::Status status = CheckText("id", options.id);
  if (!status.ok()) return status;
  auto number = NumberOf(options.number);
  if (!number.ok()) return number.status();
  if (options.to.empty()) {
    return absl::InvalidArgumentError(
        "--to is needed: a folder that is there, or the file to write with --number, like --to "
        "proof/");
  }
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::FetchAskedProofRequest request;
  request.set_id(options.id);
  auto response = (*client)->Read(&Disclosure::FetchAskedProof, request, kFetchCall);
  if (!response.ok()) return response.status();
  const v1::AskedProof& asked = response->asked();
  if (status = NothingToGet(asked); !status.ok()) return status;
  std::vector<v1::PartnerProof> wanted;
  for (const v1::PartnerProof& proof : asked.files()) {
    if (*number == 0 || proof.number() == *number) wanted.push_back(proof);
  }
  if (wanted.empty()) {
    return absl::NotFoundError("the request has no file number " + std::to_string(*number) +
                               "; it has 1 to " + std::to_string(asked.files_size()));
  }
  std::error_code error;
  if (wanted.size() > 1 && !std::filesystem::is_directory(options.to, error)) {
    return absl::InvalidArgumentError(options.to + " is no folder, and there are " +
                                      std::to_string(wanted.size()) +
                                      " files; give a folder, or choose one with --number N");
  }
  const InterruptScope interrupts;
  Json files = Json::array();
  Console& console = session.console();
  for (const v1::PartnerProof& proof : wanted) {
    const std::string path = PathFor(options.to, proof);
    if (status = Download(session, options.id, proof, path); !status.ok()) return status;
    if (console.json) {
      Json row = ToJson(proof);
      row["file"] = path;
      files.push_back(std::move(row));
    } else {
      console.out << "Wrote " << path << ": " << proof.kind() << ", " << proof.media_type() << ", "
                  << Count(proof.bytes(), "byte") << "\n";
    }
  }
  if (console.json) {
    PrintJson(console.out,
              Json{{"id", asked.id()}, {"withheld", asked.withheld()}, {"files", files}});
    return kExitOk;
  }
  if (asked.withheld() > 0) {
    console.out << Count(asked.withheld(), "file") << " of the report "
                << (asked.withheld() == 1 ? "was" : "were") << " not handed out.\n";
  }
  console.out << "That you read " << (wanted.size() == 1 ? "it" : "them")
              << " is on the record. The node keeps the files until " << asked.kept_until()
              << ".\n";
  return kExitOk;
}

absl::StatusOr<int> RunProofRequests(Session& session, const ProofRequestOptions& options) {
  auto limit = MakeNumber("--limit", options.limit, 1, kMaxListed, kMostRequests);
  if (!limit.ok()) return limit.status();
  v1::ListProofRequestsRequest request;
  request.set_all(options.all);
  return ListPages(session, std::move(request), *limit, &Disclosure::ListProofRequests,
                   &v1::ListProofRequestsResponse::mutable_requests);
}

absl::StatusOr<int> RunProofDisclose(Session& session, const ProofRequestOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (!status.ok()) return status;
  v1::DiscloseProofRequest request;
  request.set_id(options.id);
  request.set_because(options.because);
  for (const std::string& text : options.numbers) {
    auto number = NumberOf(text);
    if (!number.ok()) return number.status();
    request.add_numbers(*number);
  }
  return Decide(session, std::move(request), &Disclosure::DiscloseProof);
}

absl::StatusOr<int> RunProofRefuse(Session& session, const ProofRequestOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (!status.ok()) return status;
  v1::RefuseProofRequest request;
  request.set_id(options.id);
  request.set_because(options.because);
  return Decide(session, std::move(request), &Disclosure::RefuseProof);
}

}  // namespace daftar::cli
