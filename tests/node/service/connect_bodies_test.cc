// How much of a request the JSON API takes in, from whom, and for how long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <future>
#include <memory>
#include <sstream>

#include "node/service/connect_call.h"
#include "node/service/connect_protocol.h"
#include "node/service/limits.h"
#include "tests/node/service/connect_fixture.h"

namespace daftar::service {
namespace {

namespace asio = boost::asio;
using ::daftar::testing::HttpReply;
using ::testing::EndsWith;
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
  EXPECT_THAT(CheckJsonParts("[" + std::string(kMaxMessageParts - 1, ',')), testing::IsOk());
  EXPECT_THAT(CheckJsonParts("[{" + std::string(kMaxMessageParts - 1, ',')),
              testing::StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string commas(kMaxMessageParts * 2, ',');
  const std::string text = "\"" + commas + "\\\"" + commas + "\"";
  EXPECT_THAT(CheckJsonParts("[" + text + "]"), testing::IsOk());
  for (const char* quoted : {R"("\\")", R"('"')", R"('\'"')", R"("'")"}) {
    EXPECT_THAT(CheckJsonParts(quoted + std::string(kMaxMessageParts + 1, '{')),
                testing::StatusIs(absl::StatusCode::kInvalidArgument))
        << quoted;
  }
}

TEST(BinaryParts, AreCountedInMessagesWithinMessages) {
  v1::ImportOrdersRequest orders;
  for (size_t i = 0; i < kMaxMessageParts; ++i) orders.add_rows();
  const auto& type = *v1::ImportOrdersRequest::descriptor();
  EXPECT_THAT(CheckBinaryParts(type, orders.SerializeAsString()), testing::IsOk());
  orders.mutable_rows(7)->set_line(1);
  EXPECT_THAT(CheckBinaryParts(type, orders.SerializeAsString()),
              testing::StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("100000 parts")));
  for (const char* none : {"\x0A\xFF", "\xFF", "\x12\x02\x0A\x05", "\x0A"}) {
    EXPECT_THAT(CheckBinaryParts(type, none),
                testing::StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not the call's")));
  }
}

// Bytes that the node has sent on its connections, and nobody has taken.
uint64_t Unfetched(const std::string& endpoint) {
  char port[8];
  std::snprintf(port, sizeof(port), ":%04X", std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
  std::ifstream table("/proc/net/tcp");
  std::string number;
  std::string local;
  std::string remote;
  std::string state;
  std::string queues;
  std::string line;
  std::getline(table, line);
  uint64_t sum = 0;
  while (std::getline(table, line)) {
    std::istringstream(line) >> number >> local >> remote >> state >> queues;
    if (local.ends_with(port)) sum += std::stoull(queues, nullptr, 16);
  }
  return sum;
}

TEST_F(ConnectBodiesTest, WhoDoesNotFetchItsAnswerDoesNotHoldUpTheEnd) {
  const auto added = Ask("ShopService/AddIncident", Role::kStaff,
                         {{"requestId", "i1"},
                          {"reason", "deposit-unsettled"},
                          {"identifiers", {{{"phone", "0812-3456-7890"}}}},
                          {"amount", {{"minor", "450000000"}, {"currency", "IDR"}}},
                          {"occurred", "2026-10-01"}});
  // More than the buffers of two sockets hold.
  std::string file;
  while (file.size() < 15 << 20) file += "a line of the delivery note\n";
  v1::AddProofRequest first;
  first.mutable_proof()->set_request_id("p1");
  first.mutable_proof()->set_incident(added["incident"]["id"]);
  first.mutable_proof()->set_kind("delivery-note");
  first.mutable_proof()->set_bytes(file.size());
  std::string body = ConnectEnvelope(first.SerializeAsString());
  for (size_t at = 0; at < file.size(); at += kMaxProofChunkBytes) {
    v1::AddProofRequest chunk;
    chunk.set_chunk(file.substr(at, kMaxProofChunkBytes));
    body += ConnectEnvelope(chunk.SerializeAsString());
  }
  const HttpHeaders as = As(Role::kStaff, "application/connect+proto");
  const HttpReply up = Post("ShopService/AddProof", as, body);
  ASSERT_THAT(up.body, EndsWith(std::string("\2\0\0\0\2{}", 7))) << up.status;

  v1::GetProofRequest get;
  get.set_incident(added["incident"]["id"]);
  get.set_number(1);
  const std::string ask = ConnectEnvelope(get.SerializeAsString());
  RawConnection stalled(endpoint_);
  stalled.Say(Head("ShopService/GetProof", as, "Content-Length: " + std::to_string(ask.size())) +
              ask);
  // Until nothing more goes out. (Were it not so yet, the test would see less, and not fail.)
  constexpr int kSameInARow = 500;
  uint64_t before = 0;
  for (int same = 0; same < kSameInARow;) {
    const uint64_t now = Unfetched(endpoint_);
    same = now > (1 << 20) && now == before ? same + 1 : 0;
    before = now;
  }
  auto ended = std::async(std::launch::async, [&] { api_->Stop([&] { server_->BreakOff(); }); });
  EXPECT_EQ(ended.wait_for(std::chrono::seconds(kHttpWriteSeconds / 2)), std::future_status::ready);
}

}  // namespace
}  // namespace daftar::service
