// Policies as files: reading them, with everything that is wrong with one, and writing them.
#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>

#include "node/decision/policy_tables.h"
#include "node/evidence/toml_reader.h"

namespace daftar::decision {
namespace {

constexpr uint64_t kPolicyFileVersion = 1;
constexpr uint64_t kMaxFileVersion = 1000;  // beyond it the number is no version

std::string_view HintOf(PolicyUnit unit) {
  switch (unit) {
    case PolicyUnit::kPlain:
      return "";
    case PolicyUnit::kShare:
      return "parts per million: 5 % is 50000";
    case PolicyUnit::kOrders:
      return "parts per million: one order is 1000000";
    case PolicyUnit::kBadOrders:
      return "parts per million: one bad order is 1000000";
  }
  return "";
}

// What a file says of one value.
enum class Given { kNo, kYes, kWrong };

// One of two values that do not go together, for the sentence about them.
struct Side {
  std::string_view section;
  std::string_view key;
  std::string value;
  Given given = Given::kNo;
  std::string Name() const { return std::string(section) + "." + std::string(key); }
};

// Reads a policy file and notes every fault in its document.
class PolicyReader {
 public:
  explicit PolicyReader(evidence::TomlDocument& document)
      : root_(document.Root()), policy_(DefaultPolicy()) {}

  Policy Read() {
    ReadVersion();
    ReadNumbers();
    ReadCaps();
    ReadReasonWeights();
    for (const AscendingNumbers& numbers : kAscending) CompareNumbers(numbers);
    CompareCaps();
    return policy_;
  }

 private:
  void ReadVersion() const {
    const std::string write = "version = " + std::to_string(kPolicyFileVersion);
    if (!root_.Has("version")) {
      root_.Fail("version", "is missing; write " + write + " above the first [section]");
      return;
    }
    const auto version = root_.Integer("version", 0, kMaxFileVersion, "write " + write);
    if (version.has_value() && *version != kPolicyFileVersion) {
      root_.Fail("version",
                 "is " + std::to_string(*version) + ", which is not known here; write " + write);
    }
  }

  void ReadNumbers() {
    std::map<std::string_view, std::optional<evidence::TomlSection>> sections;
    for (size_t i = 0; i < kPolicyNumbers.size(); ++i) {
      const PolicyNumber& number = kPolicyNumbers[i];
      const auto place = sections.try_emplace(number.section);
      std::optional<evidence::TomlSection>& section = place.first->second;
      if (place.second) section = root_.Section(number.section);
      if (!section.has_value()) continue;
      const auto value = section->Integer(number.key, number.low, number.high, HintOf(number.unit));
      if (section->Has(number.key)) given_[i] = value.has_value() ? Given::kYes : Given::kWrong;
      if (value.has_value()) policy_.*number.member = static_cast<uint32_t>(*value);
    }
  }

  void ReadCaps() {
    const auto caps = root_.Section("caps");
    if (!caps.has_value()) return;
    partners_given_ = ReadCap(*caps, "partners", policy_.partners_cap);
    stale_given_ = ReadCap(*caps, "stale", policy_.stale_cap);
  }

  static Given ReadCap(const evidence::TomlSection& caps, std::string_view key, Effect& cap) {
    constexpr size_t kMaxEffectBytes = 16;
    const auto text = caps.Text(key, kMaxEffectBytes);
    if (!text.has_value()) return caps.Has(key) ? Given::kWrong : Given::kNo;
    const auto effect = EffectFromName(*text);
    if (!effect.ok() || *effect < Effect::kAccept || *effect > kMostOfPartners) {
      caps.Fail(key, "must be \"accept\", \"deposit\", \"prepay\" or \"review\"");
      return Given::kWrong;
    }
    cap = *effect;
    return Given::kYes;
  }

  void ReadReasonWeights() {
    const auto reasons = root_.Section("reasons");
    if (!reasons.has_value()) return;
    for (const std::string& name : reasons->Keys()) {
      const auto reason = evidence::ReasonFromName(name);
      if (!reason.ok()) {
        reasons->Require(name);  // it is no unknown key besides
        reasons->Fail(name, "is not known: " + std::string(reason.status().message()));
        continue;
      }
      const auto section = reasons->Section(name);
      if (!section.has_value()) continue;
      ReasonWeight& weight = policy_.reasons[*reason];
      if (const auto ppm =
              section->Integer("weight_ppm", 0, kPpm, HintOf(PolicyUnit::kBadOrders))) {
        weight.severity_ppm = static_cast<uint32_t>(*ppm);
      }
      if (const auto days = section->Integer("half_life_days", 1, kMaxDays)) {
        weight.half_life_days = static_cast<uint32_t>(*days);
      }
    }
  }

  Side SideOf(uint32_t Policy::*member) const {
    const auto number =
        std::find_if(kPolicyNumbers.begin(), kPolicyNumbers.end(),
                     [member](const PolicyNumber& one) { return one.member == member; });
    return {number->section, number->key, std::to_string(policy_.*member),
            given_[static_cast<size_t>(std::distance(kPolicyNumbers.begin(), number))]};
  }

  // Two that stand in the file are compared when none between them does, so that nothing is told
  // twice; one that does is compared with the defaults around it.
  void CompareNumbers(AscendingNumbers numbers) const {
    for (size_t low = 0; low < numbers.size(); ++low) {
      for (size_t high = low + 1; high < numbers.size(); ++high) {
        const Side upper = SideOf(numbers[high]);
        if (policy_.*numbers[low] > policy_.*numbers[high]) {
          Conflict(SideOf(numbers[low]), "must not be more than", upper, "must not be less than");
        }
        if (upper.given != Given::kNo) break;
      }
    }
  }

