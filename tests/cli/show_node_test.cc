#include "cli/show_node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "node/decision/policy.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kStatus[] = R"pb(
  name: "Toko A"
  origin: "toko-a.test"
  circle: "6f2c"
  circle_name: "Demo"
  charter: "ab12"
  version: "0.1.0"
  started_at: "2026-11-01T08:00:00Z"
  signing: true
  log_size: 3
  log_root: "dd"
  decisions: 7
  decisions_root: "ee"
  partners_active: 2
  partners_fresh: 1
  queued: 0
  notices: "The unlock file opens the keys."
  partner_address: "127.0.0.1:1"
  http_address: "127.0.0.1:2"
  log_address: "127.0.0.1:4"
  epoch: 1
  policy: "0123456789abcdef"
  policy_since: "2026-11-02T08:00:00Z"
  policy_from_file: true
)pb";

std::string Text(const v1::GetStatusResponse& status) {
  std::ostringstream out;
  Print(out, status, false);
  return out.str();
}

TEST(ShowStatusTest, Text) {
  EXPECT_EQ(Text(Proto<v1::GetStatusResponse>(kStatus)),
            "RUNNING\n"
            "\n"
            "Name             Toko A\n"
            "Origin           toko-a.test\n"
            "Circle           Demo (6f2c)\n"
            "Charter          ab12\n"
            "Version          0.1.0, up since 2026-11-01T08:00:00Z\n"
            "Log              3 entries, 0 queued, signing\n"
            "Log root         dd\n"
            "Decisions        7\n"
            "Decision head    7:ee\n"
            "Policy           0123456789ab since 2026-11-02T08:00:00Z, from policy.toml\n"
            "Partners         2 active, 1 with fresh data\n"
            "Partner address  127.0.0.1:1\n"
            "HTTP address     127.0.0.1:2\n"
            "Log served at    127.0.0.1:4\n"
            "Epoch            1\n"
            "\n"
            "Good to know\n"
            "  - The unlock file opens the keys.\n");
}

TEST(ShowStatusTest, APolicyThatTheFileDoesNotSayIsNotCalledTheFiles) {
  auto status = Proto<v1::GetStatusResponse>(kStatus);
  status.set_policy_from_file(false);
  EXPECT_THAT(Text(status), HasSubstr("Z, from an earlier policy.toml\n"));
  status.set_policy(decision::DefaultPolicy().Hash().hex());
  EXPECT_THAT(Text(status), HasSubstr("Z, the default, not from a file\n"));
}

TEST(ShowStatusTest, WhatNeedsTheOperatorStandsFirst) {
  auto status = Proto<v1::GetStatusResponse>(kStatus);
  status.add_problems("the disk is full: make room");
  status.set_signing(false);
  EXPECT_THAT(Text(status), StartsWith("NEEDS YOU\n  - the disk is full: make room\n\n"));
  status.clear_problems();
  EXPECT_THAT(Text(status), StartsWith("NOT SIGNING\n"));
}

TEST(ShowStatusTest, TestModeIsTheFirstLine) {
  auto status = Proto<v1::GetStatusResponse>(kStatus);
  status.set_test_mode(true);
  EXPECT_THAT(Text(status), StartsWith("TEST MODE\nRUNNING\n"));
  EXPECT_EQ(ToJson(status)["test_mode"], true);
}

TEST(ShowStatusTest, Json) {
  EXPECT_EQ(ToJson(Proto<v1::GetStatusResponse>(kStatus)).dump(),
            R"({"name":"Toko A","origin":"toko-a.test","circle":"6f2c","circle_name":"Demo",)"
            R"("charter":"ab12","version":"0.1.0","started_at":"2026-11-01T08:00:00Z",)"
            R"("test_mode":false,"signing":true,"log_size":3,"log_root":"dd","queued":0,"epoch":1,)"
            R"("policy":"0123456789abcdef","policy_since":"2026-11-02T08:00:00Z",)"
            R"("policy_from_file":true,"decisions":7,)"
            R"("decisions_root":"ee","partners_active":2,"partners_fresh":1,)"
            R"("partner_address":"127.0.0.1:1","http_address":"127.0.0.1:2",)"
            R"("log_address":"127.0.0.1:4","problems":[],)"
            R"("notices":["The unlock file opens the keys."]})");
}

TEST(ShowStatusTest, ALogWithoutAnAddressOfItsOwnHasNoLine) {
  auto status = Proto<v1::GetStatusResponse>(kStatus);
  status.clear_log_address();
  EXPECT_THAT(Text(status), Not(HasSubstr("Log served at")));
  EXPECT_TRUE(ToJson(status)["log_address"].is_null());
}

