#include "node/ledger/case_file.h"

#include <algorithm>
#include <utility>

#include "node/evidence/proofs.h"

namespace daftar::ledger {
namespace {

absl::Status CheckActor(const std::string& actor) {
  const bool fits = !actor.empty() && actor.size() <= kMaxCaseActorBytes &&
                    std::ranges::all_of(actor, [](char c) { return c > ' ' && c <= '~'; });
  if (fits) return absl::OkStatus();
  return absl::InternalError("the incident's history names somebody in a way that a case cannot");
}

// "publish-asked": one word.
std::string ActionWord(IncidentAction action) {
  std::string word(ActionName(action));
  std::ranges::replace(word, ' ', '-');
  return word;
}

bool WasFoundAgain(const Incident& incident) {
  return std::ranges::any_of(incident.events, [](const IncidentEvent& event) {
    return event.action == IncidentAction::kPublishAsked && event.by == kNodeActor &&
           event.because == kFoundAgain;
  });
}

std::string ProofLine(const Proof& proof) {
  return "proof " + std::to_string(proof.number) + " " +
         std::string(evidence::ProofKindName(proof.kind)) + " " +
         std::string(evidence::MediaTypeName(proof.media)) + " " + std::to_string(proof.bytes) +
         " " + proof.salt.hex() + " " + proof.digest.hex() + "\n";
}

}  // namespace

std::vector<std::string> LostOfCase(const IncidentView& view, const evidence::ReportFacts& facts,
                                    const evidence::Charter* charter) {
  const Incident& incident = view.incident;
  if (!WasFoundAgain(incident)) return {};
  if (std::ranges::any_of(incident.account.identifiers, identity::IsLostCustomer)) {
    return {"who filed and approved it when", "the notice", "the proof"};
  }
  std::vector<std::string> lost;
  const evidence::ReasonProfile* profile = nullptr;
  if (charter != nullptr) {
    const auto found = charter->reasons.find(facts.reason);
    if (found != charter->reasons.end()) profile = &found->second;
  }
  if (profile != nullptr) {
    if (profile->second_person && incident.approved_by.empty()) lost.push_back("who approved it");
    if (profile->told_beforehand && incident.Standing().told_on == evidence::Date()) {
      lost.push_back("the day on which the customer was told");
    }
    if (profile->hold_hours > 0 && incident.noticed_at == 0) lost.push_back("the notice");
  }
  std::vector<crypto::Digest> digests;
  for (const Proof& proof : view.proofs) digests.push_back(proof.digest);
  if (evidence::ProofsRoot(std::move(digests)) != facts.proofs_root) lost.push_back("the proof");
  return lost;
}

absl::StatusOr<std::string> CaseFile(const IncidentView& view, const evidence::ReportFacts& facts) {
  const Incident& incident = view.incident;
  for (const IncidentEvent& event : incident.events) {
    if (absl::Status status = CheckActor(event.by); !status.ok()) return status;
  }
  absl::Status fits = CheckActor(incident.added_by);
  if (fits.ok() && !incident.approved_by.empty()) fits = CheckActor(incident.approved_by);
  if (!fits.ok()) return fits;

  std::string text = "daftar-case/v1\nincident " + incident.id.hex() + "\n";
  text += "report " + std::to_string(view.report->index) + "\n";
  text += "filed " + std::to_string(incident.added_at.value) + " " + incident.added_by + "\n";
  if (!incident.approved_by.empty()) {
    int64_t at = 0;
    for (const IncidentEvent& event : incident.events) {
      if (event.action == IncidentAction::kApproved) at = event.at.value;
    }
    text += "approved " + std::to_string(at) + " " + incident.approved_by + "\n";
  }
  if (const evidence::Date told = incident.Standing().told_on; told != evidence::Date()) {
    text += "told-on " + told.ToString() + "\n";
  }
  if (incident.noticed_at != 0) text += "notice " + std::to_string(incident.noticed_at) + "\n";
  if (incident.held_until != 0) text += "held-until " + std::to_string(incident.held_until) + "\n";
  for (const evidence::Date reminder : facts.reminders) {
    text += "reminder " + reminder.ToString() + "\n";
  }
  for (const Proof& proof : view.proofs) text += ProofLine(proof);
  for (const IncidentEvent& event : incident.events) {
    text += "event " + std::to_string(event.at.value) + " " + ActionWord(event.action) + " " +
            event.by + "\n";
  }
  return text;
}

}  // namespace daftar::ledger
