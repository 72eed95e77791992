#include "cli/parser.h"

namespace daftar::cli {

Parser::Parser() {
  app_.require_subcommand(1);
  app_.set_help_flag("-h,--help", "Show this help");
  app_.set_version_flag("--version", "daftar " DAFTAR_VERSION);
  app_.add_option("--dir", dir, "The node's folder (or set DAFTAR_DIR)")->type_name("DIR");
  app_.add_option("--output", output, "text (default) or json")->type_name("FORM");
  app_.add_option("--timeout", timeout, "How long to wait for the node (default 30)")
      ->type_name("SECONDS");
  app_.footer(
      "Examples:\n  daftar demo\n  daftar --dir A status\n"
      "  daftar --dir A check --phone 0812-3456-7890 --amount 4500000 --currency IDR\n"
      "  daftar incident add --help\n");
  AddNodeCommands();
  AddChecks();
  AddIncidents();
  AddCustomers();
  AddGroups();
  AddAllowlist();
  AddOrders();
  AddLedger();
  AddPolicies();
  AddAudit();
  AddLetters();
  AddPartners();
  AddLog();
  AddUsers();
  AddRecord();
}

std::string Parser::Path() const {
  std::string path = "daftar";
  for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
    app = app->get_subcommands().back();
    path += " " + app->get_name();
  }
  return path;
}

CLI::App& Parser::Noun(const std::string& name, const std::string& help) {
  CLI::App* noun = app_.add_subcommand(name, help);
  noun->require_subcommand(1);
  noun->fallthrough();
  noun->footer("daftar " + name + " VERB --help tells more of each.\n\nExamples:\n");
  return *noun;
}

namespace {

// One line, or one that goes on after a backslash.
std::string FirstExample(const std::string& examples) {
  size_t end = examples.find('\n');
  while (end != std::string::npos && end > 0 && examples[end - 1] == '\\') {
    end = examples.find('\n', end + 1);
  }
  return end == std::string::npos ? examples : examples.substr(0, end + 1);
}

}  // namespace

CLI::App& Parser::Verb(CLI::App& parent, const std::string& name, const std::string& help,
                       const std::string& examples) {
  CLI::App* verb = parent.add_subcommand(name, help);
  verb->fallthrough();
  if (&parent != &app_) parent.footer(parent.get_footer() + FirstExample(examples));
  verb->footer(
      "Also: --dir DIR (or DAFTAR_DIR), --output text|json, --timeout SECONDS\n\n"
      "Examples:\n" +
      examples);
  return *verb;
}

void Parser::AddIdentifiers(CLI::App& verb, std::vector<TypedIdentifier>& identifiers) {
  for (const IdentifierFlag& entry : IdentifierFlags()) {
    const std::string flag = entry.flag;
    verb.add_option_function<std::vector<std::string>>(
            "--" + flag,
            [&identifiers, flag](const std::vector<std::string>& values) {
              for (const std::string& value : values) identifiers.push_back({flag, value});
            },
            entry.help)
        ->type_name("V|-")
        ->allow_extra_args(false)
        ->group(
            "The customer (1 to 4; '-' reads a line of standard input, so that the number "
            "stands in no history or process list; several are read in this order)");
  }
}

void Parser::AddMoney(CLI::App& verb, std::string& amount, std::string& currency) {
  verb.add_option("--amount", amount, "In major units: 4500000 or 55.94")->type_name("N");
  verb.add_option("--currency", currency, "ISO 4217 code, like IDR")->type_name("CODE");
}

void Parser::AddWait(CLI::App& verb, IncidentOptions& options) {
  verb.add_flag(
      "--wait", options.wait,
      "Until every partner that is heard from has applied the newest change; exit code 75 "
      "when some partner has not");
  verb.add_option("--within", options.within, "Wait at most so long (default 120, at most 600)")
      ->type_name("SECONDS");
}

void Parser::AddBecause(CLI::App& verb, std::string& because) {
  verb.add_option("--because", because, "Why, in a few words; stays in this shop (required)")
      ->type_name("TEXT");
}

void Parser::AddId(CLI::App& verb, std::string& id, const std::string& what) {
  verb.add_option("id", id, what)->type_name("ID")->required();
}

