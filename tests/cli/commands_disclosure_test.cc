#include "cli/commands_disclosure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kId[] = "000102030405060708090a0b0c0d0e0f";

class DisclosureCommandTest : public ::testing::Test {
 protected:
  DisclosureCommandTest() {
    node_.ask_for_proof = [this](const v1::AskForProofRequest& request,
                                 v1::AskForProofResponse& response) {
      asked_ = request;
      *response.mutable_asked() = Asked("waiting");
      return grpc::Status::OK;
    };
    node_.fetch_asked_proof = [this](const v1::FetchAskedProofRequest& request,
                                     v1::FetchAskedProofResponse& response) {
      EXPECT_EQ(request.id(), kId);
      *response.mutable_asked() = Asked(state_);
      return grpc::Status::OK;
    };
    node_.get_partner_proof = [this](const v1::GetPartnerProofRequest& request,
                                     FakeNode::PartnerProofWriter& writer) {
      v1::GetPartnerProofResponse message;
      message.mutable_proof()->set_number(request.number());
      writer.Write(message);
      message.set_chunk("file " + std::to_string(request.number()).substr(0, cut_));
      writer.Write(message);
      return grpc::Status::OK;
    };
    node_.disclose_proof = [this](const v1::DiscloseProofRequest& request,
                                  v1::DiscloseProofResponse& response) {
      disclosed_ = request;
      *response.mutable_request() = Requested();
      return grpc::Status::OK;
    };
    node_.refuse_proof = [this](const v1::RefuseProofRequest& request, v1::RefuseProofResponse&) {
      refused_ = request;
      return grpc::Status::OK;
    };
    node_.list_proof_requests = [this](const v1::ListProofRequestsRequest& request,
                                       v1::ListProofRequestsResponse& response) {
      listed_ = request;
      *response.add_requests() = Requested();
      return grpc::Status::OK;
    };
  }
  static v1::AskedProof Asked(const std::string& state) {
    auto asked = Proto<v1::AskedProof>(
        R"(partner: "toko-a.example" log_index: 12 because: "large" asked_by: "user:ani"
           kept_until: "2026-12-31" withheld: 1
           files { number: 1 kind: "invoice" media_type: "application/pdf" bytes: 6 digest: "aa" }
           files { number: 2 kind: "reminder" media_type: "text/plain" bytes: 6 digest: "bb" })");
    asked.set_id(kId);
    asked.set_state(state);
    if (state != "fetched") asked.clear_files();
    return asked;
  }
  static v1::ProofRequest Requested() {
    auto request = Proto<v1::ProofRequest>(
        R"(incident: "i1" partner: "toko-b.example" why: "a large order" asked_at: "2026-11-01"
           state: "disclosed" open: true open_until: "2026-11-08" decided_by: "user:ani"
           because: "large" files { number: 1 kind: "invoice" digest: "aa" }
           files { number: 3 kind: "reminder" digest: "bb" }
           fetched_at: "2026-11-02" fetched_at: "2026-11-03" log_index: 2)");
    request.set_id(kId);
    return request;
  }
  std::vector<std::string> AskWords(bool yes) {
    std::vector<std::string> words{"proof",          "ask",       "toko-a.example",
                                   "--entry",        "#12",       "--phone",
                                   "0812-3456-7890", "--because", "large"};
    if (yes) words.emplace_back("--yes");
    return words;
  }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(files_.path())) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TestFolder files_;
  std::optional<v1::AskForProofRequest> asked_;
  v1::DiscloseProofRequest disclosed_;
  v1::RefuseProofRequest refused_;
  v1::ListProofRequestsRequest listed_;
  std::string state_ = "fetched";
  size_t cut_ = 1;
  std::chrono::system_clock::duration left_{};  // of a fetch, when it came
  FakeNode node_;
};

