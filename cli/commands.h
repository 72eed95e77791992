// One function for each command, and the options it takes as they were typed. Each answers with an
// exit code, or with the error that Report prints.
#ifndef DAFTAR_CLI_COMMANDS_H_
#define DAFTAR_CLI_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"

namespace daftar::cli {

class Session;

struct CheckOptions {
  std::vector<TypedIdentifier> identifiers;
  std::string amount;
  std::string currency;
  std::string terms = "credit";
  std::string lang;
};
absl::StatusOr<int> RunCheck(Session& session, const CheckOptions& options);

struct WhyOptions {
  std::string receipt;
  std::string lang;
};
absl::StatusOr<int> RunWhy(Session& session, const WhyOptions& options);

struct CustomerOptions {
  std::string id;
  std::string name;
  std::vector<TypedIdentifier> identifiers;
  std::vector<std::string> groups;  // add only
  std::string to;                   // add only: the known customer who is given the identifiers
};
absl::StatusOr<int> RunCustomerAdd(Session& session, const CustomerOptions& options);
absl::StatusOr<int> RunCustomerShow(Session& session, const CustomerOptions& options);

struct ImportOptions {
  std::string file;  // "-": standard input
  std::string map;
  std::string region;
};
absl::StatusOr<int> RunLedgerImport(Session& session, const ImportOptions& options);
absl::StatusOr<int> RunCustomerImport(Session& session, const ImportOptions& options);

struct SuggestOptions {
  std::string more_than_days_late;
  std::string limit;
};
absl::StatusOr<int> RunLedgerSuggest(Session& session, const SuggestOptions& options);

struct InviteOptions {
  std::string valid_for;
};
absl::StatusOr<int> RunPartnerInvite(Session& session, const InviteOptions& options);

struct PartnerOptions {
  std::string code;  // join only; "-" reads standard input
  std::string origin;
  std::string first_entry;  // accept only
  std::string because;
};
absl::StatusOr<int> RunPartnerJoin(Session& session, const PartnerOptions& options);
absl::StatusOr<int> RunPartnerList(Session& session);
absl::StatusOr<int> RunPartnerShow(Session& session, const PartnerOptions& options);
absl::StatusOr<int> RunPartnerSuspend(Session& session, const PartnerOptions& options);
absl::StatusOr<int> RunPartnerAccept(Session& session, const PartnerOptions& options);
absl::StatusOr<int> RunPartnerRelease(Session& session, const PartnerOptions& options);
absl::StatusOr<int> RunPartnerResume(Session& session, const PartnerOptions& options);
absl::StatusOr<int> RunPartnerRemove(Session& session, const PartnerOptions& options);

absl::StatusOr<int> RunStatus(Session& session);
struct LogShowOptions {
  std::string origin;
  std::string from;
  std::string limit;
};
absl::StatusOr<int> RunLogShow(Session& session, const LogShowOptions& options);

struct RecordListOptions {
  std::string object;
  std::string by;
  std::string since;
  std::string limit;
};
absl::StatusOr<int> RunRecordList(Session& session, const RecordListOptions& options);

struct UserOptions {
  std::string name;
  std::string role;
  std::string uid;
  std::string because;
  bool sign_in = false;
};
absl::StatusOr<int> RunUserAdd(Session& session, const UserOptions& options);
absl::StatusOr<int> RunUserReset(Session& session, const UserOptions& options);
absl::StatusOr<int> RunUserList(Session& session);
absl::StatusOr<int> RunUserRemove(Session& session, const UserOptions& options);

struct InitOptions {
  std::string name;
  std::string origin;
  std::string charter;
  std::string region;
  std::string peer_listen;
  std::string peer_advertise;
  std::string http_listen;
  std::string http_tls_certificate = {};
  std::string http_tls_key = {};
  std::string log_listen = {};
  std::string passphrase_file;
  bool test_mode = false;
};
// Replaces this process by `daftard init`; returns only when that cannot be.
absl::StatusOr<int> RunInit(Session& session, const InitOptions& options);

struct BacktestOptions {
  std::vector<std::string> files;
  std::string map;
  std::string region;
  std::string policy;  // a file, or "default"; empty: the node's own
  std::string shops;
  std::string rounds;
  std::string seed;
  std::string as_of;   // a day; empty: the newest of the files
  std::string plot;    // a file ending in .svg or .png
  bool force = false;  // replaces the files of an earlier picture
  bool learnt = false;
  bool liar = false;
};
absl::StatusOr<int> RunPolicyBacktest(Session& session, const BacktestOptions& options);

struct DemoOptions {
  bool keep = false;
};
absl::StatusOr<int> RunDemo(Session& session, const DemoOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_H_
