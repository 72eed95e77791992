// How much of a request the JSON API takes in, from whom, and for how long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <memory>

#include "node/service/connect_call.h"
#include "node/service/connect_protocol.h"
#include "tests/node/service/connect_fixture.h"

namespace daftar::service {
namespace {

namespace asio = boost::asio;
using ::daftar::testing::HttpReply;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kCheck[] = "ShopService/Check";

// A connection that says what it is told to, and no more.
class RawConnection {
 public:
  explicit RawConnection(const std::string& endpoint) {
    const size_t colon = endpoint.rfind(':');
    socket_.connect({asio::ip::make_address(endpoint.substr(0, colon)),
                     static_cast<uint16_t>(std::stoi(endpoint.substr(colon + 1)))});
  }
  void Say(const std::string& bytes) { asio::write(socket_, asio::buffer(bytes)); }
  // The status line and headers of the next answer.
  std::string Head() {
    std::string head;
    boost::system::error_code error;
    const size_t size = asio::read_until(socket_, asio::dynamic_buffer(head), "\r\n\r\n", error);
    return head.substr(0, size);
  }
  // All that comes until the node closes.
  std::string Rest() {
    std::string rest;
    boost::system::error_code error;
    asio::read(socket_, asio::dynamic_buffer(rest), error);
    return rest;
  }

 private:
  asio::io_context context_;
  asio::ip::tcp::socket socket_{context_};
};

class ConnectBodiesTest : public ConnectTest {
 protected:
  std::string Head(const std::string& method, const HttpHeaders& headers,
                   const std::string& further) const {
    std::string head = "POST /daftar.v1." + method + " HTTP/1.1\r\nHost: " + endpoint_ + "\r\n";
    for (const auto& [name, value] : headers) head.append(name + ": " + value + "\r\n");
    return head + further + "\r\n\r\n";
  }
  // A connection that has asked whether it may send so much, and what it was told.
  std::pair<std::unique_ptr<RawConnection>, std::string> AskFor(Role role, size_t bytes) const {
    auto connection = std::make_unique<RawConnection>(endpoint_);
    connection->Say(
        Head(kCheck, As(role), "Expect: 100-continue\r\nContent-Length: " + std::to_string(bytes)));
    std::string told = connection->Head();
    return {std::move(connection), std::move(told)};
  }
};

TEST_F(ConnectBodiesTest, OfWhoMayNotCallNothingIsReadAtAll) {
  for (const HttpHeaders& who :
       {As(Role::kAuditor), HttpHeaders{{"Content-Type", "application/json"}}}) {
    RawConnection connection(endpoint_);
    connection.Say(Head(kCheck, who, "Content-Length: 1000"));  // which never come
    EXPECT_THAT(connection.Head(), StartsWith(who.size() > 1 ? "HTTP/1.1 403 " : "HTTP/1.1 401 "));
  }
}

TEST_F(ConnectBodiesTest, OneCallerHoldsSoManyLargeBodiesAndLeavesRoomForOthers) {
  std::vector<std::unique_ptr<RawConnection>> held;
  for (int i = 0; i < kMaxLargeBodiesOfOne; ++i) {
    auto [connection, told] = AskFor(Role::kStaff, kMaxHttpBodyBytes + 1);
    ASSERT_THAT(told, StartsWith("HTTP/1.1 100 "));
    held.push_back(std::move(connection));
  }
  auto [refused, told] = AskFor(Role::kStaff, kMaxHttpBodyBytes + 1);
  EXPECT_THAT(told, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(told, HasSubstr("Retry-After: "));
  EXPECT_THAT(told, HasSubstr("application/json"));
  EXPECT_THAT(AskFor(Role::kStaff, kMaxHttpBodyBytes).second, StartsWith("HTTP/1.1 100 "));
  EXPECT_THAT(AskFor(Role::kManager, kMaxHttpBodyBytes + 1).second, StartsWith("HTTP/1.1 100 "));
  // A place is free again when its body has been answered...
  held[0]->Say("{}" + std::string(kMaxHttpBodyBytes - 1, ' '));
  EXPECT_THAT(held[0]->Head(), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(AskFor(Role::kStaff, kMaxHttpBodyBytes + 1).second, StartsWith("HTTP/1.1 100 "));
}

TEST_F(ConnectBodiesTest, AllCallersTogetherHoldNoMoreThanTheyMay) {
  LargeBodies bodies;
  std::vector<std::shared_ptr<void>> held;
  for (int i = 0; i < kMaxLargeBodies; ++i)
    held.push_back(bodies.Enter("user:" + std::to_string(i)));
  EXPECT_EQ(bodies.Enter("user:another"), nullptr);
  held.pop_back();
  EXPECT_NE(bodies.Enter("user:another"), nullptr);
}

TEST_F(ConnectBodiesTest, AChunkedBodyThatTurnsOutTooLargeIsRefusedInConnectsWords) {
  RawConnection connection(endpoint_);
  connection.Say(Head("SessionService/SignIn", {{"Content-Type", "application/json"}},
                      "Transfer-Encoding: chunked"));
  const std::string chunk(kMaxAnonymousBodyBytes + 1, ' ');
  char size[16];
  std::snprintf(size, sizeof(size), "%zx\r\n", chunk.size());
  connection.Say(size + chunk + "\r\n0\r\n\r\n");
  const std::string answer = connection.Rest();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 429 "));
  EXPECT_THAT(answer, HasSubstr(R"("code":"resource_exhausted")"));
  EXPECT_THAT(answer, HasSubstr("65536"));
}

TEST_F(ConnectBodiesTest, AThousandRowsAreReadAndAMillionAreNot) {
  const auto rows = [](size_t count) {
    std::string body = R"({"requestId":"r1","rows":[{})";
    for (size_t i = 1; i < count; ++i) body += ",{}";
    return body + "]}";
  };
  const HttpReply thousand = Post("ShopService/ImportCustomers", As(Role::kManager), rows(1'000));
  EXPECT_EQ(thousand.status, 200) << thousand.body;
  const HttpReply million =
      Post("ShopService/ImportCustomers", As(Role::kManager), rows(1'000'000));
  EXPECT_EQ(million.status, 400);
  EXPECT_THAT(million.body, HasSubstr("100000 parts"));
}

TEST(JsonParts, AreCountedOutsideOfTexts) {
  EXPECT_THAT(CheckJsonParts("[" + std::string(kMaxJsonParts - 1, ',')), testing::IsOk());
  EXPECT_THAT(CheckJsonParts("[{" + std::string(kMaxJsonParts - 1, ',')),
              testing::StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string commas(kMaxJsonParts * 2, ',');
  const std::string text = "\"" + commas + "\\\"" + commas + "\"";
  EXPECT_THAT(CheckJsonParts("[" + text + "]"), testing::IsOk());
  EXPECT_THAT(CheckJsonParts("\"\\\\\"" + std::string(kMaxJsonParts + 1, '{')),
              testing::StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ConnectBodiesTest, WhatIsOnlyFetchedSlowlyIsBrokenOffAtTheEnd) {
  bool broken_off = false;
  api_->Stop([&] { broken_off = true; });
  EXPECT_TRUE(broken_off);
}

}  // namespace
}  // namespace daftar::service
