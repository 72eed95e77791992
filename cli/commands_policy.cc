// The policy, overrides, outcomes and replays.
#include "cli/commands_policy.h"

#include "cli/faults.h"
#include "cli/files.h"
#include "cli/policy_file.h"
#include "cli/replay.h"
#include "cli/show.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

using PolicyStub = v1::PolicyService::Stub;

constexpr char kDefaultPolicyName[] = "default";

absl::StatusOr<v1::GetPolicyResponse> GetPolicy(Session& session, const std::string& hash) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::GetPolicyRequest request;
  request.set_hash(hash);
  return (*client)->Read(&PolicyStub::GetPolicy, request);
}

bool IsReceiptId(const std::string& text) {
  constexpr size_t kReceiptIdDigits = 32;
  return text.size() == kReceiptIdDigits && crypto::FromHex(text).ok();
}

struct ReplayedReceipt {
  std::string text;    // as `why` writes it
  std::string policy;  // hash of the policy of that time, when a node said it
};

absl::StatusOr<ReplayedReceipt> ReceiptFromNode(Session& session, const std::string& id) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::GetReceiptRequest request;
  request.set_receipt(id);
  const auto response = (*client)->Read(&v1::ShopService::Stub::GetReceipt, request);
  if (!response.ok()) return response.status();
  if (response->body().empty()) {
    return absl::PermissionDeniedError(
        "staff see a receipt without what names partners, and that is needed to compute it again; "
        "ask a manager or an auditor");
  }
  return ReplayedReceipt{ToJson(*response).dump(-1, ' ', false, Json::error_handler_t::replace),
                         response->policy()};
}

// The policy that was named, or for a receipt from the node the one that it was made under.
absl::StatusOr<decision::Policy> PolicyOf(Session& session, const std::string& named,
                                          const ReplayedReceipt& receipt) {
  if (named == kDefaultPolicyName) return decision::DefaultPolicy();
  if (!named.empty()) return LoadPolicy(named, session.console());
  const auto kept = GetPolicy(session, receipt.policy);
  if (!kept.ok()) return kept.status();
  return decision::Policy::Parse(kept->toml());
}

}  // namespace

absl::StatusOr<int> RunOverride(Session& session, const OverrideOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("receipt", options.receipt);
  if (!status.ok()) return status;
  auto effect = MakeEffect("effect", options.effect);
  if (!effect.ok()) return effect.status();
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::OverrideDecisionRequest request;
  request.set_receipt(options.receipt);
  request.set_effect(*effect);
  request.set_because(options.because);
  const auto response = (*client)->Write(&PolicyStub::OverrideDecision, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

absl::StatusOr<int> RunPolicyShow(Session& session, const PolicyShowOptions& options) {
  if (auto status = CheckText("hash", options.hash); !status.ok()) return status;
  const auto policy = GetPolicy(session, options.hash);
  if (!policy.ok()) return policy.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, ToJson(*policy));
    return kExitOk;
  }
  // The file alone, so that it can be kept and changed; everything else is for the reader.
  console.out << PrintableLines(policy->toml()) << std::flush;
  console.err << "Policy " << Printable(policy->hash())
              << (policy->in_force() ? ", in force.\n" : ", not in force.\n");
  if (policy->in_force()) {
    console.err << "Of buyers without any record " << ShowPercent(policy->prior_ppm())
                << " are expected to go bad.\n";
  }
  if (!policy->problem().empty()) {
    console.err << "The policy file is not in force: " << PrintableLines(policy->problem()) << "\n";
  }
  return kExitOk;
}

absl::StatusOr<int> RunPolicyVersions(Session& session) {
  const auto policy = GetPolicy(session, "");
  if (!policy.ok()) return policy.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, VersionsJson(*policy));
  } else {
    PrintVersions(console.out, *policy);
  }
  return kExitOk;
}

absl::StatusOr<int> RunPolicyCheck(Session& session, const PolicyCheckOptions& options) {
  CheckedPolicy checked;
  checked.file = options.file;
  if (checked.file.empty()) {
    if (session.options().dir.empty()) {
      return absl::InvalidArgumentError(
          "which policy? Give FILE, or --dir DIR for the policy.toml in the node's folder");
    }
    checked.file = session.options().dir + "/policy.toml";
  }
  auto read = ReadPolicyFile(checked.file, session.console());
  if (!read.ok()) return read.status();
  if (!read->policy.has_value()) {
    ReportFaults(session.console(), "policy", checked.file, read->faults);
    return kExitData;
  }
  checked.hash = read->policy->Hash().hex();
  checked.differences = DifferencesFromDefault(*read->policy);
  return Show(session, checked);
}

absl::StatusOr<int> RunPolicyOutcomes(Session& session, const PeriodOptions& options) {
  absl::Status status = CheckPeriod(options);
  if (!status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::ReportOutcomesRequest request;
  request.set_from(options.from);
  request.set_to(options.to);
  const auto response = (*client)->Read(&PolicyStub::ReportOutcomes, request);
  if (!response.ok()) return response.status();
  return Show(session, *response);
}

absl::StatusOr<int> RunAuditReplay(Session& session, const ReplayOptions& options) {
  const bool from_node = IsReceiptId(options.receipt);
  if (!from_node && IsBundle(options.receipt)) return RunBundleReplay(session, options);
  if (!options.heads.empty() || !options.entry_vkey.empty() || !options.subject.empty()) {
    return absl::InvalidArgumentError(
        "--head, --entry-vkey and --subject are for an exported decision log (daftar log export "
        "--decisions), and this is none");
  }
  if (options.policies.size() > 1) {
    return absl::InvalidArgumentError("one receipt was made under one policy: give --policy once");
  }
  const std::string named = options.policies.empty() ? "" : options.policies.front();
  if (named.empty() && !from_node) {
    return absl::InvalidArgumentError(
        "a file needs --policy: the file of the policy of that time (daftar policy show HASH "
        "writes it), or default");
  }
  if (options.receipt == "-" && named == "-") {
    return absl::InvalidArgumentError("standard input can be the receipt or the policy, not both");
  }
  absl::StatusOr<ReplayedReceipt> receipt = ReplayedReceipt();
  if (from_node) {
    receipt = ReceiptFromNode(session, options.receipt);
    if (!receipt.ok()) return receipt.status();
  } else {
    auto text = ReadWhole(options.receipt, "receipt", kMaxReceiptFileBytes, session.console());
    if (!text.ok()) return text.status();
    receipt->text = *std::move(text);
  }
  const auto policy = PolicyOf(session, named, *receipt);
  if (!policy.ok()) return policy.status();
  const auto result = ReplayFile(receipt->text, *policy);
  if (!result.ok()) return result.status();
  const int shown = Show(session, *result);
  return result->agrees() ? shown : kExitData;
}

absl::StatusOr<int> RunPartnerResetWeight(Session& session, const ResetWeightOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("origin", options.origin);
  if (!status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::ResetPartnerWeightRequest request;
  request.set_origin(options.origin);
  request.set_because(options.because);
  const auto response = (*client)->Write(&PolicyStub::ResetPartnerWeight, std::move(request));
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"reset", options.origin}});
  } else {
    console.out << "What was learnt about " << Printable(options.origin)
                << " is forgotten; the policy's weight applies until more is learnt.\n";
  }
  return kExitOk;
}

}  // namespace daftar::cli
