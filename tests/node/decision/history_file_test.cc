#include "node/decision/history_file.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using identity::Region;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kDay = 86'400;

struct Read {
  absl::Status status;
  History history;
  std::vector<LedgerRefusal> refusals;
};

Read ReadCsv(std::string_view mapping, const std::string& csv, HistoryFileOptions options = {},
             std::string_view as_of = {}) {
  Read read;
  auto parsed = HistoryMapping::Parse(mapping, Region::kIndonesia);
  if (!parsed.ok()) {
    read.status = parsed.status();
    return read;
  }
  HistoryBuilder builder(crypto::ToBytes("key"));
  std::istringstream stream(csv);
  read.status =
      ReadHistory(stream, *parsed, options, builder, [&read](const LedgerRefusal& refusal) {
        read.refusals.push_back(refusal);
        return true;
      });
  read.history =
      std::move(builder).Finish(as_of.empty() ? evidence::Date() : *evidence::Date::Parse(as_of));
  return read;
}

constexpr std::string_view kTexts = R"(version = 1
[identifiers]
handle = "x/{who}"
[outcome]
at = "{at}"
known = "{known}"
known_after_days = 1
bad = "{bad}"
bad_yes = ["Yes"]
shop = "{shop}"
reason = "no-show"
judge_from = "2016-05-09"
amount = "{amount}"
currency = "BRL"
time_formats = ["%Y-%m-%d"]
)";

