#include "node/check/outcomes.h"

#include <gtest/gtest.h>

#include "node/check/order_outcomes.h"
#include "node/check/outcome_rows.h"
#include "storage/audit.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using decision::Effect;
using ::testing::HasSubstr;

const evidence::Currency kRupiah = *evidence::Currency::FromCode("IDR");

class OutcomesTest : public ::testing::Test {
 protected:
  OutcomesTest() { circle_.PairAll(); }
  std::string Buyer(int i) { return "0812-3456-" + std::to_string(1000 + i); }
  // Partner `a_` reports the buyer.
  void Report(const std::string& phone) {
    auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled(phone));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), view->incident.id));
  }
  absl::StatusOr<Answer> Ask(const std::string& phone, uint64_t minor = 450'000'000) {
    Question question;
    question.identifiers = {Phone(phone)};
    question.order.amount = evidence::Money{minor, kRupiah};
    return b_->checker().Check({"uid:0", ""}, question);
  }
  book::NewOrder OrderOf(const std::string& phone, std::optional<ReceiptId> receipt = {}) {
    book::NewOrder order;
    order.identifiers = {Phone(phone)};
    order.amount = {450'000'000, kRupiah};
    order.invoiced = order.due = evidence::Date::Of(circle_.clock().Now());
    if (receipt.has_value()) order.receipt = book::ReceiptRef(receipt->array());
    return order;
  }
  // The shop gave credit, whatever was answered.
  book::NewOrder OnCredit(const std::string& phone, std::optional<ReceiptId> receipt = {}) {
    book::NewOrder order = OrderOf(phone, receipt);
    order.terms = decision::Terms::kCredit;
    return order;
  }
  std::string Added(const book::NewOrder& order) {
    auto added = b_->book().AddOrder(b_.Caller(), order);
    EXPECT_THAT(added, IsOk());
    return added.ok() ? added->name : std::string();
  }
  void Became(const std::string& order, book::OutcomeKind kind,
              std::optional<ReceiptId> receipt = {}) {
    book::Outcome outcome{kind, evidence::Date::Of(circle_.clock().Now())};
    if (kind == book::OutcomeKind::kReopened) outcome.day = {};
    std::optional<book::ReceiptRef> link;
    if (receipt.has_value()) link = book::ReceiptRef(receipt->array());
    DAFTAR_ASSERT_OK(b_->book().SetOutcome(b_.Caller(), order, outcome, link, "as it was"));
  }
  static crypto::Bytes Key(char kind, const ReceiptId& receipt) {
    return crypto::Writer().U8(static_cast<uint8_t>(kind)).Raw(receipt.view()).Take();
  }
  std::optional<crypto::Bytes> Row(char kind, const ReceiptId& receipt) {
    auto row = b_->store().Get(storage::Column::kOutcomes, Key(kind, receipt));
    EXPECT_THAT(row, IsOk());
    return row.ok() ? *row : std::nullopt;
  }
  void Mend(char kind, const ReceiptId& receipt, const crypto::Bytes& row) {
    storage::Batch batch;
    batch.Put(storage::Column::kOutcomes, Key(kind, receipt), row);
    EXPECT_TRUE(b_->store().Write(std::move(batch)).ok());
  }
  // The row does not open until it is mended with what this gives.
  crypto::Bytes Spoil(char kind, const ReceiptId& receipt) {
    crypto::Bytes good = Row(kind, receipt).value();
    Mend(kind, receipt, crypto::Bytes(good.size(), 0));
    return good;
  }
  std::optional<ReceiptId> Found(const book::NamedOrder& order) {
    auto found = ReceiptOf(order, b_->checker(), b_->receipts(), b_->outcomes());
    EXPECT_THAT(found, IsOk());
    return found.ok() ? *found : std::nullopt;
  }
  decision::PartnerOutcomes Learnt() { return b_->outcomes().LearntAbout("toko-a.test").outcomes; }
  Outcome OutcomeAt(const ReceiptId& receipt) {
    auto followed = b_->outcomes().Of(receipt);
    EXPECT_THAT(followed, IsOk());
    return followed->has_value() ? (*followed)->outcome : Outcome::kUnknown;
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
};

