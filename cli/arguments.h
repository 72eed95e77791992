// What was typed, turned into messages. Errors name the option and an example of what would do;
// they never repeat an identifier.
#ifndef DAFTAR_CLI_ARGUMENTS_H_
#define DAFTAR_CLI_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/console.h"
#include "daftar/v1/shop.pb.h"
#include "daftar/v1/types.pb.h"
#include "node/decision/language.h"
#include "node/identity/identifier.h"

namespace daftar::cli {

inline constexpr size_t kMaxTypedText = 4096;      // bytes of a note or a reason
inline constexpr size_t kMaxTypedIdentifiers = 4;  // a check, an incident or a customer

// One identifier as it stood on the command line.
struct TypedIdentifier {
  std::string flag;   // "phone", without dashes
  std::string value;  // "-": one line of standard input
};

// The flags that take an identifier, in the order in which "-" reads lines, and their help.
struct IdentifierFlag {
  const char* flag;
  const char* help;
};
const std::vector<IdentifierFlag>& IdentifierFlags();

// InvalidArgument for an unknown flag, a region that has no such number, an empty or too long
// value.
absl::StatusOr<v1::Identifier> MakeIdentifier(std::string_view flag, std::string_view value);
// Reads what "-" stands for, asking on a terminal. At most kMaxTypedIdentifiers.
absl::StatusOr<std::vector<v1::Identifier>> ReadIdentifiers(
    const std::vector<TypedIdentifier>& typed, Console& console);
// A normalised identifier of a file, typed.
v1::Identifier ToProto(const identity::Identifier& identifier);

// The two options that an amount of money takes, without dashes.
struct MoneyFlags {
  const char* amount = "amount";
  const char* currency = "currency";
};
// nullopt when both are empty; InvalidArgument when one is, or the amount is not one.
absl::StatusOr<std::optional<v1::Money>> MakeMoney(const std::string& amount,
                                                   const std::string& currency,
                                                   const MoneyFlags& flags = {});
// "credit", "cod", "deposit", "prepaid".
absl::StatusOr<v1::Terms> MakeTerms(const std::string& name);
absl::StatusOr<v1::Role> MakeRole(const std::string& name);
// "accept", "deposit", "prepay", "review", "decline".
absl::StatusOr<v1::Effect> MakeEffect(std::string_view option, const std::string& name);
// "en", "id", "ms"; empty: `otherwise`.
absl::StatusOr<decision::Language> MakeLanguage(const std::string& name,
                                                decision::Language otherwise);
// "33.3333" (per cent, at most four decimals, up to 100) in parts per million, exactly.
absl::StatusOr<uint32_t> MakePercent(std::string_view option, const std::string& text);
// InvalidArgument naming the option unless `name` says what speaks for a customer, like
// "told-in-time".
absl::Status CheckMitigation(std::string_view option, const std::string& name);
// Whether `text` has the form of an order's id: 32 hexadecimal digits, "-", 16 of them.
bool IsOrderId(std::string_view text);
// InvalidArgument: the command `what` needs an identifier of a customer, and how to give one.
absl::Status NeedIdentifier(const char* what);
// InvalidArgument naming the option unless `text` is empty or YYYY-MM-DD.
absl::Status CheckDate(std::string_view option, const std::string& text);
// InvalidArgument naming the option unless `text` is UTF-8 of at most kMaxTypedText bytes.
absl::Status CheckText(std::string_view option, const std::string& text);
// As CheckText, and not blank.
absl::Status CheckBecause(const std::string& text);
// A whole number from `least` to `most`; `text` empty: `otherwise`.
absl::StatusOr<uint64_t> MakeNumber(std::string_view option, const std::string& text,
                                    uint64_t least, uint64_t most, uint64_t otherwise);
// "90s", "30m", "24h", "7d" in seconds; empty: 0.
absl::StatusOr<uint32_t> MakeDuration(std::string_view option, const std::string& text,
                                      uint32_t most_seconds);

// 16 random bytes in hex: new for each intention.
std::string NewRequestId();

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_ARGUMENTS_H_
