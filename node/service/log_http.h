// The node's own log over HTTP, for tools that nobody here wrote: C2SP tlog-tiles (the checkpoint,
// the tree as tiles, the entries in bundles), and C2SP tlog-witness's add-checkpoint for partners'
// logs. Without a token: headers and signatures of entries and the tree over them, no bodies.
#ifndef DAFTAR_NODE_SERVICE_LOG_HTTP_H_
#define DAFTAR_NODE_SERVICE_LOG_HTTP_H_

#include <string_view>

#include "node/ledger/publisher.h"
#include "node/partners/witness.h"
#include "node/service/http_server.h"
#include "storage/store.h"

namespace daftar::service {

// The prefix of C2SP's specifications.
inline constexpr std::string_view kLogHttpPrefix = "/log/";

// Any thread may call any method.
class LogHttp {
 public:
  // References outlive the object.
  LogHttp(const storage::Store& store, const ledger::Publisher& publisher,
          partners::Witness& witness)
      : store_(store), publisher_(publisher), witness_(witness) {}

  // Whether the path is answered here at all.
  static bool Knows(const HttpRequest& request) { return request.path.starts_with(kLogHttpPrefix); }
  // Whether the answer takes a write: add-checkpoint. All others read at most one tile or 256 rows.
  static bool IsSlow(const HttpRequest& request);

  // GET and HEAD of /log/checkpoint, /log/tile/<L>/<N>[.p/<W>] and /log/tile/entries/<N>[.p/<W>];
  // POST of /log/add-checkpoint. Only what the newest signed head that was shown covers; all else
  // is 404. A partial tile is served also when the full one is there. 503 while there is no head or
  // a row cannot be read.
  HttpResponse Answer(const HttpRequest& request);

 private:
  HttpResponse Checkpoint() const;
  HttpResponse Tile(std::string_view path) const;

  const storage::Store& store_;
  const ledger::Publisher& publisher_;
  partners::Witness& witness_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_LOG_HTTP_H_
