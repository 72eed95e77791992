// The commands of `daftar incident`.
#include "cli/parser.h"

namespace daftar::cli {

void Parser::AddWait(CLI::App& verb, IncidentOptions& options) {
  verb.add_flag(
      "--wait", options.wait,
      "Until every partner that is heard from has applied the newest change; exit code 75 "
      "when some partner has not");
  verb.add_option("--within", options.within, "Wait at most so long (default 120, at most 600)")
      ->type_name("SECONDS");
}

void Parser::AddIncidents() {
  CLI::App& noun = Noun("incident", "What happened with a customer: add, publish, settle, ...");
  CLI::App& add = Verb(
      noun, "add", "File an incident (nothing is shared yet)",
      "  daftar incident add --reason deposit-unsettled --phone 0812-3456-7890 \\\n"
      "    --amount 4500000 --currency IDR --occurred 2026-10-01\n"
      "  daftar incident add --order ORDER      # one that ledger suggest named\n"
      "  daftar incident add --order ORDER --proof invoice=17.pdf --proof reminder=chat.txt\n");
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
  add.add_option("--told", filed->told_on,
                 "When the customer was told that it may be reported to the circle")
      ->type_name("YYYY-MM-DD");
  add.add_option("--note", filed->note, "For this shop only, never shared")->type_name("TEXT");
  add.add_option("--for-customer", filed->mitigations,
                 "What speaks for the customer: shop-at-fault, told-in-time, kept-plan; repeat it")
      ->type_name("NAME")
      ->allow_extra_args(false);

  add.add_option("--proof", filed->proofs,
                 "A file that shows it; repeat it (kinds: daftar incident proof add --help)")
      ->type_name("KIND=FILE")
      ->allow_extra_args(false);

  CLI::App& show =
      Verb(noun, "show", "One incident with its history, and which partners have applied it",
           "  daftar incident show ID\n  daftar incident show ID --wait --within 300\n");
  auto shown = Take(show, &RunIncidentShow);
  show.add_option("id", shown->id, "The incident")->type_name("ID")->required();
  AddWait(show, *shown);

  CLI::App& list = Verb(noun, "list", "Incidents, newest first",
                        "  daftar incident list\n  daftar incident list --state published\n"
                        "  daftar incident list --customer ID\n");
  auto listed = Take(list, &RunIncidentList);
  list.add_option("--state", listed->state,
                  "Only draft, ready, approved, held, published, settled, ... ones")
      ->type_name("STATE");
  list.add_option("--customer", listed->customer, "Only those about this customer of the book")
      ->type_name("ID");
  list.add_option("--limit", listed->limit, "At most so many (default 1000)")->type_name("N");
  AddIncidentSharing(noun);
  AddIncidentChanges(noun);
  AddProofs(noun);
}

void Parser::AddIncidentChanges(CLI::App& noun) {
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

  CLI::App& dispute = Verb(
      noun, "dispute", "The customer, or the shop, says it is wrong; it stops counting at once",
      "  daftar incident dispute K7F3-9Q2M --because \"says it was paid in cash\"\n"
      "  daftar incident dispute ID --by shop --because \"two invoices were mixed up\"\n");
  auto disputed = Take(dispute, &RunIncidentDispute);
  dispute.add_option("id", disputed->id, "The incident, or the code of its notice")
      ->type_name("ID")
      ->required();
  dispute.add_option("--by", disputed->by, "Who says so: person (default) or shop")
      ->type_name("WHO");
  dispute.add_option("--on", disputed->on, "The day (default: today)")->type_name("YYYY-MM-DD");
  AddBecause(dispute, disputed->because);
  AddWait(dispute, *disputed);

  CLI::App& resolve = Verb(
      noun, "resolve", "Decide a dispute",
      "  daftar incident resolve ID --outcome upheld --because \"the bank shows no payment\"\n"
      "  daftar incident resolve ID --outcome withdrawn --because \"the receipt was found\"\n");
  auto resolved = Take(resolve, &RunIncidentResolve);
  AddId(resolve, resolved->id, "The incident");
  resolve
      .add_option("--outcome", resolved->outcome,
                  "upheld: the report stands; withdrawn: the customer was right")
      ->type_name("OUTCOME")
      ->required();
  AddBecause(resolve, resolved->because);
  AddWait(resolve, *resolved);

  CLI::App& correct =
      Verb(noun, "correct", "Correct what it says, at the partners too",
           "  daftar incident correct ID --amount 1500000 --currency IDR --because \"part paid\"\n"
           "  daftar incident correct ID --due 2026-10-15 --because \"typed wrong\"\n");
  auto corrected = Take(correct, &RunIncidentCorrect);
  AddId(correct, corrected->id, "The incident");
  AddMoney(correct, corrected->amount, corrected->currency);
  correct.add_option("--occurred", corrected->occurred, "When it happened")
      ->type_name("YYYY-MM-DD");
  correct.add_option("--due", corrected->due, "When payment was due")->type_name("YYYY-MM-DD");
  correct
      .add_option("--told", corrected->told_on,
                  "When the customer was told that it may be reported (before publication)")
      ->type_name("YYYY-MM-DD");
  correct
      .add_option("--reminder", corrected->reminders,
                  "All reminders, oldest first, in place of those there are; repeat it")
      ->type_name("YYYY-MM-DD")
      ->allow_extra_args(false);
  AddBecause(correct, corrected->because);

  CLI::App& erase =
      Verb(noun, "erase", "Remove what it says for ever, here and at every partner",
           "  daftar incident erase ID --ground request --because \"asked for it in writing\"\n");
  auto erased = Take(erase, &RunIncidentErase);
  AddId(erase, erased->id, "The incident");
  erase
      .add_option("--ground", erased->ground,
                  "request: the customer asked for it; mistake: it should never have been filed")
      ->type_name("GROUND")
      ->required();
  AddBecause(erase, erased->because);
  AddWait(erase, *erased);
}

void Parser::AddIncidentSharing(CLI::App& noun) {
  CLI::App& publish =
      Verb(noun, "publish", "Share the incident's report with the partners, or say what is missing",
           "  daftar incident publish ID\n");
  auto published = Take(publish, &RunIncidentPublish);
  publish.add_option("id", published->id, "The incident")->type_name("ID")->required();

  CLI::App& approve =
      Verb(noun, "approve", "Let it be shared, as the second person that the charter wants",
           "  daftar incident approve ID\n");
  auto approved = Take(approve, &RunIncidentApprove);
  AddId(approve, approved->id, "The incident");

  CLI::App& notice =
      Verb(noun, "notice", "Print the letter of notice; the hold begins with it",
           "  daftar incident notice ID --lang id --to \"Ibu Sari\" \\\n"
           "    --pay \"Bank Mandiri 123456\" --contact \"0811-2222-3333\" > letter.txt\n");
  auto noticed = Take(notice, &RunIncidentNotice);
  AddId(notice, noticed->id, "The incident");
  notice.add_option("--pay", noticed->how_to_pay, "How to pay, one line")
      ->type_name("TEXT")
      ->required();
  notice.add_option("--contact", noticed->contact, "How to reach the shop to object, one line")
      ->type_name("TEXT")
      ->required();
  notice.add_option("--to", noticed->to, "The customer, as it is to be addressed")
      ->type_name("TEXT");
  notice.add_option("--signature", noticed->signature, "Who signs")->type_name("TEXT");
  notice.add_option("--lang", noticed->lang, "Language of the letter: en, id or ms")
      ->type_name("LANG");
}

}  // namespace daftar::cli
