// `audit replay` over an exported decision log: files and folders, options, exit codes, and what is
// shown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/json.h"
#include "tests/cli/cli_support.h"
#include "tests/cli/decision_log.h"
#include "tests/node/decision/inputs.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ReplayBundleTest : public ::testing::Test {
 protected:
  ReplayBundleTest() {
    for (int i = 0; i < 3; ++i) {
      decision::InputsBuilder inputs;
      inputs.Partners(2).Report(decision::InputsBuilder::Origin(i % 2));
      decision::Subject subject;
      subject.data()[0] = static_cast<uint8_t>(i % 2);
      const decision::Policy policy = decision::DefaultPolicy();
      log_.Add(decision::MakeReceipt(decision::Decide(inputs.Build(), policy), policy, {subject},
                                     inputs.Build().now));
    }
    bundle_ = folder_.File("decisions.bundle", log_.Bundle());
  }
  Ran Replay(std::vector<std::string> more, const std::string& bundle = {}) {
    std::vector<std::string> arguments = {"audit", "replay", bundle.empty() ? bundle_ : bundle};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments);
  }

  TestFolder folder_;
  DecisionLog log_;
  std::string bundle_;
  const std::string vkey_ = EntryVkey(TestEntryKey());
};

TEST_F(ReplayBundleTest, SaysWhatHoldsInWords) {
  const Ran ran =
      Replay({"--policy", "default", "--head", log_.Head(2).ToString(), "--entry-vkey", vkey_});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Decisions of  toko-a.test/daftar\n"));
  EXPECT_THAT(ran.out, HasSubstr("Head          " + log_.Head(3).ToString() + "\n"));
  EXPECT_THAT(ran.out, HasSubstr("\nheads      holds  "));
  EXPECT_THAT(ran.out, HasSubstr("\ndecisions  holds  "));
  EXPECT_THAT(ran.out, Not(HasSubstr("not checked")));
  EXPECT_THAT(ran.out, HasSubstr("Note the head down"));
  const Ran bare = Replay({});
  EXPECT_EQ(bare.code, kExitOk);
  EXPECT_THAT(bare.out, HasSubstr("\ndecisions  not checked  "));
  EXPECT_THAT(bare.out, HasSubstr(decision::DefaultPolicy().Hash().hex()));
}

