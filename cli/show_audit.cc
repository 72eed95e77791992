#include "cli/show_audit.h"

#include <algorithm>
#include <utility>

#include "cli/text.h"
#include "node/audit/context.h"

namespace daftar::cli {
namespace {

using audit::CheckResult;
using audit::CheckState;

bool IsFork(const audit::Verdict& verdict) { return verdict.Find(audit::Check::kFork) != nullptr; }

std::string_view VerdictName(const audit::Verdict& verdict) {
  if (verdict.code == 0) return "holds";
  return verdict.code == 1 ? "fails" : "unreadable";
}

Json Listed(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

Json CheckJson(const CheckResult& result) {
  return Json{{"check", audit::CheckName(result.check)},
              {"title", audit::CheckTitle(result.check)},
              {"state", audit::CheckStateName(result.state)},
              {"found", TextOrNull(result.found)},
              {"faults", Listed(result.faults.kept)},
              {"faults_count", result.faults.kept.size() + result.faults.more},
              {"not_checked", Listed(result.left_out.kept)},
              {"not_checked_count", result.left_out.kept.size() + result.left_out.more}};
}

std::vector<std::string> Told(const audit::Sentences& sentences) {
  std::vector<std::string> told = sentences.kept;
  if (sentences.more > 0) told.push_back("And " + std::to_string(sentences.more) + " more.");
  return told;
}

size_t CountOf(const audit::Verdict& verdict, CheckState state) {
  return static_cast<size_t>(std::ranges::count(verdict.checks, state, &CheckResult::state));
}

std::string Title(const audit::Verdict& verdict) {
  if (verdict.code == 2) return "This cannot be judged";
  if (IsFork(verdict)) return verdict.code == 0 ? "A fork is proven" : "No fork is proven";
  const std::string log = verdict.manifest ? verdict.manifest->origin : "the bundle";
  return "Audit of " + log + ": " +
         (verdict.code == 0
              ? "nothing failed"
              : Count(CountOf(verdict, CheckState::kFails), "check failed", "checks failed"));
}

std::string KindText(const audit::Manifest& manifest) {
  if (manifest.kind == audit::BundleKind::kExcerpt) {
    return "an excerpt of a log of " + Count(manifest.to, "entry", "entries");
  }
  return "entries " + std::to_string(manifest.from) + " to " + std::to_string(manifest.to - 1) +
         " of the log";
}

std::string WitnessesText(const audit::SeenHead& head) {
  std::string all;
  for (const audit::SeenWitness& witness : head.witnesses) {
    all += (all.empty() ? "" : ", ") + witness.name + " at " + audit::TimeText(witness.at);
  }
  return all.empty() ? "no witness of your policy" : all;
}

std::string SignersText(const audit::SeenHead& head) {
  std::string all;
  for (const std::string& vkey : head.signers) all += (all.empty() ? "" : ", ") + vkey;
  return all;
}

std::string DatedText(const audit::SeenHead& head) {
  if (head.dated_at) return audit::TimeText(*head.dated_at) + ", by the node's own line on it";
  if (head.undated) return "the node has not dated it; see when it was cosigned";
  return "not established, as no line on it is shown to be the node's own; see when it was "
         "cosigned";
}

std::string AdoptedText(const audit::AdoptedLog& adopted) {
  return "This log begins with an ADOPTION: it took the place of the log " + adopted.origin +
         ", which ended at size " + std::to_string(adopted.size) + " with the root " +
         crypto::ToBase64(adopted.root.view()) +
         ". That older log is another one, of which this verdict says nothing: ask for an earlier "
         "bundle of it, or for the copy of the node's directory that the shop kept, and check it "
         "under that log's own keys.";
}

// "2026-11-01T08:00:00.000Z".
Json IsoTime(uint64_t unix_seconds) {
  std::string text = audit::TimeText(unix_seconds);
  if (!text.ends_with(" UTC")) return nullptr;
  text.resize(text.size() - 4);
  text[10] = 'T';
  return text + ".000Z";
}

Json WitnessesJson(const audit::SeenHead& head) {
  Json list = Json::array();
  for (const audit::SeenWitness& witness : head.witnesses) {
    list.push_back(Json{{"name", witness.name}, {"at", IsoTime(witness.at)}});
  }
  return list;
}

Json DatedJson(const audit::SeenHead& head) {
  return head.dated_at ? IsoTime(*head.dated_at) : Json(nullptr);
}

Json HeadJson(const audit::SeenHead& head) {
  return Json{{"size", head.size},
              {"root", crypto::ToBase64(head.root.view())},
              {"signers", Listed(head.signers)},
              {"witnesses", WitnessesJson(head)}};
}

Json ForkHeadsJson(const audit::Verdict& verdict) {
  Json heads = Json::array();
  if (!verdict.fork) return heads;
  for (const audit::SeenHead& head : verdict.fork->heads) heads.push_back(HeadJson(head));
  return heads;
}

Json ForkRootJson(const audit::Verdict& verdict) {
  if (!verdict.fork || !verdict.fork->root) return nullptr;
  return crypto::ToBase64(verdict.fork->root->view());
}

Json AdoptedJson(const audit::Verdict& verdict) {
  if (!verdict.adopted) return nullptr;
  return Json{{"origin", verdict.adopted->origin},
              {"size", verdict.adopted->size},
              {"root", crypto::ToBase64(verdict.adopted->root.view())},
              {"text", AdoptedText(*verdict.adopted)}};
}

// Of the manifest, which names every file's, or of a file of fork evidence.
std::string Sha256Of(const audit::Verdict& verdict) {
  if (verdict.manifest_sha256) return verdict.manifest_sha256->hex();
  return verdict.fork ? verdict.fork->sha256.hex() : "";
}

DocumentFacts HeadFacts(const audit::SeenHead& head) {
  return {{"Head",
           "size " + std::to_string(head.size) + ", root " + crypto::ToBase64(head.root.view())},
          {"Head signed by", SignersText(head)},
          {"Cosigned by", WitnessesText(head)}};
}

DocumentFacts FactsOf(const AuditedBundle& audited) {
  const audit::Verdict& verdict = audited.verdict;
  DocumentFacts facts = {
      {"File", audited.bundle},
      {verdict.fork ? "Its SHA-256" : "SHA-256 of its manifest", Sha256Of(verdict)},
      {"Your policy", audited.policy},
      {"SHA-256 of the policy", verdict.policy_sha256.hex()},
      {"Quorum asked for", verdict.quorum_rule},
      {"Verified at", audit::TimeText(audited.verified_at)}};
  if (verdict.fork) facts.emplace_back("Log", verdict.fork->origin);
  if (verdict.manifest) {
    const audit::Manifest& manifest = *verdict.manifest;
    facts.emplace_back("Log", manifest.origin);
    facts.emplace_back("What it is", KindText(manifest));
    facts.emplace_back("Made at", audit::TimeText(static_cast<uint64_t>(manifest.made_at)));
  }
  if (verdict.head) {
    for (auto& fact : HeadFacts(*verdict.head)) facts.push_back(std::move(fact));
    facts.emplace_back("Head dated", DatedText(*verdict.head));
    if (verdict.code == 0 && verdict.manifest->kind == audit::BundleKind::kLog) {
      facts.emplace_back("A later audit", "can begin at this head: daftar log export --from " +
                                              std::to_string(verdict.head->size));
    }
  }
  return facts;
}

std::string Summary(const audit::Verdict& verdict) {
  if (verdict.code == 2) return verdict.unreadable;
  if (IsFork(verdict)) return "";
  const std::string rest = " " +
                           Count(CountOf(verdict, CheckState::kNotChecked), "check was not made",
                                 "checks were not made") +
                           ", as told below.";
  if (verdict.code == 0) {
    return Count(CountOf(verdict, CheckState::kHolds), "check holds", "checks hold") +
           ", and none fails." + rest;
  }
  return "Do not rely on this bundle before what failed is explained." + rest;
}

std::string Heading(const CheckResult& result) {
  return std::string(audit::CheckTitle(result.check)) + " (" +
         std::string(audit::CheckName(result.check)) + ")";
}

void AddSection(Document& document, DocumentSection section) {
  if (!section.entries.empty() || !section.paragraphs.empty()) {
    document.sections.push_back(std::move(section));
  }
}

DocumentSection ForkSection(const audit::Verdict& verdict) {
  DocumentSection section{"The two heads", {}, {}};
  if (!verdict.fork) return section;
  for (const audit::SeenHead& head : verdict.fork->heads) {
    section.entries.push_back(
        {section.entries.empty() ? "The first" : "The second", {}, HeadFacts(head), {}});
  }
  return section;
}

}  // namespace

Json ToJson(const AuditedBundle& audited) {
  const audit::Verdict& verdict = audited.verdict;
  Json checks = Json::array();
  for (const CheckResult& result : verdict.checks) checks.push_back(CheckJson(result));
  Json json{{"verdict", VerdictName(verdict)},
            {"exit_code", verdict.code},
            {"unreadable", TextOrNull(verdict.unreadable)},
            {"bundle", audited.bundle},
            {"sha256", TextOrNull(Sha256Of(verdict))},
            {"policy", audited.policy},
            {"policy_sha256", verdict.policy_sha256.hex()},
            {"quorum", TextOrNull(verdict.quorum_rule)},
            {"verified_at", IsoTime(audited.verified_at)},
            {"kind", nullptr},
            {"origin", nullptr},
            {"circle", nullptr},
            {"from", nullptr},
            {"to", nullptr},
            {"made_at", nullptr},
            {"head_root", nullptr},
            {"head_dated_at", nullptr},
            {"head_signer", nullptr},
            {"witnesses", Json::array()},
            {"fork_heads", ForkHeadsJson(verdict)},
            {"fork_root", ForkRootJson(verdict)},
            {"adopted", AdoptedJson(verdict)},
            {"checks", std::move(checks)},
            {"opened_count", verdict.opened},
            {"opened", Listed(verdict.opened_facts)}};
  if (verdict.fork) {
    json["kind"] = "fork";
    json["origin"] = verdict.fork->origin;
  }
  if (verdict.head) {
    json["head_root"] = crypto::ToBase64(verdict.head->root.view());
    json["head_dated_at"] = DatedJson(*verdict.head);
    json["head_signer"] = verdict.head->signers.front();
    json["witnesses"] = WitnessesJson(*verdict.head);
  }
  if (verdict.manifest) {
    const audit::Manifest& manifest = *verdict.manifest;
    json["kind"] = audit::BundleKindName(manifest.kind);
    json["origin"] = manifest.origin;
    json["circle"] = manifest.circle.hex();
    json["from"] = manifest.from;
    json["to"] = manifest.to;
    json["made_at"] = IsoTime(static_cast<uint64_t>(manifest.made_at));
  }
  return json;
}

Document DocumentOf(const AuditedBundle& audited) {
  const audit::Verdict& verdict = audited.verdict;
  Document document;
  document.title = Title(verdict);
  document.facts = FactsOf(audited);
  if (std::string summary = Summary(verdict); !summary.empty()) {
    document.paragraphs.push_back(std::move(summary));
  }
  if (verdict.adopted) document.paragraphs.push_back(AdoptedText(*verdict.adopted));
  DocumentSection fails{"What does not hold", {}, {}};
  DocumentSection holds{"What holds", {}, {}};
  DocumentSection left{"What was not checked", {}, {}};
  for (const CheckResult& result : verdict.checks) {
    if (result.state == CheckState::kFails) {
      fails.entries.push_back({Heading(result), Told(result.faults), {}, {}});
    } else if (result.state == CheckState::kHolds) {
      holds.entries.push_back({Heading(result), {result.found}, {}, {}});
    }
    if (!result.left_out.empty()) {
      left.entries.push_back({Heading(result), Told(result.left_out), {}, {}});
    }
  }
  AddSection(document, ForkSection(verdict));
  AddSection(document, std::move(fails));
  AddSection(document, std::move(holds));
  AddSection(document, std::move(left));
  DocumentSection opened{"What the opened reports say", verdict.opened_facts, {}};
  if (verdict.opened > verdict.opened_facts.size()) {
    opened.paragraphs.push_back(
        "And " + std::to_string(verdict.opened - verdict.opened_facts.size()) + " more.");
  }
  AddSection(document, std::move(opened));
  return document;
}

}  // namespace daftar::cli
