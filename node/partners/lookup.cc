#include "node/partners/lookup.h"

#include <algorithm>
#include <map>
#include <set>

#include "node/partners/expiry.h"
#include "node/partners/standing.h"
#include "node/partners/witness_set.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::Secret64;
using decision::PartnerState;
using storage::Batch;
using storage::Column;

// Codes in answers: stable words, no sentences.
std::string ReasonCode(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded:
      return "deadline";
    case absl::StatusCode::kResourceExhausted:
      return "quota";
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return "refused";
    case absl::StatusCode::kUnavailable:
      return "unreachable";
    case absl::StatusCode::kDataLoss:
      return "wrong-proof";
    default:
      return "failed";
  }
}

storage::BlindTag TagOf(const storage::Vault& vault, const identity::Identifier& identifier) {
  return vault.Tag("lookup", identity::TypeName(identifier.type()), identifier.value());
}

}  // namespace

struct Lookup::Question {
  Partner partner;
  std::shared_ptr<Mirror> mirror;
  MirrorView view;
  decision::PartnerAnswer answer;
  bool set_aside = false;                     // the partner's reports, until an operator decides
  std::vector<std::string> witnesses;         // this node's witness set for the partner's log
  uint64_t counted = 0;                       // entries below it count
  std::optional<KeysEntry> keys;              // the newest that counts
  std::vector<Bytes> cache_keys;              // one for each identifier
  std::vector<std::optional<Secret64>> f;     // known outputs
  std::vector<size_t> asked;                  // positions that go to the partner
  std::vector<Bytes> inputs;                  // of those
  std::vector<crypto::BlindedInput> blinded;  // of those
  bool fresh = false;                         // f came from the partner just now
  std::optional<absl::Status> failure;
};

struct Lookup::Session {
  storage::Mutex mutex;
  storage::CondVar changed;
  size_t waiting DAFTAR_GUARDED_BY(mutex) = 0;
  bool closed DAFTAR_GUARDED_BY(mutex) = false;  // Ask no longer looks
  std::vector<Question> questions;  // question i belongs to its answering thread until counted
};

// What can be known without the partner: its keys, its head, and outputs kept from before.
void Lookup::Prepare(Question& question, std::span<const Partner> active,
                     std::span<const identity::Identifier> identifiers) {
  question.answer.origin = question.partner.origin;
  question.mirror = followers_.MirrorOf(question.partner.origin);
  if (question.mirror != nullptr) question.view = question.mirror->View();
  question.set_aside =
      question.view.quarantine.has_value() ||
      SuspicionOf(question.view.conduct, *charters_.InForce(), clock_.Now().seconds()).has_value();
  question.witnesses = WitnessSet(question.view, question.partner.origin, own_origin_, active);
  question.counted = CountedSize(question.view, question.witnesses);
  if (question.view.keys.empty()) {
    question.failure = absl::UnavailableError("no entry of its log was copied yet");
    return;
  }
  if (question.view.forked) {
    question.failure = absl::DataLossError("its log is forked");
    return;
  }
  // A key that others may not have been shown could be made for this node alone, to tell its
  // questions from theirs.
  if (const KeysEntry* keys = CountedKeys(question.view, question.counted); keys != nullptr) {
    question.keys = *keys;
  } else {
    question.failure = absl::UnavailableError("its lookup key does not count yet");
    return;
  }
  const uint32_t epoch = question.keys->keys.epoch;
  for (const identity::Identifier& identifier : identifiers) {
    question.cache_keys.push_back(crypto::Writer()
                                      .U32(static_cast<uint32_t>(question.partner.log))
                                      .U32(epoch)
                                      .Raw(TagOf(vault_, identifier).view())
                                      .Take());
  }
  auto rows = store_.MultiGet(Column::kLookups, question.cache_keys);
  if (!rows.ok()) {
    question.failure = rows.status();
    return;
  }
  for (size_t i = 0; i < identifiers.size(); ++i) {
    question.f.emplace_back();
    if ((*rows)[i].has_value()) {
      auto plain = vault_.Open(Column::kLookups, question.cache_keys[i], *(*rows)[i]);
      if (plain.ok()) {
        if (auto f = Secret64::Create(plain->Expose()); f.ok()) {
          question.f.back() = *std::move(f);
          continue;
        }
      }
    }
    Bytes input = evidence::VoprfInput(charters_.InForce()->circle, question.partner.origin, epoch,
                                       identifiers[i]);
    auto blinded = crypto::VoprfBlind(input, entropy_);
    if (!blinded.ok()) {
      question.failure = blinded.status();
      return;
    }
    question.asked.push_back(i);
    question.inputs.push_back(std::move(input));
    question.blinded.push_back(*std::move(blinded));
  }
}

