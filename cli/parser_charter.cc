// The commands about the circle's charter.
#include "cli/commands_charter.h"
#include "cli/parser.h"

namespace daftar::cli {

void Parser::AddCharters() {
  CLI::App& noun = Noun("charter", "What the members of the circle may tell each other, and how");
  CLI::App& check =
      Verb(noun, "check", "Whether a file is a charter, and what it says in plain words; no node",
           "  daftar charter check circle.toml\n"
           "  daftar charter check deploy/charters/indonesia.toml   # a template: names what is "
           "left to do\n");
  auto checked = Take(check, &RunCharterCheck);
  check.add_option("file", checked->file, "The file, or - for standard input")
      ->type_name("FILE")
      ->required();

  CLI::App& show =
      Verb(noun, "show", "The charter in force here, and which one each partner's log states",
           "  daftar charter show\n  daftar charter show HASH\n"
           "  daftar charter show --toml > circle.toml   # the file, byte for byte\n");
  auto shown = Take(show, &RunCharterShow);
  show.add_option("hash", shown->hash, "SHA-256 of another that was adopted (default: in force)")
      ->type_name("HASH");
  show.add_flag("--toml", shown->toml, "The file alone");

  CLI::App& adopt = Verb(
      noun, "adopt",
      "Put another charter of the same circle into force here, with the next tick\n"
      "Reports filed before keep the one that they were filed under",
      "  daftar charter adopt circle-2027.toml --because \"hold of 14 days, agreed in May\"\n");
  auto adopted = Take(adopt, &RunCharterAdopt);
  adopt.add_option("file", adopted->file, "The file, or - for standard input")
      ->type_name("FILE")
      ->required();
  AddBecause(adopt, adopted->because);
}

}  // namespace daftar::cli
