#include "node/partners/quota.h"

#include <algorithm>

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;
using storage::Batch;
using storage::Column;

constexpr int64_t kSecondsPerDay = 86'400;

uint64_t RoundUpToBlock(uint64_t units) {
  return (units + kQuotaBlock - 1) / kQuotaBlock * kQuotaBlock;
}

}  // namespace

Bytes Quota::RowKey(std::string_view origin) const { return Writer().U32(day_).Raw(origin).Take(); }

// Yesterday's rows go; what was reserved today before a restart counts as used.
absl::Status Quota::OpenDay() {
  const uint32_t today = evidence::Date::Of(clock_.Now()).days();
  if (today == day_) return absl::OkStatus();
  // A clock that was set back must not hand out the same day twice.
  if (today < day_) return absl::OkStatus();
  std::map<std::string, Account, std::less<>> accounts;
  Batch old_rows;
  absl::Status malformed;
  absl::Status scanned = store_.Scan(Column::kQuotas, {}, {}, [&](ByteView key, ByteView value) {
    Reader reader(key);
    const uint32_t day = reader.U32();
    const std::string origin(crypto::AsText(reader.Raw(reader.remaining())));
    if (day < today) {
      old_rows.Delete(Column::kQuotas, crypto::ToBytes(key));
      return true;
    }
    Reader row(value);
    Account account;
    account.reserved = row.U64();
    account.used = account.reserved;
    if (!row.Finish("quota row").ok()) {
      malformed = absl::DataLossError("a quota row is malformed");
      return false;
    }
    if (day == today) accounts[origin] = account;
    return true;
  });
  if (!scanned.ok()) return scanned;
  if (!malformed.ok()) return malformed;
  if (!old_rows.empty()) {
    if (absl::Status status = store_.Write(std::move(old_rows)); !status.ok()) return status;
  }
  accounts_ = std::move(accounts);
  day_ = today;
  return absl::OkStatus();
}

absl::Status Quota::Refuse(std::string_view whose) const {
  const int64_t wait = kSecondsPerDay - clock_.Now().seconds() % kSecondsPerDay;
  return absl::ResourceExhaustedError(std::string(whose) +
                                      " quota of evaluations for today is used up; try again in " +
                                      std::to_string(wait) + " s");
}

absl::Status Quota::Take(std::string_view origin, uint64_t units, bool warming, size_t partners) {
  storage::MutexLock lock(mutex_);
  if (absl::Status status = OpenDay(); !status.ok()) return status;
  Account& account = accounts_[std::string(origin)];
  const uint64_t limit =
      warming ? limits_.per_partner * kWarmingPercent / 100 : limits_.per_partner;
  if (account.used + units > limit) return Refuse(warming ? "the warming" : "the partner's");

  const uint64_t share = limits_.per_node / std::max<size_t>(partners, 1);
  if (account.used + units > share) {
    // Beyond its own share: only what the others' guaranteed shares leave.
    uint64_t total = account.used + units;
    size_t others = 0;
    for (const auto& [name, other] : accounts_) {
      if (name == origin) continue;
      total += std::max(other.used, share);
      ++others;
    }
    if (partners > others + 1) total += (partners - 1 - others) * share;
    if (total > limits_.per_node) return Refuse("the node-wide");
  }
  if (account.used + units > account.reserved) {
    const uint64_t reserve = std::min(RoundUpToBlock(account.used + units),
                                      std::max(limits_.per_partner, account.used + units));
    Batch batch;
    batch.Put(Column::kQuotas, RowKey(origin), Writer().U64(reserve).Take());
    if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
    account.reserved = reserve;
  }
  account.used += units;
  return absl::OkStatus();
}

QuotaUse Quota::Today(std::string_view origin) {
  storage::MutexLock lock(mutex_);
  if (!OpenDay().ok()) return {0, limits_.per_partner};
  const auto found = accounts_.find(origin);
  return {found == accounts_.end() ? 0 : found->second.used, limits_.per_partner};
}

}  // namespace daftar::partners
