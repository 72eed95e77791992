// A policy over past orders, as it would have decided then. No node is needed.
#include <filesystem>
#include <fstream>

#include "cli/commands.h"
#include "cli/import.h"
#include "cli/interrupt.h"
#include "cli/policy_file.h"
#include "cli/process.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/show_backtest.h"
#include "crypto/entropy.h"
#include "node/decision/backtest_plot.h"
#include "node/decision/history_file.h"

namespace daftar::cli {
namespace {

constexpr size_t kMaxToldRefusals = 5;
constexpr std::chrono::seconds kDrawLimit{60};
constexpr uint64_t kMaxSeed = 1'000'000'000;

absl::StatusOr<std::string> ReadSmall(const std::string& file, size_t most, const char* what) {
  std::ifstream stream(file, std::ios::binary);
  std::error_code error;
  if (!stream || std::filesystem::is_directory(file, error)) {
    return absl::NotFoundError(std::string("cannot read the ") + what + " " + file);
  }
  std::string text(most + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(stream.gcount()));
  return text;
}

// The file named, else the node's own where there is one, else the default.
absl::StatusOr<decision::Policy> PolicyOf(const BacktestOptions& options, const std::string& dir,
                                          Console& console) {
  std::string file = options.policy;
  if (file.empty() && !dir.empty()) {
    std::error_code error;
    const std::string own = dir + "/policy.toml";
    if (std::filesystem::exists(own, error)) file = own;
  }
  if (file.empty() || file == "default") return decision::DefaultPolicy();
  return LoadPolicy(file, console);
}

absl::StatusOr<decision::BacktestOptions> Options(const BacktestOptions& options) {
  decision::BacktestOptions made;
  made.parties_are_shops = options.files.size() > 1;
  const uint64_t files = options.files.size();
  auto shops = MakeNumber("shops", options.shops, 1, decision::kMaxBacktestShops,
                          files > 1 ? files : made.shops);
  if (!shops.ok()) return shops.status();
  if (made.parties_are_shops && *shops != files) {
    return absl::InvalidArgumentError(
        "several ledgers are shops of their own; leave --shops out, or give one file");
  }
  made.shops = static_cast<uint32_t>(*shops);
  // What is not dealt at random comes out alike each time.
  auto rounds = MakeNumber("rounds", options.rounds, 1, decision::kMaxBacktestRounds,
                           files > 1 || *shops == 1 ? 1 : made.rounds);
  if (!rounds.ok()) return rounds.status();
  made.rounds = static_cast<uint32_t>(*rounds);
  auto seed = MakeNumber("seed", options.seed, 0, kMaxSeed, made.seed);
  if (!seed.ok()) return seed.status();
  made.seed = *seed;
  made.learnt_weights = options.learnt;
  made.liar = options.liar && *shops > 1;
  made.partner_curve = !options.plot.empty() && *shops > 1;
  return made;
}

absl::Status ReadFile(const std::string& file, const decision::HistoryMapping& mapping,
                      const decision::HistoryFileOptions& options,
                      decision::HistoryBuilder& history, Console& console, BacktestRun& run) {
  std::ifstream stream(file, std::ios::binary);
  std::error_code error;
  if (!stream || std::filesystem::is_directory(file, error)) {
    return absl::NotFoundError("cannot read the ledger " + file);
  }
  const uint64_t size = std::filesystem::file_size(file, error);
  Progress bar(console.err, file, console.err_is_terminal && !console.json);
  return decision::ReadHistory(
      stream, mapping, options, history,
      [&](decision::LedgerRefusal refusal) {
        ++run.lines_refused;
        if (run.refusals.size() < kMaxToldRefusals) {
          run.refusals.push_back(file + ", line " + std::to_string(refusal.line) + ": " +
                                 refusal.reason);
        }
        return !InterruptScope::Interrupted();
      },
      [&](uint64_t line) {
        const auto at = stream.tellg();
        bar.Update(at < 0 ? size : static_cast<uint64_t>(at), error ? 0 : size, line);
        return !InterruptScope::Interrupted();
      });
}

absl::Status WriteText(const std::string& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text;
  stream.close();
  if (stream) return absl::OkStatus();
  return absl::PermissionDeniedError("cannot write " + file);
}

// The numbers and the script stay beside the picture, so that it can be drawn another way.
absl::Status Draw(const decision::BacktestReport& report, BacktestRun& run) {
  const std::filesystem::path image = std::filesystem::absolute(run.picture);
  const std::string data = image.string() + ".dat";
  const std::string script = image.string() + ".gp";
  auto text = decision::PlotScript(report, data, image.string());
  if (!text.ok()) return text.status();
  absl::Status written = WriteText(data, decision::PlotData(report));
  if (written.ok()) written = WriteText(script, *text);
  if (!written.ok()) return written;
  auto drawn = RunProgram("gnuplot", {script}, image.parent_path().string(), kDrawLimit);
  if (drawn.ok() && drawn->exit_code == 0) return absl::OkStatus();
  if (absl::IsCancelled(drawn.status())) return drawn.status();
  run.picture_note = "The picture was not drawn: " +
                     (drawn.ok() ? "gnuplot ended with " + std::to_string(drawn->exit_code)
                                 : MessageOf(drawn.status())) +
                     ". Install it (apt-get install gnuplot-nox) and run: gnuplot " + script;
  return absl::OkStatus();
}

absl::StatusOr<decision::BacktestReport> Measure(const decision::History& history,
                                                 const decision::Policy& policy,
                                                 const decision::BacktestOptions& options,
                                                 Console& console) {
  Progress bar(console.err, "replaying", console.err_is_terminal && !console.json);
  auto report = decision::Backtest(
      history, policy, options,
      [&bar](uint64_t done, uint64_t all) { bar.Update(done, all, done); },
      [] { return InterruptScope::Interrupted(); });
  return report;
}

}  // namespace

absl::StatusOr<int> RunPolicyBacktest(Session& session, const BacktestOptions& options) {
  Console& console = session.console();
  auto settings = Options(options);
  if (!settings.ok()) return settings.status();
  auto policy = PolicyOf(options, session.options().dir, console);
  if (!policy.ok()) return policy.status();
  auto toml = ReadSmall(options.map, decision::kMaxMappingBytes, "mapping");
  if (!toml.ok()) return toml.status();
  std::optional<identity::Region> region = RegionOfNode(session.options().dir);
  if (!options.region.empty()) {
    auto named = identity::RegionFromCode(options.region);
    if (!named.ok()) {
      return absl::InvalidArgumentError("--region: " + MessageOf(named.status()));
    }
    region = *named;
  }
  auto mapping =
      decision::HistoryMapping::Parse(*toml, region.value_or(identity::Region::kIndonesia));
  if (!mapping.ok()) return mapping.status();

  const InterruptScope interrupts;
  BacktestRun run{options.files, policy->Hash().hex(), *settings, 0, {}, options.plot, {}};
  const crypto::Secret32 key = crypto::SystemEntropy().Secret();
  decision::HistoryBuilder builder{crypto::ToBytes(key.Expose())};
  for (size_t i = 0; i < options.files.size(); ++i) {
    decision::HistoryFileOptions file;
    file.late_after_days = policy->late_after_days;
    if (settings->parties_are_shops) {
      auto party = builder.Party("file " + std::to_string(i));
      if (!party.ok()) return party.status();
      file.party = *party;
    }
    absl::Status read = ReadFile(options.files[i], *mapping, file, builder, console, run);
    if (!read.ok()) return read;
  }
  auto report = Measure(std::move(builder).Finish(), *policy, *settings, console);
  if (!report.ok()) return report.status();
  if (!options.plot.empty()) {
    if (absl::Status drawn = Draw(*report, run); !drawn.ok()) return drawn;
  }
  if (console.json) {
    PrintJson(console.out, ToJson(run, *report));
  } else {
    Print(console.out, run, *report);
  }
  return kExitOk;
}

}  // namespace daftar::cli
