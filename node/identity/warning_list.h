// Identifiers that belong to nobody in particular: repeated digits, documented test numbers,
// marketplace relay addresses, and what the shop adds (its own and its staff's). They are refused
// in an incident, because a report on them would hit strangers, and left out of an import, because
// they would make one customer of strangers.
#ifndef DAFTAR_NODE_IDENTITY_WARNING_LIST_H_
#define DAFTAR_NODE_IDENTITY_WARNING_LIST_H_

#include <optional>
#include <set>
#include <string>

#include "node/identity/identifier.h"

namespace daftar::identity {

// A value; concurrent reads are safe.
class WarningList {
 public:
  // The shipped list.
  WarningList() = default;
  // Adds one identifier of the shop's own (its numbers, its staff's).
  void Add(Identifier identifier) { own_.insert(std::move(identifier)); }
  // Why the identifier must not be reported, in words for the person who filed it; nullopt when
  // it may. Never repeats the identifier.
  std::optional<std::string> WhyRefused(const Identifier& identifier) const;

 private:
  std::set<Identifier> own_;
};

}  // namespace daftar::identity

#endif  // DAFTAR_NODE_IDENTITY_WARNING_LIST_H_
