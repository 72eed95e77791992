// A node behind a real HTTP listener, and users of every role with their tokens.
#ifndef DAFTAR_TESTS_NODE_SERVICE_CONNECT_FIXTURE_H_
#define DAFTAR_TESTS_NODE_SERVICE_CONNECT_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "node/service/book_handlers.h"
#include "node/service/connect_api.h"
#include "node/service/disclosure_handlers.h"
#include "node/service/http_server.h"
#include "node/service/incident_handlers.h"
#include "node/service/node_handlers.h"
#include "node/service/policy_handlers.h"
#include "node/service/session_handlers.h"
#include "node/service/shop_handlers.h"
#include "node/service/subject_handlers.h"
#include "tests/node/service/http_client.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {

class ConnectTest : public ::testing::Test {
 protected:
  ConnectTest() {
    for (Role role : {Role::kStaff, Role::kManager, Role::kOperator, Role::kAuditor}) {
      auto added = users_.Add(node_.Caller(), std::string(RoleName(role)), role, std::nullopt);
      EXPECT_THAT(added, ::daftar::testing::IsOk());
      if (added.ok()) tokens_[role] = added->token;
    }
    auto api = ConnectApi::Start(handlers_, credentials_, guard_, limits_);
    EXPECT_THAT(api, ::daftar::testing::IsOk());
    api_ = *std::move(api);
    HttpServerOptions options;
    options.handler = [](const HttpRequest&) { return HttpResponse{404, "text/plain", ""}; };
    options.service = api_.get();
    auto server = HttpServer::Start(endpoint_, std::move(options));
    EXPECT_THAT(server, ::daftar::testing::IsOk());
    server_ = *std::move(server);
  }
  ~ConnectTest() override {
    api_->Stop([this] { server_->BreakOff(); });
    server_.reset();
  }

  HttpHeaders As(Role role, std::string content_type = "application/json") const {
    return {{"Authorization", "Bearer " + tokens_.at(role)},
            {"Content-Type", std::move(content_type)}};
  }
  testing::HttpReply Post(const std::string& method, const HttpHeaders& headers,
                          const std::string& body) const {
    return testing::HttpCall(endpoint_, "POST", "/daftar.v1." + method, headers, body);
  }
  // The answer in JSON; fails the test unless the call succeeds.
  nlohmann::json Ask(const std::string& method, Role role, const nlohmann::json& request) const {
    const testing::HttpReply reply = Post(method, As(role), request.dump());
    EXPECT_EQ(reply.status, 200) << method << " " << reply.body;
    return nlohmann::json::parse(reply.body, nullptr, false);
  }
  // The code of the error, after a look at whether its status fits.
  static std::string CodeOf(const testing::HttpReply& reply) {
    const auto parsed = nlohmann::json::parse(reply.body, nullptr, false);
    return parsed.is_object() ? parsed.value("code", "none") : "no JSON: " + reply.body;
  }

  testing::SimCircle circle_;
  testing::SimNode& node_ = circle_.Add("toko-a.test");
  Users users_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  Sessions sessions_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  const Credentials credentials_{users_, sessions_};
  ShopHandlers shop_{*node_};
  IncidentHandlers incident_{*node_};
  SubjectHandlers subject_{*node_};
  BookHandlers book_{*node_};
  PolicyHandlers policy_{*node_};
  NodeHandlers nodes_{*node_, users_};
  DisclosureHandlers disclosure_{*node_};
  SessionHandlers session_{*node_, credentials_};
  const Handlers handlers_{shop_,   incident_, subject_,    book_,
                           policy_, nodes_,    disclosure_, session_};
  const std::string endpoint_ = testing::FreeEndpoint();
  const BrowserGuard guard_{endpoint_, {}, false};
  RateLimits limits_{RateLimit(UserRate(100'000)), RateLimit({100'000, 100'000})};
  std::map<Role, std::string> tokens_;
  std::unique_ptr<ConnectApi> api_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace daftar::service

#endif  // DAFTAR_TESTS_NODE_SERVICE_CONNECT_FIXTURE_H_
