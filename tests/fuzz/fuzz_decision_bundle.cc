// An exported decision log, as a single file, which an auditor is handed by those whom it is about
// to judge: it is refused or replayed within bounds, every body in it is accounted for, and what is
// shown cannot steer a terminal. A first line "head SIZE:ROOT", if the input begins with one, gives
// a head that the auditor has noted down.
#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "cli/decision_bundle.h"
#include "crypto/bytes.h"
#include "tests/cli/decision_log.h"

namespace cli = daftar::cli;
namespace crypto = daftar::crypto;
namespace decision = daftar::decision;

namespace {

// What an auditor holds, with whose entry key the seeds are signed and about whom they are.
cli::DecisionChecks MakeChecks() {
  cli::DecisionChecks checks;
  checks.policies = {decision::DefaultPolicy()};
  checks.entry_key = crypto::NoteKey{std::string(cli::kTestOrigin) + "/entry",
                                     crypto::KeyType::kEd25519, cli::TestEntryKey().public_key()};
  checks.subject.emplace();
  std::fill_n(checks.subject->data(), decision::Subject::kSize, uint8_t{1});
  checks.now = cli::kTestMadeAt;
  return checks;
}

bool WithinBounds(const cli::DecisionReplay& result) {
  return result.bodies <= result.receipts &&
         result.agree + result.differ + result.not_replayed == result.bodies &&
         result.differences.size() == std::min<uint64_t>(result.differ, cli::kMaxToldDifferences) &&
         result.without_body.size() <= cli::kMaxToldRanges &&
         result.policies.size() <= cli::kMaxToldPolicies + 1 &&  // and the one given
         result.about_subject.size() ==
             std::min<uint64_t>(result.about_subject_count, cli::kMaxToldAboutSubject) &&
         (result.differ == 0 || !result.Holds());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const cli::DecisionChecks kChecks = MakeChecks();
  constexpr std::string_view kHead = "head ";
  std::string_view bytes = crypto::AsText({data, size});
  cli::DecisionChecks checks = kChecks;
  if (bytes.starts_with(kHead)) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    const auto head = cli::DecisionHead::FromString(bytes.substr(kHead.size(), end - kHead.size()));
    if (head.ok()) checks.heads.push_back(*head);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  const auto bundle = daftar::audit::Bundle::FromSource(daftar::audit::InMemory(bytes));
  if (!bundle.ok()) return 0;
  if (bundle->manifest().manifest.kind != daftar::audit::BundleKind::kDecisions) return 0;
  const auto result = cli::ReplayDecisions(*bundle, checks, nullptr);
  if (!result.ok()) std::abort();  // all of the file is there
  if (!WithinBounds(*result)) std::abort();
  std::ostringstream shown;
  cli::Print(shown, *result);
  const std::string printed = shown.str();
  const bool steers = std::ranges::any_of(printed, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
  });
  if (printed.empty() || steers) std::abort();
  cli::PrintJson(shown, cli::ToJson(*result));
  return 0;
}
