#include "node/audit/context.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace daftar::audit {

std::unique_ptr<BundleFileReader> Context::Open(std::string_view name) const {
  return bundle_.Read(*bundle_.Find(name), progress_);
}

void Context::Close(std::string_view name, BundleFileReader& reader) {
  const auto digest = reader.Finish();
  if (!digest.ok()) {
    if (status_.ok()) status_ = digest.status();
    return;
  }
  if (*digest != manifest().files[*bundle_.Find(name)].sha256) {
    findings_.Fail(Check::kFiles, "The file '" + std::string(name) +
                                      "' is not the one that the manifest names: its SHA-256 "
                                      "differs.");
  }
}

bool Context::GoOn() {
  if (status_.ok() && progress_ && !progress_(0)) {
    status_ = absl::CancelledError("stopped before the bundle was checked to its end");
  }
  return status_.ok();
}

std::optional<std::string> Context::ReadWhole(std::string_view name, size_t most, Check check) {
  const auto reader = Open(name);
  std::optional<std::string> text;
  if (reader->remaining() > most) {
    findings_.Fail(check, "The file '" + std::string(name) + "' has " +
                              std::to_string(reader->remaining()) + " bytes; it may have " +
                              std::to_string(most) + ".");
  } else {
    text.emplace();
    while (!reader->AtEnd()) {
      const auto piece = reader->Take(static_cast<size_t>(
          std::min<uint64_t>(reader->remaining(), BundleFileReader::kBufferBytes)));
      if (!piece) break;
      *text += crypto::AsText(*piece);
    }
    if (!reader->AtEnd()) text.reset();
  }
  Close(name, *reader);
  return text;
}

std::string CountOf(uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string TimeText(uint64_t unix_seconds) {
  constexpr uint64_t kLast = 253'402'300'799;  // 9999-12-31 23:59:59
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  std::array<char, 40> text{};
  if (unix_seconds > kLast || gmtime_r(&time, &parts) == nullptr ||
      std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts) == 0) {
    return std::to_string(unix_seconds);
  }
  return text.data();
}

}  // namespace daftar::audit