void Lookup::Send(const std::shared_ptr<Session>& session, size_t index,
                  std::chrono::milliseconds deadline) {
  const Question& question = session->questions[index];
  EvaluateCall call;
  call.epoch = question.keys->keys.epoch;
  for (const crypto::BlindedInput& input : question.blinded) {
    call.blinded.push_back(input.element);
  }
  network_.Evaluate(question.partner, call, deadline,
                    [this, session, index](absl::StatusOr<EvaluateAnswer> answer) {
                      Receive(session, index, std::move(answer));
                    });
}

// Runs on the network's thread; the question is this thread's until it is counted.
void Lookup::Receive(const std::shared_ptr<Session>& session, size_t index,
                     absl::StatusOr<EvaluateAnswer> answer) {
  Question& question = session->questions[index];
  std::vector<std::optional<Secret64>> outputs(question.f.size());
  std::optional<absl::Status> failure;
  if (!answer.ok()) {
    failure = answer.status();
  } else {
    auto key = crypto::GroupElement::Create(question.keys->keys.voprf.view());
    std::vector<crypto::ByteView> inputs(question.inputs.begin(), question.inputs.end());
    auto finalized = key.ok() ? crypto::VoprfFinalize(*key, inputs, question.blinded,
                                                      answer->evaluated, answer->proof)
                              : absl::StatusOr<std::vector<Secret64>>(key.status());
    if (!finalized.ok()) {
      question.mirror->Note(Fault::kWrongProof);
      failure = absl::DataLossError("wrong proof");
    } else {
      for (size_t i = 0; i < question.asked.size(); ++i) {
        outputs[question.asked[i]] = std::move((*finalized)[i]);
      }
    }
  }
  bool late = false;
  {
    storage::MutexLock lock(session->mutex);
    late = session->closed;
    if (!late) {
      question.failure = failure;
      question.fresh = !failure.has_value();
      for (size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i].has_value()) question.f[i] = std::move(outputs[i]);
      }
      --session->waiting;
      session->changed.NotifyAll();
    }
  }
  // Nobody waits any more: keep the outputs for the next time. Losing them costs one question.
  if (late && !failure.has_value()) {
    Batch batch;
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (!outputs[i].has_value()) continue;
      batch.Put(Column::kLookups, question.cache_keys[i],
                vault_.Seal(Column::kLookups, question.cache_keys[i], outputs[i]->Expose()));
    }
    (void)store_.Write(std::move(batch));
  }
}

absl::StatusOr<LookupResult> Lookup::Ask(std::span<const identity::Identifier> identifiers,
                                         std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  auto session = std::make_shared<Session>();
  const std::vector<Partner> active = registry_.Active();
  for (const Partner& partner : active) {
    session->questions.emplace_back();
    session->questions.back().partner = partner;
  }
  const auto left = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(until -
                                                                 std::chrono::steady_clock::now());
  };
  // The first partners answer while the last question is being blinded.
  for (size_t i = 0; i < session->questions.size(); ++i) {
    Prepare(session->questions[i], active, identifiers);
    if (session->questions[i].failure.has_value() || session->questions[i].asked.empty()) continue;
    {
      storage::MutexLock lock(session->mutex);
      ++session->waiting;
    }
    Send(session, i, std::max(left(), std::chrono::milliseconds(1)));
  }
  {
    storage::MutexLock lock(session->mutex);
    while (session->waiting > 0 && left().count() > 0) {
      session->changed.WaitFor(session->mutex, left());
    }
    session->closed = true;
  }
  LookupResult result;
  Batch keep;
  for (Question& question : session->questions) {
    const bool answered = question.asked.empty() || question.fresh;
    if (!answered && !question.failure.has_value()) {
      question.failure = absl::DeadlineExceededError("no answer in time");
    }
    if (question.fresh) {
      for (size_t i : question.asked) {
        keep.Put(Column::kLookups, question.cache_keys[i],
                 vault_.Seal(Column::kLookups, question.cache_keys[i], question.f[i]->Expose()));
      }
    }
    Describe(question);
    // What kept outputs find is evidence even while the partner cannot be reached.
    if (!question.view.forked) {
      absl::Status found = FindRecords(question, result);
      if (!found.ok()) return found;
    }
    result.answers.push_back(question.answer);
  }
  if (!keep.empty()) {
    // A cache: a full disk must not keep the shop from its answer.
    (void)store_.Write(std::move(keep));
  }
  return result;
}

