#include "cli/commands_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "cli/console.h"
#include "cli/json.h"
#include "crypto/hash.h"
#include "crypto/note.h"
#include "node/audit/manifest.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

std::string Repeated(char c, size_t count) { return std::string(count, c); }

// Two bodies of `bodies`, and what surrounds them.
std::string TwoBodies() {
  const crypto::Bytes body(300, 7);
  return std::string(
      crypto::AsText(crypto::Writer().U64(0).Prefixed16(body).U64(4).Prefixed16(body).bytes()));
}

class LogCommandTest : public ::testing::Test {
 protected:
  LogCommandTest() {
    files_ = {{"head", "a head\n"},    {"entries", Repeated('e', 3000)},
              {"bodies", TwoBodies()}, {"charters", ""},
              {"cosigners", ""},       {"openings", Repeated('k', 40)}};
    Sign();
    node_.export_log = [this](const v1::ExportLogRequest& request, const grpc::ServerContext& call,
                              FakeNode::ExportWriter& writer) {
      asked_ = request;
      deadline_ = call.deadline();
      for (const auto& [name, text] : files_) {
        v1::ExportLogResponse message;
        message.mutable_file()->set_name(name);
        writer.Write(message);
        constexpr size_t kPiece = 7;  // records do not end where messages do
        for (size_t at = 0; at < text.size(); at += kPiece) {
          message.set_chunk(text.substr(at, kPiece));
          writer.Write(message);
        }
      }
      if (while_sending_) while_sending_(call);
      v1::ExportLogResponse last;
      last.set_manifest(manifest_);
      if (!manifest_.empty()) writer.Write(last);
      return ending_;
    };
  }
  // The manifest over the files as they are now.
  void Sign() {
    crypto::Secret32 seed;
    auto key = crypto::SigningKey::FromSeed(seed);
    audit::Manifest manifest;
    manifest.origin = "toko-a.test/daftar";
    manifest.made_at = 1'790'813'100;
    manifest.to = 10;
    for (const auto& [name, text] : files_) {
      manifest.files.push_back({name, text.size(), crypto::Sha256(crypto::AsBytes(text))});
    }
    manifest_ = manifest.Sign(key);
  }
  // The head with a line under each of these names.
  void SignHead(const std::vector<std::string>& names) {
    crypto::Note note;
    note.text = "toko-a.test/daftar\n10\nroot\n";
    for (const std::string& name : names) {
      note.signatures.push_back({name, {}, crypto::Bytes(64, 7)});
    }
    files_[0].second = note.ToString();
    Sign();
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  static std::string TextOf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static unsigned ModeOf(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(stat(path.c_str(), &info), 0);
    return info.st_mode & 0777;
  }
  Ran Export(std::vector<std::string> more) {
    more.insert(more.begin(), {"log", "export"});
    return node_.Run(more);
  }

  TestFolder folder_;
  std::vector<std::pair<std::string, std::string>> files_;  // in their order
  std::string manifest_;
  v1::ExportLogRequest asked_;
  std::chrono::system_clock::time_point deadline_;
  std::function<void(const grpc::ServerContext&)> while_sending_;
  grpc::Status ending_ = grpc::Status::OK;
  // Ends first: an interrupted call may still be answered, with all of the above.
  FakeNode node_;
};

TEST_F(LogCommandTest, OneFileBeginsWithTheManifest) {
  const std::string to = Path("log.bundle");
  const Ran ran = Export({"--out", to});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  std::string expected = manifest_;
  for (const auto& [name, text] : files_) expected += text;
  EXPECT_EQ(TextOf(to), expected);
  EXPECT_EQ(ModeOf(to), 0600U);
  EXPECT_THAT(Names(), ElementsAre("log.bundle"));
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("the log of toko-a.test/daftar from 0 to 10, 10 entries, 2 bodies; " +
                              std::to_string(expected.size()) + " bytes."),
                    HasSubstr("opens 1 report"), HasSubstr("not about whom")));
  EXPECT_THAT(ran.err, AllOf(HasSubstr("daftar audit verify " + to + " --policy POLICY"),
                             HasSubstr("log export --from 10")));
  EXPECT_LE(deadline_, std::chrono::system_clock::now() + std::chrono::hours(1));
}

TEST_F(LogCommandTest, AHeadWithoutCosignaturesIsToldWithWhatToDo) {
  constexpr char kNone[] = "No partner has cosigned the head of this bundle, of 10 entries: ";
  SignHead({"toko-a.test/daftar", "toko-a.test/daftar/self", "toko-b.test/daftar/mirror"});
  EXPECT_THAT(Export({"--out", Path("cosigned")}).err, Not(HasSubstr("No partner")));
  SignHead({"toko-a.test/daftar"});
  const Ran earlier = Export({"--out", Path("earlier"), "--to", "10"});
  EXPECT_EQ(earlier.code, kExitOk) << earlier.err;
  EXPECT_THAT(earlier.err, AllOf(HasSubstr(kNone), HasSubstr("fails at 'quorum'"),
                                 HasSubstr("leave out --to"), HasSubstr("Next: ")));
  SignHead({"toko-a.test/daftar", "toko-a.test/daftar/self"});
  const Ran newest = Export({"--out", Path("newest")});
  EXPECT_THAT(newest.err, AllOf(HasSubstr(kNone), HasSubstr("Export again once partners have"),
                                Not(HasSubstr("--to"))));
}

