#include "cli/show_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPrepay[] = R"pb(
  effect: EFFECT_PREPAY
  because: "1 of 2 partners holds a record."
  receipt: "r1"
  decided_by: "expected-rate"
  risk_ppm: 274000
  checked_at: "2026-11-10T08:00:00Z"
  policy: "ab12"
  inputs {
    type: "partner_record"
    origin: "toko-a.test"
    reference: "3"
    reason: "deposit-unsettled"
    status: "live"
    amount { minor: 450000000 currency: "IDR" }
    occurred: "2026-10-01"
    age_days: 40
    bad_ppm: 927000
    weight_ppm: 1000000
    counted: true
  }
  inputs {
    type: "own_orders"
    orders {
      settled: 4
      paid_on_time: 3
      late: 1
      open: 2
      overdue: 1
      days_late_total: 12
      days_late_worst: 12
      open_amounts { minor: 5594 currency: "USD" }
    }
  }
  partners { origin: "toko-a.test" state: PARTNER_STATE_ANSWERED head_age_s: 3 records: 1 }
  partners { origin: "toko-c.test" state: PARTNER_STATE_NOT_CHECKED reason: "deadline" }
  rules { rule: "expected-rate" fired: true }
  rules { rule: "open-debt" }
)pb";

constexpr char kPrepayText[] =
    "FULL PREPAYMENT\n"
    "1 of 2 partners holds a record.\n"
    "\n"
    "Partners\n"
    "  toko-a.test  answered                         data 3 s old  1 record\n"
    "  toko-c.test  not checked (no answer in time)  no data yet\n"
    "\n"
    "Records\n"
    "  own orders: 4 orders with an outcome: 3 on time, 1 late (worst 12 days); beside these: 2 "
    "open (1 overdue); USD 55.94 not paid\n"
    "  toko-a.test #3  deposit paid, balance never settled  live  IDR 4,500,000  40 days old  "
    "counts 92.7 % at weight 100 %\n"
    "\n"
    "Receipt r1  (daftar why r1)\n";

constexpr char kPrepayJson[] = R"({
  "effect": "prepay",
  "test": false,
  "because": "1 of 2 partners holds a record.",
  "notes": [],
  "receipt": "r1",
  "decided_by": "expected-rate",
  "risk_ppm": 274000,
  "prior_ppm": 0,
  "checked_at": "2026-11-10T08:00:00Z",
  "policy": "ab12",
  "group": null,
  "allowed_by": null,
  "caps": [],
  "next": [],
  "inputs": [
    {
      "type": "partner_record",
      "origin": "toko-a.test",
      "reference": "3",
      "reason": "deposit-unsettled",
      "status": "live",
      "amount": {
        "minor": 450000000,
        "currency": "IDR",
        "major": "4500000"
      },
      "occurred": "2026-10-01",
      "due": null,
      "age_days": 40,
      "bad_ppm": 927000,
      "weight_ppm": 1000000,
      "counted": true,
      "with_order": false,
      "orders": null
    },
    {
      "type": "own_orders",
      "origin": null,
      "reference": null,
      "reason": null,
      "status": null,
      "amount": null,
      "occurred": null,
      "due": null,
      "age_days": 0,
      "bad_ppm": 0,
      "weight_ppm": 0,
      "counted": false,
      "with_order": false,
      "orders": {
        "settled": 4,
        "paid_on_time": 3,
        "prepaid_on_time": 0,
        "late": 1,
        "open": 2,
        "overdue": 1,
        "unpaid": 0,
        "disputed": 0,
        "broken": 0,
        "days_late_total": 12,
        "days_late_worst": 12,
        "open_amounts": [
          {
            "minor": 5594,
            "currency": "USD",
            "major": "55.94"
          }
        ]
      }
    }
  ],
  "partners": [
    {
      "origin": "toko-a.test",
      "state": "answered",
      "head_age_s": 3,
      "reason": null,
      "records": 1
    },
    {
      "origin": "toko-c.test",
      "state": "not_checked",
      "head_age_s": null,
      "reason": "deadline",
      "records": null
    }
  ],
  "rules": [
    {
      "rule": "expected-rate",
      "fired": true,
      "effect": null,
      "looks_at": null
    },
    {
      "rule": "open-debt",
      "fired": false,
      "effect": null,
      "looks_at": null
    }
  ]
}
)";

template <class Message>
std::string Text(const Message& message, bool color = false) {
  std::ostringstream out;
  Print(out, message, color);
  return out.str();
}

template <class Message>
std::string JsonText(const Message& message) {
  std::ostringstream out;
  PrintJson(out, ToJson(message));
  return out.str();
}