void Parser::AddLanguage(CLI::App& verb, std::string& lang) {
  verb.add_option("--lang", lang, "en, id or ms (default: as LC_ALL, LC_MESSAGES or LANG say)")
      ->type_name("LANGUAGE");
}

void Parser::AddNodeCommands() {
  CLI::App& init = Verb(app_, "init", "Make a new node in --dir",
                        "  daftar init --dir A --name \"Toko A\" --origin toko-a.example \\\n"
                        "    --charter circle.toml --peer-listen 0.0.0.0:18471 \\\n"
                        "    --peer-advertise toko-a.example:18471 --http-listen "
                        "127.0.0.1:18481\n");
  auto made = Take(init, &RunInit);
  init.add_option("--name", made->name, "The shop's name, as partners see it")->type_name("TEXT");
  init.add_option("--origin", made->origin, "The log's name, unique in the circle: a-z 0-9 . / -")
      ->type_name("ORIGIN");
  init.add_option("--charter", made->charter, "The circle's charter file")->type_name("FILE");
  init.add_option("--region", made->region, "Home of phone numbers (default: the charter's)")
      ->type_name("ID|MY|SG|...");
  init.add_option("--peer-listen", made->peer_listen, "Address for partners")->type_name("H:P");
  init.add_option("--peer-advertise", made->peer_advertise, "Address that invites offer")
      ->type_name("H:P");
  init.add_option("--http-listen", made->http_listen, "Address of health and metrics")
      ->type_name("H:P");
  init.add_option("--passphrase-file", made->passphrase_file, "Seals the keys with its first line")
      ->type_name("FILE");

  CLI::App& status = Verb(app_, "status", "Whether the node is well, and what it needs",
                          "  daftar --dir A status\n");
  Take(status, &RunStatus);

  CLI::App& demo = Verb(app_, "demo",
                        "Play the story of three shops and a buyer with real nodes on this machine",
                        "  daftar demo\n  daftar demo --keep\n");
  auto shown = Take(demo, &RunDemo);
  demo.add_flag("--keep", shown->keep, "Keep the temporary folder");
}

void Parser::AddChecks() {
  CLI::App& check =
      Verb(app_, "check",
           "Ask own records and partners about a buyer\n"
           "Exits 0 accept, 10 deposit, 11 prepay, 20 review, 21 decline",
           "  daftar --dir A check --phone 0812-3456-7890 --amount 4500000 --currency IDR\n"
           "  daftar --dir A check --phone - --email -      # reads two lines\n"
           "  daftar --dir A check --national-id ID:3171011708450001 --terms cod --output json\n");
  auto asked = Take(check, &RunCheck);
  AddIdentifiers(check, asked->identifiers);
  AddMoney(check, asked->amount, asked->currency);
  check.add_option("--terms", asked->terms, "credit (default), cod, deposit or prepaid")
      ->type_name("TERMS");
  AddLanguage(check, asked->lang);

  CLI::App& why = Verb(app_, "why", "What a past decision rested on",
                       "  daftar --dir A why RECEIPT\n  daftar --dir A why RECEIPT --lang id\n"
                       "  daftar --dir A why RECEIPT --output json > receipt.json   # for an "
                       "auditor\n");
  auto receipt = Take(why, &RunWhy);
  why.add_option("receipt", receipt->receipt, "The receipt that check named")
      ->type_name("RECEIPT")
      ->required();
  AddLanguage(why, receipt->lang);

  CLI::App& override =
      Verb(app_, "override", "Decide otherwise than a check did, on the record",
           "  daftar override RECEIPT --effect accept --because \"pays cash at the counter\"\n");
  auto decided = Take(override, &RunOverride);
  override.add_option("receipt", decided->receipt, "The receipt that check named")
      ->type_name("RECEIPT")
      ->required();
  override.add_option("--effect", decided->effect, "accept, deposit, prepay, review or decline")
      ->type_name("EFFECT");
  AddBecause(override, decided->because);
}

