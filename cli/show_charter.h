// Charters, as text and as JSON.
#ifndef DAFTAR_CLI_SHOW_CHARTER_H_
#define DAFTAR_CLI_SHOW_CHARTER_H_

#include <ostream>
#include <string>
#include <vector>

#include "cli/json.h"
#include "daftar/v1/node.pb.h"
#include "node/evidence/charter.h"

namespace daftar::cli {

// What a circle should have a reason for: it is allowed, and seldom wise. A sentence each.
std::vector<std::string> CharterWarnings(const evidence::Charter& charter);

Json ToJson(const evidence::Charter& charter);
Json ToJson(const v1::AdoptedCharter& adopted);
// What the node answered, with its file as it was read.
Json ToJson(const v1::GetCharterResponse& shown, const evidence::Charter& charter);

void Print(std::ostream& out, const evidence::Charter& charter);
void Print(std::ostream& out, const v1::GetCharterResponse& shown,
           const evidence::Charter& charter);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_CHARTER_H_
