// The command that makes a group as it is.
#ifndef DAFTAR_CLI_GROUP_COMMAND_H_
#define DAFTAR_CLI_GROUP_COMMAND_H_

#include <string>
#include <string_view>

#include "node/decision/group.h"

namespace daftar::cli {

// "daftar group add vip --precedence 400 ... --because TEXT". REQUIRES a group without a price
// list, as the shipped ones are: its name would need quoting.
std::string GroupAddCommand(const decision::Group& group);

// The command that brings the shipped group of this name back as it was; empty for another name.
std::string RestoreCommand(std::string_view name);
// The same as lines for people; empty for another name.
std::string RestoreAdvice(std::string_view name);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_GROUP_COMMAND_H_