TEST(ShowCheckTest, TextOfACheck) {
  EXPECT_EQ(Text(Proto<v1::CheckResponse>(kPrepay)), kPrepayText);
}

TEST(ShowCheckTest, JsonOfACheck) {
  EXPECT_EQ(JsonText(Proto<v1::CheckResponse>(kPrepay)), kPrepayJson);
}

TEST(ShowCheckTest, EveryEffectHasItsWordHeadlineAndExitCode) {
  const struct {
    v1::Effect effect;
    const char* word;
    const char* headline;
    int exit;
  } cases[] = {{v1::EFFECT_ACCEPT, "accept", "ACCEPT\n", 0},
               {v1::EFFECT_DEPOSIT, "deposit", "DEPOSIT\n", 10},
               {v1::EFFECT_PREPAY, "prepay", "FULL PREPAYMENT\n", 11},
               {v1::EFFECT_REVIEW, "review", "REVIEW\n", 20},
               {v1::EFFECT_DECLINE, "decline", "DECLINE\n", 21},
               {v1::EFFECT_UNSPECIFIED, "unknown", "UNKNOWN ANSWER\n", 70}};
  for (const auto& expected : cases) {
    v1::CheckResponse response;
    response.set_effect(expected.effect);
    EXPECT_EQ(EffectWord(expected.effect), expected.word);
    EXPECT_EQ(ExitOf(expected.effect), expected.exit);
    EXPECT_EQ(Text(response).find(expected.headline), 0u);
  }
}

TEST(ShowCheckTest, ColorPaintsTheHeadlineAndChangesNoWord) {
  const std::string painted = Text(Proto<v1::CheckResponse>(kPrepay), true);
  EXPECT_EQ(painted.find("\x1b[1;33mFULL PREPAYMENT\x1b[0m\n"), 0u);
  EXPECT_EQ(painted.substr(painted.find('\n')),
            std::string(kPrepayText).substr(std::string(kPrepayText).find('\n')));
}

TEST(ShowCheckTest, StateFromANewerNodeIsNeverClear) {
  v1::CheckResponse response;
  response.add_partners()->set_state(static_cast<v1::PartnerState>(99));
  EXPECT_THAT(Text(response), HasSubstr("not checked"));
  EXPECT_THAT(JsonText(response), HasSubstr("\"state\": \"not_checked\""));
}

TEST(ShowCheckTest, PartnersWithoutNamesAreStillCounted) {
  v1::CheckResponse response;
  response.add_partners()->set_state(v1::PARTNER_STATE_STALE);
  EXPECT_THAT(Text(response), HasSubstr("  a partner  old data"));
}

TEST(ShowCheckTest, WhatANewerNodeNamesStandsAsItNamesIt) {
  v1::CheckResponse response;
  auto* partner = response.add_partners();
  partner->set_state(v1::PARTNER_STATE_NOT_CHECKED);
  partner->set_reason("asleep");
  auto* input = response.add_inputs();
  input->set_type("own_incident");
  input->set_reason("too-loud");
  input->set_status("parked");
  const std::string text = Text(response);
  EXPECT_THAT(text, HasSubstr("not checked (asleep)"));
  EXPECT_THAT(text, HasSubstr("too-loud  parked"));
}

TEST(ShowCheckTest, NobodyToAskMeansNoPartnersBlock) {
  EXPECT_THAT(Text(v1::CheckResponse()), Not(HasSubstr("Partners")));
}

TEST(ShowCheckTest, TextFromOtherNodesCannotSteerTheTerminal) {
  v1::CheckResponse response;
  response.set_because("x\x1b[2Jy\nz");
  response.add_partners()->set_origin("a\x1b]0;evil\x07");
  const std::string text = Text(response);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("x?[2Jy?z\n"));
}

constexpr char kReceipt[] = R"pb(
  receipt: "r1"
  checked_at: "2026-11-10T08:00:00Z"
  checked_by: "uid:1000"
  effect: EFFECT_DEPOSIT
  because: "One record."
  decided_by: "expected-rate"
  risk_ppm: 118000
  inputs {
    type: "partner_record"
    origin: "toko-a.test"
    reference: "3"
    commitment: "cc"
    status: "settled"
    age_days: 1
    bad_ppm: 231000
    weight_ppm: 1000000
    counted: true
  }
  inputs { type: "own_incident" reference: "i9" status: "live" age_days: 3 }
  partners {
    origin: "toko-a.test"
    state: PARTNER_STATE_CACHED
    head_age_s: 7
    head_size: 5
    head_root: "dd"
    witnesses: "toko-b.test"
    witnesses: "toko-c.test"
  }
  rules { rule: "expected-rate" fired: true }
  rules { rule: "open-debt" }
  policy: "ab12"
  amount { minor: 450000000 currency: "IDR" }
  terms: TERMS_CREDIT
  log_index: 12
  commitment: "ee"
)pb";

