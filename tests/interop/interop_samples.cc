// Samples for another implementation, and the check of its: notes, cosignatures, proofs and tiles,
// as JSON. tlog_interop.go is the other side, on Go's golang.org/x/mod/sumdb.
//
//   interop_samples make FILE         writes what this code makes
//   interop_samples check FILE        takes what the other side made; exits 1 at the first
//   disagreement interop_samples keys DIR ORIGIN   prints the vkeys of the node in DIR, by its
//   keystore
//
// Both sides know the entries by their number. What a maker has altered on purpose stands beside
// what is good, and both sides must refuse it.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/cosignature.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/tile_path.h"
#include "node/evidence/header.h"
#include "storage/keystore.h"
#include "storage/log_store.h"
#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/fakes.h"

namespace daftar {
namespace {

using crypto::Digest;
using nlohmann::json;

constexpr char kOrigin[] = "interop.test/daftar";
constexpr uint64_t kEntries = 70'000;  // the example of C2SP tlog-tiles
constexpr uint64_t kTime = 1'793'491'200;
constexpr uint64_t kSizes[] = {1, 2, 3, 7, 8, 255, 256, 257, 1000, 65'536, 65'537, kEntries};

void Require(bool condition, const std::string& what) {
  if (condition) return;
  std::cerr << "interop_samples: " << what << "\n";
  std::exit(1);
}

std::string EntryOf(uint64_t index) { return "entry " + std::to_string(index); }

json Texts(std::span<const Digest> hashes) {
  json texts = json::array();
  for (const Digest& hash : hashes) texts.push_back(crypto::ToBase64(hash.view()));
  return texts;
}

Digest HashIn(const json& text) {
  auto bytes = crypto::FromBase64(text.get<std::string>());
  Require(bytes.ok(), "a hash is no base64");
  auto hash = Digest::Create(*bytes);
  Require(hash.ok(), "a hash has another length");
  return *hash;
}

std::vector<Digest> ProofIn(const json& sample) {
  std::vector<Digest> proof;
  for (const json& hash : sample["proof"]) proof.push_back(HashIn(hash));
  return proof;
}

// The log of kEntries entries, in the rows in which a node has its own.
class Log {
 public:
  Log() {
    auto opened = storage::RocksStore::Open(
        {.path = dir_ / "db", .create_if_missing = true, .min_free_bytes = 0});
    Require(opened.ok(), "the database does not open");
    store_ = *std::move(opened);
    const storage::LogStore log(*store_);
    crypto::CompactTree tree;
    constexpr uint64_t kBatch = 10'000;
    for (uint64_t from = 0; from < kEntries; from += kBatch) {
      std::vector<crypto::Bytes> leaves;
      for (uint64_t i = from; i < std::min(kEntries, from + kBatch); ++i) {
        leaves.push_back(crypto::ToBytes(EntryOf(i)));
      }
      storage::Batch batch;
      Require(log.Append(storage::kOwnLog, leaves, tree, batch).ok(), "entries are not taken");
      Require(store_->Write(std::move(batch)).ok(), "entries are not written");
    }
  }
  storage::LogStore Read() const { return storage::LogStore(*store_); }
  Digest RootAt(uint64_t size) const {
    auto root = Read().RootAt(storage::kOwnLog, size);
    Require(root.ok(), "no root");
    return *root;
  }
  std::string TileBytes(const crypto::TilePath& tile) const {
    std::string bytes;
    if (tile.entries) {
      const uint64_t first = tile.number * crypto::kTilePathHashes;
      crypto::Writer writer;
      auto read = Read().ReadLeaves(storage::kOwnLog, first, first + tile.width,
                                    [&](uint64_t, crypto::ByteView leaf) {
                                      writer.Prefixed16(leaf);
                                      return true;
                                    });
      Require(read.ok(), "entries are not read");
      return std::string(crypto::AsText(writer.bytes()));
    }
    auto hashes = Read().TileHashes(storage::kOwnLog, tile.level, tile.number, tile.width);
    Require(hashes.ok(), "a tile is not read");
    for (const Digest& hash : *hashes) bytes += crypto::AsText(hash.view());
    return bytes;
  }

