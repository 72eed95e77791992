#include "node/identity/email.h"

#include <algorithm>
#include <string>

#include "node/identity/ascii.h"

namespace daftar::identity {
namespace {

// Only a quoted local part or an address literal holds these, and neither is anybody's address.
constexpr std::string_view kNeverInAddress = " \"(),:;<>[\\]";

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return IsLower(c) || IsDigit(c) || c == '-';
         });
}

// Two or more labels with single dots between.
bool IsDomain(std::string_view domain) {
  if (domain.size() > kMaxDomain) return false;
  size_t labels = 0;
  for (;;) {
    const size_t dot = domain.find('.');
    if (!IsLabel(domain.substr(0, dot))) return false;
    ++labels;
    if (dot == std::string_view::npos) return labels >= 2;
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace

Outcome NormaliseEmail(std::string_view text) {
  const std::string address = ToLower(text);
  for (const char c : address) {
    if (!IsPrintable(c) || kNeverInAddress.find(c) != std::string_view::npos) {
      return Outcome::Refuse(Refusal::kCharacter,
                             "spaces, quotation marks, brackets, commas, colons, semicolons and "
                             "backslashes do not stand in an address");
    }
  }
  if (std::count(address.begin(), address.end(), '@') != 1) {
    return Outcome::Refuse(Refusal::kAtSign, "an address has exactly one @");
  }
  const size_t at = address.find('@');
  std::string local = address.substr(0, at);
  std::string domain = address.substr(at + 1);
  if (local.empty() || local.size() > kMaxLocalPart) {
    return Outcome::Refuse(Refusal::kLocalPart, "before the @ stand 1 to 64 characters");
  }
  if (!IsDomain(domain)) {
    return Outcome::Refuse(Refusal::kDomain,
                           "after the @ stand two or more parts of letters, digits and inner "
                           "dashes with single dots between them; a name with other letters is "
                           "written in its xn-- form");
  }
  if (domain == "gmail.com" || domain == "googlemail.com") {
    domain = "gmail.com";
    local = Without(local.substr(0, local.find('+')), ".");
    if (local.empty()) {
      return Outcome::Refuse(Refusal::kLocalPart,
                             "nothing is left before the @ without dots and +tag, which Gmail "
                             "ignores");
    }
  }
  return Outcome::Accept(local + "@" + domain);
}

}  // namespace daftar::identity
