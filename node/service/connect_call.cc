#include "node/service/connect_call.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>

#include "node/service/convert.h"
#include "node/service/limits.h"
#include "node/service/retry_after.h"

namespace daftar::service {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::internal::WireFormatLite;
namespace io = google::protobuf::io;

constexpr size_t kMaxPlace = 200;  // of a fault within a message

std::unique_ptr<Message> New(const Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// Where and what kind of fault, without what the parser quotes of the request: that may be about a
// person, and callers keep errors. "(identifiers[0]): Cannot find field: x" names a place first.
std::string FaultIn(std::string_view words) {
  const std::string_view place = words.substr(0, words.find(": "));
  const bool named = place.size() < words.size() && place.size() <= kMaxPlace &&
                     std::all_of(place.begin(), place.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '[' ||
                              c == ']' || c == '(' || c == ')';
                     });
  std::string fault = "it is no JSON";
  if (words.find("Cannot find field") != std::string_view::npos) {
    fault = "it has a field that the message does not have";
  } else if (words.find("invalid value") != std::string_view::npos ||
             words.find("invalid name") != std::string_view::npos) {
    fault = "a value is of another type";
  }
  return fault + (named ? ", at " + std::string(place) : "");
}

// After how many seconds a refused call may be repeated, where its handler has said so.
HttpHeaders RetryHeader(const grpc::ClientContext& context) {
  const auto& trailing = context.GetServerTrailingMetadata();
  const auto found = trailing.find(kRetryAfterMetadata);
  if (found == trailing.end()) return {};
  return {{"Retry-After", std::string(found->second.data(), found->second.size())}};
}

absl::Status NoBinary() {
  return absl::InvalidArgumentError("the request is not the call's message in binary");
}
absl::Status TooManyParts() {
  return absl::InvalidArgumentError("the request has more than " +
                                    std::to_string(kMaxMessageParts) +
                                    " parts; send it in several calls");
}

// Adds the fields of a message and of those within it; stops past kMaxMessageParts. False for what
// is no message.
bool CountParts(const Descriptor& type, io::CodedInputStream& in, size_t& parts) {
  while (const uint32_t tag = in.ReadTag()) {
    if (++parts > kMaxMessageParts) return true;
    const auto* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    if (field == nullptr || field->type() != google::protobuf::FieldDescriptor::TYPE_MESSAGE ||
        WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      continue;
    }
    const auto limit = in.ReadLengthAndPushLimit();
    if (!in.IncrementRecursionDepth() || !CountParts(*field->message_type(), in, parts)) {
      return false;
    }
    if (parts > kMaxMessageParts) return true;
    if (!in.DecrementRecursionDepthAndPopLimit(limit)) return false;
  }
  return in.ConsumedEntireMessage();
}

// A message as the caller wrote it, as gRPC sends it.
absl::StatusOr<grpc::ByteBuffer> ToWire(const Descriptor* type, bool json, std::string_view text) {
  if (text.size() > static_cast<size_t>(kMaxMessageBytes)) {
    return absl::ResourceExhaustedError("a message has at most " +
                                        std::to_string(kMaxMessageBytes) + " bytes");
  }
  const auto message = New(type);
  if (json) {
    if (absl::Status status = CheckJsonParts(text); !status.ok()) return status;
    const auto parsed = google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(text.data(), text.size()), message.get());
    if (!parsed.ok()) {
      return absl::InvalidArgumentError(
          "the request is not the call's message in JSON: " +
          FaultIn(std::string_view(parsed.message().data(), parsed.message().size())));
    }
  } else {
    if (absl::Status status = CheckBinaryParts(*type, text); !status.ok()) return status;
    if (!message->ParseFromArray(text.data(), static_cast<int>(text.size()))) return NoBinary();
  }
  grpc::Slice slice(message->SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

std::unique_ptr<Message> FromWire(const Descriptor* type, const grpc::ByteBuffer& buffer) {
  auto message = New(type);
  grpc::ByteBuffer copy(buffer);  // refers to the same slices
  grpc::ProtoBufferReader reader(&copy);
  if (!reader.status().ok() || !message->ParseFromZeroCopyStream(&reader)) return nullptr;
  return message;
}

absl::StatusOr<std::string> ToText(bool json, const Message& message) {
  std::string text;
  if (!json) {
    message.SerializeToString(&text);
    return text;
  }
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) {
    return absl::InternalError("the answer cannot be written in JSON; ask for it in binary");
  }
  return text;
}

void Prepare(grpc::ClientContext& context, const ConnectCallPlan& plan) {
  context.set_deadline(plan.deadline);
  for (const auto& [name, value] : plan.metadata) context.AddMetadata(name, value);
}

std::string GrpcPath(const ConnectCallPlan& plan) {
  return "/" + plan.method->service()->full_name() + "/" + plan.method->name();
}

HttpResponse ErrorResponse(const absl::Status& status) {
  return {ConnectHttpStatus(status.code()), "application/json", ConnectError(status)};
}

class UnaryCall : public std::enable_shared_from_this<UnaryCall> {
 public:
  UnaryCall(ConnectCallPlan plan, std::shared_ptr<HttpAnswer> answer, std::shared_ptr<void> place)
      : place_(std::move(place)), plan_(std::move(plan)), answer_(std::move(answer)) {}

