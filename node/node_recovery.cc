// Handing partners what this node holds of a log, and taking the own one back from them.
#include "node/ledger/feed.h"
#include "node/node.h"
#include "storage/audit.h"

namespace daftar {
namespace {

// Of one call; one that has brought something meanwhile is followed by another.
constexpr std::chrono::milliseconds kReadLogDeadline{2 * 60 * 1000};

std::string Count(uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

void SayWhat(const ledger::Ledger::TakenBack& taken, std::vector<std::string>& said) {
  if (taken.queued > 0) {
    said.push_back(Count(taken.queued, "queued entry was", "queued entries were") +
                   " published already");
  }
  if (taken.linked > 0) {
    said.push_back(Count(taken.linked, "incident has its", "incidents have their") +
                   " published report again");
  }
  if (taken.updates > 0) {
    said.push_back(Count(taken.updates, "settlement, dispute, correction, withdrawal or erasure",
                         "settlements, disputes, corrections, withdrawals or erasures") +
                   " noted that this database did not have");
  }
  if (taken.filed > 0) {
    said.push_back(
        Count(taken.filed, "report has", "reports have") +
        " lost the incident behind: the log names no customer. Each stands as an incident of the "
        "handle lost-database/entry-N and can be settled, withdrawn or erased; partners count it "
        "as "
        "before");
  }
  if (taken.taken_off > 0) {
    said.push_back(
        Count(taken.taken_off, "queued entry was", "queued entries were") +
        " taken off the queue, since the log says so already or the label is used, or may be");
  }
}

// How many the log has got back, in this attempt and in those that were stopped before.
std::string HowManyCame(const std::optional<uint64_t>& from, uint64_t size, uint64_t taken) {
  const uint64_t all = from.has_value() && *from < size ? size - *from : taken;
  std::string words = Count(all, "entry was", "entries were") + " taken back";
  if (all > taken) words += ", " + std::to_string(all - taken) + " of them by an earlier attempt";
  return words + "; the log has " + std::to_string(size) + " now";
}

std::string WhyNot(const std::string& origin, const absl::Status& why) {
  return origin + (absl::IsUnavailable(why) ? " did not answer: " : " was of no help: ") +
         std::string(why.message());
}

// Why too few partners have said what they hold, and what to do about each.
class TooFewAnswers {
 public:
  void Add(const std::string& origin, const absl::Status& why) {
    reasons_ += "\n- " + WhyNot(origin, why);
    silent_ = silent_ || absl::IsUnavailable(why);
    unfit_ = unfit_ || absl::IsFailedPrecondition(why);
  }
  absl::Status ToStatus(bool by_code) const {
    std::string words =
        by_code ? "the partner that the code is of has to say what it holds of this log:"
                : "more than half of the partners have to say what they hold of this log, so that "
                  "none of it is lost:";
    words += reasons_;
    if (silent_) {
      words += "\nRun `daftar log recover` again when those that did not answer are up";
      if (!by_code) {
        words +=
            "; one that is gone for good no longer counts after `daftar partner suspend ORIGIN`";
      }
      words += ".";
    }
    if (unfit_) {
      words +=
          "\nWhere a partner that answered holds what does not continue the entries here, two "
          "histories were signed, and only `daftar log recover --new-log ORIGIN` leads on.";
    }
    return absl::UnavailableError(words);
  }

 private:
  std::string reasons_;
  bool silent_ = false;
  bool unfit_ = false;
};

// What was signed is neither here nor at a partner that answered.
absl::Status NothingLeadsOn(const absl::Status& why) {
  std::string words(why.message());
  if (!words.ends_with('.')) words += '.';
  return absl::FailedPreconditionError(
      words +
      " No partner that answered holds what is missing. If this node ran a second time, or a newer "
      "db/ lies anywhere, go on with the one whose log is longer, and delete neither before: "
      "docs/storage.md, 'Two copies of one node'. Where there is none, what was signed and reached "
      "nobody is lost, and `daftar log recover --new-log ORIGIN` begins a new log in its place.");
}

}  // namespace

absl::StatusOr<evidence::FeedBatch> Node::ReadCopy(const std::string& origin, uint64_t from,
                                                   size_t max_entries) const {
  if (origin == config_.origin) return ledger::ReadFeed(*store_, *publisher_, from, max_entries);
  const auto mirror = followers_->MirrorOf(origin);
  const absl::Status nothing = absl::NotFoundError("nothing of this log is held here");
  if (mirror == nullptr) return nothing;
  const partners::MirrorView view = mirror->View();
  if (view.forked) {
    return absl::FailedPreconditionError(
        "two signed heads of this log contradict each other; neither history is handed out");
  }
  if (!view.head.has_value()) return nothing;
  return ledger::ReadLog(*store_, mirror->partner().log, mirror->HeadNote(), view.head->size, from,
                         max_entries);
}

absl::StatusOr<partners::Partner> Node::AcceptPartner(const storage::Caller& caller,
                                                      const std::string& origin,
                                                      const crypto::Digest& first_entry,
                                                      const std::string& because) {
  storage::MutexLock adopting(adopting_);
  auto partner = registry_->AcceptSuccession(caller, origin, first_entry, because);
  if (absl::IsFailedPrecondition(partner.status()) && IsForkedWithoutSuccessor(origin)) {
    return absl::FailedPreconditionError("its log has forked, and " +
                                         std::string(partner.status().message()));
  }
  if (!partner.ok()) return partner.status();
  // Nobody writes to the old copy any more once this returns.
  if (absl::Status status = followers_->Refresh(); !status.ok()) return status;
  ClearReplaced().IgnoreError();  // Upkeep goes on, and `status` says why it cannot
  return partner;
}

bool Node::IsForkedWithoutSuccessor(const std::string& origin) const {
  const auto partner = registry_->Find(origin);
  const auto mirror = followers_->MirrorOf(origin);
  return partner.ok() && partner->status != partners::PartnerStatus::kRemoved &&
         !partner->succession.has_value() && mirror != nullptr && mirror->View().forked;
}

absl::Status Node::ClearReplaced() {
  return adoptions_->Clear(
      [this](const std::string& origin) { return proof_requests_->EraseGone(origin); });
}

bool Node::IsWhole() const {
  return publisher_->trouble().empty() && publisher_->Head().has_value();
}

absl::StatusOr<std::vector<partners::Partner>> Node::RecoverySources(
    const RecoveryPlan& plan) const {
  if (plan.code.empty()) {
    std::vector<partners::Partner> active = registry_->Active();
    if (active.empty()) {
      return absl::FailedPreconditionError(
          "this database knows no partner. Ask one for a pairing code (`daftar partner invite`) "
          "and "
          "give it: daftar log recover --code CODE --because TEXT");
    }
    return active;
  }
  auto invite = partners::Invite::FromCode(plan.code);
  if (!invite.ok()) return invite.status();
  if (invite->circle != charter().circle) {
    return absl::InvalidArgumentError("the code is of another circle");
  }
  // What the code pins is enough: that node knows this one's certificate.
  partners::Partner partner;
  partner.origin = invite->origin;
  partner.endpoint = invite->endpoint;
  partner.pin = invite->pin;
  return std::vector<partners::Partner>{partner};
}

absl::Status Node::TakeBackFrom(const partners::Partner& partner, const RecoveryProgress& progress,
                                uint64_t& taken) {
  absl::Status applied;
  absl::Status ended;
  uint64_t before = 0;
  do {
    before = taken;
    ended = ReadOwnLog(partner, publisher_->tree_size(), [&](const evidence::FeedBatch& batch) {
      auto added = publisher_->TakeBack(batch);
      applied = added.status();
      if (!added.ok()) return false;
      taken += *added;
      if (!progress(partner.origin, publisher_->tree_size())) {
        applied = absl::CancelledError("stopped; what was taken back stays, and it goes on there");
      }
      return applied.ok();
    });
    if (StoppingRecovery()) return absl::CancelledError("the node is stopping");
    // Only what this node has found itself is the last word.
    if (absl::IsDataLoss(applied) || absl::IsCancelled(applied)) return applied;
    // What was sent does not fit, or the own store failed.
    if (absl::IsInvalidArgument(applied)) {
      return absl::FailedPreconditionError(std::string(applied.message()));
    }
    if (!applied.ok()) return absl::AbortedError(std::string(applied.message()));
  } while (absl::IsDeadlineExceeded(ended) && taken > before);
  if (ended.ok() || absl::IsNotFound(ended)) return absl::OkStatus();
  if (absl::IsDeadlineExceeded(ended)) return absl::UnavailableError(std::string(ended.message()));
  // Not there, or it has seen two histories.
  if (absl::IsUnavailable(ended) || absl::IsFailedPrecondition(ended)) return ended;
  return absl::AbortedError(std::string(ended.message()));
}

absl::Status Node::ReadOwnLog(const partners::Partner& partner, uint64_t from,
                              const std::function<bool(const evidence::FeedBatch&)>& on_batch) {
  partners::Cancellation cancel;
  {
    storage::MutexLock lock(mutex_);
    if (stopping_ || recovery_stopped_) return absl::CancelledError("the node is stopping");
    reading_ = &cancel;
  }
  const absl::Status ended = network_->ReadLog(
      partner, config_.origin, from,
      // The last one has no entries; whoever sends such ones for ever is done too.
      [&](const evidence::FeedBatch& batch) { return on_batch(batch) && !batch.entries.empty(); },
      kReadLogDeadline, cancel);
  storage::MutexLock lock(mutex_);
  reading_ = nullptr;
  return ended;
}

void Node::StopRecovery() {
  storage::MutexLock lock(mutex_);
  recovery_stopped_ = true;
  if (reading_ != nullptr) reading_->Cancel();
}

bool Node::StoppingRecovery() const {
  storage::MutexLock lock(mutex_);
  return stopping_ || recovery_stopped_;
}

absl::StatusOr<uint64_t> Node::MissingBodies(uint64_t from, uint64_t to, uint64_t* first) const {
  // What has an ERASURE misses nothing.
  std::set<uint64_t> erased;
  const storage::LogStore log(*store_);
  absl::Status failed;
  const auto scan = [&](uint64_t begin, const std::function<void(const evidence::Header&)>& visit) {
    return log.ReadLeaves(storage::kOwnLog, begin, to, [&](uint64_t, crypto::ByteView leaf) {
      auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
      failed = entry.status();
      if (entry.ok()) visit(entry->header);
      return failed.ok();
    });
  };
  absl::Status read = scan(from, [&](const evidence::Header& header) {
    if (header.kind == evidence::EntryKind::kErasure) erased.insert(header.about);
  });
  if (!read.ok() || !failed.ok()) return read.ok() ? failed : read;
  uint64_t missing = 0;
  read = scan(from, [&](const evidence::Header& header) {
    if (header.kind == evidence::EntryKind::kErasure) return;
    const uint64_t report =
        header.kind == evidence::EntryKind::kReport ? header.index : header.about;
    if (erased.count(report) > 0) return;
    auto body =
        store_->Get(storage::Column::kLogBodies,
                    storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), header.index));
    if (!body.ok()) {
      failed = body.status();
    } else if (!body->has_value()) {
      if (missing++ == 0) *first = header.index;
    }
  });
  if (!read.ok() || !failed.ok()) return read.ok() ? failed : read;
  return missing;
}

