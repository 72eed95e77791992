// Fetching what was disclosed, and letting go of it in time.
#include <algorithm>
#include <set>
#include <utility>

#include "node/partners/proof_intake.h"
#include "node/partners/proof_requests.h"
#include "storage/purge.h"

namespace daftar::partners {
namespace {

using evidence::HandoverState;
using storage::Batch;

constexpr const char* kReceiveAction = "proof.receive";
constexpr const char* kRejectAction = "proof.reject";
constexpr const char* kEndAction = "proof.end";
constexpr const char* kDropAction = "proof.drop";
constexpr std::string_view kNodeActor = "node";

size_t BytesOf(const absl::StatusOr<evidence::HandoverPiece>& piece) {
  const auto* bytes = piece.ok() ? std::get_if<crypto::Bytes>(&*piece) : nullptr;
  return bytes != nullptr ? bytes->size() : 0;
}

bool Waits(AskedProofState state) { return state == AskedProofState::kWaiting; }

}  // namespace

bool ProofRequests::IsBusy(const AskedProofId& id) {
  storage::MutexLock lock(mutex_);
  return busy_.count(id) > 0;
}

// Erases the files that are here, and sets the state.
absl::Status ProofRequests::DropFiles(Stored& stored, AskedProofState state) {
  Batch batch;
  std::vector<storage::SealedFileId> files;
  for (const KeptProof& kept : stored.asked.files) files.push_back(kept.file);
  if (absl::Status status = files_.Release(files, batch); !status.ok()) return status;
  if (!files.empty()) storage::AskForPurge(batch, stored.asked.id.view());  // of the files' keys
  if (state != stored.asked.state) stored.asked.since = clock_.Now();
  if (state == AskedProofState::kOver) {
    Record(std::string(kNodeActor), kDropAction, stored.asked, "kept for as long as it may be",
           batch);
  }
  stored.asked.state = state;
  stored.asked.files.clear();
  if (absl::Status status = Replace(stored, std::move(batch)); !status.ok()) return status;
  files_.Sweep().IgnoreError();
  return absl::OkStatus();
}

absl::StatusOr<AskedProof> ProofRequests::Settle(Stored& stored, AskedProofState state,
                                                 const char* action, const std::string& because) {
  Batch batch;
  stored.asked.state = state;
  stored.asked.since = clock_.Now();
  Record(std::string(kNodeActor), action, stored.asked, because, batch);
  if (absl::Status status = Replace(stored, std::move(batch)); !status.ok()) return status;
  return stored.asked;
}

absl::StatusOr<AskedProof> ProofRequests::Fetch(const AskedProofId& id) {
  auto asked = Get(id);
  if (!asked.ok() || !Waits(asked->state)) return asked;
  Busy busy(*this, id);
  if (!busy.status().ok()) return busy.status();
  return FetchHeld(id, busy);
}

absl::StatusOr<AskedProof> ProofRequests::FetchHeld(const AskedProofId& id, Busy& busy) {
  auto stored = Load(id);
  if (!stored.ok()) return stored.status();
  if (!Waits(stored->asked.state)) return stored->asked;
  auto there = IsThere(stored->asked);
  if (!there.ok()) return there.status();
  if (!*there) return absl::NotFoundError("the report was erased");  // the next Sweep removes it
  auto partner = ActivePartner(stored->asked.issuer);
  if (!partner.ok()) return partner.status();
  if (!stored->asked.files.empty()) {  // of a fetch that broke off
    absl::Status dropped = DropFiles(*stored, AskedProofState::kWaiting);
    if (!dropped.ok()) return dropped;
  }
  ProofIntake intake(files_, stored->asked.root,
                     [&](const evidence::HandedFile& file, storage::SealedUpload& upload) {
                       Batch batch;
                       auto kept = upload.Refer(batch);
                       if (!kept.ok()) return kept.status();
                       stored->asked.files.push_back({file, *kept});
                       const absl::Status written = Replace(*stored, std::move(batch));
                       upload.Written(written);
                       if (!written.ok()) stored->asked.files.pop_back();
                       return written;
                     });
  absl::Status taken;
  absl::Status fetched = network_.FetchProof(
      *partner, stored->asked.request,
      [&](absl::StatusOr<evidence::HandoverPiece> piece) {
        busy.GoesOn(BytesOf(piece));
        taken = intake.Take(std::move(piece));
        return taken.ok();
      },
      options_.fetch_deadline, busy.cancel());
  if (!fetched.ok() && busy.stalled()) {
    fetched =
        absl::DeadlineExceededError("nothing came from " + partner->origin + " for " +
                                    std::to_string(options_.stall.count() / 1000) +
                                    " s, or less than " + std::to_string(options_.least_rate) +
                                    " bytes a second; what was disclosed stays so, and is fetched "
                                    "again later");
  }
  absl::StatusOr<HandoverState> came = HandoverState::kPending;
  if (!taken.ok()) {
    came = taken;
  } else if (!fetched.ok()) {
    came = fetched;
  } else {
    came = intake.Finish();
  }
  if (intake.wrong()) {
    if (const auto mirror = followers_.MirrorOf(partner->origin); mirror != nullptr) {
      mirror->Note(Fault::kWrongFile);
    }
    Batch batch;
    Record(std::string(kNodeActor), kRejectAction, stored->asked,
           std::string(came.status().message()), batch);
    (void)store_.Write(std::move(batch));
    absl::Status dropped = DropFiles(*stored, AskedProofState::kRejected);
    if (!dropped.ok()) return dropped;
    return absl::DataLossError("what " + partner->origin +
                               " handed out was refused: " + std::string(came.status().message()));
  }
  if (!came.ok()) {
    DropFiles(*stored, AskedProofState::kWaiting).IgnoreError();  // else the next Sweep does
    return came.status();
  }
  switch (*came) {
    case HandoverState::kPending:
      break;
    case HandoverState::kRefused:
      return Settle(*stored, AskedProofState::kRefused, kEndAction, "the partner refused");
    case HandoverState::kOver:
      return Settle(*stored, AskedProofState::kLapsed, kEndAction,
                    "the partner says that the time is over, or the report withdrawn");
    case HandoverState::kDisclosed:
      stored->asked.withheld = intake.withheld();
      return Settle(*stored, AskedProofState::kFetched, kReceiveAction,
                    std::to_string(stored->asked.files.size()) + " files");
  }
  return stored->asked;
}

bool ProofRequests::Rests(const AskedProofId& id) {
  const evidence::UnixMillis now = clock_.Now();
  storage::MutexLock lock(mutex_);
  const auto found = retries_.find(id);
  if (found == retries_.end()) return false;
  const Retry& retry = found->second;
  // A clock that went back must not make it rest for longer.
  return now >= retry.failed_at && now.value - retry.failed_at.value < retry.wait_millis;
}

void ProofRequests::NoteTried(const AskedProofId& id, bool worked) {
  const evidence::UnixMillis now = clock_.Now();
  storage::MutexLock lock(mutex_);
  if (worked) {
    retries_.erase(id);
    return;
  }
  Retry& retry = retries_[id];
  retry.failed_at = now;
  retry.wait_millis =
      std::clamp(2 * retry.wait_millis, kFirstFetchRetryMillis, kLastFetchRetryMillis);
}

void ProofRequests::QueueWaiting() {
  absl::Status unreadable;  // Sweep tells it
  auto all = LoadAll(&unreadable);
  if (!all.ok()) return;  // the node's own store tells its trouble elsewhere
  std::set<AskedProofId> waiting;
  std::map<std::string, std::deque<AskedProofId>> due;  // by issuer
  for (const Stored& stored : *all) {
    const AskedProofId& id = stored.asked.id;
    if (!Waits(stored.asked.state)) continue;
    waiting.insert(id);
    if (!ActivePartner(stored.asked.issuer).ok() || Rests(id)) continue;
    due[stored.asked.issuer].push_back(id);
  }
  storage::MutexLock lock(mutex_);
  std::erase_if(retries_, [&](const auto& retry) { return waiting.count(retry.first) == 0; });
  for (auto& [issuer, ids] : due) {
    if (attended_.insert(issuer).second) turns_.push_back({issuer, std::move(ids)});
  }
  changed_.NotifyAll();
}

bool ProofRequests::TakeTurn() {
  Turn turn;
  {
    storage::MutexLock lock(mutex_);
    if (stopping_ || turns_.empty()) return false;
    turn = std::move(turns_.front());
    turns_.pop_front();
  }
  const AskedProofId id = turn.left.front();
  turn.left.pop_front();
  const bool worked = Fetch(id).ok();  // what it came to is in the row
  NoteTried(id, worked);
  storage::MutexLock lock(mutex_);
  if (worked && !turn.left.empty()) {
    turns_.push_back(std::move(turn));
    changed_.NotifyAll();
  } else {
    attended_.erase(turn.issuer);
  }
  return true;
}

void ProofRequests::FetchAll() {
  QueueWaiting();
  while (TakeTurn()) {
  }
}

// ---- keeping house

absl::StatusOr<bool> ProofRequests::SweepOne(Stored& stored, bool clock_in_doubt) {
  const AskedProof& asked = stored.asked;
  auto there = IsThere(asked);
  if (!there.ok()) return there.status();
  const int64_t now = clock_.Now().value;
  const auto is_over = [&](evidence::UnixMillis since, int64_t millis) {
    return !clock_in_doubt && now - since.value >= millis;
  };
  const bool ended = asked.state != AskedProofState::kWaiting &&
                     asked.state != AskedProofState::kFetched &&
                     is_over(asked.since, kEndedProofMillis);
  absl::Status status;
  if (!*there || asked.state == AskedProofState::kAsking || ended) {
    status = Delete(stored);
  } else if (asked.state == AskedProofState::kFetched && is_over(asked.since, kKeptProofMillis)) {
    status = DropFiles(stored, AskedProofState::kOver);
  } else if (Waits(asked.state) && is_over(asked.asked_at, kAskedProofMillis)) {
    status = DropFiles(stored, AskedProofState::kLapsed);
  } else if (!asked.files.empty() && asked.state != AskedProofState::kFetched) {
    status = DropFiles(stored, asked.state);
  } else {
    return false;
  }
  if (!status.ok()) return status;
  return true;
}

// A thread that writes the row meanwhile is met again: after its write it knows the row no more.
absl::Status ProofRequests::EraseOne(Stored stored) {
  constexpr int kAttempts = 8;
  absl::Status erased = Delete(stored);
  for (int attempt = 1; absl::IsAborted(erased) && attempt < kAttempts; ++attempt) {
    auto anew = Load(stored.asked.id);
    if (absl::IsNotFound(anew.status())) return absl::OkStatus();
    if (!anew.ok()) return anew.status();
    stored = *std::move(anew);
    erased = Delete(stored);
  }
  return erased;
}

absl::Status ProofRequests::EraseGone(const std::string& issuer) {
  absl::Status unreadable;
  auto all = LoadAll(&unreadable);
  if (!all.ok()) return all.status();
  for (Stored& stored : *all) {
    if (stored.asked.issuer != issuer) continue;
    auto there = IsThere(stored.asked);
    if (!there.ok()) return there.status();
    if (*there) continue;
    if (absl::Status erased = EraseOne(std::move(stored)); !erased.ok()) return erased;
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> ProofRequests::Sweep(bool clock_in_doubt) {
  absl::Status failed;
  auto all = LoadAll(&failed);
  if (!all.ok()) return all.status();
  size_t changed = 0;
  for (Stored& stored : *all) {
    // A fetch that is under way ends at the report's erasure by itself: its write is the next one.
    if (IsBusy(stored.asked.id)) continue;
    auto swept = SweepOne(stored, clock_in_doubt);
    if (!swept.ok()) {
      if (failed.ok() && !absl::IsAborted(swept.status())) failed = swept.status();
    } else if (*swept) {
      ++changed;
    }
  }
  if (!failed.ok()) return failed;
  return changed;
}

void ProofRequests::Start() {
  thread_ = std::thread([this] { Run(); });
  for (size_t i = 0; i < kFetchWorkers; ++i) workers_.emplace_back([this] { Work(); });
}

void ProofRequests::Stop() {
  {
    storage::MutexLock lock(mutex_);
    stopping_ = true;
    for (const auto& [id, in_hand] : busy_) in_hand.cancel->Cancel();
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

void ProofRequests::EndStalled() {
  const auto now = std::chrono::steady_clock::now();
  for (auto& [id, in_hand] : busy_) {
    const auto may_take =
        options_.stall + std::chrono::milliseconds(in_hand.bytes * 1000 / options_.least_rate);
    if (in_hand.stalled) continue;
    if (now - in_hand.news < options_.stall && now - in_hand.begun < may_take) continue;
    in_hand.stalled = true;
    in_hand.cancel->Cancel();
  }
}

// Queues at the pace and looks for what stalls, several times in the time that it may.
void ProofRequests::Run() {
  const auto look = std::max(options_.stall / 6, std::chrono::milliseconds(1));
  while (true) {
    QueueWaiting();
    const auto next = std::chrono::steady_clock::now() + options_.pace;
    storage::MutexLock lock(mutex_);
    while (!stopping_) {
      EndStalled();
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          next - std::chrono::steady_clock::now());
      if (left.count() <= 0) break;
      changed_.WaitFor(mutex_, std::min(left, look));
    }
    if (stopping_) return;
  }
}

void ProofRequests::Work() {
  while (true) {
    while (TakeTurn()) {
    }
    storage::MutexLock lock(mutex_);
    while (!stopping_ && turns_.empty()) changed_.Wait(mutex_);
    if (stopping_) return;
  }
}

}  // namespace daftar::partners
