#include "node/audit/verifier.h"

#include <sys/stat.h>

#include <utility>

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

void Tell(const Context& context, const Heads& heads, const Openings& openings, Verdict& verdict) {
  verdict.manifest = context.manifest();
  verdict.opened = openings.size();
  verdict.opened_facts = openings.Told();
  if (!heads.head) return;
  verdict.head_signer = heads.head->signers.front().ToVkey();
  for (const crypto::VerifiedSigner& witness : heads.head->witnesses) {
    verdict.witnesses.push_back({context.policy().WitnessName(witness.key), witness.timestamp});
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
  Verdict verdict;
  Tell(context, heads, openings, verdict);
  std::vector<Check> asked;
  for (size_t i = 0; i < static_cast<size_t>(Check::kFork); ++i) {
    asked.push_back(static_cast<Check>(i));
  }
  Judge(verdict, findings, asked);
  return verdict;
}

Verdict VerifyFork(std::string_view text, const TlogPolicy& policy) {
  const auto evidence = ForkEvidence::Parse(text);
  if (!evidence.ok()) return Unreadable(evidence.status());
  Findings findings;
  const absl::Status status = evidence->Prove(policy);
  if (status.ok()) {
    findings.Found(Check::kFork, "The log " + evidence->origin +
                                     " signed two heads that cannot both be true. Whatever it "
                                     "says cannot be believed any more.");
  } else {
    findings.Fail(Check::kFork, "No fork is proven: " + std::string(status.message()) + ".");
  }
  Verdict verdict;
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

}  // namespace

absl::StatusOr<Verdict> VerifyPath(const std::string& path, std::string_view policy,
                                   const VerifyOptions& options) {
  const auto parsed = TlogPolicy::Parse(policy);
  if (!parsed.ok()) return Unreadable(parsed.status());
  struct stat info {};
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return VerifyOpened(Bundle::Open(path), *parsed, options);
  }
  auto source = OpenFile(path);
  if (!source.ok()) return Unreadable(source.status());
  return VerifySource(*std::move(source), *parsed, options);
}

absl::StatusOr<Verdict> VerifyBytes(std::string_view bytes, std::string_view policy,
                                    const VerifyOptions& options) {
  const auto parsed = TlogPolicy::Parse(policy);
  if (!parsed.ok()) return Unreadable(parsed.status());
  return VerifySource(InMemory(bytes), *parsed, options);
}

}  // namespace daftar::audit
