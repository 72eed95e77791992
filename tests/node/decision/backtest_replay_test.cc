#include "node/decision/backtest_replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

#include "node/decision/track_record.h"

namespace daftar::decision {
namespace {

using Random = std::independent_bits_engine<std::mt19937, 32, uint32_t>;

constexpr int64_t kDay = 86'400;
constexpr int64_t kStart = 15'000 * kDay;

evidence::Date DayOf(int64_t seconds) {
  return evidence::Date::Of(evidence::UnixMillis::OfSeconds(seconds));
}

// r of every order as it is decided.
std::vector<uint32_t> AllR(const History& history, const std::vector<uint32_t>& shop_of,
                           const ReplayOptions& options) {
  std::vector<uint32_t> r(history.orders.size());
  Replay replay(history, shop_of, DefaultPolicy(), options);
  for (const HistoryEvent& event : Timeline(history)) {
    const Weighed* weighed = replay.Take(event);
    if (weighed != nullptr) r[event.order] = Judge(*weighed, DefaultPolicy()).r_ppm;
  }
  return r;
}

PastOrder Made(uint32_t customer, int64_t at, int64_t known_at, bool bad) {
  PastOrder order;
  order.customer = customer;
  order.at = at;
  order.known_at = known_at;
  order.bad = bad;
  return order;
}

evidence::Currency InCurrency(bool rupiah) {
  return *evidence::Currency::FromCode(rupiah ? "IDR" : "USD");
}

struct World {
  History history;
  std::vector<uint32_t> shop_of;
};

// Orders within two years, in no order, at moments of few seconds so that many are equal.
World RandomWorld(uint32_t seed, size_t orders, uint32_t shops) {
  Random random(seed);
  World world;
  world.history.customers = 1 + random() % 12;
  const auto moment = [&random] {
    return kStart + static_cast<int64_t>(random() % 700) * kDay + random() % 3 * 7;
  };
  constexpr evidence::Reason kReasons[] = {evidence::Reason::kInvoiceOverdue,
                                           evidence::Reason::kDepositUnsettled,
                                           evidence::Reason::kNoShow};
  for (size_t i = 0; i < orders; ++i) {
    PastOrder order = Made(random() % world.history.customers, moment(), kNever, random() % 3 == 0);
    if (random() % 8 != 0) order.known_at = order.at + (random() % 60) * kDay + random() % 2 * 7;
    if (random() % 2 == 0) order.due_at = order.at + (random() % 40) * kDay;
    if (order.bad && order.known_at != kNever && random() % 2 == 0) {
      order.settled_at = order.known_at + (random() % 90) * kDay;
    }
    order.reason = kReasons[random() % 3];
    if (random() % 4 != 0) order.amount = {10u + random() % 200, InCurrency(random() % 3 == 0)};
    world.history.orders.push_back(order);
    world.shop_of.push_back(random() % shops);
  }
  return world;
}

// The whole way: every order of the customer is looked at anew, and the inputs go through Weigh.
class WholeInputs {
 public:
  WholeInputs(const World& world, uint32_t shops) : world_(world), shops_(shops) {}

  Inputs At(uint32_t index) const {
    const PastOrder& order = world_.history.orders[index];
    Inputs inputs;
    inputs.now = evidence::UnixMillis::OfSeconds(order.at);
    inputs.order.amount = order.amount;
    uint64_t known = 0;
    uint64_t known_bad = 0;
    TrackRecordBuilder own(DayOf(order.at), 3650);
    for (uint32_t i = 0; i < world_.history.orders.size(); ++i) {
      const PastOrder& other = world_.history.orders[i];
      if (world_.shop_of[i] == world_.shop_of[index]) {
        known += Before(other.known_at, i, index) ? 1 : 0;
        known_bad += Before(other.known_at, i, index) && other.bad ? 1 : 0;
      }
      if (other.customer != order.customer || !Before(other.at, i, index)) continue;
      if (world_.shop_of[i] == world_.shop_of[index]) {
        own.Add(Facts(i, index));
      } else if (other.bad && Before(other.known_at, i, index)) {
        inputs.records.push_back(Report(i, index));
      }
    }
    inputs.own = std::move(own).Finish();
    inputs.prior_ppm = PriorFrom(known_bad, known, DefaultPolicy());
    for (uint32_t shop = 0; shop < shops_; ++shop) {
      if (shop == world_.shop_of[index]) continue;
      PartnerAnswer answer;
      answer.origin = "shop-" + std::to_string(shop);
      answer.state = PartnerState::kAnswered;
      inputs.partners.push_back(answer);
    }
    return inputs;
  }