TEST_F(LogCommandTest, AFolderHoldsTheFiles) {
  fs::create_directory(Path("empty"));
  for (const std::string folder : {"empty", "new/"}) {
    const Ran ran = Export({"--out", Path(folder)});
    EXPECT_EQ(ran.code, kExitOk) << ran.err;
    EXPECT_EQ(TextOf(Path(folder) + "/manifest"), manifest_);
    for (const auto& [name, text] : files_) {
      EXPECT_EQ(TextOf(Path(folder) + "/" + name), text);
      EXPECT_EQ(ModeOf(Path(folder) + "/" + name), 0600U);
    }
    const auto count = std::distance(fs::directory_iterator(Path(folder)), {});
    EXPECT_EQ(static_cast<size_t>(count), files_.size() + 1);
  }
  EXPECT_EQ(ModeOf(Path("new")), 0700U);
}

TEST_F(LogCommandTest, WhatIsAskedForGoesToTheNode) {
  EXPECT_EQ(
      Export({"--out", Path("a"), "--from", "3", "--to", "9", "--open", "4,7", "--case", "0011"})
          .code,
      kExitOk);
  EXPECT_EQ(asked_.from(), 3u);
  EXPECT_EQ(asked_.to(), 9u);
  EXPECT_THAT(asked_.open(), ElementsAre(4u, 7u));
  EXPECT_EQ(asked_.case_id(), "0011");
  EXPECT_EQ(Export({"--out", Path("b"), "--entries", "12,40"}).code, kExitOk);
  EXPECT_THAT(asked_.entries(), ElementsAre(12u, 40u));
}

