// What a report gathers, from whole nodes.
#include "node/subject/reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::subject {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kPhone[] = "0812-3456-7890";
constexpr char kOther[] = "0812-3456-7891";

class ReportsTest : public ::testing::Test {
 protected:
  ReportsTest() { circle_.PairAll(); }
  ledger::IncidentId File(SimNode& node, ledger::NewIncident account) {
    auto view = node->ledger().Add(node.Caller(), account);
    EXPECT_THAT(view, IsOk());
    return view->incident.id;
  }
  ledger::IncidentId Share(SimNode& node, const std::string& phone) {
    const ledger::IncidentId id = File(node, DepositUnsettled(phone));
    EXPECT_THAT(node->ledger().Publish(node.Caller(), id), IsOk());
    circle_.Settle();
    return id;
  }
  book::NamedOrder Order(const std::string& phone, const std::string& invoice,
                         const std::string& invoiced) {
    book::NewOrder order;
    order.identifiers = {Phone(phone)};
    order.invoice = invoice;
    order.invoiced = Day(invoiced);
    order.due = Day(invoiced).PlusDays(14);
    order.amount = {10'000'000, *evidence::Currency::FromCode("IDR")};
    auto added = a_->book().AddOrder(a_.Caller(), order);
    EXPECT_THAT(added, IsOk());
    return *added;
  }
  Report Made(const std::string& phone = kPhone) {
    auto report = a_->subject_reports().Gather(Phone(phone));
    EXPECT_THAT(report, IsOk());
    return *std::move(report);
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
};

TEST_F(ReportsTest, OfANobodyItSaysThatNothingIsThereAndWhoWasAsked) {
  const Report report = Made();
  EXPECT_THAT(report.customers, IsEmpty());
  EXPECT_THAT(report.orders.items, IsEmpty());
  EXPECT_THAT(report.incidents.items, IsEmpty());
  EXPECT_THAT(report.decisions.items, IsEmpty());
  ASSERT_THAT(report.partners, SizeIs(2));
  for (const PartnerLog& log : report.partners) {
    EXPECT_EQ(log.answer.state, decision::PartnerState::kAnswered);
    EXPECT_THAT(log.entries, IsEmpty());
  }
  EXPECT_EQ(report.charter->name, "Demonstration circle");
}

// Whom the person is in the book is known by this one identifier; own records count by all of them.
TEST_F(ReportsTest, OwnRecordsAreThoseOfTheCustomerByWhicheverIdentifier) {
  const book::NamedOrder order = Order(kPhone, "17", "2026-09-01");
  const identity::Identifier more[] = {Phone(kOther)};
  DAFTAR_ASSERT_OK(a_->book().AddIdentifiers(a_.Caller(), order.customer, more));
  const ledger::IncidentId id = File(a_, DepositUnsettled(kOther));
  DAFTAR_ASSERT_OK(a_->checker().Check(a_.Caller(), {{Phone(kOther)}, {}}));
  const Report report = Made();
  ASSERT_THAT(report.customers, SizeIs(1));
  EXPECT_THAT(report.customers[0].identifiers, SizeIs(2));
  ASSERT_THAT(report.orders.items, SizeIs(1));
  EXPECT_EQ(report.orders.items[0].order.order.invoice, "17");
  EXPECT_EQ(report.orders.items[0].outcome, decision::OrderOutcome::kUnpaid);
  ASSERT_THAT(report.incidents.items, SizeIs(1));
  EXPECT_EQ(report.incidents.items[0].view.incident.id, id);
  EXPECT_FALSE(report.incidents.items[0].kept_until.has_value());  // it is not shared
  EXPECT_THAT(report.decisions.items, SizeIs(1));
}

// A clinic's telephone: by it staff file what is about others.
TEST_F(ReportsTest, AnotherIdentifierThatIsManyPeoplesLeadsToNoRecordsOfOthers) {
  const book::NamedOrder order = Order(kPhone, "17", "2026-09-01");
  const identity::Identifier clinic[] = {Phone(kOther)};
  DAFTAR_ASSERT_OK(a_->book().AddIdentifiers(a_.Caller(), order.customer, clinic));
  const ledger::IncidentId of_other = File(a_, DepositUnsettled(kOther));
  ledger::NewIncident account = DepositUnsettled(kOther);
  account.order = order.name;
  const ledger::IncidentId of_order = File(a_, account);
  Share(b_, kOther);
  DAFTAR_ASSERT_OK(a_->checker().Check(a_.Caller(), {{Phone(kOther)}, {}}));
  partners::NewRelay dispute;
  dispute.issuer = "toko-b.test";
  dispute.identifiers = {Phone(kOther)};
  DAFTAR_ASSERT_OK(a_->relayer().Relay(a_.Caller(), dispute, std::chrono::milliseconds(2000)));
  DAFTAR_ASSERT_OK(a_->allowlist().Add(a_.Caller(), clinic, "the doctor is a friend"));
  Report report = Made();
  EXPECT_THAT(report.incidents.items, SizeIs(2));
  EXPECT_THAT(report.decisions.items, SizeIs(1));
  EXPECT_THAT(report.passed_on.items, SizeIs(1));
  EXPECT_TRUE(report.allowed.has_value());
  // In review, as a check has found.
  const auto shared = a_->warnings().IsShared(Phone(kOther), 100, a_->charter());
  ASSERT_TRUE(shared.ok() && *shared);
  const auto has_none_of_others = [&](const Report& made) {
    ASSERT_THAT(made.orders.items, SizeIs(1));
    ASSERT_THAT(made.incidents.items, SizeIs(1));
    EXPECT_EQ(made.incidents.items[0].view.incident.id, of_order);
    EXPECT_THAT(made.decisions.items, IsEmpty());
    EXPECT_THAT(made.passed_on.items, IsEmpty());
    EXPECT_FALSE(made.allowed.has_value());
  };
  has_none_of_others(Made());
  DAFTAR_ASSERT_OK(a_->warnings().Add(a_.Caller(), Phone(kOther), "our own counter"));
  has_none_of_others(Made());
  // Asked about itself, by an operator who knows whom, it leads to all.
  report = Made(kOther);
  ASSERT_THAT(report.incidents.items, SizeIs(2));
  EXPECT_TRUE(report.incidents.items[0].view.incident.id == of_other ||
              report.incidents.items[1].view.incident.id == of_other);
}

TEST_F(ReportsTest, PartnersAreAskedAboutTheOneIdentifierThatWasProven) {
  const book::NamedOrder order = Order(kPhone, "17", "2026-09-01");
  const identity::Identifier more[] = {Phone(kOther)};
  DAFTAR_ASSERT_OK(a_->book().AddIdentifiers(a_.Caller(), order.customer, more));
  Share(b_, kOther);
  Share(c_, kPhone);
  const Report report = Made();
  ASSERT_THAT(report.partners, SizeIs(2));
  EXPECT_THAT(report.partners[0].entries, IsEmpty());
  EXPECT_THAT(report.partners[1].entries, SizeIs(1));
}

TEST_F(ReportsTest, APartnersEntryHasItsLastDayByTheCharterOfItsLog) {
  Share(b_, kPhone);
  const Report report = Made();
  ASSERT_THAT(report.partners[0].entries, SizeIs(1));
  const PartnerEntry& entry = report.partners[0].entries[0];
  EXPECT_EQ(entry.record.status, decision::EntryStatus::kLive);
  // 24 months after it occurred; the last day is the one before.
  EXPECT_EQ(entry.kept_until, Day("2028-09-30"));
  EXPECT_EQ(report.partners[0].name, b_->config().name);
}

TEST_F(ReportsTest, WhatAPartnerThatIsCutOffHoldsIsNotSaidToBeNothing) {
  Share(c_, kPhone);
  circle_.faults.cut = [](const std::string&, const std::string& called) {
    return called == "toko-c.test";
  };
  const Report report = Made();
  EXPECT_EQ(report.partners[0].answer.state, decision::PartnerState::kAnswered);
  EXPECT_EQ(report.partners[1].answer.state, decision::PartnerState::kNotChecked);
  EXPECT_EQ(report.partners[1].answer.error, "unreachable");
}

TEST_F(ReportsTest, OfASharedIncidentItSaysSinceWhenUntilWhenAndWhoHasIt) {
  Share(a_, kPhone);
  circle_.faults.alter_notes = [](const std::string& from, const std::string& to, auto&) {
    return from != "toko-c.test" && to != "toko-c.test";
  };
  const ledger::IncidentId id = Made().incidents.items[0].view.incident.id;
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id, {}, "paid"));
  circle_.Settle();
  const Report report = Made();
  ASSERT_THAT(report.incidents.items, SizeIs(1));
  const OwnIncident& own = report.incidents.items[0];
  EXPECT_EQ(own.kept_until, Day("2028-09-30"));
  ASSERT_THAT(own.arrivals, SizeIs(3));
  EXPECT_THAT(own.arrivals[0], IsEmpty());  // filing it goes to nobody
  ASSERT_THAT(own.arrivals[1], SizeIs(2));
  EXPECT_TRUE(own.arrivals[1][1].applied_at.has_value());
  ASSERT_THAT(own.arrivals[2], SizeIs(2));
  EXPECT_TRUE(own.arrivals[2][0].applied_at.has_value());
  EXPECT_FALSE(own.arrivals[2][1].applied_at.has_value());
}

