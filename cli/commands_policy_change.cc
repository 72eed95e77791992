// Putting policies in force, trying them, and what deciding was worth.
#include "cli/commands_policy.h"
#include "cli/faults.h"
#include "cli/files.h"
#include "cli/show.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

using PolicyStub = v1::PolicyService::Stub;

// The text of a policy file without faults. Else empty, when the faults have been told.
absl::StatusOr<std::string> ReadSoundPolicy(Session& session, const std::string& file) {
  auto toml = ReadWhole(file, "policy", decision::kMaxPolicyBytes, session.console());
  if (!toml.ok()) return toml.status();
  std::vector<evidence::TomlFault> faults;
  if (decision::Policy::Parse(*toml, faults).has_value()) return toml;
  ReportFaults(session.console(), "policy", file, faults);
  return std::string();
}

absl::StatusOr<int> ShowTrial(Session& session) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&PolicyStub::ReportTrial, v1::ReportTrialRequest());
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

}  // namespace

absl::StatusOr<int> RunPolicyPut(Session& session, const PolicyPutOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("instead-of", options.instead_of);
  if (!status.ok()) return status;
  auto toml = ReadSoundPolicy(session, options.file);
  if (!toml.ok()) return toml.status();
  if (toml->empty()) return kExitData;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::PutPolicyRequest request;
  request.set_toml(*std::move(toml));
  request.set_because(options.because);
  request.set_instead_of(options.instead_of);
  const auto response = (*client)->Write(&PolicyStub::PutPolicy, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

absl::StatusOr<int> RunPolicyTrial(Session& session, const PolicyTrialOptions& options) {
  if (options.file.empty() && !options.end) {
    if (options.because.empty()) return ShowTrial(session);
    return absl::InvalidArgumentError(
        "--because goes with a FILE to try or with --end; without them the trial is shown");
  }
  if (!options.file.empty() && options.end) {
    return absl::InvalidArgumentError(
        "a FILE begins a trial and --end ends it: give one of the two");
  }
  if (absl::Status status = CheckBecause(options.because); !status.ok()) return status;
  v1::SetTrialPolicyRequest request;
  if (!options.end) {
    auto toml = ReadSoundPolicy(session, options.file);
    if (!toml.ok()) return toml.status();
    if (toml->empty()) return kExitData;
    request.set_toml(*std::move(toml));
  }
  request.set_because(options.because);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&PolicyStub::SetTrialPolicy, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

absl::StatusOr<int> RunPolicyWorth(Session& session, const PeriodOptions& options) {
  if (absl::Status status = CheckPeriod(options); !status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::ReportWorthRequest request;
  request.set_from(options.from);
  request.set_to(options.to);
  const auto response = (*client)->Read(&PolicyStub::ReportWorth, request);
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

}  // namespace daftar::cli