TEST_F(ReplayBundleTest, Json) {
  decision::Subject subject;
  const Ran ran = Replay({"--policy", "default", "--subject", subject.hex(), "--output", "json"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  const Json document = Json::parse(ran.out);
  std::vector<std::string> names;
  for (const auto& [name, value] : document.items()) names.push_back(name);
  EXPECT_THAT(names, ::testing::ElementsAre(
                         "agrees", "kind", "origin", "circle", "made_at", "signer", "from", "to",
                         "head", "checks", "receipts", "bodies", "agree", "not_replayed",
                         "left_out", "policies", "other_policies_receipts", "differences_count",
                         "differences", "subject", "about_subject_count", "about_subject"));
  EXPECT_EQ(document["agrees"], true);
  EXPECT_EQ(document["kind"], "decisions");
  EXPECT_EQ(document["made_at"], "2026-10-03T04:00:00.000Z");
  EXPECT_EQ(document["head"], log_.Head(3).ToString());
  EXPECT_EQ(document["checks"][0]["check"], "manifest");
  EXPECT_EQ(document["checks"][0]["result"], "not_checked");
  EXPECT_EQ(document["checks"][1]["result"], "holds");
  EXPECT_EQ(document["policies"][0]["receipts"], 3);
  ASSERT_EQ(document["about_subject"].size(), 2u);
  EXPECT_EQ(document["about_subject"][1]["log_index"], 2);
  EXPECT_EQ(document["about_subject"][1]["receipt"], log_.receipts[2].id());
  EXPECT_EQ(document["about_subject"][1]["effect"], "prepay");
}

TEST_F(ReplayBundleTest, CountsWhatWasLeftOut) {
  EXPECT_THAT(Replay({"--policy", "default"}).out,
              HasSubstr("\nLeft out\n  - 3 receipts about buyers that nobody opened"));
  log_.receipts.erase(log_.receipts.begin() + 1);  // its body was deleted
  const std::string later = folder_.File("later.bundle", log_.Bundle(1));
  decision::Subject subject;
  const std::vector<std::string> options = {"--subject", subject.hex()};
  const Ran ran = Replay(options, later);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\nLeft out\n  - 1 receipt from before this export"));
  EXPECT_THAT(ran.out, HasSubstr("  - 1 receipt without a body"));
  EXPECT_THAT(ran.out, HasSubstr("  - 1 receipt made under policies that were not given"));
  EXPECT_THAT(ran.out, Not(HasSubstr("that nobody opened")));  // the one that is left is opened
  const Json json =
      Json::parse(Replay({"--subject", subject.hex(), "--output", "json"}, later).out);
  EXPECT_EQ(json["left_out"], (Json{{"before_from", 1},
                                    {"without_body", 1},
                                    {"not_fitting", 0},
                                    {"policy_not_given", 1},
                                    {"subject_not_opened", 0}}));
}

TEST_F(ReplayBundleTest, AFolderIsTheSame) {
  const auto files = log_.MakeFiles();
  const std::string folder = folder_.path() + "/decisions";
  std::filesystem::create_directory(folder);
  folder_.File("decisions/manifest", log_.MakeManifest(files).Sign(TestEntryKey()));
  folder_.File("decisions/leaves", files.first);
  folder_.File("decisions/receipts", files.second);
  const std::vector<std::string> options = {"--policy", "default", "--entry-vkey", vkey_};
  const Ran ran = Replay(options, folder);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, Replay(options).out);
  std::filesystem::remove(folder + "/leaves");
  EXPECT_NE(Replay(options, folder).code, kExitOk);
  EXPECT_NE(Replay(options, folder_.path()).code, kExitOk);
}

TEST_F(ReplayBundleTest, WhatDoesNotAgreeEndsWith65) {
  log_.receipts[1].body.back() ^= 1;
  const std::string altered = folder_.File("altered.bundle", log_.Bundle());
  const Ran ran = Replay({"--policy", "default"}, altered);
  EXPECT_EQ(ran.code, kExitData);
  EXPECT_THAT(ran.out, HasSubstr("receipts   FAILS"));
  EXPECT_THAT(ran.out, HasSubstr("DOES NOT AGREE\n  - receipt 1 (" + log_.receipts[1].id() + ")"));
  EXPECT_THAT(ran.out, Not(HasSubstr("Nothing failed")));
  DecisionHead head = log_.Head(3);
  head.root.data()[0] ^= 1;
  const Ran other = Replay({"--head", head.ToString(), "--output", "json"});
  EXPECT_EQ(other.code, kExitData);
  EXPECT_EQ(Json::parse(other.out)["agrees"], false);
}

TEST_F(ReplayBundleTest, WhatCannotBeReadEndsWith65AndSaysWhy) {
  const std::string whole = log_.Bundle();
  for (const std::string& text : {whole.substr(0, whole.size() - 1), whole + "x",
                                  whole.substr(0, 40), std::string("daftar-bundle/v1\n")}) {
    const Ran ran = Replay({}, folder_.File("cut.bundle", text));
    EXPECT_EQ(ran.code, kExitData) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("cut.bundle cannot be read as a bundle"));
    EXPECT_EQ(ran.out, "");
  }
}