TEST_F(ReportsTest, WhoWasToldIsNamedAlsoOnceItIsSuspendedOrRemoved) {
  using partners::PartnerStatus;
  const ledger::IncidentId id = Share(a_, kPhone);
  circle_.faults.alter_notes = [](const std::string& from, const std::string& to, auto&) {
    return from != "toko-c.test" && to != "toko-c.test";
  };
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), id, {}, "paid"));
  circle_.Settle();
  DAFTAR_ASSERT_OK(
      a_->registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kSuspended, "in doubt"));
  DAFTAR_ASSERT_OK(
      a_->registry().SetStatus(a_.Caller(), "toko-c.test", PartnerStatus::kRemoved, "closed"));
  DAFTAR_ASSERT_OK(a_->followers().Refresh());
  const Report report = Made();
  ASSERT_THAT(report.incidents.items, SizeIs(1));
  const OwnIncident& own = report.incidents.items[0];
  ASSERT_THAT(own.arrivals, SizeIs(3));
  ASSERT_THAT(own.arrivals[1], SizeIs(2));
  EXPECT_EQ(own.arrivals[1][0].origin, "toko-b.test");
  EXPECT_EQ(own.arrivals[1][0].status, PartnerStatus::kSuspended);
  EXPECT_EQ(own.arrivals[1][1].origin, "toko-c.test");
  EXPECT_EQ(own.arrivals[1][1].status, PartnerStatus::kRemoved);
  EXPECT_TRUE(own.arrivals[1][1].applied_at.has_value());
  // C has never stated that it has the settlement.
  ASSERT_THAT(own.arrivals[2], SizeIs(1));
  EXPECT_EQ(own.arrivals[2][0].origin, "toko-b.test");
  EXPECT_TRUE(own.arrivals[2][0].applied_at.has_value());
}

