#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/console.h"
#include "cli/json.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RecoverTest : public ::testing::Test {
 protected:
  RecoverTest() {
    for (const uint64_t entries : {5, 9}) {
      v1::RecoverLogResponse message;
      message.set_partner("toko-b.test");
      message.set_entries(entries);
      message.set_total(9);
      node_.recovery_progress.push_back(std::move(message));
    }
    node_.recover_log = [this](const v1::RecoverLogRequest& request,
                               v1::RecoverLogResponse& response) {
      asked_ = request;
      response.set_finished(true);
      response.set_origin("toko-a.test");
      response.set_log_size(9);
      response.add_said("4 entries were taken back, 9 are there now");
      return grpc::Status::OK;
    };
  }
  v1::RecoverLogRequest asked_;
  FakeNode node_;
};

TEST_F(RecoverTest, WhatWasDoneIsSaid) {
  const Ran ran = node_.Run({"log", "recover", "--because", "the disk died"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("The log of toko-a.test is back, with 9 entries."),
                             HasSubstr("4 entries were taken back")));
  EXPECT_EQ(asked_.because(), "the disk died");
  EXPECT_EQ(asked_.code(), "");
  EXPECT_NE(asked_.request_id(), "");
  const Ran json = node_.Run({"log", "recover", "--because", "x", "--output", "json"});
  const Json said = Json::parse(json.out);
  EXPECT_EQ(said["origin"], "toko-a.test");
  EXPECT_EQ(said["log_size"], 9);
  EXPECT_EQ(said["said"].size(), 1U);
}

TEST_F(RecoverTest, ACodeGoesAlong) {
  const Ran ran = node_.Run({"log", "recover", "--code", "daftar1-AA", "--because", "x"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked_.code(), "daftar1-AA");
}

TEST_F(RecoverTest, WhatBelongsToANewLogNeedsItsName) {
  const Ran ran = node_.Run({"log", "recover", "--database-lost", "--because", "x"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("--new-log ORIGIN"));
}

TEST_F(RecoverTest, ARefusalIsTheNodes) {
  node_.recover_log = [](const v1::RecoverLogRequest&, v1::RecoverLogResponse&) {
    return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "the log is whole");
  };
  const Ran ran = node_.Run({"log", "recover", "--because", "x"});
  EXPECT_EQ(ran.code, 78);
  EXPECT_THAT(ran.err, HasSubstr("the log is whole"));
}

TEST_F(RecoverTest, AnEndBeforeTheLastMessageIsNoSuccess) {
  node_.recover_log = [](const v1::RecoverLogRequest&, v1::RecoverLogResponse& response) {
    response.set_entries(7);
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"log", "recover", "--because", "x"});
  EXPECT_EQ(ran.code, kExitInterrupted);
  EXPECT_THAT(ran.err, HasSubstr("goes on from there"));
}

}  // namespace
}  // namespace daftar::cli
