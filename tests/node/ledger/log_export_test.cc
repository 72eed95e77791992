#include "node/ledger/log_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "crypto/merkle.h"
#include "node/audit/verifier.h"
#include "node/evidence/labels.h"
#include "storage/log_store.h"
#include "tests/node/ledger/life_cycle_fixture.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Code = absl::StatusCode;
using crypto::Bytes;
using crypto::Digest;
using crypto::Reader;

constexpr char kNote[] = "Ibu Sari from the market, never answered";
constexpr char kProofName[] = "faktur-ibu-sari.txt";
constexpr char kProof[] = "Invoice 17 for Ibu Sari, 4,500,000 rupiah\n";

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

crypto::Checkpoint CheckpointOf(const std::string& note, const crypto::NoteKey& key) {
  auto parsed = crypto::ParseNote(note);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_TRUE(crypto::VerifyNote(*parsed, std::span(&key, 1)).ok());
  return *crypto::ParseCheckpoint(parsed->text);
}

struct Record {
  uint64_t index = 0;
  Bytes leaf;
  Bytes body;
  std::vector<Digest> proof;
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
    EXPECT_THAT(Export(request, kept), IsOk());
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
      EXPECT_THAT(check.faults.kept, IsEmpty()) << audit::CheckName(check.check);
    }
  }
  static std::vector<Bytes> Leaves(const std::string& entries) {
    std::vector<Bytes> leaves;
    Reader reader(crypto::AsBytes(entries));
    while (reader.ok() && reader.remaining() > 0) {
      leaves.push_back(crypto::ToBytes(reader.Prefixed16()));
    }
    EXPECT_TRUE(reader.ok());
    return leaves;
  }
  static std::map<uint64_t, Bytes> Bodies(const std::string& bodies) {
    std::map<uint64_t, Bytes> found;
    Reader reader(crypto::AsBytes(bodies));
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
    Reader reader(crypto::AsBytes(earlier));
    while (reader.ok() && reader.remaining() > 0) {
      Record record;
      record.index = reader.U64();
      record.leaf = crypto::ToBytes(reader.Prefixed16());
      record.body = crypto::ToBytes(reader.Prefixed16());
      record.proof.resize(reader.U8());
      for (Digest& hash : record.proof) hash = reader.Take<Digest>();
      records.push_back(std::move(record));
    }
    EXPECT_TRUE(reader.ok());
    return records;
  }
  static std::vector<Digest> ProofOf(const std::string& text, const std::string& first_lines) {
    EXPECT_TRUE(text.starts_with(first_lines)) << text;
    std::vector<Digest> proof;
    size_t at = first_lines.size();
    while (text[at] != '\n') {
      const size_t end = text.find('\n', at);
      proof.push_back(*Digest::Create(*crypto::FromBase64(text.substr(at, end - at))));
      at = end + 1;
    }
    return proof;
  }
  uint64_t Size() { return node_->publisher().Head()->checkpoint.size; }
  uint64_t IndexOf(const IncidentId& id) { return ledger().Get(id)->report->index; }
};

TEST_F(LogExportTest, AWholeLogGivesTheRootOfItsHead) {
  SimNode& b = circle_.Add("toko-b.test");
  SimNode& c = circle_.Add("toko-c.test");
  circle_.PairAll();
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid"));
  circle_.Settle();
  node_->ServeCosignatures();
  Kept kept = Exported({});
  EXPECT_THAT(kept.names, ElementsAre("head", "entries", "bodies", "charters", "cosigners"));
  const crypto::Checkpoint head = CheckpointOf(kept.files["head"], HeadKey());
  EXPECT_EQ(head.size, Size());
  EXPECT_THAT(kept.files["head"],
              AllOf(HasSubstr(b.origin() + "/mirror"), HasSubstr(c.origin() + "/mirror")));
  crypto::CompactTree tree;
  const std::map<uint64_t, Bytes> bodies = Bodies(kept.files["bodies"]);
  for (const Bytes& leaf : Leaves(kept.files["entries"])) {
    const auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
    ASSERT_TRUE(entry.ok());
    EXPECT_TRUE(entry->VerifiedBy(node_->keys().entry.public_key()));
    ASSERT_EQ(bodies.count(tree.size()), 1u);
    EXPECT_EQ(evidence::CommitTo(bodies.at(tree.size())), entry->header.commitment);
    tree.Append(crypto::MerkleLeafHash(leaf));
  }
  EXPECT_EQ(tree.size(), head.size);
  EXPECT_EQ(tree.Root(), head.root);
  Reader charters(crypto::AsBytes(kept.files["charters"]));
  EXPECT_EQ(charters.Text32(), node_->charter().source);
  EXPECT_EQ(charters.remaining(), 0u);
  Reader cosigners(crypto::AsBytes(kept.files["cosigners"]));
  for (SimNode* node : {&b, &c}) {
    const crypto::NoteKey key{node->origin(), crypto::KeyType::kEd25519,
                              (*node)->keys().head.public_key()};
    EXPECT_EQ(CheckpointOf(cosigners.Text32(), key), (*node)->publisher().Head()->checkpoint);
  }
  EXPECT_EQ(cosigners.remaining(), 0u);
}

