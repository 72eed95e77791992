// A person's code and report as JSON (docs/cli.md). As text the report is a document
// (subject_document.h).
#ifndef DAFTAR_CLI_SHOW_SUBJECT_H_
#define DAFTAR_CLI_SHOW_SUBJECT_H_

#include "cli/json.h"
#include "daftar/v1/subject.pb.h"

namespace daftar::cli {

Json ToJson(const v1::MakeCodeResponse& made);
Json ToJson(const v1::SubjectReport& report);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_SUBJECT_H_
