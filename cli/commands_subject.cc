#include "cli/commands_subject.h"

#include <memory>

#include "cli/files.h"
#include "cli/session.h"
#include "cli/show_subject.h"
#include "cli/subject_document.h"
#include "cli/subject_words.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

using Subjects = v1::SubjectService::Stub;

absl::StatusOr<v1::Identifier> ReadOne(const std::vector<TypedIdentifier>& typed,
                                       Console& console) {
  if (typed.size() != 1) {
    return absl::InvalidArgumentError(
        "name the one identifier that the person can show to be its own, like --phone "
        "0812-3456-7890; each other one needs a code and a report of its own");
  }
  auto identifiers = ReadIdentifiers(typed, console);
  if (!identifiers.ok()) return identifiers.status();
  return identifiers->front();
}

absl::Status CheckProof(const SubjectReportOptions& options) {
  if (options.without_code == options.code.empty()) {
    if (!options.without_code) {
      return options.because.empty()
                 ? CheckText("code", options.code)
                 : absl::InvalidArgumentError("--because goes with --without-code; leave it out");
    }
    return CheckBecause(options.because);
  }
  return absl::InvalidArgumentError(
      "give the code that the person was sent (--code K7F3-9Q2M), or --without-code with "
      "--because, one of the two; `daftar subject code` makes a code");
}

// The node has answered, and the code is used up.
absl::Status NotWritten(const absl::Status& why, const SubjectReportOptions& options) {
  return absl::Status(why.code(),
                      std::string(why.message()) +
                          (options.without_code ? "; nothing is lost: ask again"
                                                : "; ask again within 10 minutes, for so long the "
                                                  "same code gives you the same report"));
}

}  // namespace

absl::StatusOr<int> RunSubjectCode(Session& session, const SubjectCodeOptions& options) {
  auto language = MakeLanguage(options.lang, session.language());
  if (!language.ok()) return language.status();
  auto identifier = ReadOne(options.identifiers, session.console());
  if (!identifier.ok()) return identifier.status();
  v1::MakeCodeRequest request;
  *request.mutable_identifier() = *std::move(identifier);
  request.set_language(std::string(decision::LanguageName(*language)));
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto made = (*client)->Write(&Subjects::MakeCode, std::move(request));
  if (!made.ok()) return made.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, ToJson(*made));
    return kExitOk;
  }
  console.out << PrintableLines(made->message()) << "\n" << std::flush;
  // Not among the message, which may go straight to where it is sent.
  console.err << "Send this to " << Printable(made->identifier())
              << " itself, by your own means. Whoever brings the code gets the report: daftar "
                 "subject report --"
              << options.identifiers.front().flag << " - --code " << Printable(made->code())
              << "\n";
  return kExitOk;
}

absl::StatusOr<int> RunSubjectReport(Session& session, const SubjectReportOptions& options) {
  if (absl::Status status = CheckProof(options); !status.ok()) return status;
  auto language = MakeLanguage(options.lang, session.language());
  if (!language.ok()) return language.status();
  auto identifier = ReadOne(options.identifiers, session.console());
  if (!identifier.ok()) return identifier.status();
  // Before the code is used up.
  std::unique_ptr<NewFile> file;
  if (!options.html.empty()) {
    auto created = NewFile::Create(options.html);
    if (!created.ok()) return created.status();
    file = *std::move(created);
  }
  v1::GetReportRequest request;
  *request.mutable_identifier() = *std::move(identifier);
  request.set_code(options.code);
  request.set_without_code(options.without_code);
  request.set_because(options.because);
  request.set_language(std::string(decision::LanguageName(*language)));
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto answer = (*client)->Write(&Subjects::GetReport, std::move(request));
  if (!answer.ok()) return answer.status();
  const v1::SubjectReport& report = answer->report();
  Console& console = session.console();
  if (file != nullptr) {
    absl::Status status = file->Append(ToHtml(DocumentOf(report, *language)));
    if (status.ok()) status = file->Keep();
    if (!status.ok()) return NotWritten(status, options);
  }
  if (console.json) {
    PrintJson(console.out, ToJson(report));
  } else if (file != nullptr) {
    console.out << "Written to " << Printable(options.html) << ".\n";
  } else {
    Print(console.out, DocumentOf(report, *language));
  }
  console.out << std::flush;
  if (!console.out) {
    return NotWritten(absl::DataLossError("the report could not be written"), options);
  }
  console.err << "The report has the shop's own notes and remarks word for word. Read it before "
                 "you hand it over; somebody else may be named in them.\n";
  return kExitOk;
}

}  // namespace daftar::cli
