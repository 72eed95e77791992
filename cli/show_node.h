// A node's state, partners, users, log and record of changes, as text and as JSON.
#ifndef DAFTAR_CLI_SHOW_NODE_H_
#define DAFTAR_CLI_SHOW_NODE_H_

#include <ostream>
#include <string_view>
#include <vector>

#include "cli/json.h"
#include "daftar/v1/node.pb.h"

namespace daftar::cli {

std::string_view RoleWord(v1::Role role);

Json ToJson(const v1::GetStatusResponse& status);
Json ToJson(const v1::Partner& partner);
Json ToJson(const v1::ListPartnersResponse& partners);
Json ToJson(const v1::User& user);
Json ToJson(const v1::ListUsersResponse& users);
Json ToJson(const v1::GetLogHeadResponse& head);
Json LogJson(const std::string& origin, uint64_t log_size,
             const std::vector<v1::LogEntry>& entries);

// `more`: the node has older ones.
Json ListJson(const std::vector<v1::Change>& changes, bool more);
void PrintList(std::ostream& out, const std::vector<v1::Change>& changes, bool more);

void Print(std::ostream& out, const v1::GetStatusResponse& status, bool color);
void Print(std::ostream& out, const v1::Partner& partner);
void Print(std::ostream& out, const v1::ListPartnersResponse& partners);
void Print(std::ostream& out, const v1::ListUsersResponse& users);
void Print(std::ostream& out, const v1::GetLogHeadResponse& head);
void PrintLog(std::ostream& out, uint64_t log_size, const std::vector<v1::LogEntry>& entries);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_NODE_H_
