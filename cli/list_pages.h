// Lists that a node gives page by page.
#ifndef DAFTAR_CLI_LIST_PAGES_H_
#define DAFTAR_CLI_LIST_PAGES_H_

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "cli/show.h"

namespace daftar::cli {

inline constexpr uint64_t kMaxListed = 1'000'000;  // rows of one list
inline constexpr uint64_t kMaxPage = 1000;         // rows a call, the most that a node gives

template <class Row>
struct Listed {
  std::vector<Row> rows;
  bool more = false;  // the node has others
};

// Reads pages until `limit` rows are there or there are no more. `rows` of a response are its
// page's. Errors are the node's.
template <class Stub, class Request, class Response, class Row>
absl::StatusOr<Listed<Row>> ReadPages(
    Session& session, Request request, uint64_t limit,
    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
    google::protobuf::RepeatedPtrField<Row>* (Response::*rows)()) {
  auto client = session.client();
  if (!client.ok()) return client.status();
  Listed<Row> listed;
  do {
    request.set_page_size(static_cast<uint32_t>(std::min(limit - listed.rows.size(), kMaxPage)));
    auto page = (*client)->Read(method, request);
    if (!page.ok()) return page.status();
    for (Row& row : *((*page).*rows)()) listed.rows.push_back(std::move(row));
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && listed.rows.size() < limit);
  listed.more = !request.page_token().empty();
  return listed;
}

// The same, shown in the form that was asked for.
template <class Stub, class Request, class Response, class Row>
absl::StatusOr<int> ListPages(Session& session, Request request, uint64_t limit,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                              google::protobuf::RepeatedPtrField<Row>* (Response::*rows)()) {
  const auto listed = ReadPages(session, std::move(request), limit, method, rows);
  if (!listed.ok()) return listed.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, ListJson(listed->rows, listed->more));
  } else {
    PrintList(console.out, listed->rows, listed->more);
  }
  return kExitOk;
}

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_LIST_PAGES_H_