absl::StatusOr<LookupResult> Lookup::FindKept(std::span<const Partner> partners,
                                              std::span<const identity::Identifier> identifiers) {
  const std::vector<Partner> active = registry_.Active();
  LookupResult result;
  for (const Partner& partner : partners) {
    Question question;
    question.partner = partner;
    Prepare(question, active, identifiers);
    if (!question.failure.has_value() && !question.asked.empty()) {
      question.failure = absl::UnavailableError("it was not asked");
    }
    Describe(question);
    if (!question.view.forked) {
      absl::Status found = FindRecords(question, result);
      if (!found.ok()) return found;
    }
    result.answers.push_back(std::move(question.answer));
  }
  return result;
}

void Lookup::Describe(Question& question) const {
  decision::PartnerAnswer& answer = question.answer;
  const MirrorView& view = question.view;
  if (view.head.has_value() && view.head_time > 0) {
    const int64_t age = clock_.Now().seconds() - view.head_time;
    answer.head_age_s = static_cast<uint64_t>(std::max<int64_t>(age, 0));
    answer.head = decision::HeadRef{view.head->size, view.head->root};
  }
  answer.witnesses = question.witnesses;
  answer.witnessed =
      question.witnesses.size() >= kLeastIndependentWitnesses && question.counted > 0;
  if (question.failure.has_value() || !answer.head_age_s.has_value() || question.set_aside) {
    answer.state = PartnerState::kNotChecked;
    if (view.forked) {
      answer.error = "forked";
    } else if (view.keys.empty()) {
      answer.error = "never-copied";
    } else if (!answer.head_age_s.has_value()) {
      answer.error = "copying";  // the first copy is not whole yet: what it lacks may be about this
    } else if (!question.keys.has_value()) {
      answer.error = "not-witnessed";
    } else if (question.set_aside) {
      answer.error = "quarantined";
    } else {
      answer.error = ReasonCode(*question.failure);
    }
    return;
  }
  if (*answer.head_age_s > charters_.InForce()->stale_after_s) {
    answer.state = PartnerState::kStale;
  } else {
    answer.state = question.asked.empty() ? PartnerState::kCached : PartnerState::kAnswered;
  }
}

// Probes all 16 labels of every identifier in the copied log.
absl::Status Lookup::FindRecords(Question& question, LookupResult& result) const {
  if (question.f.empty()) return absl::OkStatus();
  const uint32_t epoch = question.keys->keys.epoch;
  std::vector<Bytes> keys;
  for (const std::optional<Secret64>& f : question.f) {
    if (!f.has_value()) continue;
    for (uint32_t j = 0; j < evidence::kLabelsPerIdentifier; ++j) {
      keys.push_back(Mirror::TokenKey(question.partner.log, epoch, evidence::TokenFor(*f, j)));
    }
  }
  auto rows = store_.MultiGet(Column::kTokens, keys);
  if (!rows.ok()) return rows.status();
  std::map<uint64_t, size_t> seen;  // report -> its place among the records
  // Each try costs reads and a signature: an issuer that crowds a label with what does not open
  // gets no more tries than one whose records do.
  size_t tries = 0;
  size_t row = 0;
  for (size_t which = 0; which < question.f.size(); ++which) {
    const std::optional<Secret64>& f = question.f[which];
    if (!f.has_value()) continue;
    const auto bit = static_cast<uint8_t>(1u << which);
    for (uint32_t j = 0; j < evidence::kLabelsPerIdentifier; ++j, ++row) {
      if (!(*rows)[row].has_value()) continue;
      auto reports = Mirror::DecodeTokenRow(*(*rows)[row]);
      if (!reports.ok()) return reports.status();
      for (uint64_t report : *reports) {
        if (const auto found = seen.find(report); found != seen.end()) {
          result.found_by[found->second] |= bit;
          continue;
        }
        if (++tries > kMaxRecordsPerPartner) {
          question.mirror->Note(Fault::kBadLabel);
          return absl::OkStatus();
        }
        const evidence::Label label{f->Duplicate(), j};
        auto record = OpenRecord(question, report, label);
        if (!record.ok()) return record.status();
        if (!record->has_value()) continue;
        seen.emplace(report, result.records.size());
        result.records.push_back(**std::move(record));
        result.found_by.push_back(bit);
      }
    }
  }
  return absl::OkStatus();
}

