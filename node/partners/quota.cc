#include "node/partners/quota.h"

#include <algorithm>
#include <vector>

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

// What was reserved today before a restart, or before the clock was moved, counts as used.
absl::Status Quota::OpenDay() {
  const uint32_t today = evidence::Date::Of(clock_.Now()).days();
  if (today == day_) return absl::OkStatus();
  std::map<std::string, Account, std::less<>> accounts;
  std::map<uint32_t, std::vector<Bytes>> rows_by_day;
  absl::Status malformed;
  absl::Status scanned = store_.Scan(Column::kQuotas, {}, {}, [&](ByteView key, ByteView value) {
    Reader reader(key);
    const uint32_t day = reader.U32();
    const std::string origin(crypto::AsText(reader.Raw(reader.remaining())));
    rows_by_day[day].push_back(crypto::ToBytes(key));
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
  Batch old_rows;
  for (size_t kept = rows_by_day.size(); const auto& [day, keys] : rows_by_day) {
    if (kept-- <= kQuotaDaysKept || day == today) continue;
    for (const Bytes& key : keys) old_rows.Delete(Column::kQuotas, key);
  }
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

uint64_t Quota::LimitWith(size_t partners) const {
  const QuotaLimits limits = limits_();
  return std::min(limits.per_partner, limits.per_node / std::max<size_t>(partners, 1));
}

absl::Status Quota::Take(std::string_view origin, uint64_t units, bool warming, size_t partners) {
  storage::MutexLock lock(mutex_);
  if (absl::Status status = OpenDay(); !status.ok()) return status;
  Account& account = accounts_[std::string(origin)];
  const uint64_t limit = LimitWith(partners);
  const uint64_t most = warming ? limit * kWarmingPercent / 100 : limit;
  if (account.used + units > most) return Refuse(warming ? "the warming" : "the partner's");
  // Shares were larger while there were fewer partners.
  uint64_t total = units;
  for (const auto& [name, other] : accounts_) total += other.used;
  if (total > limits_().per_node) return Refuse("the node-wide");
  if (account.used + units > account.reserved) {
    const uint64_t reserve =
        std::min(RoundUpToBlock(account.used + units), std::max(limit, account.used + units));
    Batch batch;
    batch.Put(Column::kQuotas, RowKey(origin), Writer().U64(reserve).Take());
    if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
    account.reserved = reserve;
  }
  account.used += units;
  return absl::OkStatus();
}

QuotaUse Quota::Today(std::string_view origin, size_t partners) {
  storage::MutexLock lock(mutex_);
  if (!OpenDay().ok()) return {0, LimitWith(partners)};
  const auto found = accounts_.find(origin);
  return {found == accounts_.end() ? 0 : found->second.used, LimitWith(partners)};
}

absl::Status Quota::GiveBack() {
  storage::MutexLock lock(mutex_);
  Batch batch;
  for (const auto& [origin, account] : accounts_) {
    if (account.used == account.reserved) continue;
    batch.Put(Column::kQuotas, RowKey(origin), Writer().U64(account.used).Take());
  }
  if (batch.empty()) return absl::OkStatus();
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  for (auto& [origin, account] : accounts_) account.reserved = account.used;
  return absl::OkStatus();
}

}  // namespace daftar::partners
