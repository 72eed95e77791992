// What is wrong with a partner's log, as its operator here is told.
#ifndef DAFTAR_NODE_PARTNERS_TROUBLE_WORDS_H_
#define DAFTAR_NODE_PARTNERS_TROUBLE_WORDS_H_

#include <string>

#include "node/partners/mirror.h"
#include "node/partners/partner.h"

namespace daftar::partners {

// All that is wrong with the log of the partner, whose copy is `view`, and what to do: that it is
// forked, that a new log waits to be accepted or has taken its place, and what the copy says. One
// text; empty when all is well. Of a removed partner only what its log was: there is nothing to do.
std::string TroubleWords(const Partner& partner, const MirrorView& view);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_TROUBLE_WORDS_H_
