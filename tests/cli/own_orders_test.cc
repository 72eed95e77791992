// The line about own orders that `check` prints beside the sentence about them: the two must add
// up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <regex>
#include <set>
#include <sstream>

#include "cli/show_check.h"
#include "node/service/convert.h"
#include "tests/node/decision/inputs.h"

namespace daftar::cli {
namespace {

using decision::DaysAgo;
using decision::OrderRemark;

constexpr uint32_t kLateAfterDays = 10;

decision::TrackRecord RandomRecord(std::mt19937_64& random) {
  const auto below = [&random](uint64_t bound) { return random() % bound; };
  const auto days = [&below](uint64_t most) { return static_cast<int64_t>(below(most)); };
  decision::TrackRecordBuilder builder(DaysAgo(0), kLateAfterDays);
  for (uint64_t n = below(7); n > 0; --n) {
    decision::OrderFacts order;
    const int64_t invoiced = 5 + days(90);
    order.invoiced = DaysAgo(invoiced);
    order.due = order.invoiced.PlusDays(days(40));
    order.amount = decision::Rupiah(1 + below(900));
    order.terms = below(4) == 0 ? decision::Terms::kPrepaid : decision::Terms::kCredit;
    order.disputed = below(8) == 0;
    if (below(2) == 0) order.paid = order.invoiced.PlusDays(days(60));
    if (below(6) == 0) order.written_off = order.invoiced.PlusDays(days(60));
    order.said_late = order.paid.has_value() && below(6) == 0;
    builder.Add(order, static_cast<OrderRemark>(below(4) == 0 ? 1 + below(2) : 0));
  }
  return std::move(builder).Finish();
}

struct Counts {
  uint64_t with_outcome = 0;
  uint64_t on_time = 0;
};

// What the sentence says of orders with an outcome; nothing when it does not speak of them.
std::optional<Counts> Said(const std::string& sentence) {
  std::smatch found;
  const auto number = [&found](size_t group) { return std::stoull(found[group]); };
  if (std::regex_search(sentence, found,
                        std::regex("[Oo]f (\\d+) own orders with an outcome, (\\d+) paid"))) {
    return Counts{number(1), number(2)};
  }
  if (std::regex_search(sentence, found, std::regex("None of (\\d+) own orders"))) {
    return Counts{number(1), 0};
  }
  if (std::regex_search(sentence, found, std::regex("the (\\d+) own orders .* were all"))) {
    return Counts{number(1), number(1)};
  }
  if (sentence.find("one own order with an outcome was not") != std::string::npos) {
    return Counts{1, 0};
  }
  if (sentence.find("one own order with an outcome was") != std::string::npos) {
    return Counts{1, 1};
  }
  return std::nullopt;
}

TEST(OwnOrdersTest, SentenceAndTableAddUp) {
  const std::regex line(
      "  own orders: (\\d+) orders? with an outcome"
      "(?:: (\\d+) on time, (\\d+) late(?: \\(worst \\d+ days?\\))?(?:, (\\d+) unpaid)?)?"
      "(?:; beside these: ([^;\n]*))?(?:; IDR [0-9,]+ not paid)?\n");
  const std::regex other("(\\d+) (paid in advance|open|in dispute|paid, then broken)");
  std::mt19937_64 random(41);
  int sentences = 0;
  std::set<std::string> kinds;
  for (int round = 0; round < 5'000; ++round) {
    decision::InputsBuilder builder;
    builder.Partners(1).Amount({});
    builder.inputs().own = RandomRecord(random);
    check::Answer answer;
    answer.own = builder.inputs().own;
    answer.decision = builder.Decide();
    const std::string sentence = decision::Because(answer.decision);
    std::ostringstream out;
    Print(out, service::ToProto(answer, decision::Language::kEnglish), false,
          decision::Language::kEnglish);
    const std::string text = out.str();
    std::smatch found;
    const bool printed = std::regex_search(text, found, line);
    ASSERT_EQ(printed, answer.own.orders > 0) << text;
    if (!printed) continue;
    const auto number = [&found](size_t group) {
      return found[group].matched ? std::stoull(found[group]) : 0;
    };
    const Counts told{number(1), number(2)};
    ASSERT_EQ(told.with_outcome, number(2) + number(3) + number(4)) << text;
    uint64_t others = 0;
    const std::string beside = found[5];
    for (std::sregex_iterator at(beside.begin(), beside.end(), other), end; at != end; ++at) {
      others += std::stoull((*at)[1]);
      kinds.insert((*at)[2]);
    }
    ASSERT_EQ(told.with_outcome + others, answer.own.orders) << text;
    const auto said = Said(sentence);
    if (!said.has_value()) continue;
    ++sentences;
    ASSERT_EQ(said->with_outcome, told.with_outcome) << sentence << "\n" << text;
    ASSERT_EQ(said->on_time, told.on_time) << sentence << "\n" << text;
  }
  // Else the cases say nothing.
  EXPECT_GT(sentences, 500);
  EXPECT_EQ(kinds.size(), 4u);
}

}  // namespace
}  // namespace daftar::cli
