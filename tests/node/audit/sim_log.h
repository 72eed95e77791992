// A log that is real in every byte but for its entries' signatures, and servers that show it as
// static tiles, truthfully or not.
#ifndef DAFTAR_TESTS_NODE_AUDIT_SIM_LOG_H_
#define DAFTAR_TESTS_NODE_AUDIT_SIM_LOG_H_

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/cosignature.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "node/audit/tiles.h"
#include "node/evidence/header.h"
#include "tests/support/fakes.h"

namespace daftar::audit {

inline std::shared_ptr<crypto::SigningKey> MakeKey(uint64_t seed) {
  testing::FakeEntropy entropy(seed);
  return std::make_shared<crypto::SigningKey>(crypto::SigningKey::Generate(entropy));
}

inline crypto::NoteKey CosignerKey(const std::string& name, const crypto::SigningKey& key) {
  return {name, crypto::KeyType::kCosignature, key.public_key()};
}

// A value: a copy has the same keys and may go another way.
class SimLog {
 public:
  SimLog(std::string origin, uint64_t seed) : origin_(std::move(origin)), key_(MakeKey(seed)) {}

  uint64_t Add(evidence::EntryKind kind, uint64_t at, uint64_t about = evidence::kAboutNothing,
               uint8_t salt = 1) {
    evidence::Header header;
    header.kind = kind;
    header.index = leaves_.size();
    header.issued_at = at;
    header.about = about;
    header.origin = origin_;
    if (kind == evidence::EntryKind::kErasure) {
      header.ground = evidence::ErasureGround::kPaid;
    } else {
      header.commitment = evidence::CommitTo(crypto::Bytes(4, salt));
    }
    return AddHeader(header);
  }
  uint64_t AddHeader(const evidence::Header& header) {
    crypto::Bytes leaf = header.Encode();
    leaf.resize(leaf.size() + crypto::Signature::kSize, 7);
    return AddLeaf(std::move(leaf));
  }
  uint64_t AddLeaf(crypto::Bytes leaf) {
    crypto::Digest hash = crypto::MerkleLeafHash(leaf);
    leaves_.push_back(std::move(leaf));
    if (levels_.empty()) levels_.emplace_back();
    levels_[0].push_back(hash);
    for (size_t level = 0; levels_[level].size() % 2 == 0; ++level) {
      const auto& below = levels_[level];
      hash = crypto::MerkleNodeHash(below[below.size() - 2], below[below.size() - 1]);
      if (levels_.size() == level + 1) levels_.emplace_back();
      levels_[level + 1].push_back(hash);
    }
    return leaves_.size() - 1;
  }
  // REPORTs, one a second.
  void Grow(uint64_t to, uint64_t at, uint8_t salt = 1) {
    while (leaves_.size() < to)
      Add(evidence::EntryKind::kReport, at, evidence::kAboutNothing, salt);
  }

  const std::string& origin() const { return origin_; }
  const crypto::SigningKey& key() const { return *key_; }
  uint64_t size() const { return leaves_.size(); }
  crypto::Digest RootAt(uint64_t size) const {
    return *crypto::MerkleRootAt(size, [this](uint32_t level, uint64_t index) {
      return absl::StatusOr<crypto::Digest>(levels_[level][index]);
    });
  }
  std::string VKey() const {
    return crypto::NoteKey{origin_, crypto::KeyType::kEd25519, key_->public_key()}.ToVkey();
  }
  crypto::Checkpoint HeadAt(uint64_t size) const { return {origin_, size, RootAt(size)}; }

  // The head that is shown, with cosignatures by these keys.
  struct Cosigner {
    std::string name;
    std::shared_ptr<crypto::SigningKey> key;
    uint64_t at;
  };
  std::string NoteAt(uint64_t size, const std::vector<Cosigner>& cosigners = {}) const {
    crypto::Note note;
    note.text = HeadAt(size).ToText();
    note.signatures.push_back(crypto::SignNote(note.text, origin_, *key_));
    for (const Cosigner& one : cosigners) {
      note.signatures.push_back(crypto::Cosign(note.text, one.at, one.name, *one.key));
    }
    return note.ToString();
  }

