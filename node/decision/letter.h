// Letters that a shop sends to a customer, complete in each language. Nothing in them comes from a
// record: no partner, no reason, no figure but those that the caller gives. Pure; any thread.
#ifndef DAFTAR_NODE_DECISION_LETTER_H_
#define DAFTAR_NODE_DECISION_LETTER_H_

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "node/decision/language.h"
#include "node/evidence/reasons.h"

namespace daftar::decision {

inline constexpr size_t kMaxLetterNameBytes = 120;         // UTF-8: shop, customer, signature
inline constexpr size_t kMaxLetterAlternativeBytes = 200;  // UTF-8
inline constexpr size_t kMaxLetterAlternatives = 5;
inline constexpr size_t kMinLetterInstalments = 2;
inline constexpr size_t kMaxLetterInstalments = 36;
inline constexpr size_t kLetterColumns = 72;  // code points a line

// Every text is one line of UTF-8 without control characters, line separators and marks that turn
// the writing direction, so that no field can add a line of its own or hide one.
struct LetterFields {
  std::string shop;      // needed
  std::string customer;  // with title, as it is to be addressed; empty: a neutral salutation
  evidence::Date date;   // needed
  // Shops or ways to turn to; empty: the letter names general ones.
  std::vector<std::string> alternatives;
  std::string signature;  // stands above the shop's name; may be empty, or the shop's name
};

// To part well: thankful, factual, with an apology and alternatives; no blame. Plain text that ends
// in a line feed, wrapped at kLetterColumns; a longer word stands alone on its line.
// InvalidArgument naming the field (never its content) that is missing, too long or not one line.
absl::StatusOr<std::string> PartingLetter(Language language, const LetterFields& fields);

using Instalment = std::pair<evidence::Date, evidence::Money>;
// A friendly offer to pay in instalments. InvalidArgument as above, and unless there are
// kMinLetterInstalments to kMaxLetterInstalments of one currency, each above zero and at most
// kMaxMinorUnits, on days that ascend from the letter's date on; and for alternatives, which this
// letter has not.
absl::StatusOr<std::string> PaymentPlanLetter(Language language, const LetterFields& fields,
                                              std::span<const Instalment> instalments);

inline constexpr size_t kMaxNoticeLineBytes = 300;  // UTF-8: how to pay, how to reach the shop

// What a shop is about to tell the others of its circle.
struct NoticeFacts {
  evidence::Reason reason = evidence::Reason::kDepositUnsettled;
  evidence::Money amount;  // may be absent
  evidence::Date occurred;
  evidence::Date due;            // may be absent
  evidence::Date answer_by;      // the last whole day before it is shared
  evidence::Date erased_by;      // the last day on which it is kept
  uint32_t withdrawn_hours = 0;  // after it was settled
  std::string circle;            // its name
  size_t members = 0;            // other than this shop
  std::string how_to_pay;        // needed
  std::string contact;           // how to object; needed
  std::string code;              // by which the customer names it
};
// Notice to the customer, before anything is shared: what, how much, who will see what, until when,
// how to pay, how to object. InvalidArgument as above; alternatives do not belong into it.
absl::StatusOr<std::string> NoticeLetter(Language language, const LetterFields& fields,
                                         const NoticeFacts& facts);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_LETTER_H_
