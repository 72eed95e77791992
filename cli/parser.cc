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
  AddWarnings();
  AddOrders();
  AddLedger();
  AddPolicies();
  AddAudit();
  AddLetters();
  AddCharters();
  AddSubjects();
  AddPartners();
  AddLog();
  AddUsers();
  AddRecord();
  AddDisclosures();
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
  return Noun(app_, name, help);
}

CLI::App& Parser::Noun(CLI::App& parent, const std::string& name, const std::string& help) {
  CLI::App* noun = parent.add_subcommand(name, help);
  noun->require_subcommand(1);
  noun->fallthrough();
  const std::string path = parent.get_parent() == nullptr ? name : parent.get_name() + " " + name;
  noun->footer("daftar " + path + " VERB --help tells more of each.\n\nExamples:\n");
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
  init.add_option("--http-listen", made->http_listen, "Address of the console, the API and health")
      ->type_name("H:P");
  init.add_option("--http-tls-certificate", made->http_tls_certificate,
                  "Its certificate, PEM; where others reach it")
      ->type_name("FILE");
  init.add_option("--http-tls-key", made->http_tls_key, "The certificate's key, PEM")
      ->type_name("FILE");
  init.add_option("--log-listen", made->log_listen,
                  "Address where anybody may read the log (default: none)")
      ->type_name("H:P");
  init.add_option("--passphrase-file", made->passphrase_file, "Seals the keys with its first line")
      ->type_name("FILE");
  init.add_flag("--test-mode", made->test_mode,
                "Make up answers about test identifiers; no partners");

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
                        "  daftar customer list --group problem\n"
                        "  daftar customer list --name sari\n");
  auto listed = Take(list, &RunCustomerList);
  list.add_option("--group", listed->group,
                  "To whom this group applies, by hand or by rule; or none (default: all)")
      ->type_name("NAME");
  list.add_option("--name", listed->name, "Whose name has this in it, in small or capital letters")
      ->type_name("TEXT");
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
