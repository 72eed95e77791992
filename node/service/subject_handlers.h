// What a person may know of what is held about it, as plain functions: convert, call, convert back.
#ifndef DAFTAR_NODE_SERVICE_SUBJECT_HANDLERS_H_
#define DAFTAR_NODE_SERVICE_SUBJECT_HANDLERS_H_

#include "absl/status/statusor.h"
#include "daftar/v1/subject.pb.h"
#include "node/node.h"
#include "node/service/access.h"

namespace daftar::service {

// An answer is kept below the bound of a message: of a longer one the oldest incidents are left
// out.
inline constexpr size_t kMaxSubjectReportBytes = 3 << 20;
inline constexpr size_t kMaxSubjectChanges = 40;  // of an incident, the newest

// Any thread may call. Authorisation comes first in every call; errors are the rooms' own.
class SubjectHandlers {
 public:
  explicit SubjectHandlers(Node& node) : node_(node) {}

  absl::StatusOr<v1::MakeCodeResponse> MakeCode(const Actor& actor,
                                                const v1::MakeCodeRequest& request);
  absl::StatusOr<v1::GetReportResponse> GetReport(const Actor& actor,
                                                  const v1::GetReportRequest& request);

 private:
  Node& node_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_SUBJECT_HANDLERS_H_
