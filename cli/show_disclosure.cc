#include "cli/show_disclosure.h"

#include "cli/text.h"

namespace daftar::cli {
namespace {

std::string NumbersOf(const v1::ProofRequest& request) {
  std::string numbers;
  for (const v1::DisclosedProof& file : request.files()) {
    numbers += (numbers.empty() ? "#" : ", #") + std::to_string(file.number());
  }
  return numbers;
}

std::string FetchedText(const v1::ProofRequest& request) {
  const auto& times = request.fetched_at();
  if (times.empty()) return {};
  std::string text = "fetched " + times.Get(times.size() - 1);
  if (times.size() > 1) text += " (" + std::to_string(times.size()) + " times)";
  return text;
}

}  // namespace

Json ToJson(const v1::ProofRequest& request) {
  Json files = Json::array();
  for (const v1::DisclosedProof& file : request.files()) {
    files.push_back({{"number", file.number()}, {"kind", file.kind()}, {"digest", file.digest()}});
  }
  Json fetched = Json::array();
  for (const std::string& at : request.fetched_at()) fetched.push_back(at);
  return Json{{"id", request.id()},
              {"incident", request.incident()},
              {"log_index", request.log_index()},
              {"partner", TextOrNull(request.partner())},
              {"why", TextOrNull(request.why())},
              {"asked_at", TextOrNull(request.asked_at())},
              {"state", request.state()},
              {"open", request.open()},
              {"open_until", TextOrNull(request.open_until())},
              {"decided_at", TextOrNull(request.decided_at())},
              {"decided_by", TextOrNull(request.decided_by())},
              {"because", TextOrNull(request.because())},
              {"files", std::move(files)},
              {"fetched_at", std::move(fetched)}};
}

Json ToJson(const v1::PartnerProof& proof) {
  return Json{{"number", proof.number()},
              {"kind", proof.kind()},
              {"media_type", proof.media_type()},
              {"bytes", proof.bytes()},
              {"digest", proof.digest()}};
}

Json ToJson(const v1::AskedProof& asked) {
  Json files = Json::array();
  for (const v1::PartnerProof& proof : asked.files()) files.push_back(ToJson(proof));
  return Json{{"id", asked.id()},
              {"partner", asked.partner()},
              {"log_index", asked.log_index()},
              {"because", TextOrNull(asked.because())},
              {"asked_at", TextOrNull(asked.asked_at())},
              {"asked_by", TextOrNull(asked.asked_by())},
              {"state", asked.state()},
              {"since", TextOrNull(asked.since())},
              {"kept_until", TextOrNull(asked.kept_until())},
              {"withheld", asked.withheld()},
              {"files", std::move(files)}};
}

Json ToJson(const v1::ListAskedProofResponse& asked) {
  Json rows = Json::array();
  for (const v1::AskedProof& row : asked.asked()) rows.push_back(ToJson(row));
  return Json{{"asked", std::move(rows)}};
}

Json ListJson(const std::vector<v1::ProofRequest>& requests, bool more) {
  Json rows = Json::array();
  for (const v1::ProofRequest& request : requests) rows.push_back(ToJson(request));
  return Json{{"requests", std::move(rows)}, {"more", more}};
}

void Print(std::ostream& out, const v1::ProofRequest& request) {
  Fields fields;
  fields.Add("Request", request.id());
  fields.Add("State", request.state());
  fields.Add("Partner", request.partner());
  fields.Add("Incident", request.incident() + ", entry #" + std::to_string(request.log_index()));
  fields.Add("Asked", request.asked_at());
  fields.Add("Why", request.why());
  fields.Add("Open until", request.open_until());
  fields.Add("Decided", request.decided_at() +
                            (request.decided_by().empty() ? "" : " by " + request.decided_by()));
  fields.Add("Because", request.because());
  fields.Add("Files", NumbersOf(request));
  fields.Add("Fetched", FetchedText(request));
  fields.Print(out);
}

void Print(std::ostream& out, const v1::ListAskedProofResponse& asked) {
  if (asked.asked().empty()) {
    out << "Nothing was asked for.\n";
    return;
  }
  Table table({"REQUEST", "PARTNER", "ENTRY", "STATE", "SINCE", "FILES"});
  for (const v1::AskedProof& row : asked.asked()) {
    table.Row({row.id(), row.partner(), "#" + std::to_string(row.log_index()), row.state(),
               row.since(), row.files().empty() ? "" : std::to_string(row.files_size())});
  }
  table.Print(out);
}

void PrintList(std::ostream& out, const std::vector<v1::ProofRequest>& requests, bool more) {
  if (requests.empty()) {
    out << "Nobody asks for proof.\n";
    return;
  }
  Table table({"REQUEST", "PARTNER", "INCIDENT", "ASKED", "STATE", "OPEN UNTIL", "WHY"});
  for (const v1::ProofRequest& row : requests) {
    table.Row({row.id(), row.partner(), row.incident(), row.asked_at(), row.state(),
               row.open_until(), row.why()});
  }
  table.Print(out);
  if (more) out << "There are more; see --limit.\n";
}

void PrintProofRequests(std::ostream& out, const v1::Incident& incident) {
  if (incident.proof_requests().empty()) return;
  out << "\nAsked for by partners\n";
  Table table({"", "", "", "", "", ""});
  for (const v1::ProofRequest& row : incident.proof_requests()) {
    table.Row({row.asked_at(), row.partner().empty() ? "a partner" : row.partner(), row.state(),
               NumbersOf(row), FetchedText(row), row.because()});
  }
  table.Print(out, 2, false);
}

}  // namespace daftar::cli
