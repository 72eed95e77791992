// The catalogue of reasons, and what would become of an incident.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "node/service/shop_handlers.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

std::string CharterWithHoldAndProof() {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string section = "[reasons.deposit-unsettled]\n";
  return text.insert(text.find(section) + section.size(),
                     "hold_hours = 168\nsecond_person = true\nproof = [\"invoice\"]\n");
}

class PreviewIncidentTest : public ::testing::Test {
 protected:
  v1::AddIncidentRequest Account(const std::string& reason = "deposit-unsettled") {
    v1::AddIncidentRequest request;
    request.set_request_id("request-" + std::to_string(++requests_));
    request.set_reason(reason);
    request.add_identifiers()->set_phone("0812-3456-7890");
    request.mutable_amount()->set_minor(450'000'000);
    request.mutable_amount()->set_currency("IDR");
    request.set_occurred("2026-10-01");
    request.set_told_on("2026-10-02");
    return request;
  }
  v1::PreviewIncidentResponse Of(const v1::PreviewIncidentRequest& request) {
    auto previewed = shop_.PreviewIncident(staff_, request);
    EXPECT_TRUE(previewed.ok()) << previewed.status();
    return *std::move(previewed);
  }
  static std::map<std::string, std::string> Values(const v1::PreviewIncidentResponse& previewed) {
    std::map<std::string, std::string> values;
    for (const v1::SharedFact& fact : previewed.shared()) values[fact.name()] = fact.value();
    return values;
  }

