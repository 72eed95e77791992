#include "cli/commands_log.h"

#include <charconv>
#include <filesystem>

#include "cli/bundle_files.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/show.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

using Node = v1::NodeService::Stub;

constexpr std::chrono::seconds kWholeCall{59 * 60};  // the node allows an hour
constexpr uint64_t kMaxSize = (uint64_t{1} << 63) - 1;
constexpr size_t kMaxIndexes = 10'000;  // as the node takes them

bool IsWatched(const Console& console) { return console.err_is_terminal && !console.json; }

// "12,40" as numbers.
absl::Status MakeIndexes(const char* option, std::string_view text, size_t most,
                         google::protobuf::RepeatedField<uint64_t>& out) {
  if (text.empty()) return absl::OkStatus();
  const auto wrong = [&] {
    return absl::InvalidArgumentError("--" + std::string(option) + " takes at most " +
                                      std::to_string(most) +
                                      " entries with commas between, like 12,40 (daftar log show "
                                      "lists them)");
  };
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string_view one = text.substr(at, comma - at);
    uint64_t index = 0;
    const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), index);
    if (one.empty() || error != std::errc() || end != one.data() + one.size() || index > kMaxSize ||
        static_cast<size_t>(out.size()) == most) {
      return wrong();
    }
    out.Add(index);
    at = comma + 1;
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ExportLogRequest> MakeRequest(const LogExportOptions& options) {
  auto from = MakeNumber("from", options.from, 0, kMaxSize, 0);
  if (!from.ok()) return from.status();
  auto to = MakeNumber("to", options.to, 1, kMaxSize, 0);
  if (!to.ok()) return to.status();
  v1::ExportLogRequest request;
  request.set_from(*from);
  request.set_to(*to);
  absl::Status status = MakeIndexes("entries", options.entries, audit::kMaxExcerptEntries,
                                    *request.mutable_entries());
  if (status.ok()) status = MakeIndexes("open", options.open, kMaxIndexes, *request.mutable_open());
  if (status.ok()) status = CheckText("case", options.case_id);
  if (!status.ok()) return status;
  if (request.from() > 0 && !request.entries().empty()) {
    return absl::InvalidArgumentError(
        "--from begins where an earlier audit ended, and --entries takes single entries: give one "
        "of them");
  }
  request.set_case_id(options.case_id);
  return request;
}

absl::StatusOr<v1::ExportDecisionsRequest> MakeDecisionsRequest(const LogExportOptions& options) {
  if (!options.entries.empty() || !options.open.empty() || !options.case_id.empty()) {
    return absl::InvalidArgumentError(
        "--decisions writes the decision log: leave out --entries, --open and --case");
  }
  auto from = MakeNumber("from", options.from, 0, kMaxSize, 0);
  if (!from.ok()) return from.status();
  auto to = MakeNumber("to", options.to, 1, kMaxSize, 0);
  if (!to.ok()) return to.status();
  v1::ExportDecisionsRequest request;
  request.set_from(*from);
  request.set_to(*to);
  return request;
}

Json WrittenJson(const std::string& out, const WrittenBundle& written) {
  const audit::Manifest& manifest = written.manifest;
  return Json{{"file", out},
              {"kind", audit::BundleKindName(manifest.kind)},
              {"origin", manifest.origin},
              {"from", manifest.from},
              {"to", manifest.to},
              {"bytes", written.bytes},
              {"files", manifest.files.size()},
              {"bodies", written.bodies},
              {"opened", written.opened},
              {"case", written.has_case},
              {"cosignatures",
               written.cosignatures.has_value() ? Json(*written.cosignatures) : Json(nullptr)}};
}

// A node keeps the signatures of its earlier heads, and no cosignatures of them.
void WarnOfNoCosignature(Console& console, const LogExportOptions& options,
                         const WrittenBundle& written) {
  if (written.cosignatures != uint64_t{0}) return;
  console.err << "No partner has cosigned the head of this bundle, of "
              << Count(written.manifest.to, "entry", "entries")
              << ": under a policy that asks for a quorum it fails at 'quorum'. ";
  if (options.to.empty()) {
    console.err << "Export again once partners have; daftar log head shows who has.\n";
  } else {
    console.err << "A node keeps cosignatures for its newest head alone: leave out --to. Whoever "
                   "needs them on an earlier head keeps the bundle made at that time.\n";
  }
}

