// The record of changes, for managers and auditors.
#include <algorithm>

#include "node/service/convert.h"
#include "node/service/node_handlers.h"
#include "storage/audit.h"

namespace daftar::service {
namespace {

constexpr size_t kMaxFilterBytes = 256;
constexpr int64_t kMillisPerDay = 24 * 3600 * 1000;

// An object is words, of which ids and names are some: "3f0c... to accept", "91aa... +vip
// -regular".
bool Names(std::string_view object, std::string_view id) {
  while (!object.empty()) {
    const size_t end = std::min(object.find(' '), object.size());
    std::string_view word = object.substr(0, end);
    if (word == id) return true;
    if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
    if (word == id) return true;
    object.remove_prefix(std::min(end + 1, object.size()));
  }
  return false;
}

absl::Status CheckFilter(std::string_view field, const std::string& text) {
  if (text.size() <= kMaxFilterBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string(field) + ": at most " +
                                    std::to_string(kMaxFilterBytes) + " bytes");
}

absl::StatusOr<storage::AuditQuery> QueryFrom(const v1::ListChangesRequest& request) {
  if (absl::Status s = CheckFilter("object", request.object()); !s.ok()) return s;
  if (absl::Status s = CheckFilter("by", request.by()); !s.ok()) return s;
  storage::AuditQuery query;
  auto limit = PageSizeFromProto(request.page_size());
  if (!limit.ok()) return limit.status();
  query.limit = *limit;
  auto since = DateFromProto(request.since(), "since");
  if (!since.ok()) return since.status();
  if (since->has_value()) query.since_ms = since->days() * kMillisPerDay;
  if (!request.page_token().empty()) {
    auto after = storage::AuditCursor::FromHexText(request.page_token());
    if (!after.ok()) {
      return absl::InvalidArgumentError("page_token: pass on what the page before answered");
    }
    query.after = *after;
  }
  query.wanted = [object = request.object(), by = request.by()](const storage::AuditRow& row) {
    return (object.empty() || Names(row.object, object)) &&
           (by.empty() || row.actor == by || row.actor == std::string(kUserPrefix) + by);
  };
  return query;
}

}  // namespace

absl::StatusOr<v1::ListChangesResponse> NodeHandlers::ListChanges(
    const Actor& actor, const v1::ListChangesRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/ListChanges"); !s.ok()) return s;
  auto query = QueryFrom(request);
  if (!query.ok()) return query.status();
  auto page = storage::ReadAudit(node_.store(), node_.vault(), *query);
  if (!page.ok()) return page.status();
  v1::ListChangesResponse out;
  for (const storage::AuditRow& row : page->rows) {
    v1::Change* change = out.add_changes();
    change->set_at(TimeText({row.at_ms}));
    change->set_by(row.actor);
    change->set_action(row.action);
    change->set_object(row.object);
    change->set_because(row.because);
  }
  if (page->next.has_value()) out.set_next_page_token(page->next->hex());
  return out;
}

}  // namespace daftar::service
