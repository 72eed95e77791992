#include "node/service/http_server.h"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "node/service/http_session.h"

namespace daftar::service {
namespace {

using tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds kAcceptPause{50};  // when descriptors are short

absl::StatusOr<std::unique_ptr<asio::ssl::context>> TlsContext(const HttpTls& tls) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  beast::error_code error;
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                           asio::ssl::context::no_tlsv1_1,
                       error);
  if (!error) context->use_certificate_chain(asio::buffer(tls.certificate), error);
  if (error) {
    return absl::InvalidArgumentError(
        "http.tls_certificate holds no certificate in PEM that can be used: " + error.message());
  }
  context->use_private_key(asio::buffer(tls.key), asio::ssl::context::pem, error);
  if (error) {
    return absl::InvalidArgumentError(
        "http.tls_key holds no unencrypted key in PEM that belongs to http.tls_certificate: " +
        error.message());
  }
  return context;
}

}  // namespace

std::string_view HttpRequest::Header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (beast::iequals(beast::string_view(known.data(), known.size()),
                       beast::string_view(name.data(), name.size()))) {
      return value;
    }
  }
  return {};
}

struct HttpServer::Parts {
  explicit Parts(HttpServerOptions options) : shared{std::move(options)} {}

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
      if (shared.open.size() < kMaxHttpConnections && !HasEnough(socket)) Serve(std::move(socket));
      Accept();
    });
  }

  bool HasEnough(const tcp::socket& socket) const {
    beast::error_code ignored;
    const auto peer = socket.remote_endpoint(ignored);
    if (ignored) return true;  // it has gone
    const auto found =
        shared.by_stranger.find(shared.CountedAs(CanonicalAddress(peer.address().to_string())));
    return found != shared.by_stranger.end() && found->second >= kMaxHttpConnectionsOfOne;
  }

  void Serve(tcp::socket socket) {
    if (tls == nullptr) {
      std::make_shared<HttpSession<beast::tcp_stream>>(shared, std::move(socket))->Begin();
    } else {
      std::make_shared<HttpSession<beast::ssl_stream<beast::tcp_stream>>>(shared, std::move(socket),
                                                                          *tls)
          ->Begin();
    }
  }

  HttpShared shared;  // outlives the connections, which the context has
  std::unique_ptr<asio::ssl::context> tls;
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::steady_timer pause{context};
  std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::string& endpoint,
                                                              HttpServerOptions options) {
  const size_t colon = endpoint.rfind(':');
  std::string host = endpoint.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  beast::error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error) {
    return absl::InvalidArgumentError(options.key + " " + endpoint +
                                      " is no numeric address, like 127.0.0.1:18481");
  }
  const int port = std::stoi(endpoint.substr(colon + 1));
  auto parts = std::make_unique<Parts>(std::move(options));
  if (parts->shared.options.tls.has_value()) {
    auto tls = TlsContext(*parts->shared.options.tls);
    if (!tls.ok()) return tls.status();
    parts->tls = *std::move(tls);
  }
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

void HttpServer::BreakOff() {
  asio::post(parts_->context, [&shared = parts_->shared] {
    // What ends leaves the set.
    const std::set<HttpConnection*> open = shared.open;
    for (HttpConnection* connection : open) connection->BreakOff();
  });
}

HttpServer::~HttpServer() {
  parts_->context.stop();
  parts_->thread.join();
  // What waits there is finished, so that no connection outlives the context.
  parts_->shared.slow.join();
}

}  // namespace daftar::service
