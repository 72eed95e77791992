#include "crypto/add_checkpoint.h"

#include <charconv>
#include <optional>

#include "crypto/merkle.h"

namespace daftar::crypto {
namespace {

constexpr std::string_view kOld = "old ";

absl::Status Malformed(const std::string& what) {
  return absl::InvalidArgumentError("add-checkpoint: " + what);
}

// Without its LF; nullopt when no LF is left.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string AddCheckpoint::ToString() const {
  std::string body = std::string(kOld) + std::to_string(old_size) + "\n";
  for (const Digest& hash : proof) body += ToBase64(hash.view()) + "\n";
  return body + "\n" + note.ToString();
}

absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(std::string_view body) {
  if (body.size() > kMaxAddCheckpointBytes) {
    return Malformed("more than " + std::to_string(kMaxAddCheckpointBytes) + " bytes");
  }
  AddCheckpoint request;
  const auto first = TakeLine(body);
  if (!first.has_value() || !first->starts_with(kOld)) {
    return Malformed("line 1 is not `old <size>`");
  }
  const std::string_view size = first->substr(kOld.size());
  const auto [end, error] =
      std::from_chars(size.data(), size.data() + size.size(), request.old_size);
  if (error != std::errc() || end != size.data() + size.size() || request.old_size > kMaxTreeSize ||
      std::to_string(request.old_size) != size) {
    return Malformed("line 1: the size is no decimal below 2^63 without leading zeros");
  }
  while (true) {
    const auto line = TakeLine(body);
    if (!line.has_value()) return Malformed("no empty line before the checkpoint");
    if (line->empty()) break;
    if (request.proof.size() == kMaxProofHashes) {
      return Malformed("more than " + std::to_string(kMaxProofHashes) + " proof lines");
    }
    const std::string number = std::to_string(request.proof.size() + 2);
    const auto bytes = FromBase64(*line);
    if (!bytes.ok()) return Malformed("line " + number + " is not canonical base64");
    const auto hash = Digest::Create(*bytes);
    if (!hash.ok()) return Malformed("line " + number + " is not a 32-byte hash");
    request.proof.push_back(*hash);
  }
  auto note = ParseNote(body);
  if (!note.ok()) return note.status();
  auto checkpoint = ParseCheckpoint(note->text);
  if (!checkpoint.ok()) return checkpoint.status();
  request.note = *std::move(note);
  request.checkpoint = *std::move(checkpoint);
  return request;
}

}  // namespace daftar::crypto
