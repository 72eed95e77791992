// How a partner has published of late, as its copied log shows it, and when that is so unusual that
// its reports must not count until an operator has looked: pure.
#ifndef DAFTAR_NODE_PARTNERS_CONDUCT_H_
#define DAFTAR_NODE_PARTNERS_CONDUCT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "node/evidence/charter.h"

namespace daftar::partners {

// A partner's usual number is the mean of so many days before the one that is looked at, whether or
// not its log had begun: a new log cannot make much usual by growing fast.
inline constexpr size_t kUsualDays = 28;
// So many days are looked at, back from the newest: what was held back, or came while this node was
// down, is found.
inline constexpr size_t kLookedAtDays = 90;
// Shares are of about so many reports: past it both counts are halved, so that a long honest record
// does not cover what comes after it.
inline constexpr uint32_t kRecentReports = 1000;

struct Conduct {
  int64_t day = 0;  // UTC day number (days since 1970) of the newest report; 0: none yet
  std::array<uint32_t, kUsualDays + kLookedAtDays> by_day{};  // on `day`, the day before it, ...
  uint32_t recent = 0;                                        // reports, up to about kRecentReports
  uint32_t withdrawn = 0;   // of those as many as were withdrawn or erased after a dispute
  uint32_t unanswered = 0;  // disputed ones whose period to answer is over, as last counted
  // An operator has looked at all up to here: earlier days, and so many of that day and of the
  // unanswered.
  int64_t looked_day = 0;
  uint32_t looked_reports = 0;
  uint32_t looked_unanswered = 0;

  // A report that was published at `at` (Unix seconds).
  void AddReport(int64_t at);
  // One that had been disputed was withdrawn or erased.
  void AddWithdrawn();
  // So many disputed ones are unanswered now. Of those that an operator has looked at no more are
  // left: whichever came since would hide behind them.
  void CountUnanswered(uint64_t reports);
  // An operator has looked: what is there is usual from now on.
  void Look();

  void Encode(crypto::Writer& writer) const;
  static Conduct Decode(crypto::Reader& reader);  // fails the reader on what Encode cannot write
  friend bool operator==(const Conduct&, const Conduct&) = default;
};

// Numbers are on disk: never renumber.
enum class Suspicion : uint8_t {
  kFlood = 1,      // many times as many reports in a day as usual
  kWithdrawn = 2,  // too many reports were withdrawn after a dispute
};
std::string_view SuspicionName(Suspicion suspicion);  // "flood", "withdrawn-after-dispute"

// Why a partner's reports are set aside: what was seen and what the charter allows.
struct Quarantine {
  Suspicion suspicion = Suspicion::kFlood;
  int64_t since = 0;  // Unix seconds
  uint64_t seen = 0;  // kFlood: reports on one day; kWithdrawn: reports withdrawn after a dispute
  uint64_t of = 0;    // kFlood: the usual number of a day, rounded up; kWithdrawn: of so many
  friend bool operator==(const Quarantine&, const Quarantine&) = default;
};
// In words for the operator, without what to do.
std::string Words(const Quarantine& quarantine);

// What is suspicious by the charter's bounds, `now` in Unix seconds; nullopt: nothing. Of several
// days with a flood the newest is named.
std::optional<Quarantine> SuspicionOf(const Conduct& conduct, const evidence::Charter& charter,
                                      int64_t now);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_CONDUCT_H_
