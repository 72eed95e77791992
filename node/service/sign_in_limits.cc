#include "node/service/sign_in_limits.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "crypto/bytes.h"
#include "node/service/retry_after.h"

namespace daftar::service {
namespace {

constexpr size_t kMaxAddressBytes = 64;  // of what stands for itself

std::string DeviceKey(const Attempt& attempt) { return attempt.user + " " + attempt.device; }
std::string StrangerKey(const Attempt& attempt) {
  return attempt.user + " " + StrangerOf(attempt.address);
}
std::string OwnKey(const Attempt& attempt) {
  return attempt.device.empty() ? StrangerKey(attempt) : DeviceKey(attempt);
}

absl::Status MustWait(std::chrono::seconds wait, std::string_view or_else) {
  return WithRetryAfter(
      absl::ResourceExhaustedError("too many attempts; wait " + std::to_string(wait.count()) +
                                   " seconds" + std::string(or_else)),
      wait);
}

}  // namespace

std::string StrangerOf(const std::string& address) {
  std::array<uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) {
    return address.substr(0, kMaxAddressBytes);
  }
  // ::ffff:a.b.c.d is an IPv4 address.
  constexpr std::array<uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
    std::string text;
    for (size_t i = kMapped.size(); i < bytes.size(); ++i) {
      text += (text.empty() ? "" : ".") + std::to_string(bytes[i]);
    }
    return text;
  }
  return crypto::ToHex(crypto::ByteView(bytes).first(8)) + "/64";
}

bool Attempts::Counts(int64_t at, evidence::UnixMillis now) const {
  // One of a little later than now was begun by another thread; of much later: the clock was set
  // back.
  const int64_t within = std::chrono::milliseconds(limit_.within).count();
  return std::abs(now.value - at) < within;
}

std::chrono::seconds Attempts::Wait(const std::string& key, evidence::UnixMillis now) const {
  const auto found = failures_.find(key);
  if (found == failures_.end()) return std::chrono::seconds(0);
  std::vector<int64_t> counting;
  for (const int64_t at : found->second) {
    if (Counts(at, now)) counting.push_back(at);
  }
  std::ranges::sort(counting);
  if (counting.size() < limit_.failures) return std::chrono::seconds(0);
  const int64_t free_at = counting[counting.size() - limit_.failures] +
                          std::chrono::milliseconds(limit_.within).count();
  return std::chrono::seconds((free_at - now.value + 999) / 1000);
}

void Attempts::MakeRoom(evidence::UnixMillis now) {
  if (failures_.size() < kMaxCounted) return;
  std::erase_if(failures_, [&](const auto& entry) { return !Counts(entry.second.back(), now); });
  if (failures_.size() < kMaxCounted) return;
  failures_.erase(std::min_element(
      failures_.begin(), failures_.end(),
      [](const auto& a, const auto& b) { return a.second.back() < b.second.back(); }));
}

void Attempts::Count(const std::string& key, evidence::UnixMillis now) {
  if (!failures_.contains(key)) MakeRoom(now);
  std::vector<int64_t>& times = failures_[key];
  std::erase_if(times, [&](int64_t at) { return !Counts(at, now); });
  times.push_back(now.value);
}

void Attempts::TakeBack(const std::string& key, evidence::UnixMillis at) {
  const auto found = failures_.find(key);
  if (found == failures_.end()) return;
  const auto counted = std::find(found->second.begin(), found->second.end(), at.value);
  if (counted != found->second.end()) found->second.erase(counted);
  if (found->second.empty()) failures_.erase(found);
}

absl::Status SignInLimits::Begin(const Attempt& attempt) {
  storage::MutexLock lock(mutex_);
  const std::string own = OwnKey(attempt);
  std::chrono::seconds wait = std::max(halfway_.Wait(own, attempt.at), all_.Wait(own, attempt.at));
  if (!attempt.device.empty()) {
    wait = std::max(wait, by_device_.Wait(DeviceKey(attempt), attempt.at));
    if (wait.count() > 0) {
      return MustWait(wait, ", or let an operator make a link (`daftar user reset`)");
    }
    by_device_.Count(DeviceKey(attempt), attempt.at);
    all_.Count(own, attempt.at);
    return absl::OkStatus();
  }
  const std::string stranger = StrangerOf(attempt.address);
  wait = std::max({wait, by_stranger_.Wait(StrangerKey(attempt), attempt.at),
                   OfUser(attempt).Wait(attempt.user, attempt.at),
                   by_address_.Wait(stranger, attempt.at)});
  if (wait.count() > 0) {
    return MustWait(
        wait,
        ", sign in from a device that has signed in before, or let an operator make a link "
        "(`daftar user reset`)");
  }
  by_stranger_.Count(StrangerKey(attempt), attempt.at);
  OfUser(attempt).Count(attempt.user, attempt.at);
  by_address_.Count(stranger, attempt.at);
  all_.Count(own, attempt.at);
  return absl::OkStatus();
}

void SignInLimits::Undo(const Attempt& attempt) {
  if (!attempt.device.empty()) return by_device_.TakeBack(DeviceKey(attempt), attempt.at);
  by_stranger_.TakeBack(StrangerKey(attempt), attempt.at);
  OfUser(attempt).TakeBack(attempt.user, attempt.at);
  by_address_.TakeBack(StrangerOf(attempt.address), attempt.at);
}

void SignInLimits::TakeBack(const Attempt& attempt) {
  storage::MutexLock lock(mutex_);
  Undo(attempt);
  all_.TakeBack(OwnKey(attempt), attempt.at);
}

void SignInLimits::Halfway(const Attempt& attempt) {
  storage::MutexLock lock(mutex_);
  Undo(attempt);
  halfway_.Count(OwnKey(attempt), attempt.at);
}

void SignInLimits::Succeeded(const Attempt& attempt) {
  storage::MutexLock lock(mutex_);
  Undo(attempt);
  halfway_.Forget(OwnKey(attempt));
  // The other counts stay: who signs in as itself would else guess at others for ever.
  if (attempt.device.empty()) {
    by_stranger_.Forget(StrangerKey(attempt));
  } else {
    by_device_.Forget(DeviceKey(attempt));
  }
}

absl::Status SignInLimits::UnknownToken(const std::string& address, evidence::UnixMillis at) {
  storage::MutexLock lock(mutex_);
  const std::string stranger = StrangerOf(address);
  const std::chrono::seconds wait = by_token_.Wait(stranger, at);
  if (wait.count() > 0) return MustWait(wait, "");
  by_token_.Count(stranger, at);
  return absl::OkStatus();
}

}  // namespace daftar::service