constexpr char kPartner[] = R"pb(
  origin: "toko-b.test"
  name: "Toko B"
  endpoint: "127.0.0.1:3"
  state: "active"
  paired_at: "2026-11-01T08:00:00Z"
  charter: "ab12"
  same_charter: true
  certificate_pin: "cc"
  first_entry: "ff"
  log_size: 4
  head_age_s: 14
  connection: "connected"
  reports: 2
  quota_used: 5
  quota_limit: 10000
  epoch: 1
)pb";

TEST(ShowPartnerTest, Text) {
  std::ostringstream out;
  Print(out, Proto<v1::Partner>(kPartner));
  EXPECT_EQ(out.str(),
            "Partner            toko-b.test\n"
            "Name               Toko B\n"
            "State              active\n"
            "Endpoint           127.0.0.1:3\n"
            "Connection         connected\n"
            "Paired             2026-11-01T08:00:00Z\n"
            "Charter            ab12 (the same)\n"
            "Certificate pin    cc\n"
            "First entry        ff\n"
            "Log                4 entries, 2 reports\n"
            "Newest head        14 s old\n"
            "Holds of our log   nothing that it has confirmed\n"
            "Evaluations today  5 of 10000\n"
            "Epoch              1\n"
            "A record weighs    0 % of an own bad order\n"
            "Learnt from        no order yet; the policy's weight applies\n");
}

TEST(ShowPartnerTest, WhatHasNoEffectIsToldWithTheReason) {
  auto partner = Proto<v1::Partner>(kPartner);
  auto json = ToJson(partner);
  EXPECT_TRUE(json["quarantined_since"].is_null());
  EXPECT_EQ(json["void_entries"].size(), 0u);
  auto* voids = partner.add_void_entries();
  voids->set_reason("out-of-order");
  voids->set_words("they repeat");
  voids->set_entries(2);
  voids->set_newest_index(17);
  partner.set_quarantined_since("2026-11-01T00:00:00.000Z");
  partner.set_quarantined_for("flood");
  std::ostringstream out;
  Print(out, partner);
  EXPECT_THAT(out.str(),
              ::testing::HasSubstr("Without effect     2 entries (newest 17): they repeat\n"));
  json = ToJson(partner);
  EXPECT_EQ(json["quarantined_for"], "flood");
  EXPECT_EQ(json["void_entries"][0]["newest_index"], 17);
}

TEST(ShowPartnerTest, JsonSaysNullWhileNoHeadIsKnown) {
  auto partner = Proto<v1::Partner>(kPartner);
  EXPECT_EQ(ToJson(partner)["head_age_s"], 14);
  partner.clear_head_age_s();
  EXPECT_TRUE(ToJson(partner)["head_age_s"].is_null());
  EXPECT_EQ(ToJson(partner)["reports"], 2);
  EXPECT_TRUE(ToJson(partner)["trouble"].is_null());
}

std::string ListText(const v1::ListPartnersResponse& list) {
  std::ostringstream out;
  Print(out, list);
  return out.str();
}

TEST(ShowPartnerTest, ListHasAWordForEachPartnerAndWhatIsWrongBelow) {
  v1::ListPartnersResponse list;
  *list.add_partners() = Proto<v1::Partner>(kPartner);
  *list.add_partners() = Proto<v1::Partner>(R"pb(
    origin: "toko-c.test"
    name: "Toko Cahaya Abadi"
    state: "active"
    connection: "it shows another log, toko-x.test, in the place of its own, and that is not taken"
    trouble: "it shows another log, toko-x.test, in the place of its own, and that is not taken"
             "; two signed heads contradict each other"
    forked: true)pb");
  *list.add_partners() = Proto<v1::Partner>(
      "origin: 'toko-d.test' state: 'active' connection: 'cannot reach 127.0.0.1:5'");
  *list.add_partners() = Proto<v1::Partner>(
      "origin: 'toko-e.test' state: 'suspended' connection: 'suspended' trouble: 'its clock'");
  EXPECT_EQ(ListText(list),
            "ORIGIN       NAME          STATE       HEAD AGE  ENTRIES  REPORTS  TROUBLE\n"
            "toko-b.test  Toko B        connected   14 s      4        2\n"
            "toko-c.test  Toko Caha...  broken off  none yet  0        0        forked\n"
            "toko-d.test                broken off  none yet  0        0\n"
            "toko-e.test                suspended   none yet  0        0        see below\n"
            "\n"
            "toko-c.test\n"
            "  it shows another log, toko-x.test, in the place of its own, and that is not\n"
            "  taken; two signed heads contradict each other\n"
            "\n"
            "toko-d.test\n"
            "  cannot reach 127.0.0.1:5\n"
            "\n"
            "toko-e.test\n"
            "  its clock\n");
}

