#include "node/evidence/charter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "crypto/hash.h"
#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string DemoSource() { return ReadFile(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml"); }

constexpr std::string_view kHead =
    "version = 1\n"
    "circle = \"00112233445566778899aabbccddeeff\"\n"
    "name = \"Kelontong\"\n"
    "purpose = \"Deposits.\"\n"
    "region = \"ID\"\n";

// A charter with every key given, none at its default.
std::string FullSource() {
  return std::string(kHead) +
         "tick_ms = 2000\n"
         "stale_after_s = 900\n"
         "[dispute]\nflag_days = 7\nwithdraw_days = 21\n"
         "[withdrawal]\nafter_settlement_hours = 24\nerase_after_hours = 12\n"
         "[quota]\nevaluations_per_partner_per_day = 2000\nevaluations_per_node_per_day = 8000\n"
         "[quarantine]\nflood_least_reports = 60\nflood_times_usual = 4\nwithdrawn_least = 6\n"
         "withdrawn_percent = 15\n[shared_identifier]\nlive_reports = 9\nnames = 4\n"
         "[small_amount]\nIDR = \"250000\"\nUSD = \"15.50\"\n"
         "[reasons.invoice-unpaid-reminded]\n"
         "required = [\"identifier\", \"amount\", \"occurred\", \"due\"]\n"
         "least_amount = { IDR = \"100000\", JPY = \"1000\" }\n"
         "least_age_days = 30\nreminders = 2\nreminder_spacing_days = 7\n"
         "first_reminder_least_days = 28\ntold_beforehand = true\ntold_least_days = 14\n"
         "legal_basis = \"Contract, clause 7\"\nproof = [\"invoice\", \"delivery-note\"]\n"
         "second_person = true\nhold_hours = 168\nretention_months = 60\n"
         "[reasons.no-show]\nlegal_basis = \"Contract\"\n";
}

std::string Minimal(std::string_view before_reasons = "", std::string_view profile = "") {
  return std::string(kHead) + std::string(before_reasons) +
         "\n[reasons.no-show]\nlegal_basis = \"Contract\"\n" + std::string(profile);
}

TEST(CharterTest, EveryKeyIsRead) {
  const auto charter = Charter::Parse(FullSource());
  ASSERT_THAT(charter, IsOk());
  EXPECT_EQ(charter->source, FullSource());
  EXPECT_EQ(charter->hash.view()[0], crypto::Sha256(crypto::AsBytes(FullSource())).view()[0]);
  EXPECT_EQ(charter->hash.hex(), crypto::Sha256(crypto::AsBytes(FullSource())).hex());
  EXPECT_EQ(charter->circle.hex(), "00112233445566778899aabbccddeeff");
  EXPECT_EQ(charter->name, "Kelontong");
  EXPECT_EQ(charter->purpose, "Deposits.");
  EXPECT_EQ(charter->region, identity::Region::kIndonesia);
  EXPECT_EQ(charter->tick_ms, 2000u);
  EXPECT_EQ(charter->stale_after_s, 900u);
  EXPECT_EQ(charter->dispute_flag_days, 7u);
  EXPECT_EQ(charter->dispute_withdraw_days, 21u);
  EXPECT_EQ(charter->withdraw_after_settlement_hours, 24u);
  EXPECT_EQ(charter->erase_after_withdrawal_hours, 12u);
  EXPECT_EQ(charter->flood_least_reports, 60u);
  EXPECT_EQ(charter->flood_times_usual, 4u);
  EXPECT_EQ(charter->withdrawn_least, 6u);
  EXPECT_EQ(charter->withdrawn_percent, 15u);
  EXPECT_EQ(charter->shared_live_reports, 9u);
  EXPECT_EQ(charter->shared_names, 4u);
  EXPECT_EQ(charter->evaluations_per_partner_per_day, 2000u);
  EXPECT_EQ(charter->evaluations_per_node_per_day, 8000u);
  EXPECT_EQ(charter->small_amount_minor,
            (std::map<std::string, uint64_t>{{"IDR", 25'000'000}, {"USD", 1550}}));
  ASSERT_EQ(charter->reasons.size(), 2u);
  const ReasonProfile& profile = charter->reasons.at(Reason::kInvoiceUnpaidReminded);
  EXPECT_THAT(profile.required, ElementsAre("identifier", "amount", "occurred", "due"));
  EXPECT_EQ(profile.least_minor,
            (std::map<std::string, uint64_t>{{"IDR", 10'000'000}, {"JPY", 1000}}));
  EXPECT_EQ(profile.least_age_days, 30u);
  EXPECT_EQ(profile.reminders, 2u);
  EXPECT_EQ(profile.reminder_spacing_days, 7u);
  EXPECT_EQ(profile.first_reminder_least_days, 28u);
  EXPECT_TRUE(profile.told_beforehand);
  EXPECT_EQ(profile.told_least_days, 14u);
  EXPECT_EQ(profile.legal_basis, "Contract, clause 7");
  EXPECT_THAT(profile.proof, ElementsAre(ProofKind::kInvoice, ProofKind::kDeliveryNote));
  EXPECT_TRUE(profile.second_person);
  EXPECT_EQ(profile.hold_hours, 168u);
  EXPECT_EQ(profile.retention_months, 60u);
}

