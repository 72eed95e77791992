// The shop's own rules in a check: groups, allowlist, policy, its own rate.
#include <gtest/gtest.h>

#include <fstream>

#include "node/check/checker.h"
#include "node/decision/receipt.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using decision::Effect;
using decision::Rule;

constexpr char kPhone[] = "0812-3456-7890";
constexpr char kOtherPhone[] = "0812-9999-7001";
const evidence::Currency kRupiah = *evidence::Currency::FromCode("IDR");

class ShopRulesTest : public ::testing::Test {
 protected:
  ShopRulesTest() { circle_.PairAll(); }
  Answer Ask(const std::string& phone, uint64_t minor = 450'000'000) {
    Question question;
    question.identifiers = {Phone(phone)};
    question.order.amount = evidence::Money{minor, kRupiah};
    auto answer = b_->checker().Check({"uid:0", ""}, question);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? *std::move(answer) : Answer();
  }
  Effect EffectOf(const std::string& phone) { return Ask(phone).decision.verdict.effect; }
  book::CustomerId AddCustomer(std::vector<identity::Identifier> identifiers) {
    auto key = storage::RequestLog::Key("uid:0", b_.Caller().request_id);
    auto made = b_->book().AddCustomer(*key, {"", std::move(identifiers)});
    EXPECT_THAT(made, IsOk());
    return made->id;
  }
  void Report() {
    auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled(kPhone));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), view->incident.id));
    circle_.Settle();
  }
  void PaidOrders(const std::string& phone, int count, int days_ago) {
    const evidence::Date day = evidence::Date::Of(circle_.clock().Now()).PlusDays(-days_ago);
    for (int i = 0; i < count; ++i) {
      book::NewOrder order;
      order.identifiers = {Phone(phone)};
      order.amount = {450'000'000, kRupiah};
      order.invoiced = order.due = order.paid = day;
      DAFTAR_ASSERT_OK(b_->book().AddOrder(b_.Caller(), order));
    }
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
};

TEST_F(ShopRulesTest, TheAllowlistBeatsOwnAndPartnersRecordsAndReplays) {
  Report();
  DAFTAR_ASSERT_OK(b_->ledger().Add(b_.Caller(), DepositUnsettled(kPhone)));
  EXPECT_EQ(EffectOf(kPhone), Effect::kPrepay);
  const std::vector<identity::Identifier> ids = {Phone(kPhone)};
  auto allowed = b_->allowlist().Add(b_.Caller(), ids, "the owner's sister");
  DAFTAR_ASSERT_OK(allowed);
  const Answer answer = Ask(kPhone);
  EXPECT_EQ(answer.decision.verdict.effect, Effect::kAccept);
  EXPECT_EQ(answer.decision.verdict.rule, Rule::kAllowlist);
  auto stored = b_->receipts().Get(answer.receipt);
  DAFTAR_ASSERT_OK(stored);
  EXPECT_EQ(stored->record.body.weighed.allowed_by, allowed->id.hex());
  DAFTAR_EXPECT_OK(decision::CheckReplay(stored->record.body, *b_->policies().InForce()));
  DAFTAR_ASSERT_OK(b_->allowlist().Remove(b_.Caller(), allowed->id, "no longer"));
  EXPECT_EQ(EffectOf(kPhone), Effect::kPrepay);
}

TEST_F(ShopRulesTest, TheAllowlistKnowsACustomerByAnyOfItsIdentifiers) {
  Report();
  AddCustomer({Phone(kPhone), Phone(kOtherPhone)});
  const std::vector<identity::Identifier> other = {Phone(kOtherPhone)};
  DAFTAR_ASSERT_OK(b_->allowlist().Add(b_.Caller(), other, "trusted"));
  EXPECT_EQ(Ask(kPhone).decision.verdict.rule, Rule::kAllowlist);
}