 private:
  // Whether something of order `i` at `time` is seen when order `index` is decided.
  bool Before(int64_t time, uint32_t i, uint32_t index) const {
    if (time == kNever) return false;
    return std::tuple(time, i) < std::tuple(world_.history.orders[index].at, index);
  }

  OrderFacts Facts(uint32_t i, uint32_t index) const {
    const PastOrder& order = world_.history.orders[i];
    OrderFacts facts;
    facts.invoiced = DayOf(order.at);
    facts.due = order.due_at == kNever ? *evidence::Date::Parse("2200-01-01") : DayOf(order.due_at);
    if (!order.bad && Before(order.known_at, i, index)) facts.paid = DayOf(order.known_at);
    if (order.bad && Before(order.known_at, i, index)) facts.written_off = DayOf(order.known_at);
    if (order.bad && Before(order.settled_at, i, index)) facts.paid = DayOf(order.settled_at);
    // Without a due date nothing is owed.
    const bool counts = order.due_at != kNever || facts.paid.has_value();
    if (counts && order.amount.has_value()) facts.amount = *order.amount;
    return facts;
  }

  PartnerRecord Report(uint32_t i, uint32_t index) const {
    const PastOrder& order = world_.history.orders[i];
    PartnerRecord record;
    record.origin = "shop-" + std::to_string(world_.shop_of[i]);
    record.index = i;
    record.reason = order.reason;
    record.occurred = DayOf(order.at);
    if (Before(order.settled_at, i, index)) record.status = EntryStatus::kSettled;
    uint64_t before = 0;
    for (uint32_t j = 0; j < world_.history.orders.size(); ++j) {
      const PastOrder& other = world_.history.orders[j];
      if (other.customer != order.customer || world_.shop_of[j] != world_.shop_of[i]) continue;
      if (other.bad || !Before(other.known_at, j, index)) continue;
      before += SettledBefore({Facts(j, index)}, record.occurred, 3650) ? 1 : 0;
    }
    record.settled_before = evidence::BucketOf(before);
    return record;
  }

