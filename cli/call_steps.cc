#include "cli/call_steps.h"

namespace daftar::cli {

CallSteps::~CallSteps() {
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

bool CallSteps::Wait() {
  const auto until = std::chrono::steady_clock::now() + timeout_;
  void* tag = nullptr;
  bool ok = false;
  do {
    if (stopped_ || late_) continue;  // it ends by itself
    // Asked of each step, too: answers that follow each other quickly leave no time between.
    stopped_ = stop_ && stop_();
    late_ = !stopped_ && std::chrono::steady_clock::now() >= until;
    if (stopped_ || late_) context_.TryCancel();
  } while (queue_.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + kAskEvery) ==
           grpc::CompletionQueue::TIMEOUT);
  return ok;
}

}  // namespace daftar::cli