TEST_F(ShopRulesTest, AnOwnIncidentCountsByWhicheverIdentifierTheCustomerIsAsked) {
  DAFTAR_ASSERT_OK(b_->ledger().Add(b_.Caller(), DepositUnsettled(kPhone)));
  EXPECT_TRUE(Ask(kOtherPhone).incidents.empty());
  AddCustomer({Phone(kPhone), Phone(kOtherPhone)});
  const Answer answer = Ask(kOtherPhone);
  EXPECT_EQ(answer.incidents.size(), 1u);
  EXPECT_EQ(answer.decision.verdict.effect, Effect::kPrepay);
  // Nobody else's counts for that.
  EXPECT_TRUE(Ask("0812-9999-7002").incidents.empty());
}

TEST_F(ShopRulesTest, AProblemCustomerPaysFirstAndMergedCustomersCountAsOne) {
  const book::CustomerId id = AddCustomer({Phone(kPhone)});
  const book::CustomerId other = AddCustomer({Phone(kOtherPhone)});
  DAFTAR_ASSERT_OK(
      b_->book().SetGroups(b_.Caller(), id, {{"problem"}, {}}, b_->groups(), "three times"));
  EXPECT_EQ(EffectOf(kPhone), Effect::kPrepay);
  EXPECT_EQ(EffectOf(kOtherPhone), Effect::kAccept);
  DAFTAR_ASSERT_OK(b_->book().Merge(b_.Caller(), other, id, "the same person"));
  EXPECT_EQ(EffectOf(kOtherPhone), Effect::kPrepay);
  DAFTAR_ASSERT_OK(b_->book().Unmerge(b_.Caller(), id, "it was not"));
  EXPECT_EQ(EffectOf(kOtherPhone), Effect::kAccept);
  const Answer answer = Ask(kPhone);
  EXPECT_EQ(answer.decision.weighed.group->name, "problem");
  auto stored = b_->receipts().Get(answer.receipt);
  DAFTAR_EXPECT_OK(decision::CheckReplay(stored->record.body, *b_->policies().InForce()));
}

TEST_F(ShopRulesTest, AGroupByRuleAppliesAsSoonAsTheRecordMeetsIt) {
  PaidOrders(kPhone, 4, 120);
  EXPECT_FALSE(Ask(kPhone).decision.weighed.group.has_value());
  PaidOrders(kPhone, 1, 1);
  ASSERT_TRUE(Ask(kPhone).decision.weighed.group.has_value());
  EXPECT_EQ(Ask(kPhone).decision.weighed.group->name, "regular");
}

TEST_F(ShopRulesTest, ANewPolicyIsUsedByTheNextCheckAndOldReceiptsReplayWithTheirs) {
  Report();
  const Answer before = Ask(kPhone);
  EXPECT_EQ(before.decision.verdict.effect, Effect::kPrepay);
  std::ofstream(b_.dir() / "policy.toml") << "version = 1\n[thresholds]\nprepay_ppm = 300000\n";
  b_->Upkeep();
  b_->Upkeep();
  const Answer after = Ask(kPhone);
  EXPECT_EQ(after.decision.verdict.effect, Effect::kDeposit);
  EXPECT_NE(after.policy, before.policy);
  auto stored = b_->receipts().Get(before.receipt);
  DAFTAR_ASSERT_OK(stored);
  auto then = b_->policies().ByHash(before.policy);
  DAFTAR_ASSERT_OK(then);
  DAFTAR_EXPECT_OK(decision::CheckReplay(stored->record.body, *then));
  EXPECT_FALSE(decision::CheckReplay(stored->record.body, *b_->policies().InForce()).ok());
}

