// A partner that floods the circle, or whose reports do not stand, is set aside until an operator
// has looked: on whole nodes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "node/partners/lookup.h"
#include "node/partners/mirror.h"
#include "storage/audit.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using decision::EntryStatus;
using decision::PartnerState;
using ::testing::HasSubstr;

constexpr int64_t kDay = 86'400;

// The demonstration's charter with narrow bounds.
std::string NarrowCharter() {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
  std::stringstream read;
  read << file.rdbuf();
  std::string text = read.str();
  for (const auto& [was, is] : {std::pair("flood_least_reports = 200", "flood_least_reports = 3"),
                                std::pair("flood_times_usual = 10", "flood_times_usual = 2"),
                                std::pair("withdrawn_least = 5", "withdrawn_least = 2"),
                                std::pair("withdrawn_percent = 20", "withdrawn_percent = 50")}) {
    text.replace(text.find(was), std::string_view(was).size(), is);
  }
  return text;
}

class QuarantineTest : public ::testing::Test {
 protected:
  QuarantineTest() { circle_.PairAll(); }

  std::string PhoneOf(int i) const { return "0812-3456-7" + std::to_string(801 + i); }
  std::vector<ledger::IncidentId> Publish(SimNode& node, int count) {
    std::vector<ledger::IncidentId> ids;
    for (int i = 0; i < count; ++i) {
      auto view = node->ledger().Add(node.Caller(), DepositUnsettled(PhoneOf(next_++)));
      EXPECT_THAT(view, IsOk());
      EXPECT_THAT(node->ledger().Publish(node.Caller(), view->incident.id), IsOk());
      ids.push_back(view->incident.id);
    }
    circle_.Settle();
    return ids;
  }
  decision::PartnerRecord RecordAt(SimNode& node, int i) {
    Lookup lookup(node->store(), node->vault(), node->clock(), node->entropy(), node->charters(),
                  node.origin(), node->registry(), node->followers(), node->relays(),
                  node->network());
    const identity::Identifier identifier = Phone(PhoneOf(i));
    auto result = lookup.Ask(std::span(&identifier, 1), std::chrono::milliseconds(2000));
    EXPECT_THAT(result, IsOk());
    EXPECT_EQ(result->records.size(), 1u);
    for (const decision::PartnerAnswer& answer : result->answers) {
      if (answer.origin == "toko-a.test") answer_ = answer;
    }
    return result->records.empty() ? decision::PartnerRecord() : result->records[0];
  }
  std::shared_ptr<Mirror> CopyAt(SimNode& node) {
    return node->followers().MirrorOf("toko-a.test");
  }
  std::vector<std::string> ActionsAt(SimNode& node) {
    std::vector<std::string> actions;
    auto page = storage::ReadAudit(node->store(), node->vault(), {.limit = 100});
    EXPECT_THAT(page, IsOk());
    for (const storage::AuditRow& row : page->rows) actions.push_back(row.action);
    return actions;
  }

