#include "node/book/group_report.h"

#include <limits>
#include <map>
#include <set>

#include "node/decision/track_record.h"

namespace daftar::book {
namespace {

using Sums = std::map<evidence::Currency, GroupMoney>;

void AddTo(uint64_t& sum, uint64_t amount) {
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
  sum = sum > kMost - amount ? kMost : sum + amount;
}

void AddOrder(const decision::RemarkedOrder& order, const GroupReportOptions& options,
              GroupMoney& money) {
  // One order's record says what it counts as, so that the report agrees with decisions.
  decision::TrackRecordBuilder builder(options.today, options.late_after_days);
  builder.Add(order);
  const decision::TrackRecord record = std::move(builder).Finish();
  const bool unpaid = !record.unpaid.empty();
  ++money.orders;
  AddTo(money.turnover_minor, order.facts.amount.minor);
  money.paid_on_time += record.paid_on_time;
  money.late += record.late;
  money.unpaid += unpaid ? 1 : 0;
  money.disputed += record.disputed;
  money.broken += record.broken;
  const bool open = !unpaid && record.orders_settled + record.broken + record.disputed == 0;
  money.open += open ? 1 : 0;
  AddTo(money.days_late, record.total_days_late);
  const bool lost = unpaid || (order.taken_back && decision::IsSpoilt(order));
  if (lost) AddTo(money.loss_minor, order.facts.amount.minor);
}

void AddMoney(const GroupMoney& part, GroupMoney& sum) {
  sum.currency = part.currency;
  ++sum.customers;
  sum.orders += part.orders;
  AddTo(sum.turnover_minor, part.turnover_minor);
  sum.paid_on_time += part.paid_on_time;
  sum.late += part.late;
  sum.unpaid += part.unpaid;
  sum.open += part.open;
  sum.disputed += part.disputed;
  sum.broken += part.broken;
  AddTo(sum.days_late, part.days_late);
  AddTo(sum.loss_minor, part.loss_minor);
}

// Sums up customer by customer.
class Reporter {
 public:
  // `customers`: in the book, for the progress.
  Reporter(const GroupReportOptions& options, uint64_t customers)
      : options_(options),
        customers_(customers),
        lines_(options.groups.size() + 1),
        sums_(lines_.size()) {
    for (size_t i = 0; i < options.groups.size(); ++i) {
      lines_[i].group = options.groups[i].terms.name;
    }
    lines_.back().group = kNoGroup;
  }

  absl::Status Add(const Profile& customer, const std::vector<NamedOrder>& orders) {
    decision::TrackRecordBuilder builder(options_.to, options_.late_after_days);
    Sums of_customer;
    for (const NamedOrder& named : orders) {
      const decision::RemarkedOrder order =
          options_.remarked ? options_.remarked(named) : decision::RemarkedOrder{named.order};
      builder.Add(order);
      const decision::OrderFacts& facts = order.facts;
      if (facts.invoiced < options_.from || facts.invoiced > options_.to) continue;
      GroupMoney& money = of_customer[facts.amount.currency];
      money.currency = facts.amount.currency;
      AddOrder(order, options_, money);
    }
    const std::set<std::string> put(customer.groups.begin(), customer.groups.end());
    const decision::Group* chosen =
        decision::ChooseGroup(options_.groups, put, std::move(builder).Finish(), options_.to);
    const size_t at = chosen == nullptr ? lines_.size() - 1
                                        : static_cast<size_t>(chosen - options_.groups.data());
    GroupLine& line = lines_[at];
    ++line.members;
    line.customers += of_customer.empty() ? 0 : 1;
    for (const auto& [currency, money] : of_customer) AddMoney(money, sums_[at][currency]);
    if (options_.incidents) {
      const auto incidents = options_.incidents(customer);
      if (!incidents.ok()) return incidents.status();
      line.incidents += *incidents;
    }
    done_ += 1 + customer.members.size();
    if (!options_.progress || done_ < told_ + kReportProgressStep) return absl::OkStatus();
    told_ = done_;
    if (options_.progress(done_, customers_)) return absl::OkStatus();
    return absl::CancelledError("the report was stopped");
  }

  std::vector<GroupLine> Finish() && {
    for (size_t i = 0; i < lines_.size(); ++i) {
      for (const auto& [currency, money] : sums_[i]) lines_[i].money.push_back(money);
    }
    return std::move(lines_);
  }

 private:
  const GroupReportOptions& options_;
  const uint64_t customers_;
  std::vector<GroupLine> lines_;  // the groups, then those in none
  std::vector<Sums> sums_;
  uint64_t done_ = 0;
  uint64_t told_ = 0;  // of those, when progress was last called
};

}  // namespace

uint64_t GroupMoney::AverageDaysLateTenths() const {
  const uint64_t paid = paid_on_time + late;
  if (paid == 0) return 0;
  const uint64_t whole = days_late / paid;
  return whole * 10 + (days_late % paid * 10 + paid / 2) / paid;
}

absl::StatusOr<std::vector<GroupLine>> ReportGroups(const Book& book,
                                                    const GroupReportOptions& options) {
  if (!options.from.has_value() || options.from > options.to || options.to > options.today) {
    return absl::InvalidArgumentError(
        "a report is about a period from a day to the same or a later one, not past today");
  }
  uint64_t customers = 0;
  if (options.progress) {
    const auto counted = book.CountCustomers();
    if (!counted.ok()) return counted.status();
    customers = *counted;
  }
  Reporter reporter(options, customers);
  absl::Status problem;
  const auto scanned =
      book.ScanWholes([&](const Profile& customer, const std::vector<NamedOrder>& orders) {
        problem = reporter.Add(customer, orders);
        return problem.ok();
      });
  if (!scanned.ok()) return scanned;
  if (!problem.ok()) return problem;
  return std::move(reporter).Finish();
}

}  // namespace daftar::book
