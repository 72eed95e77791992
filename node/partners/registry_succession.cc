// A partner that lost its log and goes on with another: what it says, and what the operator says.
#include "node/partners/registry.h"
#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::partners {
namespace {

using storage::Batch;
using storage::Column;

constexpr std::string_view kAcceptKind = "partner.accept";
constexpr char kNoneYet[] =
    ", so that there is none to accept yet: where its node has begun one, `daftar partner list` "
    "says so once this node has reached it";

}  // namespace

// The new log is nobody else's.
absl::Status Registry::CheckSuccessor(const Partner& partner, std::string_view origin) const {
  if (partners_.find(origin) != partners_.end()) {
    return absl::AlreadyExistsError("a partner with the origin " + std::string(origin) +
                                    " is known here already");
  }
  for (const auto& [other_origin, other] : partners_) {
    if (other_origin != partner.origin && other.succession.has_value() &&
        other.succession->origin == origin) {
      return absl::AlreadyExistsError("the partner " + other_origin + " says so too of " +
                                      std::string(origin));
    }
  }
  return absl::OkStatus();
}

absl::Status Registry::NoteSuccession(std::string_view origin, const Succession& succession) {
  auto known = Find(origin);
  if (!known.ok()) return known.status();
  storage::MutexLock lock(mutex_);
  Partner partner = partners_.find(origin)->second;
  if (partner.status != PartnerStatus::kActive) {
    return absl::FailedPreconditionError("the partner " + partner.origin + " is not active");
  }
  Succession noted = succession;
  if (partner.succession.has_value()) noted.stage = partner.succession->stage;
  if (partner.succession == noted) return absl::OkStatus();
  if (absl::Status status = CheckSuccessor(partner, succession.origin); !status.ok()) return status;
  std::string contradiction;
  if (!partner.succession.has_value()) {
    partner.succession = succession;
    partner.succession->stage = SuccessionStage::kWaits;
  } else {
    // Either may be of somebody who has copied the partner's keys, and nothing here tells which. So
    // the first stands, and its operator's word decides; whoever shows new ones for ever is not let
    // into the database again.
    contradiction = "it showed " + partner.succession->origin +
                    " as its new log before, with the first entry " +
                    partner.succession->first_leaf.hex() + ", and one of them is not its own";
    if (partner.succession->stage == SuccessionStage::kContested) {
      return absl::FailedPreconditionError(contradiction);
    }
    partner.succession->stage = SuccessionStage::kContested;
  }
  Batch batch;
  batch.Put(Column::kPartners, RowKey(partner.origin), partner.Encode());
  absl::Status written = Write(std::move(batch), {"node", {}}, "partner.new-log",
                               partner.origin + " to " + succession.origin, contradiction);
  if (!written.ok()) return written;
  partners_.insert_or_assign(partner.origin, partner);
  ++version_;
  if (!contradiction.empty()) return absl::FailedPreconditionError(contradiction);
  return absl::OkStatus();
}

absl::StatusOr<Partner> Registry::AcceptSuccession(const storage::Caller& caller,
                                                   std::string_view origin,
                                                   const crypto::Digest& first_entry,
                                                   const std::string& because) {
  if (absl::Status status = storage::CheckBecause(because); !status.ok()) return status;
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto known = Find(origin);
  if (!known.ok()) return known.status();
  storage::MutexLock lock(mutex_);
  const auto earlier = storage::RequestLog::Find(store_, *request, kAcceptKind);
  if (!earlier.ok()) return earlier.status();
  Partner old = partners_.find(origin)->second;
  if (earlier->has_value()) {
    const auto made = partners_.find(crypto::AsText(**earlier));
    if (made != partners_.end() && old.replaced() && old.succession->origin == made->first &&
        old.succession->first_leaf == first_entry) {
      return made->second;
    }
    return absl::FailedPreconditionError(
        "this request_id accepted another partner; use a new one for each");
  }
  if (old.replaced()) {
    return absl::FailedPreconditionError("the new log of " + old.origin +
                                         " was accepted already: " + old.succession->origin);
  }
  if (old.status == PartnerStatus::kRemoved) {
    return absl::FailedPreconditionError(
        "the partner " + old.origin +
        " was removed, so that there is no new log of it to accept; pair with its node again with "
        "`daftar partner invite` and `join`");
  }
  if (!old.succession.has_value()) {
    return absl::FailedPreconditionError("the partner " + old.origin +
                                         " has shown no new log here" + kNoneYet);
  }
  if (old.succession->first_leaf != first_entry) {
    return absl::FailedPreconditionError(
        "not accepted: the new log that " + old.origin + " has shown here, " +
        old.succession->origin + ", begins with the entry " + old.succession->first_leaf.hex() +
        ", and --first-entry says otherwise. Compare all 64 digits with what its operator reads "
        "out. When they differ, it is not their log: daftar partner remove " +
        old.origin + " --because TEXT, and pair anew");
  }
  if (absl::Status status = CheckSuccessor(old, old.succession->origin); !status.ok()) {
    return status;
  }
  if (partners_.size() >= kMaxPartners) {
    return absl::ResourceExhaustedError("a node has at most " + std::to_string(kMaxPartners) +
                                        " partners");
  }
  Partner partner = old;
  partner.origin = old.succession->origin;
  partner.first_leaf = old.succession->first_leaf;
  partner.log = NextLogNumber();
  partner.paired_at = clock_.Now();
  partner.succession.reset();
  old.status = PartnerStatus::kRemoved;
  old.succession->stage = SuccessionStage::kAccepted;
  Batch batch;
  batch.Put(Column::kPartners, RowKey(old.origin), old.Encode());
  batch.Put(Column::kPartners, RowKey(partner.origin), partner.Encode());
  storage::RequestLog::Record(batch, *std::move(request), kAcceptKind,
                              crypto::AsBytes(partner.origin));
  absl::Status written = Write(std::move(batch), caller, "partner.accept",
                               old.origin + " to " + partner.origin, because);
  if (!written.ok()) return written;
  partners_.insert_or_assign(old.origin, old);
  partners_.insert_or_assign(partner.origin, partner);
  ++version_;
  return partner;
}

absl::Status Registry::NoteCleared(std::string_view origin) {
  auto known = Find(origin);
  if (!known.ok()) return known.status();
  storage::MutexLock lock(mutex_);
  Partner partner = partners_.find(origin)->second;
  if (!partner.replaced()) {
    return absl::FailedPreconditionError("the log of " + partner.origin + " was not replaced");
  }
  partner.succession->stage = SuccessionStage::kCleared;
  Batch batch;
  batch.Put(Column::kPartners, RowKey(partner.origin), partner.Encode());
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  partners_.insert_or_assign(partner.origin, partner);
  ++version_;
  return absl::OkStatus();
}

}  // namespace daftar::partners
