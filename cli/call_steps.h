// Waiting for the steps of an asynchronous call, without losing sight of Ctrl-C.
#ifndef DAFTAR_CLI_CALL_STEPS_H_
#define DAFTAR_CLI_CALL_STEPS_H_

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include <chrono>
#include <functional>

namespace daftar::cli {

inline constexpr std::chrono::milliseconds kAskEvery{100};  // between questions whether to stop

// Of one call, whose operations go to `queue` one at a time, with any tag. One thread.
class CallSteps {
 public:
  // `context` must outlive it. A step may take `timeout`; `stopped` is asked at each step and
  // every kAskEvery while it lasts, and may be empty.
  CallSteps(grpc::ClientContext& context, std::chrono::milliseconds timeout,
            std::function<bool()> stopped)
      : context_(context), timeout_(timeout), stop_(std::move(stopped)) {}
  ~CallSteps();
  CallSteps(const CallSteps&) = delete;
  CallSteps& operator=(const CallSteps&) = delete;

  grpc::CompletionQueue* queue() { return &queue_; }
  // Whether the operation that was begun last succeeded. Cancels the call when that takes too long,
  // or when it is to stop; the operation then ends soon, as failed.
  bool Wait();
  bool stopped() const { return stopped_; }
  bool late() const { return late_; }

 private:
  grpc::ClientContext& context_;
  const std::chrono::milliseconds timeout_;
  const std::function<bool()> stop_;
  grpc::CompletionQueue queue_;
  bool stopped_ = false;
  bool late_ = false;
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_CALL_STEPS_H_