TEST_F(ShopRulesTest, ThePriorIsTheShopsOwnRateOnceItHasOrders) {
  EXPECT_EQ(Ask(kPhone).decision.weighed.prior_ppm, 50'000u);
  PaidOrders(kOtherPhone, 100, 30);
  b_->Upkeep();
  EXPECT_EQ(Ask(kPhone).decision.weighed.prior_ppm, 25'000u);  // (0 + 5) / 200
  // The book is not read through for each order, but within a minute.
  PaidOrders(kOtherPhone, 100, 30);
  b_->Upkeep();
  EXPECT_EQ(Ask(kPhone).decision.weighed.prior_ppm, 25'000u);
  circle_.clock().Advance(60);
  b_->Upkeep();
  EXPECT_EQ(Ask(kPhone).decision.weighed.prior_ppm, 16'666u);  // (0 + 5) / 300
}

TEST_F(ShopRulesTest, ACountThatIsStoppedIsNoTroubleAndIsMadeUpFor) {
  PaidOrders(kOtherPhone, 100, 30);
  OwnRate rate(b_->book(), b_->ledger(), circle_.clock());
  const auto policy = b_->policies().InForce();
  DAFTAR_EXPECT_OK(rate.Refresh(*policy, [] { return true; }));
  EXPECT_EQ(rate.Prior(*policy), 50'000u);
  circle_.clock().Advance(60);
  DAFTAR_EXPECT_OK(rate.Refresh(*policy, [] { return false; }));
  EXPECT_EQ(rate.Prior(*policy), 25'000u);
}

TEST_F(ShopRulesTest, TroubleWithCountingIsOverWithTheNextSuccess) {
  PaidOrders(kOtherPhone, 100, 30);
  const crypto::Bytes key(crypto::ToBytes(crypto::AsBytes("not an order's key")));
  storage::Batch spoil;
  spoil.Put(storage::Column::kOrders, key, crypto::Bytes(100, 0));
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(spoil)));
  b_->Upkeep();
  EXPECT_NE(b_->trouble().outcomes, "");
  storage::Batch mend;
  mend.Delete(storage::Column::kOrders, key);
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(mend)));
  b_->Upkeep();
  EXPECT_NE(b_->trouble().outcomes, "");  // not looked at again within a minute
  circle_.clock().Advance(60);
  b_->Upkeep();
  EXPECT_EQ(b_->trouble().outcomes, "");
  EXPECT_EQ(Ask(kPhone).decision.weighed.prior_ppm, 25'000u);
}

TEST_F(ShopRulesTest, AnUnusualAmountIsMeasuredAgainstTheCustomersOwnOrders) {
  PaidOrders(kPhone, 3, 30);
  EXPECT_EQ(Ask(kPhone, 450'000'000).decision.verdict.effect, Effect::kAccept);
  const Answer far = Ask(kPhone, 2'250'000'000);
  EXPECT_EQ(far.decision.verdict.effect, Effect::kDeposit);
  EXPECT_EQ(far.decision.verdict.rule, Rule::kUnusualAmount);
  ASSERT_FALSE(far.next.empty());
  EXPECT_EQ(far.next[0].step, decision::Step::kDeposit);
}

TEST_F(ShopRulesTest, WhatSpeaksForTheCustomerLowersAnIncident) {
  ledger::NewIncident account = DepositUnsettled(kPhone);
  account.reason = evidence::Reason::kNoShow;
  auto view = b_->ledger().Add(b_.Caller(), account);
  DAFTAR_ASSERT_OK(view);
  const uint32_t before = Ask(kPhone).decision.verdict.r_ppm;
  auto noted = b_->ledger().Mitigate(b_.Caller(), view->incident.id,
                                     decision::Mitigation::kShopAtFault, "we came late");
  DAFTAR_ASSERT_OK(noted);
  EXPECT_LT(Ask(kPhone).decision.verdict.r_ppm, before);
  EXPECT_FALSE(
      b_->ledger()
          .Mitigate(b_.Caller(), view->incident.id, decision::Mitigation::kShopAtFault, "again")
          .ok());
  b_.Stop();
  b_.Start();
  EXPECT_LT(Ask(kPhone).decision.verdict.r_ppm, before);
}

}  // namespace
}  // namespace daftar::check
