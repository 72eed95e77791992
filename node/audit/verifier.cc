#include "node/audit/verifier.h"

#include <sys/stat.h>

#include <utility>

#include "crypto/hash.h"
#include "node/audit/case_file.h"
#include "node/audit/entry_checks.h"
#include "node/audit/fork_evidence.h"

namespace daftar::audit {
namespace {

Verdict Unreadable(const absl::Status& status) {
  Verdict verdict;
  verdict.code = 2;
  verdict.unreadable = std::string(status.message());
  return verdict;
}

void Judge(Verdict& verdict, Findings& findings, const std::vector<Check>& asked) {
  verdict.checks = findings.Take(asked);
  for (const CheckResult& result : verdict.checks) {
    if (result.state == CheckState::kFails) verdict.code = 1;
  }
}

constexpr const char* kFromStart = "The bundle begins with the log's first entry.";

// The heads, and the tree before the bundle's first entry.
struct Heads {
  std::optional<VerifiedHead> head;
  std::optional<crypto::CompactTree> tree;
};

Heads CheckHeads(Context& context) {
  Findings& findings = context.findings();
  const Manifest& manifest = context.manifest();
  Heads heads;
  std::optional<VerifiedHead> from;
  if (manifest.from > 0) from = CheckHead(context, "head-from", manifest.from);
  heads.head = CheckHead(context, "head", manifest.to);
  CheckQuorum(context, heads.head);
  if (manifest.from > 0) {
    CheckConsistency(context, from, heads.head);
    heads.tree = ReadFrontier(context, from);
  } else {
    if (context.is_log()) heads.tree = crypto::CompactTree();
    findings.LeaveOut(Check::kConsistency,
                      context.is_log() ? kFromStart : "An excerpt has one head.");
  }
  return heads;
}

// Nothing that the entries say is the log's own word unless they are shown to be those of a head
// that verified. "" when they are, else why not.
std::string FaultOfFoundation(Context& context, const Heads& heads) {
  constexpr const char* kNotShown =
      "It was found in entries that are not shown to be those of the head";
  if (!heads.head) return "It rests on the head, which is not verified under your policy.";
  if (context.is_log() && !context.findings().Holds(Check::kTree)) {
    return std::string(kNotShown) + " (tree).";
  }
  if (context.findings().Failed(Check::kInclusion)) return std::string(kNotShown) + " (inclusion).";
  return "";
}

// Takes back what holds of entries that nobody may have signed.
void TakeBack(Context& context, const std::string& why) {
  for (const Check check :
       {Check::kManifest, Check::kFiles, Check::kEntries, Check::kKeys, Check::kSignatures,
        Check::kBodies, Check::kErasures, Check::kOrder, Check::kDeadlines, Check::kCharters,
        Check::kOpenings, Check::kFacts, Check::kCase, Check::kProofs}) {
    context.findings().Unfounded(check, why);
  }
}

void Tell(const Context& context, const Heads& heads, Verdict& verdict) {
  verdict.manifest = context.manifest();
  verdict.manifest_sha256 = context.signed_manifest().sha256;
  if (heads.head) verdict.head = Seen(context.policy(), *heads.head);
}

// REQUIRES: the entries are those of the head, which verdict.head tells of.
void TellEntries(const EntryChecks& entries, const KeyHistory& keys, const Openings& openings,
                 Verdict& verdict) {
  verdict.head->dated_at = keys.head_dated_at();
  verdict.head->undated = keys.head_undated();
  verdict.opened = openings.size();
  verdict.opened_facts = openings.Told();
  if (const auto& adoption = entries.adoption()) {
    verdict.adopted = AdoptedLog{adoption->old_origin, adoption->size, adoption->root};
  }
}

absl::StatusOr<Verdict> VerifyBundle(const Bundle& bundle, const TlogPolicy& policy,
                                     const VerifyOptions& options) {
  const uint64_t total = bundle.total_bytes();
  uint64_t done = 0;
  const ReadProgress progress = [&](uint64_t bytes) {
    done += bytes;
    return !options.progress || options.progress(done, total);
  };
  Findings findings;
  Context context(bundle, policy, options.now, progress, findings);
  const Heads heads = CheckHeads(context);
  CharterFiles charters;
  charters.Read(context);
  Openings openings(context, charters);
  openings.Read();
  KeyHistory keys(context);
  ReportMarks marks(context, charters);
  EntryChecks entries(context, keys, charters, marks, openings);
  if (context.is_log()) {
    entries.ReadLog(heads.head, heads.tree);
    if (context.manifest().from == 0) findings.LeaveOut(Check::kInclusion, kFromStart);
  } else {
    entries.ReadExcerpt(heads.head);
  }
  if (context.status().code() == absl::StatusCode::kCancelled) return context.status();
  keys.Finish(heads.head, entries.newest_at());
  charters.Finish(context);
  openings.Finish(marks);
  marks.Finish();
  CheckCase(context, openings, charters, options.proof_files);
  CheckCosigners(context);
  if (context.status().code() == absl::StatusCode::kCancelled) return context.status();
  if (!context.status().ok()) return Unreadable(context.status());
  findings.Found(Check::kFiles, CountOf(context.manifest().files.size(), "file.", "files."));
  if (entries.adoption()) {
    findings.LeaveOut(Check::kKeys,
                      "The signature of the older log's entry key in the ADOPTION: that key stands "
                      "in the older log.");
  }
  Verdict verdict;
  Tell(context, heads, verdict);
  const std::string fault = FaultOfFoundation(context, heads);
  if (fault.empty()) {
    TellEntries(entries, keys, openings, verdict);
  } else {
    TakeBack(context, fault);
  }
  std::vector<Check> asked;
  for (size_t i = 0; i < static_cast<size_t>(Check::kFork); ++i) {
    asked.push_back(static_cast<Check>(i));
  }
  Judge(verdict, findings, asked);
  return verdict;
}

std::string HeadText(const SeenHead& head) {
  std::string text = "one of size " + std::to_string(head.size) + " with root " +
                     crypto::ToBase64(head.root.view()) + ", cosigned by ";
  if (head.witnesses.empty()) return text + "no witness of your policy as far as this file shows";
  for (size_t i = 0; i < head.witnesses.size(); ++i) {
    if (i > 0) text += i + 1 == head.witnesses.size() ? " and " : ", ";
    text += head.witnesses[i].name + " at " + TimeText(head.witnesses[i].at);
  }
  return text;
}

// To be quoted in a letter.
std::string ForkText(const ForkFound& fork) {
  std::string text = "The log " + fork.origin +
                     " signed two heads that cannot both be true: " + HeadText(fork.heads[0]) +
                     "; and " + HeadText(fork.heads[1]) + ".";
  if (fork.root) {
    text += " At size " + std::to_string(fork.heads[0].size) + " the larger tree has the root " +
            crypto::ToBase64(fork.root->view()) + ".";
  }
  return text + " Whatever the log says cannot be believed any more.";
}

Verdict VerifyFork(std::string_view text, const TlogPolicy& policy) {
  const auto evidence = ForkEvidence::Parse(text);
  if (!evidence.ok()) return Unreadable(evidence.status());
  Verdict verdict;
  verdict.fork = ForkFound{evidence->origin, crypto::Sha256(crypto::AsBytes(text)), {}, {}};
  Findings findings;
  const auto heads = evidence->Heads(policy);
  absl::Status status = heads.status();
  if (heads.ok()) {
    verdict.fork->heads = {Seen(policy, heads->first), Seen(policy, heads->second)};
    status = evidence->Prove(*heads);
  }
  if (status.ok()) {
    verdict.fork->root = evidence->root;
    findings.Found(Check::kFork, ForkText(*verdict.fork));
  } else {
    findings.Fail(Check::kFork, "No fork is proven: " + std::string(status.message()) + ".");
  }
  Judge(verdict, findings, {Check::kFork});
  return verdict;
}

bool BeginsAsFork(const ByteSource& source) {
  std::string line(kForkFirstLine.size() + 1, 0);
  if (source.size() < line.size() ||
      !source.ReadAt(0, {reinterpret_cast<uint8_t*>(line.data()), line.size()}).ok()) {
    return false;
  }
  return line == std::string(kForkFirstLine) + "\n";
}

absl::StatusOr<Verdict> VerifyOpened(absl::StatusOr<Bundle> bundle, const TlogPolicy& policy,
                                     const VerifyOptions& options) {
  if (!bundle.ok()) return Unreadable(bundle.status());
  if (bundle->manifest().manifest.kind == BundleKind::kDecisions) {
    return Unreadable(absl::InvalidArgumentError(
        "this is an export of decisions; `daftar audit replay` checks it"));
  }
  return VerifyBundle(*bundle, policy, options);
}

absl::StatusOr<Verdict> VerifySource(std::unique_ptr<ByteSource> source, const TlogPolicy& policy,
                                     const VerifyOptions& options) {
  if (!BeginsAsFork(*source)) {
    return VerifyOpened(Bundle::FromSource(std::move(source)), policy, options);
  }
  if (source->size() > kMaxForkBytes) {
    return Unreadable(absl::InvalidArgumentError("fork evidence of this size there is none"));
  }
  std::string text(static_cast<size_t>(source->size()), 0);
  const absl::Status status =
      source->ReadAt(0, {reinterpret_cast<uint8_t*>(text.data()), text.size()});
  return status.ok() ? VerifyFork(text, policy) : Unreadable(status);
}

// Under the policy's text, which the verdict names whatever it is.
absl::StatusOr<Verdict> UnderPolicy(
    std::string_view text,
    const std::function<absl::StatusOr<Verdict>(const TlogPolicy& policy)>& verify) {
  const auto policy = TlogPolicy::Parse(text);
  auto verdict = policy.ok() ? verify(*policy) : Unreadable(policy.status());
  if (!verdict.ok()) return verdict;
  verdict->policy_sha256 = crypto::Sha256(crypto::AsBytes(text));
  if (policy.ok()) verdict->quorum_rule = policy->QuorumText();
  return verdict;
}

}  // namespace

absl::StatusOr<Verdict> VerifyPath(const std::string& path, std::string_view policy,
                                   const VerifyOptions& options) {
  return UnderPolicy(policy, [&](const TlogPolicy& parsed) -> absl::StatusOr<Verdict> {
    struct stat info {};
    if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
      return VerifyOpened(Bundle::Open(path), parsed, options);
    }
    auto source = OpenFile(path);
    if (!source.ok()) return Unreadable(source.status());
    return VerifySource(*std::move(source), parsed, options);
  });
}

absl::StatusOr<Verdict> VerifyBytes(std::string_view bytes, std::string_view policy,
                                    const VerifyOptions& options) {
  return UnderPolicy(policy, [&](const TlogPolicy& parsed) {
    return VerifySource(InMemory(bytes), parsed, options);
  });
}

}  // namespace daftar::audit