// The updates about the report, each with its facts if they open under `key`.
absl::StatusOr<std::vector<OpenedUpdate>> Lookup::OpenUpdates(const Question& question,
                                                              uint64_t report,
                                                              const crypto::Secret32& key) const {
  const storage::LogNumber log_number = question.partner.log;
  std::vector<OpenedUpdate> opened;
  auto row = store_.Get(Column::kEntryStates, EntryState::Key(log_number, report));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return opened;
  auto state = EntryState::Decode(**row);
  if (!state.ok()) return state.status();
  std::vector<Bytes> keys;
  for (const EntryState::Update& update : state->updates) {
    opened.push_back({update, std::nullopt});
    keys.push_back(storage::LogIndexKey(static_cast<uint32_t>(log_number), update.index));
  }
  auto bodies = store_.MultiGet(Column::kLogBodies, keys);
  if (!bodies.ok()) return bodies.status();
  for (size_t i = 0; i < opened.size(); ++i) {
    const std::optional<Bytes>& bytes = (*bodies)[i];
    if (!bytes.has_value() || !evidence::IsUpdate(opened[i].update.kind)) continue;
    const auto body = evidence::UpdateBody::Decode(*bytes);
    if (!body.ok()) continue;
    auto facts = evidence::OpenUpdate(opened[i].update.kind, *body, question.partner.origin, key);
    if (facts.ok()) opened[i].facts = *std::move(facts);
  }
  return opened;
}

// nullopt for what does not count: a bad signature, a key that does not fit, facts that do not
// open.
absl::StatusOr<std::optional<Lookup::OpenedReport>> Lookup::OpenReport(
    const Question& question, uint64_t report, const evidence::Label& label) const {
  const storage::LogNumber log_number = question.partner.log;
  auto leaf = storage::LogStore(store_).ReadLeaf(log_number, report);
  if (!leaf.ok()) return leaf.status();
  auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
  if (!entry.ok()) return std::nullopt;
  if (!question.mirror->VerifiedReport(report, *leaf, *entry)) return std::nullopt;
  auto row = store_.Get(Column::kLogBodies,
                        storage::LogIndexKey(static_cast<uint32_t>(log_number), report));
  if (!row.ok()) return row.status();
  if (!row->has_value() || evidence::CommitTo(**row) != entry->header.commitment) {
    return std::nullopt;
  }
  auto body = evidence::ReportBody::Decode(**row);
  if (!body.ok()) return std::nullopt;
  auto key = evidence::UnwrapReportKey(*body, label);
  if (!key.ok()) {
    question.mirror->Note(Fault::kBadLabel);
    return std::nullopt;
  }
  auto facts = evidence::OpenReport(*body, question.partner.origin, *key);
  if (!facts.ok()) {
    question.mirror->Note(Fault::kBadLabel);
    return std::nullopt;
  }
  return OpenedReport{*std::move(entry), *std::move(key), *std::move(facts)};
}