TEST_F(ReportsTest, ToWhomProofWasHandedIsSaid) {
  const ledger::IncidentId id = File(a_, DepositUnsettled(kPhone));
  auto upload = a_->proofs().Begin(a_.Caller(), {id, evidence::ProofKind::kInvoice, "scan"});
  DAFTAR_ASSERT_OK(upload);
  DAFTAR_ASSERT_OK((*upload)->Append(crypto::AsBytes("an invoice, as text")));
  DAFTAR_ASSERT_OK((*upload)->Finish());
  DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), id));
  circle_.Settle();
  const identity::Identifier buyer = Phone(kPhone);
  check::Question question;
  question.identifiers = {buyer};
  auto found = b_->checker().Check(b_.Caller(), question);
  DAFTAR_ASSERT_OK(found);
  ASSERT_EQ(found->records.size(), 1u);
  auto asked = b_->proof_requests().Ask(b_.Caller(), "toko-a.test", found->records[0].index,
                                        std::span(&buyer, 1), "a large order");
  DAFTAR_ASSERT_OK(asked);
  EXPECT_THAT(Made().incidents.items.at(0).handed_out, IsEmpty());  // nobody has decided
  auto waiting = a_->disclosures().List(true, 10, {});
  DAFTAR_ASSERT_OK(waiting);
  DAFTAR_ASSERT_OK(a_->disclosures().Disclose(a_.Caller(), waiting->requests.at(0).id, {}, "yes"));
  const Report report = Made();
  ASSERT_THAT(report.incidents.items, SizeIs(1));
  ASSERT_THAT(report.incidents.items[0].handed_out, SizeIs(1));
  EXPECT_EQ(report.incidents.items[0].handed_out[0].partner, "toko-b.test");
  EXPECT_THAT(report.incidents.items[0].handed_out[0].files, SizeIs(1));
  EXPECT_THAT(report.incidents.items[0].handed_out[0].fetched, IsEmpty());
}

