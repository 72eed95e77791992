#include "node/service/policy_console.h"

#include <vector>

#include "node/decision/policy_words.h"
#include "node/service/convert.h"
#include "node/service/policy_handlers.h"

namespace daftar::service {
namespace {

absl::StatusOr<crypto::Digest> HashFromProto(const std::string& hash) {
  auto digest = crypto::Digest::FromHexText(hash);
  if (digest.ok()) return digest;
  return absl::InvalidArgumentError(
      "instead_of is no policy's hash: 64 digits (0-9 a-f), as GetPolicy shows them");
}

}  // namespace

absl::StatusOr<decision::Policy> PolicyFromFile(const std::string& toml) {
  std::vector<evidence::TomlFault> faults;
  auto policy = decision::Policy::Parse(toml, faults);
  if (policy.has_value()) return *std::move(policy);
  std::string message = "the policy cannot be put in force:";
  for (const evidence::TomlFault& fault : faults) {
    message += "\n";
    if (fault.line > 0) {
      message +=
          "line " + std::to_string(fault.line) + ", column " + std::to_string(fault.column) + ": ";
    }
    message += fault.message;
  }
  return absl::InvalidArgumentError(message);
}

v1::TrialRow ToProto(const check::TrialRow& row) {
  v1::TrialRow out;
  out.set_answered(ToProto(row.answered));
  if (row.trial.has_value()) out.set_trial(ToProto(*row.trial));
  out.set_checks(row.checks);
  out.set_paid(row.paid);
  out.set_late(row.late);
  out.set_unpaid(row.unpaid);
  return out;
}

v1::WorthRow ToProto(const check::WorthRow& row) {
  v1::WorthRow out;
  out.set_month(row.month);
  out.set_group(row.group);
  out.set_checks(row.checks);
  out.set_hindered(row.hindered);
  out.set_accepted_paid(row.accepted_paid);
  out.set_accepted_unpaid(row.accepted_unpaid);
  out.set_hindered_paid(row.hindered_paid);
  out.set_hindered_unpaid(row.hindered_unpaid);
  for (const check::WorthMoney& money : row.money) {
    v1::WorthMoney* made = out.add_money();
    made->set_currency(money.currency.code());
    made->set_hindered_minor(money.hindered_minor);
    made->set_avoided_minor(money.avoided_minor);
    made->set_avoided_least_minor(money.avoided_least_minor);
    made->set_avoided_most_minor(money.avoided_most_minor);
  }
  return out;
}

absl::StatusOr<v1::CheckPolicyResponse> PolicyHandlers::CheckPolicy(
    const Actor& actor, const v1::CheckPolicyRequest& request) {
  if (absl::Status s = Authorise(actor, "PolicyService/CheckPolicy"); !s.ok()) return s;
  auto language = LanguageFromProto(request.language());
  if (!language.ok()) return language.status();
  v1::CheckPolicyResponse out;
  std::optional<decision::Policy> policy = *node_.policies().InForce();
  if (!request.toml().empty()) {
    std::vector<evidence::TomlFault> faults;
    policy = decision::Policy::Parse(request.toml(), faults);
    for (const evidence::TomlFault& fault : faults) {
      v1::PolicyFault* row = out.add_faults();
      row->set_line(fault.line);
      row->set_column(fault.column);
      row->set_what(fault.message);
    }
  }
  if (!policy.has_value()) return out;
  out.set_hash(policy->Hash().hex());
  out.set_toml(policy->ToToml());
  for (const decision::PolicyValue& value : decision::PolicyInWords(*policy, *language)) {
    v1::PolicyLine* line = out.add_lines();
    line->set_key(value.key);
    line->set_value(value.value);
    line->set_default_value(value.default_value);
    line->set_sentence(value.sentence);
  }
  return out;
}

absl::StatusOr<v1::PutPolicyResponse> PolicyHandlers::PutPolicy(
    const Actor& actor, const v1::PutPolicyRequest& request) {
  if (absl::Status s = Authorise(actor, "PolicyService/PutPolicy"); !s.ok()) return s;
  check::NewPolicy put;
  if (!request.instead_of().empty()) {
    auto hash = HashFromProto(request.instead_of());
    if (!hash.ok()) return hash.status();
    put.instead_of = *hash;
  }
  auto policy = PolicyFromFile(request.toml());
  if (!policy.ok()) return policy.status();
  put.policy = *std::move(policy);
  put.toml = request.toml();
  put.because = request.because();
  auto version = node_.policies().Put({actor.name, request.request_id()}, std::move(put),
                                      node_.vault(), node_.entropy());
  if (!version.ok()) return version.status();
  v1::PutPolicyResponse out;
  out.set_hash(version->hash.hex());
  out.set_since(TimeText(version->since));
  return out;
}

absl::StatusOr<v1::SetTrialPolicyResponse> PolicyHandlers::SetTrialPolicy(
    const Actor& actor, const v1::SetTrialPolicyRequest& request) {
  if (absl::Status s = Authorise(actor, "PolicyService/SetTrialPolicy"); !s.ok()) return s;
  const storage::Caller caller{actor.name, request.request_id()};
  v1::SetTrialPolicyResponse out;
  if (request.toml().empty()) {
    absl::Status ended = node_.trial().End(caller, request.because());
    if (!ended.ok()) return ended;
    return out;
  }
  auto policy = PolicyFromFile(request.toml());
  if (!policy.ok()) return policy.status();
  auto trial = node_.trial().Begin(caller, *policy, request.because());
  if (!trial.ok()) return trial.status();
  if (*trial == nullptr) return out;  // a repetition, and the trial has ended meanwhile
  out.set_hash((*trial)->hash.hex());
  out.set_since(TimeText((*trial)->since));
  return out;
}

absl::StatusOr<v1::ReportTrialResponse> PolicyHandlers::ReportTrial(
    const Actor& actor, const v1::ReportTrialRequest&, const std::function<bool()>& stopped) {
  if (absl::Status s = Authorise(actor, "PolicyService/ReportTrial"); !s.ok()) return s;
  v1::ReportTrialResponse out;
  const auto trial = node_.trial().Current();
  if (trial == nullptr) return out;
  auto rows = check::ReportTrial(*trial, node_.receipts(), node_.outcomes(), stopped);
  if (!rows.ok()) return rows.status();
  out.set_hash(trial->hash.hex());
  out.set_since(TimeText(trial->since));
  out.set_toml(trial->policy.ToToml());
  for (const check::TrialRow& row : *rows) *out.add_rows() = ToProto(row);
  return out;
}

absl::StatusOr<v1::ReportWorthResponse> PolicyHandlers::ReportWorth(
    const Actor& actor, const v1::ReportWorthRequest& request,
    const std::function<bool()>& stopped) {
  if (absl::Status s = Authorise(actor, "PolicyService/ReportWorth"); !s.ok()) return s;
  auto from = DateFromProto(request.from(), "from");
  if (!from.ok()) return from.status();
  auto to = DateFromProto(request.to(), "to");
  if (!to.ok()) return to.status();
  if (!to->has_value()) *to = evidence::Date::Of(node_.clock().Now());
  if (!from->has_value()) *from = to->PlusDays(1 - check::kWorthDays);
  auto report = check::ReportWorth(node_.receipts(), node_.outcomes(), *from, *to, stopped);
  if (!report.ok()) return report.status();
  v1::ReportWorthResponse out;
  out.set_from(from->ToString());
  out.set_to(to->ToString());
  for (const check::WorthRow& row : report->months) *out.add_months() = ToProto(row);
  for (const check::WorthRow& row : report->groups) *out.add_groups() = ToProto(row);
  for (const auto& [effect, checks] : report->effects) {
    v1::EffectCount* count = out.add_effects();
    count->set_effect(ToProto(effect));
    count->set_checks(checks);
  }
  *out.mutable_all() = ToProto(report->all);
  return out;
}

}  // namespace daftar::service
