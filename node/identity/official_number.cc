#include "node/identity/official_number.h"

#include <array>
#include <cassert>
#include <string>

#include "node/identity/ascii.h"

namespace daftar::identity {
namespace {

constexpr std::string_view kSeparators = " .-";

// Digits with separators dropped, `length` of them.
Outcome Digits(std::string_view text, size_t length) {
  std::string digits = Without(text, kSeparators);
  if (digits.empty()) return Outcome::Refuse(Refusal::kEmpty, "there are no digits in it");
  if (!AllDigits(digits)) {
    return Outcome::Refuse(Refusal::kCharacter,
                           "besides digits only spaces, dots and dashes may stand in it");
  }
  if (digits.size() != length) {
    return Outcome::Refuse(Refusal::kLength, "it has " + std::to_string(length) + " digits");
  }
  return Outcome::Accept(std::move(digits));
}

int TwoDigits(std::string_view digits, size_t at) {
  return (digits[at] - '0') * 10 + (digits[at + 1] - '0');
}

// Whether some century has this day. 29 February needs a year divisible by four: of the years 00,
// 2000 had one.
bool IsPossibleDate(int year, int month, int day) {
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const int leap = month == 2 && year % 4 == 0 ? 1 : 0;
  return day <= kDays[static_cast<size_t>(month - 1)] + leap;
}

}  // namespace

Outcome NormaliseNik(std::string_view text) {
  Outcome outcome = Digits(text, 16);
  if (!outcome.ok()) return outcome;
  const int day = TwoDigits(outcome.value, 6);
  const int month = TwoDigits(outcome.value, 8);
  const int year = TwoDigits(outcome.value, 10);
  // A woman's day of birth is written plus 40.
  if (!IsPossibleDate(year, month, day > 40 ? day - 40 : day)) {
    return Outcome::Refuse(Refusal::kDate,
                           "digits 7 to 12 are no date of birth (day, month, year; for women the "
                           "day plus 40)");
  }
  if (outcome.value.ends_with("0000")) {
    return Outcome::Refuse(Refusal::kSerial, "the serial number at the end is never 0000");
  }
  return outcome;
}

Outcome NormaliseMyKad(std::string_view text) {
  Outcome outcome = Digits(text, 12);
  if (!outcome.ok()) return outcome;
  if (!IsPossibleDate(TwoDigits(outcome.value, 0), TwoDigits(outcome.value, 2),
                      TwoDigits(outcome.value, 4))) {
    return Outcome::Refuse(Refusal::kDate,
                           "the first six digits are no date of birth (year, month, day)");
  }
  return outcome;
}

char NricCheckLetter(char prefix, std::string_view digits) {
  constexpr std::array kWeights = {2, 7, 6, 5, 4, 3, 2};
  assert(digits.size() == kWeights.size());
  int sum = prefix == 'T' || prefix == 'G' ? 4 : prefix == 'M' ? 3 : 0;
  for (size_t i = 0; i < kWeights.size(); ++i) sum += (digits[i] - '0') * kWeights[i];
  const std::string_view letters = prefix == 'S' || prefix == 'T'   ? "JZIHGFEDCBA"
                                   : prefix == 'F' || prefix == 'G' ? "XWUTRQPNMLK"
                                                                    : "XWUTRQPNJLK";
  return letters[static_cast<size_t>(sum % 11)];
}

Outcome NormaliseNric(std::string_view text) {
  std::string number = ToUpper(Without(text, kSeparators));
  if (number.empty()) return Outcome::Refuse(Refusal::kEmpty, "there is nothing in it");
  for (const char c : number) {
    if (!IsDigit(c) && !IsUpper(c)) {
      return Outcome::Refuse(Refusal::kCharacter,
                             "besides letters and digits only spaces, dots and dashes may stand in "
                             "it");
    }
  }
  if (number.size() != 9) {
    return Outcome::Refuse(Refusal::kLength, "it has a letter, seven digits and a letter");
  }
  const std::string_view digits = std::string_view(number).substr(1, 7);
  if (std::string_view("STFGM").find(number[0]) == std::string_view::npos || !AllDigits(digits) ||
      !IsUpper(number[8])) {
    return Outcome::Refuse(Refusal::kForm,
                           "it begins with S, T, F, G or M, then come seven digits and a letter");
  }
  if (number[8] != NricCheckLetter(number[0], digits)) {
    return Outcome::Refuse(Refusal::kCheckLetter,
                           "the last letter does not fit the digits: one of them is mistyped");
  }
  return Outcome::Accept(std::move(number));
}

Outcome NormaliseNpwp(std::string_view text) {
  std::string digits = Without(text, kSeparators);
  // A number of the old form becomes one of the new by a 0 in front.
  if (digits.size() == 15) digits.insert(0, 1, '0');
  Outcome outcome = Digits(digits, 16);
  if (outcome.refusal == Refusal::kLength) outcome.reason = "it has 15 or 16 digits";
  return outcome;
}

Outcome NormaliseNib(std::string_view text) { return Digits(text, 13); }

Outcome NormaliseSsm(std::string_view text) {
  Outcome outcome = Digits(text, 12);
  if (outcome.refusal == Refusal::kLength || outcome.refusal == Refusal::kCharacter) {
    outcome.reason = "it is the new registration number of 12 digits, without the old one";
  }
  return outcome;
}

}  // namespace daftar::identity
