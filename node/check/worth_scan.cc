// The report on what deciding was worth, out of the decision log.
#include <cstdlib>
#include <cstring>
#include <unordered_map>

#include "crypto/hash.h"
#include "node/check/worth.h"

namespace daftar::check {
namespace {

constexpr int64_t kDayMillis = 86'400'000;

// Tells checks of one order from each other: who asked to buy, and for how much. Newest first.
class SameOrders {
 public:
  // Whether a later check of the same order was there before.
  bool Repeats(const decision::ReceiptBody& body) {
    if (!body.weighed.order.amount.has_value()) return false;
    crypto::Writer order;
    for (const decision::Subject& subject : body.subjects) order.Raw(subject.view());
    order.U64(body.weighed.order.amount->minor).Raw(body.weighed.order.amount->currency.code());
    const crypto::Digest digest = crypto::Sha256(order.bytes());
    uint64_t key = 0;
    std::memcpy(&key, digest.view().data(), sizeof(key));
    const auto [last, is_first] = last_.try_emplace(key, body.time.value);
    if (is_first) return false;
    const bool repeats = std::abs(last->second - body.time.value) <= kSameOrderDays * kDayMillis;
    if (!repeats) last->second = body.time.value;
    return repeats;
  }

 private:
  std::unordered_map<uint64_t, int64_t> last_;  // when its newest check was made, Unix ms
};

evidence::UnixMillis StartOf(evidence::Date day) { return {int64_t{day.days()} * kDayMillis}; }

}  // namespace

absl::StatusOr<WorthReport> ReportWorth(const ReceiptLog& receipts, const Outcomes& outcomes,
                                        evidence::Date from, evidence::Date to,
                                        const std::function<bool()>& stopped) {
  if (from > to) {
    return absl::InvalidArgumentError("the period ends on " + to.ToString() +
                                      ", before it begins on " + from.ToString());
  }
  const auto view = receipts.View();
  if (!view.ok()) return view.status();
  ReceiptSpan span;
  span.from = StartOf(from);
  span.to = {StartOf(to).value + kDayMillis - 1};
  WorthBuilder report;
  SameOrders orders;
  absl::Status failed;
  uint64_t checks = 0;
  const auto visit = [&](const StoredReceipt& receipt) {
    if (++checks > kMaxWorthChecks) {
      failed = absl::ResourceExhaustedError("more than " + std::to_string(kMaxWorthChecks) +
                                            " checks were made in this period; ask for a shorter "
                                            "one");
      return false;
    }
    const auto followed = outcomes.Of(receipt.id);
    failed = followed.status();
    if (!followed.ok()) return false;
    const decision::ReceiptBody& body = receipt.record.body;
    WorthCheck check;
    check.time = body.time;
    if (body.weighed.group.has_value()) check.group = body.weighed.group->name;
    check.answered = check.stood = body.verdict.effect;
    check.risk_ppm = body.verdict.r_ppm;
    if (body.weighed.order.amount.has_value()) check.amount = *body.weighed.order.amount;
    if (followed->has_value()) {
      check.outcome = (*followed)->outcome;
      check.at_risk = (*followed)->at_risk;
      if ((*followed)->override.has_value()) check.stood = (*followed)->override->effect;
    }
    // Also of a hindered check that was made again and accepted then: it hindered nothing.
    check.repeats = orders.Repeats(body);
    report.Add(check);
    return true;
  };
  const auto scanned = view->ReadNewestFirst(span, visit, stopped);
  if (!failed.ok()) return failed;
  if (!scanned.ok()) return scanned.status();
  return std::move(report).Finish();
}

}  // namespace daftar::check
