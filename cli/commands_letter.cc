// Letters that a shop sends to a customer. No node is needed.
#include "cli/commands_letter.h"

#include "cli/arguments.h"
#include "cli/json.h"
#include "cli/node_config.h"
#include "cli/session.h"
#include "node/decision/letter.h"
#include "node/evidence/clock.h"
#include "node/identity/ascii.h"

namespace daftar::cli {
namespace {

// The shop's name as its node's configuration has it.
absl::StatusOr<std::string> ShopOfNode(const std::string& dir) {
  if (dir.empty()) {
    return absl::InvalidArgumentError(
        "whose letter is it? Give --shop \"Toko A\", or --dir with the node's folder");
  }
  const std::string path = dir + "/config.toml";
  const auto unnamed = [&path](const std::string& why) {
    return absl::InvalidArgumentError("the shop's name is not to be had from " + path + ": " + why +
                                      "; give --shop \"Toko A\", or the right --dir");
  };
  const auto document = ReadNodeConfig(dir);
  if (!document.ok()) return unnamed(MessageOf(document.status()));
  const auto name = (*document)->Root().Text("name", decision::kMaxLetterNameBytes);
  if (!name.has_value() || name->empty()) return unnamed("it has no name that fits into a letter");
  return *name;
}

absl::StatusOr<decision::LetterFields> Fields(const Session& session,
                                              const LetterOptions& options) {
  decision::LetterFields fields;
  fields.shop = options.shop;
  if (fields.shop.empty()) {
    auto shop = ShopOfNode(session.options().dir);
    if (!shop.ok()) return shop.status();
    fields.shop = *std::move(shop);
  }
  fields.customer = options.to;
  fields.signature = options.signature;
  fields.alternatives = options.alternatives;
  fields.date = evidence::Date::Of(evidence::SystemClock().Now());
  if (!options.date.empty()) {
    auto date = evidence::Date::Parse(options.date);
    if (!date.ok()) return absl::InvalidArgumentError("--date: " + MessageOf(date.status()));
    fields.date = *date;
  }
  return fields;
}

// "2026-12-01=500000", in the currency.
absl::StatusOr<decision::Instalment> MakeInstalment(const std::string& text,
                                                    const std::string& currency) {
  const size_t equals = text.find('=');
  const auto wrong = [&text](const std::string& why) {
    return absl::InvalidArgumentError("--instalment " + text + ": " + why);
  };
  if (equals == std::string::npos) {
    return wrong("is a day and an amount, like --instalment 2026-12-01=500000 --currency IDR");
  }
  auto day = evidence::Date::Parse(text.substr(0, equals));
  if (!day.ok()) return wrong(MessageOf(day.status()));
  if (currency.empty()) return wrong("needs --currency, like --currency IDR");
  auto unit = evidence::Currency::FromCode(identity::ToUpper(currency));
  if (!unit.ok()) return absl::InvalidArgumentError("--currency: " + MessageOf(unit.status()));
  auto money = evidence::ParseMoney(text.substr(equals + 1), *unit);
  if (!money.ok()) return wrong(MessageOf(money.status()));
  return decision::Instalment{*day, *money};
}

int Say(Session& session, const std::string& kind, const std::string& text) {
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"letter", kind}, {"text", text}});
  } else {
    console.out << text << std::flush;
  }
  return kExitOk;
}

}  // namespace

absl::StatusOr<int> RunLetterParting(Session& session, const LetterOptions& options) {
  auto language = MakeLanguage(options.lang, session.language());
  if (!language.ok()) return language.status();
  auto fields = Fields(session, options);
  if (!fields.ok()) return fields.status();
  auto letter = decision::PartingLetter(*language, *fields);
  if (!letter.ok()) return letter.status();
  return Say(session, "parting", *letter);
}

absl::StatusOr<int> RunLetterPlan(Session& session, const LetterOptions& options) {
  auto language = MakeLanguage(options.lang, session.language());
  if (!language.ok()) return language.status();
  auto fields = Fields(session, options);
  if (!fields.ok()) return fields.status();
  std::vector<decision::Instalment> instalments;
  for (const std::string& text : options.instalments) {
    auto instalment = MakeInstalment(text, options.currency);
    if (!instalment.ok()) return instalment.status();
    instalments.push_back(*instalment);
  }
  auto letter = decision::PaymentPlanLetter(*language, *fields, instalments);
  if (!letter.ok()) return letter.status();
  return Say(session, "plan", *letter);
}

}  // namespace daftar::cli
