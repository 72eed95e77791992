#include "cli/show_node.h"

#include <string>
#include <utility>

#include "cli/text.h"
#include "node/decision/policy.h"

namespace daftar::cli {
namespace {

template <class Repeated>
Json ListOf(const Repeated& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push_back(text);
  return out;
}

std::string HeadAge(const v1::Partner& partner) {
  return partner.has_head_age_s() ? ShowAge(partner.head_age_s()) : "none yet";
}

std::string Quota(const v1::Partner& partner) {
  return std::to_string(partner.quota_used()) + " of " + std::to_string(partner.quota_limit());
}

// Enough of the hash to tell policies apart, and for `policy show`; `policy versions` has the
// whole of it.
std::string PolicyText(const v1::GetStatusResponse& status) {
  constexpr size_t kHashDigits = 12;
  if (status.policy().empty()) return "";
  const bool is_default = status.policy() == decision::DefaultPolicy().Hash().hex();
  return status.policy().substr(0, kHashDigits) + " since " + status.policy_since() +
         (status.policy_from_file() ? ", from policy.toml"
          : is_default              ? ", the default, not from a file"
                                    : ", from an earlier policy.toml");
}

// How the orders turned out of customers about whom the partner holds records.
std::string LearntText(const v1::Partner& partner) {
  const std::string since =
      partner.learnt_since().empty() ? "" : " since " + partner.learnt_since();
  if (partner.learnt_from() == 0) return "no order" + since + " yet; the policy's weight applies";
  // Late orders count in part, so this is a share and no count.
  return Count(partner.learnt_from(), "order") + " of customers it reported" + since + ", " +
         ShowPercent(partner.learnt_bad_ppm() / partner.learnt_from()) + " bad";
}

// What the state and the connection come to, in a word. A connection that was broken off has its
// reason, a sentence, in the place of one.
std::string StateWord(const v1::Partner& partner) {
  if (partner.state() != "active" || partner.connection().empty()) return partner.state();
  const bool word = partner.connection() == "connected" || partner.connection() == "connecting";
  return word ? partner.connection() : "broken off";
}

// Why the connection was broken off, where `trouble` does not say the same.
std::string WhyBrokenOff(const v1::Partner& partner) {
  if (StateWord(partner) != "broken off" ||
      partner.trouble().find(partner.connection()) != std::string::npos) {
    return "";
  }
  return partner.connection();
}

std::string ConnectionText(const v1::Partner& partner) {
  if (StateWord(partner) != "broken off") return partner.connection();
  const std::string why = WhyBrokenOff(partner);
  return why.empty() ? "broken off, see the trouble" : "broken off: " + why;
}

std::string TroubleWord(const v1::Partner& partner) {
  if (partner.forked()) return "forked";
  if (!partner.adopted_origin().empty()) return "new log";
  if (!partner.quarantined_since().empty() && partner.state() != "removed") return "set aside";
  return partner.trouble().empty() ? "" : "see below";
}

// By its own word, which its cosignature gives.
std::string HoldsText(const v1::Partner& partner) {
  if (partner.holds_since().empty()) return "nothing that it has confirmed";
  return std::to_string(partner.holds()) + " of " +
         Count(partner.own_log_size(), "entry", "entries") + ", since " + partner.holds_since();
}

}  // namespace

std::string_view RoleWord(v1::Role role) {
  switch (role) {
    case v1::ROLE_STAFF:
      return "staff";
    case v1::ROLE_MANAGER:
      return "manager";
    case v1::ROLE_OPERATOR:
      return "operator";
    case v1::ROLE_AUDITOR:
      return "auditor";
    case v1::ROLE_OWNER:
      return "owner";
    default:
      return "unknown";
  }
}

Json ToJson(const v1::GetStatusResponse& status) {
  return Json{{"name", status.name()},
              {"origin", status.origin()},
              {"circle", status.circle()},
              {"circle_name", status.circle_name()},
              {"charter", status.charter()},
              {"version", status.version()},
              {"started_at", status.started_at()},
              {"test_mode", status.test_mode()},
              {"signing", status.signing()},
              {"log_size", status.log_size()},
              {"log_root", status.log_root()},
              {"queued", status.queued()},
              {"epoch", status.epoch()},
              {"policy", TextOrNull(status.policy())},
              {"policy_since", TextOrNull(status.policy_since())},
              {"policy_from_file", status.policy_from_file()},
              {"decisions", status.decisions()},
              {"decisions_root", status.decisions_root()},
              {"partners_active", status.partners_active()},
              {"partners_fresh", status.partners_fresh()},
              {"partner_address", TextOrNull(status.partner_address())},
              {"http_address", TextOrNull(status.http_address())},
              {"log_address", TextOrNull(status.log_address())},
              {"problems", ListOf(status.problems())},
              {"notices", ListOf(status.notices())}};
}

void Print(std::ostream& out, const v1::GetStatusResponse& status, bool color) {
  if (status.test_mode()) out << Painted("TEST MODE", Paint::kMagenta, color) << "\n";
  if (!status.problems().empty()) {
    out << Painted("NEEDS YOU", Paint::kRed, color) << "\n";
  } else if (!status.signing()) {
    out << Painted("NOT SIGNING", Paint::kYellow, color) << "\n";
  } else {
    out << Painted("RUNNING", Paint::kGreen, color) << "\n";
  }
  for (const auto& problem : status.problems()) out << "  - " << Printable(problem) << "\n";
  out << "\n";
  Fields fields;
  fields.Add("Name", status.name());
  fields.Add("Origin", status.origin());
  fields.Add("Circle", status.circle_name() + " (" + status.circle() + ")");
  fields.Add("Charter", status.charter());
  fields.Add("Version", status.version() + ", up since " + status.started_at());
  fields.Add("Log", Count(status.log_size(), "entry", "entries") + ", " +
                        std::to_string(status.queued()) + " queued, " +
                        (status.signing() ? "signing" : "not signing"));
  fields.Add("Log root", status.log_root());
  fields.Add("Decisions", std::to_string(status.decisions()));
  // As `audit replay --head` takes it.
  fields.Add("Decision head", std::to_string(status.decisions()) + ":" + status.decisions_root());
  fields.Add("Policy", PolicyText(status));
  fields.Add("Partners", std::to_string(status.partners_active()) + " active, " +
                             std::to_string(status.partners_fresh()) + " with fresh data");
  fields.Add("Partner address", status.partner_address());
  fields.Add("HTTP address", status.http_address());
  fields.Add("Log served at", status.log_address());
  fields.Add("Epoch", std::to_string(status.epoch()));
  fields.Print(out);
  if (status.notices().empty()) return;
  out << "\nGood to know\n";
  for (const auto& notice : status.notices()) out << "  - " << Printable(notice) << "\n";
}

namespace {

Json ToJson(const v1::IssuerRecord& record) {
  return Json{{"reports", record.reports()},
              {"settled", record.settled()},
              {"corrected", record.corrected()},
              {"disputed", record.disputed()},
              {"upheld", record.upheld()},
              {"given_up", record.given_up()},
              {"answered_in_time", record.answered_in_time()},
              {"answered_late", record.answered_late()},
              {"waiting", record.waiting()},
              {"waiting_too_long", record.waiting_too_long()},
              {"withdrawn", record.withdrawn()},
              {"erased", record.erased()}};
}

std::string RecordText(const v1::IssuerRecord& record) {
  return std::to_string(record.disputed()) + " disputed (" + std::to_string(record.upheld()) +
         " upheld, " + std::to_string(record.given_up()) + " given up), " +
         std::to_string(record.settled()) + " settled, " + std::to_string(record.corrected()) +
         " corrected, " + std::to_string(record.withdrawn()) + " withdrawn, " +
         std::to_string(record.erased()) + " erased";
}

std::string AnswersText(const v1::IssuerRecord& record) {
  if (record.disputed() == 0) return "";
  return std::to_string(record.answered_in_time()) + " in time, " +
         std::to_string(record.answered_late()) + " late; " + std::to_string(record.waiting()) +
         " wait" +
         (record.waiting_too_long() == 0
              ? ""
              : ", " + std::to_string(record.waiting_too_long()) + " past the charter's period");
}

Json VoidEntriesJson(const v1::Partner& partner) {
  Json list = Json::array();
  for (const auto& voids : partner.void_entries()) {
    list.push_back(Json{{"reason", voids.reason()},
                        {"entries", voids.entries()},
                        {"newest_index", voids.newest_index()}});
  }
  return list;
}

}  // namespace

Json ToJson(const v1::Partner& partner) {
  return Json{{"origin", partner.origin()},
              {"name", partner.name()},
              {"endpoint", partner.endpoint()},
              {"state", partner.state()},
              {"paired_at", TextOrNull(partner.paired_at())},
              {"charter", TextOrNull(partner.charter())},
              {"same_charter", partner.same_charter()},
              {"certificate_pin", TextOrNull(partner.certificate_pin())},
              {"first_entry", TextOrNull(partner.first_entry())},
              {"log_size", partner.log_size()},
              {"head_age_s", partner.has_head_age_s() ? Json(partner.head_age_s()) : Json(nullptr)},
              {"connection", TextOrNull(partner.connection())},
              {"trouble", TextOrNull(partner.trouble())},
              {"reports", partner.reports()},
              {"quota_used", partner.quota_used()},
              {"quota_limit", partner.quota_limit()},
              {"epoch", partner.epoch()},
              {"weight_ppm", partner.weight_ppm()},
              {"learnt_from", partner.learnt_from()},
              {"learnt_bad_ppm", partner.learnt_bad_ppm()},
              {"learnt_since", TextOrNull(partner.learnt_since())},
              {"holds", partner.holds()},
              {"holds_since", TextOrNull(partner.holds_since())},
              {"own_log_size", partner.own_log_size()},
              {"record", partner.has_record() ? ToJson(partner.record()) : Json(nullptr)},
              {"quarantined_since", TextOrNull(partner.quarantined_since())},
              {"quarantined_for", TextOrNull(partner.quarantined_for())},
              {"void_entries", VoidEntriesJson(partner)},
              {"adopted_origin", TextOrNull(partner.adopted_origin())},
              {"adopted_first_entry", TextOrNull(partner.adopted_first_entry())},
              {"adopted_after",
               partner.adopted_origin().empty() ? Json(nullptr) : Json(partner.adopted_after())},
              {"forked", partner.forked()}};
}

Json ToJson(const v1::ListPartnersResponse& partners) {
  Json list = Json::array();
  for (const auto& partner : partners.partners()) list.push_back(ToJson(partner));
  return Json{{"partners", std::move(list)}};
}

void Print(std::ostream& out, const v1::Partner& partner) {
  Fields fields;
  fields.Add("Partner", partner.origin());
  fields.Add("Name", partner.name());
  fields.Add("State", partner.state());
  fields.Add("Trouble", partner.trouble());
  fields.Add("Endpoint", partner.endpoint());
  fields.Add("Connection", ConnectionText(partner));
  fields.Add("Paired", partner.paired_at());
  fields.Add("Charter",
             partner.charter() + (partner.same_charter() ? " (the same)" : " (another one)"));
  fields.Add("Certificate pin", partner.certificate_pin());
  fields.Add("First entry", partner.first_entry());
  if (!partner.adopted_origin().empty()) {
    fields.Add("New log", partner.adopted_origin() + ", not accepted yet");
    fields.Add("Its first entry", partner.adopted_first_entry());
  }
  fields.Add("Log", Count(partner.log_size(), "entry", "entries") + ", " +
                        Count(partner.reports(), "report"));
  if (partner.has_record()) {
    fields.Add("Its reports", RecordText(partner.record()));
    fields.Add("Disputes answered", AnswersText(partner.record()));
  }
  for (const auto& voids : partner.void_entries()) {
    fields.Add("Without effect", Count(voids.entries(), "entry", "entries") + " (newest " +
                                     std::to_string(voids.newest_index()) + "): " + voids.words());
  }
  fields.Add("Newest head", HeadAge(partner) + (partner.has_head_age_s() ? " old" : ""));
  fields.Add("Holds of our log", HoldsText(partner));
  fields.Add("Evaluations today", Quota(partner));
  fields.Add("Epoch", std::to_string(partner.epoch()));
  fields.Add("A record weighs", ShowPercent(partner.weight_ppm()) + " of an own bad order");
  fields.Add("Learnt from", LearntText(partner));
  fields.Print(out);
}

// A line for each, within 80 columns unless an origin is long; what is wrong stands below, once.
void Print(std::ostream& out, const v1::ListPartnersResponse& partners) {
  constexpr size_t kNameColumns = 12;
  constexpr size_t kTextColumns = 78;  // and two before
  if (partners.partners().empty()) {
    out << "No partners. Make a code with: daftar partner invite\n";
    return;
  }
  Table table({"ORIGIN", "NAME", "STATE", "HEAD AGE", "ENTRIES", "REPORTS", "TROUBLE"});
  for (const auto& partner : partners.partners()) {
    table.Row({partner.origin(), Shortened(Printable(partner.name()), kNameColumns),
               StateWord(partner), HeadAge(partner), std::to_string(partner.log_size()),
               std::to_string(partner.reports()), TroubleWord(partner)});
  }
  table.Print(out);
  for (const auto& partner : partners.partners()) {
    const std::string why = WhyBrokenOff(partner);
    if (partner.trouble().empty() && why.empty()) continue;
    out << "\n" << Printable(partner.origin()) << "\n";
    for (const std::string& text : {partner.trouble(), why}) {
      for (const std::string& line : WrapLines(Printable(text), kTextColumns)) {
        out << "  " << line << "\n";
      }
    }
  }
}

Json ToJson(const v1::User& user) {
  return Json{{"name", user.name()},
              {"role", RoleWord(user.role())},
              {"uid", user.has_uid() ? Json(user.uid()) : Json(nullptr)},
              {"signs_in", user.signs_in()},
              {"has_second_factor", user.has_second_factor()},
              {"added_at", TextOrNull(user.added_at())},
              {"added_by", TextOrNull(user.added_by())}};
}

Json ToJson(const v1::ListUsersResponse& users) {
  Json list = Json::array();
  for (const auto& user : users.users()) list.push_back(ToJson(user));
  return Json{{"users", std::move(list)}};
}

namespace {

std::string KnownBy(const v1::User& user) {
  std::string known = user.has_uid() ? "uid " + std::to_string(user.uid()) : "";
  if (user.signs_in()) {
    known += known.empty() ? "" : ", ";
    known += user.has_second_factor() ? "password and code" : "password";
  }
  return known.empty() ? "token" : known;
}

}  // namespace

void Print(std::ostream& out, const v1::ListUsersResponse& users) {
  if (users.users().empty()) {
    out << "No users.\n";
    return;
  }
  Table table({"NAME", "ROLE", "KNOWN BY", "ADDED", "BY"});
  for (const auto& user : users.users()) {
    table.Row({user.name(), std::string(RoleWord(user.role())), KnownBy(user), user.added_at(),
               user.added_by()});
  }
  table.Print(out);
}

Json ListJson(const std::vector<v1::Change>& changes, bool more) {
  Json list = Json::array();
  for (const auto& change : changes) {
    list.push_back({{"at", change.at()},
                    {"by", change.by()},
                    {"action", change.action()},
                    {"object", TextOrNull(change.object())},
                    {"because", TextOrNull(change.because())}});
  }
  return Json{{"changes", std::move(list)}, {"more", more}};
}

void PrintList(std::ostream& out, const std::vector<v1::Change>& changes, bool more) {
  if (changes.empty()) {
    out << "No such changes are on the record.\n";
    return;
  }
  Table table({"TIME", "BY", "WHAT", "OF", "BECAUSE"});
  for (const auto& change : changes) {
    table.Row({change.at(), change.by(), change.action(), change.object(), change.because()});
  }
  table.Print(out);
  if (more) out << "\nThere are more; --limit N shows them.\n";
}

}  // namespace daftar::cli
