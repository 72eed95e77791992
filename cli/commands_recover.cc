#include "cli/commands_recover.h"

#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/show.h"

namespace daftar::cli {
namespace {

using Node = v1::NodeService::Stub;

constexpr std::chrono::seconds kWholeCall{6 * 3600 - 60};  // the node allows six hours

Json ToJson(const v1::RecoverLogResponse& done) {
  Json said = Json::array();
  for (const std::string& sentence : done.said()) said.push_back(sentence);
  return Json{{"origin", done.origin()}, {"log_size", done.log_size()}, {"said", said}};
}

}  // namespace

absl::StatusOr<int> RunLogRecover(Session& session, const LogRecoverOptions& options) {
  const NewLogOptions& anew = options.new_log;
  if (!anew.origin.empty()) {
    if (!options.code.empty()) {
      return absl::InvalidArgumentError(
          "--code fetches the log back, and --new-log gives it up: give one of them");
    }
    NewLogOptions begun = anew;
    begun.because = options.because;
    return RunNewLog(session, begun);
  }
  if (anew.yes || anew.even_if_whole || anew.database_lost || !anew.passphrase_file.empty()) {
    return absl::InvalidArgumentError(
        "--yes, --even-if-whole, --database-lost and --passphrase-file belong to --new-log ORIGIN, "
        "which is missing");
  }
  v1::RecoverLogRequest request;
  request.set_because(options.because);
  std::string code = options.code;
  if (code == "-") {
    auto read = ReadPairingCode(session.console());
    if (!read.ok()) return read.status();
    code = *std::move(read);
  }
  if (auto status = CheckText("code", code); !status.ok()) return status;
  request.set_code(std::move(code));
  auto client = session.client();
  if (!client.ok()) return client.status();
  request.set_request_id(NewRequestId());
  Console& console = session.console();
  const InterruptScope interrupts;
  absl::StatusOr<v1::RecoverLogResponse> done = absl::InternalError("not run");
  {
    Progress progress(console.err, "taking the log back", console.err_is_terminal && !console.json,
                      "entry");
    done = (*client)->Follow(
        &Node::AsyncRecoverLog, request,
        [&](const v1::RecoverLogResponse& message) {
          progress.Update(message.entries(), message.total(), message.entries());
        },
        [] { return InterruptScope::Interrupted(); }, kWholeCall);
  }
  if (!done.ok()) return done.status();
  if (!done->finished()) {
    return absl::CancelledError(
        "stopped; what was taken back stays, and `daftar log recover` goes on from there");
  }
  if (console.json) {
    PrintJson(console.out, ToJson(*done));
    return kExitOk;
  }
  console.out << "The log of " << done->origin() << " is back, with " << done->log_size()
              << " entries.\n";
  for (const std::string& sentence : done->said()) console.out << "  - " << sentence << "\n";
  return kExitOk;
}

}  // namespace daftar::cli
