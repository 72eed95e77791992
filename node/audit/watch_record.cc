#include "node/audit/watch_record.h"

#include <algorithm>
#include <optional>

#include "crypto/hash.h"
#include "crypto/note.h"
#include "node/audit/text.h"

namespace daftar::audit {
namespace {

constexpr std::string_view kFirstLine = "daftar-watch/v1";
constexpr std::string_view kSum = "sha256 ";
constexpr size_t kStemBytes = 8;
constexpr size_t kMaxFileName = 128;

// Lines of words, each asked for by its first word.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // The words after `name` of the line that comes next, when it begins so and has `count` of them.
  std::optional<std::vector<std::string_view>> Take(std::string_view name, size_t count) {
    const size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::vector<std::string_view> words = SplitFields(rest_.substr(0, end));
    if (words[0] != name || words.size() != count + 1) return std::nullopt;
    rest_.remove_prefix(end + 1);
    words.erase(words.begin());
    return words;
  }
  std::optional<uint64_t> Number(std::string_view name) {
    const auto words = Take(name, 1);
    return words.has_value() ? ParseDecimal((*words)[0]) : std::nullopt;
  }
  bool TakeEmpty() {
    if (!rest_.starts_with('\n')) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

bool DecodeNodes(Lines& lines, WatchedLog& log) {
  while (const auto words = lines.Take("node", 5)) {
    const auto size = ParseDecimal((*words)[1]);
    const auto note = ParseHex<crypto::Digest>((*words)[2]);
    const auto changed = ParseDecimal((*words)[3]);
    const auto failed = ParseDecimal((*words)[4]);
    if (!size || !note || !changed || !failed || *failed > UINT32_MAX) return false;
    if (log.nodes.size() == kMaxNodesOfLog || (*words)[0].size() > kMaxUrlBytes) return false;
    log.nodes[std::string((*words)[0])] = {*size, *note, static_cast<int64_t>(*changed),
                                           static_cast<uint32_t>(*failed)};
  }
  return true;
}

bool DecodeTree(Lines& lines, WatchedLog& log) {
  const auto entries = lines.Take("entries", 2);
  if (!entries.has_value()) return false;
  const auto size = ParseDecimal((*entries)[0]);
  const auto issued = ParseDecimal((*entries)[1]);
  if (!size || !issued) return false;
  std::vector<crypto::Digest> frontier;
  while (const auto words = lines.Take("subtree", 1)) {
    const auto hash = ParseHex<crypto::Digest>((*words)[0]);
    if (!hash) return false;
    frontier.push_back(*hash);
  }
  auto tree = crypto::CompactTree::Create(*size, std::move(frontier));
  if (!tree.ok()) return false;
  log.read = *std::move(tree);
  log.last_issued_at = *issued;
  return true;
}

bool DecodeOpen(Lines& lines, WatchedLog& log) {
  while (const auto words = lines.Take("open", 5)) {
    uint64_t numbers[5];
    for (size_t i = 0; i < 5; ++i) {
      const auto number = ParseDecimal((*words)[i]);
      if (!number) return false;
      numbers[i] = *number;
    }
    if (log.open.size() == kMaxOpenReports) return false;
    log.open[numbers[0]] = {static_cast<int64_t>(numbers[1]), static_cast<int64_t>(numbers[2]),
                            static_cast<int64_t>(numbers[3]), static_cast<int64_t>(numbers[4])};
  }
  return true;
}

bool DecodeHeads(Lines& lines, WatchedLog& log) {
  std::vector<uint64_t> lengths;
  while (const auto length = lines.Number("note")) lengths.push_back(*length);
  if (lengths.empty() || lengths.size() > kKeptHeads || !lines.TakeEmpty()) return false;
  std::string_view rest = lines.rest();
  for (const uint64_t length : lengths) {
    if (length > rest.size()) return false;
    const auto note = crypto::ParseNote(rest.substr(0, length));
    if (!note.ok()) return false;
    auto checkpoint = crypto::ParseCheckpoint(note->text);
    if (!checkpoint.ok() || checkpoint->origin != log.origin) return false;
    log.heads.push_back({std::string(rest.substr(0, length)), *std::move(checkpoint)});
    rest.remove_prefix(length);
  }
  return rest.empty();
}

}  // namespace

void WatchedLog::Keep(WatchedHead head) {
  const auto place = std::ranges::lower_bound(
      heads, head.checkpoint.size, {}, [](const WatchedHead& h) { return h.checkpoint.size; });
  if (place != heads.end() && place->checkpoint.size == head.checkpoint.size) {
    *place = std::move(head);
    return;
  }
  heads.insert(place, std::move(head));
  if (heads.size() > kKeptHeads) heads.erase(heads.begin());
}

std::string WatchedLog::Encode() const {
  std::string text =
      std::string(kFirstLine) + "\norigin " + origin + "\nseen " + std::to_string(seen_at) + "\n";
  if (!fork.empty()) text += "fork " + fork + "\n";
  for (const auto& [url, node] : nodes) {
    text += "node " + url + " " + std::to_string(node.size) + " " + node.note.hex() + " " +
            std::to_string(node.changed_at) + " " + std::to_string(node.failed_rounds) + "\n";
  }
  text += "entries " + std::to_string(read.size()) + " " + std::to_string(last_issued_at) + "\n";
  for (const crypto::Digest& hash : read.frontier()) text += "subtree " + hash.hex() + "\n";
  for (const auto& [index, report] : open) {
    text += "open " + std::to_string(index) + " " + std::to_string(report.issued_at) + " " +
            std::to_string(report.settled_at) + " " + std::to_string(report.disputed_at) + " " +
            std::to_string(report.withdrawn_at) + "\n";
  }
  for (const WatchedHead& head : heads) text += "note " + std::to_string(head.note.size()) + "\n";
  text += "\n";
  for (const WatchedHead& head : heads) text += head.note;
  return text + std::string(kSum) + crypto::Sha256(crypto::AsBytes(text)).hex() + "\n";
}

absl::StatusOr<WatchedLog> WatchedLog::Decode(std::string_view bytes) {
  const absl::Status damaged = absl::InvalidArgumentError("it is damaged");
  const size_t tail = kSum.size() + 2 * crypto::Digest::kSize + 1;
  if (bytes.size() < tail) return damaged;
  const std::string_view text = bytes.substr(0, bytes.size() - tail);
  if (bytes.substr(text.size()) !=
      std::string(kSum) + crypto::Sha256(crypto::AsBytes(text)).hex() + "\n") {
    return damaged;
  }
  Lines lines(text);
  if (!lines.Take(kFirstLine, 0)) {
    return absl::InvalidArgumentError("another version of this program wrote it");
  }
  WatchedLog log;
  const auto origin = lines.Take("origin", 1);
  if (!origin.has_value() || !evidence::CheckOrigin((*origin)[0]).ok()) return damaged;
  log.origin = std::string((*origin)[0]);
  const auto seen = lines.Number("seen");
  if (!seen) return damaged;
  log.seen_at = static_cast<int64_t>(*seen);
  if (const auto fork = lines.Take("fork", 1)) log.fork = std::string((*fork)[0]);
  if (!log.fork.empty() && !IsPlainFileName(log.fork)) return damaged;
  if (!DecodeNodes(lines, log) || !DecodeTree(lines, log) || !DecodeOpen(lines, log) ||
      !DecodeHeads(lines, log) || log.Encode() != bytes) {
    return damaged;
  }
  // A tree that is read lies under the newest head.
  if (log.read.size() > log.newest().checkpoint.size) return damaged;
  return log;
}

std::string FileStem(std::string_view origin) {
  return crypto::Sha256(crypto::AsBytes(origin)).hex().substr(0, 2 * kStemBytes);
}

bool IsPlainFileName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxFileName && name[0] != '.' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

}  // namespace daftar::audit
