#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/json.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

v1::RelayedDispute Dispute(const std::string& state) {
  v1::RelayedDispute dispute;
  dispute.set_origin("toko-b.example");
  dispute.set_entry(42);
  dispute.set_disputed_on("2026-11-20");
  dispute.set_relayed_at("2026-11-20T08:00:00.000Z");
  dispute.set_relayed_by("user:siti");
  dispute.set_state(state);
  dispute.set_others(3);
  dispute.set_others_told(2);
  return dispute;
}

class RelayCommandTest : public ::testing::Test {
 protected:
  RelayCommandTest() {
    node_.dispute_at_partner = [this](const v1::DisputeAtPartnerRequest& request,
                                      v1::DisputeAtPartnerResponse& response) {
      asked_ = request;
      *response.add_disputes() = Dispute(answered_);
      return grpc::Status::OK;
    };
    node_.list_relayed_disputes = [this](const v1::ListRelayedDisputesRequest& request,
                                         v1::ListRelayedDisputesResponse& response) {
      limit_ = request.limit();
      for (const v1::RelayedDispute& dispute : listed_) *response.add_disputes() = dispute;
      return grpc::Status::OK;
    };
  }
  FakeNode node_;
  v1::DisputeAtPartnerRequest asked_;
  std::vector<v1::RelayedDispute> listed_;
  std::string answered_ = "waiting";
  uint32_t limit_ = 0;
};

TEST_F(RelayCommandTest, WhatWasTypedIsSentAndSaysWhatThePartnerLearns) {
  const Ran ran = node_.Run({"partner", "dispute", "toko-b.example", "--phone", "0812-3456-7890",
                             "--entry", "42", "--disputed-on", "2026-11-20"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(asked_.origin(), "toko-b.example");
  ASSERT_EQ(asked_.identifiers_size(), 1);
  EXPECT_EQ(asked_.entry(), 42u);
  EXPECT_EQ(asked_.on(), "2026-11-20");
  EXPECT_FALSE(asked_.request_id().empty());
  EXPECT_THAT(ran.out, AllOf(HasSubstr("Entry 42 of toko-b.example does not count here any more"),
                             HasSubstr("has not answered yet")));
  EXPECT_THAT(ran.err, HasSubstr("learns that this shop knows the person"));
  EXPECT_EQ(ran.out.find("3456"), std::string::npos);
}

TEST_F(RelayCommandTest, WithoutAnEntryAllAreMeant) {
  EXPECT_EQ(
      node_.Run({"partner", "dispute", "toko-b.example", "--phone", "-"}, "", "0812-3456-7890\n")
          .code,
      0);
  EXPECT_FALSE(asked_.has_entry());
}

TEST_F(RelayCommandTest, OfWhatWasResolvedItIsNotSaidThatItDoesNotCount) {
  answered_ = "resolved";  // a repeated request, answered as it stands by now
  const Ran ran = node_.Run({"partner", "dispute", "toko-b.example", "--phone", "0812-3456-7890"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Entry 42 of toko-b.example: resolved by the partner since."));
}

TEST_F(RelayCommandTest, WhatIsMissingOrMalformedIsTold) {
  EXPECT_EQ(node_.Run({"partner", "dispute", "toko-b.example"}).code, kExitUsage);
  EXPECT_EQ(node_
                .Run({"partner", "dispute", "toko-b.example", "--phone", "0812-3456-7890",
                      "--entry", "first"})
                .code,
            kExitUsage);
  EXPECT_EQ(node_
                .Run({"partner", "dispute", "toko-b.example", "--phone", "0812-3456-7890",
                      "--disputed-on", "20.11.2026"})
                .code,
            kExitUsage);
}

TEST_F(RelayCommandTest, EachStateIsListedInWords) {
  EXPECT_THAT(node_.Run({"partner", "disputes"}).out, HasSubstr("No dispute was passed on"));
  EXPECT_EQ(limit_, 100u);
  for (const char* state : {"waiting", "disputed", "resolved", "ended", "refused"}) {
    listed_.push_back(Dispute(state));
  }
  listed_[0].set_partner_told(true);
  listed_[1].set_partner_disputed_at("2026-11-20T08:01:00.000Z");
  listed_[4].set_refusal("not-opened");
  listed_[4].set_refusal_words("check the buyer again");
  const Ran ran = node_.Run({"partner", "disputes", "--limit", "5"});
  EXPECT_EQ(limit_, 5u);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("2 of 3"), HasSubstr("which has it"),
                    HasSubstr("disputed by the partner at 2026-11-20T08:01:00.000Z"),
                    HasSubstr("resolved by the partner"), HasSubstr("ended"),
                    HasSubstr("still not counted here, and sent again: check the buyer again")));
  const Json json =
      Json::parse(node_.Run({"partner", "disputes", "--output", "json"}).out, nullptr, false);
  ASSERT_EQ(json["disputes"].size(), 5u);
  EXPECT_EQ(json["disputes"][4]["refusal"], "not-opened");
  EXPECT_TRUE(json["disputes"][0]["refusal"].is_null());
  EXPECT_EQ(json["disputes"][1]["entry"], 42);
}

}  // namespace
}  // namespace daftar::cli
