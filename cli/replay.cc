#include "cli/replay.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "cli/console.h"
#include "cli/text.h"
#include "crypto/hash.h"
#include "node/decision/advice.h"
#include "node/decision/explain.h"
#include "node/evidence/money.h"

namespace daftar::cli {
namespace {

// Not Json: looking a name up there takes time with the number of names, and the file is hostile.
using Parsed = nlohmann::json;

constexpr size_t kSaltBytes = 32;
constexpr size_t kReceiptIdDigits = 32;

absl::Status NoReceipt(const std::string& why) {
  return absl::DataLossError(
      "this is no receipt as `daftar why RECEIPT --output json` writes it: " + why);
}

absl::StatusOr<Parsed> ParseFile(std::string_view text) {
  if (text.size() > kMaxReceiptFileBytes) {
    return NoReceipt("it is longer than " + std::to_string(kMaxReceiptFileBytes) + " bytes");
  }
  bool deep = false;
  bool twice = false;
  // Of the objects that are open, by depth.
  std::array<std::set<std::string>, kMaxReceiptFileDepth + 2> names;
  // What is nested deeper is left out while it is read, so that it takes no memory.
  const auto look = [&](int depth, Parsed::parse_event_t event, const Parsed& value) {
    if (depth > kMaxReceiptFileDepth) {
      deep = true;
      return false;
    }
    const auto at = static_cast<size_t>(depth);
    if (event == Parsed::parse_event_t::object_start) names[at + 1].clear();
    if (event == Parsed::parse_event_t::key) {
      twice = !names[at].insert(value.get_ref<const std::string&>()).second || twice;
    }
    return true;
  };
  Parsed file = Parsed::parse(text.begin(), text.end(), look, false);
  if (file.is_discarded()) return NoReceipt("it is not one whole JSON document");
  if (deep) {
    return NoReceipt("it has more than " + std::to_string(kMaxReceiptFileDepth) +
                     " brackets within brackets");
  }
  // A reader might believe the one, while the other is compared.
  if (twice) return NoReceipt("a name stands twice in one object");
  if (!file.is_object()) return NoReceipt("it is not a JSON object");
  return file;
}

absl::StatusOr<crypto::Bytes> HexField(const Parsed& file, const char* name) {
  const auto found = file.find(name);
  if (found == file.end() || found->is_null()) {
    return NoReceipt(std::string("it has no '") + name +
                     "'; staff get it without, ask a manager or an auditor for the file");
  }
  if (!found->is_string()) return NoReceipt(std::string("'") + name + "' is not a text");
  auto bytes = crypto::FromHex(found->get_ref<const std::string&>());
  if (!bytes.ok()) return NoReceipt(std::string("'") + name + "' is not hexadecimal");
  return bytes;
}

Parsed OrNull(const std::string& text) { return text.empty() ? Parsed(nullptr) : Parsed(text); }

Parsed MoneyOf(const std::optional<evidence::Money>& money) {
  if (!money.has_value()) return nullptr;
  return {{"minor", money->minor},
          {"currency", money->currency.code()},
          {"major", evidence::FormatMoney(*money)}};
}

// Every rule, then what bounded the answer: as nodes list them.
Parsed RulesOf(const decision::Verdict& verdict) {
  Parsed rules = Parsed::array();
  for (const decision::RuleOutcome& outcome : verdict.rules) {
    rules.push_back({{"rule", decision::RuleId(outcome.rule)},
                     {"fired", outcome.fired},
                     {"effect", decision::EffectName(outcome.effect)}});
  }
  for (const decision::Cap cap : verdict.caps) {
    rules.push_back({{"rule", decision::CapId(cap)},
                     {"fired", true},
                     {"effect", decision::EffectName(verdict.effect)}});
  }
  return rules;
}

Parsed MitigationsOf(const decision::Mitigations& set) {
  Parsed names = Parsed::array();
  for (const decision::Mitigation mitigation : decision::AllMitigations()) {
    if (set.Has(mitigation)) names.push_back(decision::MitigationName(mitigation));
  }
  return names;
}

Parsed InputOf(const decision::DecisionInput& input, const char* type) {
  return {{"type", type},
          {"status", decision::EntryStatusName(input.status)},
          {"age_days", input.age_days},
          {"bad_ppm", input.bad_ppm},
          {"weight_ppm", input.weight_ppm},
          {"counted", input.counted},
          {"with_order", input.with_order}};
}

// Inputs in the order in which a decision lists them: own orders, own incidents, partners' entries
// with the partners ascending.
Parsed InputsOf(const decision::Weighed& weighed) {
  Parsed inputs = Parsed::array();
  auto incident = weighed.incidents.begin();
  auto partner = weighed.partners.begin();
  size_t entry = 0;
  const decision::Decision listed = decision::Assemble(weighed, {});
  for (const decision::DecisionInput& input : listed.inputs) {
    if (input.kind == decision::InputKind::kOwnOrders) {
      inputs.push_back(InputOf(input, "own_orders"));
      inputs.back()["orders"] = weighed.own.orders;
      inputs.back()["orders_on_time"] = weighed.own.good;
      inputs.back()["orders_bad"] = weighed.own.bad;
    } else if (input.kind == decision::InputKind::kOwnIncident) {
      inputs.push_back(InputOf(input, "own_incident"));
      inputs.back()["reference"] = OrNull(input.id);
      inputs.back()["mitigations"] = MitigationsOf((incident++)->mitigations);
    } else {
      while (entry == partner->entries.size()) {
        ++partner;
        entry = 0;
      }
      inputs.push_back(InputOf(input, "partner_record"));
      inputs.back()["origin"] = input.origin;
      inputs.back()["reference"] = std::to_string(input.index);
      inputs.back()["commitment"] = partner->entries[entry++].commitment.hex();
    }
  }
  return inputs;
}

Parsed PartnersOf(const decision::Weighed& weighed) {
  Parsed partners = Parsed::array();
  for (const decision::WeighedPartner& partner : weighed.partners) {
    Parsed row{{"origin", partner.origin},
               {"state", decision::PartnerStateName(partner.state)},
               {"head_age_s", nullptr},
               {"head_size", partner.head.has_value() ? partner.head->size : 0},
               {"head_root", nullptr},
               {"weight_ppm", partner.weight_ppm},
               {"witnesses", partner.witnesses},
               {"reason", OrNull(partner.error)}};
    if (partner.head_age_s.has_value()) row["head_age_s"] = *partner.head_age_s;
    if (partner.head.has_value()) row["head_root"] = partner.head->root.hex();
    partners.push_back(std::move(row));
  }
  return partners;
}

Parsed NextOf(const std::vector<decision::NextStep>& next) {
  Parsed steps = Parsed::array();
  for (const decision::NextStep& step : next) {
    Parsed dates = Parsed::array();
    for (const evidence::Date date : step.dates) dates.push_back(date.ToString());
    steps.push_back({{"step", decision::StepName(step.step)},
                     {"share_ppm", step.share_ppm > 0 ? Parsed(step.share_ppm) : Parsed(nullptr)},
                     {"days", step.days > 0 ? Parsed(step.days) : Parsed(nullptr)},
                     {"amount", MoneyOf(step.money)},
                     {"dates", std::move(dates)},
                     {"name", OrNull(step.name)}});
  }
  return steps;
}

// What the file must say beside a receipt with this body.
Parsed ReadableOf(const decision::ReceiptBody& body) {
  const decision::Weighed& weighed = body.weighed;
  Parsed caps = Parsed::array();
  for (const decision::Cap cap : body.verdict.caps) caps.push_back(decision::CapId(cap));
  return {{"checked_at", TimeText(body.time)},
          {"effect", decision::EffectName(body.verdict.effect)},
          {"decided_by", decision::RuleId(body.verdict.rule)},
          {"risk_ppm", body.verdict.r_ppm},
          {"prior_ppm", weighed.prior_ppm},
          {"policy", body.policy.hex()},
          {"amount", MoneyOf(weighed.order.amount)},
          {"terms", decision::TermsName(weighed.order.terms)},
          {"group", weighed.group.has_value() ? OrNull(weighed.group->name) : Parsed(nullptr)},
          {"allowed_by", OrNull(weighed.allowed_by)},
          {"caps", std::move(caps)},
          {"rules", RulesOf(body.verdict)},
          {"inputs", InputsOf(weighed)},
          {"partners", PartnersOf(weighed)}};
}

Parsed SubjectsOf(const decision::ReceiptBody& body) {
  Parsed subjects = Parsed::array();
  for (const decision::Subject& subject : body.subjects) subjects.push_back(subject.hex());
  return subjects;
}

void AddWrong(ReplayResult& result, std::string sentence) {
  ++result.wrong_count;
  if (result.wrong.size() < kMaxDifferences) result.wrong.push_back(std::move(sentence));
}

// A value of the file in few words; it may be anything.
std::string Shown(const Parsed& value) {
  constexpr size_t kMaxShown = 80;  // bytes
  if (value.is_structured()) return "a list or an object";
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return Printable(text.size() <= kMaxShown ? text : text.substr(0, kMaxShown) + "...");
  }
  return value.dump();
}

// Partners' names are left out for callers who may not see them.
bool MayBeLeftOut(const std::string& name, const Parsed& file) {
  return name == "origin" && file.is_null();
}

void Compare(const std::string& what, const Parsed& file, const Parsed& receipt,
             ReplayResult& result) {
  if (receipt.is_object()) {
    if (!file.is_object()) return AddWrong(result, "the file has no " + what + " of its receipt");
    for (const auto& [name, value] : receipt.items()) {
      const auto found = file.find(name);
      const std::string where = what.empty() ? name : what + "." + name;
      if (found == file.end()) {
        AddWrong(result, "the file leaves out " + where + ", its receipt has " + Shown(value));
      } else if (!MayBeLeftOut(name, *found)) {
        Compare(where, *found, value, result);
      }
    }
  } else if (receipt.is_array()) {
    if (!file.is_array()) return AddWrong(result, "the file has no list of " + what);
    const size_t listed = file.size();
    if (listed != receipt.size()) {
      AddWrong(result, "the file lists " + std::to_string(listed) + " " + what + ", its receipt " +
                           std::to_string(receipt.size()));
    }
    for (size_t i = 0; i < std::min(listed, receipt.size()); ++i) {
      Compare(what + "[" + std::to_string(i) + "]", file[i], receipt[i], result);
    }
  } else if (file != receipt) {
    AddWrong(result,
             "the file says " + what + " " + Shown(file) + ", its receipt says " + Shown(receipt));
  }
}

Parsed StepSentencesOf(const std::vector<decision::NextStep>& next, decision::Language language) {
  Parsed steps = Parsed::array();
  for (const decision::NextStep& step : next) {
    steps.push_back({{"sentence", StepSentence(step, language)}});
  }
  return steps;
}

// The sentences that a node writes beside them.
Parsed SentencesOf(const decision::ReceiptBody& body, const std::vector<decision::NextStep>& next,
                   decision::Language language) {
  Parsed rules = Parsed::array();
  for (const decision::RuleOutcome& outcome : body.verdict.rules) {
    rules.push_back({{"looks_at", OrNull(std::string(RuleSentence(outcome.rule, language)))}});
  }
  for (const decision::Cap cap : body.verdict.caps) {
    rules.push_back({{"looks_at", OrNull(std::string(CapSentence(cap, language)))}});
  }
  return {{"coverage", OrNull(CoverageSentence(body.weighed, language))},
          {"rules", std::move(rules)},
          {"next", StepSentencesOf(next, language)}};
}

// A file is in one language, and does not say in which: it is the one that fits best.
template <class Sentences>
void CompareInOneLanguage(const Parsed& file, ReplayResult& result, Sentences sentences_in) {
  std::optional<ReplayResult> best;
  for (const decision::Language language : decision::kLanguages) {
    ReplayResult tried;
    Compare("", file, sentences_in(language), tried);
    if (!best.has_value() || tried.wrong_count < best->wrong_count) best = std::move(tried);
  }
  for (std::string& sentence : best->wrong) {
    if (result.wrong.size() < kMaxDifferences) result.wrong.push_back(std::move(sentence));
  }
  result.wrong_count += best->wrong_count;
}

// Who decided otherwise is the node's word; what holds by that, and the steps, follow from it.
// Files of before they were told do not have them.
void CompareOverride(const Parsed& file, const decision::ReceiptBody& body,
                     const decision::Policy& policy, ReplayResult& result) {
  decision::Effect now = body.verdict.effect;
  const auto override = file.find("override");
  const bool overridden = override != file.end() && !override->is_null();
  if (overridden) {
    const auto named = override->find("effect");  // of something else than an object: none
    const bool is_text = override->is_object() && named != override->end() && named->is_string();
    const auto effect = is_text ? decision::EffectFromName(named->get_ref<const std::string&>())
                                : absl::InvalidArgumentError("");
    if (!effect.ok()) return AddWrong(result, "the file's override names no answer");
    now = *effect;
  }
  if (file.contains("effect_now")) {
    Compare("", file, Parsed{{"effect_now", decision::EffectName(now)}}, result);
  }
  if (!file.contains("next_now") || body.policy != policy.Hash()) return;
  const auto today = evidence::Date::Of(body.time);
  const auto next =
      overridden ? decision::NextStepsOfOverride(body.weighed, body.verdict, now, policy, today)
                 : decision::NextSteps(body.weighed, body.verdict, policy, today);
  const uint64_t before = result.wrong_count;
  Compare("", file, Parsed{{"next_now", NextOf(next)}}, result);
  if (result.wrong_count != before) return;
  CompareInOneLanguage(file, result, [&](decision::Language language) {
    return Parsed{{"next_now", StepSentencesOf(next, language)}};
  });
}

// What a node tells beside the receipt and no computation can give again.
std::vector<std::string> NotChecked(const Parsed& file) {
  std::vector<std::string> names;
  for (const char* name : {"because", "checked_by", "log_index", "override", "earlier_overrides",
                           "outcome", "outcome_at"}) {
    const auto found = file.find(name);
    if (found != file.end() && !found->empty()) names.emplace_back(name);
  }
  return names;
}

void CheckCommitment(const Parsed& file, crypto::ByteView salt, crypto::ByteView body,
                     ReplayResult& result) {
  const std::string is = crypto::Sha256({crypto::AsBytes("daftar/receipt/v1"), salt, body}).hex();
  const auto stated = file.find("commitment");
  if (stated == file.end()) {
    AddWrong(result, "the file leaves out the commitment, that of its receipt is " + is);
  } else if (*stated != is) {
    AddWrong(result, "the file says commitment " + Shown(*stated) + ", that of its receipt is " +
                         is + ": the receipt or its salt is another than the node committed to");
  }
  // The id is the beginning of the commitment (docs/protocol.md).
  const std::string id = is.substr(0, kReceiptIdDigits);
  const auto named = file.find("receipt");
  if (named == file.end()) {
    AddWrong(result, "the file leaves out receipt, its receipt is " + id);
  } else if (*named != id) {
    AddWrong(result, "the file says receipt " + Shown(*named) + ", its receipt is " + id);
  }
}

}  // namespace

