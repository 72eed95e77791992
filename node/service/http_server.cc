#include "node/service/http_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <thread>

namespace daftar::service {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds kAcceptPause{50};  // when descriptors are short

// What the connections of one listener share. Counters are the listener's thread's.
struct Shared {
  const HttpServer::Handler handler;
  const HttpServer::IsSlow is_slow;
  asio::thread_pool slow{1};
  int connections = 0;
  int slow_requests = 0;
};

// One connection: read, answer, read again, all on the listener's one thread; only the handler of a
// slow request runs elsewhere.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Shared& shared) : stream_(std::move(socket)), shared_(shared) {
    ++shared_.connections;
  }
  ~Session() { --shared_.connections; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Read() {
    parser_.emplace();
    parser_->header_limit(kMaxHttpHeaderBytes);
    parser_->body_limit(kMaxHttpBodyBytes);
    stream_.expires_after(std::chrono::seconds(kHttpIdleSeconds));
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](beast::error_code error, size_t) { self->OnRead(error); });
  }

 private:
  void OnRead(beast::error_code error) {
    if (error == http::error::end_of_stream || error == beast::error::timeout) return Close();
    if (error == http::error::body_limit) {
      return Write(HttpResponse{413, "text/plain; charset=utf-8", "the request is too large\n"},
                   false);
    }
    if (error) {
      return Write(HttpResponse{400, "text/plain; charset=utf-8", "not an HTTP request\n"}, false);
    }
    HttpRequest request;
    const std::string target(parser_->get().target().data(), parser_->get().target().size());
    request.path = target.substr(0, target.find('?'));
    request.method = std::string(parser_->get().method_string());
    request.body = std::move(parser_->get().body());
    head_ = parser_->get().method() == http::verb::head;
    const bool keep_alive = parser_->get().keep_alive();
    if (!shared_.is_slow || !shared_.is_slow(request)) {
      return Write(shared_.handler(request), keep_alive);
    }
    if (shared_.slow_requests == kMaxSlowRequests) {
      HttpResponse busy{503, "text/plain; charset=utf-8", "too many at once; come again\n"};
      busy.headers = {{"Retry-After", std::to_string(kHttpRetrySeconds)}};
      return Write(busy, keep_alive);
    }
    ++shared_.slow_requests;
    stream_.expires_never();
    asio::post(shared_.slow,
               [self = shared_from_this(), request = std::move(request), keep_alive]() mutable {
                 Session& session = *self;
                 HttpResponse response = session.shared_.handler(request);
                 // The connection goes on, and ends, on the listener's thread: nothing of it is
                 // kept here.
                 asio::post(session.stream_.get_executor(),
                            [self = std::move(self), response = std::move(response), keep_alive] {
                              --self->shared_.slow_requests;
                              self->Write(response, keep_alive);
                            });
               });
  }

  void Write(const HttpResponse& response, bool keep_alive) {
    response_.emplace();
    response_->result(static_cast<unsigned>(response.status));
    response_->set(http::field::content_type, response.content_type);
    response_->set("X-Content-Type-Options", "nosniff");
    response_->set(http::field::cache_control, response.cache_control);
    for (const auto& [name, value] : response.headers) response_->set(name, value);
    response_->keep_alive(keep_alive);
    response_->body() = response.body;
    response_->prepare_payload();
    if (head_) response_->body().clear();  // the length stays that of a GET's
    stream_.expires_after(std::chrono::seconds(kHttpWriteSeconds));
    http::async_write(stream_, *response_,
                      [self = shared_from_this(), keep_alive](beast::error_code error, size_t) {
                        if (error || !keep_alive) return self->Close();
                        self->Read();
                      });
  }

  void Close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream stream_;
  Shared& shared_;
  bool head_ = false;  // the request that is being answered is a HEAD
  beast::flat_buffer buffer_{kMaxHttpHeaderBytes + kMaxHttpBodyBytes};
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
};

}  // namespace

struct HttpServer::Parts {
  Parts(Handler handler, IsSlow is_slow) : shared{std::move(handler), std::move(is_slow)} {}

  void Accept() {
    acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) {
        // Out of descriptors: come back when some may have closed.
        pause.expires_after(kAcceptPause);
        pause.async_wait([this](beast::error_code stopped) {
          if (!stopped) Accept();
        });
        return;
      }
      if (shared.connections < kMaxHttpConnections) {
        std::make_shared<Session>(std::move(socket), shared)->Read();
      }
      Accept();
    });
  }

  Shared shared;  // outlives the connections, which the context has
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::steady_timer pause{context};
  std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::string& endpoint,
                                                              Handler handler, IsSlow is_slow,
                                                              const std::string& key) {
  const size_t colon = endpoint.rfind(':');
  std::string host = endpoint.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  beast::error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error) {
    return absl::InvalidArgumentError(key + " " + endpoint +
                                      " is no numeric address, like 127.0.0.1:8481");
  }
  const int port = std::stoi(endpoint.substr(colon + 1));
  auto parts = std::make_unique<Parts>(std::move(handler), std::move(is_slow));
  const tcp::endpoint where(address, static_cast<uint16_t>(port));
  parts->acceptor.open(where.protocol(), error);
  if (!error) parts->acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) parts->acceptor.bind(where, error);
  if (!error) parts->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return absl::FailedPreconditionError("cannot listen on " + endpoint + ": " + error.message() +
                                         ". Is another program (another daftard?) using the port?");
  }
  parts->Accept();
  Parts* raw = parts.get();
  parts->thread = std::thread([raw] { raw->context.run(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

HttpServer::~HttpServer() {
  parts_->context.stop();
  parts_->thread.join();
  // What waits there is finished, so that no connection outlives the context.
  parts_->shared.slow.join();
}

}  // namespace daftar::service
