#include "node/service/connect_api.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <charconv>
#include <variant>

#include "daftar/v1/session.pb.h"
#include "node/service/connect_call.h"
#include "node/service/connect_protocol.h"
#include "node/service/http_server.h"
#include "node/service/limits.h"
#include "node/service/sign_in_limits.h"

namespace daftar::service {
namespace {

constexpr std::string_view kPackage = "/daftar.v1.";
constexpr size_t kMaxCredentialBytes = 1024;
constexpr int kMillisPerSecond = 1000;

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;

// The method of the path "/daftar.v1.ShopService/Check", if the local API has it.
const MethodDescriptor* MethodOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == 0 || slash == std::string::npos) return nullptr;
  const std::string service = path.substr(1, slash - 1);
  if (!LocalServices::Has(service)) return nullptr;
  const auto* found = DescriptorPool::generated_pool()->FindServiceByName(service);
  return found == nullptr ? nullptr : found->FindMethodByName(path.substr(slash + 1));
}

bool IsStreamed(const MethodDescriptor& method) {
  return method.client_streaming() || method.server_streaming();
}

HttpResponse Refusal(int status, const absl::Status& error) {
  return {status, "application/json", ConnectError(error)};
}
HttpResponse Refusal(const absl::Status& error) {
  return Refusal(ConnectHttpStatus(error.code()), error);
}

// The same to a caller that waits for a stream: the error is in its last envelope.
HttpResponse RefusalIn(ConnectForm form, const absl::Status& error) {
  if (!form.streamed) return Refusal(error);
  return {200, ConnectContentType(form), ConnectEndOfStream(error)};
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

constexpr size_t kLengthUnknown = SIZE_MAX;

// Of the body, as the request says; kLengthUnknown when it comes in chunks.
size_t LengthOf(const HttpRequest& head) {
  if (!head.Header("transfer-encoding").empty()) return kLengthUnknown;
  const std::string_view text = head.Header("content-length");
  size_t length = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
  return text.empty() || read.ec == std::errc() ? length : kLengthUnknown;
}

// A session's secret goes where no script can read it. Headers of the answer.
HttpHeaders Cookies(const BrowserGuard& guard, const HttpRequest& head,
                    google::protobuf::Message& message) {
  HttpHeaders headers;
  if (message.GetDescriptor() == v1::SignOutResponse::descriptor()) {
    headers.emplace_back("Set-Cookie", guard.SessionCookie(head, {}, {}));
  } else if (message.GetDescriptor() == v1::SignInResponse::descriptor()) {
    auto& signed_in = static_cast<v1::SignInResponse&>(message);
    headers.emplace_back("Set-Cookie",
                         guard.SessionCookie(head, signed_in.session(), kSessionLife));
    if (!signed_in.device().empty()) {
      headers.emplace_back("Set-Cookie", guard.DeviceCookie(head, signed_in.device()));
    }
    signed_in.clear_session();
    signed_in.clear_device();
  }
  return headers;
}

// What is asked for, apart from who asks.
struct Asked {
  const MethodDescriptor* method = nullptr;
  ConnectForm form;
  std::chrono::milliseconds timeout{0};
};

// Or why it cannot be, in the order in which a caller mends it.
std::variant<Asked, HttpResponse> Understand(const HttpRequest& head) {
  Asked asked;
  asked.method = MethodOf(head.path);
  if (asked.method == nullptr) {
    return Refusal(404,
                   absl::UnimplementedError("there is no such call; docs/api.md has them all"));
  }
  if (head.method != "POST") {
    HttpResponse response = Refusal(405, absl::UnimplementedError("calls are made with POST"));
    response.headers = {{"Allow", "POST"}};
    return response;
  }
  const bool streamed = IsStreamed(*asked.method);
  const auto form = ConnectFormOf(head.Header("content-type"));
  if (!form.has_value() || form->streamed != streamed) {
    const std::string json = ConnectContentType({true, streamed});
    const std::string proto = ConnectContentType({false, streamed});
    HttpResponse response = Refusal(
        415, absl::InvalidArgumentError("this call takes Content-Type: " + json + " or " + proto));
    response.headers = {{"Accept-Post", json + ", " + proto}};
    return response;
  }
  asked.form = *form;
  const std::string_view version = head.Header("connect-protocol-version");
  if (!version.empty() && version != kConnectVersion) {
    return RefusalIn(asked.form, absl::InvalidArgumentError(
                                     "Connect-Protocol-Version: this node speaks version 1"));
  }
  for (const char* name : {"content-encoding", "connect-content-encoding"}) {
    const std::string_view encoding = head.Header(name);
    if (!encoding.empty() && encoding != "identity") {
      return RefusalIn(asked.form,
                       absl::UnimplementedError(
                           "compressed requests are not taken; send Content-Encoding: identity"));
    }
  }
  const auto timeout = ConnectTimeout(head.Header("connect-timeout-ms"));
  if (!timeout.ok()) return RefusalIn(asked.form, timeout.status());
  asked.timeout = timeout->value_or(
      std::chrono::milliseconds(streamed ? kDefaultStreamMillis : kDefaultUnaryMillis));
  if (asked.timeout.count() == 0) {
    return RefusalIn(asked.form, absl::DeadlineExceededError(
                                     "Connect-Timeout-Ms: 0 leaves no time for an answer"));
  }
  return asked;
}

}  // namespace

