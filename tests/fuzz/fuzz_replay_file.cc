// An auditor is handed the receipt by those whom it is about to judge: whatever stands in the file,
// it is refused, or replayed within bounds and shown without what could steer a terminal.
#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "cli/replay.h"

namespace cli = daftar::cli;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = cli::ReplayFile(text, daftar::decision::DefaultPolicy());
  if (!result.ok()) return 0;
  if (result->wrong.size() > cli::kMaxDifferences || result->wrong.size() > result->wrong_count) {
    std::abort();
  }
  std::ostringstream shown;
  cli::Print(shown, *result);
  const std::string printed = shown.str();
  const bool steers = std::ranges::any_of(printed, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
  });
  if (printed.empty() || steers) std::abort();
  cli::PrintJson(shown, cli::ToJson(*result));
  return 0;
}
