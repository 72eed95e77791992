// The commands about the policy and what became of its decisions.
#include "cli/parser.h"
#include "node/decision/backtest.h"

namespace daftar::cli {

void Parser::AddPolicies() {
  CLI::App& noun = Noun("policy", "The shop's rules, and how its decisions turned out");
  CLI::App& show = Verb(noun, "show", "The policy in force, or an earlier one, as a file",
                        "  daftar policy show > policy.toml\n  daftar policy show HASH\n");
  auto shown = Take(show, &RunPolicyShow);
  show.add_option("hash", shown->hash,
                  "The hash, or at least its first 8 digits (default: in force)")
      ->type_name("HASH");

  Take(Verb(noun, "versions", "Which policy was in force here since when, newest first",
            "  daftar policy versions\n"),
       &RunPolicyVersions);

  CLI::App& check = Verb(noun, "check", "Whether a file is a policy, and what it changes; no node",
                         "  daftar policy check policy.toml\n  daftar --dir A policy check\n");
  auto checked = Take(check, &RunPolicyCheck);
  check
      .add_option("file", checked->file,
                  "The file, or - for standard input (default: policy.toml in --dir)")
      ->type_name("FILE");

  CLI::App& test =
      Verb(noun, "backtest", "What a policy would have answered to past orders; no node",
           "  daftar policy backtest invoices.csv --map mapping.toml\n"
           "  daftar policy backtest invoices.csv --map mapping.toml --as-of 2026-10-01\n"
           "  daftar policy backtest a.csv b.csv c.csv --map mapping.toml --plot picture.svg\n"
           "  daftar policy backtest all.csv --map mapping.toml --shops 10 --learnt --liar\n");
  auto tested = Take(test, &RunPolicyBacktest);
  test.add_option("files", tested->files,
                  "CSV files; several are shops of their own, one is dealt to simulated shops")
      ->type_name("FILE")
      ->required()
      ->expected(1, static_cast<int>(decision::kMaxBacktestShops));
  test.add_option("--map", tested->map, "Says what the columns mean (docs/ledger-import.md)")
      ->type_name("MAPPING.toml")
      ->required();
  test.add_option("--policy", tested->policy,
                  "A file, or: default. Without it policy.toml in --dir, else the default, "
                  "even where a node runs another")
      ->type_name("FILE");
  test.add_option("--as-of", tested->as_of,
                  "The files tell what was known that day; what was not paid and not late by then "
                  "is not judged (default: the newest invoice or payment in them)")
      ->type_name("YYYY-MM-DD");
  test.add_option("--shops", tested->shops, "Simulated shops (default 10)")->type_name("N");
  test.add_option("--rounds", tested->rounds, "Ways of dealing orders to them (default 20)")
      ->type_name("N");
  test.add_option("--seed", tested->seed, "Another deals differently (default 1)")->type_name("N");
  test.add_option("--region", tested->region, "How phone numbers without + are read")
      ->type_name("ID|MY|SG|...");
  test.add_flag("--learnt", tested->learnt, "Weights of partners as each shop would learn them");
  test.add_flag("--liar", tested->liar, "Also: one partner reports its good customers too");
  test.add_option("--plot", tested->plot,
                  "Draw it with gnuplot into a .svg or .png; FILE.dat and FILE.gp stay beside it")
      ->type_name("FILE");
  test.add_flag("--force", tested->force, "Replace the files of --plot when they are there");

  CLI::App& outcomes = Verb(noun, "outcomes", "How decisions turned out, overridden ones apart",
                            "  daftar policy outcomes\n"
                            "  daftar policy outcomes --from 2026-01-01 --to 2026-06-30\n");
  AddPeriod(outcomes, *Take(outcomes, &RunPolicyOutcomes), "checks");
  AddPolicyChanges(noun);
}

void Parser::AddPolicyChanges(CLI::App& noun) {
  CLI::App& put = Verb(noun, "put", "Puts a policy in force, from the next check on",
                       "  daftar policy put policy.toml --because \"fewer deposits\"\n"
                       "  daftar policy put policy.toml --instead-of HASH --because \"...\"\n");
  auto putting = Take(put, &RunPolicyPut);
  put.add_option("file", putting->file, "The policy, or - for standard input")
      ->type_name("FILE")
      ->required();
  AddBecause(put, putting->because);
  put.add_option("--instead-of", putting->instead_of,
                 "Refuse when another than this one is in force (64 digits, as policy show says)")
      ->type_name("HASH");

  CLI::App& trial = Verb(noun, "trial", "Tries a policy beside the one in force; shows the trial",
                         "  daftar policy trial policy.toml --because \"is it too strict?\"\n"
                         "  daftar policy trial\n"
                         "  daftar policy trial --end --because \"seen enough\"\n");
  auto tried = Take(trial, &RunPolicyTrial);
  trial
      .add_option("file", tried->file,
                  "The policy to try, or - for standard input (default: show what both answered)")
      ->type_name("FILE");
  trial
      .add_option("--because", tried->because,
                  "Why, in a few words; stays in this shop (needed to begin and to end)")
      ->type_name("TEXT");
  trial.add_flag("--end", tried->end, "End the trial; what was recorded stays");

  CLI::App& worth = Verb(noun, "worth", "What deciding was worth, by month and by group",
                         "  daftar policy worth\n"
                         "  daftar policy worth --from 2026-01-01 --to 2026-06-30\n");
  auto period = Take(worth, &RunPolicyWorth);
  worth.add_option("--from", period->from, "First day of the checks (default: a year back)")
      ->type_name("YYYY-MM-DD");
  worth.add_option("--to", period->to, "Last day (default: today)")->type_name("YYYY-MM-DD");
}

void Parser::AddAudit() {
  CLI::App& noun = Noun("audit", "Proving what was decided, and checking what a node's log says");
  CLI::App& replay = Verb(
      noun, "replay", "Compute decisions again; a file needs no node and no network",
      "  daftar why RECEIPT --output json > receipt.json\n"
      "  daftar policy show HASH > policy.toml\n"
      "  daftar audit replay receipt.json --policy policy.toml\n"
      "  daftar audit replay RECEIPT             # the node is asked for both\n"
      "  daftar log export --decisions --out decisions.bundle\n"
      "  daftar audit replay decisions.bundle --policy policy.toml --policy old.toml \\\n"
      "    --head 120:9f86d0...0f00a08 --entry-vkey toko-a.example/daftar/entry+c487b79d+AX...\n");
  auto replayed = Take(replay, &RunAuditReplay);
  replay
      .add_option("receipt", replayed->receipt,
                  "A file that why --output json wrote, - for standard input, a receipt's id, "
                  "which the node is asked for, or an exported decision log")
      ->type_name("RECEIPT|BUNDLE")
      ->required();
  replay
      .add_option("--policy", replayed->policies,
                  "The policy of that time, or: default; a receipt's id needs none. Repeat it for "
                  "a bundle: receipts of others are not checked")
      ->type_name("FILE")
      ->allow_extra_args(false);
  replay
      .add_option("--head", replayed->heads,
                  "Of a bundle: a head that the log must go on from, as daftar status showed it at "
                  "an earlier audit (Decision head); repeat it")
      ->type_name("SIZE:ROOT")
      ->allow_extra_args(false);
  replay
      .add_option("--entry-vkey", replayed->entry_vkey,
                  "Of a bundle: the log's entry key, which signs it; the last line of daftar log "
                  "policy has it")
      ->type_name("VKEY");
  replay
      .add_option("--subject", replayed->subject,
                  "Of a bundle: list the decisions about this person, as the shop names it with "
                  "daftar why RECEIPT --output json")
      ->type_name("HEX");
  AddAuditVerify(noun);
  AddAuditWatch(noun);
}

void Parser::AddLetters() {
  CLI::App& noun = Noun("letter", "Letters to a customer: part well, or offer instalments");
  const auto common = [](CLI::App& verb, LetterOptions& letter) {
    AddLanguage(verb, letter.lang);
    verb.add_option("--shop", letter.shop, "The shop's name (default: as the node in --dir has it)")
        ->type_name("TEXT");
    verb.add_option("--to", letter.to, "The customer, as it is to be addressed")->type_name("TEXT");
    verb.add_option("--date", letter.date, "Of the letter (default: today)")
        ->type_name("YYYY-MM-DD");
    verb.add_option("--signature", letter.signature, "Who signs")->type_name("TEXT");
  };
  CLI::App& parting =
      Verb(noun, "parting", "Thankful, factual, with alternatives; nothing of records or partners",
           "  daftar --dir A letter parting --lang id --to \"Ibu Sari\" \\\n"
           "    --alternative \"Percetakan Jaya, Jl. Merdeka 5\"\n");
  auto parted = Take(parting, &RunLetterParting);
  common(parting, *parted);
  parting
      .add_option("--alternative", parted->alternatives,
                  "A shop or a way to turn to; repeat it (default: general ones)")
      ->type_name("TEXT")
      ->allow_extra_args(false);

  CLI::App& plan = Verb(noun, "plan", "A friendly offer to pay in instalments",
                        "  daftar --dir A letter plan --to \"Ibu Sari\" --currency IDR \\\n"
                        "    --instalment 2026-12-01=1500000 --instalment 2027-01-01=1500000\n");
  auto planned = Take(plan, &RunLetterPlan);
  common(plan, *planned);
  plan.add_option("--instalment", planned->instalments, "A day and an amount; repeat it")
      ->type_name("DAY=AMOUNT")
      ->allow_extra_args(false);
  plan.add_option("--currency", planned->currency, "Of the amounts, like IDR")->type_name("CODE");
}

}  // namespace daftar::cli
