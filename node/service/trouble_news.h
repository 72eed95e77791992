// What the daemon's log tells of logs that stopped being believable, once for each change: the own
// one that is not signed any more, and partners' that are forked or were replaced by another.
#ifndef DAFTAR_NODE_SERVICE_TROUBLE_NEWS_H_
#define DAFTAR_NODE_SERVICE_TROUBLE_NEWS_H_

#include <map>
#include <string>
#include <vector>

#include "node/node.h"

namespace daftar::service {

struct TroubleLine {
  bool over = false;  // the own log is signed again
  std::string text;   // names partners by origin, and nobody else
};

// One thread's. Remembers what it has told, in memory: after a restart all of it is news again.
class TroubleNews {
 public:
  // `node` outlives it.
  explicit TroubleNews(Node& node) : node_(node) {}

  // What came up since the last call, or since the node started: the own log first, then partners
  // by origin. Of what ended only that the own log is signed again: a partner's is mended by what
  // an operator does.
  std::vector<TroubleLine> Take();

 private:
  // The troubles of now, by whose log it is; the own log's key is empty.
  std::map<std::string, std::string> Look() const;

  Node& node_;
  std::map<std::string, std::string> told_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_TROUBLE_NEWS_H_
