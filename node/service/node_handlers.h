// What an operator may ask of a node, as plain functions like shop_handlers.h.
#ifndef DAFTAR_NODE_SERVICE_NODE_HANDLERS_H_
#define DAFTAR_NODE_SERVICE_NODE_HANDLERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/v1/node.pb.h"
#include "node/node.h"
#include "node/service/access.h"
#include "node/service/export_stream.h"
#include "node/service/log_policy.h"
#include "node/service/users.h"

namespace daftar::service {

// What is wrong, in words, and by what GetStatusResponse.problem_kinds calls it.
struct Problem {
  std::string_view kind;  // of a literal
  std::string words;
};

// Of what is done in the background but publishing, whose place is among those of the log.
std::vector<Problem> ProblemsIn(const BackgroundTrouble& background);

// Any thread may call. Authorisation comes first in every call.
class NodeHandlers {
 public:
  NodeHandlers(Node& node, Users& users)
      : node_(node), users_(users), started_at_(node.clock().Now()) {}

  absl::StatusOr<v1::GetStatusResponse> GetStatus(const Actor& actor,
                                                  const v1::GetStatusRequest& request);
  absl::StatusOr<v1::CreateInviteResponse> CreateInvite(const Actor& actor,
                                                        const v1::CreateInviteRequest& request);
  absl::StatusOr<v1::JoinPartnerResponse> JoinPartner(const Actor& actor,
                                                      const v1::JoinPartnerRequest& request);
  absl::StatusOr<v1::ListPartnersResponse> ListPartners(const Actor& actor,
                                                        const v1::ListPartnersRequest& request);
  absl::StatusOr<v1::GetPartnerResponse> GetPartner(const Actor& actor,
                                                    const v1::GetPartnerRequest& request);
  absl::StatusOr<v1::AcceptPartnerResponse> AcceptPartner(const Actor& actor,
                                                          const v1::AcceptPartnerRequest& request);
  absl::StatusOr<v1::ReleasePartnerResponse> ReleasePartner(
      const Actor& actor, const v1::ReleasePartnerRequest& request);
  absl::StatusOr<v1::SuspendPartnerResponse> SuspendPartner(
      const Actor& actor, const v1::SuspendPartnerRequest& request);
  absl::StatusOr<v1::ResumePartnerResponse> ResumePartner(const Actor& actor,
                                                          const v1::ResumePartnerRequest& request);
  absl::StatusOr<v1::RemovePartnerResponse> RemovePartner(const Actor& actor,
                                                          const v1::RemovePartnerRequest& request);
  absl::StatusOr<v1::GetCharterResponse> GetCharter(const Actor& actor,
                                                    const v1::GetCharterRequest& request);
  absl::StatusOr<v1::AdoptCharterResponse> AdoptCharter(const Actor& actor,
                                                        const v1::AdoptCharterRequest& request);
  absl::StatusOr<v1::AddUserResponse> AddUser(const Actor& actor,
                                              const v1::AddUserRequest& request);
  absl::StatusOr<v1::ListUsersResponse> ListUsers(const Actor& actor,
                                                  const v1::ListUsersRequest& request);
  absl::StatusOr<v1::RemoveUserResponse> RemoveUser(const Actor& actor,
                                                    const v1::RemoveUserRequest& request);
  absl::StatusOr<v1::ResetSignInResponse> ResetSignIn(const Actor& actor,
                                                      const v1::ResetSignInRequest& request);
  absl::StatusOr<v1::ListChangesResponse> ListChanges(const Actor& actor,
                                                      const v1::ListChangesRequest& request);
  absl::StatusOr<v1::GetLogHeadResponse> GetLogHead(const Actor& actor,
                                                    const v1::GetLogHeadRequest& request);
  absl::StatusOr<v1::ListLogEntriesResponse> ListLogEntries(
      const Actor& actor, const v1::ListLogEntriesRequest& request);
  // These send what they export and then its manifest. ResourceExhausted while others export;
  // Cancelled once `send` has answered false.
  absl::Status ExportLog(const Actor& actor, const v1::ExportLogRequest& request,
                         const SendExport& send);
  absl::Status ExportDecisions(const Actor& actor, const v1::ExportDecisionsRequest& request,
                               const SendExport& send);
  absl::StatusOr<v1::GetLogPolicyResponse> GetLogPolicy(const Actor& actor,
                                                        const v1::GetLogPolicyRequest& request);
  absl::StatusOr<v1::ExportForkResponse> ExportFork(const Actor& actor,
                                                    const v1::ExportForkRequest& request);
  // Tells how far it is, and at last what was done. Ends with Cancelled once `send` has answered
  // false; what was taken back until then stays.
  using SendRecovery = std::function<bool(const v1::RecoverLogResponse&)>;
  absl::Status RecoverLog(const Actor& actor, const v1::RecoverLogRequest& request,
                          const SendRecovery& send);

  // What is wrong, for the operator; empty when nothing is.
  std::vector<Problem> Problems() const;

 private:
  std::vector<Problem> OwnProblems() const;
  std::vector<Problem> ProblemsOf(const partners::Partner& partner) const;
  // What `actor` may know of them.
  std::vector<Problem> ProblemsFor(const Actor& actor) const;
  // Which partners have not confirmed yet the log that this node began in the place of another;
  // empty when it began none, or all have.
  std::string NewLogNotice(const Actor& actor) const;
  // The active partners whose log says with which keys they sign and cosign.
  std::vector<PolicyPartner> PolicyPartners() const;
  // What the copy of its log states last; before there is one, what it said when it paired.
  evidence::CharterHash StatedCharter(const partners::Partner& partner) const;
  v1::Partner Describe(const partners::Partner& partner) const;
  absl::StatusOr<v1::Partner> ChangeStatus(const Actor& actor, const std::string& request_id,
                                           const std::string& origin, const std::string& because,
                                           partners::PartnerStatus status);

  Node& node_;
  Users& users_;
  const evidence::UnixMillis started_at_;
  ExportSlots exports_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_NODE_HANDLERS_H_
