#include "node/decision/texts.h"

namespace daftar::decision {

std::string_view English(Text text) {
  switch (text) {
    case Text::kPrepaid:
      return "Paid in advance, so there is no risk of not being paid.";
    case Text::kDebtOrder:
      return "The customer owes this shop: {1} order past due, by {2} at most.";
    case Text::kDebtOrders:
      return "The customer owes this shop: {1} orders past due, by {2} at most.";
    case Text::kDebtIncident:
      return "The customer owes this shop: {1} own incident not settled{2}.";
    case Text::kDebtIncidents:
      return "The customer owes this shop: {1} own incidents not settled{2}.";
    case Text::kLocal:
      return "This shop's own notes about the customer call for a person to look{1}.";
    case Text::kNobodySmall:
      return "The buyer is not known here and no partner could be asked; the amount is small "
             "enough to go without.";
    case Text::kNobodyReview:
      return "The buyer is not known here and no partner could be asked; a person decides.";
    case Text::kNobodyAlone:
      return "This shop has seen no payment of the buyer's and no partner could be asked; a person "
             "decides.";
    case Text::kHolds:
      return "{1} of {2} partners holds a record";
    case Text::kHold:
      return "{1} of {2} partners hold a record";
    case Text::kRecordAge:
      return "newest {1}";
    case Text::kNoneDisputed:
      return "none disputed";
    case Text::kSomeDisputed:
      return "{1} disputed, not counted";
    case Text::kSomeSettled:
      return "{1} settled since";
    case Text::kAllSettled:
      return "settled since";
    case Text::kMoreReasons:
      return "{1}, and other reasons";
    case Text::kOwnOrders:
      return "Of {1} own orders with an outcome, {2} paid on time.";
    case Text::kOwnIncident:
      return "{1} own incident{2}.";
    case Text::kOwnIncidents:
      return "{1} own incidents{2}.";
    case Text::kTooLittle:
      return "That is too little to ask for more.";
    case Text::kCapPartners:
      return "Partners' records alone ask for no more than this.";
    case Text::kCapStale:
      return "Old data alone ask for no more than this.";
    case Text::kKnownGood:
      return "Nothing counts against the customer: of {1} own orders with an outcome, {2} paid on "
             "time.";
    case Text::kNoRecord:
      return "No record that counts was found at the partners that could be checked.";
    case Text::kUncountedHolds:
      return "{1} of {2} partners holds a record that does not count ({3}).";
    case Text::kUncountedHold:
      return "{1} of {2} partners hold records that do not count ({3}).";
    case Text::kUnknownHere:
      return "The buyer is not known here.";
    case Text::kOneAnswered:
      return "The one partner answered{1}.";
    case Text::kAllAnswered:
      return "All {1} partners answered{2}.";
    case Text::kSomeAnswered:
      return "{1} of {2} partners answered{3}";
    case Text::kNoneAnswered:
      return "None of {1} partners answered";
    case Text::kStaleOnes:
      return "{1} with old data only";
    case Text::kUnasked:
      return "{1} not checked";
    case Text::kNoPartners:
      return "There are no partners: not checked.";
    case Text::kNewestData:
      return ", newest data {1} old";
    case Text::kNotWitnessed:
      return "Not independently witnessed.";
  }
  return "";
}

std::string Fill(Text text, const std::vector<std::string>& arguments) {
  const std::string_view pattern = English(text);
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{') {
      out += pattern[i];
      continue;
    }
    const auto number = static_cast<size_t>(pattern[i + 1] - '1');
    out += arguments.at(number);
    i += 2;
  }
  return out;
}

}  // namespace daftar::decision
