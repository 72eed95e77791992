#include "cli/confirm.h"

#include <istream>

#include "node/identity/ascii.h"

namespace daftar::cli {

absl::Status Confirm(Console& console, const Confirmation& confirmation) {
  if (!console.in_is_terminal) return absl::InvalidArgumentError(confirmation.without_terminal);
  console.err << confirmation.says << "\n" << confirmation.asks << " Type yes: " << std::flush;
  constexpr size_t kMaxAnswer = 8;  // bytes
  std::string answer;
  for (int c = console.in.get(); c != std::istream::traits_type::eof() && c != '\n';
       c = console.in.get()) {
    // One more than the most: a longer answer is none, however it begins.
    if (answer.size() <= kMaxAnswer) answer += static_cast<char>(c);
  }
  if (answer.size() <= kMaxAnswer && identity::Trim(answer) == "yes") return absl::OkStatus();
  return absl::CancelledError(confirmation.refused);
}

}  // namespace daftar::cli
