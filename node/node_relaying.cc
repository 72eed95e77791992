// The rooms of relayed disputes, and what they are told by the others.
#include "crypto/hash.h"
#include "node/node.h"

namespace daftar {
namespace {

using partners::RelayAnswer;
using partners::RelayOutcome;
using partners::RelayRefusal;

// A partner's timestamp that came within so long is the one that has just been applied.
constexpr int64_t kJustHeardSeconds = 60;

RelayAnswer AnswerTo(ledger::RelayTaken::Outcome outcome) {
  switch (outcome) {
    case ledger::RelayTaken::Outcome::kDisputed:
      return {RelayOutcome::kDisputed, RelayRefusal::kNone};
    case ledger::RelayTaken::Outcome::kAlready:
      return {RelayOutcome::kAlready, RelayRefusal::kNone};
    case ledger::RelayTaken::Outcome::kEnded:
      break;
  }
  return {RelayOutcome::kRefused, RelayRefusal::kEnded};
}

}  // namespace

partners::OwnReports Node::OwnReports() {
  partners::OwnReports own;
  own.origin = config_.origin;
  own.record_key = [this](uint64_t index) { return ledger_->RecordKey(index); };
  own.dispute = [this](const evidence::RelayStatement& statement,
                       int64_t since) -> absl::StatusOr<partners::OwnReports::Disputed> {
    const std::string request = "relay-" + crypto::Sha256(statement.Encode()).hex();
    auto taken =
        ledger_->DisputeThroughPartner(statement.relayer, request, statement.index, statement.on,
                                       static_cast<int64_t>(statement.at), since);
    if (absl::IsNotFound(taken.status())) {
      return partners::OwnReports::Disputed{{RelayOutcome::kRefused, RelayRefusal::kNotOpened}, {}};
    }
    if (absl::IsInvalidArgument(taken.status())) {
      return partners::OwnReports::Disputed{{RelayOutcome::kRefused, RelayRefusal::kWrongDay}, {}};
    }
    if (!taken.ok()) return taken.status();
    return partners::OwnReports::Disputed{AnswerTo(taken->outcome),
                                          crypto::ToBytes(taken->incident.view())};
  };
  own.is_disputed = [this](crypto::ByteView incident) -> absl::StatusOr<bool> {
    auto id = ledger::IncidentId::Create(incident);
    if (!id.ok()) return absl::DataLossError("a relayed dispute's row is malformed");
    auto view = ledger_->Get(*id);
    if (absl::IsNotFound(view.status())) return false;
    if (!view.ok()) return view.status();
    return view->state == ledger::IncidentState::kDisputed;
  };
  return own;
}

absl::Status Node::OpenRelaying() {
  auto relays = partners::Relays::Open(*store_, vault_, clock_, *charters_, *registry_, *followers_,
                                       OwnReports());
  if (!relays.ok()) return relays.status();
  relays_ = *std::move(relays);
  lookup_ = std::make_unique<partners::Lookup>(*store_, vault_, clock_, entropy_, *charters_,
                                               config_.origin, *registry_, *followers_, *relays_,
                                               *network_);
  auto relayer =
      partners::Relayer::Open(*store_, vault_, clock_, entropy_, config_.origin, keys_.entry,
                              *charters_, *registry_, *followers_, *lookup_);
  if (!relayer.ok()) return relayer.status();
  relayer_ = *std::move(relayer);
  relay_sender_ = std::make_unique<partners::RelaySender>(*registry_, *network_, *relayer_);
  return absl::OkStatus();
}

void Node::Applied(partners::Mirror& mirror) {
  exchange_->Applied(mirror);
  // Until it is written, a check comes to the same by itself.
  Miss(mirror.QuarantineIfSuspicious(*charters_->InForce(), vault_, entropy_));
  // Before it follows at all nothing has been heard yet.
  const int64_t silent = clock_.Now().seconds() - mirror.View().heard_at;
  if (silent > kJustHeardSeconds) return;
  // A time that cannot be written counts until the node stops; the next one is written again.
  (void)relays_->Heard(mirror.partner());
  relay_sender_->Heard(mirror.partner().origin);
}

}  // namespace daftar
