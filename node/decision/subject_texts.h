// The texts of the report about a person: one complete table for each language, in
// subject_texts_<language>.cc. Beside those of texts.h, so that no table gets too long to read.
// Pure; any thread.
#ifndef DAFTAR_NODE_DECISION_SUBJECT_TEXTS_H_
#define DAFTAR_NODE_DECISION_SUBJECT_TEXTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "node/decision/language.h"

namespace daftar::decision {

// In kNotAsked the argument is "" or begins with a space: " (unreachable)".
enum class SubjectText {
  // What the shop sends to the identifier: {1} is its name, {2} the code, {3} until when.
  kCodeMessage,
  // The head of the document.
  kTitle,
  kIntro,
  kAskedAbout,
  kMadeOn,
  kMadeBy,
  kCircle,
  kPurpose,
  kOnlyNewest,
  // What the shop holds: the book.
  kHeldHere,
  kNothingHere,
  kCustomer,
  kName,
  kSince,
  kOtherIdentifiers,
  kGroups,
  kTrusted,
  kKept,
  kKeptOpen,
  kOrders,
  kInvoice,
  kOrdered,
  kDue,
  kPaid,
  kAmount,
  kOutcome,
  kOrderOpen,
  kOrderOverdue,
  kOrderOnTime,
  kOrderLate,
  kOrderUnpaid,
  kOrderInQuestion,
  kOrderBroken,
  // What the shop holds: decisions and incidents.
  kDecisions,
  kWhen,
  kDecision,
  kWhy,
  kDecidedOtherwise,
  kDecisionsKept,
  kIncidents,
  kState,
  kHappened,
  kReminded,
  kToldOn,
  kFiled,
  kForYou,
  kNote,
  kShared,
  kSharedSince,
  kNotShared,
  kNeverShared,
  kKeptUntil,
  kKeptAsked,
  kNoticeCode,
  kObjectionOpen,
  kObjectionBy,
  kErased,
  kChanges,
  kWhat,
  kBy,
  kByNode,
  kByPerson,
  kByPartner,
  kRemark,
  kProofs,
  kKind,
  kType,
  kSize,
  kAdded,
  kTold,
  kToldMeans,
  kPartner,
  kHoldsSince,
  kNotYet,
  // {1} is a partner that has a copy and is not active now.
  kNowSuspended,
  kNowRemoved,
  kWarnedOwn,
  kWarnedReview,
  kWarnedCleared,
  kHandedOut,
  kFetched,
  // States of an incident that no entry has.
  kStateDraft,
  kStateApproved,
  kStateHeld,
  kStatePublished,
  kStateCorrected,
  // What was done with an incident.
  kDidAdd,
  kDidAskPublish,
  kDidSettle,
  kDidWithdraw,
  kDidMitigate,
  kDidRemind,
  kDidApprove,
  kDidNotice,
  kDidDispute,
  kDidUphold,
  kDidRefute,
  kDidCorrect,
  kDidErase,
  kDidExpire,
  kDidStop,
  kDidLoseLog,
  // The entry of a REPORT, where the others are named by what was done.
  kTheReport,
  // Why the node did something by itself.
  kSincePaid,
  kSinceUnanswered,
  kSinceWithdrawn,
  kSinceKept,
  kSinceHeld,
  kSinceNewLog,
  // Kinds of proof.
  kProofOrder,
  kProofAgreement,
  kProofDelivery,
  kProofInvoice,
  kProofReminder,
  kProofPayment,
  kProofLetters,
  // What partners' logs say.
  kPartnersSay,
  kPartnersHow,
  kNoPartners,
  kNothingFound,
  kNotAsked,
  kOldData,
  kReported,
  kMoreEntries,
  // Of those that are not active.
  kSuspended,
  kRemoved,
  kFromCopy,
  kMayLack,
  // What the shop asked of partners, and passed on to them.
  kAskedOfPartners,
  kProofAsked,
  kProofAskedMeans,
  kNoProofAsked,
  kAskedOn,
  kBecame,
  kProofAsking,
  kProofWaiting,
  kProofRefused,
  kProofLapsed,
  kProofHere,
  kProofOver,
  kProofRejected,
  kPassedOn,
  kPassedOnMeans,
  kNonePassedOn,
  kObjectedOn,
  kPassedOnSince,
  kPassWaiting,
  kPassTold,
  kPassDisputed,
  kPassResolved,
  kPassEnded,
  kPassRefused,
  // How to object, and what else the person may ask for.
  kRights,
  kObject,
  kObjectCode,
  kObjectPartner,
  kCorrect,
  kErase,
  kAuthority,
};
inline constexpr SubjectText kLastSubjectText = SubjectText::kAuthority;

// As those of texts.h.
std::string_view Words(Language language, SubjectText text);
std::string Fill(Language language, SubjectText text, const std::vector<std::string>& arguments);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_SUBJECT_TEXTS_H_
