#include "node/identity/account.h"

#include <algorithm>
#include <string>

#include "node/identity/ascii.h"

namespace daftar::identity {
namespace {

constexpr std::string_view kSeparators = " .-";

// ISO 9362: four letters for the institution, two for the country, two letters or digits for the
// place.
bool IsBic(std::string_view bic) {
  return bic.size() == 8 && std::all_of(bic.begin(), bic.begin() + 6, IsUpper) &&
         std::all_of(bic.begin() + 6, bic.end(), [](char c) { return IsUpper(c) || IsDigit(c); });
}

bool IsPlatform(std::string_view platform) {
  return !platform.empty() && platform.size() <= kMaxPlatform &&
         std::all_of(platform.begin(), platform.end(),
                     [](char c) { return IsLower(c) || IsDigit(c) || c == '.' || c == '-'; });
}

}  // namespace

Outcome NormaliseBankAccount(std::string_view text) {
  const std::string account = ToUpper(Without(text, kSeparators));
  if (account.empty()) return Outcome::Refuse(Refusal::kEmpty, "there is nothing in it");
  if (std::count(account.begin(), account.end(), '/') != 1) {
    return Outcome::Refuse(Refusal::kForm, "it is the bank's BIC, one slash, and the number");
  }
  const size_t slash = account.find('/');
  const std::string_view bic = std::string_view(account).substr(0, slash);
  const std::string_view number = std::string_view(account).substr(slash + 1);
  if (bic.size() == 11 && IsBic(bic.substr(0, 8))) {
    return Outcome::Refuse(Refusal::kBic,
                           "a BIC of 11 characters names a branch; write its first 8 characters");
  }
  if (!IsBic(bic)) {
    return Outcome::Refuse(Refusal::kBic,
                           "the bank's BIC has 8 characters: six letters, then two letters or "
                           "digits");
  }
  if (!AllDigits(number)) {
    return Outcome::Refuse(Refusal::kCharacter,
                           "after the slash stand digits, besides them only spaces, dots and "
                           "dashes");
  }
  if (number.size() < kMinAccountDigits || number.size() > kMaxAccountDigits) {
    return Outcome::Refuse(Refusal::kLength, "after the slash stand 4 to 34 digits");
  }
  return Outcome::Accept(account);
}

Outcome NormaliseHandle(std::string_view text) {
  std::string handle = ToLower(text);
  if (!std::all_of(handle.begin(), handle.end(),
                   [](char c) { return IsPrintable(c) && c != ' '; })) {
    return Outcome::Refuse(Refusal::kCharacter, "no spaces or control characters stand in it");
  }
  const size_t slash = handle.find('/');
  if (slash == std::string::npos) {
    return Outcome::Refuse(Refusal::kForm, "it is the platform, a slash, and the name there");
  }
  if (!IsPlatform(std::string_view(handle).substr(0, slash))) {
    return Outcome::Refuse(Refusal::kPlatform,
                           "before the first slash stands the platform: 1 to 32 letters, digits, "
                           "dots and dashes");
  }
  const size_t name = handle.size() - slash - 1;
  if (name == 0 || name > kMaxHandleName) {
    return Outcome::Refuse(Refusal::kName, "after the slash stands a name of 1 to 64 characters");
  }
  return Outcome::Accept(std::move(handle));
}

}  // namespace daftar::identity
