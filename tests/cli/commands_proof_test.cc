#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "cli/console.h"
#include "cli/json.h"
#include "crypto/hash.h"
#include "node/evidence/proofs.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ProofCommandTest : public ::testing::Test {
 protected:
  ProofCommandTest() {
    node_.add_proof = [this](const v1::NewProof& what, const std::string& content, v1::Proof& out) {
      what_ = what;
      contents_.push_back(content);
      if (content == refused_) {
        return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "the file is a program");
      }
      out = Described(content);
      out.set_number(static_cast<uint32_t>(contents_.size()));
      return grpc::Status::OK;
    };
    node_.get_incident = [](const v1::GetIncidentRequest& request,
                            v1::GetIncidentResponse& response) {
      response.mutable_incident()->set_id(request.id());
      response.mutable_incident()->set_state("draft");
      return grpc::Status::OK;
    };
    node_.add_incident = [](const v1::AddIncidentRequest&, v1::AddIncidentResponse& response) {
      response.mutable_incident()->set_id("i7");
      return grpc::Status::OK;
    };
    node_.get_proof = [this](const v1::GetProofRequest& request, const grpc::ServerContext& call,
                             FakeNode::ProofWriter& writer) {
      asked_ = request;
      v1::GetProofResponse message;
      *message.mutable_proof() = Described(sent_);
      writer.Write(message);
      for (const char c : sent_) {
        message.set_chunk(std::string(1, c));
        writer.Write(message);
      }
      if (while_sending_) while_sending_(call);
      return ending_;
    };
  }
  static v1::Proof Described(const std::string& content) {
    v1::Proof proof;
    proof.set_number(3);
    proof.set_kind("invoice");
    proof.set_media_type("application/pdf");
    proof.set_bytes(content.size());
    proof.set_sha256(crypto::Sha256(crypto::AsBytes(content)).hex());
    return proof;
  }
  std::string File(const std::string& name, const std::string& text) {
    return files_.File(name, text);
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(files_.path())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  static std::string TextOf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TestFolder files_;
  v1::NewProof what_;
  std::vector<std::string> contents_;
  std::string refused_ = "refused";
  v1::GetProofRequest asked_;
  std::string sent_ = "%PDF-1.7 faktur";
  std::function<void(const grpc::ServerContext&)> while_sending_;
  grpc::Status ending_ = grpc::Status::OK;
  // Ends first: an interrupted call may still be answered, with all of the above.
  FakeNode node_;
};