TEST(ShowPartnerTest, ListFitsATerminal) {
  v1::ListPartnersResponse list;
  v1::Partner& partner = *list.add_partners();
  partner = Proto<v1::Partner>(kPartner);
  partner.set_origin("toko-b.example");
  partner.set_name("Toko Cahaya Abadi Sentosa");
  partner.set_connection(std::string(200, 'c'));
  partner.set_quarantined_since("2026-11-01T00:00:00.000Z");
  for (int i = 0; i < 40; ++i) partner.mutable_trouble()->append("its trouble ");
  std::istringstream lines(ListText(list));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.size() <= 80 || line.find(' ', 2) == std::string::npos) << line;
  }
}

TEST(ShowPartnerTest, ListNamesTheTroublesThatWaitForTheOperator) {
  const auto shown = [](const std::string& fields, const std::string& state = "active") {
    v1::ListPartnersResponse list;
    *list.add_partners() =
        Proto<v1::Partner>("origin: 'toko-b.test' state: '" + state + "' " + fields);
    return ListText(list);
  };
  EXPECT_THAT(shown("adopted_origin: 'toko-b2.test'"), HasSubstr("  new log\n"));
  EXPECT_THAT(shown("quarantined_since: '2026-11-01T00:00:00.000Z'"), HasSubstr("  set aside\n"));
  // Nothing of a removed one waits.
  EXPECT_THAT(shown("quarantined_since: '2026-11-01T00:00:00.000Z'", "removed"),
              Not(HasSubstr("set aside")));
  EXPECT_THAT(shown("connection: 'connecting'"), HasSubstr("  connecting  "));
}

TEST(ShowPartnerTest, OneSentenceIsNotToldTwice) {
  auto partner = Proto<v1::Partner>(kPartner);
  partner.set_connection("it is not the head that was expected");
  std::ostringstream apart;
  Print(apart, partner);
  EXPECT_THAT(apart.str(),
              HasSubstr("Connection         broken off: it is not the head that was expected\n"));
  partner.set_trouble(partner.connection() + "; its clock is ahead");
  std::ostringstream out;
  Print(out, partner);
  EXPECT_THAT(out.str(), HasSubstr("Connection         broken off, see the trouble\n"));
}

TEST(ShowPartnerTest, EmptyListSaysHowToBegin) {
  std::ostringstream out;
  Print(out, v1::ListPartnersResponse());
  EXPECT_THAT(out.str(), HasSubstr("daftar partner invite"));
}

TEST(ShowUserTest, TextAndJson) {
  const auto users = Proto<v1::ListUsersResponse>(R"pb(
    users { name: "sari" role: ROLE_STAFF added_at: "2026-11-01T08:00:00Z" added_by: "uid:0" }
    users { name: "budi" role: ROLE_MANAGER uid: 1001 }
  )pb");
  std::ostringstream out;
  Print(out, users);
  EXPECT_EQ(out.str(),
            "NAME  ROLE     KNOWN BY  ADDED                 BY\n"
            "sari  staff    token     2026-11-01T08:00:00Z  uid:0\n"
            "budi  manager  uid 1001\n");
  EXPECT_EQ(ToJson(users).dump(),
            R"({"users":[{"name":"sari","role":"staff","uid":null,)"
            R"("signs_in":false,"has_second_factor":false,)"
            R"("added_at":"2026-11-01T08:00:00Z","added_by":"uid:0"},{"name":"budi",)"
            R"("role":"manager","uid":1001,)"
            R"("signs_in":false,"has_second_factor":false,"added_at":null,"added_by":null}]})");
}

TEST(RoleWordTest, EveryRole) {
  EXPECT_EQ(RoleWord(v1::ROLE_STAFF), "staff");
  EXPECT_EQ(RoleWord(v1::ROLE_MANAGER), "manager");
  EXPECT_EQ(RoleWord(v1::ROLE_OPERATOR), "operator");
  EXPECT_EQ(RoleWord(v1::ROLE_AUDITOR), "auditor");
}

}  // namespace
}  // namespace daftar::cli