  SimCircle circle_{1'793'491'200, CharterWithHoldAndProof()};
  SimNode& node_ = circle_.Add("toko-a.test");
  ShopHandlers shop_{*node_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  int requests_ = 0;
};

TEST_F(PreviewIncidentTest, ProofThatIsMissingIsToldUntilItIsNamedAndNothingIsKept) {
  v1::PreviewIncidentRequest request;
  *request.mutable_incident() = Account();
  const v1::PreviewIncidentResponse without = Of(request);
  EXPECT_THAT(without.missing(), ::testing::Contains(HasSubstr("invoice")));
  request.add_proofs("invoice");
  const v1::PreviewIncidentResponse with = Of(request);
  EXPECT_THAT(with.missing(), Not(::testing::Contains(HasSubstr("invoice"))));
  EXPECT_NE(Values(without)["proof"], Values(with)["proof"]);
  auto listed = shop_.ListIncidents(staff_, {});
  DAFTAR_ASSERT_OK(listed);
  EXPECT_EQ(listed->incidents_size(), 0);
  request.set_proofs(0, "hearsay");
  EXPECT_THAT(shop_.PreviewIncident(staff_, request), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(PreviewIncidentTest, FactsAreAllThatPartnersReadAndNeverTheNumber) {
  v1::PreviewIncidentRequest request;
  *request.mutable_incident() = Account();
  request.mutable_incident()->set_note("lives next to the mosque");
  const v1::PreviewIncidentResponse english = Of(request);
  std::map<std::string, std::string> values = Values(english);
  EXPECT_EQ(values["shop"], "toko-a.test");
  EXPECT_EQ(values["amount"], "IDR 4,500,000");
  EXPECT_EQ(values["occurred"], "1 October 2026");
  EXPECT_EQ(values["settled-before"], "none");
  EXPECT_EQ(values.count("due"), 0u);
  EXPECT_EQ(values.count("identifiers"), 1u);
  EXPECT_EQ(english.SerializeAsString().find("7890"), std::string::npos);
  EXPECT_EQ(english.SerializeAsString().find("mosque"), std::string::npos);
  EXPECT_FALSE(english.local());
  // 168 hours after 2026-11-01, and 24 months after it occurred: the last day of each, as the
  // letter and the person's report say it.
  EXPECT_EQ(english.held_until(), "2026-11-07");
  EXPECT_EQ(english.expires_on(), "2028-09-30");
  request.set_language("id");
  const v1::PreviewIncidentResponse indonesian = Of(request);
  EXPECT_EQ(Values(indonesian)["amount"], "Rp4.500.000");
  EXPECT_EQ(indonesian.shared(0).title(), "Toko yang melaporkan");
}

TEST_F(PreviewIncidentTest, WhatIsKeptIsPreviewedByItsIdAndAnotherIsRefusedAsAddingIt) {
  auto added = shop_.AddIncident(staff_, Account());
  DAFTAR_ASSERT_OK(added);
  v1::PreviewIncidentRequest request;
  request.set_id(added->incident().id());
  const v1::PreviewIncidentResponse kept = Of(request);
  EXPECT_EQ(kept.missing_size(), added->incident().missing_size());
  EXPECT_GT(kept.shared_size(), 0);
  *request.mutable_incident() = Account();
  EXPECT_THAT(shop_.PreviewIncident(staff_, request),
              StatusIs(absl::StatusCode::kInvalidArgument));  // both
  EXPECT_THAT(shop_.PreviewIncident(staff_, {}), StatusIs(absl::StatusCode::kInvalidArgument));
  request.clear_id();
  request.mutable_incident()->set_occurred("2027-10-01");
  EXPECT_THAT(shop_.PreviewIncident(staff_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("future")));
}

TEST_F(PreviewIncidentTest, AReasonThatIsTheShopsAloneTellsPartnersNothing) {
  v1::PreviewIncidentRequest request;
  *request.mutable_incident() = Account("staff-abuse");
  const v1::PreviewIncidentResponse previewed = Of(request);
  EXPECT_TRUE(previewed.local());
  EXPECT_EQ(previewed.shared_size() + previewed.missing_size(), 0);
}

TEST_F(PreviewIncidentTest, ReasonsSayWhatTheCharterAsksOfThem) {
  v1::ListReasonsRequest request;
  request.set_language("id");
  auto listed = shop_.ListReasons(staff_, request);
  DAFTAR_ASSERT_OK(listed);
  EXPECT_TRUE(listed->second_person());
  EXPECT_EQ(static_cast<size_t>(listed->reasons_size()), evidence::AllReasons().size());
  const v1::Reason& deposit = listed->reasons(0);
  EXPECT_EQ(deposit.name(), "deposit-unsettled");
  EXPECT_NE(deposit.title(), std::string(evidence::AllReasons()[0].sentence));
  EXPECT_TRUE(deposit.shareable() && deposit.shared_here());
  ASSERT_EQ(deposit.proofs_size(), 1);
  EXPECT_EQ(deposit.proofs(0).kinds(0), "invoice");
  EXPECT_EQ(deposit.hold_days(), 7u);
  EXPECT_GT(deposit.retention_days(), 27u);
  const v1::Reason& last = listed->reasons(listed->reasons_size() - 1);
  EXPECT_FALSE(last.shareable() || last.shared_here());
  EXPECT_NE(last.title(), "");
}

TEST_F(PreviewIncidentTest, IncidentsAreListedByCustomer) {
  v1::AddCustomerRequest add;
  add.set_request_id("add");
  add.add_identifiers()->set_phone("0812-3456-7890");
  auto customer = shop_.AddCustomer(staff_, add);
  DAFTAR_ASSERT_OK(customer);
  auto about = shop_.AddIncident(staff_, Account());
  DAFTAR_ASSERT_OK(about);
  circle_.clock().Advance(1);
  auto newer = shop_.AddIncident(staff_, Account("staff-abuse"));
  DAFTAR_ASSERT_OK(newer);
  v1::AddIncidentRequest other = Account();
  other.mutable_identifiers(0)->set_phone("0813-2468-1357");
  DAFTAR_ASSERT_OK(shop_.AddIncident(staff_, other));
  v1::ListIncidentsRequest request;
  request.set_customer(customer->customer().id());
  request.set_page_size(1);
  auto first = shop_.ListIncidents(staff_, request);
  DAFTAR_ASSERT_OK(first);
  ASSERT_EQ(first->incidents_size(), 1);
  EXPECT_EQ(first->incidents(0).id(), newer->incident().id());
  request.set_page_token(first->next_page_token());
  auto second = shop_.ListIncidents(staff_, request);
  DAFTAR_ASSERT_OK(second);
  ASSERT_EQ(second->incidents_size(), 1);
  EXPECT_EQ(second->incidents(0).id(), about->incident().id());
  EXPECT_EQ(second->next_page_token(), "");
  request.set_customer(std::string(32, '0'));
  EXPECT_THAT(shop_.ListIncidents(staff_, request), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace daftar::service
