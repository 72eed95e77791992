#include "storage/commit_queue.h"

#include <algorithm>
#include <map>
#include <string>

namespace daftar::storage {
namespace {

// What earlier batches of a group will have written once the group is applied. Holds pointers into
// the batches, which outlive it.
class Overlay {
 public:
  void Add(const Batch& batch) {
    for (const Batch::Operation& operation : batch.operations()) {
      values_[&operation.address] = &operation.value;
    }
  }
  // nullptr when no earlier batch touches the address.
  const std::optional<Bytes>* Find(const Address& address) const {
    const auto found = values_.find(&address);
    return found == values_.end() ? nullptr : found->second;
  }

 private:
  struct ByAddress {
    bool operator()(const Address* a, const Address* b) const { return *a < *b; }
  };
  std::map<const Address*, const std::optional<Bytes>*, ByAddress> values_;
};

struct Verdict {
  absl::Status status;
  bool from_overlay = false;  // it holds only if the group's earlier batches are written
};

// The row's key may be a customer's tag: the message names the column only.
absl::Status PreconditionFailed(const Batch::Precondition& precondition) {
  return absl::AbortedError(
      std::string("a row of ") + std::string(ColumnName(precondition.address.column)) +
      (precondition.expected.has_value() ? " is no longer as it was read; read it again and retry"
                                         : " that had to be absent is there"));
}

Verdict Check(const Batch& batch, const StoreReader& committed, const Overlay& overlay) {
  Verdict verdict;
  for (const Batch::Precondition& precondition : batch.preconditions()) {
    const std::optional<Bytes>* pending = overlay.Find(precondition.address);
    if (pending != nullptr) {
      verdict.from_overlay = true;
      if (*pending != precondition.expected) {
        verdict.status = PreconditionFailed(precondition);
        return verdict;
      }
      continue;
    }
    auto stored = committed.Get(precondition.address.column, precondition.address.key);
    if (!stored.ok()) {
      verdict.status = stored.status();
      return verdict;
    }
    if (*stored != precondition.expected) {
      verdict.status = PreconditionFailed(precondition);
      return verdict;
    }
  }
  return verdict;
}

}  // namespace

size_t BatchBytes(const Batch& batch) {
  size_t bytes = 0;
  for (const Batch::Operation& operation : batch.operations()) {
    bytes += kOperationOverheadBytes + operation.address.key.size() +
             (operation.value.has_value() ? operation.value->size() : 0);
  }
  for (const Batch::Precondition& precondition : batch.preconditions()) {
    bytes += kOperationOverheadBytes + precondition.address.key.size() +
             (precondition.expected.has_value() ? precondition.expected->size() : 0);
  }
  return bytes;
}

absl::Status CommitQueue::Commit(Batch batch) {
  Waiter waiter;
  waiter.batch = std::move(batch);
  waiter.bytes = BatchBytes(waiter.batch);
  Group group;
  {
    MutexLock lock(mutex_);
    absl::Status queued = Enqueue(waiter);
    if (!queued.ok()) return queued;
    while (!waiter.done && queue_.front() != &waiter) waiter.wake.Wait(mutex_);
    if (waiter.done) return waiter.status;
    if (!failure_.ok()) {
      waiter.status = failure_;
      Finish({&waiter});
      return waiter.status;
    }
    group = FrontGroup();
  }
  const absl::Status failure = Write(group);
  MutexLock lock(mutex_);
  if (!failure.ok() && failure_.ok()) failure_ = failure;
  Finish(group);
  return waiter.status;
}

absl::Status CommitQueue::Failure() const {
  MutexLock lock(mutex_);
  return failure_;
}

size_t CommitQueue::queued() const {
  MutexLock lock(mutex_);
  return queue_.size();
}

absl::Status CommitQueue::Enqueue(Waiter& waiter) {
  if (!failure_.ok()) return failure_;
  if (waiter.bytes > limits_.max_queued_bytes) {
    return absl::InvalidArgumentError(
        "a batch of " + std::to_string(waiter.bytes) + " bytes is larger than the write queue (" +
        std::to_string(limits_.max_queued_bytes) + " bytes); write it in parts");
  }
  if (queue_.size() >= limits_.max_queued_batches ||
      queued_bytes_ + waiter.bytes > limits_.max_queued_bytes) {
    return absl::ResourceExhaustedError(
        "the write queue is full (" + std::to_string(queue_.size()) + " batches, " +
        std::to_string(queued_bytes_) + " bytes); nothing was written, try again shortly");
  }
  queue_.push_back(&waiter);
  queued_bytes_ += waiter.bytes;
  return absl::OkStatus();
}

CommitQueue::Group CommitQueue::FrontGroup() const {
  Group group;
  size_t bytes = 0;
  for (Waiter* waiter : queue_) {
    bytes += waiter->bytes;
    if (!group.empty() &&
        (bytes > limits_.max_group_bytes || group.size() >= limits_.max_group_batches)) {
      break;
    }
    group.push_back(waiter);
  }
  return group;
}

void CommitQueue::Finish(const Group& group) {
  for (Waiter* waiter : group) {
    queue_.pop_front();
    queued_bytes_ -= waiter->bytes;
    waiter->done = true;
    // Under the mutex: the waiter is on its thread's stack and gone as soon as that thread runs.
    waiter->wake.NotifyOne();
  }
  if (!queue_.empty()) queue_.front()->wake.NotifyOne();
}

absl::Status CommitQueue::Refuse(const Group& waiters, const absl::Status& error) {
  for (Waiter* waiter : waiters) waiter->status = error;
  return absl::IsResourceExhausted(error) ? absl::OkStatus() : error;
}

absl::Status CommitQueue::Write(const Group& group) {
  const absl::Status prepared = prepare_();
  if (!prepared.ok()) return Refuse(group, prepared);
  Overlay overlay;
  std::vector<const Batch*> to_apply;
  Group depends_on_apply;
  // Large batches without preconditions are common; remember only what somebody behind asks about.
  const auto last_asking = std::find_if(group.rbegin(), group.rend(), [](const Waiter* waiter) {
    return !waiter->batch.preconditions().empty();
  });
  const Waiter* stop_remembering = last_asking == group.rend() ? group.front() : *last_asking;
  bool remember = true;
  for (Waiter* waiter : group) {
    if (waiter == stop_remembering) remember = false;
    const Verdict verdict = Check(waiter->batch, committed_, overlay);
    waiter->status = verdict.status;
    if (verdict.status.ok() && !waiter->batch.operations().empty()) {
      to_apply.push_back(&waiter->batch);
      if (remember) overlay.Add(waiter->batch);
      depends_on_apply.push_back(waiter);
    } else if (verdict.from_overlay) {
      depends_on_apply.push_back(waiter);
    }
  }
  if (to_apply.empty()) return absl::OkStatus();
  const absl::Status applied = apply_(to_apply);
  return applied.ok() ? absl::OkStatus() : Refuse(depends_on_apply, applied);
}

}  // namespace daftar::storage