  void CompareCaps() const {
    if (policy_.stale_cap <= policy_.partners_cap) return;
    const auto side = [](std::string_view key, Effect effect, Given given) {
      return Side{"caps", key, std::string(EffectName(effect)), given};
    };
    Conflict(side("stale", policy_.stale_cap, stale_given_), "must not ask for more than",
             side("partners", policy_.partners_cap, partners_given_), "must not ask for less than");
  }

  // Blames what stands in the file: the upper one when both do.
  void Conflict(const Side& lower, std::string_view lower_rule, const Side& upper,
                std::string_view upper_rule) const {
    if (lower.given == Given::kWrong || upper.given == Given::kWrong) return;
    const bool blame_upper = upper.given == Given::kYes;
    const Side& blamed = blame_upper ? upper : lower;
    const Side& other = blame_upper ? lower : upper;
    std::string rule = "is " + blamed.value + ", and " +
                       std::string(blame_upper ? upper_rule : lower_rule) + " " + other.Name() +
                       ", which is " + other.value;
    rule += other.given == Given::kYes
                ? "; change one of the two"
                : " by default; change it, or give " + other.Name() + " a value of its own too";
    const auto section = root_.Section(blamed.section);
    if (section.has_value()) section->Fail(blamed.key, rule);
  }

  const evidence::TomlSection root_;
  Policy policy_;
  std::array<Given, kPolicyNumbers.size()> given_{};
  Given partners_given_ = Given::kNo;
  Given stale_given_ = Given::kNo;
};

// "2.5": of 25,000 when 10,000 are a whole, a power of ten.
std::string Decimal(uint32_t value, uint32_t whole) {
  std::string text = std::to_string(value / whole);
  if (const uint32_t rest = value % whole; rest != 0) {
    std::string digits = std::to_string(whole + rest).substr(1);
    while (digits.back() == '0') digits.pop_back();
    text += "." + digits;
  }
  return text;
}

// "5 %: ", "4 orders: " beside the parts per million, for people.
std::string InWords(uint32_t ppm, PolicyUnit unit) {
  const char* many = ppm == kPpm ? "" : "s";
  switch (unit) {
    case PolicyUnit::kPlain:
      return "";
    case PolicyUnit::kShare:
      return Decimal(ppm, kPpm / 100) + " %: ";
    case PolicyUnit::kOrders:
      return Decimal(ppm, kPpm) + " order" + many + ": ";
    case PolicyUnit::kBadOrders:
      return Decimal(ppm, kPpm) + " bad order" + many + ": ";
  }
  return "";
}

void AddNumber(std::string& text, std::string_view key, uint32_t value, PolicyUnit unit,
               std::string_view comment) {
  text += std::string(key) + " = " + std::to_string(value);
  text += "  # " + InWords(value, unit) + std::string(comment) + "\n";
}

}  // namespace

std::optional<Policy> Policy::Parse(std::string_view toml,
                                    std::vector<evidence::TomlFault>& faults) {
  evidence::TomlFault fault;
  auto document = evidence::TomlDocument::Parse(toml, "policy", kMaxPolicyBytes, &fault);
  if (!document.ok()) {
    faults = {std::move(fault)};
    return std::nullopt;
  }
  Policy policy = PolicyReader(**document).Read();
  faults = (*document)->Faults();
  if (!faults.empty()) return std::nullopt;
  // The reader has every rule; a policy that broke one all the same must not come in force.
  if (auto status = policy.Check(); !status.ok()) {
    faults.push_back({0, 0, std::string(status.message())});
    return std::nullopt;
  }
  return policy;
}

absl::StatusOr<Policy> Policy::Parse(std::string_view toml) {
  std::vector<evidence::TomlFault> faults;
  auto policy = Parse(toml, faults);
  if (policy.has_value()) return *std::move(policy);
  const evidence::TomlFault& first = faults.front();
  std::string place = "policy";
  if (first.line > 0) {
    place += " line " + std::to_string(first.line) + ", column " + std::to_string(first.column);
  }
  return absl::InvalidArgumentError(place + ": " + first.message);
}

std::string Policy::ToToml() const {
  std::string text =
      "# A policy of Daftar: how records become an answer (docs/decisions.md).\n"
      "# Shares and weights are parts per million; what is left out is as in the default policy.\n"
      "version = 1\n";
  std::string_view section;
  for (const PolicyNumber& number : kPolicyNumbers) {
    if (number.section != section) {
      section = number.section;
      text += "\n[" + std::string(section) + "]\n";
    }
    AddNumber(text, number.key, this->*number.member, number.unit, number.comment);
  }
  text += "\n[caps]\npartners = \"" + std::string(EffectName(partners_cap)) +
          "\"  # partners' records alone never ask for more\nstale = \"" +
          std::string(EffectName(stale_cap)) +
          "\"  # data older than the charter allows never ask for more\n";
  for (const auto& [reason, weight] : reasons) {
    const evidence::ReasonInfo& info = evidence::Info(reason);
    text += "\n[reasons." + std::string(info.name) + "]\n";
    AddNumber(text, "weight_ppm", weight.severity_ppm, PolicyUnit::kBadOrders, info.sentence);
    AddNumber(text, "half_life_days", weight.half_life_days, PolicyUnit::kPlain,
              "days in which that halves");
  }
  return text;
}

}  // namespace daftar::decision
