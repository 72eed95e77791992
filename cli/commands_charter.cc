#include "cli/commands_charter.h"

#include <optional>
#include <utility>
#include <vector>

#include "cli/faults.h"
#include "cli/files.h"
#include "cli/session.h"
#include "cli/show_charter.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

using NodeStub = v1::NodeService::Stub;

// nullopt when the file is not a charter; why not has been told.
absl::StatusOr<std::optional<evidence::Charter>> ReadCharter(Session& session,
                                                             const std::string& file) {
  auto toml = ReadWhole(file, "charter", evidence::kMaxCharterBytes, session.console());
  if (!toml.ok()) return toml.status();
  std::vector<evidence::TomlFault> faults;
  auto charter = evidence::Charter::Parse(*std::move(toml), faults);
  if (!charter.has_value()) ReportFaults(session.console(), "charter", file, faults);
  return charter;
}

}  // namespace

absl::StatusOr<int> RunCharterCheck(Session& session, const CharterCheckOptions& options) {
  const auto charter = ReadCharter(session, options.file);
  if (!charter.ok()) return charter.status();
  if (!charter->has_value()) return kExitData;
  Console& console = session.console();
  if (console.json) {
    Json document{{"file", options.file}};
    document.update(ToJson(**charter));
    PrintJson(console.out, document);
  } else {
    console.out << "The charter is in order.\n\n";
    Print(console.out, **charter);
  }
  return kExitOk;
}

absl::StatusOr<int> RunCharterShow(Session& session, const CharterShowOptions& options) {
  if (auto status = CheckText("hash", options.hash); !status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::GetCharterRequest request;
  request.set_hash(options.hash);
  const auto shown = (*client)->Read(&NodeStub::GetCharter, request);
  if (!shown.ok()) return shown.status();
  Console& console = session.console();
  if (options.toml && !console.json) {
    // Byte for byte: its hash is what the circle knows it by.
    console.out << shown->toml() << std::flush;
    return kExitOk;
  }
  const auto charter = evidence::Charter::Parse(shown->toml());
  if (!charter.ok()) {
    return absl::InternalError("the node's charter cannot be read by this program: " +
                               MessageOf(charter.status()) + "; use the daftar of its version");
  }
  if (console.json) {
    PrintJson(console.out, ToJson(*shown, *charter));
  } else {
    Print(console.out, *shown, *charter);
  }
  return kExitOk;
}

absl::StatusOr<int> RunCharterAdopt(Session& session, const CharterAdoptOptions& options) {
  if (auto status = CheckBecause(options.because); !status.ok()) return status;
  auto charter = ReadCharter(session, options.file);
  if (!charter.ok()) return charter.status();
  if (!charter->has_value()) return kExitData;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::AdoptCharterRequest request;
  request.set_toml((*charter)->source);
  request.set_because(options.because);
  const auto adopted = (*client)->Write(&NodeStub::AdoptCharter, std::move(request));
  if (!adopted.ok()) return adopted.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, ToJson(adopted->charter()));
    return kExitOk;
  }
  console.out << "Adopted " << Printable(adopted->charter().hash()) << " (\""
              << Printable(adopted->charter().name())
              << "\"). It comes into force with the next tick.\n"
              << "Reports filed before keep the charter that they were filed under. Partners go on "
                 "counting what this shop reports once they have adopted the same file: send it to "
                 "them as it is.\n";
  return kExitOk;
}

}  // namespace daftar::cli
