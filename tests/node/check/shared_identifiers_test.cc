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
using ::testing::Not;

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
  auto found = Found(records);
  found.answers.resize(8);
  EXPECT_THAT(LiveReports(phones, found, {}, 24), ElementsAre(6u, 1u));
  found.answers.resize(3);
  EXPECT_THAT(LiveReports(phones, found, {}, 24), ElementsAre(9u, 1u));
}

TEST(LiveReportsTest, OfTheShopsOwnThosePublishedAndStandingCount) {
  const identity::Identifier phones[] = {Phone(kKiosk), Phone(kOwnPhone)};
  std::vector<ledger::IncidentView> own;
  using enum ledger::IncidentState;
  for (const auto state : {kPublished, kCorrected, kDraft, kHeld, kSettled, kDisputed, kErased}) {
    own.emplace_back();
    own.back().state = state;
    own.back().incident.account.identifiers = {Phone(kKiosk)};
  }
  EXPECT_THAT(LiveReports(phones, {}, own, 24), ElementsAre(2u, 0u));
}

TEST(LiveReportsTest, AllShopsTogetherPassAnyBoundAndNoneAlone) {
  EXPECT_EQ(MostReportsOfOneShop(24, 1), 24u);
  EXPECT_EQ(MostReportsOfOneShop(24, 2), 12u);
  EXPECT_EQ(MostReportsOfOneShop(24, 3), 8u);
  EXPECT_EQ(MostReportsOfOneShop(24, 4), 6u);
  EXPECT_EQ(MostReportsOfOneShop(24, 7), kLeastReportsOfOneShop);
  EXPECT_EQ(MostReportsOfOneShop(25, 4), 7u);
  EXPECT_EQ(MostReportsOfOneShop(2, 50), 2u);
  for (uint32_t bound = 1; bound <= 1000; ++bound) {
    for (size_t partners = 1; partners <= 64; ++partners) {
      const uint64_t most = MostReportsOfOneShop(bound, partners);
      EXPECT_LE(most, bound);
      EXPECT_GT(most * (partners + 1), bound);
    }
  }
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
  constexpr std::string_view kWas = "live_reports = 24";
  text.replace(text.find(kWas), kWas.size(), "live_reports = 2");
  return text;
}

