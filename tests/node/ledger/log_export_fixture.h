// Audit bundles as an issuer's node writes them, kept in memory and looked at by an auditor.
#ifndef DAFTAR_TESTS_NODE_LEDGER_LOG_EXPORT_FIXTURE_H_
#define DAFTAR_TESTS_NODE_LEDGER_LOG_EXPORT_FIXTURE_H_

#include <map>
#include <string>
#include <vector>

#include "crypto/merkle.h"
#include "node/audit/verifier.h"
#include "node/ledger/log_export.h"
#include "tests/node/ledger/life_cycle_fixture.h"

namespace daftar::ledger {

// A bundle in memory; wants no more after `most` pieces.
class Kept final : public audit::BundleSink {
 public:
  explicit Kept(size_t most = ~size_t{0}) : most_(most) {}
  bool BeginFile(const std::string& name, const audit::BundleProgress&) override {
    if (!Wanted()) return false;
    names.push_back(name);
    files[name];
    return true;
  }
  bool Append(crypto::ByteView chunk, const audit::BundleProgress& progress) override {
    if (!Wanted()) return false;
    EXPECT_FALSE(chunk.empty());
    EXPECT_LE(chunk.size(), audit::kMaxBundleChunkBytes);
    files[names.back()] += crypto::AsText(chunk);
    bytes_ += chunk.size();
    EXPECT_EQ(progress.done, bytes_);
    EXPECT_TRUE(progress.total == 0 || progress.total >= progress.done);
    return true;
  }
  bool Finish(const std::string& text, const audit::BundleProgress& progress) override {
    if (!Wanted()) return false;
    EXPECT_EQ(progress.done, progress.total);
    manifest = text;
    return true;
  }
  size_t pieces() const { return pieces_; }
  std::string All() const {
    std::string all = manifest;
    for (const auto& [name, file] : files) all += file;
    return all;
  }

  std::vector<std::string> names;
  std::map<std::string, std::string> files;
  std::string manifest;

 private:
  bool Wanted() { return pieces_++ < most_; }
  const size_t most_;
  size_t pieces_ = 0;
  uint64_t bytes_ = 0;
};

inline crypto::Checkpoint CheckpointOf(const std::string& note, const crypto::NoteKey& key) {
  auto parsed = crypto::ParseNote(note);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_TRUE(crypto::VerifyNote(*parsed, std::span(&key, 1)).ok());
  return *crypto::ParseCheckpoint(parsed->text);
}

struct Record {
  uint64_t index = 0;
  crypto::Bytes leaf;
  crypto::Bytes body;
  std::vector<crypto::Digest> proof;
};

class LogExportTest : public LifeCycle {
 protected:
  explicit LogExportTest(const std::string& lines = "") : LifeCycle(lines) {}

  crypto::NoteKey HeadKey() {
    return {"toko-a.test", crypto::KeyType::kEd25519, node_->keys().head.public_key()};
  }
  absl::Status Export(const LogExportRequest& request, Kept& kept) {
    const storage::NodeKeys& keys = node_->keys();
    const LogIdentity identity{"toko-a.test", node_->charter().circle, keys.entry, keys.head,
                               keys.self};
    const LogExportSource source{
        node_->store(),    identity,    node_->publisher(),         node_->ledger(),
        node_->charters(), keys.record, node_->notes().OfPartners()};
    return ExportLog(source, request, circle_.clock().Now(), kept);
  }
  Kept Exported(const LogExportRequest& request) {
    Kept kept;
    EXPECT_THAT(Export(request, kept), ::daftar::testing::IsOk());
    const auto manifest = audit::ParseManifest(kept.manifest);
    EXPECT_TRUE(manifest.ok()) << manifest.status();
    EXPECT_TRUE(manifest->VerifiedBy(node_->keys().entry.public_key()));
    EXPECT_EQ(manifest->bytes, kept.manifest.size());
    for (const audit::ManifestFile& file : manifest->manifest.files) {
      EXPECT_EQ(file.bytes, kept.files[file.name].size()) << file.name;
      EXPECT_EQ(file.sha256, crypto::Sha256(crypto::AsBytes(kept.files[file.name]))) << file.name;
    }
    ExpectVerified(kept);
    return kept;
  }
  // By whoever has no more than it and the log's key.
  void ExpectVerified(const Kept& kept) {
    std::string whole = kept.manifest;
    for (const std::string& name : kept.names) whole += kept.files.at(name);
    audit::VerifyOptions options;
    options.now = circle_.clock().Now().seconds();
    const auto verdict =
        audit::VerifyBytes(whole, "log " + HeadKey().ToVkey() + "\nquorum none\n", options);
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    EXPECT_EQ(verdict->code, 0) << verdict->unreadable;
    for (const audit::CheckResult& check : verdict->checks) {
      EXPECT_THAT(check.faults.kept, ::testing::IsEmpty()) << audit::CheckName(check.check);
    }
  }
  static std::vector<crypto::Bytes> Leaves(const std::string& entries) {
    std::vector<crypto::Bytes> leaves;
    crypto::Reader reader(crypto::AsBytes(entries));
    while (reader.ok() && reader.remaining() > 0) {
      leaves.push_back(crypto::ToBytes(reader.Prefixed16()));
    }
    EXPECT_TRUE(reader.ok());
    return leaves;
  }
  static std::map<uint64_t, crypto::Bytes> Bodies(const std::string& bodies) {
    std::map<uint64_t, crypto::Bytes> found;
    crypto::Reader reader(crypto::AsBytes(bodies));
    while (reader.ok() && reader.remaining() > 0) {
      const uint64_t index = reader.U64();
      EXPECT_TRUE(found.empty() || found.rbegin()->first < index);
      found[index] = crypto::ToBytes(reader.Prefixed16());
    }
    EXPECT_TRUE(reader.ok());
    return found;
  }
  static std::vector<Record> Records(const std::string& earlier) {
    std::vector<Record> records;
    crypto::Reader reader(crypto::AsBytes(earlier));
    while (reader.ok() && reader.remaining() > 0) {
      Record record;
      record.index = reader.U64();
      record.leaf = crypto::ToBytes(reader.Prefixed16());
      record.body = crypto::ToBytes(reader.Prefixed16());
      record.proof.resize(reader.U8());
      for (crypto::Digest& hash : record.proof) hash = reader.Take<crypto::Digest>();
      records.push_back(std::move(record));
    }
    EXPECT_TRUE(reader.ok());
    return records;
  }
  static std::vector<crypto::Digest> ProofOf(const std::string& text,
                                             const std::string& first_lines) {
    EXPECT_TRUE(text.starts_with(first_lines)) << text;
    std::vector<crypto::Digest> proof;
    size_t at = first_lines.size();
    while (text[at] != '\n') {
      const size_t end = text.find('\n', at);
      proof.push_back(*crypto::Digest::Create(*crypto::FromBase64(text.substr(at, end - at))));
      at = end + 1;
    }
    return proof;
  }
  uint64_t Size() { return node_->publisher().Head()->checkpoint.size; }
  uint64_t IndexOf(const IncidentId& id) { return ledger().Get(id)->report->index; }
};

}  // namespace daftar::ledger

#endif  // DAFTAR_TESTS_NODE_LEDGER_LOG_EXPORT_FIXTURE_H_
