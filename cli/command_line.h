// The command line: which command, with which options.
#ifndef DAFTAR_CLI_COMMAND_LINE_H_
#define DAFTAR_CLI_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "cli/console.h"

namespace daftar::cli {

// What comes from the environment.
struct Environment {
  std::string dir;    // DAFTAR_DIR
  std::string token;  // DAFTAR_TOKEN
  // The first of LC_ALL, LC_MESSAGES and LANG that is set: the language of sentences.
  std::string locale = {};
};

// Runs one command and returns the process's exit code. `arguments` are without the program's name.
int RunDaftar(const std::vector<std::string>& arguments, const Environment& environment,
              Console& console);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMAND_LINE_H_