  void Start(grpc::GenericStub& stub) {
    auto request = ToWire(plan_.method->input_type(), plan_.form.json, plan_.body);
    if (!request.ok()) return answer_->Send(ErrorResponse(request.status()));
    plan_.body = {};
    request_ = *std::move(request);
    Prepare(context_, plan_);
    stub.UnaryCall(&context_, GrpcPath(plan_), {}, &request_, &response_,
                   [self = shared_from_this()](grpc::Status status) { self->OnDone(status); });
  }

 private:
  void OnDone(const grpc::Status& status) {
    plan_.body_place.reset();
    HttpResponse response = Response(FromGrpc(status));
    if (!status.ok()) response.headers = RetryHeader(context_);
    answer_->Send(std::move(response));
    answer_.reset();
  }

  HttpResponse Response(const absl::Status& status) {
    if (!status.ok()) return ErrorResponse(status);
    const auto message = FromWire(plan_.method->output_type(), response_);
    if (message == nullptr) return ErrorResponse(absl::InternalError("the answer was cut off"));
    HttpResponse response;
    response.headers = plan_.finish(*message);
    auto text = ToText(plan_.form.json, *message);
    if (!text.ok()) return ErrorResponse(text.status());
    response.content_type = ConnectContentType(plan_.form);
    response.body = *std::move(text);
    return response;
  }

  const std::shared_ptr<void> place_;  // goes last
  ConnectCallPlan plan_;
  std::shared_ptr<HttpAnswer> answer_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

// Sends all messages of the request, and hands over those of the answer one by one: the next is
// read when the one before is written. Deletes itself when it is done.
class StreamCall final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  StreamCall(ConnectCallPlan plan, std::shared_ptr<HttpAnswer> answer, std::shared_ptr<void> place)
      : place_(std::move(place)), plan_(std::move(plan)), answer_(std::move(answer)) {}

  // An error: the call was not made.
  absl::Status Read() {
    auto messages = ConnectMessages(plan_.body, static_cast<size_t>(kMaxMessageBytes));
    if (!messages.ok()) return messages.status();
    if (messages->size() != 1 && !plan_.method->client_streaming()) {
      return absl::InvalidArgumentError("this call takes one message, in one envelope");
    }
    for (const std::string_view text : *messages) {
      auto message = ToWire(plan_.method->input_type(), plan_.form.json, text);
      if (!message.ok()) return message.status();
      requests_.push_back(*std::move(message));
    }
    plan_.body = {};
    return absl::OkStatus();
  }

  void Start(grpc::GenericStub& stub) {
    Prepare(context_, plan_);
    BeginAnswer();
    stub.PrepareBidiStreamingCall(&context_, GrpcPath(plan_), {}, this);
    AddHold();  // what follows a written piece comes from the listener's thread
    StartRead(&response_);
    WriteNext();
    StartCall();
  }

  // Answers without having made the call.
  void Refuse(const absl::Status& status) {
    BeginAnswer();
    Finish(status);
  }