 private:
  testing::TempDir dir_;
  std::unique_ptr<storage::Store> store_;
};

struct Keys {
  testing::FakeEntropy entropy{7};
  crypto::SigningKey head = crypto::SigningKey::Generate(entropy);
  crypto::SigningKey self = crypto::SigningKey::Generate(entropy);
  crypto::SigningKey mirror = crypto::SigningKey::Generate(entropy);
  std::vector<crypto::NoteKey> Known() const {
    return {{kOrigin, crypto::KeyType::kEd25519, head.public_key()},
            {evidence::SelfKeyName(kOrigin), crypto::KeyType::kCosignature, self.public_key()},
            {"partner.test/daftar/mirror", crypto::KeyType::kCosignature, mirror.public_key()}};
  }
};

bool NoteHolds(const std::string& text, std::span<const crypto::NoteKey> known, size_t signers) {
  auto note = crypto::ParseNote(text);
  if (!note.ok()) return false;
  auto verified = crypto::VerifyNote(*note, known);
  return verified.ok() && verified->size() == signers && crypto::ParseCheckpoint(note->text).ok();
}

json MakeNotes(const Log& log) {
  const Keys keys;
  const auto known = keys.Known();
  crypto::Note note;
  note.text = crypto::Checkpoint{kOrigin, kEntries, log.RootAt(kEntries)}.ToText();
  note.signatures = {crypto::SignNote(note.text, known[0].name, keys.head),
                     crypto::Cosign(note.text, kTime, known[1].name, keys.self),
                     crypto::Cosign(note.text, kTime + 1, known[2].name, keys.mirror)};
  json altered = json::array();
  const auto add = [&](const std::string& what, const std::string& text) {
    Require(!NoteHolds(text, known, known.size()), "own verifier takes a note with " + what);
    altered.push_back({{"what", what}, {"note", text}});
  };
  for (size_t line = 0; line < note.signatures.size(); ++line) {
    for (size_t byte = 0; byte < note.signatures[line].blob.size(); ++byte) {
      crypto::Note wrong = note;
      wrong.signatures[line].blob[byte] ^= 1;
      add("byte " + std::to_string(byte) + " of line " + std::to_string(line), wrong.ToString());
    }
  }
  crypto::Note wrong = note;
  wrong.text = crypto::Checkpoint{kOrigin, kEntries - 1, log.RootAt(kEntries)}.ToText();
  add("another size", wrong.ToString());
  wrong = note;
  wrong.text += "an extension\n";
  add("an extension line that nobody signed", wrong.ToString());
  wrong = note;
  std::swap(wrong.signatures[1].blob, wrong.signatures[2].blob);
  add("two cosigners' signatures swapped", wrong.ToString());
  std::string text = note.ToString();
  text.insert(text.find('\n'), "\r");
  add("a carriage return", text);
  text = note.ToString();
  add("no last line feed", text.substr(0, text.size() - 1));
  Require(NoteHolds(note.ToString(), known, known.size()), "own verifier refuses an own note");
  return {{"note", note.ToString()},
          {"vkey", known[0].ToVkey()},
          {"cosigner_vkeys", {known[1].ToVkey(), known[2].ToVkey()}},
          {"times", {kTime, kTime + 1}},
          {"altered", altered}};
}

// The good proof, and altered ones.
json Variants(const json& sample, const std::vector<Digest>& proof,
              const std::function<bool(std::span<const Digest>)>& holds) {
  json variants = json::array();
  const auto add = [&](const std::string& what, std::vector<Digest> changed, bool good) {
    Require(holds(changed) == good, "own verifier is wrong about a proof with " + what);
    json variant = sample;
    variant["proof"] = Texts(changed);
    variant["good"] = good;
    variant["what"] = what;
    variants.push_back(variant);
  };
  add("nothing altered", proof, true);
  for (size_t i = 0; i < proof.size(); ++i) {
    std::vector<Digest> changed = proof;
    crypto::Bytes bytes = crypto::ToBytes(changed[i].view());
    bytes[i % bytes.size()] ^= 0x80;
    changed[i] = *Digest::Create(bytes);
    add("hash " + std::to_string(i) + " altered", changed, false);
  }
  std::vector<Digest> changed = proof;
  changed.push_back(Digest());
  add("a hash too many", changed, false);
  if (!proof.empty()) {
    changed = proof;
    changed.pop_back();
    add("a hash too few", changed, false);
  }
  return variants;
}

json Make() {
  const Log log;
  json samples{{"notes", MakeNotes(log)}, {"entries", kEntries}};
  json& trees = samples["trees"] = json::array();
  json& inclusion = samples["inclusion"] = json::array();
  json& consistency = samples["consistency"] = json::array();
  json& tiles = samples["tiles"] = json::array();
  for (const uint64_t size : kSizes) {
    const Digest root = log.RootAt(size);
    trees.push_back({{"size", size}, {"root", crypto::ToBase64(root.view())}});
    for (const uint64_t index : {uint64_t{0}, size / 3, size / 2, size - 1}) {
      const Digest leaf = crypto::MerkleLeafHash(crypto::AsBytes(EntryOf(index)));
      auto proof = log.Read().InclusionProof(storage::kOwnLog, index, size);
      Require(proof.ok(), "no inclusion proof");
      for (auto& variant : Variants({{"index", index}, {"size", size}}, *proof, [&](auto changed) {
             return crypto::VerifyMerkleInclusion(leaf, index, size, root, changed).ok();
           })) {
        inclusion.push_back(std::move(variant));
      }
    }
    for (const uint64_t old : kSizes) {
      if (old > size) break;
      const Digest old_root = log.RootAt(old);
      auto proof = log.Read().ConsistencyProof(storage::kOwnLog, old, size);
      Require(proof.ok(), "no consistency proof");
      for (auto& variant : Variants({{"old", old}, {"size", size}}, *proof, [&](auto changed) {
             return crypto::VerifyMerkleConsistency(old, old_root, size, root, changed).ok();
           })) {
        consistency.push_back(std::move(variant));
      }
    }
  }
  const auto add = [&](const crypto::TilePath& tile) {
    tiles.push_back({{"path", tile.ToString()},
                     {"data", crypto::ToBase64(crypto::AsBytes(log.TileBytes(tile)))}});
  };
  for (uint32_t level = 0; level < 3; ++level) {
    for (uint64_t number = 0; crypto::TileWidthAt(kEntries, level, number) > 0; ++number) {
      crypto::TilePath tile{.level = level, .number = number};
      tile.width = crypto::TileWidthAt(kEntries, level, number);
      add(tile);
      if (level > 0) continue;
      tile.entries = true;
      add(tile);
    }
  }
  return samples;
}

void CheckNotes(const json& samples) {
  std::vector<crypto::NoteKey> known;
  json vkeys = samples["cosigner_vkeys"];
  vkeys.insert(vkeys.begin(), samples["vkey"]);
  for (const json& vkey : vkeys) {
    auto key = crypto::NoteKey::FromVkey(vkey.get<std::string>());
    Require(key.ok(), "its vkey is refused");
    known.push_back(*std::move(key));
  }
  const std::string text = samples["note"];
  Require(NoteHolds(text, known, known.size()), "its note is refused");
  auto signers = crypto::VerifyNote(*crypto::ParseNote(text), known);
  for (size_t i = 0; i < samples["times"].size(); ++i) {
    Require((*signers)[i + 1].timestamp == samples["times"][i].get<uint64_t>(),
            "its cosignature has another time");
  }
  for (const json& altered : samples["altered"]) {
    Require(!NoteHolds(altered["note"], known, known.size()),
            "its altered note is taken: " + altered["what"].get<std::string>());
  }
}

void Check(const json& samples) {
  const Log log;
  Require(samples["entries"] == kEntries, "it has another number of entries");
  CheckNotes(samples["notes"]);
  for (const json& tree : samples["trees"]) {
    Require(log.RootAt(tree["size"]) == HashIn(tree["root"]), "its root differs");
  }
  for (const json& sample : samples["inclusion"]) {
    const uint64_t index = sample["index"];
    const uint64_t size = sample["size"];
    const bool holds =
        crypto::VerifyMerkleInclusion(crypto::MerkleLeafHash(crypto::AsBytes(EntryOf(index))),
                                      index, size, log.RootAt(size), ProofIn(sample))
            .ok();
    Require(holds == sample["good"].get<bool>(),
            "disagreement about an inclusion proof: " + sample.dump());
  }
  for (const json& sample : samples["consistency"]) {
    const uint64_t old = sample["old"];
    const uint64_t size = sample["size"];
    const bool holds = crypto::VerifyMerkleConsistency(old, log.RootAt(old), size, log.RootAt(size),
                                                       ProofIn(sample))
                           .ok();
    Require(holds == sample["good"].get<bool>(),
            "disagreement about a consistency proof: " + sample.dump());
  }
  for (const json& sample : samples["tiles"]) {
    auto tile = crypto::ParseTilePath(sample["path"].get<std::string>());
    Require(tile.ok(), "the path of its tile is refused");
    auto data = crypto::FromBase64(sample["data"].get<std::string>());
    Require(data.ok() && crypto::AsText(*data) == log.TileBytes(*tile),
            "its tile differs: " + tile->ToString());
  }
  for (const char* list : {"trees", "inclusion", "consistency", "tiles"}) {
    Require(!samples[list].empty(), std::string("it made no ") + list);
    std::cout << samples[list].size() << " " << list << " ";
  }
  std::cout << samples["notes"]["altered"].size() << " altered notes: agreed\n";
}

json KeysOf(const std::string& dir, const std::string& origin) {
  auto unlock = storage::FindUnlock(dir, {});
  Require(unlock.ok(), "no passphrase of " + dir);
  auto keys = storage::ReadKeystore(dir, *unlock);
  Require(keys.ok(), "no keystore in " + dir);
  const auto vkey = [&](const std::string& name, crypto::KeyType type, const auto& key) {
    return crypto::NoteKey{name, type, key.public_key()}.ToVkey();
  };
  return {{"head", vkey(origin, crypto::KeyType::kEd25519, keys->head)},
          {"self", vkey(evidence::SelfKeyName(origin), crypto::KeyType::kCosignature, keys->self)},
          {"mirror",
           vkey(evidence::MirrorKeyName(origin), crypto::KeyType::kCosignature, keys->mirror)}};
}

int Main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 2 && arguments[0] == "make") {
    std::ofstream(arguments[1]) << Make().dump();
    return 0;
  }
  if (arguments.size() == 2 && arguments[0] == "check") {
    std::ifstream file(arguments[1]);
    Check(json::parse(file));
    return 0;
  }
  if (arguments.size() == 3 && arguments[0] == "keys") {
    std::cout << KeysOf(arguments[1], arguments[2]).dump() << "\n";
    return 0;
  }
  std::cerr << "usage: interop_samples make FILE | check FILE | keys DIR ORIGIN\n";
  return 64;
}

}  // namespace
}  // namespace daftar

int main(int argc, char** argv) { return daftar::Main(argc, argv); }
