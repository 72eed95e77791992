// Reports for which the node reads its whole book.
#include "cli/commands_book.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/show_book.h"

namespace daftar::cli {

absl::StatusOr<int> RunGroupReport(Session& session, const PeriodOptions& options) {
  if (auto status = CheckPeriod(options); !status.ok()) return status;
  v1::ReportGroupsRequest request;
  request.set_from(options.from);
  request.set_to(options.to);
  auto client = session.client();
  if (!client.ok()) return client.status();
  Console& console = session.console();
  const InterruptScope interrupts;
  absl::StatusOr<v1::ReportGroupsResponse> report = absl::InternalError("not run");
  {
    Progress bar(console.err, "reading the book", console.err_is_terminal && !console.json,
                 "customer");
    report = (*client)->Follow(
        &v1::BookService::Stub::AsyncReportGroups, request,
        [&bar](const v1::ReportGroupsResponse& message) {
          const v1::ReportProgress& so_far = message.progress();
          bar.Update(so_far.customers_done(), so_far.customers(), so_far.customers_done());
        },
        &InterruptScope::Interrupted);
  }
  if (!report.ok()) return report.status();
  if (console.json) {
    PrintJson(console.out, ToJson(*report));
  } else {
    Print(console.out, *report);
  }
  return kExitOk;
}

}  // namespace daftar::cli
