// What an incident still lacks to be shared under a charter: pure, so that the same answer is shown
// while filing and enforced at publication.
#ifndef DAFTAR_NODE_EVIDENCE_ADMISSIBILITY_H_
#define DAFTAR_NODE_EVIDENCE_ADMISSIBILITY_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/evidence/charter.h"
#include "node/evidence/facts.h"

namespace daftar::evidence {

// What the check looks at; no identifiers, no free text.
struct IncidentCase {
  ReportFacts facts;
  size_t identifiers = 0;
  Date told_on;                   // when the customer was told that it may be reported; none: never
  std::vector<ProofKind> proofs;  // of the files that are attached
  bool disputed = false;
  bool second_person_approved = false;
  Date today;  // the UTC day
};

// One sentence for each thing that is missing, in a fixed order; empty when it may be published.
// A sentence says what to do and, where only time is missing, from which day on it is enough.
// Tolerates any facts, also those that CheckFacts refuses: what cannot be encoded is missing
// something. The hold is no part of this: it is time that must pass, not a thing to supply.
std::vector<std::string> MissingForSharing(const IncidentCase& incident, const Charter& charter);

// What the ledger adds to them about an identifier that came onto the warning list since it was
// filed: `type` by its name, `why` as identity::WarningList says it.
std::string NobodysIdentifier(std::string_view type, std::string_view why);

// Whether no report can come of it under its reason, whatever else is mended.
bool WantsAnotherReason(std::span<const std::string> missing);

// For each kind of what is missing the command that mends it, with the incident's id in it. Where
// only time is missing, none does.
std::vector<std::string> HowToMend(const std::vector<std::string>& missing,
                                   std::string_view incident);

// The reminders that count for a reason: nobody is reminded of what is not overdue, and of
// reminders in quick succession only the first counts.
std::vector<Date> CountedReminders(const ReportFacts& facts, const ReasonProfile& profile);

// The first day on which a report must no longer be shared: `months` calendar months after it
// occurred (on a month's last day where there is no such day). No date when `occurred` is none.
Date RetentionEnd(Date occurred, uint32_t months);
// The day before: the last on which it is kept, as people are told. No date when `occurred` is
// none.
Date LastDayKept(Date occurred, uint32_t months);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_ADMISSIBILITY_H_