// Asked for by whichever identifier the check was made with.
TEST_F(ReportsTest, ProofThatWasAskedForAndGotIsSaid) {
  const book::NamedOrder order = Order(kPhone, "17", "2026-09-01");
  const identity::Identifier more[] = {Phone(kOther)};
  DAFTAR_ASSERT_OK(a_->book().AddIdentifiers(a_.Caller(), order.customer, more));
  const ledger::IncidentId id = File(b_, DepositUnsettled(kOther));
  auto upload = b_->proofs().Begin(b_.Caller(), {id, evidence::ProofKind::kInvoice, "scan"});
  DAFTAR_ASSERT_OK(upload);
  DAFTAR_ASSERT_OK((*upload)->Append(crypto::AsBytes("an invoice, as text")));
  DAFTAR_ASSERT_OK((*upload)->Finish());
  DAFTAR_ASSERT_OK(b_->ledger().Publish(b_.Caller(), id));
  circle_.Settle();
  auto found = a_->checker().Check(a_.Caller(), {{Phone(kOther)}, {}});
  DAFTAR_ASSERT_OK(found);
  const uint64_t index = found->records.at(0).index;
  auto asked = a_->proof_requests().Ask(a_.Caller(), "toko-b.test", index, more, "a large order");
  DAFTAR_ASSERT_OK(asked);
  Report report = Made();
  ASSERT_THAT(report.asked_proof.items, SizeIs(1));
  EXPECT_EQ(report.asked_proof.items[0].state, partners::AskedProofState::kWaiting);
  EXPECT_THAT(report.partners[0].entries, IsEmpty());  // asked about the one identifier alone
  auto waiting = b_->disclosures().List(true, 10, {});
  DAFTAR_ASSERT_OK(waiting);
  DAFTAR_ASSERT_OK(b_->disclosures().Disclose(b_.Caller(), waiting->requests.at(0).id, {}, "yes"));
  DAFTAR_ASSERT_OK(a_->proof_requests().Fetch(asked->id));
  report = Made(kOther);
  ASSERT_THAT(report.asked_proof.items, SizeIs(1));
  EXPECT_EQ(report.asked_proof.items[0].issuer, "toko-b.test");
  EXPECT_EQ(report.asked_proof.items[0].report, index);
  EXPECT_EQ(report.asked_proof.items[0].state, partners::AskedProofState::kFetched);
  EXPECT_THAT(report.asked_proof.items[0].files, SizeIs(1));
  EXPECT_THAT(Made("0812-3456-0001").asked_proof.items, IsEmpty());
}

TEST_F(ReportsTest, ObjectionsThatWerePassedOnAreSaid) {
  Share(b_, kPhone);
  Share(b_, kOther);  // of somebody else
  for (const char* phone : {kPhone, kOther}) {
    partners::NewRelay dispute;
    dispute.issuer = "toko-b.test";
    dispute.identifiers = {Phone(phone)};
    DAFTAR_ASSERT_OK(a_->relayer().Relay(a_.Caller(), dispute, std::chrono::milliseconds(2000)));
  }
  Report report = Made();
  ASSERT_THAT(report.passed_on.items, SizeIs(1));
  EXPECT_EQ(report.passed_on.items[0].relay.statement.issuer, "toko-b.test");
  EXPECT_EQ(report.passed_on.items[0].relay.statement.index,
            report.partners[0].entries.at(0).record.index);
  EXPECT_EQ(report.passed_on.items[0].state(), "waiting");
  circle_.Settle();
  EXPECT_EQ(Made().passed_on.items.at(0).state(), "disputed");
  EXPECT_THAT(Made("0812-3456-0001").passed_on.items, IsEmpty());
}