absl::StatusOr<crypto::Secret32> Lookup::RecordKey(
    const std::string& origin, uint64_t report, std::span<const identity::Identifier> identifiers) {
  const std::vector<Partner> active = registry_.Active();
  const auto partner = std::find_if(active.begin(), active.end(),
                                    [&](const Partner& p) { return p.origin == origin; });
  if (partner == active.end()) return absl::NotFoundError("no active partner has this origin");
  Question question;
  question.partner = *partner;
  Prepare(question, active, identifiers);
  if (question.view.forked || !question.keys.has_value()) return *std::move(question.failure);
  for (const std::optional<Secret64>& f : question.f) {
    if (!f.has_value()) continue;
    for (uint32_t j = 0; j < evidence::kLabelsPerIdentifier; ++j) {
      auto row = store_.Get(Column::kTokens,
                            Mirror::TokenKey(question.partner.log, question.keys->keys.epoch,
                                             evidence::TokenFor(*f, j)));
      if (!row.ok()) return row.status();
      if (!row->has_value()) continue;
      auto reports = Mirror::DecodeTokenRow(**row);
      if (!reports.ok()) return reports.status();
      if (std::find(reports->begin(), reports->end(), report) == reports->end()) continue;
      auto opened = OpenReport(question, report, {f->Duplicate(), j});
      if (!opened.ok()) return opened.status();
      if (opened->has_value()) return std::move((*opened)->key);
    }
  }
  return absl::NotFoundError("none of the identifiers opens this report");
}

absl::StatusOr<std::optional<decision::PartnerRecord>> Lookup::OpenRecord(
    const Question& question, uint64_t report, const evidence::Label& label) const {
  auto opened = OpenReport(question, report, label);
  if (!opened.ok()) return opened.status();
  if (!opened->has_value()) return std::nullopt;
  auto updates = OpenUpdates(question, report, (*opened)->key);
  if (!updates.ok()) return updates.status();
  auto relayed = relays_.Standing(question.partner.log, report, (*opened)->key);
  if (!relayed.ok()) return relayed.status();
  const std::shared_ptr<const evidence::Charter> charter =
      CharterBefore(question.view, report, charters_);
  const bool deadlines_act = !followers_.ClockInDoubt();
  const auto issued_at = static_cast<int64_t>((*opened)->entry.header.issued_at);
  const Standing standing = StandingOf((*opened)->facts, *updates,
                                       {issued_at, charter.get(), question.counted,
                                        clock_.Now().seconds(), deadlines_act, *relayed});
  decision::PartnerRecord record;
  record.status = standing.status;
  // A report counts only under a charter that this node has adopted and that shares its reason, and
  // once a majority of the witness set has cosigned a head over it, settled or not: good news about
  // it must not make it count at all.
  const bool weighs = record.status == decision::EntryStatus::kLive ||
                      record.status == decision::EntryStatus::kSettled;
  const bool admitted = charter != nullptr && charter->reasons.count(standing.facts.reason) > 0;
  if (weighs && (!admitted || report >= question.counted ||
                 issued_at > clock_.Now().seconds() + kMaxIssuedAheadSeconds)) {
    record.status = decision::EntryStatus::kPending;
  } else if (weighs && question.set_aside) {
    record.status = decision::EntryStatus::kSetAside;
  }
  record.origin = question.partner.origin;
  record.index = report;
  record.commitment = (*opened)->entry.header.commitment;
  record.reason = standing.facts.reason;
  record.amount = standing.facts.amount;
  record.occurred = standing.facts.occurred;
  record.settled_before = standing.facts.settled_before;
  record.published_at =
      evidence::UnixMillis::OfSeconds(static_cast<int64_t>((*opened)->entry.header.issued_at));
  record.epoch = question.keys->keys.epoch;
  return record;
}

absl::Status ForgetKept(const storage::StoreReader& store, const storage::Vault& vault,
                        std::span<const identity::Identifier> identifiers, Batch& batch) {
  if (identifiers.empty()) return absl::OkStatus();
  std::set<storage::BlindTag> tags;
  for (const identity::Identifier& identifier : identifiers) tags.insert(TagOf(vault, identifier));
  return store.Scan(Column::kLookups, {}, {}, [&](crypto::ByteView key, crypto::ByteView) {
    const auto tag =
        storage::BlindTag::Create(key.last(std::min(key.size(), storage::BlindTag::kSize)));
    if (tag.ok() && tags.count(*tag) > 0) batch.Delete(Column::kLookups, crypto::ToBytes(key));
    return true;
  });
}

}  // namespace daftar::partners
