#include "node/decision/decision.h"

#include <array>
#include <span>
#include <utility>

namespace daftar::decision {
namespace {

template <class Enum>
using Names = std::span<const std::pair<Enum, std::string_view>>;

constexpr std::array<std::pair<Effect, std::string_view>, 5> kEffects = {{
    {Effect::kAccept, "accept"},
    {Effect::kDeposit, "deposit"},
    {Effect::kPrepay, "prepay"},
    {Effect::kReview, "review"},
    {Effect::kDecline, "decline"},
}};
constexpr std::array<std::pair<Terms, std::string_view>, 4> kTerms = {{
    {Terms::kCredit, "credit"},
    {Terms::kCod, "cod"},
    {Terms::kDeposit, "deposit"},
    {Terms::kPrepaid, "prepaid"},
}};
constexpr std::array<std::pair<PartnerState, std::string_view>, 4> kStates = {{
    {PartnerState::kAnswered, "answered"},
    {PartnerState::kCached, "cached"},
    {PartnerState::kStale, "stale"},
    {PartnerState::kNotChecked, "not_checked"},
}};
constexpr std::array<std::pair<EntryStatus, std::string_view>, 8> kStatuses = {{
    {EntryStatus::kLive, "live"},
    {EntryStatus::kSettled, "settled"},
    {EntryStatus::kDisputed, "disputed"},
    {EntryStatus::kWithdrawn, "withdrawn"},
    {EntryStatus::kErased, "erased"},
    {EntryStatus::kExpired, "expired"},
    {EntryStatus::kPending, "pending"},
    {EntryStatus::kSetAside, "set-aside"},
}};

constexpr std::array<std::pair<Mitigation, std::string_view>, 3> kMitigations = {{
    {Mitigation::kShopAtFault, "shop-at-fault"},
    {Mitigation::kToldInTime, "told-in-time"},
    {Mitigation::kKeptPlan, "kept-plan"},
}};
constexpr std::array kAllMitigations = {Mitigation::kShopAtFault, Mitigation::kToldInTime,
                                        Mitigation::kKeptPlan};
constexpr uint8_t kMitigationBits = (1U << kAllMitigations.size()) - 1U;

template <class Enum>
std::string_view NameOf(Names<Enum> names, Enum value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return "unknown";
}

template <class Enum>
absl::StatusOr<Enum> FromName(Names<Enum> names, std::string_view text, const std::string& what) {
  std::string all;
  for (const auto& [value, name] : names) {
    if (name == text) return value;
    all += (all.empty() ? "" : ", ") + std::string(name);
  }
  return absl::InvalidArgumentError("unknown " + what + "; write one of: " + all);
}

}  // namespace

std::string_view EffectName(Effect effect) { return NameOf<Effect>(kEffects, effect); }
absl::StatusOr<Effect> EffectFromName(std::string_view name) {
  return FromName<Effect>(kEffects, name, "effect");
}

std::string_view TermsName(Terms terms) { return NameOf<Terms>(kTerms, terms); }
absl::StatusOr<Terms> TermsFromName(std::string_view name) {
  return FromName<Terms>(kTerms, name, "terms");
}

std::string_view PartnerStateName(PartnerState state) {
  return NameOf<PartnerState>(kStates, state);
}
absl::StatusOr<PartnerState> PartnerStateFromName(std::string_view name) {
  return FromName<PartnerState>(kStates, name, "partner state");
}

std::string_view EntryStatusName(EntryStatus status) {
  return NameOf<EntryStatus>(kStatuses, status);
}

std::string_view MitigationName(Mitigation mitigation) {
  return NameOf<Mitigation>(kMitigations, mitigation);
}
absl::StatusOr<Mitigation> MitigationFromName(std::string_view name) {
  return FromName<Mitigation>(kMitigations, name, "mitigation");
}
std::span<const Mitigation> AllMitigations() { return kAllMitigations; }

absl::StatusOr<Mitigations> Mitigations::FromBits(uint8_t bits) {
  if ((bits & ~kMitigationBits) != 0) {
    return absl::InvalidArgumentError("no mitigation has one of these bits");
  }
  Mitigations set;
  set.bits_ = bits;
  return set;
}

}  // namespace daftar::decision
