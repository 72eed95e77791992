#include "cli/show_check.h"

#include <string>
#include <utility>

#include "cli/console.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

struct EffectInfo {
  std::string_view word;
  std::string_view headline;
  Paint paint;
  int exit;
};

EffectInfo InfoOf(v1::Effect effect) {
  switch (effect) {
    case v1::EFFECT_ACCEPT:
      return {"accept", "ACCEPT", Paint::kGreen, kExitOk};
    case v1::EFFECT_DEPOSIT:
      return {"deposit", "DEPOSIT", Paint::kYellow, kExitDeposit};
    case v1::EFFECT_PREPAY:
      return {"prepay", "FULL PREPAYMENT", Paint::kYellow, kExitPrepay};
    case v1::EFFECT_REVIEW:
      return {"review", "REVIEW", Paint::kMagenta, kExitReview};
    case v1::EFFECT_DECLINE:
      return {"decline", "DECLINE", Paint::kRed, kExitDecline};
    default:
      return {"unknown", "UNKNOWN ANSWER", Paint::kRed, kExitInternal};
  }
}

template <class Message>
Json AgeOrNull(const Message& message) {
  return message.has_head_age_s() ? Json(message.head_age_s()) : Json(nullptr);
}

Json RulesJson(const google::protobuf::RepeatedPtrField<v1::RuleOutcome>& rules) {
  Json out = Json::array();
  for (const auto& rule : rules) out.push_back({{"rule", rule.rule()}, {"fired", rule.fired()}});
  return out;
}

Json InputJson(const v1::DecisionInput& input) {
  return Json{{"type", input.type()},
              {"origin", TextOrNull(input.origin())},
              {"reference", TextOrNull(input.reference())},
              {"reason", TextOrNull(input.reason())},
              {"status", TextOrNull(input.status())},
              {"amount", ToJson(input.amount())},
              {"occurred", TextOrNull(input.occurred())},
              {"due", TextOrNull(input.due())},
              {"age_days", input.age_days()},
              {"bad_ppm", input.bad_ppm()},
              {"weight_ppm", input.weight_ppm()},
              {"counted", input.counted()},
              {"orders", input.has_orders() ? ToJson(input.orders()) : Json(nullptr)}};
}

void PrintHeadline(std::ostream& out, v1::Effect effect, const std::string& because, bool color) {
  const EffectInfo info = InfoOf(effect);
  out << Painted(info.headline, info.paint, color) << "\n" << Printable(because) << "\n";
}

std::string StateText(v1::PartnerState state) {
  const std::string_view word = StateWord(state);
  return word == "not_checked" ? "not checked" : std::string(word);
}

// Never a bare blank: no head is news too.
template <class Message>
std::string HeadText(const Message& answer) {
  return answer.has_head_age_s() ? "data " + ShowAge(answer.head_age_s()) + " old" : "no data yet";
}

// Nothing for a partner that was not checked: "0 records" would read as clear.
std::string RecordsText(const v1::PartnerAnswer& partner) {
  if (StateWord(partner.state()) == "not_checked" && partner.records() == 0) return "";
  return Count(partner.records(), "record");
}

std::string OriginText(const std::string& origin) { return origin.empty() ? "a partner" : origin; }

void PrintRules(std::ostream& out, const google::protobuf::RepeatedPtrField<v1::RuleOutcome>& rules,
                const std::string& decided_by, uint64_t risk_ppm) {
  std::string fired;
  std::string quiet;
  for (const auto& rule : rules) {
    std::string& list = rule.fired() ? fired : quiet;
    list += (list.empty() ? "" : ", ") + rule.rule();
  }
  Fields fields;
  fields.Add("Decided by", decided_by);
  fields.Add("Expected bad rate", ShowPercent(risk_ppm));
  fields.Add("Rules that fired", fired.empty() ? "none" : fired);
  fields.Add("Rules that did not", quiet);
  fields.Print(out);
}

std::string CountedText(bool counted, uint64_t bad_ppm, uint64_t weight_ppm) {
  if (!counted) return "did not count";
  return "counts " + ShowPercent(bad_ppm) + " at weight " + ShowPercent(weight_ppm);
}

