#include "node/partners/void_entries.h"

namespace daftar::partners {
namespace {

struct Wording {
  std::string_view name;
  std::string_view words;
};

constexpr std::array<Wording, kVoidReasons> kWordings = {{
    {"format", "their bytes are not what their kind has"},
    {"other-log", "they name another log or another place in it"},
    {"time-decreases", "they are dated before the entry in front of them"},
    {"signature", "they are not signed by the key that was valid"},
    {"about-nothing", "they are about an index that holds no report"},
    {"before-report", "they are dated no later than the report that they are about"},
    {"out-of-order", "they cannot follow what was said of the report before, or repeat it"},
    {"too-many", "there are too many about one report"},
    {"future", "they are dated in the future and do not count until then"},
}};

}  // namespace

std::string_view VoidReasonName(VoidReason reason) {
  return kWordings[static_cast<size_t>(reason)].name;
}

std::string_view VoidReasonWords(VoidReason reason) {
  return kWordings[static_cast<size_t>(reason)].words;
}

}  // namespace daftar::partners