constexpr char kReceiptText[] =
    "DEPOSIT\n"
    "One record.\n"
    "\n"
    "Receipt       r1\n"
    "Checked       2026-11-10T08:00:00Z by uid:1000\n"
    "Order         IDR 4,500,000, on credit\n"
    "Policy        ab12\n"
    "Decision log  #12, commitment ee\n"
    "\n"
    "Decided by          expected-rate\n"
    "Expected bad rate   11.8 %\n"
    "Without any record  0 %\n"
    "\n"
    "Rules that fired\n"
    "  expected-rate\n"
    "\n"
    "Rules that did not\n"
    "  open-debt\n"
    "\n"
    "What went in\n"
    "  toko-a.test #3   settled  1 day old   counts 23.1 % at weight 100 %  cc\n"
    "  own incident i9  live     3 days old  did not count\n"
    "\n"
    "Partners\n"
    "  toko-a.test  cached  data 7 s old  5 entries  weight 0 %  witnessed by toko-b.test, "
    "toko-c.test\n";

constexpr char kReceiptJson[] =
    R"({"receipt":"r1","checked_at":"2026-11-10T08:00:00Z","checked_by":"uid:1000","effect")"
    R"(:"deposit","effect_now":"deposit","because":"One record.","coverage":null,"decided_by":"expected-rate","ris)"
    R"(k_ppm":118000,"prior_ppm":0,"amount":{"minor":450000000,"currency":"IDR","major":"45)"
    R"(00000"},"terms":"credit","policy":"ab12","group":null,"allowed_by":null,"caps":[],"l)"
    R"(og_index":12,"commitment":"ee","next":[],"next_now":[],"override":null,"earlier_overrides":[],"outc)"
    R"(ome":null,"outcome_at")"
    R"(:null,"inputs":[{"type":"partner_record","origin":"toko-a.test","reference":"3","com)"
    R"(mitment":"cc","status":"settled","age_days":1,"bad_ppm":231000,"weight_ppm":1000000,)"
    R"("counted":true,"with_order":false,"mitigations":[],"orders":null,"orders_on_time":null,"orders_bad":nul)"
    R"(l},{"type":"own_incident","origin":null,"reference":"i9","commitment":null,"status":)"
    R"("live","age_days":3,"bad_ppm":0,"weight_ppm":0,"counted":false,"with_order":false,"mitigations":[],"ord)"
    R"(ers":null,"orders_on_time":null,"orders_bad":null}],"partners":[{"origin":"toko-a.te)"
    R"(st","state":"cached","head_age_s":7,"head_size":5,"head_root":"dd","witnesses":["tok)"
    R"(o-b.test","toko-c.test"],"reason":null,"weight_ppm":0}],"rules":[{"rule":"expected-r)"
    R"(ate","fired":true,"effect":null,"looks_at":null},{"rule":"open-debt","fired":false,")"
    R"(effect":null,"looks_at":null}],"subjects":null,"body":null,"salt":null})";

TEST(ShowCheckTest, AMadeUpAnswerSaysSoBeforeEverythingElse) {
  auto response = Proto<v1::CheckResponse>(kPrepay);
  response.set_test(true);
  const std::pair<decision::Language, const char*> first_lines[] = {
      {decision::Language::kEnglish, "TEST MODE\nFULL PREPAYMENT\n"},
      {decision::Language::kIndonesian, "MODE UJI\n"},
      {decision::Language::kMalay, "MOD UJIAN\n"}};
  for (const auto& [language, line] : first_lines) {
    std::ostringstream out;
    Print(out, response, false, language);
    EXPECT_EQ(out.str().rfind(line, 0), 0u) << out.str();
  }
  EXPECT_EQ(ToJson(response)["test"], true);
}

TEST(ShowCheckTest, EveryOverrideIsToldTheOneInForceFirst) {
  auto receipt = Proto<v1::GetReceiptResponse>(kReceipt);
  *receipt.mutable_override() = Proto<v1::DecisionOverride>(
      "effect: EFFECT_DECLINE because: 'again' by: 'user:budi' at: 'T2'");
  *receipt.add_earlier_overrides() = Proto<v1::DecisionOverride>(
      "effect: EFFECT_ACCEPT because: 'a friend' by: 'uid:1000' at: 'T1'");
  receipt.add_next()->set_sentence("Ask for a deposit.");
  receipt.add_next_now()->set_sentence("Part well.");
  const std::string text = Text(receipt);
  EXPECT_EQ(text.rfind("DECLINE\n"
                       "Overridden to decline, by user:budi, T2: again\n"
                       "Before that to accept, by uid:1000, T1: a friend\n"
                       "The node had answered deposit: One record.\n"
                       "\nNext\n  - Part well.\n\n",
                       0),
            0u)
      << text;
  EXPECT_THAT(text, Not(HasSubstr("Ask for a deposit.")));
  const Json json = ToJson(receipt);
  EXPECT_EQ(json["effect"], "deposit");
  EXPECT_EQ(json["effect_now"], "decline");
  EXPECT_EQ(json["next"][0]["sentence"], "Ask for a deposit.");
  EXPECT_EQ(json["next_now"][0]["sentence"], "Part well.");
  EXPECT_EQ(json["override"]["because"], "again");
  EXPECT_EQ(json["earlier_overrides"].dump(),
            R"([{"effect":"accept","because":"a friend","by":"uid:1000","at":"T1"}])");
}

