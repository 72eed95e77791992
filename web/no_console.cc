#include "web/console_files.h"

namespace daftar::web {

std::span<const service::ConsoleFile> ConsoleFiles() { return {}; }

}  // namespace daftar::web
