// Ctrl-C (and a polite kill) as a question that long commands ask between steps.
#ifndef DAFTAR_CLI_INTERRUPT_H_
#define DAFTAR_CLI_INTERRUPT_H_

#include <csignal>

#include "cli/console.h"

namespace daftar::cli {

// While one lives, SIGINT, SIGTERM and SIGHUP set a flag instead of ending the process. At most one
// at a time.
class InterruptScope {
 public:
  InterruptScope();
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

  // Since the scope began; false without one.
  static bool Interrupted();

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction before_[3];
};

// From now on, outside an InterruptScope, SIGINT ends the process as it would without, but says so
// first, as JSON where `console` has been told to. `console` must outlive it.
void SayWhenInterrupted(const Console& console);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_INTERRUPT_H_