TEST_F(ReplayBundleTest, WrongOptionsAreTold) {
  const std::string receipt = folder_.File("receipt.json", "{}");
  const std::string head = log_.Head(3).ToString();
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{bundle_, "--head", "3"}, "SIZE:ROOT"},
      {{bundle_, "--entry-vkey", "toko-a.test"}, "--entry-vkey"},
      {{bundle_, "--subject", "0812"}, "64 hexadecimal digits"},
      {{receipt, "--policy", "default", "--head", head}, "exported decision log"},
      {{receipt, "--policy", "default", "--entry-vkey", vkey_}, "exported decision log"},
      {{receipt, "--policy", "default", "--policy", "default"}, "give --policy once"},
  };
  for (const auto& [arguments, said] : wrong) {
    std::vector<std::string> all = {"audit", "replay"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Ran ran = RunCli(all);
    EXPECT_EQ(ran.code, kExitUsage) << said;
    EXPECT_THAT(ran.err, HasSubstr(said));
  }
  EXPECT_EQ(Replay({"--policy", folder_.path() + "/none.toml"}).code, kExitNotFound);
}

TEST_F(ReplayBundleTest, AnotherKindOfBundleIsForVerify) {
  audit::Manifest manifest = log_.MakeManifest({"", ""});
  manifest.kind = audit::BundleKind::kLog;
  manifest.files.clear();
  for (const char* name : {"head", "entries", "bodies", "charters", "cosigners"}) {
    manifest.files.push_back({name, 0, crypto::Sha256(crypto::ByteView())});
  }
  const Ran ran = Replay({}, folder_.File("log.bundle", manifest.Sign(TestEntryKey())));
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("daftar audit verify"));
}

// Sends the log as a node does, in pieces that end anywhere.
grpc::Status Send(const DecisionLog& log, FakeNode::ExportWriter& writer) {
  const auto files = log.MakeFiles();
  for (const auto& [name, text] :
       {std::pair<std::string, const std::string&>{"leaves", files.first},
        {"receipts", files.second}}) {
    v1::ExportLogResponse message;
    message.mutable_file()->set_name(name);
    writer.Write(message);
    constexpr size_t kPiece = 31;
    for (size_t at = 0; at < text.size(); at += kPiece) {
      message.set_chunk(text.substr(at, kPiece));
      writer.Write(message);
    }
  }
  v1::ExportLogResponse last;
  last.set_manifest(log.MakeManifest(files).Sign(TestEntryKey()));
  writer.Write(last);
  return grpc::Status::OK;
}

TEST_F(ReplayBundleTest, WhatANodeExportsIsReplayed) {
  log_.receipts.erase(log_.receipts.begin());  // its body was deleted
  v1::ExportDecisionsRequest asked;
  FakeNode node;
  node.export_decisions = [&](const v1::ExportDecisionsRequest& request,
                              FakeNode::ExportWriter& writer) {
    asked = request;
    return Send(log_, writer);
  };
  const std::string to = folder_.path() + "/exported.bundle";
  const Ran ran = node.Run({"log", "export", "--decisions", "--out", to, "--to", "3"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked.from(), 0u);
  EXPECT_EQ(asked.to(), 3u);
  EXPECT_THAT(ran.out, HasSubstr("the decisions of toko-a.test/daftar from 0 to 3, 3 receipts, "
                                 "2 bodies;"));
  EXPECT_THAT(ran.err, HasSubstr("daftar audit replay " + to));
  EXPECT_EQ(Replay({"--policy", "default", "--entry-vkey", vkey_}, to).code, kExitOk);
  const Ran json = node.Run(
      {"log", "export", "--decisions", "--out", folder_.path() + "/d/", "--output", "json"});
  EXPECT_EQ(Json::parse(json.out)["kind"], "decisions");
  EXPECT_EQ(Json::parse(json.out)["bodies"], 2);
  EXPECT_EQ(Replay({}, folder_.path() + "/d").code, kExitOk);
  for (const char* option : {"--entries", "--open", "--case"}) {
    const Ran refused = node.Run({"log", "export", "--decisions", "--out", to, option, "1"});
    EXPECT_EQ(refused.code, kExitUsage) << option;
    EXPECT_THAT(refused.err, HasSubstr("leave out --entries"));
  }
}

}  // namespace
}  // namespace daftar::cli
