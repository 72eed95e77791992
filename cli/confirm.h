// Asking before something that cannot be taken back.
#ifndef DAFTAR_CLI_CONFIRM_H_
#define DAFTAR_CLI_CONFIRM_H_

#include <string>

#include "absl/status/status.h"
#include "cli/console.h"

namespace daftar::cli {

struct Confirmation {
  std::string says;              // what will happen, in sentences
  std::string asks;              // "Erase?"
  std::string without_terminal;  // why --yes is needed where nobody can answer
  std::string refused;           // "nothing was erased"
};

// OK when "yes" was typed. Cancelled for any other answer; InvalidArgument without a terminal.
absl::Status Confirm(Console& console, const Confirmation& confirmation);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_CONFIRM_H_
