#include "node/service/session_handlers.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "crypto/totp.h"
#include "node/identity/identifier.h"
#include "node/service/convert.h"
#include "node/version.h"

namespace daftar::service {
namespace {

// The currencies that the charter names, the one named most often first.
std::vector<std::string> CurrenciesOf(const evidence::Charter& charter) {
  std::map<std::string, size_t> named;
  for (const auto& [currency, least] : charter.small_amount_minor) ++named[currency];
  for (const auto& [reason, profile] : charter.reasons) {
    for (const auto& [currency, least] : profile.least_minor) ++named[currency];
  }
  std::vector<std::string> currencies;
  for (const auto& [currency, times] : named) currencies.push_back(currency);
  std::ranges::stable_sort(
      currencies, [&](const std::string& a, const std::string& b) { return named[a] > named[b]; });
  return currencies;
}

// Of a URI's part: all but unreserved characters (RFC 3986 section 2.3) as %XX.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    constexpr char kDigits[] = "0123456789ABCDEF";
    const auto byte = static_cast<uint8_t>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

// As apps for second factors read it (Key Uri Format): who issued it, whose it is, the secret.
std::string OtpUri(const std::string& origin, const std::string& user, const std::string& secret) {
  const std::string issuer = Escaped("Daftar " + origin);
  return "otpauth://totp/" + issuer + ":" + Escaped(user) + "?secret=" + secret +
         "&issuer=" + issuer;
}

}  // namespace

absl::StatusOr<std::string> SessionHandlers::SessionOf(const CallOrigin& origin,
                                                       std::string_view method) const {
  auto actor = credentials_.ActorOf(origin, true);
  if (!actor.ok()) return actor.status();
  if (absl::Status s = Authorise(*actor, method); !s.ok()) return s;
  if (!origin.secret.starts_with(kSessionPrefix)) {
    return absl::FailedPreconditionError(
        "this is for people who have signed in at the console: sign in, and make the call with "
        "that session");
  }
  return origin.secret;
}

absl::StatusOr<v1::GetSessionResponse> SessionHandlers::Describe(const CallOrigin& origin) {
  v1::GetSessionResponse out;
  const Config& config = node_.config();
  auto actor = credentials_.ActorOf(origin, true);
  if (!actor.ok() && !absl::IsUnauthenticated(actor.status())) return actor.status();
  if (actor.ok()) {
    out.set_user(actor->name.starts_with(kUserPrefix) ? actor->name.substr(kUserPrefix.size())
                                                      : actor->name);
    for (const Role role : {Role::kStaff, Role::kManager, Role::kOperator, Role::kAuditor}) {
      if (actor->roles.Has(role)) out.add_roles(ToProto(role));
    }
    out.set_name(config.name);
    out.set_origin(config.origin);
  }
  if (actor.ok() && origin.secret.starts_with(kSessionPrefix)) {
    auto view = credentials_.sessions.View(origin.secret);
    if (!view.ok()) return view.status();
    out.set_expires_at(TimeText(view->expires_at));
    out.set_idle_s(static_cast<uint32_t>(std::chrono::seconds(kSessionIdle).count()));
    out.set_second_factor_missing(view->second_factor_missing);
    out.set_has_second_factor(view->has_second_factor);
  }
  out.set_version(std::string(kVersion));
  out.set_test_mode(node_.config().test_mode);
  auto missing = credentials_.sessions.FirstUserMissing();
  if (!missing.ok()) return missing.status();
  out.set_first_user_missing(*missing);
  out.set_region(std::string(identity::RegionCode(config.region)));
  for (std::string& currency : CurrenciesOf(node_.charter())) {
    out.add_currencies(std::move(currency));
  }
  return out;
}

absl::StatusOr<v1::SignInResponse> SessionHandlers::SignedIn(const CallOrigin& origin,
                                                             absl::StatusOr<NewSession> session) {
  if (!session.ok()) return session.status();
  CallOrigin with = origin;
  with.secret = session->secret;
  auto described = Describe(with);
  if (!described.ok()) return described.status();
  v1::SignInResponse out;
  out.set_session(session->secret);
  out.set_device(session->device);
  *out.mutable_signed_in() = *std::move(described);
  return out;
}

absl::StatusOr<v1::GetSessionResponse> SessionHandlers::GetSession(const CallOrigin& origin,
                                                                   const v1::GetSessionRequest&) {
  if (absl::Status s = Authorise({}, "SessionService/GetSession"); !s.ok()) return s;
  return Describe(origin);
}

absl::StatusOr<v1::SignInResponse> SessionHandlers::SignIn(const CallOrigin& origin,
                                                           const v1::SignInRequest& request) {
  if (absl::Status s = Authorise({}, "SessionService/SignIn"); !s.ok()) return s;
  if (!request.token().empty()) {
    return SignedIn(origin, credentials_.sessions.SignInByToken(request.token(), origin.address));
  }
  return SignedIn(origin,
                  credentials_.sessions.SignIn({request.user(), request.password(), request.code(),
                                                origin.address, origin.device}));
}

absl::StatusOr<v1::SignOutResponse> SessionHandlers::SignOut(const CallOrigin& origin,
                                                             const v1::SignOutRequest&) {
  if (absl::Status s = Authorise({}, "SessionService/SignOut"); !s.ok()) return s;
  if (origin.secret.starts_with(kSessionPrefix)) {
    if (absl::Status s = credentials_.sessions.SignOut(origin.secret); !s.ok()) return s;
  }
  return v1::SignOutResponse();
}

absl::StatusOr<v1::SignInResponse> SessionHandlers::UseLink(const CallOrigin& origin,
                                                            const v1::UseLinkRequest& request) {
  if (absl::Status s = Authorise({}, "SessionService/UseLink"); !s.ok()) return s;
  return SignedIn(
      origin, credentials_.sessions.UseLink(request.secret(), request.user(), request.password()));
}

absl::StatusOr<v1::SetPasswordResponse> SessionHandlers::SetPassword(
    const CallOrigin& origin, const v1::SetPasswordRequest& request) {
  auto session = SessionOf(origin, "SessionService/SetPassword");
  if (!session.ok()) return session.status();
  absl::Status set = credentials_.sessions.SetPassword(
      *session, request.request_id(), request.old_password(), request.new_password());
  if (!set.ok()) return set;
  return v1::SetPasswordResponse();
}

absl::StatusOr<v1::BeginSecondFactorResponse> SessionHandlers::BeginSecondFactor(
    const CallOrigin& origin, const v1::BeginSecondFactorRequest& request) {
  auto session = SessionOf(origin, "SessionService/BeginSecondFactor");
  if (!session.ok()) return session.status();
  auto view = credentials_.sessions.View(*session);
  if (!view.ok()) return view.status();
  auto secret =
      credentials_.sessions.BeginSecondFactor(*session, request.request_id(), request.password());
  if (!secret.ok()) return secret.status();
  v1::BeginSecondFactorResponse out;
  out.set_secret(crypto::ToBase32(secret->Expose()));
  out.set_uri(OtpUri(node_.config().origin, view->user, out.secret()));
  return out;
}

absl::StatusOr<v1::ConfirmSecondFactorResponse> SessionHandlers::ConfirmSecondFactor(
    const CallOrigin& origin, const v1::ConfirmSecondFactorRequest& request) {
  auto session = SessionOf(origin, "SessionService/ConfirmSecondFactor");
  if (!session.ok()) return session.status();
  auto codes =
      credentials_.sessions.ConfirmSecondFactor(*session, request.request_id(), request.code());
  if (!codes.ok()) return codes.status();
  v1::ConfirmSecondFactorResponse out;
  for (std::string& code : *codes) out.add_recovery_codes(std::move(code));
  return out;
}

absl::StatusOr<v1::ListSessionsResponse> SessionHandlers::ListSessions(
    const CallOrigin& origin, const v1::ListSessionsRequest&) {
  auto session = SessionOf(origin, "SessionService/ListSessions");
  if (!session.ok()) return session.status();
  auto views = credentials_.sessions.List(*session);
  if (!views.ok()) return views.status();
  v1::ListSessionsResponse out;
  for (const SessionView& view : *views) {
    v1::Session& row = *out.add_sessions();
    row.set_id(view.id.hex());
    row.set_signed_in_at(TimeText(view.signed_in_at));
    row.set_last_used_at(TimeText(view.last_used_at));
    row.set_expires_at(TimeText(view.expires_at));
    row.set_current(view.current);
  }
  return out;
}

absl::StatusOr<v1::EndSessionResponse> SessionHandlers::EndSession(
    const CallOrigin& origin, const v1::EndSessionRequest& request) {
  auto session = SessionOf(origin, "SessionService/EndSession");
  if (!session.ok()) return session.status();
  absl::Status ended = credentials_.sessions.End(*session, request.request_id(), request.id());
  if (!ended.ok()) return ended;
  return v1::EndSessionResponse();
}

}  // namespace daftar::service
