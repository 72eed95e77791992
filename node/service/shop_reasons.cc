// The catalogue of reasons, with what the charter in force asks of each.
#include <algorithm>

#include "node/decision/wording.h"
#include "node/evidence/admissibility.h"
#include "node/service/convert.h"
#include "node/service/shop_handlers.h"

namespace daftar::service {
namespace {

constexpr uint32_t kHoursPerDay = 24;
constexpr std::string_view kAmountField = "amount";

void SetProfile(const evidence::ReasonProfile& profile, evidence::Date today, v1::Reason& out) {
  out.set_shared_here(true);
  // With a least amount nothing is shared without one.
  out.set_needs_amount(!profile.least_minor.empty() ||
                       std::find(profile.required.begin(), profile.required.end(), kAmountField) !=
                           profile.required.end());
  for (const auto& [currency, minor] : profile.least_minor) {
    v1::Money& least = *out.add_least_amounts();
    least.set_minor(minor);
    least.set_currency(currency);
  }
  if (!profile.proof.empty()) {
    v1::ProofKinds& kinds = *out.add_proofs();
    for (const evidence::ProofKind kind : profile.proof) {
      kinds.add_kinds(std::string(evidence::ProofKindName(kind)));
    }
  }
  out.set_reminders(profile.reminders);
  out.set_days_between_reminders(profile.reminder_spacing_days);
  out.set_days_after_due(profile.least_age_days);
  out.set_hold_days((profile.hold_hours + kHoursPerDay - 1) / kHoursPerDay);
  // Months are of different lengths: of what occurs today.
  out.set_retention_days(static_cast<uint32_t>(
      evidence::RetentionEnd(today, profile.retention_months).DaysSince(today)));
}

}  // namespace

absl::StatusOr<v1::ListReasonsResponse> ShopHandlers::ListReasons(
    const Actor& actor, const v1::ListReasonsRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/ListReasons"); !s.ok()) return s;
  auto language = LanguageFromProto(request.language());
  if (!language.ok()) return language.status();
  const evidence::Date today = evidence::Date::Of(node_.clock().Now());
  const evidence::Charter& charter = node_.charter();
  v1::ListReasonsResponse out;
  for (const evidence::ReasonInfo& info : evidence::AllReasons()) {
    v1::Reason& row = *out.add_reasons();
    row.set_name(std::string(info.name));
    row.set_title(std::string(decision::ReasonSentence(info.reason, *language)));
    row.set_shareable(evidence::IsShareable(info.reason));
    const auto profile = charter.reasons.find(info.reason);
    if (profile == charter.reasons.end()) continue;
    SetProfile(profile->second, today, row);
    if (profile->second.second_person) out.set_second_person(true);
  }
  return out;
}

}  // namespace daftar::service
