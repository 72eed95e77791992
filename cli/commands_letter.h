// Letters that a shop sends to a customer. Each answers with an exit code, or with the error that
// Report prints.
#ifndef DAFTAR_CLI_COMMANDS_LETTER_H_
#define DAFTAR_CLI_COMMANDS_LETTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace daftar::cli {

class Session;

struct LetterOptions {
  std::string lang;
  std::string shop;  // empty: the node's name
  std::string to;
  std::string date;  // empty: today
  std::string signature;
  std::vector<std::string> alternatives;  // parting only
  std::vector<std::string> instalments;   // plan only: DAY=AMOUNT
  std::string currency;                   // plan only
};
absl::StatusOr<int> RunLetterParting(Session& session, const LetterOptions& options);
absl::StatusOr<int> RunLetterPlan(Session& session, const LetterOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_LETTER_H_