struct ConnectApi::Parts {
  Parts(const Handlers& handlers, const Credentials& who, const BrowserGuard& browsers,
        RateLimits& rates)
      : services(handlers, who, std::nullopt), credentials(who), guard(browsers), limits(rates) {}

  // Who says to call; nothing of it is checked yet. An error: it comes from another site's page.
  absl::StatusOr<CallOrigin> OriginOf(const HttpRequest& head) const;
  struct Known {
    CallOrigin origin;
    Actor actor;  // without a name: nobody in particular
  };
  // From Admit to Answer.
  struct Found {
    Asked asked;
    CallOrigin origin;
    std::shared_ptr<void> body_place;
  };
  // Unauthenticated for a token that nobody has; errors of OriginOf.
  absl::StatusOr<Known> Identify(const HttpRequest& head);
  // Counts the call; how long it has to wait, if it does.
  std::optional<std::chrono::milliseconds> WaitFor(const std::string& name,
                                                   const std::string& address);

  LocalServices services;
  const Credentials credentials;
  const BrowserGuard& guard;
  RateLimits& limits;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<grpc::GenericStub> stub;
  LargeBodies large_bodies;
  CallsUnderWay calls;
  boost::asio::thread_pool readers{1};  // of large requests
};

absl::StatusOr<CallOrigin> ConnectApi::Parts::OriginOf(const HttpRequest& head) const {
  CallOrigin origin;
  origin.address = head.address;
  const std::string_view authorization = head.Header("authorization");
  if (!authorization.empty()) {
    if (!authorization.starts_with(kBearer) || authorization.size() > kMaxCredentialBytes ||
        !IsPrintable(authorization)) {
      return absl::UnauthenticatedError("authorization: expected \"Bearer TOKEN\"");
    }
    origin.secret = authorization.substr(kBearer.size());
    return origin;
  }
  // Without a token it is a browser, or may be one that another site uses.
  if (!guard.KnowsHost(head)) {
    return absl::PermissionDeniedError(
        "this node is not known by the name in the request's Host header; add it to http.names in "
        "config.toml, or send a token");
  }
  if (!guard.IsSameOrigin(head)) {
    return absl::PermissionDeniedError("pages of other sites may not call this node");
  }
  const std::string session = guard.SessionOf(head);
  if (!session.empty() && guard.MayUseCookie(head) && IsPrintable(session)) {
    origin.secret = session;
  }
  const std::string device = guard.DeviceOf(head);
  if (IsPrintable(device)) origin.device = device;
  return origin;
}

absl::StatusOr<ConnectApi::Parts::Known> ConnectApi::Parts::Identify(const HttpRequest& head) {
  auto origin = OriginOf(head);
  if (!origin.ok()) return origin.status();
  Known known{*std::move(origin), {}};
  if (known.origin.secret.empty()) return known;
  auto actor = credentials.ActorOf(known.origin, true);
  if (actor.ok()) {
    known.actor = *std::move(actor);
  } else if (!absl::IsUnauthenticated(actor.status()) || !head.Header("authorization").empty()) {
    return actor.status();
  } else {
    known.origin.secret.clear();  // the cookie of a session that has ended
  }
  return known;
}

std::optional<std::chrono::milliseconds> ConnectApi::Parts::WaitFor(const std::string& name,
                                                                    const std::string& address) {
  const auto now = std::chrono::steady_clock::now();
  // Whoever is not known counts by where it comes from, whatever it says of itself.
  if (name.empty()) return limits.anonymous.WaitFor(StrangerOf(address), now);
  return limits.known.WaitFor(name, now);
}

