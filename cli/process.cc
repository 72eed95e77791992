#include "cli/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <thread>

#include "cli/interrupt.h"

namespace daftar::cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPollEvery{20};
constexpr std::chrono::seconds kStopPatience{10};
constexpr int kExecFailed = 127;

absl::Status FromErrno(const std::string& what) {
  return absl::InternalError(what + ": " +
                             std::error_code(errno, std::generic_category()).message());
}

std::vector<char*> ArgumentPointers(const std::string& name,
                                    const std::vector<std::string>& arguments) {
  std::vector<char*> pointers{const_cast<char*>(name.c_str())};
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

// In the child: never returns. REQUIRES that the parent has one thread, as daftar has where it
// starts programs.
[[noreturn]] void RunChild(const std::string& program, const std::vector<std::string>& arguments,
                           const std::string& folder, int in, int out, int err) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_DFL);
  unsetenv("DAFTAR_DIR");
  unsetenv("DAFTAR_TOKEN");
  if (chdir(folder.c_str()) != 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
      dup2(err, STDERR_FILENO) < 0) {
    _exit(kExecFailed);
  }
  execv(program.c_str(), ArgumentPointers(program, arguments).data());
  _exit(kExecFailed);
}

int ExitCodeFrom(int status) {
  constexpr int kSignalBase = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
}

// A descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void Set(int fd) {
    Close();
    fd_ = fd;
  }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
  bool Open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read.Set(ends[0]);
    write.Set(ends[1]);
    return true;
  }
};

// Moves what there is from the pipe to `text`; closes the pipe at its end.
void Drain(Descriptor& pipe, std::string& text) {
  char buffer[1 << 16];
  const ssize_t n = read(pipe.get(), buffer, sizeof buffer);
  if (n < 0 && errno == EINTR) return;
  if (n <= 0) return pipe.Close();
  const size_t room = kMaxCapturedOutput - std::min(kMaxCapturedOutput, text.size());
  text.append(buffer, std::min(room, static_cast<size_t>(n)));
}

// Until both streams are at their end; an error when that takes too long.
absl::Status Collect(Descriptor& out, Descriptor& err, RunResult& result,
                     steady_clock::time_point deadline) {
  while (out.get() >= 0 || err.get() >= 0) {
    if (InterruptScope::Interrupted()) return absl::CancelledError("interrupted");
    if (steady_clock::now() > deadline) {
      return absl::DeadlineExceededError("the program did not end in time");
    }
    pollfd fds[2] = {{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}};
    constexpr int kWaitMillis = 100;
    if (poll(fds, 2, kWaitMillis) < 0 && errno != EINTR) return FromErrno("poll");
    if (fds[0].revents != 0) Drain(out, result.out);
    if (fds[1].revents != 0) Drain(err, result.err);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> SelfPath() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return absl::InternalError("cannot find this program's own file: " + error.message());
  return path.string();
}

absl::StatusOr<std::string> FindOnPath(const std::string& name) {
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!rest.empty()) {
    const size_t colon = std::min(rest.find(':'), rest.size());
    const auto candidate = std::filesystem::path(rest.substr(0, colon)) / name;
    std::error_code error;
    if (colon > 0 && std::filesystem::is_regular_file(candidate, error) &&
        access(candidate.c_str(), X_OK) == 0) {
      return candidate.string();
    }
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return absl::NotFoundError("no program " + name + " on the PATH");
}

absl::StatusOr<std::string> FindDaftard() {
  if (const auto self = SelfPath(); self.ok()) {
    const auto beside = std::filesystem::path(*self).parent_path() / "daftard";
    if (access(beside.c_str(), X_OK) == 0) return beside.string();
  }
  auto found = FindOnPath("daftard");
  if (found.ok()) return found;
  return absl::NotFoundError(
      "daftard is neither beside daftar nor on the PATH; install the two programs together");
}

absl::Status Exec(const std::string& program, const std::vector<std::string>& arguments) {
  execv(program.c_str(), ArgumentPointers("daftar", arguments).data());
  return FromErrno("cannot start " + program);
}

absl::StatusOr<RunResult> RunProgram(const std::string& program,
                                     const std::vector<std::string>& arguments,
                                     const std::string& folder, std::chrono::seconds limit) {
  Pipe out;
  Pipe err;
  const Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (null.get() < 0 || !out.Open() || !err.Open()) return FromErrno("cannot open a pipe");
  const pid_t pid = fork();
  if (pid < 0) return FromErrno("cannot start a process");
  if (pid == 0) {
    RunChild(program, arguments, folder, null.get(), out.write.get(), err.write.get());
  }
  out.write.Close();
  err.write.Close();
  RunResult result;
  const absl::Status status = Collect(out.read, err.read, result, steady_clock::now() + limit);
  if (!status.ok()) kill(pid, SIGKILL);
  int ended = 0;
  while (waitpid(pid, &ended, 0) < 0 && errno == EINTR) {
  }
  if (!status.ok()) return status;
  result.exit_code = ExitCodeFrom(ended);
  return result;
}

absl::StatusOr<std::unique_ptr<Background>> Background::Start(
    const std::string& program, const std::vector<std::string>& arguments,
    const std::string& folder, const std::string& log) {
  const Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor file(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (null.get() < 0 || file.get() < 0) return FromErrno("cannot write " + log);
  const pid_t pid = fork();
  if (pid < 0) return FromErrno("cannot start a process");
  if (pid == 0) RunChild(program, arguments, folder, null.get(), file.get(), file.get());
  return std::unique_ptr<Background>(new Background(pid));
}

Background::~Background() { Stop(); }

bool Background::Running() {
  if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

void Background::Tell() {
  if (Running()) kill(pid_, SIGTERM);
}

void Background::Stop() {
  Tell();
  const auto deadline = steady_clock::now() + kStopPatience;
  while (Running()) {
    if (steady_clock::now() > deadline) kill(pid_, SIGKILL);
    std::this_thread::sleep_for(kPollEvery);
  }
}

}  // namespace daftar::cli