TEST_F(ReportsTest, OfPartnersThatAreNotActiveItSaysWhatTheirCopiesTell) {
  Share(b_, kPhone);
  Share(c_, kPhone);
  Made();  // what finds them is kept from now on
  using partners::PartnerStatus;
  DAFTAR_ASSERT_OK(
      a_->registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kSuspended, "in doubt"));
  DAFTAR_ASSERT_OK(
      a_->registry().SetStatus(a_.Caller(), "toko-c.test", PartnerStatus::kRemoved, "closed"));
  DAFTAR_ASSERT_OK(a_->followers().Refresh());
  const Report report = Made();
  ASSERT_THAT(report.partners, SizeIs(2));
  EXPECT_EQ(report.partners[0].pairing, PartnerStatus::kSuspended);
  EXPECT_EQ(report.partners[1].pairing, PartnerStatus::kRemoved);
  for (const PartnerLog& log : report.partners) {
    EXPECT_NE(log.answer.state, decision::PartnerState::kNotChecked);
    ASSERT_THAT(log.entries, SizeIs(1));
    EXPECT_EQ(log.entries[0].record.status, decision::EntryStatus::kSetAside);
  }
  // Of whom nothing was ever looked up there, nothing is said to be known.
  const Report other = Made(kOther);
  ASSERT_THAT(other.partners, SizeIs(2));
  EXPECT_EQ(other.partners[0].answer.state, decision::PartnerState::kNotChecked);
  EXPECT_THAT(other.partners[0].entries, IsEmpty());
}

TEST_F(ReportsTest, WhatWasWithdrawnIsKeptNoLongerThanUntilItsErasure) {
  const ledger::IncidentId id = Share(a_, kPhone);
  DAFTAR_ASSERT_OK(
      a_->ledger().Withdraw(a_.Caller(), id, evidence::WithdrawalGround::kMistake, "mixed up"));
  circle_.Settle();
  EXPECT_EQ(Made().incidents.items[0].kept_until, Day("2026-11-03"));  // 48 h
}

TEST_F(ReportsTest, WhatIsErasedIsNotThere) {
  Order(kPhone, "17", "2026-09-01");
  DAFTAR_ASSERT_OK(a_->checker().Check(a_.Caller(), {{Phone(kPhone)}, {}}));
  const ledger::IncidentId id = Share(a_, kPhone);
  DAFTAR_ASSERT_OK(a_->ledger().Erase(a_.Caller(), id, evidence::ErasureGround::kRequest, "asked"));
  circle_.Settle();
  circle_.clock().Advance(60);
  circle_.Settle();
  EXPECT_THAT(Made().incidents.items, IsEmpty());
}

TEST_F(ReportsTest, OfManyItHasTheNewestAndSaysThatThereAreMore) {
  for (size_t i = 0; i <= kMaxReportOrders; ++i) {
    Order(kPhone, std::to_string(i), i == 0 ? "2026-01-01" : "2026-02-01");
  }
  for (size_t i = 0; i <= kMaxReportIncidents; ++i) {
    circle_.clock().Advance(1);
    File(a_, DepositUnsettled(kPhone));
  }
  for (size_t i = 0; i <= kMaxReportDecisions; ++i) {
    circle_.clock().Advance(1);
    DAFTAR_ASSERT_OK(a_->checker().Check(a_.Caller(), {{Phone(kPhone)}, {}}));
  }
  const Report report = Made();
  ASSERT_THAT(report.orders.items, SizeIs(kMaxReportOrders));
  EXPECT_TRUE(report.orders.more);
  EXPECT_EQ(report.orders.items.back().order.order.invoiced, Day("2026-02-01"));
  ASSERT_THAT(report.incidents.items, SizeIs(kMaxReportIncidents));
  EXPECT_TRUE(report.incidents.more);
  EXPECT_GT(report.incidents.items.front().view.incident.added_at,
            report.incidents.items.back().view.incident.added_at);
  ASSERT_THAT(report.decisions.items, SizeIs(kMaxReportDecisions));
  EXPECT_TRUE(report.decisions.more);
  EXPECT_EQ(report.decisions.items.front().at, circle_.clock().Now());
}

TEST_F(ReportsTest, ADecisionThatAPersonChangedSaysSo) {
  auto answer = a_->checker().Check(a_.Caller(), {{Phone(kPhone)}, {}});
  DAFTAR_ASSERT_OK(answer);
  DAFTAR_ASSERT_OK(a_->outcomes().OverrideDecision(a_.Caller(), answer->receipt,
                                                   decision::Effect::kDecline, "known here"));
  const Report report = Made();
  ASSERT_THAT(report.decisions.items, SizeIs(1));
  EXPECT_EQ(report.decisions.items[0].effect, decision::Effect::kAccept);
  EXPECT_EQ(report.decisions.items[0].overridden_to, decision::Effect::kDecline);
}

}  // namespace
}  // namespace daftar::subject
