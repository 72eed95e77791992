// What becomes of an incident, as a client of the local API sees it.
#include "node/service/incident_handlers.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "node/service/convert.h"
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

std::string CharterWithHold() {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  constexpr std::string_view kWas = "after_settlement_hours = 48";
  text.replace(text.find(kWas), kWas.size(), "after_settlement_hours = 36");
  const std::string section = "[reasons.deposit-unsettled]\n";
  return text.insert(text.find(section) + section.size(),
                     "hold_hours = 168\nsecond_person = true\n");
}

// The methods that answer with incidents and are open to the actor.
std::set<std::string> AnsweredWithAnIncidentTo(const Actor& actor) {
  std::set<std::string> methods;
  for (const MethodRule& rule : MethodRules()) {
    std::string name = "daftar.v1." + std::string(rule.method);
    std::replace(name.begin(), name.end(), '/', '.');
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
    if (method == nullptr) {
      ADD_FAILURE() << name << " is not there";
      continue;
    }
    const google::protobuf::Descriptor& answer = *method->output_type();
    for (int i = 0; i < answer.field_count(); ++i) {
      if (answer.field(i)->message_type() != v1::Incident::descriptor()) continue;
      if (Authorise(actor, rule.method).ok()) methods.insert(std::string(rule.method));
    }
  }
  return methods;
}

class IncidentHandlersTest : public ::testing::Test {
 protected:
  std::string RequestId() { return "request-" + std::to_string(++requests_); }
  v1::AddIncidentRequest Account() {
    v1::AddIncidentRequest request;
    request.set_request_id(RequestId());
    request.set_reason("deposit-unsettled");
    request.add_identifiers()->set_phone("0812-3456-7890");
    request.mutable_amount()->set_minor(450'000'000);
    request.mutable_amount()->set_currency("IDR");
    request.set_occurred("2026-10-01");
    request.set_told_on("2026-10-02");
    return request;
  }
  std::string Filed() {
    auto added = shop_.AddIncident(staff_, Account());
    EXPECT_TRUE(added.ok()) << added.status();
    return added->incident().id();
  }
  v1::Incident Approved() {
    v1::ApproveIncidentRequest request;
    request.set_request_id(RequestId());
    request.set_id(Filed());
    auto approved = incidents_.ApproveIncident(manager_, request);
    EXPECT_TRUE(approved.ok()) << approved.status();
    return approved->incident();
  }
  v1::GiveNoticeRequest NoticeOf(const std::string& id) {
    v1::GiveNoticeRequest request;
    request.set_request_id(RequestId());
    request.set_id(id);
    request.set_to("Ibu Sari");
    request.set_how_to_pay("Bank X 12-34");
    request.set_contact("0811-2222");
    return request;
  }
  v1::Incident Shown(const std::string& id) {
    v1::GetIncidentRequest request;
    request.set_id(id);
    return shop_.GetIncident(staff_, request)->incident();
  }