TEST(FollowedRowTest, OnlyWhatEncodingWritesDecodes) {
  Followed followed;
  followed.checked_at.value = 1'793'491'200'000;
  followed.override = Override{Effect::kAccept, "known to us", "uid:0", {1'793'491'300'000}};
  followed.outcome = Outcome::kLate;
  followed.outcome_on = *evidence::Date::FromDays(20'000);
  followed.bad_ppm = 500'000;
  followed.at_risk = true;
  followed.held = {{"toko-b.test", 50'000, 9'000}};
  const crypto::Bytes row = EncodeFollowed(followed);
  auto decoded = DecodeFollowed(row);
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(EncodeFollowed(*decoded), row);
  for (size_t length = 0; length < row.size(); ++length) {
    EXPECT_THAT(DecodeFollowed(crypto::ByteView(row).first(length)),
                StatusIs(absl::StatusCode::kDataLoss));
  }
  // A byte that says neither yes nor no would be written back as another one.
  crypto::Bytes neither = row;
  neither[10] = 2;  // whether somebody overrode it
  EXPECT_THAT(DecodeFollowed(neither), StatusIs(absl::StatusCode::kDataLoss));
  followed.bad_ppm = decision::kPpm + 1;
  EXPECT_THAT(DecodeFollowed(EncodeFollowed(followed)), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(OutcomeRowsTest, RowsOfTheFirstVersionAreNobodysYet) {
  Followed followed;
  followed.checked_at = {1};
  followed.outcome = Outcome::kLate;
  followed.outcome_on = Day("2026-11-01");
  followed.bad_ppm = 500'000;
  followed.at_risk = true;
  followed.held = {{"toko-a.test", 1, 2}};
  crypto::Bytes first = EncodeFollowed(followed);
  first.resize(first.size() - 2);  // no name, no flags
  first[0] = 1;
  auto read = DecodeFollowed(first);
  DAFTAR_ASSERT_OK(read);
  EXPECT_EQ(*read, followed);
  followed.order = "order";
  followed.named = followed.shared = true;
  crypto::Bytes second = EncodeFollowed(followed);
  EXPECT_EQ(*DecodeFollowed(second), followed);
  for (const uint8_t version : std::initializer_list<uint8_t>{0, 1, 3}) {
    second[0] = version;
    EXPECT_THAT(DecodeFollowed(second), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST_F(OutcomesTest, AnOverrideIsOnTheRecordWithWhoAndWhy) {
  Report(Buyer(1));
  circle_.Settle();
  auto answer = Ask(Buyer(1));
  DAFTAR_ASSERT_OK(answer);
  ASSERT_EQ(answer->decision.verdict.effect, Effect::kPrepay);
  circle_.clock().Advance(1);  // after the pairing, in the record too
  const storage::Caller caller{"user:siti", "request-1"};
  auto& outcomes = b_->outcomes();
  EXPECT_THAT(outcomes.OverrideDecision(caller, answer->receipt, Effect::kAccept, ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("say why")));
  EXPECT_THAT(outcomes.OverrideDecision(caller, answer->receipt, Effect::kPrepay, "the same"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("prepay already")));
  EXPECT_THAT(outcomes.OverrideDecision(caller, ReceiptId(), Effect::kAccept, "nobody"),
              StatusIs(absl::StatusCode::kNotFound));
  DAFTAR_ASSERT_OK(
      outcomes.OverrideDecision(caller, answer->receipt, Effect::kAccept, "an old friend"));
  // A repetition is the same override; the id is good for no other.
  DAFTAR_EXPECT_OK(
      outcomes.OverrideDecision(caller, answer->receipt, Effect::kAccept, "an old friend"));
  EXPECT_THAT(outcomes.OverrideDecision(caller, answer->receipt, Effect::kDeposit, "another"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("request_id")));
  b_.Stop();
  b_.Start();
  auto followed = b_->outcomes().Of(answer->receipt);
  DAFTAR_ASSERT_OK(followed);
  ASSERT_TRUE(followed->has_value());
  ASSERT_TRUE((*followed)->override.has_value());
  EXPECT_EQ((*followed)->override->effect, Effect::kAccept);
  EXPECT_EQ((*followed)->override->by, "user:siti");
  EXPECT_EQ((*followed)->override->because, "an old friend");
  auto audit = storage::ReadAudit(b_->store(), b_->vault(), {.limit = 10});
  DAFTAR_ASSERT_OK(audit);
  EXPECT_EQ(audit->rows.front().action, "decision.override");
  EXPECT_EQ(audit->rows.front().because, "an old friend");
}

TEST_F(OutcomesTest, OutcomesOfOverriddenDecisionsAreReportedApart) {
  Report(Buyer(1));
  Report(Buyer(2));
  circle_.Settle();
  for (int i = 1; i <= 2; ++i) {
    auto answer = Ask(Buyer(i));
    DAFTAR_ASSERT_OK(answer);
    if (i == 2) {
      DAFTAR_ASSERT_OK(b_->outcomes().OverrideDecision(b_.Caller(), answer->receipt,
                                                       Effect::kAccept, "trusted"));
    }
    auto order = b_->book().AddOrder(b_.Caller(), OrderOf(Buyer(i), answer->receipt));
    DAFTAR_ASSERT_OK(order);
    Became(order->name, i == 1 ? book::OutcomeKind::kPaid : book::OutcomeKind::kUnpaid);
  }
  auto rows = b_->outcomes().Report({}, {});
  DAFTAR_ASSERT_OK(rows);
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_FALSE((*rows)[0].overridden_to.has_value());
  EXPECT_EQ((*rows)[0].paid, 1u);
  EXPECT_EQ((*rows)[1].overridden_to, Effect::kAccept);
  EXPECT_EQ((*rows)[1].unpaid, 1u);
  EXPECT_TRUE(b_->outcomes().Report(Day("2027-01-01"), {})->empty());
}

TEST_F(OutcomesTest, AnOrderFindsItsCheckByBuyerAmountAndDay) {
  auto other_amount = Ask(Buyer(1), 1'000);
  auto right = Ask(Buyer(1));
  auto other_buyer = Ask(Buyer(2));
  DAFTAR_ASSERT_OK(other_buyer);
  auto order = b_->book().AddOrder(b_.Caller(), OrderOf(Buyer(1)));
  DAFTAR_ASSERT_OK(order);
  EXPECT_EQ(Found(*order), right->receipt);
  // Half a month later it would be another order's.
  book::NamedOrder late = *order;
  late.order.invoiced = late.order.invoiced.PlusDays(kMatchDays + 1);
  EXPECT_EQ(Found(late), std::nullopt);
  late.order.invoiced = order->order.invoiced.PlusDays(-1);
  EXPECT_EQ(Found(late), std::nullopt);
  // What the shop says itself goes before all that.
  book::NamedOrder said = *order;
  said.order.receipt = book::ReceiptRef(other_buyer->receipt.array());
  EXPECT_EQ(Found(said), other_buyer->receipt);
}

TEST_F(OutcomesTest, TheNewestCheckCountsUnderWhicheverIdentifierItWasMade) {
  // Which of the two comes first among the subjects is chance: both ways round are tried.
  for (int newest = 0; newest < 2; ++newest) {
    std::optional<ReceiptId> last;
    for (int i = 0; i < 2; ++i) {
      circle_.clock().Advance(60);
      auto answer = Ask(Buyer(10 * (newest + 1) + (i + newest) % 2));
      DAFTAR_ASSERT_OK(answer);
      last = answer->receipt;
    }
    book::NewOrder order = OrderOf(Buyer(10 * (newest + 1)));
    order.identifiers.push_back(Phone(Buyer(10 * (newest + 1) + 1)));
    auto added = b_->book().AddOrder(b_.Caller(), order);
    DAFTAR_ASSERT_OK(added);
    EXPECT_EQ(Found(*added), last);
  }
}

TEST_F(OutcomesTest, EachOrderHasACheckOfItsOwn) {
  auto first = Ask(Buyer(1));
  circle_.clock().Advance(60);
  auto second = Ask(Buyer(1));
  DAFTAR_ASSERT_OK(second);
  const std::string a = Added(OrderOf(Buyer(1)));
  const std::string b = Added(OrderOf(Buyer(1)));
  const std::string c = Added(OrderOf(Buyer(1)));
  Became(a, book::OutcomeKind::kUnpaid);
  Became(b, book::OutcomeKind::kPaid);
  Became(c, book::OutcomeKind::kPaid);  // was not checked
  EXPECT_EQ(OutcomeAt(second->receipt), Outcome::kUnpaid);
  EXPECT_EQ(OutcomeAt(first->receipt), Outcome::kPaid);
  EXPECT_EQ((*b_->outcomes().Of(second->receipt))->order, a);
  EXPECT_EQ((*b_->outcomes().Of(first->receipt))->order, b);
  // A newer check is not taken for an order that has one.
  circle_.clock().Advance(60);
  auto third = Ask(Buyer(1));
  DAFTAR_ASSERT_OK(third);
  Became(a, book::OutcomeKind::kPaid);
  EXPECT_EQ(OutcomeAt(second->receipt), Outcome::kPaid);
  EXPECT_EQ(OutcomeAt(third->receipt), Outcome::kUnknown);
  // Reopened, it has none, and the next order may.
  Became(a, book::OutcomeKind::kReopened);
  EXPECT_FALSE(b_->outcomes().Of(second->receipt)->has_value());
  EXPECT_FALSE(b_->outcomes().ReceiptOf(a)->has_value());
}

TEST_F(OutcomesTest, OfOrdersThatNameOneReceiptTheWorstStands) {
  auto answer = Ask(Buyer(1));
  DAFTAR_ASSERT_OK(answer);
  const ReceiptId receipt = answer->receipt;
  // One for which it was found gives way to one that names it.
  const std::string found = Added(OrderOf(Buyer(1)));
  Became(found, book::OutcomeKind::kUnpaid);
  EXPECT_EQ((*b_->outcomes().Of(receipt))->order, found);
  const std::string good = Added(OrderOf(Buyer(1), receipt));
  EXPECT_EQ((*b_->outcomes().Of(receipt))->order, good);
  EXPECT_FALSE(b_->outcomes().ReceiptOf(found)->has_value());
  EXPECT_EQ(OutcomeAt(receipt), Outcome::kUnknown);
  EXPECT_TRUE(b_->outcomes().Report({}, {})->empty());
  EXPECT_FALSE((*b_->outcomes().Of(receipt))->shared);
  Became(good, book::OutcomeKind::kPaid);
  const std::string bad = Added(OrderOf(Buyer(1), receipt));
  EXPECT_EQ(OutcomeAt(receipt), Outcome::kPaid);
  EXPECT_TRUE((*b_->outcomes().Of(receipt))->shared);
  Became(bad, book::OutcomeKind::kUnpaid);
  EXPECT_EQ(OutcomeAt(receipt), Outcome::kUnpaid);
  Became(good, book::OutcomeKind::kPaid);
  EXPECT_EQ((*b_->outcomes().Of(receipt))->order, bad);
  EXPECT_EQ(OutcomeAt(receipt), Outcome::kUnpaid);
}

TEST_F(OutcomesTest, AnOutcomeFollowsTheReceiptThatItsOrderNames) {
  Report(Buyer(1));
  circle_.Settle();
  auto first = Ask(Buyer(1));
  circle_.clock().Advance(60);
  auto second = Ask(Buyer(1), 1'000);
  DAFTAR_ASSERT_OK(second);
  DAFTAR_ASSERT_OK(b_->outcomes().OverrideDecision(b_.Caller(), first->receipt, Effect::kAccept,
                                                   "an old friend"));
  const std::string order = Added(OnCredit(Buyer(1)));
  Became(order, book::OutcomeKind::kUnpaid, first->receipt);
  EXPECT_EQ(OutcomeAt(first->receipt), Outcome::kUnpaid);
  // The same outcome, of another decision: it is that one's alone.
  Became(order, book::OutcomeKind::kUnpaid, second->receipt);
  EXPECT_EQ(OutcomeAt(second->receipt), Outcome::kUnpaid);
  EXPECT_EQ(OutcomeAt(first->receipt), Outcome::kUnknown);
  EXPECT_TRUE((*b_->outcomes().Of(first->receipt))->override.has_value());
  EXPECT_EQ(*b_->outcomes().ReceiptOf(order), second->receipt);
  circle_.clock().Advance(60);
  b_->Upkeep();
  EXPECT_EQ(Learnt().orders, 1u);
  b_.Stop();
  b_.Start();
  EXPECT_EQ(Learnt().orders, 1u);
  EXPECT_EQ(*b_->outcomes().ReceiptOf(order), second->receipt);
}

TEST_F(OutcomesTest, ImportedOrdersAndDaysThatPassAreLearntFrom) {
  auto answer = Ask(Buyer(1));
  DAFTAR_ASSERT_OK(answer);
  auto order = b_->book().AddOrder(b_.Caller(), OrderOf(Buyer(1)));
  DAFTAR_ASSERT_OK(order);
  b_->Upkeep();
  EXPECT_EQ(OutcomeAt(answer->receipt), Outcome::kUnknown);
  circle_.clock().Advance(11 * 86'400);
  b_->Upkeep();
  EXPECT_EQ(OutcomeAt(answer->receipt), Outcome::kUnpaid);
  decision::OrderRow row;
  row.identifiers = order->order.identifiers;
  row.invoice = order->order.invoice;
  row.invoiced = order->order.invoiced;
  row.due = order->order.due;
  row.amount = order->order.amount;
  row.paid = evidence::Date::Of(circle_.clock().Now());
  DAFTAR_ASSERT_OK(b_->book().ImportOrders(std::span(&row, 1)));
  EXPECT_EQ(OutcomeAt(answer->receipt), Outcome::kLate);
}

TEST_F(OutcomesTest, WhatTheBookKnowsAndNobodyWasToldIsRecordedAtTheStart) {
  auto paid = Ask(Buyer(1));
  auto reopened = Ask(Buyer(2));
  auto imported = Ask(Buyer(3));
  auto taken = Ask(Buyer(4));
  DAFTAR_ASSERT_OK(taken);
  const std::string first = Added(OrderOf(Buyer(1)));
  const std::string second = Added(OrderOf(Buyer(2)));
  Became(second, book::OutcomeKind::kPaid);
  EXPECT_EQ(OutcomeAt(reopened->receipt), Outcome::kPaid);
  // As if the process had ended each time the book was written and nothing after it.
  b_->book().SetOrderObserver({});
  Became(first, book::OutcomeKind::kPaid);
  Became(second, book::OutcomeKind::kReopened);
  decision::OrderRow row;
  row.identifiers = {Phone(Buyer(3))};
  row.invoice = "A-1";
  row.invoiced = row.due = row.paid = evidence::Date::Of(circle_.clock().Now());
  row.amount = {450'000'000, kRupiah};
  DAFTAR_ASSERT_OK(b_->book().ImportOrders(std::span(&row, 1)));
  const std::string named = Added(OrderOf(Buyer(4), taken->receipt));
  EXPECT_EQ(OutcomeAt(paid->receipt), Outcome::kUnknown);
  b_.Stop();
  b_.Start();
  DAFTAR_ASSERT_OK(b_->book().ImportOrders(std::span(&row, 1)));  // it is so already
  EXPECT_EQ(OutcomeAt(imported->receipt), Outcome::kUnknown);
  b_->Upkeep();
  EXPECT_EQ(OutcomeAt(paid->receipt), Outcome::kPaid);
  EXPECT_EQ(OutcomeAt(reopened->receipt), Outcome::kUnknown);
  EXPECT_EQ(OutcomeAt(imported->receipt), Outcome::kPaid);
  EXPECT_EQ(*b_->outcomes().ReceiptOf(named), taken->receipt);
}

TEST_F(OutcomesTest, WhatCouldNotBeRecordedIsTriedAgainWithinAMinute) {
  auto answer = Ask(Buyer(1));
  DAFTAR_ASSERT_OK(answer);
  const std::string order = Added(OrderOf(Buyer(1), answer->receipt));
  const std::string other = Added(OrderOf(Buyer(2)));
  b_->Upkeep();
  EXPECT_EQ(b_->trouble().outcomes, "");
  const crypto::Bytes good = Spoil('o', answer->receipt);
  Became(order, book::OutcomeKind::kPaid);  // the book has it all the same
  EXPECT_NE(b_->trouble().outcomes, "");
  b_->Upkeep();
  EXPECT_NE(b_->trouble().outcomes, "");
  circle_.clock().Advance(60);
  b_->Upkeep();  // in vain; the trouble stays until it is over
  EXPECT_NE(b_->trouble().outcomes, "");
  Mend('o', answer->receipt, good);
  circle_.clock().Advance(60);
  b_->Upkeep();
  EXPECT_EQ(b_->trouble().outcomes, "");
  EXPECT_EQ(OutcomeAt(answer->receipt), Outcome::kPaid);
}

TEST_F(OutcomesTest, AnOrderThatStaysUnpaidIsRecordedOnce) {
  Report(Buyer(1));
  circle_.Settle();
  auto answer = Ask(Buyer(1));
  DAFTAR_ASSERT_OK(answer);
  const book::NewOrder order = OrderOf(Buyer(1), answer->receipt);
  Added(order);
  const uint32_t late_after_days = b_->policies().InForce()->late_after_days;
  // Found some days after it came to that.
  circle_.clock().Advance((late_after_days + 5) * 86'400);
  b_->Upkeep();
  auto followed = b_->outcomes().Of(answer->receipt);
  DAFTAR_ASSERT_OK(followed);
  EXPECT_EQ((*followed)->outcome, Outcome::kUnpaid);
  EXPECT_EQ((*followed)->outcome_on, order.due.PlusDays(late_after_days + 1));
  const std::optional<crypto::Bytes> written = Row('o', answer->receipt);
  circle_.clock().Advance(86'400);
  b_->Upkeep();
  EXPECT_EQ(Row('o', answer->receipt), written);  // sealed anew, it would be another
}

TEST_F(OutcomesTest, TroubleWithLearningIsOverWithTheNextSuccess) {
  Report(Buyer(1));
  circle_.Settle();
  auto answer = Ask(Buyer(1));
  DAFTAR_ASSERT_OK(answer);
  const std::string order = Added(OnCredit(Buyer(1), answer->receipt));
  Became(order, book::OutcomeKind::kUnpaid);
  circle_.clock().Advance(60);
  b_->Upkeep();
  Became(order, book::OutcomeKind::kPaid);
  // Relearning reads the rows of all receipts, of which one is damaged for a while.
  auto other = Ask(Buyer(2));
  DAFTAR_ASSERT_OK(
      b_->outcomes().OverrideDecision(b_.Caller(), other->receipt, Effect::kReview, "a hunch"));
  const crypto::Bytes good = Spoil('o', other->receipt);
  circle_.clock().Advance(60);
  b_->Upkeep();
  EXPECT_NE(b_->trouble().outcomes, "");
  b_->Upkeep();
  EXPECT_NE(b_->trouble().outcomes, "");
  Mend('o', other->receipt, good);
  circle_.clock().Advance(60);
  b_->Upkeep();
  EXPECT_EQ(b_->trouble().outcomes, "");
  EXPECT_EQ(Learnt().bad_ppm, 0u);
}

TEST_F(OutcomesTest, APartnersWeightFallsWithReportsThatTurnOutWellAndIsResettable) {
  constexpr int kBuyers = 120;
  for (int i = 0; i < kBuyers; ++i) Report(Buyer(i));
  circle_.Settle();
  const auto policy = b_->policies().InForce();
  for (int i = 0; i < kBuyers; ++i) {
    auto answer = Ask(Buyer(i));
    DAFTAR_ASSERT_OK(answer);
    Became(Added(OnCredit(Buyer(i), answer->receipt)), book::OutcomeKind::kPaid);
  }
  EXPECT_EQ(Learnt().orders, static_cast<uint64_t>(kBuyers));
  const uint32_t weight = decision::LearntWeight(Learnt(), *policy);
  EXPECT_LT(weight, policy->partner_weight_ppm / 2);
  // It is what the next check counts with, and what the receipt holds.
  auto answer = Ask(Buyer(0));
  DAFTAR_ASSERT_OK(answer);
  EXPECT_EQ(answer->decision.weighed.partners[0].weight_ppm, weight);
  const decision::PartnerOutcomes before = Learnt();
  b_.Stop();
  b_.Start();
  EXPECT_EQ(Learnt(), before);

  circle_.clock().Advance(1);
  DAFTAR_ASSERT_OK(b_->outcomes().Reset(b_.Caller(), "toko-a.test", "a new manager there"));
  EXPECT_EQ(Learnt(), decision::PartnerOutcomes());
  b_.Stop();
  b_.Start();
  EXPECT_EQ(Learnt(), decision::PartnerOutcomes());
  EXPECT_EQ(b_->outcomes().LearntAbout("toko-a.test").since, circle_.clock().Now());
}

TEST_F(OutcomesTest, AChangedOutcomeIsLearntAnew) {
  Report(Buyer(1));
  circle_.Settle();
  auto answer = Ask(Buyer(1));
  const std::string order = Added(OnCredit(Buyer(1), answer->receipt));
  Became(order, book::OutcomeKind::kUnpaid);
  EXPECT_EQ(Learnt().bad_ppm, 1'000'000u);
  Became(order, book::OutcomeKind::kReopened);
  Became(order, book::OutcomeKind::kPaid);
  circle_.clock().Advance(60);
  b_->Upkeep();
  EXPECT_EQ(Learnt().orders, 1u);
  EXPECT_EQ(Learnt().bad_ppm, 0u);
}

TEST_F(OutcomesTest, WhatWasPaidInAdvanceSaysNothingAboutAReport) {
  Report(Buyer(1));
  circle_.Settle();
  auto answer = Ask(Buyer(1));
  book::NewOrder prepaid = OrderOf(Buyer(1), answer->receipt);
  prepaid.terms = decision::Terms::kPrepaid;
  auto order = b_->book().AddOrder(b_.Caller(), prepaid);
  DAFTAR_ASSERT_OK(order);
  Became(order->name, book::OutcomeKind::kPaid);
  EXPECT_EQ(OutcomeAt(answer->receipt), Outcome::kPaid);
  EXPECT_EQ(Learnt().orders, 0u);
}

TEST_F(OutcomesTest, WhatMayHaveBeenPrepaidSaysNothingHoweverItEnded) {
  for (int i = 1; i <= 6; ++i) Report(Buyer(i));
  circle_.Settle();
  const auto asked = [this](int i) {
    auto answer = Ask(Buyer(i));
    EXPECT_THAT(answer, IsOk());
    EXPECT_EQ(answer->decision.verdict.effect, Effect::kPrepay);
    return answer->receipt;
  };
  // Nobody said on which terms: the goods may have waited for the money, or not.
  Became(Added(OrderOf(Buyer(1), asked(1))), book::OutcomeKind::kPaid);
  Became(Added(OrderOf(Buyer(2), asked(2))), book::OutcomeKind::kUnpaid);
  EXPECT_EQ(Learnt().orders, 0u);
  // The shop gave credit all the same, and says so: both ends count, also one paid at once.
  Became(Added(OnCredit(Buyer(3), asked(3))), book::OutcomeKind::kPaid);
  EXPECT_EQ(Learnt().orders, 1u);
  Became(Added(OnCredit(Buyer(4), asked(4))), book::OutcomeKind::kUnpaid);
  EXPECT_EQ(Learnt().orders, 2u);
  EXPECT_EQ(Learnt().bad_ppm, 1'000'000u);
  // The goods went first.
  book::NewOrder on_delivery = OrderOf(Buyer(5), asked(5));
  on_delivery.terms = decision::Terms::kCod;
  Became(Added(on_delivery), book::OutcomeKind::kPaid);
  EXPECT_EQ(Learnt().orders, 3u);
  // A person asked for nothing.
  const ReceiptId trusted = asked(6);
  DAFTAR_ASSERT_OK(
      b_->outcomes().OverrideDecision(b_.Caller(), trusted, Effect::kAccept, "an old friend"));
  Became(Added(OrderOf(Buyer(6), trusted)), book::OutcomeKind::kPaid);
  EXPECT_EQ(Learnt().orders, 4u);
}

TEST_F(OutcomesTest, AnOverrideAfterTheOutcomeCountsWhenOrdersAreNextCompared) {
  Report(Buyer(1));
  circle_.Settle();
  auto answer = Ask(Buyer(1));
  DAFTAR_ASSERT_OK(answer);
  Became(Added(OrderOf(Buyer(1), answer->receipt)), book::OutcomeKind::kPaid);
  EXPECT_EQ(Learnt().orders, 0u);
  DAFTAR_ASSERT_OK(
      b_->outcomes().OverrideDecision(b_.Caller(), answer->receipt, Effect::kAccept, "as it was"));
  circle_.clock().Advance(86'400);
  b_->Upkeep();
  EXPECT_EQ(Learnt().orders, 1u);
}

}  // namespace
}  // namespace daftar::check
