// The commands about proof files.
#include "cli/parser.h"
#include "node/evidence/proofs.h"

namespace daftar::cli {

void Parser::AddProofs(CLI::App& incident) {
  CLI::App& noun = Noun(incident, "proof", "Files that show what happened: add, list, get, remove");
  CLI::App& add = Verb(
      noun, "add", "Attach a file: PDF, PNG, JPEG, WebP, e-mail (.eml) or plain text",
      "  daftar incident proof add ID invoice-17.pdf --kind invoice\n"
      "  daftar incident proof add ID chat.txt --kind reminder --name \"WhatsApp, October\"\n");
  auto added = Take(add, &RunProofAdd);
  AddId(add, added->id, "The incident, before it is approved");
  add.add_option("file", added->file, "At most 16 MiB; it stays in this shop, encrypted")
      ->type_name("FILE")
      ->required();
  std::string kinds;
  for (const evidence::ProofKind kind : evidence::AllProofKinds()) {
    kinds += (kinds.empty() ? "" : ", ") + std::string(evidence::ProofKindName(kind));
  }
  add.add_option("--kind", added->kind, "What it shows (required): " + kinds)->type_name("KIND");
  add.add_option("--name", added->name, "For this shop only (default: the file's name)")
      ->type_name("TEXT");

  CLI::App& list =
      Verb(noun, "list", "The proof files of an incident", "  daftar incident proof list ID\n");
  auto listed = Take(list, &RunProofList);
  AddId(list, listed->id, "The incident");

  CLI::App& get = Verb(noun, "get", "Write one to a file; that it was read is recorded",
                       "  daftar incident proof get ID 1 --to invoice-17.pdf\n");
  auto got = Take(get, &RunProofGet);
  AddId(get, got->id, "The incident");
  get.add_option("number", got->number, "Its number")->type_name("N")->required();
  get.add_option("--to", got->to, "The file to write (required); one that is there is left alone")
      ->type_name("FILE");

  CLI::App& remove =
      Verb(noun, "remove", "Take one back, before the incident is approved; it is overwritten",
           "  daftar incident proof remove ID 2 --because \"of another customer\"\n");
  auto removed = Take(remove, &RunProofRemove);
  AddId(remove, removed->id, "The incident");
  remove.add_option("number", removed->number, "Its number")->type_name("N")->required();
  AddBecause(remove, removed->because);
}

}  // namespace daftar::cli