TEST_F(LogExportTest, AnAuditBeginsWhereAnEarlierOneEnded) {
  Published();
  const uint64_t from = Size();
  Kept before = Exported({});
  for (int i = 0; i < 5; ++i) {
    auto view = ledger().Add(Caller(), DepositUnsettled("0812-9999-700" + std::to_string(i + 1)));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(ledger().Publish(Caller(), view->incident.id));
    Tick();
  }
  Kept kept = Exported({.from = from});
  EXPECT_THAT(kept.names, ElementsAre("head", "head-from", "consistency", "frontier", "earlier",
                                      "entries", "bodies", "charters", "cosigners"));
  const crypto::Checkpoint head = CheckpointOf(kept.files["head"], HeadKey());
  const crypto::Checkpoint earlier = CheckpointOf(kept.files["head-from"], HeadKey());
  EXPECT_EQ(earlier, CheckpointOf(before.files["head"], HeadKey()));
  EXPECT_EQ(earlier.size, from);
  const std::vector<Digest> proof =
      ProofOf(kept.files["consistency"], "old " + std::to_string(from) + "\n");
  EXPECT_THAT(crypto::VerifyMerkleConsistency(from, earlier.root, head.size, head.root, proof),
              IsOk());
  EXPECT_TRUE(kept.files["consistency"].ends_with("\n\n" + kept.files["head"]));
  std::vector<Digest> frontier;
  Reader reader(crypto::AsBytes(kept.files["frontier"]));
  while (reader.remaining() > 0) frontier.push_back(reader.Take<Digest>());
  auto tree = crypto::CompactTree::Create(from, frontier);
  DAFTAR_ASSERT_OK(tree);
  EXPECT_EQ(tree->Root(), earlier.root);
  for (const Bytes& leaf : Leaves(kept.files["entries"])) {
    tree->Append(crypto::MerkleLeafHash(leaf));
  }
  EXPECT_EQ(tree->size(), head.size);
  EXPECT_EQ(tree->Root(), head.root);
  const std::vector<Record> records = Records(kept.files["earlier"]);
  ASSERT_EQ(records.size(), 2u);  // KEYS and CHARTER
  for (const Record& record : records) {
    EXPECT_THAT(crypto::VerifyMerkleInclusion(crypto::MerkleLeafHash(record.leaf), record.index,
                                              head.size, head.root, record.proof),
                IsOk());
    const auto entry = evidence::SignedHeader::DecodeLeaf(record.leaf);
    EXPECT_EQ(entry->header.commitment, evidence::CommitTo(record.body));
  }
}

TEST_F(LogExportTest, ASizeThatWasNeverSignedIsToldWithTheNearest) {
  Published();
  const uint64_t first = Size();
  for (const char* phone : {"0812-9999-7001", "0812-9999-7002"}) {
    auto view = ledger().Add(Caller(), DepositUnsettled(phone));
    DAFTAR_ASSERT_OK(ledger().Publish(Caller(), view->incident.id));
  }
  Tick();
  Kept kept;
  EXPECT_THAT(
      Export({.from = first + 1}, kept),
      StatusIs(Code::kNotFound, AllOf(HasSubstr("below has " + std::to_string(first)),
                                      HasSubstr("above has " + std::to_string(first + 2)))));
  EXPECT_THAT(Export({.to = first + 9}, kept), StatusIs(Code::kNotFound));
  EXPECT_THAT(Export({.from = first + 2}, kept),
              StatusIs(Code::kInvalidArgument, HasSubstr("nothing from")));
  EXPECT_THAT(Export({.from = first, .entries = {2}}, kept), StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(kept.names, IsEmpty());
}

TEST_F(LogExportTest, KeptHeadsOutliveARestart) {
  Published();
  const uint64_t from = Size();
  node_.Stop();
  node_.Start();
  auto view = ledger().Add(Caller(), DepositUnsettled("0812-9999-7001"));
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), view->incident.id));
  Tick();
  EXPECT_EQ(Exported({.from = from}).files.count("head-from"), 1u);
}

