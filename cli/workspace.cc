#include "cli/workspace.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace daftar::cli {
namespace {

std::string LastError() { return std::error_code(errno, std::generic_category()).message(); }

absl::StatusOr<uint16_t> BindAnyPort(int fd) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, generic, size) != 0 || getsockname(fd, generic, &size) != 0) {
    return absl::UnavailableError("cannot find a free port on 127.0.0.1: " + LastError());
  }
  return ntohs(address.sin_port);
}

}  // namespace

absl::StatusOr<TemporaryFolder> TemporaryFolder::Create(const std::string& parent) {
  const char* variable = std::getenv("TMPDIR");
  const std::string base = !parent.empty() ? parent : variable != nullptr ? variable : "/tmp";
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(base, error);
  std::string path = (absolute / "daftar-demo-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) {
    return absl::NotFoundError("cannot make a folder in " + base + ": " + LastError() +
                               "; name another with --dir");
  }
  return TemporaryFolder(std::move(path));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, "")), keep_(other.keep_) {}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty() || keep_) return;
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

absl::StatusOr<std::vector<uint16_t>> FreePorts(size_t count) {
  std::vector<int> open;
  std::vector<uint16_t> ports;
  absl::Status status;
  // All are held until the last is found, so that they differ.
  for (size_t i = 0; i < count && status.ok(); ++i) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      status = absl::UnavailableError("cannot open a socket: " + LastError());
      break;
    }
    open.push_back(fd);
    const auto port = BindAnyPort(fd);
    if (port.ok()) {
      ports.push_back(*port);
    } else {
      status = port.status();
    }
  }
  for (const int fd : open) close(fd);
  if (!status.ok()) return status;
  return ports;
}

absl::Status WriteFile(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) return absl::InternalError("cannot write " + path);
  return absl::OkStatus();
}

std::string TailOf(const std::string& path, size_t bytes) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const auto size = static_cast<size_t>(file.tellg());
  const size_t take = std::min(bytes, size);
  file.seekg(static_cast<std::streamoff>(size - take));
  std::string text(take, '\0');
  file.read(text.data(), static_cast<std::streamsize>(take));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

size_t FilesHolding(const std::string& folder, std::string_view needle) {
  size_t found = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (!entry.is_regular_file(error)) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file || text.find(needle) != std::string::npos) ++found;
  }
  return found;
}

}  // namespace daftar::cli
