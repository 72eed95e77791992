#include "cli/interrupt.h"

#include <iterator>

namespace daftar::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void Note(int) { interrupted = 1; }

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

bool InterruptScope::Interrupted() { return interrupted != 0; }

}  // namespace daftar::cli
