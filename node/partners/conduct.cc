#include "node/partners/conduct.h"

#include <algorithm>

namespace daftar::partners {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr uint64_t kPercent = 100;

std::optional<Quarantine> FloodIn(const Conduct& conduct, const evidence::Charter& charter,
                                  int64_t now) {
  if (conduct.first_day == 0 || conduct.day + 1 < now / kSecondsPerDay) return std::nullopt;
  const uint64_t seen = conduct.by_day[0];
  const auto days = static_cast<uint64_t>(
      std::min<int64_t>(conduct.day - conduct.first_day, int64_t{kUsualDays}));
  uint64_t before = 0;
  for (uint64_t i = 1; i <= days; ++i) before += conduct.by_day[i];
  if (seen <= charter.flood_least_reports) return std::nullopt;
  // Nothing is usual on the first day; then the least number alone decides.
  if (days > 0 && seen * days <= charter.flood_times_usual * before) return std::nullopt;
  return Quarantine{Suspicion::kFlood, now, seen, days == 0 ? 0 : (before + days - 1) / days};
}

}  // namespace

void Conduct::AddReport(int64_t at) {
  const int64_t on = std::max<int64_t>(at, 0) / kSecondsPerDay;
  if (first_day == 0) first_day = day = on;
  if (on > day) {
    const auto shift = static_cast<size_t>(std::min<int64_t>(on - day, int64_t{kUsualDays} + 1));
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

void Conduct::Encode(crypto::Writer& writer) const {
  writer.U64(static_cast<uint64_t>(first_day)).U64(static_cast<uint64_t>(day));
  for (uint32_t reports : by_day) writer.U32(reports);
  writer.U32(recent).U32(withdrawn);
}

Conduct Conduct::Decode(crypto::Reader& reader) {
  Conduct conduct;
  conduct.first_day = static_cast<int64_t>(reader.U64());
  conduct.day = static_cast<int64_t>(reader.U64());
  for (uint32_t& reports : conduct.by_day) reports = reader.U32();
  conduct.recent = reader.U32();
  conduct.withdrawn = reader.U32();
  if (conduct.day < conduct.first_day || conduct.recent > kRecentReports) reader.Fail();
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
         " reports were withdrawn after a dispute";
}

std::optional<Quarantine> SuspicionOf(const Conduct& conduct, const evidence::Charter& charter,
                                      int64_t now) {
  if (auto flood = FloodIn(conduct, charter, now); flood.has_value()) return flood;
  if (conduct.withdrawn >= charter.withdrawn_least &&
      conduct.withdrawn * kPercent > uint64_t{charter.withdrawn_percent} * conduct.recent) {
    return Quarantine{Suspicion::kWithdrawn, now, conduct.withdrawn, conduct.recent};
  }
  return std::nullopt;
}

}  // namespace daftar::partners
