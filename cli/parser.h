// The tree of commands and their options, over the CLI11 library. It compiles slowly: only
// parser*.cc and command_line.cc include it.
#ifndef DAFTAR_CLI_PARSER_H_
#define DAFTAR_CLI_PARSER_H_

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/commands.h"
#include "cli/commands_book.h"
#include "cli/commands_disclosure.h"
#include "cli/commands_incident.h"
#include "cli/commands_letter.h"
#include "cli/commands_policy.h"
#include "cli/commands_proof.h"
#include "cli/commands_subject.h"
#include "cli/commands_warning.h"
#include "cli/session.h"

namespace daftar::cli {

// The tree of commands over one parse. The chosen command is kept and run afterwards, so that no
// code of ours runs inside the parser.
class Parser {
 public:
  Parser();

  // Throws CLI::ParseError, as the library does.
  void Parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // the library takes them from the back
    app_.parse(std::move(arguments));
  }
  std::string Help() const { return app_.help(); }
  // "daftar incident add", as far as it was understood.
  std::string Path() const;
  // Whether the last command understood still needs a verb.
  bool NeedsVerb() const { return !Last().get_subcommands({}).empty(); }
  std::vector<std::string> Unexpected() const { return app_.remaining(true); }

  std::string dir;
  std::string output = "text";
  std::string timeout;
  std::function<absl::StatusOr<int>(Session&)> run;

 private:
  const CLI::App& Last() const {
    const CLI::App* last = &app_;
    while (!last->get_subcommands().empty()) last = last->get_subcommands().back();
    return *last;
  }
  CLI::App& Noun(const std::string& name, const std::string& help);
  // A noun within another: "incident proof".
  static CLI::App& Noun(CLI::App& parent, const std::string& name, const std::string& help);
  CLI::App& Verb(CLI::App& parent, const std::string& name, const std::string& help,
                 const std::string& examples);
  template <class Options>
  std::shared_ptr<Options> Take(CLI::App& verb,
                                absl::StatusOr<int> (*command)(Session&, const Options&)) {
    auto options = std::make_shared<Options>();
    verb.callback([this, options, command] {
      run = [options, command](Session& session) { return command(session, *options); };
    });
    return options;
  }
  void Take(CLI::App& verb, absl::StatusOr<int> (*command)(Session&)) {
    verb.callback([this, command] { run = command; });
  }
  static void AddIdentifiers(CLI::App& verb, std::vector<TypedIdentifier>& identifiers);
  static void AddMoney(CLI::App& verb, std::string& amount, std::string& currency);
  static void AddBecause(CLI::App& verb, std::string& because);
  static void AddWait(CLI::App& verb, IncidentOptions& options);
  static void AddId(CLI::App& verb, std::string& id, const std::string& what);
  static void AddLanguage(CLI::App& verb, std::string& lang);
  static void AddPeriod(CLI::App& verb, PeriodOptions& period, const std::string& of);

  void AddNodeCommands();
  void AddChecks();
  void AddIncidents();
  void AddIncidentSharing(CLI::App& noun);
  void AddIncidentChanges(CLI::App& noun);
  void AddProofs(CLI::App& incident);
  void AddCustomers();
  void AddCustomerChanges(CLI::App& noun);
  void AddGroups();
  void AddGroupTerms(CLI::App& verb, GroupOptions& group);
  void AddGroupRule(CLI::App& verb, GroupOptions& group);
  void AddAllowlist();
  void AddWarnings();
  void AddOrders();
  void AddOrderOutcomes(CLI::App& noun);
  void AddPolicies();
  void AddPolicyChanges(CLI::App& noun);
  void AddAudit();
  void AddAuditVerify(CLI::App& noun);
  void AddAuditWatch(CLI::App& audit);
  void AddLetters();
  void AddLedger();
  void AddCharters();
  void AddSubjects();
  void AddPartners();
  void AddLog();
  void AddUsers();
  void AddRecord();
  void AddDisclosures();

  CLI::App app_{
      "Daftar: a shop's own record of customers who did not pay, and questions to partner shops.\n"
      "Exit codes of check: 0 accept, 10 deposit, 11 prepay, 20 review, 21 decline; 64 and above "
      "are errors.",
      "daftar"};
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_PARSER_H_
