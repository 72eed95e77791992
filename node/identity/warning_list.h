// Identifiers that belong to nobody in particular: repeated digits, documented test numbers,
// marketplace relay addresses, and what the shop adds (its own and its staff's). They are refused
// in an incident, because a report on them would hit strangers, and left out of an import, because
// they would make one customer of strangers.
#ifndef DAFTAR_NODE_IDENTITY_WARNING_LIST_H_
#define DAFTAR_NODE_IDENTITY_WARNING_LIST_H_

#include <optional>
#include <string>
#include <string_view>

#include "node/identity/identifier.h"

namespace daftar::identity {

// Addresses at this domain are the test identifiers of service/test_mode.h. Nobody can have it (RFC
// 6761).
inline constexpr std::string_view kTestDomain = "test.daftar.invalid";

// The shop's own identifiers (its numbers, its staff's), wherever they are kept.
class OwnIdentifiers {
 public:
  virtual ~OwnIdentifiers() = default;
  virtual bool Holds(const Identifier& identifier) const = 0;  // any thread
};

// A value; any thread may ask.
class WarningList {
 public:
  // The shipped list, and `own` if any, which must outlive it.
  explicit WarningList(const OwnIdentifiers* own = nullptr) : own_(own) {}
  // Why the identifier must not be reported, in words for the person who filed it; nullopt when
  // it may. Never repeats the identifier.
  std::optional<std::string> WhyRefused(const Identifier& identifier) const;

 private:
  const OwnIdentifiers* own_;
};

}  // namespace daftar::identity

#endif  // DAFTAR_NODE_IDENTITY_WARNING_LIST_H_
