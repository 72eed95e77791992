#include "node/check/checker.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

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
using ::daftar::testing::StatusIs;
using decision::Effect;
using ::testing::HasSubstr;

constexpr char kPhone[] = "+62 812 3456 7890";
constexpr char kUnknown[] = "0812-9999-7001";

class CheckerTest : public ::testing::Test {
 protected:
  CheckerTest() { circle_.PairAll(); }
  ledger::IncidentId Publish(SimNode& node) {
    auto view = node->ledger().Add(node.Caller(), DepositUnsettled("0812-3456-7890"));
    EXPECT_THAT(view, IsOk());
    EXPECT_THAT(node->ledger().Publish(node.Caller(), view->incident.id), IsOk());
    circle_.Settle();
    return view->incident.id;
  }
  absl::StatusOr<Answer> Ask(SimNode& node, const std::string& phone,
                             uint64_t minor = 450'000'000) {
    Question question;
    question.identifiers = {Phone(phone)};
    question.order.amount = evidence::Money{minor, *evidence::Currency::FromCode("IDR")};
    return node->checker().Check({"uid:0", ""}, question);
  }
  Effect EffectAt(SimNode& node, const std::string& phone) {
    auto answer = Ask(node, phone);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? answer->decision.verdict.effect : Effect::kDecline;
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
};

TEST_F(CheckerTest, TheStoryFromReportToWithdrawal) {
  EXPECT_EQ(EffectAt(b_, kPhone), Effect::kAccept);
  const ledger::IncidentId id = Publish(a_);
  auto answer = Ask(b_, kPhone);
  DAFTAR_ASSERT_OK(answer);
  EXPECT_EQ(answer->decision.verdict.effect, Effect::kPrepay);
  EXPECT_THAT(answer->because[0], HasSubstr("1 of 2 partners holds a record"));
  EXPECT_EQ(EffectAt(b_, kUnknown), Effect::kAccept);
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id, {}, "paid"));
  circle_.Settle();
  EXPECT_LT(EffectAt(b_, kPhone), Effect::kPrepay);
  DAFTAR_ASSERT_OK(
      a_->ledger().Withdraw(a_.Caller(), id, evidence::WithdrawalGround::kPaid, "paid"));
  circle_.Settle();
  EXPECT_EQ(EffectAt(b_, kPhone), Effect::kAccept);
}

TEST_F(CheckerTest, TheReceiptReplaysAndNamesNobody) {
  Publish(a_);
  auto answer = Ask(b_, kPhone);
  DAFTAR_ASSERT_OK(answer);
  auto stored = b_->receipts().Get(answer->receipt);
  DAFTAR_ASSERT_OK(stored);
  DAFTAR_EXPECT_OK(decision::CheckReplay(stored->record.body, *b_->policies().InForce()));
  EXPECT_EQ(stored->record.body.verdict, answer->decision.verdict);
  const crypto::Bytes body = stored->record.body.Encode();
  EXPECT_EQ(std::string(crypto::AsText(body)).find("81234567890"), std::string::npos);
}

TEST_F(CheckerTest, OwnIncidentsCountWithoutAnyPartner) {
  auto view = b_->ledger().Add(b_.Caller(), DepositUnsettled("0812-3456-7890"));
  DAFTAR_ASSERT_OK(view);
  auto answer = Ask(b_, kPhone);
  DAFTAR_ASSERT_OK(answer);
  EXPECT_GE(answer->decision.verdict.effect, Effect::kPrepay);
  ASSERT_EQ(answer->incidents.size(), 1u);
}

TEST_F(CheckerTest, NobodyReachableIsNeverClear) {
  SimCircle lonely;
  SimNode& node = lonely.Add("toko-x.test");
  Question question;
  question.identifiers = {Phone(kUnknown)};
  question.order.amount = evidence::Money{450'000'000, *evidence::Currency::FromCode("IDR")};
  auto answer = node->checker().Check({"uid:0", ""}, question);
  DAFTAR_ASSERT_OK(answer);
  EXPECT_EQ(answer->decision.verdict.effect, Effect::kReview);
  question.order.amount->minor = 10'000'00;  // a small order
  answer = node->checker().Check({"uid:0", ""}, question);
  EXPECT_EQ(answer->decision.verdict.effect, Effect::kAccept);
}

TEST_F(CheckerTest, AnOrderOfNothingIsRefused) {
  EXPECT_THAT(Ask(b_, kUnknown, 0),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("leave the amount out")));
  EXPECT_THAT(Ask(b_, kUnknown, 1), IsOk());
}

