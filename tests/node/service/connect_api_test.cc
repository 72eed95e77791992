#include "node/service/connect_api.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>

#include "node/service/connect_protocol.h"
#include "tests/node/service/connect_fixture.h"

namespace daftar::service {
namespace {

using ::daftar::testing::HttpCall;
using ::daftar::testing::HttpReply;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kCheck[] = "ShopService/Check";
const nlohmann::json kQuestion = {{"identifiers", {{{"phone", "0812-3456-7890"}}}},
                                  {"amount", {{"minor", "450000000"}, {"currency", "IDR"}}},
                                  {"terms", "TERMS_CREDIT"}};

class ConnectApiTest : public ConnectTest {};

TEST_F(ConnectApiTest, AnswersACheckInJson) {
  const HttpReply reply = Post(kCheck, As(Role::kStaff), kQuestion.dump());
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.Header("Content-Type"), "application/json");
  EXPECT_EQ(reply.Header("Cache-Control"), "no-store");
  const auto answer = nlohmann::json::parse(reply.body);
  EXPECT_THAT(answer["effect"].get<std::string>(), StartsWith("EFFECT_"));
  EXPECT_EQ(answer["receipt"].get<std::string>().size(), 32U);
  EXPECT_FALSE(answer["because"].get<std::string>().empty());
}

TEST_F(ConnectApiTest, AnswersACheckInBinary) {
  v1::CheckRequest request;
  request.add_identifiers()->set_phone("0812-3456-7890");
  const HttpReply reply =
      Post(kCheck, As(Role::kStaff, "application/proto"), request.SerializeAsString());
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.Header("Content-Type"), "application/proto");
  v1::CheckResponse response;
  ASSERT_TRUE(response.ParseFromString(reply.body));
  EXPECT_NE(response.effect(), v1::EFFECT_UNSPECIFIED);
  EXPECT_EQ(response.receipt().size(), 32U);
}

TEST_F(ConnectApiTest, TakesTheNamesOfTheProtosAndThoseOfJson) {
  for (const char* field : {"requestId", "request_id"}) {
    nlohmann::json request = kQuestion;
    request[field] = "till-7";
    EXPECT_EQ(Ask(kCheck, Role::kStaff, request)["receipt"],
              Ask(kCheck, Role::kStaff, request)["receipt"])
        << field;
  }
}

TEST_F(ConnectApiTest, PassesTheHandlersErrorsOn) {
  const HttpReply reply = Post("ShopService/GetIncident", As(Role::kStaff),
                               R"({"id":"00000000000000000000000000000000"})");
  EXPECT_EQ(reply.status, 404) << reply.body;
  EXPECT_EQ(CodeOf(reply), "not_found");
  EXPECT_EQ(reply.Header("Content-Type"), "application/json");
  // In JSON also where the call was made in binary.
  const HttpReply binary = Post(kCheck, As(Role::kStaff, "application/proto"), "");
  EXPECT_EQ(binary.status, 400);
  EXPECT_EQ(CodeOf(binary), "invalid_argument");
  EXPECT_EQ(binary.Header("Content-Type"), "application/json");
}

TEST_F(ConnectApiTest, RefusesWhatIsNoCall) {
  const HttpHeaders staff = As(Role::kStaff);
  const HttpReply unknown = Post("ShopService/Nothing", staff, "{}");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(CodeOf(unknown), "unimplemented");
  EXPECT_EQ(Post("NoService/Check", staff, "{}").status, 404);
  // The service of partners is not here: they come with certificates, on another port.
  EXPECT_EQ(Post("PartnerService/Evaluate", staff, "{}").status, 404);
  const HttpReply get = HttpCall(endpoint_, "GET", "/daftar.v1.ShopService/Check", staff, "");
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(get.Header("Allow"), "POST");
  const HttpReply text = Post(kCheck, As(Role::kStaff, "text/plain"), "{}");
  EXPECT_EQ(text.status, 415);
  EXPECT_EQ(text.Header("Accept-Post"), "application/json, application/proto");
  EXPECT_EQ(Post(kCheck, As(Role::kStaff, "application/connect+json"), "").status, 415);
  EXPECT_EQ(Post("ShopService/GetProof", staff, "{}").status, 415);
}

