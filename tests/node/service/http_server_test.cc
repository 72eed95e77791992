#include "node/service/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::StartsWith;

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  close(fd);
  return ntohs(address.sin_port);
}

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    auto server = HttpServer::Start(endpoint_, [](const HttpRequest& request) {
      return HttpResponse{200, "text/plain", request.method + " " + request.path};
    });
    EXPECT_THAT(server, IsOk());
    server_ = *std::move(server);
  }
  int Connect() const {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return fd;
  }
  // Everything the server says to `request` until it closes.
  std::string Say(const std::string& request) const {
    const int fd = Connect();
    EXPECT_EQ(send(fd, request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    std::string answer;
    char buffer[4096];
    ssize_t got = 0;
    while ((got = recv(fd, buffer, sizeof(buffer), 0)) > 0) {
      answer.append(buffer, static_cast<size_t>(got));
    }
    close(fd);
    return answer;
  }

  const int port_ = FreePort();
  const std::string endpoint_ = "127.0.0.1:" + std::to_string(port_);
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersAndDropsTheQuery) {
  const std::string answer = Say("GET /livez?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("GET /livez"));
  EXPECT_THAT(answer, HasSubstr("no-store"));
}

TEST_F(HttpServerTest, GarbageIsA400) {
  EXPECT_THAT(Say("\x16\x03\x01 no HTTP at all\r\n\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_F(HttpServerTest, OversizeHeadersAndBodiesAreRefused) {
  EXPECT_THAT(Say("GET / HTTP/1.1\r\nX: " + std::string(kMaxHttpHeaderBytes, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(Say("POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
}

TEST_F(HttpServerTest, SilentAndHalfSentRequestsDoNotHinderOthers) {
  std::vector<int> silent;
  for (int i = 0; i < 100; ++i) silent.push_back(Connect());
  for (size_t i = 0; i < silent.size(); i += 2) send(silent[i], "GET /", 5, MSG_NOSIGNAL);
  EXPECT_THAT(Say("GET /x HTTP/1.1\r\nConnection: close\r\n\r\n"), HasSubstr("GET /x"));
  for (int fd : silent) close(fd);
}

TEST_F(HttpServerTest, AnAddressInUseIsToldInWords) {
  EXPECT_THAT(HttpServer::Start(endpoint_, [](const HttpRequest&) { return HttpResponse(); }),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another daftard")));
  EXPECT_THAT(HttpServer::Start("nowhere:1", [](const HttpRequest&) { return HttpResponse(); }),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::service
