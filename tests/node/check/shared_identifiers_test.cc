#include "node/check/shared_identifiers.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "node/check/checker.h"
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
using decision::EntryStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kKiosk[] = "0812-3456-7890";
constexpr char kOwnPhone[] = "0812-3456-7891";

partners::LookupResult Found(
    const std::vector<std::tuple<std::string, EntryStatus, uint8_t>>& records) {
  partners::LookupResult found;
  for (const auto& [origin, status, by] : records) {
    decision::PartnerRecord record;
    record.origin = origin;
    record.status = status;
    found.records.push_back(record);
    found.found_by.push_back(by);
  }
  return found;
}

TEST(LiveReportsTest, OneShopCountsForAFewAtMost) {
  const identity::Identifier phones[] = {Phone(kKiosk), Phone(kOwnPhone)};
  std::vector<std::tuple<std::string, EntryStatus, uint8_t>> records;
  for (int i = 0; i < 10; ++i) records.emplace_back("toko-a.test", EntryStatus::kLive, 1);
  records.emplace_back("toko-b.test", EntryStatus::kLive, 3);
  records.emplace_back("toko-b.test", EntryStatus::kSettled, 1);
  records.emplace_back("toko-c.test", EntryStatus::kDisputed, 1);
  EXPECT_THAT(LiveReports(phones, Found(records), {}), ElementsAre(5u, 1u));
}

TEST(SetAsideTest, WhatAnotherIdentifierFoundTooStillCounts) {
  auto found = Found({{"a", EntryStatus::kLive, 1},
                      {"a", EntryStatus::kLive, 2},
                      {"b", EntryStatus::kLive, 3},
                      {"b", EntryStatus::kSettled, 1},
                      {"c", EntryStatus::kDisputed, 1}});
  SetAside(1, found);
  std::vector<EntryStatus> statuses;
  for (const auto& record : found.records) statuses.push_back(record.status);
  EXPECT_THAT(statuses, ElementsAre(EntryStatus::kSetAside, EntryStatus::kLive, EntryStatus::kLive,
                                    EntryStatus::kSetAside, EntryStatus::kDisputed));
}

// The demonstration's charter with a narrow bound.
std::string NarrowCharter() {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
  std::stringstream read;
  read << file.rdbuf();
  std::string text = read.str();
  constexpr std::string_view kWas = "live_reports = 16";
  text.replace(text.find(kWas), kWas.size(), "live_reports = 2");
  return text;
}

// A whole circle in which more than two live reports make an identifier many people's.
class SharedIdentifierTest : public ::testing::Test {
 protected:
  SharedIdentifierTest() { circle_.PairAll(); }
  void Publish(SimNode& node, std::vector<std::string> phones) {
    ledger::NewIncident account = DepositUnsettled(phones[0]);
    account.identifiers.clear();
    for (const std::string& phone : phones) account.identifiers.push_back(Phone(phone));
    std::sort(account.identifiers.begin(), account.identifiers.end());
    auto view = node->ledger().Add(node.Caller(), account);
    ASSERT_THAT(view, IsOk());
    ASSERT_THAT(node->ledger().Publish(node.Caller(), view->incident.id), IsOk());
    circle_.Settle();
  }
  Answer Ask(SimNode& node, std::vector<std::string> phones) {
    Question question;
    for (const std::string& phone : phones) question.identifiers.push_back(Phone(phone));
    std::sort(question.identifiers.begin(), question.identifiers.end());
    question.order.amount = evidence::Money{450'000'000, *evidence::Currency::FromCode("IDR")};
    auto answer = node->checker().Check({"uid:0", ""}, question);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? *std::move(answer) : Answer();
  }

  SimCircle circle_{1'793'491'200, NarrowCharter()};
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
};

TEST_F(SharedIdentifierTest, ANumberOfManyPeopleDoesNotCountByItself) {
  Publish(a_, {kKiosk});
  Publish(b_, {kKiosk, kOwnPhone});
  EXPECT_EQ(Ask(c_, {kKiosk}).decision.verdict.effect, Effect::kPrepay);
  Publish(a_, {kKiosk});
  const Answer alone = Ask(c_, {kKiosk});
  EXPECT_EQ(alone.decision.verdict.effect, Effect::kAccept);
  for (const auto& record : alone.records) EXPECT_EQ(record.status, EntryStatus::kSetAside);
  EXPECT_THAT(alone.because[0], HasSubstr("3 set aside until a person has looked"));
  ASSERT_EQ(c_->warnings().List().size(), 1u);
  EXPECT_EQ(c_->warnings().List()[0].live_reports, 3u);
  // The other number leads to the same report, and is one person's.
  const Answer both = Ask(c_, {kKiosk, kOwnPhone});
  EXPECT_EQ(both.decision.verdict.effect, Effect::kPrepay);
  // Somebody has looked.
  DAFTAR_ASSERT_OK(c_->warnings().Clear(c_.Caller(), Phone(kKiosk), "one family").status());
  EXPECT_EQ(Ask(c_, {kKiosk}).decision.verdict.effect, Effect::kPrepay);
}

TEST_F(SharedIdentifierTest, TheReceiptOfWhatWasSetAsideReplays) {
  for (int i = 0; i < 3; ++i) Publish(i == 0 ? a_ : b_, {kKiosk});
  const Answer answer = Ask(c_, {kKiosk});
  auto stored = c_->receipts().Get(answer.receipt);
  DAFTAR_ASSERT_OK(stored);
  auto decoded = decision::ReceiptBody::Decode(stored->record.body.Encode());
  DAFTAR_ASSERT_OK(decoded);
  DAFTAR_EXPECT_OK(decision::CheckReplay(*decoded, *c_->policies().InForce()));
}

TEST_F(SharedIdentifierTest, OwnReportsCountAmongTheLiveOnes) {
  Publish(a_, {kKiosk});
  Publish(b_, {kKiosk});
  Publish(c_, {kKiosk});
  const Answer answer = Ask(c_, {kKiosk});
  for (const auto& record : answer.records) EXPECT_EQ(record.status, EntryStatus::kSetAside);
  // What the shop knows itself stays its own.
  EXPECT_GE(answer.decision.verdict.effect, Effect::kPrepay);
}

}  // namespace
}  // namespace daftar::check
