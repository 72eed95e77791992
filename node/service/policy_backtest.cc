// Back-tests of a policy on the shop's own orders.
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/check/own_history.h"
#include "node/service/convert.h"
#include "node/service/policy_console.h"
#include "node/service/policy_handlers.h"

namespace daftar::service {
namespace {

using Tell = std::function<bool(const v1::BacktestPolicyResponse&)>;

constexpr double kPpm = static_cast<double>(decision::kPpm);

// One back-test at a time: it takes a core, and memory for all its orders.
class Turn {
 public:
  explicit Turn(std::atomic<bool>& taken) : taken_(taken), mine_(!taken.exchange(true)) {}
  ~Turn() {
    if (mine_) taken_ = false;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool mine() const { return mine_; }

 private:
  std::atomic<bool>& taken_;
  const bool mine_;
};

uint32_t SharePpm(double share) {
  return static_cast<uint32_t>(std::llround(std::clamp(share, 0.0, 1.0) * kPpm));
}

uint64_t Minor(double amount) {
  return amount > 0 ? static_cast<uint64_t>(std::llround(amount)) : 0;
}

// Tells how far it is, and whether to go on.
class Progress {
 public:
  Progress(const Tell& tell, uint64_t runs) : tell_(tell), runs_(runs) {}
  bool stopped() const { return stopped_; }
  void Begin(uint64_t orders) { orders_ = orders * runs_; }
  void NextRun() { ++run_; }
  void Report(uint64_t done, uint64_t all) {
    if (!tell_ || stopped_) return;
    const double share =
        all == 0 ? 0 : static_cast<double>(std::min(done, all)) / static_cast<double>(all);
    const auto each = static_cast<double>(orders_) / static_cast<double>(runs_);
    v1::BacktestPolicyResponse message;
    message.mutable_progress()->set_orders(orders_);
    message.mutable_progress()->set_done(Minor((static_cast<double>(run_) + share) * each));
    stopped_ = !tell_(message);
  }

