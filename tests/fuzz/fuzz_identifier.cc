// Any text, as any type, at any home: normalising never crashes, a normal form is its own normal
// form everywhere, comes back from storage, and can be masked and looked up on the warning list.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "node/identity/identifier.h"
#include "node/identity/refusal.h"
#include "node/identity/warning_list.h"

namespace {

using namespace daftar::identity;

void Require(bool condition) {
  if (!condition) std::abort();
}

void CheckAccepted(const Identifier& identifier) {
  const std::string& value = identifier.value();
  Require(!value.empty() && value.size() <= kMaxIdentifierInput + 1);
  for (const char c : value) Require(c > ' ' && c <= '~');
  for (const Region other : AllRegions()) {
    const auto again = Normalise(identifier.type(), value, other);
    Require(again.ok() && *again == identifier);
  }
  const auto stored = Identifier::FromNormalised(identifier.type(), value);
  Require(stored.ok() && *stored == identifier);
  // A name may itself consist of stars.
  Require(identifier.type() == IdentifierType::kHandle || Masked(identifier) != value);
  const auto why = WarningList().WhyRefused(identifier);
  Require(!why.has_value() || !why->empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Region home = AllRegions()[data[0] % AllRegions().size()];
  const std::string_view typed(reinterpret_cast<const char*>(data) + 1, size - 1);
  size_t recognised = 0;
  for (const IdentifierType type : AllIdentifierTypes()) {
    const auto identifier = Normalise(type, typed, home);
    Require(identifier.ok() == !RefusalOf(type, typed, home).has_value());
    if (!identifier.ok()) {
      Require(!Identifier::FromNormalised(type, typed).ok());
      continue;
    }
    // Other digits than a year's are taken for a phone's.
    const std::string& value = identifier->value();
    if (type != IdentifierType::kBusinessIdMalaysia || value.starts_with("19") ||
        value.starts_with("20")) {
      ++recognised;
    }
    Require(typed.size() <= kMaxIdentifierInput);
    CheckAccepted(*identifier);
  }
  Require(RecogniseAny(typed, home).size() == recognised);
  return 0;
}
