// What people set for their own sign-in: password and second factor.
#include <algorithm>
#include <array>
#include <utility>

#include "crypto/password.h"
#include "crypto/totp.h"
#include "crypto/utf8.h"
#include "node/service/retry_after.h"
#include "node/service/sessions.h"
#include "storage/requests.h"

namespace daftar::service {
namespace {

using storage::Batch;

constexpr std::string_view kPasswordKind = "user.password";
constexpr std::string_view kFactorKind = "user.second-factor";
constexpr size_t kRecoveryCodeBytes = 10;  // 80 bits, 16 letters
constexpr size_t kRecoveryGroup = 4;       // letters between two hyphens

// Of those that are tried first, the ones that are long enough; here and in the region.
constexpr std::array<std::string_view, 30> kTriedFirst = {
    "0123456789",   "0987654321",    "1234567890",   "12345678910",  "123456789a",   "1234567891",
    "123123123123", "1q2w3e4r5t",    "1qaz2wsx3edc", "123qweasdzxc", "abcdefghij",   "abcd123456",
    "adminadmin",   "administrator", "bismillah123", "changeme123",  "iloveyou123",  "indonesia123",
    "letmein123",   "malaysia123",   "password12",   "password123",  "password1234", "passw0rd123",
    "qwerty12345",  "qwerty123456",  "qwertyuiop",   "rahasia123",   "sayangku123",  "welcome123"};

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

// Without the digits and signs around it.
std::string_view Core(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c & 0x80) != 0; };
  while (!text.empty() && !letter(text.front())) text.remove_prefix(1);
  while (!text.empty() && !letter(text.back())) text.remove_suffix(1);
  return text;
}

absl::Status SignsInByToken() {
  return absl::FailedPreconditionError(
      "this user signs in with a token, and has no password or second factor to set");
}

// What is kept of a new password for a repetition: of the text that it is stored as, which has a
// random salt, so that there is nothing to guess at.
crypto::Digest MarkOf(std::string_view stored_password) {
  return HashOfSecret("password-request", stored_password);
}

// "MFRG-GZDF-MZTW-Q2LK"
std::string Grouped(const std::string& code) {
  std::string text;
  for (size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % kRecoveryGroup == 0) text += '-';
    text += code[i];
  }
  return text;
}

}  // namespace

absl::Status CheckPassword(std::string_view user, std::string_view password) {
  if (password.size() < crypto::kMinPasswordBytes || password.size() > crypto::kMaxPasswordBytes) {
    return absl::InvalidArgumentError(
        "a password has " + std::to_string(crypto::kMinPasswordBytes) + " to " +
        std::to_string(crypto::kMaxPasswordBytes) + " characters; a few words are easy to keep");
  }
  if (!crypto::IsUtf8(password)) return absl::InvalidArgumentError("a password is UTF-8 text");
  const std::string lowered = Lowered(password);
  const std::string name = Lowered(user);
  const std::string_view core = Core(lowered);
  if (lowered == name || (!core.empty() && core == Core(name))) {
    return absl::InvalidArgumentError("the user's own name is no password; choose other words");
  }
  const bool one = std::ranges::all_of(lowered, [&](char c) { return c == lowered.front(); });
  if (one || std::ranges::find(kTriedFirst, lowered) != kTriedFirst.end()) {
    return absl::InvalidArgumentError(
        "this password is among those that are tried first; choose other words");
  }
  return absl::OkStatus();
}

Attempt Sessions::AttemptOf(const Found& found) const {
  // Strangers cannot get here, so their counts are left alone, as with a known device.
  Attempt attempt;
  attempt.user = found.user.name;
  attempt.there_is = true;
  attempt.device = kInSession;
  attempt.at = clock_.Now();
  return attempt;
}

absl::Status Sessions::CheckOwnPassword(const Found& found, const std::string& password) {
  const Attempt attempt = AttemptOf(found);
  if (absl::Status status = limits_.Begin(attempt); !status.ok()) return status;
  const bool may_be =
      password.size() >= crypto::kMinPasswordBytes && password.size() <= crypto::kMaxPasswordBytes;
  auto fits =
      may_be ? crypto::PasswordFits(found.row.password, password) : absl::StatusOr<bool>(false);
  if (!fits.ok()) {
    limits_.TakeBack(attempt);
    return WithRetryAfter(fits.status(), kPasswordRetry);
  }
  if (!*fits) return absl::InvalidArgumentError("the present password does not fit");
  limits_.Succeeded(attempt);
  return absl::OkStatus();
}

absl::Status Sessions::RepeatPassword(const Found& found, storage::ByteView set,
                                      const std::string& new_password) {
  const absl::Status another = absl::FailedPreconditionError(
      "this request_id was used for another password, or the password was changed again since; use "
      "a new one for each request");
  if (!crypto::ConstantTimeEquals(set, MarkOf(found.row.password).view())) return another;
  // Counted: whoever has the session alone must not find the password out by repeating.
  const absl::Status same = CheckOwnPassword(found, new_password);
  return absl::IsInvalidArgument(same) ? another : same;
}

