#include "cli/show_check.h"

#include <string>
#include <utility>
#include <vector>

#include "cli/console.h"
#include "cli/decision_words.h"
#include "cli/labels.h"
#include "cli/text.h"
#include "node/decision/explain.h"
#include "node/decision/wording.h"

namespace daftar::cli {
namespace {

using decision::Language;

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

std::string Counted(uint64_t n, const char* one, const char* many) {
  return n == 1 ? std::string(one) : Filled(many, std::to_string(n));
}

void PrintHeadline(std::ostream& out, v1::Effect effect, bool color, Language language) {
  const std::string headline =
      IsKnown(effect)
          ? std::string(decision::EffectHeadline(static_cast<decision::Effect>(effect), language))
          : LabelsIn(language).unknown_answer;
  out << Painted(headline, InfoOf(effect).paint, color) << "\n";
}

// What holds now comes first: what a person chose, then what the node had answered.
void PrintAnswer(std::ostream& out, const v1::GetReceiptResponse& response, bool color,
                 Language language) {
  PrintHeadline(out, EffectNow(response), color, language);
  if (!response.has_override()) {
    out << Printable(response.because()) << "\n";
    return;
  }
  const Labels& labels = LabelsIn(language);
  const auto line = [&](const char* label, const v1::DecisionOverride& made) {
    return Printable(std::string(label) + " " +
                     Filled(labels.overridden_by, EffectIn(made.effect(), language), made.by()) +
                     ", " + made.at() + ": " + made.because());
  };
  const v1::DecisionOverride& made = response.override();
  out << Painted(line(labels.overridden, made), InfoOf(made.effect()).paint, color) << "\n";
  for (const auto& earlier : response.earlier_overrides()) {
    out << line(labels.overridden_before, earlier) << "\n";
  }
  out << Printable(Filled(labels.node_answered, EffectIn(response.effect(), language),
                          response.because()))
      << "\n";
}

void PrintNext(std::ostream& out, const google::protobuf::RepeatedPtrField<v1::NextStep>& next,
               Language language) {
  if (next.empty()) return;
  out << "\n" << LabelsIn(language).next << "\n";
  for (const auto& step : next) {
    out << "  - " << Printable(step.sentence().empty() ? step.step() : step.sentence()) << "\n";
  }
}

// What the customer is to this shop, and what bounded the answer.
template <class Response>
void AddStanding(Fields& fields, const Response& response, Language language) {
  const Labels& labels = LabelsIn(language);
  fields.Add(labels.group, response.group());
  if (!response.allowed_by().empty()) {
    fields.Add(labels.allowed, Filled(labels.allowed_entry, response.allowed_by()));
  }
  for (const auto& cap : response.caps()) fields.Add(labels.bounded, CapIn(cap, language));
}

// Never a bare blank: no head is news too.
template <class Message>
std::string HeadText(const Message& answer, Language language) {
  const Labels& labels = LabelsIn(language);
  if (!answer.has_head_age_s()) return labels.no_data;
  const char* const text = answer.origin().empty() ? labels.data_at_most_old : labels.data_old;
  return Filled(text, decision::AgeText(answer.head_age_s(), language));
}

// Nothing for a partner that was not checked: "0 records" would read as clear.
std::string RecordsText(const v1::PartnerAnswer& partner, const Labels& labels) {
  if (StateWord(partner.state()) == "not_checked" && partner.records() == 0) return "";
  return Counted(partner.records(), labels.one_record, labels.many_records);
}

std::string OriginText(const std::string& origin, const Labels& labels) {
  return origin.empty() ? labels.a_partner : origin;
}

std::string AgeIn(uint32_t days, Language language) {
  return Filled(LabelsIn(language).age, decision::DaysText(days, language));
}

// The node does not tell everybody which partner it was, nor what would give that away.
template <class Input>
bool IsHidden(const Input& input) {
  return input.type() == "partner_record" && input.origin().empty();
}

template <class Input>
std::string CountedText(const Input& input, Language language) {
  const Labels& labels = LabelsIn(language);
  if (input.with_order()) return labels.counts_with_order;
  if (!input.counted()) return labels.does_not_count;
  if (IsHidden(input)) {
    return Filled(labels.counts_unweighed, PercentIn(input.bad_ppm(), language));
  }
  return Filled(labels.counts, PercentIn(input.bad_ppm(), language),
                PercentIn(input.weight_ppm(), language));
}

std::string Joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

// Each order once: those with an outcome, as the sentence counts them, and the others beside them.
std::string OrdersText(const v1::OrderSummary& orders, Language language) {
  const Labels& labels = LabelsIn(language);
  const auto counted = [](const char* label, uint64_t n) {
    return Filled(label, std::to_string(n));
  };
  // An order that is paid in advance is no outcome.
  const uint64_t on_time = orders.paid_on_time() - orders.prepaid_on_time();
  const uint64_t with_outcome = on_time + orders.late() + orders.unpaid();
  std::vector<std::string> outcomes = {counted(labels.on_time, on_time),
                                       counted(labels.late, orders.late())};
  if (orders.late() > 0) {
    outcomes.back() +=
        " (" + Filled(labels.worst, decision::DaysText(orders.days_late_worst(), language)) + ")";
  }
  if (orders.unpaid() > 0) outcomes.push_back(counted(labels.unpaid_orders, orders.unpaid()));
  std::string text =
      Filled(labels.with_outcome, Counted(with_outcome, labels.one_order, labels.many_orders));
  if (with_outcome > 0) text += ": " + Joined(outcomes);

  // Unpaid ones are open and past due too, and told above.
  const uint64_t open = orders.open() - orders.unpaid();
  const uint64_t overdue = orders.overdue() - orders.unpaid();
  std::vector<std::string> others;
  const auto add = [&](const char* label, uint64_t n) {
    if (n > 0) others.push_back(counted(label, n));
  };
  add(labels.in_advance, orders.prepaid_on_time());
  add(labels.open, open);
  if (overdue > 0) others.back() += " (" + counted(labels.overdue, overdue) + ")";
  add(labels.in_dispute, orders.disputed());
  add(labels.broken, orders.broken());
  if (!others.empty()) text += "; " + Filled(labels.beside, Joined(others));
  std::vector<std::string> amounts;
  for (const auto& money : orders.open_amounts()) amounts.push_back(MoneyIn(money, language));
  if (!amounts.empty()) text += "; " + Filled(labels.not_paid, Joined(amounts));
  return text;
}

template <class Input>
std::string InputName(const Input& input, const Labels& labels) {
  if (input.type() == "own_orders") return labels.own_orders;
  if (input.type() == "own_incident") return Filled(labels.own_incident, input.reference());
  if (IsHidden(input)) return labels.a_partner;
  return OriginText(input.origin(), labels) + " #" + input.reference();
}

// Own orders are a sentence of their own: in the table they would push everything apart.
void PrintInputs(std::ostream& out, const v1::CheckResponse& response, Language language) {
  if (response.inputs().empty()) return;
  const Labels& labels = LabelsIn(language);
  out << "\n" << labels.records << "\n";
  Table table({"", "", "", "", "", ""});
  for (const auto& input : response.inputs()) {
    if (input.has_orders()) {
      out << "  " << labels.own_orders << ": " << OrdersText(input.orders(), language) << "\n";
      continue;
    }
    table.Row({InputName(input, labels), ReasonIn(input.reason(), language),
               StatusIn(input.status(), language), MoneyIn(input.amount(), language),
               AgeIn(input.age_days(), language), CountedText(input, language)});
  }
  table.Print(out, 2, false);
}

// The same of a receipt, which holds no opened facts.
void PrintInputs(std::ostream& out, const v1::GetReceiptResponse& response, Language language) {
  if (response.inputs().empty()) return;
  const Labels& labels = LabelsIn(language);
  out << "\n" << labels.inputs << "\n";
  Table table({"", "", "", "", "", ""});
  for (const auto& input : response.inputs()) {
    if (input.type() == "own_orders") {
      out << "  " << labels.own_orders << ": "
          << Filled(labels.with_outcome,
                    Counted(input.orders(), labels.one_order, labels.many_orders))
          << ", " << Filled(labels.on_time, std::to_string(input.orders_on_time())) << ", "
          << Filled(labels.bad, std::to_string(input.orders_bad()));
      if (input.bad_ppm() > 0) {
        out << ", " << AgeIn(input.age_days(), language) << ", " << CountedText(input, language);
      }
      out << "\n";
      continue;
    }
    std::string mitigations;
    for (const auto& name : input.mitigations()) {
      mitigations += (mitigations.empty() ? "" : ", ") + MitigationIn(name, language);
    }
    table.Row({InputName(input, labels), StatusIn(input.status(), language),
               AgeIn(input.age_days(), language), CountedText(input, language), mitigations,
               input.commitment()});
  }
  table.Print(out, 2, false);
}

void PrintRules(std::ostream& out, const v1::GetReceiptResponse& response, bool fired,
                Language language) {
  const Labels& labels = LabelsIn(language);
  Table table({"", "", ""});
  for (const auto& rule : response.rules()) {
    if (rule.fired() != fired) continue;
    table.Row({rule.rule(), rule.looks_at(),
               fired && rule.effect() != v1::EFFECT_UNSPECIFIED
                   ? Filled(labels.asks_for, EffectIn(rule.effect(), language))
                   : ""});
  }
  if (table.empty() && !fired) return;
  out << "\n" << (fired ? labels.fired : labels.not_fired) << "\n";
  if (table.empty()) out << "  " << labels.none << "\n";
  table.Print(out, 2, false);
}

std::string OutcomeText(const v1::GetReceiptResponse& response, const Labels& labels) {
  std::string outcome = response.outcome();
  if (outcome == "paid") outcome = labels.paid;
  if (outcome == "late") outcome = labels.paid_late;
  if (outcome == "unpaid") outcome = labels.unpaid;
  const bool dated = !outcome.empty() && !response.outcome_at().empty();
  return dated ? outcome + ", " + response.outcome_at() : outcome;
}

void PrintFacts(std::ostream& out, const v1::GetReceiptResponse& response, Language language) {
  const Labels& labels = LabelsIn(language);
  Fields fields;
  fields.Add(labels.receipt, response.receipt());
  fields.Add(labels.checked,
             response.checked_at() +
                 (response.checked_by().empty() ? "" : labels.by + response.checked_by()));
  const std::string amount = MoneyIn(response.amount(), language);
  fields.Add(labels.order, (amount.empty() ? labels.no_amount : amount) + ", " +
                               TermsIn(response.terms(), language));
  AddStanding(fields, response, language);
  fields.Add(labels.outcome, OutcomeText(response, labels));
  fields.Add(labels.coverage, response.coverage());
  fields.Add(labels.policy, response.policy());
  fields.Add(labels.log,
             Filled(labels.log_place, std::to_string(response.log_index()), response.commitment()));
  fields.Print(out);
}

void PrintPartners(std::ostream& out, const v1::GetReceiptResponse& response, Language language) {
  if (response.partners().empty()) return;
  const Labels& labels = LabelsIn(language);
  out << "\n" << labels.partners << "\n";
  Table table({"", "", "", "", "", ""});
  for (const auto& partner : response.partners()) {
    std::string witnesses;
    for (const auto& witness : partner.witnesses()) {
      witnesses += (witnesses.empty() ? "" : ", ") + witness;
    }
    if (!witnesses.empty()) witnesses = Filled(labels.witnessed, witnesses);
    // A set of one is the asking node, which has seen the head and nothing more.
    if (partner.witnesses_size() == 1) witnesses = labels.seen_alone;
    if (partner.origin().empty()) {
      table.Row({labels.a_partner, StateIn(partner.state(), partner.reason(), language),
                 HeadText(partner, language), "", "", ""});
      continue;
    }
    table.Row({partner.origin(), StateIn(partner.state(), partner.reason(), language),
               HeadText(partner, language),
               Counted(partner.head_size(), labels.one_entry, labels.many_entries),
               Filled(labels.weight, PercentIn(partner.weight_ppm(), language)), witnesses});
  }
  table.Print(out, 2, false);
}

}  // namespace

v1::Effect EffectNow(const v1::GetReceiptResponse& response) {
  return response.has_override() ? response.override().effect() : response.effect();
}

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

void Print(std::ostream& out, const v1::CheckResponse& response, bool color, Language language) {
  const Labels& labels = LabelsIn(language);
  if (response.test()) out << Painted(labels.test_mode, Paint::kMagenta, color) << "\n";
  PrintHeadline(out, response.effect(), color, language);
  out << Printable(response.because()) << "\n";
  for (const auto& note : response.notes()) out << Printable(note) << "\n";
  PrintNext(out, response.next(), language);
  if (!response.partners().empty()) {
    out << "\n" << labels.partners << "\n";
    Table table({"", "", "", ""});
    for (const auto& partner : response.partners()) {
      table.Row({OriginText(partner.origin(), labels),
                 StateIn(partner.state(), partner.reason(), language), HeadText(partner, language),
                 RecordsText(partner, labels)});
    }
    table.Print(out, 2, false);
  }
  PrintInputs(out, response, language);
  out << "\n";
  Fields fields;
  AddStanding(fields, response, language);
  fields.Print(out);
  out << labels.receipt << " " << Printable(response.receipt()) << "  (daftar why "
      << Printable(response.receipt()) << ")\n";
}

void Print(std::ostream& out, const v1::GetReceiptResponse& response, bool color,
           Language language) {
  const Labels& labels = LabelsIn(language);
  PrintAnswer(out, response, color, language);
  PrintNext(out, response.next_now(), language);
  out << "\n";
  PrintFacts(out, response, language);
  out << "\n";
  Fields decided;
  decided.Add(labels.decided_by, response.decided_by());
  decided.Add(labels.rate, PercentIn(response.risk_ppm(), language));
  decided.Add(labels.prior, PercentIn(response.prior_ppm(), language));
  decided.Print(out);
  PrintRules(out, response, true, language);
  PrintRules(out, response, false, language);
  PrintInputs(out, response, language);
  PrintPartners(out, response, language);
}

}  // namespace daftar::cli
