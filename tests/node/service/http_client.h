// A plain HTTP client for tests: one connection a request.
#ifndef DAFTAR_TESTS_NODE_SERVICE_HTTP_CLIENT_H_
#define DAFTAR_TESTS_NODE_SERVICE_HTTP_CLIENT_H_

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <string>

#include "node/service/http_message.h"

namespace daftar::testing {

struct HttpReply {
  int status = 0;
  std::string body;
  service::HttpHeaders headers;
  std::string Header(std::string_view name) const {
    for (const auto& [known, value] : headers) {
      if (boost::beast::iequals(known, boost::beast::string_view(name.data(), name.size()))) {
        return value;
      }
    }
    return {};
  }
};

// The address of a port that was free a moment ago, as "127.0.0.1:port".
inline std::string FreeEndpoint() {
  boost::asio::io_context context;
  boost::asio::ip::tcp::acceptor acceptor(context, {boost::asio::ip::make_address("127.0.0.1"), 0});
  return "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
}

// What the server at `endpoint` answers; status 0 when it closes without an answer.
inline HttpReply HttpCall(const std::string& endpoint, const std::string& method,
                          const std::string& path, const service::HttpHeaders& headers,
                          const std::string& body) {
  namespace beast = boost::beast;
  namespace http = beast::http;
  const size_t colon = endpoint.rfind(':');
  boost::asio::io_context context;
  beast::tcp_stream stream(context);
  stream.connect({boost::asio::ip::make_address(endpoint.substr(0, colon)),
                  static_cast<uint16_t>(std::stoi(endpoint.substr(colon + 1)))});
  http::request<http::string_body> request;
  request.method_string(method);
  request.target(path);
  request.version(11);
  request.set(http::field::host, endpoint);
  request.set(http::field::connection, "close");
  for (const auto& [name, value] : headers) request.set(name, value);
  request.body() = body;
  request.prepare_payload();
  beast::error_code error;
  http::write(stream, request, error);  // the server may answer before it has all
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(64 << 20);
  http::read(stream, buffer, parser, error);
  HttpReply reply;
  if (!parser.is_header_done()) return reply;
  reply.status = static_cast<int>(parser.get().result_int());
  reply.body = parser.get().body();
  for (const auto& field : parser.get()) {
    reply.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  return reply;
}

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_NODE_SERVICE_HTTP_CLIENT_H_
