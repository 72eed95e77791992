#include "crypto/checkpoint.h"

#include <algorithm>
#include <charconv>

#include "crypto/merkle.h"
#include "crypto/note.h"

namespace daftar::crypto {
namespace {

absl::Status CheckpointError(std::string_view what) {
  return absl::InvalidArgumentError("checkpoint: " + std::string(what));
}

// Takes a line off the front, without its LF. REQUIRES `text` to end in LF or to be empty; the
// line of an empty text is empty.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

absl::StatusOr<uint64_t> ParseSize(std::string_view line) {
  const bool digits =
      std::all_of(line.begin(), line.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (line.empty() || !digits) return CheckpointError("line 2 (size) is not a decimal number");
  if (line.size() > 1 && line.front() == '0') {
    return CheckpointError("line 2 (size) has a leading zero");
  }
  uint64_t size = 0;
  const auto result = std::from_chars(line.data(), line.data() + line.size(), size);
  if (result.ec != std::errc() || size > kMaxTreeSize) {
    return CheckpointError("line 2 (size) is not below 2^63");
  }
  return size;
}

}  // namespace

std::string Checkpoint::ToText() const {
  return origin + "\n" + std::to_string(size) + "\n" + ToBase64(root.view()) + "\n";
}

absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text) {
  if (auto status = CheckNoteText(text); !status.ok()) return status;
  Checkpoint checkpoint;
  checkpoint.origin = std::string(TakeLine(text));
  if (checkpoint.origin.empty()) return CheckpointError("line 1 (origin) is empty");
  auto size = ParseSize(TakeLine(text));
  if (!size.ok()) return size.status();
  checkpoint.size = *size;
  auto root = FromBase64(TakeLine(text));
  if (!root.ok()) return CheckpointError("line 3 (root) is not canonical base64");
  auto digest = Digest::Create(*root);
  if (!digest.ok()) return CheckpointError("line 3 (root) is not a 32-byte hash");
  checkpoint.root = *digest;
  for (size_t line = 4; !text.empty(); ++line) {
    if (TakeLine(text).empty()) {
      return CheckpointError("line " + std::to_string(line) + " (extension) is empty");
    }
  }
  return checkpoint;
}

}  // namespace daftar::crypto