TEST_F(LogCommandTest, WrongUseIsToldWithoutANode) {
  node_.Stop();
  const std::vector<std::vector<std::string>> wrong{
      {},
      {"--out", Path("a"), "--from", "-1"},
      {"--out", Path("a"), "--from", "9223372036854775808"},
      {"--out", Path("a"), "--to", "0"},
      {"--out", Path("a"), "--entries", "12,"},
      {"--out", Path("a"), "--entries", ",12"},
      {"--out", Path("a"), "--entries", "1 2"},
      {"--out", Path("a"), "--entries", "1-2"},
      {"--out", Path("a"), "--open", "x"},
      {"--out", Path("a"), "--entries", "3", "--from", "2"},
      {"--out", Path("a"), "--fork", "toko-b.test", "--from", "2"}};
  for (const auto& options : wrong) {
    const Ran ran = Export(options);
    EXPECT_EQ(ran.code, kExitUsage) << ::testing::PrintToString(options) << ran.err;
  }
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(LogCommandTest, WhatIsThereIsReplacedOnlyWhenAsked) {
  const std::string to = folder_.File("log.bundle", "mine");
  for (const std::vector<std::string>& what :
       {std::vector<std::string>{}, {"--decisions"}, {"--fork", "toko-b.test"}}) {
    std::vector<std::string> options{"--out", to};
    options.insert(options.end(), what.begin(), what.end());
    const Ran ran = Export(options);
    EXPECT_EQ(ran.code, kExitExists);
    EXPECT_THAT(ran.err, HasSubstr(to + " is there already; name another file, or replace it with "
                                        "--force"));
  }
  EXPECT_EQ(TextOf(to), "mine");
  EXPECT_EQ(Export({"--out", to, "--force"}).code, kExitOk);
  EXPECT_TRUE(TextOf(to).starts_with(manifest_));
  fs::create_directory(Path("full"));
  std::ofstream(Path("full/mine")) << "mine";
  EXPECT_THAT(Export({"--out", Path("full")}).err, Not(HasSubstr("--force")));
  EXPECT_EQ(Export({"--out", Path("full"), "--force"}).code, kExitExists);
  EXPECT_EQ(Export({"--out", Path("full/"), "--force"}).code, kExitExists);
  EXPECT_EQ(Export({"--out", Path("none/log.bundle")}).code, kExitNotFound);
  EXPECT_EQ(Export({"--out", Path("none/log/")}).code, kExitNotFound);
  EXPECT_THAT(Names(), UnorderedElementsAre("log.bundle", "full"));
}

TEST_F(LogCommandTest, NothingIsLeftOfWhatIsNotWhole) {
  const std::string good = manifest_;
  const auto fails = [&](int code) {
    for (const char* to : {"log.bundle", "log/"}) {
      const Ran ran = Export({"--out", Path(to)});
      EXPECT_EQ(ran.code, code) << ran.err;
      EXPECT_THAT(Names(), IsEmpty());
    }
  };
  ending_ = {grpc::StatusCode::RESOURCE_EXHAUSTED, "another export is under way"};
  manifest_.clear();
  fails(kExitTryAgain);
  ending_ = grpc::Status::OK;
  fails(kExitData);  // no manifest
  manifest_ = good + "x";
  fails(kExitData);
  manifest_ = good;
  files_[1].second[5] = 'f';  // not what the manifest says
  fails(kExitData);
  files_[1] = {"../entries", ""};
  fails(kExitData);
  files_.erase(files_.begin() + 1);
  fails(kExitData);
}

TEST_F(LogCommandTest, CtrlCLeavesNothing) {
  while_sending_ = [](const grpc::ServerContext& call) {
    kill(getpid(), SIGINT);
    while (!call.IsCancelled()) std::this_thread::yield();
  };
  fs::create_directory(Path("empty"));
  for (const char* to : {"log.bundle", "log/", "empty"}) {
    EXPECT_EQ(Export({"--out", Path(to)}).code, kExitInterrupted);
    EXPECT_THAT(Names(), ElementsAre("empty"));
    EXPECT_TRUE(fs::is_empty(Path("empty")));
  }
}

TEST_F(LogCommandTest, InJson) {
  const std::string to = Path("log.bundle");
  const Json json = Json::parse(Export({"--out", to, "--output", "json"}).out);
  EXPECT_EQ(json, (Json{{"file", to},
                        {"kind", "log"},
                        {"origin", "toko-a.test/daftar"},
                        {"from", 0},
                        {"to", 10},
                        {"bytes", fs::file_size(to)},
                        {"files", 6},
                        {"bodies", 2},
                        {"opened", 1},
                        {"case", false},
                        {"cosignatures", nullptr}}));  // its head is no note
  SignHead({"toko-a.test/daftar", "toko-a.test/daftar/self", "toko-b.test/daftar/mirror"});
  EXPECT_EQ(Json::parse(Export({"--out", Path("b"), "--output", "json"}).out)["cosignatures"], 1);
}

TEST_F(LogCommandTest, ForkEvidenceIsWrittenAsItComes) {
  node_.export_fork = [](const v1::ExportForkRequest& request, v1::ExportForkResponse& response) {
    if (request.origin() != "toko-b.test") {
      return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "its log is not forked");
    }
    response.set_evidence("daftar-fork/v1\nrest");
    return grpc::Status::OK;
  };
  const Ran ran = Export({"--out", Path("fork"), "--fork", "toko-b.test"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(TextOf(Path("fork")), "daftar-fork/v1\nrest");
  EXPECT_THAT(ran.out, HasSubstr("toko-b.test has signed"));
  EXPECT_EQ(Export({"--out", Path("none"), "--fork", "toko-c.test"}).code, kExitPrecondition);
  EXPECT_THAT(Names(), ElementsAre("fork"));
}

TEST_F(LogCommandTest, ThePolicyIsPrintedAsItIs) {
  node_.get_log_policy = [](const v1::GetLogPolicyRequest&, v1::GetLogPolicyResponse& response) {
    response.set_policy("# a comment\nlog vkey\nquorum none\n");
    return grpc::Status::OK;
  };
  EXPECT_EQ(node_.Run({"log", "policy"}).out, "# a comment\nlog vkey\nquorum none\n");
  EXPECT_EQ(Json::parse(node_.Run({"log", "policy", "--output", "json"}).out)["policy"],
            "# a comment\nlog vkey\nquorum none\n");
}

TEST_F(LogCommandTest, TheHeadIsTheNoteAloneAndWhoCosignedItStandsBeside) {
  node_.get_log_head = [](const v1::GetLogHeadRequest&, v1::GetLogHeadResponse& response) {
    response.set_note("toko-a.test\n3\nroot=\n\n— toko-a.test AAAA\n");
    response.set_signed_at("2026-11-01T08:00:00Z");
    v1::LogCosignature* one = response.add_cosignatures();
    one->set_witness("toko-b.test");
    one->set_at("2026-11-01T08:00:07Z");
    response.set_head_vkey("toko-a.test+01+HEAD");
    response.set_self_vkey("toko-a.test/self+02+SELF");
    response.set_mirror_vkey("toko-a.test/mirror+03+MIRROR");
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"log", "head"});
  EXPECT_EQ(ran.out, "toko-a.test\n3\nroot=\n\n— toko-a.test AAAA\n");
  EXPECT_EQ(ran.err,
            "Signed by the shop at 2026-11-01T08:00:00Z; cosigned by 1 partner:\n"
            "  toko-b.test at 2026-11-01T08:00:07Z\n"
            "This node's keys, as a policy takes them:\n"
            "  Heads         toko-a.test+01+HEAD\n"
            "  Timestamps    toko-a.test/self+02+SELF\n"
            "  As a witness  toko-a.test/mirror+03+MIRROR\n");
  EXPECT_EQ(Json::parse(node_.Run({"log", "head", "--output", "json"}).out)["cosignatures"],
            Json::parse(R"([{"witness":"toko-b.test","at":"2026-11-01T08:00:07Z"}])"));
}

}  // namespace
}  // namespace daftar::cli
