#include "node/audit/watch_record.h"

#include <algorithm>
#include <optional>

#include "crypto/hash.h"
#include "crypto/note.h"
#include "node/audit/text.h"

namespace daftar::audit {
namespace {

constexpr std::string_view kFirstWord = "daftar-watch/v";
constexpr int kWithQuorum = 2;  // versions: what they added
constexpr int kWithBehind = 3;
constexpr int kVersion = kWithBehind;
constexpr std::string_view kNotKept = "not-kept";
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

bool DecodeQuorum(Lines& lines, WatchedLog& log) {
  const auto words = lines.Take("quorum", 2);
  if (!words.has_value()) return false;
  const auto at = ParseDecimal((*words)[0]);
  const auto size = ParseDecimal((*words)[1]);
  if (!at || !size) return false;
  log.quorum_at = static_cast<int64_t>(*at);
  log.quorum_size = *size;
  return true;
}

bool DecodeFork(Lines& lines, int version, WatchedLog& log) {
  auto words = lines.Take("fork", 1);
  if (!words && version >= kWithBehind) {
    words = lines.Take("fork", 2);
    if (words && (*words)[1] != kNotKept) return false;
    log.fork_is_kept = !words;
  }
  if (!words) return true;
  log.fork = std::string((*words)[0]);
  return IsPlainFileName(log.fork);
}

bool DecodeNodes(Lines& lines, int version, WatchedLog& log) {
  const size_t count = version >= kWithBehind ? 7 : 5;
  while (const auto words = lines.Take("node", count)) {
    const auto size = ParseDecimal((*words)[1]);
    const auto note = ParseHex<crypto::Digest>((*words)[2]);
    const auto changed = ParseDecimal((*words)[3]);
    const auto failed = ParseDecimal((*words)[4]);
    if (!size || !note || !changed || !failed || *failed > UINT32_MAX) return false;
    if (log.nodes.size() == kMaxNodesOfLog || (*words)[0].size() > kMaxUrlBytes) return false;
    WatchedNode& node = log.nodes[std::string((*words)[0])];
    node = {*size, *note, static_cast<int64_t>(*changed), static_cast<uint32_t>(*failed)};
    if (version < kWithBehind) continue;
    const auto since = ParseDecimal((*words)[5]);
    const auto of = ParseDecimal((*words)[6]);
    if (!since || !of) return false;
    node.behind_since = static_cast<int64_t>(*since);
    node.behind_of = *of;
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
  const size_t heads = lengths.size();
  while (const auto length = lines.Number("pending")) lengths.push_back(*length);
  if (heads == 0 || heads > kKeptHeads || lengths.size() - heads > kKeptPending) return false;
  if (!lines.TakeEmpty()) return false;
  std::string_view rest = lines.rest();
  for (size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] > rest.size()) return false;
    const std::string_view bytes = rest.substr(0, lengths[i]);
    const auto note = crypto::ParseNote(bytes);
    if (!note.ok()) return false;
    auto checkpoint = crypto::ParseCheckpoint(note->text);
    if (!checkpoint.ok() || checkpoint->origin != log.origin) return false;
    (i < heads ? log.heads : log.pending).push_back({std::string(bytes), *std::move(checkpoint)});
    rest.remove_prefix(lengths[i]);
  }
  return rest.empty();
}

auto PlaceOf(std::vector<WatchedHead>& heads, uint64_t size) {
  return std::ranges::lower_bound(heads, size, {},
                                  [](const WatchedHead& h) { return h.checkpoint.size; });
}

std::string EncodeAs(int version, const WatchedLog& log) {
  std::string text = std::string(kFirstWord) + std::to_string(version) + "\norigin " + log.origin +
                     "\nseen " + std::to_string(log.seen_at) + "\n";
  if (version >= kWithQuorum) {
    text +=
        "quorum " + std::to_string(log.quorum_at) + " " + std::to_string(log.quorum_size) + "\n";
  }
  if (!log.fork.empty()) {
    text += "fork " + log.fork + (log.fork_is_kept ? "" : " " + std::string(kNotKept)) + "\n";
  }
  for (const auto& [url, node] : log.nodes) {
    text += "node " + url + " " + std::to_string(node.size) + " " + node.note.hex() + " " +
            std::to_string(node.changed_at) + " " + std::to_string(node.failed_rounds);
    if (version >= kWithBehind) {
      text += " " + std::to_string(node.behind_since) + " " + std::to_string(node.behind_of);
    }
    text += "\n";
  }
  text += "entries " + std::to_string(log.read.size()) + " " + std::to_string(log.last_issued_at) +
          "\n";
  for (const crypto::Digest& hash : log.read.frontier()) text += "subtree " + hash.hex() + "\n";
  for (const auto& [index, report] : log.open) {
    text += "open " + std::to_string(index) + " " + std::to_string(report.issued_at) + " " +
            std::to_string(report.settled_at) + " " + std::to_string(report.disputed_at) + " " +
            std::to_string(report.withdrawn_at) + "\n";
  }
  if (version >= kWithQuorum) text += "unfollowed " + std::to_string(log.unfollowed) + "\n";
  const auto lengths = [&](const std::vector<WatchedHead>& heads, const std::string& name) {
    for (const WatchedHead& head : heads) text += name + std::to_string(head.note.size()) + "\n";
  };
  lengths(log.heads, "note ");
  if (version >= kWithQuorum) lengths(log.pending, "pending ");
  text += "\n";
  for (const WatchedHead& head : log.heads) text += head.note;
  if (version >= kWithQuorum) {
    for (const WatchedHead& head : log.pending) text += head.note;
  }
  return text + std::string(kSum) + crypto::Sha256(crypto::AsBytes(text)).hex() + "\n";
}

}  // namespace