TEST_F(LogExportTest, WhatTheHeadKnowsToBeErasedStaysAwayEvenWhereItIsStillThere) {
  const IncidentId kept_id = Published();
  auto other = ledger().Add(Caller(), DepositUnsettled("0812-9999-7001"));
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), other->incident.id));
  Tick();
  const IncidentId id = other->incident.id;
  const uint64_t report = IndexOf(id);
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid"));
  Tick();
  const uint64_t settlement = report + 1;
  const uint64_t before = Size();
  const auto body_key = [](uint64_t index) {
    return storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index);
  };
  storage::Batch as_before;
  for (const uint64_t index : {report, settlement}) {
    auto body = node_->store().Get(storage::Column::kLogBodies, body_key(index));
    as_before.Put(storage::Column::kLogBodies, body_key(index), **body);
  }
  ASSERT_THAT(ledger().Erase(Caller(), id, evidence::ErasureGround::kRequest, "asked"), IsOk());
  Tick();
  // The moment between the head and the deletion.
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(as_before)));
  Kept kept = Exported({});
  const std::map<uint64_t, Bytes> bodies = Bodies(kept.files["bodies"]);
  EXPECT_EQ(bodies.count(report), 0u);
  EXPECT_EQ(bodies.count(settlement), 0u);
  EXPECT_EQ(bodies.count(IndexOf(kept_id)), 1u);
  EXPECT_EQ(bodies.size(), 3u);
  // The same once it is gone.
  storage::Batch gone;
  for (const uint64_t index : {report, settlement}) {
    gone.Delete(storage::Column::kLogBodies, body_key(index));
  }
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(gone)));
  EXPECT_EQ(Exported({}).files["bodies"], kept.files["bodies"]);
  // A head that does not know why cannot be exported any more.
  Kept none;
  EXPECT_THAT(Export({.to = before}, none),
              StatusIs(Code::kFailedPrecondition, HasSubstr("leave out --to")));
  EXPECT_THAT(none.manifest, IsEmpty());
  EXPECT_THAT(Export({.open = {report}}, none),
              StatusIs(Code::kFailedPrecondition, HasSubstr("was erased")));
}

TEST_F(LogExportTest, AMissingBodyWithoutAnErasureIsNotExported) {
  const uint64_t report = IndexOf(Published());
  storage::Batch batch;
  batch.Delete(storage::Column::kLogBodies,
               storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), report));
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  Kept kept;
  EXPECT_THAT(Export({}, kept), StatusIs(Code::kDataLoss, HasSubstr("entry 2")));
  EXPECT_THAT(kept.manifest, IsEmpty());
}

TEST_F(LogExportTest, AnOpeningShowsTheFactsAndNothingElseIsOpened) {
  const uint64_t report = IndexOf(Published());
  Kept kept = Exported({.open = {report, report}});
  EXPECT_THAT(kept.names,
              ElementsAre("head", "entries", "bodies", "charters", "cosigners", "openings"));
  Reader openings(crypto::AsBytes(kept.files["openings"]));
  EXPECT_EQ(openings.U64(), report);
  auto key = crypto::Secret32::Create(openings.Raw(32));
  EXPECT_EQ(openings.remaining(), 0u);
  const std::map<uint64_t, Bytes> bodies = Bodies(kept.files["bodies"]);
  const auto facts =
      evidence::OpenReport(*evidence::ReportBody::Decode(bodies.at(report)), "toko-a.test", *key);
  DAFTAR_ASSERT_OK(facts);
  EXPECT_EQ(facts->amount.minor, 450'000'000u);
  EXPECT_EQ(facts->occurred, Day("2026-10-01"));

  Kept none;
  EXPECT_THAT(Export({.open = {0}}, none),
              StatusIs(Code::kFailedPrecondition, HasSubstr("entry 0 is no REPORT but a KEYS")));
  EXPECT_THAT(Export({.open = {99}}, none), StatusIs(Code::kInvalidArgument, HasSubstr("99")));
  EXPECT_THAT(none.names, IsEmpty());
}

TEST_F(LogExportTest, AnOpeningBeforeTheBundleBeginsIsRefused) {
  const uint64_t report = IndexOf(Published());
  const uint64_t from = Size();
  auto view = ledger().Add(Caller(), DepositUnsettled("0812-9999-7001"));
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), view->incident.id));
  Tick();
  Kept none;
  EXPECT_THAT(Export({.from = from, .open = {report}}, none),
              StatusIs(Code::kInvalidArgument, HasSubstr("before --from")));
}