TEST_F(ProofCommandTest, AFileIsSentWhole) {
  std::string content(300'000, 'x');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i % 251);
  const std::string file = File("17.pdf", content);
  const Ran ran = node_.Run({"incident", "proof", "add", "i1", file, "--kind", "invoice"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "Attached as proof #1: invoice, application/pdf, 300000 bytes\n");
  ASSERT_EQ(contents_.size(), 1u);
  EXPECT_EQ(contents_[0], content);
  EXPECT_EQ(what_.incident(), "i1");
  EXPECT_EQ(what_.kind(), "invoice");
  EXPECT_EQ(what_.name(), "17.pdf");
  EXPECT_EQ(what_.bytes(), content.size());
  EXPECT_EQ(what_.request_id().size(), 32u);
}

TEST_F(ProofCommandTest, TheNameIsTheShopsOwnOrTheFiles) {
  const std::string file = File("17.pdf", "%PDF-1.7");
  node_.Run({"incident", "proof", "add", "i1", file, "--kind", "invoice", "--name", "page one"});
  EXPECT_EQ(what_.name(), "page one");
  const std::string odd = File("a\nb.pdf", "%PDF-1.7");
  EXPECT_EQ(node_.Run({"incident", "proof", "add", "i1", odd, "--kind", "order"}).code, kExitOk);
  EXPECT_EQ(what_.name(), "");
}

TEST_F(ProofCommandTest, WhatCannotBeProofIsToldWithoutANode) {
  const auto add = [&](const std::string& file, const std::string& kind) {
    return RunCli({"incident", "proof", "add", "i1", file, "--kind", kind}, {"/none", ""});
  };
  const std::string file = File("17.pdf", "%PDF-1.7");
  EXPECT_THAT(add(file, "photo").err, HasSubstr("delivery-note"));
  EXPECT_EQ(add(files_.path() + "/none.pdf", "order").code, kExitNotFound);
  EXPECT_THAT(add(files_.path(), "order").err, HasSubstr("is no plain file"));
  EXPECT_THAT(add(File("empty", ""), "order").err, HasSubstr("is empty"));
  const std::string large = File("large", "x");
  fs::resize_file(large, evidence::kMaxProofFileBytes + 1);
  EXPECT_THAT(add(large, "order").err, HasSubstr("16777217 bytes, more than the 16777216"));
  fs::resize_file(large, evidence::kMaxProofFileBytes);
  EXPECT_THAT(add(large, "order").err, HasSubstr("no folder /none"));
  EXPECT_THAT(node_.Run({"incident", "proof", "add", "i1", file}).err,
              HasSubstr("--kind is needed"));
  EXPECT_THAT(contents_, IsEmpty());
}

TEST_F(ProofCommandTest, WhatTheNodeRefusesNamesTheFile) {
  const std::string file = File("a.exe", refused_);
  const Ran ran = node_.Run({"incident", "proof", "add", "i1", file, "--kind", "order"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr(file + ": the file is a program"));
}

TEST_F(ProofCommandTest, CtrlCEndsTheSending) {
  node_.before_proof = [](const grpc::ServerContext& call, FakeNode::ProofReader&) {
    kill(getpid(), SIGINT);
    while (!call.IsCancelled()) std::this_thread::yield();
  };
  const std::string file = File("17.pdf", "%PDF-1.7");
  const Ran ran = node_.Run({"incident", "proof", "add", "i1", file, "--kind", "order"});
  EXPECT_EQ(ran.code, kExitInterrupted);
  EXPECT_THAT(ran.err, HasSubstr("is not attached"));
}

TEST_F(ProofCommandTest, AnIncidentIsFiledWithItsProof) {
  const std::string a = File("a.pdf", "first");
  const std::string b = File("b=c.txt", "second");
  const Ran ran = node_.Run(
      {"incident", "add", "--order", "o1", "--proof", "invoice=" + a, "--proof", "reminder=" + b});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(contents_, ElementsAre("first", "second"));
  EXPECT_EQ(what_.incident(), "i7");
  EXPECT_EQ(what_.kind(), "reminder");
  EXPECT_THAT(ran.out, HasSubstr("i7"));
}

TEST_F(ProofCommandTest, WhatIsAttachedWhenOneFailsIsToldAndHowToGoOn) {
  const std::string a = File("a.pdf", "first");
  const std::string b = File("b.pdf", refused_);
  const std::string c = File("c.pdf", "third");
  const Ran ran = node_.Run({"incident", "add", "--order", "o1", "--proof", "invoice=" + a,
                             "--proof", "order=" + b, "--proof", "reminder=" + c});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(contents_, ElementsAre("first", refused_));
  EXPECT_THAT(ran.out, HasSubstr("i7"));
  EXPECT_THAT(ran.err, AllOf(HasSubstr("the incident i7 is filed, with 1 of 3 proof files"),
                             HasSubstr("daftar incident proof add i7 " + b + " --kind order"),
                             HasSubstr("daftar incident proof add i7 " + c + " --kind reminder"),
                             Not(HasSubstr("add i7 " + a))));
}

TEST_F(ProofCommandTest, NothingIsFiledWhenAFileCannotBeProof) {
  bool filed = false;
  node_.add_incident = [&](const v1::AddIncidentRequest&, v1::AddIncidentResponse&) {
    filed = true;
    return grpc::Status::OK;
  };
  for (const std::string& proof :
       {std::string("17.pdf"), std::string("=17.pdf"), std::string("invoice="),
        std::string("invoice=/none/17.pdf"), "photo=" + File("17.pdf", "x"),
        "invoice=" + File("17.html", "<!DOCTYPE html><html><body>paid?</body></html>")}) {
    const Ran ran = node_.Run({"incident", "add", "--order", "o1", "--proof", proof});
    EXPECT_NE(ran.code, kExitOk) << proof;
    EXPECT_THAT(ran.err, HasSubstr("--proof")) << proof;
  }
  EXPECT_FALSE(filed);
}

TEST_F(ProofCommandTest, AProofIsWrittenToANewFileForItsOwner) {
  const std::string to = files_.path() + "/out.pdf";
  const Ran ran = node_.Run({"incident", "proof", "get", "i1", "3", "--to", to});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(TextOf(to), sent_);
  EXPECT_EQ(asked_.incident(), "i1");
  EXPECT_EQ(asked_.number(), 3u);
  EXPECT_THAT(ran.out, HasSubstr("on the record"));
  EXPECT_THAT(Names(), ElementsAre("out.pdf"));
  struct stat info = {};
  ASSERT_EQ(stat(to.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(ProofCommandTest, AFileThatIsThereIsLeftAlone) {
  const std::string to = File("out.pdf", "mine");
  EXPECT_EQ(node_.Run({"incident", "proof", "get", "i1", "3", "--to", to}).code, kExitExists);
  EXPECT_EQ(asked_.number(), 0u);  // and nobody is asked
  const std::string late = files_.path() + "/late.pdf";
  while_sending_ = [&](const grpc::ServerContext&) { File("late.pdf", "mine"); };
  EXPECT_EQ(node_.Run({"incident", "proof", "get", "i1", "3", "--to", late}).code, kExitExists);
  EXPECT_EQ(TextOf(late), "mine");
  EXPECT_THAT(Names(), ::testing::UnorderedElementsAre("out.pdf", "late.pdf"));
}

TEST_F(ProofCommandTest, WhatDidNotComeWholeIsNotKept) {
  const std::string to = files_.path() + "/out.pdf";
  ending_ = {grpc::StatusCode::DATA_LOSS, "the sealed file is damaged"};
  EXPECT_EQ(node_.Run({"incident", "proof", "get", "i1", "3", "--to", to}).code, kExitData);
  EXPECT_THAT(Names(), IsEmpty());
  node_.get_proof = [](const v1::GetProofRequest&, const grpc::ServerContext&,
                       FakeNode::ProofWriter& writer) {
    v1::GetProofResponse message;
    *message.mutable_proof() = Described("what was announced");
    writer.Write(message);
    message.set_chunk("what came");
    writer.Write(message);
    return grpc::Status::OK;
  };
  EXPECT_EQ(node_.Run({"incident", "proof", "get", "i1", "3", "--to", to}).code, kExitData);
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(ProofCommandTest, CtrlCLeavesNothing) {
  const std::string to = files_.path() + "/out.pdf";
  while_sending_ = [](const grpc::ServerContext& call) {
    kill(getpid(), SIGINT);
    while (!call.IsCancelled()) std::this_thread::yield();
  };
  EXPECT_EQ(node_.Run({"incident", "proof", "get", "i1", "3", "--to", to}).code, kExitInterrupted);
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(ProofCommandTest, ProofsAreListed) {
  EXPECT_THAT(node_.Run({"incident", "proof", "list", "i1"}).out,
              HasSubstr("daftar incident proof add i1 FILE --kind KIND"));
  node_.get_incident = [](const v1::GetIncidentRequest&, v1::GetIncidentResponse& response) {
    response.mutable_incident()->set_id("i1");
    *response.mutable_incident()->add_proofs() = Described("12");
    return grpc::Status::OK;
  };
  EXPECT_THAT(node_.Run({"incident", "proof", "list", "i1"}).out,
              AllOf(HasSubstr("#3"), HasSubstr("application/pdf"), HasSubstr("2 bytes")));
  EXPECT_THAT(node_.Run({"incident", "show", "i1"}).out, HasSubstr("\nProof\n  #3  invoice"));
  const auto json =
      Json::parse(node_.Run({"incident", "proof", "list", "i1", "--output", "json"}).out);
  EXPECT_EQ(json["incident"], "i1");
  ASSERT_EQ(json["proofs"].size(), 1u);
  EXPECT_EQ(json["proofs"][0]["number"], 3);
  EXPECT_EQ(json["proofs"][0]["bytes"], 2);
  EXPECT_EQ(json["proofs"][0]["name"], nullptr);
}

TEST_F(ProofCommandTest, RemovingNeedsAReason) {
  v1::RemoveProofRequest asked;
  node_.remove_proof = [&](const v1::RemoveProofRequest& request, v1::RemoveProofResponse&) {
    asked = request;
    return grpc::Status::OK;
  };
  EXPECT_EQ(node_.Run({"incident", "proof", "remove", "i1", "2"}).code, kExitUsage);
  EXPECT_EQ(node_.Run({"incident", "proof", "remove", "i1", "0", "--because", "x"}).code,
            kExitUsage);
  EXPECT_EQ(asked.number(), 0u);
  EXPECT_EQ(node_.Run({"incident", "proof", "remove", "i1", "2", "--because", "wrong"}).code,
            kExitOk);
  EXPECT_EQ(asked.incident(), "i1");
  EXPECT_EQ(asked.number(), 2u);
  EXPECT_EQ(asked.because(), "wrong");
}

}  // namespace
}  // namespace daftar::cli
