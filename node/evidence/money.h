// Amounts: minor units and an ISO 4217 currency. Nothing is added across currencies.
#ifndef DAFTAR_NODE_EVIDENCE_MONEY_H_
#define DAFTAR_NODE_EVIDENCE_MONEY_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace daftar::evidence {

// Three capital letters of ISO 4217 (a table in the .cc, with each one's minor digits).
class Currency {
 public:
  Currency() : code_{0, 0, 0} {}  // none
  // InvalidArgument for an unknown code, with an example.
  static absl::StatusOr<Currency> FromCode(std::string_view code);
  bool has_value() const { return code_[0] != 0; }
  std::string code() const { return has_value() ? std::string(code_.begin(), code_.end()) : ""; }
  const std::array<char, 3>& array() const { return code_; }
  int minor_digits() const;  // 2 for IDR and USD, 0 for JPY, VND and for no currency
  friend auto operator<=>(const Currency&, const Currency&) = default;

 private:
  std::array<char, 3> code_;
};

// At most 10^15 minor units: no sum of a day's orders comes near the ends of int64.
inline constexpr uint64_t kMaxMinorUnits = 1'000'000'000'000'000;

struct Money {
  uint64_t minor = 0;
  Currency currency;
  friend auto operator<=>(const Money&, const Money&) = default;
};

// The longest text that ParseMoney looks at, in bytes.
inline constexpr size_t kMaxAmountText = 32;

// Major units as people write them, without grouping: "4500000", "55.94". InvalidArgument for more
// decimals than the currency has, signs, grouping, or too large an amount. The message never
// repeats the text.
absl::StatusOr<Money> ParseMoney(std::string_view major, Currency currency);
// As ParseMoney reads it, with all decimals of the currency or, when they are zero, none:
// "4500000", "55.90".
std::string FormatMoney(const Money& money);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_MONEY_H_
