#include "node/service/http_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
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

// One connection: read, answer, read again, all on the listener's one thread.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const HttpServer::Handler& handler, int& connections)
      : stream_(std::move(socket)), handler_(handler), connections_(connections) {
    ++connections_;
  }
  ~Session() { --connections_; }
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
    Write(handler_(request), parser_->get().keep_alive());
  }

  void Write(const HttpResponse& response, bool keep_alive) {
    response_.emplace();
    response_->result(static_cast<unsigned>(response.status));
    response_->set(http::field::content_type, response.content_type);
    response_->set("X-Content-Type-Options", "nosniff");
    response_->set(http::field::cache_control, "no-store");
    response_->keep_alive(keep_alive);
    response_->body() = response.body;
    response_->prepare_payload();
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
  const HttpServer::Handler& handler_;
  int& connections_;
  beast::flat_buffer buffer_{kMaxHttpHeaderBytes + kMaxHttpBodyBytes};
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
};

}  // namespace

struct HttpServer::Parts {
  explicit Parts(Handler request_handler) : handler(std::move(request_handler)) {}

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
      if (connections < kMaxHttpConnections) {
        std::make_shared<Session>(std::move(socket), handler, connections)->Read();
      }
      Accept();
    });
  }

  const Handler handler;
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::steady_timer pause{context};
  int connections = 0;
  std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::string& endpoint,
                                                              Handler handler) {
  const size_t colon = endpoint.rfind(':');
  std::string host = endpoint.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  beast::error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error) {
    return absl::InvalidArgumentError("http.listen " + endpoint +
                                      " is no numeric address, like 127.0.0.1:8481");
  }
  const int port = std::stoi(endpoint.substr(colon + 1));
  auto parts = std::make_unique<Parts>(std::move(handler));
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
}

}  // namespace daftar::service