TEST_F(ConnectApiTest, RefusesWhatItDoesNotUnderstand) {
  HttpHeaders headers = As(Role::kStaff);
  for (const char* body : {"", "{", "[]", "\"x\"", R"({"nobody":1})", R"({"terms":"SOMETIME"})",
                           R"({"amount":{"minor":"-1"}})", R"({"requestId":"\xff"})"}) {
    const HttpReply reply = Post(kCheck, headers, body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(CodeOf(reply), "invalid_argument") << body;
  }
  EXPECT_EQ(Post(kCheck, As(Role::kStaff, "application/proto"), "\x0A\xFF").status, 400);
  headers.emplace_back("Connect-Protocol-Version", "2");
  EXPECT_EQ(CodeOf(Post(kCheck, headers, kQuestion.dump())), "invalid_argument");
  headers.back() = {"Connect-Protocol-Version", "1"};
  EXPECT_EQ(Post(kCheck, headers, kQuestion.dump()).status, 200);
  headers.back() = {"Content-Encoding", "gzip"};
  EXPECT_EQ(CodeOf(Post(kCheck, headers, kQuestion.dump())), "unimplemented");
  headers.back() = {"Connect-Timeout-Ms", "soon"};
  EXPECT_EQ(CodeOf(Post(kCheck, headers, kQuestion.dump())), "invalid_argument");
  headers.back() = {"Connect-Timeout-Ms", "0"};
  EXPECT_EQ(CodeOf(Post(kCheck, headers, kQuestion.dump())), "deadline_exceeded");
}

TEST_F(ConnectApiTest, QuotesNothingOfARequestThatCannotBeRead) {
  const HttpReply reply =
      Post(kCheck, As(Role::kStaff), R"({"identifiers":[{"phone":"081298765432"}],)");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, Not(HasSubstr("081298765432")));
}

TEST_F(ConnectApiTest, TakesMuchOnlyFromThoseItKnows) {
  const std::string large = R"({"requestId":")" + std::string(kMaxAnonymousBodyBytes, 'x') + "\"}";
  EXPECT_EQ(CodeOf(Post(kCheck, As(Role::kStaff), large)), "invalid_argument");  // it was read
  const HttpReply anonymous =
      Post("SessionService/SignIn", {{"Content-Type", "application/json"}}, large);
  EXPECT_EQ(anonymous.status, 429);
  EXPECT_EQ(CodeOf(anonymous), "resource_exhausted");
  const HttpReply unknown = Post(
      kCheck, {{"Content-Type", "application/json"}, {"Authorization", "Bearer dft_x"}}, large);
  EXPECT_EQ(unknown.status, 401);
  const HttpReply most = Post(kCheck, As(Role::kStaff), std::string(kMaxMessageBytes + 1, ' '));
  EXPECT_EQ(most.status, 429);
  EXPECT_THAT(most.body, HasSubstr("4194304"));
}

TEST_F(ConnectApiTest, SaysWhoMayCallAndWhoMayNot) {
  const HttpReply nobody = Post(kCheck, {{"Content-Type", "application/json"}}, "{}");
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(CodeOf(nobody), "unauthenticated");
  for (const char* wrong : {"Bearer", "Bearer ", "Basic eDp5", "bearer x", "Bearer dft_unknown"}) {
    const HttpReply reply =
        Post(kCheck, {{"Content-Type", "application/json"}, {"Authorization", wrong}}, "{}");
    EXPECT_EQ(reply.status, 401) << wrong;
  }
  const HttpReply auditor = Post(kCheck, As(Role::kAuditor), kQuestion.dump());
  EXPECT_EQ(auditor.status, 403);
  EXPECT_THAT(auditor.body, HasSubstr("needs the role staff or manager"));
}