absl::Status Node::FillBodies(const std::vector<partners::Partner>& sources, uint64_t from) {
  for (const partners::Partner& partner : sources) {
    uint64_t first = 0;
    auto missing = MissingBodies(from, publisher_->tree_size(), &first);
    if (!missing.ok()) return missing.status();
    if (*missing == 0) return absl::OkStatus();
    (void)ReadOwnLog(partner, first, [&](const evidence::FeedBatch& batch) {
      return publisher_->TakeBodies(batch).ok();
    });
    if (StoppingRecovery()) return absl::CancelledError("the node is stopping");
  }
  uint64_t first = 0;
  auto missing = MissingBodies(from, publisher_->tree_size(), &first);
  if (!missing.ok()) return missing.status();
  if (*missing == 0) return absl::OkStatus();
  // Without them neither the incidents nor the labels are known.
  return absl::UnavailableError(
      Count(*missing, "body is", "bodies are") + " at no partner that answered, from entry " +
      std::to_string(first) +
      " on. Run it again when more of them are up; where no partner has them any more, `daftar log "
      "recover --new-log ORIGIN` begins a new log");
}

absl::StatusOr<Recovered> Node::RecoverLog(const storage::Caller& caller, const RecoveryPlan& plan,
                                           const RecoveryProgress& progress) {
  storage::MutexLock ticking(ticking_);
  if (IsWhole()) {
    return absl::FailedPreconditionError("nothing is to be recovered: the log is whole, with " +
                                         std::to_string(publisher_->tree_size()) +
                                         " entries, and signed");
  }
  auto sources = RecoverySources(plan);
  if (!sources.ok()) return sources.status();
  Recovered recovered;
  recovered.origin = config_.origin;
  uint64_t taken = 0;
  size_t answered = 0;
  TooFewAnswers missing;
  for (const partners::Partner& partner : *sources) {
    const absl::Status read = TakeBackFrom(partner, progress, taken);
    if (absl::IsDataLoss(read) || absl::IsCancelled(read)) return read;
    if (read.ok()) {
      ++answered;
    } else {
      missing.Add(partner.origin, read);
      recovered.said.push_back(WhyNot(partner.origin, read));
    }
  }
  if (2 * answered <= sources->size()) return missing.ToStatus(!plan.code.empty());
  const auto marked = publisher_->TakenBackFrom();
  if (!marked.ok()) return marked.status();
  recovered.said.push_back(HowManyCame(*marked, publisher_->tree_size(), taken));
  if (marked->has_value()) {
    absl::Status filled = FillBodies(*sources, **marked);
    if (!filled.ok()) return filled;
    auto incidents = ledger_->TakeBack(**marked, publisher_->tree_size(), [&](uint64_t done) {
      return progress("", **marked + done) && !StoppingRecovery();
    });
    if (!incidents.ok()) return incidents.status();
    SayWhat(*incidents, recovered.said);
    if (!incidents->charter.IsZero() && incidents->charter != charter().hash) {
      recovered.said.push_back(
          "the log states the charter " + incidents->charter.hex() +
          ", and this database has another in force: `daftar charter adopt FILE --because TEXT`");
    }
  }
  absl::Status resumed = publisher_->Resume(/*one_source=*/!plan.code.empty());
  if (absl::IsDataLoss(resumed)) return NothingLeadsOn(resumed);
  if (!resumed.ok()) return resumed;
  // What kept the last tick from publishing is over; the next one says what does.
  {
    storage::MutexLock lock(mutex_);
    trouble_.publishing.clear();
  }
  // Their answers have their cosignatures, without which the head is no proof to an auditor.
  exchange_->TellHead();
  const std::string bar = publisher_->trouble();
  recovered.said.push_back(bar.empty() ? "the node signs again" : bar);
  if (bar.empty() && registry_->Active().empty()) {
    recovered.said.push_back(
        "this database knows no partner: pair again with each, by a code of its own (there `daftar "
        "partner invite`, here `daftar partner join CODE`). Until then nobody copies or cosigns "
        "this log, and checks have no partner's answer");
  } else if (bar.empty()) {
    recovered.said.push_back(
        "partners cosign the head when they answer; `daftar log head` shows who has. An export "
        "before that does not meet an auditor's quorum");
  }
  storage::Batch batch;
  storage::RecordAudit(
      batch, vault_, entropy_,
      {clock_.Now().value, caller.actor, "log.recover", config_.origin, plan.because});
  if (absl::Status status = store_->Write(std::move(batch)); !status.ok()) return status;
  recovered.log_size = publisher_->tree_size();
  return recovered;
}

}  // namespace daftar