 private:
  const Tell& tell_;
  const uint64_t runs_;
  uint64_t run_ = 0;
  uint64_t orders_ = 0;
  bool stopped_ = false;
};

absl::Status TooFew(const check::OwnHistory& own) {
  return absl::FailedPreconditionError(
      "a back-test needs at least " + std::to_string(kMinBacktestOrders) +
      " orders with a known end, and in the newer half of them at least one that ended well and "
      "one "
      "that ended badly; the shop's own orders have " +
      std::to_string(own.good + own.bad) + " with a known end, of which " +
      std::to_string(own.good) + " ended well and " + std::to_string(own.bad) +
      " badly. Import older invoices, or come back when more orders have ended");
}

absl::StatusOr<v1::BacktestReport> RunOver(const check::OwnHistory& own,
                                           const decision::Policy& policy, Progress& progress) {
  decision::BacktestOptions options;
  options.shops = 1;
  options.rounds = 1;  // nothing is dealt at random
  auto report = decision::Backtest(
      own.history, policy, options,
      [&progress](uint64_t done, uint64_t all) { progress.Report(done, all); },
      [&progress] { return progress.stopped(); });
  if (absl::IsInvalidArgument(report.status())) return TooFew(own);
  if (!report.ok()) return report.status();
  progress.NextRun();
  return ToProto(*report);
}

// What a report does not say, in words, and as BacktestNote has it.
struct Note {
  std::string_view kind;
  std::string words;
  uint64_t number = 0;
};

std::vector<Note> NotesOn(const check::OwnHistory& own, const decision::Policy& policy,
                          const decision::Policy& in_force) {
  std::vector<Note> notes = {
      {"own-orders-only",
       "Only the shop's own orders are in these figures: what partner shops report is not, though "
       "it counts in live checks."},
      {"newer-half",
       "The newer half of the orders is measured, as each would have been answered then; the older "
       "half is there to be known."},
      {"not-in-it",
       "Incidents of your own that belong to no order, groups and the list of trusted customers "
       "are not in it either."}};
  if (own.prepaid > 0) {
    notes.push_back(
        {"prepaid",
         "Orders on payment in advance are left out: " + std::to_string(own.prepaid) + ".",
         own.prepaid});
  }
  if (own.older > 0) {
    notes.push_back(
        {"older", "Older orders that are left out: " + std::to_string(own.older) + ".", own.older});
  }
  if (policy.late_after_days != in_force.late_after_days) {
    notes.push_back({"late",
                     "What is late is taken from the policy in force: more than " +
                         std::to_string(in_force.late_after_days) + " days after an order was due.",
                     in_force.late_after_days});
  }
  return notes;
}

}  // namespace

v1::BacktestReport ToProto(const decision::BacktestReport& report) {
  v1::BacktestReport out;
  out.set_orders(report.orders);
  out.set_good(report.scored_good);
  out.set_bad(report.scored_bad);
  for (const decision::EffectReport& effect : report.effects) {
    v1::BacktestEffect* row = out.add_effects();
    row->set_effect(ToProto(effect.effect));
    row->set_good(effect.good);
    row->set_bad(effect.bad);
    for (const decision::MoneyShare& share : effect.money) {
      if (!share.currency.has_value()) continue;
      v1::BacktestMoney* money = row->add_money();
      money->set_currency(share.currency.code());
      money->set_loss_minor(Minor(share.loss));
      money->set_sales_minor(Minor(share.sales));
    }
  }
  const decision::RankReport& rank = report.own;
  for (const double caught : rank.roc) out.add_curve_ppm(SharePpm(caught));
  out.set_auc_ppm(SharePpm(rank.auc.mean));
  for (size_t i = 0; i < decision::kHinderedShares.size(); ++i) {
    v1::BacktestPoint* point = out.add_points();
    point->set_hindered_ppm(SharePpm(decision::kHinderedShares[i]));
    point->set_caught_ppm(SharePpm(rank.caught[i].mean));
    for (const decision::MoneyShare& share : rank.money[i]) {
      if (!share.currency.has_value()) continue;
      v1::BacktestMoney* money = point->add_money();
      money->set_currency(share.currency.code());
      money->set_loss_minor(Minor(share.loss_avoided));
      money->set_sales_minor(Minor(share.sales_hindered));
    }
  }
  return out;
}

absl::StatusOr<v1::BacktestPolicyResponse> PolicyHandlers::BacktestPolicy(
    const Actor& actor, const v1::BacktestPolicyRequest& request, const Tell& tell) {
  if (absl::Status s = Authorise(actor, "PolicyService/BacktestPolicy"); !s.ok()) return s;
  if (request.most_orders() > kMaxBacktestOrders) {
    return absl::InvalidArgumentError("a back-test takes at most " +
                                      std::to_string(kMaxBacktestOrders) + " orders");
  }
  const std::shared_ptr<const decision::Policy> in_force = node_.policies().InForce();
  decision::Policy policy = *in_force;
  if (!request.toml().empty()) {
    auto given = PolicyFromFile(request.toml());
    if (!given.ok()) return given.status();
    policy = *std::move(given);
  }
  const Turn turn(backtesting_);
  if (!turn.mine()) {
    return absl::ResourceExhaustedError(
        "another back-test is running; wait until it has ended, and try again");
  }
  const bool compares = policy != *in_force;
  Progress progress(tell, compares ? 2 : 1);
  const size_t most = request.most_orders() == 0 ? kMaxBacktestOrders : request.most_orders();
  auto own =
      check::ReadOwnHistory(node_.book(), node_.ledger(), evidence::Date::Of(node_.clock().Now()),
                            in_force->late_after_days, most, [&progress] {
                              progress.Report(0, 0);
                              return progress.stopped();
                            });
  if (!own.ok()) return own.status();
  if (own->good + own->bad < kMinBacktestOrders) return TooFew(*own);
  progress.Begin(own->history.orders.size());
  v1::BacktestPolicyResponse out;
  auto report = RunOver(*own, policy, progress);
  if (!report.ok()) return report.status();
  for (Note& note : NotesOn(*own, policy, *in_force)) {
    v1::BacktestNote& noted = *report->add_noted();
    noted.set_kind(std::string(note.kind));
    noted.set_number(note.number);
    report->add_notes(std::move(note.words));
  }
  *out.mutable_report() = *std::move(report);
  if (!compares) return out;
  auto other = RunOver(*own, *in_force, progress);
  if (!other.ok()) return other.status();
  *out.mutable_in_force() = *std::move(other);
  return out;
}

}  // namespace daftar::service