// The whole matrix of roles and methods, over HTTP, with nobody as one of the roles.
TEST_F(ConnectApiTest, EveryMethodIsOpenToTheRolesOfTheTableAndToNoOther) {
  std::set<std::string> walked;
  for (const MethodRule& rule : MethodRules()) {
    const std::string name(rule.method);
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
        "daftar.v1." + name.substr(0, name.find('/')) + "." + name.substr(name.find('/') + 1));
    ASSERT_NE(method, nullptr) << name;
    walked.insert(name);
    const bool streamed = method->client_streaming() || method->server_streaming();
    const std::string type = streamed ? "application/connect+json" : "application/json";
    const std::string body = streamed ? ConnectEnvelope("{}") : "{}";
    const auto refused = [&](const HttpHeaders& headers, const char* code) {
      const HttpReply reply = Post(name, headers, body);
      return reply.body.find("\"code\":\"" + std::string(code) + "\"") != std::string::npos;
    };
    // Nobody's name and password fit: that is what signing in says, and not who may try.
    if (name == "SessionService/SignIn") continue;
    EXPECT_EQ(refused({{"Content-Type", type}}, "unauthenticated"), !rule.anybody) << name;
    for (Role role : {Role::kStaff, Role::kManager, Role::kOperator, Role::kAuditor}) {
      EXPECT_EQ(refused(As(role, type), "permission_denied"), !rule.roles.Has(role))
          << name << " " << RoleName(role);
    }
  }
  EXPECT_EQ(walked.size(), MethodRules().size());
}

TEST_F(ConnectApiTest, ABrowserOfAnotherSiteIsRefused) {
  const HttpHeaders json = {{"Content-Type", "application/json"}};
  HttpHeaders rebound = json;
  rebound.emplace_back("Host", "evil.example");
  EXPECT_THAT(Post("SessionService/GetSession", rebound, "{}").body, HasSubstr("http.names"));
  HttpHeaders other = json;
  other.emplace_back("Origin", "https://evil.example");
  const HttpReply reply = Post("SessionService/GetSession", other, "{}");
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("other sites"));
  // Nothing invites a page of another site to send a token either.
  const HttpReply preflight =
      HttpCall(endpoint_, "OPTIONS", "/daftar.v1.ShopService/Check",
               {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "POST"}}, "");
  EXPECT_EQ(preflight.status, 405);
  EXPECT_EQ(preflight.Header("Access-Control-Allow-Origin"), "");
  // With a token the name does not matter: a shop system reaches the node as it likes.
  HttpHeaders named = As(Role::kStaff);
  named.emplace_back("Host", "node.toko-a.example:8481");
  EXPECT_EQ(Post(kCheck, named, kQuestion.dump()).status, 200);
}

// Else a page that has made its own name point here could try names and passwords.
TEST_F(ConnectApiTest, AnInventedTokenOpensNothingNotEvenWhatIsOpenToAnybody) {
  const HttpReply reply = Post("SessionService/GetSession",
                               {{"Content-Type", "application/json"},
                                {"Authorization", "Bearer dft_x"},
                                {"Host", "evil.example"},
                                {"Origin", "http://evil.example"}},
                               "{}");
  EXPECT_EQ(reply.status, 401);
}

TEST_F(ConnectApiTest, InventedTokensAreCountedByWhereTheyComeFrom) {
  RateLimits few{RateLimit({1000, 1000}), RateLimit({1, 3})};
  auto api = ConnectApi::Start(handlers_, credentials_, guard_, few);
  ASSERT_THAT(api, ::daftar::testing::IsOk());
  HttpRequest head{"POST", "/daftar.v1.SessionService/SignIn", ""};
  head.address = "192.0.2.1";
  int refused = 0;
  for (int i = 0; i < 10; ++i) {
    head.headers = {{"Content-Type", "application/json"},
                    {"Content-Length", "2"},
                    {"Authorization", "Bearer dft_" + std::to_string(i)}};
    const auto admission = (*api)->Admit(head);
    refused += admission.refusal.has_value() && admission.refusal->status == 429 ? 1 : 0;
  }
  EXPECT_GE(refused, 6);
  (*api)->Stop();
}

TEST_F(ConnectApiTest, WhoHasTriedTooManyPasswordsIsToldHowLongToWait) {
  HttpReply reply;
  for (size_t i = 0; i <= kStrangerLimit.failures; ++i) {
    reply = Post("SessionService/SignIn", {{"Content-Type", "application/json"}},
                 R"({"user":"siti","password":"one that is not hers"})");
  }
  EXPECT_EQ(reply.status, 429) << reply.body;
  const std::string wait = reply.Header("Retry-After");
  ASSERT_FALSE(wait.empty());
  EXPECT_GT(std::stoi(wait), 0);
}