  // What a server of this tree at `size` answers.
  absl::StatusOr<std::string> Get(uint64_t size, const std::string& path) const {
    for (uint64_t width_at : {size, kTileWidth * (size / kTileWidth)}) {
      for (uint32_t level = 0; (size >> (8 * level)) > 0; ++level) {
        const uint64_t hashes = width_at >> (8 * level);
        for (uint64_t index = 0; index * kTileWidth < hashes; ++index) {
          const uint64_t width = crypto::TileWidthAt(width_at, level, index);
          if (path == TilePath(level, index, width)) return TileBytes(level, index, width);
          if (level == 0 && path == BundlePath(index, width)) return BundleBytes(index, width);
        }
      }
    }
    return absl::NotFoundError("no such file");
  }

 private:
  std::string TileBytes(uint32_t level, uint64_t index, uint64_t width) const {
    std::string bytes;
    for (uint64_t i = 0; i < width; ++i) {
      bytes += crypto::AsText(levels_[8 * level][index * kTileWidth + i].view());
    }
    return bytes;
  }
  std::string BundleBytes(uint64_t index, uint64_t width) const {
    crypto::Writer writer;
    for (uint64_t i = 0; i < width; ++i) writer.Prefixed16(leaves_[index * kTileWidth + i]);
    return std::string(crypto::AsText(writer.bytes()));
  }

  std::string origin_;
  std::shared_ptr<crypto::SigningKey> key_;
  std::vector<crypto::Bytes> leaves_;
  std::vector<std::vector<crypto::Digest>> levels_;  // of complete subtrees
};

// What a URL serves.
struct SimServer {
  std::shared_ptr<SimLog> log;
  uint64_t size = 0;            // of the head that it shows
  std::string checkpoint = {};  // as it is served
  bool down = false;
  int64_t tiles_after_ms = 0;  // that everything but the checkpoint takes
  int64_t checkpoint_after_ms = 0;
  std::map<std::string, absl::StatusOr<std::string>> lies = {};  // by path below the base

  void Show(uint64_t shown, const std::vector<SimLog::Cosigner>& cosigners = {}) {
    size = shown;
    checkpoint = log->NoteAt(shown, cosigners);
  }
  absl::StatusOr<std::string> Get(const std::string& path) const {
    if (down) return absl::UnavailableError("connection refused");
    const auto lie = lies.find(path);
    if (lie != lies.end()) return lie->second;
    if (path == "checkpoint") return checkpoint;
    return log->Get(size, path);
  }
};

// Base URL -> server; anything else is unreachable.
struct SimNet {
  static constexpr int64_t kFetchMs = 10'000;
  std::map<std::string, SimServer> servers;
  std::vector<std::string> asked;  // all URLs, in order
  // After the answers to what was asked at once: as long as the slowest took.
  std::function<void(int64_t ms)> on_wait = [](int64_t) {};

  std::vector<absl::StatusOr<std::string>> Fetch(const std::vector<FetchRequest>& requests) {
    std::vector<absl::StatusOr<std::string>> answers;
    int64_t slowest = 0;
    for (const FetchRequest& request : requests) {
      asked.push_back(request.url);
      absl::StatusOr<std::string> answer = absl::UnavailableError("no such host");
      for (const auto& [base, server] : servers) {
        if (!request.url.starts_with(base + "/")) continue;
        const std::string path = request.url.substr(base.size() + 1);
        const int64_t takes =
            path == "checkpoint" ? server.checkpoint_after_ms : server.tiles_after_ms;
        const int64_t bound = request.within_ms > 0 ? request.within_ms : kFetchMs;
        answer = takes > bound ? absl::UnavailableError("it took too long") : server.Get(path);
        slowest = std::max(slowest, std::min(takes, bound));
        break;
      }
      if (answer.ok() && answer->size() > request.max_bytes) {
        answer = absl::DataLossError("it answers with more than " +
                                     std::to_string(request.max_bytes) + " bytes");
      }
      answers.push_back(std::move(answer));
    }
    if (slowest > 0) on_wait(slowest);
    return answers;
  }
};

}  // namespace daftar::audit

#endif  // DAFTAR_TESTS_NODE_AUDIT_SIM_LOG_H_