  SimCircle circle_{1'793'491'200, NarrowCharter()};
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
  decision::PartnerAnswer answer_;
  int next_ = 0;
};

TEST_F(QuarantineTest, AFloodIsSetAsideEverywhereUntilAnOperatorHasLooked) {
  const auto ids = Publish(a_, 3);
  EXPECT_EQ(RecordAt(b_, 0).status, EntryStatus::kLive);
  EXPECT_EQ(answer_.state, PartnerState::kAnswered);
  Publish(a_, 1);
  for (SimNode* reader : {&b_, &c_}) {
    EXPECT_EQ(RecordAt(*reader, 0).status, EntryStatus::kSetAside);  // the earlier ones too
    EXPECT_EQ(answer_.state, PartnerState::kNotChecked);
    EXPECT_EQ(answer_.error, "quarantined");
    const MirrorView view = CopyAt(*reader)->View();
    ASSERT_TRUE(view.quarantine.has_value());
    EXPECT_EQ(view.quarantine->suspicion, Suspicion::kFlood);
    EXPECT_EQ(view.quarantine->seen, 4u);
    EXPECT_EQ(view.reports, 4u);  // replicated all the same
    EXPECT_THAT(view.trouble, HasSubstr("4 reports in a day"));
    EXPECT_THAT(view.trouble, HasSubstr("daftar partner release toko-a.test"));
    EXPECT_THAT(ActionsAt(*reader), ::testing::Contains("partner.quarantine"));
  }
  // It lasts, over days and restarts, and good news counts.
  circle_.clock().Advance(10 * kDay);
  DAFTAR_ASSERT_OK(a_->ledger().Withdraw(a_.Caller(), ids[1], evidence::WithdrawalGround::kMistake,
                                         "wrong person"));
  circle_.Settle();
  b_.Stop();
  b_.Start();
  circle_.Settle();
  EXPECT_EQ(RecordAt(b_, 0).status, EntryStatus::kSetAside);
  EXPECT_EQ(RecordAt(b_, 1).status, EntryStatus::kWithdrawn);
  // Each operator decides for itself.
  const storage::Caller caller = b_.Caller();
  for (int repeated = 0; repeated < 2; ++repeated) {
    DAFTAR_ASSERT_OK(CopyAt(b_)->Release(caller, "they had a backlog", b_->vault(), b_->entropy()));
  }
  EXPECT_EQ(RecordAt(b_, 0).status, EntryStatus::kLive);
  EXPECT_EQ(answer_.error, "");
  EXPECT_EQ(RecordAt(c_, 0).status, EntryStatus::kSetAside);
  EXPECT_THAT(ActionsAt(b_), ::testing::Contains("partner.release"));
  b_.Stop();
  b_.Start();
  circle_.Settle();
  EXPECT_EQ(RecordAt(b_, 0).status, EntryStatus::kLive);
  EXPECT_THAT(CopyAt(b_)->Release(b_.Caller(), "again", b_->vault(), b_->entropy()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not set aside")));
}

TEST_F(QuarantineTest, AReleaseOnTheDayOfTheFloodHoldsForWhatWasSeen) {
  Publish(a_, 4);
  DAFTAR_ASSERT_OK(CopyAt(b_)->Release(b_.Caller(), "a backlog", b_->vault(), b_->entropy()));
  EXPECT_EQ(RecordAt(b_, 0).status, EntryStatus::kLive);
  Publish(a_, 3);
  EXPECT_EQ(RecordAt(b_, 0).status, EntryStatus::kLive);
  Publish(a_, 1);
  EXPECT_EQ(RecordAt(b_, 0).status, EntryStatus::kSetAside);
}

// Whoever holds the copy while a partner is suspended and comes back writes to the same one.
TEST_F(QuarantineTest, AReleaseBesideAChangeOfThePartnerIsNotLost) {
  Publish(a_, 4);
  const std::shared_ptr<Mirror> before = CopyAt(c_);
  ASSERT_TRUE(before->View().quarantine.has_value());
  for (const PartnerStatus status : {PartnerStatus::kSuspended, PartnerStatus::kActive}) {
    DAFTAR_ASSERT_OK(c_->registry().SetStatus(c_.Caller(), "toko-a.test", status, "x").status());
    DAFTAR_ASSERT_OK(c_->followers().Refresh());
  }
  EXPECT_EQ(CopyAt(c_), before);
  DAFTAR_ASSERT_OK(before->Release(c_.Caller(), "looked", c_->vault(), c_->entropy()));
  Publish(a_, 1);
  EXPECT_FALSE(CopyAt(c_)->View().quarantine.has_value());
  c_.Stop();
  c_.Start();
  EXPECT_FALSE(CopyAt(c_)->View().quarantine.has_value());
}

TEST_F(QuarantineTest, AFloodIsSeenBeforeItIsWritten) {
  // As between the copy and the row about it: the check comes to the same.
  Publish(a_, 4);
  ASSERT_TRUE(CopyAt(b_)->View().quarantine.has_value());
  MirrorView view = CopyAt(b_)->View();
  EXPECT_TRUE(
      SuspicionOf(view.conduct, *b_->charters().InForce(), circle_.clock().Now().seconds()));
}

// As when another charter came into force, and nothing of the partner came since.
TEST_F(QuarantineTest, ACheckLooksByTheCharterThatIsInForceNow) {
  Publish(a_, 3);
  EXPECT_EQ(RecordAt(b_, 0).status, EntryStatus::kLive);
  std::string narrower = circle_.charter().source;
  constexpr std::string_view kWas = "flood_least_reports = 3";
  narrower.replace(narrower.find(kWas), kWas.size(), "flood_least_reports = 2");
  DAFTAR_ASSERT_OK(b_->charters().Adopt(b_.Caller(), narrower, "agreed").status());
  DAFTAR_ASSERT_OK(b_->Tick().status());
  ASSERT_FALSE(CopyAt(b_)->View().quarantine.has_value());
  EXPECT_EQ(RecordAt(b_, 0).status, EntryStatus::kSetAside);
  EXPECT_EQ(answer_.error, "quarantined");
}

TEST_F(QuarantineTest, ARequestReleasesOnePartnerAndNoOther) {
  Publish(a_, 4);
  Publish(b_, 4);
  const storage::Caller caller = c_.Caller();
  const auto release = [&](const std::string& origin) {
    return c_->followers().MirrorOf(origin)->Release(caller, "looked", c_->vault(), c_->entropy());
  };
  DAFTAR_ASSERT_OK(release("toko-a.test"));
  EXPECT_THAT(release("toko-b.test"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another partner")));
  EXPECT_TRUE(c_->followers().MirrorOf("toko-b.test")->View().quarantine.has_value());
}

TEST_F(QuarantineTest, ReportsThatDoNotStandSetTheIssuerAside) {
  const auto ids = Publish(a_, 3);
  circle_.clock().Advance(3 * kDay);
  const auto give_up = [&](const ledger::IncidentId& id) {
    DAFTAR_ASSERT_OK(a_->ledger().Dispute(a_.Caller(), id, {}, "paid in cash"));
    circle_.Settle();
    DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), id, false, "it was"));
    circle_.Settle();
    circle_.Settle();
  };
  give_up(ids[0]);
  EXPECT_EQ(RecordAt(b_, 2).status, EntryStatus::kLive);
  give_up(ids[1]);
  EXPECT_EQ(RecordAt(b_, 2).status, EntryStatus::kSetAside);
  const MirrorView view = CopyAt(b_)->View();
  ASSERT_TRUE(view.quarantine.has_value());
  EXPECT_EQ(view.quarantine->suspicion, Suspicion::kWithdrawn);
  EXPECT_EQ(view.quarantine->seen, 2u);
  EXPECT_EQ(view.quarantine->of, 3u);
}

TEST_F(QuarantineTest, PaidAndWithdrawnWithoutADisputeIsNoFault) {
  const auto ids = Publish(a_, 3);
  circle_.clock().Advance(3 * kDay);
  for (const auto& id : {ids[0], ids[1]}) {
    DAFTAR_ASSERT_OK(a_->ledger().Dispute(a_.Caller(), id, {}, "not mine"));
    circle_.Settle();
    DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id, {}, "paid after all"));
    circle_.Settle();
    DAFTAR_ASSERT_OK(
        a_->ledger().Withdraw(a_.Caller(), id, evidence::WithdrawalGround::kPaid, "paid"));
    circle_.Settle();
  }
  EXPECT_EQ(CopyAt(b_)->View().conduct.withdrawn, 0u);
  EXPECT_EQ(RecordAt(b_, 2).status, EntryStatus::kLive);
  // Nor where the shop tells both at once.
  DAFTAR_ASSERT_OK(a_->ledger().Dispute(a_.Caller(), ids[2], {}, "not mine"));
  circle_.Settle();
  DAFTAR_ASSERT_OK(
      a_->ledger().Withdraw(a_.Caller(), ids[2], evidence::WithdrawalGround::kPaid, "paid"));
  circle_.Settle();
  EXPECT_EQ(CopyAt(b_)->View().conduct.withdrawn, 0u);
}

}  // namespace
}  // namespace daftar::partners
