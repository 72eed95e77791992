#include "node/service/accept_loop.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace daftar::service {
namespace {

constexpr int kBacklog = 512;
constexpr int kWantedDescriptors = 65536;
constexpr int kPauseMillis = 50;  // when descriptors are short

std::string ErrorText() { return std::strerror(errno); }

int DescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, kWantedDescriptors));
}

}  // namespace

int RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, kWantedDescriptors);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  return DescriptorLimit();
}

absl::StatusOr<std::unique_ptr<AcceptLoop>> AcceptLoop::OnTcp(const std::string& endpoint,
                                                              OnConnection on_connection) {
  const size_t colon = endpoint.rfind(':');
  std::string host = endpoint.substr(0, colon);
  const std::string port = colon == std::string::npos ? "" : endpoint.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    return absl::InvalidArgumentError("cannot listen on " + endpoint + ": " + gai_strerror(error));
  }
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, freeaddrinfo);
  const int fd = socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (fd < 0 || bind(fd, addresses->ai_addr, addresses->ai_addrlen) != 0 ||
      listen(fd, kBacklog) != 0) {
    const std::string why = ErrorText();
    if (fd >= 0) close(fd);
    return absl::FailedPreconditionError("cannot listen on " + endpoint + ": " + why +
                                         ". Is another program (another daftard?) using the port?");
  }
  return std::unique_ptr<AcceptLoop>(
      new AcceptLoop(fd, endpoint, kReservedByPublicPort, std::move(on_connection)));
}

absl::StatusOr<std::unique_ptr<AcceptLoop>> AcceptLoop::OnUnixSocket(const std::string& path,
                                                                     unsigned mode,
                                                                     OnConnection on_connection) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError("the path of the local socket, " + path +
                                      ", is longer than " +
                                      std::to_string(sizeof(address.sun_path) - 1) +
                                      " bytes, the most that Linux allows; use a shorter --dir");
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  // The directory's lock is held, so a socket that is there was left by a daemon that is gone.
  unlink(path.c_str());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const mode_t old_mask = umask(0177);
  const bool bound =
      fd >= 0 && bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  umask(old_mask);
  if (!bound || chmod(path.c_str(), mode) != 0 || listen(fd, kBacklog) != 0) {
    const std::string why = ErrorText();
    if (fd >= 0) close(fd);
    return absl::FailedPreconditionError("cannot make the local socket " + path + ": " + why);
  }
  return std::unique_ptr<AcceptLoop>(
      new AcceptLoop(fd, path, kReservedByLocalSocket, std::move(on_connection)));
}

AcceptLoop::AcceptLoop(int listener, std::string address, int reserve, OnConnection on_connection)
    : listener_(listener),
      address_(std::move(address)),
      reserve_(reserve),
      on_connection_(std::move(on_connection)) {
  if (pipe2(wake_, O_CLOEXEC | O_NONBLOCK) != 0) std::abort();
  thread_ = std::thread([this] { Run(); });
}

AcceptLoop::~AcceptLoop() {
  const char byte = 0;
  (void)!write(wake_[1], &byte, 1);
  thread_.join();
  close(listener_);
  close(wake_[0]);
  close(wake_[1]);
  if (!address_.empty() && address_.front() == '/') unlink(address_.c_str());
}

void AcceptLoop::Run() {
  while (true) {
    pollfd waiting[] = {{listener_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    if (poll(waiting, 2, -1) < 0 && errno != EINTR) return;
    if (waiting[1].revents != 0) return;
    if ((waiting[0].revents & POLLIN) == 0) continue;
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
      const bool gone = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
      // Out of descriptors or memory: the connection stays in the backlog; wait for some to close.
      if (!gone) poll(&waiting[1], 1, kPauseMillis);
      continue;
    }
    // The kernel gives the lowest free number, so a high one says that few are left.
    const int limit = DescriptorLimit();
    if (fd >= limit - std::min(reserve_, limit / 4)) {
      close(fd);
      ++refused_;
      continue;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // fails harmlessly on Unix sockets
    ++accepted_;
    on_connection_(fd);
  }
}

}  // namespace daftar::service