absl::Status Sessions::SetPassword(std::string_view session, const std::string& request_id,
                                   const std::string& old_password,
                                   const std::string& new_password) {
  auto found = Find(session);
  if (!found.ok()) return found.status();
  const std::string& name = found->user.name;
  auto request = storage::RequestLog::Key(std::string(kUserPrefix) + name, request_id);
  if (!request.ok()) return request.status();
  auto earlier = storage::RequestLog::Find(store_, *request, kPasswordKind);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) return RepeatPassword(*found, **earlier, new_password);
  if (found->mark.by_token || found->row.password.empty()) return SignsInByToken();
  if (absl::Status status = CheckPassword(name, new_password); !status.ok()) return status;
  if (absl::Status status = CheckOwnPassword(*found, old_password); !status.ok()) return status;
  auto hashed = crypto::HashPassword(new_password);
  if (!hashed.ok()) return WithRetryAfter(hashed.status(), kPasswordRetry);
  return Change(name, [&](const User&, SignInRow& row, Batch& batch) -> absl::Status {
    if (row.password != found->row.password) {
      return absl::InvalidArgumentError("the present password does not fit");
    }
    row.password = *hashed;
    std::erase_if(row.sessions, [&](const SessionMark& each) {
      const bool other = each.secret != found->mark.secret;
      if (other) DeleteSession(batch, each);
      return other;
    });
    storage::RequestLog::Record(batch, *request, kPasswordKind, MarkOf(*hashed).view());
    Record(batch, name, "user.password", name);
    return absl::OkStatus();
  });
}

absl::StatusOr<crypto::SecretBytes> Sessions::BeginSecondFactor(std::string_view session,
                                                                const std::string& request_id,
                                                                const std::string& password) {
  auto found = Find(session);
  if (!found.ok()) return found.status();
  const std::string& name = found->user.name;
  // A repetition makes another secret: nothing rests on the first one, which nobody has seen.
  auto request = storage::RequestLog::Key(std::string(kUserPrefix) + name, request_id);
  if (!request.ok()) return request.status();
  if (found->mark.by_token || found->row.password.empty()) return SignsInByToken();
  if (!found->row.second_factor.empty()) {
    if (absl::Status status = CheckOwnPassword(*found, password); !status.ok()) return status;
  }
  crypto::Bytes bytes(crypto::kTotpSecretBytes);
  entropy_.Fill(bytes);
  crypto::SecretBytes secret(std::move(bytes));
  absl::Status changed = Change(name, [&](const User&, SignInRow& row, Batch&) -> absl::Status {
    if (found->row.second_factor.empty() && !row.second_factor.empty()) {
      return absl::FailedPreconditionError(
          "a second factor was set up meanwhile; begin again, with the password");
    }
    row.unconfirmed = secret.Duplicate();
    row.unconfirmed_until = {clock_.Now().value +
                             std::chrono::milliseconds(kUnconfirmedLife).count()};
    return absl::OkStatus();
  });
  if (!changed.ok()) return changed;
  return secret;
}

absl::StatusOr<std::vector<std::string>> Sessions::ConfirmSecondFactor(
    std::string_view session, const std::string& request_id, std::string_view code) {
  auto found = Find(session);
  if (!found.ok()) return found.status();
  const std::string& name = found->user.name;
  auto request = storage::RequestLog::Key(std::string(kUserPrefix) + name, request_id);
  if (!request.ok()) return request.status();
  auto earlier = storage::RequestLog::Find(store_, *request, kFactorKind);
  if (!earlier.ok()) return earlier.status();
  std::vector<std::string> codes;
  if (earlier->has_value()) return codes;
  const Attempt attempt = AttemptOf(*found);
  if (absl::Status status = limits_.Begin(attempt); !status.ok()) return status;
  absl::Status changed =
      Change(name, [&](const User&, SignInRow& row, Batch& batch) -> absl::Status {
        if (row.unconfirmed.empty()) {
          return absl::FailedPreconditionError("begin to set a second factor up first");
        }
        if (row.unconfirmed_until <= clock_.Now()) {
          return absl::FailedPreconditionError(
              "this second factor was begun more than " + std::to_string(kUnconfirmedLife.count()) +
              " minutes ago; begin again, and take the new one into the phone");
        }
        const auto step =
            crypto::TotpStep(row.unconfirmed.Expose(), code, clock_.Now().seconds(), 0);
        if (!step.has_value()) {
          return absl::InvalidArgumentError(
              "the code does not fit; look whether the phone's clock is right, and give the six "
              "digits that it shows now");
        }
        row.second_factor = std::move(row.unconfirmed);
        row.unconfirmed = crypto::SecretBytes();
        row.last_step = *step;
        codes.clear();
        row.recovery_codes.clear();
        for (size_t i = 0; i < kRecoveryCodes; ++i) {
          crypto::Bytes bytes(kRecoveryCodeBytes);
          entropy_.Fill(bytes);
          const std::string letters = crypto::ToBase32(bytes);
          row.recovery_codes.push_back(HashOfSecret("recovery-code", letters));
          codes.push_back(Grouped(letters));
        }
        storage::RequestLog::Record(batch, *request, kFactorKind, {});
        Record(batch, name, kFactorKind, name);
        return absl::OkStatus();
      });
  if (!absl::IsInvalidArgument(changed)) limits_.TakeBack(attempt);  // no wrong code
  if (!changed.ok()) return changed;
  return codes;
}

}  // namespace daftar::service