TEST(HistoryFileTest, OutcomesByTextAreReadToTheSecond) {
  const Read read = ReadCsv(kTexts,
                            "who,at,known,bad,shop,amount\n"
                            "anna,2016-05-08T18:38:08Z,2016-05-10T00:00:00Z,yes,s1,10.50\n"
                            "ben,2016-05-09 00:00,2016-05-09,No,s2,\n"
                            "Anna,2016-05-10 08:22:56.000000,,No,s1,7\n");
  ASSERT_THAT(read.status, IsOk());
  EXPECT_TRUE(read.refusals.empty());
  const auto& orders = read.history.orders;
  ASSERT_EQ(orders.size(), 3u);
  EXPECT_EQ(read.history.customers, 2u);
  EXPECT_EQ(read.history.parties, 2u);
  EXPECT_EQ(orders[0].at, 1'462'732'688);
  EXPECT_EQ(orders[0].known_at, 1'462'924'800);  // 2016-05-11
  EXPECT_TRUE(orders[0].bad);
  EXPECT_FALSE(orders[0].judged);
  EXPECT_EQ(orders[0].reason, evidence::Reason::kNoShow);
  EXPECT_EQ(orders[0].amount->minor, 1050u);
  EXPECT_EQ(orders[0].due_at, kNever);
  EXPECT_EQ(orders[0].settled_at, kNever);
  EXPECT_FALSE(orders[1].bad);
  EXPECT_TRUE(orders[1].judged);
  EXPECT_FALSE(orders[1].amount.has_value());
  EXPECT_EQ(orders[1].at, 1'462'752'000);
  EXPECT_EQ(orders[2].customer, orders[0].customer);
  EXPECT_EQ(orders[2].party, orders[0].party);
  EXPECT_NE(orders[1].party, orders[0].party);
  EXPECT_EQ(orders[2].at % kDay, 8 * 3600 + 22 * 60 + 56);
  EXPECT_EQ(orders[2].known_at, kNever);
}

TEST(HistoryFileTest, SeveralTimeFormatsAreTriedInOrder) {
  const Read read = ReadCsv(
      "version = 1\n[identifiers]\nhandle = \"x/{who}\"\n[outcome]\nreason = \"no-show\"\n"
      "at = \"{at}\"\ntime_formats = [\"%Y-%m-%d\", \"%d.%m.%y\"]\nbad = \"{bad}\"\n"
      "bad_yes = [\"yes\"]\n",
      "who,at,bad\nanna,2016-05-09,yes\nanna,09.05.16,no\nanna,9 May,no\n");
  ASSERT_THAT(read.status, IsOk());
  ASSERT_EQ(read.history.orders.size(), 2u);
  EXPECT_EQ(read.history.orders[0].at, read.history.orders[1].at);
  EXPECT_EQ(read.refusals.size(), 1u);
}

TEST(HistoryFileTest, LinesThatCannotBeUsedAreNamedAndTheRestGoesOn) {
  const Read read = ReadCsv(kTexts,
                            "who,at,known,bad,shop,amount\n"
                            ",2016-05-09,2016-05-09,No,s,1\n"
                            "a,,2016-05-09,No,s,1\n"
                            "a,2016-05-09 25:00,2016-05-09,No,s,1\n"
                            "a,2016-05-09,soon,No,s,1\n"
                            "a,2016-05-09,2016-05-09,,s,1\n"
                            "a,2016-05-09,2016-05-09,No,,1\n"
                            "a,2016-05-09,2016-05-09,No,s,-1\n"
                            "a,2016-05-09,2016-05-09,No,s\n"
                            "a,2016-05-09,2016-05-09,No,s,1\n");
  ASSERT_THAT(read.status, IsOk());
  EXPECT_EQ(read.history.orders.size(), 1u);
  std::vector<std::string> reasons;
  for (size_t i = 0; i < read.refusals.size(); ++i) {
    EXPECT_EQ(read.refusals[i].line, i + 2);
    reasons.push_back(read.refusals[i].reason);
  }
  EXPECT_THAT(reasons, ElementsAre(HasSubstr("no identifier"), HasSubstr("no moment"),
                                   HasSubstr("time of day"), HasSubstr("known is not a date"),
                                   HasSubstr("no outcome"), HasSubstr("shop must be"),
                                   HasSubstr("amount: negative"), HasSubstr("has 5 fields")));
}

TEST(HistoryFileTest, ARatingBelowTheBoundIsBad) {
  const Read read = ReadCsv(R"(version = 1
[identifiers]
handle = "otc/{target}"
[outcome]
at = "{time}"
known = "{time}"
bad = "{rating}"
bad_below = 0
shop = "{source}"
reason = "agreement-broken"
time_formats = ["unix"]
)",
                            "source,target,rating,time\n"
                            "6,2,-1,1289241912\n"
                            "6,5,0,1289241942\n"
                            "6,5,bad,1289241942\n"
                            "6,5,1,12892x\n");
  ASSERT_THAT(read.status, IsOk());
  ASSERT_EQ(read.history.orders.size(), 2u);
  EXPECT_TRUE(read.history.orders[0].bad);
  EXPECT_FALSE(read.history.orders[1].bad);
  EXPECT_EQ(read.history.orders[0].at, 1'289'241'912);
  EXPECT_EQ(read.history.orders[0].known_at, 1'289'241'912);
  ASSERT_EQ(read.refusals.size(), 2u);
  EXPECT_THAT(read.refusals[0].reason, HasSubstr("not a whole number"));
  EXPECT_THAT(read.refusals[1].reason, HasSubstr("Unix seconds"));
}

constexpr std::string_view kDates = R"(version = 1
[identifiers]
handle = "l/{who}"
[outcome]
at = "{at}"
due = "{due}"
paid = "{paid}"
bad_after_days = 1
known_after_days = 2
reason = "invoice-overdue"
time_formats = ["%Y-%m-%d"]
)";

TEST(HistoryFileTest, PaidADayAfterItWasDueOrLaterIsBadAndKnownTwoDaysAfterAtTheLatest) {
  const Read read = ReadCsv(kDates,
                            "who,at,due,paid\n"
                            "a,2017-01-01,2017-02-01,2017-02-01 23:59:59\n"
                            "a,2017-01-01,2017-02-01,2017-02-02 06:00\n"
                            "a,2017-01-01,2017-02-01,2017-03-01\n"
                            "a,2017-01-01,2017-02-01,\n"
                            "a,2017-01-01,,2017-02-01\n");
  ASSERT_THAT(read.status, IsOk());
  const auto& orders = read.history.orders;
  ASSERT_EQ(orders.size(), 4u);
  const int64_t due = orders[0].due_at;
  EXPECT_FALSE(orders[0].bad);
  EXPECT_EQ(orders[0].known_at, due + kDay - 1);
  EXPECT_TRUE(orders[1].bad);
  EXPECT_EQ(orders[1].known_at, due + kDay + 6 * 3600);
  EXPECT_EQ(orders[1].settled_at, orders[1].known_at);
  EXPECT_TRUE(orders[2].bad);
  EXPECT_EQ(orders[2].known_at, due + 2 * kDay);
  EXPECT_EQ(orders[2].settled_at, due + 28 * kDay);
  EXPECT_TRUE(orders[3].bad);
  EXPECT_EQ(orders[3].known_at, due + 2 * kDay);
  EXPECT_EQ(orders[3].settled_at, kNever);
  ASSERT_EQ(read.refusals.size(), 1u);
  EXPECT_EQ(read.refusals[0].line, 6u);
}

constexpr std::string_view kLedger = R"(version = 1
[identifiers]
handle = "l/{who}"
phone = "{phone}"
[order]
invoice = "{no}"
invoice_date = "{at}"
due_date = "{due}"
paid_date = "{paid}"
amount = "{amount}"
currency = "USD"
disputed = "{disputed}"
disputed_yes = ["Yes"]
date_formats = ["%Y-%m-%d"]
)";

TEST(HistoryFileTest, WhatIsStillToComeIsRefused) {
  HistoryFileOptions options;
  options.today = *evidence::Date::Parse("2013-02-10");
  const Read ledger = ReadCsv(kLedger,
                              "who,phone,no,at,due,paid,amount,disputed\n"
                              "a,,1,2013-01-01,2013-02-01,2013-02-11,5,No\n"  // a day ahead of UTC
                              "a,,2,2013-01-01,2013-02-01,2013-02-12,5,No\n"
                              "a,,3,2013-02-12,2013-03-01,,5,No\n"
                              "a,,4,2013-02-01,2013-03-01,,5,No\n",
                              options);
  ASSERT_THAT(ledger.status, IsOk());
  EXPECT_EQ(ledger.history.orders.size(), 2u);
  ASSERT_EQ(ledger.refusals.size(), 2u);
  EXPECT_EQ(ledger.refusals[0].reason, "the paid date is still to come");
  EXPECT_EQ(ledger.refusals[1].reason, "the invoice date is still to come");
  options.today = *evidence::Date::Parse("2016-05-09");
  const Read outcomes = ReadCsv(kTexts,
                                "who,at,known,bad,shop,amount\n"
                                "anna,2016-05-10T23:00:00Z,,No,s1,7\n"
                                "anna,2016-05-11T00:00:00Z,,No,s1,7\n",
                                options);
  ASSERT_EQ(outcomes.refusals.size(), 1u);
  EXPECT_EQ(outcomes.refusals[0].reason, "the moment is still to come");
}

TEST(HistoryFileTest, ALedgersInvoiceIsBadFromTheEleventhDayOn) {
  HistoryFileOptions options;
  options.party = 4;
  const Read read = ReadCsv(kLedger,
                            "who,phone,no,at,due,paid,amount,disputed\n"
                            "a,,1,2013-01-01,2013-02-01,2013-02-11,5,No\n"
                            "a,,2,2013-01-01,2013-02-01,2013-02-12,5,Yes\n"
                            "a,,3,2013-01-01,2013-02-01,,5,No\n"
                            "a,,4,2013-01-01,2013-02-01,,5,Yes\n",
                            options, "2013-03-01");
  ASSERT_THAT(read.status, IsOk());
  const auto& orders = read.history.orders;
  ASSERT_EQ(orders.size(), 4u);
  const int64_t due = orders[0].due_at;
  EXPECT_FALSE(orders[0].bad);
  EXPECT_EQ(orders[0].known_at, due + 10 * kDay);
  EXPECT_EQ(orders[0].party, 4u);
  EXPECT_TRUE(orders[1].bad);
  EXPECT_EQ(orders[1].known_at, due + 11 * kDay);
  EXPECT_EQ(orders[1].settled_at, due + 11 * kDay);
  EXPECT_TRUE(orders[2].bad);
  EXPECT_EQ(orders[2].known_at, due + 11 * kDay);
  EXPECT_EQ(orders[2].settled_at, kNever);
  EXPECT_FALSE(orders[3].judged);  // open and in dispute: no outcome
  EXPECT_EQ(orders[3].known_at, kNever);
}

constexpr std::string_view kOpenInvoices =
    "who,phone,no,at,due,paid,amount,disputed\n"
    "a,,1,2013-01-01,2013-01-31,2013-02-20,5,No\n"  // the newest day
    "a,,2,2013-01-01,2013-02-09,,5,No\n"            // 11 days late by then
    "a,,3,2013-01-01,2013-02-10,,5,No\n"            // 10 days
    "a,,4,2013-02-20,2013-09-01,,5,No\n";           // not due for long

TEST(HistoryFileTest, WhatIsNotPaidAndNotLateYetIsNotJudged) {
  const Read read = ReadCsv(kLedger, std::string(kOpenInvoices));
  ASSERT_THAT(read.status, IsOk());
  const History& history = read.history;
  EXPECT_EQ(history.as_of.ToString(), "2013-02-20");
  EXPECT_EQ(history.not_judged_yet, 2u);
  EXPECT_EQ(history.later_orders, 0u);
  ASSERT_EQ(history.orders.size(), 4u);
  EXPECT_TRUE(history.orders[0].judged && history.orders[0].bad);
  EXPECT_TRUE(history.orders[1].judged && history.orders[1].bad);
  for (const size_t i : {2, 3}) {
    const PastOrder& order = history.orders[i];
    EXPECT_FALSE(order.judged || order.bad) << i;
    EXPECT_EQ(order.known_at, kNever) << i;
    EXPECT_NE(order.due_at, kNever) << i;  // still owed
  }
}

TEST(HistoryFileTest, ALaterDayJudgesWhatIsStillOpen) {
  const Read read = ReadCsv(kLedger, std::string(kOpenInvoices), {}, "2013-02-21");
  EXPECT_EQ(read.history.not_judged_yet, 1u);
  EXPECT_TRUE(read.history.orders[2].judged && read.history.orders[2].bad);
}

TEST(HistoryFileTest, PaymentsAndOrdersAfterTheDayHaveNotHappened) {
  const Read read = ReadCsv(kLedger,
                            "who,phone,no,at,due,paid,amount,disputed\n"
                            "a,,1,2013-01-01,2013-02-01,2013-02-19,5,No\n"
                            "a,,2,2013-01-01,2013-02-08,2013-02-19,5,No\n"
                            "a,,3,2013-01-01,2013-02-01,2013-02-19,5,Yes\n"
                            "a,,4,2013-02-18,2013-03-01,2013-02-18,5,No\n"
                            "b,,5,2013-02-19,2013-03-01,2013-02-19,5,No\n",
                            {}, "2013-02-18");
  ASSERT_THAT(read.status, IsOk());
  const History& history = read.history;
  EXPECT_EQ(history.later_orders, 1u);
  EXPECT_EQ(history.not_judged_yet, 2u);
  ASSERT_EQ(history.orders.size(), 4u);
  EXPECT_TRUE(history.orders[0].judged && history.orders[0].bad);
  EXPECT_EQ(history.orders[0].settled_at, kNever);
  EXPECT_FALSE(history.orders[1].judged);  // neither paid nor late
  EXPECT_FALSE(history.orders[2].judged);  // in dispute until it was paid
  EXPECT_TRUE(history.orders[3].judged);
  EXPECT_FALSE(history.orders[3].bad);
}

TEST(HistoryFileTest, AnOutcomeThatTheFileStatesIsJudgedUnlessItCameAfterTheDayNamed) {
  const std::string csv =
      "who,at,known,bad,shop,amount\n"
      "anna,2016-05-09,2016-05-10,Yes,s,1\n"
      "anna,2016-05-10,2016-05-20,Yes,s,1\n"
      "anna,2016-05-10,,Yes,s,1\n";
  const Read all = ReadCsv(kTexts, csv);
  EXPECT_EQ(all.history.as_of.ToString(), "2016-05-21");  // a day after the last is known
  EXPECT_EQ(all.history.not_judged_yet, 0u);
  const Read earlier = ReadCsv(kTexts, csv, {}, "2016-05-20");
  EXPECT_EQ(earlier.history.not_judged_yet, 1u);
  EXPECT_FALSE(earlier.history.orders[1].judged);
  EXPECT_TRUE(earlier.history.orders[2].judged);  // nothing says when it was known
}

TEST(HistoryFileTest, AnyIdentifierNamesTheCustomerAndTwoCustomersInOneLineAreRefused) {
  const Read read = ReadCsv(kLedger,
                            "who,phone,no,at,due,paid,amount,disputed\n"
                            "a,,1,2013-01-01,2013-02-01,,5,No\n"
                            ",081234567890,2,2013-01-01,2013-02-01,,5,No\n"
                            "b,081234567890,3,2013-01-01,2013-02-01,,5,No\n"
                            "a,081234567890,4,2013-01-01,2013-02-01,,5,No\n"
                            "b,,5,2013-01-01,2013-02-01,,5,No\n");
  ASSERT_THAT(read.status, IsOk());
  ASSERT_EQ(read.history.orders.size(), 4u);
  EXPECT_EQ(read.history.customers, 2u);
  EXPECT_EQ(read.history.orders[1].customer, read.history.orders[2].customer);
  EXPECT_EQ(read.history.orders[1].customer, read.history.orders[3].customer);
  ASSERT_EQ(read.refusals.size(), 1u);
  EXPECT_EQ(read.refusals[0].line, 5u);
  EXPECT_THAT(read.refusals[0].reason, HasSubstr("two customers"));
}

TEST(HistoryFileTest, StopsWhenTold) {
  auto mapping = HistoryMapping::Parse(kDates, Region::kIndonesia);
  ASSERT_THAT(mapping, IsOk());
  HistoryBuilder builder(crypto::ToBytes("key"));
  std::istringstream bad("who,at,due,paid\nx\nx\n");
  int refused = 0;
  EXPECT_THAT(ReadHistory(bad, *mapping, {}, builder, [&](const auto&) { return ++refused > 9; }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(refused, 1);
  std::istringstream good("who,at,due,paid\na,2017-01-01,2017-02-01,\n");
  EXPECT_THAT(ReadHistory(
                  good, *mapping, {}, builder, [](const auto&) { return true; },
                  [](uint64_t) { return false; }),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST(HistoryFileTest, AColumnThatIsMissingIsNamed) {
  EXPECT_THAT(ReadCsv(kDates, "who,at,due\n").status,
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'paid'")));
  EXPECT_THAT(ReadCsv(kDates, "").status, StatusIs(absl::StatusCode::kInvalidArgument));
}

std::string With(std::string_view from, std::string_view to) {
  std::string text(kTexts);
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(HistoryMappingTest, WrongMappingsAreRefusedAtTheirKey) {
  const auto refused = [](const std::string& toml, std::string_view why) {
    EXPECT_THAT(HistoryMapping::Parse(toml, Region::kIndonesia),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(why))))
        << toml;
  };
  refused(With("known_after_days = 1", "known_later = 1"), "known_later");
  refused(With("at = \"{at}\"", "at = \"x\""), "must name a column");
  refused(With("reason = \"no-show\"", ""), "reason");
  refused(With("\"no-show\"", "\"unreachable\""), "shared with partners");
  refused(With("\"no-show\"", "\"nothing\""), "unknown");
  refused(With("2016-05-09", "May"), "judge_from");
  refused(With("bad_yes = [\"Yes\"]", ""), "bad_below");
  refused(With("bad_yes = [\"Yes\"]", "bad_yes = [\"Yes\"]\nbad_below = 1"), "bad_below");
  refused(With("bad = \"{bad}\"", "due = \"{bad}\""), "told by");
  refused(With("[\"%Y-%m-%d\"]", "[\"%H\"]"), "time_formats");
  refused(With("currency = \"BRL\"", ""), "currency");
}

TEST(HistoryMappingTest, TheShippedMappingsAreRead) {
  for (const char* name : {"ibm-ar", "superlender", "superlender-later", "noshow", "bitcoin-otc"}) {
    std::ifstream file(std::string(DAFTAR_SOURCE_DIR) + "/deploy/mappings/" + name + ".toml");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto mapping = HistoryMapping::Parse(text, Region::kIndonesia);
    ASSERT_THAT(mapping, IsOk()) << name;
    EXPECT_EQ(mapping->outcome.has_value(), std::string_view(name) != "ibm-ar");
  }
}

}  // namespace
}  // namespace daftar::decision