void Parser::AddIncidents() {
  CLI::App& noun = Noun("incident", "What happened with a customer: add, publish, settle, ...");
  CLI::App& add =
      Verb(noun, "add", "File an incident (nothing is shared yet)",
           "  daftar incident add --reason deposit-unsettled --phone 0812-3456-7890 \\\n"
           "    --amount 4500000 --currency IDR --occurred 2026-10-01\n"
           "  daftar incident add --order ORDER      # one that ledger suggest named\n");
  auto filed = Take(add, &RunIncidentAdd);
  add.add_option("--reason", filed->reason, "A reason of docs/cli.md, like deposit-unsettled")
      ->type_name("NAME");
  AddIdentifiers(add, filed->identifiers);
  AddMoney(add, filed->amount, filed->currency);
  add.add_option(
         "--occurred", filed->occurred,
         "When it happened; an order brings it along, but for a reason other than money that "
         "came late you may say it")
      ->type_name("YYYY-MM-DD");
  add.add_option("--due", filed->due, "When payment was due")->type_name("YYYY-MM-DD");
  add.add_option("--reminder", filed->reminders,
                 "When the customer was reminded; repeat it, oldest first (later: remind)")
      ->type_name("YYYY-MM-DD")
      ->allow_extra_args(false);
  add.add_option("--order", filed->order, "An imported order; brings customer, amount and dates")
      ->type_name("ORDER");
  add.add_option("--note", filed->note, "For this shop only, never shared")->type_name("TEXT");
  add.add_option("--for-customer", filed->mitigations,
                 "What speaks for the customer: shop-at-fault, told-in-time, kept-plan; repeat it")
      ->type_name("NAME")
      ->allow_extra_args(false);

  CLI::App& show =
      Verb(noun, "show", "One incident with its history, and which partners have applied it",
           "  daftar incident show ID\n  daftar incident show ID --wait --within 300\n");
  auto shown = Take(show, &RunIncidentShow);
  show.add_option("id", shown->id, "The incident")->type_name("ID")->required();
  AddWait(show, *shown);

  CLI::App& list = Verb(noun, "list", "Incidents, newest first",
                        "  daftar incident list\n  daftar incident list --state published\n");
  auto listed = Take(list, &RunIncidentList);
  list.add_option("--state", listed->state,
                  "Only draft, ready, approved, held, published, settled, ... ones")
      ->type_name("STATE");
  list.add_option("--limit", listed->limit, "At most so many (default 1000)")->type_name("N");
  AddIncidentChanges(noun);
}

void Parser::AddIncidentChanges(CLI::App& noun) {
  CLI::App& publish =
      Verb(noun, "publish", "Share the incident's report with the partners, or say what is missing",
           "  daftar incident publish ID\n");
  auto published = Take(publish, &RunIncidentPublish);
  publish.add_option("id", published->id, "The incident")->type_name("ID")->required();

  CLI::App& settle = Verb(noun, "settle", "The customer has paid",
                          "  daftar incident settle ID --because \"paid in full by transfer\"\n"
                          "  daftar incident settle ID --on 2026-11-02 --because \"paid cash\"\n");
  auto settled = Take(settle, &RunIncidentSettle);
  settle.add_option("id", settled->id, "The incident")->type_name("ID")->required();
  settle.add_option("--on", settled->settled_on, "The day (default: today)")
      ->type_name("YYYY-MM-DD");
  AddBecause(settle, settled->because);
  AddWait(settle, *settled);

  CLI::App& withdraw =
      Verb(noun, "withdraw", "Take the report back; partners stop counting it at once",
           "  daftar incident withdraw ID --ground mistake --because \"mixed up two buyers\"\n");
  auto withdrawn = Take(withdraw, &RunIncidentWithdraw);
  withdraw.add_option("id", withdrawn->id, "The incident")->type_name("ID")->required();
  withdraw
      .add_option("--ground", withdrawn->ground,
                  "paid, dispute-upheld, mistake, request or other (default)")
      ->type_name("GROUND");
  AddBecause(withdraw, withdrawn->because);
  AddWait(withdraw, *withdrawn);

  CLI::App& mitigate =
      Verb(noun, "mitigate", "Note what speaks for the customer; the incident counts less here",
           "  daftar incident mitigate ID --for-customer kept-plan --because \"paid as agreed\"\n");
  auto mitigated = Take(mitigate, &RunIncidentMitigate);
  AddId(mitigate, mitigated->id, "The incident");
  mitigate
      .add_option("--for-customer", mitigated->mitigation,
                  "shop-at-fault, told-in-time or kept-plan")
      ->type_name("NAME");
  AddBecause(mitigate, mitigated->because);

  CLI::App& remind =
      Verb(noun, "remind", "Note a reminder of an incident that was not published yet",
           "  daftar incident remind ID --on 2026-10-16\n"
           "  daftar incident remind ID --because \"by WhatsApp\"\n");
  auto reminded = Take(remind, &RunIncidentRemind);
  AddId(remind, reminded->id, "The incident");
  remind.add_option("--on", reminded->reminded_on, "The day (default: today)")
      ->type_name("YYYY-MM-DD");
  remind.add_option("--because", reminded->because, "How, in a few words; stays in this shop")
      ->type_name("TEXT");
}

