#include "cli/show_shop.h"

#include <algorithm>
#include <utility>

#include "cli/show_check.h"
#include "cli/show_disclosure.h"
#include "cli/text.h"
#include "node/decision/decide.h"
#include "node/evidence/admissibility.h"
#include "node/evidence/reasons.h"

namespace daftar::cli {
namespace {

template <class Repeated>
Json ListOf(const Repeated& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push_back(text);
  return out;
}

template <class Repeated>
std::string Joined(const Repeated& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

template <class Message>
Json IndexOrNull(const Message& message) {
  return message.has_log_index() ? Json(message.log_index()) : Json(nullptr);
}

void PrintMore(std::ostream& out, size_t shown, bool more) {
  if (more) out << "There are more than these " << shown << "; --limit N shows more.\n";
}

bool IsActive(const v1::Arrival& arrival) {
  return arrival.pairing() != "suspended" && arrival.pairing() != "removed";
}

// For each change that has an entry: who has durably applied it and when, and who is behind. Who is
// not active now is named and not counted.
void PrintArrivals(std::ostream& out, const v1::Incident& incident) {
  for (const auto& event : incident.history()) {
    if (event.arrivals().empty()) continue;
    const auto& arrivals = event.arrivals();
    const auto active = std::count_if(arrivals.begin(), arrivals.end(), IsActive);
    const auto applied = std::count_if(arrivals.begin(), arrivals.end(), [](const auto& a) {
      return IsActive(a) && !a.applied_at().empty();
    });
    out << "\nEntry #" << event.log_index() << " (" << Printable(event.what()) << "): ";
    if (active == 0) {
      out << "no partner is active now\n";
    } else {
      out << applied << " of " << Count(static_cast<uint64_t>(active), "partner")
          << (active == 1 ? " has" : " have") << " applied it\n";
    }
    Table table({"", ""});
    for (const auto& arrival : event.arrivals()) {
      std::string when = arrival.applied_at();
      if (when.empty()) {
        when = "behind";
        if (!arrival.live()) {
          when += arrival.last_heard_at().empty() ? ", not heard from"
                                                  : ", last heard " + arrival.last_heard_at();
        }
      }
      if (!IsActive(arrival)) when += ", now " + arrival.pairing();
      table.Row({arrival.partner().empty() ? "a partner" : arrival.partner(), when});
    }
    table.Print(out, 2, false);
  }
}

// The incident's own state, and what checks make of it since its order was paid.
std::string StateText(const v1::Incident& incident) {
  const bool over = incident.state() == "settled" || incident.state() == "withdrawn" ||
                    incident.state() == "expired" || incident.state() == "erased";
  if (incident.order_paid().empty() || over) return incident.state();
  const auto reason = evidence::ReasonFromName(incident.reason());
  const bool settled = reason.ok() && decision::TroubleOf(*reason) == decision::Trouble::kPayment;
  return incident.state() + "; its order was paid on " + incident.order_paid() +
         (settled ? ", so checks count it as settled" : "");
}

std::string DisputeText(const v1::Incident& incident) {
  if (incident.disputed_by().empty()) return "";
  std::string who = "by the shop";
  if (incident.disputed_by() == "person") who = "by the customer";
  if (incident.disputed_by() == "partner") who = "by the customer, through a partner";
  return who + ", on " + incident.disputed_on() +
         (incident.flagged() ? "; it has waited too long, resolve it" : "");
}

// What the node does about it, and when.
std::string NextText(const v1::Incident& incident) {
  const std::string& action = incident.next_action();
  const std::string at = " at " + incident.next_at();
  if (action == "publish") return "published" + at;
  if (action == "withdraw-settled") return "withdrawn" + at + ", since it is settled";
  if (action == "withdraw-unanswered") return "withdrawn" + at + ", unless the dispute is resolved";
  if (action == "erase") return "erased" + at;
  if (action == "expire") return "expires" + at;
  return "";
}

// What somebody has to do next, where the list of what is missing does not say it.
std::string StepText(const v1::Incident& incident) {
  const std::string& id = incident.id();
  if (incident.state() == "ready" && incident.missing().empty()) {
    return "daftar incident publish " + id;
  }
  if (incident.state() == "held" && incident.held_until().empty()) {
    return "daftar incident notice " + id + " --pay TEXT --contact TEXT";
  }
  if (incident.state() == "disputed") {
    return "daftar incident resolve " + id + " --outcome upheld|withdrawn --because TEXT";
  }
  return "";
}

}  // namespace

std::string WhoOf(const std::string& name,
                  const google::protobuf::RepeatedPtrField<std::string>& identifiers) {
  if (name.empty() || identifiers.empty()) return name + Joined(identifiers);
  return name + " (" + identifiers.Get(0) + ")";
}

Json ToJson(const v1::Proof& proof) {
  return Json{{"number", proof.number()},
              {"kind", proof.kind()},
              {"media_type", proof.media_type()},
              {"bytes", proof.bytes()},
              {"sha256", proof.sha256()},
              {"digest", proof.digest()},
              {"added_at", TextOrNull(proof.added_at())},
              {"added_by", TextOrNull(proof.added_by())},
              {"name", TextOrNull(proof.name())}};
}

void PrintProofs(std::ostream& out, const v1::Incident& incident, size_t indent) {
  Table table({"", "", "", "", "", "", ""});
  for (const v1::Proof& proof : incident.proofs()) {
    table.Row({"#" + std::to_string(proof.number()), proof.kind(), proof.media_type(),
               Count(proof.bytes(), "byte"), proof.added_at(), proof.added_by(), proof.name()});
  }
  table.Print(out, indent, false);
}

Json ToJson(const v1::Incident& incident) {
  Json proofs = Json::array();
  for (const v1::Proof& proof : incident.proofs()) proofs.push_back(ToJson(proof));
  Json requests = Json::array();
  for (const v1::ProofRequest& request : incident.proof_requests()) {
    requests.push_back(ToJson(request));
  }
  Json history = Json::array();
  for (const auto& event : incident.history()) {
    Json arrivals = Json::array();
    for (const auto& arrival : event.arrivals()) {
      arrivals.push_back({{"partner", TextOrNull(arrival.partner())},
                          {"applied_at", TextOrNull(arrival.applied_at())},
                          {"last_heard_at", TextOrNull(arrival.last_heard_at())},
                          {"live", arrival.live()},
                          {"pairing", TextOrNull(arrival.pairing())}});
    }
    history.push_back({{"at", event.at()},
                       {"by", event.by()},
                       {"what", event.what()},
                       {"because", TextOrNull(event.because())},
                       {"log_index", IndexOrNull(event)},
                       {"arrivals", std::move(arrivals)}});
  }
  return Json{{"id", incident.id()},
              {"state", incident.state()},
              {"reason", incident.reason()},
              {"identifiers", ListOf(incident.identifiers())},
              {"amount", ToJson(incident.amount())},
              {"occurred", TextOrNull(incident.occurred())},
              {"due", TextOrNull(incident.due())},
              {"reminders", ListOf(incident.reminders())},
              {"order", TextOrNull(incident.order())},
              {"order_paid", TextOrNull(incident.order_paid())},
              {"note", TextOrNull(incident.note())},
              {"missing", ListOf(incident.missing())},
              {"added_at", TextOrNull(incident.added_at())},
              {"added_by", TextOrNull(incident.added_by())},
              {"published_at", TextOrNull(incident.published_at())},
              {"held_until", TextOrNull(incident.held_until())},
              {"log_index", IndexOrNull(incident)},
              {"history", std::move(history)},
              {"mitigations", ListOf(incident.mitigations())},
              {"proofs", std::move(proofs)},
              {"proof_requests", std::move(requests)},
              {"told_on", TextOrNull(incident.told_on())},
              {"approved_by", TextOrNull(incident.approved_by())},
              {"noticed_at", TextOrNull(incident.noticed_at())},
              {"notice_code", TextOrNull(incident.notice_code())},
              {"disputed_by", TextOrNull(incident.disputed_by())},
              {"disputed_on", TextOrNull(incident.disputed_on())},
              {"flagged", incident.flagged()},
              {"next_action", TextOrNull(incident.next_action())},
              {"next_at", TextOrNull(incident.next_at())},
              {"erased_for", TextOrNull(incident.erased_for())}};
}

void Print(std::ostream& out, const v1::Incident& incident) {
  Fields fields;
  fields.Add("Incident", incident.id());
  fields.Add("State", StateText(incident));
  fields.Add("Reason", incident.reason());
  fields.Add("Customer", Joined(incident.identifiers()));
  fields.Add("Amount", ShowMoney(incident.amount()));
  fields.Add("Occurred", incident.occurred());
  fields.Add("Due", incident.due());
  fields.Add("Reminders", Joined(incident.reminders()));
  fields.Add("Order", incident.order());
  fields.Add("For the customer", Joined(incident.mitigations()));
  fields.Add("Note", incident.note());
  fields.Add("Added", incident.added_at() +
                          (incident.added_by().empty() ? "" : " by " + incident.added_by()));
  fields.Add("Told that it may be reported", incident.told_on());
  fields.Add("Approved by", incident.approved_by());
  fields.Add("Notice", incident.noticed_at().empty()
                           ? ""
                           : incident.noticed_at() + ", code " + incident.notice_code());
  fields.Add("Held until", incident.held_until());
  fields.Add("Published", incident.published_at());
  fields.Add("Disputed", DisputeText(incident));
  fields.Add("Erased", incident.erased_for());
  fields.Add("By itself", NextText(incident));
  fields.Add("Next", StepText(incident));
  if (incident.has_log_index()) fields.Add("Log entry", "#" + std::to_string(incident.log_index()));
  fields.Print(out);
  const auto reason = evidence::ReasonFromName(incident.reason());
  if (reason.ok() && !evidence::IsShareable(*reason)) {
    out << "\nKept in this shop only; never shared.\n";
  } else if (!incident.missing().empty()) {
    if (!incident.order_paid().empty() && incident.published_at().empty()) {
      out << "\nIts order is paid. If nothing is left to report: daftar incident withdraw "
          << incident.id() << " --ground mistake --because TEXT\n";
    }
    out << "\nMissing before it can be shared\n";
    for (const auto& sentence : incident.missing()) out << "  - " << Printable(sentence) << "\n";
    const std::vector<std::string> missing(incident.missing().begin(), incident.missing().end());
    for (const auto& way : evidence::HowToMend(missing, incident.id())) {
      out << Printable(way) << "\n";
    }
  }
  if (!incident.proofs().empty()) {
    out << "\nProof\n";
    PrintProofs(out, incident, 2);
  }
  PrintProofRequests(out, incident);
  if (incident.history().empty()) return;
  out << "\nHistory\n";
  Table table({"", "", "", "", ""});
  for (const auto& event : incident.history()) {
    table.Row({event.at(), event.by(), event.what(),
               event.has_log_index() ? "entry #" + std::to_string(event.log_index()) : "",
               event.because()});
  }
  table.Print(out, 2, false);
  PrintArrivals(out, incident);
}

namespace {

std::string GroupText(const v1::Customer& customer) {
  if (customer.tied_groups().empty()) return customer.group();
  return customer.group() +
         ", the first by name; of the same precedence: " + Joined(customer.tied_groups());
}

}  // namespace

Json ToJson(const v1::Customer& customer) {
  return Json{{"id", customer.id()},
              {"name", TextOrNull(customer.name())},
              {"identifiers", ListOf(customer.identifiers())},
              {"added_at", TextOrNull(customer.added_at())},
              {"orders", ToJson(customer.orders())},
              {"groups", ListOf(customer.groups())},
              {"group", TextOrNull(customer.group())},
              {"tied_groups", ListOf(customer.tied_groups())},
              {"merged", ListOf(customer.merged())},
              {"allowed_by", TextOrNull(customer.allowed_by())}};
}

void Print(std::ostream& out, const v1::Customer& customer) {
  Fields fields;
  fields.Add("Customer", customer.id());
  fields.Add("Name", customer.name());
  fields.Add("Identifiers", Joined(customer.identifiers()));
  fields.Add("Added", customer.added_at());
  fields.Add("Groups, by hand", Joined(customer.groups()));
  fields.Add("Group that applies", GroupText(customer));
  fields.Add("Merged with", Joined(customer.merged()));
  fields.Add("On the allowlist", customer.allowed_by());
  const v1::OrderSummary& orders = customer.orders();
  fields.Add("Orders settled", std::to_string(orders.settled()));
  fields.Add("Paid on time", std::to_string(orders.paid_on_time()));
  if (orders.prepaid_on_time() > 0) {
    fields.Add("Of those, in advance", std::to_string(orders.prepaid_on_time()));
  }
  fields.Add("Paid late", std::to_string(orders.late()));
  if (orders.days_late_worst() > 0) fields.Add("Worst", Count(orders.days_late_worst(), "day"));
  fields.Add("Open", std::to_string(orders.open()));
  fields.Add("Overdue", std::to_string(orders.overdue()));
  if (orders.unpaid() > 0) fields.Add("Of those, unpaid", std::to_string(orders.unpaid()));
  if (orders.disputed() > 0) fields.Add("In dispute", std::to_string(orders.disputed()));
  if (orders.broken() > 0) fields.Add("Paid, then broken", std::to_string(orders.broken()));
  std::string amounts;
  for (const auto& money : orders.open_amounts()) {
    amounts += (amounts.empty() ? "" : ", ") + ShowMoney(money);
  }
  fields.Add("Open amounts", amounts);
  fields.Print(out);
}

Json ToJson(const v1::Suggestion& suggestion) {
  return Json{{"order", suggestion.order()},
              {"customer", suggestion.customer()},
              {"customer_name", TextOrNull(suggestion.customer_name())},
              {"identifiers", ListOf(suggestion.identifiers())},
              {"invoice", suggestion.invoice()},
              {"reason", suggestion.reason()},
              {"amount", ToJson(suggestion.amount())},
              {"invoiced", TextOrNull(suggestion.invoiced())},
              {"due", TextOrNull(suggestion.due())},
              {"paid", TextOrNull(suggestion.paid())},
              {"days_late", suggestion.days_late()},
              {"disputed", suggestion.disputed()},
              {"missing", ListOf(suggestion.missing())}};
}

Json ListJson(const std::vector<v1::Incident>& incidents, bool more) {
  Json list = Json::array();
  for (const auto& incident : incidents) {
    Json row = ToJson(incident);
    row.erase("proofs");  // a list does not bring them
    row.erase("proof_requests");
    list.push_back(std::move(row));
  }
  return Json{{"incidents", std::move(list)}, {"more", more}};
}

Json ListJson(const std::vector<v1::Suggestion>& suggestions, bool more) {
  Json list = Json::array();
  for (const auto& suggestion : suggestions) list.push_back(ToJson(suggestion));
  return Json{{"suggestions", std::move(list)}, {"more", more}};
}

void PrintList(std::ostream& out, const std::vector<v1::Incident>& incidents, bool more) {
  if (incidents.empty()) {
    out << "No incidents.\n";
    return;
  }
  Table table({"ID", "STATE", "REASON", "AMOUNT", "OCCURRED", "CUSTOMER", "MISSING"});
  for (const auto& incident : incidents) {
    table.Row({incident.id(), incident.state(), incident.reason(), ShowMoney(incident.amount()),
               incident.occurred(), Joined(incident.identifiers()),
               incident.missing().empty() ? "" : std::to_string(incident.missing_size())});
  }
  table.Print(out);
  PrintMore(out, incidents.size(), more);
}

void PrintList(std::ostream& out, const std::vector<v1::Suggestion>& suggestions, bool more) {
  if (suggestions.empty()) {
    out << "Nothing to suggest: no order without an incident is late enough. What was paid late "
           "is listed only where the circle's charter shares that.\n";
    return;
  }
  Table table(
      {"CUSTOMER", "INVOICE", "AMOUNT", "DUE", "PAID", "DAYS LATE", "REASON", "NOTE", "ORDER"});
  // What is missing is told once, and each row says which.
  std::vector<std::string> missing;
  std::vector<std::string> reasons;  // that the charter shares, each once
  // Those that partners can be told of at once come first.
  std::vector<const v1::Suggestion*> sorted;
  sorted.reserve(suggestions.size());
  for (const auto& suggestion : suggestions) sorted.push_back(&suggestion);
  std::stable_partition(sorted.begin(), sorted.end(),
                        [](const v1::Suggestion* one) { return one->missing().empty(); });
  for (const v1::Suggestion* one : sorted) {
    const v1::Suggestion& suggestion = *one;
    const std::vector<std::string> lacks(suggestion.missing().begin(), suggestion.missing().end());
    if (!evidence::WantsAnotherReason(lacks) &&
        std::find(reasons.begin(), reasons.end(), suggestion.reason()) == reasons.end()) {
      reasons.push_back(suggestion.reason());
    }
    std::string note = suggestion.disputed() ? "disputed" : "";
    for (const std::string& sentence : lacks) {
      auto at = std::find(missing.begin(), missing.end(), sentence);
      if (at == missing.end()) at = missing.insert(at, sentence);
      note +=
          (note.empty() ? "needs (" : ", needs (") + std::to_string(at - missing.begin() + 1) + ")";
    }
    table.Row({WhoOf(suggestion.customer_name(), suggestion.identifiers()), suggestion.invoice(),
               ShowMoney(suggestion.amount()), suggestion.due(),
               suggestion.paid().empty() ? "open" : suggestion.paid(),
               std::to_string(suggestion.days_late()), suggestion.reason(), note,
               suggestion.order()});
  }
  table.Print(out);
  PrintMore(out, suggestions.size(), more);
  if (!missing.empty()) out << "\nBefore partners can be told, it needs\n";
  for (size_t i = 0; i < missing.size(); ++i) {
    out << "  (" << i + 1 << ") " << Printable(missing[i]) << "\n";
  }
  out << "\n";
  if (reasons.empty()) {
    out << "The circle's charter shares no reason for money that comes late, so partners cannot be "
           "told of these.\n";
  }
  for (const std::string& reason : reasons) {
    out << "To file one: daftar incident add --order ORDER --reason " << Printable(reason) << "\n";
  }
}

Json ToJson(const ImportResult& result) {
  Json refused = Json::array();
  for (const RefusedLine& line : result.refusals) {
    refused.push_back({{"line", line.line}, {"why", line.why}});
  }
  return Json{{"file", result.file},           {"read", result.read},
              {"added", result.added},         {"updated", result.updated},
              {"unchanged", result.unchanged}, {"refused_count", result.refused},
              {"refused", std::move(refused)}, {"last_line", result.last_line},
              {"complete", result.complete},   {"names_kept", result.names_kept}};
}

void Print(std::ostream& out, const ImportResult& result) {
  Fields fields;
  fields.Add("File", result.file);
  fields.Add("Lines read", std::to_string(result.read));
  fields.Add("Added", std::to_string(result.added));
  fields.Add("Updated", std::to_string(result.updated));
  fields.Add("Unchanged", std::to_string(result.unchanged));
  fields.Add("Refused", std::to_string(result.refused));
  fields.Print(out);
  if (result.names_kept > 0) {
    out << "\n"
        << Count(result.names_kept, "line has", "lines have")
        << " another name than the customer; names stay as they are in the book.\n";
  }
  if (result.refused == 0) return;
  out << "\nRefused, with everything else taken\n";
  for (const RefusedLine& line : result.refusals) {
    out << "  line " << line.line << ": " << Printable(line.why) << "\n";
  }
  if (result.refused > result.refusals.size()) {
    out << "  and " << result.refused - result.refusals.size() << " more\n";
  }
}

}  // namespace daftar::cli
