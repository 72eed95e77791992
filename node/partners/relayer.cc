#include "node/partners/relayer.h"

#include <algorithm>

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using storage::Batch;
using storage::Column;
using storage::LogNumber;

// Whether another partner that answers so is done with the statement.
bool IsDone(const RelayAnswer& answer) {
  if (answer.outcome != RelayOutcome::kRefused) return true;
  return answer.refusal == RelayRefusal::kMalformed ||
         answer.refusal == RelayRefusal::kNotAReport ||
         answer.refusal == RelayRefusal::kBeforeTheReport || answer.refusal == RelayRefusal::kEnded;
}

}  // namespace

std::string_view RelayView::state() const {
  if (relay.refusal != RelayRefusal::kNone) return "refused";
  switch (fate.fate) {
    case RelayFate::kWaiting:
      return "waiting";
    case RelayFate::kDisputed:
      return "disputed";
    case RelayFate::kResolved:
      return "resolved";
    case RelayFate::kEnded:
      break;
  }
  return "ended";
}

absl::StatusOr<std::unique_ptr<Relayer>> Relayer::Open(
    storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
    crypto::Entropy& entropy, std::string own_origin, const crypto::SigningKey& entry_key,
    const evidence::Charters& charters, const Registry& registry, const Followers& followers,
    Lookup& lookup) {
  std::unique_ptr<Relayer> relayer(new Relayer(store, vault, clock, entropy, std::move(own_origin),
                                               entry_key, charters, registry, followers, lookup));
  const Bytes prefix = relay_rows::OwnPrefix();
  absl::Status scanned = store.Scan(Column::kRelays, prefix, prefix, [&](ByteView key, ByteView) {
    storage::MutexLock lock(relayer->mutex_);
    relayer->open_.insert(relay_rows::PlaceOf(key));
    return true;
  });
  if (!scanned.ok()) return scanned;
  // Reads each, so that a damaged row is told at the start.
  if (auto outstanding = relayer->Outstanding(); !outstanding.ok()) return outstanding.status();
  return relayer;
}

absl::StatusOr<std::optional<Relayer::Row>> Relayer::Find(ByteView key) const {
  auto row = store_.Get(Column::kRelays, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  auto plain = vault_.Open(Column::kRelays, key, **row);
  if (!plain.ok()) return plain.status();
  auto relay = OwnRelay::Decode(plain->Expose());
  if (!relay.ok()) return relay.status();
  return Row{*std::move(relay), **std::move(row)};
}

absl::StatusOr<RelayView> Relayer::View(OwnRelay relay, LogNumber issuer) const {
  RelayView view{std::move(relay), {}};
  const evidence::RelayStatement& statement = view.relay.statement;
  auto row = store_.Get(Column::kEntryStates, EntryState::Key(issuer, statement.index));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return view;
  auto state = EntryState::Decode(**row);
  if (!state.ok()) return state.status();
  view.fate = FateOf(*state, static_cast<int64_t>(statement.at));
  // What its log says is newer than what its node once answered.
  if (view.fate.fate != RelayFate::kWaiting) view.relay.refusal = RelayRefusal::kNone;
  return view;
}

absl::StatusOr<std::vector<RelayView>> Relayer::List(size_t limit) const {
  std::vector<std::pair<Bytes, Bytes>> rows;
  const Bytes prefix = relay_rows::OwnPrefix();
  absl::Status scanned =
      store_.Scan(Column::kRelays, prefix, prefix, [&](ByteView key, ByteView row) {
        rows.emplace_back(crypto::ToBytes(key), crypto::ToBytes(row));
        return true;
      });
  if (!scanned.ok()) return scanned;
  std::vector<RelayView> views;
  for (const auto& [key, row] : rows) {
    auto plain = vault_.Open(Column::kRelays, key, row);
    if (!plain.ok()) return plain.status();
    auto relay = OwnRelay::Decode(plain->Expose());
    if (!relay.ok()) return relay.status();
    auto view = View(*std::move(relay), relay_rows::PlaceOf(key).issuer);
    if (!view.ok()) return view.status();
    views.push_back(*std::move(view));
  }
  std::stable_sort(views.begin(), views.end(), [](const RelayView& a, const RelayView& b) {
    return a.relay.statement.at > b.relay.statement.at;
  });
  if (views.size() > limit) views.resize(limit);
  return views;
}

absl::StatusOr<std::vector<RelayView>> Relayer::Outstanding() {
  std::vector<relay_rows::Place> places;
  {
    storage::MutexLock lock(mutex_);
    places.assign(open_.begin(), open_.end());
  }
  std::vector<RelayView> outstanding;
  for (const relay_rows::Place& place : places) {
    auto row = Find(relay_rows::OwnKey(place.issuer, place.index));
    if (!row.ok()) return row.status();
    bool open = row->has_value();
    if (open) {
      auto view = View(std::move((*row)->relay), place.issuer);
      if (!view.ok()) return view.status();
      open = view->open();
      if (open) outstanding.push_back(*std::move(view));
    }
    if (open) continue;
    storage::MutexLock lock(mutex_);
    open_.erase(place);
  }
  return outstanding;
}

absl::Status Relayer::Answered(const RelayView& answered, const std::string& partner,
                               const RelayAnswer& answer) {
  storage::MutexLock writing(writing_);
  const evidence::RelayStatement& statement = answered.relay.statement;
  auto issuer = registry_.Find(statement.issuer);
  if (!issuer.ok()) return issuer.status();
  const Bytes key = relay_rows::OwnKey(issuer->log, statement.index);
  auto row = Find(key);
  if (!row.ok()) return row.status();
  // Swept, or stated anew, while the call was under way.
  if (!row->has_value() || (*row)->relay.statement != statement) return absl::OkStatus();
  OwnRelay relay = (*row)->relay;
  if (partner != statement.issuer) {
    if (IsDone(answer)) relay.told.insert(partner);
  } else if (answer.outcome == RelayOutcome::kRefused) {
    relay.refusal = answer.refusal == RelayRefusal::kNone ? RelayRefusal::kOther : answer.refusal;
  } else {
    relay.issuer_told = true;
    relay.refusal = RelayRefusal::kNone;
  }
  Bytes encoded = relay.Encode();
  if (encoded == (*row)->relay.Encode()) return absl::OkStatus();
  Batch batch;
  batch.ExpectValue(Column::kRelays, key, (*row)->bytes);
  batch.Put(Column::kRelays, key, vault_.Seal(Column::kRelays, key, encoded));
  return store_.Write(std::move(batch));
}

}  // namespace daftar::partners
