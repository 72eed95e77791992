#include "node/partners/standing.h"

#include <algorithm>
#include <vector>

#include "node/evidence/admissibility.h"

namespace daftar::partners {
namespace {

using decision::EntryStatus;
using evidence::EntryKind;

constexpr int64_t kSecondsPerHour = 3600;
constexpr int64_t kSecondsPerDay = 86'400;
// The longest periods that a charter may have (docs/charter.md).
constexpr int64_t kLongestDisputeDays = 180;
constexpr int64_t kLongestSettledHours = 48;
constexpr int64_t kDaysOfLongestMonth = 31;

// The earlier of when it says that it was issued and when this node first saw it.
int64_t Since(const EntryState::Update& update) {
  return std::min(update.issued_at, update.seen_at);
}

// The day, or that of the entry which states it where that is earlier: a day to come would keep a
// report fresh, and for longer than the charter has it.
evidence::Date NoLaterThan(evidence::Date day, int64_t issued_at, int64_t now) {
  const auto issued = evidence::UnixMillis::OfSeconds(std::min(issued_at, now));
  return std::min(day, evidence::Date::Of(issued));
}

evidence::ReportFacts MilderOf(const evidence::ReportFacts& known,
                               const evidence::ReportFacts& corrected) {
  evidence::ReportFacts milder = known;
  if (corrected.amount.currency == known.amount.currency) {
    milder.amount.minor = std::min(known.amount.minor, corrected.amount.minor);
  }
  milder.occurred = std::min(known.occurred, corrected.occurred);
  return milder;
}

uint32_t RetentionMonths(const evidence::ReportFacts& facts, const evidence::Charter* charter) {
  if (charter == nullptr) return evidence::kMaxRetentionMonths;
  const auto profile = charter->reasons.find(facts.reason);
  // A reason that the charter does not share has no retention to end.
  return profile == charter->reasons.end() ? evidence::kMaxRetentionMonths
                                           : profile->second.retention_months;
}

}  // namespace

int64_t AnswerPeriod(const evidence::Charter* charter) {
  return (charter == nullptr ? kLongestDisputeDays : int64_t{charter->dispute_withdraw_days}) *
         kSecondsPerDay;
}

int64_t LongestRetention(const evidence::Charter* charter) {
  uint32_t months = charter == nullptr ? evidence::kMaxRetentionMonths : 0;
  if (charter != nullptr) {
    for (const auto& [reason, profile] : charter->reasons) {
      months = std::max(months, profile.retention_months);
    }
  }
  return int64_t{months} * kDaysOfLongestMonth * kSecondsPerDay;
}

bool CameLate(const EntryState::Update& resolution, int64_t since, int64_t seen, int64_t period) {
  return resolution.issued_at - since >= period || resolution.seen_at - seen >= period;
}

Standing StandingOf(const evidence::ReportFacts& reported, std::span<const OpenedUpdate> updates,
                    const Reading& reading) {
  Standing standing{EntryStatus::kLive, reported};
  standing.facts.occurred = NoLaterThan(reported.occurred, reading.issued_at, reading.now);
  std::optional<int64_t> disputed_since;
  int64_t disputed_seen = 0;
  std::optional<int64_t> settled_since;
  std::vector<EntryState::Update> resolutions;  // that count and open
  bool withdrawn = false;
  const evidence::Charter* charter = reading.charter;
  const int64_t answer_period = AnswerPeriod(charter);
  // While the clock is in doubt by their dates alone.
  const auto is_late = [&](const EntryState::Update& answer, int64_t since, int64_t had) {
    return CameLate(answer, since, reading.deadlines_act ? had : answer.seen_at, answer_period);
  };
  for (const OpenedUpdate& seen : updates) {
    const bool counts = seen.update.index < reading.counted_size &&
                        seen.update.issued_at <= reading.now + kMaxIssuedAheadSeconds;
    switch (seen.update.kind) {
      case EntryKind::kErasure:
        standing.status = EntryStatus::kErased;
        return standing;
      case EntryKind::kWithdrawal:
        withdrawn = true;
        break;
      case EntryKind::kDispute:
        if (!disputed_since.has_value()) {
          disputed_since = Since(seen.update);
          disputed_seen = seen.update.seen_at;
        }
        break;
      case EntryKind::kResolution: {
        const auto* resolution =
            seen.facts.has_value() ? std::get_if<evidence::ResolutionFacts>(&*seen.facts) : nullptr;
        if (!counts || resolution == nullptr) break;
        // What was as withdrawn by then is not brought back.
        withdrawn =
            withdrawn || !resolution->upheld ||
            (disputed_since.has_value() && is_late(seen.update, *disputed_since, disputed_seen));
        disputed_since.reset();
        resolutions.push_back(seen.update);
        break;
      }
      case EntryKind::kSettlement:
        if (!settled_since.has_value()) settled_since = Since(seen.update);
        break;
      case EntryKind::kCorrection: {
        const auto* correction =
            seen.facts.has_value() ? std::get_if<evidence::CorrectionFacts>(&*seen.facts) : nullptr;
        if (correction == nullptr) break;
        standing.facts =
            counts ? correction->corrected : MilderOf(standing.facts, correction->corrected);
        standing.facts.occurred =
            NoLaterThan(standing.facts.occurred, seen.update.issued_at, reading.now);
        break;
      }
      default:
        break;
    }
  }
  for (const RelayedDispute& relayed : reading.relayed) {
    const auto answer = std::find_if(
        resolutions.begin(), resolutions.end(),
        [&](const EntryState::Update& resolution) { return resolution.issued_at >= relayed.at; });
    if (answer != resolutions.end()) {
      withdrawn = withdrawn || is_late(*answer, relayed.since, relayed.seen);
      continue;
    }
    disputed_since = std::min(disputed_since.value_or(relayed.since), relayed.since);
  }
  const auto is_over = [&](const std::optional<int64_t>& since, int64_t period) {
    return reading.deadlines_act && since.has_value() && reading.now - *since >= period;
  };
  const int64_t settled_period =
      (charter == nullptr ? kLongestSettledHours
                          : int64_t{charter->withdraw_after_settlement_hours}) *
      kSecondsPerHour;
  const evidence::Date end =
      evidence::RetentionEnd(standing.facts.occurred, RetentionMonths(standing.facts, charter));
  const bool expired = reading.deadlines_act && end.has_value() &&
                       reading.now >= int64_t{end.days()} * kSecondsPerDay;
  if (withdrawn || is_over(disputed_since, answer_period) ||
      is_over(settled_since, settled_period)) {
    standing.status = EntryStatus::kWithdrawn;
  } else if (expired) {
    standing.status = EntryStatus::kExpired;
  } else if (disputed_since.has_value()) {
    standing.status = EntryStatus::kDisputed;
  } else if (settled_since.has_value()) {
    standing.status = EntryStatus::kSettled;
  }
  return standing;
}

}  // namespace daftar::partners
