// The formats beside the entries: manifest, container, tlog-proof, fork evidence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "node/audit/fork_evidence.h"
#include "tests/node/audit/verify_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::audit::testing {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ManifestTest, IsReadAsItWasWritten) {
  TestLog log;
  AddStory(log);
  for (TestBundle bundle :
       {log.Bundle(0, kStoryEnd, {3}), log.Bundle(3, kStoryEnd), log.Excerpt({2, 3}, kStoryEnd)}) {
    const std::string text = bundle.Sign(log.entry_key());
    const auto parsed = ParseManifest(text + "what follows");
    DAFTAR_ASSERT_OK(parsed);
    EXPECT_EQ(parsed->bytes, text.size());
    EXPECT_EQ(parsed->manifest.files, bundle.manifest.files);
    EXPECT_EQ(parsed->manifest.to, bundle.manifest.to);
    EXPECT_TRUE(parsed->VerifiedBy(log.entry_key().public_key()));
    EXPECT_FALSE(parsed->VerifiedBy(log.head_key().public_key()));
    Manifest again = parsed->manifest;
    EXPECT_EQ(again.Sign(log.entry_key()), text);
  }
}

TEST(ManifestTest, RefusesWhatAWriterWouldNotHaveWritten) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd, {3});
  const std::string good = bundle.Sign(log.entry_key());
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"daftar-bundle/v1", "daftar-bundle/v2"},
      {"kind log", "kind logs"},
      {"kind log", "kind  log"},
      {"kind log\n", "kind log\r\n"},
      {"origin toko", "origin Toko"},
      {"circle 0001", "circle 000"},
      {"circle 000102030405060708090a", "circle 000102030405060708090A"},
      {"made-at 1", "made-at 01"},
      {"from 0", "from 00"},
      {"from 0", "from 7"},
      {"to 7", "to 9223372036854775808"},
      {"to 7", "to +7"},
      {"file head ", "file head-from 3 "},
      {"file head ", "file heads "},
      {"file head ", "file  "},
      {"\n\nsignature", "\nsignature"},
      {"\n\nsignature", "\n\n\nsignature"},
      {"signature ", "signature  "},
  };
  for (const auto& [from, to] : changes) {
    EXPECT_FALSE(ParseManifest(Replaced(good, from, to)).ok()) << from << " -> " << to;
  }
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ParseManifest(good.substr(0, size)).ok()) << size;
  }
}

TEST(ManifestTest, HasTheFilesOfItsKindInTheirOrder) {
  TestLog log;
  AddStory(log);
  const auto refused = [&](const std::function<void(TestBundle&)>& change) {
    TestBundle bundle = log.Excerpt({2, 3}, kStoryEnd);
    change(bundle);
    return !ParseManifest(bundle.Sign(log.entry_key())).ok();
  };
  EXPECT_FALSE(refused([](TestBundle&) {}));
  EXPECT_TRUE(refused([](TestBundle& b) { b.Remove("head"); }));
  EXPECT_TRUE(refused([](TestBundle& b) { b.Remove("earlier"); }));
  EXPECT_TRUE(refused([](TestBundle& b) { b.Remove("entry-3.leaf"); }));
  EXPECT_TRUE(refused([](TestBundle& b) { b.Remove("entry-3.tlog-proof"); }));
  EXPECT_TRUE(refused([](TestBundle& b) { std::swap(b.files[0], b.files[1]); }));
  EXPECT_TRUE(refused([](TestBundle& b) { b.files.push_back(b.files.back()); }));
  EXPECT_TRUE(refused([](TestBundle& b) { b.files.emplace_back("more", "x"); }));
  EXPECT_TRUE(refused([](TestBundle& b) { b.files.emplace_back("../more", "x"); }));
  EXPECT_TRUE(refused([](TestBundle& b) { b.manifest.from = 1; }));
  EXPECT_TRUE(refused([](TestBundle& b) { b.files.resize(4); }));  // without any entry
}

