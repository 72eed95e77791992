#include "cli/interrupt.h"

#include <unistd.h>

#include <iterator>
#include <string_view>

namespace daftar::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void Note(int) { interrupted = 1; }

// What was sent to the node may have been done, since nobody waited for its answer.
constexpr std::string_view kSaid =
    "\ndaftar: stopped with Ctrl-C; if it was to change something, look whether it did before you "
    "repeat it\n";
constexpr std::string_view kSaidInJson =
    "{\"error\":{\"code\":\"cancelled\",\"message\":\"stopped with Ctrl-C; if it was to change "
    "something, look whether it did before you repeat it\"}}\n";
const Console* told = nullptr;

// Calls nothing that a signal must not (signal-safety(7)).
void SayAndEnd(int signal) {
  const std::string_view text = told->json ? kSaidInJson : kSaid;
  (void)!write(STDERR_FILENO, text.data(), text.size());
  std::signal(signal, SIG_DFL);
  (void)raise(signal);
}

}  // namespace

InterruptScope::InterruptScope() : before_{} {
  interrupted = 0;
  struct sigaction action {};
  action.sa_handler = Note;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a read from a terminal must return.
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &action, &before_[i]);
}

InterruptScope::~InterruptScope() {
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &before_[i], nullptr);
  interrupted = 0;
}

void SayWhenInterrupted(const Console& console) {
  told = &console;
  struct sigaction action {};
  action.sa_handler = SayAndEnd;
  sigemptyset(&action.sa_mask);
  struct sigaction before {};
  sigaction(SIGINT, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(SIGINT, &action, nullptr);
}

bool InterruptScope::Interrupted() { return interrupted != 0; }

}  // namespace daftar::cli
