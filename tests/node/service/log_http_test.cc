#include "node/service/log_http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/merkle.h"
#include "crypto/tile_path.h"
#include "node/evidence/entry.h"
#include "node/ledger/publisher.h"
#include "storage/high_water.h"
#include "storage/log_store.h"
#include "storage/rocks_store.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kOctets[] = "application/octet-stream";

// The files of a node's own log.
class LogHttpTest : public ::testing::Test {
 protected:
  // So many entries in the log, KEYS and CHARTER among them.
  void Fill(uint64_t entries) {
    while (Size() < entries) {
      auto view = node_->ledger().Add(node_.Caller(), DepositUnsettled("0812-3456-7890"));
      DAFTAR_ASSERT_OK(view);
      DAFTAR_ASSERT_OK(node_->ledger().Publish(node_.Caller(), view->incident.id));
      DAFTAR_ASSERT_OK(node_->Tick());
    }
  }
  uint64_t Size() { return node_->publisher().Head()->checkpoint.size; }
  HttpResponse Get(const std::string& path) { return http_.Answer({"GET", path, ""}); }
  std::vector<crypto::Bytes> Leaves() {
    std::vector<crypto::Bytes> leaves;
    const auto keep = [&](uint64_t, crypto::ByteView leaf) {
      leaves.push_back(crypto::ToBytes(leaf));
      return true;
    };
    EXPECT_TRUE(
        storage::LogStore(node_->store()).ReadLeaves(storage::kOwnLog, 0, Size(), keep).ok());
    return leaves;
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  LogHttp http_{node_->store(), node_->publisher(), node_->witness()};
};

TEST_F(LogHttpTest, TheCheckpointIsTheNoteOfTheHeadAndIsNotCached) {
  const HttpResponse answer = Get("/log/checkpoint");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(answer.body, node_->publisher().Head()->note);
  EXPECT_EQ(answer.cache_control, "no-cache");
}

TEST_F(LogHttpTest, PartialTilesHaveTheHashesOfTheLeavesAndBundlesTheLeaves) {
  Fill(5);
  const auto leaves = Leaves();
  std::string hashes;
  std::string bundle;
  for (const crypto::Bytes& leaf : leaves) {
    hashes += crypto::AsText(crypto::MerkleLeafHash(leaf).view());
    bundle += crypto::AsText(crypto::Writer().Prefixed16(leaf).Take());
  }
  const HttpResponse tile = Get("/log/tile/0/000.p/5");
  EXPECT_EQ(tile.status, 200);
  EXPECT_EQ(tile.content_type, kOctets);
  EXPECT_EQ(tile.cache_control, "public, max-age=31536000, immutable");
  EXPECT_EQ(tile.body, hashes);
  const HttpResponse entries = Get("/log/tile/entries/000.p/5");
  EXPECT_EQ(entries.status, 200);
  EXPECT_EQ(entries.content_type, kOctets);
  EXPECT_EQ(entries.cache_control, tile.cache_control);
  EXPECT_EQ(entries.body, bundle);
  // Those of heads before this one are served as well.
  EXPECT_EQ(Get("/log/tile/0/000.p/2").body, hashes.substr(0, 2 * crypto::Digest::kSize));
}

TEST_F(LogHttpTest, WhatTheHeadDoesNotCoverIsNotThere) {
  Fill(5);
  for (const char* path : {"/log/tile/0/000",
                           "/log/tile/0/000.p/6",
                           "/log/tile/0/000.p/255",
                           "/log/tile/0/001.p/1",
                           "/log/tile/1/000.p/1",
                           "/log/tile/8/000.p/1",
                           "/log/tile/63/000.p/1",
                           "/log/tile/entries/000",
                           "/log/tile/entries/000.p/6",
                           "/log/tile/entries/001.p/1",
                           "/log/tile/0/000.p/0",
                           "/log/tile/0/000.p/256",
                           "/log/tile/0/000.p/05",
                           "/log/tile/00/000.p/5",
                           "/log/tile/0/0.p/5",
                           "/log/tile/0/x000/000.p/5",
                           "/log/",
                           "/log/tile",
                           "/log/tile/",
                           "/log/checkpoint/",
                           "/log/Checkpoint",
                           "/log//checkpoint",
                           "/log/../livez",
                           "/log/tile/0/000.p/5/"}) {
    const HttpResponse answer = Get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.cache_control, "no-store") << path << " may be there later";
  }
  EXPECT_EQ(Get("/log/tile/0/000.p/5").status, 200);
}

// Entries that are written before their head is signed and shown stand in the rows already.
TEST_F(LogHttpTest, EntriesWithoutAShownHeadAreNotServed) {
  Fill(3);
  storage::LogStore log(node_->store());
  auto tree = log.Load(storage::kOwnLog);
  DAFTAR_ASSERT_OK(tree);
  storage::Batch batch;
  const std::vector<crypto::Bytes> leaf{crypto::ToBytes("not shown yet")};
  DAFTAR_ASSERT_OK(log.Append(storage::kOwnLog, leaf, *tree, batch));
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  EXPECT_EQ(Get("/log/tile/0/000.p/4").status, 404);
  EXPECT_EQ(Get("/log/tile/entries/000.p/4").status, 404);
  EXPECT_EQ(Get("/log/tile/0/000.p/3").body.size(), 3 * crypto::Digest::kSize);
  EXPECT_THAT(Get("/log/tile/entries/000.p/3").body, ::testing::Not(HasSubstr("not shown")));
}

