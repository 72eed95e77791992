// The program's version, as `--version` and `status` show it.
#ifndef DAFTAR_NODE_VERSION_H_
#define DAFTAR_NODE_VERSION_H_

#include <string_view>

namespace daftar {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace daftar

#endif  // DAFTAR_NODE_VERSION_H_
