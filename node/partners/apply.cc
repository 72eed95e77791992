#include "node/partners/apply.h"

#include <algorithm>

#include "crypto/voprf.h"
#include "node/partners/standing.h"
#include "storage/purge.h"

namespace daftar::partners {

using crypto::Bytes;
using evidence::EntryKind;
using storage::Batch;
using storage::Column;

namespace {

bool ChangesStatus(EntryKind kind) {
  return kind == EntryKind::kSettlement || kind == EntryKind::kDispute ||
         kind == EntryKind::kResolution || kind == EntryKind::kCorrection ||
         kind == EntryKind::kWithdrawal;
}

bool IsGoodNews(EntryKind kind) {
  return kind == EntryKind::kSettlement || kind == EntryKind::kDispute ||
         kind == EntryKind::kWithdrawal || kind == EntryKind::kErasure;
}

// Until it is issued by the reader's own clock it does not count; good news never waits.
bool WaitsForItsTime(EntryKind kind) {
  return kind == EntryKind::kReport || kind == EntryKind::kCorrection ||
         kind == EntryKind::kResolution;
}

// Whether a disputed report, not paid and not given up before, is given up by the entry.
bool GivesUp(const evidence::Header& header, const EntryState& before) {
  if (header.kind != EntryKind::kWithdrawal && header.kind != EntryKind::kErasure) return false;
  if (header.kind == EntryKind::kErasure && (header.ground == evidence::ErasureGround::kPaid ||
                                             header.ground == evidence::ErasureGround::kExpired)) {
    return false;
  }
  bool disputed = false;
  for (const EntryState::Update& update : before.updates) {
    if (update.kind == EntryKind::kSettlement || update.kind == EntryKind::kWithdrawal) {
      return false;
    }
    disputed = disputed || update.kind == EntryKind::kDispute;
  }
  return disputed;
}

}  // namespace

absl::Status Applier::Add(uint64_t index, const evidence::FeedEntry& entry) {
  if (entry.body.has_value() && entry.body->size() > evidence::kMaxEntryBodyBytes) {
    return absl::InvalidArgumentError("entry " + std::to_string(index) +
                                      " has a body larger than any kind has");
  }
  auto signed_header = evidence::SignedHeader::DecodeLeaf(entry.leaf);
  if (!signed_header.ok()) return Void(VoidReason::kFormat, index);
  const evidence::Header& header = signed_header->header;
  if (entry.body.has_value() && evidence::CommitTo(*entry.body) != header.commitment) {
    return absl::InvalidArgumentError("the body of entry " + std::to_string(index) +
                                      " does not fit its commitment");
  }
  if (header.index != index || header.origin != partner_.origin) {
    return Void(VoidReason::kOtherLog, index);
  }
  if (static_cast<int64_t>(header.issued_at) < last_issued_at_) {
    return VoidReport(VoidReason::kTimeDecreases, index, header.kind);
  }
  const auto issued_at = static_cast<int64_t>(header.issued_at);
  // A REPORT's signature is verified when it is used. One that moves the log's time is verified
  // now: by a time that nobody signed, what follows would be void.
  if (header.kind == EntryKind::kReport && issued_at > last_issued_at_ &&
      !SignedByNewestKey(*signed_header)) {
    return VoidReport(VoidReason::kSignature, index, header.kind);
  }
  if (issued_at > now_ + kMaxIssuedAheadSeconds && WaitsForItsTime(header.kind)) {
    voids_.Add(VoidReason::kFuture, index);  // Lookup and StandingOf wait
  }
  // One about a report waits below until it is in force.
  const bool about_report = evidence::IsAboutReport(header.kind);
  if (entry.body.has_value() && !about_report) bodies_[index] = *entry.body;
  if (header.kind == EntryKind::kReport) {
    last_issued_at_ = issued_at;
    report_times_[index] = issued_at;
    return AddReport(index, *signed_header, entry.body.has_value() ? &*entry.body : nullptr);
  }
  evidence::Body body;
  if (entry.body.has_value()) {
    auto decoded = evidence::DecodeBody(header, *entry.body);
    if (!decoded.ok()) return Void(VoidReason::kFormat, index);
    body = *std::move(decoded);
  }
  if (header.kind == EntryKind::kAdoption) {
    if (index != 0) return Void(VoidReason::kOutOfOrder, index);
    adopts_ = true;
    last_issued_at_ = issued_at;
    report_times_[index] = std::nullopt;
    return absl::OkStatus();
  }
  if (header.kind == EntryKind::kKeys) {
    if (const auto* keys = std::get_if<evidence::KeysBody>(&body)) {
      AddKeys(index, *signed_header, *keys);
    } else if (SignedByNewestKey(*signed_header)) {
      ++gaps_;
    }
    return absl::OkStatus();
  }
  // A KEYS replaces the entry key: only the newest may sign what follows it.
  if (!SignedByNewestKey(*signed_header)) return Void(VoidReason::kSignature, index);
  last_issued_at_ = issued_at;
  report_times_[index] = std::nullopt;
  const bool missing = !entry.body.has_value() && header.kind != EntryKind::kErasure;
  if (missing && header.about == evidence::kAboutNothing) ++gaps_;
  if (header.kind == EntryKind::kCharter) {
    if (const auto* charter = std::get_if<evidence::CharterBody>(&body);
        charter != nullptr && charters_.size() < kMaxCharterEntries) {
      charters_.push_back({index, charter->charter});
    }
    return absl::OkStatus();
  }
  if (absl::Status status = AddUpdate(index, header, body, missing); !status.ok()) return status;
  if (!entry.body.has_value()) return absl::OkStatus();
  // Of a report's updates an ERASURE finds the bodies. That of a void one would outlive it, and
  // what is said of a report that is over here is over too.
  const auto state = states_.find(header.about);
  if (state != states_.end() && !state->second.swept && !state->second.updates.empty() &&
      state->second.updates.back().index == index) {
    bodies_[index] = *entry.body;
  }
  return absl::OkStatus();
}

bool Applier::SignedByNewestKey(const evidence::SignedHeader& signed_header) const {
  return !keys_.empty() && signed_header.VerifiedBy(keys_.back().keys.entry);
}

absl::Status Applier::Void(VoidReason reason, uint64_t index) {
  voids_.Add(reason, index);
  return absl::OkStatus();
}

// What is about it may come in a later batch, by when its leaf alone would not tell.
absl::Status Applier::VoidReport(VoidReason reason, uint64_t index, EntryKind kind) {
  if (kind == EntryKind::kReport) {
    auto state = StateOf(index);
    if (!state.ok()) return state.status();
    (*state)->is_void = true;
    (*state)->missing = 0;
  }
  return Void(reason, index);
}

absl::Status Applier::AddReport(uint64_t index, const evidence::SignedHeader& signed_header,
                                const Bytes* body) {
  ++reports_;
  // Neither a date in the past nor one to come hides that they all came at once.
  conduct_.AddReport(
      std::min(std::max(static_cast<int64_t>(signed_header.header.issued_at), not_before_), now_));
  if (body == nullptr) {  // erased, which an ERASURE that follows has to say
    ++gaps_;
    return StateOf(index).status();  // its row says that it was missing
  }
  auto report = evidence::ReportBody::Decode(*body);
  if (!report.ok()) return Void(VoidReason::kFormat, index);
  AddTokens(index, report->slots);
  return absl::OkStatus();
}

void Applier::AddTokens(uint64_t report,
                        const std::array<evidence::Slot, evidence::kSlots>& slots) {
  if (keys_.empty()) return;
  for (const evidence::Slot& slot : slots) {
    tokens_[Mirror::TokenKey(partner_.log, keys_.back().keys.epoch, slot.token)].added.push_back(
        report);
  }
}

absl::Status Applier::AddUpdate(uint64_t index, const evidence::Header& header,
                                const evidence::Body& body, bool missing) {
  auto reported = ReportIssuedAt(header.about);
  if (!reported.ok()) return reported.status();
  if (!reported->has_value()) return Void(VoidReason::kAboutNothing, index);
  if (static_cast<int64_t>(header.issued_at) <= **reported) {
    return Void(VoidReason::kBeforeReport, index);
  }
  auto state = StateOf(header.about);
  if (!state.ok()) return state.status();
  if (!(*state)->Accepts(header.kind)) return Void(VoidReason::kOutOfOrder, index);
  if (header.kind == EntryKind::kRelabel && !missing) {
    if (const auto* relabel = std::get_if<evidence::RelabelBody>(&body)) {
      return AddRelabel(index, header, *relabel);
    }
    return absl::OkStatus();
  }
  if (!ChangesStatus(header.kind) && header.kind != EntryKind::kErasure &&
      header.kind != EntryKind::kRelabel) {
    return absl::OkStatus();
  }
  // Good news always counts, however much came before it: of each of its kinds one more may follow.
  if ((*state)->updates.size() >= kMaxUpdates && !IsGoodNews(header.kind)) {
    return Void(VoidReason::kTooMany, index);
  }
  // Before the erasure itself is among the updates: it has no body.
  if (header.kind == EntryKind::kErasure) {
    if (absl::Status status = Erase(header.about); !status.ok()) return status;
  }
  if (missing) {
    ++gaps_;
    ++*(*state)->missing;
  }
  if (GivesUp(header, **state)) conduct_.AddWithdrawn();
  (*state)->updates.push_back(UpdateOf(header, index));
  return absl::OkStatus();
}

EntryState::Update Applier::UpdateOf(const evidence::Header& header, uint64_t index) const {
  const auto issued_at = static_cast<int64_t>(header.issued_at);
  return {header.kind, index, issued_at, clock_in_doubt_ ? std::min(issued_at, now_) : now_};
}

absl::Status Applier::AddRelabel(uint64_t index, const evidence::Header& header,
                                 const evidence::RelabelBody& body) {
  auto state = StateOf(header.about);
  if (!state.ok()) return state.status();
  if ((*state)->updates.size() >= kMaxUpdates) return Void(VoidReason::kTooMany, index);
  (*state)->updates.push_back(UpdateOf(header, index));
  if (!(*state)->swept) AddTokens(header.about, body.slots);
  return absl::OkStatus();
}

// Bodies of the report and of every entry about it go, and the tokens that led to it.
absl::Status Applier::Erase(uint64_t report) {
  erased_ = report;
  auto state = StateOf(report);
  if (!state.ok()) return state.status();
  std::vector<uint64_t> indexes{report};
  for (const EntryState::Update& update : (*state)->updates) indexes.push_back(update.index);
  for (uint64_t index : indexes) {
    auto body = BodyOf(index);
    if (!body.ok()) return body.status();
    if (!body->has_value()) continue;
    std::vector<evidence::Slot> slots;
    if (auto decoded = evidence::ReportBody::Decode(**body); decoded.ok()) {
      slots.assign(decoded->slots.begin(), decoded->slots.end());
    } else if (auto relabel = evidence::RelabelBody::Decode(**body); relabel.ok()) {
      slots.assign(relabel->slots.begin(), relabel->slots.end());
    }
    for (const KeysEntry& keys : keys_) {
      for (const evidence::Slot& slot : slots) {
        tokens_[Mirror::TokenKey(partner_.log, keys.keys.epoch, slot.token)].removed.push_back(
            report);
      }
    }
    bodies_[index] = std::nullopt;
  }
  gaps_ -= std::min(gaps_, uint64_t{*(*state)->missing});
  (*state)->missing = 0;
  return absl::OkStatus();
}

void Applier::AddKeys(uint64_t index, const evidence::SignedHeader& signed_header,
                      const evidence::KeysBody& body) {
  const bool first = keys_.empty();
  if (first && index != (adopts_ ? 1 : 0)) return voids_.Add(VoidReason::kOutOfOrder, index);
  const crypto::PublicKey& signer = first ? body.entry : keys_.back().keys.entry;
  if (!signed_header.VerifiedBy(signer)) return voids_.Add(VoidReason::kSignature, index);
  if (keys_.size() >= kMaxKeysEntries) return voids_.Add(VoidReason::kTooMany, index);
  const crypto::KeyId id = evidence::EntryKeyId(partner_.origin, body.entry);
  for (const KeysEntry& earlier : keys_) {
    // Another key under the same ID would make signatures ambiguous.
    if (evidence::EntryKeyId(partner_.origin, earlier.keys.entry) == id &&
        earlier.keys.entry != body.entry) {
      return voids_.Add(VoidReason::kFormat, index);
    }
  }
  last_issued_at_ = static_cast<int64_t>(signed_header.header.issued_at);
  report_times_[index] = std::nullopt;
  keys_.push_back({index, body});
}

absl::StatusOr<EntryState*> Applier::StateOf(uint64_t report) {
  const auto found = states_.find(report);
  if (found != states_.end()) return &found->second;
  auto row = store_.Get(Column::kEntryStates, EntryState::Key(partner_.log, report));
  if (!row.ok()) return row.status();
  EntryState state;
  if (row->has_value()) {
    auto decoded = EntryState::Decode(**row);
    if (!decoded.ok()) return decoded.status();
    state = *std::move(decoded);
  }
  if (!state.missing.has_value()) {
    auto missing = MissingOf(report, state);
    if (!missing.ok()) return missing.status();
    state.missing = *missing;
  }
  return &states_.emplace(report, std::move(state)).first->second;
}

// Of a report without a row, or with one of an earlier version.
absl::StatusOr<uint8_t> Applier::MissingOf(uint64_t report, const EntryState& state) {
  if (state.swept || state.Status() == decision::EntryStatus::kErased) return uint8_t{0};
  std::vector<uint64_t> indexes{report};
  for (const EntryState::Update& update : state.updates) indexes.push_back(update.index);
  uint8_t missing = 0;
  for (const uint64_t index : indexes) {
    auto body = BodyOf(index);
    if (!body.ok()) return body.status();
    if (!body->has_value()) ++missing;
  }
  return missing;
}

absl::StatusOr<std::optional<int64_t>> Applier::ReportIssuedAt(uint64_t index) {
  const auto found = report_times_.find(index);
  if (found != report_times_.end()) return found->second;
  auto leaf = log_.ReadLeaf(partner_.log, index);
  if (absl::IsNotFound(leaf.status())) return std::nullopt;
  if (!leaf.ok()) return leaf.status();
  auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
  if (!entry.ok() || entry->header.kind != EntryKind::kReport || entry->header.index != index ||
      entry->header.origin != partner_.origin) {
    return std::nullopt;
  }
  auto state = StateOf(index);
  if (!state.ok()) return state.status();
  if ((*state)->is_void) return std::nullopt;
  return static_cast<int64_t>(entry->header.issued_at);
}

absl::StatusOr<std::optional<Bytes>> Applier::BodyOf(uint64_t index) {
  const auto found = bodies_.find(index);
  if (found != bodies_.end()) return found->second;
  return store_.Get(Column::kLogBodies,
                    storage::LogIndexKey(static_cast<uint32_t>(partner_.log), index));
}

absl::Status Applier::Finish(Batch& batch) {
  if (erased_.has_value()) {
    storage::AskForPurge(batch,
                         storage::LogIndexKey(static_cast<uint32_t>(partner_.log), *erased_));
  }
  for (auto& [index, body] : bodies_) {
    Bytes key = storage::LogIndexKey(static_cast<uint32_t>(partner_.log), index);
    if (body.has_value()) {
      batch.Put(Column::kLogBodies, std::move(key), *std::move(body));
    } else {
      batch.Delete(Column::kLogBodies, std::move(key));
    }
  }
  for (const auto& [report, state] : states_) {
    batch.Put(Column::kEntryStates, EntryState::Key(partner_.log, report), state.Encode());
  }
  std::vector<Bytes> keys;
  keys.reserve(tokens_.size());
  for (const auto& [key, change] : tokens_) keys.push_back(key);
  auto rows = store_.MultiGet(Column::kTokens, keys);
  if (!rows.ok()) return rows.status();
  size_t next = 0;
  for (auto& [key, change] : tokens_) {
    const std::optional<Bytes>& row = (*rows)[next++];
    std::vector<uint64_t> reports;
    if (row.has_value()) {
      auto decoded = Mirror::DecodeTokenRow(*row);
      if (!decoded.ok()) return decoded.status();
      reports = *std::move(decoded);
    }
    for (uint64_t report : change.added) {
      // A random label never repeats; an issuer that repeats one on purpose gains nothing by more.
      if (reports.size() < kMaxReportsPerToken) reports.push_back(report);
    }
    std::erase_if(reports, [&change = change](uint64_t report) {
      return std::find(change.removed.begin(), change.removed.end(), report) !=
             change.removed.end();
    });
    if (reports.empty()) {
      batch.Delete(Column::kTokens, key);
      continue;
    }
    crypto::Writer writer;
    for (uint64_t report : reports) writer.U64(report);
    batch.Put(Column::kTokens, key, writer.Take());
  }
  return absl::OkStatus();
}

}  // namespace daftar::partners
