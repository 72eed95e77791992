// The command line program of a node.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/interrupt.h"

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// As the C library chooses the language of messages.
std::string Locale() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (std::string value = Variable(name); !value.empty()) return value;
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  // gRPC's own log lines say nothing that the errors here do not.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  // A reader that goes away (`| head`) is no fault of ours.
  std::signal(SIGPIPE, SIG_DFL);
  daftar::cli::Console console{std::cin, std::cout, std::cerr};
  console.color =
      isatty(STDOUT_FILENO) != 0 && Variable("NO_COLOR").empty() && Variable("TERM") != "dumb";
  console.in_is_terminal = isatty(STDIN_FILENO) != 0;
  console.err_is_terminal = isatty(STDERR_FILENO) != 0 && Variable("TERM") != "dumb";
  daftar::cli::SayWhenInterrupted(console);
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const int code = daftar::cli::RunDaftar(
      arguments, {Variable("DAFTAR_DIR"), Variable("DAFTAR_TOKEN"), Locale()}, console);
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "daftar: the output could not be written in full\n";
    return daftar::cli::kExitInternal;
  }
  return code;
}