TEST_F(CheckerTest, ACustomerOfTheBookIsNotCalledUnknown) {
  EXPECT_THAT(Ask(b_, kUnknown)->because[0], HasSubstr("The buyer is not known here."));
  auto key = storage::RequestLog::Key("uid:0", b_.Caller().request_id);
  DAFTAR_ASSERT_OK(key);
  DAFTAR_ASSERT_OK(b_->book().AddCustomer(*key, {"", {Phone(kUnknown)}}));
  EXPECT_THAT(Ask(b_, kUnknown)->because[0], HasSubstr("The customer is in this shop's book"));
  const evidence::Date today = evidence::Date::Of(circle_.clock().Now());
  book::NewOrder order;
  order.identifiers = {Phone(kUnknown)};
  order.amount = {450'000'000, *evidence::Currency::FromCode("IDR")};
  order.invoiced = today;
  order.due = today.PlusDays(9);
  DAFTAR_ASSERT_OK(b_->book().AddOrder(b_.Caller(), order));
  EXPECT_THAT(Ask(b_, kUnknown)->because[0], HasSubstr("The customer has 1 order open here"));
}

TEST_F(CheckerTest, APartnerThatIsDownIsNamedNotChecked) {
  c_.Stop();
  auto answer = Ask(b_, kUnknown);
  DAFTAR_ASSERT_OK(answer);
  EXPECT_EQ(answer->decision.verdict.effect, Effect::kAccept);
  EXPECT_THAT(answer->because[0], HasSubstr("not checked"));
}

TEST_F(CheckerTest, ARepeatedRequestAnswersWithTheFirstReceipt) {
  Publish(a_);
  Question question;
  question.identifiers = {Phone(kPhone)};
  auto first = b_->checker().Check({"uid:0", "one"}, question);
  circle_.clock().Advance(60);
  auto second = b_->checker().Check({"uid:0", "one"}, question);
  DAFTAR_ASSERT_OK(second);
  EXPECT_EQ(first->receipt, second->receipt);
  EXPECT_EQ(first->because, second->because);
  EXPECT_EQ(first->time, second->time);
  EXPECT_EQ(first->policy, second->policy);
  ASSERT_FALSE(first->next.empty());
  ASSERT_EQ(first->next.size(), second->next.size());
  for (size_t i = 0; i < first->next.size(); ++i) {
    EXPECT_EQ(first->next[i].step, second->next[i].step);
  }
  EXPECT_EQ(b_->receipts().Get(first->receipt)->record.actor, "uid:0");
  EXPECT_EQ(first->decision.verdict, second->decision.verdict);
  EXPECT_EQ(b_->receipts().Head().size, 1u);
}

TEST_F(CheckerTest, ARequestIdIsGoodForOneQuestionOnly) {
  Publish(a_);
  Question question;
  question.identifiers = {Phone(kUnknown)};
  DAFTAR_ASSERT_OK(b_->checker().Check({"uid:0", "order-17"}, question));
  // The number was mistyped; the till sends the same order again.
  question.identifiers = {Phone(kPhone)};
  EXPECT_THAT(b_->checker().Check({"uid:0", "order-17"}, question),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another buyer")));
  question.identifiers = {Phone(kUnknown)};
  question.order.terms = decision::Terms::kPrepaid;
  EXPECT_THAT(b_->checker().Check({"uid:0", "order-17"}, question),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(CheckerTest, OneRequestAskedByManyAtOnceHasOneReceipt) {
  Question question;
  question.identifiers = {Phone(kPhone)};
  std::vector<std::thread> threads;
  std::vector<std::string> receipts(8);
  for (std::string& receipt : receipts) {
    threads.emplace_back([&] {
      auto answer = b_->checker().Check({"uid:0", "once"}, question);
      if (answer.ok()) receipt = answer->receipt.hex();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(receipts.begin(), receipts.end()).size(), 1u);
  EXPECT_FALSE(receipts[0].empty());
  EXPECT_EQ(b_->receipts().Head().size, 1u);
}

TEST_F(CheckerTest, NoAndTooManyIdentifiersAreRefused) {
  EXPECT_THAT(b_->checker().Check({"uid:0", ""}, Question()),
              StatusIs(absl::StatusCode::kInvalidArgument));
  Question question;
  question.identifiers.assign(kMaxIdentifiersPerCheck + 1, Phone(kPhone));
  EXPECT_THAT(b_->checker().Check({"uid:0", ""}, question),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(b_->receipts().Head().size, 0u);
}

}  // namespace
}  // namespace daftar::check
