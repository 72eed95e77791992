// The command that watches logs.
#include "cli/commands_watch.h"
#include "cli/parser.h"

namespace daftar::cli {

void Parser::AddAuditWatch(CLI::App& audit) {
  CLI::App& watch =
      Verb(audit, "watch", "Follow nodes' public logs and raise an alarm; no account, no node",
           "  daftar audit watch http://toko-a.example:8090/log --policy auditor.policy \\\n"
           "    --state watched\n"
           "  daftar audit watch URL URL --policy P --state DIR --webhook http://127.0.0.1:9000/\n"
           "  daftar audit watch URL --policy P --state DIR --once || mail-somebody   # from cron\n"
           "Exit codes: 0 nothing, 1 an alarm, 2 it cannot be used, 69 --once missed a URL.\n");
  auto options = Take(watch, &RunAuditWatch);
  watch
      .add_option("node", options->nodes,
                  "Where a node serves its log, like http://HOST:PORT/log; several may show the "
                  "same log")
      ->type_name("URL")
      ->required();
  watch
      .add_option("--policy", options->policy,
                  "Your own: whose keys you trust (C2SP tlog-policy; see docs/auditing.md)")
      ->type_name("FILE")
      ->required();
  watch
      .add_option("--state", options->state, "The folder that remembers; made when it is not there")
      ->type_name("DIR")
      ->required();
  watch
      .add_option("--charter", options->charter,
                  "The circle's charter: also tell of deadlines that were missed")
      ->type_name("FILE");
  watch.add_option("--every", options->every, "Between two rounds (default 30)")
      ->type_name("SECONDS");
  watch
      .add_option("--stale-after", options->stale_after,
                  "How long a head may stand unconfirmed (default 300)")
      ->type_name("SECONDS");
  watch.add_option("--webhook", options->webhook, "Each alarm is posted there, as JSON")
      ->type_name("URL");
  watch.add_flag("--once", options->once, "One round, then end");
}

}  // namespace daftar::cli
