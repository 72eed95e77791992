// The charter of deploy/charters/demo.toml as of the build.
#ifndef DAFTAR_CLI_DEMO_CHARTER_H_
#define DAFTAR_CLI_DEMO_CHARTER_H_

#include <string_view>

namespace daftar::cli {

std::string_view DemoCharter();

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_DEMO_CHARTER_H_
