#include "node/partners/conduct.h"

#include <algorithm>
#include <limits>

namespace daftar::partners {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr uint64_t kPercent = 100;

std::optional<Quarantine> FloodIn(const Conduct& conduct, const evidence::Charter& charter,
                                  int64_t now) {
  for (size_t i = 0; i < kLookedAtDays; ++i) {
    const int64_t day = conduct.day - static_cast<int64_t>(i);
    if (day < conduct.looked_day) break;
    uint64_t seen = conduct.by_day[i];
    if (day == conduct.looked_day) seen -= std::min<uint64_t>(seen, conduct.looked_reports);
    if (seen <= charter.flood_least_reports) continue;
    uint64_t before = 0;
    for (size_t k = i + 1; k <= i + kUsualDays; ++k) before += conduct.by_day[k];
    if (seen * kUsualDays <= charter.flood_times_usual * before) continue;
    return Quarantine{Suspicion::kFlood, now, seen, (before + kUsualDays - 1) / kUsualDays};
  }
  return std::nullopt;
}

}  // namespace

void Conduct::AddReport(int64_t at) {
  const int64_t on = std::max<int64_t>(at, 0) / kSecondsPerDay;
  if (day == 0) day = on;
  if (on > day) {
    const auto shift =
        static_cast<size_t>(std::min<int64_t>(on - day, static_cast<int64_t>(by_day.size())));
    std::rotate(by_day.rbegin(), by_day.rbegin() + static_cast<ptrdiff_t>(shift), by_day.rend());
    std::fill_n(by_day.begin(), shift, 0);
    day = on;
  }
  if (const auto back = static_cast<size_t>(day - on); back < by_day.size()) ++by_day[back];
  if (recent >= kRecentReports) {
    recent /= 2;
    withdrawn /= 2;
  }
  ++recent;
}

void Conduct::AddWithdrawn() { ++withdrawn; }

void Conduct::CountUnanswered(uint64_t reports) {
  unanswered =
      static_cast<uint32_t>(std::min<uint64_t>(reports, std::numeric_limits<uint32_t>::max()));
  looked_unanswered = std::min(looked_unanswered, unanswered);
}

void Conduct::Look() {
  looked_day = day;
  looked_reports = by_day[0];
  looked_unanswered = unanswered;
  withdrawn = 0;
}

void Conduct::Encode(crypto::Writer& writer) const {
  writer.U64(static_cast<uint64_t>(day)).U8(static_cast<uint8_t>(by_day.size()));
  for (uint32_t reports : by_day) writer.U32(reports);
  writer.U32(recent).U32(withdrawn).U32(unanswered);
  writer.U64(static_cast<uint64_t>(looked_day)).U32(looked_reports).U32(looked_unanswered);
}

Conduct Conduct::Decode(crypto::Reader& reader) {
  Conduct conduct;
  conduct.day = static_cast<int64_t>(reader.U64());
  if (reader.U8() != conduct.by_day.size()) reader.Fail();
  for (uint32_t& reports : conduct.by_day) reports = reader.U32();
  conduct.recent = reader.U32();
  conduct.withdrawn = reader.U32();
  conduct.unanswered = reader.U32();
  conduct.looked_day = static_cast<int64_t>(reader.U64());
  conduct.looked_reports = reader.U32();
  conduct.looked_unanswered = reader.U32();
  if (conduct.looked_day > conduct.day || conduct.recent > kRecentReports) reader.Fail();
  return conduct;
}

std::string_view SuspicionName(Suspicion suspicion) {
  return suspicion == Suspicion::kFlood ? "flood" : "withdrawn-after-dispute";
}

std::string Words(const Quarantine& quarantine) {
  if (quarantine.suspicion == Suspicion::kFlood) {
    return "it published " + std::to_string(quarantine.seen) + " reports in a day" +
           (quarantine.of == 0 ? std::string(", and none are usual yet")
                               : ", where " + std::to_string(quarantine.of) + " are usual");
  }
  return std::to_string(quarantine.seen) + " of its last " + std::to_string(quarantine.of) +
         " reports were withdrawn after a dispute, or never answered for";
}

std::optional<Quarantine> SuspicionOf(const Conduct& conduct, const evidence::Charter& charter,
                                      int64_t now) {
  if (auto flood = FloodIn(conduct, charter, now); flood.has_value()) return flood;
  const uint64_t given_up = uint64_t{conduct.withdrawn} + conduct.unanswered -
                            std::min(conduct.unanswered, conduct.looked_unanswered);
  if (given_up >= charter.withdrawn_least &&
      given_up * kPercent > uint64_t{charter.withdrawn_percent} * conduct.recent) {
    return Quarantine{Suspicion::kWithdrawn, now, given_up, conduct.recent};
  }
  return std::nullopt;
}

}  // namespace daftar::partners
