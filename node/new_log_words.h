// What `daftard new-log` says to the operator when it is done.
#ifndef DAFTAR_NODE_NEW_LOG_WORDS_H_
#define DAFTAR_NODE_NEW_LOG_WORDS_H_

#include <string>

#include "node/new_log.h"

namespace daftar {

// What was done, and what this node's and its partners' operators do next.
std::string NewLogWords(const NewLogDone& done);

}  // namespace daftar

#endif  // DAFTAR_NODE_NEW_LOG_WORDS_H_
