// The report about a person, as a client of the local API gets it.
#include "node/service/subject_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/service/book_handlers.h"
#include "node/service/convert_subject.h"
#include "node/service/incident_handlers.h"
#include "node/service/shop_handlers.h"
#include "storage/audit.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPhone[] = "0812-3456-7890";

class SubjectHandlersTest : public ::testing::Test {
 protected:
  SubjectHandlersTest() { circle_.PairAll(); }
  std::string RequestId() { return "request-" + std::to_string(++requests_); }
  absl::StatusOr<v1::MakeCodeResponse> Code(const Actor& actor, const std::string& language = "") {
    v1::MakeCodeRequest request;
    request.set_request_id(RequestId());
    request.mutable_identifier()->set_phone(kPhone);
    request.set_language(language);
    return subject_.MakeCode(actor, request);
  }
  v1::GetReportRequest Asked() {
    v1::GetReportRequest request;
    request.set_request_id(RequestId());
    request.mutable_identifier()->set_phone(kPhone);
    return request;
  }
  v1::SubjectReport Report(const std::string& language = "") {
    v1::GetReportRequest request = Asked();
    auto code = Code(staff_);
    EXPECT_THAT(code, IsOk());
    request.set_code(code->code());
    request.set_language(language);
    auto report = subject_.GetReport(staff_, request);
    EXPECT_THAT(report, IsOk());
    return report.ok() ? report->report() : v1::SubjectReport();
  }
  ledger::IncidentId File(SimNode& node, const ledger::NewIncident& account) {
    auto view = node->ledger().Add(node.Caller(), account);
    EXPECT_THAT(view, IsOk());
    return view->incident.id;
  }
  void Share(SimNode& node, const ledger::IncidentId& id) {
    EXPECT_THAT(node->ledger().Publish(node.Caller(), id), IsOk());
    circle_.Settle();
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
  SubjectHandlers subject_{*a_};
  ShopHandlers shop_{*a_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  const Actor remote_operator_{"user:ops", Roles{Role::kOperator}};
  const Actor operator_{"uid:1000", Roles{Role::kOperator}};
  const Actor local_manager_{"uid:1001", Roles{Role::kManager}};
  int requests_ = 0;
};

TEST_F(SubjectHandlersTest, TheMessageHasShopCodeAndTimeInThePersonsLanguage) {
  auto code = Code(staff_, "id");
  DAFTAR_ASSERT_OK(code);
  EXPECT_THAT(code->message(), HasSubstr(a_->config().name + ": kode Anda adalah " + code->code()));
  EXPECT_THAT(code->message(), HasSubstr("sampai 2 November 2026, 00:00 UTC"));
  EXPECT_EQ(code->valid_until(), "2026-11-02T00:00:00.000Z");
  EXPECT_EQ(code->identifier(), "+62*******7890");
  EXPECT_THAT(Code(staff_, "xx"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(SubjectHandlersTest, WithoutACodeOnlyAnOperatorOnTheSocketWithAReason) {
  v1::GetReportRequest request = Asked();
  EXPECT_THAT(subject_.GetReport(operator_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("one of the two")));
  request.set_without_code(true);
  request.set_because("came in with her passport");
  for (const Actor& actor : {staff_, local_manager_, remote_operator_}) {
    EXPECT_THAT(subject_.GetReport(actor, request),
                StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("own socket")))
        << actor.name;
  }
  EXPECT_THAT(subject_.GetReport(operator_, request), IsOk());
  request = Asked();
  request.set_without_code(true);
  EXPECT_THAT(subject_.GetReport(operator_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("why")));
  // What was refused is not on the record, and what was given is.
  auto page = storage::ReadAudit(a_->store(), a_->vault(), {.limit = 100});
  DAFTAR_ASSERT_OK(page);
  int reports = 0;
  for (const storage::AuditRow& row : page->rows) reports += row.action == "subject.report" ? 1 : 0;
  EXPECT_EQ(reports, 1);
}

TEST_F(SubjectHandlersTest, AWrongCodeGetsNothingAndIsNotSaidBack) {
  DAFTAR_ASSERT_OK(Code(staff_));
  v1::GetReportRequest request = Asked();
  request.set_code("0000-0000");
  EXPECT_THAT(subject_.GetReport(staff_, request),
              StatusIs(absl::StatusCode::kPermissionDenied, Not(HasSubstr("0000"))));
}

TEST_F(SubjectHandlersTest, ItHasTheShopsOwnAccountAndNoNameOfStaff) {
  v1::AddIncidentRequest filed;
  filed.set_request_id(RequestId());
  filed.set_reason("deposit-unsettled");
  filed.add_identifiers()->set_phone(kPhone);
  filed.add_identifiers()->set_email("sari@gmail.com");
  filed.mutable_amount()->set_minor(450'000'000);
  filed.mutable_amount()->set_currency("IDR");
  filed.set_occurred("2026-10-01");
  filed.set_note("<b>said \"tomorrow\"</b>");
  filed.add_mitigations("told-in-time");
  auto added = shop_.AddIncident(staff_, filed);
  DAFTAR_ASSERT_OK(added);
  DAFTAR_ASSERT_OK(a_->ledger().Dispute(a_.Caller(),
                                        *ledger::IncidentId::FromHexText(added->incident().id()),
                                        {}, "says it was paid in cash"));
  const v1::SubjectReport report = Report();
  EXPECT_EQ(report.identifier(), "+6281234567890");
  EXPECT_EQ(report.shop(), a_->config().name);
  ASSERT_EQ(report.incidents_size(), 1);
  const v1::SubjectIncident& incident = report.incidents(0);
  EXPECT_EQ(incident.reason(), "deposit-unsettled");
  EXPECT_EQ(incident.amount().minor(), 450'000'000u);
  EXPECT_EQ(incident.note(), "<b>said \"tomorrow\"</b>");
  EXPECT_EQ(incident.disputed_by(), "person");
  EXPECT_EQ(incident.disputed_on(), "2026-11-01");
  EXPECT_EQ(incident.shared_since(), "");
  EXPECT_TRUE(incident.shareable());
  ASSERT_EQ(incident.changes_size(), 2);
  EXPECT_EQ(incident.changes(1).because(), "says it was paid in cash");
  EXPECT_FALSE(incident.changes(1).by_node());
  ASSERT_EQ(incident.mitigations_size(), 1);
  EXPECT_THAT(report.DebugString(), Not(HasSubstr("siti")));
}

TEST_F(SubjectHandlersTest, OtherIdentifiersOfTheCustomerAreMasked) {
  BookHandlers book(*a_);
  v1::AddCustomerRequest customer;
  customer.set_request_id(RequestId());
  customer.set_name("Ibu Sari");
  customer.add_identifiers()->set_phone(kPhone);
  customer.add_identifiers()->set_email("sari@gmail.com");
  DAFTAR_ASSERT_OK(shop_.AddCustomer(staff_, customer));
  const v1::SubjectReport report = Report();
  ASSERT_EQ(report.customers_size(), 1);
  EXPECT_EQ(report.customers(0).name(), "Ibu Sari");
  ASSERT_EQ(report.customers(0).other_identifiers_size(), 1);
  EXPECT_EQ(report.customers(0).other_identifiers(0), "s***@g***.com");
  EXPECT_THAT(report.DebugString(), Not(HasSubstr("sari@")));
}

TEST_F(SubjectHandlersTest, TwoPartnersOfWhichOneIsCutOff) {
  Share(b_, File(b_, DepositUnsettled(kPhone)));
  Share(c_, File(c_, DepositUnsettled(kPhone)));
  Share(a_, File(a_, DepositUnsettled(kPhone)));
  circle_.faults.cut = [](const std::string&, const std::string& called) {
    return called == "toko-c.test";
  };
  const v1::SubjectReport report = Report();
  ASSERT_EQ(report.partners_size(), 2);
  EXPECT_EQ(report.partners(0).origin(), "toko-b.test");
  ASSERT_EQ(report.partners(0).entries_size(), 1);
  const v1::SubjectEntry& entry = report.partners(0).entries(0);
  EXPECT_EQ(entry.status(), "live");
  EXPECT_THAT(entry.reported_at(), StartsWith("2026-11-01T"));
  EXPECT_EQ(entry.kept_until(), "2028-09-30");
  EXPECT_EQ(report.partners(1).state(), v1::PARTNER_STATE_NOT_CHECKED);
  EXPECT_EQ(report.partners(1).error(), "unreachable");
  ASSERT_EQ(report.incidents_size(), 1);
  EXPECT_THAT(report.incidents(0).shared_since(), StartsWith("2026-11-01T"));
  EXPECT_EQ(report.incidents(0).kept_until(), "2028-09-30");
  ASSERT_EQ(report.incidents(0).changes(1).copies_size(), 2);
  EXPECT_NE(report.incidents(0).changes(1).copies(0).applied_at(), "");
}

TEST_F(SubjectHandlersTest, OfWhoWasToldItSaysWhatThePartnerIsNow) {
  Share(a_, File(a_, DepositUnsettled(kPhone)));
  DAFTAR_ASSERT_OK(a_->registry().SetStatus(a_.Caller(), "toko-c.test",
                                            partners::PartnerStatus::kRemoved, "closed"));
  DAFTAR_ASSERT_OK(a_->followers().Refresh());
  const v1::SubjectReport report = Report();
  ASSERT_EQ(report.incidents_size(), 1);
  const v1::SubjectChange& shared = report.incidents(0).changes(1);
  ASSERT_EQ(shared.copies_size(), 2);
  EXPECT_EQ(shared.copies(0).pairing(), "active");
  EXPECT_EQ(shared.copies(1).partner(), "toko-c.test");
  EXPECT_NE(shared.copies(1).applied_at(), "");
  EXPECT_EQ(shared.copies(1).pairing(), "removed");
}

TEST_F(SubjectHandlersTest, ADisputeThatAPartnerPassedOnIsToldAsOne) {
  Share(a_, File(a_, DepositUnsettled(kPhone)));
  circle_.clock().Advance(60);
  partners::NewRelay dispute;
  dispute.issuer = a_.origin();
  dispute.identifiers = {daftar::testing::Phone(kPhone)};
  EXPECT_THAT(b_->relayer().Relay(b_.Caller(), dispute, std::chrono::milliseconds(2000)), IsOk());
  circle_.Settle();
  const v1::SubjectReport report = Report();
  ASSERT_EQ(report.incidents_size(), 1);
  const v1::SubjectIncident& incident = report.incidents(0);
  EXPECT_EQ(incident.disputed_by(), "partner");
  const v1::SubjectChange& disputed = incident.changes(incident.changes_size() - 1);
  EXPECT_EQ(disputed.action(), "disputed");
  EXPECT_TRUE(disputed.through_partner());
  EXPECT_FALSE(disputed.by_node());
  EXPECT_FALSE(incident.changes(0).through_partner());
}

TEST_F(SubjectHandlersTest, OfWhatIsBeingErasedOnlyThatAndWhenIsSaid) {
  const ledger::IncidentId id = File(a_, DepositUnsettled(kPhone));
  Share(a_, id);
  DAFTAR_ASSERT_OK(
      a_->ledger().Erase(a_.Caller(), id, evidence::ErasureGround::kRequest, "her own words"));
  const v1::SubjectReport report = Report();
  ASSERT_EQ(report.incidents_size(), 1);
  const v1::SubjectIncident& incident = report.incidents(0);
  EXPECT_TRUE(incident.erased());
  EXPECT_FALSE(incident.has_amount());
  EXPECT_EQ(incident.occurred(), "");
  EXPECT_EQ(incident.changes(incident.changes_size() - 1).action(), "erased");
  EXPECT_THAT(report.DebugString(), Not(HasSubstr("her own words")));
}

TEST_F(SubjectHandlersTest, TheSentenceOfADecisionIsInTheLanguageAskedFor) {
  v1::CheckRequest check;
  check.set_request_id(RequestId());
  check.add_identifiers()->set_phone(kPhone);
  DAFTAR_ASSERT_OK(shop_.Check(staff_, check));
  const v1::SubjectReport report = Report("ms");
  ASSERT_EQ(report.decisions_size(), 1);
  EXPECT_EQ(report.decisions(0).effect(), v1::EFFECT_ACCEPT);
  EXPECT_THAT(report.decisions(0).because(), HasSubstr("rakan kongsi"));
}

TEST_F(SubjectHandlersTest, OfManyChangesItHasTheNewest) {
  const ledger::IncidentId id = File(a_, DepositUnsettled(kPhone));
  for (size_t change = 0; change < kMaxSubjectChanges; ++change) {
    ledger::Correction correction;
    correction.amount = evidence::Money{100 + change, *evidence::Currency::FromCode("IDR")};
    DAFTAR_ASSERT_OK(a_->ledger().Correct(a_.Caller(), id, correction, std::to_string(change)));
  }
  const v1::SubjectReport report = Report();
  ASSERT_EQ(report.incidents_size(), 1);
  ASSERT_EQ(report.incidents(0).changes_size(), static_cast<int>(kMaxSubjectChanges));
  EXPECT_EQ(report.incidents(0).changes(0).because(), "0");  // that it was filed is left out
  EXPECT_TRUE(report.incidents(0).more_changes());
}

// Whoever holds a shared number would read what is held about another.
TEST_F(SubjectHandlersTest, ACodeIsForAnIdentifierOfOnePerson) {
  const auto refused = StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("without a code"));
  const identity::Identifier phone = daftar::testing::Phone(kPhone);
  auto code = Code(staff_);
  DAFTAR_ASSERT_OK(code);
  v1::GetReportRequest with = Asked();
  with.set_code(code->code());
  DAFTAR_ASSERT_OK(a_->warnings().Add(a_.Caller(), phone, "the shop's own"));
  EXPECT_THAT(Code(staff_), refused);
  EXPECT_THAT(subject_.GetReport(staff_, with), refused);
  DAFTAR_ASSERT_OK(a_->warnings().Remove(a_.Caller(), phone, "sold"));
  // Many people's, as a check has found.
  ASSERT_THAT(a_->warnings().IsShared(phone, 100, a_->charter()),
              daftar::testing::IsOkAndHolds(true));
  EXPECT_THAT(Code(staff_), refused);
  EXPECT_THAT(subject_.GetReport(staff_, with), refused);
  v1::GetReportRequest without = Asked();
  without.set_without_code(true);
  without.set_because("came in with her passport");
  auto report = subject_.GetReport(operator_, without);
  DAFTAR_ASSERT_OK(report);
  EXPECT_EQ(report->report().warning().kind(), "review");
  DAFTAR_ASSERT_OK(a_->warnings().Clear(a_.Caller(), phone, "one family of one"));
  EXPECT_THAT(subject_.GetReport(staff_, with), IsOk());  // the code was not used up
  // By the customer's other identifiers, others' records may have come to it.
  v1::AddCustomerRequest customer;
  customer.set_request_id(RequestId());
  customer.set_name("Ibu Sari");
  customer.add_identifiers()->set_phone(kPhone);
  customer.add_identifiers()->set_email("sari@gmail.com");
  DAFTAR_ASSERT_OK(shop_.AddCustomer(staff_, customer));
  const auto other_refused =
      StatusIs(absl::StatusCode::kFailedPrecondition,
               ::testing::AllOf(HasSubstr("another (email)"), HasSubstr("daftar warning list"),
                                HasSubstr("--without-code"), Not(HasSubstr("sari"))));
  const identity::Identifier email = *identity::Normalise(
      identity::IdentifierType::kEmail, "sari@gmail.com", identity::Region::kIndonesia);
  code = Code(staff_);
  DAFTAR_ASSERT_OK(code);
  with = Asked();
  with.set_code(code->code());
  DAFTAR_ASSERT_OK(a_->warnings().Add(a_.Caller(), email, "the shop's own"));
  EXPECT_THAT(Code(staff_), other_refused);
  EXPECT_THAT(subject_.GetReport(staff_, with), other_refused);
  DAFTAR_ASSERT_OK(a_->warnings().Remove(a_.Caller(), email, "sold"));
  ASSERT_THAT(a_->warnings().IsShared(email, 100, a_->charter()),
              daftar::testing::IsOkAndHolds(true));
  EXPECT_THAT(Code(staff_), other_refused);
  EXPECT_THAT(subject_.GetReport(staff_, with), other_refused);
  DAFTAR_ASSERT_OK(a_->warnings().Clear(a_.Caller(), email, "one family of one"));
  EXPECT_THAT(subject_.GetReport(staff_, with), IsOk());
}

TEST_F(SubjectHandlersTest, WhatWasAskedOfPartnersAndPassedOnIsInIt) {
  const ledger::IncidentId id = File(b_, DepositUnsettled(kPhone));
  auto upload = b_->proofs().Begin(b_.Caller(), {id, evidence::ProofKind::kInvoice, "scan"});
  DAFTAR_ASSERT_OK(upload);
  DAFTAR_ASSERT_OK((*upload)->Append(crypto::AsBytes("an invoice, as text")));
  DAFTAR_ASSERT_OK((*upload)->Finish());
  Share(b_, id);
  EXPECT_EQ(Report().asked_proof_size(), 0);
  const identity::Identifier buyer = daftar::testing::Phone(kPhone);
  auto asked = a_->proof_requests().Ask({"user:siti", "ask"}, "toko-b.test", 2,
                                        std::span(&buyer, 1), "a large order");
  DAFTAR_ASSERT_OK(asked);
  auto waiting = b_->disclosures().List(true, 10, {});
  DAFTAR_ASSERT_OK(waiting);
  DAFTAR_ASSERT_OK(b_->disclosures().Disclose(b_.Caller(), waiting->requests.at(0).id, {}, "yes"));
  DAFTAR_ASSERT_OK(a_->proof_requests().Fetch(asked->id));
  partners::NewRelay dispute;
  dispute.issuer = "toko-b.test";
  dispute.identifiers = {buyer};
  DAFTAR_ASSERT_OK(
      a_->relayer().Relay({"user:siti", "relay"}, dispute, std::chrono::milliseconds(2000)));
  const v1::SubjectReport report = Report();
  ASSERT_EQ(report.asked_proof_size(), 1);
  EXPECT_EQ(report.asked_proof(0).partner(), "toko-b.test");
  EXPECT_EQ(report.asked_proof(0).state(), "fetched");
  EXPECT_EQ(report.asked_proof(0).kinds(0), "invoice");
  EXPECT_THAT(report.asked_proof(0).kept_until(), StartsWith("2026-12-01T"));
  ASSERT_EQ(report.passed_on_size(), 1);
  EXPECT_EQ(report.passed_on(0).log_index(), 2u);
  EXPECT_EQ(report.passed_on(0).state(), "waiting");
  EXPECT_EQ(report.passed_on(0).disputed_on(), "2026-11-01");
  EXPECT_EQ(report.partners(0).pairing(), "active");
  EXPECT_THAT(report.DebugString(), Not(HasSubstr("siti")));
}

// A report that no message can carry is worth nothing; what is left out is the oldest, and said.
TEST(KeepWithinTest, AReportThatIsTooLongLeavesTheOldestIncidentsOut) {
  v1::SubjectReport report;
  for (int i = 0; i < 10; ++i) {
    v1::SubjectIncident& incident = *report.add_incidents();
    incident.set_id(std::to_string(i));
    incident.set_note(std::string(1000, 'n'));
  }
  KeepWithin(20'000, report);
  EXPECT_EQ(report.incidents_size(), 10);
  EXPECT_FALSE(report.more_incidents());
  KeepWithin(5'500, report);
  EXPECT_LE(report.ByteSizeLong(), 5'500u);
  ASSERT_EQ(report.incidents_size(), 5);
  EXPECT_EQ(report.incidents(4).id(), "4");
  EXPECT_TRUE(report.more_incidents());
}

}  // namespace
}  // namespace daftar::service