  const World& world_;
  uint32_t shops_;
};

TEST(BacktestReplayTest, TenThousandOrdersAreJudgedAsByTheWholeWay) {
  constexpr uint32_t kWorlds = 100;
  constexpr size_t kOrders = 100;
  size_t with_partners = 0;
  for (uint32_t seed = 0; seed < kWorlds; ++seed) {
    const uint32_t shops = 2 + seed % 4;
    const World world = RandomWorld(seed, kOrders, shops);
    const WholeInputs whole(world, shops);
    ReplayOptions options;
    options.shops = shops;
    Replay replay(world.history, world.shop_of, DefaultPolicy(), options);
    for (const HistoryEvent& event : Timeline(world.history)) {
      const Weighed* fast = replay.Take(event);
      if (fast == nullptr) continue;
      const Weighed slow = Weigh(whole.At(event.order), DefaultPolicy());
      ASSERT_EQ(Judge(*fast, DefaultPolicy()), Judge(slow, DefaultPolicy()))
          << "world " << seed << ", order " << event.order;
      EXPECT_EQ(SumRate(*fast, DefaultPolicy()).r_ppm(), Judge(slow, DefaultPolicy()).r_ppm);
      with_partners += std::any_of(slow.partners.begin(), slow.partners.end(),
                                   [](const auto& p) { return !p.entries.empty(); });
    }
  }
  EXPECT_GT(with_partners, kWorlds * kOrders / 4);
}

TEST(BacktestReplayTest, MoreDaysThanATrackRecordKeepsAreWeighedAsItWeighsThem) {
  World world;
  world.history.customers = 1;
  for (int64_t i = 0; i < 700; ++i) {
    world.history.orders.push_back(Made(0, kStart + i * kDay, kStart + i * kDay + 1, i % 9 != 0));
    if (i % 5 == 0 && world.history.orders.back().bad) {
      world.history.orders.back().settled_at = kStart + (i + 300) * kDay;
    }
  }
  world.shop_of.assign(700, 0);
  const WholeInputs whole(world, 1);
  Replay replay(world.history, world.shop_of, DefaultPolicy(), {});
  for (const HistoryEvent& event : Timeline(world.history)) {
    const Weighed* fast = replay.Take(event);
    if (fast == nullptr || event.order % 23 != 0) continue;
    ASSERT_EQ(Judge(*fast, DefaultPolicy()),
              Judge(Weigh(whole.At(event.order), DefaultPolicy()), DefaultPolicy()));
  }
}

TEST(BacktestReplayTest, WhatBecomesKnownLaterChangesNothingBefore) {
  ReplayOptions options;
  options.shops = 3;
  options.learnt_weights = true;
  for (uint32_t seed = 0; seed < 30; ++seed) {
    World world = RandomWorld(1000 + seed, 200, 3);
    const std::vector<uint32_t> before = AllR(world.history, world.shop_of, options);
    const int64_t cut = kStart + 350 * kDay;
    for (PastOrder& order : world.history.orders) {
      if (order.known_at >= cut) order.bad = !order.bad;
      if (!order.bad) order.settled_at = kNever;
      if (order.settled_at >= cut) order.settled_at = kNever;
    }
    const std::vector<uint32_t> after = AllR(world.history, world.shop_of, options);
    size_t compared = 0;
    bool some_later_differs = false;
    for (size_t i = 0; i < before.size(); ++i) {
      if (world.history.orders[i].at < cut) {
        ++compared;
        EXPECT_EQ(before[i], after[i]);
      } else {
        some_later_differs = some_later_differs || before[i] != after[i];
      }
    }
    EXPECT_GT(compared, 50u);
    EXPECT_TRUE(some_later_differs);
  }
}

TEST(BacktestReplayTest, AtTheSameMomentOnlyEarlierRowsAreKnown) {
  History history;
  history.customers = 1;
  const int64_t moment = kStart + 100;
  history.orders = {Made(0, moment, moment, false), Made(0, moment, moment, true),
                    Made(0, moment, kNever, false), Made(0, moment - 1, moment, true)};
  ReplayOptions options;
  options.fixed_prior_ppm = 50'000;
  // 0.2 of 5 with a good order, 1.2 of 6 with a bad one; the last row's is known to none of them.
  EXPECT_EQ(AllR(history, {0, 0, 0, 0}, options),
            (std::vector<uint32_t>{50'000, 40'000, 200'000, 50'000}));
}

TEST(BacktestReplayTest, WithoutPartnersOtherShopsDoNotMatter) {
  World world = RandomWorld(5, 300, 3);
  ReplayOptions options;
  options.shops = 3;
  options.use_partners = false;
  const auto alone = AllR(world.history, world.shop_of, options);
  for (size_t i = 0; i < world.shop_of.size(); ++i) {
    if (world.shop_of[i] != 0) world.history.orders[i].bad = !world.history.orders[i].bad;
    if (!world.history.orders[i].bad) world.history.orders[i].settled_at = kNever;
  }
  const auto changed = AllR(world.history, world.shop_of, options);
  for (size_t i = 0; i < world.shop_of.size(); ++i) {
    if (world.shop_of[i] == 0) {
      EXPECT_EQ(alone[i], changed[i]);
    }
  }
}

TEST(BacktestReplayTest, ALiarsGoodCustomerIsReportedAndALearningShopStopsBelievingIt) {
  History history;
  history.customers = 300;
  std::vector<uint32_t> shop_of;
  // Each customer pays the liar (shop 1) and then shop 0.
  for (uint32_t i = 0; i < 300; ++i) {
    history.orders.push_back(Made(i, kStart + i * kDay, kStart + i * kDay + 10, false));
    history.orders.push_back(Made(i, kStart + i * kDay + 20, kStart + i * kDay + 30, false));
    shop_of.insert(shop_of.end(), {1, 0});
  }
  ReplayOptions options;
  options.shops = 2;
  options.fixed_prior_ppm = 50'000;
  EXPECT_EQ(AllR(history, shop_of, options).back(), 50'000u);
  options.liar = 1;
  const uint32_t believed = AllR(history, shop_of, options).back();
  EXPECT_EQ(believed, 155'555u);  // 0.7 of 4.5
  options.learnt_weights = true;
  const auto learning = AllR(history, shop_of, options);
  EXPECT_EQ(learning[1], believed);
  EXPECT_LT(learning.back(), 80'000u);
}

}  // namespace
}  // namespace daftar::decision