class ContainerTest : public ::testing::Test {
 protected:
  ContainerTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("daftar-bundle-" + std::to_string(::getpid()))) {
    AddStory(log_);
    std::filesystem::create_directories(folder_);
  }
  ~ContainerTest() override { std::filesystem::remove_all(folder_); }
  void WriteFile(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  void WriteDirectory(TestBundle& bundle) {
    WriteFile("manifest", bundle.Sign(log_.entry_key()));
    for (const auto& [name, bytes] : bundle.files) WriteFile(name, bytes);
  }
  Verdict VerifyAt(const std::string& path) {
    VerifyOptions options;
    options.now = static_cast<int64_t>(kStoryEnd);
    return *VerifyPath(path, log_.Policy(), options);
  }

  TestLog log_;
  std::filesystem::path folder_;
};

TEST_F(ContainerTest, ADirectoryAndAFileHaveOneVerdict) {
  TestBundle bundle = log_.Bundle(3, kStoryEnd);
  WriteDirectory(bundle);
  WriteFile("beside", "what is no part of it");
  EXPECT_EQ(VerifyAt(folder_.string()).code, 0);
  WriteFile("whole", bundle.Whole(log_.entry_key()));
  EXPECT_EQ(VerifyAt((folder_ / "whole").string()).code, 0);
}

TEST_F(ContainerTest, WhatIsMissingOrOfAnotherLengthCannotBeRead) {
  TestBundle bundle = log_.Bundle(0, kStoryEnd);
  WriteDirectory(bundle);
  WriteFile("entries", bundle.File("entries") + "x");
  const Verdict longer = VerifyAt(folder_.string());
  EXPECT_EQ(longer.code, 2);
  EXPECT_THAT(longer.unreadable, HasSubstr("'entries'"));
  std::filesystem::remove(folder_ / "entries");
  EXPECT_EQ(VerifyAt(folder_.string()).code, 2);
  std::filesystem::create_directory(folder_ / "entries");
  EXPECT_EQ(VerifyAt(folder_.string()).code, 2);
  const std::string whole = bundle.Whole(log_.entry_key());
  EXPECT_EQ(VerifyWhole(whole + "x", log_.Policy()).code, 2);
  EXPECT_EQ(VerifyWhole(whole.substr(0, whole.size() - 1), log_.Policy()).code, 2);
  EXPECT_EQ(VerifyWhole("", log_.Policy()).code, 2);
  EXPECT_EQ(VerifyWhole(whole, "quorum\n").code, 2);
  EXPECT_EQ(VerifyAt((folder_ / "none").string()).code, 2);
}

TEST_F(ContainerTest, AnExportOfDecisionsIsForAnotherCommand) {
  TestBundle bundle{log_.ManifestOf(BundleKind::kDecisions, 0, 1, kStoryEnd),
                    {{"leaves", std::string(44, 'x')}, {"receipts", ""}}};
  const Verdict verdict = VerifyWhole(bundle.Whole(log_.entry_key()), log_.Policy());
  EXPECT_EQ(verdict.code, 2);
  EXPECT_THAT(verdict.unreadable, HasSubstr("audit replay"));
}

TEST_F(ContainerTest, CanBeStopped) {
  TestBundle bundle = log_.Bundle(0, kStoryEnd);
  const std::string whole = bundle.Whole(log_.entry_key());
  uint64_t calls = 0;
  VerifyOptions options;
  options.now = static_cast<int64_t>(kStoryEnd);
  options.progress = [&](uint64_t done, uint64_t total) {
    EXPECT_LE(done, total);
    ++calls;
    return true;
  };
  DAFTAR_ASSERT_OK(VerifyBytes(whole, log_.Policy(), options));
  EXPECT_GE(calls, bundle.files.size() - 1);
  const uint64_t all = calls;
  for (uint64_t stop = 1; stop <= all; ++stop) {
    uint64_t left = stop;
    options.progress = [&](uint64_t, uint64_t) { return --left != 0; };
    EXPECT_THAT(VerifyBytes(whole, log_.Policy(), options), StatusIs(absl::StatusCode::kCancelled))
        << stop;
  }
}

