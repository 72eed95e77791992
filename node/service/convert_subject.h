// The report about a person, from values to a message.
#ifndef DAFTAR_NODE_SERVICE_CONVERT_SUBJECT_H_
#define DAFTAR_NODE_SERVICE_CONVERT_SUBJECT_H_

#include "daftar/v1/subject.pb.h"
#include "node/decision/language.h"
#include "node/subject/report.h"

namespace daftar::service {

// Without the shop's name and origin. No name of staff is in it; the identifiers of the person
// other than the one that was asked about are masked.
v1::SubjectReport ToProto(const subject::Report& report, decision::Language language);

// Leaves out the oldest incidents until the report has at most `max_bytes`, and says so in it. What
// else is in a report has bounds that fit.
void KeepWithin(size_t max_bytes, v1::SubjectReport& report);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_CONVERT_SUBJECT_H_
