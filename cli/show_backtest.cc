#include "cli/show_backtest.h"

#include <cmath>
#include <cstdio>

#include "cli/arguments.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

using decision::BacktestReport;
using decision::MoneyShare;
using decision::RankReport;
using decision::Spread;

constexpr double kPercent = 100.0;

std::string Fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string Share(double part) { return Fixed(part * kPercent, 1) + " %"; }

Json SpreadJson(const Spread& spread) {
  return Json{{"mean", spread.mean}, {"deviation", spread.deviation}};
}

// Minor units as a sum of money, or a number of orders.
std::string Sum(const MoneyShare& share, double value) {
  if (share.currency.code().empty()) return Fixed(value, 1) + " orders";
  v1::Money money;
  money.set_currency(share.currency.code());
  money.set_minor(value < 0 ? 0 : static_cast<uint64_t>(std::llround(value)));
  return ShowMoney(money);
}

Json MoneyJson(const std::vector<MoneyShare>& shares) {
  Json out = Json::array();
  for (const MoneyShare& share : shares) {
    out.push_back({{"currency", TextOrNull(share.currency.code())},
                   {"loss", share.loss},
                   {"loss_avoided", share.loss_avoided},
                   {"sales", share.sales},
                   {"sales_hindered", share.sales_hindered}});
  }
  return out;
}

Json RankJson(const RankReport& rank) {
  Json caught = Json::array();
  for (size_t i = 0; i < decision::kHinderedShares.size(); ++i) {
    caught.push_back({{"good_hindered", decision::kHinderedShares[i]},
                      {"bad_caught", SpreadJson(rank.caught[i])},
                      {"money", MoneyJson(rank.money[i])}});
  }
  return Json{{"auc", SpreadJson(rank.auc)}, {"caught", std::move(caught)}};
}

// One round has no deviation.
std::string Percents(const Spread& spread, uint32_t rounds) {
  const std::string mean = Fixed(spread.mean * kPercent, 1) + " %";
  return rounds == 1 ? mean : mean + " +- " + Fixed(spread.deviation * kPercent, 1);
}

void PrintRanks(std::ostream& out, const BacktestRun& run, const BacktestReport& report) {
  const bool partners = run.options.shops > 1;
  const uint32_t rounds = run.options.rounds;
  out << "\nBad orders caught, when so many good orders are hindered\n";
  Table table({"good hindered", "own records alone", partners ? "with partners" : ""});
  for (size_t i = 0; i < decision::kHinderedShares.size(); ++i) {
    table.Row({Share(decision::kHinderedShares[i]), Percents(report.own.caught[i], rounds),
               partners ? Percents(report.partners.caught[i], rounds) : ""});
  }
  table.Row(
      {"AUC", Fixed(report.own.auc.mean, 3), partners ? Fixed(report.partners.auc.mean, 3) : ""});
  table.Print(out, 2);
}

// What a figure is that was taken over all rounds.
std::string OfRounds(const BacktestRun& run) {
  return run.options.rounds == 1 ? "" : " (mean of the rounds)";
}

void PrintMoney(std::ostream& out, const BacktestRun& run, const BacktestReport& report) {
  out << "\nMoney, when 2 % of good orders are hindered" << OfRounds(run) << "\n";
  Table table({"", "loss avoided", "of all loss", "sales hindered", "of all sales"});
  const size_t at = 2;
  for (const auto& [name, rank] : {std::pair("own records alone", &report.own),
                                   std::pair("with partners", &report.partners)}) {
    if (rank == &report.partners && run.options.shops == 1) continue;
    for (const MoneyShare& share : rank->money[at]) {
      // Some orders may have an amount, and others none.
      const bool beside = share.currency.code().empty() && rank->money[at].size() > 1;
      table.Row({std::string(name) + (beside ? ", without an amount" : ""),
                 Sum(share, share.loss_avoided), Sum(share, share.loss),
                 Sum(share, share.sales_hindered), Sum(share, share.sales)});
    }
  }
  table.Print(out, 2);
}

// Of so many over all rounds, how many in one.
std::string PerRound(uint64_t all, uint32_t rounds) {
  return rounds == 1 ? std::to_string(all)
                     : Fixed(static_cast<double>(all) / static_cast<double>(rounds), 1);
}

std::string BadShare(uint64_t bad, uint64_t all) {
  return all == 0 ? std::string() : Share(static_cast<double>(bad) / static_cast<double>(all));
}