TEST_F(LogExportTest, AnExcerptProvesEachEntryAndSaysWhyABodyIsGone) {
  const IncidentId gone = Published();
  auto view = ledger().Add(Caller(), DepositUnsettled("0812-9999-7001"));
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), view->incident.id));
  Tick();
  const uint64_t report = IndexOf(view->incident.id);
  ASSERT_THAT(ledger().Erase(Caller(), gone, evidence::ErasureGround::kRequest, "asked"), IsOk());
  Tick();
  const uint64_t erasure = Size() - 1;
  Kept kept = Exported({.entries = {2}, .open = {report}});
  const auto file = [](uint64_t index, const std::string& ending) {
    return "entry-" + std::to_string(index) + ending;
  };
  EXPECT_THAT(kept.names,
              ElementsAre("head", "earlier", "charters", "cosigners", "openings", file(2, ".leaf"),
                          file(2, ".tlog-proof"), file(report, ".leaf"), file(report, ".body"),
                          file(report, ".tlog-proof"), file(erasure, ".leaf"),
                          file(erasure, ".tlog-proof")));
  const crypto::Checkpoint head = CheckpointOf(kept.files["head"], HeadKey());
  for (const uint64_t index : {uint64_t{2}, report, erasure}) {
    const std::string& proof = kept.files[file(index, ".tlog-proof")];
    EXPECT_TRUE(proof.ends_with("\n\n" + kept.files["head"]));
    EXPECT_THAT(
        crypto::VerifyMerkleInclusion(
            crypto::MerkleLeafHash(crypto::AsBytes(kept.files[file(index, ".leaf")])), index,
            head.size, head.root,
            ProofOf(proof, "c2sp.org/tlog-proof@v1\nindex " + std::to_string(index) + "\n")),
        IsOk());
  }
  EXPECT_EQ(Records(kept.files["earlier"]).size(), 2u);
}

TEST_F(LogExportTest, AnExcerptIsBounded) {
  Published();
  LogExportRequest request;
  for (uint64_t i = 0; i <= audit::kMaxExcerptEntries; ++i) request.entries.push_back(i % 3);
  Kept three = Exported(request);  // each once
  EXPECT_EQ(three.files.count("entry-2.leaf"), 1u);
  request.entries = {3};
  Kept none;
  EXPECT_THAT(Export(request, none), StatusIs(Code::kInvalidArgument));
}

TEST_F(LogExportTest, AfterEveryPieceItCanBeStopped) {
  const uint64_t report = IndexOf(Published());
  for (const LogExportRequest& request :
       {LogExportRequest{.open = {report}}, LogExportRequest{.entries = {0, 1, 2}}}) {
    const size_t whole = Exported(request).pieces();
    for (size_t most = 0; most < whole; ++most) {
      Kept kept(most);
      EXPECT_THAT(Export(request, kept), StatusIs(Code::kCancelled)) << most;
      EXPECT_THAT(kept.manifest, IsEmpty());
      EXPECT_EQ(kept.pieces(), most + 1) << "nothing comes after the refusal";
    }
  }
}

class CaseExportTest : public LogExportTest {
 protected:
  CaseExportTest()
      : LogExportTest("second_person = true\nhold_hours = 24\nproof = [\"invoice\"]\n") {}

  IncidentId WithProof() {
    NewIncident account = DepositUnsettled(kPhone);
    account.note = kNote;
    account.reminders = {Day("2026-10-10"), Day("2026-10-20")};
    account.told_on = Day("2026-09-28");
    auto view = ledger().Add({"uid:1000", node_.Caller().request_id}, account);
    EXPECT_TRUE(view.ok()) << view.status();
    const IncidentId id = view->incident.id;
    auto upload = node_->proofs().Begin(Caller(), {id, evidence::ProofKind::kInvoice, kProofName});
    EXPECT_TRUE(upload.ok()) << upload.status();
    EXPECT_TRUE((*upload)->Append(crypto::AsBytes(std::string_view(kProof))).ok());
    EXPECT_TRUE((*upload)->Finish().ok());
    return id;
  }
  IncidentId PublishedCase() {
    const IncidentId id = WithProof();
    circle_.clock().Advance(60);
    auto approved = ledger().Approve({"user:siti", node_.Caller().request_id}, id);
    EXPECT_TRUE(approved.ok()) << approved.status();
    EXPECT_TRUE(ledger().Notice({"uid:1000", node_.Caller().request_id}, id).ok());
    After(25 * kHour);
    EXPECT_EQ(StateOf(id), IncidentState::kPublished);
    return id;
  }
};

