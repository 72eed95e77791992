// Normal forms as people write them. Not frozen: nothing is computed from it.
#ifndef DAFTAR_NODE_IDENTITY_DISPLAY_H_
#define DAFTAR_NODE_IDENTITY_DISPLAY_H_

#include <string>

#include "node/identity/identifier.h"

namespace daftar::identity {

// A phone number of a country of the table in groups, like "+62 812-3456-7890"; anything else in
// normal form. Typed again it normalises to the same identifier. Personal data, as the identifier.
std::string Displayed(const Identifier& identifier);

}  // namespace daftar::identity

#endif  // DAFTAR_NODE_IDENTITY_DISPLAY_H_
