// One connection of an HTTP listener. Included by http_server.cc alone.
#ifndef DAFTAR_NODE_SERVICE_HTTP_SESSION_H_
#define DAFTAR_NODE_SERVICE_HTTP_SESSION_H_

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <type_traits>

#include "node/service/client_address.h"
#include "node/service/http_server.h"
#include "node/service/sign_in_limits.h"

namespace daftar::service {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  virtual void BreakOff() = 0;
};

// What the connections of one listener share. All but the options is the listener's thread's.
struct HttpShared {
  const HttpServerOptions options;
  asio::thread_pool slow{1};
  std::set<HttpConnection*> open = {};
  std::map<std::string, int> by_stranger = {};  // of these; see CountedAs
  int slow_requests = 0;

  // Under what a peer's connections are counted (StrangerOf); empty: not at all, for this machine
  // and proxies, which stand for many.
  std::string CountedAs(const std::string& address) const {
    beast::error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    const bool is_proxy = std::ranges::any_of(options.proxies, [&](const std::string& proxy) {
      return CanonicalAddress(proxy) == address;
    });
    return error || parsed.is_loopback() || is_proxy ? std::string() : StrangerOf(address);
  }
};

inline HttpResponse PlainHttp(int status, std::string body) {
  return {status, "text/plain; charset=utf-8", std::move(body)};
}

inline HttpResponse BusyHttp() {
  HttpResponse busy = PlainHttp(503, "too many at once; come again\n");
  busy.headers = {{"Retry-After", std::to_string(kHttpRetrySeconds)}};
  return busy;
}

