#include "node/service/web_front.h"

#include "node/service/browser_guard.h"
#include "node/service/connect_api.h"
#include "node/service/http_server.h"
#include "node/service/metrics.h"
#include "node/service/rate_limit.h"
#include "storage/files.h"

namespace daftar::service {
namespace {

constexpr size_t kMaxPemBytes = 256 << 10;
constexpr char kText[] = "text/plain; charset=utf-8";

absl::StatusOr<std::optional<HttpTls>> ReadTls(const Config& config) {
  if (config.http_tls_certificate.empty()) return std::nullopt;
  HttpTls tls;
  for (const auto& [key, path, text] :
       {std::tuple{"http.tls_certificate", &config.http_tls_certificate, &tls.certificate},
        std::tuple{"http.tls_key", &config.http_tls_key, &tls.key}}) {
    auto read = storage::ReadFile(*path, kMaxPemBytes);
    if (!read.ok()) {
      return absl::InvalidArgumentError(std::string(key) + ": " +
                                        std::string(read.status().message()));
    }
    *text = crypto::AsText(*read);
  }
  return tls;
}

// Asked by a program of this machine, and not through a proxy that passes on what others ask.
bool IsFromHere(const HttpRequest& request) {
  return IsLoopback(request.address + ":1") && IsLoopback(std::string(request.Header("host"))) &&
         request.Header("x-forwarded-for").empty() && request.Header("forwarded").empty();
}

}  // namespace

struct WebFront::Parts {
  Parts(Node& the_node, const PartnerServer& partners, LogHttp& the_log,
        std::span<const ConsoleFile> files, bool tls)
      : node(the_node),
        partner_server(partners),
        log(the_log),
        console(files),
        guard(the_node.config().http_listen, the_node.config().http_names, tls),
        limits{RateLimit(UserRate(the_node.config().http_calls_per_second)),
               RateLimit(kAnonymousRate)} {}

  HttpResponse Answer(const HttpRequest& request);

  Node& node;
  const PartnerServer& partner_server;
  LogHttp& log;
  const std::span<const ConsoleFile> console;
  const BrowserGuard guard;
  RateLimits limits;
  std::unique_ptr<ConnectApi> api;
  std::unique_ptr<HttpServer> server;
};

HttpResponse WebFront::Parts::Answer(const HttpRequest& request) {
  if (LogHttp::Knows(request)) return log.Answer(request);
  const bool health =
      request.path == "/livez" || request.path == "/readyz" || request.path == "/metrics";
  if (!health || (request.method != "GET" && request.method != "HEAD")) {
    return AnswerConsole(console, request);
  }
  if (request.path == "/livez") return {200, kText, "live\n"};
  if (request.path == "/metrics") {
    if (!IsFromHere(request)) {
      return {403, kText, "metrics name partners: they are for this machine alone\n"};
    }
    return {200, "text/plain; version=0.0.4; charset=utf-8", RenderMetrics(node, partner_server)};
  }
  // Problems name partners and files, never a customer; they still stay on the operator's side.
  if (node.publisher().trouble().empty() && node.publisher().Head().has_value()) {
    return {
        200, kText,
        node.config().test_mode ? "ready, in test mode: some answers are made up\n" : "ready\n"};
  }
  return {503, kText, "answers checks, signs nothing; `daftar status` says why\n"};
}

WebFront::WebFront(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<WebFront>> WebFront::Start(Node& node,
                                                          const PartnerServer& partner_server,
                                                          LogHttp& log, const Handlers& handlers,
                                                          const Credentials& credentials,
                                                          std::span<const ConsoleFile> console) {
  auto tls = ReadTls(node.config());
  if (!tls.ok()) return tls.status();
  auto parts = std::make_unique<Parts>(node, partner_server, log, console, tls->has_value());
  auto api = ConnectApi::Start(handlers, credentials, parts->guard, parts->limits);
  if (!api.ok()) return api.status();
  parts->api = *std::move(api);
  HttpServerOptions options;
  options.handler = [raw = parts.get()](const HttpRequest& request) {
    return raw->Answer(request);
  };
  options.is_slow = LogHttp::IsSlow;
  options.service = parts->api.get();
  options.tls = *std::move(tls);
  options.proxies = node.config().http_proxies;
  auto server = HttpServer::Start(node.config().http_listen, std::move(options));
  if (!server.ok()) return server.status();
  parts->server = *std::move(server);
  return std::unique_ptr<WebFront>(new WebFront(std::move(parts)));
}

WebFront::~WebFront() {
  // Calls under way answer through the listener: they end before it does.
  parts_->api->Stop([this] { parts_->server->BreakOff(); });
  parts_->server.reset();
}

absl::StatusOr<std::unique_ptr<HttpServer>> StartLogFront(const Config& config, LogHttp& log) {
  if (config.log_listen.empty()) return std::unique_ptr<HttpServer>();
  HttpServerOptions options;
  options.handler = [&log](const HttpRequest& request) -> HttpResponse {
    if (LogHttp::Knows(request)) return log.Answer(request);
    return {404, kText, "there is /log/checkpoint\n"};
  };
  options.is_slow = LogHttp::IsSlow;
  options.key = "log.listen";
  return HttpServer::Start(config.log_listen, std::move(options));
}

}  // namespace daftar::service
