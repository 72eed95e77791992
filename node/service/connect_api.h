// The local API over HTTP, as the Connect protocol has it: unary calls in JSON and binary, and
// streams. Driven by the descriptors: a method that stands in a .proto of the local API is served.
#ifndef DAFTAR_NODE_SERVICE_CONNECT_API_H_
#define DAFTAR_NODE_SERVICE_CONNECT_API_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/service/browser_guard.h"
#include "node/service/http_message.h"
#include "node/service/local_services.h"
#include "node/service/rate_limit.h"

namespace daftar::service {

inline constexpr size_t kMaxAnonymousBodyBytes = 64 << 10;
// A stream of messages that carries one proof file, with its envelopes.
inline constexpr size_t kMaxStreamBodyBytes = 17 << 20;
// A larger request is read on a thread of its own, so that small ones go on meanwhile.
inline constexpr size_t kMaxInlineBodyBytes = 16 << 10;
inline constexpr int kDefaultUnaryMillis = 60'000;    // where the caller says nothing
inline constexpr int kDefaultStreamMillis = 540'000;  // the same of a stream

// How often may be called.
struct RateLimits {
  RateLimit known;      // with a token or a session: each of them
  RateLimit anonymous;  // without: each address
};

// The handlers stand behind a gRPC server of this process, which the HTTP listener calls without a
// network: deadlines, threads and cancelling are that server's.
class ConnectApi final : public HttpService {
 public:
  // All outlive it.
  static absl::StatusOr<std::unique_ptr<ConnectApi>> Start(const Handlers& handlers,
                                                           const Credentials& credentials,
                                                           const BrowserGuard& guard,
                                                           RateLimits& limits);
  ~ConnectApi() override;  // as Stop

  // Refuses what comes, ends what is under way and waits for it. What has been answered by then and
  // is only fetched slowly is not waited for: `break_off` is called to end it
  // (HttpServer::BreakOff; may be empty). Before the listener ends, and once.
  void Stop(const std::function<void()>& break_off = {});

  // The three are the listener's thread's.
  bool Knows(const HttpRequest& head) const override;
  Admission Admit(const HttpRequest& head) override;
  void Answer(HttpRequest request, std::shared_ptr<void> found,
              std::shared_ptr<HttpAnswer> answer) override;

 private:
  struct Parts;
  explicit ConnectApi(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_CONNECT_API_H_