void PrintEffects(std::ostream& out, const BacktestRun& run, const BacktestReport& report) {
  const uint32_t rounds = run.options.rounds;
  out << "\nWhat the policy would have answered" << OfRounds(run) << "\n";
  Table effects({"answer", "orders", "of these bad"});
  for (const decision::EffectReport& effect : report.effects) {
    const uint64_t all = effect.good + effect.bad;
    if (all == 0) continue;
    effects.Row({std::string(decision::EffectName(effect.effect)), PerRound(all, rounds),
                 BadShare(effect.bad, all)});
  }
  effects.Print(out, 2);
  out << "\nWhat each rule contributed" << OfRounds(run) << "\n";
  Table rules({"rule", "decided", "of these bad", "raised", "of these bad"});
  for (const decision::RuleReport& rule : report.rules) {
    const uint64_t decided = rule.decided_good + rule.decided_bad;
    const uint64_t raised = rule.raised_good + rule.raised_bad;
    if (decided + raised == 0) continue;
    rules.Row({std::string(decision::RuleId(rule.rule)), PerRound(decided, rounds),
               BadShare(rule.decided_bad, decided), PerRound(raised, rounds),
               BadShare(rule.raised_bad, raised)});
  }
  rules.Print(out, 2);
}

std::string ShopsText(const decision::BacktestOptions& options) {
  const std::string shops = std::to_string(options.shops);
  if (options.parties_are_shops) return shops + ", one a file";
  if (options.shops == 1) return shops + ", without partners";
  return shops + ", dealt at random " + Count(options.rounds, "time") + " (seed " +
         std::to_string(options.seed) + ")";
}

}  // namespace

Json ToJson(const BacktestRun& run, const BacktestReport& report) {
  Json rules = Json::array();
  for (const decision::RuleReport& rule : report.rules) {
    rules.push_back({{"rule", decision::RuleId(rule.rule)},
                     {"decided_good", rule.decided_good},
                     {"decided_bad", rule.decided_bad},
                     {"raised_good", rule.raised_good},
                     {"raised_bad", rule.raised_bad}});
  }
  Json effects = Json::array();
  for (const decision::EffectReport& effect : report.effects) {
    effects.push_back({{"effect", decision::EffectName(effect.effect)},
                       {"good", effect.good},
                       {"bad", effect.bad},
                       {"money", MoneyJson(effect.money)}});
  }
  Json curve = Json::array();
  for (const RankReport& rank : report.by_partners) curve.push_back(RankJson(rank));
  Json liar = nullptr;
  if (report.liar.has_value()) {
    liar = Json{{"good_hindered", SpreadJson(report.liar->hindered)},
                {"bad_caught", SpreadJson(report.liar->caught)}};
  }
  return Json{{"files", run.files},
              {"policy", run.policy},
              {"shops", run.options.shops},
              {"rounds", run.options.rounds},
              {"seed", run.options.seed},
              {"learnt_weights", run.options.learnt_weights},
              {"lines_refused", run.lines_refused},
              {"as_of", TextOrNull(run.as_of)},
              {"not_judged_yet", run.not_judged_yet},
              {"later_orders", run.later_orders},
              {"orders", report.orders},
              {"judged", report.judged},
              {"scored_good", report.scored_good},
              {"scored_bad", report.scored_bad},
              {"own", RankJson(report.own)},
              {"partners", RankJson(report.partners)},
              {"by_partners", std::move(curve)},
              {"liar", std::move(liar)},
              {"effects", std::move(effects)},
              {"rules", std::move(rules)},
              {"picture", run.drawn ? Json(run.picture) : Json(nullptr)}};
}

void Print(std::ostream& out, const BacktestRun& run, const BacktestReport& report) {
  Fields fields;
  fields.Add("Orders", std::to_string(report.orders) + ", " + std::to_string(report.judged) +
                           " of them judged; the later half is scored");
  if (!run.as_of.empty()) {
    std::string text = run.as_of;
    if (run.not_judged_yet > 0) {
      text += "; " + Count(run.not_judged_yet, "order") + " not judged, without an outcome by then";
    }
    fields.Add("As of", text);
  }
  if (run.later_orders > 0) {
    fields.Add("Left out", Count(run.later_orders, "order") + " made after that day");
  }
  const uint64_t scored = report.scored_good + report.scored_bad;
  if (scored > 0) {
    fields.Add("Bad among those",
               Share(static_cast<double>(report.scored_bad) / static_cast<double>(scored)));
  }
  fields.Add("Shops", ShopsText(run.options));
  fields.Add("Policy", run.policy);
  if (run.options.learnt_weights) fields.Add("Partners' weights", "as each shop learns them");
  if (run.lines_refused > 0) {
    fields.Add("Lines left out", std::to_string(run.lines_refused));
  }
  fields.Print(out);
  for (const std::string& refusal : run.refusals) out << "  " << Printable(refusal) << "\n";
  PrintRanks(out, run, report);
  PrintMoney(out, run, report);
  PrintEffects(out, run, report);
  if (report.liar.has_value()) {
    out << "\nOne partner also reports all its good customers: at the threshold that hinders "
        << Share(decision::kLiarBaseline) << " without it,\n"
        << Percents(report.liar->hindered, run.options.rounds)
        << " of the others' good orders are hindered and "
        << Percents(report.liar->caught, run.options.rounds) << " of the bad ones caught.\n";
  }
  if (run.drawn) out << "\nPicture: " << Printable(run.picture) << "\n";
}

}  // namespace daftar::cli
