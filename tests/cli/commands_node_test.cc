#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/json.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;

class InviteCommandTest : public ::testing::Test {
 protected:
  InviteCommandTest() {
    node_.create_invite = [this](const v1::CreateInviteRequest& request,
                                 v1::CreateInviteResponse& response) {
      asked_ = request;
      response.set_code("daftar1-abc");
      response.set_expires_at("2026-11-02T08:00:00Z");
      response.set_endpoint("toko-a.test:1");
      return grpc::Status::OK;
    };
  }
  FakeNode node_;
  v1::CreateInviteRequest asked_;
};

TEST_F(InviteCommandTest, CodeStandsAloneOnStandardOutput) {
  const Ran ran = node_.Run({"partner", "invite"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, "daftar1-abc\n");
  EXPECT_THAT(ran.err, HasSubstr("until 2026-11-02T08:00:00Z"));
  EXPECT_EQ(asked_.valid_for_s(), 0u);
}

TEST_F(InviteCommandTest, OptionsAreSent) {
  EXPECT_EQ(node_.Run({"partner", "invite", "--valid-for", "30m"}).code, 0);
  EXPECT_EQ(asked_.valid_for_s(), 1800u);
  EXPECT_EQ(node_.Run({"partner", "invite", "--valid-for", "8d"}).code, kExitUsage);
}

TEST_F(InviteCommandTest, Json) {
  EXPECT_EQ(
      Json::parse(node_.Run({"partner", "invite", "--output", "json"}).out, nullptr, false).dump(),
      R"({"code":"daftar1-abc","expires_at":"2026-11-02T08:00:00Z",)"
      R"("endpoint":"toko-a.test:1"})");
}

TEST(PartnerCommandTest, JoinTakesTheCodeOrStandardInput) {
  FakeNode node;
  std::string asked;
  node.join_partner = [&](const v1::JoinPartnerRequest& request, v1::JoinPartnerResponse&) {
    asked = request.code();
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run({"partner", "join", "daftar1-abc"}).code, 0);
  EXPECT_EQ(asked, "daftar1-abc");
  EXPECT_EQ(node.Run({"partner", "join", "-"}, "", "daftar1-\nabc\n").code, 0);
  EXPECT_EQ(asked, "daftar1-\nabc\n");
  EXPECT_EQ(node.Run({"partner", "join", "-"}, "", std::string(5000, 'a')).code, kExitUsage);
}

TEST(PartnerCommandTest, SuspendSendsTheReasonAndPrintsThePartner) {
  FakeNode node;
  v1::SuspendPartnerRequest asked;
  node.suspend_partner = [&](const v1::SuspendPartnerRequest& request,
                             v1::SuspendPartnerResponse& response) {
    asked = request;
    response.mutable_partner()->set_state("suspended");
    return grpc::Status::OK;
  };
  const Ran ran = node.Run({"partner", "suspend", "toko-b.test", "--because", "audit"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, HasSubstr("suspended"));
  EXPECT_EQ(asked.origin() + asked.because(), "toko-b.testaudit");
  EXPECT_EQ(asked.request_id().size(), 32u);
}

TEST(LogCommandTest, ShowReadsOnUntilItsLimitOrTheEnd) {
  FakeNode node;
  std::vector<std::pair<uint64_t, uint32_t>> asked;
  node.list_log_entries = [&](const v1::ListLogEntriesRequest& request,
                              v1::ListLogEntriesResponse& response) {
    asked.emplace_back(request.from(), request.page_size());
    constexpr uint64_t kSize = 1500;
    for (uint64_t i = request.from(); i < std::min(kSize, request.from() + request.page_size());
         ++i) {
      response.add_entries()->set_index(i);
    }
    response.set_log_size(kSize);
    return grpc::Status::OK;
  };
  const auto shown = [&](const char* from, const char* limit) {
    asked.clear();
    const Ran ran = node.Run({"log", "show", "--from", from, "--limit", limit, "--output", "json"});
    return Json::parse(ran.out, nullptr, false);
  };
  EXPECT_EQ(shown("10", "50")["entries"].size(), 50u);
  EXPECT_EQ(asked.size(), 1u);
  const Json all = shown("0", "5000");
  EXPECT_EQ(all["entries"].size(), 1500u);
  EXPECT_EQ(all["log_size"], 1500);
  EXPECT_EQ(shown("1500", "10")["entries"].size(), 0u);
}

TEST(RecordCommandTest, ListReadsOnThroughShortPages) {
  FakeNode node;
  std::vector<v1::ListChangesRequest> asked;
  node.list_changes = [&](const v1::ListChangesRequest& request,
                          v1::ListChangesResponse& response) {
    asked.push_back(request);
    if (asked.size() > 1) {
      *response.add_changes() = Proto<v1::Change>(
          "at: 'T' by: 'user:siti' action: 'allow.add' object: 'a1' because: 'a friend'");
    }
    response.set_next_page_token(asked.size() < 3 ? "next" : "");
    return grpc::Status::OK;
  };
  const Ran ran = node.Run({"record", "list", "--object", "a1", "--by", "siti", "--since",
                            "2026-11-01", "--limit", "2", "--output", "json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].object() + asked[0].by() + asked[0].since(), "a1siti2026-11-01");
  EXPECT_EQ(asked[2].page_token(), "next");
  const Json json = Json::parse(ran.out, nullptr, false);
  EXPECT_EQ(json["changes"].size(), 2u);
  EXPECT_EQ(json["changes"][0].dump(),
            R"({"at":"T","by":"user:siti","action":"allow.add","object":"a1",)"
            R"("because":"a friend"})");
  EXPECT_EQ(json["more"], false);
  const Ran text = node.Run({"record", "list"});
  EXPECT_THAT(text.out, HasSubstr("TIME  BY         WHAT       OF  BECAUSE\n"
                                  "T     user:siti  allow.add  a1  a friend\n"));
}

TEST(UserCommandTest, TokenStandsAloneOnStandardOutput) {
  FakeNode node;
  v1::AddUserRequest asked;
  node.add_user = [&](const v1::AddUserRequest& request, v1::AddUserResponse& response) {
    asked = request;
    response.mutable_user()->set_name(request.name());
    response.mutable_user()->set_role(request.role());
    if (request.has_uid()) {
      response.mutable_user()->set_uid(request.uid());
    } else {
      response.set_token("dft_abc");
    }
    return grpc::Status::OK;
  };
  const Ran token = node.Run({"user", "add", "sari", "--role", "staff"});
  EXPECT_EQ(token.code, 0);
  EXPECT_EQ(token.out, "dft_abc\n");
  EXPECT_THAT(token.err, HasSubstr("shown once"));
  EXPECT_FALSE(asked.has_uid());
  EXPECT_EQ(asked.because(), "");
  const Ran uid = node.Run(
      {"user", "add", "budi", "--role", "manager", "--uid", "1001", "--because", "keeps the shop"});
  EXPECT_EQ(uid.out, "Added budi, manager, known by uid 1001.\n");
  EXPECT_TRUE(asked.has_uid());
  EXPECT_EQ(asked.because(), "keeps the shop");
  EXPECT_EQ(
      Json::parse(node.Run({"user", "add", "sari", "--role", "staff", "--output", "json"}).out,
                  nullptr, false)["token"],
      "dft_abc");
  EXPECT_EQ(node.Run({"user", "add", "sari", "--role", "boss"}).code, kExitUsage);
  EXPECT_EQ(node.Run({"user", "add", "sari", "--role", "staff", "--uid", "x"}).code, kExitUsage);
}

TEST(UserCommandTest, ALinkIsAWholeAddressAndStandsAloneOnStandardOutput) {
  FakeNode node;
  node.get_status = [](const v1::GetStatusRequest&, v1::GetStatusResponse& response) {
    response.set_http_address("127.0.0.1:8443");
    return grpc::Status::OK;
  };
  v1::AddUserRequest asked;
  node.add_user = [&](const v1::AddUserRequest& request, v1::AddUserResponse& response) {
    asked = request;
    response.mutable_user()->set_name(request.name());
    response.mutable_user()->set_role(request.role());
    response.set_link("/#/welcome/abc");
    response.set_link_expires_at("2026-11-02T08:00:00Z");
    return grpc::Status::OK;
  };
  const std::vector<std::string> add = {"user", "add", "sari", "--role", "owner", "--sign-in"};
  const Ran text = node.Run(add);
  EXPECT_EQ(text.code, 0);
  EXPECT_EQ(text.out, "http://127.0.0.1:8443/#/welcome/abc\n");
  EXPECT_THAT(text.err, HasSubstr("Added sari, owner."));
  EXPECT_THAT(text.err, HasSubstr("shown once"));
  EXPECT_THAT(text.err, HasSubstr("until 2026-11-02T08:00:00Z"));
  EXPECT_TRUE(asked.signs_in());
  EXPECT_EQ(asked.role(), v1::ROLE_OWNER);
  std::vector<std::string> with_json = add;
  with_json.insert(with_json.end(), {"--output", "json"});
  const Json json = Json::parse(node.Run(with_json).out, nullptr, false);
  EXPECT_EQ(json["link"], "http://127.0.0.1:8443/#/welcome/abc");
  EXPECT_EQ(json["link_expires_at"], "2026-11-02T08:00:00Z");
  EXPECT_TRUE(json["token"].is_null());
  node.add_user = [](const v1::AddUserRequest& request, v1::AddUserResponse& response) {
    response.mutable_user()->set_name(request.name());
    return grpc::Status::OK;
  };
  const Ran lost = node.Run(add);
  EXPECT_EQ(lost.out, "");
  EXPECT_THAT(lost.err, HasSubstr("daftar user reset sari --because"));
}

TEST(UserCommandTest, ResetPrintsAnotherLink) {
  FakeNode node;
  node.get_status = [](const v1::GetStatusRequest&, v1::GetStatusResponse& response) {
    response.set_http_address("127.0.0.1:8443");
    return grpc::Status::OK;
  };
  v1::ResetSignInRequest asked;
  node.reset_sign_in = [&](const v1::ResetSignInRequest& request,
                           v1::ResetSignInResponse& response) {
    asked = request;
    response.set_link("/#/welcome/def");
    response.set_link_expires_at("2026-11-02T08:00:00Z");
    return grpc::Status::OK;
  };
  const Ran text = node.Run({"user", "reset", "sari", "--because", "lost the phone"});
  EXPECT_EQ(text.out, "http://127.0.0.1:8443/#/welcome/def\n");
  EXPECT_EQ(asked.name(), "sari");
  EXPECT_EQ(asked.because(), "lost the phone");
  const Json json = Json::parse(
      node.Run({"user", "reset", "sari", "--because", "lost the phone", "--output", "json"}).out,
      nullptr, false);
  EXPECT_EQ(json["reset"], "sari");
  EXPECT_EQ(json["link"], "http://127.0.0.1:8443/#/welcome/def");
}

TEST(UserCommandTest, ALinkIsOneOfHttpsWhereTheConsoleHasACertificate) {
  FakeNode node;
  node.get_status = [](const v1::GetStatusRequest&, v1::GetStatusResponse& response) {
    response.set_http_address("192.0.2.1:8443");
    return grpc::Status::OK;
  };
  node.add_user = [](const v1::AddUserRequest&, v1::AddUserResponse& response) {
    response.set_link("/#/welcome/abc");
    return grpc::Status::OK;
  };
  node.reset_sign_in = [](const v1::ResetSignInRequest&, v1::ResetSignInResponse& response) {
    response.set_link("/#/welcome/def");
    return grpc::Status::OK;
  };
  const std::vector<std::string> add = {"user", "add", "sari", "--role", "staff", "--sign-in"};
  const std::vector<std::string> reset = {"user", "reset", "sari", "--because", "lost the phone"};
  const std::string http = "name = \"A\"\n[http]\nlisten = \"192.0.2.1:8443\"\n";
  node.folder().File("config.toml", http + "tls_certificate = \"/etc/daftar/http.pem\"\n" +
                                        "tls_key = \"/etc/daftar/http.key\"\n");
  EXPECT_EQ(node.Run(add).out, "https://192.0.2.1:8443/#/welcome/abc\n");
  EXPECT_EQ(node.Run(reset).out, "https://192.0.2.1:8443/#/welcome/def\n");
  for (const std::string& without : {http, std::string("name = \"A\"\n"), std::string("[http")}) {
    node.folder().File("config.toml", without);
    EXPECT_EQ(node.Run(add).out, "http://192.0.2.1:8443/#/welcome/abc\n");
  }
}

TEST(UserCommandTest, AListSaysHowEachIsKnown) {
  FakeNode node;
  node.list_users = [](const v1::ListUsersRequest&, v1::ListUsersResponse& response) {
    response.add_users()->set_name("POS");
    v1::User& sari = *response.add_users();
    sari.set_name("sari");
    sari.set_role(v1::ROLE_OWNER);
    sari.set_signs_in(true);
    sari.set_has_second_factor(true);
    v1::User& budi = *response.add_users();
    budi.set_name("budi");
    budi.set_uid(1001);
    budi.set_signs_in(true);
    return grpc::Status::OK;
  };
  const Ran text = node.Run({"user", "list"});
  EXPECT_THAT(text.out, HasSubstr("token"));
  EXPECT_THAT(text.out, HasSubstr("owner"));
  EXPECT_THAT(text.out, HasSubstr("password and code"));
  EXPECT_THAT(text.out, HasSubstr("uid 1001, password"));
  const Json json = Json::parse(node.Run({"user", "list", "--output", "json"}).out, nullptr, false);
  EXPECT_EQ(json["users"][1]["signs_in"], true);
  EXPECT_EQ(json["users"][1]["has_second_factor"], true);
}

TEST(UserCommandTest, RemoveSaysWhom) {
  FakeNode node;
  node.remove_user = [](const v1::RemoveUserRequest&, v1::RemoveUserResponse&) {
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run({"user", "remove", "sari", "--because", "left"}).out, "Removed sari.\n");
}

}  // namespace
}  // namespace daftar::cli
