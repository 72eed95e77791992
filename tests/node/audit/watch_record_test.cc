// What a watch remembers, byte by byte, and the names of tiles.
#include "tests/node/audit/watch_fixture.h"

namespace daftar::audit {
namespace {

WatchedLog Sample() {
  SimLog log("toko-a.example/daftar", 1);
  log.Grow(5, 1'790'000'000);
  WatchedLog record;
  record.origin = log.origin();
  record.seen_at = 1'790'000'100;
  record.quorum_at = 1'790'000'070;
  record.quorum_size = 2;
  for (const uint64_t size : {2, 5}) record.Keep({log.NoteAt(size), log.HeadAt(size)});
  for (const uint64_t size : {4, 3}) record.Await({log.NoteAt(size), log.HeadAt(size)});
  record.nodes["http://a.test/log"] = {5, crypto::EmptyMerkleRoot(), 1'790'000'050, 2, 0, 0};
  record.nodes["https://b.test:8443/log"] = {2, log.RootAt(2), 1, 0, 1'790'000'090, 5};
  for (int i = 0; i < 3; ++i) record.read.Append(log.RootAt(1));
  record.last_issued_at = 77;
  record.open[0] = {1'790'000'000, 0, 0, 0};
  record.open[4] = {1'790'000'001, 2, 3, 4};
  record.unfollowed = 8;
  record.fork = "0123456789abcdef-2-5.fork";
  record.fork_is_kept = false;
  return record;
}

TEST(WatchRecordTest, ComesBackAsItWas) {
  const WatchedLog record = Sample();
  EXPECT_THAT(WatchedLog::Decode(record.Encode()), testing::IsOkAndHolds(record));
}

TEST(WatchRecordTest, AnyDamageIsSeen) {
  const std::string good = Sample().Encode();
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] ^= 1;
    EXPECT_THAT(WatchedLog::Decode(bad), ::testing::Not(testing::IsOk())) << i;
    EXPECT_THAT(WatchedLog::Decode(good.substr(0, i)), ::testing::Not(testing::IsOk())) << i;
  }
  EXPECT_THAT(WatchedLog::Decode(good + "\n"), ::testing::Not(testing::IsOk()));
}

// With a sum that fits, so that the rules behind it are asked.
absl::StatusOr<WatchedLog> DecodeSummed(std::string text) {
  text += "sha256 " + crypto::Sha256(crypto::AsBytes(text)).hex() + "\n";
  return WatchedLog::Decode(text);
}

TEST(WatchRecordTest, WhatWasNotWrittenByAWatchIsRefused) {
  const std::string good = Sample().Encode();
  const std::string text = good.substr(0, good.rfind("sha256 "));
  ASSERT_THAT(DecodeSummed(text), testing::IsOk());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return changed.replace(at, from.size(), to);
  };
  for (const std::string& bad : {with("daftar-watch/v3", "daftar-watch/v4"),
                                 with("daftar-watch/v3", "daftar-watch/v2"),
                                 with("daftar-watch/v3", "daftar-watch/v1"),
                                 with("daftar-watch/v3", "daftar-watch/v0"),
                                 with(" not-kept", " kept"),
                                 with(" 0 1790000090 5\n", " 0\n"),
                                 with(" 1790000090 5", " 01790000090 5"),
                                 with("quorum 1", "quorum 01"),
                                 with("quorum 1790000070 2\n", ""),
                                 with("unfollowed 8\n", ""),
                                 with("pending 1", "pending 2"),
                                 with("toko-a.example/daftar\n", "TOKO\n"),
                                 with("seen 1", "seen 01"),
                                 with("entries 3", "entries 9"),
                                 with("open 0", "open 4"),
                                 with("fork 0", "fork ../0"),
                                 with("node http", "nodes http"),
                                 with("subtree ", "subtree A"),
                                 with("note ", "note 1"),
                                 with("open 4 ", "open 4  "),
                                 with("fork ", "fork .")}) {
    EXPECT_THAT(DecodeSummed(bad), ::testing::Not(testing::IsOk())) << bad;
  }
}

TEST(WatchRecordTest, RecordsOfOlderVersionsAreRead) {
  WatchedLog record = Sample();
  std::string text = record.Encode();
  text = text.substr(0, text.rfind("sha256 "));
  const auto replace = [&](const std::string& from, const std::string& to) {
    ASSERT_NE(text.find(from), std::string::npos) << from;
    text.replace(text.find(from), from.size(), to);
  };
  replace("daftar-watch/v3", "daftar-watch/v2");
  replace(" not-kept\n", "\n");
  replace(" 2 0 0\n", " 2\n");
  replace(" 0 1790000090 5\n", " 0\n");
  record.fork_is_kept = true;
  for (auto& [url, node] : record.nodes) node.behind_since = node.behind_of = 0;
  EXPECT_THAT(DecodeSummed(text), testing::IsOkAndHolds(record));
  record.quorum_at = record.seen_at;
  record.quorum_size = 0;
  record.unfollowed = 0;
  replace("daftar-watch/v2", "daftar-watch/v1");
  replace("quorum 1790000070 2\n", "");
  replace("unfollowed 8\n", "");
  for (const WatchedHead& head : record.pending) {
    replace("pending " + std::to_string(head.note.size()) + "\n", "");
    replace(head.note, "");
  }
  record.pending.clear();
  EXPECT_THAT(DecodeSummed(text), testing::IsOkAndHolds(record));
}

TEST(WatchRecordTest, AHeadThatIsKeptIsNoLongerPending) {
  SimLog log("toko-a.example/daftar", 1);
  log.Grow(2 * kKeptPending, 1);
  WatchedLog record;
  for (uint64_t size = 1; size <= kKeptPending + 9; ++size) record.Await({"", log.HeadAt(size)});
  EXPECT_EQ(record.pending.size(), kKeptPending);
  EXPECT_EQ(record.pending.front().checkpoint.size, 10u);
  record.Keep({"", log.HeadAt(12)});
  EXPECT_EQ(record.pending.size(), kKeptPending - 1);
}

TEST(WatchRecordTest, KeepsTheLargestHeads) {
  SimLog log("toko-a.example/daftar", 1);
  log.Grow(50, 1);
  WatchedLog record;
  for (uint64_t size = 1; size <= 50; ++size) record.Keep({"", log.HeadAt(size)});
  record.Keep({"", log.HeadAt(3)});
  EXPECT_EQ(record.heads.size(), kKeptHeads);
  EXPECT_EQ(record.newest().checkpoint.size, 50u);
  EXPECT_EQ(record.heads.front().checkpoint.size, 50u - kKeptHeads + 1);
}

TEST(TilesTest, AreNamedAsTheSpecificationNamesThem) {
  EXPECT_EQ(TilePath(0, 1'234'067, 256), "tile/0/x001/x234/067");
  EXPECT_EQ(TilePath(1, 5, 17), "tile/1/005.p/17");
  EXPECT_EQ(BundlePath(273, 112), "tile/entries/273.p/112");
  EXPECT_EQ(BundlePath(1000, 256), "tile/entries/x001/000");
}

}  // namespace
}  // namespace daftar::audit
