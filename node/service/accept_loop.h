// Accepts connections for gRPC servers. gRPC 1.51's own listener falls silent for good when the
// process runs out of descriptors (CVE-2023-4785); this loop waits and goes on, keeps a reserve of
// descriptors for the rest of the node, and knows who connects to the local socket.
#ifndef DAFTAR_NODE_SERVICE_ACCEPT_LOOP_H_
#define DAFTAR_NODE_SERVICE_ACCEPT_LOOP_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"

namespace daftar::service {

// Descriptors that the public port leaves free for the database, the shop's own socket and the rest
// of the process, and that the shop's socket leaves free for the others (each at most a quarter of
// the limit).
inline constexpr int kReservedByPublicPort = 96;
inline constexpr int kReservedByLocalSocket = 16;

class AcceptLoop {
 public:
  // Takes a connected, non-blocking descriptor over.
  using OnConnection = std::function<void(int fd)>;

  // Listens on host:port or, for a path, on a Unix socket with the given mode bits (a left-over
  // socket file is replaced). FailedPrecondition when the address is in use, InvalidArgument when
  // it does not resolve.
  static absl::StatusOr<std::unique_ptr<AcceptLoop>> OnTcp(const std::string& endpoint,
                                                           OnConnection on_connection);
  static absl::StatusOr<std::unique_ptr<AcceptLoop>> OnUnixSocket(const std::string& path,
                                                                  unsigned mode,
                                                                  OnConnection on_connection);
  ~AcceptLoop();  // closes the listener and waits for the thread

  // "host:port" or the path it listens on.
  const std::string& address() const { return address_; }
  uint64_t accepted() const { return accepted_.load(); }
  uint64_t refused() const { return refused_.load(); }  // for want of descriptors

 private:
  AcceptLoop(int listener, std::string address, int reserve, OnConnection on_connection);
  void Run();

  const int listener_;
  int wake_[2] = {-1, -1};  // a pipe that ends the loop
  const std::string address_;
  const int reserve_;  // descriptors left free
  const OnConnection on_connection_;
  std::atomic<uint64_t> accepted_{0};
  std::atomic<uint64_t> refused_{0};
  std::thread thread_;
};

// Raises the limit of open descriptors to what the system allows, at most 65536; returns it.
int RaiseDescriptorLimit();

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_ACCEPT_LOOP_H_
