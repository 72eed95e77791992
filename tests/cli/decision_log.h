// A decision log as tests export it: made from receipts, then altered as the test likes, with a
// manifest that fits whatever was made of it.
#ifndef DAFTAR_TESTS_CLI_DECISION_LOG_H_
#define DAFTAR_TESTS_CLI_DECISION_LOG_H_

#include <functional>
#include <string>
#include <vector>

#include "cli/decision_bundle.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "node/evidence/header.h"

namespace daftar::cli {

inline constexpr char kTestOrigin[] = "toko-a.test/daftar";
inline constexpr int64_t kTestMadeAt = 1'791'000'000;  // Unix seconds; later than all receipts

inline crypto::SigningKey TestEntryKey(uint8_t seed = 1) {
  crypto::Secret32 secret;
  std::fill_n(secret.ExposeMutable(), crypto::Secret32::kSize, seed);
  return crypto::SigningKey::FromSeed(secret);
}

inline std::string EntryVkey(const crypto::SigningKey& key,
                             const std::string& origin = kTestOrigin) {
  return crypto::NoteKey{origin + "/entry", crypto::KeyType::kEd25519, key.public_key()}.ToVkey();
}

struct LoggedReceipt {
  uint64_t index = 0;
  crypto::Bytes leaf;
  crypto::Bytes salt;
  crypto::Bytes body;

  std::string id() const { return crypto::ToHex(crypto::ByteView(leaf).subspan(12, 16)); }
};

// Commits to the body as it is.
inline LoggedReceipt Logged(uint64_t index, evidence::UnixMillis time, crypto::Bytes body) {
  crypto::Bytes salt(32, static_cast<uint8_t>(index));
  const crypto::Digest commitment =
      crypto::Sha256({crypto::AsBytes("daftar/receipt/v1"), salt, body});
  crypto::Bytes leaf = crypto::Writer()
                           .Raw("DFR1")
                           .U64(static_cast<uint64_t>(time.value))
                           .Raw(commitment.view())
                           .Take();
  return {index, std::move(leaf), std::move(salt), std::move(body)};
}

// What a bundle is made of. `leaves` and `receipts` are what the log has; a test alters either.
struct DecisionLog {
  std::vector<crypto::Bytes> leaves;
  std::vector<LoggedReceipt> receipts;

  void Add(const decision::ReceiptBody& body) {
    receipts.push_back(Logged(leaves.size(), body.time, body.Encode()));
    leaves.push_back(receipts.back().leaf);
  }
  // Puts another receipt in the place of this one.
  void Replace(size_t at, evidence::UnixMillis time, crypto::Bytes body) {
    receipts[at] = Logged(receipts[at].index, time, std::move(body));
    leaves[receipts[at].index] = receipts[at].leaf;
  }
  DecisionHead Head(size_t size) const {
    crypto::CompactTree tree;
    for (size_t i = 0; i < size; ++i) tree.Append(crypto::MerkleLeafHash(leaves[i]));
    return {tree.size(), tree.Root()};
  }

  using Files = std::pair<std::string, std::string>;  // leaves, receipts
  Files MakeFiles(uint64_t from = 0) const {
    crypto::Writer leaf_file;
    for (const crypto::Bytes& leaf : leaves) leaf_file.Raw(leaf);
    crypto::Writer receipt_file;
    for (const LoggedReceipt& receipt : receipts) {
      if (receipt.index < from) continue;
      receipt_file.U64(receipt.index).Raw(receipt.salt).Prefixed32(receipt.body);
    }
    return {std::string(crypto::AsText(leaf_file.bytes())),
            std::string(crypto::AsText(receipt_file.bytes()))};
  }
  audit::Manifest MakeManifest(const Files& files, uint64_t from = 0) const {
    audit::Manifest manifest;
    manifest.kind = audit::BundleKind::kDecisions;
    manifest.origin = kTestOrigin;
    manifest.made_at = kTestMadeAt;
    manifest.from = from;
    manifest.to = leaves.size();
    for (const auto& [name, bytes] :
         {std::pair<std::string, const std::string&>{"leaves", files.first},
          {"receipts", files.second}}) {
      manifest.files.push_back({name, bytes.size(), crypto::Sha256(crypto::AsBytes(bytes))});
    }
    return manifest;
  }
  // As a single file.
  std::string Bundle(uint64_t from = 0) const { return BundleOf(MakeFiles(from), from); }
  std::string BundleOf(const Files& files, uint64_t from = 0) const {
    return MakeManifest(files, from).Sign(TestEntryKey()) + files.first + files.second;
  }
};

}  // namespace daftar::cli

#endif  // DAFTAR_TESTS_CLI_DECISION_LOG_H_
