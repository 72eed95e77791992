// What would become of an incident, without keeping anything.
#include <algorithm>

#include "node/decision/form_texts.h"
#include "node/decision/wording.h"
#include "node/evidence/admissibility.h"
#include "node/ledger/deadlines.h"
#include "node/service/convert.h"
#include "node/service/shop_handlers.h"

namespace daftar::service {
namespace {

using decision::FormText;
using decision::Language;

constexpr int64_t kSecondsPerHour = 3600;

// What is previewed: a draft that is kept nowhere, or an incident as it is.
struct Previewed {
  ledger::Incident incident;
  bool is_draft = true;
  std::vector<evidence::ProofKind> proofs;
};

absl::StatusOr<std::vector<evidence::ProofKind>> ProofsFrom(
    const google::protobuf::RepeatedPtrField<std::string>& names) {
  if (static_cast<size_t>(names.size()) > evidence::kMaxProofFiles) {
    return absl::InvalidArgumentError("proofs: at most " +
                                      std::to_string(evidence::kMaxProofFiles));
  }
  std::vector<evidence::ProofKind> kinds;
  for (const std::string& name : names) {
    auto kind = evidence::ProofKindFromName(name);
    if (!kind.ok()) return kind.status();
    kinds.push_back(*kind);
  }
  return kinds;
}

absl::StatusOr<Previewed> KeptIncident(Node& node, const std::string& text) {
  auto id = IncidentIdFromProto(text);
  if (!id.ok()) return id.status();
  auto view = node.ledger().Get(*id);
  if (!view.ok()) return view.status();
  if (view->incident.IsScrubbed()) {
    return absl::FailedPreconditionError(
        "what this incident said was erased; there is nothing to preview");
  }
  Previewed previewed;
  previewed.is_draft =
      view->state == ledger::IncidentState::kDraft || view->state == ledger::IncidentState::kReady;
  for (const ledger::Proof& proof : view->proofs) previewed.proofs.push_back(proof.kind);
  previewed.incident = std::move(view->incident);
  return previewed;
}

class FactList {
 public:
  FactList(Language language, v1::PreviewIncidentResponse& out) : language_(language), out_(out) {}
  // What is empty is no fact.
  void Add(std::string_view name, FormText title, std::string_view value) {
    if (value.empty()) return;
    v1::SharedFact& fact = *out_.add_shared();
    fact.set_name(std::string(name));
    fact.set_title(std::string(decision::Words(language_, title)));
    fact.set_value(std::string(value));
  }
  void Add(std::string_view name, FormText title, FormText value) {
    Add(name, title, decision::Words(language_, value));
  }

 private:
  const Language language_;
  v1::PreviewIncidentResponse& out_;
};

// All that a report and its place in the log tell whoever finds it (docs/protocol.md, "Facts").
void AddFacts(const evidence::ReportFacts& facts, const std::string& origin, bool has_proof,
              Language language, v1::PreviewIncidentResponse& out) {
  FactList list(language, out);
  list.Add("shop", FormText::kShop, origin);
  list.Add("published", FormText::kPublished, FormText::kPublishedAt);
  list.Add("reason", FormText::kReason, decision::ReasonSentence(facts.reason, language));
  list.Add("amount", FormText::kAmount, decision::MoneyText(language, facts.amount));
  list.Add("occurred", FormText::kOccurred, decision::DateText(language, facts.occurred));
  list.Add("due", FormText::kDue, decision::DateText(language, facts.due));
  std::string reminders;
  for (const evidence::Date day : facts.reminders) {
    reminders += (reminders.empty() ? "" : ", ") + decision::DateText(language, day);
  }
  list.Add("reminders", FormText::kReminders, reminders);
  list.Add("settled-before", FormText::kSettledBefore,
           decision::SettledBucketWords(language, facts.settled_before));
  list.Add("proof", FormText::kProof, has_proof ? FormText::kProofAttached : FormText::kNoProof);
  list.Add("identifiers", FormText::kIdentifiers, FormText::kIdentifiersHidden);
}

// The profile that holds for it: of the charter under which it was noticed or queued, if any.
std::optional<evidence::ReasonProfile> ProfileOf(Node& node, const ledger::Incident& incident) {
  const auto told = incident.charter.IsZero() ? std::shared_ptr<const evidence::Charter>()
                                              : node.charters().Find(incident.charter);
  const evidence::Charter& charter = told != nullptr ? *told : node.charter();
  const auto profile = charter.reasons.find(incident.account.reason);
  if (profile == charter.reasons.end()) return std::nullopt;
  return profile->second;
}

}  // namespace

absl::StatusOr<v1::PreviewIncidentResponse> ShopHandlers::PreviewIncident(
    const Actor& actor, const v1::PreviewIncidentRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/PreviewIncident"); !s.ok()) return s;
  if (request.has_incident() != request.id().empty()) {
    return absl::InvalidArgumentError(
        "preview either an incident as it would be added, or one that is kept, by its id");
  }
  auto language = LanguageFromProto(request.language());
  if (!language.ok()) return language.status();
  auto proofs = ProofsFrom(request.proofs());
  if (!proofs.ok()) return proofs.status();
  Previewed previewed;
  if (request.has_incident()) {
    auto account = AccountFrom(request.incident());
    if (!account.ok()) return account.status();
    if (absl::Status s = node_.ledger().CheckNew(*account); !s.ok()) return s;
    previewed.incident.account = *std::move(account);
  } else {
    auto kept = KeptIncident(node_, request.id());
    if (!kept.ok()) return kept.status();
    previewed = *std::move(kept);
  }
  previewed.proofs.insert(previewed.proofs.end(), proofs->begin(), proofs->end());

  v1::PreviewIncidentResponse out;
  const ledger::Incident& incident = previewed.incident;
  if (!evidence::IsShareable(incident.account.reason)) {
    out.set_local(true);
    return out;
  }
  if (previewed.is_draft) {
    for (const std::string& sentence : node_.ledger().MissingWith(incident, previewed.proofs)) {
      out.add_missing(sentence);
    }
  }
  // A reason that the charter does not share tells partners nothing; `missing` says so.
  const auto profile = ProfileOf(node_, incident);
  if (!profile.has_value()) return out;
  const ledger::NewIncident account = incident.Standing();
  auto facts = node_.ledger().FactsToShare(account);
  if (!facts.ok()) return facts.status();
  AddFacts(*facts, node_.config().origin, !previewed.proofs.empty(), *language, out);
  // The days that the letter and the person's report name.
  const int64_t now = node_.clock().Now().seconds();
  const int64_t held_until = incident.held_until != 0
                                 ? incident.held_until
                                 : now + int64_t{profile->hold_hours} * kSecondsPerHour;
  const int64_t noticed_at = incident.noticed_at != 0 ? incident.noticed_at : now;
  out.set_held_until(ledger::LastDayToAnswer(noticed_at, held_until).ToString());
  out.set_expires_on(evidence::LastDayKept(account.occurred, profile->retention_months).ToString());
  return out;
}

}  // namespace daftar::service