std::string OrdersText(const v1::OrderSummary& orders) {
  std::string text = Count(orders.settled(), "order") + " settled, " +
                     std::to_string(orders.paid_on_time()) + " on time, " +
                     std::to_string(orders.late()) + " late";
  if (orders.late() > 0) {
    text += " (worst " + Count(orders.days_late_worst(), "day") + ")";
  }
  if (orders.open() > 0) {
    text += ", " + std::to_string(orders.open()) + " open";
    if (orders.overdue() > 0) text += " (" + std::to_string(orders.overdue()) + " overdue)";
    for (const auto& money : orders.open_amounts()) text += ", " + ShowMoney(money);
  }
  return text;
}

template <class Input>
std::string InputName(const Input& input) {
  if (input.type() == "own_orders") return "own orders";
  if (input.type() == "own_incident") return "own incident " + input.reference();
  return OriginText(input.origin()) + " #" + input.reference();
}

// Own orders are a sentence of their own: in the table they would push everything apart.
void PrintInputs(std::ostream& out, const v1::CheckResponse& response) {
  if (response.inputs().empty()) return;
  out << "\nRecords\n";
  Table table({"", "", "", "", "", ""});
  for (const auto& input : response.inputs()) {
    if (input.has_orders()) {
      out << "  own orders: " << OrdersText(input.orders()) << "\n";
      continue;
    }
    table.Row({InputName(input), input.reason(), input.status(), ShowMoney(input.amount()),
               Count(input.age_days(), "day") + " old",
               CountedText(input.counted(), input.bad_ppm(), input.weight_ppm())});
  }
  table.Print(out, 2, false);
}

}  // namespace

std::string_view EffectWord(v1::Effect effect) { return InfoOf(effect).word; }
int ExitOf(v1::Effect effect) { return InfoOf(effect).exit; }

std::string_view TermsWord(v1::Terms terms) {
  switch (terms) {
    case v1::TERMS_CREDIT:
      return "credit";
    case v1::TERMS_COD:
      return "cod";
    case v1::TERMS_DEPOSIT:
      return "deposit";
    case v1::TERMS_PREPAID:
      return "prepaid";
    default:
      return "unknown";
  }
}

std::string_view StateWord(v1::PartnerState state) {
  switch (state) {
    case v1::PARTNER_STATE_ANSWERED:
      return "answered";
    case v1::PARTNER_STATE_CACHED:
      return "cached";
    case v1::PARTNER_STATE_STALE:
      return "stale";
    // What is not understood was not checked: never "clear".
    default:
      return "not_checked";
  }
}

Json ToJson(const v1::OrderSummary& orders) {
  Json amounts = Json::array();
  for (const auto& money : orders.open_amounts()) amounts.push_back(ToJson(money));
  return Json{{"settled", orders.settled()},
              {"paid_on_time", orders.paid_on_time()},
              {"late", orders.late()},
              {"open", orders.open()},
              {"overdue", orders.overdue()},
              {"days_late_total", orders.days_late_total()},
              {"days_late_worst", orders.days_late_worst()},
              {"open_amounts", std::move(amounts)}};
}

Json ToJson(const v1::CheckResponse& response) {
  Json inputs = Json::array();
  for (const auto& input : response.inputs()) inputs.push_back(InputJson(input));
  Json partners = Json::array();
  for (const auto& partner : response.partners()) {
    partners.push_back({{"origin", TextOrNull(partner.origin())},
                        {"state", StateWord(partner.state())},
                        {"head_age_s", AgeOrNull(partner)},
                        {"reason", TextOrNull(partner.reason())},
                        {"records", partner.records()}});
  }
  return Json{{"effect", EffectWord(response.effect())},
              {"because", response.because()},
              {"receipt", response.receipt()},
              {"decided_by", response.decided_by()},
              {"risk_ppm", response.risk_ppm()},
              {"checked_at", response.checked_at()},
              {"policy", response.policy()},
              {"inputs", std::move(inputs)},
              {"partners", std::move(partners)},
              {"rules", RulesJson(response.rules())}};
}

