// What calls that export have in common: how many there may be at once, and how a bundle goes out
// in messages.
#ifndef DAFTAR_NODE_SERVICE_EXPORT_STREAM_H_
#define DAFTAR_NODE_SERVICE_EXPORT_STREAM_H_

#include <atomic>
#include <functional>
#include <utility>

#include "absl/status/statusor.h"
#include "daftar/v1/node.pb.h"
#include "node/audit/bundle_writer.h"
#include "node/service/limits.h"

namespace daftar::service {

using SendExport = std::function<bool(const v1::ExportLogResponse&)>;

// Bounds the exports of a node: each reads the whole log from a snapshot that keeps deleted rows
// alive. Any thread.
class ExportSlots {
 public:
  // One of them is held while it lives. Must not outlive the slots.
  class Held {
   public:
    explicit Held(std::atomic<int>* used) : used_(used) {}
    Held(Held&& other) noexcept : used_(std::exchange(other.used_, nullptr)) {}
    Held& operator=(Held&&) = delete;
    ~Held() {
      if (used_ != nullptr) --*used_;
    }

   private:
    std::atomic<int>* used_;
  };
  // ResourceExhausted while kMaxExports are held.
  absl::StatusOr<Held> Take() {
    if (used_.fetch_add(1) < kMaxExports) return Held(&used_);
    --used_;
    return absl::ResourceExhaustedError("another export is under way; try again when it has ended");
  }

 private:
  std::atomic<int> used_ = 0;
};

// One call's; one thread.
class ExportStream final : public audit::BundleSink {
 public:
  // `send` outlives it.
  explicit ExportStream(const SendExport& send) : send_(send) {}

  bool BeginFile(const std::string& name, const audit::BundleProgress& progress) override {
    v1::ExportLogResponse message;
    message.mutable_file()->set_name(name);
    return Send(message, progress);
  }
  bool Append(crypto::ByteView chunk, const audit::BundleProgress& progress) override {
    v1::ExportLogResponse message;
    message.set_chunk(chunk.data(), chunk.size());
    return Send(message, progress);
  }
  bool Finish(const std::string& manifest, const audit::BundleProgress& progress) override {
    v1::ExportLogResponse message;
    message.set_manifest(manifest);
    return Send(message, progress);
  }
  // A message of no piece keeps a caller that waits for each.
  bool StillWanted() override { return send_(v1::ExportLogResponse()); }

 private:
  bool Send(v1::ExportLogResponse& message, const audit::BundleProgress& progress) const {
    message.set_done(progress.done);
    message.set_total(progress.total);
    return send_(message);
  }
  const SendExport& send_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_EXPORT_STREAM_H_