void Parser::AddCustomers() {
  CLI::App& noun = Noun("customer", "This shop's own book of customers");
  CLI::App& add = Verb(noun, "add", "Add a customer",
                       "  daftar customer add --name \"Ibu Sari\" --phone 0812-3456-7890\n"
                       "  daftar customer add --phone - --group vip\n"
                       "  daftar customer add --to ID --email sari@mail.id   # a known customer\n");
  auto added = Take(add, &RunCustomerAdd);
  add.add_option("--name", added->name, "Name, for this shop only")->type_name("TEXT");
  add.add_option("--group", added->groups, "A group to put the customer into; repeat it")
      ->type_name("NAME")
      ->allow_extra_args(false);
  add.add_option("--to", added->to,
                 "A known customer, who is given these identifiers (default: a new one is made)")
      ->type_name("ID");
  AddIdentifiers(add, added->identifiers);

  CLI::App& list = Verb(noun, "list", "Customers, the newest first",
                        "  daftar customer list\n"
                        "  daftar customer list --group problem\n");
  auto listed = Take(list, &RunCustomerList);
  list.add_option("--group", listed->group,
                  "To whom this group applies, by hand or by rule; or none (default: all)")
      ->type_name("NAME");
  list.add_option("--limit", listed->limit, "At most so many (default 100)")->type_name("N");

  CLI::App& show = Verb(noun, "show", "A customer and what its orders came to",
                        "  daftar customer show ID\n  daftar customer show --phone -\n");
  auto shown = Take(show, &RunCustomerShow);
  show.add_option("id", shown->id, "The customer")->type_name("ID");
  AddIdentifiers(show, shown->identifiers);

  CLI::App& import = Verb(noun, "import", "Import customers from a CSV file",
                          "  daftar customer import customers.csv --region ID\n"
                          "  daftar customer import export.csv --map mapping.toml\n");
  auto imported = Take(import, &RunCustomerImport);
  import.add_option("file", imported->file, "CSV file, or - for standard input")
      ->type_name("FILE")
      ->required();
  import
      .add_option("--map", imported->map,
                  "Says what the columns mean; without it they are named phone, email, ...")
      ->type_name("MAPPING.toml");
  import
      .add_option("--region", imported->region,
                  "How phone numbers without + are read (default: the mapping's, else the node's)")
      ->type_name("ID|MY|SG|...");
  AddCustomerChanges(noun);
}

void Parser::AddLedger() {
  CLI::App& noun = Noun("ledger", "The invoices that a shop already has");
  CLI::App& import = Verb(noun, "import", "Import invoices; doing it again changes nothing",
                          "  daftar ledger import invoices.csv --map mapping.toml\n");
  auto imported = Take(import, &RunLedgerImport);
  import.add_option("file", imported->file, "CSV file, or - for standard input")
      ->type_name("FILE")
      ->required();
  import.add_option("--map", imported->map, "Says what the columns mean (docs/ledger-import.md)")
      ->type_name("MAPPING.toml")
      ->required();
  import
      .add_option("--region", imported->region,
                  "How phone numbers without + are read (default: the mapping's, else the node's)")
      ->type_name("ID|MY|SG|...");

  CLI::App& suggest =
      Verb(noun, "suggest", "Incidents that the imported invoices support",
           "  daftar ledger suggest\n  daftar ledger suggest --more-than-days-late 30\n");
  auto suggested = Take(suggest, &RunLedgerSuggest);
  suggest.add_option("--more-than-days-late", suggested->more_than_days_late, "Default 10")
      ->type_name("DAYS");
  suggest.add_option("--limit", suggested->limit, "At most so many (default 1000)")->type_name("N");
}

}  // namespace daftar::cli
