// The report about a person as a document in its language.
#ifndef DAFTAR_CLI_SUBJECT_DOCUMENT_H_
#define DAFTAR_CLI_SUBJECT_DOCUMENT_H_

#include "cli/document.h"
#include "daftar/v1/subject.pb.h"
#include "node/decision/language.h"

namespace daftar::cli {

// Pure. A name that this program does not know, of a newer node, stands as it came.
Document DocumentOf(const v1::SubjectReport& report, decision::Language language);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SUBJECT_DOCUMENT_H_