void PrintWritten(Console& console, const LogExportOptions& options, const WrittenBundle& written) {
  const std::string& out = options.out;
  const audit::Manifest& manifest = written.manifest;
  uint64_t leaves = 0;
  for (const audit::ManifestFile& file : manifest.files) leaves += file.name.ends_with(".leaf");
  console.out << "Wrote " << out << ": ";
  if (manifest.kind == audit::BundleKind::kExcerpt) {
    console.out << Count(leaves, "entry", "entries") << " of the log of " << manifest.origin
                << ", as it is at " << Count(manifest.to, "entry", "entries");
  } else {
    console.out << "the log of " << manifest.origin << " from " << manifest.from << " to "
                << manifest.to << ", " << Count(manifest.to - manifest.from, "entry", "entries");
  }
  console.out << ", " << Count(written.bodies, "body", "bodies") << "; "
              << Count(written.bytes, "byte") << ".\n";
  if (written.opened > 0) {
    console.out << "It opens " << Count(written.opened, "report")
                << ": whoever has it reads what happened, how much and when, and not about whom.\n";
  }
  if (written.has_case) {
    console.out << "It tells who filed and approved the incident, and when.\n";
  }
  WarnOfNoCosignature(console, options, written);
  console.err
      << "Next: daftar audit verify " << ShellWord(out)
      << " --policy POLICY, where POLICY is the auditor's own; daftar log policy prints one "
         "to compare with.\n";
  if (manifest.kind == audit::BundleKind::kLog) {
    console.err << "A later audit can begin where this one ends: daftar log export --from "
                << manifest.to << "\n";
  }
}

void PrintWrittenDecisions(Console& console, const std::string& out, const WrittenBundle& written) {
  const audit::Manifest& manifest = written.manifest;
  console.out << "Wrote " << out << ": the decisions of " << manifest.origin << " from "
              << manifest.from << " to " << manifest.to << ", "
              << Count(manifest.to - manifest.from, "receipt") << ", "
              << Count(written.bodies, "body", "bodies") << "; " << Count(written.bytes, "byte")
              << ".\nWho was checked stands in it as a keyed hash, who checked not at all.\n";
  console.err
      << "Next: daftar audit replay " << ShellWord(out)
      << " --policy FILE --head SIZE:ROOT --entry-vkey VKEY; daftar policy show HASH writes "
         "a policy, and a head is what daftar status showed at an earlier audit.\n"
         "A later export can begin where this one ends: daftar log export --decisions "
         "--from "
      << manifest.to << "\n";
}

// Names the way out that only this command has: a file may be replaced, a folder's content not.
absl::Status WithForce(const absl::Status& status, const LogExportOptions& options) {
  std::error_code ignored;
  if (status.code() != absl::StatusCode::kAlreadyExists || options.force ||
      std::filesystem::symlink_status(options.out, ignored).type() !=
          std::filesystem::file_type::regular) {
    return status;
  }
  return absl::AlreadyExistsError(std::string(status.message()) + ", or replace it with --force");
}

// Takes what `method` streams to the disk.
template <class Method, class Request>
absl::StatusOr<WrittenBundle> Receive(Session& session, const LogExportOptions& options,
                                      Method method, const Request& request) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  auto place = BundlePlace::Create(options.out, options.force);
  if (!place.ok()) return WithForce(place.status(), options);
  Console& console = session.console();
  const InterruptScope interrupts;
  Progress progress(console.err, options.out, IsWatched(console), "megabyte");
  BundleReceiver receiver(**place, progress);
  const auto last = (*client)->Follow(
      method, request, [&](const v1::ExportLogResponse& message) { receiver.Take(message); },
      [&] { return InterruptScope::Interrupted() || receiver.failed(); }, kWholeCall);
  if (last.ok()) receiver.Take(*last);
  if (last.ok() || receiver.failed()) return receiver.Finish(&InterruptScope::Interrupted);
  return last.status();
}