TEST_F(LogHttpTest, OtherMethodsAreRefused) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(http_.Answer({method, "/log/checkpoint", ""}).status, 405) << method;
  }
  EXPECT_EQ(http_.Answer({"HEAD", "/log/checkpoint", ""}).status, 200);
  const HttpResponse answer = Get("/log/add-checkpoint");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.front(), std::pair(std::string("Allow"), std::string("POST")));
  EXPECT_TRUE(LogHttp::IsSlow({"POST", "/log/add-checkpoint", ""}));
  EXPECT_FALSE(LogHttp::IsSlow({"GET", "/log/add-checkpoint", ""}));
  EXPECT_FALSE(LogHttp::IsSlow({"POST", "/log/add-checkpoint/", ""}));
}

// A head that was shown once is shown on, without being renewed.
TEST_F(LogHttpTest, ANodeThatHasStoppedSigningStillShowsItsLastHead) {
  const std::string note = node_->publisher().Head()->note;
  node_->publisher().StopSigning("a test", {});
  EXPECT_EQ(Get("/log/checkpoint").body, note);
  EXPECT_EQ(Get("/log/tile/0/000.p/2").status, 200);
}

TEST_F(LogHttpTest, WhileThereIsNoHeadThereIsNoLog) {
  auto store =
      storage::RocksStore::Open({.path = circle_.temp() / "new", .create_if_missing = true});
  DAFTAR_ASSERT_OK(store);
  auto publisher =
      ledger::Publisher::Open(**store,
                              {"toko-a.test", node_->charter().circle, node_->keys().entry,
                               node_->keys().head, node_->keys().self},
                              storage::HighWaterFile(circle_.temp() / "new-high-water"));
  DAFTAR_ASSERT_OK(publisher);
  LogHttp http(**store, **publisher, node_->witness());
  for (const char* path : {"/log/checkpoint", "/log/tile/0/000.p/2"}) {
    const HttpResponse answer = http.Answer({"GET", path, ""});
    EXPECT_EQ(answer.status, 503) << path;
    EXPECT_EQ(answer.headers.front().first, "Retry-After");
  }
}

TEST_F(LogHttpTest, TheWitnessAnswersOverPost) {
  HttpResponse answer = http_.Answer({"POST", "/log/add-checkpoint", "old"});
  EXPECT_EQ(answer.status, 400);
  SimNode& partner = circle_.Add("toko-b.test");
  circle_.PairAll();
  circle_.Settle();
  const auto head = *partner->publisher().Head();
  answer = http_.Answer({"POST", "/log/add-checkpoint", "old 0\n\n" + head.note});
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.content_type, "text/x.tlog.size");
  answer = http_.Answer({"POST", "/log/add-checkpoint",
                         "old " + std::to_string(head.checkpoint.size) + "\n\n" + head.note});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, StartsWith("\u2014 toko-a.test/mirror "));
  // Partners' cosignatures stand in the checkpoint as they stand in the note that partners follow.
  node_->ServeCosignatures();
  EXPECT_THAT(Get("/log/checkpoint").body, HasSubstr("\u2014 toko-b.test/mirror "));
}

// Full tiles, of two levels, and the partial ones beside them.
TEST_F(LogHttpTest, AFullTileAndTheOneAboveIt) {
  // By one tick: entries in the queue, as many as a tile has and a few.
  for (int i = 0; i < 260; ++i) {
    auto view = node_->ledger().Add(node_.Caller(),
                                    DepositUnsettled("0812-3456-7" + std::to_string(100 + i)));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(node_->ledger().Publish(node_.Caller(), view->incident.id));
  }
  DAFTAR_ASSERT_OK(node_->Tick());
  ASSERT_GT(Size(), 256u);
  const HttpResponse full = Get("/log/tile/0/000");
  EXPECT_EQ(full.body.size(), 8192u);
  const uint64_t rest = Size() - 256;
  EXPECT_EQ(Get("/log/tile/0/001.p/" + std::to_string(rest)).body.size(), 32 * rest);
  EXPECT_EQ(Get("/log/tile/0/001").status, 404);
  // Partial ones of a tile that is full by now.
  EXPECT_EQ(Get("/log/tile/0/000.p/255").body, full.body.substr(0, 255 * 32));
  crypto::CompactTree tree;
  for (size_t i = 0; i < 256; ++i) {
    tree.Append(*crypto::Digest::Create(crypto::AsBytes(full.body.substr(32 * i, 32))));
  }
  EXPECT_EQ(Get("/log/tile/1/000.p/1").body, crypto::AsText(tree.Root().view()));
  EXPECT_EQ(Get("/log/tile/1/000.p/2").status, 404);
  const std::string entries = Get("/log/tile/entries/000").body;
  crypto::Reader bundle(crypto::AsBytes(entries));
  const auto leaves = Leaves();
  for (size_t i = 0; i < 256; ++i) {
    EXPECT_EQ(crypto::ToBytes(bundle.Prefixed16()), leaves[i]) << i;
  }
  DAFTAR_EXPECT_OK(bundle.Finish("bundle"));
}

}  // namespace
}  // namespace daftar::service
