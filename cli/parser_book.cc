// The commands about the customer book.
#include "cli/parser.h"
#include "node/decision/group.h"

namespace daftar::cli {

void Parser::AddPeriod(CLI::App& verb, PeriodOptions& period, const std::string& of) {
  verb.add_option("--from", period.from, "First day of the " + of + " (default: all)")
      ->type_name("YYYY-MM-DD");
  verb.add_option("--to", period.to, "Last day (default: today)")->type_name("YYYY-MM-DD");
}

void Parser::AddCustomerChanges(CLI::App& noun) {
  CLI::App& merge = Verb(noun, "merge", "Two customers turn out to be one; can be undone",
                         "  daftar customer merge ID OTHER --because \"same person, new phone\"\n");
  auto merged = Take(merge, &RunCustomerMerge);
  merge.add_option("into", merged->id, "The customer that stays")->type_name("INTO")->required();
  merge.add_option("from", merged->from, "The one that becomes part of it")
      ->type_name("FROM")
      ->required();
  AddBecause(merge, merged->because);

  CLI::App& unmerge = Verb(noun, "unmerge", "Undo a merge",
                           "  daftar customer unmerge ID --because \"two brothers after all\"\n");
  auto parted = Take(unmerge, &RunCustomerUnmerge);
  AddId(unmerge, parted->id, "The customer that became part of another");
  AddBecause(unmerge, parted->because);

  CLI::App& erase =
      Verb(noun, "erase", "Remove the person; says what an open debt needs to stay, and why",
           "  daftar customer erase ID --because \"asked for it\"\n"
           "  daftar customer erase ID --yes --because \"asked for it\"\n");
  auto erased = Take(erase, &RunCustomerErase);
  AddId(erase, erased->id, "The customer");
  erase.footer(
      "An import of a file that still names the person brings it back: leave its lines out.\n\n" +
      erase.get_footer());
  erase.add_flag("--yes", erased->yes, "Do not ask; needed when nobody sits at a terminal");
  AddBecause(erase, erased->because);

  CLI::App& group = Verb(noun, "group", "Put a customer into groups, or take it out",
                         "  daftar customer group ID --add vip --because \"ten years with us\"\n"
                         "  daftar customer group ID --remove vip --add regular --because \"moved "
                         "away\"\n");
  auto grouped = Take(group, &RunCustomerGroup);
  AddId(group, grouped->id, "The customer");
  group.add_option("--add", grouped->add, "A group; repeat it")
      ->type_name("NAME")
      ->allow_extra_args(false);
  group.add_option("--remove", grouped->remove, "A group; repeat it")
      ->type_name("NAME")
      ->allow_extra_args(false);
  AddBecause(group, grouped->because);
}

void Parser::AddGroups() {
  CLI::App& noun = Noun("group", "Groups of customers and the terms they bring");
  Take(Verb(noun, "list",
            "All groups; the smallest precedence applies, of equal ones the first by name",
            "  daftar group list\n"),
       &RunGroupList);

  CLI::App& add = Verb(
      noun, "add", "Add a group, or replace the one of that name as a whole",
      "  daftar group add wholesale --precedence 350 --at-most deposit --credit-limit 20000000 "
      "\\\n    --currency IDR --credit-days 30 --because \"agreed for 2027\"\n"
      "  daftar group add loyal --rule-settled 10 --rule-on-time 90 --because \"thanks\"\n");
  auto added = Take(add, &RunGroupAdd);
  add.add_option("name", added->name, "Of a-z 0-9 -, like wholesale")
      ->type_name("NAME")
      ->required();
  AddGroupTerms(add, *added);
  AddGroupRule(add, *added);
  AddBecause(add, added->because);

  CLI::App& remove = Verb(noun, "remove", "Remove a group, and take all customers out of it",
                          "  daftar group remove wholesale --because \"not needed any more\"\n");
  auto removed = Take(remove, &RunGroupRemove);
  remove.add_option("name", removed->name, "The group")->type_name("NAME")->required();
  AddBecause(remove, removed->because);

  CLI::App& report = Verb(noun, "report", "What each group earned and cost, by currency",
                          "  daftar group report\n"
                          "  daftar group report --from 2026-01-01 --to 2026-06-30\n");
  AddPeriod(report, *Take(report, &RunGroupReport), "orders' invoices");
}

void Parser::AddGroupTerms(CLI::App& verb, GroupOptions& group) {
  const auto add = [&](const char* name, std::string& value, const char* help, const char* type) {
    verb.add_option(name, value, help)->type_name(type)->group("What the group brings");
  };
  const std::string precedence = "1 to " + std::to_string(decision::kMaxPrecedence) + " (default " +
                                 std::to_string(decision::kDefaultPrecedence) +
                                 "); the smallest applies, of equal ones the first by name";
  add("--precedence", group.precedence, precedence.c_str(), "N");
  add("--at-least", group.at_least, "The answer hinders at least so much (default accept)",
      "EFFECT");
  add("--at-most", group.at_most, "And at most so much (default decline)", "EFFECT");
  add("--deposit", group.deposit, "Share of the price to ask as a deposit", "PERCENT");
  for (const auto& [name, values, help, type] :
       {std::tuple("--credit-limit", &group.credit_limits,
                   "What may be open; repeat it with its --currency", "AMOUNT"),
        std::tuple("--currency", &group.currencies, "Of the limit before it", "CODE")}) {
    verb.add_option(name, *values, help)
        ->type_name(type)
        ->allow_extra_args(false)
        ->group("What the group brings");
  }
  add("--credit-days", group.credit_days, "Days to pay in", "N");
  add("--price-list", group.price_list, "Name of the price list that applies", "NAME");
  add("--bonus-card", group.bonus_card, "on or off (default)", "on|off");
}

void Parser::AddGroupRule(CLI::App& verb, GroupOptions& group) {
  const auto add = [&](const char* name, std::string& value, const char* help, const char* type) {
    verb.add_option(name, value, help)
        ->type_name(type)
        ->group("Who is in it by track record (all that is given must hold; none: by hand only)");
  };
  add("--rule-settled", group.rule_settled, "At least so many orders paid", "N");
  add("--rule-on-time", group.rule_on_time, "At least this share of them on time", "PERCENT");
  add("--rule-most-days-late", group.rule_most_days_late, "None later than this", "N");
  add("--rule-bad", group.rule_bad, "At least so many late or unpaid", "N");
  add("--rule-overdue-days", group.rule_overdue_days, "An order overdue for at least this", "N");
  add("--rule-days-known", group.rule_days_known, "First order at least so long ago", "N");
  add("--rule-turnover", group.rule_turnover, "At least so much paid, with --rule-currency",
      "AMOUNT");
  add("--rule-currency", group.rule_currency, "Of --rule-turnover", "CODE");
}

void Parser::AddAllowlist() {
  CLI::App& noun = Noun("allow", "Whom the shop trusts, whatever the records say");
  CLI::App& add = Verb(noun, "add", "Trust a customer: every check is answered with accept",
                       "  daftar allow add --phone 0812-3456-7890 --because \"my sister\"\n"
                       "  daftar allow add --phone - --because \"the mosque\"   # reads a line\n");
  auto added = Take(add, &RunAllowAdd);
  AddIdentifiers(add, added->identifiers);
  AddBecause(add, added->because);

  Take(Verb(noun, "list", "All entries", "  daftar allow list\n"), &RunAllowList);

  CLI::App& remove = Verb(noun, "remove", "Let records count again",
                          "  daftar allow remove ID --because \"sold the house\"\n"
                          "  daftar allow remove --phone - --because \"sold the house\"\n");
  auto removed = Take(remove, &RunAllowRemove);
  remove.add_option("id", removed->id, "The entry")->type_name("ID");
  AddIdentifiers(remove, removed->identifiers);
  AddBecause(remove, removed->because);
}

void Parser::AddWarnings() {
  CLI::App& noun = Noun("warning", "Identifiers that belong to no one buyer");
  Take(Verb(noun, "list",
            "The shop's own, and those that seem to be many people's and wait for you to look",
            "  daftar warning list\n"),
       &RunWarningList);
  const auto add = [&](const char* name, const char* help, const char* because, auto* command) {
    CLI::App& verb =
        Verb(noun, name, help,
             std::string("  daftar warning ") + name + " --phone 0812-3456-7890 --because \"" +
                 because + "\"\n  daftar warning " + name + " --phone - --because \"" + because +
                 "\"   # reads a line\n");
    auto options = Take(verb, command);
    verb.add_option("id", options->id, "A row of `daftar warning list`")->type_name("ID");
    AddIdentifiers(verb, options->identifiers);
    for (const IdentifierFlag& entry : IdentifierFlags()) {
      verb.get_option("--" + std::string(entry.flag))
          ->group(
              "The identifier (one, or ID; '-' reads a line of standard input, so that the number "
              "stands in no history or process list)");
    }
    AddBecause(verb, options->because);
  };
  add("add",
      "One of the shop's own or its staff's: nobody can be reported or imported under it, and what "
      "it alone finds does not count",
      "our own counter", &RunWarningAdd);
  add("clear", "You have looked: it is one buyer's, and what it finds counts", "a family business",
      &RunWarningClear);
  add("remove", "Take it off the list, as if nothing had been said of it", "sold the number",
      &RunWarningRemove);
}

void Parser::AddOrders() {
  CLI::App& noun = Noun("order", "Orders as they happen, and what became of them");
  CLI::App& add = Verb(noun, "add", "Note an order; the customer is found or made",
                       "  daftar order add --phone 0812-3456-7890 --amount 4500000 --currency IDR "
                       "\\\n    --due 2026-12-01 --receipt RECEIPT\n");
  auto added = Take(add, &RunOrderAdd);
  AddIdentifiers(add, added->identifiers);
  AddMoney(add, added->amount, added->currency);
  add.add_option("--invoice", added->invoice, "The invoice's number (default: one is made)")
      ->type_name("NO");
  add.add_option("--invoiced", added->invoiced, "Default: today")->type_name("YYYY-MM-DD");
  add.add_option("--due", added->due,
                 "Default: the day it was invoiced; on credit after the days that the customer's "
                 "group gives")
      ->type_name("YYYY-MM-DD");
  add.add_option(
         "--terms", added->terms,
         "credit, cod, deposit or prepaid. Default: those of the receipt's check, else credit")
      ->type_name("TERMS");
  add.add_option("--name", added->name, "Of a new customer, for this shop only")->type_name("TEXT");
  add.add_option("--receipt", added->receipt, "The check on which it was taken")
      ->type_name("RECEIPT");

  CLI::App& list = Verb(noun, "list", "Orders, the newest invoices first",
                        "  daftar order list --state owed\n"
                        "  daftar order list --customer ID --limit 1000\n");
  auto listed = Take(list, &RunOrderList);
  list.add_option("--customer", listed->customer, "Of this customer (default: everybody's)")
      ->type_name("ID");
  list.add_option("--state", listed->state,
                  "open, overdue, unpaid (for so long that it counts as unpaid), given-up, paid, "
                  "late, disputed or broken (its payment was taken back, or an agreement about it "
                  "broken); or owed: the first four, and what was taken back (default: all)")
      ->type_name("STATE");
  list.add_option("--limit", listed->limit, "At most so many (default 100)")->type_name("N");

  CLI::App& show = Verb(noun, "show", "One order",
                        "  daftar order show INV-2026-117\n"
                        "  daftar order show --receipt RECEIPT\n");
  auto shown = Take(show, &RunOrderShow);
  show.add_option("order", shown->order, "The order's id or its invoice's number")
      ->type_name("ORDER|INVOICE");
  show.add_option("--receipt", shown->receipt, "The check on which it was taken")
      ->type_name("RECEIPT");
  AddOrderOutcomes(noun);
}

void Parser::AddOrderOutcomes(CLI::App& noun) {
  const auto add = [&](const char* name, const char* help, auto* command, bool dated) {
    const std::string start = std::string("  daftar order ") + name;
    CLI::App& verb = Verb(noun, name, help,
                          start + " INV-2026-117\n" + start + " --receipt RECEIPT\n" + start +
                              " ORDER --receipt RECEIPT      # links them, too\n");
    auto options = Take(verb, command);
    verb.add_option("order", options->order, "The order's id or its invoice's number")
        ->type_name("ORDER|INVOICE");
    verb.add_option("--receipt", options->receipt,
                    "Alone: the order taken on this check; with ORDER: links the two")
        ->type_name("RECEIPT");
    if (dated) {
      verb.add_option("--on", options->on, "The day (default: today)")->type_name("YYYY-MM-DD");
    }
    verb.add_option("--because", options->because, "Why, in a few words; stays in this shop")
        ->type_name("TEXT");
  };
  add("paid", "The order was paid", &RunOrderPaid, true);
  add("late", "It was paid, and too late for this shop (not paid at all: unpaid)", &RunOrderLate,
      true);
  add("unpaid", "It was not paid and is given up; it stays owed", &RunOrderUnpaid, true);
  add("reopen", "Take paid, late or unpaid back: the order is open again", &RunOrderReopen, false);
}

}  // namespace daftar::cli
