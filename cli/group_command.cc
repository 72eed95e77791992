#include "cli/group_command.h"

#include <optional>

namespace daftar::cli {
namespace {

template <class Number>
std::string Option(const char* name, const std::optional<Number>& value) {
  return value.has_value() ? std::string(" --") + name + " " + std::to_string(*value) : "";
}

// "33.3333" of 333,333 ppm.
std::string PercentOption(const char* name, const std::optional<uint32_t>& ppm) {
  constexpr uint32_t kPpmOfPercent = 10'000;
  constexpr size_t kDecimals = 4;
  if (!ppm.has_value()) return "";
  std::string text = std::to_string(*ppm / kPpmOfPercent);
  if (const uint32_t rest = *ppm % kPpmOfPercent; rest > 0) {
    std::string decimals = std::to_string(rest);
    decimals.insert(0, kDecimals - decimals.size(), '0');
    decimals.erase(decimals.find_last_not_of('0') + 1);
    text += "." + decimals;
  }
  return std::string(" --") + name + " " + text;
}

std::string MoneyOptions(const char* amount, const char* currency, const evidence::Money& money) {
  return std::string(" --") + amount + " " + evidence::FormatMoney(money) + " --" + currency + " " +
         money.currency.code();
}

std::string RuleOptions(const decision::GroupRule& rule) {
  std::string options = Option("rule-settled", rule.least_settled) +
                        PercentOption("rule-on-time", rule.least_on_time_ppm) +
                        Option("rule-most-days-late", rule.most_days_late) +
                        Option("rule-bad", rule.least_bad) +
                        Option("rule-overdue-days", rule.least_overdue_days) +
                        Option("rule-days-known", rule.least_days_known);
  if (rule.least_turnover.has_value()) {
    options += MoneyOptions("rule-turnover", "rule-currency", *rule.least_turnover);
  }
  return options;
}

}  // namespace

std::string GroupAddCommand(const decision::Group& group) {
  const decision::GroupTerms& terms = group.terms;
  std::string command = "daftar group add " + terms.name;
  command += " --precedence " + std::to_string(terms.precedence);
  if (terms.least != decision::Effect::kAccept) {
    command += " --at-least " + std::string(decision::EffectName(terms.least));
  }
  if (terms.most != decision::Effect::kDecline) {
    command += " --at-most " + std::string(decision::EffectName(terms.most));
  }
  command += PercentOption("deposit", terms.deposit_ppm);
  for (const evidence::Money& limit : terms.credit_limits) {
    command += MoneyOptions("credit-limit", "currency", limit);
  }
  command += Option("credit-days", terms.credit_days);
  if (terms.bonus_card) command += " --bonus-card on";
  return command + RuleOptions(group.rule) + " --because TEXT";
}

std::string RestoreCommand(std::string_view name) {
  for (const decision::Group& shipped : decision::ShippedGroups()) {
    if (shipped.terms.name == name) return GroupAddCommand(shipped);
  }
  return "";
}

std::string RestoreAdvice(std::string_view name) {
  const std::string command = RestoreCommand(name);
  return command.empty() ? "" : "To have it back as Daftar brings it:\n  " + command + "\n";
}

}  // namespace daftar::cli
