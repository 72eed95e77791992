// Groups, the allowlist, orders and erasures, as text and as JSON.
#ifndef DAFTAR_CLI_SHOW_BOOK_H_
#define DAFTAR_CLI_SHOW_BOOK_H_

#include <ostream>
#include <vector>

#include "cli/json.h"
#include "daftar/v1/book.pb.h"

namespace daftar::cli {

Json ToJson(const v1::Group& group);
Json ToJson(const v1::PutGroupResponse& put);
Json ToJson(const v1::ListGroupsResponse& groups);
Json ToJson(const v1::ReportGroupsResponse& report);
Json ToJson(const v1::Allowed& allowed);
Json ToJson(const v1::ListAllowedResponse& list);
Json ToJson(const v1::Order& order);
Json ToJson(const v1::EraseCustomerResponse& erased);
// With "more" when the list ends before its end.
Json ListJson(const std::vector<v1::Order>& orders, bool more);
Json ListJson(const std::vector<v1::Customer>& customers, bool more);

void Print(std::ostream& out, const v1::Group& group);
void Print(std::ostream& out, const v1::PutGroupResponse& put);
void Print(std::ostream& out, const v1::ListGroupsResponse& groups);
// A row for each group and currency: nothing is added across currencies.
void Print(std::ostream& out, const v1::ReportGroupsResponse& report);
void Print(std::ostream& out, const v1::Allowed& allowed);
void Print(std::ostream& out, const v1::ListAllowedResponse& list);
void Print(std::ostream& out, const v1::Order& order);
void Print(std::ostream& out, const v1::EraseCustomerResponse& erased);
void PrintList(std::ostream& out, const std::vector<v1::Order>& orders, bool more);
void PrintList(std::ostream& out, const std::vector<v1::Customer>& customers, bool more);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_BOOK_H_
