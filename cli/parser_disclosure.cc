// The commands about proof that shops hand to each other.
#include "cli/parser.h"

namespace daftar::cli {

void Parser::AddDisclosures() {
  CLI::App& noun =
      Noun("proof", "The proof behind a partner's report, and what partners ask of this shop");
  CLI::App& ask =
      Verb(noun, "ask",
           "Ask a partner for the files behind its report. It learns that this shop asks about\n"
           "that person; its manager decides",
           "  daftar proof ask toko-a.example --entry 12 --phone 0812-3456-7890 --because \"order "
           "of 40 million\"\n");
  auto asked = Take(ask, &RunProofAsk);
  ask.add_option("partner", asked->origin, "The partner, as check names it to a manager")
      ->type_name("ORIGIN")
      ->required();
  ask.add_option("--entry", asked->entry, "The entry in its log, as check shows it (required)")
      ->type_name("INDEX");
  AddIdentifiers(ask, asked->identifiers);
  ask.add_option("--because", asked->because,
                 "Why, in one line of at most 200 bytes; the partner reads it. It stays on both\n"
                 "shops' records: name nobody (required)")
      ->type_name("TEXT");
  ask.add_flag("--yes", asked->yes, "Do not ask; needed when nobody sits at a terminal");

  CLI::App& list = Verb(noun, "asked", "What this shop asked partners for, and what became of it",
                        "  daftar proof asked\n");
  Take(list, &RunProofAsked);

  CLI::App& get =
      Verb(noun, "get",
           "Look whether the partner has decided, and write the files that it handed out;\n"
           "that they were read is recorded",
           "  daftar proof get ID --to proof/\n"
           "  daftar proof get ID --number 1 --to invoice.pdf\n");
  auto got = Take(get, &RunPartnerProofGet);
  AddId(get, got->id, "The request, as proof asked shows it");
  get.add_option("--number", got->number, "One of its files (default: all)")->type_name("N");
  get.add_option("--to", got->to,
                 "A folder, or the file to write (required); one that is there is left alone")
      ->type_name("FILE|DIR");

  CLI::App& requests =
      Verb(noun, "requests", "What partners ask this shop for: those that are open",
           "  daftar proof requests\n  daftar proof requests --all --limit 20\n");
  auto listed = Take(requests, &RunProofRequests);
  requests.add_flag("--all", listed->all, "Also those that have ended");
  requests.add_option("--limit", listed->limit, "At most so many (default 1000)")->type_name("N");

  // The record outlives the person's data.
  const auto add_because = [](CLI::App& verb, std::string& because) {
    verb.add_option("--because", because,
                    "Why, in a few words; stays on the record, so name nobody (required)")
        ->type_name("TEXT");
  };
  CLI::App& disclose =
      Verb(noun, "disclose",
           "Let the partner fetch the proof of its request for seven days. What it has fetched\n"
           "cannot be taken back",
           "  daftar proof disclose ID --because \"they decide about a large order\"\n"
           "  daftar proof disclose ID --number 1 --number 3 --because \"invoice and reminder\"\n");
  auto disclosed = Take(disclose, &RunProofDisclose);
  AddId(disclose, disclosed->id, "The request, as proof requests shows it");
  disclose
      .add_option("--number", disclosed->numbers,
                  "A file of the incident; repeat it (default: all of them)")
      ->type_name("N")
      ->allow_extra_args(false);
  add_because(disclose, disclosed->because);

  CLI::App& refuse = Verb(noun, "refuse", "Hand out nothing; the partner learns that, and not why",
                          "  daftar proof refuse ID --because \"the order is small\"\n");
  auto refused = Take(refuse, &RunProofRefuse);
  AddId(refuse, refused->id, "The request, as proof requests shows it");
  add_because(refuse, refused->because);
}

}  // namespace daftar::cli
