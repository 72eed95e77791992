#include "node/check/policies.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <system_error>
#include <utility>

#include "storage/files.h"

namespace daftar::check {
namespace {

using crypto::Bytes;
using crypto::Reader;
using crypto::Writer;
using storage::Column;

constexpr uint8_t kVersion = 1;
constexpr uint8_t kInForceVersion = 2;
constexpr std::string_view kInForceKey = "in-force";
constexpr std::string_view kPeriodPrefix = "period/";
// Before there were periods, a policy's own row and that of the one in force were written with two
// looks at the clock.
constexpr int64_t kSameMomentMillis = 1000;

Bytes PeriodKey(evidence::UnixMillis since) {
  return Writer().Raw(kPeriodPrefix).U64(static_cast<uint64_t>(since.value)).Take();
}

Bytes PeriodRow(const crypto::Digest& hash) {
  return Writer().U8(kVersion).Raw(hash.view()).Take();
}

absl::Status Malformed() {
  return absl::DataLossError(
      "a row of the policy versions is malformed; run `daftar doctor` and restore a backup");
}

struct VersionRow {
  evidence::UnixMillis since;
  crypto::ByteView encoded;
};

absl::StatusOr<VersionRow> DecodeRow(crypto::ByteView row) {
  Reader reader(row);
  if (reader.U8() != kVersion) reader.Fail();
  VersionRow version;
  version.since.value = static_cast<int64_t>(reader.U64());
  version.encoded = reader.Raw(reader.remaining());
  if (!reader.ok()) return Malformed();
  return version;
}

struct InForceRow {
  crypto::Digest hash;
  std::optional<evidence::UnixMillis> since;  // version 1 does not say
};

absl::StatusOr<InForceRow> DecodeInForce(crypto::ByteView row) {
  Reader reader(row);
  const uint8_t version = reader.U8();
  if (version != kVersion && version != kInForceVersion) reader.Fail();
  InForceRow in_force{reader.Take<crypto::Digest>(), std::nullopt};
  if (version == kInForceVersion) {
    in_force.since = evidence::UnixMillis{static_cast<int64_t>(reader.U64())};
  }
  if (!reader.Finish("policy in force").ok()) return Malformed();
  return in_force;
}

absl::StatusOr<PolicyVersion> DecodePeriod(crypto::ByteView key, crypto::ByteView row) {
  Reader key_reader(key.subspan(kPeriodPrefix.size()));
  PolicyVersion period;
  period.since.value = static_cast<int64_t>(key_reader.U64());
  Reader reader(row);
  if (reader.U8() != kVersion) reader.Fail();
  period.hash = reader.Take<crypto::Digest>();
  if (!key_reader.Finish("period").ok() || !reader.Finish("period").ok()) return Malformed();
  return period;
}

// Oldest first.
absl::StatusOr<std::vector<PolicyVersion>> Periods(const storage::Store& store) {
  std::vector<PolicyVersion> periods;
  absl::Status malformed;
  const crypto::ByteView prefix = crypto::AsBytes(kPeriodPrefix);
  const auto scanned = store.Scan(Column::kPolicies, prefix, prefix,
                                  [&](crypto::ByteView key, crypto::ByteView value) {
                                    // A hash, by chance.
                                    if (key.size() == crypto::Digest::kSize) return true;
                                    const auto period = DecodePeriod(key, value);
                                    malformed = period.status();
                                    if (period.ok()) periods.push_back(*period);
                                    return period.ok();
                                  });
  if (!scanned.ok()) return scanned;
  if (!malformed.ok()) return malformed;
  return periods;
}

// Of one policy, at one moment.
bool IsOnePeriod(const PolicyVersion& a, const PolicyVersion& b) {
  return a.hash == b.hash && std::abs(a.since.value - b.since.value) < kSameMomentMillis;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Policies>> Policies::Open(storage::Store& store,
                                                         const evidence::Clock& clock,
                                                         std::filesystem::path file) {
  std::unique_ptr<Policies> policies(new Policies(store, clock, std::move(file)));
  storage::MutexLock lock(policies->mutex_);
  const auto row = store.Get(Column::kPolicies, crypto::AsBytes(kInForceKey));
  if (!row.ok()) return row.status();
  if (row->has_value()) {
    // What was in force stays so until the file is read, and beyond when it cannot be.
    const auto last = DecodeInForce(**row);
    if (!last.ok()) return last.status();
    auto stored = policies->ByHash(last->hash);
    std::optional<evidence::UnixMillis> since = last->since;
    if (absl::IsFailedPrecondition(stored.status())) {
      // The row that says what was in force stays: its program, or its file, brings it back.
      policies->lost_ = last->hash;
      stored = decision::DefaultPolicy();
      since.reset();
    }
    if (!stored.ok()) return stored.status();
    if (absl::Status went_on = policies->GoOnWith(*stored, since); !went_on.ok()) return went_on;
  } else if (absl::Status put = policies->PutInForce(decision::DefaultPolicy()); !put.ok()) {
    return put;
  }
  if (absl::Status counted = policies->CountUndecoded(); !counted.ok()) return counted;
  policies->seen_ = policies->StampOfFile();
  policies->Take();
  return policies;
}

std::shared_ptr<const decision::Policy> Policies::InForce() const {
  storage::MutexLock lock(mutex_);
  return in_force_;
}

std::string Policies::problem() const {
  storage::MutexLock lock(mutex_);
  return problem_;
}

std::optional<Policies::Stamp> Policies::StampOfFile() const {
  if (file_.empty()) return std::nullopt;
  std::error_code error;
  Stamp stamp;
  stamp.time = std::filesystem::last_write_time(file_, error);
  if (error) return std::nullopt;
  stamp.size = std::filesystem::file_size(file_, error);
  if (error) stamp.size = 0;  // a folder: reading it says so
  return stamp;
}

PolicyInForce Policies::Current() const {
  storage::MutexLock lock(mutex_);
  return {in_force_->Hash(), since_, from_file_};
}

std::vector<PolicyNews> Policies::TakeNews() {
  storage::MutexLock lock(mutex_);
  return std::exchange(news_, {});
}

absl::StatusOr<std::optional<decision::Policy>> Policies::Read() const {
  auto bytes = storage::ReadFile(file_, decision::kMaxPolicyBytes);
  if (absl::IsNotFound(bytes.status())) return std::nullopt;
  if (!bytes.ok()) return bytes.status();
  std::vector<evidence::TomlFault> faults;
  auto policy = decision::Policy::Parse(crypto::AsText(*bytes), faults);
  if (policy.has_value()) return policy;
  std::string message;
  for (size_t i = 0; i < std::min(faults.size(), kMaxFaultsTold); ++i) {
    const evidence::TomlFault& fault = faults[i];
    message += (message.empty() ? "" : "\n") + file_.filename().string();
    if (fault.line > 0) {
      message += ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column);
    }
    message += ": " + fault.message;
  }
  if (faults.size() > kMaxFaultsTold) {
    message += "\nand " + std::to_string(faults.size() - kMaxFaultsTold) + " more";
  }
  return absl::InvalidArgumentError(message);
}

void Policies::Look() {
  if (file_.empty()) return;
  const std::optional<Stamp> stamp = StampOfFile();
  storage::MutexLock lock(mutex_);
  const bool settled = stamp == seen_;
  seen_ = stamp;
  if (settled && stamp != taken_) Take();
}

void Policies::Take() {
  taken_ = seen_;
  if (file_.empty()) return;
  const crypto::Digest before = in_force_->Hash();
  auto policy = Read();
  from_file_ = false;
  if (policy.ok() && !policy->has_value()) {
    KeepWithoutFile();
  } else {
    absl::Status status = policy.status();
    if (status.ok()) status = PutInForce(**std::move(policy));
    from_file_ = status.ok();
    problem_.clear();
    if (!status.ok()) {
      problem_ = std::string("policy.toml is not in force (") +
                 (lost_.has_value() ? "the default is" : "what was before it is") +
                 "; `daftar policy check` tells more):\n" + std::string(status.message());
    }
  }
  AddNews(before, problem_);
}

void Policies::KeepWithoutFile() {
  const std::string path = file_.string();
  problem_.clear();
  if (lost_.has_value()) {
    problem_ =
        "the policy that was in force, " + lost_->hex() +
        ", was made by another version of Daftar and cannot be read by this one; the default "
        "is in force. Have that version write it (`daftar policy show > " +
        path + "`), or write the one line \"version = 1\" there for the default";
  } else if (*in_force_ != decision::DefaultPolicy()) {
    problem_ =
        "policy.toml is gone; what it said stays in force. Put it back (`daftar policy show > " +
        path + "`), or write the one line \"version = 1\" there for the default policy";
  }
}

void Policies::AddNews(const crypto::Digest& before, const std::string& problem) {
  const crypto::Digest now = in_force_->Hash();
  if (now == before && problem.empty()) return;
  if (news_.size() == kMaxPolicyNews) news_.erase(news_.begin());
  news_.push_back({before, now, problem});
}

absl::Status Policies::AddVersion(const decision::Policy& policy, evidence::UnixMillis now,
                                  storage::Batch& batch) const {
  const Bytes key = crypto::ToBytes(policy.Hash().view());
  auto known = store_.Get(Column::kPolicies, key);
  if (!known.ok()) return known.status();
  if (!known->has_value()) {
    batch.Put(
        Column::kPolicies, key,
        Writer().U8(kVersion).U64(static_cast<uint64_t>(now.value)).Raw(policy.Encode()).Take());
  }
  return absl::OkStatus();
}

evidence::UnixMillis Policies::NowAfter(evidence::UnixMillis since) const {
  return {std::max(clock_.Now().value, since.value + 1)};
}

absl::Status Policies::GoOnWith(const decision::Policy& policy,
                                std::optional<evidence::UnixMillis> since) {
  const auto periods = Periods(store_);
  if (!periods.ok()) return periods.status();
  in_force_ = std::make_shared<const decision::Policy>(policy);
  since_ = since.value_or(clock_.Now());
  const crypto::Digest hash = policy.Hash();
  if (!periods->empty() && (!since.has_value() || *since <= periods->back().since)) {
    since_ = periods->back().since;
    if (periods->back().hash == hash) return absl::OkStatus();
    since_ = NowAfter(since_);  // another policy was in force meanwhile
  }
  storage::Batch batch;
  if (absl::Status added = AddVersion(policy, since_, batch); !added.ok()) return added;
  batch.Put(Column::kPolicies, PeriodKey(since_), PeriodRow(hash));
  return store_.Write(std::move(batch));
}

absl::Status Policies::PutInForce(decision::Policy policy, storage::Batch batch) {
  const crypto::Digest hash = policy.Hash();
  if (in_force_ != nullptr && in_force_->Hash() == hash && !lost_.has_value()) {
    return batch.empty() ? absl::OkStatus() : store_.Write(std::move(batch));
  }
  const evidence::UnixMillis now = in_force_ == nullptr ? clock_.Now() : NowAfter(since_);
  if (absl::Status added = AddVersion(policy, now, batch); !added.ok()) return added;
  batch.Put(Column::kPolicies, PeriodKey(now), PeriodRow(hash));
  batch.Put(
      Column::kPolicies, crypto::ToBytes(kInForceKey),
      Writer().U8(kInForceVersion).Raw(hash.view()).U64(static_cast<uint64_t>(now.value)).Take());
  if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  in_force_ = std::make_shared<const decision::Policy>(std::move(policy));
  since_ = now;
  lost_.reset();
  return absl::OkStatus();
}

absl::StatusOr<decision::Policy> Policies::ByHash(const crypto::Digest& hash) const {
  auto row = store_.Get(Column::kPolicies, hash.view());
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::NotFoundError(
        "no policy with the hash " + hash.hex() +
        " was ever in force here; `daftar policy versions` lists those that were");
  }
  const auto version = DecodeRow(**row);
  if (!version.ok()) return version.status();
  // A row that is whole is no damage, whoever made it.
  if (crypto::Sha256(version->encoded) != hash) return Malformed();
  auto policy = decision::Policy::Decode(version->encoded);
  if (policy.ok() && policy->Hash() == hash) return policy;
  return absl::FailedPreconditionError(
      "the policy " + hash.hex() +
      " was made by another version of Daftar and cannot be read by this one; it is kept as it is: "
      "run the version that made it, and `daftar policy show HASH` writes it as a file");
}

absl::Status Policies::CountUndecoded() {
  auto versions = Versions();
  if (!versions.ok()) return versions.status();
  std::set<crypto::Digest> hashes;
  for (const PolicyVersion& version : *versions) hashes.insert(version.hash);
  for (const crypto::Digest& hash : hashes) {
    auto policy = ByHash(hash);
    // A damaged one is told to whoever asks for it; the one in force was read before.
    if (absl::IsFailedPrecondition(policy.status()) || absl::IsDataLoss(policy.status())) {
      ++undecoded_;
    } else if (!policy.ok()) {
      return policy.status();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<crypto::Digest> Policies::Find(std::string_view digits) const {
  const bool plain = digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!plain || digits.size() < kMinHashDigits || digits.size() > 2 * crypto::Digest::kSize) {
    return absl::InvalidArgumentError(
        "a policy's hash has " + std::to_string(2 * crypto::Digest::kSize) +
        " digits (0-9 a-f), of which at least the first " + std::to_string(kMinHashDigits) +
        " name it; `daftar policy versions` lists them");
  }
  const auto versions = Versions();
  if (!versions.ok()) return versions.status();
  std::set<crypto::Digest> found;
  for (const PolicyVersion& version : *versions) {
    if (version.hash.hex().starts_with(digits)) found.insert(version.hash);
  }
  if (found.empty()) {
    return absl::NotFoundError("no policy whose hash begins with " + std::string(digits) +
                               " was ever in force here; `daftar policy versions` lists those "
                               "that were");
  }
  if (found.size() > 1) {
    return absl::FailedPreconditionError("the hashes of " + std::to_string(found.size()) +
                                         " policies begin with " + std::string(digits) +
                                         "; write more digits");
  }
  return *found.begin();
}

absl::StatusOr<std::vector<PolicyVersion>> Policies::Versions() const {
  auto periods = Periods(store_);
  if (!periods.ok()) return periods.status();
  std::vector<PolicyVersion> versions = *std::move(periods);
  std::vector<PolicyVersion> firsts;
  absl::Status malformed;
  const auto scanned =
      store_.Scan(Column::kPolicies, {}, {}, [&](crypto::ByteView key, crypto::ByteView value) {
        const auto hash = crypto::Digest::Create(key);
        if (!hash.ok()) return true;  // of another kind
        const auto version = DecodeRow(value);
        malformed = version.status();
        if (!version.ok()) return false;
        firsts.push_back({*hash, version->since});
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!malformed.ok()) return malformed;
  // From before there were periods.
  const size_t known = versions.size();
  for (const PolicyVersion& first : firsts) {
    const auto end = versions.begin() + static_cast<int64_t>(known);
    const bool is_known = std::any_of(
        versions.begin(), end, [&first](const auto& period) { return IsOnePeriod(period, first); });
    if (!is_known) versions.push_back(first);
  }
  std::sort(versions.begin(), versions.end(), [](const PolicyVersion& a, const PolicyVersion& b) {
    return a.since.value != b.since.value ? a.since.value > b.since.value : a.hash < b.hash;
  });
  return versions;
}

}  // namespace daftar::check