TEST(ShowCheckTest, TextOfAReceipt) {
  EXPECT_EQ(Text(Proto<v1::GetReceiptResponse>(kReceipt)), kReceiptText);
}

TEST(ShowCheckTest, AReceiptWithoutNamesShowsNoBlanksAndNoNoughts) {
  auto response = Proto<v1::GetReceiptResponse>(kReceipt);
  v1::ReceiptInput& input = *response.mutable_inputs(0);
  input.clear_origin();
  input.clear_reference();
  input.clear_commitment();
  input.clear_weight_ppm();
  v1::ReceiptPartner& partner = *response.mutable_partners(0);
  partner.clear_origin();
  partner.clear_head_size();
  partner.clear_head_root();
  partner.clear_witnesses();
  partner.set_head_age_s(3600);
  const std::string text = Text(response);
  EXPECT_THAT(text, HasSubstr("  a partner        settled  1 day old   counts 23.1 %\n"));
  EXPECT_THAT(text, HasSubstr("Partners\n  a partner  cached  data at most 60 min old\n"));
  const Json json = ToJson(response);
  EXPECT_TRUE(json["inputs"][0]["weight_ppm"].is_null());
  EXPECT_EQ(json["inputs"][1]["weight_ppm"], 0);
  EXPECT_TRUE(json["partners"][0]["weight_ppm"].is_null());
  EXPECT_TRUE(json["partners"][0]["head_size"].is_null());
}

TEST(ShowCheckTest, JsonOfAReceipt) {
  EXPECT_EQ(ToJson(Proto<v1::GetReceiptResponse>(kReceipt)).dump(), kReceiptJson);
}

std::string TextIn(const v1::GetReceiptResponse& response, decision::Language language) {
  std::ostringstream out;
  Print(out, response, false, language);
  return out.str();
}

TEST(ShowCheckTest, NumbersAndWordsOfAReceiptAreThoseOfTheLanguage) {
  auto response = Proto<v1::GetReceiptResponse>(kReceipt);
  response.mutable_override()->set_effect(v1::EFFECT_DECLINE);
  response.mutable_override()->set_by("uid:7");
  response.mutable_override()->set_at("2026-11-11T08:00:00Z");
  response.mutable_override()->set_because("why");
  response.mutable_inputs(1)->add_mitigations("told-in-time");
  response.mutable_inputs(1)->add_mitigations("a-newer-one");
  const std::string english = TextIn(response, decision::Language::kEnglish);
  EXPECT_THAT(english, HasSubstr("to decline, by uid:7, 2026-11-11T08:00:00Z: why\n"));
  EXPECT_THAT(english, HasSubstr("the customer told the shop in time, a-newer-one"));
  EXPECT_THAT(english, HasSubstr("11.8 %"));
  const std::string indonesian = TextIn(response, decision::Language::kIndonesian);
  EXPECT_THAT(indonesian, HasSubstr("Nomor bukti    r1\n"));
  EXPECT_THAT(indonesian, HasSubstr("Diubah menjadi tolak, oleh uid:7, "));
  EXPECT_THAT(indonesian, HasSubstr("pelanggan memberi tahu"));
  EXPECT_THAT(indonesian, HasSubstr(" 11,8%\n"));
  EXPECT_THAT(indonesian, HasSubstr("dihitung 23,1% dengan bobot 100%"));
  EXPECT_THAT(indonesian, HasSubstr("kejadian toko ini i9"));
  const std::string malay = TextIn(response, decision::Language::kMalay);
  EXPECT_THAT(malay, HasSubstr("Diubah kepada tolak, oleh uid:7, "));
  EXPECT_THAT(malay, HasSubstr("pelanggan memberitahu kedai"));
  EXPECT_THAT(malay, HasSubstr(" 11.8%\n"));
  EXPECT_THAT(malay, HasSubstr("insiden kedai ini i9"));
}

}  // namespace
}  // namespace daftar::cli
