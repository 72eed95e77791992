// The commands about partners, the log, users and the record of changes.
#include "cli/commands_log.h"
#include "cli/commands_recover.h"
#include "cli/commands_relay.h"
#include "cli/parser.h"

namespace daftar::cli {

void Parser::AddPartners() {
  CLI::App& noun = Noun("partner", "The shops this node exchanges reports with");
  CLI::App& invite =
      Verb(noun, "invite", "Print one code with which one partner can pair, once",
           "  code=$(daftar --dir A partner invite)\n  daftar --dir B partner join \"$code\"\n");
  auto invited = Take(invite, &RunPartnerInvite);
  invite.add_option("--valid-for", invited->valid_for, "Like 30m or 7d (default 24h)")
      ->type_name("TIME");

  CLI::App& join = Verb(noun, "join", "Pair with the shop that made the code",
                        "  daftar partner join daftar1-...\n  daftar partner join - < code.txt\n");
  auto joined = Take(join, &RunPartnerJoin);
  join.add_option("code", joined->code, "The code, or - for standard input")
      ->type_name("CODE")
      ->required();

  Take(Verb(noun, "list", "All partners", "  daftar partner list\n"), &RunPartnerList);

  const auto add = [&](const char* name, const char* help, auto* command, const char* because) {
    const std::string example =
        std::string("  daftar partner ") + name + " toko-b.example" +
        (because == nullptr ? "" : " --because \"" + std::string(because) + "\"") + "\n";
    CLI::App& verb = Verb(noun, name, help, example);
    auto options = Take(verb, command);
    verb.add_option("origin", options->origin, "The partner")->type_name("ORIGIN")->required();
    if (because != nullptr) AddBecause(verb, options->because);
  };
  add("show", "One partner", &RunPartnerShow, nullptr);
  add("suspend", "Neither ask nor answer it until resumed", &RunPartnerSuspend,
      "agreement under review");
  CLI::App& accept = Verb(
      noun, "accept",
      "Go on with the new log of a partner that lost its own: nothing in the old one counts any "
      "more, and what was kept of it is deleted. Its operator reads out the first entry by phone",
      "  daftar partner show toko-b.example    # what was seen here\n"
      "  daftar partner accept toko-b.example --first-entry 5f0c... --because \"compared with "
      "Siti\"\n");
  auto accepted = Take(accept, &RunPartnerAccept);
  accept.add_option("origin", accepted->origin, "The partner, by its old log")
      ->type_name("ORIGIN")
      ->required();
  accept
      .add_option(
          "--first-entry", accepted->first_entry,
          "The hash of the new log's first entry that was compared, all 64 digits (required)")
      ->type_name("HEX");
  AddBecause(accept, accepted->because);
  add("release", "Let its reports count again after the node had set them aside",
      &RunPartnerRelease, "they had a backlog");
  add("resume", "End a suspension", &RunPartnerResume, "agreement renewed");
  add("remove", "End the partnership", &RunPartnerRemove, "agreement ended");
  add("reset-weight", "Forget what was learnt about how its records turned out",
      &RunPartnerResetWeight, "another owner");

  CLI::App& dispute = Verb(
      noun, "dispute",
      "A person says here that what this partner reports is wrong: stop counting it, and pass the "
      "dispute on to the partner and to the others. The partner learns that this shop knows the "
      "person",
      "  daftar partner dispute toko-b.example --phone 0812-3456-7890\n"
      "  daftar partner dispute toko-b.example --phone - --entry 42 --disputed-on 2026-11-20\n");
  auto disputed = Take(dispute, &RunPartnerDispute);
  dispute.add_option("origin", disputed->origin, "The partner that reports it")
      ->type_name("ORIGIN")
      ->required();
  AddIdentifiers(dispute, disputed->identifiers);
  dispute.add_option("--entry", disputed->entry, "One entry of its log (default: all that open)")
      ->type_name("INDEX");
  dispute
      .add_option("--disputed-on", disputed->disputed_on,
                  "The day on which the person said so (default: today)")
      ->type_name("DATE");

  CLI::App& disputes = Verb(noun, "disputes", "Disputes passed on from here, newest first",
                            "  daftar partner disputes\n");
  auto listed = Take(disputes, &RunPartnerDisputes);
  disputes.add_option("--limit", listed->limit, "At most so many (default 100)")->type_name("N");
}

void Parser::AddLog() {
  CLI::App& noun = Noun("log", "The node's signed log");
  Take(Verb(noun, "head", "The newest signed head, who has cosigned it, and this node's keys",
            "  daftar log head\n  daftar log head > head.note   # the signed note alone\n"),
       &RunLogHead);
  CLI::App& show = Verb(noun, "show", "Entries, oldest first",
                        "  daftar log show --from 100\n  daftar log show --origin "
                        "toko-b.example\n");
  auto shown = Take(show, &RunLogShow);
  show.add_option("--origin", shown->origin, "A partner's log (default: this node's)")
      ->type_name("ORIGIN");
  show.add_option("--from", shown->from, "First entry (default 0)")->type_name("INDEX");
  show.add_option("--limit", shown->limit, "At most so many (default 100)")->type_name("N");

  CLI::App& exported =
      Verb(noun, "export",
           "Write an audit bundle: what somebody needs who checks the log on another machine, "
           "without a network and without trusting this one. For managers and auditors",
           "  daftar log export --out log.bundle\n"
           "  daftar log export --out log.bundle --from 1024        # what is new since an audit\n"
           "  daftar log export --out two.bundle --entries 12,40    # these alone\n"
           "  daftar log export --out case.bundle --entries 12 --open 12\n"
           "  daftar log export --out case/ --case INCIDENT         # a folder\n"
           "  daftar log export --out decisions.bundle --decisions  # for daftar audit replay\n"
           "  daftar log export --out fork.txt --fork toko-b.example\n");
  auto bundle = Take(exported, &RunLogExport);
  exported
      .add_option("--out", bundle->out,
                  "The file to write; a folder when it is an empty one or ends in / (required)")
      ->type_name("FILE");
  exported
      .add_option("--from", bundle->from,
                  "Begin where an earlier audit ended: the size of a signed head (default 0)")
      ->type_name("SIZE");
  exported
      .add_option("--to", bundle->to,
                  "End with this signed head (default: the newest, the one that partners' "
                  "cosignatures are kept for)")
      ->type_name("SIZE");
  exported.add_option("--entries", bundle->entries, "Only these entries, each with its proof")
      ->type_name("INDEX,...");
  exported
      .add_option("--open", bundle->open,
                  "Add the keys of these reports, so that what they say can be read, and not about "
                  "whom; the record has who did")
      ->type_name("INDEX,...");
  exported
      .add_option("--case", bundle->case_id,
                  "Open this incident's report, and tell who filed and approved it and when, its "
                  "reminders, notice and digests of proof")
      ->type_name("INCIDENT");
  exported.add_flag("--decisions", bundle->decisions,
                    "Instead: the decision log, whose sizes --from and --to are then; bodies of "
                    "receipts from --from on, commitments of all");
  exported
      .add_option("--fork", bundle->fork,
                  "Instead: the proof that this partner has signed two histories of its log")
      ->type_name("ORIGIN");
  exported.add_flag("--force", bundle->force, "Replace the file when it is there");

  CLI::App& recover = Verb(
      noun, "recover",
      "Fetch this node's own log back from partners, after its database was lost, put back from "
      "an older backup, or has lost its high-water file; then it signs again. Incidents come "
      "with it as far as the log tells. It can be stopped and goes on where it was",
      "  daftar log recover --because \"restored from the backup of Monday\"\n"
      "  daftard --dir DIR --recover    # when the database is gone; then, in another terminal:\n"
      "  daftar log recover --code - --because \"the disk died\" < code.txt\n"
      "  daftar --dir DIR log recover --new-log toko-a2.example --because \"two histories\"\n"
      "                                 # with daftard stopped, for a log that cannot go on\n");
  auto recovered = Take(recover, &RunLogRecover);
  recover
      .add_option(
          "--code", recovered->code,
          "A partner's pairing code (`daftar partner invite` there), where this node knows no "
          "partner any more; - reads standard input")
      ->type_name("CODE");
  AddBecause(recover, recovered->because);
  recover
      .add_option(
          "--new-log", recovered->new_log.origin,
          "Give the log up, and begin one of this name in its place, which each partner's "
          "operator confirms: for one that cannot be fetched back. daftard must be stopped. "
          "What was begun and stopped goes on with the same command")
      ->type_name("ORIGIN");
  recover.add_flag("--even-if-whole", recovered->new_log.even_if_whole,
                   "With --new-log: although nothing seems wrong with the log here, as when "
                   "partners have seen two histories of it");
  recover.add_flag("--database-lost", recovered->new_log.database_lost,
                   "With --new-log: although there is no database, not on an unmounted disk and "
                   "not in a backup. It begins without customers, orders, incidents and partners, "
                   "and each partner has to pair anew");
  recover
      .add_option("--passphrase-file", recovered->new_log.passphrase_file,
                  "With --new-log: the file that daftard is started with")
      ->type_name("FILE");
  recover.add_flag("--yes", recovered->new_log.yes, "With --new-log: do not ask");

  Take(Verb(noun, "policy",
            "The keys of this log, of those that cosign it, and of this node as a cosigner of "
            "others, for an auditor: C2SP tlog-policy",
            "  daftar log policy > toko-a.policy\n"),
       &RunLogPolicy);
}

void Parser::AddUsers() {
  CLI::App& noun = Noun("user", "Who may use this node, and as what");
  CLI::App& add = Verb(noun, "add",
                       "Add a user; prints a token, or with --sign-in a link to set a password, "
                       "unless --uid is given alone",
                       "  daftar user add POS --role staff               # the shop's own system\n"
                       "  daftar user add sari --role staff --sign-in    # at the console\n"
                       "  daftar user add budi --role manager --uid 1001 --because "
                       "\"shop keeper\"\n");
  auto added = Take(add, &RunUserAdd);
  add.add_option("name", added->name, "The user")->type_name("NAME")->required();
  add.add_option("--role", added->role,
                 "staff, manager, operator, auditor, or owner, who may do all that these may")
      ->type_name("ROLE");
  add.add_option("--uid", added->uid, "Known by this uid on the local socket, without a token")
      ->type_name("UID");
  add.add_option("--because", added->because, "Why, in a few words; stays in this shop")
      ->type_name("TEXT");

  add.add_flag("--sign-in", added->sign_in,
               "A person who signs in at the console: prints a link to set a password");

  Take(Verb(noun, "list", "All users", "  daftar user list\n"), &RunUserList);

  CLI::App& reset = Verb(noun, "reset",
                         "Forget a user's password, second factor and sessions; prints a link to "
                         "set a password anew",
                         "  daftar user reset sari --because \"forgot the password\"\n"
                         "  daftar user reset budi --because \"lost the phone\"\n");
  auto again = Take(reset, &RunUserReset);
  reset.add_option("name", again->name, "The user")->type_name("NAME")->required();
  AddBecause(reset, again->because);

  CLI::App& remove =
      Verb(noun, "remove", "Remove a user; token, password and sessions stop working at once",
           "  daftar user remove sari --because \"left the shop\"\n");
  auto removed = Take(remove, &RunUserRemove);
  remove.add_option("name", removed->name, "The user")->type_name("NAME")->required();
  AddBecause(remove, removed->because);
}

void Parser::AddRecord() {
  CLI::App& noun = Noun("record", "Who changed what, when and why");
  CLI::App& list = Verb(noun, "list", "Changes, newest first; for managers and auditors",
                        "  daftar record list\n"
                        "  daftar record list --object RECEIPT        # who overrode it, and why\n"
                        "  daftar record list --by siti --since 2026-11-01 --limit 1000\n");
  auto listed = Take(list, &RunRecordList);
  list.add_option("--object", listed->object,
                  "Only of this: the id or name of an allowlist entry, a customer, an order, a "
                  "receipt, a group, a partner or a user")
      ->type_name("ID");
  list.add_option("--by", listed->by, "Only by this user: a name, or uid:1000")->type_name("WHO");
  list.add_option("--since", listed->since, "From this day (UTC) on")->type_name("YYYY-MM-DD");
  list.add_option("--limit", listed->limit, "At most so many (default 100)")->type_name("N");
}

}  // namespace daftar::cli