TEST_F(DisclosureCommandTest, NothingIsAskedBeforeSomebodySaysYes) {
  // Nobody sits at a terminal.
  const Ran ran = node_.Run(AskWords(false));
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("proof ask tells toko-a.example that your shop asks about this "
                                 "person: add --yes"));
  EXPECT_FALSE(asked_.has_value());
  for (const auto& [answer, goes] : {std::pair("no\n", false), std::pair("yes\n", true)}) {
    std::istringstream in(answer);
    std::ostringstream out;
    std::ostringstream err;
    Console console{in, out, err};
    console.in_is_terminal = true;
    const int code = RunDaftar(AskWords(false), {node_.dir(), ""}, console);
    EXPECT_EQ(code == kExitOk, goes) << err.str();
    EXPECT_THAT(err.str(), HasSubstr("toko-a.example learns that your shop asks about this person, "
                                     "and why.\nAsk? Type yes: "));
    EXPECT_EQ(asked_.has_value(), goes);
  }
}

TEST_F(DisclosureCommandTest, AskSendsPartnerEntryAndBuyer) {
  const Ran ran = node_.Run(AskWords(true));
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked_->partner(), "toko-a.example");
  EXPECT_EQ(asked_->log_index(), 12u);
  EXPECT_EQ(asked_->because(), "large");
  ASSERT_EQ(asked_->identifiers_size(), 1);
  EXPECT_EQ(asked_->identifiers(0).phone(), "0812-3456-7890");
  EXPECT_EQ(asked_->request_id().size(), 32u);
  EXPECT_THAT(ran.out, HasSubstr("Asked toko-a.example for the proof of its entry #12.\n"));
  EXPECT_THAT(ran.out, HasSubstr(std::string("daftar proof get ") + kId + " --to DIR"));
}

TEST_F(DisclosureCommandTest, AskWithoutEntryBuyerOrReasonIsToldWithoutANode) {
  const auto run = [](std::vector<std::string> words) { return RunCli(words, {"/none", ""}).err; };
  EXPECT_THAT(run({"proof", "ask", "a", "--phone", "0812", "--because", "x", "--yes"}),
              HasSubstr("--entry is needed"));
  EXPECT_THAT(run({"proof", "ask", "a", "--entry", "1", "--because", "x", "--yes"}),
              HasSubstr("identifier"));
  EXPECT_THAT(run({"proof", "ask", "a", "--entry", "1", "--phone", "0812", "--yes"}),
              HasSubstr("--because"));
  EXPECT_THAT(run({"proof", "ask", "a", "--entry", "1", "--phone", "0812", "--yes", "--because",
                   std::string(201, 'x')}),
              HasSubstr("at most 200 bytes"));
}

TEST_F(DisclosureCommandTest, GetWritesEachFileIntoAFolder) {
  const Ran ran = node_.Run({"proof", "get", kId, "--to", files_.path()});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(Files(), ElementsAre("proof-1-invoice.pdf", "proof-2-reminder.txt"));
  std::ifstream in(files_.path() + "/proof-2-reminder.txt");
  std::string content{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(content, "file 2");
  EXPECT_THAT(ran.out, HasSubstr("1 file of the report was not handed out."));
  EXPECT_THAT(ran.out, HasSubstr("That you read them is on the record."));
  // What is there is left alone.
  EXPECT_NE(node_.Run({"proof", "get", kId, "--to", files_.path()}).code, kExitOk);
}

TEST_F(DisclosureCommandTest, GetWritesOneFile) {
  const std::string file = files_.path() + "/one.txt";
  EXPECT_THAT(node_.Run({"proof", "get", kId, "--to", file}).err, HasSubstr("is no folder"));
  EXPECT_THAT(node_.Run({"proof", "get", kId, "--number", "3", "--to", file}).err,
              HasSubstr("no file number 3"));
  const Ran ran =
      node_.Run({"--output", "json", "proof", "get", kId, "--number", "2", "--to", file});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"file\": \"" + file + "\""));
  EXPECT_THAT(ran.out, HasSubstr("\"withheld\": 1"));
  EXPECT_THAT(Files(), ElementsAre("one.txt"));
}

TEST_F(DisclosureCommandTest, GetLeavesNothingOfAFileThatCameShort) {
  cut_ = 0;
  const Ran ran =
      node_.Run({"proof", "get", kId, "--number", "2", "--to", files_.path() + "/one.txt"});
  EXPECT_THAT(ran.err, HasSubstr("not the file that the node announced"));
  EXPECT_TRUE(Files().empty());
}