void Print(std::ostream& out, const v1::CheckResponse& response, bool color) {
  PrintHeadline(out, response.effect(), response.because(), color);
  if (!response.partners().empty()) {
    out << "\nPartners\n";
    Table table({"", "", "", ""});
    for (const auto& partner : response.partners()) {
      table.Row({OriginText(partner.origin()),
                 StateText(partner.state()) +
                     (partner.reason().empty() ? "" : " (" + partner.reason() + ")"),
                 HeadText(partner), RecordsText(partner)});
    }
    table.Print(out, 2, false);
  }
  PrintInputs(out, response);
  out << "\nReceipt " << Printable(response.receipt()) << "  (daftar why "
      << Printable(response.receipt()) << ")\n";
}

Json ToJson(const v1::GetReceiptResponse& response) {
  Json inputs = Json::array();
  for (const auto& input : response.inputs()) {
    inputs.push_back({{"type", input.type()},
                      {"origin", TextOrNull(input.origin())},
                      {"reference", TextOrNull(input.reference())},
                      {"commitment", TextOrNull(input.commitment())},
                      {"status", TextOrNull(input.status())},
                      {"age_days", input.age_days()},
                      {"bad_ppm", input.bad_ppm()},
                      {"weight_ppm", input.weight_ppm()},
                      {"counted", input.counted()}});
  }
  Json partners = Json::array();
  for (const auto& partner : response.partners()) {
    Json witnesses = Json::array();
    for (const auto& witness : partner.witnesses()) witnesses.push_back(witness);
    partners.push_back({{"origin", TextOrNull(partner.origin())},
                        {"state", StateWord(partner.state())},
                        {"head_age_s", AgeOrNull(partner)},
                        {"head_size", partner.head_size()},
                        {"head_root", TextOrNull(partner.head_root())},
                        {"witnesses", std::move(witnesses)},
                        {"reason", TextOrNull(partner.reason())}});
  }
  return Json{{"receipt", response.receipt()},
              {"checked_at", response.checked_at()},
              {"checked_by", TextOrNull(response.checked_by())},
              {"effect", EffectWord(response.effect())},
              {"because", response.because()},
              {"decided_by", response.decided_by()},
              {"risk_ppm", response.risk_ppm()},
              {"amount", ToJson(response.amount())},
              {"terms", TermsWord(response.terms())},
              {"policy", response.policy()},
              {"log_index", response.log_index()},
              {"commitment", response.commitment()},
              {"inputs", std::move(inputs)},
              {"partners", std::move(partners)},
              {"rules", RulesJson(response.rules())}};
}

void Print(std::ostream& out, const v1::GetReceiptResponse& response, bool color) {
  PrintHeadline(out, response.effect(), response.because(), color);
  out << "\n";
  Fields fields;
  fields.Add("Receipt", response.receipt());
  fields.Add("Checked", response.checked_at() +
                            (response.checked_by().empty() ? "" : " by " + response.checked_by()));
  const std::string amount = ShowMoney(response.amount());
  fields.Add("Order", (amount.empty() ? "no amount given" : amount) + ", " +
                          std::string(TermsWord(response.terms())));
  fields.Add("Policy", response.policy());
  fields.Add("Decision log",
             "#" + std::to_string(response.log_index()) + ", commitment " + response.commitment());
  fields.Print(out);
  out << "\n";
  PrintRules(out, response.rules(), response.decided_by(), response.risk_ppm());
  if (!response.inputs().empty()) {
    out << "\nWhat went in\n";
    Table table({"", "", "", "", ""});
    for (const auto& input : response.inputs()) {
      table.Row({InputName(input), input.status(), Count(input.age_days(), "day") + " old",
                 CountedText(input.counted(), input.bad_ppm(), input.weight_ppm()),
                 input.commitment()});
    }
    table.Print(out, 2, false);
  }
  if (response.partners().empty()) return;
  out << "\nPartners\n";
  Table table({"", "", "", "", ""});
  for (const auto& partner : response.partners()) {
    std::string witnesses;
    for (const auto& witness : partner.witnesses()) {
      witnesses += (witnesses.empty() ? "witnessed by " : ", ") + witness;
    }
    // A set of one is the asking node, which has seen the head and nothing more.
    if (partner.witnesses_size() == 1) witnesses = "head seen by this node alone";
    table.Row({OriginText(partner.origin()),
               StateText(partner.state()) +
                   (partner.reason().empty() ? "" : " (" + partner.reason() + ")"),
               HeadText(partner), Count(partner.head_size(), "entry", "entries"), witnesses});
  }
  table.Print(out, 2, false);
}

}  // namespace daftar::cli
