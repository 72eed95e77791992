#include "node/check/worth.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace daftar::check {
namespace {

using decision::Effect;

constexpr double kNineInTen = 1.6448536269514722;  // standard deviations on either side
constexpr uint32_t kPpmPerStep = 1000;             // of LossSums::by_risk_
constexpr double kSteps = static_cast<double>(decision::kPpm) / kPpmPerStep;
constexpr size_t kMonthBytes = 7;  // "2026-11"

uint64_t Minor(double amount, uint64_t most) {
  if (!(amount > 0)) return 0;
  if (amount >= static_cast<double>(most)) return most;
  return std::min(most, static_cast<uint64_t>(std::llround(amount)));
}

void AddUpTo(uint64_t& sum, uint64_t more) {
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
  sum = more > kMost - sum ? kMost : sum + more;
}

}  // namespace

CalibrationFactor FactorOf(const Calibration& calibration) {
  CalibrationFactor factor;
  const auto unpaid = static_cast<double>(calibration.unpaid);
  factor.best = (unpaid + 1) / (calibration.expected + 1);
  if (calibration.orders == 0 || calibration.expected <= 0) return factor;
  const auto orders = static_cast<double>(calibration.orders);
  const double rate = unpaid / orders;
  const double z2 = kNineInTen * kNineInTen;
  const double middle = (rate + z2 / (2 * orders)) / (1 + z2 / orders);
  const double half = kNineInTen / (1 + z2 / orders) *
                      std::sqrt(rate * (1 - rate) / orders + z2 / (4 * orders * orders));
  const double expected_rate = calibration.expected / orders;
  factor.least = std::min(std::max(0.0, middle - half) / expected_rate, factor.best);
  factor.most = std::max(std::min(1.0, middle + half) / expected_rate, factor.best);
  factor.bounded = true;
  return factor;
}

void LossSums::Add(uint32_t risk_ppm, uint64_t amount_minor) {
  AddKnown(amount_minor);
  Amounts& amounts = by_risk_[(risk_ppm + kPpmPerStep / 2) / kPpmPerStep];
  const auto amount = static_cast<double>(amount_minor);
  amounts.sum += amount;
  amounts.squares += amount * amount;
}

void LossSums::AddKnown(uint64_t amount_minor) { AddUpTo(hindered_minor_, amount_minor); }

// Orders go bad one by one, each at its own rate: their sum is near enough a normal one. What the
// rates themselves may be wrong by comes on top, as if both erred to the same side.
WorthMoney LossSums::Estimate(const evidence::Currency& currency,
                              const CalibrationFactor& factor) const {
  double best = 0;
  double least = 0;
  double least_variance = 0;
  double most = 0;
  double most_variance = 0;
  for (const auto& [step, amounts] : by_risk_) {
    const double risk = step / kSteps;
    const double low = std::min(1.0, risk * factor.least);
    const double high = factor.bounded ? std::min(1.0, risk * factor.most) : 1.0;
    best += amounts.sum * std::min(1.0, risk * factor.best);
    least += amounts.sum * low;
    least_variance += amounts.squares * low * (1 - low);
    most += amounts.sum * high;
    most_variance += amounts.squares * high * (1 - high);
  }
  WorthMoney money;
  money.currency = currency;
  money.hindered_minor = hindered_minor_;
  money.avoided_minor = Minor(best, hindered_minor_);
  money.avoided_least_minor = std::min(
      money.avoided_minor, Minor(least - kNineInTen * std::sqrt(least_variance), hindered_minor_));
  money.avoided_most_minor = std::max(
      money.avoided_minor, Minor(most + kNineInTen * std::sqrt(most_variance), hindered_minor_));
  return money;
}

void WorthBuilder::AddTo(const WorthCheck& check, Sums& sums) {
  WorthRow& row = sums.row;
  const bool hindered = check.stood > Effect::kAccept;
  ++row.checks;
  row.hindered += hindered ? 1 : 0;
  if (check.outcome != Outcome::kUnknown) {
    const bool unpaid = check.outcome == Outcome::kUnpaid;
    uint64_t& count = hindered ? (unpaid ? row.hindered_unpaid : row.hindered_paid)
                               : (unpaid ? row.accepted_unpaid : row.accepted_paid);
    ++count;
  }
  if (!hindered || check.repeats || !check.amount.currency.has_value()) return;
  LossSums& money = sums.money[check.amount.currency];
  // An order that was paid in the end would not have been lost, and one that was not paid was lost
  // all the same.
  if (check.outcome != Outcome::kUnknown) {
    money.AddKnown(check.amount.minor);
  } else {
    money.Add(check.risk_ppm, check.amount.minor);
  }
}

void WorthBuilder::Add(const WorthCheck& check) {
  const std::string month = evidence::Date::Of(check.time).ToString().substr(0, kMonthBytes);
  AddTo(check, months_[month]);
  AddTo(check, groups_[check.group]);
  AddTo(check, all_);
  ++effects_[check.answered];
  if (check.stood != Effect::kAccept || !check.at_risk || check.outcome == Outcome::kUnknown) {
    return;
  }
  ++calibration_.orders;
  calibration_.unpaid += check.outcome == Outcome::kUnpaid ? 1 : 0;
  calibration_.expected += static_cast<double>(check.risk_ppm) / decision::kPpm;
}

WorthRow WorthBuilder::Close(Sums sums, const CalibrationFactor& factor) {
  for (const auto& [currency, losses] : sums.money) {
    sums.row.money.push_back(losses.Estimate(currency, factor));
  }
  return std::move(sums.row);
}

WorthReport WorthBuilder::Finish() && {
  const CalibrationFactor factor = FactorOf(calibration_);
  WorthReport report;
  for (auto& [month, sums] : months_) {
    report.months.push_back(Close(std::move(sums), factor));
    report.months.back().month = month;
  }
  for (auto& [group, sums] : groups_) {
    report.groups.push_back(Close(std::move(sums), factor));
    report.groups.back().group = group;
  }
  report.effects = std::move(effects_);
  report.all = Close(std::move(all_), factor);
  return report;
}

}  // namespace daftar::check