  SimCircle circle_{1'793'491'200, CharterWithHold()};
  SimNode& node_ = circle_.Add("toko-a.test");
  ShopHandlers shop_{*node_};
  IncidentHandlers incidents_{*node_};
  const Actor staff_{"user:staff", Roles{Role::kStaff}};
  const Actor manager_{"user:manager", Roles{Role::kManager}};
  int requests_ = 0;
};

TEST_F(IncidentHandlersTest, FromFilingThroughNoticeToADisputeByItsCode) {
  const v1::Incident approved = Approved();
  EXPECT_EQ(approved.state(), "held");
  EXPECT_EQ(approved.approved_by(), "user:manager");
  EXPECT_EQ(approved.told_on(), "2026-10-02");
  EXPECT_EQ(approved.held_until(), "");
  EXPECT_EQ(approved.next_action(), "");
  auto noticed = incidents_.GiveNotice(staff_, NoticeOf(approved.id()));
  DAFTAR_ASSERT_OK(noticed);
  EXPECT_EQ(noticed->incident().held_until(), "2026-11-08T00:00:00.000Z");
  EXPECT_EQ(noticed->incident().next_action(), "publish");
  EXPECT_EQ(noticed->incident().next_at(), "2026-11-08T00:00:00.000Z");
  EXPECT_EQ(noticed->incident().notice_code(), noticed->code());
  for (const std::string part : {"Ibu Sari", "Bank X 12-34", "0811-2222", "by 7 November 2026",
                                 "Demonstration circle", "30 September 2028", "36 hours"}) {
    EXPECT_THAT(noticed->letter(), HasSubstr(part));
  }
  EXPECT_THAT(noticed->letter(), HasSubstr(noticed->code()));

  v1::DisputeIncidentRequest dispute;
  dispute.set_request_id(RequestId());
  dispute.set_id(noticed->code());
  dispute.set_because("says it was paid");
  auto disputed = incidents_.DisputeIncident(staff_, dispute);
  DAFTAR_ASSERT_OK(disputed);
  EXPECT_EQ(disputed->incident().id(), approved.id());
  EXPECT_EQ(disputed->incident().state(), "disputed");
  EXPECT_EQ(disputed->incident().disputed_by(), "person");
  EXPECT_EQ(disputed->incident().disputed_on(), "2026-11-01");
}

TEST_F(IncidentHandlersTest, TheLetterSaysTheSameDatesWhenItIsPrintedAgain) {
  const std::string id = Approved().id();
  const std::string first = incidents_.GiveNotice(staff_, NoticeOf(id))->letter();
  circle_.clock().Advance(2 * 86'400);
  auto again = NoticeOf(id);
  again.set_language("id");
  const std::string second = incidents_.GiveNotice(staff_, again)->letter();
  EXPECT_THAT(first, HasSubstr("by 7 November 2026"));
  EXPECT_THAT(second, HasSubstr("sampai 7 November 2026"));
  EXPECT_EQ(Shown(id).held_until(), "2026-11-08T00:00:00.000Z");
}

TEST_F(IncidentHandlersTest, ALetterThatIsPrintedAgainUnderAnotherCharterPromisesTheSame) {
  const std::string id = Approved().id();
  EXPECT_THAT(incidents_.GiveNotice(staff_, NoticeOf(id))->letter(),
              HasSubstr("30 September 2028"));
  std::string charter = CharterWithHold();
  const std::string hold = "hold_hours = 168\n";
  charter.replace(charter.find(hold), hold.size(), hold + "retention_months = 6\n");
  DAFTAR_ASSERT_OK(node_->charters().Adopt(node_.Caller(), charter, "agreed in May"));
  DAFTAR_ASSERT_OK(node_->Tick());
  ASSERT_EQ(node_->charter().reasons.at(evidence::Reason::kDepositUnsettled).retention_months, 6u);
  EXPECT_THAT(incidents_.GiveNotice(staff_, NoticeOf(id))->letter(),
              HasSubstr("30 September 2028"));
}

// The 8th, on which the hold ends, is not whole.
TEST_F(IncidentHandlersTest, TheLetterNamesTheLastWholeDayBeforeItIsShared) {
  const std::string id = Approved().id();
  circle_.clock().Advance(13 * 3600);
  for (const auto& [language, words] : {std::pair("en", "by 7 November 2026"),
                                        {"id", "sampai 7 November 2026"},
                                        {"ms", "sehingga 7 November 2026"}}) {
    auto request = NoticeOf(id);
    request.set_language(language);
    auto noticed = incidents_.GiveNotice(staff_, request);
    DAFTAR_ASSERT_OK(noticed);
    EXPECT_EQ(noticed->incident().held_until(), "2026-11-08T13:00:00.000Z");
    EXPECT_THAT(noticed->letter(), HasSubstr(words));
  }
}

TEST_F(IncidentHandlersTest, AHoldWithinTheDayOfTheNoticeEndsOnThatDayInTheLetter) {
  std::string charter = CharterWithHold();
  constexpr std::string_view kWas = "hold_hours = 168";
  charter.replace(charter.find(kWas), kWas.size(), "hold_hours = 12");
  SimCircle circle(1'793'491'200, charter);
  SimNode& node = circle.Add("toko-x.test");
  ShopHandlers shop(*node);
  IncidentHandlers incidents(*node);
  auto added = shop.AddIncident(staff_, Account());
  DAFTAR_ASSERT_OK(added);
  v1::ApproveIncidentRequest approve;
  approve.set_request_id(RequestId());
  approve.set_id(added->incident().id());
  DAFTAR_ASSERT_OK(incidents.ApproveIncident(manager_, approve));
  auto noticed = incidents.GiveNotice(staff_, NoticeOf(added->incident().id()));
  DAFTAR_ASSERT_OK(noticed);
  EXPECT_THAT(noticed->letter(), HasSubstr("by 1 November 2026"));
}

TEST_F(IncidentHandlersTest, TheLetterCountsSuspendedPartnersAsMembers) {
  circle_.Add("toko-b.test");
  circle_.Add("toko-c.test");
  circle_.PairAll();
  const auto letter = [&] {
    auto noticed = incidents_.GiveNotice(staff_, NoticeOf(Approved().id()));
    EXPECT_TRUE(noticed.ok()) << noticed.status();
    std::string text = noticed.ok() ? noticed->letter() : "";
    std::replace(text.begin(), text.end(), '\n', ' ');  // as it is wrapped
    return text;
  };
  const auto set = [&](const char* origin, partners::PartnerStatus status) {
    DAFTAR_EXPECT_OK(node_->registry().SetStatus(node_.Caller(), origin, status, "why"));
  };
  set("toko-b.test", partners::PartnerStatus::kSuspended);
  EXPECT_THAT(letter(), HasSubstr("The circle has 2 other members at present."));
  set("toko-c.test", partners::PartnerStatus::kRemoved);
  EXPECT_THAT(letter(), HasSubstr("The circle has one other member at present."));
  set("toko-b.test", partners::PartnerStatus::kRemoved);
  EXPECT_THAT(letter(), HasSubstr("The circle has no other members at present."));
}

TEST_F(IncidentHandlersTest, ALetterThatCannotBeMadeBeginsNoHold) {
  const std::string id = Approved().id();
  auto request = NoticeOf(id);
  request.set_contact(" ");
  EXPECT_THAT(incidents_.GiveNotice(staff_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reach the shop")));
  request = NoticeOf(id);
  request.set_how_to_pay("two\nlines");
  EXPECT_THAT(incidents_.GiveNotice(staff_, request),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("one line")));
  EXPECT_EQ(Shown(id).held_until(), "");
}

TEST_F(IncidentHandlersTest, WordsThatAreNoneAreRefusedWithThoseThereAre) {
  const std::string id = Approved().id();
  v1::DisputeIncidentRequest dispute;
  dispute.set_request_id(RequestId());
  dispute.set_id(id);
  dispute.set_because("x");
  dispute.set_by("friend");
  EXPECT_THAT(incidents_.DisputeIncident(staff_, dispute),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("person or shop")));
  v1::ResolveIncidentRequest resolve;
  resolve.set_request_id(RequestId());
  resolve.set_id(id);
  resolve.set_because("x");
  resolve.set_outcome("maybe");
  EXPECT_THAT(incidents_.ResolveIncident(manager_, resolve),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("upheld")));
  v1::EraseIncidentRequest erase;
  erase.set_request_id(RequestId());
  erase.set_id(id);
  erase.set_because("x");
  EXPECT_THAT(incidents_.EraseIncident(manager_, erase),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("mistake")));
  EXPECT_EQ(Shown(id).state(), "held");
}

TEST_F(IncidentHandlersTest, ACorrectionIsShownAndADisputeIsResolved) {
  const std::string id = Filed();
  v1::CorrectIncidentRequest correct;
  correct.set_request_id(RequestId());
  correct.set_id(id);
  correct.set_because("a part was paid");
  correct.mutable_amount()->set_minor(100'000'000);
  correct.mutable_amount()->set_currency("IDR");
  correct.set_due("2026-10-10");
  correct.set_told_on("2026-10-12");
  correct.add_reminders("2026-10-20");
  correct.add_reminders("2026-10-27");
  auto corrected = incidents_.CorrectIncident(manager_, correct);
  DAFTAR_ASSERT_OK(corrected);
  EXPECT_EQ(corrected->incident().amount().minor(), 100'000'000u);
  ASSERT_EQ(corrected->incident().reminders_size(), 2);
  EXPECT_EQ(corrected->incident().reminders(0), "2026-10-20");
  EXPECT_EQ(corrected->incident().reminders(1), "2026-10-27");
  EXPECT_EQ(corrected->incident().due(), "2026-10-10");
  EXPECT_EQ(corrected->incident().told_on(), "2026-10-12");
  EXPECT_EQ(corrected->incident().occurred(), "2026-10-01");
  v1::DisputeIncidentRequest dispute;
  dispute.set_request_id(RequestId());
  dispute.set_id(id);
  dispute.set_because("x");
  dispute.set_by("shop");
  EXPECT_EQ(incidents_.DisputeIncident(staff_, dispute)->incident().disputed_by(), "shop");
  v1::ResolveIncidentRequest resolve;
  resolve.set_request_id(RequestId());
  resolve.set_id(id);
  resolve.set_because("x");
  resolve.set_outcome("withdrawn");
  auto resolved = incidents_.ResolveIncident(manager_, resolve);
  DAFTAR_ASSERT_OK(resolved);
  EXPECT_EQ(resolved->incident().state(), "withdrawn");
  EXPECT_EQ(resolved->incident().disputed_by(), "");
}

// Through whom a dispute came is who knows the person.
TEST_F(IncidentHandlersTest, NoAnswerTellsStaffWhichPartnerKnowsThePerson) {
  const v1::AddIncidentRequest add = Account();
  auto added = shop_.AddIncident(staff_, add);
  DAFTAR_ASSERT_OK(added);
  const std::string id = added->incident().id();
  v1::RemindIncidentRequest remind;
  remind.set_request_id(RequestId());
  remind.set_id(id);
  DAFTAR_ASSERT_OK(shop_.RemindIncident(staff_, remind));
  v1::ApproveIncidentRequest approve;
  approve.set_request_id(RequestId());
  approve.set_id(id);
  DAFTAR_ASSERT_OK(incidents_.ApproveIncident(manager_, approve));
  const v1::GiveNoticeRequest notice = NoticeOf(id);
  DAFTAR_ASSERT_OK(incidents_.GiveNotice(staff_, notice));
  circle_.clock().Advance(168 * 3600);
  DAFTAR_ASSERT_OK(node_->Tick());
  v1::DisputeIncidentRequest dispute;
  dispute.set_request_id(RequestId());
  dispute.set_id(id);
  dispute.set_because("says it was paid");
  DAFTAR_ASSERT_OK(incidents_.DisputeIncident(staff_, dispute));
  DAFTAR_ASSERT_OK(node_->Tick());
  v1::ResolveIncidentRequest resolve;
  resolve.set_request_id(RequestId());
  resolve.set_id(id);
  resolve.set_because("it was not");
  resolve.set_outcome("upheld");
  DAFTAR_ASSERT_OK(incidents_.ResolveIncident(manager_, resolve));
  DAFTAR_ASSERT_OK(node_->Tick());
  ledger::NewDispute passed_on;
  passed_on.by = evidence::DisputedBy::kPersonThroughPartner;
  passed_on.through = "toko-b.test";
  passed_on.since = circle_.clock().Now();
  DAFTAR_ASSERT_OK(node_->ledger().Dispute(node_.Caller(), *IncidentIdFromProto(id), passed_on,
                                           "the customer said so at a partner"));
  DAFTAR_ASSERT_OK(node_->Tick());

  v1::GetIncidentRequest get;
  get.set_id(id);
  v1::AwaitIncidentRequest wait;
  wait.set_id(id);
  wait.set_wait_ms(1);
  const auto incident_of = [](const auto& response) -> absl::StatusOr<v1::Incident> {
    if (!response.ok()) return response.status();
    return response->incident();
  };
  // The repeated writes answer with the incident as it is now.
  const std::map<std::string, absl::StatusOr<v1::Incident>> answers = {
      {"ShopService/AddIncident", incident_of(shop_.AddIncident(staff_, add))},
      {"ShopService/RemindIncident", incident_of(shop_.RemindIncident(staff_, remind))},
      {"ShopService/GetIncident", incident_of(shop_.GetIncident(staff_, get))},
      {"ShopService/AwaitIncident", incident_of(shop_.AwaitIncident(staff_, wait, {}))},
      {"ShopService/ListIncidents", shop_.ListIncidents(staff_, {})->incidents(0)},
      {"IncidentService/GiveNotice", incident_of(incidents_.GiveNotice(staff_, notice))},
      {"IncidentService/DisputeIncident", incident_of(incidents_.DisputeIncident(staff_, dispute))},
  };
  std::set<std::string> asked;
  for (const auto& [method, incident] : answers) {
    asked.insert(method);
    ASSERT_TRUE(incident.ok()) << method << ": " << incident.status();
    ASSERT_GT(incident->history_size(), 0) << method;
    EXPECT_EQ(incident->history(incident->history_size() - 1).by(), "partner") << method;
    EXPECT_THAT(incident->SerializeAsString(), Not(HasSubstr("toko-b"))) << method;
  }
  EXPECT_EQ(asked, AnsweredWithAnIncidentTo(staff_));
  const v1::Incident to_manager = shop_.GetIncident(manager_, get)->incident();
  EXPECT_EQ(to_manager.history(to_manager.history_size() - 1).by(), "partner:toko-b.test");
}

TEST_F(IncidentHandlersTest, AnErasedIncidentSaysNothingAnyMore) {
  const std::string id = Filed();
  v1::EraseIncidentRequest erase;
  erase.set_request_id(RequestId());
  erase.set_id(id);
  erase.set_because("asked for it");
  erase.set_ground("request");
  auto erased = incidents_.EraseIncident(manager_, erase);
  DAFTAR_ASSERT_OK(erased);
  EXPECT_EQ(erased->incident().state(), "erased");
  EXPECT_EQ(erased->incident().erased_for(), "request");
  EXPECT_EQ(erased->incident().next_action(), "");
  DAFTAR_ASSERT_OK(node_->Tick());
  v1::GetIncidentRequest request;
  request.set_id(id);
  EXPECT_THAT(shop_.GetIncident(staff_, request), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace daftar::service
