#include "cli/commands_relay.h"

#include "cli/client.h"
#include "cli/json.h"
#include "cli/text.h"
#include "daftar/v1/incident.grpc.pb.h"

namespace daftar::cli {
namespace {

using Incidents = v1::IncidentService::Stub;

constexpr uint64_t kMaxIndex = (uint64_t{1} << 63) - 1;
constexpr uint64_t kDefaultDisputes = 100;
constexpr uint64_t kMaxDisputes = 1000;

Json ToJson(const v1::RelayedDispute& dispute) {
  return Json{{"partner", dispute.origin()},
              {"entry", dispute.entry()},
              {"disputed_on", dispute.disputed_on()},
              {"relayed_at", dispute.relayed_at()},
              {"relayed_by", dispute.relayed_by()},
              {"state", dispute.state()},
              {"partner_disputed_at", TextOrNull(dispute.partner_disputed_at())},
              {"refusal", TextOrNull(dispute.refusal())},
              {"partner_told", dispute.partner_told()},
              {"others_told", dispute.others_told()},
              {"others", dispute.others()}};
}

template <class Disputes>
Json ListOf(const Disputes& disputes) {
  Json list = Json::array();
  for (const v1::RelayedDispute& dispute : disputes) list.push_back(ToJson(dispute));
  return Json{{"disputes", std::move(list)}};
}

std::string StateText(const v1::RelayedDispute& dispute) {
  const std::string& state = dispute.state();
  if (state == "waiting") {
    return "waiting for the partner since " + dispute.relayed_at() +
           (dispute.partner_told() ? ", which has it" : ", which has not answered yet");
  }
  if (state == "disputed") return "disputed by the partner at " + dispute.partner_disputed_at();
  if (state == "resolved") return "resolved by the partner since";
  if (state == "ended") return "ended: the report is withdrawn or erased";
  return "refused by the partner, still not counted here, and sent again: " +
         Printable(dispute.refusal_words());
}

// Whether the state by itself says that the entry does not count. After a resolution it may.
bool StopsIt(const v1::RelayedDispute& dispute) {
  return dispute.state() == "waiting" || dispute.state() == "disputed" ||
         dispute.state() == "ended";
}

}  // namespace

absl::StatusOr<int> RunPartnerDispute(Session& session, const PartnerDisputeOptions& options) {
  if (options.identifiers.empty()) {
    return absl::InvalidArgumentError(
        "say who disputes it: at least one of --phone, --email and the like, as in a check");
  }
  absl::Status status = CheckText("origin", options.origin);
  if (status.ok()) status = CheckDate("disputed-on", options.disputed_on);
  if (!status.ok()) return status;
  auto entry = MakeNumber("entry", options.entry, 0, kMaxIndex, 0);
  if (!entry.ok()) return entry.status();
  Console& console = session.console();
  auto identifiers = ReadIdentifiers(options.identifiers, console);
  if (!identifiers.ok()) return identifiers.status();
  v1::DisputeAtPartnerRequest request;
  request.set_origin(options.origin);
  for (v1::Identifier& identifier : *identifiers) {
    *request.add_identifiers() = std::move(identifier);
  }
  if (!options.entry.empty()) request.set_entry(*entry);
  request.set_on(options.disputed_on);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Incidents::DisputeAtPartner, std::move(request));
  if (!response.ok()) return response.status();
  if (console.json) {
    PrintJson(console.out, ListOf(response->disputes()));
    return kExitOk;
  }
  for (const v1::RelayedDispute& dispute : response->disputes()) {
    console.out << "Entry " << dispute.entry() << " of " << Printable(dispute.origin())
                << (StopsIt(dispute) ? " does not count here any more: " : ": ")
                << StateText(dispute) << ".\n";
  }
  console.err << "The partner learns that this shop knows the person, and writes the dispute into "
                 "its log; the other partners stop counting the entry too. `daftar partner "
                 "disputes` shows how it stands.\n";
  return kExitOk;
}

absl::StatusOr<int> RunPartnerDisputes(Session& session, const PartnerDisputesOptions& options) {
  auto limit = MakeNumber("limit", options.limit, 1, kMaxDisputes, kDefaultDisputes);
  if (!limit.ok()) return limit.status();
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::ListRelayedDisputesRequest request;
  request.set_limit(static_cast<uint32_t>(*limit));
  const auto response = (*client)->Read(&Incidents::ListRelayedDisputes, request);
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, ListOf(response->disputes()));
    return kExitOk;
  }
  if (response->disputes().empty()) {
    console.out << "No dispute was passed on from here.\n";
    return kExitOk;
  }
  Table table({"PARTNER", "ENTRY", "DISPUTED", "OTHERS TOLD", "STATE"});
  for (const v1::RelayedDispute& dispute : response->disputes()) {
    table.Row({Printable(dispute.origin()), std::to_string(dispute.entry()), dispute.disputed_on(),
               std::to_string(dispute.others_told()) + " of " + std::to_string(dispute.others()),
               StateText(dispute)});
  }
  table.Print(console.out);
  return kExitOk;
}

}  // namespace daftar::cli
