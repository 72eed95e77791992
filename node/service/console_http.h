// The console's files over HTTP.
#ifndef DAFTAR_NODE_SERVICE_CONSOLE_HTTP_H_
#define DAFTAR_NODE_SERVICE_CONSOLE_HTTP_H_

#include <span>
#include <string_view>

#include "node/service/http_message.h"

namespace daftar::service {

// A file of the console as it was built. The views are good for the life of the process.
struct ConsoleFile {
  std::string_view path;  // "/index.html"
  std::string_view content_type;
  std::string_view bytes;
  std::string_view gzip;   // the same compressed; empty: not worth it
  bool immutable = false;  // its name changes with what it says
};

// Headers that every page of the console carries: nothing from elsewhere, nothing inline, and
// nobody may frame it.
HttpHeaders ConsoleHeaders();

// GET and HEAD of one of the files, "/" being /index.html. 404 for another path; where there are no
// files at all, "/" says that the daemon was built without its console. Any thread.
HttpResponse AnswerConsole(std::span<const ConsoleFile> files, const HttpRequest& request);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_CONSOLE_HTTP_H_
