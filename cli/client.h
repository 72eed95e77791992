// The connection to one node: gRPC over the Unix socket in its directory.
#ifndef DAFTAR_CLI_CLIENT_H_
#define DAFTAR_CLI_CLIENT_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>

#include "absl/status/statusor.h"
#include "cli/arguments.h"
#include "cli/call_steps.h"
#include "daftar/v1/book.grpc.pb.h"
#include "daftar/v1/disclosure.grpc.pb.h"
#include "daftar/v1/incident.grpc.pb.h"
#include "daftar/v1/node.grpc.pb.h"
#include "daftar/v1/policy.grpc.pb.h"
#include "daftar/v1/shop.grpc.pb.h"
#include "daftar/v1/subject.grpc.pb.h"

namespace daftar::cli {

inline constexpr std::chrono::seconds kDefaultTimeout{30};
// The node sends pages of at most 1,000 rows; see DESIGN section 11.
inline constexpr int kMaxMessageBytes = 4 << 20;

struct ClientOptions {
  std::string dir;
  bool dir_given = false;  // by --dir, not by the environment
  std::string token;       // DAFTAR_TOKEN; empty: known by uid
  std::chrono::milliseconds timeout = kDefaultTimeout;
};

// The socket of the node in `dir`.
std::string SocketOf(const std::string& dir);

// One thread.
class Client {
 public:
  // NotFound without the folder, Unavailable without the socket (the node does not run),
  // PermissionDenied when this user may not use it. Connects at the first call.
  static absl::StatusOr<std::unique_ptr<Client>> Open(ClientOptions options);

  // One call. Errors are the node's; Unavailable says how to start it when it cannot be reached.
  // `whole`: what a call may take in which the node waits for others; not less than the timeout.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Read(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request,
                                std::optional<std::chrono::seconds> whole = {}) {
    Response response;
    if (absl::Status status = Once(method, request, response, whole); !status.ok()) return status;
    return response;
  }

  // A call that answers with several messages, of which the last is the result and `told` gets
  // those before. Each must come within the timeout after the one before. Cancelled soon after
  // `stopped` says so, which is asked at each message and every kAskEvery; either may be empty.
  // `whole`: what the whole call may take, where the node wants to know.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Follow(
      std::unique_ptr<grpc::ClientAsyncReader<Response>> (Stub::*method)(
          grpc::ClientContext*, const Request&, grpc::CompletionQueue*, void*),
      const Request& request,
      const std::type_identity_t<std::function<void(const Response&)>>& told,
      const std::function<bool()>& stopped, std::optional<std::chrono::seconds> whole = {}) {
    grpc::ClientContext context;
    Authorise(context);
    if (whole.has_value()) context.set_deadline(std::chrono::system_clock::now() + *whole);
    CallSteps steps(context, options_.timeout, stopped);
    const auto& stub = std::get<std::unique_ptr<Stub>>(stubs_);
    const auto reader = ((*stub).*method)(&context, request, steps.queue(), &steps);
    std::optional<Response> last;
    bool more = steps.Wait();
    while (more) {
      Response message;
      reader->Read(&message, &steps);
      more = steps.Wait();
      if (!more) break;
      if (last.has_value() && told) told(*last);
      last = std::move(message);
    }
    grpc::Status status;
    reader->Finish(&status, &steps);
    (void)steps.Wait();
    if (steps.stopped()) return absl::CancelledError("stopped before the node had answered");
    if (steps.late()) status = grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "");
    if (!status.ok()) return Translate(status);
    if (!last.has_value()) return absl::InternalError("the node ended the call without an answer");
    return *std::move(last);
  }

  // A call of several messages that is answered by one. `next` fills the next and returns false
  // after the last. Each must be taken within the timeout, all within `whole`. `stopped` as above;
  // an answer that was on its way by then is lost.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Send(std::unique_ptr<grpc::ClientAsyncWriter<Request>> (Stub::*method)(
                                    grpc::ClientContext*, Response*, grpc::CompletionQueue*, void*),
                                const std::type_identity_t<std::function<bool(Request&)>>& next,
                                const std::function<bool()>& stopped, std::chrono::seconds whole) {
    grpc::ClientContext context;
    Authorise(context);
    context.set_deadline(std::chrono::system_clock::now() + whole);
    CallSteps steps(context, options_.timeout, stopped);
    const auto& stub = std::get<std::unique_ptr<Stub>>(stubs_);
    Response response;
    const auto writer = ((*stub).*method)(&context, &response, steps.queue(), &steps);
    bool open = steps.Wait();
    Request message;
    while (open && next(message)) {
      writer->Write(message, &steps);
      open = steps.Wait();  // false: the node has answered already
    }
    if (open) {
      writer->WritesDone(&steps);
      (void)steps.Wait();
    }
    grpc::Status status;
    writer->Finish(&status, &steps);
    (void)steps.Wait();
    if (steps.stopped()) return absl::CancelledError("stopped before the node had answered");
    if (steps.late()) status = grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "");
    if (!status.ok()) return Translate(status);
    return response;
  }

  // A write: gets a request_id of its own, and goes out once more with the same one when the answer
  // was lost, so that it happens once.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Write(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                              Response*),
                                 Request request) {
    request.set_request_id(NewRequestId());
    Response response;
    absl::Status status = Once(method, request, response);
    if (WorthRepeating(status)) status = Once(method, request, response);
    if (!status.ok()) return status;
    return response;
  }

 private:
  Client(ClientOptions options, std::shared_ptr<grpc::Channel> channel);

  template <class Stub, class Request, class Response>
  absl::Status Once(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response& response,
                    std::optional<std::chrono::seconds> whole = {}) {
    grpc::ClientContext context;
    Prepare(context, whole);
    const auto& stub = std::get<std::unique_ptr<Stub>>(stubs_);
    return Translate(((*stub).*method)(&context, request, &response));
  }
  void Prepare(grpc::ClientContext& context, std::optional<std::chrono::seconds> whole) const;
  void Authorise(grpc::ClientContext& context) const;
  absl::Status Translate(const grpc::Status& status) const;
  // Waits for the connection to come back where that can help.
  bool WorthRepeating(const absl::Status& status) const;

  ClientOptions options_;
  std::shared_ptr<grpc::Channel> channel_;
  // One a service; a method's type says whose it is.
  std::tuple<std::unique_ptr<v1::ShopService::Stub>, std::unique_ptr<v1::BookService::Stub>,
             std::unique_ptr<v1::PolicyService::Stub>, std::unique_ptr<v1::NodeService::Stub>,
             std::unique_ptr<v1::IncidentService::Stub>, std::unique_ptr<v1::SubjectService::Stub>,
             std::unique_ptr<v1::DisclosureService::Stub>>
      stubs_;
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_CLIENT_H_
