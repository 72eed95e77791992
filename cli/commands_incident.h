// The commands about what happened with customers: one function for each, and the options it takes
// as they were typed.
#ifndef DAFTAR_CLI_COMMANDS_INCIDENT_H_
#define DAFTAR_CLI_COMMANDS_INCIDENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"
#include "cli/session.h"

namespace daftar::cli {

struct IncidentAddOptions {
  std::string reason;
  std::vector<TypedIdentifier> identifiers;
  std::string amount;
  std::string currency;
  std::string occurred;
  std::string due;
  std::vector<std::string> reminders;
  std::string order;
  std::string note;
  std::vector<std::string> mitigations;  // what speaks for the customer
  std::string told_on;
  std::vector<std::string> proofs;  // KIND=FILE
};
absl::StatusOr<int> RunIncidentAdd(Session& session, const IncidentAddOptions& options);

struct ListOptions {
  std::string state;     // incidents only
  std::string customer;  // incidents only
  std::string limit;
};
absl::StatusOr<int> RunIncidentList(Session& session, const ListOptions& options);

struct IncidentOptions {
  std::string id;
  std::string because;
  std::string settled_on;
  std::string ground;
  std::string mitigation;
  std::string reminded_on;
  std::string by;       // dispute
  std::string on;       // dispute
  std::string outcome;  // resolve
  bool wait = false;    // show, settle, dispute, resolve, withdraw, erase: until partners have it
  std::string within;   // seconds
};
absl::StatusOr<int> RunIncidentShow(Session& session, const IncidentOptions& options);
absl::StatusOr<int> RunIncidentPublish(Session& session, const IncidentOptions& options);
absl::StatusOr<int> RunIncidentSettle(Session& session, const IncidentOptions& options);
absl::StatusOr<int> RunIncidentWithdraw(Session& session, const IncidentOptions& options);
absl::StatusOr<int> RunIncidentMitigate(Session& session, const IncidentOptions& options);
absl::StatusOr<int> RunIncidentRemind(Session& session, const IncidentOptions& options);

absl::StatusOr<int> RunIncidentApprove(Session& session, const IncidentOptions& options);
absl::StatusOr<int> RunIncidentDispute(Session& session, const IncidentOptions& options);
absl::StatusOr<int> RunIncidentResolve(Session& session, const IncidentOptions& options);
absl::StatusOr<int> RunIncidentErase(Session& session, const IncidentOptions& options);

struct NoticeOptions {
  std::string id;
  std::string lang;
  std::string to;
  std::string signature;
  std::string how_to_pay;
  std::string contact;
};
absl::StatusOr<int> RunIncidentNotice(Session& session, const NoticeOptions& options);

struct CorrectOptions {
  std::string id;
  std::string because;
  std::string amount;
  std::string currency;
  std::string occurred;
  std::string due;
  std::vector<std::string> reminders;
  std::string told_on;
};
absl::StatusOr<int> RunIncidentCorrect(Session& session, const CorrectOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_INCIDENT_H_
