#include "cli/client.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

namespace daftar::cli {
namespace {

// What gRPC says in the name of a server that is shut down under a call.
constexpr char kCancelledByServer[] = "Cancelling all calls";

constexpr std::chrono::seconds kReconnectWait{2};

std::string HowToStart(const std::string& dir) {
  return "start it with: daftard --dir " + dir +
         " (and --passphrase-file FILE, if it was made with one)";
}

absl::Status NotRunning(const std::string& dir) {
  return absl::UnavailableError("no node runs in " + dir + "; " + HowToStart(dir));
}

// Whether a daemon takes connections on the socket, however soon it closes them.
bool SomebodyListens(const std::string& socket_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return false;
  const bool connected =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
      errno == EAGAIN;  // its backlog is full
  close(fd);
  return connected;
}

absl::Status CheckDirectory(const std::string& dir) {
  if (dir.empty()) {
    return absl::InvalidArgumentError(
        "which node? Give --dir DIR or set DAFTAR_DIR to the node's folder");
  }
  struct stat info {};
  if (stat(dir.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return absl::NotFoundError("there is no folder " + dir +
                               "; make a node there with: daftar init --dir " + dir + " ...");
  }
  const std::string socket = SocketOf(dir);
  if (socket.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError("the path " + socket + " is too long for a socket (at most " +
                                      std::to_string(sizeof(sockaddr_un::sun_path) - 1) +
                                      " bytes); use a shorter --dir");
  }
  if (stat(socket.c_str(), &info) != 0) {
    if (errno == EACCES) {
      return absl::PermissionDeniedError("you may not look into " + dir +
                                         "; run this as the user that runs daftard");
    }
    return NotRunning(dir);
  }
  if (access(socket.c_str(), W_OK) != 0) {
    return absl::PermissionDeniedError("you may not use " + socket +
                                       "; run this as the user that runs daftard, or have it "
                                       "add you to the group of the socket");
  }
  return absl::OkStatus();
}

}  // namespace

std::string SocketOf(const std::string& dir) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(dir, error);
  return ((error ? std::filesystem::path(dir) : absolute) / "daftar.sock").lexically_normal();
}

absl::StatusOr<std::unique_ptr<Client>> Client::Open(ClientOptions options) {
  if (absl::Status status = CheckDirectory(options.dir); !status.ok()) return status;
  if (options.token.find_first_of("\r\n") != std::string::npos) {
    return absl::InvalidArgumentError(
        "DAFTAR_TOKEN holds a line break; it must be the token alone");
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  auto channel = grpc::CreateCustomChannel("unix:" + SocketOf(options.dir),
                                           grpc::InsecureChannelCredentials(), arguments);
  return std::unique_ptr<Client>(new Client(std::move(options), std::move(channel)));
}

Client::Client(ClientOptions options, std::shared_ptr<grpc::Channel> channel)
    : options_(std::move(options)),
      channel_(std::move(channel)),
      stubs_(v1::ShopService::NewStub(channel_), v1::BookService::NewStub(channel_),
             v1::PolicyService::NewStub(channel_), v1::NodeService::NewStub(channel_),
             v1::IncidentService::NewStub(channel_), v1::SubjectService::NewStub(channel_),
             v1::DisclosureService::NewStub(channel_)) {}

void Client::Prepare(grpc::ClientContext& context,
                     std::optional<std::chrono::seconds> whole) const {
  std::chrono::milliseconds timeout = options_.timeout;
  if (whole.has_value()) timeout = std::max<std::chrono::milliseconds>(timeout, *whole);
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  Authorise(context);
}

void Client::Authorise(grpc::ClientContext& context) const {
  if (!options_.token.empty()) context.AddMetadata("authorization", "Bearer " + options_.token);
}

absl::Status Client::Translate(const grpc::Status& status) const {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(static_cast<int>(status.error_code()));
  switch (code) {
    case absl::StatusCode::kUnavailable:
      // Never connected: a socket that nobody listens on is left behind by a crash.
      if (channel_->GetState(false) == GRPC_CHANNEL_TRANSIENT_FAILURE) {
        if (!SomebodyListens(SocketOf(options_.dir))) return NotRunning(options_.dir);
        return absl::UnavailableError(
            "the node in " + options_.dir +
            " runs and took no connection: it hangs, it is short of file descriptors (too many "
            "connections "
            "to its partner port?), or more users than it serves have used its socket since it "
            "started. Try again in a minute; if it lasts, raise the limit (ulimit -n 65536, or "
            "LimitNOFILE=) and restart daftard");
      }
      if (status.error_message() == kCancelledByServer) {
        return absl::UnavailableError("the node in " + options_.dir +
                                      " was stopped before it had answered; start it again, and "
                                      "then repeat the command");
      }
      if (status.error_message() == "Socket closed") {  // gRPC's words
        return absl::UnavailableError(
            "the node in " + options_.dir +
            " ended before it had answered: its log says why. Start it again, and then repeat the "
            "command");
      }
      break;
    case absl::StatusCode::kDeadlineExceeded:
      return absl::DeadlineExceededError(
          "the node did not answer within " + std::to_string(options_.timeout.count() / 1000) +
          " s; see `daftar status`, or give it longer with --timeout SECONDS");
    case absl::StatusCode::kUnimplemented:
      return absl::UnimplementedError(
          "the node does not know this command; daftar and daftard are of different versions");
    default:
      break;
  }
  return absl::Status(code, status.error_message());
}

bool Client::WorthRepeating(const absl::Status& status) const {
  if (absl::IsDeadlineExceeded(status)) return true;
  if (!absl::IsUnavailable(status)) return false;
  // What never left needs no second try; a node that restarts is back within moments.
  if (channel_->GetState(false) == GRPC_CHANNEL_TRANSIENT_FAILURE) return false;
  return channel_->WaitForConnected(std::chrono::system_clock::now() + kReconnectWait);
}

}  // namespace daftar::cli