ConnectApi::ConnectApi(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<ConnectApi>> ConnectApi::Start(const Handlers& handlers,
                                                              const Credentials& credentials,
                                                              const BrowserGuard& guard,
                                                              RateLimits& limits) {
  auto parts = std::make_unique<Parts>(handlers, credentials, guard, limits);
  grpc::ServerBuilder builder;
  parts->services.AddTo(builder);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  grpc::ResourceQuota quota("http");
  quota.SetMaxThreads(kMaxServerThreads);
  builder.SetResourceQuota(quota);
  parts->server = builder.BuildAndStart();
  if (parts->server == nullptr) {
    return absl::InternalError("the server behind the JSON API does not start");
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);  // it is this process's own
  parts->stub = std::make_unique<grpc::GenericStub>(parts->server->InProcessChannel(arguments));
  return std::unique_ptr<ConnectApi>(new ConnectApi(std::move(parts)));
}

ConnectApi::~ConnectApi() { Stop(); }

void ConnectApi::Stop(const std::function<void()>& break_off) {
  if (parts_->server == nullptr) return;
  parts_->calls.Refuse();
  parts_->server->Shutdown(std::chrono::system_clock::now() +
                           std::chrono::milliseconds(kShutdownGraceMillis));
  if (break_off) break_off();
  parts_->calls.Wait();
  parts_->readers.join();
  parts_->stub.reset();
  parts_->server->Wait();
  parts_->server.reset();
}

bool ConnectApi::Knows(const HttpRequest& head) const { return head.path.starts_with(kPackage); }

HttpService::Admission ConnectApi::Admit(const HttpRequest& head) {
  auto understood = Understand(head);
  if (auto* refusal = std::get_if<HttpResponse>(&understood)) return {0, *std::move(refusal)};
  auto& asked = std::get<Asked>(understood);
  const ConnectForm form = asked.form;
  auto known = parts_->Identify(head);
  const std::string name = known.ok() ? known->actor.name : std::string();
  if (const auto wait = parts_->WaitFor(name, head.address); wait.has_value()) {
    HttpResponse refusal = RefusalIn(
        form, absl::ResourceExhaustedError("too many calls; wait " + std::to_string(wait->count()) +
                                           " ms, then go on"));
    const auto seconds = (wait->count() + kMillisPerSecond - 1) / kMillisPerSecond;
    refusal.headers = {{"Retry-After", std::to_string(seconds)}};
    return {0, std::move(refusal)};
  }
  if (!known.ok()) return {0, RefusalIn(form, known.status())};
  // The handlers ask the same again; here so that nothing is read of what will be refused.
  const google::protobuf::ServiceDescriptor& service = *asked.method->service();
  if (absl::Status may = Authorise(known->actor, service.name() + "/" + asked.method->name());
      !may.ok()) {
    return {0, RefusalIn(form, name.empty() ? parts_->credentials.ActorOf({}).status() : may)};
  }
  size_t most = kMaxAnonymousBodyBytes;
  if (!name.empty()) most = form.streamed ? kMaxStreamBodyBytes : kMaxMessageBytes;
  const size_t length = LengthOf(head);
  HttpResponse too_large;
  if (length > most) {
    too_large = RefusalIn(
        form, absl::ResourceExhaustedError("a request to this call has at most " +
                                           std::to_string(most) + " bytes" +
                                           (name.empty() ? " without a token or a session" : "")));
    if (length != kLengthUnknown) return {0, std::move(too_large)};
  }
  auto found = std::make_shared<Parts::Found>(Parts::Found{asked, std::move(known->origin), {}});
  if (most > kMaxHttpBodyBytes && length > kMaxHttpBodyBytes) {
    found->body_place = parts_->large_bodies.Enter(name);
    if (found->body_place == nullptr) {
      HttpResponse busy = RefusalIn(
          form, absl::UnavailableError("too many large requests at once; try again in a moment"));
      busy.headers = {{"Retry-After", std::to_string(kHttpRetrySeconds)}};
      return {0, std::move(busy)};
    }
  }
  return {most, {}, std::move(too_large), std::move(found)};
}

void ConnectApi::Answer(HttpRequest request, std::shared_ptr<void> found,
                        std::shared_ptr<HttpAnswer> answer) {
  auto& admitted = *static_cast<Parts::Found*>(found.get());
  auto place = parts_->calls.Enter();
  if (place == nullptr) {
    return answer->Send(RefusalIn(
        admitted.asked.form, absl::UnavailableError("the node is busy or stopping; try again")));
  }
  ConnectCallPlan plan;
  plan.method = admitted.asked.method;
  plan.form = admitted.asked.form;
  plan.deadline = std::chrono::system_clock::now() + admitted.asked.timeout;
  const CallOrigin& origin = admitted.origin;
  plan.metadata = {{kAddressMetadata, origin.address}};
  if (!origin.secret.empty()) {
    plan.metadata.emplace_back("authorization", std::string(kBearer) + origin.secret);
  }
  if (!origin.device.empty()) plan.metadata.emplace_back(kDeviceMetadata, origin.device);
  plan.body = std::move(request.body);
  // What came without its length may have turned out small.
  if (plan.body.size() > kMaxHttpBodyBytes) plan.body_place = std::move(admitted.body_place);
  request.body.clear();
  plan.finish = [&guard = parts_->guard, head = std::move(request)](
                    google::protobuf::Message& message) { return Cookies(guard, head, message); };
  if (plan.body.size() <= kMaxInlineBodyBytes) {
    return StartConnectCall(*parts_->stub, std::move(plan), std::move(answer), std::move(place));
  }
  boost::asio::post(parts_->readers,
                    [&stub = *parts_->stub, plan = std::move(plan), answer = std::move(answer),
                     place = std::move(place)]() mutable {
                      StartConnectCall(stub, std::move(plan), std::move(answer), std::move(place));
                    });
}

}  // namespace daftar::service
