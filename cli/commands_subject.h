// What a person may know of what is held about it. Each answers with an exit code, or with the
// error that Report prints.
#ifndef DAFTAR_CLI_COMMANDS_SUBJECT_H_
#define DAFTAR_CLI_COMMANDS_SUBJECT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"

namespace daftar::cli {

class Session;

struct SubjectCodeOptions {
  std::vector<TypedIdentifier> identifiers;
  std::string lang;
};
absl::StatusOr<int> RunSubjectCode(Session& session, const SubjectCodeOptions& options);

struct SubjectReportOptions {
  std::vector<TypedIdentifier> identifiers;
  std::string code;
  bool without_code = false;
  std::string because;
  std::string lang;
  std::string html;  // the file that is made; empty: none
};
absl::StatusOr<int> RunSubjectReport(Session& session, const SubjectReportOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_SUBJECT_H_
