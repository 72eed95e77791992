#include "node/partners/arrivals.h"

#include <algorithm>

namespace daftar::partners {
namespace {

using crypto::Bytes;
using storage::Column;

constexpr uint8_t kVersion = 1;

Bytes KeyOf(storage::LogNumber log, uint64_t size) {
  return storage::LogIndexKey(static_cast<uint32_t>(log), size);
}

absl::StatusOr<int64_t> Decode(crypto::ByteView row) {
  crypto::Reader reader(row);
  if (reader.U8() != kVersion) reader.Fail();
  const auto time = static_cast<int64_t>(reader.U64());
  if (!reader.Finish("arrival row").ok()) {
    return absl::DataLossError("the row of a partner's arrival is malformed");
  }
  return time;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Arrivals>> Arrivals::Open(storage::Store& store,
                                                         const evidence::Clock& clock,
                                                         const Registry& registry,
                                                         const Followers& followers,
                                                         const evidence::Charters& charters) {
  std::unique_ptr<Arrivals> arrivals(new Arrivals(store, clock, registry, followers, charters));
  if (absl::Status status = arrivals->Load(); !status.ok()) return status;
  return arrivals;
}

absl::Status Arrivals::Load() {
  auto cosignatures = Cosignatures::Open(store_, storage::kOwnLog);
  if (!cosignatures.ok()) return cosignatures.status();
  cosignatures_ = *std::move(cosignatures);
  std::map<storage::LogNumber, size_t> rows;
  absl::Status scanned =
      store_.Scan(Column::kArrivals, {}, {}, [&](crypto::ByteView key, crypto::ByteView) {
        crypto::Reader reader(key);
        ++rows[storage::LogNumber{reader.U32()}];
        return true;
      });
  storage::MutexLock lock(mutex_);
  rows_ = std::move(rows);
  return scanned;
}

absl::StatusOr<size_t> Arrivals::Keep(std::vector<Cosignature> cosignatures) {
  std::map<std::string, storage::LogNumber> logs;
  for (const Partner& partner : registry_.All()) logs[partner.origin] = partner.log;
  std::erase_if(cosignatures, [&](const Cosignature& c) { return logs.count(c.witness) == 0; });
  absl::Status failed;
  std::map<storage::LogNumber, size_t> added;
  const auto beside = [&](const Cosignature& kept, storage::Batch& batch) {
    const storage::LogNumber log = logs[kept.witness];
    // The same head under a new key of the partner arrived when it did at first.
    const auto before = cosignatures_->Of(kept.witness);
    if (before.has_value() && before->size == kept.size) return;
    batch.Put(Column::kArrivals, KeyOf(log, kept.size),
              crypto::Writer().U8(kVersion).U64(static_cast<uint64_t>(kept.time)).Take());
    storage::MutexLock lock(mutex_);
    if (rows_[log] + ++added[log] <= kMaxArrivalsPerPartner) return;
    const Bytes prefix = storage::LogKey(static_cast<uint32_t>(log));
    failed =
        store_.Scan(Column::kArrivals, prefix, prefix, [&](crypto::ByteView key, crypto::ByteView) {
          batch.Delete(Column::kArrivals, crypto::ToBytes(key));
          --added[log];
          return false;
        });
  };
  auto kept = cosignatures_->Keep(std::move(cosignatures), beside);
  if (!kept.ok()) return kept.status();
  if (!failed.ok()) return failed;
  if (kept->empty()) return 0;
  storage::MutexLock lock(mutex_);
  for (const auto& [log, count] : added) rows_[log] += count;
  ++news_;
  changed_.NotifyAll();
  return kept->size();
}

void Arrivals::Heard(const std::string& origin) {
  storage::MutexLock lock(mutex_);
  heard_[origin] = clock_.Now().seconds();
}

Arrival Arrivals::HeldBy(const Partner& partner) const {
  Arrival arrival;
  arrival.origin = partner.origin;
  arrival.status = partner.status;
  if (const auto newest = cosignatures_->Of(partner.origin); newest.has_value()) {
    arrival.holds = newest->size;
    arrival.holds_since = newest->time;
  }
  if (const auto mirror = followers_.MirrorOf(partner.origin); mirror != nullptr) {
    arrival.last_heard = mirror->View().head_time;
  }
  {
    storage::MutexLock lock(mutex_);
    const auto heard = heard_.find(partner.origin);
    if (heard != heard_.end()) arrival.last_heard = std::max(arrival.last_heard, heard->second);
  }
  const auto stale_after_s = static_cast<int64_t>(charters_.InForce()->stale_after_s);
  arrival.live =
      arrival.last_heard > 0 && clock_.Now().seconds() - arrival.last_heard <= stale_after_s;
  return arrival;
}

// That of the first cosignature that covers it.
absl::StatusOr<std::optional<int64_t>> Arrivals::AppliedAt(const Partner& partner,
                                                           uint64_t index) const {
  absl::StatusOr<std::optional<int64_t>> applied = std::nullopt;
  absl::Status scanned =
      store_.Scan(Column::kArrivals, storage::LogKey(static_cast<uint32_t>(partner.log)),
                  KeyOf(partner.log, index + 1), [&](crypto::ByteView, crypto::ByteView row) {
                    auto time = Decode(row);
                    if (time.ok()) {
                      applied = *time;
                    } else {
                      applied = time.status();
                    }
                    return false;
                  });
  if (!scanned.ok()) return scanned;
  return applied;
}

absl::StatusOr<std::vector<Arrival>> Arrivals::Of(uint64_t index) const {
  std::vector<Arrival> arrivals;
  for (const Partner& partner : registry_.All()) {
    auto applied = AppliedAt(partner, index);
    if (!applied.ok()) return applied.status();
    if (partner.status != PartnerStatus::kActive && !applied->has_value()) continue;
    Arrival arrival = HeldBy(partner);
    arrival.applied_at = *applied;
    arrivals.push_back(std::move(arrival));
  }
  return arrivals;
}

uint64_t Arrivals::News() const {
  storage::MutexLock lock(mutex_);
  return news_;
}

uint64_t Arrivals::WaitForNews(uint64_t seen, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  storage::MutexLock lock(mutex_);
  while (news_ == seen) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !changed_.WaitFor(mutex_, left)) break;
  }
  return news_;
}

void Arrivals::WakeAll() {
  storage::MutexLock lock(mutex_);
  ++news_;
  changed_.NotifyAll();
}

}  // namespace daftar::partners
