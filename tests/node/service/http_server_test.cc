#include "node/service/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <future>

#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::EndsWith;
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

int ConnectTo(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  return fd;
}

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    auto server = HttpServer::Start(
        endpoint_, {[this](const HttpRequest& request) {
                      if (request.path == "/slow") {
                        started_.set_value();
                        slow_.get_future().wait();
                      }
                      HttpResponse response{
                          200, "text/plain",
                          request.method + " " + request.path + " " + request.body};
                      if (request.path == "/kept") {
                        response.cache_control = "public";
                        response.headers = {{"X-Further", "yes"}};
                        response.body = std::string("a\0b", 3);
                      }
                      return response;
                    },
                    [](const HttpRequest& request) { return request.path.starts_with("/slow"); }});
    EXPECT_THAT(server, IsOk());
    server_ = *std::move(server);
  }
  int Connect() const { return ConnectTo(port_); }
  // Everything the server says to `request` until it closes.
  std::string Say(const std::string& request) const {
    const int fd = Connect();
    EXPECT_EQ(send(fd, request.data(), request.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(request.size()));
    std::string answer = Rest(fd);
    close(fd);
    return answer;
  }
  // What comes until the server closes.
  static std::string Rest(int fd) {
    std::string answer;
    char buffer[4096];
    ssize_t got = 0;
    while ((got = recv(fd, buffer, sizeof(buffer), 0)) > 0) {
      answer.append(buffer, static_cast<size_t>(got));
    }
    return answer;
  }
  // Whether something has come, or comes within a moment.
  static bool Readable(int fd) {
    pollfd one{fd, POLLIN, 0};
    return poll(&one, 1, 100) > 0;
  }

  const int port_ = FreePort();
  const std::string endpoint_ = "127.0.0.1:" + std::to_string(port_);
  std::promise<void> started_;  // /slow is being answered, which takes until slow_ is set
  std::promise<void> slow_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersAndDropsTheQuery) {
  const std::string answer = Say("GET /livez?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("GET /livez"));
  EXPECT_THAT(answer, HasSubstr("no-store"));
}

TEST_F(HttpServerTest, AHandlerSetsHeadersAndSendsAnyBytes) {
  const std::string answer = Say("GET /kept HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("\r\nCache-Control: public\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nX-Further: yes\r\n"));
  EXPECT_THAT(answer, EndsWith(std::string("\r\n\r\na\0b", 7)));
}

TEST_F(HttpServerTest, AHeadIsAnsweredWithTheLengthAndWithoutTheBody) {
  const std::string answer = Say("HEAD /kept HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 3\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, WhatOthersCouldReadAsAnotherRequestIsRefused) {
  for (const char* headers :
       {"Transfer-Encoding: gzip\r\n", "Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n",
        "Host: a\r\nHost: b\r\n"}) {
    EXPECT_THAT(Say("POST /x HTTP/1.1\r\n" + std::string(headers) + "\r\nGET /y HTTP/1.1\r\n\r\n"),
                StartsWith("HTTP/1.1 400"))
        << headers;
  }
}

TEST_F(HttpServerTest, ABodyReachesTheHandler) {
  EXPECT_THAT(Say("POST /x HTTP/1.1\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"),
              EndsWith("POST /x hello"));
}

TEST_F(HttpServerTest, ASlowRequestHoldsUpNoOtherOneAndTooManyAreRefused) {
  const std::string slow = "GET /slow HTTP/1.1\r\nConnection: close\r\n\r\n";
  const int first = Connect();
  ASSERT_EQ(send(first, slow.data(), slow.size(), MSG_NOSIGNAL), static_cast<ssize_t>(slow.size()));
  started_.get_future().wait();
  EXPECT_THAT(Say("GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n"), HasSubstr("/livez"));
  // Others wait behind it, each on a connection of its own, until there are too many.
  const std::string waits = "GET /slower HTTP/1.1\r\nConnection: close\r\n\r\n";
  std::vector<int> waiting;
  for (int i = 1; i < kMaxSlowRequests; ++i) {
    waiting.push_back(Connect());
    send(waiting.back(), waits.data(), waits.size(), MSG_NOSIGNAL);
  }
  std::string refused;
  while (refused.empty()) {
    // One of them may not have been read yet when this one is; then this one waits in its place.
    const int fd = Connect();
    send(fd, waits.data(), waits.size(), MSG_NOSIGNAL);
    char buffer[512];
    if (ssize_t got = 0; Readable(fd) && (got = recv(fd, buffer, sizeof(buffer), 0)) > 0) {
      refused.assign(buffer, static_cast<size_t>(got));
    }
    waiting.push_back(fd);
  }
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(refused, HasSubstr("Retry-After: 1"));
  slow_.set_value();
  EXPECT_THAT(Rest(first), HasSubstr("/slow"));
  EXPECT_THAT(Rest(waiting.front()), HasSubstr("/slower"));
  for (int fd : waiting) close(fd);
  close(first);
}

TEST_F(HttpServerTest, EndsWhileSlowRequestsAreUnderWay) {
  std::vector<int> asked;
  for (int i = 0; i < 8; ++i) {
    asked.push_back(Connect());
    const std::string slower = "GET /slower HTTP/1.1\r\n\r\n";
    send(asked.back(), slower.data(), slower.size(), MSG_NOSIGNAL);
  }
  server_.reset();
  for (int fd : asked) close(fd);
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

// Answers with more than any socket holds, and tells what became of it.
class EndlessAnswer final : public HttpService {
 public:
  bool Knows(const HttpRequest&) const override { return true; }
  Admission Admit(const HttpRequest&) override { return {kMaxHttpBodyBytes}; }
  void Answer(HttpRequest, std::shared_ptr<void>, std::shared_ptr<HttpAnswer> answer) override {
    answer->Begin({});
    answer->Write(std::string(64 << 20, 'x'), [this](bool ok) { written.set_value(ok); });
  }
  std::promise<bool> written;
};

TEST(HttpServerEndTest, WhoDoesNotFetchItsAnswerIsBrokenOff) {
  EndlessAnswer service;
  const int port = FreePort();
  auto server =
      HttpServer::Start("127.0.0.1:" + std::to_string(port), {.handler = {}, .service = &service});
  DAFTAR_ASSERT_OK(server);
  const int fd = ConnectTo(port);
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_EQ(send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  char first = 0;
  ASSERT_EQ(recv(fd, &first, 1, 0), 1);  // it is being answered
  auto written = service.written.get_future();
  (*server)->BreakOff();
  ASSERT_EQ(written.wait_for(std::chrono::seconds(kHttpWriteSeconds / 2)),
            std::future_status::ready);
  EXPECT_FALSE(written.get());
  close(fd);
}

TEST_F(HttpServerTest, AnAddressInUseIsToldInWords) {
  EXPECT_THAT(HttpServer::Start(endpoint_, {[](const HttpRequest&) { return HttpResponse(); }}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another daftard")));
  EXPECT_THAT(HttpServer::Start("nowhere:1", {[](const HttpRequest&) { return HttpResponse(); }}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::service
