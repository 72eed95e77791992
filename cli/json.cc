#include "cli/json.h"

#include "node/evidence/money.h"

namespace daftar::cli {

void PrintJson(std::ostream& out, const Json& document) {
  constexpr int kIndent = 2;
  out << document.dump(kIndent, ' ', false, Json::error_handler_t::replace) << "\n";
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json ToJson(const v1::Money& money) {
  if (money.currency().empty()) return nullptr;
  Json major = nullptr;
  if (const auto currency = evidence::Currency::FromCode(money.currency()); currency.ok()) {
    major = evidence::FormatMoney({money.minor(), *currency});
  }
  return Json{
      {"minor", money.minor()}, {"currency", money.currency()}, {"major", std::move(major)}};
}

}  // namespace daftar::cli