std::string TimeText(evidence::UnixMillis time) {
  const std::time_t seconds = static_cast<std::time_t>(time.value / 1000);
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return std::to_string(time.value) + " ms";
  char text[40];
  const size_t length = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
  return std::string(text, length) + "." + std::to_string(1000 + time.value % 1000).substr(1) + "Z";
}

absl::StatusOr<ReplayResult> ReplayFile(std::string_view text, const decision::Policy& policy) {
  const auto file = ParseFile(text);
  if (!file.ok()) return file.status();
  const auto encoded = HexField(*file, "body");
  if (!encoded.ok()) return encoded.status();
  const auto salt = HexField(*file, "salt");
  if (!salt.ok()) return salt.status();
  if (salt->size() != kSaltBytes) {
    return NoReceipt("'salt' has " + std::to_string(salt->size()) + " bytes, it must have " +
                     std::to_string(kSaltBytes));
  }
  auto body = decision::ReceiptBody::Decode(*encoded);
  if (!body.ok()) return NoReceipt("'body' cannot be read: " + MessageOf(body.status()));

  ReplayResult result;
  if (const auto id = file->find("receipt"); id != file->end() && id->is_string()) {
    result.receipt = Shown(*id);
  }
  result.body = *std::move(body);
  result.policy = policy.Hash().hex();
  CheckCommitment(*file, *salt, *encoded, result);
  if (auto status = decision::CheckReplay(result.body, policy); !status.ok()) {
    AddWrong(result, MessageOf(status));
  }
  Compare("", *file, ReadableOf(result.body), result);
  if (file->contains("subjects")) {  // of files since they were told
    Compare("", *file, Parsed{{"subjects", SubjectsOf(result.body)}}, result);
  }
  // Under another policy the steps are others, and that it is another is said already.
  if (result.body.policy == policy.Hash()) {
    const auto next = decision::NextSteps(result.body.weighed, result.body.verdict, policy,
                                          evidence::Date::Of(result.body.time));
    Compare("", *file, Parsed{{"next", NextOf(next)}}, result);
    // Only beside a list that is whole: else each missing step would be told twice.
    if (result.agrees()) {
      CompareInOneLanguage(*file, result, [&](decision::Language language) {
        return SentencesOf(result.body, next, language);
      });
    }
  }
  CompareOverride(*file, result.body, policy, result);
  result.not_checked = NotChecked(*file);
  return result;
}

}  // namespace daftar::cli
