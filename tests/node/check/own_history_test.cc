#include "node/check/own_history.h"

#include <gtest/gtest.h>

#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using decision::kNever;
using decision::PastOrder;

constexpr uint32_t kLateAfter = 10;
constexpr int64_t kDaySeconds = 86'400;

int64_t At(const std::string& iso) { return int64_t{Day(iso).days()} * kDaySeconds; }

decision::RemarkedOrder Order(const std::string& paid) {
  decision::RemarkedOrder order;
  order.facts.invoiced = Day("2026-01-01");
  order.facts.due = Day("2026-01-15");
  if (!paid.empty()) order.facts.paid = Day(paid);
  order.facts.amount = {450'000'000, *evidence::Currency::FromCode("IDR")};
  return order;
}

TEST(PastOrderTest, DatesSayHowAnOrderEndedAndSinceWhenThatIsKnown) {
  const PastOrder good = PastOrderOf(Order("2026-01-25"), 3, kLateAfter);
  EXPECT_FALSE(good.bad);
  EXPECT_EQ(good.customer, 3u);
  EXPECT_EQ(good.known_at, At("2026-01-25"));
  const PastOrder late = PastOrderOf(Order("2026-01-26"), 3, kLateAfter);
  EXPECT_TRUE(late.bad);
  EXPECT_EQ(late.known_at, At("2026-01-26"));
  EXPECT_EQ(late.settled_at, At("2026-01-26"));
  const PastOrder unpaid = PastOrderOf(Order(""), 3, kLateAfter);
  EXPECT_TRUE(unpaid.bad);
  EXPECT_EQ(unpaid.known_at, At("2026-01-26"));
  EXPECT_EQ(unpaid.settled_at, kNever);
}

TEST(PastOrderTest, TheShopsOwnWordGoesBeforeTheDates) {
  decision::RemarkedOrder said = Order("2026-01-16");
  said.facts.said_late = true;
  EXPECT_TRUE(PastOrderOf(said, 0, kLateAfter).bad);
  EXPECT_EQ(PastOrderOf(said, 0, kLateAfter).known_at, At("2026-01-16"));
  decision::RemarkedOrder given_up = Order("");
  given_up.facts.written_off = Day("2026-01-10");
  EXPECT_TRUE(PastOrderOf(given_up, 0, kLateAfter).bad);
  EXPECT_EQ(PastOrderOf(given_up, 0, kLateAfter).known_at, At("2026-01-10"));
}

TEST(PastOrderTest, WhatIsInQuestionHasNoEndAndWhatIsBrokenABadOne) {
  decision::RemarkedOrder disputed = Order("");
  disputed.facts.disputed = true;
  EXPECT_FALSE(PastOrderOf(disputed, 0, kLateAfter).judged);
  decision::RemarkedOrder question = Order("2026-01-16");
  question.remark = decision::OrderRemark::kInQuestion;
  EXPECT_FALSE(PastOrderOf(question, 0, kLateAfter).judged);
  decision::RemarkedOrder broken = Order("2026-01-16");
  broken.remark = decision::OrderRemark::kBroken;
  broken.broken_on = Day("2026-01-20");
  broken.taken_back = true;
  const PastOrder past = PastOrderOf(broken, 0, kLateAfter);
  EXPECT_TRUE(past.bad);
  EXPECT_EQ(past.known_at, At("2026-01-20"));
  EXPECT_EQ(past.settled_at, kNever);
  EXPECT_EQ(past.reason, evidence::Reason::kPaymentReversed);
}

class OwnHistoryTest : public ::testing::Test {
 protected:
  std::string Add(const std::string& phone, const std::string& invoiced,
                  std::optional<decision::Terms> terms = std::nullopt) {
    book::NewOrder order;
    order.identifiers = {Phone(phone)};
    order.invoiced = Day(invoiced);
    order.due = order.invoiced.PlusDays(14);
    order.paid = order.due;
    order.amount = {450'000'000, *evidence::Currency::FromCode("IDR")};
    order.terms = terms;
    auto added = node_->book().AddOrder(node_.Caller(), order);
    EXPECT_TRUE(added.ok()) << added.status();
    return added->name;
  }
  absl::StatusOr<OwnHistory> Read(size_t most, const std::function<bool()>& stopped = {}) {
    return ReadOwnHistory(node_->book(), node_->ledger(), Day("2026-11-01"), kLateAfter, most,
                          stopped);
  }

  SimCircle circle_;  // 2026-11-01
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(OwnHistoryTest, OrdersAreReadOldestFirstWithoutThoseThatWerePrepaid) {
  Add("0812-3456-7890", "2026-03-01");
  Add("0812-9999-7001", "2026-02-01");
  Add("0812-9999-7001", "2026-04-01", decision::Terms::kPrepaid);
  auto own = Read(10);
  DAFTAR_ASSERT_OK(own);
  ASSERT_EQ(own->history.orders.size(), 2u);
  EXPECT_EQ(own->history.orders[0].at, At("2026-02-01"));
  EXPECT_EQ(own->history.orders[1].at, At("2026-03-01"));
  EXPECT_EQ(own->history.customers, 2u);
  EXPECT_EQ(own->prepaid, 1u);
  EXPECT_EQ(own->good, 2u);
  EXPECT_EQ(own->bad, 0u);
}

TEST_F(OwnHistoryTest, TheNewestAreKept) {
  Add("0812-3456-7890", "2026-03-01");
  Add("0812-3456-7890", "2026-02-01");
  Add("0812-3456-7890", "2026-04-01");
  auto own = Read(2);
  DAFTAR_ASSERT_OK(own);
  ASSERT_EQ(own->history.orders.size(), 2u);
  EXPECT_EQ(own->history.orders[0].at, At("2026-03-01"));
  EXPECT_EQ(own->older, 1u);
  EXPECT_THAT(Read(2, [] { return true; }), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(OwnHistoryTest, MergedCustomersAreOne) {
  Add("0812-3456-7890", "2026-03-01");
  Add("0812-9999-7001", "2026-02-01");
  auto into = node_->book().FindByIdentifier(Phone("0812-3456-7890"));
  auto from = node_->book().FindByIdentifier(Phone("0812-9999-7001"));
  DAFTAR_ASSERT_OK(node_->book().Merge(node_.Caller(), **into, **from, "the same person"));
  auto own = Read(10);
  DAFTAR_ASSERT_OK(own);
  ASSERT_EQ(own->history.orders.size(), 2u);
  EXPECT_EQ(own->history.customers, 1u);
  EXPECT_EQ(own->history.orders[0].customer, own->history.orders[1].customer);
}

}  // namespace
}  // namespace daftar::check
