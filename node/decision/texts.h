// The texts out of which explanations are made, all in one table, so that other languages can get a
// table like it.
#ifndef DAFTAR_NODE_DECISION_TEXTS_H_
#define DAFTAR_NODE_DECISION_TEXTS_H_

#include <string>
#include <string_view>
#include <vector>

namespace daftar::decision {

enum class Text {
  kPrepaid,
  kDebtOrder,
  kDebtOrders,
  kDebtIncident,
  kDebtIncidents,
  kLocal,
  kNobodySmall,
  kNobodyReview,
  kNobodyAlone,
  kHolds,
  kHold,
  kRecordAge,
  kNoneDisputed,
  kSomeDisputed,
  kSomeSettled,
  kAllSettled,
  kMoreReasons,
  kOwnOrders,
  kOwnIncident,
  kOwnIncidents,
  kTooLittle,
  kCapPartners,
  kCapStale,
  kKnownGood,
  kNoRecord,
  kUncountedHolds,
  kUncountedHold,
  kUnknownHere,
  kOneAnswered,
  kAllAnswered,
  kSomeAnswered,
  kNoneAnswered,
  kStaleOnes,
  kUnasked,
  kNoPartners,
  kNewestData,
  kNotWitnessed,
};

// The English text; {1} stands for the first argument, and so on.
std::string_view English(Text text);
// REQUIRES as many arguments as the text has places.
std::string Fill(Text text, const std::vector<std::string>& arguments);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_TEXTS_H_
