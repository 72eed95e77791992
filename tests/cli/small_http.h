// A server on a free loopback port, for tests of what speaks HTTP. One request a connection.
#ifndef DAFTAR_TESTS_CLI_SMALL_HTTP_H_
#define DAFTAR_TESTS_CLI_SMALL_HTTP_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace daftar::cli {

struct SmallRequest {
  std::string method;
  std::string path;
  std::string body;
};
struct SmallAnswer {
  int status = 200;
  std::string body = {};
  std::string headers = {};  // "Name: value\r\n"
};

class SmallHttp {
 public:
  // Called from the server's thread.
  explicit SmallHttp(std::function<SmallAnswer(const SmallRequest&)> answer)
      : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, raw, length), 0);
    EXPECT_EQ(::listen(listener_, 64), 0);
    EXPECT_EQ(::getsockname(listener_, raw, &length), 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { Serve(); });
  }
  ~SmallHttp() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }
  SmallHttp(const SmallHttp&) = delete;
  SmallHttp& operator=(const SmallHttp&) = delete;

  const std::string& url() const { return url_; }

 private:
  void Serve() {
    while (!stop_) {
      pollfd wait{listener_, POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      AnswerOne(connection);
      ::close(connection);
    }
  }
  void AnswerOne(int connection) {
    std::string text;
    size_t head = std::string::npos;
    size_t body_bytes = 0;
    while (head == std::string::npos || text.size() < head + 4 + body_bytes) {
      char piece[4096];
      const ssize_t got = ::recv(connection, piece, sizeof(piece), 0);
      if (got <= 0) return;
      text.append(piece, static_cast<size_t>(got));
      head = text.find("\r\n\r\n");
      const size_t length = text.find("Content-Length: ");
      if (head != std::string::npos && length < head)
        body_bytes = std::stoul(text.substr(length + 16));
    }
    SmallRequest request;
    const size_t first = text.find(' ');
    request.method = text.substr(0, first);
    request.path = text.substr(first + 1, text.find(' ', first + 1) - first - 1);
    request.body = text.substr(head + 4);
    const SmallAnswer answer = answer_(request);
    std::string out = "HTTP/1.1 " + std::to_string(answer.status) +
                      " X\r\nContent-Length: " + std::to_string(answer.body.size()) +
                      "\r\nConnection: close\r\n" + answer.headers + "\r\n" + answer.body;
    for (size_t sent = 0; sent < out.size();) {
      const ssize_t some = ::send(connection, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
      if (some <= 0) return;
      sent += static_cast<size_t>(some);
    }
  }

  const std::function<SmallAnswer(const SmallRequest&)> answer_;
  const int listener_;
  std::string url_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace daftar::cli

#endif  // DAFTAR_TESTS_CLI_SMALL_HTTP_H_