absl::StatusOr<int> ExportDecisions(Session& session, const LogExportOptions& options) {
  const auto request = MakeDecisionsRequest(options);
  if (!request.ok()) return request.status();
  const auto written = Receive(session, options, &Node::AsyncExportDecisions, *request);
  if (!written.ok()) return written.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, WrittenJson(options.out, *written));
  } else {
    PrintWrittenDecisions(console, options.out, *written);
  }
  return kExitOk;
}

absl::StatusOr<int> ExportFork(Session& session, const LogExportOptions& options) {
  if (!options.from.empty() || !options.to.empty() || !options.entries.empty() ||
      !options.open.empty() || !options.case_id.empty() || options.decisions) {
    return absl::InvalidArgumentError(
        "--fork writes the proof against a partner alone: leave out --from, --to, --entries, "
        "--open, --case and --decisions");
  }
  if (auto status = CheckText("fork", options.fork); !status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  auto file = NewFile::Create(options.out, options.force);
  if (!file.ok()) return WithForce(file.status(), options);
  v1::ExportForkRequest request;
  request.set_origin(options.fork);
  const auto response = (*client)->Read(&Node::ExportFork, request);
  if (!response.ok()) return response.status();
  absl::Status status = (*file)->Append(response->evidence());
  if (status.ok()) status = (*file)->Keep();
  if (!status.ok()) return status;
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"file", options.out},
                                {"kind", "fork"},
                                {"origin", options.fork},
                                {"bytes", response->evidence().size()}});
    return kExitOk;
  }
  console.out << "Wrote " << options.out << ": two heads that " << options.fork
              << " has signed and that cannot both be true.\n";
  console.err << "Anybody with its key can check it: daftar audit verify " << ShellWord(options.out)
              << " --policy POLICY\n";
  return kExitOk;
}

}  // namespace

absl::StatusOr<int> RunLogExport(Session& session, const LogExportOptions& options) {
  if (options.out.empty()) {
    return absl::InvalidArgumentError(
        "--out is needed: the file to write, like --out log.bundle, or a folder, like --out log/");
  }
  if (!options.fork.empty()) return ExportFork(session, options);
  if (options.decisions) return ExportDecisions(session, options);
  const auto request = MakeRequest(options);
  if (!request.ok()) return request.status();
  const auto written = Receive(session, options, &Node::AsyncExportLog, *request);
  if (!written.ok()) return written.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, WrittenJson(options.out, *written));
  } else {
    PrintWritten(console, options, *written);
  }
  return kExitOk;
}

absl::StatusOr<int> RunLogPolicy(Session& session) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Node::GetLogPolicy, v1::GetLogPolicyRequest());
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"policy", response->policy()}});
  } else {
    console.out << PrintableLines(response->policy());
  }
  return kExitOk;
}

absl::StatusOr<int> RunLogHead(Session& session) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Node::GetLogHead, v1::GetLogHeadRequest());
  if (!response.ok()) return response.status();
  Show(session, *response);
  Console& console = session.console();
  if (console.json) return kExitOk;
  // Beside the note, which goes into a verifier as it is.
  console.err << "Signed by the shop at " << response->signed_at() << "; cosigned by "
              << Count(static_cast<uint64_t>(response->cosignatures_size()), "partner")
              << (response->cosignatures().empty() ? ".\n" : ":\n");
  for (const v1::LogCosignature& cosignature : response->cosignatures()) {
    console.err << "  " << Printable(cosignature.witness()) << " at " << cosignature.at() << "\n";
  }
  console.err << "This node's keys, as a policy takes them:\n";
  Fields keys;
  keys.Add("Heads", response->head_vkey());
  keys.Add("Timestamps", response->self_vkey());
  keys.Add("As a witness", response->mirror_vkey());
  keys.Print(console.err, 2);
  return kExitOk;
}

}  // namespace daftar::cli