TEST_F(CaseExportTest, ACaseTellsWhoDidWhatWhen) {
  const int64_t filed = circle_.clock().Now().value;
  const IncidentId id = PublishedCase();
  Kept kept = Exported({.incident = id});
  EXPECT_THAT(kept.names, ElementsAre("head", "entries", "bodies", "charters", "cosigners",
                                      "openings", "case"));
  const IncidentView view = *ledger().Get(id);
  const Proof& proof = view.proofs.front();
  const int64_t approved = filed + 60'000;
  std::string expected = "daftar-case/v1\nincident " + id.hex() + "\nreport 2\nfiled " +
                         std::to_string(filed) + " uid:1000\napproved " + std::to_string(approved) +
                         " user:siti\ntold-on 2026-09-28\nnotice " +
                         std::to_string(approved / 1000) + "\nheld-until " +
                         std::to_string(approved / 1000 + 24 * kHour) +
                         "\nreminder 2026-10-10\nreminder 2026-10-20\nproof 1 invoice text/plain " +
                         std::to_string(sizeof(kProof) - 1) + " " + proof.salt.hex() + " " +
                         evidence::ProofDigest(proof.salt, crypto::AsBytes(kProof)).hex() + "\n";
  expected += "event " + std::to_string(filed) + " added uid:1000\n";
  EXPECT_TRUE(kept.files["case"].starts_with(expected)) << kept.files["case"] << expected;
  EXPECT_THAT(kept.files["case"],
              HasSubstr("event " + std::to_string(approved) + " approved user:siti\n"));
  EXPECT_THAT(kept.files["case"], HasSubstr(" notice-made uid:1000\n"));
  // In an excerpt the report comes along.
  EXPECT_EQ(Exported({.entries = {0}, .incident = id}).files.count("entry-2.body"), 1u);
}

TEST_F(CaseExportTest, OnlyAPublishedIncidentHasACase) {
  Kept none;
  EXPECT_THAT(Export({.incident = IncidentId()}, none), StatusIs(Code::kNotFound));
  const IncidentId draft = WithProof();
  EXPECT_THAT(Export({.incident = draft}, none),
              StatusIs(Code::kFailedPrecondition, HasSubstr("only a published one")));
  EXPECT_THAT(none.names, IsEmpty());
}

TEST_F(CaseExportTest, ACorrectionOfRemindersLeavesThoseOfTheReport) {
  const IncidentId id = PublishedCase();
  Correction correction;
  correction.reminders = {{Day("2026-10-11")}};
  DAFTAR_ASSERT_OK(ledger().Correct(Caller(), id, correction, "wrong day"));
  Tick();
  Kept kept = Exported({.incident = id});
  EXPECT_THAT(kept.files["case"], HasSubstr("\nreminder 2026-10-10\nreminder 2026-10-20\nproof"));
}

TEST_F(CaseExportTest, NothingThatLeadsToAPersonGoesIntoABundle) {
  const IncidentId id = PublishedCase();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid by her brother"));
  Tick();
  for (const LogExportRequest& request :
       {LogExportRequest{.open = {2}, .incident = id},
        LogExportRequest{.entries = {2, 3}, .open = {2}, .incident = id}}) {
    const std::string all = Exported(request).All();
    ASSERT_THAT(all, HasSubstr(id.hex()));
    for (const std::string& secret :
         {std::string("0812-9999-7000"), std::string("081299997000"), std::string("6281299997000"),
          std::string("81299997"), std::string("Sari"), std::string("sari"), std::string("faktur"),
          std::string("brother"), std::string("market"), std::string("Invoice 17")}) {
      EXPECT_THAT(all, Not(HasSubstr(secret)));
    }
    // Nor a key that opens more than was asked for.
    const storage::NodeKeys& keys = node_->keys();
    for (const crypto::Secret32* key : {&keys.record, &keys.receipt, &keys.data}) {
      EXPECT_THAT(all, Not(HasSubstr(std::string(crypto::AsText(key->Expose())))));
    }
  }
}

TEST(BundleWriterTest, LargeFilesComeInChunks) {
  Kept kept;
  audit::BundleWriter writer(kept, 10);
  DAFTAR_ASSERT_OK(writer.BeginFile("head"));
  const std::string piece(700'000, 'x');
  for (int i = 0; i < 4; ++i) DAFTAR_ASSERT_OK(writer.Append(piece));
  DAFTAR_ASSERT_OK(writer.BeginFile("entries"));
  EXPECT_EQ(kept.pieces(), 2u + 3u);
  EXPECT_EQ(kept.files["head"].size(), 4 * piece.size());
}

}  // namespace
}  // namespace daftar::ledger