TEST(TlogProofTest, IsReadAsItWasWrittenAndNothingElse) {
  TestLog log;
  AddStory(log);
  const TlogProof proof{3, log.Inclusion(3, 7), log.Head(7, kStoryEnd)};
  const std::string text = proof.ToText();
  EXPECT_EQ(*TlogProof::Parse(text), proof);
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"@v1", "@v2"},
                                                        {"index 3", "index 03"},
                                                        {"index 3", "index 9223372036854775808"},
                                                        {"index 3\n", "extra AAAA\nindex 3\n"},
                                                        {"index 3\n", "index 3\r\n"},
                                                        {"=\n", "\n"}}) {
    EXPECT_FALSE(TlogProof::Parse(Replaced(text, from, to)).ok()) << from;
  }
  TlogProof longest = proof;
  longest.hashes.assign(crypto::kMaxProofHashes, crypto::Digest());
  EXPECT_TRUE(TlogProof::Parse(longest.ToText()).ok());
  longest.hashes.emplace_back();
  EXPECT_FALSE(TlogProof::Parse(longest.ToText()).ok());
}

class ForkTest : public ::testing::Test {
 protected:
  // Two logs of the same keys that part ways after the first three entries.
  ForkTest() {
    AddStory(one_);
    AddStory(other_);
    other_.leaves()[3] = other_.leaves()[2];
  }
  ForkEvidence SameSize() const {
    return {kOrigin, one_.Head(7, kStoryEnd), other_.Head(7, kStoryEnd), std::nullopt, {}};
  }
  ForkEvidence Grown() const {
    const auto proof = crypto::MerkleConsistencyProof(5, 7, other_.Subtrees());
    return {kOrigin, one_.Head(5, kStoryEnd), other_.Head(7, kStoryEnd), other_.SubtreeRoot(0, 5),
            *proof};
  }
  int Code(const ForkEvidence& evidence) const {
    return VerifyWhole(evidence.ToText(), one_.Policy()).code;
  }
  TestLog one_;
  TestLog other_;
};

TEST_F(ForkTest, TwoHeadsThatCannotBothBeTrueProveIt) {
  EXPECT_EQ(Code(SameSize()), 0);
  EXPECT_EQ(Code(Grown()), 0);
  EXPECT_EQ(*ForkEvidence::Parse(Grown().ToText()), Grown());
}

TEST_F(ForkTest, WhatProvesNothingIsToldApartFromWhatCannotBeRead) {
  ForkEvidence same = SameSize();
  same.second = same.first;
  EXPECT_EQ(Code(same), 1);
  ForkEvidence consistent = Grown();
  consistent.first = other_.Head(5, kStoryEnd);
  EXPECT_EQ(Code(consistent), 1);
  ForkEvidence short_proof = Grown();
  short_proof.proof.pop_back();
  EXPECT_EQ(Code(short_proof), 1);
  ForkEvidence rootless = Grown();
  rootless.root.reset();
  EXPECT_EQ(Code(rootless), 2);
  rootless.proof.clear();
  EXPECT_EQ(Code(rootless), 1);
  ForkEvidence needless = SameSize();
  needless.root = crypto::Digest();
  EXPECT_EQ(Code(needless), 1);
  ForkEvidence turned = Grown();
  std::swap(turned.first, turned.second);
  EXPECT_EQ(Code(turned), 1);
  ForkEvidence unsigned_one = SameSize();
  unsigned_one.second = Replaced(unsigned_one.second, "\n7\n", "\n8\n");
  EXPECT_EQ(Code(unsigned_one), 1);
  ForkEvidence of_another = SameSize();
  of_another.origin = "toko-b.example/daftar";
  EXPECT_EQ(Code(of_another), 1);
  EXPECT_EQ(VerifyWhole(SameSize().ToText() + "x", one_.Policy()).code, 2);
  EXPECT_EQ(VerifyWhole(Replaced(SameSize().ToText(), "first ", "first 0"), one_.Policy()).code, 2);
  EXPECT_EQ(VerifyWhole(Replaced(Grown().ToText(), "root ", "root  "), one_.Policy()).code, 2);
}

}  // namespace
}  // namespace daftar::audit::testing
