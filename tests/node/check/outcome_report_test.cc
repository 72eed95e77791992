// The report on what became of decisions, and forgetting what was learnt about a partner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/check/outcomes.h"
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kDaySeconds = 24 * 3600;

class OutcomeReportTest : public ::testing::Test {
 protected:
  evidence::Date Today() { return evidence::Date::Of(circle_.clock().Now()); }
  ReceiptId Ask() {
    Question question;
    question.identifiers = {Phone("0812-3456-7890")};
    auto answer = node_->checker().Check({"uid:0", ""}, question);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer->receipt;
  }
  void Record(const ReceiptId& receipt, Outcome outcome) {
    OrderOutcome became;
    became.order = receipt.hex();
    became.receipt = receipt;
    became.named = true;
    became.outcome = outcome;
    became.on = Today();
    DAFTAR_ASSERT_OK(node_->outcomes().Record(became, decision::DefaultPolicy()));
  }
  // "review[>accept]: decisions paid late unpaid"
  std::vector<std::string> Report(evidence::Date from, evidence::Date to) {
    auto rows = node_->outcomes().Report(from, to);
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::string> lines;
    for (const OutcomeRow& row : *rows) {
      std::string line(EffectName(row.decided));
      if (row.overridden_to.has_value()) line += ">" + std::string(EffectName(*row.overridden_to));
      lines.push_back(line + ": " + std::to_string(row.decisions) + " " + std::to_string(row.paid) +
                      " " + std::to_string(row.late) + " " + std::to_string(row.unpaid));
    }
    return lines;
  }
  std::vector<std::string> Changes(const std::string& action) {
    storage::AuditQuery query;
    query.limit = 100;
    query.wanted = [&action](const storage::AuditRow& row) { return row.action == action; };
    std::vector<std::string> changes;
    auto page = storage::ReadAudit(node_->store(), node_->vault(), query);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const storage::AuditRow& row : page->rows) {
      changes.push_back(row.actor + " " + row.object + " " + row.because);
    }
    return changes;
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(OutcomeReportTest, DecisionsOfThePeriodAreCountedByWhatBecameOfThem) {
  const evidence::Date first = Today();
  Record(Ask(), Outcome::kPaid);
  circle_.clock().Advance(kDaySeconds);
  Record(Ask(), Outcome::kLate);
  Record(Ask(), Outcome::kLate);
  circle_.clock().Advance(kDaySeconds);
  Record(Ask(), Outcome::kUnpaid);
  Ask();  // nothing is known of it
  const evidence::Date last = Today();
  EXPECT_THAT(Report({}, {}), ElementsAre("review: 4 1 2 1"));
  EXPECT_THAT(Report(first, last), ElementsAre("review: 4 1 2 1"));
  EXPECT_THAT(Report(first.PlusDays(1), last), ElementsAre("review: 3 0 2 1"));
  EXPECT_THAT(Report(first, last.PlusDays(-1)), ElementsAre("review: 3 1 2 0"));
  EXPECT_THAT(Report(last.PlusDays(1), {}), IsEmpty());
  EXPECT_THAT(Report({}, first.PlusDays(-1)), IsEmpty());
}

TEST_F(OutcomeReportTest, AnOverriddenDecisionIsToldBeforeItsOutcome) {
  DAFTAR_ASSERT_OK(node_->outcomes().OverrideDecision({"user:budi", "one"}, Ask(), Effect::kAccept,
                                                      "a strange order"));
  EXPECT_THAT(Report({}, {}), ElementsAre("review>accept: 1 0 0 0"));
}

TEST_F(OutcomeReportTest, ReadingWhatBecameOfDecisionsCanBeStopped) {
  const ReceiptId receipt = Ask();
  Record(receipt, Outcome::kPaid);
  auto& outcomes = node_->outcomes();
  EXPECT_THAT(outcomes.Report({}, {}, [] { return true; }), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(outcomes.Report({}, {}, [] { return false; })->size(), 1u);
  // A change that has to be learnt anew waits for the next time, and is no trouble.
  Record(receipt, Outcome::kUnpaid);
  int asked = 0;
  const auto stop = [&asked] { return ++asked > 0; };
  circle_.clock().Advance(60);
  DAFTAR_EXPECT_OK(outcomes.Relearn(stop));
  EXPECT_EQ(asked, 1);
  circle_.clock().Advance(60);
  DAFTAR_EXPECT_OK(outcomes.Relearn([&asked] { return ++asked < 0; }));
  EXPECT_EQ(asked, 2);
  circle_.clock().Advance(60);
  DAFTAR_EXPECT_OK(outcomes.Relearn(stop));  // nothing has changed since
  EXPECT_EQ(asked, 2);
}

TEST_F(OutcomeReportTest, ForgettingAPartnerIsDoneOnceAndOnTheRecord) {
  const storage::Caller caller{"user:budi", "one"};
  DAFTAR_ASSERT_OK(node_->outcomes().Reset(caller, "toko-b.test", "a new owner"));
  const evidence::UnixMillis at = node_->clock().Now();
  circle_.clock().Advance(60);
  DAFTAR_ASSERT_OK(node_->outcomes().Reset(caller, "toko-b.test", "a new owner"));
  EXPECT_EQ(node_->outcomes().LearntAbout("toko-b.test").since.value, at.value);
  EXPECT_THAT(Changes("partner.reset-weight"), ElementsAre("user:budi toko-b.test a new owner"));
  EXPECT_THAT(node_->outcomes().Reset(caller, "toko-c.test", "a new owner"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("request_id")));
  EXPECT_THAT(node_->outcomes().Reset({"user:budi", "two"}, "toko-b.test", ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  node_.Stop();
  node_.Start();
  EXPECT_EQ(node_->outcomes().LearntAbout("toko-b.test").since.value, at.value);
}

TEST_F(OutcomeReportTest, AnOverrideSaysWhyInWhatTheRecordHolds) {
  const ReceiptId receipt = Ask();
  const auto override_with = [&](size_t bytes) {
    return node_->outcomes()
        .OverrideDecision({"user:budi", "of-" + std::to_string(bytes)}, receipt, Effect::kAccept,
                          std::string(bytes, 'x'))
        .status();
  };
  EXPECT_THAT(override_with(0), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(override_with(storage::kMaxAuditText + 1),
              StatusIs(absl::StatusCode::kInvalidArgument));
  DAFTAR_EXPECT_OK(override_with(storage::kMaxAuditText));
  EXPECT_EQ(Changes("decision.override").size(), 1u);
  // What stands is compared, not what was decided at first.
  const auto again = [&](Effect effect) {
    return node_->outcomes()
        .OverrideDecision({"user:budi", "to-" + std::string(EffectName(effect))}, receipt, effect,
                          "thought again")
        .status();
  };
  EXPECT_THAT(again(Effect::kAccept), StatusIs(absl::StatusCode::kFailedPrecondition));
  DAFTAR_EXPECT_OK(again(Effect::kReview));
}

}  // namespace
}  // namespace daftar::check