TEST_F(ConnectApiTest, StreamsAnAnswerInEnvelopes) {
  const HttpReply reply =
      Post("BookService/ReportGroups", As(Role::kManager, "application/connect+json"),
           ConnectEnvelope(R"({"from":"2026-01-01"})"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.Header("Content-Type"), "application/connect+json");
  ASSERT_GT(reply.body.size(), 7U);
  EXPECT_EQ(reply.body.substr(reply.body.size() - 7), std::string("\2\0\0\0\2{}", 7));
  std::string_view rest(reply.body);
  rest.remove_suffix(7);
  const auto messages = ConnectMessages(rest, 1 << 20);
  ASSERT_THAT(messages, ::daftar::testing::IsOk());
  ASSERT_FALSE(messages->empty());
  EXPECT_EQ(nlohmann::json::parse(messages->back())["from"], "2026-01-01");
}

TEST_F(ConnectApiTest, AStreamSaysAtItsEndWhatWentWrong) {
  for (const auto& [role, body, code] :
       {std::tuple{Role::kStaff, ConnectEnvelope("{}"), "permission_denied"},
        std::tuple{Role::kManager, std::string("\0\0", 2), "invalid_argument"},
        std::tuple{Role::kManager, ConnectEnvelope("{}") + ConnectEnvelope("{}"),
                   "invalid_argument"},
        std::tuple{Role::kManager, ConnectEnvelope("{"), "invalid_argument"},
        std::tuple{Role::kManager, std::string(), "invalid_argument"}}) {
    const HttpReply reply =
        Post("BookService/ReportGroups", As(role, "application/connect+json"), body);
    EXPECT_EQ(reply.status, 200);
    ASSERT_GT(reply.body.size(), 5U);
    EXPECT_EQ(reply.body[0], 2);
    EXPECT_EQ(nlohmann::json::parse(reply.body.substr(5))["error"]["code"], code);
  }
}

TEST_F(ConnectApiTest, AProofGoesUpAndComesDownAgain) {
  const auto added = Ask("ShopService/AddIncident", Role::kStaff,
                         {{"requestId", "i1"},
                          {"reason", "deposit-unsettled"},
                          {"identifiers", {{{"phone", "0812-3456-7890"}}}},
                          {"amount", {{"minor", "450000000"}, {"currency", "IDR"}}},
                          {"occurred", "2026-10-01"}});
  const std::string id = added["incident"]["id"];
  // Three quarters of a megabyte of text: several chunks, more than fits a message of gRPC's
  // window.
  std::string file;
  while (file.size() < 768 << 10) file += "a line of the delivery note\n";
  v1::AddProofRequest first;
  first.mutable_proof()->set_request_id("p1");
  first.mutable_proof()->set_incident(id);
  first.mutable_proof()->set_kind("delivery-note");
  first.mutable_proof()->set_bytes(file.size());
  std::string body = ConnectEnvelope(first.SerializeAsString());
  constexpr size_t kChunk = 256 << 10;
  for (size_t at = 0; at < file.size(); at += kChunk) {
    v1::AddProofRequest chunk;
    chunk.set_chunk(file.substr(at, kChunk));
    body += ConnectEnvelope(chunk.SerializeAsString());
  }
  const HttpReply up =
      Post("ShopService/AddProof", As(Role::kStaff, "application/connect+proto"), body);
  ASSERT_EQ(up.status, 200) << up.body;
  EXPECT_EQ(up.body.substr(up.body.size() - 7), std::string("\2\0\0\0\2{}", 7)) << up.body;

  v1::GetProofRequest get;
  get.set_incident(id);
  get.set_number(1);
  const HttpReply down = Post("ShopService/GetProof", As(Role::kStaff, "application/connect+proto"),
                              ConnectEnvelope(get.SerializeAsString()));
  ASSERT_EQ(down.status, 200);
  std::string_view rest(down.body);
  rest.remove_suffix(7);
  const auto messages = ConnectMessages(rest, 1 << 20);
  ASSERT_THAT(messages, ::daftar::testing::IsOk());
  std::string came;
  for (const std::string_view message : *messages) {
    v1::GetProofResponse part;
    ASSERT_TRUE(part.ParseFromArray(message.data(), static_cast<int>(message.size())));
    came += part.chunk();
  }
  EXPECT_EQ(came, file);
}

TEST_F(ConnectApiTest, RefusesCallsOnceItStops) {
  api_->Stop();
  const HttpReply reply = Post(kCheck, As(Role::kStaff), kQuestion.dump());
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(CodeOf(reply), "unavailable");
}

}  // namespace
}  // namespace daftar::service
