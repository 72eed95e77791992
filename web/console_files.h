// The console's files, built into the daemon.
#ifndef DAFTAR_WEB_CONSOLE_FILES_H_
#define DAFTAR_WEB_CONSOLE_FILES_H_

#include <span>

#include "node/service/console_http.h"

namespace daftar::web {

// Empty when the daemon was built without its console.
std::span<const service::ConsoleFile> ConsoleFiles();

}  // namespace daftar::web

#endif  // DAFTAR_WEB_CONSOLE_FILES_H_
