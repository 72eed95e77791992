// The commands of an auditor.
#include "cli/commands_audit.h"
#include "cli/parser.h"

namespace daftar::cli {

void Parser::AddAuditVerify(CLI::App& noun) {
  CLI::App& verify =
      Verb(noun, "verify",
           "Check what a node handed to an auditor; no node and no network\n"
           "Exits 0 nothing failed, 1 something failed, 2 cannot be read",
           "  daftar audit verify bundle.daftar --policy my-policy\n"
           "  daftar audit verify FOLDER --policy my-policy --report html > audit.html\n"
           "  daftar audit verify case.daftar --policy my-policy --proof invoice.pdf\n"
           "  daftar audit verify fork.daftar --policy my-policy      # proof of two histories\n");
  auto options = Take(verify, &RunAuditVerify);
  verify
      .add_option("bundle", options->bundle,
                  "A bundle that daftar log export wrote, a file or a folder, or fork evidence")
      ->type_name("FILE|DIR");
  verify
      .add_option(
          "--policy", options->policy,
          "Your own (required): keys of the log and of witnesses, and their quorum, in the form "
          "of C2SP tlog-policy (docs/bundle.md); nothing of it is taken from the bundle")
      ->type_name("FILE");
  verify
      .add_option("--proof", options->proofs,
                  "A proof file that was handed over with a case; repeat it")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verify.add_option("--report", options->report, "text (default), html or json")->type_name("FORM");
}

}  // namespace daftar::cli