TEST(CharterTest, WhatIsLeftOutHasItsDefault) {
  const auto charter = Charter::Parse(Minimal());
  ASSERT_THAT(charter, IsOk());
  EXPECT_EQ(charter->tick_ms, 30'000u);
  EXPECT_EQ(charter->stale_after_s, 3600u);
  EXPECT_EQ(charter->dispute_flag_days, 14u);
  EXPECT_EQ(charter->dispute_withdraw_days, 30u);
  EXPECT_EQ(charter->withdraw_after_settlement_hours, 48u);
  EXPECT_EQ(charter->erase_after_withdrawal_hours, 48u);
  EXPECT_EQ(charter->evaluations_per_partner_per_day, 10'000u);
  EXPECT_EQ(charter->evaluations_per_node_per_day, 50'000u);
  EXPECT_TRUE(charter->small_amount_minor.empty());
  ReasonProfile bare;
  bare.legal_basis = "Contract";
  EXPECT_EQ(charter->reasons.at(Reason::kNoShow), bare);
  EXPECT_EQ(ReasonProfile().retention_months, 24u);
}

TEST(CharterTest, TheDemonstrationCharterLetsTheStoryBePlayed) {
  const auto charter = Charter::Parse(DemoSource());
  ASSERT_THAT(charter, IsOk());
  EXPECT_EQ(charter->tick_ms, 1000u);
  EXPECT_EQ(charter->region, identity::Region::kIndonesia);
  EXPECT_EQ(charter->small_amount_minor.at("IDR"), 50'000'000u);
  size_t shareable = 0;
  for (const ReasonInfo& info : AllReasons()) shareable += IsShareable(info.reason) ? 1 : 0;
  EXPECT_EQ(charter->reasons.size(), shareable);
  ReasonProfile expected;
  expected.required = {"identifier", "amount", "occurred"};
  expected.legal_basis = charter->reasons.at(Reason::kNoShow).legal_basis;
  for (const auto& [reason, profile] : charter->reasons) EXPECT_EQ(profile, expected);
}

TEST(CharterTest, AnyChangedByteChangesTheHash) {
  const auto one = Charter::Parse(Minimal());
  const auto two = Charter::Parse(Minimal() + "\n");
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(two, IsOk());
  EXPECT_NE(one->hash, two->hash);
}

TEST(CharterTest, EveryKeyThatMustBeThereIsMissed) {
  for (const char* key : {"version", "circle", "name", "purpose", "region"}) {
    std::string source = Minimal();
    const size_t start = source.find(key);
    source.erase(start, source.find('\n', start) + 1 - start);
    EXPECT_THAT(Charter::Parse(source),
                StatusIs(kInvalid, HasSubstr("'" + std::string(key) + "' is missing")));
  }
  EXPECT_THAT(Charter::Parse(std::string(kHead)),
              StatusIs(kInvalid, HasSubstr("'reasons' is missing")));
}

struct RefusedCase {
  const char* root;
  const char* profile;
  const char* message;
};

TEST(CharterTest, WhatIsWrongIsRefusedWithLineColumnAndRule) {
  const RefusedCase cases[] = {
      {"surprise = 1", "", "line 6, column 1: unknown key 'surprise'"},
      {"", "suprise = 1", "line 9, column 1: unknown key 'suprise'"},
      {"tick_ms = 99", "", "line 6, column 11: 'tick_ms' must be a whole number from 100 to"},
      {"tick_ms = 600001", "", "'tick_ms'"},
      {"tick_ms = \"1000\"", "", "'tick_ms'"},
      {"stale_after_s = 9", "", "'stale_after_s'"},
      {"stale_after_s = 604801", "", "'stale_after_s'"},
      {"dispute = 1", "", "'dispute' must be a table"},
      {"[dispute]\nflag_days = 0", "", "'dispute.flag_days'"},
      {"[dispute]\nflag_days = 91", "", "'dispute.flag_days'"},
      {"[dispute]\nwithdraw_days = 13", "", "must not be less than flag_days (14)"},
      {"[dispute]\nflag_days = 31", "", "must not be less than flag_days (31)"},
      {"[dispute]\nwithdraw_days = 181", "", "'dispute.withdraw_days'"},
      {"[withdrawal]\nafter_settlement_hours = 49", "", "'withdrawal.after_settlement_hours'"},
      {"[withdrawal]\nerase_after_hours = 721", "", "'withdrawal.erase_after_hours'"},
      {"[withdrawal]\nsoon = 1", "", "unknown key 'soon'"},
      {"[quarantine]\nflood_least_reports = 0", "", "'quarantine.flood_least_reports'"},
      {"[quarantine]\nflood_times_usual = 1", "", "'quarantine.flood_times_usual'"},
      {"[quarantine]\nwithdrawn_least = 1001", "", "'quarantine.withdrawn_least'"},
      {"[quarantine]\nwithdrawn_percent = 101", "", "'quarantine.withdrawn_percent'"},
      {"[shared_identifier]\nlive_reports = 0", "", "'shared_identifier.live_reports'"},
      {"[shared_identifier]\nnames = 16", "", "'shared_identifier.names'"},
      {"[quota]\nevaluations_per_partner_per_day = 0", "", "'quota.evaluations_per_partner"},
      {"[quota]\nevaluations_per_partner_per_day = 60000", "", "must not be less than"},
      {"[quota]\nevaluations_per_node_per_day = 9999", "", "must not be less than"},
      {"[small_amount]\nIDR = 500000", "", "'small_amount.IDR' must be a text"},
      {"[small_amount]\nIDR = \"500.000\"", "", "'small_amount.IDR' is no amount"},
      {"[small_amount]\nXXX = \"5\"", "", "'small_amount.XXX' is no currency"},
      {"[reasons.staff-abuse]", "", "'reasons.staff-abuse' may never be shared"},
      {"[reasons.rudeness]", "", "'reasons.rudeness' is not known"},
      {"", "required = [\"name\"]", "unknown field"},
      {"", "required = [\"due\", \"due\"]", "twice"},
      {"", "required = \"due\"", "'reasons.no-show.required' must be a list"},
      {"", "least_amount = { IDR = \"-5\" }", "'reasons.no-show.least_amount.IDR'"},
      {"", "least_age_days = 3651", "'reasons.no-show.least_age_days'"},
      {"", "reminders = 9", "'reasons.no-show.reminders'"},
      {"", "reminders = 1\nreminder_spacing_days = 7", "needs 'reminders' of at least 2"},
      {"", "reminders = 2\nreminder_spacing_days = 366", "'reasons.no-show.reminder_spacing_days'"},
      {"", "first_reminder_least_days = 7", "needs 'reminders' of at least 1"},
      {"", "reminders = 1\nfirst_reminder_least_days = 366", "first_reminder_least_days'"},
      {"", "told_beforehand = 1", "'reasons.no-show.told_beforehand' must be true or false"},
      {"", "told_least_days = 7", "needs 'told_beforehand' of true"},
      {"", "told_beforehand = true\ntold_least_days = 366", "'reasons.no-show.told_least_days'"},
      {"", "proof = true",
       "must be a list of at most 7 texts (the kinds of file of which one must "
       "be attached, as in [\"invoice\", \"delivery-note\"])"},
      {"", "proof = []", "must name a kind"},
      {"", "proof = [\"photo\"]",
       "names no kind of proof: there is no such kind of proof; use one"},
      {"", "proof = [\"invoice\", \"invoice\"]", "names 'invoice' twice"},
      {"", "legal_basis = \"again\"", "line 9"},
      {"", "second_person = \"yes\"", "'reasons.no-show.second_person'"},
      {"", "hold_hours = 2161", "'reasons.no-show.hold_hours'"},
      {"", "retention_months = 0", "'reasons.no-show.retention_months'"},
      {"", "retention_months = 61", "must be a whole number from 1 to 60"},
      {"", "[reasons.no-show]", "line 9"},
      {"reasons = 1", "", "line "},
  };
  for (const RefusedCase& refused : cases) {
    EXPECT_THAT(Charter::Parse(Minimal(refused.root, refused.profile)),
                StatusIs(kInvalid, HasSubstr(refused.message)))
        << refused.root << refused.profile;
  }
}

TEST(CharterTest, HeadFieldsThatAreWrongAreRefused) {
  struct Replaced {
    const char* from;
    const char* to;
    const char* message;
  };
  const Replaced cases[] = {
      {"version = 1", "version = 2", "'version'"},
      {"00112233445566778899aabbccddeeff", "00112233445566778899AABBCCDDEEFF", "'circle'"},
      {"00112233445566778899aabbccddeeff", "00112233445566778899aabbccddee", "'circle'"},
      {"00112233445566778899aabbccddeeff", "00000000000000000000000000000000", "'circle'"},
      {"00112233445566778899aabbccddeeff", "0011223344556677889 aabbccddeeff", "'circle'"},
      {"00112233445566778899aabbccddeeff", "REPLACE: openssl rand -hex 16",
       "line 2, column 10: 'circle' is still the template's: put an id of the circle's own there"},
      {"legal_basis = \"Contract\"\n", "", "'reasons.no-show.legal_basis' is missing"},
      {"\"Contract\"", "\"\"", "'reasons.no-show.legal_basis'"},
      {"\"Contract\"", "\"a\\nb\"", "'reasons.no-show.legal_basis'"},
      {"\"Kelontong\"", "\"\"", "'name'"},
      {"\"Kelontong\"", "\"a\\nb\"", "'name'"},
      {"\"Kelontong\"", "7", "'name'"},
      {"\"ID\"", "\"XX\"", "'region' is not known"},
      {"\"ID\"", "\"id\"", "'region' is not known"},
  };
  for (const Replaced& replaced : cases) {
    std::string source = Minimal();
    source.replace(source.find(replaced.from), std::string_view(replaced.from).size(), replaced.to);
    EXPECT_THAT(Charter::Parse(source), StatusIs(kInvalid, HasSubstr(replaced.message)))
        << replaced.to;
  }
}

// A circle that ran a template as it stands would share its id with every other that did.
TEST(CharterTest, ATemplateLacksNothingButACircleOfItsOwn) {
  for (const char* name : {"indonesia", "malaysia", "strict"}) {
    std::string source =
        ReadFile(std::string(DAFTAR_SOURCE_DIR "/deploy/charters/") + name + ".toml");
    std::vector<TomlFault> faults;
    EXPECT_FALSE(Charter::Parse(source, faults).has_value()) << name;
    ASSERT_EQ(faults.size(), 1u) << name << ": " << faults.back().message;
    EXPECT_THAT(faults[0].message, HasSubstr("'circle' is still the template's")) << name;
    source.replace(source.find(kCirclePlaceholder), kCirclePlaceholder.size(),
                   "00112233445566778899aabbccddeeff");
    const auto charter = Charter::Parse(source);
    ASSERT_THAT(charter, IsOk()) << name;
    for (const auto& [reason, profile] : charter->reasons) {
      EXPECT_GE(profile.hold_hours, 168u) << name << " " << Info(reason).name;
      EXPECT_FALSE(profile.proof.empty()) << name << " " << Info(reason).name;
      EXPECT_TRUE(profile.told_beforehand) << name << " " << Info(reason).name;
      EXPECT_LE(profile.retention_months, 24u) << name << " " << Info(reason).name;
    }
  }
}

// Two written reminders after the due date, the first at least four weeks old, told beforehand but
// not before the first reminder, proof and a second person, for every reason.
TEST(CharterTest, TheStrictTemplateIsStrictForEveryReason) {
  std::string source = ReadFile(DAFTAR_SOURCE_DIR "/deploy/charters/strict.toml");
  source.replace(source.find(kCirclePlaceholder), kCirclePlaceholder.size(),
                 "00112233445566778899aabbccddeeff");
  const auto charter = Charter::Parse(source);
  ASSERT_THAT(charter, IsOk());
  for (const auto& [reason, profile] : charter->reasons) {
    EXPECT_THAT(profile.required, ElementsAre("identifier", "amount", "occurred", "due"));
    EXPECT_EQ(profile.reminders, 2u);
    EXPECT_EQ(profile.first_reminder_least_days, 28u);
    EXPECT_TRUE(profile.second_person);
  }
}

TEST(CharterTest, EveryFaultIsToldInTheOrderOfTheFile) {
  std::vector<TomlFault> faults;
  EXPECT_FALSE(Charter::Parse(Minimal("tick_ms = 1", "hold_hours = \"7\"\nsoon = 1"), faults));
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_EQ(faults[0].line, 6u);
  EXPECT_EQ(faults[1].line, 9u);
  EXPECT_EQ(faults[2].line, 10u);
  faults.clear();
  EXPECT_FALSE(Charter::Parse("version =", faults));
  ASSERT_EQ(faults.size(), 1u);
  faults.clear();
  EXPECT_TRUE(Charter::Parse(Minimal(), faults).has_value());
  EXPECT_TRUE(faults.empty());
}

TEST(CharterTest, ACharterWithoutReasonsIsRefused) {
  EXPECT_THAT(Charter::Parse(std::string(kHead) + "[reasons]\n"),
              StatusIs(kInvalid, HasSubstr("at least one reason")));
}

TEST(CharterTest, AnOversizeCharterIsRefused) {
  std::string source = Minimal();
  source.resize(kMaxCharterBytes, '\n');
  EXPECT_THAT(Charter::Parse(source), IsOk());
  source += '\n';
  EXPECT_THAT(Charter::Parse(source), StatusIs(kInvalid, HasSubstr("at most 262144")));
}

TEST(CharterTest, EveryKeyStandsInTheDocument) {
  const std::string document = ReadFile(DAFTAR_SOURCE_DIR "/docs/charter.md");
  for (const char* key : {"version",
                          "circle",
                          "name",
                          "purpose",
                          "region",
                          "tick_ms",
                          "stale_after_s",
                          "flag_days",
                          "withdraw_days",
                          "after_settlement_hours",
                          "erase_after_hours",
                          "evaluations_per_partner_per_day",
                          "evaluations_per_node_per_day",
                          "small_amount",
                          "required",
                          "least_amount",
                          "least_age_days",
                          "reminders",
                          "reminder_spacing_days",
                          "first_reminder_least_days",
                          "told_beforehand",
                          "told_least_days",
                          "legal_basis",
                          "proof",
                          "second_person",
                          "hold_hours",
                          "retention_months"}) {
    EXPECT_THAT(document, HasSubstr("`" + std::string(key) + "`"));
  }
}

}  // namespace
}  // namespace daftar::evidence