// Read, answer, read again, all on the listener's one thread; only the handler of a slow request
// runs elsewhere, and a service's answer comes from wherever it is made.
template <class Stream>
class HttpSession final : public HttpAnswer,
                          public HttpConnection,
                          public std::enable_shared_from_this<HttpSession<Stream>> {
 public:
  static constexpr bool kTls = !std::is_same_v<Stream, beast::tcp_stream>;

  // `context` is the TLS context, or nothing.
  template <class... Context>
  HttpSession(HttpShared& shared, asio::ip::tcp::socket socket, Context&... context)
      : stream_(std::move(socket), context...), shared_(shared) {
    beast::error_code ignored;
    const auto peer = Tcp().socket().remote_endpoint(ignored);
    if (!ignored) address_ = CanonicalAddress(peer.address().to_string());
    if (!ignored) counted_ = shared_.CountedAs(address_);
    if (!counted_.empty()) ++shared_.by_stranger[counted_];
    Tcp().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    shared_.open.insert(this);
  }
  ~HttpSession() override {
    shared_.open.erase(this);
    const auto counted = shared_.by_stranger.find(counted_);
    if (counted != shared_.by_stranger.end() && --counted->second == 0) {
      shared_.by_stranger.erase(counted);
    }
  }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void Begin() {
    if constexpr (kTls) {
      Tcp().expires_after(std::chrono::seconds(kHttpHandshakeSeconds));
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](beast::error_code error) {
                                if (!error) self->Read();
                              });
    } else {
      Read();
    }
  }

  void Send(HttpResponse response) override {
    Post([response = std::move(response)](HttpSession& self) {
      self.WriteWhole(response, self.keep_alive_);
    });
  }

  void BreakOff() override { Tcp().close(); }

  void Begin(HttpResponse head) override {
    Post([head = std::move(head)](HttpSession& self) { self.WriteHead(head); });
  }

  void Write(std::string bytes, std::function<void(bool)> written) override {
    Post([bytes = std::move(bytes), written = std::move(written)](HttpSession& self) mutable {
      self.WritePiece(std::move(bytes), std::move(written));
    });
  }

  void End() override {
    Post([](HttpSession& self) { self.WriteEnd(); });
  }

 private:
  auto& Tcp() { return beast::get_lowest_layer(stream_); }

  // Runs on the listener's thread; the connection stays for as long.
  template <class Work>
  void Post(Work work) {
    asio::post(stream_.get_executor(), [self = this->shared_from_this(),
                                        work = std::move(work)]() mutable { work(*self); });
  }

  // Where a service lets the answer go, the connection must not end: that is the listener's
  // thread's.
  std::shared_ptr<HttpAnswer> ForService() {
    return {this, [self = this->shared_from_this()](HttpAnswer*) mutable {
              auto executor = self->stream_.get_executor();
              asio::post(executor, [self = std::move(self)] {});
            }};
  }

  void Read() {
    parser_.emplace();
    parser_->header_limit(kMaxHttpHeaderBytes);
    // Of what was admitted, once the head is there. (None at all would refuse every length: Beast
    // 1.74 compares it with the optional.)
    parser_->body_limit(std::numeric_limits<uint64_t>::max());
    Tcp().expires_after(std::chrono::seconds(kHttpIdleSeconds));
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = this->shared_from_this()](beast::error_code error, size_t) {
                              self->OnHead(error);
                            });
  }

  void OnHead(beast::error_code error) {
    if (error == http::error::end_of_stream || error == beast::error::timeout) return Close();
    if (error) return WriteWhole(PlainHttp(400, "not an HTTP request\n"), false);
    const auto& head = parser_->get();
    // What stands between and understands it otherwise would see other requests in the same bytes.
    if (head.count(http::field::host) > 1 ||
        (head.count(http::field::transfer_encoding) > 0 && !parser_->chunked())) {
      return WriteWhole(PlainHttp(400, "not an HTTP request\n"), false);
    }
    request_ = {};
    const std::string target(head.target().data(), head.target().size());
    request_.path = target.substr(0, target.find('?'));
    request_.method = std::string(head.method_string());
    request_.tls = kTls;
    for (const auto& field : head) {
      request_.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    request_.address = ClientAddress(address_, request_, shared_.options.proxies);
    unread_ = !NoBodyFollows();
    is_head_ = head.method() == http::verb::head;
    keep_alive_ = head.keep_alive();
    HttpService* service = shared_.options.service;
    served_ = service != nullptr && service->Knows(request_);
    admission_ = {kMaxHttpBodyBytes, {}, PlainHttp(413, "the request is too large\n")};
    if (served_) {
      admission_ = service->Admit(request_);
      if (admission_.refusal.has_value()) {
        return WriteWhole(*admission_.refusal, keep_alive_ && !unread_);
      }
    }
    const size_t most = admission_.most_body_bytes;
    const auto length = parser_->content_length();
    if (length.has_value() && *length > most) return WriteWhole(admission_.too_large, false);
    // Only of those that send no length it is not known yet.
    const bool is_large = length.has_value() ? *length > kMaxHttpBodyBytes
                                             : parser_->chunked() && most > kMaxHttpBodyBytes;
    Tcp().expires_after(std::chrono::seconds(is_large ? kHttpLargeBodySeconds : kHttpIdleSeconds));
    parser_->body_limit(most);
    if (beast::iequals(head[http::field::expect], "100-continue")) return WriteContinue();
    ReadBody();
  }

  bool NoBodyFollows() const {
    const auto length = parser_->content_length();
    return !parser_->chunked() && (!length.has_value() || *length == 0);
  }

  void WriteContinue() {
    continue_.emplace(http::status::continue_, 11);
    http::async_write(stream_, *continue_,
                      [self = this->shared_from_this()](beast::error_code error, size_t) {
                        if (!error) self->ReadBody();
                      });
  }

  void ReadBody() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](beast::error_code error, size_t) {
                       self->OnRead(error);
                     });
  }

  void OnRead(beast::error_code error) {
    if (error == http::error::end_of_stream || error == beast::error::timeout) return Close();
    if (error == http::error::body_limit) return WriteWhole(admission_.too_large, false);
    if (error) return WriteWhole(PlainHttp(400, "not an HTTP request\n"), false);
    unread_ = false;
    request_.body = std::move(parser_->get().body());
    Tcp().expires_never();  // until there is an answer
    if (served_) {
      return shared_.options.service->Answer(std::move(request_), std::move(admission_.found),
                                             ForService());
    }
    if (!shared_.options.is_slow || !shared_.options.is_slow(request_)) {
      return WriteWhole(shared_.options.handler(request_), keep_alive_);
    }
    if (shared_.slow_requests == kMaxSlowRequests) return WriteWhole(BusyHttp(), keep_alive_);
    ++shared_.slow_requests;
    asio::post(shared_.slow,
               [self = this->shared_from_this(), request = std::move(request_)]() mutable {
                 HttpSession& session = *self;
                 HttpResponse response = session.shared_.options.handler(request);
                 // The connection goes on, and ends, on the listener's thread: nothing of it is
                 // kept here.
                 asio::post(session.stream_.get_executor(),
                            [self = std::move(self), response = std::move(response)] {
                              --self->shared_.slow_requests;
                              self->WriteWhole(response, self->keep_alive_);
                            });
               });
  }

  template <class Message>
  void SetFields(Message& message, const HttpResponse& response, bool keep_alive) {
    message.result(static_cast<unsigned>(response.status));
    message.set(http::field::content_type, response.content_type);
    message.set("X-Content-Type-Options", "nosniff");
    message.set(http::field::cache_control, response.cache_control);
    for (const auto& [name, value] : response.headers) message.insert(name, value);
    message.keep_alive(keep_alive);
  }

  void WriteWhole(const HttpResponse& response, bool keep_alive) {
    admission_.found.reset();
    response_.emplace();
    SetFields(*response_, response, keep_alive);
    response_->body() = response.body;
    response_->prepare_payload();
    if (is_head_) response_->body().clear();  // the length stays that of a GET's
    Tcp().expires_after(std::chrono::seconds(kHttpWriteSeconds));
    http::async_write(
        stream_, *response_,
        [self = this->shared_from_this(), keep_alive](beast::error_code error, size_t) {
          if (!error && self->unread_) return self->Linger();
          if (error || !keep_alive) return self->Close();
          self->Read();
        });
  }

  void WriteHead(const HttpResponse& head) {
    streamed_.emplace();
    SetFields(*streamed_, head, keep_alive_);
    streamed_->chunked(true);
    serializer_.emplace(*streamed_);
    Tcp().expires_after(std::chrono::seconds(kHttpWriteSeconds));
    http::async_write_header(stream_, *serializer_,
                             [self = this->shared_from_this()](beast::error_code error, size_t) {
                               self->OnHeadWritten(!error);
                             });
  }

  // The first piece may be there before the head is written.
  void OnHeadWritten(bool ok) {
    head_written_ = true;
    gone_ = !ok;
    if (auto next = std::move(after_head_)) next();
  }

  void WritePiece(std::string bytes, std::function<void(bool)> written) {
    if (!head_written_) {
      after_head_ = [self = this->shared_from_this(), bytes = std::move(bytes),
                     written = std::move(written)]() mutable {
        self->WritePiece(std::move(bytes), std::move(written));
      };
      return;
    }
    if (gone_) return written(false);
    piece_ = std::move(bytes);
    Tcp().expires_after(std::chrono::seconds(kHttpWriteSeconds));
    asio::async_write(stream_, http::make_chunk(asio::buffer(piece_)),
                      [self = this->shared_from_this(), written = std::move(written)](
                          beast::error_code error, size_t) {
                        self->gone_ = static_cast<bool>(error);
                        self->Tcp().expires_never();
                        written(!error);
                      });
  }

  void WriteEnd() {
    if (!head_written_) {
      after_head_ = [self = this->shared_from_this()] { self->WriteEnd(); };
      return;
    }
    if (gone_) return Close();
    head_written_ = false;
    Tcp().expires_after(std::chrono::seconds(kHttpWriteSeconds));
    asio::async_write(stream_, http::make_chunk_last(),
                      [self = this->shared_from_this()](beast::error_code error, size_t) {
                        if (error || !self->keep_alive_) return self->Close();
                        self->Read();
                      });
  }

  // Whoever is still sending would not see the answer if the connection broke off (RFC 9112 section
  // 9.6): what comes is thrown away for a while.
  void Linger() {
    if constexpr (!kTls) {
      beast::error_code ignored;
      Tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }
    Tcp().expires_after(std::chrono::seconds(kHttpLingerSeconds));
    thrown_away_ = 0;
    piece_.resize(kMaxHttpBodyBytes);
    ThrowAway();
  }

  void ThrowAway() {
    stream_.async_read_some(asio::buffer(piece_), [self = this->shared_from_this()](
                                                      beast::error_code error, size_t bytes) {
      self->thrown_away_ += bytes;
      if (error || self->thrown_away_ > kMaxHttpThrownAway) return self->Close();
      self->ThrowAway();
    });
  }

  void Close() {
    if constexpr (kTls) {
      Tcp().expires_after(std::chrono::seconds(kHttpHandshakeSeconds));
      stream_.async_shutdown([self = this->shared_from_this()](beast::error_code) {});
    } else {
      beast::error_code ignored;
      Tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }
  }

  Stream stream_;
  HttpShared& shared_;
  std::string address_;  // of the peer
  std::string counted_;
  // Of the request that is being answered.
  HttpRequest request_;
  bool is_head_ = false;
  bool keep_alive_ = false;
  bool served_ = false;  // by the service
  bool unread_ = false;  // its body, or some of it
  HttpService::Admission admission_;
  beast::flat_buffer buffer_{kMaxHttpHeaderBytes + kMaxHttpBodyBytes};
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::empty_body>> continue_;
  std::optional<http::response<http::string_body>> response_;
  // Of an answer in pieces.
  std::optional<http::response<http::empty_body>> streamed_;
  std::optional<http::response_serializer<http::empty_body>> serializer_;
  std::function<void()> after_head_;
  std::string piece_;
  size_t thrown_away_ = 0;
  bool head_written_ = false;
  bool gone_ = false;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_HTTP_SESSION_H_
