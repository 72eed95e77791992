#include "node/check/trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/check/checker.h"
#include "storage/audit.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using decision::Effect;

constexpr char kPhone[] = "0812-3456-7890";

// Asks for nothing where the default asks for a deposit.
decision::Policy Milder() {
  decision::Policy policy = decision::DefaultPolicy();
  policy.deposit_at_ppm = 300'000;
  policy.prepay_at_ppm = 400'000;
  policy.review_at_ppm = 500'000;
  policy.decline_at_ppm = 600'000;
  return policy;
}

class TrialTest : public ::testing::Test {
 protected:
  Trial& trial() { return node_->trial(); }
  // Three of six orders paid late, a month ago and more: about 16 % are expected to go bad.
  void GiveOrders() { GiveOrders(3, 20); }
  void GiveOrders(int on_time, int days_late) {
    const evidence::Date today = evidence::Date::Of(circle_.clock().Now());
    std::vector<decision::OrderRow> rows;
    for (int i = 0; i < 6; ++i) {
      decision::OrderRow row;
      row.identifiers = {Phone(kPhone)};
      row.invoice = "INV-" + std::to_string(i);
      row.invoiced = today.PlusDays(-90);
      row.due = today.PlusDays(-60);
      row.paid = row.due.PlusDays(i < on_time ? 0 : days_late);
      row.amount = {450'000'000, *evidence::Currency::FromCode("IDR")};
      rows.push_back(row);
    }
    DAFTAR_ASSERT_OK(node_->book().ImportOrders(rows));
  }
  Answer Ask(const std::string& phone = kPhone, const std::string& request_id = "") {
    Question question;
    question.identifiers = {Phone(phone)};
    question.order.amount = evidence::Money{450'000'000, *evidence::Currency::FromCode("IDR")};
    auto answer = node_->checker().Check({"uid:0", request_id}, question);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return *std::move(answer);
  }
  void Begin(const decision::Policy& policy) {
    DAFTAR_ASSERT_OK(trial().Begin(node_.Caller(), policy, "to see what it would do"));
  }
  // The row's record, opened.
  std::string Record(const ReceiptId& id) {
    const crypto::Bytes key = crypto::Writer().U8('r').Raw(id.view()).Take();
    auto row = node_->store().Get(storage::Column::kReceipts, key);
    EXPECT_TRUE(row.ok() && row->has_value());
    constexpr size_t kIndexAndSalt = 8 + 32;
    const crypto::ByteView sealed = crypto::ByteView(**row).subspan(kIndexAndSalt);
    auto plain = node_->vault().Open(storage::Column::kReceipts, key, sealed);
    EXPECT_TRUE(plain.ok()) << plain.status();
    return std::string(crypto::AsText(plain->Expose()));
  }
  std::vector<std::string> Changes() {
    storage::AuditQuery query;
    query.limit = 100;
    query.wanted = [](const storage::AuditRow& row) {
      return row.action.starts_with("policy.trial");
    };
    auto page = storage::ReadAudit(node_->store(), node_->vault(), query);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> changes;
    for (const storage::AuditRow& row : page->rows) {
      changes.push_back(row.action + " " + row.object + " " + row.because);
    }
    return changes;
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(TrialTest, BothEffectsAreRecordedAndOnlyTheOneInForceActs) {
  GiveOrders();
  const Answer before = Ask();
  EXPECT_FALSE(before.trial.has_value());
  Begin(Milder());
  const Answer during = Ask();
  EXPECT_EQ(during.decision.verdict, before.decision.verdict);
  EXPECT_EQ(during.decision.verdict.effect, Effect::kDeposit);
  ASSERT_TRUE(during.trial.has_value());
  EXPECT_EQ(during.trial->effect, Effect::kAccept);
  EXPECT_EQ(during.trial->policy, Milder().Hash());
  auto stored = node_->receipts().Get(during.receipt);
  DAFTAR_ASSERT_OK(stored);
  EXPECT_EQ(stored->record.trial, during.trial);
  // The canonical body knows nothing of it.
  EXPECT_EQ(stored->record.body.policy, node_->policies().Current().hash);
  auto earlier = node_->receipts().Get(before.receipt);
  DAFTAR_ASSERT_OK(earlier);
  EXPECT_EQ(stored->record.body.Encode(), earlier->record.body.Encode());
  DAFTAR_EXPECT_OK(decision::CheckReplay(stored->record.body, *node_->policies().InForce()));
  EXPECT_FALSE(earlier->record.trial.has_value());
}

TEST_F(TrialTest, ARepeatedRequestTellsTheTrialOfTheFirstTime) {
  GiveOrders();
  Begin(Milder());
  const Answer first = Ask(kPhone, "one");
  DAFTAR_ASSERT_OK(trial().End(node_.Caller(), "seen enough"));
  const Answer again = Ask(kPhone, "one");
  EXPECT_EQ(again.receipt, first.receipt);
  EXPECT_EQ(again.trial, first.trial);
}

TEST_F(TrialTest, RowsWithoutATrialAreWrittenAsBeforeAndOldOnesAreRead) {
  const Answer without = Ask();
  EXPECT_EQ(Record(without.receipt).front(), 2);  // as versions before there were trials wrote it
  Begin(Milder());
  const Answer with = Ask();
  const std::string record = Record(with.receipt);
  EXPECT_EQ(record.front(), 3);
  // Taken off, the trial leaves what version 2 was.
  constexpr size_t kTrialBytes = 32 + 1;
  EXPECT_EQ(record.substr(1, record.size() - kTrialBytes - 1), Record(without.receipt).substr(1));
  DAFTAR_EXPECT_OK(node_->receipts().Get(without.receipt));
  uint64_t kept = 0;
  auto view = node_->receipts().View();
  DAFTAR_ASSERT_OK(view);
  DAFTAR_ASSERT_OK(view->ReadKept(0, view->size(), [&](const CommittedReceipt&) {
    ++kept;
    return true;
  }));
  EXPECT_EQ(kept, 2u);
}

TEST_F(TrialTest, TheTrialGoesOnAfterARestartAndEndsWhenItIsEnded) {
  Begin(Milder());
  const auto since = trial().Current()->since;
  circle_.clock().Advance(60);
  node_.Stop();
  node_.Start();
  ASSERT_NE(trial().Current(), nullptr);
  EXPECT_EQ(trial().Current()->policy, Milder());
  EXPECT_EQ(trial().Current()->since, since);
  // It is no version that was in force, and hides none.
  EXPECT_EQ(node_->policies().Versions()->size(), 1u);
  EXPECT_EQ(node_->policies().undecoded(), 0u);
  DAFTAR_ASSERT_OK(trial().End(node_.Caller(), "seen enough"));
  EXPECT_FALSE(Ask().trial.has_value());
  node_.Stop();
  node_.Start();
  EXPECT_EQ(trial().Current(), nullptr);
  const std::string hash = Milder().Hash().hex();
  EXPECT_THAT(Changes(),
              ::testing::ElementsAre("policy.trial-end " + hash + " seen enough",
                                     "policy.trial " + hash + " to see what it would do"));
}

TEST_F(TrialTest, ARequestMayBeRepeatedAndIsNotAnothers) {
  const storage::Caller caller{"user:budi", "one"};
  auto begun = trial().Begin(caller, Milder(), "to see");
  DAFTAR_ASSERT_OK(begun);
  circle_.clock().Advance(60);
  auto again = trial().Begin(caller, Milder(), "to see");
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ((*again)->since, (*begun)->since);
  EXPECT_THAT(trial().Begin(caller, decision::DefaultPolicy(), "to see"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(trial().End(caller, "over"), StatusIs(absl::StatusCode::kFailedPrecondition));
  // What is on trial already goes on as it was.
  auto same = trial().Begin(node_.Caller(), Milder(), "to see");
  DAFTAR_ASSERT_OK(same);
  EXPECT_EQ((*same)->since, (*begun)->since);
  EXPECT_THAT(trial().Begin(node_.Caller(), Milder(), ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(trial().End(node_.Caller(), ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(Changes().size(), 1u);
}

TEST_F(TrialTest, TheReportHasBothEffectsOfTheCurrentTrialWithWhatBecameOfThem) {
  GiveOrders();
  Ask();
  decision::Policy other = Milder();
  other.deposit_at_ppm = 250'000;
  Begin(other);
  Ask();
  Begin(Milder());
  const Answer paid = Ask();
  Ask();
  OrderOutcome became;
  became.order = "order";
  became.receipt = paid.receipt;
  became.named = true;
  became.outcome = Outcome::kLate;
  became.on = evidence::Date::Of(circle_.clock().Now());
  DAFTAR_ASSERT_OK(node_->outcomes().Record(became, decision::DefaultPolicy()));
  const auto current = trial().Current();
  auto rows = ReportTrial(*current, node_->receipts(), node_->outcomes());
  DAFTAR_ASSERT_OK(rows);
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().answered, paid.decision.verdict.effect);
  EXPECT_EQ(rows->front().trial, paid.trial->effect);
  EXPECT_EQ(rows->front().checks, 2u);
  EXPECT_EQ(rows->front().paid, 0u);
  EXPECT_EQ(rows->front().late, 1u);
  EXPECT_EQ(rows->front().unpaid, 0u);
  EXPECT_THAT(ReportTrial(*current, node_->receipts(), node_->outcomes(), [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(TrialTest, APolicyThatCallsOtherOrdersLateReadsTheShopsOrdersByItsOwnDays) {
  GiveOrders(1, 5);
  decision::Policy strict = decision::DefaultPolicy();
  strict.late_after_days = 2;
  strict.late_paid_ppm = 1'000'000;
  Begin(strict);
  const Answer answer = Ask();
  EXPECT_EQ(answer.own.late, 0u);
  EXPECT_EQ(answer.decision.verdict.effect, Effect::kAccept);
  ASSERT_TRUE(answer.trial.has_value());
  EXPECT_GT(answer.trial->effect, answer.decision.verdict.effect);
}

}  // namespace
}  // namespace daftar::check
