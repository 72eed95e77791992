// One call over HTTP on its way through the gRPC server behind it.
#ifndef DAFTAR_NODE_SERVICE_CONNECT_CALL_H_
#define DAFTAR_NODE_SERVICE_CONNECT_CALL_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "node/service/connect_protocol.h"
#include "node/service/http_message.h"
#include "storage/mutex.h"

namespace daftar::service {

inline constexpr int kMaxHttpCalls = 256;       // under way at once
inline constexpr int kMaxLargeBodies = 8;       // requests of more than kMaxHttpBodyBytes, at once
inline constexpr int kMaxLargeBodiesOfOne = 3;  // of these, of one caller
// A message has no more fields than this, and in JSON no more commas and brackets: each empty row
// costs a hundred times what it takes to write.
inline constexpr size_t kMaxMessageParts = 100'000;

// Counts the calls that are under way, so that nothing is taken down while one is. Any thread.
class CallsUnderWay {
 public:
  // A place, kept for as long as the call is under way; null when all are taken, or after Refuse.
  std::shared_ptr<void> Enter();
  void Refuse();
  // Until all that entered have gone.
  void Wait();

 private:
  storage::Mutex mutex_;
  storage::CondVar changed_;
  int calls_ DAFTAR_GUARDED_BY(mutex_) = 0;
  bool refusing_ DAFTAR_GUARDED_BY(mutex_) = false;
};

// Counts the large requests that are held in memory. Any thread.
class LargeBodies {
 public:
  // A place for a caller's body, kept until it is let go of; null when all are taken, or too many
  // by this caller. Outlives its places.
  std::shared_ptr<void> Enter(const std::string& caller);

 private:
  void Leave(const std::string& caller);

  storage::Mutex mutex_;
  int bodies_ DAFTAR_GUARDED_BY(mutex_) = 0;
  std::map<std::string, int> by_caller_ DAFTAR_GUARDED_BY(mutex_);
};

struct ConnectCallPlan {
  const google::protobuf::MethodDescriptor* method = nullptr;
  ConnectForm form;
  std::chrono::system_clock::time_point deadline;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::string body;
  std::shared_ptr<void> body_place;  // let go of once the call has its request; may be null
  // Sees a unary answer before it goes out; gives further headers.
  std::function<HttpHeaders(google::protobuf::Message&)> finish;
};

// InvalidArgument for a message of more than kMaxMessageParts; in binary also for what is none of
// `type`.
absl::Status CheckJsonParts(std::string_view json);
absl::Status CheckBinaryParts(const google::protobuf::Descriptor& type, std::string_view bytes);

// Reads the request, makes the call, and answers when it has ended; blocks for no longer than the
// reading takes. `place` is let go then. The stub outlives the call.
void StartConnectCall(grpc::GenericStub& stub, ConnectCallPlan plan,
                      std::shared_ptr<HttpAnswer> answer, std::shared_ptr<void> place);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_CONNECT_CALL_H_
