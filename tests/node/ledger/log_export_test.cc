#include "node/ledger/log_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/merkle.h"
#include "node/evidence/labels.h"
#include "storage/log_store.h"
#include "tests/node/ledger/log_export_fixture.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Code = absl::StatusCode;
using crypto::Bytes;
using crypto::Digest;
using crypto::Reader;

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
  EXPECT_THAT(Export({.from = first + 1}, kept),
              StatusIs(Code::kNotFound, AllOf(HasSubstr("below has " + std::to_string(first)),
                                              HasSubstr("above has " + std::to_string(first + 2)),
                                              HasSubstr("the last line of its export"))));
  EXPECT_THAT(Export({.to = first + 9}, kept), StatusIs(Code::kNotFound));
  EXPECT_THAT(Export({.from = first + 2}, kept),
              StatusIs(Code::kInvalidArgument,
                       AllOf(HasSubstr("nothing from"),
                             HasSubstr("the log ends at " + std::to_string(first + 2)))));
  // The log goes on: it is --to that ends.
  const std::string ends = "--to ends the bundle at " + std::to_string(first);
  EXPECT_THAT(Export({.from = first + 2, .to = first}, kept),
              StatusIs(Code::kInvalidArgument, HasSubstr(ends)));
  EXPECT_THAT(Export({.to = first, .open = {first}}, kept),
              StatusIs(Code::kInvalidArgument,
                       HasSubstr("entry " + std::to_string(first) + " is not there: " + ends)));
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