TEST_F(DisclosureCommandTest, GetWaitsWhileTheNodeFetches) {
  node_.fetch_asked_proof = [this](const v1::FetchAskedProofRequest&,
                                   v1::FetchAskedProofResponse& response) {
    left_ = node_.deadline - std::chrono::system_clock::now();
    *response.mutable_asked() = Asked("refused");
    return grpc::Status::OK;
  };
  EXPECT_THAT(node_.Run({"proof", "get", kId, "--to", files_.path(), "--timeout", "1"}).err,
              HasSubstr("does not hand out this proof"));
  EXPECT_GT(left_, std::chrono::minutes(10));
}

TEST_F(DisclosureCommandTest, GetTellsWhyThereIsNothing) {
  const std::pair<const char*, const char*> cases[] = {
      {"waiting", "has decided yet"},
      {"refused", "does not hand out this proof"},
      {"lapsed", "the request lapsed"},
      {"over", "were kept for 30 days"},
      {"rejected", "is not what its report commits to"}};
  for (const auto& [state, words] : cases) {
    state_ = state;
    const Ran ran = node_.Run({"proof", "get", kId, "--to", files_.path()});
    EXPECT_NE(ran.code, kExitOk) << state;
    EXPECT_THAT(ran.err, HasSubstr(words));
  }
}

TEST_F(DisclosureCommandTest, RequestsAreListedAndDecided) {
  Ran ran = node_.Run({"proof", "requests"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_FALSE(listed_.all());
  EXPECT_THAT(ran.out, HasSubstr("toko-b.example"));
  EXPECT_THAT(ran.out, HasSubstr("a large order"));
  node_.Run({"proof", "requests", "--all", "--limit", "5"});
  EXPECT_TRUE(listed_.all());
  EXPECT_EQ(listed_.page_size(), 5u);

  ran = node_.Run({"proof", "disclose", kId, "--number", "1", "--number", "3", "--because", "y"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(disclosed_.id(), kId);
  EXPECT_THAT(disclosed_.numbers(), ElementsAre(1u, 3u));
  EXPECT_EQ(disclosed_.because(), "y");
  EXPECT_THAT(ran.out, HasSubstr("#1, #3"));
  EXPECT_THAT(ran.out, HasSubstr("fetched 2026-11-03 (2 times)"));
  EXPECT_THAT(node_.Run({"proof", "disclose", kId}).err, HasSubstr("--because"));

  EXPECT_EQ(node_.Run({"proof", "refuse", kId, "--because", "small"}).code, kExitOk);
  EXPECT_EQ(refused_.because(), "small");
  EXPECT_THAT(node_.Run({"proof", "refuse", kId}).err, HasSubstr("--because"));
}

TEST_F(DisclosureCommandTest, WhatWasAskedIsListed) {
  node_.list_asked_proof = [](const v1::ListAskedProofRequest&,
                              v1::ListAskedProofResponse& response) {
    *response.add_asked() = Asked("fetched");
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"proof", "asked"});
  EXPECT_THAT(ran.out, HasSubstr("toko-a.example"));
  EXPECT_THAT(ran.out, HasSubstr("#12"));
  EXPECT_THAT(node_.Run({"--output", "json", "proof", "asked"}).out,
              HasSubstr("\"log_index\": 12"));
}

TEST_F(DisclosureCommandTest, AnIncidentShowsWhoGotItsProof) {
  node_.get_incident = [](const v1::GetIncidentRequest&, v1::GetIncidentResponse& response) {
    response.mutable_incident()->set_id("i1");
    response.mutable_incident()->set_reason("deposit-unsettled");
    *response.mutable_incident()->add_proof_requests() = Requested();
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"incident", "show", "i1"});
  EXPECT_THAT(ran.out, HasSubstr("Asked for by partners\n"));
  EXPECT_THAT(ran.out, HasSubstr("toko-b.example"));
  EXPECT_THAT(ran.out, HasSubstr("#1, #3"));
  EXPECT_THAT(node_.Run({"--output", "json", "incident", "show", "i1"}).out,
              HasSubstr("\"proof_requests\""));
}

}  // namespace
}  // namespace daftar::cli