  void OnWriteDone(bool ok) override {
    if (ok) WriteNext();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return RemoveHold();
    const auto message = FromWire(plan_.method->output_type(), response_);
    auto text = message == nullptr
                    ? absl::StatusOr<std::string>(absl::InternalError("the answer was cut off"))
                    : ToText(plan_.form.json, *message);
    if (!text.ok()) {
      failed_ = text.status();
      context_.TryCancel();
      return RemoveHold();
    }
    answer_->Write(ConnectEnvelope(*text), [this](bool written) {
      if (written) return StartRead(&response_);
      context_.TryCancel();  // nobody listens any more
      RemoveHold();
    });
  }

  void OnDone(const grpc::Status& status) override {
    Finish(failed_.ok() ? FromGrpc(status) : failed_);
  }

 private:
  void BeginAnswer() {
    HttpResponse head;
    head.content_type = ConnectContentType(plan_.form);
    answer_->Begin(std::move(head));
  }

  void WriteNext() {
    if (next_ == requests_.size()) {
      requests_.clear();
      plan_.body_place.reset();
      return StartWritesDone();
    }
    StartWrite(&requests_[next_++]);
  }

  void Finish(const absl::Status& status) {
    answer_->Write(ConnectEndOfStream(status), [answer = answer_](bool) { answer->End(); });
    delete this;
  }

  const std::shared_ptr<void> place_;  // goes last
  ConnectCallPlan plan_;
  std::shared_ptr<HttpAnswer> answer_;
  grpc::ClientContext context_;
  std::vector<grpc::ByteBuffer> requests_;
  size_t next_ = 0;
  grpc::ByteBuffer response_;
  absl::Status failed_;
};

}  // namespace

std::shared_ptr<void> CallsUnderWay::Enter() {
  storage::MutexLock lock(mutex_);
  if (refusing_ || calls_ == kMaxHttpCalls) return nullptr;
  ++calls_;
  return {this, [](void* counter) {
            auto& calls = *static_cast<CallsUnderWay*>(counter);
            storage::MutexLock leaving(calls.mutex_);
            --calls.calls_;
            calls.changed_.NotifyAll();
          }};
}

void CallsUnderWay::Refuse() {
  storage::MutexLock lock(mutex_);
  refusing_ = true;
}

void CallsUnderWay::Wait() {
  storage::MutexLock lock(mutex_);
  while (calls_ > 0) changed_.Wait(mutex_);
}

std::shared_ptr<void> LargeBodies::Enter(const std::string& caller) {
  storage::MutexLock lock(mutex_);
  if (bodies_ == kMaxLargeBodies) return nullptr;
  int& of_caller = by_caller_[caller];
  if (of_caller == kMaxLargeBodiesOfOne) return nullptr;
  ++of_caller;
  ++bodies_;
  return {this, [caller](void* self) { static_cast<LargeBodies*>(self)->Leave(caller); }};
}

void LargeBodies::Leave(const std::string& caller) {
  storage::MutexLock lock(mutex_);
  --bodies_;
  const auto found = by_caller_.find(caller);
  if (--found->second == 0) by_caller_.erase(found);
}

absl::Status CheckJsonParts(std::string_view json) {
  size_t parts = 0;
  char quote = 0;  // protobuf's parser takes both kinds
  for (size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (quote != 0) {
      if (c == '\\') ++at;
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == ',' || c == '{' || c == '[') {
      ++parts;
    }
  }
  return parts > kMaxMessageParts ? TooManyParts() : absl::OkStatus();
}

absl::Status CheckBinaryParts(const Descriptor& type, std::string_view bytes) {
  io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                          static_cast<int>(bytes.size()));
  size_t parts = 0;
  if (!CountParts(type, in, parts)) return NoBinary();
  return parts > kMaxMessageParts ? TooManyParts() : absl::OkStatus();
}

void StartConnectCall(grpc::GenericStub& stub, ConnectCallPlan plan,
                      std::shared_ptr<HttpAnswer> answer, std::shared_ptr<void> place) {
  if (!plan.form.streamed) {
    std::make_shared<UnaryCall>(std::move(plan), std::move(answer), std::move(place))->Start(stub);
    return;
  }
  auto* call = new StreamCall(std::move(plan), std::move(answer), std::move(place));
  if (absl::Status status = call->Read(); !status.ok()) return call->Refuse(status);
  call->Start(stub);
}

}  // namespace daftar::service
