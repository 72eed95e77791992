#include "cli/subject_words.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>

#include "cli/decision_words.h"
#include "node/decision/subject_texts.h"

namespace daftar::cli {
namespace {

using decision::Language;
using decision::SubjectText;

struct Named {
  std::string_view name;
  SubjectText text;
};

constexpr Named kOutcomes[] = {
    {"open", SubjectText::kOrderOpen},           {"overdue", SubjectText::kOrderOverdue},
    {"paid-on-time", SubjectText::kOrderOnTime}, {"paid-late", SubjectText::kOrderLate},
    {"unpaid", SubjectText::kOrderUnpaid},       {"in-question", SubjectText::kOrderInQuestion},
    {"broken", SubjectText::kOrderBroken}};
constexpr Named kStates[] = {
    {"draft", SubjectText::kStateDraft},         {"ready", SubjectText::kStateDraft},
    {"approved", SubjectText::kStateApproved},   {"held", SubjectText::kStateHeld},
    {"published", SubjectText::kStatePublished}, {"corrected", SubjectText::kStateCorrected}};
constexpr Named kActions[] = {{"added", SubjectText::kDidAdd},
                              {"publish asked", SubjectText::kDidAskPublish},
                              {"settled", SubjectText::kDidSettle},
                              {"withdrawn", SubjectText::kDidWithdraw},
                              {"noted for the customer", SubjectText::kDidMitigate},
                              {"reminded", SubjectText::kDidRemind},
                              {"approved", SubjectText::kDidApprove},
                              {"notice made", SubjectText::kDidNotice},
                              {"disputed", SubjectText::kDidDispute},
                              {"upheld", SubjectText::kDidUphold},
                              {"found wrong", SubjectText::kDidRefute},
                              {"corrected", SubjectText::kDidCorrect},
                              {"erased", SubjectText::kDidErase},
                              {"expired", SubjectText::kDidExpire},
                              {"not published", SubjectText::kDidStop},
                              {"log lost", SubjectText::kDidLoseLog}};
// Of the actions that carry the report itself.
constexpr std::string_view kReporting[] = {"publish asked", "approved"};
// What the node writes where it acts by itself.
constexpr Named kRemarks[] = {
    {"settled; the charter's period to withdraw it is over", SubjectText::kSincePaid},
    {"the dispute was not resolved in the charter's period", SubjectText::kSinceUnanswered},
    {"withdrawn; the charter's period to erase it is over", SubjectText::kSinceWithdrawn},
    {"the charter's retention is over", SubjectText::kSinceKept},
    {"the hold is over", SubjectText::kSinceHeld},
    {"published anew, in the log that takes the old one's place", SubjectText::kSinceNewLog}};
constexpr Named kKinds[] = {{"order", SubjectText::kProofOrder},
                            {"agreement", SubjectText::kProofAgreement},
                            {"delivery-note", SubjectText::kProofDelivery},
                            {"invoice", SubjectText::kProofInvoice},
                            {"reminder", SubjectText::kProofReminder},
                            {"payment-record", SubjectText::kProofPayment},
                            {"correspondence", SubjectText::kProofLetters}};

constexpr Named kAskedStates[] = {
    {"asking", SubjectText::kProofAsking},    {"waiting", SubjectText::kProofWaiting},
    {"refused", SubjectText::kProofRefused},  {"lapsed", SubjectText::kProofLapsed},
    {"fetched", SubjectText::kProofHere},     {"over", SubjectText::kProofOver},
    {"rejected", SubjectText::kProofRejected}};

constexpr Named kPassedOnStates[] = {{"waiting", SubjectText::kPassWaiting},
                                     {"disputed", SubjectText::kPassDisputed},
                                     {"resolved", SubjectText::kPassResolved},
                                     {"ended", SubjectText::kPassEnded},
                                     {"refused", SubjectText::kPassRefused}};

std::string WordOf(std::span<const Named> known, const std::string& name, Language language) {
  for (const Named& one : known) {
    if (one.name == name) return std::string(decision::Words(language, one.text));
  }
  std::string plain = name;
  std::replace(plain.begin(), plain.end(), '-', ' ');
  return plain;
}

}  // namespace

std::string OutcomeIn(const std::string& name, Language language) {
  return WordOf(kOutcomes, name, language);
}

std::string IncidentStateIn(const std::string& name, Language language) {
  for (const Named& state : kStates) {
    if (state.name == name) return std::string(decision::Words(language, state.text));
  }
  return StatusIn(name, language);  // the others have the words of an entry
}

std::string ActionIn(const std::string& name, Language language) {
  return WordOf(kActions, name, language);
}

std::string EntryIn(const std::string& name, Language language) {
  if (std::ranges::find(kReporting, name) == std::end(kReporting)) return ActionIn(name, language);
  return std::string(decision::Words(language, SubjectText::kTheReport));
}

std::string NodeRemarkIn(const std::string& remark, Language language) {
  for (const Named& one : kRemarks) {
    if (one.name == remark) return std::string(decision::Words(language, one.text));
  }
  // Sentences for the shop, in English.
  return language == Language::kEnglish ? remark : std::string();
}

std::string ProofKindIn(const std::string& name, Language language) {
  return WordOf(kKinds, name, language);
}

std::string AskedProofStateIn(const std::string& name, Language language) {
  return WordOf(kAskedStates, name, language);
}

std::string PassedOnStateIn(const std::string& name, bool told, Language language) {
  if (told && name == "waiting") {
    return std::string(decision::Words(language, SubjectText::kPassTold));
  }
  return WordOf(kPassedOnStates, name, language);
}

std::string DayIn(const std::string& iso, Language language) {
  constexpr size_t kDay = 10;  // "2026-11-28"
  const auto day = evidence::Date::Parse(iso.substr(0, kDay));
  return day.ok() ? decision::DateText(language, *day) : iso;
}

std::string MomentIn(const std::string& iso, Language language) {
  constexpr size_t kClock = 11;  // of "2026-11-28T08:15:30.123Z"
  const std::string day = DayIn(iso, language);
  if (iso.size() < kClock + 5) return day;
  return day + ", " + iso.substr(kClock, 5) + " UTC";
}

std::string SizeText(uint64_t bytes) {
  constexpr uint64_t kKibi = 1024;
  if (bytes < kKibi) return std::to_string(bytes) + " B";
  const uint64_t kibis = (bytes + kKibi - 1) / kKibi;
  if (kibis < kKibi) return std::to_string(kibis) + " KiB";
  return std::to_string((kibis + kKibi - 1) / kKibi) + " MiB";
}

}  // namespace daftar::cli