void WatchedLog::Keep(WatchedHead head) {
  std::erase_if(pending, [&](const WatchedHead& one) { return one.checkpoint == head.checkpoint; });
  const auto place = PlaceOf(heads, head.checkpoint.size);
  if (place != heads.end() && place->checkpoint.size == head.checkpoint.size) {
    *place = std::move(head);
    return;
  }
  heads.insert(place, std::move(head));
  if (heads.size() > kKeptHeads) heads.erase(heads.begin());
}

void WatchedLog::Await(WatchedHead head) {
  pending.insert(PlaceOf(pending, head.checkpoint.size), std::move(head));
  if (pending.size() > kKeptPending) pending.erase(pending.begin());
}

std::string WatchedLog::Encode() const { return EncodeAs(kVersion, *this); }

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
  int version = kVersion;
  while (version > 0 && !lines.Take(std::string(kFirstWord) + std::to_string(version), 0)) {
    --version;
  }
  if (version == 0) {
    return absl::InvalidArgumentError("another version of this program wrote it");
  }
  WatchedLog log;
  const auto origin = lines.Take("origin", 1);
  if (!origin.has_value() || !evidence::CheckOrigin((*origin)[0]).ok()) return damaged;
  log.origin = std::string((*origin)[0]);
  const auto seen = lines.Number("seen");
  if (!seen) return damaged;
  log.seen_at = static_cast<int64_t>(*seen);
  log.quorum_at = log.seen_at;
  if (version >= kWithQuorum && !DecodeQuorum(lines, log)) return damaged;
  if (!DecodeFork(lines, version, log) || !DecodeNodes(lines, version, log) ||
      !DecodeTree(lines, log) || !DecodeOpen(lines, log)) {
    return damaged;
  }
  if (version >= kWithQuorum) {
    const auto unfollowed = lines.Number("unfollowed");
    if (!unfollowed) return damaged;
    log.unfollowed = *unfollowed;
  }
  if (!DecodeHeads(lines, log) || EncodeAs(version, log) != bytes) return damaged;
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
