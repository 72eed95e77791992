#include "node/check/trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <memory>
#include <utility>

#include "node/check/checker.h"
#include "storage/audit.h"
#include "tests/node/partners/unreached_network.h"
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

// Decides as the default does, and reads the customer's orders once more for it.
decision::Policy WithOtherLateDays() {
  decision::Policy policy = decision::DefaultPolicy();
  ++policy.late_after_days;
  return policy;
}

const absl::Status kBroken = absl::UnavailableError("the disk cannot be read");

class NothingIsRead final : public storage::StoreReader {
 public:
  absl::StatusOr<std::optional<crypto::Bytes>> Get(storage::Column,
                                                   crypto::ByteView) const override {
    return kBroken;
  }
  absl::StatusOr<std::vector<std::optional<crypto::Bytes>>> MultiGet(
      storage::Column, const std::vector<crypto::Bytes>&) const override {
    return kBroken;
  }
  absl::Status Scan(storage::Column, crypto::ByteView, crypto::ByteView,
                    const std::function<bool(crypto::ByteView, crypto::ByteView)>&) const override {
    return kBroken;
  }
};

// Fails after so many snapshots were taken.
class FailingStore final : public storage::Store {
 public:
  explicit FailingStore(storage::Store& store) : store_(store) {}
  absl::StatusOr<std::optional<crypto::Bytes>> Get(storage::Column column,
                                                   crypto::ByteView key) const override {
    return store_.Get(column, key);
  }
  absl::StatusOr<std::vector<std::optional<crypto::Bytes>>> MultiGet(
      storage::Column column, const std::vector<crypto::Bytes>& keys) const override {
    return store_.MultiGet(column, keys);
  }
  absl::Status Scan(
      storage::Column column, crypto::ByteView prefix, crypto::ByteView start,
      const std::function<bool(crypto::ByteView, crypto::ByteView)>& visit) const override {
    return store_.Scan(column, prefix, start, visit);
  }
  std::unique_ptr<storage::StoreReader> Snapshot() const override {
    if (taken++ >= most) return std::make_unique<NothingIsRead>();
    return store_.Snapshot();
  }
  absl::Status Write(storage::Batch batch) override { return store_.Write(std::move(batch)); }
  absl::Status Purge(std::span<const storage::Column> columns) override {
    return store_.Purge(columns);
  }
  mutable int taken = 0;
  int most = std::numeric_limits<int>::max();

 private:
  storage::Store& store_;
};

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
    return Ask(node_->checker(), phone, request_id);
  }
  static Answer Ask(Checker& checker, const std::string& phone = kPhone,
                    const std::string& request_id = "") {
    Question question;
    question.identifiers = {Phone(phone)};
    question.order.amount = evidence::Money{450'000'000, *evidence::Currency::FromCode("IDR")};
    auto answer = checker.Check({"uid:0", request_id}, question);
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

TEST_F(TrialTest, ARequestThatChangedNothingBeginsNoTrialWhenItIsRepeatedLater) {
  Begin(Milder());
  const storage::Caller caller{"user:budi", "one"};
  auto same = trial().Begin(caller, Milder(), "to see");
  DAFTAR_ASSERT_OK(same);
  EXPECT_NE(*same, nullptr);
  DAFTAR_ASSERT_OK(trial().End(node_.Caller(), "seen enough"));
  auto again = trial().Begin(caller, Milder(), "to see");
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(*again, nullptr);
  EXPECT_EQ(trial().Current(), nullptr);
  // Nor is it another one's.
  EXPECT_THAT(trial().Begin(caller, WithOtherLateDays(), "to see"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Changes().size(), 2u);  // the one that began it, and its end
}

TEST_F(TrialTest, APolicyThatCannotDecideHindersNoCheckAndTheReportSaysSo) {
  GiveOrders();
  const Answer before = Ask();
  FailingStore store(node_->store());
  const identity::WarningList warnings;
  const book::Book book(store, node_->vault(), node_->entropy(), circle_.clock(), warnings);
  partners::UnreachedNetwork network;
  partners::Lookup lookup(node_->store(), node_->vault(), circle_.clock(), node_->entropy(),
                          node_->charters(), node_.origin(), node_->registry(), node_->followers(),
                          node_->relays(), network);
  Checker checker(node_->ledger(), book, lookup, node_->receipts(),
                  ShopRules{node_->policies(), node_->groups(), node_->allowlist(),
                            node_->outcomes(), node_->own_rate(), node_->warnings(), trial()},
                  circle_.clock(), CheckerOptions{node_->charters(), node_->keys().receipt});
  // What the policy in force needs is read before what the one on trial needs besides.
  Ask(checker);
  const int of_one = store.taken;
  Begin(WithOtherLateDays());
  const Answer decided = Ask(checker);
  ASSERT_TRUE(decided.trial.has_value());
  ASSERT_GT(store.taken, 2 * of_one);
  store.taken = 0;
  store.most = of_one;
  const Answer failed = Ask(checker);
  EXPECT_GT(store.taken, of_one);
  EXPECT_EQ(failed.decision.verdict, before.decision.verdict);
  EXPECT_FALSE(failed.trial.has_value());
  auto stored = node_->receipts().Get(failed.receipt);
  DAFTAR_ASSERT_OK(stored);
  EXPECT_FALSE(stored->record.trial.has_value());
  EXPECT_EQ(stored->record.body.verdict, before.decision.verdict);
  OrderOutcome became;
  became.order = "order";
  became.receipt = failed.receipt;
  became.named = true;
  became.outcome = Outcome::kPaid;
  became.on = evidence::Date::Of(circle_.clock().Now());
  DAFTAR_ASSERT_OK(node_->outcomes().Record(became, decision::DefaultPolicy()));
  auto rows = ReportTrial(*trial().Current(), node_->receipts(), node_->outcomes());
  DAFTAR_ASSERT_OK(rows);
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0].answered, before.decision.verdict.effect);
  EXPECT_FALSE((*rows)[0].trial.has_value());
  EXPECT_EQ((*rows)[0].checks, 1u);
  EXPECT_EQ((*rows)[0].paid, 1u);
  EXPECT_EQ((*rows)[1].trial, decided.trial->effect);
  EXPECT_EQ((*rows)[1].checks, 1u);
  EXPECT_EQ((*rows)[1].paid, 0u);
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