TEST(OwnSharingTest, AnIncidentCountsByItsOrderOrByAnIdentifierOfTheBuyersAlone) {
  SimCircle circle;
  SimNode& node = circle.Add("toko-a.test");
  DAFTAR_ASSERT_OK(node->warnings().Add(node.Caller(), Phone(kKiosk), "the counter's").status());
  const identity::Identifier known[] = {Phone(kKiosk), Phone(kOwnPhone)};
  book::Profile buyer;
  buyer.id = *book::CustomerId::Create(crypto::Bytes(book::CustomerId::kSize, 1));
  buyer.members = {*book::CustomerId::Create(crypto::Bytes(book::CustomerId::kSize, 2))};
  const auto counts = [&](std::vector<std::string> phones, const std::string& order) {
    OwnSharing sharing(circle.charter(), node->warnings());
    ledger::IncidentView view;
    for (const std::string& phone : phones) {
      view.incident.account.identifiers.push_back(Phone(phone));
    }
    view.incident.account.order = order;
    auto is = sharing.Counts(view, known, {&buyer, 1});
    EXPECT_THAT(is, IsOk());
    return is.ok() && *is;
  };
  EXPECT_FALSE(counts({kKiosk}, ""));
  EXPECT_TRUE(counts({kKiosk, kOwnPhone}, ""));
  EXPECT_TRUE(counts({kKiosk}, buyer.id.hex() + "-0102"));
  EXPECT_TRUE(counts({kKiosk}, buyer.members[0].hex() + "-0102"));
  EXPECT_FALSE(counts({kKiosk}, std::string(32, '3') + "-0102"));
  EXPECT_FALSE(counts({"0812-3456-7999"}, ""));  // nobody asked about it
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

TEST_F(SharedIdentifierTest, WhicheverOfTheIdentifiersItIs) {
  Publish(a_, {kKiosk});
  Publish(b_, {kKiosk});
  Publish(a_, {kKiosk});
  for (const char* other : {"0812-3456-7889", kOwnPhone}) {  // before it and after it
    const Answer answer = Ask(c_, {other, kKiosk});
    EXPECT_EQ(answer.records.size(), 3u);
    for (const auto& record : answer.records) EXPECT_EQ(record.status, EntryStatus::kSetAside);
  }
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

// What the shop itself has recorded under an identifier that many people use.
class OwnRecordsTest : public SharedIdentifierTest {
 protected:
  // An unpaid order of the buyer of that name.
  void Sell(const std::string& name, std::vector<std::string> phones) {
    decision::OrderRow row;
    row.name = name;
    for (const std::string& phone : phones) row.identifiers.push_back(Phone(phone));
    std::sort(row.identifiers.begin(), row.identifiers.end());
    row.invoice = "A-" + std::to_string(++invoices_);
    const evidence::Date today = evidence::Date::Of(circle_.clock().Now());
    row.invoiced = today.PlusDays(-90);
    row.due = today.PlusDays(-60);
    row.amount = {450'000'000, *evidence::Currency::FromCode("IDR")};
    auto report = c_->book().ImportOrders({&row, 1});
    DAFTAR_ASSERT_OK(report);
    ASSERT_EQ(report->refused, 0u);
  }
  void MakeKioskManyPeoples() {
    for (const char* name : {"Sari", "Budi", "Wati", "Joko", "Rina", "Agus"}) Sell(name, {kKiosk});
  }
  int invoices_ = 0;
};

TEST_F(OwnRecordsTest, WhatManyPeoplesNumberAloneLeadsToIsLeftOutAndTold) {
  Sell("Sari", {kKiosk});
  Answer answer = Ask(c_, {kKiosk});
  EXPECT_EQ(answer.decision.verdict.rule, decision::Rule::kOpenDebt);
  EXPECT_THAT(answer.because[0], Not(HasSubstr("is left out")));
  MakeKioskManyPeoples();
  answer = Ask(c_, {kKiosk});
  EXPECT_EQ(answer.decision.verdict.effect, Effect::kAccept);
  EXPECT_EQ(answer.own.orders, 0u);
  EXPECT_THAT(answer.because[0], HasSubstr("recorded under an identifier that many people use"));
  EXPECT_THAT(answer.because[0], HasSubstr("is left out"));
  EXPECT_THAT(answer.because[1], HasSubstr("tidak dihitung"));
  EXPECT_THAT(answer.because[2], HasSubstr("tidak dikira"));
  EXPECT_EQ(c_->warnings().Waiting(), 1u);
  DAFTAR_ASSERT_OK(c_->warnings().Clear(c_.Caller(), Phone(kKiosk), "one firm").status());
  answer = Ask(c_, {kKiosk});
  EXPECT_GT(answer.decision.verdict.effect, Effect::kAccept);
  EXPECT_EQ(answer.own.orders, 7u);
  EXPECT_THAT(answer.because[0], Not(HasSubstr("is left out")));
}

TEST_F(OwnRecordsTest, ABuyerWhoIsKnownByAnotherNumberTooIsKnown) {
  Sell("Budi", {kKiosk, kOwnPhone});
  MakeKioskManyPeoples();
  EXPECT_EQ(Ask(c_, {kKiosk}).decision.verdict.effect, Effect::kAccept);
  for (const std::vector<std::string>& asked :
       {std::vector<std::string>{kOwnPhone}, std::vector<std::string>{kKiosk, kOwnPhone}}) {
    const Answer answer = Ask(c_, asked);
    EXPECT_GT(answer.decision.verdict.effect, Effect::kAccept);
    EXPECT_GT(answer.own.orders, 0u);
    EXPECT_THAT(answer.because[0], Not(HasSubstr("is left out")));
  }
}

TEST_F(OwnRecordsTest, AnIncidentUnderTheKiosksNumberIsNotTheNextBuyers) {
  auto filed = c_->ledger().Add(c_.Caller(), DepositUnsettled(kKiosk));
  DAFTAR_ASSERT_OK(filed);
  EXPECT_EQ(Ask(c_, {kKiosk}).decision.verdict.rule, decision::Rule::kOpenDebt);
  DAFTAR_ASSERT_OK(c_->warnings().Add(c_.Caller(), Phone(kKiosk), "the counter's").status());
  const Answer answer = Ask(c_, {kKiosk});
  EXPECT_EQ(answer.decision.verdict.effect, Effect::kAccept);
  ASSERT_EQ(answer.decision.weighed.incidents.size(), 1u);
  EXPECT_EQ(answer.decision.weighed.incidents[0].status, EntryStatus::kSetAside);
  EXPECT_THAT(answer.because[0], HasSubstr("is left out"));
  // What does not weigh anyway says why it does not.
  DAFTAR_ASSERT_OK(c_->ledger().Dispute(c_.Caller(), filed->incident.id, {}, "denied").status());
  EXPECT_EQ(Ask(c_, {kKiosk}).decision.weighed.incidents.at(0).status, EntryStatus::kDisputed);
  // The receipt holds it, and replays.
  auto stored = c_->receipts().Get(answer.receipt);
  DAFTAR_ASSERT_OK(stored);
  DAFTAR_EXPECT_OK(decision::CheckReplay(stored->record.body, *c_->policies().InForce()));
}

TEST_F(OwnRecordsTest, WhatOthersPublishDoesNotMakeTheShopForget) {
  DAFTAR_ASSERT_OK(c_->ledger().Add(c_.Caller(), DepositUnsettled(kKiosk)));
  for (int i = 0; i < 4; ++i) Publish(i % 2 == 0 ? a_ : b_, {kKiosk});
  const Answer answer = Ask(c_, {kKiosk});
  for (const auto& record : answer.records) EXPECT_EQ(record.status, EntryStatus::kSetAside);
  EXPECT_EQ(answer.decision.verdict.rule, decision::Rule::kOpenDebt);
}

}  // namespace
}  // namespace daftar::check
