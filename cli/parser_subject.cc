// The commands of `daftar subject`.
#include "cli/parser.h"

namespace daftar::cli {

namespace {

// The person's, not this user's.
void AddSubjectLanguage(CLI::App& verb, std::string& lang) {
  verb.add_option(
          "--lang,--language", lang,
          "The person's language: en, id or ms (default: as LC_ALL, LC_MESSAGES or LANG say)")
      ->type_name("LANGUAGE");
}

// Where other commands take several.
void TakeOneIdentifier(CLI::App& verb) {
  for (const IdentifierFlag& entry : IdentifierFlags()) {
    verb.get_option("--" + std::string(entry.flag))
        ->group(
            "The person (exactly one; '-' reads a line of standard input, so that the number "
            "stands in no history or process list)");
  }
}

}  // namespace

void Parser::AddSubjects() {
  CLI::App& noun = Noun("subject", "What a person may know of what is held about it");
  CLI::App& code =
      Verb(noun, "code",
           "A code for one identifier of a person, and the message that you send it with\n"
           "It is valid for 24 hours and for one report, which whoever used it may have again for "
           "10 minutes; 3 a day for one identifier\n"
           "There is none for an identifier of many people, like a clinic's telephone, nor for "
           "another of a customer who has one",
           "  daftar subject code --phone 0812-3456-7890 --lang id\n"
           "  daftar subject code --email - > message.txt\n");
  auto made = Take(code, &RunSubjectCode);
  AddIdentifiers(code, made->identifiers);
  TakeOneIdentifier(code);
  AddSubjectLanguage(code, made->lang);

  CLI::App& report = Verb(
      noun, "report",
      "All that this shop and its partners' logs hold about one identifier, for the person\n"
      "Each report is on the record. Whoever used a code may use it again for 10 minutes, should "
      "a document have been lost\n"
      "An operator on the node's own socket may do without a code",
      "  daftar subject report --phone - --code K7F3-9Q2M --lang id --html report.html\n"
      "  daftar subject report --phone - --without-code --because \"came in, showed her card\"\n"
      "  daftar subject report --phone - --code K7F3-9Q2M --output json\n");
  auto asked = Take(report, &RunSubjectReport);
  AddIdentifiers(report, asked->identifiers);
  TakeOneIdentifier(report);
  report.add_option("--code", asked->code, "The code that the person was sent")->type_name("CODE");
  report.add_flag("--without-code", asked->without_code, "There is none; say why with --because");
  report.add_option("--because", asked->because, "Why there is no code, for the record")
      ->type_name("TEXT");
  AddSubjectLanguage(report, asked->lang);
  report
      .add_option("--html", asked->html,
                  "Write the document to this new file, for printing; only you can read it")
      ->type_name("FILE");
}

}  // namespace daftar::cli
